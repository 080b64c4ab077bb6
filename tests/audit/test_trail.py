"""The audit trail: everything staff write is there, for those who answer for it and nobody else."""

import ast
from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest

from consult.accounts.models import LinkPurpose
from consult.allocation.sheet import Rows, Section
from consult.audit import queries as audit
from consult.audit import words
from consult.audit.models import AuditCheck
from consult.audit.operations import MACHINE, check, note, note_reading
from consult.clock import now, retelling
from consult.db import db, transaction
from consult.releases.models import ReleaseKind
from consult.threats.models import Likeness, Verdict
from consult.threats.workflow import Status
from debates.stages import MeetingStage
from surveys.models import FeedbackState
from surveys.questions import SampleKind
from surveys.themes import Turn
from tests.accounts.makers import administrator, head, officer, sign_in, unit
from tests.apart import application
from tests.pages import Page
from tests.test_house import MODULES

NOTES = {"note", "note_reading"}


def entered(actor_id, act, unit_path="", **detail):
    note(actor_id, act, "threat", 7, unit_path, **detail)
    db.session.commit()


def acts(client, address="/audit"):
    return [row.find_all("td")[3].text.strip() for row in Page(client, address).soup.select("tbody tr")]


def test_a_head_sees_what_happened_in_the_unit_and_what_its_people_did_elsewhere(client):
    chief, mine = head(), officer()
    stranger = officer(unit("1008", "KPP w Pabianicach"))
    entered(mine.id, "in the unit", "pl/10/1003/")
    entered(stranger.id, "by a stranger in the unit", "pl/10/1003/")
    entered(mine.id, "without a unit")
    entered(stranger.id, "elsewhere", "pl/10/1008/")
    entered(stranger.id, "above", "pl/10/")
    entered(stranger.id, "twin", "pl/10/10030/")
    entered(MACHINE, "machine")
    seen = set(acts(sign_in(client, chief)))
    assert {"in the unit", "by a stranger in the unit", "without a unit"} <= seen
    assert not {"elsewhere", "above", "twin", "machine"} & seen


def test_an_administrator_sees_what_the_machine_did(client):
    entered(MACHINE, "machine")
    assert "machine" in acts(sign_in(client, administrator()))


def test_the_newest_stands_first_and_pages_turn(client):
    chief = head()
    for number in range(60):
        entered(chief.id, f"act {number:02}", chief.unit_path)
    sign_in(client, chief)
    assert acts(client)[:2] == ["signed in", "act 59"]
    assert "act 00" in acts(client, "/audit?page=2")
    assert "act 00" in acts(client, "/audit?page=9999")


def test_the_trail_is_filtered_by_person_act_and_day(client):
    chief, mine = head(), officer()
    entered(mine.id, "detach", chief.unit_path)
    entered(chief.id, "move", chief.unit_path)
    sign_in(client, chief)
    assert acts(client, f"/audit?who={mine.email.upper()}&act=detach") == ["detached a voice"]
    assert acts(client, "/audit?act=move") == ["moved a voice"]
    assert acts(client, "/audit?last=2020-01-01") == []
    assert acts(client, "/audit?first=2999-01-01") == []
    assert "moved a voice" in acts(client, "/audit?first=2020-01-01&last=2999-01-01")


@pytest.mark.parametrize("query", ["first=x", "last=2026-99-99", "page=x", "page=-1", "who=%00", "act=%00", "who=%25"])
def test_a_strange_filter_breaks_nothing(client, query):
    assert Page(sign_in(client, head()), f"/audit?{query}").soup.h1


def test_details_are_shown_as_text(client):
    chief = head()
    entered(chief.id, "change_status", chief.unit_path, before="<b>new</b>", after="confirmed")
    page = Page(sign_in(client, chief), "/audit")
    assert "status before: <b>new</b>, status after: Confirmed" in page.soup.text
    assert not page.soup.select("tbody b")


def test_the_page_tells_up_to_which_entry_the_trail_is_whole_and_since_when_that_is_known(client):
    chief = head()
    sign_in(client, chief)
    assert "has not been checked yet" in Page(client, "/audit").soup.text
    entered(chief.id, "move", chief.unit_path)
    found = check()
    said = Page(client, "/audit").soup.text
    assert f"as it was written up to entry {found.entry_id}, digest {found.entry_hash[:8]}…" in said
    assert "was changed, added or removed" not in said


def test_a_broken_trail_stands_on_its_page_and_on_the_administrators_today(client, elsewhere):
    db.session.add(AuditCheck(at=now(), since_id=0, entry_id=4, entry_hash="a" * 64, broken_at=5))
    db.session.commit()
    told = "The trail is not as it was written: entry 5 was changed, added or removed."
    sign_in(client, administrator())
    assert told in Page(client, "/audit").soup.text
    assert told in Page(client, "/today").soup.text
    other = elsewhere()
    other.set_cookie("language", "en")
    assert told not in Page(sign_in(other, officer()), "/today").soup.text


