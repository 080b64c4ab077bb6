"""Pages of what is recorded in a district: the figures, their chart, and all of them as a table."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.districts import inhabitants, teryt
from consult.districts import queries as districts
from consult.districts.atlas import Region
from consult.police_records import queries, wording
from consult.police_records.drawing import chart_of_rates
from consult.police_records.rating import MeasureRecord, RecordRow, change
from consult.police_records.views import bp
from consult.police_records.views.showing import table_file
from consult.web import programs
from consult.web.roles import public

SHOWN_PARTS = 200
TABLE = (
    "code", "period", "measure", "name", "count", "flag", "people", "rate_per_1000", "rate_low", "rate_high",
    "published_per_1000", "voivodeship_per_1000", "country_per_1000", "breaks", "stands_out",
)  # fmt: skip
"""The columns of the file with all that is recorded of a district."""


@bp.get("/districts/<string:code>/police-records")
@public
def district(code: str) -> ResponseReturnValue:
    """Show what is recorded in a district, year by year, beside its voivodeship and the country."""
    area = districts.district(code)
    records = queries.records_of(code)
    chosen = _chosen(records, request.args.get("measure", ""))
    period = _latest(records)
    return render_template(
        "police_records/district.html",
        area=area,
        region=teryt.VOIVODESHIPS[teryt.voivodeship_of(code)],
        records=records,
        record=chosen,
        period=period,
        changes={one.code: change(one, row) for one in records if (row := one.of(period))},
        names={one.code: wording.measure_name(one.code, one.name) for one in records},
        parts=queries.parts_within(code, SHOWN_PARTS) if current_user.is_authenticated else [],
        part_names={region.code[:6]: region.label for region in districts.communes_of(code)},
        files=queries.files_of(code),
        people=_people(area),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "breaks": wording.BREAKS,
        "figure": wording.figure,
        "measure_name": wording.measure_name,
        "notes": wording.NOTES,
        "rate_notes": wording.RATE_NOTES,
    }


def _chosen(records: Sequence[MeasureRecord], code: str) -> MeasureRecord | None:
    """Find the measure that was asked for, else the first that has counts."""
    found = next((one for one in records if one.code == code), None)
    with_counts = (one for one in records if any(row.own.count is not None for row in one.rows))
    return found or next(with_counts, None) or next(iter(records), None)


def _latest(records: Sequence[MeasureRecord]) -> str:
    """Name the last whole year of which anything is recorded."""
    return max((row.period for one in records for row in one.years), default="")


def _people(area: Region) -> dict[str, Any] | None:
    """Tell how many people live in a district and how many to the square kilometre, of one and the same year."""
    year = inhabitants.latest_year()
    count = inhabitants.totals([area.code], [year]).get((area.code, year)) if year else None
    if count is None or year is None:
        return None
    land = inhabitants.land_km2(area.code, year)
    return {"year": year, "count": count, "land": land, "density": round(count / land) if land else None}


@bp.get("/districts/<string:code>/police-records/<string:measure>.svg")
@public
def drawing(code: str, measure: str) -> ResponseReturnValue:
    """Draw the rates of a measure over the years."""
    area = districts.district(code)
    record = next((one for one in queries.records_of(code) if one.code == measure and one.years), None)
    if record is None:
        abort(404)
    names = (area.label, teryt.VOIVODESHIPS[teryt.voivodeship_of(code)], _("Poland"))
    return programs.answer(chart_of_rates(record, names), "image/svg+xml")


@bp.get("/districts/<string:code>/police-records.csv")
@public
def table(code: str) -> ResponseReturnValue:
    """Give all that is recorded of a district as a long table."""
    districts.district(code)
    rows = [_row(code, record, row) for record in queries.records_of(code) for row in record.rows]
    return table_file(TABLE, rows, f"police-records-{code}.csv")


def _row(code: str, record: MeasureRecord, row: RecordRow) -> list[Any]:
    rates = [facts.rate for facts in (row.own, row.voivodeship, row.country)]
    own = rates[0]
    return [
        code,
        row.period,
        record.code,
        wording.measure_name(record.code, record.name),
        row.own.count,
        row.own.flag,
        row.own.people,
        *([round(own.value, 4), round(own.low, 4), round(own.high, 4)] if own else [None] * 3),
        row.own.published,
        *(round(rate.value, 4) if rate else None for rate in rates[1:]),
        " ".join(row.breaks),
        int(row.stands_out),
    ]
