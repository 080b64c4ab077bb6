"""News by e-mail: asked for on the receipt page, confirmed by a link, sent once for each change, forgotten in time."""

import re
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from sqlalchemy import select, update

from consult.clock import now
from consult.db import db
from consult.mail.operations import send
from consult.online_reports import jobs, letters, queries
from consult.online_reports.models import NewsRead, Subscription
from consult.threats.models import StatusChange
from consult.threats.workflow import Status
from consult.web import traffic
from tests.online_reports.following import closed, earlier, sent, the_report, told
from tests.pages import Page

ANNA = "anna.nowak@example.com"


@pytest.fixture(autouse=True)
def _committed(world):
    db.session.commit()


@pytest.fixture
def post(letters):
    """The letters sent so far; `letters` is the module here."""
    return letters


@pytest.fixture
def address(client):
    return sent(client)


@pytest.fixture
def confirmed(client, post, address):
    """A report whose sender gets letters."""
    confirm(client, ask(client, address, post))
    post.clear()
    return address


def ask(client, address, post, mail=ANNA):
    """Ask for letters, and give the address of the page that confirms it."""
    answer = Page(client, f"{address}/letters").send(address=mail)
    assert answer.status_code == 303, answer.status
    answer.close()  # the letter is written after the answer
    return link(post[-1], "/online-reports/letters/")


def link(letter, to):
    return next(url for url in re.findall(r"http://127\.0\.0\.1:8000(\S+)", letter.body) if to in url)


def confirm(client, url):
    return Page(client, url).send()


def subscriptions():
    db.session.expire_all()
    return db.session.scalars(select(Subscription)).all()


def settled():
    """Let all changes so far be old enough to be told, and the subscription older than they are."""
    since = now() - timedelta(hours=1)
    db.session.execute(update(Subscription).values(asked_at=since, confirmed_at=since))
    earlier()


def tell():
    settled()
    return jobs.tell_news()


def test_only_a_confirmed_address_gets_news(client, post, address):
    url = ask(client, address, post)
    assert (post[0].to, len(post)) == ([ANNA], 1)
    told(Status.IN_VERIFICATION)
    earlier()
    assert jobs.tell_news() == ""
    assert len(post) == 1
    assert confirm(client, url).location == "/online-reports/letters-confirmed"
    assert Page(client, "/online-reports/letters-confirmed")
    told(Status.CONFIRMED)
    assert tell() == "letters 1"
    assert len(post) == 2


def test_the_confirming_letter_opens_no_report_and_holds_no_words_of_whoever_typed(client, post, address):
    ask(client, address, post)
    report = the_report()
    secret = address.rpartition("/")[2]
    assert secret not in post[0].body
    assert queries.letter_key(report) not in post[0].body
    assert report.description not in post[0].body


def test_looking_at_the_link_confirms_nothing_and_it_works_once(client, post, address):
    url = ask(client, address, post)
    page = Page(client, url)
    assert subscriptions()[0].confirmed_at is None
    assert page.send().status_code == 303
    assert page.send().status_code == 410
    assert client.get(url).status_code == 410


@pytest.mark.parametrize("token", ["x", "A" * 43, "٣" * 43, "x" * 5_000])
def test_a_link_that_is_none_is_told_as_a_spent_one(client, address, token):
    assert client.get(f"/online-reports/letters/{token}").status_code == 410


def test_a_link_with_a_zero_in_it_is_no_address_at_all(client, address):
    assert client.get("/online-reports/letters/a%00b").status_code == 404


def test_a_link_dies_after_two_days_and_the_address_with_it(client, post, address):
    url = ask(client, address, post)
    page = Page(client, url)
    db.session.execute(update(Subscription).values(ends_at=now()))
    db.session.commit()
    assert page.send().status_code == 410
    assert jobs.forget_addresses() == "addresses 1"
    assert subscriptions() == []


