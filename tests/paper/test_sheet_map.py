"""The drawn map of a sheet: its grid on paper, names that cover nothing, what it is made of."""

import re
from pathlib import Path

import pytest
import shapely
from lxml import etree

from consult.basemap.covering import Background, covering
from consult.basemap.land import Kind, Piece
from consult.basemap.sources import opened
from consult.documents.svg_map import Town
from consult.geo import to_metres
from consult.paper.grid import Grid
from consult.paper.scales import CELLS_M, COLUMNS, ROWS, Scale
from consult.paper.sheet_map import CELL_MM, MM, SheetMap, Words, draw, width_mm
from tests.factories import LASK
from tests.paper import town

X, Y = to_metres(*LASK)
GRID = Grid.around(X, Y, 125, COLUMNS, ROWS)
WORDS = Words("Mapa", "Opis", "północ", "Źródło", "Tu jesteśmy")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def background(tmp_path_factory):
    path = town.pmtiles(tmp_path_factory.mktemp("town") / "town.pmtiles", *LASK)
    return covering(opened(str(path), Path()), GRID.bounds, (1200, 800))


def texts(svg):
    return [(node.text, node.attrib) for node in etree.fromstring(svg.encode()).iter(f"{SVG}text")]


def words(svg):
    return [text for text, attributes in texts(svg) if attributes.get("aria-hidden") is None]


def test_every_field_stands_on_the_map_once_and_every_letter_above_and_below():
    said = words(draw(SheetMap(GRID, WORDS)))
    assert [name for name in GRID.names() if said.count(name) != 1] == []
    assert [letter for letter in GRID.letters if said.count(letter) != 2] == []
    assert [row for row in range(1, ROWS + 1) if said.count(str(row)) != 2] == []


def test_fields_are_large_enough_for_a_cross_and_the_map_fits_the_paper():
    svg = draw(SheetMap(GRID, WORDS))
    root = etree.fromstring(svg.encode())
    assert 12 <= CELL_MM <= 18
    assert root.attrib["width"] == f"{width_mm(GRID):g}mm"
    assert width_mm(GRID) <= 186
    frame = root.find(f"{SVG}svg")
    assert float(frame.attrib["width"]) == COLUMNS * CELL_MM * MM
    assert float(frame.attrib["height"]) == ROWS * CELL_MM * MM


def test_the_map_tells_the_land(background):
    svg = draw(SheetMap(GRID, WORDS, background, venue=(X + 50, Y + 40), towns=[Town(X, Y, "Łask", 1)]))
    said = words(svg)
    streets = [name for name in said if name.startswith("ul. ")]
    assert len(streets) >= 8
    assert len(set(streets)) == len(streets)
    assert {"Łask", "Tu jesteśmy", "Urząd Miejski", "północ", "200 m"} <= set(said)
    assert svg.count("stroke-dasharray") >= 2, "railway and path differ without colour"


def test_what_is_written_covers_nothing_else_that_is_written(background):
    svg = draw(SheetMap(GRID, WORDS, background, venue=(X, Y), towns=[Town(X, Y, "Łask", 1), Town(X, Y, "Kolumna", 2)]))
    frame = etree.fromstring(svg.encode()).find(f"{SVG}svg")
    placed = [node for node in frame.iter(f"{SVG}text") if node.attrib.get("aria-hidden") is None]
    spots = [(float(node.attrib["x"]), float(node.attrib["y"])) for node in placed]
    for place, one in enumerate(spots):
        for other in spots[place + 1 :]:
            assert abs(one[0] - other[0]) > 3 or abs(one[1] - other[1]) > 3


def test_a_name_without_room_is_left_out_and_nothing_breaks():
    street = Piece(Kind.STREET, shapely.LineString([(X, Y), (X + 20, Y)]), "ul. Bardzo Długa i Kręta")
    assert "ul. Bardzo Długa i Kręta" not in words(draw(SheetMap(GRID, WORDS, Background((street,)))))


def test_areas_cut_by_tiles_are_whole_again():
    halves = (shapely.box(X - 100, Y - 100, X + 10, Y + 100), shapely.box(X - 10, Y - 100, X + 100, Y + 100))
    svg = draw(SheetMap(GRID, WORDS, Background(tuple(Piece(Kind.WATER, half) for half in halves))))
    [water] = re.findall(r'<path d="([^"]*)" fill="#cfd9e0"', svg)
    assert water.count("M") == 1


def test_words_of_strangers_stay_words():
    nasty = Words('<script>"', "&", "</svg>", "<b>", "'")
    root = etree.fromstring(draw(SheetMap(GRID, nasty)).encode())
    assert [node.tag for node in root.iter() if "script" in str(node.tag) or str(node.tag).endswith("}b")] == []


def test_a_picture_fills_the_frame():
    svg = draw(SheetMap(GRID, WORDS, Background(picture=b"\x89PNG")))
    assert 'href="data:image/png;base64,' in svg


def test_the_same_map_is_drawn_the_same(background):
    sheet = SheetMap(GRID, WORDS, background, venue=(X, Y))
    assert draw(sheet) == draw(sheet)


def test_scales_grow_and_only_small_fields_join():
    assert list(CELLS_M) == list(Scale)
    assert sorted(CELLS_M.values()) == list(CELLS_M.values())
    assert [scale for scale in Scale if scale.joins] == [Scale.ESTATE, Scale.VILLAGE, Scale.TOWN, Scale.LARGE_TOWN]
