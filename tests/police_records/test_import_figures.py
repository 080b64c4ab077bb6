"""Official figures through the page: what a file would change is shown first, and exactly that is written, once."""

import io
import re

import pytest
from sqlalchemy import func, select

from consult.attachments.folder import Folder
from consult.audit.models import AuditEntry
from consult.db import db
from consult.districts.models import FigureFile
from consult.police_records import forms
from consult.police_records.models import RecordedFigure
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in
from tests.police_records import makers

WHERE = "/police-records/import"
TABLE = "code;period;measure;count\n1003;2024;kradzież roweru;4\n"


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


def form_of(page):
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    named = [(re.search(r'name="(\w+)"', one), re.search(r'value="([^"]*)"', one)) for one in fields]
    return {name[1]: value[1] for name, value in named if name and value}


def sent(desk, content, **more):
    content = content.encode() if isinstance(content, str) else content
    form = form_of(desk.get(WHERE)) | {"kind": "offences", "file": (io.BytesIO(content), "dane.csv"), **more}
    return desk.post(WHERE, data=form, content_type="multipart/form-data")


def count(model=RecordedFigure):
    return db.session.scalar(select(func.count()).select_from(model))


def confirmed(desk, where, page):
    return desk.post(where, data=form_of(page), follow_redirects=False)


def test_a_file_is_shown_then_written_once(desk):
    where = sent(desk, makers.offences()).location
    page = desk.get(where)
    assert page.status_code == 200
    assert "Wymyślone liczby do testów" in page.text
    assert count() == 0
    assert confirmed(desk, where, page).status_code == 302
    assert count() == 32
    assert "dane.csv" in desk.get("/police-records").text
    again = desk.get(where)
    assert "digest" not in form_of(again)
    assert (count(), count(FigureFile)) == (32, 1)
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "import_figures")).all()
    assert [act.detail["new"] for act in acts] == [32]
    assert acts[0].actor_id != 0


def test_what_a_page_did_not_show_is_not_written(desk):
    where = sent(desk, TABLE).location
    page = desk.get(where)
    makers.taken(TABLE.replace(";4", ";5"), makers.FigureKind.OFFENCES)
    answer = confirmed(desk, where, page)
    assert answer.status_code == 409
    assert db.session.scalar(select(RecordedFigure.value)) == 5
    assert confirmed(desk, where, answer).status_code == 302
    assert db.session.scalars(select(RecordedFigure.value).execution_options(populate_existing=True)).all() == [4]
    assert "dane.csv" in desk.get("/police-records").text


def test_faults_are_a_table_on_the_page_and_a_file(desk):
    where = sent(desk, TABLE + "9903;2024;kradzież;1\n1003;2024;kradzież;dużo\n").location
    page = desk.get(where)
    assert page.status_code == 422
    assert ">9903<" in page.text
    table = desk.get(f"{where}/faults.csv")
    assert len(table.text.splitlines()) == 3
    assert count() == 0
    assert desk.get(f"{sent(desk, TABLE).location}/faults.csv").status_code == 404


def test_a_file_that_is_too_large_empty_or_missing_is_said_at_its_field(desk, monkeypatch):
    assert sent(desk, b"  \n").status_code == 422
    monkeypatch.setattr(forms, "MOST_BYTES", 20)
    assert sent(desk, TABLE).status_code == 422
    monkeypatch.undo()
    form = form_of(desk.get(WHERE)) | {"kind": "offences"}
    assert desk.post(WHERE, data=form).status_code == 422
    assert sent(desk, TABLE, kind="persons").status_code == 422


def test_a_full_disk_is_said(desk, monkeypatch):
    monkeypatch.setattr(Folder, "has_room", lambda _self: False)
    answer = sent(desk, TABLE)
    assert answer.status_code == 422
    assert count() == 0


def test_a_file_waits_for_whoever_sent_it_alone(desk, client):
    where = sent(desk, TABLE).location
    other = sign_in(client, administrator())
    assert other.get(where).status_code == 302
    assert other.get(f"{where}/faults.csv").status_code == 404


def test_templates_are_tables_that_can_be_read(desk):
    for kind in ("offences", "population", "area"):
        table = desk.get(f"{WHERE}/{kind}.csv")
        assert table.status_code == 200
        makers.taken(table.data, makers.FigureKind(kind))


@pytest.mark.parametrize("who", [officer, head])
def test_others_read_the_list_and_import_nothing(client, world, who):
    desk = sign_in(client, who())
    page = desk.get("/police-records")
    assert page.status_code == 200
    assert WHERE not in page.text
    assert desk.get(WHERE).status_code == 403


def test_nobody_else_reads_the_list(client, world):
    assert client.get("/police-records").status_code == 302
