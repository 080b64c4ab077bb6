"""Six people at their first visit or their worst hour, each from the first page to where they wanted to get.

The gate tells each story at the size and in the colours that fit its person; `script/trial browser` tells all of them at
every size in both, and asks axe as well. On each page: nothing cut off or beside the page, no jump, no stranger asked; with
`PICTURES_OF_WALKS` a picture of each step, for whoever wants to look.
"""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from consult.db import db
from consult.districts.models import Area
from consult.web.roles import Role
from debates.models import Meeting
from debates.stages import MeetingStage
from tests.browser.cases import letters_to, new_case, news_goes_out
from tests.browser.conftest import EVERYTHING
from tests.browser.people import Keyboard, Mouse, Officer, Resident
from tests.browser.samples import drafted

PHONE, TABLET, DESK = (360, 740), (768, 1024), (1440, 900)
LIGHT, DARK = "light", "dark"
ALL = [(size, scheme) for size in (PHONE, TABLET, DESK) for scheme in (LIGHT, DARK)]

FITS = {
    "resident_with_a_grudge": (PHONE, LIGHT),
    "officer_at_ten_at_night": (PHONE, DARK),
    "coordinator_on_monday": (DESK, LIGHT),
    "blind_resident": (TABLET, LIGHT),
    "reader_of_ukrainian": (PHONE, DARK),
    "founder_who_changes_the_code": (DESK, DARK),
}
"""How each person comes in the gate."""

POLISH = re.compile(r"[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")
UKRAINIAN_BY_NAME = """() => {
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { parentElement } = node
    if (parentElement.closest('[lang]').lang === 'uk' && !parentElement.closest('script, style, option')) {
      found.push(node.textContent.trim())
    }
  }
  return found
}"""
"""The words of a page that are to be read out as Ukrainian."""


DISTRICTS = {"powiat łaski", "powiat słupecki"}


def names_of_places(site):
    """A pattern of what places are called, with the word for their kind: names stay as they are in every language."""
    with site.app.app_context():
        named = db.session.execute(select(Area.name)).all()
    every = sorted({name for (name,) in named} | DISTRICTS, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, every)))


def pytest_generate_tests(metafunc):
    story = metafunc.function.__name__.removeprefix("test_")
    ways = ALL if EVERYTHING else [FITS[story]]
    metafunc.parametrize(("size", "scheme"), ways, ids=[f"{size[0]}-{scheme}" for size, scheme in ways])


@pytest.fixture
def come(visit, request, size, scheme):
    """Let the person of the story come: `come(Resident)`, `come(Officer, Role.HEAD)`."""
    story = request.node.originalname.removeprefix("test_")

    def comes(kind, role=None, hand=Mouse):
        window = visit(*size, role=role, color_scheme=scheme)
        return kind(window, hand(), name=f"{story}-{size[0]}-{scheme}", axe=EVERYTHING)

    return comes


def test_resident_with_a_grudge(come, site):
    """Reports from the bus, keeps the link, is asked, is told that it is over, and says that it is not."""
    case = new_case(site)
    address = f"grudge.{case.id}@example.com"
    resident = come(Resident)
    resident.goes_to("desk.home")
    resident.opens_the_menu()
    resident.follows("/threats", within="header")
    resident.goes_to("desk.home")
    resident.follows("/online-reports/new")
    resident.is_told_what_lacks()
    resident.says_what_and_where("niszczenie_zieleni", "Widawa", "Znowu połamane drzewka przy boisku (dane próbne).")
    resident.sends_the_report()
    case.gets_letters(address).told("in_verification", "confirmed", "eliminated")
    news_goes_out(site)
    resident.opens(case.receipt_path)
    resident.sees_status("eliminated")
    [*_earlier, news] = letters_to(site, address)
    resident.opens(re.search(r"https?://[^/\s]+(/\S+)", news)[1])
    resident.follows("/outcome")
    resident.ticks(says="still_there")
    resident.writes(words="Drzewka dalej leżą (dane próbne).")
    resident.sends()
    resident.goes_to("threats.show", threat_id=case.threat_id)
    resident.goes_to("desk.district", code="1003")
    resident.follows("/statistics")


