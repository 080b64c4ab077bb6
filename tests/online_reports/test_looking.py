"""Files of reports: who sees them after screening, one by one, and how long they are kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.attachments import operations as attachments
from consult.attachments.models import Attachment
from consult.attachments.sifting import sift
from consult.audit import queries as audit
from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.online_reports import jobs, looking, operations, queries, screening
from consult.online_reports.models import Decision, FileDecision
from consult.threats import operations as threats
from consult.threats.workflow import Status
from consult.upkeep import retention
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.attachments.makers import PDF, photo
from tests.online_reports.makers import report
from tests.pages import Page

QUEUE = "/online-reports/screening"


@pytest.fixture(autouse=True)
def folder(world, tmp_path, monkeypatch):
    """A folder of this test alone, in the small world."""
    monkeypatch.setitem(world.config, "INSTANCE", tmp_path)
    db.session.commit()
    return tmp_path / "attachments"


@pytest.fixture
def people():
    """Two officers of unit 1003."""
    return officer(unit("1003")), officer(unit("1003"))


@pytest.fixture
def sent():
    """A report with two photos and a document."""
    made = report()
    attachments.hold(queries.SOURCE, made.natural_key, [sift(photo()), sift(photo(colour="red")), sift(PDF)])
    attachments.bind(queries.SOURCE, made.natural_key)
    db.session.commit()
    return made


def files(sent):
    return looking.files_of(sent)


def seen(sent):
    """The positions of the files that colleagues see."""
    db.session.expire_all()
    voice = queries.observation_of(sent)
    return [file.position for file in looking.for_colleagues(sent, words_are_withheld=voice.is_withheld)]


def on_page(client, sent):
    page = Page(client, f"/online-reports/voices/{queries.observation_of(sent).id}")
    return page, {link["href"] for link in page.soup.select("#files ~ ul a, section[aria-labelledby=files] a")}


def press(client, sent, path):
    page = Page(client, f"{QUEUE}/{sent.id}/files")
    token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    return client.post(f"{QUEUE}/files/{path}", data={"csrf_token": token})


def test_files_of_withheld_words_are_hidden_with_them(client, people, sent):
    sign_in(client, people[0])
    _page, before = on_page(client, sent)
    assert len(before) == 3
    screening.decide(people[0], sent, Decision.PERSONAL, reason="")
    page, after = on_page(client, sent)
    assert after == set()
    assert "3 pliki" in page.text or "3 files are withheld" in page.text
    for address in before:
        assert client.get(address).status_code == 404
    assert len(Page(client, f"{QUEUE}/{sent.id}/files").soup.select("article")) == 3
    assert client.get(f"{QUEUE}/files/{files(sent)[0].name}").data[:3] == b"\xff\xd8\xff"


def test_a_file_that_harms_nobody_is_shown_though_the_words_are_withheld(people, sent):
    screening.decide(people[0], sent, Decision.PERSONAL, reason="")
    looking.decide(people[0], sent, files(sent)[1].name, FileDecision.SHOWN)
    assert seen(sent) == [2]
    looking.undo(people[0], sent, files(sent)[1].name)
    assert seen(sent) == []


def test_one_file_is_withheld_though_the_words_are_fit_and_stays_so_by_a_second_person(client, elsewhere, people, sent):
    name = files(sent)[0].name
    sign_in(client, people[0])
    assert press(client, sent, f"{name}/withheld").status_code == 303
    assert seen(sent) == [2, 3]
    assert client.get(f"/online-reports/files/{name}").status_code == 404
    press(client, sent, f"{name}/confirm")
    assert looking.standing(sent)[name].confirmed_at is None, "the same person is no second one"
    second = elsewhere()
    sign_in(second, people[1])
    assert Page(second, QUEUE).soup.select_one(f'a[href="{QUEUE}/{sent.id}/files"]')
    press(second, sent, f"{name}/confirm")
    assert looking.standing(sent)[name].confirmed_by_id == people[1].id
    assert "second-files" not in Page(second, QUEUE).text
    press(second, sent, f"{name}/undo")
    assert seen(sent) == [1, 2, 3]
    acts = [entry.act for entry in audit.of_object("online_report", sent.id)]
    assert acts == ["screen_file", "confirm_withheld_file", "undo_file_screening"]


def test_s95_what_two_people_withheld_is_opened_for_a_reason_alone_and_the_trail_keeps_it(
    client, elsewhere, people, sent
):
    first = files(sent)[0]
    sign_in(client, people[0])
    press(client, sent, f"{first.name}/withheld")
    address = f"{QUEUE}/files/{first.name}"
    assert client.get(f"{QUEUE}/{sent.id}/kept-back").status_code == 404
    assert client.get(address).status_code == 200
    second = elsewhere()
    sign_in(second, people[1])
    press(second, sent, f"{first.name}/confirm")
    assert client.get(address).location.endswith(f"{QUEUE}/{sent.id}/kept-back")
    assert not Page(client, f"{QUEUE}/{sent.id}/files").soup.select(f"img[src='{address}']")

    page = Page(client, f"{QUEUE}/{sent.id}/kept-back")
    for wrong in ({}, {"reason": "curiosity"}, {"reason": "inspection", "case": "Jan Kowalski, ul. Długa"}):
        refused = page.send(what=first.name, **wrong)
        assert (refused.status_code, refused.mimetype) == (422, "text/html"), wrong
    assert page.send(what=files(sent)[1].name, reason="inspection").status_code == 422
    acts = select(AuditEntry).where(AuditEntry.act == "look_at_withheld")
    assert db.session.scalars(acts).all() == []

    opened = page.send(what=first.name, reason="person_asks", case="RSD 12/2026")
    assert (opened.status_code, opened.mimetype, opened.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    (noted,) = db.session.scalars(acts)
    assert (noted.actor_id, noted.object_id) == (people[0].id, str(sent.id))
    assert noted.detail == {"file": first.position, "reason": "person_asks", "case": "RSD 12/2026"}


def test_s95_withheld_words_leave_the_list_of_decisions_and_are_opened_for_a_reason(client, people, sent):
    sign_in(client, people[0])
    one = screening.decide(people[0], sent, Decision.PERSONAL, reason="")
    db.session.commit()
    assert sent.description not in Page(client, f"{QUEUE}/decided").text
    screening.confirm(people[1], one)
    db.session.commit()
    shown = Page(client, f"{QUEUE}/decided")
    assert sent.description not in shown.text
    page = Page(client, shown.soup.select_one(f"a[href$='{sent.id}/kept-back']")["href"])
    assert sent.description not in page.text
    opened = page.send(reason="decision_in_doubt", what="words")
    assert opened.status_code == 200
    assert sent.description in opened.text
    (noted,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "look_at_withheld"))
    assert noted.detail == {"reason": "decision_in_doubt"}


def test_another_decision_takes_the_one_before_back_and_the_history_stays(people, sent):
    name = files(sent)[0].name
    looking.decide(people[0], sent, name, FileDecision.WITHHELD)
    looking.decide(people[1], sent, name, FileDecision.SHOWN)
    assert seen(sent) == [1, 2, 3]
    with pytest.raises(screening.AlreadyDecided):
        looking.decide(people[0], sent, name, FileDecision.SHOWN)
    with pytest.raises(screening.AlreadyDecided):
        looking.confirm(people[0], sent, name)


def test_only_screeners_of_the_area_reach_the_files(client, elsewhere, sent):
    paths = (f"{QUEUE}/{sent.id}/files", f"{QUEUE}/files/{files(sent)[0].name}")
    for path in paths:
        assert client.get(path).status_code in {302, 401}
    for person, status in ((coordinator(), 403), (officer(unit("1019")), 404), (head(unit("1003")), 200)):
        visitor = elsewhere()
        sign_in(visitor, person)
        assert [visitor.get(path).status_code for path in paths] == [status, status]


def test_nobody_outside_the_police_ever_gets_a_file(client, people, sent):
    """Shown means shown to colleagues: residents were promised that only the police see their files."""
    name = files(sent)[0].name
    looking.decide(people[0], sent, name, FileDecision.SHOWN)
    db.session.commit()
    threat = queries.threat_of(sent)
    for address in (
        f"/threats/{threat.id}",
        "/threats.geojson?edition=public",
        "/open311/v2/requests.json",
        "/threats",
    ):
        with client.get(address) as answer:
            assert name not in answer.text
    assert client.get(f"/online-reports/files/{name}").status_code in {302, 401}


def test_taking_a_report_back_erases_its_files_from_the_disk(sent, folder):
    operations.withdraw(sent)
    db.session.commit()
    assert files(sent) == []
    attachments.sweep_gone(now())
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def erased():
    """Run the rules and tell how many files went."""
    return retention.run(jobs.RETENTION, now())["report_files"]


def closed(sent, people, days):
    threat = queries.threat_of(sent)
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED):
        threats.change_status(threat, status, "Sprawdzono.", people[0].id)
    threat.status_at = now() - timedelta(days=days)
    db.session.commit()
    return threat


def test_files_are_erased_so_many_days_after_their_threat_was_closed_and_the_trail_counts_them(sent, people):
    threat = closed(sent, people, 89)
    assert erased() == 0
    threat.status_at = now() - timedelta(days=91)
    db.session.commit()
    assert erased() == 3
    assert files(sent) == []
    trace = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "erase_by_rule")).one()
    assert trace.detail == {"count": 3, "days": 90, "regime": "dodo"}
    assert erased() == 0


def test_files_of_open_threats_and_of_other_owners_are_kept(sent, people):
    attachments.hold("tests.page", "another", [sift(photo(colour="blue"))])
    attachments.bind("tests.page", "another")
    threat = queries.threat_of(sent)
    threat.status_at = now() - timedelta(days=500)
    db.session.commit()
    assert erased() == 0
    assert len(db.session.scalars(select(Attachment).where(Attachment.gone_at.is_(None))).all()) == 4


def test_files_of_a_voice_that_screening_took_away_are_erased_in_time(sent):
    voice = queries.observation_of(sent)
    voice.withdrawn_at = now() - timedelta(days=91)
    db.session.commit()
    assert erased() == 3


def test_the_form_says_before_anybody_tries_which_kinds_take_no_files(client):
    hint = Page(client, "/online-reports/new").soup.select_one("#files-hint").text
    for name in ("Żebractwo", "Osoba bezdomna wymagająca pomocy", "Grupowanie się małoletnich"):
        assert name in hint
    assert "Wałęsające" not in hint
