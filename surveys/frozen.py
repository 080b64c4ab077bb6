"""Results of a survey as a release keeps them, and read back from there: what a page shows is what was published.

A release holds rounded counts and no more: shares, means and scores are computed from these, so that they tell nothing
beside them. Of the effective number of people it keeps only which thresholds it reaches, since that can be seen anyway.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consult.disclosure import (
    EXTREMES_FROM,
    ROUNDED_TO,
    SHARES_FROM,
    SURVEY_BASE,
    Audience,
    Crowd,
    Figures,
    survey_figures,
)
from consult.releases.polls import Before, key, shown_areas
from consult.releases.sealing import Record
from surveys.counting import ASKED
from surveys.estimation import Weighed
from surveys.questions import Question, Texts
from surveys.results import Cells, Edition, Result, Results, Usability, result_of
from surveys.themes import ThemeResult

FORM = 3
"""Which form the figures have: another number where a field is added or means something else.

The first form has no `themes` of a question; the second neither `weighted` of a question, nor the `weighting` and the
`method` (the disclosure box) of the whole.
"""

EVERYBODY = "#all"
COUNTRY = ""
THRESHOLDS = (EXTREMES_FROM, SHARES_FROM)


class GrewTooLittle(Exception):
    """One to nine people came to figures since they were shown; the text names their questions."""


@dataclass(frozen=True)
class Polled:
    """What a survey's release is made of. `tables` count each question by district, the people asked among them."""

    slug: str
    title: Texts
    cutoff: date
    results: Results
    exact: Mapping[str, int]
    tables: Mapping[str, Mapping[str, Cells]]
    names: Mapping[str, str]
    """The names of voivodeships and districts."""
    themes: Mapping[str, ThemeResult] = field(default_factory=dict)
    """What people spoke of in their own words, by question, as far as that is finished."""

    weights: Mapping[str, Weighed] = field(default_factory=dict)
    """What weights make of each question; nothing where nobody is weighted."""

    weighting: Record | None = None
    """The weights themselves: their margins, digest and worth, as they are published."""

    method: Sequence[Record] = ()
    """The disclosure box in all languages: items with `name`, `label` and `said`."""


def record_of(polled: Polled, before: Before) -> tuple[Record, dict[str, int]]:
    """Give what everybody may see, and the exact bases of it for the next time. Raises GrewTooLittle, Unprotectable."""
    grew = [name for name, people in polled.exact.items() if not before.allows(name, COUNTRY, people)]
    if grew:
        raise GrewTooLittle(", ".join(grew))
    bases = {key(name, COUNTRY): people for name, people in polled.exact.items()}
    told = [_question(result, polled, before, bases) for result in polled.results.questions]
    usability = polled.results.usability
    record = {
        "form": FORM,
        "kind": "survey",
        "survey": polled.slug,
        "title": dict(polled.title),
        "cutoff": polled.cutoff.isoformat(),
        "hidden_below": SURVEY_BASE,
        "rounded_to": ROUNDED_TO,
        "shares_from": SHARES_FROM,
        **_figures(polled.results.everybody),
        "sus": {"people": usability.people, "mean": round(usability.mean, 2)} if usability else None,
        "method": list(polled.method),
        "weighting": polled.weighting,
        "questions": told,
    }
    return record, bases


def _question(result: Result, polled: Polled, before: Before, bases: dict[str, int]) -> Record:
    question = result.question
    return {
        "name": question.name,
        "label": dict(question.labels),
        "kind": question.kind.value,
        "answers": {choice.name: dict(choice.labels) for choice in question.choices},
        "versions": list(result.versions),
        "left_out": list(result.left_out),
        **_figures(result.figures),
        "weighted": _weighted(result.figures, polled.weights.get(question.name)),
        "areas": _areas(question, polled, before, bases) if result.figures is not None else [],
        "themes": _themes(polled.themes.get(question.name)) if result.figures is not None else None,
    }