def test_s101_what_was_done_and_undone_stays_in_the_trail_with_all_it_said(client):
    """A voice that is detached and put back, a status that is taken back: each step stands there, none is replaced."""
    chief = head()
    for before, after in (("new", "joke"), ("joke", "new"), ("new", "confirmed")):
        entered(chief.id, "change_status", chief.unit_path, before=before, after=after)
    sign_in(client, chief)
    rows = [row.text for row in Page(client, "/audit?act=change_status").soup.select("tbody tr")]
    assert len(rows) == 3
    assert "status before: New, status after: Confirmed" in rows[0]
    assert "status before: Joke or mistake, status after: New" in rows[1]
    assert "status before: New, status after: Joke or mistake" in rows[2]
    assert [entry.detail["after"] for entry in audit.of_object("threat", 7)] == ["joke", "new", "confirmed"]


def test_s96_who_opens_unusually_much_of_what_is_withheld_is_named_to_the_head_and_nobody_else(client, elsewhere):
    chief, mine, quiet = head(), officer(), officer()
    stranger = officer(unit("1008", "KPP w Pabianicach"))
    for account, times in ((mine, 20), (quiet, 19), (stranger, 30)):
        for number in range(times):
            note(account.id, "look_at_withheld", "online_report", number, account.scope, reason="inspection")
    db.session.commit()
    sign_in(client, chief)
    assert not Page(client, "/today").soup.select("a[href*='look_at_withheld']")
    entered(mine.id, "look_at_withheld", mine.scope, reason="inspection")
    (told,) = Page(client, "/today").soup.select("a[href*='look_at_withheld']")
    assert "(21)" in told.parent.text
    assert len(acts(client, told["href"])) == 21
    with retelling(now() - timedelta(days=8)):
        for number in range(40):
            note(quiet.id, "look_at_withheld", "online_report", number, quiet.scope, reason="inspection")
    db.session.commit()
    assert len(Page(client, "/today").soup.select("a[href*='look_at_withheld']")) == 1
    assert not Page(sign_in(elsewhere(), mine), "/today").soup.select("a[href*='look_at_withheld']")


@pytest.mark.parametrize("act", ["undo_screening", "undo_file_screening"])
def test_s96_taking_back_what_others_withheld_is_no_way_around_the_count(client, act):
    chief, mine = head(), officer()
    for number in range(21):
        note(mine.id, act, "online_report", number, mine.scope, decision="withheld")
    db.session.commit()
    assert Page(sign_in(client, chief), "/today").soup.select(f"a[href*='{act}']")


def test_what_was_done_to_one_object_is_listed_in_order(app):
    entered(1, "first")
    entered(2, "second")
    assert [entry.act for entry in audit.of_object("threat", 7)] == ["first", "second"]


def test_what_a_reading_request_notes_outlives_it(tmp_path):
    """On a database of its own: the tests' fixture would keep in its transaction whatever a request wrote."""
    with application(tmp_path) as app:
        with app.test_request_context("/threats.csv"):
            app.preprocess_request()
            assert audit.of_object("download", "csv") == []  # the request reads first, as every page does
            note_reading(1, "download", "download", "csv", "pl/", rows=5)
            note(1, "lost", "download", "csv")
            app.process_response(app.make_response("rows"))
        db.session.remove()
        assert [entry.act for entry in audit.of_object("download", "csv")] == ["download"]


def test_what_a_reading_request_notes_waits_for_whoever_writes(tmp_path):
    with application(tmp_path) as app:
        busy = Event()

        def write():
            with app.app_context(), transaction():
                note(2, "write", "download", "csv")
                db.session.flush()
                busy.set()
                sleep(0.3)

        writer = Thread(target=write)
        with app.test_request_context("/threats.csv"):
            app.preprocess_request()
            audit.of_object("download", "csv")
            writer.start()
            busy.wait()
            note_reading(1, "download", "download", "csv", "pl/", rows=5)
            app.process_response(app.make_response("rows"))
        writer.join()
        db.session.remove()
        assert {entry.act for entry in audit.of_object("download", "csv")} == {"write", "download"}


def test_every_act_and_kind_that_the_code_names_has_words():
    """An act without words is shown by its code, which is no word for anybody."""
    named = {"acts": set(), "kinds": set()}
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_note = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if is_note and call.func.attr in {"note", "note_reading"} and len(call.args) > 2:
                for group, said in zip(named.values(), call.args[1:3], strict=True):
                    group.update({said.value} if isinstance(said, ast.Constant) else ())
    assert named["acts"] - set(words.ACTS) == set()
    assert named["kinds"] - set(words.KINDS) == set()


def test_every_name_of_a_detail_that_the_code_writes_has_words():
    named = set()
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in NOTES:
                named.update(keyword.arg for keyword in call.keywords if keyword.arg)
    assert len(named) > 30
    assert named - set(words.DETAILS) == set()


@pytest.mark.parametrize(
    "codes",
    [Status, MeetingStage, FeedbackState, Turn, Likeness, Verdict, ReleaseKind, SampleKind, LinkPurpose, Section, Rows],
)
def test_every_code_that_stands_in_a_detail_has_words(codes):
    assert {code.value for code in codes} - set(words.VALUES) == set()
