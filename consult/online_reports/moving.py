"""Reports under new boundaries: counted by their voices; one passed on to a district that is gone goes to its heir."""

from collections.abc import Mapping

from sqlalchemy import select, update

from consult.db import db
from consult.districts.moving import Holding, Spots
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.online_reports.queries import SOURCE


def spots() -> Spots:
    """Give the places of the voices that came as reports."""
    chosen = select(
        Observation.id,
        Observation.lon,
        Observation.lat,
        Observation.accuracy_m,
        Observation.district_code,
        Observation.commune_code,
    )
    return Spots.of(db.session.execute(chosen.where(Observation.source == SOURCE)).all())


def rename(heirs: Mapping[str, str]) -> None:
    """Pass reports on to the district that got most of the land of the one they were passed on to."""
    for gone, heir in heirs.items():
        db.session.execute(update(OnlineReport).where(OnlineReport.passed_to == gone).values(passed_to=heir))


HOLDINGS = (Holding("reports", spots, rename=rename),)
