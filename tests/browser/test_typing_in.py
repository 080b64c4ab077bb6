"""An officer types a sheet of paper in: Enter goes on with scripts, and saves nothing without them."""

import pytest
from sqlalchemy import select

from surveys.models import Survey


@pytest.fixture
def sheet(site):
    """The address of the screen for a survey of the demonstration that is open."""
    with site.app.app_context():
        from consult.clock import now
        from consult.db import db

        found = [survey for survey in db.session.scalars(select(Survey)).unique() if survey.is_open_at(now())]
        slug = found[0].slug
        db.session.remove()
    return site.address("surveys.transcribe", slug=slug)


def test_enter_goes_to_the_next_field(visit, sheet):
    window = visit(1280, 900)
    window.sign_in("coordinator")
    window.open(sheet)
    page = window.page
    fields = page.locator("main form input:not([type=hidden]), main form select, main form textarea")
    first = fields.nth(0)
    assert first.evaluate("field => field === document.activeElement")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    assert fields.nth(1).evaluate("field => field === document.activeElement")
    assert first.input_value() == "1"
    fields.last.focus()
    if fields.last.evaluate("field => field.matches('input, select')"):
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "save"
    assert window.findings() == []


def test_without_scripts_enter_checks_and_saves_nothing(visit, sheet):
    window = visit(390, 800, java_script_enabled=False)
    window.sign_in("coordinator")
    window.open(sheet)
    page = window.page
    page.locator("main form input:not([type=hidden])").first.fill("999")
    page.locator("main form input:not([type=hidden])").first.press("Enter")
    page.locator(".govuk-error-summary").wait_for()
    assert page.locator("main form input:not([type=hidden])").first.input_value() == "999"
    assert "saved" not in page.url
    window.complaints.clear()  # the answer to a wrong sheet is 422, as it should be
