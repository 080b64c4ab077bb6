"""F18: a file that was torn off on its way, at every twentieth of its length, is refused and nothing of it is kept."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from consult.attachments.models import Attachment
from consult.db import db
from consult.online_reports.models import OnlineReport
from consult.police_records.models import RecordedFigure
from debates.models import Meeting
from surveys import sheets
from surveys.models import Survey
from tests.accounts.makers import coordinator, officer, sign_in
from tests.online_reports.makers import RIGHT
from tests.pages import Page
from tests.police_records import makers as figures
from tests.surveys.makers import SMALL

PIECES = 20
REFUSED = {400, 422}


@pytest.fixture(autouse=True)
def folder(world, tmp_path, monkeypatch):
    monkeypatch.setitem(world.config, "INSTANCE", tmp_path)
    db.session.commit()
    return tmp_path


def torn(content):
    """The file as it is after each twentieth but the last."""
    return [content[: len(content) * piece // PIECES] for piece in range(1, PIECES)]


def photo(kind):
    written = BytesIO()
    Image.effect_noise((120, 90), 60).convert("RGB").save(written, kind)
    return written.getvalue()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def send(page, url, content, name, *, field, **values):
    """Send a page's form with a file; where the answer leads on, go there."""
    sent = MultiDict({**page.fields(), **values})
    sent.add(field, FileStorage(BytesIO(content), name))
    boundary, body = encode_multipart(sent)
    answer = page.client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    return page.client.get(answer.location) if answer.status_code in {302, 303} else answer


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_torn_photo_is_refused_and_the_report_waits(client, kind):
    page = Page(client, "/online-reports/new")
    for content in torn(photo(kind)):
        answer = send(page, page.url, content, "zdjecie.jpg", field="files", **RIGHT, step="send")
        assert answer.status_code in REFUSED
    assert (count(Attachment), count(OnlineReport)) == (0, 0)
    assert send(page, page.url, photo(kind), "zdjecie.jpg", field="files", **RIGHT, step="send").status_code == 200
    assert (count(Attachment), count(OnlineReport)) == (1, 1)


def test_a_photo_with_wrong_bytes_is_refused_or_drawn_anew_and_never_a_defect(client):
    whole, page = photo("JPEG"), Page(client, "/online-reports/new")
    for piece in range(1, PIECES):
        at = len(whole) * piece // PIECES
        wrong = whole[:at] + bytes(255 - one for one in whole[at : at + 40]) + whole[at + 40 :]
        answer = send(page, page.url, wrong, "zdjecie.jpg", field="files", **RIGHT | {"category": ""})
        assert answer.status_code in REFUSED


@pytest.mark.parametrize(
    ("url", "name", "content", "values", "model"),
    [
        (
            "/surveys/new",
            "ankieta.xlsx",
            sheets.to_xlsx(sheets.read(SMALL.encode(), "form.md")),
            {"start": "file", "sample": "opt-in"},
            Survey,
        ),
        ("/police-records/import", "dane.xlsx", figures.offences(), {"kind": "offences"}, RecordedFigure),
        ("/debates/import", "protokoly.xlsx", figures.offences(), {}, Meeting),
    ],
    ids=["questionnaire", "figures", "minutes"],
)
def test_a_torn_workbook_is_refused_and_nothing_of_it_is_kept(client, url, name, content, values, model):
    page = Page(sign_in(client, officer() if model is Meeting else coordinator()), url)
    for part in torn(content):
        answer = send(page, url, part, name, field="file", **values)
        assert answer.status_code in REFUSED, len(part)
        assert count(model) == 0


def test_a_body_that_ends_too_early_is_no_form(client):
    page = Page(client, "/online-reports/new")
    fields = MultiDict({**page.fields(), **RIGHT, "step": "send"})
    boundary, body = encode_multipart(fields)
    for part in torn(body):
        answer = client.post(
            page.url,
            input_stream=BytesIO(part),
            content_length=len(body),
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        assert answer.status_code in REFUSED
    assert count(OnlineReport) == 0
