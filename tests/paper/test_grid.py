"""The lettered grid: names of fields, names as people type them, and the ground that a field stands for."""

import pytest
import shapely

from consult.geo import VAGUE_M, Place, PlaceKind
from consult.paper.grid import LETTERS, CellFault, CellRefused, Grid

GRID = Grid(400_000, 500_000, 401_500, 501_000, 12, 8)


def test_letters_leave_out_those_that_look_like_numbers():
    assert "I" not in LETTERS
    assert "O" not in LETTERS
    assert GRID.letters == "ABCDEFGHJKLM"


def test_fields_are_named_from_the_top_left():
    names = GRID.names()
    assert (names[0], names[11], names[12], names[-1]) == ("A1", "M1", "A2", "M8")
    assert len(names) == len(set(names)) == 96
    assert GRID.name(3, 7) == "C7"


@pytest.mark.parametrize("typed", ["C7", "c7", "c 7", "7C", "7 c", "C-7", "c.7", "C/7", "C07", " c7 ", "C７", "C7."])
def test_a_field_is_read_however_it_is_typed(typed):
    assert GRID.read(typed) == "C7"


@pytest.mark.parametrize("typed", ["", "C", "7", "CC7", "C7 D7", "C7D", "C777", "ławka", "C-", "C7\0"])
def test_what_names_no_field_is_refused(typed):
    with pytest.raises(CellRefused) as refused:
        GRID.read(typed)
    assert refused.value.fault is CellFault.NOT_A_CELL
    assert refused.value.typed == typed


@pytest.mark.parametrize("typed", ["N1", "A9", "A0", "I3", "O1", "Z99"])
def test_a_field_that_the_map_has_not_is_refused(typed):
    with pytest.raises(CellRefused) as refused:
        GRID.read(typed)
    assert refused.value.fault is CellFault.OUTSIDE


def test_every_name_leads_back_to_its_field():
    for name in GRID.names():
        assert GRID.name(*GRID.position(name)) == name
        middle = GRID.cell(name).centroid
        assert GRID.at(middle.x, middle.y) == name


def test_fields_cover_the_frame_and_overlap_nowhere():
    cells = [GRID.cell(name) for name in GRID.names()]
    assert shapely.union_all(cells).equals(shapely.box(*GRID.bounds))
    assert sum(cell.area for cell in cells) == pytest.approx(1_500 * 1_000)


def test_no_field_lies_outside_the_frame():
    assert GRID.at(399_999, 500_500) is None
    assert GRID.at(401_500, 500_500) is None
    assert GRID.at(400_000, 501_000) == "A1"
    with pytest.raises(CellRefused):
        GRID.name(13, 1)


def test_a_field_is_a_place_as_exact_as_its_square():
    place = GRID.place("c 7")
    assert place.kind is PlaceKind.AREA
    assert place.accuracy_m == pytest.approx(125 / 2 * 2**0.5)
    assert place.metres.symmetric_difference(GRID.cell("C7")).area < 1
    assert shapely.Point(place.x_y).distance(GRID.cell("C7").centroid) < 1
    assert Place.from_record(place.record).metres.symmetric_difference(GRID.cell("C7")).area < 60


def test_a_field_of_a_wide_map_tells_the_neighbourhood_only():
    wide = Grid.around(400_000, 500_000, 1_000, 12, 8)
    assert wide.place("F4").accuracy_m > VAGUE_M
    assert wide.place("F4").is_whole_area
    assert wide.at(400_001, 499_999) == "G5"


def test_a_grid_of_other_shapes_is_none():
    with pytest.raises(ValueError, match="no squares"):
        Grid(0, 0, 1_200, 900, 12, 8)
    with pytest.raises(ValueError, match="no squares"):
        Grid(0, 0, -1_200, -800, 12, 8)
    with pytest.raises(ValueError, match="no names"):
        Grid(0, 0, 2_500, 800, 25, 8)
