"""Signing in at a browser: what was typed when the session ended, and the second step, with and without scripts."""

import time

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, text

from consult.accounts import queries, second_step
from consult.accounts.one_time_codes import code_of
from consult.db import db
from consult.web import traffic
from debates.models import Statement
from tests.browser.samples import drafted


def end_all_sessions(site):
    with site.app.app_context(), traffic.connection() as connection:
        connection.execute(text("DELETE FROM traffic_session"))


def fill_in(page, site, role):
    email, password = site.people[role]
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_load_state()


def said(site, words):
    with site.app.app_context():
        return db.session.scalars(select(Statement.text).where(Statement.text.contains(words))).all()


def test_a_statement_typed_when_the_session_ended_is_sent_after_signing_in(visit, site):
    """S64: a browser without scripts, where no outbox keeps the line."""
    with site.app.app_context():
        address = site.address("debates.statements", meeting_id=drafted())
    window = visit(320, 640, role="officer", java_script_enabled=False)
    page, words = window.page, "Auta stoją na chodniku (po przerwie)"
    page.goto(address)
    field = page.locator("main textarea[name=text]").first
    field.fill(words)
    end_all_sessions(site)
    field.locator("xpath=ancestor::form").locator(".form-actions button[type=submit]").first.click()
    page.wait_for_load_state()
    expect(page.locator("main h1")).to_have_count(1)
    assert window.overflow() <= 0
    fill_in(page, site, "officer")
    expect(page.locator("main blockquote")).to_contain_text(words)
    assert window.overflow() <= 0
    assert said(site, words) == []
    page.locator("main form button:not([name])").click()
    page.wait_for_load_state()
    assert said(site, words) == [words]


@pytest.fixture
def _without_second_step(site):
    yield
    with site.app.app_context():
        second_step.forget(queries.by_email(site.people["coordinator"][0]), 0)
        db.session.commit()


@pytest.mark.usefixtures("_without_second_step")
@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_sets_up_the_second_step_and_signs_in_with_it(visit, site, scripts):
    window = visit(390, 800, role="coordinator", java_script_enabled=scripts)
    page = window.page
    page.goto(site.address("accounts.set_up_second_step"))
    look(window, scripts)
    seed = page.locator("main code").inner_text().replace(" ", "")
    now = int(time.time()) // 30
    page.locator("input[name=code]").fill(code_of(seed, now - 1))
    page.locator("input[name=present]").fill(site.people["coordinator"][1])
    page.locator("input[name=present]").press("Enter")
    expect(page.locator("main ol code")).to_have_count(10)
    look(window, scripts)
    recovery = page.locator("main ol code").nth(4).inner_text()
    page.locator("main .form-actions button").click()
    page.wait_for_url("**/accounts/own/second-step")
    look(window, scripts)
    for way in (
        lambda: page.locator("input[name=code]").fill(code_of(seed, now + 1)),
        lambda: by_paper(page, recovery),
    ):
        sign_out(page)
        fill_in(page, site, "coordinator")
        page.wait_for_url("**/accounts/second-step")
        look(window, scripts)
        way()
        page.locator("main .form-actions button").click()
        page.wait_for_url("**/today")


def by_paper(page, recovery):
    page.locator("main details summary").click()
    page.locator("input[name=recovery]").fill(recovery)


def sign_out(page):
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/sign-in")


def look(window, scripts):
    assert window.overflow() <= 0
    if scripts:
        assert window.findings() == []