def _themes(told: ThemeResult | None) -> Record | None:
    """Write the themes of a question: those of ten people and more by name, with the quotes that were chosen."""
    if told is None:
        return None
    kappa = told.agreement.pooled if told.agreement else None
    return {
        **_figures(told.figures),
        "names": {line.code: line.name for line in told.lines},
        "quotes": {line.code: list(line.quotes) for line in told.lines if line.quotes},
        "kappa": None if kappa is None else round(kappa, 2),
    }


def themes_in(record: Record) -> dict[str, Any]:
    """Give the themes that a release holds, by question; an older one has none."""
    return {told["name"]: told["themes"] for told in record["questions"] if told.get("themes")}


def _figures(figures: Figures | None) -> Record:
    """Write rounded counts; those that round to nought are not even named, since a rare number would be somebody's."""
    if figures is None:
        return {"people": None, "reaches": 0, "counts": {}}
    assert figures.audience is Audience.PUBLIC, "only what everybody may see is published"
    reaches = next((threshold for threshold in THRESHOLDS if figures.effective >= threshold), 0)
    counts = {name: count for name, count in figures.counts.items() if count}
    return {"people": figures.people, "reaches": reaches, "counts": counts}


def _weighted(figures: Figures | None, weighed: Weighed | None) -> Record | None:
    """Write what weights make of a question: counts in fives whose shares may be told; null where there are none."""
    if figures is None or weighed is None:
        return None
    found = figures.weighted(weighed.parts, weighed.worth)
    if found is None:
        return None
    written = _figures(found)
    return {"reaches": written["reaches"], "counts": written["counts"]}


def _areas(question: Question, polled: Polled, before: Before, bases: dict[str, int]) -> list[Record]:
    """Write a question's rows of voivodeships and districts; what is hidden is null."""
    table = polled.tables.get(question.name, {})
    people = {code: cells.get(ASKED, 0) for code, cells in table.items() if cells.get(ASKED, 0)}
    if not any(people):
        return []
    shown = shown_areas(question.name, people, before)
    codes = sorted({code or "0000" for code in people} | {(code or "0000")[:2] for code in people})
    rows = []
    for area in codes:
        row = {"area": area, "name": polled.names.get(area, "")}
        if area not in shown:
            rows.append({**row, **_figures(None)})
            continue
        bases[key(question.name, area)] = shown[area]
        within = [cells for code, cells in table.items() if code and code.startswith(area)]
        crowd = Crowd({(area,): shown[area]})
        rows.append({**row, **_figures(survey_figures(Audience.PUBLIC, _added(within), crowd))})
    return rows


def _added(tables: Iterable[Cells]) -> dict[str, int]:
    total: dict[str, int] = {}
    for cells in tables:
        for value, count in cells.items():
            total[value] = total.get(value, 0) + count
    return total


# Read back


def results_of(record: Record, editions: Sequence[Edition]) -> Results:
    """Give the results that a release holds, with the questions as they were asked."""
    sus = record["sus"]
    usability = Usability(sus["people"], sus["mean"]) if sus else None
    questions = tuple(_result(told, editions) for told in record["questions"])
    return Results(_read(record), questions, usability)


def weighted_of(record: Record, editions: Sequence[Edition]) -> dict[str, Result]:
    """Give the weighted results that a release holds, by question; none where nobody was weighted."""
    return {told["name"]: _result(_as_weighted(told), editions) for told in record["questions"] if told.get("weighted")}


def method_of(record: Record) -> Sequence[Record]:
    """Give the disclosure box that a release holds; none in the first form."""
    method: Sequence[Record] = record.get("method", ())
    return method


def _as_weighted(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**told, **told["weighted"]}


def _result(told: Mapping[str, Any], editions: Sequence[Edition]) -> Result:
    asked = max((one for one in editions if one.number in told["versions"]), key=lambda one: one.number)
    question = next(one for one in asked.definition.questions if one.name == told["name"])
    return result_of(question, tuple(told["versions"]), tuple(told["left_out"]), _read(told))


def _read(told: Mapping[str, Any]) -> Figures | None:
    if told["people"] is None:
        return None
    return Figures(Audience.PUBLIC, told["people"], told["counts"], float(told["reaches"]))
