"""What is new is told of the newest version, in everybody's language, and marked until it was seen."""

import re

import pytest
from babel.messages.pofile import read_po

from consult.accounts import queries
from consult.config import ROOT
from consult.help.news import NEWS, news_for
from consult.web.roles import Role
from tests.accounts.makers import coordinator, officer, sign_in
from tests.pages import Page


def versions():
    """Each version of CHANGELOG.md with its lines, the newest first."""
    parts = re.split(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_each_piece_tells_of_a_line_of_its_version():
    told = versions()
    assert [one.number for one in NEWS if f"\n- {one.tells}" not in told.get(one.version, "")] == []


def test_the_newest_version_is_told():
    assert NEWS[0].version.partition(" ")[0] == next(iter(versions())).partition(" ")[0]


def test_pieces_stand_in_the_order_of_telling_and_everybody_has_some():
    assert [one.number for one in NEWS] == list(range(len(NEWS), 0, -1))
    assert sorted(NEWS, key=lambda one: one.on, reverse=True) == list(NEWS)
    assert all(news_for(role) for role in (None, *Role))


@pytest.mark.parametrize("code", ["pl", "uk"])
def test_news_are_read_in_the_languages_of_the_pages(code):
    with (ROOT / "consult" / "translations" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = read_po(file)
    ours = [str(text._args[0]) for one in NEWS for text in (one.title, one.words)]
    assert [text for text in ours if not (texts.get(text) and texts.get(text).string)] == []


def test_its_people_may_open_the_page_of_each_piece(app):
    for one in NEWS:
        audience = getattr(app.view_functions[one.page], "audience", "public")
        assert audience == "public" or set(one.whose) <= set(audience), one.page


@pytest.mark.usefixtures("world")
def test_residents_read_theirs_without_any_mark(client):
    told = Page(client, "/help/news")
    assert "Say whether it is gone" not in told.text  # the pages speak Polish
    assert len(told.soup.select(".tasks > li")) == len(news_for(None))
    assert told.soup.select("main form, main .govuk-tag") == []


@pytest.mark.usefixtures("world")
def test_staff_see_a_mark_until_they_have_seen_it(client, elsewhere):
    ours, other = officer(), coordinator()
    sign_in(client, ours)
    assert Page(client, "/today").soup.select_one("main a[href='/help/news']")
    page = Page(client, "/help/news")
    assert len(page.soup.select("main .govuk-tag")) == len(news_for(Role.OFFICER))
    assert page.soup.select_one("footer a[href='/help/news']")
    seen = page.send(page.soup.select_one("main form")["action"])
    assert seen.status_code == 302
    assert Page(client, "/help/news").soup.select("main form, main .govuk-tag") == []
    assert not Page(client, "/today").soup.select_one("main a[href='/help/news']")
    theirs = elsewhere()
    sign_in(theirs, other)
    assert Page(theirs, "/today").soup.select_one("main a[href='/help/news']")


@pytest.mark.usefixtures("world")
def test_an_older_page_sent_late_forgets_nothing_and_a_number_of_others_is_none(client):
    ours = officer()
    sign_in(client, ours)
    newest, oldest = news_for(Role.OFFICER)[0].number, news_for(Role.OFFICER)[-1].number
    page = Page(client, "/help/news")
    assert page.send("/help/news/1/seen").status_code == 404
    for number in (newest, oldest):
        assert page.send(f"/help/news/{number}/seen").status_code == 302
    assert queries.news_seen(ours.id) == newest
