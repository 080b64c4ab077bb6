"""Importing reports from files: what is taken, what is refused and in which words."""

import json

import pytest
from sqlalchemy import func, select

from consult.db import db
from consult.observations.models import Observation
from consult.online_reports import commands, files, operations
from consult.online_reports.models import OnlineReport
from consult.threats.models import Link, Threat
from consult.threats.workflow import Status
from tests import factories
from tests.factories import LASK, metres_away
from tests.online_reports.makers import HEADER, Import, collection, feature, line, point, table


@pytest.fixture
def reports(app, tmp_path):
    """The command in a small world of two districts."""
    factories.catalogue_of_27()
    factories.two_districts()
    db.session.commit()
    return Import(app, tmp_path)


def stored():
    return db.session.scalars(select(OnlineReport).order_by(OnlineReport.id)).unique().all()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def summary(read=0, new=0, unchanged=0, refused=0):
    return {"read": read, "new": new, "unchanged": unchanged, "refused": refused}


def refused(told, row, *words):
    """Whether the command refused one row with these words and wrote nothing."""
    assert told.code == 1, told.said
    assert [text for text in told.words.splitlines() if f" {row}:" in text and all(word in text for word in words)], (
        told.words
    )
    assert told.summary["new"] == 0
    assert count(OnlineReport) == count(Observation) == 0
    return True


# What is taken


def test_reports_come_in_and_voices_about_one_thing_become_one_threat(reports):
    near = feature(2, point(*metres_away(10, 0)), description="Auto na chodniku przy szkole")
    far = feature(3, point(*metres_away(5_000, 0)))
    told = reports(collection(feature(1, description="Auta na chodniku przy szkole"), near, far))
    assert (told.code, told.summary) == (0, summary(read=3, new=3))
    assert count(OnlineReport) == count(Observation) == 3
    assert count(Threat) == 2


def test_the_same_file_again_changes_nothing(reports):
    content = collection(feature(1, id="A-1"), feature(2), feature(2))
    assert reports(content).summary == summary(read=3, new=3)
    told = reports(content)
    assert (told.code, told.summary) == (0, summary(read=3, unchanged=3))
    assert count(OnlineReport) == count(Observation) == 3


def test_two_equal_rows_are_two_voices(reports):
    assert reports(collection(feature(1), feature(1))).summary["new"] == 2
    assert reports(collection(feature(1), feature(1), feature(1))).summary == summary(read=3, new=1, unchanged=2)


def test_a_dry_run_checks_everything_and_writes_nothing(reports):
    told = reports(collection(feature(1)), "--dry-run")
    assert (told.code, told.summary) == (0, summary(read=1, new=1))
    assert count(OnlineReport) == 0


def test_all_that_a_feature_may_say_is_kept(reports):
    said = {
        "id": 17,
        "category": "Nieprawidłowe parkowanie",
        "status": "Potwierdzone (wyeliminowane)",
        "weekdays": ["mon", "sob"],
        "time_of_day": "wieczorem, 23:30",
        "accuracy_m": 75,
        "observed_at": "2026-07-15T18:30:00+02:00",
    }
    assert reports(collection(feature(1, **said))).code == 0
    (report,) = stored()
    assert report.natural_key == "import:17"
    assert report.category_code == "parkowanie"
    assert report.imported_status is Status.ELIMINATED
    assert (report.weekdays, report.times_of_day) == (33, 12)
    assert report.place.accuracy_m == 75
    assert report.observed_from == report.observed_to == factories.BEFORE.replace(hour=16, minute=30)


def test_the_status_of_the_other_system_decides_nothing_here(reports):
    reports(collection(feature(1, status="confirmed")))
    assert db.session.scalar(select(Threat)).status is Status.NEW


def test_a_day_without_an_hour_is_the_whole_day_in_warsaw(reports):
    reports(collection(feature(1, observed_at=..., created_at="2026-07-15")))
    (report,) = stored()
    assert report.observed_from.isoformat() == "2026-07-14T22:00:00+00:00"
    assert report.observed_to.isoformat() == "2026-07-15T21:59:59+00:00"


def test_lines_and_areas_are_places_too(reports):
    lon, lat = LASK
    corners = [[lon, lat], [lon + 0.001, lat], [lon, lat + 0.001]]
    way = {"type": "LineString", "coordinates": corners}
    area = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    assert reports(collection(feature(1, way), feature(2, area))).summary["new"] == 2


def test_a_feature_may_carry_its_id_as_rfc_7946_says(reports):
    reports(collection({**feature(1), "id": "F7"}))
    assert stored()[0].natural_key == "import:F7"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("comma", [";", ","])
