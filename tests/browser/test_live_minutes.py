"""An officer takes minutes in a hall: by keyboard alone, with and without a connection; nothing is lost or doubled."""

from io import BytesIO

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import expect
from sqlalchemy import select

from consult.basemap.sources import Sheet
from consult.db import db
from debates.models import Meeting, Statement
from debates.stages import MeetingStage
from tests.basemap.makers import picture
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.samples import drafted


@pytest.fixture
def minutes(site):
    """The number of a meeting whose minutes are being written."""
    with site.app.app_context():
        meeting = db.session.get(Meeting, drafted())
        assert meeting.stage is MeetingStage.DRAFTING
        return meeting.id


@pytest.fixture
def device(chromium, site, tmp_path):
    """Switch the officer's own computer on: `device()`; what it keeps stays on its disk."""
    running = []

    def switched_on(**options):
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, locale="pl-PL", **options
        )
        context.set_default_timeout(15_000)
        running.append(context)
        return context

    yield switched_on
    for context in running:
        context.close()


def signed_in(context, site):
    page = context.pages[0]
    email, password = site.people["officer"]
    page.goto(site.address("accounts.sign_in"))
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_load_state()
    return page


def opened(page, site, minutes):
    page.goto(site.address("debates.statements", meeting_id=minutes))
    page.locator("[data-live-keys]").wait_for(state="attached")
    expect(page.locator("[data-live][data-waits]")).to_be_attached()
    return page


def say(page, words):
    field = page.locator("[data-live] textarea[name=text]")
    field.fill(words)
    field.press("Enter")
    expect(field).to_have_value("")


def said(site, minutes, words):
    with site.app.app_context():
        chosen = select(Statement.text).where(Statement.meeting_id == minutes, Statement.text.contains(words))
        return db.session.scalars(chosen).all()


def test_lines_are_written_by_keyboard_and_what_another_officer_writes_appears(visit, site, minutes):
    first, second = (opened(visit(1280, 900, role="officer").page, site, minutes) for _ in range(2))
    say(first, "> Lampa przy przystanku nie świeci (klawiatura) x3 // zarządca sprawdzi")
    line = "#minutes li:has-text('(klawiatura)')"
    for page in (first, second):
        expect(page.locator(line)).to_have_count(1)
        expect(page.locator(line)).to_contain_text("zarządca sprawdzi")
    expect(first.locator("[data-live] textarea[name=text]")).to_be_focused()
    assert said(site, minutes, "(klawiatura)") == ["Lampa przy przystanku nie świeci (klawiatura)"]


def test_what_is_written_without_a_connection_outlives_a_restart_and_is_sent_once(device, site, minutes):
    here = device()
    page = opened(signed_in(here, site), site, minutes)
    path = site.address("debates.statements", meeting_id=minutes)
    page.locator(".live__ready").wait_for()
    here.set_offline(True)
    say(page, "! Auta na chodniku (bez sieci 1)")
    say(page, "+ Dziękujemy za patrole (bez sieci 2)")
    expect(page.locator(".outbox__state")).to_contain_text("czekające na tym urządzeniu: 2")
    here.close()
    assert said(site, minutes, "(bez sieci") == []

    here = device()
    here.set_offline(True)
    page = here.pages[0]
    page.goto(path)
    expect(page.locator(".outbox__line--kept")).to_have_count(2)
    here.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".outbox__state")).to_contain_text("Zaloguj się ponownie")
    signed_in(here, site)
    another = here.new_page()
    for tab in (page, another):
        tab.goto(path, wait_until="commit")  # two tabs send what waits at the same time
    wanted = ["Auta na chodniku (bez sieci 1)", "Dziękujemy za patrole (bez sieci 2)"]
    for _turn in range(75):  # a list that is not drawn yet shows nothing that waits, either
        if said(site, minutes, "(bez sieci") == wanted:
            break
        page.wait_for_timeout(200)
    for tab in (page, another):
        expect(tab.locator(".outbox__state")).to_contain_text("zapisan")
        expect(tab.locator(".outbox__line--kept")).to_have_count(0)
    assert said(site, minutes, "(bez sieci") == wanted


def test_a_line_that_is_not_accepted_comes_back_to_be_corrected(visit, site, minutes):
    page = opened(visit(390, 800, role="officer").page, site, minutes)
    say(page, "Za dużo rąk (odrzucone) x0")
    expect(page.locator(".outbox__line--refused .govuk-error-message")).to_contain_text("100")
    page.locator(".outbox__line--refused button").click()
    field = page.locator("[data-live] textarea[name=text]")
    expect(field).to_have_value("Za dużo rąk (odrzucone) x0")
    field.fill("Już dobrze (odrzucone)")
    field.press("Enter")
    expect(page.locator("#minutes li:has-text('(odrzucone)')")).to_have_count(1)


