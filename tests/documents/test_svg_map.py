"""The drawn map is true: places are where they belong, nothing is hidden, lengths are as the scale says."""

import json
import math
import random
import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from consult.documents.lettering import escaped, fixed, length, lines, shortened
from consult.documents.marks import MARKS, OUTLINES, REACH, Shape, icon, icons
from consult.documents.svg_map import (
    DARK,
    Area,
    Context,
    LegendEntry,
    ScaleBar,
    Scene,
    Symbol,
    Town,
    View,
    draw,
    place_labels,
    place_symbols,
)
from consult.geo import shape_to_metres

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries"
SVG = "{http://www.w3.org/2000/svg}"
VIEW = View.fitting((500_000, 400_000, 520_000, 420_000), 600, 600)
HALVES = (
    Area(shapely.box(500_000, 400_000, 510_000, 420_000), "Zachód"),
    Area(shapely.box(510_000, 400_000, 520_000, 420_000), "Wschód"),
)
AROUND = (
    Area(shapely.box(480_000, 380_000, 540_000, 440_000) - shapely.box(500_000, 400_000, 520_000, 420_000), "sąsiedzi"),
)


def crowd(many: int, seed: int, *, labelled: bool = True, spread: float = 4_000) -> list[Symbol]:
    chance = random.Random(seed)
    marks = list(MARKS.values())
    return [
        Symbol(
            chance.gauss(510_000, spread),
            chance.gauss(410_000, spread),
            chance.choice(marks),
            str(n + 1) if labelled else "",
        )
        for n in range(many)
    ]


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# --- the view ---------------------------------------------------------------------------------------------------------------


@given(st.floats(0, 600), st.floats(0, 600))
def test_a_click_comes_back_to_where_it_was(left, top):
    assert VIEW.to_pixel(*VIEW.from_pixel(left, top)) == pytest.approx((left, top), abs=1e-6)


def test_north_is_up_and_east_is_right():
    middle = VIEW.to_pixel(510_000, 410_000)

    assert middle == pytest.approx((300, 300))
    assert VIEW.to_pixel(510_000, 415_000)[1] < middle[1]
    assert VIEW.to_pixel(515_000, 410_000)[0] > middle[0]


@given(st.floats(1, 300_000), st.floats(1, 300_000), st.floats(100, 2_000))
def test_a_fitting_view_holds_its_bounds_undistorted(wide, tall, width):
    view = View.fitting((0, 0, wide, tall), width)

    assert max(view.west, view.south) <= 0
    assert view.east >= wide
    assert view.north >= tall
    assert (view.east - view.west) / view.width == pytest.approx((view.north - view.south) / view.height)


def test_nothing_pointed_at_is_no_place():
    assert not VIEW.holds(0, 0)
    assert VIEW.holds(0, 1)
    assert not VIEW.holds(300, 601), "below the frame lies the legend"


def test_zooming_keeps_the_chosen_place_in_the_middle_and_moving_goes_by_shares():
    near = VIEW.zoomed(4, 512_000, 405_000)

    assert near.to_pixel(512_000, 405_000) == pytest.approx((300, 300))
    assert near.metres_per_unit == pytest.approx(VIEW.metres_per_unit / 4)
    assert near.moved(0.5, 0).to_pixel(512_000, 405_000) == pytest.approx((0, 300))


# --- marks --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_no_labelled_mark_covers_another(seed):
    placed = place_symbols(Scene(VIEW, "t", symbols=crowd(60, seed, spread=1_500)))

    assert sorted(int(mark.text) for mark in placed) == list(range(1, 61))
    for one, other in combinations(placed, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) >= one.radius + other.radius


def test_marks_at_one_place_are_moved_and_lead_back_to_it():
    symbols = [Symbol(510_000, 410_000, MARKS["confirmed"], str(n)) for n in range(1, 6)]
    placed = place_symbols(Scene(VIEW, "t", symbols=symbols))

    assert not placed[0].is_moved
    assert all(mark.is_moved and mark.true == pytest.approx((300, 300)) for mark in placed[1:])
    assert max(math.dist((mark.x, mark.y), mark.true) for mark in placed) < 40
    assert draw(Scene(VIEW, "t", symbols=symbols)).count('x1="300" y1="300"') == 4


@pytest.mark.parametrize("seed", range(5))
def test_unlabelled_marks_that_meet_are_counted_together_and_none_is_lost(seed):
    symbols = crowd(400, seed, labelled=False, spread=2_500)
    placed = place_symbols(Scene(VIEW, "t", symbols=symbols))

    assert sum(mark.count for mark in placed) == 400
    assert all(mark.text == f"×{mark.count}" for mark in placed if mark.count > 1)
    for one, other in combinations(placed, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) >= (one.radius + other.radius) * 0.99