def test_a_table_is_read_with_and_without_a_mark_of_its_encoding(reports, mark, comma):
    header = HEADER.replace(";", comma)
    told = reports(mark + table(line(comma=comma, description="Żółć na jezdni"), header=header), name="reports.csv")
    assert told.summary == summary(read=1, new=1)
    assert stored()[0].description == "Żółć na jezdni"


def test_polish_spreadsheets_write_a_decimal_comma_and_leave_empty_rows(reports):
    row = line(lon="19,13", lat="51,59")
    assert reports(table(row, ";;;;", "", row), name="reports.csv").summary["new"] == 2


def test_a_cell_that_looks_like_a_formula_stays_text(reports):
    for text in ('=HYPERLINK("http://x")', "+48 123", "-1", "@SUM(1)"):
        cell = text.replace('"', '""')
        assert reports(table(line(description=f'"{cell}"')), name="reports.csv").code == 0
        assert stored()[-1].description == text


def test_an_empty_collection_is_a_file_with_nothing_new(reports):
    told = reports(collection())
    assert (told.code, told.summary) == (0, summary())


def test_a_misspelt_column_does_not_vanish_in_silence(reports):
    told = reports(collection(feature(1, opis="Dziura")))
    assert told.code == 0
    assert "opis" in told.words


def test_joining_everything_afterwards_changes_nothing(reports, app):
    voices = [feature(k, point(*metres_away(9_000 + 97 * k % 2_000, 53 * k % 400))) for k in range(60)]
    reports(collection(*voices))
    before = db.session.execute(select(Link.observation_id, Link.threat_id).order_by(Link.id)).all()
    assert count(Threat) < 60
    joined = app.test_cli_runner().invoke(args=["threats", "join", "--all"])
    assert joined.exit_code == 0
    assert db.session.execute(select(Link.observation_id, Link.threat_id).order_by(Link.id)).all() == before


def test_among_very_many_voices_only_the_districts_of_the_file_are_joined(reports, monkeypatch):
    monkeypatch.setattr("consult.online_reports.operations.MOST_JOINED", 1)
    told = reports(collection(feature(1), feature(2)))
    assert count(Threat) == 1
    assert "threats join --all" in told.words


# What is refused


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"description": "x" * 501}, ["description", "501", "500"]),
        ({"description": "dzwonek \x07"}, ["description"]),
        ({"description": "w \u202e lewo"}, ["description"]),
        ({"description": 17}, ["description"]),
        ({"category": "niebezpieczna_rozrywka", "description": ""}, ["description"]),
        ({"category": "nie_ma_takiej"}, ["category", "nie_ma_takiej"]),
        ({"category": ...}, ["category"]),
        ({"observed_at": "2199-01-01"}, ["observed_at", "2199"]),
        ({"observed_at": "2199-01-01T10:00:00Z"}, ["observed_at", "2199"]),
        ({"observed_at": "wczoraj"}, ["observed_at", "wczoraj"]),
        ({"observed_at": "0001-01-01T00:00:00+14:00"}, ["observed_at"]),
        ({"observed_at": "1999-12-31"}, ["observed_at"]),
        ({"observed_at": ...}, ["observed_at"]),
        ({"status": "zamknięte"}, ["status", "zamknięte"]),
        ({"weekdays": "mon, dziewiętnasty"}, ["weekdays"]),
        ({"weekdays": [1]}, ["weekdays"]),
        ({"time_of_day": "25:00"}, ["time_of_day"]),
        ({"accuracy_m": -1}, ["accuracy_m"]),
        ({"accuracy_m": True}, ["accuracy_m"]),
        ({"id": "x" * 101}, ["id"]),
        ({"id": 1.5}, ["id"]),
    ],
)
def test_a_bad_answer_is_refused_with_its_row_and_field(reports, wrong, words):
    assert refused(reports(collection(feature(1), feature(2, **wrong), feature(3))), 2, *words)


@pytest.mark.parametrize(
    "geometry",
    [
        point(LASK[1], LASK[0]),
        point(13.4, 52.5),
        point(2.35, 48.85),
        point(500, 200),
        point(True, False),
        point("19", "51"),
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": None},
        {"type": "Point"},
        {"type": ["Point"], "coordinates": [19, 51]},
        {"type": "__name__", "coordinates": [19, 51]},
        {"type": "MultiPoint", "coordinates": [[19, 51]]},
        {"type": "Polygon", "coordinates": [[[19, 51], [19.1, 51.1], [19.1, 51], [19, 51.1], [19, 51]]]},
        {"type": "Polygon", "coordinates": [[[19 + k / 1e6, 51] for k in range(100_000)]]},
        {"type": "Polygon", "coordinates": [[[[[[[[[[[[[[[[19]]]]]]]]]]]]]]]]},
        {"type": "LineString", "coordinates": [[19, 51]]},
        "Point",
        [19, 51],
    ],
    ids=lambda geometry: json.dumps(geometry)[:40],
)
def test_a_bad_place_is_refused_with_its_row(reports, geometry):
    assert refused(reports(collection(feature(1), feature(2, geometry))), 2)


