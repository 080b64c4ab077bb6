"""The gazetteer: names of places with where they are, as exactly as the source knows."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model


class PlaceName(Model):
    """A named place. Without coordinates of its own it stands for its commune, and `accuracy_m` says so.

    `commune_code` has the first six digits of TERYT; `folded` is the name in lower case without Polish diacritics.
    """

    __tablename__ = "place_name"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index(None, "district_code", "folded"),
        Index(None, "folded"),
    )

    id: Mapped[Key]
    source: Mapped[str] = mapped_column(String(20))
    source_key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(160))
    folded: Mapped[str] = mapped_column(String(160))
    sort: Mapped[str] = mapped_column(String(40))
    district_code: Mapped[str] = mapped_column(String(4))
    commune_code: Mapped[str] = mapped_column(String(6))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float]
    population: Mapped[int | None]
