"""Downloads: what the list shows, in four formats, for everybody and for the police of an area."""

import csv
import io
import json
import sqlite3
import tempfile
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import openpyxl
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from consult.accounts import taking
from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.period import day_of
from consult.threats import downloads, editions, operations, queries
from consult.threats.editions import EDITIONS, Line, guarded
from consult.threats.workflow import Status
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.conftest import unpacked
from tests.factories import LASK, admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

FORMATS = sorted(EDITIONS)


def recent(category="parkowanie", days=3, **more):
    return queries.of_observation(admit(category, when=now() - timedelta(days=days), **more))


def get(client, name, query="", status=200):
    answer = client.get(f"/threats.{name}?edition=public{query}", buffered=True)
    assert answer.status_code == status, answer.text
    return answer.data


def rows(data, name, folder=None):
    """The rows of a file as mappings by the names of the columns."""
    if name == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    if name == "xlsx":
        (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
        _heads, *lines = sheet.iter_rows(values_only=True)
        return [dict(zip(editions.COLUMNS, line, strict=True)) for line in lines]
    if name == "geojson":
        return [{**feature["properties"], "geometry": feature["geometry"]} for feature in json.loads(data)["features"]]
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(data)
        file.flush()
        connection = sqlite3.connect(file.name)
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute("SELECT * FROM threats ORDER BY id")]
        connection.close()
        return found


def ids(data, name):
    return [int(row["id"]) for row in rows(data, name)]


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_holds_what_the_list_shows_by_the_same_filters(client, name):
    west, east = recent(), recent("dzikie_wysypiska", at=metres_away(14_000, 0))
    assert ids(get(client, name), name) == [west.id, east.id]
    assert ids(get(client, name, "&district=1019"), name) == [east.id]
    assert ids(get(client, name, "&category=parkowanie&status=new&plane=online"), name) == [west.id]
    assert ids(get(client, name, "&period=2020"), name) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_says_what_the_page_of_the_threat_says(client, name):
    threat = recent()
    operations.change_status(threat, Status.IN_VERIFICATION, "Sprawdzamy.", 1)
    db.session.flush()
    (row,) = rows(get(client, name), name)
    assert (row["category_name"], row["status"], row["answer"]) == (
        "Nieprawidłowe parkowanie",
        "in_verification",
        "Sprawdzamy.",
    )
    assert row["url"].endswith(f"/threats/{threat.id}")
    assert str(row["last_on"]) == day_of(now() - timedelta(days=3)).isoformat()
    if name == "geojson":
        assert row["geometry"] == {"type": "Point", "coordinates": list(LASK)}
    else:
        assert [float(str(row[axis]).replace(",", ".")) for axis in ("lon", "lat")] == list(LASK)


