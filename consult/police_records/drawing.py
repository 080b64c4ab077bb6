"""Charts of police records: the rate of a measure over the years, the same on the page and in print."""

from collections.abc import Sequence

from flask_babel import gettext as _

from consult.documents import charts
from consult.police_records.rating import MeasureRecord, RecordRow
from consult.police_records.wording import measure_name, published_rate
from consult.rates import Rate

WIDTH = 460.0
MARK = "*"
"""Behind a year before which something was counted otherwise."""


def chart_of_rates(record: MeasureRecord, names: Sequence[str]) -> str:
    """Draw the rates of an area, its voivodeship and the country, year by year; `names` are theirs.

    Only the last rate of the area itself is written out: three numbers would lie upon each other, and a table follows.
    """
    rows = [_row(row) for row in record.years]
    title = _("%(measure)s: recorded for 1,000 people", measure=measure_name(record.code, record.name))
    description = "; ".join(f"{row.name}: {row.label(0)}" for row in rows if row.label(0))
    return charts.line(rows, [charts.Series(name) for name in names], title=title, description=description, width=WIDTH)


def _row(row: RecordRow) -> charts.Row:
    values = [_value(facts.rate, facts.published) for facts in (row.own, row.voivodeship, row.country)]
    labels = [published_rate(values[0]) if values[0] is not None else ""]
    return charts.Row(row.period + (MARK if row.breaks else ""), values, labels)


def _value(found: Rate | None, published: float | None) -> float | None:
    """Our own rate, or the published one where the people of the year are not known."""
    return published if found is None else found.value
