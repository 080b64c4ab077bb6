"""The tables of a summary, for its page and for files: the same rows wherever they are read.

Cells are numbers, days or words; what a reader may not know stands in them as the printed summary writes it: x for a
hidden number, – for one that is not there yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from consult.hot_spots.stability import Standing
from consult.hot_spots.wording import STANDING_LABELS
from consult.police_records.wording import measure_name
from consult.summaries.beside import Beside, HotRow, OfficeRow, Rated, Recorded, SurveyRow
from consult.summaries.figures import MARK_DAYS, PlaneRow, Protected, Spot, Summary
from consult.summaries.wording import (
    COLUMN_LABELS,
    FIGURE_LABELS,
    SAMPLES,
    STEP_LABELS,
    month_words,
    near_words,
    period_label,
)
from consult.threats.wording import PLANE_LABELS, STATUS_LABELS
from debates import wording as debates
from debates.models import AddresseeKind, MeetingKind
from debates.outcomes import ProposalStatus

HIDDEN, NOT_YET = "x", "–"
Cells = tuple[Any, ...]

TITLES = {
    "key-figures": _l("Key figures"),
    "planes": _l("The three planes of information"),
    "categories": _l("Categories and what became of the threats"),
    "waiting": _l("How long threats waited"),
    "places": _l("Places people speak of most"),
    "meetings": _l("Debates and meetings"),
    "proposals": _l("What residents asked for"),
    "records": _l("What the police recorded"),
    "surveys": _l("What surveys say"),
    "offices": _l("What was handed over to offices"),
    "hot": _l("Where more people speak than chance explains"),
    "protected": _l("Categories whose places are not shown"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, its heading for people, and whether numbers stand in it."""

    code: str
    heading: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its code, which is its name in addresses, and its rows in the order of the columns."""

    code: str
    columns: tuple[Column, ...]
    rows: tuple[Cells, ...]

    @property
    def title(self) -> str:
        """What it is called for people."""
        return str(TITLES[self.code])


def tables_of(summary: Summary) -> dict[str, Table]:
    """Give the tables of a summary by their codes, in the order in which they are read."""
    made = (
        _key_figures(summary),
        _planes(summary),
        _categories(summary),
        _waiting(summary),
        _places(summary),
        _meetings(summary),
        _proposals(summary),
        *_of_what_stands_beside(summary.beside),
        *([_protected(summary.protected)] if summary.protected else []),
    )
    return {table.code: table for table in made}


def _words(code: str, heading: str) -> Column:
    return Column(code, heading, is_number=False)


def _key_figures(summary: Summary) -> Table:
    columns = (
        _words("figure", _("Figure")),
        Column("value", period_label(summary.head.period)),
        Column("of", _("of")),
        Column("previous", period_label(summary.head.previous)),
        Column("previous_of", _("of, before")),
        Column("difference", _("Difference")),
    )
    rows = tuple(
        (
            _capital(label),
            figure.value,
            figure.of,
            figure.previous,
            figure.previous_of,
            figure.change if summary.head.is_over else NOT_YET,
        )
        for key, label in FIGURE_LABELS.items()  # a data file has its figures in another order
        for figure in [summary.key_figures[key]]
    )
    return Table("key-figures", columns, rows)


def _capital(label: Any) -> str:
    words = str(label)
    return words[:1].upper() + words[1:]


def _planes(summary: Summary) -> Table:
    columns = (
        _words("plane", _("Plane")),
        Column("observations", _("Observations")),
        Column("previous", _("Before")),
        Column("independent", _("Independent voices")),
        Column("people", _("People behind them")),
        Column("threats", _("Threats they speak of")),
    )
    return Table("planes", columns, tuple(_plane(row) for row in summary.planes))


def _plane(row: PlaneRow) -> Cells:
    name = _capital(PLANE_LABELS[row.plane])
    if row.observations is None:
        return name, *[NOT_YET] * 5
    return name, row.observations.value, row.observations.previous, row.independent, row.people, row.threats


def _categories(summary: Summary) -> Table:
    columns = (
        _words("category", _("Category")),
        *(Column(status.value, str(label)) for status, label in COLUMN_LABELS.items()),
        Column("total", _("Total")),
        Column("previous", _("Before")),
    )
    rows = [
        (name, *(row.statuses[status] for status in COLUMN_LABELS), row.total, row.previous)
        for row, name in [*((row, row.name) for row in summary.categories), (summary.total, _("Total"))]
    ]
    return Table("categories", columns, tuple(rows) if summary.categories else ())


def _waiting(summary: Summary) -> Table:
    columns = (
        _words("step", _("From arrival until")),
        Column("threats", _("Threats")),
        Column("waiting", _("Still waiting")),
        Column("median_days", _("Half within, in days")),
        *(
            Column(
                f"percent_{days}_days", ngettext("Done within %(num)s day, %%", "Done within %(num)s days, %%", days)
            )
            for days in MARK_DAYS
        ),
    )
    rows = tuple(
        (
            _capital(STEP_LABELS[row.step]),
            row.count,
            row.open,
            _("not known yet") if row.median_days is None else row.median_days,
            *(NOT_YET if row.done.get(str(days)) is None else row.done[str(days)] for days in MARK_DAYS),
        )
        for row in summary.waiting
        if row.count
    )
    return Table("waiting", columns, rows)


def _places(summary: Summary) -> Table:
    columns = (
        _words("threat", _("Threat and place")),
        Column("number", _("No.")),
        Column("independent", _("Independent voices")),
        Column("observations", _("Observations")),
        _words("first_on", _("First seen")),
        _words("last_on", _("Last seen")),
        _words("state", _("State")),
        _words("state_since", _("State since")),
        _words("answer", _("Answer of the police")),
    )
    spots = (*summary.places, *summary.whole_area, *summary.done)
    return Table("places", columns, tuple(_place(spot) for spot in spots))


def _place(spot: Spot) -> Cells:
    return (
        f"{spot.name}: {near_words(spot)} ({_('threat %(number)s', number=spot.threat_id)})",
        spot.number or NOT_YET,
        spot.independent,
        spot.observations,
        spot.first_on,
        spot.last_on,
        str(STATUS_LABELS[spot.status]),
        spot.status_on,
        spot.answer.words if spot.answer else "",
    )


def _meetings(summary: Summary) -> Table:
    columns = (
        _words("meeting", _("Meeting")),
        _words("date", _("Date")),
        _words("kind", _("Kind")),
        Column("residents", _("Residents")),
        Column("statements", _("Statements")),
        Column("proposals", _("Requests")),
        Column("answered", _("with an answer")),
    )
    rows = tuple(
        (
            row.title,
            _day_of(row),
            str(debates.in_words(MeetingKind(row.kind))),
            NOT_YET if row.residents is None else row.residents,
            row.statements,
            row.proposals,
            row.answered,
        )
        for row in summary.meetings
    )
    return Table("meetings", columns, rows)


def _day_of(row: Any) -> Any:
    """Give the day of a meeting, its year where no more is known."""
    return str(row.held_on.year) if row.held_on and row.is_year_only else row.held_on


def _proposals(summary: Summary) -> Table:
    columns = (
        _words("request", _("Request")),
        _words("meeting_on", _("Meeting")),
        _words("addressee", _("Asked of")),
        _words("due_on", _("Deadline")),
        _words("state", _("State")),
        _words("answered_on", _("Answered on")),
        _words("answer", _("Answer")),
    )
    rows = tuple(
        (
            _("The words are not published, to protect a person.") if row.text is None else row.text,
            row.held_on,
            row.addressee_name or str(debates.in_words(AddresseeKind(row.addressee))),
            row.due_on,
            str(debates.in_words(ProposalStatus(row.status))),
            row.answered_on,
            row.answer or "",
        )
        for row in summary.proposals
    )
    return Table("proposals", columns, rows)


def _of_what_stands_beside(beside: Beside) -> Iterator[Table]:
    """Give the tables of what is known; a table of nothing would look like an answer."""
    if beside.recorded:
        yield _records(beside.recorded)
    if beside.surveys:
        yield _surveys(beside.surveys)
    if beside.offices:
        yield _offices(beside.offices)
    if beside.hot:
        yield _hot(beside.hot)


def _records(recorded: Recorded) -> Table:
    columns = (
        _words("measure", _("What is counted")),
        _words("period", _("Period")),
        Column("recorded", _("Recorded")),
        Column("change", _("Change since the year before")),
        Column("rate", _("For 1,000 people")),
        Column("low", _("Interval from")),
        Column("high", _("Interval to")),
        Column("voivodeship", _("Voivodeship")),
        Column("country", _("Poland")),
    )
    rows = tuple(
        (
            measure_name(row.code, row.name),
            period_label(recorded.period),
            row.count,
            row.change,
            *_rate(row.rate),
            row.voivodeship and row.voivodeship.value,
            row.country and row.country.value,
        )
        for row in recorded.rows
    )
    return Table("records", columns, rows)


def _rate(rated: Rated | None) -> tuple[float | None, float | None, float | None]:
    return (rated.value, rated.low, rated.high) if rated else (None, None, None)


def _surveys(surveys: tuple[SurveyRow, ...]) -> Table:
    columns = (
        _words("survey", _("Survey")),
        _words("ended", _("Ended")),
        _words("sample", _("How people came to it")),
        Column("people", _("People, in fives")),
        _words("question", _("Question")),
        _words("answers", _("Answers")),
        _words("share", _("Share")),
    )
    rows = tuple(
        (
            survey.title,
            survey.closed_on,
            str(SAMPLES[survey.sample]),
            HIDDEN if survey.people is None else survey.people,
            *said,
        )
        for survey in surveys
        for said in _answers(survey) or [("", "", NOT_YET)]
    )
    return Table("surveys", columns, rows)


def _answers(survey: SurveyRow) -> list[tuple[str, str, str]]:
    return [
        (one.question, "; ".join(one.answers), HIDDEN if one.percent is None else f"{one.bound}{one.percent} %")
        for one in survey.answers
    ]


def _offices(offices: tuple[OfficeRow, ...]) -> Table:
    columns = (
        _words("office", _("Office")),
        Column("handed_over", _("Handed over")),
        Column("done", _("Done")),
        Column("promised", _("Promised")),
        Column("refused", _("Refused")),
        Column("elsewhere", _("Passed on or not theirs")),
        Column("waiting", _("No answer yet")),
        Column("overdue", _("of all overdue")),
    )
    rows = tuple(
        (row.name, row.handed, row.done, row.promised, row.refused, row.elsewhere, row.waiting, row.overdue)
        for row in offices
    )
    return Table("offices", columns, rows)


def _hot(places: tuple[HotRow, ...]) -> Table:
    columns = (
        _words("place", _("Place")),
        _words("standing", _("How it stands out")),
        Column("people", _("Different people")),
    )
    rows = tuple((row.place, str(STANDING_LABELS[Standing(row.standing)]), row.voices) for row in places)
    return Table("hot", columns, rows)


def _protected(protected: Protected) -> Table:
    columns = (
        _words("category", _("Category")),
        *(Column(month, month_words(month)) for month in protected.months),
    )
    rows = [(row.name, *_shown(row.months, protected)) for row in protected.rows]
    if protected.never_names:
        together = _("Together: %(names)s", names="; ".join(protected.never_names))
        rows.append((together, *_shown(protected.never, protected)))
    return Table("protected", columns, tuple(rows))


def _shown(counts: tuple[int | None, ...], protected: Protected) -> Iterator[Any]:
    for month, count in zip(protected.months, counts, strict=True):
        hidden = NOT_YET if month in protected.unfinished else HIDDEN
        yield hidden if count is None else count
