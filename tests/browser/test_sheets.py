"""An officer types sheets with a map in: by keyboard alone, by clicks on the map, and without scripts."""

import pytest

from consult.db import db
from tests.browser.samples import DIFFERING, _sheets

UNTYPED = 7


@pytest.fixture
def form_id(site):
    """The form of the samples."""
    with site.app.app_context():
        made = _sheets()
        db.session.remove()
    return made


def lit(page):
    return page.locator(".board__cell--lit").evaluate_all("cells => cells.map((cell) => cell.dataset.cell)")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.name")


def test_a_sheet_is_typed_in_by_keyboard_and_its_fields_light_up(visit, site, form_id):
    window = visit(1280, role="officer")
    window.open(site.address("paper.sheet", form_id=form_id, number=UNTYPED))
    page = window.page
    assert focused(page) == "row-1-cell"
    for text in ("c7", "2", "pn-pt w", "przy szkole", "D 1", "1", "", ""):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert lit(page) == ["D1", "C7"]
    assert page.locator("#row-1-cell").input_value() == "c7"
    assert page.locator("[data-mark-row='1'] [data-row-read]").inner_text().startswith("C7")
    assert focused(page) == "row-3-cell"
    page.keyboard.press("Enter")
    assert focused(page) == "save", "behind the last mark waits the button"
    assert window.findings() == []
    page.keyboard.press("Enter")
    page.wait_for_url(site.address("paper.sheet", form_id=form_id, number=UNTYPED + 1))
    assert focused(page) == "row-1-cell"


def test_a_click_on_the_map_types_the_field(visit, site, form_id):
    window = visit(1280, role="officer")
    window.open(site.address("paper.sheet", form_id=form_id, number=20))
    page = window.page
    page.locator("[data-cell='B3']").click()
    assert page.locator("#row-1-cell").input_value() == "B3"
    assert focused(page) == "row-1-category"
    page.locator("[data-cell='E5']").click()
    assert page.locator("#row-2-cell").input_value() == "E5"
    assert lit(page) == ["B3", "E5"]


def test_without_scripts_enter_checks_lights_the_fields_and_saves_nothing(visit, site, form_id):
    window = visit(360, 740, role="officer", java_script_enabled=False)
    address = site.address("paper.sheet", form_id=form_id, number=21)
    window.open(address)
    page = window.page
    page.locator("#row-1-cell").fill("c7")
    page.locator("#row-1-cell").press("Enter")
    page.locator(".board__cell--lit").wait_for()
    assert lit(page) == ["C7"]
    assert page.url == address
    assert window.overflow() <= 0
    window.open(address)
    assert page.locator("#row-1-cell").input_value() == "", "nothing was saved"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_sheets_have_no_finding(visit, site, form_id, width, scheme):
    window = visit(width, role="head", color_scheme=scheme)
    trouble = {}
    for endpoint, number in (
        ("paper.sheets", None),
        ("paper.sheet", 22),
        ("paper.sheet", 1),
        ("paper.sheet", DIFFERING),
        ("paper.edit_sheet", DIFFERING),
        ("paper.withdraw_sheet", 1),
        ("paper.sheet_scans", 1),
    ):
        values = {"form_id": form_id} | ({"number": number} if number else {})
        response = window.open(site.address(endpoint, **values))
        found = window.findings() + window.complaints
        if response.status != 200 or found or window.overflow() > 0:
            trouble[endpoint, number] = (response.status, found, window.overflow())
        window.complaints.clear()
    assert trouble == {}
