"""Charts say in lengths what their numbers say, and are the same each time."""

import xml.etree.ElementTree as ET

import pytest

from consult.documents import charts, qr
from consult.documents.charts import Row, Series, bars, grouped_bars, is_light, line, sparkline, stacked_bars

SVG = "{http://www.w3.org/2000/svg}"
STATES = [Series("nowe"), Series("potwierdzone"), Series("wyeliminowane")]


def widths(svg: str, colour: str) -> list[float]:
    """The lengths of the bars of a colour, without the squares of the legend."""
    boxes = [box for box in ET.fromstring(svg).iter(f"{SVG}rect") if box.get("fill") == colour]
    return [float(box.get("width")) for box in boxes if (box.get("width"), box.get("height")) != ("11", "11")]


def texts(svg: str) -> list[str]:
    return [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_parts_of_a_stacked_bar_are_shares_of_the_same_whole():
    svg = stacked_bars([Row("Łask", [1, 2, 1], ["1", "2", "1"]), Row("Widawa", [10, 20, 10])], STATES, title="Stan")
    short, long = widths(svg, charts.COLOURS[0]), widths(svg, charts.COLOURS[1])

    assert short[0] == short[1]
    assert long[0] == pytest.approx(2 * short[0], abs=1.5)


def test_bars_are_as_long_as_their_values_on_one_scale():
    svg = grouped_bars(
        [Row("Łask", [40, 20], ["40", "20"]), Row("Widawa", [10, None], ["10", "brak danych"])],
        [Series("teraz"), Series("przedtem")],
        title="Gminy",
    )
    now, before = widths(svg, charts.COLOURS[0]), widths(svg, charts.COLOURS[1])

    assert now[0] == pytest.approx(4 * now[1], abs=0.3)
    assert before == [pytest.approx(now[0] / 2, abs=0.2)]
    assert "brak danych" in texts(svg)


def test_every_value_is_written_beside_its_bar():
    svg = bars([Row("Łask", [44.5], ["44,5 %"]), Row("Buczek", [0], ["0 %"])], title="Udział")

    assert {"44,5 %", "0 %", "Łask", "Buczek"} <= set(texts(svg))


def test_an_unknown_value_interrupts_the_line():
    rows = [Row(f"{n} kw.", [value]) for n, value in enumerate([3, 4, None, 5, 6])]
    path = next(ET.fromstring(line(rows, [Series("zgłoszenia")], title="W czasie")).iter(f"{SVG}path"))

    assert path.get("d").count("M") == 2


@pytest.mark.parametrize(
    "svg",
    [
        stacked_bars([], STATES, title="<Nic>"),
        stacked_bars([Row("<a>&", [0, 0, 0])], STATES, title="<Nic>"),
        bars([], title="<Nic>"),
        grouped_bars([Row("", [])], STATES, title="<Nic>"),
        line([], STATES, title="<Nic>"),
        line([Row("I", [None])], STATES[:1], title="<Nic>"),
        sparkline([], title="<Nic>"),
        sparkline([None, 0, 0], title="<Nic>"),
        qr.code("https://przykład.pl/?a=1&b=<2>", "<Nic>"),
    ],
)
def test_even_nothing_is_drawn_with_a_name(svg):
    root = ET.fromstring(svg)

    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "<Nic>"
    assert "nan" not in svg


def test_a_chart_is_the_same_each_time_and_stays_in_its_frame():
    rows = [Row("Spożywanie alkoholu w miejscach niedozwolonych", [12, 4, 30], ["12", "4", "30"])]
    svg = stacked_bars(rows, STATES, title="Stan", width=400)

    assert svg == stacked_bars(rows, STATES, title="Stan", width=400)
    root = ET.fromstring(svg)
    assert all(float(box.get("x")) + float(box.get("width")) <= 400 for box in root.iter(f"{SVG}rect"))
    assert not [node for node in root.iter() if node.get("style") or node.get("id")]


def test_letters_on_a_colour_can_be_read():
    assert is_light("#f2c200")
    assert not is_light("#0b3d75")


def test_a_qr_code_has_its_quiet_zone_and_says_what_it_was_given():
    svg = qr.code("https://example.org/districts/1003", "Strona powiatu", size_mm=30)
    root = ET.fromstring(svg)
    side = int(root.get("viewBox").split()[-1])

    assert root.get("width") == root.get("height") == "30mm"
    assert modules(root, side) == {
        (x + qr.QUIET_ZONE, y + qr.QUIET_ZONE)
        for y, row in enumerate(
            qr.segno.make_qr("https://example.org/districts/1003", error="m", boost_error=False).matrix
        )
        for x, dark in enumerate(row)
        if dark
    }


def modules(root: ET.Element, side: int) -> set[tuple[int, int]]:
    """The dark modules that the path draws."""
    dark = set()
    for move in root.find(f"{SVG}path").get("d").strip("M").split("M"):
        start, _, rest = move.partition("h")
        x, y = (int(number) for number in start.split())
        dark |= {(x + step, y) for step in range(int(rest.split("v")[0]))}
    assert all(qr.QUIET_ZONE <= x < side - qr.QUIET_ZONE for x, _ in dark)
    return dark
