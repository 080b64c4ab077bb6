"""The second step of signing in: each code once, nobody past it, and a way back for who lost the telephone."""

import base64
import re
import threading
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from consult.accounts import one_time_codes, queries, second_step, seeds
from consult.accounts.models import RecoveryCode, SecondStep
from consult.accounts.one_time_codes import code_of, new_seed, read_recovery_code, spelled
from consult.accounts.seeds import Purpose
from consult.app import create_app
from consult.audit import queries as audit
from consult.clock import now
from consult.config import Config, ConfigurationRefused
from consult.db import db, read_only
from consult.web import traffic
from tests.accounts.makers import PASSWORD, account, head, officer, sign_in, unit
from tests.accounts.test_sessions import BROWSER, OWN, SIGN_IN, is_in, later, leave, rows_of, token_of  # noqa: F401
from tests.apart import application
from tests.conftest import Client
from tests.pages import Page

STEP = "/accounts/second-step"
SET_UP = "/accounts/second-step/set-up"
OWN_STEP = "/accounts/own/second-step"


@pytest.fixture
def clock(monkeypatch):
    """Let half minutes pass for codes: `clock(2)`."""
    middle = now().replace(second=15, microsecond=0)
    lapse = [timedelta()]
    monkeypatch.setattr("consult.accounts.second_step.now", lambda: middle + lapse[0])

    def pass_by(steps):
        lapse[0] += timedelta(seconds=30 * steps)

    pass_by.code = lambda seed, off=0: code_of(seed, int((middle + lapse[0]).timestamp()) // 30 + off)
    return pass_by


@pytest.fixture
def required(app, monkeypatch):
    monkeypatch.setitem(app.config, "SECOND_STEP", "required")


def secured(person):
    """Give an account its second step; gives its seed and its recovery codes."""
    seed = new_seed()
    codes = second_step.set_up(person, seed, 0)
    db.session.commit()
    return seed, codes


def after_password(client, person):
    answer = Page(client, SIGN_IN).send(email=person.email, password=PASSWORD)
    assert answer.status_code == 302
    return answer.location


def seed_on(page):
    return page.soup.select_one("main code").text.replace(" ", "")


def codes_on(answer):
    return [read_recovery_code(code) for code in re.findall(r"<code>([^<]+)</code>", answer.text)]


# The codes themselves


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(at, code):
    """The standard's own examples, in their last six digits."""
    seed = base64.b32encode(b"12345678901234567890").decode()
    assert code_of(seed, at // 30) == code
    assert one_time_codes.step_of(seed, f" {code[:3]} {code[3:]} ", at) == at // 30


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123456\x00", "x" * 100_000])
def test_what_is_no_code_is_of_no_step(text):
    assert one_time_codes.step_of(new_seed(), text, 0) is None


def test_a_recovery_code_is_read_as_people_write_it():
    code = one_time_codes.new_recovery_codes()[0]
    assert len(code) == 24
    assert read_recovery_code(spelled(code).lower()) == code
    assert read_recovery_code("-".join(code)) == code
    assert read_recovery_code(code[:-1]) == read_recovery_code(code + "0") == read_recovery_code("ł" * 24) == ""
    assert read_recovery_code("OIL0" * 6) == "0110" * 6


def test_a_seal_opens_for_its_account_purpose_and_key_alone():
    seal = seeds.sealed("ABC", 7, Purpose.KEPT, "one key")
    assert "ABC" not in seal
    assert seeds.opened(seal, 7, Purpose.KEPT, "one key") == "ABC"
    assert seeds.opened(seal, 8, Purpose.KEPT, "one key") is None
    assert seeds.opened(seal, 7, Purpose.OFFERED, "one key") is None
    assert seeds.opened(seal, 7, Purpose.KEPT, "another key") is None
    assert seeds.opened("x", 7, Purpose.KEPT, "one key") is None
    assert seeds.opened("ł\x00", 7, Purpose.KEPT, "one key") is None


def test_an_offer_is_good_for_an_hour(monkeypatch):
    import time

    seal = seeds.sealed("ABC", 7, Purpose.OFFERED, "one key")
    late = time.time() + seeds.OFFER_LIFE_S + 2
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: late)
    assert seeds.opened(seal, 7, Purpose.OFFERED, "one key") is None


# Setting it up


def set_up(client, clock, **more):
    page = Page(client, SET_UP)
    seed = seed_on(page)
    return seed, page.send(code=clock.code(seed), **more)


def test_a_person_sets_it_up_with_a_picture_or_the_secret(client, clock, letters):
    person = officer()
    sign_in(client, person)
    before = token_of(client)
    page = Page(client, SET_UP)
    seed = seed_on(page)
    field = page.soup.select_one("input[name=code]")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    picture = base64.b64decode(page.soup.select_one("main img")["src"].partition("base64,")[2])
    assert picture.startswith(b"<svg")
    answer = page.send(code=clock.code(seed), present=PASSWORD)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    codes = codes_on(answer)
    assert len(set(codes)) == 10
    assert all(codes)
    assert token_of(client) != before, "S61: a new id at a change of rights"
    assert is_in(client)
    assert "set_second_step" in [entry.act for entry in audit.of_object("account", person.id)]
    answer.close()
    assert "A second step of signing in was set up" in letters[0].body
    onward = Page.of(client, SET_UP, answer)
    assert client.post(SIGN_IN, data=onward.fields(onward.soup.select_one("main form"))).location == OWN_STEP
    assert "Recovery codes left" in Page(client, OWN_STEP).text


def test_the_picture_says_whose_and_where(app):
    parts = urlsplit(one_time_codes.address("ABC", "anna@policja.example", "kmzb.example.pl"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/kmzb.example.pl:anna%40policja.example"
    assert parse_qs(parts.query) == {"secret": ["ABC"], "issuer": ["kmzb.example.pl"]}


def test_neither_seed_nor_recovery_codes_can_be_read_from_the_database(client, clock):
    person = officer()
    sign_in(client, person)
    seed, answer = set_up(client, clock, present=PASSWORD)
    kept = db.session.scalar(select(SecondStep).where(SecondStep.account_id == person.id))
    assert seed not in kept.seed
    hashes = db.session.scalars(select(RecoveryCode.code_hash).where(RecoveryCode.account_id == person.id)).all()
    assert len(hashes) == 10
    assert not set(codes_on(answer)) & set(hashes)


def test_nothing_is_set_up_without_the_password_or_by_another_code(client, clock):
    person = officer()
    sign_in(client, person)
    seed, answer = set_up(client, clock, present="not the right one")
    assert answer.status_code == 422
    assert "The present password is wrong" in answer.text
    assert seed_on(Page.of(client, SET_UP, answer)) == seed, "what was scanned stays"
    answer = Page(client, SET_UP).send(code="000000", present=PASSWORD)
    assert answer.status_code == 422
    assert "The app shows another code" in answer.text
    assert not second_step.has_one(person)


def test_a_seed_that_we_did_not_offer_to_this_account_is_refused(client, clock):
    sign_in(client, officer())
    seed = new_seed()
    for seal in ("x", seeds.sealed(seed, 1_000_000, Purpose.OFFERED, client.application.config["SECRET_KEY"])):
        answer = Page(client, SET_UP).send(code=clock.code(seed), seal=seal, present=PASSWORD)
        assert answer.status_code == 422
        assert "The page was open for too long" in answer.text


def test_setting_it_up_signs_out_everywhere_else(client, clock, elsewhere):
    person, other = officer(), elsewhere()
    sign_in(client, person)
    sign_in(other, person)
    set_up(client, clock, present=PASSWORD)
    assert is_in(client)
    assert not is_in(other)


# Signing in


def test_the_code_lets_in_and_the_password_alone_does_not(client, clock):
    person = officer()
    seed, _codes = secured(person)
    assert after_password(client, person) == STEP
    assert not is_in(client)
    assert client.get("/today").status_code == 302
    waiting = client.get_cookie("session").value
    assert rows_of(person)[0].stage == "waiting"
    assert Page(client, STEP).send(code=clock.code(seed)).location == "/today"
    assert is_in(client)
    assert [row.stage for row in rows_of(person)] == ["whole"]
    client.set_cookie("session", waiting)
    assert not is_in(client), "S61: the id of before the second step opens nothing"
    assert client.get(STEP).status_code == 302


def test_a_code_is_taken_once(client, clock, elsewhere):
    """S79: used twice, it is refused."""
    person = officer()
    seed, _codes = secured(person)
    code = clock.code(seed)
    other = elsewhere()
    other.set_cookie("language", "en")
    for one in (client, other):
        after_password(one, person)
    assert Page(client, STEP).send(code=code).status_code == 302
    answer = Page(other, STEP).send(code=code)
    assert answer.status_code == 422
    assert "was used already" in answer.text
    clock(1)
    assert Page(other, STEP).send(code=clock.code(seed)).status_code == 302


@pytest.mark.parametrize(("off", "status"), [(-1, 302), (0, 302), (1, 302), (-2, 422), (2, 422), (-5, 422), (5, 422)])
def test_a_clock_half_a_minute_off_is_forgiven(client, clock, off, status):
    """S79: one step is well, five are not."""
    person = officer()
    seed, _codes = secured(person)
    after_password(client, person)
    assert Page(client, STEP).send(code=clock.code(seed, off)).status_code == status


def test_a_code_of_before_the_last_one_is_refused(client, clock):
    """S79: after the next step's code, this step's is old."""
    person = officer()
    seed, _codes = secured(person)
    after_password(client, person)
    assert Page(client, STEP).send(code=clock.code(seed, 1)).status_code == 302
    leave(client)
    after_password(client, person)
    assert Page(client, STEP).send(code=clock.code(seed, 0)).status_code == 422


def test_the_code_that_set_it_up_lets_nobody_in(client, clock):
    """S79: it was taken."""
    person = officer()
    sign_in(client, person)
    seed, _answer = set_up(client, clock, present=PASSWORD)
    leave(client)
    after_password(client, person)
    assert Page(client, STEP).send(code=clock.code(seed)).status_code == 422


def test_a_code_of_somebody_else_is_wrong(client, clock):
    mine, theirs = officer(), officer()
    secured(mine)
    seed, codes = secured(theirs)
    after_password(client, mine)
    assert Page(client, STEP).send(code=clock.code(seed)).status_code == 422
    assert Page(client, STEP).send(recovery=codes[0]).status_code == 422


def test_neither_code_is_asked_for(client):
    person = officer()
    secured(person)
    after_password(client, person)
    answer = Page(client, STEP).send()
    assert answer.status_code == 422
    assert "or a recovery code" in answer.text


def test_a_recovery_code_opens_once_and_its_owner_hears_of_it(client, letters):
    """S81: used, it says what a wrong one says."""
    person = officer()
    _seed, codes = secured(person)
    after_password(client, person)
    answer = Page(client, STEP).send(recovery=spelled(codes[3]).lower())
    assert answer.location == "/today"
    answer.close()
    assert "Recovery codes left: 9." in letters[0].body
    assert "use_recovery_code" in [entry.act for entry in audit.of_object("account", person.id)]
    leave(client)
    after_password(client, person)
    used, wrong = Page(client, STEP).send(recovery=codes[3]), Page(client, STEP).send(recovery="0" * 24)
    assert used.status_code == wrong.status_code == 422
    said = [Page.of(client, STEP, page).soup.select_one(".govuk-error-summary").text for page in (used, wrong)]
    assert said[0] == said[1]


def test_the_way_on_is_kept(client, clock):
    person = officer()
    seed, _codes = secured(person)
    answer = Page(client, client.get("/accounts/own?x=1").location).send(email=person.email, password=PASSWORD)
    page = Page(client, answer.location)
    assert page.send(code="000000").status_code == 422
    assert page.send(code=clock.code(seed)).location == "/accounts/own?x=1"


@pytest.mark.parametrize("address", ["//evil.com", "/\\evil.com", "https:///evil.com", "javascript:alert(1)"])
def test_the_way_on_leads_out_of_the_house_no_more_than_before(client, clock, address):
    """S72: through the second step, too."""
    person = officer()
    seed, _codes = secured(person)
    after_password(client, person)
    assert Page(client, STEP).send(code=clock.code(seed), next=address).location == "/today"


def test_what_was_typed_goes_through_the_second_step(client, clock, later):  # noqa: F811
    """S64: password, wrong code, right code, and the text is there."""
    person = officer()
    sign_in(client, person)
    form = Page(client, OWN).fields() | {"text": "Auta stoją na chodniku przy szkole."}
    seed, _codes = secured(person)
    later(minutes=40)
    asked = Page.of(client, SIGN_IN, client.post("/debates/7/statements", data=form, headers=BROWSER))
    fields = asked.fields(asked.soup.select_one("main form"))
    step = client.post(SIGN_IN, data=fields | {"email": person.email, "password": PASSWORD})
    assert step.status_code == 200
    for code in ("000000", clock.code(seed)):
        page = Page.of(client, STEP, step)
        step = client.post(STEP, data=page.fields(page.soup.select_one("main form")) | {"code": code})
    assert "Auta stoją na chodniku" in Page.of(client, STEP, step).soup.select_one("blockquote").text


def test_the_second_step_has_ten_minutes(client, clock, later):  # noqa: F811
    person = officer()
    seed, _codes = secured(person)
    after_password(client, person)
    page = Page(client, STEP)
    later(minutes=11)
    answer = page.send(code=clock.code(seed), next="/accounts/own")
    assert (answer.status_code, answer.location) == (302, "/accounts/sign-in?next=/accounts/own")
    answer = page.send(code=clock.code(seed), typed='{"to": "/debates/7/statements"}')
    assert answer.status_code == 401
    assert not is_in(client)


def test_the_second_step_is_no_page_without_a_password(client):
    for address in (STEP, SET_UP):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (302, SIGN_IN)


def test_a_password_alone_replaces_nobodys_second_step(client, clock):
    """The page that sets up is closed to whoever waits and has a second step already."""
    person = officer()
    secured(person)
    after_password(client, person)
    assert client.get(SET_UP).status_code == 302
    assert client.post(SET_UP, data={"csrf_token": Page(client, STEP).fields()["csrf_token"]}).status_code == 302
    assert client.get(OWN_STEP).status_code == 302


def test_closing_the_account_ends_the_waiting(client, clock):
    """S60: between the password and the code, too."""
    from consult.accounts import operations

    person = officer()
    seed, _codes = secured(person)
    after_password(client, person)
    operations.leave(queries.account(person.id), None, 0)
    db.session.commit()
    assert Page(client, SIGN_IN)
    answer = client.post(
        STEP, data={"csrf_token": Page(client, SIGN_IN).fields()["csrf_token"], "code": clock.code(seed)}
    )
    assert (answer.status_code, answer.location) == (302, SIGN_IN)


def test_wrong_codes_are_told_to_the_owner(client, clock):
    person = officer()
    seed, _codes = secured(person)
    traffic.take_refused_sign_ins(person.id)
    after_password(client, person)
    page = Page(client, STEP)
    for code in ("111111", "222222"):
        page.send(code=code)
    page.send(code=clock.code(seed))
    assert "tried wrong passwords 2 times" in Page(client, OWN).text


def test_with_another_key_no_code_is_right_and_the_log_says_why(client, clock, caplog, monkeypatch):
    person = officer()
    seed, codes = secured(person)
    monkeypatch.setattr("consult.accounts.second_step._secret", lambda: "another key, of another installation")
    after_password(client, person)
    assert Page(client, STEP).send(code=clock.code(seed)).status_code == 422
    assert "SECRET_KEY has changed" in caplog.text
    assert Page(client, STEP).send(recovery=codes[0]).status_code == 302


# At once, and too often


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with application(tmp_path_factory.mktemp("second")) as app:
        app.test_client_class = Client
        yield app


def at_once(app, work, number=8):
    """Do something from several threads at the same moment; gives what each got."""
    got, gate = [], threading.Barrier(number)

    def one():
        with app.app_context():
            read_only(False)
            gate.wait(30)
            got.append(work())
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=one) for _one in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


def test_of_eight_who_send_one_code_at_once_one_gets_in(apart):
    """S79: a conditional update, and never a look before."""
    person = officer()
    seed, codes = secured(person)
    number, step = person.id, int(now().timestamp()) // 30
    db.session.remove()
    code = code_of(seed, step)
    assert sum(at_once(apart, lambda: second_step.take_code(queries.account(number), code))) == 1
    assert sum(at_once(apart, lambda: second_step.take_recovery_code(queries.account(number), codes[0]))) == 1


@pytest.fixture
def limited(apart):
    names = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "INSTANCE", "REPORTS_OUT")
    app = create_app(Config(**{name: apart.config[name] for name in names}, TESTING=True))
    app.test_client_class = Client
    with app.app_context():
        yield app
        traffic.forget_all()
        db.session.remove()
        db.engine.dispose()


def test_codes_are_guessed_five_times_a_minute_from_whatever_network(limited, monkeypatch):
    """S79, S80: the limit comes before the check, and counts by the account."""
    person = officer()
    seed, _codes = secured(person)
    person = SimpleNamespace(email=person.email)
    db.session.remove()
    clients = [limited.test_client() for _one in range(2)]
    for number, client in enumerate(clients):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        after_password(client, person)
    pages = [Page(client, STEP) for client in clients]
    assert [pages[number % 2].send(code="000000").status_code for number in range(5)] == [422] * 5
    monkeypatch.setattr("consult.accounts.second_step.take_code", lambda *_: pytest.fail("the limit comes first"))
    answer = pages[1].send(code=code_of(seed, int(now().timestamp()) // 30))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


# Where nobody gets in without


def test_who_has_none_is_led_to_setting_it_up_and_reaches_nothing_else(client, clock, required):
    person = officer()
    assert after_password(client, person) == SET_UP
    for address in (OWN, "/today", OWN_STEP, "/accounts/own/sessions"):
        assert client.get(address).status_code == 302
    page = Page(client, SET_UP)
    assert page.soup.select_one("input[name=present]") is None, "the password was right a moment ago"
    assert page.send(code="000000").status_code == 422
    answer = page.send(code=clock.code(seed_on(page)))
    assert len(codes_on(answer)) == 10
    assert is_in(client)
    assert {"sign_in", "set_second_step"} <= {entry.act for entry in audit.of_object("account", person.id)}


def test_what_was_typed_goes_through_setting_it_up(client, clock, required):
    """S64: the recovery codes stand between, and the text waits behind them."""
    person = officer()
    form = Page(client, SIGN_IN).fields() | {"text": "Auta stoją na chodniku przy szkole."}
    asked = Page.of(client, SIGN_IN, client.post("/debates/7/statements", data=form, headers=BROWSER))
    fields = asked.fields(asked.soup.select_one("main form"))
    page = Page.of(client, SET_UP, client.post(SIGN_IN, data=fields | {"email": person.email, "password": PASSWORD}))
    sent = page.fields(page.soup.select_one("main form")) | {"code": clock.code(seed_on(page))}
    codes = Page.of(client, SET_UP, client.post(SET_UP, data=sent))
    assert len(codes.soup.select("main code")) == 10
    shown = client.post(SIGN_IN, data=codes.fields(codes.soup.select_one("main form")))
    assert "Auta stoją na chodniku" in shown.text


def test_a_session_of_before_the_rule_has_to_sign_in_again(client, monkeypatch):
    sign_in(client, officer())
    assert is_in(client)
    monkeypatch.setitem(client.application.config, "SECOND_STEP", "required")
    assert not is_in(client)


def test_nobody_ends_it_where_it_is_required(client, clock, required):
    person = officer()
    seed, _codes = secured(person)
    after_password(client, person)
    Page(client, STEP).send(code=clock.code(seed))
    page = Page(client, OWN_STEP)
    assert "cannot be ended" in page.text
    assert page.send(to=f"{OWN_STEP}/end", present=PASSWORD).status_code == 403
    assert second_step.has_one(person)


@pytest.mark.parametrize("value", ["", "yes", "REQUIRED"])
def test_a_bad_setting_stops_the_start_by_its_name(tmp_path, value):
    with pytest.raises(ConfigurationRefused, match="SECOND_STEP: "):
        Config.from_environment({"INSTANCE_PATH": str(tmp_path), "SECOND_STEP": value})
    assert (
        Config.from_environment({"INSTANCE_PATH": str(tmp_path), "SECOND_STEP": "required"}).SECOND_STEP == "required"
    )


# The own account, and the way back


def signed_in_with_code(client, clock):
    person = officer()
    seed, codes = secured(person)
    after_password(client, person)
    Page(client, STEP).send(code=clock.code(seed))
    return person, seed, codes


def test_new_recovery_codes_replace_the_old(client, clock, letters):
    person, _seed, codes = signed_in_with_code(client, clock)
    page = Page(client, OWN_STEP)
    assert page.send(to=f"{OWN_STEP}/recovery-codes", present="wrong").status_code == 422
    answer = page.send(to=f"{OWN_STEP}/recovery-codes", present=PASSWORD)
    fresh = codes_on(answer)
    answer.close()
    assert "New recovery codes were drawn" in letters[0].body
    assert not second_step.take_recovery_code(person, codes[0])
    assert second_step.take_recovery_code(person, fresh[0])


def test_a_person_ends_the_own_second_step(client, clock, letters):
    person, _seed, codes = signed_in_with_code(client, clock)
    page = Page(client, OWN_STEP)
    assert page.send(to=f"{OWN_STEP}/end", present="wrong").status_code == 422
    answer = page.send(to=f"{OWN_STEP}/end", present=PASSWORD)
    assert answer.location == OWN_STEP
    answer.close()
    assert "The password alone signs you in" in letters[0].body
    assert is_in(client)
    assert not second_step.has_one(person)
    assert not second_step.take_recovery_code(person, codes[0])
    leave(client)
    assert after_password(client, person) == "/today"


def test_few_recovery_codes_are_pointed_out(client, clock):
    person, _seed, codes = signed_in_with_code(client, clock)
    assert "Few recovery codes" not in Page(client, OWN_STEP).text
    for code in codes[:8]:
        assert second_step.take_recovery_code(person, code)
    db.session.commit()
    assert "Few recovery codes" in Page(client, OWN_STEP).text


def test_a_head_ends_the_second_step_of_who_lost_everything(client, elsewhere, letters):
    person, chief = officer(), head()
    secured(person)
    sign_in(client, chief)
    theirs = sign_in(elsewhere(), person)
    page = Page(client, f"/accounts/{person.id}")
    assert "Set up" in page.text
    answer = page.send(to=f"/accounts/{person.id}/forget-second-step")
    assert answer.location == f"/accounts/{person.id}"
    answer.close()
    assert letters[0].to == [person.email]
    assert "The head of your unit or an administrator ended" in letters[0].body
    assert not is_in(theirs)
    entry = [one for one in audit.of_object("account", person.id) if one.act == "forget_second_step"][-1]
    assert entry.actor_id == chief.id
    assert page.send(to=f"/accounts/{person.id}/forget-second-step").status_code == 404
    assert after_password(theirs, person) == "/today"


def test_nobody_ends_the_second_step_of_another_scope_or_the_own_as_a_head(client):
    chief, theirs = head(), account(unit=unit("1019", "KPP Zduńska Wola"))
    for one in (chief, theirs):
        secured(one)
    sign_in(client, chief)
    page = Page(client, OWN)
    assert page.send(to=f"/accounts/{theirs.id}/forget-second-step").status_code == 404
    assert page.send(to=f"/accounts/{chief.id}/forget-second-step").status_code == 403
    assert second_step.has_one(chief)
    assert second_step.has_one(theirs)


def test_the_command_for_who_has_no_administrator_left(app, letters):
    person = officer()
    secured(person)
    run = app.test_cli_runner()
    done = run.invoke(args=["accounts", "forget-second-step", person.email.upper()])
    assert done.exit_code == 0, done.output
    assert letters[0].to == [person.email]
    assert not second_step.has_one(queries.account(person.id))
    again = run.invoke(args=["accounts", "forget-second-step", person.email])
    assert again.exit_code == 1
    assert "has no second step" in again.output
    assert run.invoke(args=["accounts", "forget-second-step", "nobody@policja.example"]).exit_code == 1
