"""Sessions of staff: new ids, their ends, what a page keeps of what was typed, and no row for residents."""

import json
from datetime import timedelta

import pytest
from flask import session
from sqlalchemy import text

from consult.accounts import operations, queries, sessions
from consult.accounts.sign_in import TOKEN, renew_session
from consult.audit import queries as audit
from consult.clock import now
from consult.config import Config
from consult.db import db
from consult.web import traffic, typed
from tests.accounts.makers import PASSWORD, administrator, head, officer, sign_in, sign_in_by_page, unit
from tests.pages import Page

OWN = "/accounts/own"
SESSIONS = "/accounts/own/sessions"
SIGN_IN = "/accounts/sign-in"
FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"}
NEW = "nine brown otters under the bridge"


@pytest.fixture
def elsewhere(elsewhere):
    """Other people's browsers, reading English too."""

    def client():
        made = elsewhere()
        made.set_cookie("language", "en")
        return made

    return client


def is_in(client):
    return client.get(OWN).status_code == 200


def token_of(client):
    with client.session_transaction() as kept:
        return kept.get(TOKEN)


@pytest.fixture
def later(monkeypatch):
    """Let some time pass for sessions: `later(minutes=40)`."""
    lapse = [timedelta()]
    monkeypatch.setattr("consult.accounts.sessions.now", lambda: now() + lapse[0])

    def pass_by(**more):
        lapse[0] += timedelta(**more)

    return pass_by


def rows_of(person):
    with traffic.connection() as connection:
        chosen = text("SELECT * FROM traffic_session WHERE epoch = :epoch")
        return connection.execute(chosen, {"epoch": person.session_key}).all()


def leave(client):
    page = Page(client, OWN)
    return client.post("/accounts/sign-out", data={"csrf_token": page.fields()["csrf_token"]})


def test_a_session_has_a_new_id_of_256_bits_whose_hash_alone_is_kept(client):
    """S61: the id before signing in is not the one after."""
    Page(client, SIGN_IN)
    assert token_of(client) is None
    person = officer()
    sign_in_by_page(client, person)
    first = token_of(client)
    leave(client)
    sign_in_by_page(client, person)
    second = token_of(client)
    assert first != second
    assert len(second) >= 43
    (row,) = rows_of(person)
    assert second not in str(row)
    assert row.hash == queries.token_hash(second)


