"""Releases as everybody finds them: listed, dated, with a digest that anybody can compute, and never changed."""

import csv
import hashlib
import io
import json
from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from consult.audit import queries as trail
from consult.clock import today
from consult.db import db
from consult.period import Period
from consult.releases import operations, queries
from consult.releases.models import Release, ReleaseKind
from consult.releases.operations import AlreadyReleased
from consult.threats import publication, releasing, workflow
from consult.threats import queries as threats
from consult.threats.releasing import MonthNotOver
from tests.factories import admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

JULY = Period.parse("2026-07")


def spoken_of(category, count, north=0):
    return [threats.of_observation(admit(category, metres_away(900 * n, north))) for n in range(count)]


def row_of(record, area):
    return next(row for row in record["rows"] if row["area"] == area)


@pytest.fixture
def july():
    """July with nine threats about drugs, three about poaching, and three and four of which nobody learns where."""
    spoken_of("srodki_odurzajace", 9)
    spoken_of("klusownictwo", 3, north=3_000)
    spoken_of("zebractwo", 3, north=6_000)
    spoken_of("bezdomny_pomoc", 4, north=9_000)
    made = releasing.write_month(JULY)
    db.session.commit()
    return made.id


def test_a_month_is_counted_by_category_and_district_with_totals(july):
    record = queries.figures(queries.release(july))
    assert row_of(record, "1003")["never"] == 7
    assert row_of(record, "1003")["total"] == row_of(record, "PL")["total"] == 12
    assert row_of(record, "1003")["counts"]["srodki_odurzajace"] is None, "poaching could be found by subtraction"
    assert row_of(record, "1003")["counts"]["klusownictwo"] is None
    assert row_of(record, "1019")["counts"] == dict.fromkeys(record["categories"], 0)


def test_jokes_and_threats_without_a_voice_in_the_month_do_not_count():
    for threat in spoken_of("srodki_odurzajace", 6):
        threat.status = workflow.Status.JOKE
    db.session.flush()
    assert releasing.counted(JULY).counts == {}
    spoken_of("srodki_odurzajace", 5, north=5_000)
    assert releasing.counted(JULY).counts == {("1003", "srodki_odurzajace"): 5}
    assert releasing.counted(Period.parse("2026-06")).counts == {}


def test_a_month_is_released_once_and_not_before_it_is_over(july):
    with pytest.raises(AlreadyReleased):
        releasing.write_month(JULY)
    with pytest.raises(MonthNotOver):
        releasing.write_month(Period(today().replace(day=1), 1))
    assert [month.code for month in releasing.unreleased(Period.parse("2026-06"), date(2026, 9, 15))] == [
        "2026-06",
        "2026-08",
    ]


def test_the_job_releases_the_last_month_once(monkeypatch):
    spoken_of("srodki_odurzajace", 5)
    monkeypatch.setattr(releasing, "today", lambda: date(2026, 8, releasing.AFTER_DAYS))
    assert "2026-06" in releasing.release_last_month(), "of July something may still be typed in"
    monkeypatch.setattr(releasing, "today", lambda: date(2026, 8, releasing.AFTER_DAYS + 1))
    assert releasing.release_last_month().startswith("2026-07 ")
    assert releasing.release_last_month() == ""


@pytest.mark.parametrize("change", [update(Release).values(figures="{}"), delete(Release)], ids=["update", "delete"])
def test_the_database_lets_nobody_change_or_delete_a_release(july, change):
    with pytest.raises(DatabaseError, match="a release never changes"), db.session.begin_nested():
        db.session.execute(change)
    assert queries.release(july).is_intact


def test_the_digest_is_that_of_the_file_that_everybody_downloads(july, client):
    page = Page(client, f"/releases/{july}")
    digest = queries.release(july).digest
    assert digest in page.text
    file = client.get(f"/releases/{july}.json")
    assert hashlib.sha256(file.data).hexdigest() == digest
    assert "threats-2026-07-2026-07-31.json" in file.headers["Content-Disposition"]
    assert file.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(file.data)["cutoff"] == "2026-07-31"


