"""Releases in words: what each is called, and its figures as tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.disclosure import Audience, Figures, Share
from consult.districts.teryt import VOIVODESHIPS
from consult.period import Period
from consult.releases.areas import COUNTRY
from consult.releases.cube import NEVER
from consult.releases.models import Release, ReleaseKind
from consult.releases.sealing import Record
from consult.web.languages import day, language, number

KINDS = {ReleaseKind.THREATS: _l("Protected categories of a month"), ReleaseKind.SURVEY: _l("Answers to a survey")}
HIDDEN = "x"
MISSING = "#missing"
APART_THEMES = {
    "other": _l("themes of fewer than ten people, together"),
    "none": _l("none of these themes"),
    "unreadable": _l("unreadable"),
}


@dataclass(frozen=True)
class Table:
    """A table in words; `note` stands above it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    quotes: Sequence[tuple[str, str]] = ()
    """What people said, each with its theme."""


def title(found: Release) -> str:
    """Name a release: the month, or the survey's title."""
    if found.kind is ReleaseKind.THREATS:
        return Period.parse(found.subject).label(language())
    return text_in(found.titles) or found.subject


def text_in(texts: Mapping[str, str]) -> str:
    """Choose the reader's language, else Polish, else any."""
    return texts.get(language()) or texts.get("pl") or next(iter(texts.values()), "")


def regions(record: Record) -> list[tuple[str, str]]:
    """List the voivodeships whose districts can be asked for."""
    known = [row["area"] for row in record["rows"] if len(row["area"]) == len("10") and row["area"] != COUNTRY]
    return [("", str(_("Voivodeships"))), *((code, VOIVODESHIPS.get(code, code)) for code in known)]


def tables_of_month(record: Record, region: str) -> list[Table]:
    """Give the counts of a month: the country and its voivodeships, or one voivodeship and its districts."""
    wanted = [row for row in record["rows"] if _belongs(row["area"], region)]
    codes = sorted(record["categories"], key=lambda code: text_in(record["categories"][code]))
    columns = [str(_("Area")), *(text_in(record["categories"][code]) for code in codes), str(_("Together"))]
    with_never = bool(region and record["together"])
    if with_never:
        columns.append(str(_("Other protected categories together")))
    rows = [_month_row(row, codes, with_never=with_never) for row in wanted]
    return [Table(str(_("Threats of which somebody spoke")), columns, rows)]


def _belongs(area: str, region: str) -> bool:
    return area.startswith(region) if region else len(area) == len("10")


def _month_row(row: Mapping[str, Any], codes: Sequence[str], *, with_never: bool) -> list[str]:
    name = str(_("The whole country")) if row["area"] == COUNTRY else row["name"] or row["area"]
    cells = [name, *(_count(row["counts"][code]) for code in codes), _count(row["total"])]
    return [*cells, _count(row[NEVER]) if NEVER in row else "–"] if with_never else cells


def _count(count: int | None) -> str:
    return HIDDEN if count is None else number(count)


def _together(record: Record) -> str:
    return "; ".join(text_in(names) for names in record["together"].values()) or "–"


def tables_of_survey(record: Record) -> list[Table]:
    """Give a table for each question that is told: its answers, how many gave each, and their shares."""
    return [
        table for question in record["questions"] if question["people"] is not None for table in _question(question)
    ]


def _question(question: Mapping[str, Any]) -> Iterator[Table]:
    figures = Figures(Audience.PUBLIC, question["people"], question["counts"], float(question["reaches"]))
    heading = text_in(question["label"]) or question["name"]
    columns = [str(_("Answer")), str(_("People")), str(_("Share"))]
    rows = [
        [_answer(question, value), number(count), _share(figures.share(count))]
        for value, count in _told(question["counts"])
    ]
    if question.get("weighted"):
        columns.append(str(_("Weighted")))
        rows = [[*row, share] for row, share in zip(rows, _weighted(question), strict=True)]
    if rows:
        base = str(_("About %(number)s people were asked.", number=number(figures.people)))
        yield Table(heading, columns, rows, base)
    if question.get("themes"):
        yield _themes(heading, question["themes"])
    areas = [[row["name"] or row["area"], _count(row["people"])] for row in question["areas"] if row["name"]]
    if rows and len(areas) > 1:
        yield Table(str(_("%(question)s: by area", question=heading)), [str(_("Area")), str(_("People asked"))], areas)


def _themes(heading: str, told: Mapping[str, Any]) -> Table:
    """Give the themes of what people wrote in their own words, those of most people first."""
    figures = Figures(Audience.PUBLIC, told["people"], told["counts"], float(told["reaches"]))
    known = sorted(told["names"].items(), key=lambda one: (-figures.count(one[0]), int(one[0])))
    apart = [(code, str(words)) for code, words in APART_THEMES.items() if figures.count(code)]
    rows = [
        [name, number(figures.count(code)), _share(figures.share(figures.count(code)))]
        for code, name in [*known, *apart]
    ]
    note = _("About %(number)s people wrote something; one may speak of several themes.", number=number(figures.people))
    quotes = [(name, words) for code, name in known for words in told["quotes"].get(code, ())]
    columns = [str(_("Theme")), str(_("People")), str(_("Share"))]
    return Table(str(_("%(question)s: themes", question=heading)), columns, rows, str(note), quotes)


def _weighted(question: Mapping[str, Any]) -> list[str]:
    """Give the weighted share of each answer that is told, in the same order."""
    told = question["weighted"]
    figures = Figures(Audience.PUBLIC, question["people"], told["counts"], float(told["reaches"]))
    return [_share(figures.share(figures.count(value))) for value, _count in _told(question["counts"])]


def method(items: Sequence[Record]) -> list[tuple[str, str]]:
    """Give the disclosure box of a survey as it was published, in the reader's language."""
    return [(text_in(item["label"]), " ".join(_lines_in(item["said"]))) for item in items]


def _lines_in(said: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return said.get(language()) or said.get("pl", ())


def _told(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Order the answers: those given most first, no answer last."""
    known = [(value, count) for value, count in counts.items() if value == MISSING or not value.startswith("#")]
    return sorted(known, key=lambda one: (one[0] == MISSING, -one[1], one[0]))


def _answer(question: Mapping[str, Any], value: str) -> str:
    if value == MISSING:
        return str(_("no answer"))
    return text_in(question["answers"].get(value, {})) or value


def _share(share: Share | None) -> str:
    return "–" if share is None else f"{share.bound}{round(share.per_cent)}\u00a0%"


def notes(record: Record) -> list[str]:
    """Say how the figures are to be read."""
    until = _("They count what was entered up to %(day)s.", day=day(date.fromisoformat(record["cutoff"])))
    if record["kind"] == "threats":
        return [
            str(_("A threat counts in a month in which somebody spoke of it, and once.")),
            str(_("“x” is a number from one to four, or one hidden so that another cannot be worked out.")),
            str(_("Counted only together, and only by district: %(names)s.", names=_together(record))),
            str(_("The counts of a month are published once and stay as they are.")),
        ]
    return [
        str(until),
        str(_("All numbers are rounded to fives; what fewer than ten people stand behind is not told.")),
        str(_("“x” is an area of fewer than ten people, or one hidden so that another cannot be worked out.")),
        *([_weighted_note()] if record.get("weighting") else []),
    ]


def _weighted_note() -> str:
    return str(
        _(
            "“Weighted” is the share that an answer would have if each group were as large among those who answered as "
            "it is in the population. It is told where the answers are worth at least thirty unweighted ones, and not "
            "by area. Weights do not make those who came by themselves a random sample."
        )
    )