@pytest.mark.parametrize("name", FORMATS)
def test_the_public_edition_is_the_same_for_the_police(client, name):
    recent()
    recent("srodki_odurzajace", at=metres_away(3_000, 0))
    mine = sign_in(client, officer(unit("1003")))
    assert len(ids(get(mine, name), name)) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_the_police_get_their_own_area_and_no_other(client, elsewhere, name):
    hidden = recent("srodki_odurzajace")
    other = recent("srodki_odurzajace", at=metres_away(14_000, 0))
    public = recent(at=metres_away(15_000, 0))
    for asker, wanted in ((officer(unit("1003")), {hidden.id}), (coordinator(unit("1019")), {other.id})):
        answer = sign_in(elsewhere(), asker).get(f"/threats.{name}?edition=staff", buffered=True)
        assert set(ids(answer.data, name)) == wanted | {public.id}
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", FORMATS)
def test_nobody_else_gets_the_edition_of_the_police(client, elsewhere, name):
    recent("srodki_odurzajace")
    answer = client.get(f"/threats.{name}?edition=staff", buffered=True)
    assert answer.status_code == 302
    assert "/accounts/sign-in" in answer.location
    assert (
        sign_in(elsewhere(), administrator(unit("1003")))
        .get(f"/threats.{name}?edition=staff", buffered=True)
        .status_code
        == 403
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_area_is_a_row_without_a_position(client, name):
    recent().is_whole_area = True
    db.session.flush()
    (row,) = rows(get(client, name), name)
    assert not row.get("lon")
    assert not row.get("geometry")
    assert not row.get("geom")


def test_files_are_named_and_kept_for_a_minute(client):
    recent()
    answer = client.get("/threats.csv", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=threats-")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_workbook_is_headed_in_the_readers_words(client):
    recent()
    (sheet,) = openpyxl.load_workbook(io.BytesIO(get(client, "xlsx"))).worksheets
    assert [cell.value for cell in sheet[1]][2] == "Kategoria"
    client.get("/language/en?next=/")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(get(client, "xlsx"))).worksheets
    assert [cell.value for cell in sheet[1]][2] == "Category"


def a_line(number=1, **facts):
    day = date(2026, 7, 15)
    known = {
        "id": number, "category": "parkowanie", "category_name": "Nieprawidłowe parkowanie", "status": "new",
        "status_name": "Nowe", "status_since": day, "planes": "online", "observations": 1, "independent_voices": 1,
        "first_on": day, "last_on": day, "district": "1003", "district_name": "powiat łaski", "commune": "1003023",
        "commune_name": "Łask", "lon": 19.13, "lat": 51.59, "accuracy_m": 30, "answer": "", "url": "http://x/1",
    }  # fmt: skip
    return Line(**{**known, **facts})


@pytest.mark.parametrize("sign", editions.FORMULA)
def test_no_text_becomes_a_formula(sign):
    text = f"{sign}HYPERLINK(1)"
    headings = dict.fromkeys(editions.COLUMNS, "x")
    with EDITIONS["csv"].write([a_line(answer=text)], headings) as file:
        (row,) = rows(file.read(), "csv")
    assert row["answer"] == f"'{text}"
    with EDITIONS["xlsx"].write([a_line(answer=text)], headings) as file:
        (sheet,) = openpyxl.load_workbook(file).worksheets
        cell = sheet.cell(2, 1 + editions.COLUMNS.index("answer"))
        assert cell.data_type == "s"


@settings(max_examples=40)
@given(text=st.text())
def test_whatever_text_stands_in_a_cell_every_format_takes_it(text):
    headings = dict.fromkeys(editions.COLUMNS, "x")
    for name, edition in EDITIONS.items():
        with edition.write([a_line(answer=text)], headings) as file:
            (row,) = rows(file.read(), name)
        if name in {"geojson", "gpkg"}:
            assert row["answer"] == editions.printable(text)
        if name == "csv" and text.startswith(editions.FORMULA):
            assert row["answer"].startswith("'")


def test_a_guarded_text_is_read_back_by_its_apostrophe():
    assert guarded("=1") == "'=1"
    assert guarded("a=1") == "a=1"


def test_a_geopackage_is_one_for_other_programs_too(client, tmp_path):
    recent()
    recent("dzikie_wysypiska", at=metres_away(14_000, 0))
    path = tmp_path / "threats.gpkg"
    path.write_bytes(get(client, "gpkg"))
    facts = pyogrio.read_info(path)
    assert (facts["features"], facts["geometry_type"], facts["crs"]) == (2, "Point", "EPSG:4326")
    _meta, _fids, shapes, _fields = pyogrio.raw.read(path)
    import shapely

    assert shapely.get_coordinates(shapely.from_wkb(shapes))[0].tolist() == list(LASK)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"GPKG", "big"),)
    connection.close()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_on_disk_even_when_the_database_fails(client, name, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    recent()
    get(client, name)
    assert list(tmp_path.iterdir()) == []

    def failing():
        yield a_line()
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        EDITIONS[name].write(failing(), dict.fromkeys(editions.COLUMNS, "x"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["csv", "geojson", "gpkg"])
def test_a_long_table_needs_no_more_memory_than_a_short_one(name):
    def peak(count):
        tracemalloc.start()
        EDITIONS[name].write((a_line(n) for n in range(count)), {}).close()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(3_000) < peak(1_000) + 2 * editions.IN_MEMORY


@pytest.mark.parametrize("name", FORMATS)
def test_the_size_that_the_page_tells_is_about_right(name):
    count = 600
    lines = (a_line(n, answer="Policja sprawdziła to miejsce trzy razy." if n % 2 else "") for n in range(count))
    with EDITIONS[name].write(lines, dict.fromkeys(editions.COLUMNS, "Nagłówek")) as file:
        size = len(file.read())
    assert 0.5 < EDITIONS[name].bytes_about(count) / size < 2


def test_the_list_offers_the_files_with_their_sizes_and_filters(client):
    recent()
    page = Page(client, "/threats?district=1003&status=nonsense")
    links = [link["href"] for link in page.soup.select("a[download]")]
    assert len(links) == 4
    assert all("district=1003" in link and "edition=public" in link for link in links)
    assert client.get(links[0], buffered=True).status_code == 200
    assert " 1 kB" in page.soup.select_one("#files").parent.text


def test_the_police_are_offered_their_own_edition(client):
    recent("srodki_odurzajace")
    page = Page(sign_in(client, officer(unit("1003"))), "/threats")
    links = [link["href"] for link in page.soup.select("a[download]")]
    assert all("edition=staff" in link for link in links)
    assert all(client.get(link, buffered=True).status_code == 200 for link in links)


def test_an_empty_list_offers_no_file(client):
    assert Page(client, "/threats").soup.select("a[download]") == []


def test_a_list_too_long_for_a_file_says_so(client, monkeypatch):
    recent()
    recent(at=metres_away(3_000, 0))
    for name, edition in EDITIONS.items():
        monkeypatch.setitem(EDITIONS, name, replace(edition, most_rows=1))
    answer = client.get("/threats.csv", buffered=True)
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    page = Page(client, "/threats")
    assert page.soup.select("a[download]") == []
    assert page.soup.select_one("#files")


def test_every_column_has_a_heading():
    assert set(downloads.HEADINGS) == set(editions.COLUMNS)


def test_rows_come_part_by_part_and_none_is_lost(monkeypatch):
    wanted = [recent(at=metres_away(900 * step, 0)).id for step in range(5)]
    parts = [[threat.id for threat in part] for part in queries.each(queries.Filters(), size=2)]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert [number for part in parts for number in part] == sorted(wanted)


def noted():
    found = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "download").order_by(AuditEntry.id))
    return [(entry.actor_id, entry.object_id, entry.unit_path, entry.detail) for entry in found]


