"""S88, S89: whatever is sent twice is there once, and another content under the same key is never lost in silence."""

import ast

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.allocation.models import AllocationSheet
from consult.config import ROOT
from consult.db import db
from consult.desk.models import Banner
from consult.summaries.models import SummaryReader
from consult.threats import queries as threats
from consult.threats.models import Note
from consult.web.forms import KeyedForm
from debates.models import Commitment, MinutesSuggestion, Statement
from debates.operations import convening, correcting, minuting
from debates.stages import MeetingStage
from surveys.carried import Carried
from surveys.models import Access, Invitation, Receipt, Submission
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.debates import makers as debates
from tests.faults.repeats import KEYED, NEEDS_NO_KEY
from tests.pages import Page
from tests.partners.makers import confirmed
from tests.surveys import makers as surveys
from tests.surveys.walker import Walker

OWN = {"Origin": "http://localhost", "Accept": "text/html"}
SAFE = {"GET", "HEAD", "OPTIONS"}
WITHOUT_FORM = {"open311.report", "surveys.answer", "surveys.interview"}
"""Their keys come another way: in a header, and in what a questionnaire carries on from page to page."""


# Every address that writes


def writing(app):
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods - SAFE}


def test_every_address_that_writes_says_what_becomes_of_a_repeat(app):
    known = KEYED.keys() | NEEDS_NO_KEY.keys()
    assert writing(app) - known == set(), "say in tests/faults/repeats.py how a repeat is answered"
    assert known - writing(app) == set(), "these addresses are gone"
    assert KEYED.keys() & NEEDS_NO_KEY.keys() == set()


@pytest.mark.parametrize("endpoint", sorted(KEYED))
def test_every_keyed_address_names_the_test_that_presses_twice(endpoint):
    file, _, name = KEYED[endpoint].partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("endpoint", sorted(KEYED.keys() - WITHOUT_FORM))
def test_every_keyed_address_reads_a_form_with_a_key(app, endpoint):
    view = app.view_functions[endpoint]
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    found = [one for one in vars_of(view) if isinstance(one, type) and issubclass(one, KeyedForm)]
    assert found, "its module uses no form with a key"


def vars_of(view):
    """The names of the view's own module, and those of forms that other rooms of its part make for it."""
    for value in list(view.__globals__.values()):
        yield value
        if callable(value) and getattr(value, "__module__", "").startswith(("consult.", "debates.", "surveys.")):
            yield from getattr(value, "__globals__", {}).values()


# Those that nobody else tries


def count(model):
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(model))


