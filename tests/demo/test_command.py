"""`flask demo load`: what it says, what it never touches, and that it tells everyone the same."""

import stat
from datetime import date

from sqlalchemy import func, select

from consult.accounts.models import Account
from consult.clock import now, today
from consult.db import db
from consult.demo import operations, people
from consult.demo.content import stories
from consult.demo.people import FILE
from consult.observations.models import Observation
from consult.period import Period
from consult.summaries import operations as summaries
from consult.summaries.operations import Unchanged
from surveys import jobs as survey_jobs
from tests.accounts import makers
from tests.demo.conftest import what_happened


def count(what):
    return db.session.scalar(select(func.count()).select_from(what))


def test_the_passwords_are_read_by_the_owner_alone_and_drawn_once(app):
    before = operations.sign_ins()
    path = app.config["INSTANCE"] / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert operations.sign_ins() == before
    path.unlink()
    assert {entry.password for entry in operations.sign_ins()}.isdisjoint({entry.password for entry in before})


def test_the_same_day_tells_the_same_story_and_the_clock_is_right_again_afterwards(app, brief):
    before, told = now(), []
    for _ in range(2):
        nested = db.session.begin_nested()
        operations.load(date(2026, 11, 22))
        told.append(what_happened())
        nested.rollback()
        db.session.expunge_all()
    assert len(told[0][0]) > 40
    assert told[0] == told[1]
    assert before <= now()


def run(app):
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_command_says_where_the_pdfs_are_and_who_may_sign_in_and_a_second_call_changes_nothing(
    app, brief, tmp_path, monkeypatch
):
    monkeypatch.setitem(app.config, "REPORTS_OUT", tmp_path)
    result = run(app)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count(".pdf") == 4
    for entry in operations.sign_ins():
        assert entry.email in result.stdout
        assert entry.password in result.stdout
    before, accounts = what_happened(), count(Account)
    again = run(app)
    assert again.exit_code == 0
    assert "wczytane" in again.stdout or "already" in again.stdout
    assert operations.sign_ins()[0].password in again.stdout
    assert (what_happened(), count(Account)) == (before, accounts)
    survey_jobs.mix_ended()
    survey_jobs.release_ended()
    last = Period.quarter_of(today()).previous
    written = [summaries.write(story.code, last) for story in stories()]
    assert written == [Unchanged(story.code, is_released=True) for story in stories()], (
        "the first night changes nothing"
    )


def test_where_real_people_have_accounts_nothing_is_loaded(app):
    makers.officer()
    result = run(app)
    assert result.exit_code == 1
    assert result.stderr.strip()
    assert count(Observation) == 0


def test_behind_https_nothing_is_loaded(app, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://konsultacje.example.pl")
    result = run(app)
    assert result.exit_code == 1
    assert "https" in result.stderr
    assert not people.has_others()
    assert count(Account) == 0


def test_real_boundaries_without_the_two_districts_are_said_to_be_in_the_way(world, brief):
    result = run(world)
    assert result.exit_code == 1
    assert count(Account) == 0
