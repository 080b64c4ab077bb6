"""F07, F08: thirty people with one code are one answer, fifty presses of one button are one report."""

import threading
import uuid
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.db import db, read_only
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from surveys import codes
from surveys.models import Access, Invitation, Submission
from surveys.operations import answering, inviting
from surveys.queries import surveys
from tests.accounts.makers import coordinator
from tests.apart import application
from tests.conftest import Client
from tests.factories import catalogue_of_27, two_districts
from tests.online_reports.makers import RIGHT
from tests.pages import Page
from tests.surveys import makers

PEOPLE, PRESSES = 30, 50
WORKERS = 6
"""So many are served at a time, as by several processes; each takes two connections at the most."""
NEW = "/online-reports/new"
OWN = {"Origin": "http://localhost", "Accept": "text/html"}


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with application(tmp_path_factory.mktemp("faults")) as app:
        app.test_client_class = Client
        catalogue_of_27()
        two_districts()
        db.session.commit()
        yield app


def at_once(n, act):
    """Do something n times in the same moment, and give what each brought."""
    gate, found = threading.Barrier(n), []

    def do():
        gate.wait()
        found.append(act())

    threads = [threading.Thread(target=do) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    db.session.remove()
    return found


def answers_with_one_code(app, slug, submit):
    """Let thirty people answer with one code in the same moment; tell how many answers there are then."""
    author = SimpleNamespace(id=coordinator().id)
    survey = makers.survey(slug=slug, author=author, access=Access.INVITATION)
    (code,) = inviting.issue(author, survey, 1)
    db.session.commit()
    survey_id = survey.id
    db.session.remove()

    def answer():
        with app.app_context():
            read_only(False)
            try:
                submit(surveys.by_slug(slug), code)
                db.session.commit()
            except answering.InvitationSpent:
                db.session.rollback()
            finally:
                db.session.remove()

    at_once(PEOPLE, answer)
    return db.session.scalar(select(func.count()).where(Submission.survey_id == survey_id))


def submit(survey, code):
    facts = (survey, survey.published, makers.definition(survey), {"safe": "yes", "marks": 5})
    answering.submit(*facts, key=uuid.uuid4().hex, code=codes.normalised(code))


def test_thirty_people_with_one_code_are_one_answer(apart):
    assert answers_with_one_code(apart, "jeden-kod", submit) == 1


def test_the_same_count_finds_a_right_that_is_only_looked_at_before_it_is_used(apart, monkeypatch):
    """The control: looking first and spending later lets many in, and is seen."""
    everybody_has_looked = threading.Barrier(PEOPLE)
    monkeypatch.setattr(answering, "_spend", lambda *_: None)

    def look_then_answer(survey, code):
        is_free = answering.check_invitation(survey, codes.normalised(code))
        survey_id = survey.id
        db.session.rollback()
        everybody_has_looked.wait(60)
        if is_free:
            submit(surveys.by_slug("zly-wzor"), code)
            hmac = codes.hmac_of(codes.normalised(code), apart.config["SECRET_KEY"], codes.INVITATIONS)
            spent = db.update(Invitation).where(Invitation.survey_id == survey_id, Invitation.code_hmac == hmac)
            db.session.execute(spent.values(is_used=True))

    assert answers_with_one_code(apart, "zly-wzor", look_then_answer) > 1


def count(model):
    """Count, and hold up nobody afterwards: whoever may write on SQLite keeps others out."""
    n = db.session.scalar(select(func.count()).select_from(model))
    db.session.remove()
    return n


def test_fifty_presses_of_one_button_are_one_report_and_fifty_equal_receipts(apart):
    page = Page(apart.test_client(), NEW)
    fields = {**page.fields(), **RIGHT, "step": "send"}
    cookies = page.client.get_cookie("session").value
    before = count(OnlineReport), count(Observation)

    workers = threading.Semaphore(WORKERS)

    def press():
        client = apart.test_client()
        client.set_cookie("session", cookies)
        with workers:
            answer = client.post(NEW, data=fields)
        return answer.status_code, answer.location

    told = at_once(PRESSES, press)
    assert len(told) == PRESSES
    assert len(set(told)) == 1
    assert told[0][0] == 303
    assert (count(OnlineReport), count(Observation)) == (before[0] + 1, before[1] + 1)
    other = page.client.post(NEW, data={**fields, "description": "Zupełnie co innego, hałas w nocy"}, headers=OWN)
    assert other.status_code == 409
    soup = BeautifulSoup(other.text, "lxml")
    assert "Zupełnie co innego" in soup.main.text, "what was typed stays"
    assert count(OnlineReport) == before[0] + 1
    anew = Page.of(page.client, NEW, other)
    assert anew.fields()["key"] != fields["key"], "and can be sent as something new"
    assert anew.send(step="send").status_code == 303
    assert count(OnlineReport) == before[0] + 2
