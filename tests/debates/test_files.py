"""Files of minutes: what is added and refused, who sees it, what stays when it goes, and what the editions say of it."""

from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from docx import Document
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from consult.attachments import operations as attachments
from consult.attachments.models import Attachment
from consult.attachments.operations import TooManyFiles
from consult.attachments.sifting import Kind
from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from debates import freezing, printing, queries
from debates.models import MeetingFile
from debates.operations import approving, filing
from debates.operations.filing import NoNewFiles
from debates.stages import MinutesApproved
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.attachments.makers import PDF, photo, told_photo
from tests.debates.makers import filed, meeting, planned
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

WORDS = "ZNAK lista obecności"


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    """A folder of this test alone."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    return tmp_path / "attachments"


@pytest.fixture
def minutes(account):
    return meeting(account)


def send(page, *files, **values):
    """Send the form with files: their contents."""
    sent = MultiDict({**page.fields(), **values})
    for number, content in enumerate(files):
        sent.add("files", FileStorage(BytesIO(content), f"skan {number}.jpg", content_type="image/jpeg"))
    boundary, body = encode_multipart(sent)
    return page.client.post(page.url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def new(desk, minutes):
    return Page(desk, f"/debates/{minutes.id}/files/new")


def files():
    return db.session.scalars(select(MeetingFile).order_by(MeetingFile.number)).all()


def on_disk(folder):
    return sorted(path.parent.parent.name for path in folder.glob("*/??/*"))


def test_an_officer_adds_a_photo_and_a_document_and_the_camera_stays_silent(desk, minutes, folder):
    answer = send(new(desk, minutes), told_photo(), PDF, description="Lista obecności")
    assert answer.location == f"/debates/{minutes.id}#files"
    assert [(one.number, one.kind, one.description) for one in files()] == [
        (1, Kind.PHOTO, "Lista obecności"),
        (2, Kind.PDF, "Lista obecności"),
    ]
    assert on_disk(folder) == ["photos", "quarantine"]
    shown = desk.get(f"/debates/{minutes.id}/files/1")
    assert b"SECRET" not in shown.data
    assert not Image.open(BytesIO(shown.data)).getexif()
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    saved = desk.get(f"/debates/{minutes.id}/files/2")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert f"spotkanie-{minutes.id}-zalacznik-2.pdf" in saved.headers["Content-Disposition"]
    page = Page(desk, f"/debates/{minutes.id}").soup
    assert page.find("a", href=f"/debates/{minutes.id}/files/1").text == "Lista obecności"
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts.count("add_file") == acts.count("open_meeting_file") == 2


def test_files_wait_while_the_form_has_errors_and_two_clicks_add_them_once(desk, minutes):
    page = new(desk, minutes)
    answer = send(page, photo(), description="")
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select_one("input[name=files-remove]"), "it waits and can be taken back"
    again = Page.of(desk, page.url, answer)
    first, second = send(again, description="Zdjęcie sali"), send(again, description="Zdjęcie sali")
    assert first.location == second.location
    assert len(files()) == 1
    assert send(again, description="Co innego").status_code == 409


@pytest.mark.parametrize(
    ("contents", "words"),
    [((), "Zdjęcie"), ((b"to nie plik",), "Zdjęcie"), ((b"%PDF-1.7 urwany",), "Zdjęcie"), ((photo(),), " ")],
)
def test_a_form_without_a_file_or_with_a_wrong_one_or_without_words_is_refused(desk, minutes, contents, words):
    assert send(new(desk, minutes), *contents, description=words).status_code == 422
    assert files() == []


def test_what_waits_for_one_officer_is_not_given_to_another(client, desk, account, minutes):
    page = new(desk, minutes)
    key = page.fields()["key"]
    send(page, photo(), description="")
    sign_in(client, officer(account.unit, email="drugi@example.pl"))
    other = new(client, minutes)
    assert send(other, key=key, description="Cudze zdjęcie").status_code == 422
    assert files() == []


def test_more_than_a_meeting_may_have_is_refused_whole_and_the_same_file_is_added_once(desk, account, minutes):
    for number in range(19):
        filed(account, minutes, photo(size=(64 + number, 48)))
    answer = send(new(desk, minutes), photo(size=(20, 20)), photo(size=(21, 20)), description="Dwa zdjęcia")
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select_one(".govuk-error-summary li")
    with pytest.raises(NoNewFiles):
        filed(account, minutes, photo(size=(64, 48)))
    filed(account, minutes, photo(size=(64, 48)), photo(size=(20, 20)))
    assert [one.number for one in files()] == list(range(1, 21))
    with pytest.raises(TooManyFiles):
        filed(account, minutes, photo(size=(21, 20)))
    filing.withdraw_file(account, files()[0], reason="zły plik")
    filed(account, minutes, photo(size=(64, 48)))
    assert files()[-1].number == 21, "the number of a withdrawn file is never given again"


def test_a_file_of_fifteen_megabytes_in_all_is_taken_and_more_is_not(desk, minutes):
    large = b"%PDF-1.7\n" + b"0" * (6 * 1024 * 1024) + b"\n%%EOF\n"
    answer = send(new(desk, minutes), large, large.replace(b"0", b"1"), large.replace(b"0", b"2"), description="Skany")
    assert answer.status_code == 422
    assert "15" in BeautifulSoup(answer.text, "lxml").select_one("#files-error").text
    assert send(Page.of(desk, f"/debates/{minutes.id}/files/new", answer), description="Skany").status_code == 302
    assert len(files()) == 2


def test_a_withdrawn_file_is_erased_and_leaves_its_trace(desk, account, minutes, folder):
    (one,) = filed(account, minutes, photo(), description="Zdjęcie z twarzami")
    page = Page(desk, f"/debates/{minutes.id}/files/1/withdraw")
    assert page.send(reason="").status_code == 422
    for _ in range(2):
        assert page.send(reason="Widać mieszkańców").location == f"/debates/{minutes.id}#files"
    assert one.withdrawn_because == "Widać mieszkańców"
    assert desk.get(f"/debates/{minutes.id}/files/1").status_code == 404
    shown = Page(desk, f"/debates/{minutes.id}").soup.main
    assert shown.find("del").text == "Zdjęcie z twarzami"
    assert "Widać mieszkańców" in shown.text
    attachments.sweep_gone(now() + timedelta(days=2))
    assert on_disk(folder) == []
    assert db.session.scalars(select(Attachment)).all() == []
    acts = db.session.scalars(select(AuditEntry.act)).all()
    assert acts.count("withdraw_file") == 1


def test_nobody_else_sees_a_file_or_adds_one(client, desk, account, minutes):
    filed(account, minutes, photo(), description=WORDS)
    address = f"/debates/{minutes.id}/files"
    guest = client.application.test_client()
    for page in ("1", "new", "1/withdraw"):
        assert guest.get(f"{address}/{page}").status_code in {302, 401, 403, 404}
    sign_in(client, officer(unit("1019", "Komenda w Zduńskiej Woli"), email="obcy@example.pl"))
    for page in ("1", "new", "1/withdraw"):
        assert client.get(f"{address}/{page}").status_code == 404
    sign_in(client, coordinator(unit("00", "Komenda Główna Policji", path="pl/", areas=[])))
    assert client.get(f"{address}/1").status_code == 200
    for page in ("new", "1/withdraw"):
        assert client.get(f"{address}/{page}").status_code in {403, 404}


def test_a_planned_meeting_has_no_files_yet(desk, account):
    one = planned(account)
    assert desk.get(f"/debates/{one.id}/files/new").location == f"/debates/{one.id}/plan"


def test_approved_minutes_list_their_files_for_staff_alone_and_are_frozen(client, desk, account, minutes):
    chief = head(account.unit)
    kept, gone = filed(account, minutes, photo(), PDF, description=WORDS)
    filing.withdraw_file(account, gone, reason="zły plik")
    edition = approving.approve(chief, minutes)
    db.session.commit()
    assert [(one["number"], one["description"]) for one in edition.full["files"]] == [(1, WORDS)]
    assert "ZNAK" not in str(edition.public)
    assert "files" not in edition.public
    for act in (
        lambda: filed(account, minutes, photo(size=(9, 9))),
        lambda: filing.withdraw_file(account, kept, reason="za późno"),
    ):
        with pytest.raises(MinutesApproved):
            act()
    db.session.rollback()
    for page in ("files/new", "files/1/withdraw"):
        assert desk.get(f"/debates/{minutes.id}/{page}").status_code == 409
    assert desk.get(f"/debates/{minutes.id}/files/1").status_code == 200
    assert "ZNAK" not in client.application.test_client().get(f"/debates/{minutes.id}/minutes").text
    assert WORDS in Page(desk, f"/debates/{minutes.id}/minutes/versions/1").text


def test_the_whole_minutes_on_paper_say_what_belongs_to_them(account, minutes):
    filed(account, minutes, photo(), description=WORDS)
    record = freezing.full(minutes)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(printing.printed(record, None))).pages)
    assert f"1. {WORDS}" in " ".join(text.split())
    document = Document(BytesIO(printing.office_document(record, None)))
    assert any(WORDS in paragraph.text for paragraph in document.paragraphs)
    public = printing.document_of(freezing.public(minutes), None).html
    assert "ZNAK" not in public


def test_an_edition_from_before_files_is_read_as_it_was(desk, account, minutes):
    edition = approving.approve(head(account.unit), minutes)
    edition.full = {name: value for name, value in edition.full.items() if name != "files"} | {"form": 1}
    db.session.commit()
    assert Page(desk, f"/debates/{minutes.id}/minutes/versions/1").soup.select_one("#files") is None
    assert desk.get(f"/debates/{minutes.id}/minutes/full.docx").status_code == 200
    assert queries.files_of(minutes) == []
