"""What several pages of police records share: names of areas, tables as files."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from consult.districts import queries as districts
from consult.districts import teryt
from consult.threats.editions import written_table

CSV = "text/csv"


def area_name(code: str) -> str:
    """Name any area of official figures; one that the boundaries do not have by its code."""
    if code in teryt.VOIVODESHIPS:
        return teryt.VOIVODESHIPS[code]
    if not code.strip("0"):
        return str(_("Poland"))
    return districts.names([code]).get(code, code)


def table_file(headings: Sequence[str], rows: Sequence[Sequence[Any]], name: str) -> Response:
    """Give a table as a CSV file."""
    with written_table(headings, rows) as file:
        answer = Response(file.read(), mimetype=CSV)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
