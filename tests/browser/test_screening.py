"""Two keystrokes a decision: the first comes to a report, the second decides and goes on to the next one."""

import pytest

from consult.db import db
from tests.factories import metres_away
from tests.online_reports.makers import report


@pytest.fixture
def three(site):
    """Three fresh reports of the officer's area, by number, the oldest first."""
    with site.app.app_context():
        sent = [report(text=f"Auto nr {k} na chodniku", at=metres_away(k * 300, 200)) for k in range(3)]
        db.session.commit()
        numbers = [one.id for one in sent]
        db.session.remove()
    return numbers


def test_a_digit_decides_and_the_next_report_has_the_focus(visit, site, three):
    window = visit(1280, 900)
    window.sign_in("officer")
    window.open(site.address("online_reports.screening", _anchor=f"report-{three[0]}"))
    page = window.page
    page.keyboard.press("1")
    page.wait_for_url(f"**#report-{three[1]}")
    assert page.locator(f"#report-{three[0]}").count() == 0
    assert page.evaluate("document.activeElement.id") == f"report-{three[1]}"
    page.keyboard.press("9")
    page.locator("h1").click()
    page.keyboard.press("2")
    assert page.locator(f"#report-{three[1]}").count() == 1
    assert window.findings() == []


def test_without_scripts_the_buttons_decide(visit, site, three):
    window = visit(390, 800, java_script_enabled=False)
    window.sign_in("officer")
    window.open(site.address("online_reports.screening"))
    window.page.locator(f"#report-{three[2]} button[value=fit]").click()
    window.page.locator(".govuk-notification-banner--success").wait_for()
    assert window.page.locator(f"#report-{three[2]}").count() == 0
