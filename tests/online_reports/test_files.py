"""Files of a report: what the form takes and refuses, what it keeps, and who ever sees it."""

import errno
import gc
import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from consult.attachments import folder as folders
from consult.attachments import queries as attachments
from consult.attachments.models import Attachment
from consult.audit.models import AuditEntry
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.threats.models import Threat
from consult.web import traffic
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.attachments.makers import PDF, photo, told_photo, vast_png
from tests.factories import LASK
from tests.online_reports.makers import geometry
from tests.pages import Page

NEW = "/online-reports/new"
RIGHT = {"category": "parkowanie", "place": geometry(*LASK), "description": "Auta na chodniku przy szkole"}


@pytest.fixture(autouse=True)
def folder(world, tmp_path, monkeypatch):
    """A folder of this test alone, in the small world."""
    monkeypatch.setitem(world.config, "INSTANCE", tmp_path)
    db.session.commit()
    return tmp_path / "attachments"


@pytest.fixture
def page(client):
    return Page(client, NEW)


def send(page, *files, **values):
    """Send a right report, changed as a test wants, with files: (content, name)."""
    sent = MultiDict({**page.fields(), **RIGHT, "step": "send", **values})
    for content, name in files:
        sent.add("files", FileStorage(BytesIO(content), name, content_type="image/jpeg"))
    boundary, body = encode_multipart(sent)
    return page.client.post(NEW, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def error(answer):
    found = BeautifulSoup(answer.text, "lxml").select_one("#files-error")
    return found.text if found else ""


def ready(answer):
    """The files that a page says are ready to be sent, by their digests."""
    return [box["value"] for box in BeautifulSoup(answer.text, "lxml").select("[name=files-remove]")]


def kept():
    db.session.expire_all()
    return db.session.scalars(select(Attachment).order_by(Attachment.position)).all()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def on_disk(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def voice_page():
    return f"/online-reports/voices/{db.session.scalar(select(Observation.id))}"


def test_files_go_with_the_report_and_lose_the_names_their_owner_gave_them(page, folder):
    answer = send(page, (told_photo(), "Kowalski dom.jpg"), (PDF, "skarga.pdf"))
    assert answer.status_code == 303
    report = db.session.scalars(select(OnlineReport)).unique().one()
    assert [(file.kind, file.source_key) for file in kept()] == [
        ("photo", report.natural_key),
        ("pdf", report.natural_key),
    ]
    assert not any("SECRET" in path.read_bytes().decode("latin-1") for path in on_disk(folder))
    assert not any(word in str(path) for path in on_disk(folder) for word in ("Kowalski", "skarga"))


def test_a_report_needs_no_files(page):
    assert send(page).status_code == 303
    assert kept() == []


def test_the_form_comes_back_with_its_answers_and_the_files_wait(page):
    answer = send(page, (photo(), "a.jpg"), category="")
    assert answer.status_code == 422
    assert len(ready(answer)) == 1
    assert send(page).status_code == 303  # the browser gives the file no second time
    assert len(kept()) == 1


def test_a_photo_of_an_iphone_is_refused_with_the_way_to_send_it(page):
    answer = send(page, (b"\x00\x00\x00\x18ftypheic" + bytes(50), "IMG_1.HEIC"))
    assert answer.status_code == 422
    assert all(word in error(answer) for word in ("IMG_1.HEIC", "JPEG", "iPhon"))


def test_a_file_that_waits_may_be_taken_back(page):
    digests = ready(send(page, (photo(), "a.jpg"), (PDF, "b.pdf"), category=""))
    assert send(page, **{"files-remove": digests[0]}).status_code == 303
    assert [file.kind for file in kept()] == ["pdf"]


def test_files_chosen_before_a_search_for_the_place_wait_too(page):
    answer = send(page, (photo(), "a.jpg"), place="", **{"place-words": "Łask", "place-search": "1"})
    assert answer.status_code == 200
    assert len(ready(answer)) == 1


def test_files_wait_while_the_answers_are_checked_and_go_with_a_voice_too(page, elsewhere):
    threat = send(Page(elsewhere(), NEW)) and db.session.scalar(select(Threat.id))
    check = send(page, (photo(), "a.jpg"), step="")
    assert check.status_code == 200
    shown = BeautifulSoup(check.text, "lxml")
    assert shown.select_one("button[value=change][formaction='#files']")
    assert len(ready(send(page, step="change"))) == 1
    assert send(page, step="", threat=str(threat)).status_code == 303
    report = db.session.scalars(select(OnlineReport).order_by(OnlineReport.id.desc())).unique().first()
    assert [(file.kind, file.source_key) for file in kept()] == [("photo", report.natural_key)]
    assert report.joined_threat_id == threat


def test_a_kind_that_would_show_people_in_need_takes_no_files_and_lets_them_be_taken_back(page):
    answer = send(page, (photo(), "a.jpg"), category="bezdomny_pomoc")
    assert answer.status_code == 422
    assert error(answer)
    [waiting] = ready(answer)
    assert count(OnlineReport) == 0
    assert send(page, category="bezdomny_pomoc", **{"files-remove": waiting}).status_code == 303
    assert kept() == []


def test_another_form_does_not_know_what_waits(page, client):
    send(page, (photo(), "a.jpg"), category="")
    assert ready(send(Page(client, NEW), category="")) == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04word/vbaProject.bin", "umowa.docm"),
        (b"PK\x03\x04word/document.xml", "umowa.docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "umowa.doc"),
        (b"MZ\x90\x00", "zdjecie.jpg"),
        (b"<svg onload=alert(1)>", "plan.svg"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "zdjecie.jpg"),
        (b"PK\x03\x04", "wszystko.zip"),
        (b"GIF89a" + bytes(50), "zdjecie.jpg"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "IMG_1.HEIC"),
        (photo()[:300], "urwane.jpg"),
        (vast_png(20_000, 20_000), "ogromne.png"),
        (b"", "puste.jpg"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_taken_is_named_and_nothing_else_is_lost(page, folder, content, name):
    answer = send(page, (content, name), (photo(), "dobre.jpg"))
    assert answer.status_code == 422
    assert name in error(answer)
    assert "dobre" not in error(answer)
    assert "Auta na chodniku przy szkole" in answer.text
    assert len(ready(answer)) == 1
    assert (count(OnlineReport), kept()) == (0, [])
    assert len(on_disk(folder)) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Jan\\kot.jpg", "kot.jpg"),
        ("a.php\x00.jpg", "a.php.jpg"),
        ("x" * 300 + ".jpg", "x" * 60 + "…"),
        ("kot\u202egpj.exe", "kotgpj.exe"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    ],
)
def test_a_name_is_only_ever_said_and_never_used(page, folder, name, shown):
    answer = send(page, (b"nothing of ours", name))
    assert answer.status_code == 422
    assert shown in error(answer)
    assert on_disk(folder) == []


def test_of_a_hundred_files_three_are_taken_and_some_of_the_others_named(page):
    answer = send(page, *((photo(size=(8, 8 + k)), f"nr{k}.jpg") for k in range(100)))
    assert answer.status_code == 422
    assert len(ready(answer)) == 3
    assert "nr3.jpg" in error(answer)
    assert "nr50.jpg" not in error(answer)


def test_three_files_are_the_most_however_often_they_come(page):
    send(page, (photo(size=(8, 8)), "a.jpg"), (photo(size=(8, 9)), "b.jpg"), category="")
    answer = send(page, (photo(size=(8, 10)), "c.jpg"), (photo(size=(8, 11)), "d.jpg"))
    assert answer.status_code == 422
    assert len(ready(answer)) == 3
    assert "d.jpg" in error(answer)
    assert "c.jpg" not in error(answer)


def test_five_megabytes_together_are_the_most(page):
    two = PDF + bytes(2_700_000) + b"%%EOF"
    answer = send(page, (two, "pierwszy.pdf"), (two + b"\n", "drugi.pdf"))
    assert answer.status_code == 422
    assert len(ready(answer)) == 1
    assert "drugi.pdf" in error(answer)
    again = send(page, (two + b"\n", "drugi.pdf"))
    assert "drugi.pdf" in error(again)
    assert len(ready(again)) == 1


def test_a_form_of_more_than_twenty_megabytes_is_refused_before_it_is_read(page, folder):
    answer = page.client.post(
        NEW, content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": "20971521"}
    )
    assert answer.status_code == 413
    assert on_disk(folder) == []


def test_a_form_of_seven_megabytes_keeps_its_answers(page):
    answer = send(page, (bytes(7_000_000), "film.mp4"))
    assert answer.status_code == 422
    assert "film.mp4" in error(answer)
    assert "Auta na chodniku przy szkole" in answer.text


def test_other_pages_take_no_more_than_before(client):
    answer = client.post("/accounts/sign-in", environ_overrides={"CONTENT_LENGTH": "7000000"})
    assert answer.status_code == 413


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_five_hundred_parts_are_the_most(page):
    assert send(page, *((b"x", "x.jpg") for _ in range(600))).status_code == 413
    gc.collect()  # what was read before the refusal is closed here and not in another test


def test_a_full_disk_is_said_and_the_report_goes_without_files(page, monkeypatch):
    def full(_path, _content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folders, "_write", full)
    answer = send(page, (photo(), "a.jpg"))
    assert answer.status_code == 422
    assert error(answer)
    assert (ready(answer), count(OnlineReport)) == ([], 0)
    assert send(page).status_code == 303


def test_a_network_that_brings_files_without_end_may_still_report(page, app, monkeypatch):
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setattr(traffic, "hit", lambda name, *_more: 91 if name.startswith("files ") else 1)
    answer = send(page, (photo(), "a.jpg"))
    assert error(answer)
    assert (ready(answer), kept()) == ([], [])


def test_the_same_form_twice_is_one_report_with_its_files_once(page):
    first, second = send(page, (photo(), "a.jpg")), send(page, (photo(), "a.jpg"))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(kept()) == 1


def test_the_same_form_with_another_file_is_refused_like_any_other_content(page):
    send(page, (photo(), "a.jpg"))
    assert send(page, (PDF, "b.pdf")).status_code == 409
    assert len(kept()) == 1


def test_whoever_takes_a_report_back_takes_its_files_back(page, client, folder):
    address = send(page, (photo(), "a.jpg")).location
    name = kept()[0].name
    Page(client, address).send(to=f"{address}/withdraw")
    assert kept()[0].gone_at is not None
    assert (
        attachments.of("online_reports.receipt", db.session.scalars(select(OnlineReport)).unique().one().natural_key)
        == []
    )
    assert [path.name for path in on_disk(folder)] == [name]  # the next round of the job takes it
    assert send(page, (photo(), "a.jpg")).location == address


def test_the_police_of_the_area_see_photos_and_save_documents(page, app):
    send(page, (photo(), "a.jpg"), (PDF, "b.pdf"))
    browser = sign_in(app.test_client(), officer())
    shown = Page(browser, voice_page())
    picture = browser.get(shown.soup.select_one("img.attached__photo")["src"])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert Image.open(BytesIO(picture.data)).size == (64, 48)
    document = browser.get(shown.soup.select_one("a[download]")["href"])
    assert document.data == PDF
    assert re.fullmatch(r'attachment; filename="zg-\d{4}-\d{6}-2\.pdf"', document.headers["Content-Disposition"])
    for answer in (picture, document):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"


def test_who_of_the_police_opens_a_file_is_noted_and_nobody_elses_try(page, app):
    send(page, (photo(), "a.jpg"), (PDF, "Jan Kowalski.pdf"))
    person = officer()
    browser = sign_in(app.test_client(), person)
    for file in kept():
        assert browser.get(f"/online-reports/files/{file.name}").status_code == 200
    stranger = sign_in(app.test_client(), officer(unit("1019", "KPP w Zduńskiej Woli")))
    assert stranger.get(f"/online-reports/files/{kept()[0].name}").status_code == 404
    report = db.session.scalars(select(OnlineReport)).unique().one()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "look_at_file").order_by(AuditEntry.id))
    assert [(one.actor_id, one.object_kind, one.object_id, one.detail) for one in entries] == [
        (person.id, "online_report", str(report.id), {"file": number}) for number in (1, 2)
    ]


def test_the_page_of_a_threat_leads_to_the_report(page, app):
    send(page)
    browser = sign_in(app.test_client(), officer())
    threat = Page(browser, "/threats").soup.select_one(".result a")["href"]
    assert Page(browser, threat).soup.select_one(f"a[href='{voice_page()}']")


def test_nobody_else_ever_sees_a_file(page, client, app):
    address = send(page, (photo(), "a.jpg"), (PDF, "b.pdf")).location
    files = [f"/online-reports/files/{file.name}" for file in kept()]
    elsewhere = unit("1019", "KPP w Zduńskiej Woli")
    urls = (voice_page(), *files)
    assert {client.get(url).status_code for url in urls} == {302}
    for stranger in (officer(elsewhere), coordinator(elsewhere)):
        browser = sign_in(app.test_client(), stranger)
        assert {browser.get(url).status_code for url in urls} == {404}
    browser = sign_in(app.test_client(), administrator())
    assert {browser.get(url).status_code for url in urls} == {403}
    assert all(file.name not in Page(client, address).text for file in kept())
    assert client.get(f"/static/../attachments/photos/{kept()[0].name[:2]}/{kept()[0].name}").status_code == 404


@pytest.mark.parametrize("name", ["0" * 32, "x", "a%00b", "..%2f..%2fsecret_key", "%2e%2e", "٣" * 32, "A" * 5_000])
def test_what_is_no_file_is_not_found(name, app):
    assert sign_in(app.test_client(), officer()).get(f"/online-reports/files/{name}").status_code == 404


def test_a_file_that_is_not_on_the_disk_is_not_found(page, app, folder):
    send(page, (photo(), "a.jpg"))
    for path in on_disk(folder):
        path.unlink()
    assert sign_in(app.test_client(), officer()).get(f"/online-reports/files/{kept()[0].name}").status_code == 404