def test_neither_link_nor_address_lead_to_the_report_in_the_database(client, confirmed):
    row = subscriptions()[0]
    report = the_report()
    known = {report.receipt_hash, report.natural_key, report.body_digest, str(report.id), report.number}
    assert not known & {str(value) for value in vars(row).values()}
    assert row.confirmation_hash is None
    assert ANNA not in repr(vars(report))


def test_a_letter_says_what_the_receipt_says_and_its_link_opens_it(client, elsewhere, post, confirmed):
    told(Status.IN_VERIFICATION, "Patrol pojedzie we wtorek & <b>sprawdzi</b>")
    assert tell() == "letters 1"
    letter = post[0]
    assert the_report().number in letter.subject
    assert "Patrol pojedzie we wtorek & <b>sprawdzi</b>" in letter.body
    assert "112" in letter.body
    page = Page(elsewhere(), link(letter, "/online-reports/"))
    assert the_report().number in page.soup.h1.text
    assert "Auta na chodniku przy szkole" in page.text


def test_each_change_is_told_once_however_often_the_job_runs(post, confirmed):
    told(Status.IN_VERIFICATION)
    assert tell() == "letters 1"
    assert [jobs.tell_news() for _round in range(3)] == ["", "", ""]
    told(Status.CONFIRMED)
    assert tell() == "letters 1"
    db.session.execute(update(NewsRead).values(change_id=0))  # as if the worker had died before it noted how far it was
    db.session.commit()
    assert jobs.tell_news() == ""
    assert len(post) == 2


def test_a_change_is_told_when_it_is_a_minute_old(post, confirmed):
    told(Status.IN_VERIFICATION)
    since = now() - timedelta(hours=1)
    db.session.execute(update(Subscription).values(asked_at=since, confirmed_at=since))
    db.session.commit()
    assert jobs.tell_news() == ""
    earlier(timedelta(seconds=61))
    assert jobs.tell_news() == "letters 1"


def test_what_happened_before_an_address_was_confirmed_is_not_told(client, post, address):
    told(Status.IN_VERIFICATION)
    confirm(client, ask(client, address, post))
    earlier()
    assert jobs.tell_news() == ""


def test_a_letter_that_does_not_leave_waits_and_no_other_waits_for_it(client, elsewhere, post, confirmed, monkeypatch):
    other = elsewhere()
    confirm(other, ask(other, sent(other, description="Samochody na chodniku przy szkole"), post, "jan@example.com"))
    post.clear()
    told(Status.IN_VERIFICATION)
    told(Status.CONFIRMED)
    really = letters.send

    def stumbling(to, *facts, **more):
        if to == ANNA:
            raise SMTPDataError(451, b"try again later")
        really(to, *facts, **more)

    monkeypatch.setattr(letters, "send", stumbling)
    assert tell() == "letters 2, waiting 2"
    assert [letter.to for letter in post] == [["jan@example.com"]] * 2
    monkeypatch.setattr(letters, "send", really)
    assert jobs.tell_news() == "letters 2"
    assert [letter.to for letter in post[2:]] == [[ANNA]] * 2


def test_a_server_that_is_gone_is_asked_five_times_and_then_left_alone(post, confirmed, monkeypatch):
    asked = []

    def gone(*facts, **more):
        asked.append(facts)
        raise SMTPServerDisconnected

    monkeypatch.setattr(letters, "send", gone)
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.HANDED_OVER, Status.CONFIRMED, Status.HANDED_OVER):
        told(status)
    told(Status.CONFIRMED)
    told(Status.ELIMINATED)
    assert tell() == "waiting 7"
    assert len(asked) == letters.MOST_IN_A_ROW


def test_a_letter_is_given_up_after_three_days(post, confirmed, monkeypatch):
    def gone(*_facts, **_more):
        raise SMTPServerDisconnected

    monkeypatch.setattr(letters, "send", gone)
    told(Status.IN_VERIFICATION)
    since = now() - timedelta(days=9)
    db.session.execute(update(Subscription).values(asked_at=since, confirmed_at=since))
    earlier(timedelta(days=4))
    jobs.tell_news()
    monkeypatch.undo()
    assert jobs.tell_news() == ""
    assert post == []


