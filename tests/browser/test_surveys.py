"""Residents answer the ready questionnaires in a real browser: on small phones, in the dark, without scripts."""

from itertools import product

import pytest
from bs4 import BeautifulSoup

from tests.browser.conftest import EVERYTHING

SLUGS = ("poczucie-bezpieczenstwa", "ocena-mapy", "ocena-debaty")
READERS = {
    "pl, 320 px": ("pl", {"width": 320, "height": 640}),
    "en, desk, dark": ("en", {"width": 1280, "height": 900, "color_scheme": "dark"}),
    "uk, 400 px": ("uk", {"width": 400, "height": 800}),
}
WALKS = list(product(SLUGS, READERS)) if EVERYTHING else list(zip(SLUGS, READERS, strict=True))
"""The gate sends one reader through each questionnaire; `script/trial browser` sends all of them through all."""


@pytest.fixture(autouse=True, scope="module")
def open_surveys(site):
    """The demonstration's survey of a debate has closed: it is opened again, for this file only."""
    from sqlalchemy import update

    from consult.db import db
    from surveys.models import Survey

    with site.app.app_context():
        before = {one.id: one.closes_at for one in db.session.query(Survey)}
        db.session.execute(update(Survey).values(closes_at=None))
        db.session.commit()
    yield
    with site.app.app_context():
        for survey in db.session.query(Survey):
            survey.closes_at = before[survey.id]
        db.session.commit()


def names_on(page):
    """The fields of questions, by name, with the kind of each."""
    soup = BeautifulSoup(page.content(), "lxml")
    found = {}
    for field in soup.select("main form [name]"):
        if field["name"][0] != "-" and field["name"] != "csrf_token":
            found.setdefault(field["name"], field.get("type", field.name))
    return found


def answer(page):
    """Answer what the page asks as somebody would who takes the first that comes; places in words."""
    for name, kind in names_on(page).items():
        field = page.locator(f"main form [name='{name}']").first
        if name.endswith("-commune"):
            field.select_option(index=1)
        elif "-" in name and not name.rpartition("-")[2].isdigit():
            continue
        elif kind in {"radio", "checkbox"}:
            field.check(force=True)
        elif kind == "select":
            field.select_option(index=int(name.rpartition("-")[2] or 1) if "-" in name else 1)
        elif kind == "date":
            field.fill("2026-05-03")
        elif kind not in {"hidden", "submit", "image"}:
            field.fill("3" if field.get_attribute("inputmode") else "Dane próbne")


def press(page, value):
    """Press the visible button, not the one that stands for Enter."""
    with page.expect_navigation():
        page.locator(f"main form button[name='-go'][value='{value}']:not([aria-hidden])").first.click()


def step(page):
    return page.locator("main form input[name='-page']").input_value()


@pytest.mark.parametrize(("slug", "reader"), WALKS)
def test_no_page_of_a_questionnaire_has_a_finding_or_scrolls_sideways(visit, site, slug, reader):
    language, window = READERS[reader]
    visitor = visit(**window)
    page = visitor.page
    visitor.open(site.address("surveys.answer", slug=slug, language=language))
    trouble = {}
    for _ in range(40):
        here = step(page)
        found = visitor.findings() + visitor.complaints + ([visitor.overflow()] if visitor.overflow() > 0 else [])
        if found:
            trouble[here] = found
        if here == "check":
            break
        assert page.locator("html").get_attribute("lang") == language
        answer(page)
        press(page, "next")
    assert step(page) == "check"
    press(page, "send")
    assert "/receipts/" in page.url
    assert visitor.findings() == []
    assert trouble == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_questionnaire_is_answered_without_scripts(visit, site, slug):
    page = visit(390, 800, java_script_enabled=False).page
    page.goto(site.address("surveys.answer", slug=slug))
    for _ in range(40):
        if step(page) == "check":
            break
        answer(page)
        press(page, "next")
    page.wait_for_timeout(500)
    press(page, "send")
    assert "/receipts/" in page.url


def test_errors_are_announced_and_lead_to_their_questions(visit, site):
    visitor = visit(390, 800)
    visitor.open(site.address("surveys.answer", slug="poczucie-bezpieczenstwa"))
    page = visitor.page
    while page.locator(".govuk-error-summary").count() == 0:
        press(page, "next")
    visitor.complaints.clear()  # the answer 422 is what we came for
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    page.locator(".govuk-error-summary a").first.click()
    assert page.evaluate("document.activeElement.tagName") in {"INPUT", "SELECT", "TEXTAREA"}
    assert visitor.findings() == []


def test_the_browsers_own_back_button_shows_what_was_answered(visit, site):
    page = visit(1000, 800).page
    page.goto(site.address("surveys.answer", slug="ocena-debaty"))
    answer(page)
    press(page, "next")
    second = step(page)
    answer(page)
    press(page, "next")
    page.go_back()
    assert step(page) == second
    assert page.locator("main form").count() == 1


def test_a_questionnaire_is_answered_by_keyboard_alone(visit, site):
    page = visit(1000, 800).page
    page.goto(site.address("surveys.answer", slug="ocena-debaty"))
    first = step(page)
    radio = page.locator("main form input[type=radio], main form input[type=checkbox]").first
    radio.focus()
    page.keyboard.press("Space")
    assert radio.is_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert step(page) != first or page.locator(".govuk-error-summary").count() == 1


def test_a_code_after_the_number_sign_fills_in_the_field_and_leaves_the_address(visit, site):
    """The QR code of a letter: only the browser sees what follows the #."""
    from consult.db import db
    from surveys.models import Access, Survey

    with site.app.app_context():
        survey = db.session.query(Survey).filter_by(slug="ocena-debaty").one()
        survey.access = Access.INVITATION
        db.session.commit()
    try:
        page = visit(390, 800).page
        page.wait_for_timeout(1_100)  # what a page shows of a survey may be a second old
        page.goto(site.address("surveys.answer", slug="ocena-debaty") + "#ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345")
        field = page.locator("input[name='-code']")
        for _ in range(40):
            if field.input_value():
                break
            page.wait_for_timeout(50)
        assert field.input_value() == "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345"
        assert "#" not in page.url
    finally:
        with site.app.app_context():
            db.session.query(Survey).filter_by(slug="ocena-debaty").one().access = Access.OPEN
            db.session.commit()
