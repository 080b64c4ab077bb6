"""Readers of summaries: each release is told once to each of them, and a stop counts at once."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from flask_mailman import EmailMessage
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.receipts import hash_of
from consult.summaries import jobs, operations, releasing, versions
from consult.summaries import letters as summary_letters
from consult.summaries import readers as listed
from consult.summaries.letters import Told, tell_readers
from consult.summaries.models import LetterState, SummaryLetter, SummaryReader
from consult.summaries.readers import AlreadyListed, StoppedBefore
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page
from tests.summaries.makers import QUARTER, publish

STAROSTA = "sekretariat@powiat.example"
LIST = "/summaries/readers/1003"
REASON = "W lipcu policzono dwa razy jedno spotkanie."


@pytest.fixture
def chief(world):
    return head(unit("1003"))


@pytest.fixture
def reader(chief):
    return entered(chief)


@pytest.fixture
def released(reader, shelf, renderer):
    """A summary that was released after its reader was entered."""
    admit()
    publish("1003", QUARTER, renderer=renderer)
    return versions.released("1003", QUARTER.code)[0]


def entered(chief, email=STAROSTA, key="a" * 32, function="Starosta łaski", languages=("pl",), code="1003", **facts):
    made = listed.enter(chief, code, key=key, function=function, email=email, languages=languages, **facts)
    db.session.commit()
    return made


def rows():
    db.session.expire_all()
    return [(one.reader_id, one.state) for one in db.session.scalars(select(SummaryLetter)).unique()]


def stop_path(letter):
    """The address of the link that stops the letters, without the host."""
    return letter.extra_headers["List-Unsubscribe"].strip("<>").partition("//")[2].partition("/")[2].join(["/", ""])


def corrected(renderer, because=REASON):
    admit("alkohol", metres_away(900, 400))
    publish("1003", QUARTER, renderer=renderer, because=because)


def test_a_reader_gets_one_letter_with_links_and_no_file(released, letters):
    assert tell_readers(now()) == Told(sent=1)
    (letter,) = letters
    assert letter.to == [STAROSTA]
    assert "powiat łaski" in letter.subject
    assert "2026" in letter.subject
    assert "/districts/1003/statistics?period=2026-Q3" in letter.body
    assert "/summaries/2026-Q3/1003.pdf" in letter.body
    assert "Komenda Powiatowa Policji w Łasku" in letter.body
    assert "Starosta łaski" in letter.body
    assert stop_path(letter) in letter.body
    assert letter.attachments == []


def test_the_links_of_a_letter_open_what_was_released(released, letters, client):
    tell_readers(now())
    for word in letters[0].body.split():
        if word.startswith("http"):
            with client.get("/" + word.partition("//")[2].partition("/")[2]) as answer:
                assert answer.status_code == 200, word


def test_nothing_goes_twice_however_often_the_job_runs(released, letters):
    assert jobs.tell_readers() == "letters 1"
    assert jobs.tell_readers() == ""
    assert len(letters) == 1
    known = db.session.scalars(select(SummaryLetter)).unique().one()
    again = {"version_id": known.version_id, "reader_id": known.reader_id, "stop_hash": "another"}
    db.session.add(SummaryLetter(state=LetterState.SENDING, tried_at=now(), **again))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_of_two_workers_that_found_the_same_letter_one_sends_it(released, reader, letters):
    due = summary_letters._due(now())
    assert due == [(released.id, reader.id)]
    assert summary_letters._tell(*due[0]) is LetterState.SENT
    assert summary_letters._tell(*due[0]) is None
    assert len(letters) == 1


def test_a_corrected_version_is_told_with_what_changed(released, letters, renderer):
    tell_readers(now())
    corrected(renderer)
    assert tell_readers(now()) == Told(sent=1)
    first, second = letters
    assert REASON in second.body
    assert REASON not in first.body
    assert second.subject != first.subject
    assert tell_readers(now()) == Told()


def test_a_version_that_is_replaced_before_its_letter_went_is_not_told(released, letters, renderer):
    corrected(renderer)
    assert tell_readers(now()) == Told(sent=1)
    assert REASON in letters[0].body


def test_each_edition_goes_to_those_who_want_it(chief, reader, shelf, renderer, letters):
    entered(chief, "board@council.example", "b" * 32, "Rada Powiatu", ("en", "pl"))
    admit()
    publish("1003", QUARTER, renderer=renderer)
    publish("1003", QUARTER, language="en", renderer=renderer)
    assert tell_readers(now()) == Told(sent=3)
    assert sorted(letter.to[0] for letter in letters) == ["board@council.example"] * 2 + [STAROSTA]
    english = [letter for letter in letters if "1003.pdf?lang=en" in letter.body]
    assert [letter.to for letter in english] == [["board@council.example"]]
    assert english[0].subject.startswith("New summary: ")


def test_who_is_entered_after_a_release_is_told_of_the_next_one(released, chief, letters, renderer):
    entered(chief, "wojt@gmina.example", "c" * 32, "Wójt gminy Widawa")
    assert tell_readers(now()) == Told(sent=1)
    assert letters[0].to == [STAROSTA]
    corrected(renderer)
    assert tell_readers(now()) == Told(sent=2)


def test_no_letter_speaks_of_files_that_are_not_public_yet(reader, shelf, renderer, letters, monkeypatch):
    admit()
    with monkeypatch.context() as dying:
        dying.setattr(releasing, "settle", lambda _version: False)
        publish("1003", QUARTER, renderer=renderer)
    assert tell_readers(now()) == Told()
    (version,) = versions.released("1003", QUARTER.code)
    releasing.settle(version)
    assert tell_readers(now()) == Told(sent=1)


def test_a_draft_is_told_to_nobody(reader, shelf, renderer, letters):
    admit()
    operations.write("1003", QUARTER, renderer=renderer)
    assert tell_readers(now()) == Told()
    assert letters == []


def failing(error):
    def send(_message, **_facts):
        raise error

    return send


def test_a_mail_server_that_is_away_is_asked_again_and_given_up_in_the_end(released, letters, monkeypatch, reader):
    with monkeypatch.context() as away:
        away.setattr(EmailMessage, "send", failing(ConnectionRefusedError()))
        assert tell_readers(now()) == Told(waiting=1)
        assert rows() == [(reader.id, LetterState.WAITING)]
        assert tell_readers(now()) == Told(waiting=1)
    assert tell_readers(now()) == Told(sent=1)
    assert rows() == [(reader.id, LetterState.SENT)]
    db.session.scalars(select(SummaryLetter)).unique().one().state = LetterState.WAITING
    db.session.commit()
    assert tell_readers(now() + timedelta(days=4)) == Told()
    assert rows() == [(reader.id, LetterState.GIVEN_UP)]


def test_the_server_is_not_asked_for_each_letter_when_it_is_gone(chief, shelf, renderer, letters, monkeypatch):
    for number in range(8):
        entered(chief, f"gmina{number}@example.com", f"{number}" * 32, f"Wójt {number}")
    admit()
    publish("1003", QUARTER, renderer=renderer)
    asked = []
    monkeypatch.setattr(EmailMessage, "send", lambda one: asked.append(one) or failing(smtplib.SMTPException())(one))
    assert tell_readers(now()) == Told(waiting=8)
    assert len(asked) == summary_letters.MOST_IN_A_ROW


def test_the_head_sees_what_did_not_go_out(released, letters, monkeypatch, client, chief, caplog):
    refused = smtplib.SMTPRecipientsRefused({STAROSTA: (550, b"no such mailbox")})
    monkeypatch.setattr(EmailMessage, "send", failing(refused))
    assert jobs.tell_readers() == "refused 1"
    assert jobs.tell_readers() == ""
    assert STAROSTA not in caplog.text
    sign_in(client, chief)
    for address in (LIST, "/summaries/readers"):
        section = Page(client, address).soup.select_one("section[aria-labelledby=failed]")
        assert "Starosta łaski" in section.text
        assert STAROSTA not in section.text
    assert Page(client, "/summaries").soup.select_one("a[href='/summaries/readers']").parent.strong


def test_a_letter_that_was_broken_off_is_shown_and_not_sent_again(released, reader, letters):
    known = {"version_id": released.id, "reader_id": reader.id, "stop_hash": "x"}
    db.session.add(SummaryLetter(state=LetterState.SENDING, tried_at=now() - timedelta(minutes=5), **known))
    db.session.commit()
    assert tell_readers(now()) == Told()
    assert summary_letters.failed(["1003"], now()) == []
    assert len(summary_letters.failed(["1003"], now() + timedelta(hours=1))) == 1


def test_the_link_asks_and_its_button_stops(released, letters, client, reader, chief):
    tell_readers(now())
    path = stop_path(letters[0])
    asked = Page(client, path)
    assert asked.soup.select_one("main form[method=post] button")
    assert STAROSTA not in asked.text
    db.session.refresh(reader)
    assert reader.stands
    for _press in range(2):
        answer = client.post(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert not Page(client, path).soup.select_one("main form[method=post]")
    db.session.refresh(reader)
    assert (reader.email, reader.has_stopped) == (None, True)
    (_entered, stopped) = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "summary_reader")).all()
    assert (stopped.act, stopped.actor_id, stopped.unit_path) == ("stop_reader", 0, chief.scope)
    kept = db.session.scalars(select(SummaryLetter.stop_hash)).one()
    assert kept == hash_of(path.rpartition("/")[2])
    page = Page(sign_in(client, chief), LIST)
    assert STAROSTA not in page.text
    assert "Starosta łaski" in page.soup.select_one("main details").text


def test_a_link_that_nobody_was_sent_stops_nothing(reader, client):
    assert client.get("/summaries/readers/stop/guessed").status_code == 404
    assert client.post("/summaries/readers/stop/guessed").status_code == 404
    assert db.session.get(SummaryReader, reader.id).stands


def test_who_has_stopped_gets_no_letter_that_was_found_before(released, reader, letters):
    due = summary_letters._due(now())
    listed.stop(reader)
    db.session.commit()
    assert summary_letters._tell(*due[0]) is None
    assert rows() == []


def test_who_has_stopped_is_entered_again_only_when_it_asks(reader, chief, client):
    listed.stop(reader)
    db.session.commit()
    with pytest.raises(StoppedBefore):
        entered(chief, STAROSTA.upper(), "d" * 32)
    page = Page(sign_in(client, chief), LIST)
    assert not page.soup.select_one("[name=asked_again]")
    refused = page.send(function="Starosta łaski", email=STAROSTA, languages="pl")
    assert refused.status_code == 422
    again = Page.of(client, LIST, refused)
    assert again.soup.select_one("[name=asked_again]")
    assert again.send(languages="pl", asked_again="y").status_code == 302
    assert listed.counts(["1003"]) == {"1003": 1}
    assert [one.stopped_hash for one in listed.of_district("1003")] == [None, None]


def test_an_address_stands_once_on_the_list_of_a_district(reader, chief):
    assert entered(chief).id == reader.id
    with pytest.raises(AlreadyListed):
        entered(chief, "Sekretariat@Powiat.example", "e" * 32)
    other = head(unit("1019"))
    assert entered(other, STAROSTA, "f" * 32, code="1019").id != reader.id


def test_the_head_enters_and_withdraws(world, client, chief):
    page = Page(sign_in(client, chief), LIST)
    assert page.send(function="Wójt gminy Sędziejowice", email="gmina@example.com", languages="pl").status_code == 302
    (made,) = listed.of_district("1003")
    assert made.languages == ["pl"]
    assert "gmina@example.com" in Page(client, LIST).text
    address = f"/summaries/readers/{made.id}/withdraw"
    assert Page(client, address).send().status_code == 302
    db.session.refresh(made)
    assert (made.email, made.ended_by_id, made.stopped_hash) == (None, chief.id, None)
    assert "gmina@example.com" not in Page(client, LIST).text
    assert client.get(address).status_code == 302
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "summary_reader")).all()
    assert [(one.act, one.actor_id, one.object_id, one.detail) for one in trail] == [
        ("enter_reader", chief.id, str(made.id), {"district": "1003"}),
        ("withdraw_reader", chief.id, str(made.id), {"district": "1003"}),
    ]


@pytest.mark.parametrize(
    "spoilt",
    [{"function": ""}, {"email": ""}, {"email": "no address"}, {"email": "wójt@gmina.example"}, {"languages": []}],
    ids=str,
)
def test_a_reader_has_a_function_an_address_and_an_edition(world, client, chief, spoilt):
    page = Page(sign_in(client, chief), LIST)
    known = {"function": "Wójt gminy Widawa", "email": "gmina@example.com", "languages": ["pl"]}
    assert page.send(**{**known, **spoilt}).status_code == 422
    assert listed.counts(["1003"]) == {}


def test_a_name_of_a_person_is_no_function(world, client, chief):
    page = Page(sign_in(client, chief), LIST)
    answer = page.send(function="Jan Kowalski, PESEL 44051401359", email="gmina@example.com", languages="pl")
    assert answer.status_code == 422


def test_another_units_head_does_not_find_the_list(reader, client):
    page = Page(sign_in(client, head(unit("1019"))), "/summaries/readers/1019")
    withdrawing = f"/summaries/readers/{reader.id}/withdraw"
    assert client.get(LIST).status_code == client.get(withdrawing).status_code == 404
    assert page.send(LIST, function="Wójt", email="gmina@example.com", languages="pl").status_code == 404
    assert page.send(withdrawing).status_code == 404
    db.session.refresh(reader)
    assert reader.stands
    assert listed.counts(["1003"]) == {"1003": 1}
    linked = [link["href"] for link in Page(client, "/summaries/readers").soup.select("main a[href]")]
    assert "/summaries/readers/1019" in linked
    assert LIST not in linked


@pytest.mark.parametrize("who", [officer, coordinator])
def test_the_list_is_the_heads(world, client, who):
    sign_in(client, who(unit("1003")))
    assert client.get("/summaries/readers").status_code == 403
    assert client.get(LIST).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_readers(world, client, chief, queries_counted):
    sign_in(client, chief)
    entered(chief)
    one = queries_counted(lambda: client.get(LIST))
    for number in range(5):
        entered(chief, f"gmina{number}@example.com", f"{number}" * 32, f"Wójt {number}")
    assert queries_counted(lambda: client.get(LIST)) == one


@pytest.mark.parametrize("spoilt", [{"ended_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"email": None}], ids=str)
def test_the_database_keeps_no_address_of_who_has_left(reader, spoilt):
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        db.session.execute(update(SummaryReader).where(SummaryReader.id == reader.id).values(**spoilt))
