"""The public page of requests: its filters take the room of a phone only when they are asked for."""

from playwright.sync_api import expect


def test_filters_fold_on_a_phone_and_stand_open_at_a_desk(visit, site):
    for width, scripts in ((360, True), (360, False), (1280, True)):
        window = visit(width, 800, java_script_enabled=scripts)
        window.open(site.address("debates.proposals"))
        words, fold = window.page.locator("input[name=words]"), window.page.locator("details.filters > summary")
        expect(words).to_be_visible(visible=width > 640)
        expect(fold).to_be_visible(visible=width <= 640)
        if width <= 640:
            fold.click()
            expect(words).to_be_visible()
        assert window.troubles() == []
    assert window.findings() == []
