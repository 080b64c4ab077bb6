"""The cube of a month: threats of protected categories, counted by category and district, as everybody may see them.

Generalised categories stand one by one and together, by district, voivodeship and country; those of which nobody is
told where they are ("never") stand only together, and only by district. A count is told from five on, and nought is
told; what is hidden cannot be worked out of the rest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from consult.attack import Protection, Range
from consult.disclosure import HIDDEN_BELOW, published
from consult.period import Period
from consult.releases.areas import COUNTRY, TOGETHER, Layout
from consult.releases.sealing import Record

FORM = 1
"""Which form the figures have: another number where a field is added or means something else."""

PROTECTION = Protection(below=HIDDEN_BELOW, width=HIDDEN_BELOW - 2)
NEVER = "never"
"""The column of the categories that are only counted together."""

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Counted:
    """What a month's cube is made of: counts by district and category, the categories with their names, the areas'."""

    month: Period
    counts: Mapping[tuple[str, str], int]
    generalised: Mapping[str, Texts]
    never: Mapping[str, Texts]
    areas: Mapping[str, str]
    """The names of voivodeships and districts. A district without a name here has gone; it counts all the same."""


def record_of(counted: Counted) -> Record:
    """Give a month's figures as everybody may see them. Raises Unprotectable with the cells that cannot be hidden."""
    districts = sorted({code for code in counted.areas if len(code) > len("10")} | {code for code, _ in counted.counts})
    layout = Layout(districts, sorted(counted.generalised))
    own = {cell: count for cell, count in counted.counts.items() if cell[1] in counted.generalised}
    shown = layout.shown(own, PROTECTION) if counted.generalised else {area: {} for area in layout.areas}
    never = Counter[str]()
    for (district, category), count in counted.counts.items():
        if category in counted.never:
            never[district] += count
    return {
        "form": FORM,
        "kind": "threats",
        "month": counted.month.code,
        "cutoff": counted.month.last.isoformat(),
        "hidden_below": HIDDEN_BELOW,
        "categories": {code: dict(names) for code, names in counted.generalised.items()},
        "together": {code: dict(names) for code, names in counted.never.items()},
        "rows": [
            {
                "area": area,
                "name": counted.areas.get(area, ""),
                "counts": {column: shown[area][column] for column in layout.columns},
                "total": shown[area][layout.across[-1]] if layout.columns else 0,
                **({NEVER: published(never[area])} if area in districts else {}),
            }
            for area in layout.areas
        ],
    }


def worked_out(record: Record) -> dict[str, Range]:
    """List the hidden cells of a month that could be narrowed down too far from its file alone."""
    columns = sorted(record["categories"])
    if not columns:
        return {}
    rows = {row["area"]: row for row in record["rows"]}
    layout = Layout([area for area in rows if area != COUNTRY and len(area) > len("10")], columns)
    shown = {area: {**row["counts"], layout.across[-1]: row["total"]} for area, row in rows.items()}
    return layout.worked_out(shown, PROTECTION)


def of_district(record: Record, code: str) -> dict[str, int | None] | None:
    """Give a district's counts by category, and under "" those only counted together; None if it is unknown."""
    row = next((row for row in record["rows"] if row["area"] == code), None)
    return None if row is None else {**row["counts"], "": row[NEVER]}


def cutoff_of(record: Record) -> date:
    """Give the last day of what was counted."""
    return date.fromisoformat(record["cutoff"])


def table_of(record: Record) -> tuple[list[str], list[list[Any]]]:
    """Give the month as one table: the names of its columns, then a row for each area."""
    columns = ["area", "name", *sorted(record["categories"]), TOGETHER.strip("#"), NEVER]
    return columns, [_row(row, sorted(record["categories"])) for row in record["rows"]]


def _row(row: Mapping[str, Any], categories: Sequence[str]) -> list[Any]:
    never = _cell(row[NEVER]) if NEVER in row else ""
    return [row["area"], row["name"], *(_cell(row["counts"][code]) for code in categories), _cell(row["total"]), never]


def _cell(count: int | None) -> Any:
    return "x" if count is None else count