def test_a_line_that_is_not_accepted_says_why_beside_it_and_at_its_fields_and_nothing_else_calls_it_saved(
    visit, site, minutes
):
    page = opened(visit(1280, 900, role="officer").page, site, minutes)
    field = page.locator("[data-live] textarea[name=text]")
    place = page.locator("input[name=place-words]")
    page.locator("[data-live] details:has([name=place-words]) > summary").click()
    place.fill("Widawa")
    say(page, "Ciemno przy przystanku (powód)")
    why = page.locator(".outbox__line--refused .govuk-error-message")
    expect(why).not_to_be_empty()
    words = "document.querySelector('#live-words').content.querySelector('[data-word=all]').textContent"
    sentence, saved = why.inner_text(), page.evaluate(words)
    expect(page.locator(".outbox__state")).not_to_contain_text(saved)
    page.locator("[data-live] details:has([name=place-words]) > summary").click()
    page.locator(".outbox__line--refused button").click()
    expect(place).to_be_focused()
    expect(page.locator(f"#{place.get_attribute('aria-describedby').split()[-1]}")).to_have_text(sentence)
    place.fill("")
    field.press("Enter")
    expect(page.locator("#minutes li:has-text('(powód)')")).to_have_count(1)
    expect(page.locator(".outbox__state")).to_have_text(saved)
    expect(page.locator("[data-live] .govuk-error-message")).to_have_count(0)


def test_enter_in_the_search_for_a_place_searches_and_saves_nothing(visit, site, minutes):
    page = opened(visit(1280, 900, role="officer").page, site, minutes)
    page.locator("[data-live] textarea[name=text]").fill("Dziura w drodze (szukanie)")
    page.locator("[data-live] details:has([name=place-words]) > summary").click()
    page.locator("input[name=place-words]").fill("Widawa")
    page.locator("input[name=place-words]").press("Enter")
    expect(page.locator("input[name=place-choice]").first).to_be_attached()
    expect(page.locator("[data-live] textarea[name=text]")).to_have_value("Dziura w drodze (szukanie)")
    assert said(site, minutes, "(szukanie)") == []


def test_what_was_recognised_is_a_question_until_it_is_pressed(visit, site, minutes):
    page = opened(visit(1280, 900, role="officer").page, site, minutes)
    page.locator("[data-live] textarea[name=text]").fill("Auta na chodniku, ul. Szkolna w Łasku (pytanie)")
    row = page.locator(".live__offer-row").first
    expect(row.locator("span")).to_contain_text("?")
    one = row.locator("button").first
    look = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).fontWeight]"
    expect(one).to_have_attribute("aria-pressed", "false")
    before = one.evaluate(look)
    assert int(before[1]) < 600
    one.click()
    expect(one).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(300)  # colours of buttons fade
    after = one.evaluate(look)
    assert after[0] != before[0]
    assert int(after[1]) > int(before[1])


def test_a_save_leaves_no_count_and_no_news_of_the_one_before(visit, site, minutes):
    page = opened(visit(1280, 900, role="officer").page, site, minutes)
    counter = page.locator("[data-live] .govuk-form-group:has(textarea[name=answer]) .govuk-character-count__status")
    empty = counter.text_content()
    say(page, "Dzikie wysypisko (liczba 1)")
    lacking = page.locator("#minutes li:has-text('(liczba 1)')")
    lacking.locator("select[name=category_code]").select_option("dzikie_wysypiska")
    lacking.locator(".complete button[type=submit]").first.click()
    news = page.locator(".govuk-notification-banner")
    expect(news).to_contain_text("uzupełniono")
    expect(page.locator("[data-live][data-waits]")).to_be_attached()
    page.locator("[data-live] textarea[name=answer]").fill("Straż miejska sprawdzi")
    expect(counter).not_to_have_text(empty)
    say(page, "Następna (liczba 2)")
    expect(counter).to_have_text(empty)
    expect(news).to_have_count(1)
    expect(news).not_to_contain_text("uzupełniono")


def test_the_place_and_the_category_of_one_line_never_pass_to_the_next(visit, site, minutes):
    page = opened(visit(1280, 900, role="officer").page, site, minutes)
    page.locator("[data-live] textarea[name=text]").fill("Dzikie wysypisko (miejsce 1)")
    page.locator("[data-live] select[name=category_code]").select_option("dzikie_wysypiska")
    page.locator("[data-live] details summary").first.click()
    page.locator("input[name=place-words]").fill("Widawa")
    page.locator("button[name=place-search]").click()
    page.locator("input[name=place-choice]").first.check()
    page.locator("[data-live] textarea[name=text]").press("Enter")
    expect(page.locator("#minutes li:has-text('(miejsce 1)')")).to_contain_text("Widawa")
    say(page, "Następna wypowiedź (miejsce 2)")
    second = page.locator("#minutes li:has-text('(miejsce 2)')")
    expect(second).to_contain_text("bez miejsca")
    expect(second).to_contain_text("Brak kategorii")


class Everywhere:
    """A background of the same red tile everywhere, that counts what it is asked for."""

    def __init__(self, tile, sheet):
        self.sheet, self.asked, self._tile = sheet, [], tile

    def tile(self, z, x, y):
        self.asked.append((z, x, y))
        return self._tile


