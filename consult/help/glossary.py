"""The words of the service in the words of its users; HOUSE's dictionary, without its code."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Term:
    """A word and what it means here; `key` is its anchor on the page."""

    key: str
    name: Any
    meaning: Any


TERMS = (
    Term(
        "threat",
        _l("Threat"),
        _l("What people speak of: one thing at one place, such as fast cars at a school. The map shows threats."),
    ),
    Term(
        "observation",
        _l("Observation"),
        _l("One voice about one place: a report, a statement at a debate, a mark on a sheet or in a survey."),
    ),
    Term(
        "independent-voices",
        _l("Independent voices"),
        _l("How many different people speak of a threat, as far as can be told. Two reports of one browser are one."),
    ),
    Term(
        "source",
        _l("Source"),
        _l(
            "The three planes of the map: what police systems record, what people say at debates, meetings and in "
            "talks, and what they report online."
        ),
    ),
    Term(
        "joining",
        _l("Joining"),
        _l("Voices that speak of the same threat belong together. Each time it is said why, and it can be undone."),
    ),
    Term(
        "state",
        _l("State"),
        _l("How far the police are: new, in verification, confirmed, not confirmed; and what became of it."),
    ),
    Term(
        "receipt",
        _l("Receipt"),
        _l("The number and the link that you get for a report. We do not know who you are, so nobody else has them."),
    ),
    Term(
        "screening",
        _l("Screening"),
        _l("The first look of the police at a report: whether words or photos could harm somebody."),
    ),
    Term(
        "debate",
        _l("Debate"),
        _l("A meeting of the police with residents. The first asks what troubles people, the next what was done."),
    ),
    Term("statement", _l("Statement"), _l("One thing that somebody said at a meeting, written down without a name.")),
    Term("request", _l("Request"), _l("What residents want done, by whom and until when. It gets an answer.")),
    Term("promise", _l("Promise"), _l("Who in office said that something will be done, and until when.")),
    Term(
        "protected",
        _l("Protected categories"),
        _l(
            "Kinds of threats whose places could point at people, such as homelessness. They are told as numbers alone."
        ),
    ),
    Term(
        "hidden",
        _l("Hidden number"),
        _l("A number so small that it could point at somebody. It is left out, and with it what would give it away."),
    ),
    Term(
        "summary",
        _l("Summary"),
        _l("The PDF of a district for a period: threats, requests, surveys and answers, with what is not known."),
    ),
    Term(
        "interval",
        _l("Interval"),
        _l("From where to where the true number lies in 95 of 100 such surveys. The wider, the less is known."),
    ),
    Term(
        "mixed",
        _l("Mixed answers"),
        _l("When a survey ends its answers are put into a random order, and nothing leads from one to a person."),
    ),
)
