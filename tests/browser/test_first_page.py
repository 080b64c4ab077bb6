"""What the first page costs a resident: its weight, and the map that comes only when it is asked for."""

import pytest
from playwright.sync_api import expect

from consult.web.roles import Role

MOST_BYTES = 120_000
"""Everything that the first page loads, packed, with the headers of the answers."""

FIRST_PAGES = ("desk.home", "online_reports.new", "threats.index")
MAP = ("maplibre", "worker.mjs", "viewing-", "picking-", "cells.geojson", "boundaries.geojson")
"""Parts of the addresses of what only the map of the browser loads."""


class Weight:
    """What a window has loaded since: addresses, and bytes as they travelled."""

    def __init__(self, window):
        self.addresses, self.bytes = [], 0
        session = window.context.new_cdp_session(window.page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda told: self.addresses.append(told["request"]["url"]))
        session.on("Network.loadingFinished", lambda told: self._add(told["encodedDataLength"]))

    def _add(self, length):
        self.bytes += length

    def of_the_map(self):
        return [address for address in self.addresses if any(part in address for part in MAP)]


@pytest.mark.parametrize("size", [(390, 800), (1280, 900)], ids=["phone", "desk"])
@pytest.mark.parametrize("endpoint", FIRST_PAGES)
def test_the_first_page_is_light_and_loads_no_map_until_asked(visit, site, endpoint, size):
    window = visit(*size)
    weight = Weight(window)
    window.open(site.address(endpoint))
    window.page.wait_for_load_state("networkidle")
    assert weight.of_the_map() == []
    assert 50_000 < weight.bytes < MOST_BYTES, weight.addresses
    assert any("site.css" in address for address in weight.addresses)


def test_pointing_at_the_drawing_brings_the_map(visit, site):
    window = visit(1280, 1000)
    weight = Weight(window)
    window.open(site.address("desk.home"))
    window.page.locator("kmzb-map").hover()
    window.page.locator("kmzb-map[data-state=ready]").wait_for()
    assert weight.of_the_map()
    assert window.findings() == []


def test_the_drawings_button_brings_the_map_by_keyboard_and_the_reader_stays_at_it(visit, site):
    page = visit(390, 800).page
    page.goto(site.address("desk.home"))
    page.locator(".map-open").focus()
    page.wait_for_timeout(300)
    expect(page.locator("kmzb-map")).to_have_attribute("data-state", "waiting")
    page.keyboard.press("Enter")
    page.locator("kmzb-map[data-state=ready]").wait_for()
    expect(page.locator("kmzb-map canvas")).to_be_focused()


def test_the_first_answer_of_a_report_brings_its_map_and_a_press_on_the_drawing_sends_nothing(visit, site):
    page = visit(390, 800, has_touch=True).page
    page.goto(site.address("online_reports.new"))
    expect(page.locator("kmzb-map")).to_have_attribute("data-state", "waiting")
    page.locator("kmzb-map input[type=image]").tap()
    page.locator("kmzb-map[data-state=ready]").wait_for()
    page.goto(site.address("online_reports.new"))
    page.locator("select[name=category]").focus()
    page.locator("kmzb-map").scroll_into_view_if_needed()
    page.locator("kmzb-map[data-state=ready]").wait_for()
    assert page.url.endswith("/online-reports/new")


def test_the_map_of_observations_asks_for_tiles_of_what_was_chosen(visit, site):
    """With the reader's own session: anybody else would be led to the sign-in."""
    window = visit(1280, 1000, role=Role.OFFICER)
    page = window.page
    window.open(site.address("threats.observations", category="parkowanie"))
    with page.expect_response(lambda answer: ".mvt" in answer.url) as told:
        page.locator("kmzb-map").hover()
        page.locator("kmzb-map[data-state=ready]").wait_for()
    assert told.value.url.endswith(".mvt?category=parkowanie")
    assert told.value.status in {200, 204}
    assert window.findings() + window.complaints == []
