"""The page of the design shows every component that pages are made of, so that none changes unseen."""

import re

import pytest

from consult.config import ROOT
from consult.desk.design import TOKENS
from consult.threats.workflow import Status
from consult.web.roles import Role
from tests.accounts.makers import officer, sign_in
from tests.pages import Page

MACROS = ROOT / "templates" / "macros"
ELSEWHERE = {
    "status_icon": "part of status_badge",
    "emergency_notice": "on every page", "service_mark": "on every page", "navigation_list": "on every page",
    "staff_menu": "on every page", "staff_search": "on every page", "messages": "on every page",
    "back_link": "breadcrumbs stand in its place", "map_legend": "shown", "threat_map": "needs a map's address",
    "counts_map": "needs a map's address", "pause_notice": "needs something typed", "work_before_sending": "has no look",
    "unseen_field": "is not seen", "where_to_turn": "words of one page", "hidden_fields": "is not seen",
    "form_body": "would be sent", "form_actions": "buttons are shown", "post_button": "would be sent",
    "marked": "words of residents",
}  # fmt: skip


def test_every_component_is_shown_or_it_is_said_where():
    page = (ROOT / "templates" / "design" / "index.html").read_text(encoding="utf-8")
    shown = set(re.findall(r"\{[{%] (?:call )?(\w+)\(", page))
    for file in ("page", "display", "form", "listing", "map"):
        named = re.findall(r"\{% macro (\w+)\(", (MACROS / f"{file}.html").read_text(encoding="utf-8"))
        assert [name for name in named if name not in shown and name not in ELSEWHERE] == [], file


def test_every_colour_that_is_shown_has_a_light_and_a_dark_value():
    tokens = (ROOT / "consult" / "static" / "src" / "style" / "_tokens.scss").read_text(encoding="utf-8")
    assert [name for name in TOKENS if len(re.findall(rf"--{name}: ", tokens)) < 2] == []


@pytest.mark.usefixtures("world")
def test_the_police_see_it_with_each_state_and_each_kind_of_field_right_and_wrong(client):
    assert client.get("/design").status_code == 302
    person = officer()
    page = Page(sign_in(client, person), "/design")
    for status in Status:
        assert page.soup.select(f".status--{status.value.replace('_', '-')}")
    right, wrong = page.soup.select("main form.form-body")
    assert len(right.select(".govuk-form-group")) >= 11
    assert right.select(".govuk-error-message") == []
    assert len(wrong.select(".govuk-error-message")) >= 7
    assert person.role is Role.OFFICER
    assert Page(client, "/help").soup.select_one("a[href='/design']")
