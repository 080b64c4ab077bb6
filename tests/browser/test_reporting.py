"""A resident reports a threat in a real browser: with scripts, without them, and by keyboard alone."""

import pytest


def fill_in(page, site, category="parkowanie"):
    page.goto(site.address("online_reports.new"))
    page.locator("select[name=category]").select_option(category)
    page.locator("textarea[name=description]").fill("Auta stoją na przejściu przy szkole (dane próbne).")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_report_by_searching_for_the_place_ends_with_a_receipt(visit, site, scripts):
    window = visit(390, 800, java_script_enabled=scripts)
    page = window.page
    fill_in(page, site)
    if not page.locator("input[name=place-words]").is_visible():
        page.locator("details summary").first.click()
    page.locator("input[name=place-words]").fill("Widawa")
    page.locator("button[name=place-search]").click()
    page.locator("input[name=place-choice]").first.check()
    page.wait_for_timeout(1_500)  # nobody fills in the form faster than this
    page.locator("main form").get_by_role("button", name="Wyślij zgłoszenie").click()
    page.get_by_text("ZG-").first.wait_for()
    assert "/online-reports/" in page.url
    if scripts:
        assert window.findings() == []


def test_a_place_marked_on_the_drawn_map_without_scripts(visit, site):
    page = visit(800, 900, java_script_enabled=False).page
    fill_in(page, site)
    page.locator("input[type=image][name=place-map]").click(position={"x": 230, "y": 150})
    assert page.locator("textarea[name=description]").input_value().startswith("Auta stoją")
    page.wait_for_timeout(1_500)
    page.locator("main form").get_by_role("button", name="Wyślij zgłoszenie").click()
    page.get_by_text("ZG-").first.wait_for()


def test_a_place_marked_by_keyboard_under_the_cross(visit, site):
    page = visit(1000, 900).page
    fill_in(page, site)
    page.locator("kmzb-map").scroll_into_view_if_needed()
    page.locator("kmzb-map[data-state=ready]").first.wait_for(timeout=30_000)
    page.locator("kmzb-map canvas").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("kmzb-map [role=status]", has_text="Zaznaczono").first.wait_for()
    assert page.locator("input[name=place]").input_value().startswith("{")
