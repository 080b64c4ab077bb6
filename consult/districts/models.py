"""Tables of boundaries: sets with validity dates and the areas in them, kept in EPSG:2180."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import Key, Model


class Level(StrEnum):
    """The level of an area."""

    VOIVODESHIP = "voivodeship"
    DISTRICT = "district"
    COMMUNE = "commune"
    BEAT = "beat"
    UNIT = "unit"


class BoundarySet(Model):
    """Boundaries of one level from one source, in force from a day; never overwritten, the next one succeeds it.

    `accuracy_m` is how far the drawn borders may lie from the true ones. A set that another took the place of from its
    first day on (better boundaries for the same time) has `superseded_at` and is no longer asked. `applied_at` stands
    on at most one set of a level: the one by which all places of the product were read last.
    """

    __tablename__ = "boundary_set"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "validity_in_order"),)

    id: Mapped[Key]
    level: Mapped[Level]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    is_approximate: Mapped[bool]
    accuracy_m: Mapped[float]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    imported_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]

    areas: Mapped[list["Area"]] = relationship(back_populates="boundary_set")


class Area(Model):
    """One voivodeship, district, commune, beat or unit area of a set.

    `shape` is WKB in EPSG:2180; (`lon`, `lat`) lies inside and stands for the area.
    """

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("boundary_set_id", "code"), Index(None, "code"))

    id: Mapped[Key]
    boundary_set_id: Mapped[int] = mapped_column(ForeignKey("boundary_set.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(160))
    parent_code: Mapped[str | None] = mapped_column(String(20))
    area_km2: Mapped[float]
    lon: Mapped[float]
    lat: Mapped[float]
    x_min: Mapped[float]
    y_min: Mapped[float]
    x_max: Mapped[float]
    y_max: Mapped[float]
    shape: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    boundary_set: Mapped[BoundarySet] = relationship(back_populates="areas")
