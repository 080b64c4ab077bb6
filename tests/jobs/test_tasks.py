"""Tasks: a part is done once whoever does it, what dies is taken up where it stands, and staff see and stop their own."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db, reading
from consult.jobs import asking, forgetting, queries, queue, working
from consult.jobs.models import JobRun, PartState, RunState, Task, TaskState
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.apart import application
from tests.jobs.makers import Working, task_of
from tests.pages import Page


@pytest.fixture
def counting(app, monkeypatch):
    """Let the application know one kind of task, and give it."""

    def known(**facts):
        made = Working(**facts)
        monkeypatch.setitem(app.extensions, "kinds", {"count": made.kind})
        return made

    monkeypatch.setitem(app.extensions, "queue", None)
    return known


def asked(account=None, names="abc"):
    """Somebody asks for a task, and the request is over."""
    task = task_of(account or officer(), names)
    db.session.commit()
    return task.id


def found(number):
    db.session.expire_all()
    return queries.task(number)


def work(is_ending=lambda: False):
    return working.one(is_ending)


def silent_for(number, **time):
    db.session.execute(update(Task).where(Task.id == number).values(seen_at=now() - timedelta(**time)))
    db.session.commit()


def test_what_was_asked_for_is_done_part_after_part(counting):
    made = counting()
    number = asked()
    assert work()
    task = found(number)
    assert made.done == ["a", "b", "c"]
    assert (task.state, task.settled, task.refused, task.attempt) == (TaskState.DONE, 3, 0, 1)
    assert {part.told for part in task.parts} == {"counted"}
    assert task.ended_at is not None
    assert not work()


def test_workers_hear_of_it_when_it_is_saved_and_not_before(counting):
    counting()
    account = officer()
    task_of(account)
    assert queue.size() == 0
    db.session.rollback()
    db.session.commit()
    assert queue.size() == 0, "what was rolled back is announced by no later transaction"
    asked(account)
    assert queue.size() == 1


def test_the_same_asked_for_twice_is_one_task_until_it_ends(counting):
    counting()
    account = officer()
    number = asked(account)
    assert asked(account) == number
    assert asked(account, "ab") != number
    assert asked(officer()) != number
    while work():
        pass
    assert asked(account) != number


def test_nobody_keeps_all_others_waiting(counting):
    """Of one person five are open at most, and a long task lets one that waits come first."""
    made = counting()
    account = officer()
    for names in ("a", "b", "c", "d"):
        asked(account, names)
    number = asked(account, "efg")
    with pytest.raises(asking.TooManyOpen):
        asked(account, "h")
    assert asked(account, "a") < number, "what is asked for already is no task more"
    db.session.rollback()
    for _ in range(5):
        work()
    assert asked(account, "h")
    assert made.done == list("abcdefg")


def test_a_long_task_lets_one_that_waits_come_first(counting, monkeypatch):
    monkeypatch.setattr(working, "TURN_S", -1)
    made = counting()
    long, short = asked(names="abc"), asked(names="z")
    assert work()
    assert (made.done, found(long).state, found(long).deaths) == ([], TaskState.QUEUED, 0)
    work()
    assert found(short).state is TaskState.QUEUED, "each lets the other come first when no time is given"
    monkeypatch.setattr(working, "TURN_S", 60)
    while work():
        pass
    assert made.done == ["a", "b", "c", "z"]


def test_a_lost_message_is_made_up_for(counting):
    made = counting()
    number = asked()
    assert queue.received() == number
    assert not work(), "its message may be on the way"
    silent_for(number, seconds=31)
    assert not working.one(lambda: False, looking=False)
    assert work()
    assert made.done == ["a", "b", "c"]


def test_a_queue_that_is_away_costs_nothing_but_time(counting, monkeypatch, caplog):
    made = counting()

    def away():
        raise ConnectionError("redis://user:secret@host")

    monkeypatch.setattr(queue, "_queue", away)
    number = asked()
    assert "the queue takes nothing: ConnectionError" in caplog.text
    assert "secret" not in caplog.text
    silent_for(number, seconds=31)
    assert work()
    assert made.done == ["a", "b", "c"]


def test_a_message_that_comes_twice_or_names_nothing_does_nothing(counting):
    made = counting()
    number = asked()
    for told in (number, number, 10**9):
        working.run(told)
    assert made.done == ["a", "b", "c"]
    assert found(number).attempt == 1


def test_a_task_whose_process_died_goes_on_where_it_stands(counting):
    def die(name):
        if name == "b" and not made.done[1:]:
            raise KeyboardInterrupt

    made = counting(on_part=die)
    number = asked()
    with pytest.raises(KeyboardInterrupt):
        work()
    made.on_part = lambda _name: None
    db.session.rollback()
    silent_for(number, seconds=119)
    assert not work(), "it may only be slow"
    silent_for(number, seconds=121)
    assert work()
    task = found(number)
    assert made.done == ["a", "b", "c"]
    assert (task.state, task.attempt, task.deaths) == (TaskState.DONE, 2, 0)


def test_a_task_that_ends_every_worker_is_given_up(counting):
    def die(_name):
        raise KeyboardInterrupt

    counting(on_part=die)
    number = asked()
    for _ in range(working.MOST_DEATHS):
        with pytest.raises(KeyboardInterrupt):
            work()
        db.session.rollback()
        silent_for(number, minutes=3)
    assert work()
    assert (found(number).state, found(number).settled) == (TaskState.FAILED, 0)


def test_a_slow_worker_that_was_taken_for_dead_writes_nothing_any_more(counting, caplog):
    made = counting()
    number = asked()

    def overtaken(name):
        if name == "b":
            made.on_part = lambda _name: None
            silent_for(number, minutes=3)
            assert work()

    made.on_part = overtaken
    assert work()
    task = found(number)
    assert (task.state, task.attempt) == (TaskState.DONE, 2)
    assert made.done == ["a", "b", "c", "b"], "what it did last is rolled back with its mark"
    assert "another worker goes on with it" in caplog.text


def test_what_a_slow_worker_did_is_rolled_back_while_another_is_at_it(counting):
    def overtaken(name):
        if name == "b":
            silent_for(number, minutes=3)
            assert working._take_up(number).attempt == 2
            db.session.add(JobRun(name="b", day=date(2026, 1, 1), state=RunState.DONE, started_at=now()))

    counting(on_part=overtaken)
    number = asked()
    assert work()
    task = found(number)
    assert (task.state, task.attempt) == (TaskState.RUNNING, 2)
    assert [part.state for part in task.parts] == [PartState.DONE, PartState.WAITING, PartState.WAITING]
    assert db.session.get(JobRun, ("b", date(2026, 1, 1))) is None


def test_a_part_that_takes_long_gives_signs_and_is_not_taken_up_by_another(tmp_path, monkeypatch):
    """With connections of their own: a thread tells that the part goes on."""
    monkeypatch.setattr(working, "SIGN_S", 0.02)
    monkeypatch.setattr(queries, "LEASE", timedelta(seconds=0.5))
    with application(tmp_path) as app:
        number = asked(names="a")
        slept = []

        def long(_name):
            slept.append(1)
            time.sleep(0.8)
            with app.app_context(), reading():
                slept.append(queries.overlooked(now()))

        made = Working(on_part=long)
        monkeypatch.setitem(app.extensions, "kinds", {"count": made.kind})
        working.run(number)
        assert slept == [1, None]
        assert (made.done, found(number).attempt) == (["a"], 1)


def test_a_part_that_stumbles_is_tried_again_and_one_that_fails_stops_no_other(counting, caplog):
    made = counting(failing={"a": 2, "b": 9}, refusing="c")
    number = asked(names="abcd")
    assert work()
    task = found(number)
    assert task.state is TaskState.FAILED
    assert [(part.name, part.state.value, part.tries, part.told) for part in task.parts] == [
        ("a", "done", 2, "counted"),
        ("b", "refused", 3, "error"),
        ("c", "refused", 0, "too_many"),
        ("d", "done", 0, "counted"),
    ]
    assert made.done == ["d", "a"]
    assert "what somebody wrote" not in caplog.text


def test_a_database_that_goes_away_is_no_fault_of_the_part(counting):
    def away(_name):
        raise OperationalError("SELECT", {}, Exception("gone"))

    made = counting(on_part=away)
    number = asked()
    with pytest.raises(OperationalError):
        work()
    made.on_part = lambda _name: None
    silent_for(number, minutes=3)
    assert work()
    assert [part.tries for part in found(number).parts] == [0, 0, 0]


def test_what_failed_is_asked_for_again_without_what_is_done(counting):
    made = counting(failing={"b": 3})
    account = officer()
    number = asked(account)
    work()
    assert found(number).state is TaskState.FAILED
    assert asking.go_on(account.id, found(number))
    db.session.commit()
    assert work()
    assert (found(number).state, found(number).refused) == (TaskState.DONE, 0)
    assert made.done == ["a", "c", "b"]
    assert not asking.go_on(account.id, found(number))


def test_a_worker_that_is_asked_to_end_leaves_the_rest_to_the_next(counting):
    made = counting()
    number = asked()
    assert work(lambda: len(made.done) == 2)
    assert (found(number).state, found(number).settled) == (TaskState.QUEUED, 2)
    assert work(), "the next worker hears of it at once"
    assert (found(number).state, found(number).deaths) == (TaskState.DONE, 0)
    assert made.done == ["a", "b", "c"]


def test_broken_off_while_it_waits_nothing_is_done(counting):
    made = counting()
    account = officer()
    number = asked(account)
    assert asking.cancel(account.id, found(number))
    db.session.commit()
    work()
    assert (made.done, found(number).state) == ([], TaskState.CANCELLED)
    assert not asking.cancel(account.id, found(number))
    assert asking.go_on(account.id, found(number))
    db.session.commit()
    work()
    assert (made.done, found(number).state) == (["a", "b", "c"], TaskState.DONE)


def test_broken_off_while_it_runs_it_ends_after_the_part_at_hand(counting):
    account = officer()

    def stop(name):
        if name == "b":
            asking.cancel(account.id, queries.task(number))
            db.session.commit()

    made = counting(on_part=stop)
    number = asked(account)
    work()
    assert (made.done, found(number).state) == (["a", "b"], TaskState.CANCELLED)
    assert [part.state for part in found(number).parts][-1] is PartState.WAITING


def test_what_ended_long_ago_is_forgotten(app, counting):
    counting()
    account = officer()
    old, new = asked(account, "ab"), asked(account, "c")
    waiting = asked(account, "d")
    work()
    work()
    for number, days in ((old, 91), (new, 89), (waiting, 91)):
        ended = (
            {"ended_at": now() - timedelta(days=days)}
            if number != waiting
            else {"asked_at": now() - timedelta(days=91)}
        )
        db.session.execute(update(Task).where(Task.id == number).values(**ended))
    (rule,) = forgetting.RETENTION
    assert rule.erase(now(), rule.days()) == 1
    assert rule.erase(now(), rule.days()) == 0
    assert set(db.session.scalars(db.select(Task.id))) == {new, waiting}


def test_the_trail_tells_who_asked_broke_off_and_asked_again(counting):
    counting()
    account, boss = officer(), head()
    number = asked(account)
    asking.cancel(boss.id, found(number))
    asking.go_on(account.id, found(number))
    db.session.commit()
    noted = db.session.scalars(db.select(AuditEntry).where(AuditEntry.object_kind == "task").order_by(AuditEntry.id))
    assert [(one.act, one.actor_id, one.detail) for one in noted] == [
        (act, who, {"kind": "count", "what": "voices"})
        for act, who in (("ask_task", account.id), ("cancel_task", boss.id), ("repeat_task", account.id))
    ]


def test_the_page_shows_how_far_it_is_and_loads_itself_while_it_runs(client, counting):
    made = counting(refusing="c")
    account = officer()
    number = asked(account)
    page = Page(sign_in(client, account), f"/tasks/{number}")
    answer = client.get(f"/tasks/{number}")
    assert (answer.headers["Refresh"], answer.headers["Cache-Control"]) == ("5", "no-store")
    assert "Refresh" not in client.get(f"/tasks/{number}?still=1").headers
    assert page.soup.progress["value"] == "0"
    assert page.soup.progress["max"] == "3"
    work()
    answer = client.get(f"/tasks/{number}")
    assert "Refresh" not in answer.headers
    page = Page(client, f"/tasks/{number}")
    assert page.soup.progress["value"] == "3"
    assert [row.th.get_text(strip=True) for row in page.soup.select("tbody tr")] == ["part c", "part a", "part b"]
    assert page.soup.select_one("main .status--confirmed"), "colour, mark and word of what failed"
    made.refusing = ()
    assert client.post(f"/tasks/{number}/go-on", data=page.fields()).status_code == 302
    work()
    assert found(number).state is TaskState.DONE


def test_the_page_of_today_tells_of_what_is_open_and_of_what_failed_lately(client, counting):
    counting(refusing="b")
    account = officer()
    sign_in(client, account)

    def told():
        link = Page(client, "/today").soup.select_one("main a[href='/tasks']")
        return None if link is None else [word for word in link.parent.get_text(" ").split() if word.isdigit()]

    assert told() is None
    failed, _open = asked(account, "b"), asked(account, "c")
    asked(officer())
    assert told() == ["2"]
    work()
    assert told() == ["1", "1"]
    work()
    assert told() == ["1"]
    db.session.execute(update(Task).where(Task.id == failed).values(ended_at=now() - timedelta(days=8)))
    db.session.commit()
    assert told() is None


def test_a_task_is_broken_off_by_its_button(client, counting):
    counting()
    account = officer()
    number = asked(account)
    page = Page(sign_in(client, account), f"/tasks/{number}")
    assert client.post(f"/tasks/{number}/cancel", data=page.fields()).status_code == 302
    assert found(number).state is TaskState.CANCELLED
    assert client.post(f"/tasks/{number}/cancel", data=page.fields()).status_code == 302


def test_tasks_of_others_are_not_there_but_for_the_head_of_their_unit(client, elsewhere, counting):
    counting()
    number = asked(officer())
    strangers = [officer(), coordinator(unit("10", "Komenda Wojewódzka", areas=[])), head(unit("1019", "Komenda"))]
    for stranger in strangers:
        visitor = sign_in(elsewhere(), stranger)
        page = Page(visitor, "/tasks")
        assert not page.soup.select("main table")
        assert visitor.get(f"/tasks/{number}").status_code == 404
        for act in ("cancel", "go-on"):
            token = {"csrf_token": page.soup.select_one("[name=csrf_token]")["value"]}
            assert visitor.post(f"/tasks/{number}/{act}", data=token).status_code == 404
    assert found(number).state is TaskState.QUEUED
    page = Page(sign_in(client, head()), "/tasks")
    assert [link["href"] for link in page.soup.select("main table a")] == [f"/tasks/{number}"]
    assert client.get(f"/tasks/{number}").status_code == 200