def test_a_new_password_gives_the_session_a_new_id(client):
    """S61: so does each change of rights; the id of before opens nothing."""
    sign_in_by_page(client, officer())
    before, copied = token_of(client), client.get_cookie("session").value
    answer = Page(client, OWN).send(present=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 302
    assert token_of(client) != before
    assert is_in(client)
    client.set_cookie("session", copied)
    assert not is_in(client)


def test_a_cookie_copied_before_signing_out_is_worth_nothing(client):
    """S62: replayed after signing out, the cookie leads to the sign-in."""
    sign_in_by_page(client, officer())
    copied = client.get_cookie("session").value
    assert leave(client).location == SIGN_IN
    client.set_cookie("session", copied)
    answer = client.get(OWN)
    assert (answer.status_code, answer.location) == (302, f"{SIGN_IN}?next={OWN}")


def test_signing_out_here_leaves_another_device_signed_in(client, elsewhere):
    person, other = officer(), elsewhere()
    sign_in_by_page(client, person)
    sign_in_by_page(other, person)
    leave(client)
    assert not is_in(client)
    assert is_in(other)


@pytest.mark.parametrize(
    "cookie", ["", "x", ".", "eyJfdXNlcl9pZCI6IjEifQ.aSBQYA.wrong", "a.b.c.d", "%00", "é", "A" * 3000]
)
def test_a_tampered_cookie_begins_a_new_anonymous_session(client, cookie):
    """S63: never a 500."""
    client.set_cookie("session", cookie)
    assert client.get(OWN).status_code == 302
    assert Page(client, SIGN_IN).send(email=officer().email, password=PASSWORD).status_code == 302


def test_a_cookie_of_another_installation_is_no_session(client, monkeypatch):
    """S63: signed with another key, it is nobody's."""
    sign_in_by_page(client, officer())
    monkeypatch.setattr(client.application, "secret_key", "the key of another installation, long enough")
    assert client.get(OWN).status_code == 302
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("value", [7, None, ["x"], {"a": 1}, "x" * 5000, "\x00", "\ud800"])
def test_an_id_that_is_none_is_nobody(client, value):
    """S63: whatever stands where the id is expected."""
    with client.session_transaction() as kept:
        kept[TOKEN] = value
    assert client.get(OWN).status_code == 302


def test_a_session_ends_after_half_an_hour_of_nothing(client, later):
    """S64: idle for 31 minutes; each request begins the half hour anew."""
    sign_in_by_page(client, officer())
    for _half in range(2):
        later(minutes=29)
        assert is_in(client)
    later(minutes=31)
    assert not is_in(client)


def test_a_session_ends_with_the_shift_however_busy_it_is(client, later):
    """S64: twelve hours in any case."""
    sign_in_by_page(client, officer())
    for quarter in range(1, 48):
        later(minutes=15)
        assert is_in(client), quarter
    later(minutes=15, seconds=1)
    assert not is_in(client)


def test_what_an_open_page_asks_by_itself_is_no_sign_of_its_reader(client, later):
    """S64: otherwise minutes left open would keep a session alive all day."""
    sign_in_by_page(client, officer())
    later(minutes=29)
    client.get("/debates/1/statements/state")
    later(minutes=3)
    assert not is_in(client)


def test_that_somebody_is_there_is_written_down_once_a_minute(client, later):
    person = officer()
    sign_in_by_page(client, person)
    seen = rows_of(person)[0].seen_at
    later(seconds=50)
    assert is_in(client)
    assert rows_of(person)[0].seen_at == seen
    later(seconds=20)
    assert is_in(client)
    assert rows_of(person)[0].seen_at > seen


TYPED = {"text": "Auta stoją na chodniku przy szkole.\r\nOd rana do południa.", "kind": "threat", "marks": ["1", "2"]}
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Origin": "http://localhost"}


def typed_form(client, **more):
    page = Page(client, OWN)
    return {**TYPED, "csrf_token": page.fields()["csrf_token"], **more}


def send_on(client, page):
    form = page.soup.select_one("main form")
    fields = [(field["name"], field["value"]) for field in form.select("input[name]")]
    assert form["action"] == "/debates/7/statements"
    return fields


def sign_in_on(client, page, person):
    fields = page.fields(page.soup.select_one("main form"))
    return client.post(SIGN_IN, data={**fields, "email": person.email, "password": PASSWORD})


def test_what_was_typed_survives_the_end_of_the_session(client, later):
    """S64: the page that asks to sign in carries it along, and then shows it with a button that sends it."""
    person = officer()
    sign_in_by_page(client, person)
    form = typed_form(client)
    later(minutes=40)
    answer = client.post("/debates/7/statements", data=form, headers=BROWSER)
    assert answer.status_code == 401
    asked = Page.of(client, SIGN_IN, answer)
    assert "What you typed is not lost" in asked.text
    assert "Your session has ended" in asked.text
    shown = Page.of(client, SIGN_IN, sign_in_on(client, asked, person))
    assert "Auta stoją na chodniku przy szkole." in shown.soup.select_one("main blockquote").text
    fields = send_on(client, shown)
    assert ("text", TYPED["text"]) in [
        (name, value.replace("\r\n", "\n").replace("\n", "\r\n")) for name, value in fields
    ]
    assert [value for name, value in fields if name == "marks"] == ["1", "2"]
    assert ("csrf_token", form["csrf_token"]) not in fields
    assert client.post("/debates/7/statements", data=dict(fields), headers=BROWSER).status_code == 404, "it got through"


def test_a_wrong_password_on_the_way_loses_nothing(client, later):
    """S64: the text goes through a second try."""
    person = officer()
    sign_in_by_page(client, person)
    form = typed_form(client)
    later(minutes=40)
    asked = Page.of(client, SIGN_IN, client.post("/debates/7/statements", data=form, headers=BROWSER))
    fields = asked.fields(asked.soup.select_one("main form"))
    wrong = client.post(SIGN_IN, data={**fields, "email": person.email, "password": "not the right one"})
    again = Page.of(client, SIGN_IN, wrong)
    assert "przy szkole" in Page.of(client, SIGN_IN, sign_in_on(client, again, person)).text


def test_what_was_typed_survives_signing_in_beside_it(client):
    """S64: signed in again in another tab, the old tab's token is no good, but its text is offered once more."""
    person = officer()
    sign_in_by_page(client, person)
    form = typed_form(client)
    leave(client)
    sign_in_by_page(client, person)
    answer = client.post("/debates/7/statements", data=form, headers=BROWSER)
    assert answer.status_code == 400
    fields = dict(send_on(client, Page.of(client, "", answer)))
    assert client.post("/debates/7/statements", data=fields, headers=BROWSER).status_code == 404, "it got through"


def test_what_was_typed_survives_signing_out_beside_it(client):
    """S64: a form without any session asks to sign in and keeps what it held."""
    person = officer()
    sign_in_by_page(client, person)
    form = typed_form(client)
    leave(client)
    answer = client.post("/debates/7/statements", data=form, headers=BROWSER)
    assert answer.status_code == 401
    shown = Page.of(client, SIGN_IN, sign_in_on(client, Page.of(client, SIGN_IN, answer), person))
    send_on(client, shown)


def test_the_form_is_opened_again_with_what_was_typed(client, later):
    """S64: whoever wants to change something first gets the form as it was, and nothing is saved meanwhile."""
    person = head()
    sign_in_by_page(client, person)
    address = "/threats/reason-templates/new"
    page = Page(client, address)
    form = page.fields() | {"title": "Znak", "text": "Ustawiono znak B-36 i zamalowano linie."}
    later(minutes=40)
    asked = Page.of(client, SIGN_IN, client.post(address, data=form, headers=BROWSER))
    shown = Page.of(client, SIGN_IN, sign_in_on(client, asked, person))
    (button,) = shown.soup.select("main button[name=in_language]")
    fields = shown.fields() | {"in_language": button["value"]}
    opened = Page.of(client, address, client.post(address, data=fields, headers=BROWSER))
    assert opened.fields()["title"] == "Znak"
    assert opened.fields()["text"].strip() == form["text"]
    assert not opened.soup.select("main .govuk-error-message")
    assert "Znak" not in Page(client, "/threats/reason-templates").text
    assert opened.send().status_code == 302
    assert "Znak" in Page(client, "/threats/reason-templates").text


def test_a_colleague_at_the_same_computer_sees_nothing_of_it(client, later):
    """S64: police stations share computers; the page that asks to sign in holds it sealed, for its writer alone."""
    person, colleague = officer(), officer()
    sign_in_by_page(client, person)
    form = typed_form(client)
    later(minutes=40)
    asked = Page.of(client, SIGN_IN, client.post("/debates/7/statements", data=form, headers=BROWSER))
    assert "przy szkole" not in asked.text
    answer = sign_in_on(client, asked, colleague)
    assert answer.location == "/today"
    assert "A colleague was typing something here" in Page(client, "/today").text
    leave(client)
    again = Page.of(client, SIGN_IN, sign_in_on(client, Page.of(client, SIGN_IN, asked_again(client, asked)), person))
    assert "przy szkole" in again.text


def asked_again(client, asked):
    """The same page as it stands in another window: with a wrong password it comes once more."""
    fields = asked.fields(asked.soup.select_one("main form"))
    token = Page(client, SIGN_IN).fields()["csrf_token"]
    return client.post(SIGN_IN, data={**fields, "csrf_token": token, "email": "x@example.pl", "password": "wrong one"})


def test_a_form_left_open_is_not_sent_under_the_name_of_who_signed_in_beside_it(client):
    """S64: neither saved nor offered."""
    sign_in_by_page(client, officer())
    form = typed_form(client)
    leave(client)
    sign_in_by_page(client, officer())
    answer = client.post("/debates/7/statements", data=form, headers=BROWSER)
    assert answer.status_code == 400
    assert "przy szkole" not in answer.text


def test_what_was_typed_survives_signing_in_elsewhere_while_it_waits(client, later):
    """S64: the page that asks to sign in is sent after another tab has signed in."""
    person = officer()
    sign_in_by_page(client, person)
    form = typed_form(client)
    later(minutes=40)
    asked = Page.of(client, SIGN_IN, client.post("/debates/7/statements", data=form, headers=BROWSER))
    sign_in_by_page(client, person)
    fields = asked.fields(asked.soup.select_one("main form"))
    sent = fields | {"email": person.email, "password": PASSWORD}
    answer = client.post(SIGN_IN, data=sent, headers=BROWSER)
    assert answer.status_code == 400
    send_on(client, Page.of(client, SIGN_IN, answer))
    again = client.post(SIGN_IN, data=sent | {"csrf_token": Page(client, OWN).fields()["csrf_token"]})
    send_on(client, Page.of(client, SIGN_IN, again))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 400),
        ({"Origin": ""}, 400),
    ],
)
def test_another_site_cannot_have_its_form_offered(client, headers, status):
    """S64, S66: nothing of a form that another site sends is shown, signed in or not."""
    person = officer()
    for sign in (lambda: None, lambda: sign_in_by_page(client, person)):
        sign()
        answer = client.post("/debates/7/statements", data=TYPED, headers={"Accept": "text/html", **headers})
        assert answer.status_code == status
        assert "przy szkole" not in answer.text


