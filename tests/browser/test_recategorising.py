"""Another category in a browser: choose, check, change and undo, each page by axe and on a small phone."""

import re

from playwright.sync_api import expect

from consult.web.roles import Role
from tests.browser.samples import asked_with


def test_the_pages_of_choosing_checking_and_undoing_hold_on_a_small_phone(visit, site):
    with site.app.app_context():
        chosen = asked_with("threats.recategorise")
    window = visit(320, 640, role=Role.HEAD)
    page = window.page

    def holds():
        assert window.findings() == []
        assert window.overflow() <= 0

    window.open(site.address("threats.recategorise", **chosen))
    page.locator("[name=category_code]").select_option("predkosc")
    page.locator("[name=reason]").fill("Głosy mówią o prędkości.")
    page.locator("main .form-actions button").click()
    page.wait_for_url("**/threats/recategorise/check")
    holds()
    page.locator("main .form-actions button:not([formaction])").click()
    page.wait_for_url(re.compile(r"/threats/recategorisations/\d+$"))
    holds()
    page.locator("main form[action$='/undo'] button").click()
    expect(page.locator("main form[action$='/undo']")).to_have_count(0)
    holds()
    window.open(site.address("threats.recategorisations"))
    holds()
