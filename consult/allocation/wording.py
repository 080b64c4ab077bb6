"""Coverage and sheets in words: what was asked differently, what each place would reach, what stands on a sheet."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.allocation.coverage import FEWEST_VOICES, Answer, Chosen, Question, Tried, Variation
from consult.allocation.queries import Perceived
from consult.allocation.sheet import (
    ROUND_THE_CLOCK,
    Content,
    Direction,
    Fault,
    Kind,
    Rows,
    Section,
    Stance,
    Verdict,
    contradicts,
    direction,
)
from consult.districts import queries as districts
from consult.police_records.rating import MeasureRecord
from consult.police_records.wording import measure_name
from consult.threats.wording import PLANE_LABELS

VARIATIONS = {
    Variation.AS_ASKED: _l("As asked"),
    Variation.NEARER: _l("Reach shorter by 20%"),
    Variation.FARTHER: _l("Reach longer by 20%"),
    Variation.FEWER: _l("One post fewer"),
    Variation.MORE: _l("One post more"),
}


def letter(place: int) -> str:
    """Name a candidate on the map by a letter."""
    return chr(ord("A") + place)


def kilometres(metres: float) -> str:
    """Write a distance."""
    return f"{format_decimal(round(metres / 1000, 1))}\u00a0km"


class ToldPlace(NamedTuple):
    """What one candidate would do alone, and in how many of the questions it is chosen."""

    letter: str
    name: str
    covered: str
    mean: str
    by_covering: str
    by_median: str


class ToldTry(NamedTuple):
    """A question with what each way of choosing would choose."""

    question: str
    covering: str
    covered: str
    median: str
    mean: str
    is_other: bool


def share(part: int, whole: int) -> str:
    """Write a part of voices, with its share."""
    return _("%(part)s of %(whole)s", part=format_decimal(part), whole=format_decimal(whole)) + (
        f" ({round(100 * part / whole)}\u00a0%)" if whole else ""
    )


def told_places(question: Question, found: Answer) -> list[ToldPlace]:
    """Write the candidates."""
    tried = len(found.tried)
    return [
        ToldPlace(
            letter(place),
            candidate.name,
            share(found.alone[place].covered, question.voices),
            kilometres(found.alone[place].mean_m),
            _("%(part)s of %(whole)s", part=found.covering_of[place], whole=tried),
            _("%(part)s of %(whole)s", part=found.median_of[place], whole=tried),
        )
        for place, candidate in enumerate(question.candidates)
    ]


def told_tries(found: Answer, categories: Mapping[str, str]) -> list[ToldTry]:
    """Write what each question would choose."""
    return [_told(one, found.tried[0], categories) for one in found.tried]


def _told(one: Tried, first: Tried, categories: Mapping[str, str]) -> ToldTry:
    if one.variation is Variation.WITHOUT:
        words = _("Without: %(category)s", category=categories.get(one.category, one.category))
    else:
        words = str(VARIATIONS[one.variation])
    return ToldTry(
        words,
        _names(one.question, one.covering),
        share(one.covering.covered, one.question.voices),
        _names(one.question, one.median),
        kilometres(one.median.mean_m),
        is_other=(one.covering.places, one.median.places) != (first.covering.places, first.median.places)
        and one.question.posts == first.question.posts,
    )


def _names(question: Question, chosen: Chosen) -> str:
    return ", ".join(question.candidates[place].name for place in chosen.places)


def left_out(names: Sequence[str]) -> str:
    """Name the lines that are no place."""
    return _("No place of this name was found here: %(names)s.", names="; ".join(names))


# Sheets

KINDS = {
    Kind.OPEN.value: _l("Open a post"),
    Kind.MOVE.value: _l("Move a post"),
    Kind.CLOSE.value: _l("Close a post"),
    Kind.PATROLS.value: _l("Move patrols"),
}
STANCES = {
    Stance.FOR.value: _l("For it"),
    Stance.CONDITIONS.value: _l("For it under conditions"),
    Stance.AGAINST.value: _l("Against it"),
}
VERDICTS = {
    Verdict.ACCEPTED.value: _l("Change accepted"),
    Verdict.REFUSED.value: _l("Change refused"),
    Verdict.POSTPONED.value: _l("Decision put off"),
}
SECTIONS = {
    Section.BASICS.value: _l("Proposal and people"),
    Section.INDICATOR.value: _l("Add an indicator"),
    Section.SHARE.value: _l("Add a share of a survey"),
    Section.STAFFING.value: _l("Staffing"),
    Section.COMMANDER.value: _l("Opinion of the powiat commander"),
    Section.MAYOR.value: _l("Opinion of the wójt or mayor"),
    Section.MEASURE.value: _l("Add a measure"),
    Section.DECISION.value: _l("Decision"),
    Section.MEASURED.value: _l("Enter the value of a measure"),
    Rows.INDICATORS.value: _l("Indicator taken out"),
    Rows.SHARES.value: _l("Share taken out"),
    Rows.MEASURES.value: _l("Measure taken out"),
}
FAULTS = {
    Fault.NO_COMMANDER: _l("Enter the opinion of the powiat commander first: there is no decision without it."),
    Fault.NO_MEASURES: _l("Choose at least one measure first: its effect must be judged by something chosen before."),
    Fault.DECIDED: _l("It is decided already."),
    Fault.NOT_DECIDED: _l("Values are entered once the change has been accepted."),
    Fault.NO_SUCH_ROW: _l("There is no such row any more."),
    Fault.TOO_MANY: _l("There are too many rows."),
}
DIRECTIONS = {Direction.UP: _l("rises"), Direction.DOWN: _l("falls"), Direction.SAME: _l("about the same")}


class Beside(NamedTuple):
    """An indicator beside what people say: where each goes, and whether they contradict each other."""

    name: str
    change: str
    direction: str
    contradicts: bool


def people_go(found: Perceived) -> Direction | None:
    """Say whether more or fewer people speak than a year before; None where nobody gathered voices then."""
    if not found.is_compared:
        return None
    return direction(found.voices / found.voices_before - 1 if found.voices_before else None)


def beside(content: Content, people: Direction | None) -> list[Beside]:
    """Put each indicator beside what people say."""
    return [
        Beside(
            one.name,
            "–" if one.change is None else f"{format_decimal(round(100 * one.change), '+#,##0;−#,##0')}\u00a0%",
            str(DIRECTIONS[direction(one.change)]),
            people is not None and contradicts(people, one),
        )
        for one in content.indicators
    ]


def everything(content: Content, found: Perceived) -> dict[str, Any]:
    """Give a page or document of the sheet all its words."""
    people = people_go(found)
    return {
        "content": content,
        "perceived": found,
        "planes": PLANE_LABELS,
        "people": DIRECTIONS[people] if people else "",
        "beside": beside(content, people),
        "kinds": KINDS,
        "stances": STANCES,
        "verdicts": VERDICTS,
        "round_the_clock": ROUND_THE_CLOCK,
        "fewest": FEWEST_VOICES,
    }


def records(found: Sequence[MeasureRecord]) -> list[tuple[str, str]]:
    """Offer police records by their codes and names."""
    return [(one.code, measure_name(one.code, one.name)) for one in found]


def indicator(record: MeasureRecord, area: str) -> dict[str, str]:
    """Name an indicator of police records, with the district that it is of."""
    district = area[:4]
    name = districts.clear_names([district]).get(district, district)
    return {
        "name": f"{measure_name(record.code, record.name)}, {name}"[:200],
        "unit": str(_("recorded offences in the year")),
    }