def test_everything_drawn_lies_in_the_frame():
    edges = [Symbol(x, y, MARKS["checking"], "7") for x in (499_050, 520_950) for y in (399_050, 420_950)]
    placed = place_symbols(Scene(VIEW, "t", symbols=edges))

    assert len(placed) == 4
    for mark in placed:
        left, top, right, bottom = mark.box
        assert min(left, top) >= 0
        assert max(right, bottom) <= 600


def test_what_lies_outside_the_view_is_not_drawn():
    assert place_symbols(Scene(VIEW, "t", symbols=[Symbol(700_000, 410_000, label="1")])) == []


def test_marks_differ_without_colour_and_stay_within_their_reach():
    states = [mark for name, mark in MARKS.items() if name not in {"group", "place"}]

    assert len({mark.shape for mark in states}) == len(states)
    assert set(OUTLINES) == set(Shape) - {Shape.CIRCLE}
    assert all(math.hypot(x, y) <= REACH for corners in OUTLINES.values() for x, y in corners)
    assert set(icons()) == {f"mark-{name}.svg" for name in MARKS}
    assert ET.fromstring(icon("new", "Nowe")).find(f"{SVG}title").text == "Nowe"


def test_an_approximate_place_shows_its_circle_its_line_or_its_area():
    line = shapely.LineString([(505_000, 405_000), (508_000, 408_000)])
    symbols = [
        Symbol(510_000, 410_000, label="1", within_m=1_500),
        Symbol(506_000, 406_000, label="2", extent=line),
        Symbol(515_000, 415_000, label="3", extent=shapely.box(514_000, 414_000, 516_000, 416_000)),
    ]
    svg = draw(Scene(VIEW, "t", symbols=symbols))

    assert f'r="{fixed(1_500 / VIEW.metres_per_unit)}"' in svg
    assert 'stroke-width="5"' in svg
    assert svg.count('fill-opacity="0.2"') + svg.count('fill-opacity="0.16"') == 2


# --- names, scale, legend ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_names_cover_neither_one_another_nor_marks(seed):
    chance = random.Random(seed)
    towns = [
        Town(chance.uniform(500_000, 520_000), chance.uniform(400_000, 420_000), f"Miejscowość {n}", n % 3 + 1)
        for n in range(40)
    ]
    scene = Scene(VIEW, "t", areas=HALVES, neighbours=AROUND, towns=towns, symbols=crowd(20, seed))
    taken = [mark.box for mark in place_symbols(scene)]
    labels = place_labels(scene, taken)

    assert labels
    for one, other in combinations([label.box for label in labels], 2):
        assert not overlap(one, other)
    assert not any(overlap(label.box, box) for label in labels for box in taken)


def test_important_towns_keep_their_names_first():
    towns = [Town(510_000 + 40 * n, 410_000, f"Wieś {n}", 3) for n in range(30)] + [Town(510_500, 410_000, "Łask", 1)]

    assert "Łask" in [label.text for label in place_labels(Scene(VIEW, "t", towns=towns), [])]


def test_names_of_our_areas_stand_inside_them():
    for label in place_labels(Scene(VIEW, "t", areas=HALVES), []):
        area = next(area for area in HALVES if area.name == label.text)
        corners = [VIEW.from_pixel(label.box[0], label.box[1]), VIEW.from_pixel(label.box[2], label.box[3])]
        assert all(area.geometry.covers(shapely.Point(corner)) for corner in corners)


@given(st.floats(0.05, 3_000), st.floats(200, 2_000))
@example(1999.9999999999998, 1999.9999999999998)
def test_the_scale_bar_is_round_true_and_not_too_long(metres_per_unit, wide):
    bar = ScaleBar.of(View.centred(500_000, 400_000, metres_per_unit, wide, 400))

    assert bar.length * metres_per_unit == pytest.approx(bar.metres)
    assert bar.metres in {step * 10**power for step in (1, 2, 5) for power in range(8)}
    assert bar.length <= wide / 4 + 1e-6 or bar.metres == 1
    assert bar.words in {f"{bar.metres} m", f"{bar.metres // 1000} km"}


def test_the_legend_and_the_notes_stand_below_the_frame():
    scene = Scene(
        VIEW,
        "t",
        legend=[LegendEntry(mark, f"stan {name}") for name, mark in MARKS.items()],
        note="przybliżone granice",
        attribution="Źródło",
    )
    root = ET.fromstring(draw(scene))

    texts = {node.text: float(node.get("y")) for node in root.iter(f"{SVG}text")}
    assert all(texts[words] > 600 for words in ("stan new", "stan joke", "przybliżone granice", "Źródło"))
    assert max(texts.values()) < float(root.get("height"))