def test_passwords_are_never_carried_along(client, later):
    """S64: a form of passwords that came too late is typed anew."""
    sign_in_by_page(client, officer())
    form = Page(client, OWN).fields() | {"present": PASSWORD, "password": NEW, "again": NEW}
    later(minutes=40)
    answer = client.post(OWN, data=form, headers=BROWSER)
    assert answer.status_code == 302
    assert NEW not in answer.text


def test_a_program_of_ours_is_sent_to_the_sign_in_as_before(client, later):
    """S64: live minutes keep their lines on the device until they are taken; they look for this answer."""
    sign_in_by_page(client, officer())
    form = typed_form(client)
    later(minutes=40)
    answer = client.post("/debates/7/statements", data=form, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.location) == (302, SIGN_IN)


@pytest.mark.parametrize(
    "kept",
    [
        "x",
        "[]",
        "{}",
        "null",
        '{"to": 7}',
        json.dumps({"to": "//evil.example/x", "fields": [["a", "b"]], "files": False, "parts": False, "whose": None}),
        json.dumps(
            {"to": "https://evil.example/x", "fields": [["a", "b"]], "files": False, "parts": False, "whose": None}
        ),
        json.dumps(
            {"to": "/online-reports/new", "fields": [["a", "b"]], "files": False, "parts": False, "whose": None}
        ),
        json.dumps({"to": "/nothing-here", "fields": [["a", "b"]], "files": False, "parts": False, "whose": None}),
        json.dumps({"to": "/debates/7/statements", "fields": "ab", "files": False, "parts": False, "whose": None}),
    ],
)
def test_what_no_page_of_ours_carried_is_left_out(client, kept):
    """S64, S72: the field leads nowhere but to a form of staff."""
    with client.application.test_request_context():
        sealed = typed._seal().encrypt(kept.encode()).decode()
    for said in (kept, sealed):
        assert Page(client, SIGN_IN).send(email=officer().email, password=PASSWORD, typed=said).location == "/today"
        leave(client)


