"""The table that all doors share: one voice about one place."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.catalogue.models import Category
from consult.db import BigKey, Key, Model
from consult.geo import Place


class Plane(StrEnum):
    """The three planes of information."""

    POLICE_RECORDS = "police_records"
    DIRECT_CONTACT = "direct_contact"
    ONLINE = "online"


class Observation(Model):
    """One voice about one place, through one door; never edited into something else, never destroyed by joining.

    `source` is the endpoint of the page that shows the voice at its door, `source_key` its key there.
    `weekdays` is a bit mask (Monday = 1 … Sunday = 64), `times_of_day` as `period.TIMES_OF_DAY` has them; 0 is unknown.
    `group_code` says with which voices it may be joined: its category's `join_group`, or that of the category which a
    person chose for its threat.
    `x`, `y` are metres of EPSG:2180 of the position that stands for the place; `cell` is its grid cell, None for a
    place that is a whole area; `extent_m` is how far a line or area reaches from there. `words_mask` has a bit for each
    stem of the text. Words that are withheld (`is_withheld`) are not here at all, only at the door they came through.
    `order_key` is drawn from the natural key, so that ties fall alike in any order of arrival.
    """

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        CheckConstraint("observed_to >= observed_from", "window_in_order"),
        CheckConstraint("voices >= 1", "at_least_one_voice"),
        CheckConstraint("weekdays >= 0 AND weekdays < 128", "weekdays_are_seven_bits"),
        CheckConstraint("times_of_day >= 0 AND times_of_day < 16", "times_of_day_are_four_bits"),
        Index(None, "group_code", "cell", "observed_from", "observed_to"),
        Index(None, "district_code", "observed_from"),
        Index(
            "ix_observation_placeless",
            "district_code",
            sqlite_where=text("cell IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("cell IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_observation_drawn", "x", sqlite_where=text("extent_m > 0"), postgresql_where=text("extent_m > 0")),
    )

    id: Mapped[Key]
    source: Mapped[str] = mapped_column(String(60))
    source_key: Mapped[str] = mapped_column(String(120))
    order_key: Mapped[int] = mapped_column(BigKey, unique=True)
    plane: Mapped[Plane]
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    group_code: Mapped[str] = mapped_column(String(60))
    observed_from: Mapped[datetime]
    observed_to: Mapped[datetime]
    weekdays: Mapped[int] = mapped_column(default=0)
    times_of_day: Mapped[int] = mapped_column(default=0)
    voices: Mapped[int] = mapped_column(default=1)
    voice_key: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[str] = mapped_column("text", Text, default="")
    words_mask: Mapped[int] = mapped_column(BigKey, default=0)
    street_code: Mapped[int] = mapped_column(BigKey, default=-1)
    place: Mapped[Place]
    accuracy_m: Mapped[float]
    lon: Mapped[float]
    lat: Mapped[float]
    x: Mapped[float]
    y: Mapped[float]
    cell: Mapped[int | None] = mapped_column(BigKey)
    extent_m: Mapped[float] = mapped_column(default=0.0)
    district_code: Mapped[str] = mapped_column(String(4))
    commune_code: Mapped[str | None] = mapped_column(String(7))
    border_m: Mapped[float | None]
    neighbour_code: Mapped[str | None] = mapped_column(String(4))
    boundary_digest: Mapped[str] = mapped_column(String(64))
    admitted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    is_withheld: Mapped[bool] = mapped_column(default=False, server_default=false())

    category: Mapped[Category] = relationship()


class PyramidCell(Model):
    """How many observations stand in a cell of the map, by category and area: see `observations.pyramid`.

    `cell` is the cell's number at its zoom; `east` and `south` are the sums of their ways from its western and
    northern edge, in units of the finest zoom. The key is in the order in which a tile reads it: one range of cells.
    """

    __tablename__ = "pyramid_cell"
    __table_args__ = {"sqlite_with_rowid": False}

    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    category_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    cell: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    area_code: Mapped[str] = mapped_column(String(7), primary_key=True)
    observations: Mapped[int]
    east: Mapped[int] = mapped_column(BigKey)
    south: Mapped[int] = mapped_column(BigKey)