# --- the drawing as a whole ---------------------------------------------------------------------------------------------------


def whole_scene() -> Scene:
    water = Context(shapely.Point(505_000, 405_000).buffer(900), "water")
    road = Context(shapely.LineString([(490_000, 405_000), (530_000, 412_000)]), "road")
    return Scene(
        VIEW,
        "Mapa",
        "Opis",
        HALVES,
        AROUND,
        (water, road),
        (Town(510_000, 410_000, "Łask"),),
        crowd(12, 1),
        width_mm=170,
    )


def test_the_same_scene_is_drawn_the_same():
    assert draw(whole_scene()) == draw(whole_scene())
    assert draw(whole_scene()) != draw(whole_scene(), DARK)


def test_the_drawing_has_a_name_a_description_and_its_size_in_millimetres():
    root = ET.fromstring(draw(whole_scene()))

    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == root.get("aria-label") == "Mapa"
    assert root.find(f"{SVG}desc").text == "Opis"
    assert root.get("width") == "170mm"
    assert root.get("viewBox") == "0 0 600 600"
    assert not [node for node in root.iter() if node.get("style") or node.get("id")], (
        "pages forbid styles and repeated ids"
    )
    assert all("Source Sans Pro" in node.get("font-family", "") for node in root.iter(f"{SVG}text"))


def test_numbers_have_one_decimal_at_most():
    assert not re.search(r"\d\.\d\d", re.sub(r'opacity="[\d.]+"', "", draw(whole_scene())))


HOSTILE = "</text><script>alert(1)</script>\x00\x0b\ud800\"'&"


def test_words_of_strangers_stay_words():
    scene = Scene(
        VIEW,
        HOSTILE,
        HOSTILE,
        (Area(HALVES[0].geometry, HOSTILE),),
        towns=(Town(512_000, 412_000, HOSTILE),),
        symbols=(Symbol(510_000, 410_000, label=HOSTILE[:3], title=HOSTILE, key=HOSTILE),),
        legend=(LegendEntry(MARKS["new"], HOSTILE),),
        note=HOSTILE,
        attribution=HOSTILE,
    )
    root = ET.fromstring(draw(scene))

    assert not list(root.iter(f"{SVG}script"))
    assert "alert(1)" in root.get("aria-label")


def test_an_empty_scene_is_still_a_map():
    root = ET.fromstring(draw(Scene(VIEW, "Pusta")))

    assert root.find(f"{SVG}svg") is not None


@pytest.mark.shared
def test_a_real_district_is_drawn_with_all_its_communes():
    if not SHARED.exists():
        pytest.skip("the reference data is not beside the repository")
    features = json.loads((SHARED / "pl_gminy.geojson").read_text())["features"]
    communes = [
        Area(shape_to_metres(shapely.geometry.shape(one["geometry"])), one["properties"]["name"])
        for one in features
        if one["properties"]["terc"].startswith("1003")
    ]
    view = View.fitting(shapely.union_all([commune.geometry for commune in communes]).bounds)
    svg = draw(Scene(view, "Powiat łaski", areas=communes))

    assert len(communes) == 5
    assert all(f">{escaped(commune.name)}</text>" in svg for commune in communes)
    assert len(svg) < 20_000
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", svg):
        assert -25 <= float(x) <= view.width + 25
        assert -25 <= float(y) <= view.height + 25


# --- lettering ------------------------------------------------------------------------------------------------------------------


def test_lengths_of_words_are_not_underestimated():
    import font_source_sans_pro
    from fontTools.ttLib import TTFont

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    for face, bold in (("Regular", False), ("Bold", True)):
        font = TTFont(folder / f"SourceSansPro-{face}.ttf", lazy=True)
        advances, known = font["hmtx"], font.getBestCmap()
        for words in ("Zażółć gęślą jaźń", "Sędziejowice", "WIDAWA", "powiat zduńskowolski", "1 234,5 km", "Mszczonów"):
            true = sum(advances[known[ord(letter)]][0] for letter in words) / 1000 * 12
            assert true * 0.99 <= length(words, 12, bold=bold) <= true * 1.35, words
        font.close()


def test_words_are_cut_and_broken_to_their_room():
    words = "Spożywanie alkoholu w miejscach niedozwolonych"

    assert shortened(words, 12, 1_000) == words
    assert shortened(words, 12, 100).endswith("…")
    assert length(shortened(words, 12, 100), 12) <= 100
    assert lines(words, 12, 170) == ["Spożywanie alkoholu w", "miejscach niedozwolonych"]
    assert shortened(words, 12, 1) == ""


def test_a_number_is_always_written_the_same():
    assert [fixed(value) for value in (0, -0.04, 1.25, 3.0, 12.34)] == ["0", "0", "1.2", "3", "12.3"]