def test_officer_at_ten_at_night(come, site):
    """Comes home from a debate, writes five statements, reads how they will be published, and leaves the rest."""
    with site.app.app_context():
        meeting = drafted()
    officer = come(Officer, Role.OFFICER)
    officer.goes_to("desk.due_today")
    officer.turns_to("/debates")
    officer.goes_to("debates.show", meeting_id=meeting)
    officer.follows("/statements")
    for words in (
        "! Auta na chodniku przy szkole x4",
        "Ciemno przy przystanku // zarządca sprawdzi lampę",
        "+ Dziękujemy za patrole przy jeziorze",
        "Dzikie wysypisko za cmentarzem",
        "? Kiedy wróci dzielnicowy",
    ):
        officer.says_in_minutes(f"{words} (dane próbne)")
    officer.looks()
    officer.goes_to("debates.show", meeting_id=meeting)
    officer.follows("/minutes/preview")
    officer.goes_to("debates.show", meeting_id=meeting)
    officer.goes_to("summaries.index")
    officer.goes_to("help.index")


def test_coordinator_on_monday(come):
    """Sees what is due, reads opinions, answers one, tells what was changed, and looks at the country."""
    coordinator = come(Officer, Role.COORDINATOR)
    coordinator.goes_to("desk.due_today")
    coordinator.turns_to("/feedback")
    coordinator.opens_the_first(".results h2 a")
    coordinator.sends()
    coordinator.goes_to("surveys.change_log")
    coordinator.goes_to("surveys.new_change")
    coordinator.goes_to("surveys.wishes")
    coordinator.goes_to("surveys.satisfaction")
    coordinator.goes_to("threats.observations")
    coordinator.goes_to("threats.unserved")
    coordinator.turns_to("/surveys")
    coordinator.goes_to("surveys.results", slug="ocena-mapy")
    coordinator.goes_to("hot_spots.index")
    coordinator.goes_to("police_records.index")
    coordinator.goes_to("banners.index")


def test_blind_resident(come):
    """Reports without a mouse, is led to what is wrong, reads tables instead of the map, and answers a survey."""
    resident = come(Resident, hand=Keyboard)
    resident.goes_to("desk.home")
    resident.follows("/online-reports/new")
    resident.is_told_what_lacks()
    resident.says_what_and_where("parkowanie", "Widawa", "Auta na chodniku, schodzę na jezdnię (dane próbne).")
    resident.sends_the_report()
    resident.goes_to("threats.index")
    resident.goes_to("debates.proposals")
    resident.goes_to("surveys.index")
    resident.follows("/answer")
    resident.goes_to("legal.declaration")
    resident.goes_to("help.keys")


def test_reader_of_ukrainian(come, site):
    """Finds the language on the first page and keeps it to the receipt; nothing Polish but names is read as Ukrainian."""
    case = new_case(site).told("in_verification", "confirmed")
    resident = come(Resident)
    names = names_of_places(site)
    trouble = {}

    def reads_on():
        expect(resident.page.locator("html")).to_have_attribute("lang", "uk")
        said = (names.sub("", words) for words in resident.page.evaluate(UKRAINIAN_BY_NAME))
        if found := [words for words in said if POLISH.search(words)]:
            trouble[resident.page.url.removeprefix(site.url)] = found

    resident.goes_to("desk.home")
    resident.hand.press(resident.page.locator("header [hreflang=uk]"))
    resident.page.wait_for_load_state()
    reads_on()
    with site.app.app_context():
        approved = db.session.scalar(select(Meeting.id).where(Meeting.stage == MeetingStage.APPROVED))
        planned = db.session.scalar(select(Meeting.id).where(Meeting.stage == MeetingStage.PLANNED))
    for endpoint, values in (
        ("debates.proposals", {}),
        ("debates.upcoming", {}),
        ("debates.announcement", {"meeting_id": planned}),
        ("debates.minutes", {"meeting_id": approved}),
        ("desk.district", {"code": "1003"}),
        ("threats.show", {"threat_id": case.threat_id}),
        ("surveys.index", {}),
        ("surveys.changes", {}),
        ("legal.privacy", {}),
        ("help.index", {}),
        ("online_reports.new", {}),
    ):
        resident.goes_to(endpoint, **values)
        reads_on()
    resident.says_what_and_where("parkowanie", "Widawa", "Машини на тротуарі (тестові дані).")
    reads_on()
    resident.sends_the_report()
    reads_on()
    assert trouble == {}


def test_founder_who_changes_the_code(come):
    """Looks how the house is doing, what its components are, and who did what."""
    founder = come(Officer, Role.ADMINISTRATOR)
    founder.goes_to("desk.due_today")
    founder.goes_to("design.index")
    founder.turns_to("/units")
    founder.goes_to("accounts.index")
    founder.goes_to("boundaries.index")
    founder.goes_to("audit.index")
    founder.goes_to("help.index")
    founder.goes_to("help.words")