def test_a_mailbox_that_does_not_exist_is_forgotten(confirmed, monkeypatch):
    def refused(to, *_facts, **_more):
        raise SMTPRecipientsRefused({to: (550, b"no such user")})

    monkeypatch.setattr(letters, "send", refused)
    told(Status.IN_VERIFICATION)
    tell()
    assert subscriptions() == []


def test_no_log_names_the_address(confirmed, monkeypatch, caplog):
    def gone(to, *_facts, **_more):
        raise SMTPDataError(451, f"{to}: try again".encode())

    monkeypatch.setattr(letters, "send", gone)
    told(Status.IN_VERIFICATION)
    told_words = tell()
    assert "SMTPDataError" in caplog.text
    assert "anna" not in (caplog.text + told_words).lower()


def test_of_a_protected_kind_the_words_of_the_police_are_not_sent(client, post):
    address = sent(client, category="bezdomny_pomoc", description="Na dworcu")
    confirm(client, ask(client, address, post))
    post.clear()
    told(Status.IN_VERIFICATION, "words about somebody")
    assert tell() == "letters 1"
    assert "words about somebody" not in post[0].body


def test_after_the_end_the_letter_asks_and_the_address_is_forgotten_after_fourteen_days(client, post, confirmed):
    closed()
    assert tell() == "letters 3"
    url = link(post[-1], "/online-reports/")
    assert Page(client, url).soup.select_one(f"a[href='{url}/outcome']")
    changed_at = db.session.scalars(select(StatusChange.changed_at).order_by(StatusChange.id.desc())).first()
    assert subscriptions()[0].ends_at == changed_at + timedelta(days=14)
    assert letters.forget_ended(changed_at + timedelta(days=13)) == 0
    assert letters.forget_ended(changed_at + timedelta(days=14)) == 1


def test_a_case_that_opens_again_keeps_its_address(post, confirmed):
    closed()
    tell()
    told(Status.IN_VERIFICATION)
    assert tell() == "letters 1"
    assert subscriptions()[0].ends_at > now() + timedelta(days=300)


def test_an_address_confirmed_after_the_end_is_forgotten_with_the_others(client, post, address):
    url = ask(client, address, post)
    change = closed()
    db.session.execute(update(Subscription).values(asked_at=now() - timedelta(hours=1)))
    earlier()
    jobs.tell_news()
    confirm(client, url)
    db.session.refresh(change)
    assert subscriptions()[0].ends_at == change.changed_at + timedelta(days=14)


def test_letters_end_at_a_press_of_a_button_and_the_address_is_gone(client, post, confirmed):
    told(Status.IN_VERIFICATION)
    tell()
    url = link(post[0], "/letters")
    page = Page(client, url)
    assert subscriptions()
    assert page.send(to=f"{url}/end").status_code == 303
    assert page.send(to=f"{url}/end").status_code == 303
    assert subscriptions() == []
    told(Status.CONFIRMED)
    assert tell() == ""


def test_whoever_takes_the_report_back_gets_no_letters(client, confirmed):
    Page(client, confirmed).send(to=f"{confirmed}/withdraw")
    assert subscriptions() == []


def test_one_report_has_one_address(client, post, address):
    first = ask(client, address, post, "wrong@example.com")
    second = ask(client, address, post, ANNA)
    assert client.get(first).status_code == 410
    confirm(client, second)
    page = Page(client, f"{address}/letters")
    assert not page.soup.select("[type=email]")
    assert [one.address for one in subscriptions()] == [ANNA]
    assert ANNA not in page.text


def test_nobody_asks_for_letters_about_a_closed_case(client, post, address):
    page = Page(client, f"{address}/letters")
    closed()
    assert not Page(client, address).soup.select(f"a[href='{address}/letters']")
    assert page.send(address=ANNA).status_code == 303
    assert (subscriptions(), post) == ([], [])


