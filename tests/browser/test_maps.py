"""Marking places and looking at threats on the map: by keyboard, by pointer, without scripts, without WebGL."""

import json
import threading

import pytest
from werkzeug.serving import make_server

from tests.browser.conftest import AXE, CHROMIUM, FLAGS, TAGS
from tests.web.showroom.app import make

PAGES = ["/", "/staff", "/form", "/place", "/resident", "/map", "/error"]


@pytest.fixture(scope="module")
def showroom():
    """The address of the showroom, served from a thread of this process."""
    server = make_server("127.0.0.1", 0, make(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def visit(chromium, showroom):
    """Open a page of the showroom, with or without scripts, and close everything after."""
    contexts = []

    def visit(path, browser=chromium, **options):
        context = browser.new_context(**({"viewport": {"width": 1100, "height": 900}} | options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(showroom + path)
        return page

    yield visit
    for context in contexts:
        context.close()


def map_of(page):
    """Point at the map and wait until it is drawn."""
    page.locator("kmzb-map").hover()
    page.locator("kmzb-map[data-state=ready]").wait_for(state="attached")
    return page.locator(".maplibregl-canvas")


def press(page, act):
    page.locator(f"[data-act={act}]").click()


def marked(page):
    return json.loads(page.locator("#place").input_value() or "null")


def until(page, question):
    """Ask the page until it says yes; waiting functions of the driver need what our policy forbids."""
    for _ in range(100):
        if answer := question():
            return answer
        page.wait_for_timeout(50)
    raise AssertionError("the page never said yes")


def send(page):
    """Send the form and read what it saved."""
    with page.expect_navigation():
        page.locator(".form-actions button").click()
    return json.loads(page.locator("body").inner_text())


def click(page, canvas, right, down):
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)
    page.wait_for_timeout(350)  # two clicks in a row must not count as a double click


def test_a_point_is_marked_with_the_keyboard_alone(visit):
    page = visit("/resident")
    canvas = map_of(page)
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    point = until(page, lambda: marked(page))
    assert point["type"] == "Point"
    assert f"{point['coordinates'][1]:.5f}" in page.locator(".map-status").inner_text()
    chosen = page.locator("#place-chosen")
    room = chosen.bounding_box()
    assert "jeszcze nie wybrano" not in chosen.inner_text()
    page.keyboard.press("Backspace")
    assert until(page, lambda: marked(page) is None)
    assert "jeszcze nie wybrano" in chosen.inner_text()
    assert not chosen.locator("button").is_visible()
    assert chosen.bounding_box() == room, "nothing below it moves"


def test_an_area_is_drawn_with_the_keyboard_alone(visit):
    page = visit("/place")
    canvas = map_of(page)
    page.locator("[data-act=polygon]").focus()
    page.keyboard.press("Enter")
    canvas.focus()
    for number, key in enumerate(["", "ArrowRight", "ArrowDown"], 1):
        if key:
            page.keyboard.press(key)
            page.wait_for_timeout(600)
        page.keyboard.press("Enter")
        until(page, lambda: str(number) in page.locator(".map-status").inner_text())  # noqa: B023
    page.locator("[data-act=finish]").focus()
    page.keyboard.press("Enter")
    assert until(page, lambda: marked(page))["type"] == "Polygon"
    page.locator("#title").fill("Tytuł")
    assert send(page)["kind"] == "area"


def test_crossing_edges_are_refused_and_a_corner_can_be_taken_back(visit):
    page = visit("/place")
    canvas = map_of(page)
    press(page, "polygon")
    for right, down in [(-100, -60), (100, 60), (100, -60), (-100, 60)]:
        click(page, canvas, right, down)
    press(page, "finish")
    assert marked(page) is None
    press(page, "undo")
    press(page, "finish")
    assert until(page, lambda: marked(page))["type"] == "Polygon"


def test_a_line_ends_with_a_second_click_on_its_last_corner(visit):
    page = visit("/place")
    canvas = map_of(page)
    press(page, "line")
    for right, down in [(-100, -60), (0, 60), (100, -60), (100, -60)]:
        click(page, canvas, right, down)
    assert until(page, lambda: marked(page))["type"] == "LineString"
    assert len(marked(page)["coordinates"]) == 3


def test_a_corner_of_a_finished_area_can_be_moved(visit):
    page = visit("/place")
    canvas = map_of(page)
    press(page, "polygon")
    for right, down in [(0, 0), (120, 0), (60, 100)]:
        click(page, canvas, right, down)
    press(page, "finish")
    before = until(page, lambda: marked(page))
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 50, y - 40, steps=6)
    page.mouse.up()
    assert until(page, lambda: marked(page) != before)


def test_a_found_place_and_a_mark_on_the_map_never_stand_together(visit):
    page = visit("/resident")
    page.locator("#place-words").fill("ulica")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    canvas = map_of(page)
    page.get_by_label("ulica Widawska").check(force=True)
    assert "ulica Widawska" in page.locator("#place-chosen").inner_text()
    click(page, canvas, 80, 40)
    assert until(page, lambda: marked(page))
    assert page.locator("input[name=place-choice]:checked").count() == 0
    assert page.locator("#place-words").input_value() == ""
    page.locator("#place-words").fill("koło stawu")
    assert "koło stawu" in page.locator("#place-chosen").inner_text()
    page.locator("#place-words").fill("")
    assert send(page)["kind"] == "point"


def test_the_readers_own_position_carries_its_own_accuracy(visit):
    position = {"longitude": 19.1, "latitude": 51.6, "accuracy": 44}
    page = visit("/resident", geolocation=position, permissions=["geolocation"])
    map_of(page)
    press(page, "locate")
    assert until(page, lambda: marked(page))["coordinates"] == [19.1, 51.6]
    assert page.locator("#place-accuracy").input_value() == "44"


def test_what_was_marked_survives_a_form_with_errors(visit):
    page = visit("/place")
    map_of(page)
    press(page, "here")
    before = until(page, lambda: marked(page))
    with page.expect_navigation():
        page.locator(".form-actions button").click()
    assert page.locator(".govuk-error-summary").is_visible()
    map_of(page)
    assert marked(page) == before
    assert page.locator(".maplibregl-marker").count() == 1


def test_without_scripts_an_area_is_drawn_by_clicks_on_the_drawing(visit):
    page = visit("/place", java_script_enabled=False)
    with page.expect_navigation():
        page.locator("button[value=in]").click()
    for x, y in [(200, 150), (400, 160), (380, 300)]:
        page.locator("#place-shape-polygon").check(force=True)
        with page.expect_navigation():
            page.locator("input[type=image]").click(position={"x": x, "y": y})
    page.locator("#title").fill("Tytuł")
    assert send(page)["kind"] == "area"


def test_without_scripts_enter_sends_the_form_and_clicks_nothing(visit):
    page = visit("/place", java_script_enabled=False)
    page.locator("#place-commune").select_option("1003042")
    page.locator("#title").fill("Tytuł")
    with page.expect_navigation():
        page.locator("#title").press("Enter")
    assert json.loads(page.locator("body").inner_text())["code"] == "1003042"


@pytest.fixture
def no_webgl(chromium):
    """A browser that cannot draw in three dimensions, as one or two readers in a hundred have."""
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    yield browser
    browser.close()


def test_without_webgl_the_drawing_stays(no_webgl, visit):
    page = visit("/place", browser=no_webgl)
    page.locator("kmzb-map").hover()
    page.locator("kmzb-map[data-state=failed]").wait_for(state="attached")
    assert page.locator("input[type=image]").is_visible()
    page = visit("/map", browser=no_webgl)
    page.locator("kmzb-map").hover()
    page.locator("kmzb-map[data-state=failed]").wait_for(state="attached")
    assert page.locator("kmzb-map").inner_text().strip()


def test_pointing_at_the_list_marks_the_map_and_a_click_tells_about_a_threat_in_text(visit):
    page = visit("/map")
    canvas = map_of(page)
    hit = first_mark(page, canvas)
    page.mouse.click(*hit)
    card = page.locator(".map-card")
    card.wait_for()
    assert card.locator("a").get_attribute("href") == "/form"
    assert card.locator("b").count() == 0, "words of strangers stay words"
    assert page.locator(".result.is-highlighted").count() <= 1


def first_mark(page, canvas):
    """A spot of the map where something can be clicked."""
    box = canvas.bounding_box()
    cursor = "() => document.querySelector('.maplibregl-canvas').style.cursor"
    for y in range(int(box["y"]) + 60, int(box["y"] + min(box["height"], 600)), 12):
        for x in range(int(box["x"]), int(box["x"] + box["width"]), 12):
            page.mouse.move(x, y)
            if page.evaluate(cursor) == "pointer":
                return x, y
    raise AssertionError("no mark on the map")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
@pytest.mark.parametrize("path", PAGES)
def test_the_showroom_has_no_findings_and_no_sideways_scrolling(visit, path, width, scheme):
    page = visit(path, viewport={"width": width, "height": 900}, color_scheme=scheme)
    if page.locator("kmzb-map").count():
        map_of(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    assert [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]] == []
