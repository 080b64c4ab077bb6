"""How long data are kept: what rules erase, what they leave, and what would go when nobody erases yet."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.accounts import leaving
from consult.accounts.models import Account
from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports import forgetting, queries
from consult.online_reports.models import OnlineReport, Outcome, Question, Says
from consult.threats import joining
from consult.threats import operations as threats
from consult.threats.models import Threat
from consult.threats.workflow import Status
from consult.upkeep import retention
from tests.accounts.makers import officer
from tests.online_reports.makers import report

WORDS = "Sąsiad z numeru siedem pije pod sklepem"

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def told():
    """A report with words, a question and what was said afterwards; its threat is closed today."""
    sent = report(WORDS)
    person = officer()
    threat = queries.threat_of(sent)
    change = None
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED):
        change = threats.change_status(threat, status, "Sprawdzono.", person.id)
    db.session.add(
        Question(
            report_id=sent.id, text="O której?", asked_by_id=person.id, asked_at=now(), answer=WORDS, answered_at=now()
        )
    )
    db.session.flush()
    db.session.add(Outcome(report_id=sent.id, change_id=change.id, says=Says.GONE, words=WORDS, said_at=now()))
    db.session.commit()
    return sent


def everything_said():
    """All texts of residents in the database, as one."""
    texts = [
        *db.session.scalars(select(OnlineReport.description)),
        *db.session.scalars(select(Observation.words)),
        *db.session.scalars(select(Question.text)),
        *db.session.scalars(select(Question.answer)),
        *db.session.scalars(select(Outcome.words)),
    ]
    return " ".join(text for text in texts if text)


def test_words_go_when_their_threat_was_closed_long_enough_ago(told):
    voice = queries.observation_of(told)
    mask, place = voice.words_mask, (voice.lon, voice.lat)
    assert forgetting.erase_words(now() + timedelta(days=364), 365) == 0
    assert WORDS in everything_said()
    assert forgetting.erase_words(now() + timedelta(days=366), 365) == 1
    db.session.commit()
    assert everything_said() == ""
    assert forgetting.erase_words(now() + timedelta(days=366), 365) == 0, "once"
    voice = queries.observation_of(told)
    assert (voice.words_mask, (voice.lon, voice.lat)) == (mask, place)


def test_words_of_an_open_threat_and_of_one_that_came_back_stay(told):
    threat = queries.threat_of(told)
    threats.change_status(threat, Status.IN_VERIFICATION, "Wróciło.", officer().id)
    db.session.commit()
    assert forgetting.erase_words(now() + timedelta(days=4_000), 365) == 0
    assert WORDS in everything_said()


def test_joining_anew_after_words_went_changes_no_threat(told):
    before = {row.id: row.observations for row in db.session.scalars(select(Threat))}
    forgetting.erase_words(now() + timedelta(days=366), 365)
    db.session.commit()
    joining.join()
    db.session.commit()
    assert {row.id: row.observations for row in db.session.scalars(select(Threat))} == before


def test_of_people_who_left_only_the_number_stays():
    gone, here = officer(), officer()
    gone.left_at = now() - timedelta(days=731)
    db.session.commit()
    number, address = gone.id, gone.email
    assert leaving.forget(now(), 730) == 1
    db.session.commit()
    assert address not in set(db.session.scalars(select(Account.email)))
    kept = db.session.get(Account, number)
    assert (kept.email, kept.password_hash) == (f"account-{number}@erased.invalid", None)
    assert "@erased.invalid" not in db.session.get(Account, here.id).email
    assert leaving.forget(now(), 730) == 0


def test_the_command_tells_what_would_go_and_erases_nothing(told, app):
    queries.threat_of(told).status_at = now() - timedelta(days=400)
    db.session.commit()
    run = app.test_cli_runner().invoke
    said = run(args=["retention", "run", "--dry-run"])
    assert said.exit_code == 0, said.output
    counts = json.loads(said.stdout.splitlines()[-1])
    assert (counts["dry_run"], counts["report_words"]) == (True, 1)
    assert "DODO, 365" in said.stderr
    assert WORDS in everything_said()
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.act == "erase_by_rule")).all()
    done = json.loads(run(args=["retention", "run", "--quiet"]).stdout)
    assert (done["dry_run"], done["report_words"]) == (False, 1)
    assert everything_said() == ""
    trace = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "erase_by_rule")).one()
    assert (trace.object_id, trace.detail["count"]) == ("report_words", 1)
    assert json.loads(run(args=["retention", "run"]).stdout.splitlines()[-1])["report_words"] == 0


def test_what_a_rule_stumbles_over_leaves_the_others_done(told, app):
    """Each part has a transaction of its own: what was erased before stays erased."""
    queries.threat_of(told).status_at = now() - timedelta(days=400)
    db.session.commit()
    rules = app.extensions["retention"]

    def stumble(_at, _days):
        raise ZeroDivisionError

    broken = (*rules, type(rules[0])("broken", rules[0].regime, rules[0].days, stumble))
    with pytest.raises(ZeroDivisionError):
        retention.run(broken, now())
    assert everything_said() == ""