def test_files_are_asked_for_again(client, later):
    """S64: they cannot stand in a page, and a form is not sent on without them."""
    from io import BytesIO

    person = officer()
    sign_in_by_page(client, person)
    form = typed_form(client, scan=(BytesIO(b"x"), "scan.jpg"))
    later(minutes=40)
    answer = client.post("/debates/7/statements", data=form, headers=BROWSER)
    shown = Page.of(client, SIGN_IN, sign_in_on(client, Page.of(client, SIGN_IN, answer), person))
    assert "choose the files again" in shown.text
    assert shown.soup.select_one("main form") is None


def test_a_session_that_was_ended_while_a_request_runs_does_not_come_back(client, later, monkeypatch):
    """S65: SecureDrop's race. The administrator ends it between the first look and the last word of a request."""
    person = officer()
    sign_in_by_page(client, person)
    view = client.application.view_functions["accounts.own"]

    def meanwhile(**values):
        operations.end_sessions(queries.account(person.id), 0)
        db.session.commit()
        session["something"] = "new"
        return view(**values)

    later(minutes=5)
    monkeypatch.setitem(client.application.view_functions, "accounts.own", meanwhile)
    assert client.get(OWN).status_code in {200, 302}
    monkeypatch.setitem(client.application.view_functions, "accounts.own", view)
    assert not is_in(client)
    assert rows_of(person) == []