def test_swapped_axes_are_called_so(reports):
    told = reports(collection(feature(1, point(LASK[1], LASK[0]))))
    assert "51.59, 19.13" in told.words


def test_a_place_in_poland_but_outside_the_loaded_boundaries_is_refused(reports):
    assert refused(reports(collection(feature(1), feature(2, point(21.0, 52.2)))), 2)


def test_without_boundaries_every_place_is_outside(app, tmp_path):
    factories.catalogue_of_27()
    db.session.commit()
    assert refused(Import(app, tmp_path)(collection(feature(1))), 1)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e309", "9" * 5_000])
def test_a_number_that_is_none_is_refused_with_its_row(reports, number):
    text = collection(feature(1), feature(2, point(77.5, 51.59))).replace("77.5", number)
    assert refused(reports(text), 2)


def test_a_name_that_stands_twice_is_refused_with_its_row(reports):
    text = collection(feature(1)).replace('"category"', '"category": "alkohol", "category"')
    assert refused(reports(text), 1, "category")


def test_a_category_that_ended_is_refused_for_later_days_and_taken_for_earlier_ones(reports):
    category = factories.catalogue.by_code("parkowanie")
    category.valid_to = factories.BEFORE.date().replace(month=1, day=1)
    db.session.commit()
    assert refused(reports(collection(feature(1))), 1, "category", "31 grudnia 2025")
    assert reports(collection(feature(1, observed_at="2025-12-30"))).code == 0


def test_every_refused_row_is_told_up_to_fifty_faults(reports):
    told = reports(collection(*(feature(k, description="x" * 501) for k in range(80))))
    assert told.summary == summary(read=80, refused=80)
    assert 50 <= len(told.words.splitlines()) <= 53


def test_one_bad_row_in_many_leaves_nothing_written(reports):
    assert refused(reports(collection(*(feature(k) for k in range(99)), feature(100, observed_at="2199-01-01"))), 100)


def test_an_id_that_stands_twice_is_refused(reports):
    assert refused(reports(collection(feature(1, id="A"), feature(2, id="B"), feature(3, id="A"))), 3, "A")


def test_an_id_that_came_before_with_other_content_is_refused(reports):
    reports(collection(feature(1, id="A")))
    told = reports(collection(feature(1, id="A", description="Coś innego")))
    assert (told.code, told.summary) == (1, summary(read=1, refused=1))
    assert count(OnlineReport) == 1


def test_the_terminal_is_safe_from_what_a_cell_says(reports):
    told = reports(collection(feature(1, category="\x1b[2Jzły")))
    assert told.code == 1
    assert "\x1b" not in told.words


@pytest.mark.parametrize("name", ["category", "description", "lon", "lat", "observed_at"])
def test_a_missing_column_is_named(reports, name):
    told = reports(table(line(), header=HEADER.replace(name, "inne")), name="reports.csv")
    assert told.code == 1
    assert name in told.words
    assert count(OnlineReport) == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (line(lon="dziewiętnaście"), ["lon"]),
        (line(lat=""), ["lat"]),
        (line(lon="nan"), ["place"]),
        (line(lon="1e309"), ["place"]),
        (line(lon=51.59, lat=19.13), ["place"]),
        (line() + ";więcej", []),
        ("parkowanie;za krótki", []),
        (line(description='"nigdy nie zamknięty'), []),
        (line(description="x" * 501), ["description", "501"]),
    ],
)
def test_a_bad_row_of_a_table_is_refused_as_a_spreadsheet_numbers_it(reports, row, words):
    words = [word for word in words if word != "place"]
    assert refused(reports(table(line(), row), name="reports.csv"), 3, *words)


