"""What is wrong with an answer, in words for whoever gave it, and answers in words for whoever checks them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from consult.geo import Place
from surveys.questionnaire import Fault, Wrong
from surveys.questions import CHOOSING, NUMBERS, PLACES, Battery, Choice, Kind, Question, Texts, text_in


class Spoken:
    """A questionnaire's texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def of(self, texts: Texts) -> str:
        """Give a text in the language, or in Polish where it lacks one."""
        return text_in(texts, self.language)

    def label(self, thing: Question | Battery) -> str:
        """Give the words of a question or of a battery's heading."""
        return self.of(thing.labels)

    def hint(self, question: Question) -> str:
        """Give a question's hint; where words are asked for, it says what should not be in them."""
        hint = self.of(question.hints)
        if question.kind is Kind.TEXT and not hint:
            return str(_("No names, phone numbers or number plates."))
        return hint

    def choice(self, choice: Choice) -> str:
        """Give the words of a choice."""
        return self.of(choice.labels)


def message(fault: Fault, spoken: Spoken) -> str:
    """Say what is wrong with an answer and what to do."""
    question = fault.question
    own = {Wrong.REQUIRED: question.required_messages, Wrong.CONSTRAINT: question.constraint_messages}
    return spoken.of(own.get(fault.wrong, {})) or str(WORDS[fault.wrong](fault, spoken))


def _required(fault: Fault, _spoken: Spoken) -> str:
    if fault.question.kind in {Kind.SELECT_ONE, Kind.RANGE, Kind.RANK}:
        return str(_("Choose an answer."))
    if fault.question.kind is Kind.SELECT_MULTIPLE:
        return str(_("Choose at least one answer."))
    return str(_("Answer this question."))


def _exclusive(fault: Fault, spoken: Spoken) -> str:
    choice = fault.question.choice(fault.detail)
    return str(
        _("Choose either “%(alone)s” or other answers.", alone=spoken.choice(choice) if choice else fault.detail)
    )


def _twice(fault: Fault, spoken: Spoken) -> str:
    choice = fault.question.choice(fault.detail)
    return str(
        _("“%(name)s” stands in two places. Choose each answer once.", name=spoken.choice(choice) if choice else "")
    )


WORDS: Mapping[Wrong, Callable[[Fault, Spoken], Any]] = {
    Wrong.REQUIRED: _required,
    Wrong.UNLISTED: lambda _fault, _spoken: _("Choose from the list."),
    Wrong.NOT_ASKED: lambda _fault, _spoken: _(
        "This question is not asked here. Go back and answer the pages in order."
    ),
    Wrong.EXCLUSIVE: _exclusive,
    Wrong.TWICE: _twice,
    Wrong.NOT_A_NUMBER: lambda _fault, _spoken: _("Write a number, for example 12."),
    Wrong.NOT_WHOLE: lambda _fault, _spoken: _("Write a whole number, for example 12."),
    Wrong.OUT_OF_RANGE: lambda fault, _spoken: _("Write a number from the range %(range)s.", range=fault.detail),
    Wrong.NOT_A_DATE: lambda _fault, _spoken: _("Write a day that exists, for example 31.05.2026."),
    Wrong.TOO_LONG: lambda fault, _spoken: _("Shorten it to %(count)s characters.", count=fault.detail),
    Wrong.CONTROL: lambda _fault, _spoken: _("Remove control characters from this text; they cannot be saved."),
    Wrong.CONSTRAINT: lambda _fault, _spoken: _("This answer is not possible. Check it."),
    Wrong.PLACE: lambda fault, _spoken: fault.detail,
}


def answer_in_words(question: Question, value: Any, spoken: Spoken) -> str:
    """Write an answer as people read it; no answer is a dash."""
    if value is None:
        return "–"
    if question.kind in CHOOSING:
        return "\n".join(_chosen(question, [value] if isinstance(value, str) else value, spoken))
    if question.kind in PLACES:
        return place_in_words(Place.from_record(dict(value)))
    if question.kind in NUMBERS:
        return str(format_decimal(value))
    if question.kind is Kind.DATE:
        return str(format_date(date.fromisoformat(value), "long"))
    return str(value)


def _chosen(question: Question, names: list[str], spoken: Spoken) -> Iterator[str]:
    for place, name in enumerate(names, 1):
        choice = question.choice(name)
        words = spoken.choice(choice) if choice else name
        yield f"{place}. {words}" if question.kind is Kind.RANK else words


def place_in_words(place: Place) -> str:
    """Write a marked place: its name, or its position."""
    if place.words:
        return place.words
    lon, lat = place.lon_lat
    return str(_("point on the map")) + f" ({lat:.5f}, {lon:.5f})"