@pytest.mark.parametrize(
    "mail",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "anna@example",
        "a b@example.com",
        "anna@example.com\r\nBcc: all@example.com",
        "anna@example.com\nSubject: hello",
        "anna@example.com, jan@example.com",
        "Anna <anna@example.com>",
        "anna@example.com\x00",
        "ąnna@example.com",
        f"{'a' * 250}@example.com",
        "anna@exa\u202emple.com",
    ],
)
def test_what_is_no_address_is_refused_and_no_letter_leaves(client, post, address, mail):
    answer = Page(client, f"{address}/letters").send(address=mail)
    assert answer.status_code == 422
    assert (subscriptions(), post) == ([], [])


def test_nobody_is_flooded_with_letters(app, client, elsewhere, post, address, monkeypatch):
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    counts = {}
    monkeypatch.setattr(traffic, "hit", lambda name, *_more: counts.setdefault(name, []).append(1) or len(counts[name]))
    answers = [Page(elsewhere(), f"{address}/letters").send(address=ANNA) for _attempt in range(5)]
    for answer in answers:
        answer.close()
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429]
    assert ANNA in answers[-1].text
    assert len(post) == 3


def test_the_emergency_notice_stands_in_every_language(client, post, address):
    client.set_cookie("language", "uk")
    confirm(client, ask(client, address, post))
    assert subscriptions()[0].language == "uk"
    told(Status.IN_VERIFICATION)
    tell()
    assert "112" in post[-1].body


# --- the button of a mail program (RFC 8058) ----------------------------------------------------------------------------


@pytest.fixture
def button(client, post, confirmed):
    """The address behind the button, from the letter's header."""
    told(Status.IN_VERIFICATION)
    tell()
    header = post[-1].message()["List-Unsubscribe"]
    assert header.startswith("<http://127.0.0.1:8000/")
    return header.strip("<>").removeprefix("http://127.0.0.1:8000")


def press(client, url):
    """What a mail program sends: no cookies, no token, this one field."""
    return client.post(url, data={"List-Unsubscribe": "One-Click"})


def test_one_click_ends_the_letters_without_a_token_and_again_says_the_same(button, elsewhere):
    for _again in range(2):
        answer = press(elsewhere(), button)
        assert answer.status_code == 200  # RFC 8058, 3.1: no redirect
        assert "no-store" in answer.headers["Cache-Control"]
        assert subscriptions() == []


def test_looking_at_the_button_address_ends_nothing_and_offers_a_button(client, button):
    page = Page(client, button)
    assert len(subscriptions()) == 1
    assert page.send().status_code == 200
    assert subscriptions() == []


def test_the_button_opens_no_report_and_its_key_is_no_receipt(client, button):
    key = button.split("/")[-2]
    assert client.get(f"/online-reports/{key}").status_code == 404
    text = client.get(button).text
    assert the_report().description not in text
    assert the_report().number not in text


@pytest.mark.parametrize("key", ["x", "1-abc", "1-" + "a" * 32, "9" * 30, "٣-a", "a%00b"])
def test_a_button_that_is_none_ends_nothing(client, button, key):
    assert press(client, f"/online-reports/letters/{key}/stop").status_code == 404
    assert len(subscriptions()) == 1


def test_the_key_of_the_page_does_not_press_the_button(client, button):
    key = queries.letter_key(the_report())
    assert press(client, f"/online-reports/letters/{key}/stop").status_code == 404


def test_one_click_is_promised_only_over_tls(app, post):
    for url, promised in (("https://a.example.pl/x", "List-Unsubscribe=One-Click"), ("http://a.example.pl/x", None)):
        send(ANNA, "mail/confirm_letters", stop_url=url, url="u", number="n")
        assert post[-1].message()["List-Unsubscribe"] == f"<{url}>"
        assert post[-1].message()["List-Unsubscribe-Post"] == promised
    send(ANNA, "mail/confirm_letters", url="u", number="n")
    assert "List-Unsubscribe" not in post[-1].message()