def test_the_table_has_the_same_figures(july, client):
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"/releases/{july}.csv").data.decode("utf-8-sig")), delimiter=";")
    )
    assert [row["area"] for row in rows] == ["PL", "10", "1003", "1019"]
    assert (rows[2]["klusownictwo"], rows[2]["together"], rows[2]["never"]) == ("x", "12", "7")
    assert rows[0]["never"] == "", "never only as a district's total"


def test_the_pages_tell_what_was_published_and_when(july, english):
    page = Page(english, "/releases")
    assert "July 2026" in page.text
    assert "2026" in page.text
    shown = Page(english, f"/releases/{july}?voivodeship=10")
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in shown.soup.select("tbody tr")]
    assert [row[0] for row in rows] == ["łódzkie", "powiat powiat łaski", "powiat powiat zduńskowolski"]
    assert rows[1][-2:] == ["12", "7"]
    assert rows[0][-1] == "–"
    assert english.get("/releases/999999").status_code == 404


@pytest.fixture
def english(client):
    client.set_cookie("language", "en")
    return client


def test_the_list_asks_as_often_for_many_releases_as_for_one(july, client, queries_counted):
    one = queries_counted(lambda: client.get("/releases"))
    for month in range(1, 7):
        releasing.write_month(Period.parse(f"2026-0{month}"))
    db.session.commit()
    assert queries_counted(lambda: client.get("/releases")) <= one


def test_a_district_is_told_what_was_released_last(july):
    told = publication.unplaced("1003")
    assert (told.month, told.never, told.release_id) == (JULY, 7, july)
    assert publication.unplaced("10").month is None
    assert publication.unplaced(None).month is None


def test_the_command_writes_each_month_once_and_the_audit_finds_nothing(app):
    spoken_of("srodki_odurzajace", 6)
    db.session.commit()
    run = app.test_cli_runner().invoke
    done = run(args=["releases", "write", "--month", "2026-07"])
    assert json.loads(done.stdout)["month"] == "2026-07"
    assert run(args=["releases", "write", "--month", "2026-07"]).exit_code == 1
    assert run(args=["releases", "write", "--month", "2026-Q3"]).exit_code == 1
    assert run(args=["releases", "write", "--month", f"{today():%Y-%m}"]).exit_code == 1
    checked = run(args=["releases", "audit"])
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["clean"]
    assert json.loads(run(args=["releases", "list"]).stdout)["subject"] == "2026-07"


def test_the_audit_names_what_is_wrong(july, app):
    record = queries.figures(queries.release(july))
    row_of(record, "1003")["counts"]["srodki_odurzajace"] = 9
    operations.write(ReleaseKind.THREATS, "2026-08", date(2026, 8, 31), record)
    row_of(record, "1003")["total"] = 99
    operations.write(ReleaseKind.THREATS, "2026-09", date(2026, 9, 30), record)
    db.session.commit()
    queries._kept.clear()
    done = app.test_cli_runner().invoke(args=["releases", "audit"])
    assert done.exit_code == 1
    clean, leaking, wrong = (json.loads(line) for line in done.stdout.splitlines())
    assert clean["clean"]
    assert leaking["worked_out"]["1003 klusownictwo"] == [3, 3]
    assert not wrong["agrees"]


def test_a_release_keeps_where_the_audit_trail_stood_when_it_was_published(app, client, july):
    found = queries.release(july)
    before = trail.head()
    assert found.trail is None, "nothing was noted before the first release"
    second = releasing.write_month(Period.parse("2026-08"))
    db.session.commit()
    assert second.trail == before
    told = json.loads(app.test_cli_runner().invoke(args=["releases", "list"]).output.splitlines()[-1])
    assert told["trail"] == {"entry": before.number, "digest": before.digest}
    page = Page(client, f"/releases/{second.id}").soup.text
    assert before.digest in page