@pytest.mark.parametrize("name", FORMATS)
def test_who_of_the_police_takes_what_along_is_noted(client, name):
    recent()
    recent("srodki_odurzajace", at=metres_away(3_000, 0), text="Jan Kowalski, tel. 600 700 800")
    chief = head(unit("1003"))
    signed = sign_in(client, chief)
    given = signed.get(
        f"/threats.{name}?edition=staff&category=parkowanie,alkohol&from=2026-01-01&district=1003&bbox=10,40,30,60&x=Kowalski",
        buffered=True,
    )
    asked = {"district": "1003", "category": "parkowanie,alkohol", "since": "2026-01-01"}
    asked |= {"rows": 1, "bbox": "10.000 40.000 30.000 60.000", "sha256": sha256(unpacked(given)).hexdigest()}
    assert noted() == [(chief.id, name, "pl/10/1003/", asked)]
    assert "Kowalski" not in str(noted())
    text = Page(signed, "/audit").text
    assert "Nieprawidłowe parkowanie, Spożywanie alkoholu" in text


def test_the_public_edition_and_what_is_refused_leave_no_note(client, elsewhere, monkeypatch):
    recent()
    get(sign_in(elsewhere(), officer(unit("1003"))), "csv")
    get(client, "csv")
    assert client.get("/threats.csv?edition=staff").status_code == 302
    assert sign_in(elsewhere(), administrator(unit("1003"))).get("/threats.csv?edition=staff").status_code == 403
    monkeypatch.setitem(EDITIONS, "csv", replace(EDITIONS["csv"], most_rows=0))
    assert sign_in(elsewhere(), officer(unit("1003"))).get("/threats.csv?edition=staff").status_code == 422
    assert noted() == []


def test_nothing_is_given_that_cannot_be_noted(client, monkeypatch):
    recent()
    signed = sign_in(client, officer(unit("1003")))

    def full(*_values, **_more):
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr("consult.audit.operations.note", full)
    answer = signed.get("/threats.csv?edition=staff")
    assert (answer.status_code, "parkowanie" in answer.text) == (503, False)


def test_s97_a_large_file_needs_a_reason_and_the_trail_keeps_count_digest_and_reason(client, monkeypatch):
    monkeypatch.setattr(taking, "MOST_UNASKED", 1)
    for step in range(3):
        recent(at=metres_away(900 * step, 0))
    sign_in(client, officer(unit("1003")))
    address = "/threats.csv?edition=staff&category=parkowanie&district=1003"
    client.set_cookie("language", "en")
    page = Page(client, address, 422)
    assert page.soup.h1.text == "What is this file for?"
    assert noted() == []
    kept = {field["name"]: field["value"] for field in page.soup.select("main form input[type=hidden]")}
    assert kept == {"edition": "staff", "category": "parkowanie", "district": "1003"}
    for wrong in ("reason=x", "reason=", "reason=inspection&case=Jan<b>", "case=1"):
        assert client.get(f"{address}&{wrong}").status_code == 422
    assert noted() == []
    given = client.get(f"{address}&reason=inspection&case=Kd-12/26", buffered=True)
    assert given.status_code == 200
    ((_who, _name, _path, told),) = noted()
    assert (told["rows"], told["reason"], told["case"]) == (3, "inspection", "Kd-12/26")
    assert told["sha256"] == sha256(unpacked(given)).hexdigest()
    assert client.get("/threats.csv?category=parkowanie", buffered=True).status_code == 200, (
        "what everybody may have needs none"
    )
