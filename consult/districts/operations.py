"""Writing boundaries: a set is taken whole or not at all, succeeds the one before it, and overwrites nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from sqlalchemy import func, select

from consult.db import db, now
from consult.districts import teryt
from consult.districts.atlas import inside_point
from consult.districts.boundary_file import Outline
from consult.districts.models import Area, BoundarySet, Level

APPROXIMATE_M = 600.0
"""How far simplified boundaries lie from the true ones, when nothing better is known."""


class SetRefused(ValueError):
    """These boundaries cannot come into force on their day: exact ones of the same day are there already."""


@dataclass(frozen=True)
class Recorded:
    """What became of a file: areas read, new, and unchanged because the same set is there already.

    `missing` are the codes of the set before it that the new one does not have.
    """

    read: int
    new: int
    unchanged: int
    refused: int = 0
    missing: tuple[str, ...] = ()
    digest: str = ""


def record_set(
    outlines: Sequence[Outline],
    *,
    level: Level,
    valid_from: date,
    source: str = "",
    is_approximate: bool = False,
    accuracy_m: float = 0.0,
) -> Recorded:
    """Bring boundaries into force from a day on. The same boundaries from the same day change nothing."""
    mark = _digest(outlines, f"{level} {valid_from} {is_approximate} {accuracy_m:.1f}")
    known = db.session.scalars(select(BoundarySet).where(BoundarySet.digest == mark)).one_or_none()
    if known is not None:
        _bring_back(known)
        return Recorded(len(outlines), 0, len(outlines), digest=mark)
    before = _before(level, valid_from)
    _make_room(level, valid_from, is_approximate=is_approximate)
    areas = [_area(outline, level) for outline in outlines]
    found = BoundarySet(
        level=level,
        valid_from=valid_from,
        valid_to=_next_start(level, valid_from),
        source=source,
        is_approximate=is_approximate,
        accuracy_m=accuracy_m,
        digest=mark,
        imported_at=now(),
        areas=areas,
    )
    db.session.add(found)
    db.session.flush()
    missing = before - {area.code[:6] for area in areas}
    return Recorded(len(outlines), len(outlines), 0, missing=tuple(sorted(missing)), digest=mark)


def _bring_back(known: BoundarySet) -> None:
    """Put a set that another took the place of in force again."""
    if known.superseded_at is not None:
        _make_room(known.level, known.valid_from, is_approximate=known.is_approximate)
        known.applied_at = None
        known.superseded_at, known.valid_to = None, _next_start(known.level, known.valid_from)
        db.session.flush()


def _digest(outlines: Sequence[Outline], beginning: str) -> str:
    """Name a set by its content: codes, names and shapes to the centimetre, and what is said of them all."""
    content = hashlib.sha256(beginning.encode())
    for outline in outlines:
        rounded = shapely.transform(outline.shape, lambda pairs: pairs.round(2))
        content.update(f"\n{outline.code}\t{outline.name}\t".encode() + shapely.to_wkb(rounded))
    return content.hexdigest()


def _before(level: Level, day: date) -> set[str]:
    """List the codes (six digits at most) of the set that was in force so far."""
    query = select(BoundarySet.id).where(BoundarySet.level == level, BoundarySet.superseded_at.is_(None))
    latest = db.session.scalar(query.where(BoundarySet.valid_from <= day).order_by(BoundarySet.valid_from.desc()))
    return {code[:6] for code in db.session.scalars(select(Area.code).where(Area.boundary_set_id == latest))}


def _make_room(level: Level, valid_from: date, *, is_approximate: bool) -> None:
    """Close the set before, and take out of force what the new one is better than.

    That is a set of the same first day, and every approximate set that begins later when the new one is exact.
    """
    later = select(BoundarySet).where(
        BoundarySet.level == level, BoundarySet.superseded_at.is_(None), BoundarySet.valid_from >= valid_from
    )
    for found in db.session.scalars(later).all():
        if found.valid_from == valid_from and is_approximate and not found.is_approximate:
            raise SetRefused
        if found.valid_from == valid_from or (found.is_approximate and not is_approximate):
            found.superseded_at = now()
    db.session.flush()
    earlier = select(BoundarySet).where(
        BoundarySet.level == level, BoundarySet.superseded_at.is_(None), BoundarySet.valid_from < valid_from
    )
    last = db.session.scalars(earlier.order_by(BoundarySet.valid_from.desc())).first()
    if last is not None:
        last.valid_to = valid_from


def _next_start(level: Level, valid_from: date) -> date | None:
    return db.session.scalar(
        select(func.min(BoundarySet.valid_from)).where(
            BoundarySet.level == level, BoundarySet.superseded_at.is_(None), BoundarySet.valid_from > valid_from
        )
    )


def _area(outline: Outline, level: Level) -> Area:
    lon, lat = inside_point(outline.shape)
    x_min, y_min, x_max, y_max = outline.shape.bounds
    return Area(
        code=outline.code,
        name=teryt.VOIVODESHIPS[outline.code] if level is Level.VOIVODESHIP else outline.name,
        parent_code=_parent(outline.code, level),
        area_km2=round(outline.shape.area / 1e6, 3),
        lon=lon,
        lat=lat,
        x_min=x_min,
        y_min=y_min,
        x_max=x_max,
        y_max=y_max,
        shape=shapely.to_wkb(outline.shape),
    )


def _parent(code: str, level: Level) -> str | None:
    if level is Level.COMMUNE:
        return teryt.district_of(code)
    return teryt.voivodeship_of(code) if level is Level.DISTRICT else None
