"""How much land a sheet shows: from a village to a district, in fields of whole metres."""

from enum import StrEnum

from consult.geo import VAGUE_M

COLUMNS, ROWS = 12, 8
"""So many fields of 13 mm fill the width of a sheet and leave room to write below."""


class Scale(StrEnum):
    """What the map shows from one edge to the other."""

    ESTATE = "estate"
    VILLAGE = "village"
    TOWN = "town"
    LARGE_TOWN = "large_town"
    COMMUNE = "commune"
    LARGE_COMMUNE = "large_commune"
    DISTRICT = "district"

    @property
    def cell_m(self) -> float:
        """The side of a field, in metres."""
        return CELLS_M[self]

    @property
    def width_m(self) -> float:
        """The land from one edge to the other, in metres."""
        return self.cell_m * COLUMNS

    @property
    def joins(self) -> bool:
        """Whether a field is small enough that what is marked there is joined with what others say nearby."""
        return self.cell_m * 0.5**0.5 <= VAGUE_M


CELLS_M: dict[Scale, float] = {
    Scale.ESTATE: 75,
    Scale.VILLAGE: 125,
    Scale.TOWN: 250,
    Scale.LARGE_TOWN: 500,
    Scale.COMMUNE: 1_000,
    Scale.LARGE_COMMUNE: 2_000,
    Scale.DISTRICT: 5_000,
}


def scale_of(cell_m: float) -> Scale | None:
    """Name the scale of a map by the side of its fields, if it is one of ours."""
    return next((scale for scale in Scale if abs(scale.cell_m - cell_m) < 0.01), None)
