"""Meetings under new boundaries: one counts in the district of its place, unless people named another one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select

from consult.db import db
from consult.districts.moving import Holding, Move, Spots
from debates.models import Meeting, MeetingDistrict


def spots() -> Spots:
    """Give the places of meetings, once for each district that a meeting counts in."""
    chosen = select(Meeting.id, Meeting.place, MeetingDistrict.district_code).join(Meeting.districts)
    found = db.session.execute(chosen.where(Meeting.place.is_not(None))).all()
    return Spots.of([_row(*row) for row in found], is_chosen=True)


def _row(meeting_id: int, place: Any, district: str) -> tuple[Any, ...]:
    return (meeting_id, *place.lon_lat, place.accuracy_m, district, "")


def write(move: Move) -> None:
    """Let meetings count where their places lie now."""
    for k in np.asarray(move.rows).tolist():
        before, after = str(move.spots.district[k]), str(move.found.district[k])
        if before != after:
            _replace(move.spots.keys[k], before, after)


def rename(heirs: Mapping[str, str]) -> None:
    """Let meetings of a district that is gone count in the one that got most of its land."""
    for gone, heir in heirs.items():
        chosen = select(MeetingDistrict.meeting_id).where(MeetingDistrict.district_code == gone)
        for meeting_id in db.session.scalars(chosen).all():
            _replace(meeting_id, gone, heir)


def _replace(meeting_id: int, before: str, after: str) -> None:
    own = MeetingDistrict.meeting_id == meeting_id
    db.session.execute(delete(MeetingDistrict).where(own, MeetingDistrict.district_code == before))
    known = select(MeetingDistrict.meeting_id).where(own, MeetingDistrict.district_code == after)
    if db.session.scalar(known) is None:
        db.session.execute(insert(MeetingDistrict).values(meeting_id=meeting_id, district_code=after))


HOLDINGS = (Holding("meetings", spots, write, rename),)
