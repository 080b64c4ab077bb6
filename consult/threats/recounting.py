"""The figures that stand beside a threat, computed anew from its voices whenever its links change."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import delete

from consult.db import db
from consult.observations.table import DAY_S, Table
from consult.threats import gathering, queries
from consult.threats.models import Suggestion, Threat


def recount(threat: Threat) -> None:
    """Compute the figures of a threat anew from its voices, by the same rule as for all threats at once."""
    rows = queries.members(threat.id)
    if not rows:
        threat.observations = threat.voices = threat.independent = 0
        threat.from_records = threat.from_contact = threat.from_online = 0
        db.session.execute(delete(Suggestion).where(Suggestion.threat_id == threat.id))
        return
    table = Table.of([rows])
    gathered = gathering.gather(table, np.zeros(len(rows), dtype=np.int64))
    for name, value in figures(table, gathered, 0, threat.chosen_category_code).items():
        setattr(threat, name, value)
    db.session.flush()  # sizes are read by the next joining


def figures(table: Table, gathered: gathering.Gathered, k: int, chosen: str | None = None) -> dict[str, Any]:
    """Give the columns of the k-th gathered threat; the category is `chosen` by a person, or the voices' own."""
    spot = int(gathered.spot[k])
    return {
        "category_code": chosen or table.categories.texts[int(gathered.category[k])],
        "group_code": table.groups.texts[int(table.group[spot])],
        "first_at": _moment(gathered.first_day[k]),
        "last_at": _moment(gathered.last_day[k]),
        "observations": int(gathered.observations[k]),
        "voices": int(gathered.voices[k]),
        "independent": int(gathered.independent[k]),
        "from_records": int(gathered.planes[k, 0]),
        "from_contact": int(gathered.planes[k, 1]),
        "from_online": int(gathered.planes[k, 2]),
        "is_whole_area": not bool(table.has_spot[spot]),
        "lon": float(table.lon[spot]),
        "lat": float(table.lat[spot]),
        "x": float(table.x[spot]),
        "y": float(table.y[spot]),
        "accuracy_m": float(table.accuracy_m[spot]),
        "district_code": table.districts.texts[int(table.district[spot])],
        "commune_code": table.communes.text(int(table.commune[spot])),
    }


def _moment(day: float) -> datetime:
    return datetime.fromtimestamp(round(float(day) * DAY_S), UTC)