@pytest.mark.parametrize(("encoding", "said"), [("cp1250", "1250"), ("iso8859-2", "8859-2"), ("utf-16", "UTF-16")])
def test_another_encoding_is_recognised_and_refused(reports, encoding, said):
    told = reports(table(line(description="Gęś źle śpi")).encode(encoding), name="reports.csv")
    assert told.code == 1
    assert said in told.words
    assert "UTF-8" in told.words


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"{",
        b'{"type": "FeatureCollection"}',
        b'{"type": "FeatureCollection", "features": {}}',
        b'{"type": "FeatureCollection", "features": [',
        b'{"type": "FeatureCollection", "features": []} x',
        b'{"type": "FeatureCollection", "features": [], "features": []}',
        b'{"type": "Feature", "features": []}',
        b'{"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "EPSG:2180"}}}',
        b"[" * 100_000,
        b'{"type": "FeatureCollection", "features": [' + b"[" * 100_000,
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": ' + b'{"a":' * 100_000,
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
    ids=lambda content: repr(content[:60]),
)
def test_a_file_that_is_no_collection_is_refused_in_one_sentence(reports, content):
    told = reports(content)
    assert told.code == 1
    assert "reports.geojson" in told.words
    assert count(OnlineReport) == 0


def test_a_feature_that_never_ends_is_refused_before_it_fills_the_memory(reports, monkeypatch):
    monkeypatch.setattr(files, "MOST_CHARACTERS_A_FEATURE", 100_000)
    monkeypatch.setattr(files, "CHUNK", 10_000)
    told = reports('{"type": "FeatureCollection", "features": [' + '{"type": "Feature", "x": [' + "0," * 200_000)
    assert told.code == 1


def test_a_file_beyond_the_limit_is_refused_unread(reports, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    assert reports(collection(feature(1))).code == 1


@pytest.mark.parametrize("content", [collection(feature(1)), table(line())], ids=["geojson", "csv"])
def test_the_format_is_seen_by_the_content_or_told(reports, content):
    told = "geojson" if content.startswith("{") else "csv"
    assert reports(content, "--dry-run", name="reports.txt").summary == summary(read=1, new=1)
    assert reports(content, "--format", told, "--quiet", name="reports").summary == summary(read=1, new=1)


def test_a_wrong_call_is_no_refused_input(reports):
    assert reports(collection(), "--format", "kml").code == 2


def test_features_are_read_alike_however_the_pieces_fall(reports, monkeypatch):
    content = collection(
        *(feature(k, description="Zażółć „gęślą” \\ jaźń 🚲 " * 3) for k in range(20)), totalFeatures=20
    )
    monkeypatch.setattr(files, "CHUNK", 7)
    told = reports(json.dumps(json.loads(content), indent=3))
    assert told.summary == summary(read=20, new=20)


# Part by part


@pytest.fixture
def parts_of_two(monkeypatch):
    """Files are gone through two rows at a time."""
    monkeypatch.setattr(operations, "BATCH", 2)


@pytest.mark.usefixtures("parts_of_two")
def test_parts_of_a_file_are_one_file(reports):
    content = collection(*(feature(1) for _ in range(3)), feature(4, id="A-4"), feature(5))
    assert reports(content).summary == summary(read=5, new=5)
    assert count(OnlineReport) == count(Observation) == 5
    assert count(Threat) == 1
    assert reports(content).summary == summary(read=5, unchanged=5)


@pytest.mark.usefixtures("parts_of_two")
def test_a_fault_in_a_later_part_lets_nothing_in(reports):
    told = reports(collection(feature(1, id="A-1"), feature(2), feature(3), feature(4), feature(5, id="A-1")))
    assert refused(told, 5, "A-1")
    assert told.summary == summary(read=5, refused=1)


@pytest.mark.usefixtures("parts_of_two")
def test_what_changed_after_a_file_was_checked_lets_nothing_in(reports, monkeypatch):
    """The file is exchanged between checking and writing; its first part is written already when that is found."""
    content = collection(feature(1), feature(2), feature(3))

    def exchanged(file, *rest, **options):
        file.write_text(collection(feature(1), feature(2), feature(3, category="x")))
        return written(file, *rest, **options)

    written = commands._written
    monkeypatch.setattr(commands, "_written", exchanged)
    assert refused(reports(content), 3, "x")
    assert count(Threat) == 0


@pytest.mark.parametrize(("most", "called"), [(1, [()]), (2, [("1003",), ("1019",)])], ids=["everything", "each"])
def test_among_very_many_voices_few_districts_are_joined_alone_and_many_with_all(reports, monkeypatch, most, called):
    monkeypatch.setattr(operations, "MOST_JOINED", 0)
    monkeypatch.setattr(operations, "MOST_DISTRICTS", most)
    joined = []
    monkeypatch.setattr(operations.joining, "join", lambda *district: joined.append(district))
    told = reports(collection(feature(1), feature(2, point(*metres_away(25_000, 0)))))
    assert told.summary == summary(read=2, new=2)
    assert joined == called
    assert ("flask threats join --all" in told.words) is (called != [()])