@pytest.fixture
def background(site):
    """Give the site another background, until the test is over."""
    before = site.app.extensions["basemap"]

    def given(tile, sheet):
        site.app.extensions["basemap"] = Everywhere(tile, sheet)
        return site.app.extensions["basemap"]

    yield given
    site.app.extensions["basemap"] = before


TILES = "caches.open('minutes-map').then(cache => cache.keys()).then(all => all.length)"


def redness(page):
    """How much redder than blue the middle of the map is drawn."""
    shown = Image.open(BytesIO(page.locator(".maplibregl-canvas").screenshot())).convert("RGB")
    box = shown.crop((shown.width // 4, shown.height // 4, 3 * shown.width // 4, 3 * shown.height // 4))
    red, _green, blue = ImageStat.Stat(box).mean
    return red - blue


def test_the_map_of_the_district_draws_in_a_hall_without_a_signal(device, site, minutes, background):
    given = background(picture("red"), Sheet("image/png", 7, 11, "© nikt"))
    here = device()
    page = opened(signed_in(here, site), site, minutes)
    page.locator(".live__map:not(:empty)").wait_for()
    listed = page.evaluate(
        "path => fetch(path).then(answer => answer.json())", page.locator("[data-ahead]").get_attribute("data-ahead")
    )
    assert listed["area"] in page.locator(".live__map").inner_text()
    assert len(listed["tiles"]) == page.evaluate(TILES) > 10
    assert {z for z, _x, _y in given.asked} == set(range(7, 12))
    asked = len(given.asked)
    opened(page, site, minutes)
    page.locator(".live__map:not(:empty)").wait_for()
    assert len(given.asked) == asked, "what is here is not fetched again"
    here.set_offline(True)
    page.goto(site.address("debates.statements", meeting_id=minutes))
    expect(page.locator(".live__map")).to_contain_text(listed["area"], timeout=20_000)
    page.locator("[data-minutes] kmzb-map").hover()
    page.locator("[data-minutes] kmzb-map[data-state=ready]").wait_for(state="attached")
    page.wait_for_timeout(1_500)  # the last tile fades in
    assert redness(page) > 25
    # The map's own worker lies in another folder: it is watched over there, so that a browser started anew has it too.
    scopes = page.evaluate(
        "navigator.serviceWorker.getRegistrations().then(all => all.map(one => new URL(one.scope).pathname))"
    )
    assert sorted(scopes) == ["/debates/", "/static/dist/map/"]
    kept = page.evaluate("caches.open('minutes').then(cache => cache.keys()).then(all => all.map(one => one.url))")
    assert any("/static/dist/map/worker.mjs" in url for url in kept)


def test_a_device_with_little_room_says_that_the_closest_views_are_missing_and_without_a_background_borders_are_kept(
    device, site, minutes, background
):
    given = background(picture("red") + bytes(400_000), Sheet("image/png", 7, 12, ""))
    here = device()
    page = opened(signed_in(here, site), site, minutes)
    page.locator(".live__map:not(:empty)").wait_for()
    assert 20 <= page.evaluate(TILES) <= 10 * 1024 * 1024 // 400_000
    part = page.locator(".live__map").inner_text()
    assert len(given.asked) < 40, "nothing is fetched that there is no room for"
    site.app.extensions["basemap"] = None
    opened(page, site, minutes)
    page.locator(".live__map:not(:empty)").wait_for()
    assert page.locator(".live__map").inner_text() not in {part, ""}
    assert page.evaluate(TILES) == 0


def test_another_person_on_the_same_device_finds_no_page_of_the_one_before(device, site, minutes):
    here = device()
    page = opened(signed_in(here, site), site, minutes)
    page.locator(".live__ready").wait_for()
    path = site.address("debates.statements", meeting_id=minutes)
    own = "([name, path]) => caches.open(name).then(cache => cache.match(path)).then(Boolean)"
    assert page.evaluate(own, ["minutes", path])
    page.evaluate("caches.open('minutes-map').then(cache => cache.put('/basemap/9/1/1', new Response('x')))")
    page.evaluate(
        """() => new Promise(done => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = done;
          navigator.serviceWorker.controller.postMessage({ account: -1, keep: [] }, [port2]);
        }).then(() => true)"""
    )
    assert not page.evaluate(own, ["minutes", path])
    assert page.evaluate(TILES) == 0


def test_who_signs_out_with_unsent_lines_decides_about_them_and_leaves_nothing_behind(device, site, minutes):
    here = device()
    page = opened(signed_in(here, site), site, minutes)
    here.route("**/debates/outbox", lambda route: route.abort())
    say(page, "Nie wysłane (wylogowanie)")
    expect(page.locator(".outbox__line--kept")).to_have_count(1)
    page.locator("form[data-sign-out] button").click()
    page.locator("dialog[data-unsent]").wait_for()
    expect(page.locator("dialog[data-unsent] [data-number]")).to_have_text("1")
    here.unroute("**/debates/outbox")
    page.locator("dialog[data-unsent] [data-send]").click()
    page.wait_for_url("**/sign-in")
    assert said(site, minutes, "(wylogowanie)") == ["Nie wysłane (wylogowanie)"]
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("indexedDB.databases()") == []
