"""A resident reports a threat in a real browser: with scripts, without them, and by keyboard alone."""

import json

import pytest
from PIL import Image
from playwright.sync_api import expect


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
    page.locator("main form .form-actions button").click()
    check = page.locator("main form button[name=step][value=send]")
    check.wait_for()
    if scripts:
        assert window.findings() == []
    assert window.overflow() == 0
    check.click()
    page.get_by_text("ZG-").first.wait_for()
    assert "/online-reports/" in page.url
    if scripts:
        assert window.findings() == []


def test_enter_searches_for_the_place_and_the_keyboard_goes_on_at_what_was_found(visit, site):
    page = visit(390, 800).page
    fill_in(page, site)
    page.locator("input[name=place-words]").fill("Widawa")
    page.locator("input[name=place-words]").press("Enter")
    page.locator("input[name=place-choice]").first.wait_for()
    expect(page.locator("input[name=place-choice]").first).to_be_focused()
    assert page.locator("textarea[name=description]").input_value().startswith("Auta stoją")
    page.keyboard.press("Space")
    page.locator("input[name=place-described]").fill("przy przystanku")
    page.locator("button[name=in_language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator("textarea[name=description]").input_value().startswith("Auta stoją")
    assert page.locator("input[name=place-described]").input_value() == "przy przystanku"
    page.locator("main form .form-actions button").click()
    expect(page.locator(".report-check")).to_contain_text("przy przystanku")
    page.locator("button[name=in_language][value=pl]").click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    assert page.locator("input[name=place-described]").input_value() == "przy przystanku"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_enter_in_a_field_goes_on_in_the_same_language(visit, site, scripts):
    page = visit(390, 800, java_script_enabled=scripts).page
    fill_in(page, site)
    page.locator("select[name=place-commune]").select_option(index=1)
    page.locator("input[name=place-described]").fill("za mostem")
    page.locator("input[name=place-described]").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page.locator(".report-check")).to_contain_text("za mostem")


def test_a_place_marked_on_the_drawn_map_without_scripts(visit, site):
    page = visit(800, 900, java_script_enabled=False).page
    fill_in(page, site)
    page.locator("input[type=image][name=place-map]").click(position={"x": 230, "y": 150})
    assert page.locator("textarea[name=description]").input_value().startswith("Auta stoją")
    page.locator("main form .form-actions button").click()
    page.locator("main form button[name=step][value=send]").click()
    page.get_by_text("ZG-").first.wait_for()


def test_a_place_marked_by_keyboard_under_the_cross(visit, site):
    page = visit(1000, 900).page
    fill_in(page, site)
    page.locator("kmzb-map").scroll_into_view_if_needed()
    page.locator("kmzb-map[data-state=ready]").first.wait_for(timeout=30_000)
    assert "Strzałki przesuwają mapę" in page.locator(".map-keys").inner_text()
    page.locator("kmzb-map canvas").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("kmzb-map [role=status]", has_text="Zaznaczono").first.wait_for()
    assert page.locator("input[name=place]").input_value().startswith("{")


def test_a_place_that_nobody_serves_is_answered_under_the_map_before_anything_is_sent(visit, site):
    window = visit(1000, 900)
    page = window.page
    page.goto(site.address("online_reports.new", district="1003"))
    page.locator("kmzb-map").hover()
    page.locator("kmzb-map[data-state=ready]").first.wait_for(timeout=30_000)
    page.locator("kmzb-map canvas").first.click(position={"x": 4, "y": 4})
    said = page.locator("#place-answer")
    expect(said).to_contain_text("112")
    assert page.locator("input[name=place]").input_value().startswith("{")
    assert window.findings() == []
    page.locator(".place-chosen button").click()
    expect(said).to_be_empty()


def test_who_finds_the_same_nearby_says_i_see_it_too(visit, site):
    window = visit(1280, 900)
    page = window.page
    known = page.request.get(f"{site.url}/threats.geojson?category=parkowanie").json()["features"]
    newest = max(known, key=lambda one: one["properties"]["last_on"])
    fill_in(page, site)
    page.locator("input[name=place]").evaluate(
        "(field, spot) => { field.value = spot }", json.dumps(newest["geometry"])
    )
    page.locator("main form .form-actions button").click()
    offered = page.locator(f"main form button[name=threat][value='{newest['id']}']")
    offered.wait_for()
    assert window.findings() == []
    page.locator("main form button[value=change]").last.click()
    assert page.locator("textarea[name=description]").input_value().startswith("Auta stoją")
    page.locator("main form .form-actions button").click()
    offered.focus()
    page.keyboard.press("Enter")
    page.get_by_text("ZG-").first.wait_for()
    page.locator(f"main a[href='/threats/{newest['id']}']").wait_for()


def test_i_see_it_too_from_the_page_of_a_threat_on_a_phone_without_scripts(visit, site):
    window = visit(360, 740, java_script_enabled=False)
    page = window.page
    known = page.request.get(f"{site.url}/threats.geojson?category=alkohol").json()["features"]
    window.open(known[0]["properties"]["url"])
    page.locator("main a[href$='/voices/new']").click()
    assert window.overflow() == 0
    page.locator("textarea[name=description]").fill("Też tu piją (dane próbne).")
    page.locator("main form .form-actions button").click()
    page.get_by_text("ZG-").first.wait_for()


@pytest.mark.parametrize("is_patient", [True, False], ids=["after the work", "at once"])
def test_a_browser_with_scripts_works_before_it_sends_and_loads_that_only_then(visit, site, monkeypatch, is_patient):
    monkeypatch.setitem(site.app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    monkeypatch.setattr("consult.web.proof_of_work.COST", 10)  # the machine that runs this may be slow
    monkeypatch.setattr("consult.online_reports.views.MOST_WITHOUT_WORK", 0)
    page = visit(390, 800).page
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    fill_in(page, site)
    spot = json.dumps({"type": "Point", "coordinates": [19.2, 51.45]})
    page.locator("input[name=place]").evaluate("(field, spot) => { field.value = spot }", spot)
    assert not [url for url in loaded if "/work-" in url]
    page.locator("main form .form-actions button").click()
    page.locator("main form button[value=send]").wait_for()
    page.wait_for_load_state("domcontentloaded")  # before its scripts a page sends like one without them
    if is_patient:
        expect(page.locator("input[name=work]")).not_to_have_value("")
    page.locator("main form button[value=send]").click()
    page.get_by_text("ZG-").first.wait_for()
    assert [url for url in loaded if "/work-" in url]


def test_a_large_photo_becomes_small_before_it_travels(visit, site, tmp_path):
    photo = tmp_path / "IMG_1.png"
    Image.effect_noise((1_400, 1_000), 90).convert("RGB").save(photo, compress_level=1)
    page = visit(390, 800).page
    fill_in(page, site)
    page.locator("input[type=file]").set_input_files(photo)
    shrunk = "limit => { const [file] = document.querySelector('input[type=file]').files; return file.size < limit; }"
    for _look in range(100):
        if page.evaluate(shrunk, photo.stat().st_size // 2):
            break
        page.wait_for_timeout(50)
    else:
        pytest.fail("the photo travels as it was")
    assert page.evaluate("document.querySelector('input[type=file]').files[0].name") == "IMG_1.png"
