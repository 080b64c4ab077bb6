"""The gazetteer: names of places with where they are, as exactly as the sources know."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model


def _in_bytes(length: int) -> String:
    """A text compared byte by byte on both engines, so that a prefix is a range of an index."""
    text = String(length)
    return text.with_variant(String(length, collation="C"), "postgresql")


class PlaceName(Model):
    """A named place, once, whichever sources know it.

    `lon` and `lat` are its own position; without one it stands for its commune, a point of which is (`area_lon`,
    `area_lat`), and `accuracy_m` reaches to the commune's farthest end. `position_key` names the source of the
    position. `folded` is the name in plain small letters, `stem` what all its cases share. `part_of` is the place that
    a part of a village or town belongs to. `commune_code` is the code that the boundaries have, empty without them.
    """

    __tablename__ = "place_name"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index(None, "district_code", "stem"),
        Index(None, "folded"),
        Index(None, "stem"),
        Index(None, "lon"),
    )

    id: Mapped[Key]
    source: Mapped[str] = mapped_column(String(20))
    source_key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    folded: Mapped[str] = mapped_column(_in_bytes(160))
    stem: Mapped[str] = mapped_column(_in_bytes(160))
    sort: Mapped[str] = mapped_column(String(40))
    part_of: Mapped[str] = mapped_column(String(160))
    district_code: Mapped[str] = mapped_column(String(4))
    district_name: Mapped[str] = mapped_column(String(160))
    commune_code: Mapped[str] = mapped_column(String(7))
    commune_name: Mapped[str] = mapped_column(String(160))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    position_key: Mapped[str | None] = mapped_column(String(60))
    area_lon: Mapped[float | None]
    area_lat: Mapped[float | None]
    accuracy_m: Mapped[float]
    population: Mapped[int | None]
