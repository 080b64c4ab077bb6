"""Tables of boundaries, sets with validity dates and the areas in them (EPSG:2180), and of official figures of areas.

Figures of the population and of land stand here, on the floor, since several doors relate their own to them.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import BigKey, Key, Model
from consult.districts.official import FigureKind, Sex


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


class FigureFile(Model):
    """A file of official figures that was taken: what it held, where it comes from, and how much of it was new.

    `updated_on` is the day of the figures as their publisher says, `actor_id` who brought them (0: a command).
    """

    __tablename__ = "figure_file"

    id: Mapped[Key]
    kind: Mapped[FigureKind]
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    updated_on: Mapped[date | None]
    digest: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(BigKey)
    read: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]


class FigureRevision(Model):
    """A published figure that a later file says otherwise: what it was, what it is now, and by which files.

    `what` is the rest of the figure's key: measure and place, or sex and age.
    """

    __tablename__ = "figure_revision"
    __table_args__ = (Index(None, "kind", "area_code"),)

    id: Mapped[Key]
    kind: Mapped[FigureKind]
    area_code: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(7))
    what: Mapped[str] = mapped_column(String(260))
    before: Mapped[float | None]
    before_flag: Mapped[str] = mapped_column(String(5))
    after: Mapped[float | None]
    after_flag: Mapped[str] = mapped_column(String(5))
    before_file_id: Mapped[int] = mapped_column(ForeignKey("figure_file.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("figure_file.id"), index=True)

    file: Mapped[FigureFile] = relationship(foreign_keys=[file_id])
    before_file: Mapped[FigureFile] = relationship(foreign_keys=[before_file_id])


class Population(Model):
    """How many people lived in an area on 31 December of a year, of one sex and age; `flag` where no number is known.

    The statistical office warns that its balance may fall below zero for few people of one age.
    """

    __tablename__ = "population"
    __table_args__ = (
        UniqueConstraint("area_code", "period", "sex", "age"),
        CheckConstraint("(value IS NULL) = (flag <> '')", "a_number_or_a_sign"),
    )

    id: Mapped[Key]
    area_code: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(7))
    sex: Mapped[Sex]
    age: Mapped[str] = mapped_column(String(8))
    value: Mapped[float | None]
    flag: Mapped[str] = mapped_column(String(5))
    file_id: Mapped[int] = mapped_column(ForeignKey("figure_file.id"))


class LandArea(Model):
    """How many square kilometres an area has in a year, as the statistical office says: land that moves counts anew."""

    __tablename__ = "land_area"
    __table_args__ = (
        UniqueConstraint("area_code", "period"),
        CheckConstraint("(value IS NULL) = (flag <> '')", "a_number_or_a_sign"),
    )

    id: Mapped[Key]
    area_code: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(7))
    value: Mapped[float | None]
    flag: Mapped[str] = mapped_column(String(5))
    file_id: Mapped[int] = mapped_column(ForeignKey("figure_file.id"))