def test_a_session_that_was_ended_cannot_be_renewed(app):
    """S65: a new id is given to a row that is there, and to no other."""
    person = officer()
    with app.test_request_context():
        session[TOKEN] = sessions.begin(person, "Firefox")
        sessions.end_all(person)
        assert renew_session(person) is False
        assert TOKEN not in session
    assert rows_of(person) == []


def test_a_sign_in_that_began_before_a_new_password_does_not_outlive_it(client):
    """S65: its row may come late; it is of an epoch that is over."""
    person = officer()
    sign_in_by_page(client, person)
    with traffic.connection() as connection:
        late = connection.execute(
            text("SELECT * FROM traffic_session WHERE epoch = :e"), {"e": person.session_key}
        ).one()
    operations.end_sessions(person, 0)
    db.session.commit()
    with traffic.connection() as connection:
        connection.execute(
            text("INSERT INTO traffic_session VALUES (:hash, :handle, :account_id, :epoch, :stage, :steps, :device, "
                 ":began_at, :seen_at, :ends_at)"),
            dict(late._mapping),
        )  # fmt: skip
    assert not is_in(client)


def test_a_password_that_was_replaced_while_it_was_checked_lets_nobody_in(app, monkeypatch):
    """S65: whoever knew the old one may be the reason for the new one."""
    person = officer()
    email, matches = person.email, operations.passwords.matches

    def replaced(kept, password):
        found = matches(kept, password)
        queries.by_email(email).password_hash = "another"
        db.session.commit()
        return found

    monkeypatch.setattr("consult.accounts.passwords.matches", replaced)
    assert operations.authenticate(email, PASSWORD) is None


def test_closing_an_account_ends_its_sessions_at_once(client, elsewhere):
    """S60: all of them, on every device."""
    person, chief, second = officer(), head(), elsewhere()
    sign_in(client, person)
    sign_in(second, person)
    desk = sign_in(elsewhere(), chief)
    assert is_in(client)
    assert Page(desk, f"/accounts/{person.id}/end").send(successor="0").status_code == 302
    assert not is_in(client)
    assert not is_in(second)
    assert rows_of(person) == []


def test_a_new_password_signs_out_everywhere_else(client, elsewhere):
    """S60: by the own page here and everywhere else."""
    person, other = officer(), elsewhere()
    sign_in(client, person)
    sign_in(other, person)
    Page(client, OWN).send(present=PASSWORD, password=NEW, again=NEW)
    assert is_in(client)
    assert not is_in(other)
    assert len(rows_of(person)) == 1


def test_a_person_sees_where_the_account_is_signed_in_and_ends_one(client, elsewhere):
    person, other = officer(), elsewhere()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX["User-Agent"]
    sign_in_by_page(client, person)
    sign_in_by_page(other, person)
    page = Page(client, SESSIONS)
    assert "Firefox, Windows" in page.text
    assert page.text.count("This one") == 1
    ends = [form["action"] for form in page.soup.select("main td form")]
    here = page.soup.find("strong", string="This one").find_parent("tr").find("form")["action"]
    (there,) = set(ends) - {here}
    assert page.send(to=there).location == SESSIONS
    assert not is_in(other)
    assert is_in(client)
    assert Page(client, SESSIONS).send(to=here).location == SIGN_IN
    assert not is_in(client)


