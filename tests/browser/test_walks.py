"""The walks of a report in a real browser, from what a resident sees to what becomes of it, and back again.

Each is walked at a desk with scripts, on a phone without them, and by keyboard alone; `script/trial browser` walks
every size with and without scripts, with either hand.
"""

from datetime import timedelta
from itertools import product
from typing import NamedTuple

import pytest

from consult.clock import today
from tests.browser.cases import first_link, letters_to, new_case, news_goes_out
from tests.browser.conftest import EVERYTHING
from tests.browser.people import Keyboard, Mouse, Officer, Resident

DESK, PHONE = (1280, 900), (360, 740)
FOUND = ("in_verification", "confirmed")


class Way(NamedTuple):
    """How somebody walks: the size of the window, whether scripts run, and the hands."""

    size: tuple[int, int]
    scripts: bool
    hand: type

    @property
    def name(self):
        return f"{'desk' if self.size == DESK else 'phone'}-{'scripts' if self.scripts else 'plain'}-{self.hand.__name__.lower()}"


CHOSEN = (Way(DESK, True, Mouse), Way(PHONE, False, Mouse), Way(DESK, True, Keyboard))
ALL = tuple(Way(*one) for one in product((DESK, PHONE), (True, False), (Mouse, Keyboard)))


@pytest.fixture(params=ALL if EVERYTHING else CHOSEN, ids=lambda way: way.name)
def come(request, visit):
    """Let somebody come to a window of their own: `come()` for a resident, `come("officer")` for the police."""
    way, walk = request.param, request.node.originalname.removeprefix("test_")

    def comes(role=None):
        window = visit(*way.size, role=role, java_script_enabled=way.scripts)
        kind = Officer if role else Resident
        axe = way.scripts and way.hand is Mouse
        return kind(window, way.hand(), name=f"{way.name}-{walk[:40]}-{role or 'resident'}", axe=axe)

    return comes


def test_a_resident_reports_a_threat_and_gets_a_receipt(come):
    resident = come()
    resident.goes_to("desk.home")
    resident.follows("/online-reports/new")
    resident.says_what_and_where("dzikie_wysypiska", "Widawa", "Opony i gruz w rowie (dane próbne).")
    resident.reads("Opony i gruz")
    resident.sends_the_report()
    resident.sees_status("new")


def test_a_neighbour_sees_it_too_and_adds_a_voice(come, site):
    case = new_case(site)
    neighbour = come()
    neighbour.goes_to("threats.show", threat_id=case.threat_id)
    neighbour.adds_a_voice("Też nie mogę przejść z wózkiem (dane próbne).")
    neighbour.follows(f"/threats/{case.threat_id}")
    neighbour.sees_status("new")


def test_a_resident_follows_the_report_answers_a_question_and_asks_for_letters(come, site):
    case = new_case(site).asked("Czy auta stoją tam także w niedzielę?")
    address = f"anna.{case.id}@example.com"
    resident = come()
    resident.opens(case.receipt_path)
    resident.reads("Czy auta stoją tam także w niedzielę?")
    resident.follows("/answer")
    resident.writes(text="Tak, w niedzielę do czternastej.")
    resident.sends()
    resident.reads("Tak, w niedzielę do czternastej.")
    resident.follows("/letters")
    resident.writes(address=address)
    resident.sends()
    [letter] = letters_to(site, address)
    assert case.number in letter
    resident.opens(first_link(letter))
    resident.sends()
    case.told("in_verification", words="Sprawdzimy to w niedzielę (dane próbne).")
    news_goes_out(site)
    news = letters_to(site, address)[-1]
    assert "Sprawdzimy to w niedzielę" in news
    resident.opens(first_link(news))
    resident.sees_status("in_verification")


def test_an_officer_screens_a_report(come, site):
    case = new_case(site, is_screened=False)
    officer = come("officer")
    officer.goes_to("online_reports.screening")
    officer.screens(case, "fit")


def test_an_officer_looks_three_times_on_two_days_and_finds_nothing(come, site):
    case = new_case(site)
    officer = come("officer")
    officer.goes_to("threats.show", threat_id=case.threat_id)
    officer.changes_status("in_verification", "Sprawdzamy (dane próbne).")
    for days, time in ((3, "08:15"), (3, "21:30"), (2, "16:05")):
        officer.enters_check(today() - timedelta(days=days), time, "not_seen")
    officer.changes_status("not_confirmed", "Trzy kontrole nic nie wykazały (dane próbne).")
    resident = come()
    resident.opens(case.receipt_path)
    resident.sees_status("not_confirmed")
    resident.reads("Trzy kontrole nic nie wykazały")


def test_an_officer_finds_it_and_does_away_with_it(come, site):
    case = new_case(site).told("in_verification")
    officer = come("officer")
    officer.goes_to("threats.show", threat_id=case.threat_id)
    officer.enters_check(today() - timedelta(days=1), "07:40", "seen")
    officer.changes_status("confirmed", "Auta stoją na chodniku (dane próbne).")
    officer.changes_status("eliminated", "Zarządca ustawił słupki (dane próbne).")
    resident = come()
    resident.opens(case.receipt_path)
    resident.sees_status("eliminated")
    resident.reads("Zarządca ustawił słupki")


def test_an_officer_hands_a_threat_over(come, site):
    case = new_case(site).told(*FOUND)
    officer = come("officer")
    officer.goes_to("threats.show", threat_id=case.threat_id)
    officer.hands_over("Przekazano do zarządcy drogi (dane próbne).")
    resident = come()
    resident.opens(case.receipt_path)
    resident.sees_status("handed_over")


def test_a_resident_is_not_satisfied_and_the_head_looks_again(come, site):
    address = "jan@example.com"
    case = new_case(site).gets_letters(address).told(*FOUND, "eliminated")
    news_goes_out(site)
    resident = come()
    resident.opens(first_link(letters_to(site, address)[-1]))
    resident.follows("/outcome")
    resident.ticks(says="still_there")
    resident.writes(words="Słupki wyrwano, auta wróciły (dane próbne).")
    resident.sends()
    head = come("head")
    head.goes_to("desk.due_today")
    head.follows("/online-reports/replies")
    head.reads("Słupki wyrwano, auta wróciły")
    head.follows_review(case)
    head.writes(text="Sprawdzimy jeszcze raz w sobotę (dane próbne).")
    head.sends()
    resident.opens(case.receipt_path)
    resident.reads("Sprawdzimy jeszcze raz w sobotę")
    assert resident.page.locator("a[href$='/outcome']").count() == 0, "the question is asked once"


def test_a_new_voice_opens_a_closed_threat_again(come, site):
    case = new_case(site).told(*FOUND, "eliminated")
    neighbour = come()
    neighbour.goes_to("threats.show", threat_id=case.threat_id)
    neighbour.sees_status("eliminated")
    neighbour.adds_a_voice("Auta znowu stoją (dane próbne).")
    neighbour.sees_status("in_verification")
    officer = come("officer")
    officer.goes_to("threats.show", threat_id=case.threat_id)
    officer.sees_status("in_verification")