def pressed_twice_then_changed(page, model, sent, other):
    """Send a form twice, then with other words under the same key; the way on from there saves those, too."""
    first, second = (page.client.post(page.url, data={**page.fields(), **sent}, headers=OWN) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert count(model) == 1
    refused = page.client.post(page.url, data={**page.fields(), **sent, **other}, headers=OWN)
    assert refused.status_code == 409
    assert count(model) == 1
    soup = BeautifulSoup(refused.text, "lxml")
    for words in other.values():
        assert words in soup.main.decode(), "what was typed stays"
    form = soup.select_one("main form[method=post]")
    fields = Page.fields(page, form)
    assert fields["key"] != page.fields()["key"]
    assert page.client.post(form["action"], data=fields, headers=OWN).status_code == 302
    assert count(model) == 2


WARNING = {"area_code": "", "text_pl": "Uwaga, ktoś podaje się za policjanta.", "text_en": "", "text_uk": ""}
PROPOSED = {"kind": "open", "area_code": "1003", "title": "Posterunek w Widawie", "proposal": "Otworzyć."}


@pytest.mark.parametrize(
    ("person", "url", "model", "sent", "other"),
    [
        (coordinator, "/banners/new", Banner, WARNING, {"text_pl": "Uwaga na fałszywe kwesty w Łasku."}),
        (head, "/allocation/new", AllocationSheet, PROPOSED, {"title": "Posterunek w mieście Łask"}),
    ],
    ids=["warning", "proposed change"],
)
def test_a_form_sent_twice_makes_one_row_and_other_words_are_a_conflict(world, client, person, url, model, sent, other):
    made = person(unit("pl", path="pl/", areas=[])) if person is coordinator else person()
    page = Page(sign_in(client, made), url)
    pressed_twice_then_changed(page, model, sent, other)


def test_a_note_sent_twice_is_one_and_other_words_are_a_conflict(world, client):
    page = Page(sign_in(client, officer(unit("1003"))), f"/threats/{confirmed().id}/notes/new")
    sent = {"text": "Sąsiad widział auto przed szkołą."}
    pressed_twice_then_changed(page, Note, sent, {"text": "Drugi sąsiad nic nie widział."})


def test_a_promise_sent_twice_is_one(world, client):
    author = officer()
    asked = debates.proposal(author, debates.meeting(author))
    page = Page(sign_in(client, author), f"/debates/proposals/{asked.id}/commitments/new")
    sent = {"who": "Wójt gminy Łask", "what": "Postawi lampę", "due_on": "2026-12-24"}
    pressed_twice_then_changed(page, Commitment, sent, {"what": "Postawi dwie lampy przy szkole"})


def test_a_remark_sent_twice_is_one(world, client):
    author = officer()
    minutes = debates.meeting(author)
    said = debates.statement(author, minutes)
    convening.change_stage(author, minutes, MeetingStage.CORRECTING)
    correcting.invite(author, minutes, key="a" * 32, function="sołtys")
    db.session.commit()
    base = f"/debates/corrections/{correcting.token_of('a' * 32)}/suggest"
    number = said.id
    for n, url in enumerate((base, f"{base}/{number}"), 1):
        page = Page(client, url)
        sent = {"text": f"Było inaczej, po raz {n}."}
        assert [page.send(**sent).status_code for _ in range(2)] == [302, 302]
        assert count(MinutesSuggestion) == n
        assert page.send(text="A jeszcze inaczej było wczoraj.").status_code == 409
        assert count(MinutesSuggestion) == n


def test_a_line_written_again_twice_is_one(world, client):
    author = officer()
    minutes = debates.meeting(author)
    said = debates.statement(author, minutes)
    minuting.withdraw_statement(author, said, reason="pomyłka")
    db.session.commit()
    page = Page(sign_in(client, author), f"/debates/{minutes.id}/statements/{said.id}/write-again")
    assert [page.send().status_code for _ in range(2)] == [302, 302]
    assert count(Statement) == 2


def test_a_reader_entered_twice_is_one(world, client):
    page = Page(sign_in(client, head(unit("1003"))), "/summaries/readers/1003")
    sent = {"function": "Starosta łaski", "email": "starosta@lask.example", "languages": "pl"}
    assert [page.send(**sent).status_code for _ in range(2)] == [302, 302]
    assert count(SummaryReader) == 1
    assert page.send(**sent | {"email": "wojt@lask.example"}).status_code == 409
    assert count(SummaryReader) == 1


def test_one_press_twice_is_one_change_of_status(world, client):
    threat = confirmed()
    page = Page(sign_in(client, officer(unit("1003"))), f"/threats/{threat.id}/status")
    sent = {"after": "eliminated", "reason": "Zagrożenie usunięto w piątek."}
    before = len(threats.history_of(threat))
    assert [page.send(**sent).status_code for _ in range(2)] == [302, 302]
    assert len(threats.history_of(threat)) == before + 1


def test_letters_are_printed_once_and_the_next_press_is_said_to_be_another(world, client):
    surveys.survey(access=Access.INVITATION)
    page = Page(sign_in(client, coordinator()), "/surveys/krotka/invitations")
    sent = {"count": "2", "area_code": "1003042", "language": "pl"}
    assert page.send(**sent).mimetype == "application/pdf"
    refused = page.send(**sent)
    assert (refused.status_code, count(Invitation)) == (409, 2)
    again = Page.of(client, page.url, refused)
    assert again.fields()["key"] != page.fields()["key"]
    assert again.send().mimetype == "application/pdf"
    assert count(Invitation) == 4


def test_a_questionnaire_sent_again_with_other_answers_says_that_they_are_not_saved(world, client):
    surveys.survey()
    walk = Walker(client, "krotka").send(safe="yes").send(marks="5")
    at_the_check, buttons = dict(walk.fields), walk.soup.select("button[value^='to:']")
    first = walk.post({**at_the_check, "-go": "send"}).location
    assert walk.post({**at_the_check, "-go": "send"}).location == first
    walk.post({**at_the_check, "-go": buttons[-1]["value"]})
    changed = walk.send(marks="2").send("send")
    assert changed.status == 409
    assert "2" in changed.answers().values(), "the answers stay to be read"
    assert count(Submission) == 1
    assert db.session.scalars(select(Submission)).one().answers["marks"] == 5


def test_the_repeat_of_a_questionnaire_is_told_without_keeping_the_key(world, client):
    """What is kept cannot be tried out by whoever holds the database: its key is in the form alone."""
    surveys.survey()
    walk = Walker(client, "krotka").send(safe="yes").send(marks="5")
    key = Carried.read(walk.state, world.config["SECRET_KEY"]).key
    walk.send("send")
    kept = str([row for table in reversed(db.metadata.sorted_tables) for row in db.session.execute(select(table))])
    assert count(Receipt) == 1
    assert key not in kept