def test_a_person_ends_all_other_sessions(client, elsewhere):
    person, other = officer(), elsewhere()
    sign_in(client, person)
    sign_in(other, person)
    assert Page(client, SESSIONS).send(to=f"{SESSIONS}/end-others").location == SESSIONS
    assert is_in(client)
    assert not is_in(other)
    assert "end_sessions" in [entry.act for entry in audit.of_object("account", person.id)]


def test_nobody_ends_the_session_of_somebody_else_by_its_name(client, elsewhere):
    mine, theirs = officer(), officer()
    sign_in(client, mine)
    other = sign_in(elsewhere(), theirs)
    (row,) = rows_of(theirs)
    assert Page(client, SESSIONS).send(to=f"{SESSIONS}/{row.handle}/end").status_code == 404
    assert is_in(other)


def test_heads_and_administrators_sign_accounts_of_their_scope_out(client, elsewhere):
    person, chief = officer(), head()
    sign_in(client, person)
    desk = sign_in(elsewhere(), chief)
    page = Page(desk, f"/accounts/{person.id}")
    assert "last used" in page.text
    assert page.send(to=f"/accounts/{person.id}/sessions/end").status_code == 302
    assert not is_in(client)
    entry = [one for one in audit.of_object("account", person.id) if one.act == "end_sessions"][-1]
    assert (entry.actor_id, entry.unit_path) == (chief.id, "pl/10/1003/")


def test_sessions_of_another_scope_and_of_higher_roles_are_left_alone(client, elsewhere):
    theirs, admin = officer(unit("1019", "KPP Zduńska Wola")), administrator()
    other, above = sign_in(elsewhere(), theirs), sign_in(elsewhere(), admin)
    sign_in(client, head())
    page = Page(client, OWN)
    assert page.send(to=f"/accounts/{theirs.id}/sessions/end").status_code == 404
    assert page.send(to=f"/accounts/{admin.id}/sessions/end").status_code == 403
    assert is_in(other)
    assert is_in(above)


def test_residents_have_no_row(client):
    with traffic.connection() as connection:
        before = connection.execute(text("SELECT count(*) FROM traffic_session")).scalar_one()
    for address in ("/", SIGN_IN, "/threats", "/accounts/forgotten-password", OWN):
        client.get(address)
    assert client.get_cookie("session"), "the token of a form"
    with traffic.connection() as connection:
        assert connection.execute(text("SELECT count(*) FROM traffic_session")).scalar_one() == before


def test_sessions_that_are_over_are_forgotten_when_somebody_signs_in(client, later):
    gone = officer()
    sign_in(client, gone)
    later(minutes=45)
    sign_in(client, officer())
    assert rows_of(gone) == []


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX["User-Agent"], "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15", "Safari, macOS"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_named_as_its_owner_would(agent, device):
    assert sessions.device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "name", "is_secure"),
    [("https://kmzb.example.pl", "__Host-session", True), ("http://127.0.0.1:8000", "session", False)],
)
def test_the_cookie_belongs_to_one_host_where_there_is_tls(tmp_path, address, name, is_secure):
    """A cookie that begins with __Host- is taken by browsers only over TLS, for one host and its whole tree."""
    from consult.app import create_app

    settings = {
        "PUBLIC_URL": address,
        "INSTANCE_PATH": str(tmp_path),
        "TRUSTED_HOSTS": "localhost",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'c.db'}",
    }
    app = create_app(Config.from_environment(settings))
    with app.app_context():
        db.create_all()
        answer = app.test_client().get(SIGN_IN, base_url="https://localhost" if is_secure else "http://localhost")
        db.session.remove()
        db.engine.dispose()
    cookie = next(said for said in answer.headers.getlist("Set-Cookie") if "session=" in said)
    parts = [part.strip() for part in cookie.split(";")]
    assert parts[0].startswith(f"{name}=")
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(parts)
    assert ("Secure" in parts) is is_secure
    assert not [part for part in parts if part.startswith("Domain")]
