"""Files of other systems: layers of the KMZB, exports of Open311 and FixMyStreet, with their names, metres and times."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult.db import db
from consult.geo import to_metres
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.threats.workflow import Status
from tests import factories
from tests.factories import LASK, metres_away
from tests.online_reports.makers import Import


@pytest.fixture
def reports(app, tmp_path):
    """The command in a small world of two districts."""
    factories.catalogue_of_27()
    factories.two_districts()
    db.session.commit()
    return Import(app, tmp_path)


def stored():
    return db.session.scalars(select(OnlineReport).order_by(OnlineReport.id)).unique().all()


def summary(read=0, new=0, unchanged=0, refused=0):
    return {"read": read, "new": new, "unchanged": unchanged, "refused": refused}


def refused(told, row, *words):
    """Whether the command refused one row with these words and wrote nothing."""
    assert told.code == 1, told.said
    assert [text for text in told.words.splitlines() if f" {row}:" in text and all(word in text for word in words)], (
        told.words
    )
    assert db.session.scalar(select(func.count()).select_from(OnlineReport)) == 0
    assert db.session.scalar(select(func.count()).select_from(Observation)) == 0
    return True


def unreadable(told):
    assert told.code == 1, told.said
    assert told.words.startswith("reports.")
    assert told.summary is None
    assert stored() == []
    return True


def ms(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)


def kmzb(number=1, at=LASK, geometry=..., **attributes):
    """A feature of a layer as ArcGIS gives it."""
    x, y = to_metres(*at)
    said = {
        "OBJECTID": number,
        "Typ": "Nieprawidłowe parkowanie",
        "Status": "Nowe",
        "TERYT": "1003",
        "Data zdarzenia": ms(2026, 7, 15, 16, 30),
        "Data utworzenia": ms(2026, 7, 16, 8, 0),
        "Data modyfikacji": ms(2026, 7, 17, 8, 0),
        **attributes,
    }
    kept = {name: value for name, value in said.items() if value is not ...}
    return {"attributes": kept, "geometry": {"x": x, "y": y} if geometry is ... else geometry}


def layer(*features, **members):
    return json.dumps(
        {"objectIdFieldName": "OBJECTID", "spatialReference": {"wkid": 2180}, **members, "features": list(features)}
    )


class TestKmzb:
    def test_a_layer_comes_in_with_its_metres_and_milliseconds(self, reports):
        told = reports(layer(kmzb(7, Status="Potwierdzone (przekazane poza Policję)")), "--format", "kmzb")
        assert (told.code, told.summary) == (0, summary(read=1, new=1)), told.words
        assert told.words == ""
        (report,) = stored()
        assert report.natural_key == "import:kmzb:7"
        assert (report.category_code, report.imported_status) == ("parkowanie", Status.HANDED_OVER)
        assert report.observed_from == report.observed_to == datetime(2026, 7, 15, 16, 30, tzinfo=UTC)
        assert report.place.lon_lat == pytest.approx(LASK, abs=1e-6)

    def test_the_same_layer_again_changes_nothing_and_a_newer_status_neither(self, reports):
        reports(layer(kmzb(1), kmzb(2)), "--format", "kmzb")
        told = reports(layer(kmzb(1, Status="Potwierdzone"), kmzb(2)), "--format", "kmzb")
        assert told.summary == summary(read=2, unchanged=2)

    def test_a_dry_run_writes_nothing(self, reports):
        assert reports(layer(kmzb()), "--format", "kmzb", "--dry-run").summary == summary(read=1, new=1)
        assert stored() == []

    @pytest.mark.parametrize("moment", [ms(2026, 7, 15), ms(2026, 7, 14, 22)])
    def test_what_falls_on_a_midnight_is_a_day(self, reports, moment):
        reports(layer(kmzb(**{"Data zdarzenia": moment})), "--format", "kmzb")
        (report,) = stored()
        assert report.observed_from == datetime(2026, 7, 14, 22, tzinfo=UTC)
        assert report.observed_to == datetime(2026, 7, 15, 21, 59, 59, tzinfo=UTC)

    def test_without_a_day_of_the_event_the_day_of_the_report_counts(self, reports):
        reports(layer(kmzb(**{"Data zdarzenia": None})), "--format", "kmzb")
        assert stored()[0].observed_from == datetime(2026, 7, 16, 8, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("days", "hours", "masks"),
        [
            ("Poniedziałek, Wtorek", "Wieczór", (3, 4)),
            ("Codziennie", "18:00 - 22:00", (127, 4)),
            ("Weekend", "od 22 do 6", (96, 8)),
            ("Dni robocze", "06:00–12:00, 12:00–18:00", (31, 3)),
            (None, "", (0, 0)),
        ],
    )
    def test_days_and_hours_are_read_in_words_and_spans(self, reports, days, hours, masks):
        told = reports(layer(kmzb(**{"Dni tygodnia": days, "Pora dnia": hours})), "--format", "kmzb")
        assert told.code == 0, told.words
        assert (stored()[0].weekdays, stored()[0].times_of_day) == masks

    def test_no_words_are_asked_for_since_the_layer_has_none(self, reports):
        told = reports(layer(kmzb(Typ="Miejsce niebezpiecznej działalności rozrywkowej")), "--format", "kmzb")
        assert told.summary == summary(read=1, new=1), told.words

    def test_geojson_of_the_layer_is_read_too_in_metres_or_degrees(self, reports):
        def feature(number, *pair):
            said = kmzb(number)["attributes"]
            return {"type": "Feature", "properties": said, "geometry": {"type": "Point", "coordinates": list(pair)}}

        features = [feature(1, *to_metres(*LASK)), feature(2, *metres_away(4_000, 0))]
        told = reports(json.dumps({"type": "FeatureCollection", "features": features}), "--format", "kmzb")
        assert told.summary == summary(read=2, new=2), told.words

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"Typ": "Zagrożenie kosmiczne"}, "Zagrożenie kosmiczne"),
            ({"Typ": ...}, "category"),
            ({"Status": "Zagubione"}, "Zagubione"),
            ({"Data zdarzenia": "wczoraj"}, "wczoraj"),
            ({"Data zdarzenia": 10**18}, "observed_at"),
            ({"Data zdarzenia": ms(2999, 1, 1)}, "2999"),
            ({"Data zdarzenia": ms(1990, 1, 1)}, "1990"),
            ({"Pora dnia": "o świcie"}, "swicie"),
            ({"geometry": None}, ""),
            ({"geometry": {"x": "NaN", "y": 1}}, ""),
            ({"geometry": {"rings": []}}, ""),
            ({"geometry": {"x": 5_500_000, "y": 480_000}}, ""),
        ],
    )
    def test_a_wrong_row_is_named_and_nothing_is_taken(self, reports, more, words):
        assert refused(reports(layer(kmzb(1), kmzb(2, **more)), "--format", "kmzb"), 2, words)

    @pytest.mark.parametrize("feature", [7, None, [], {"geometry": {}}, {"attributes": []}])
    def test_what_is_no_feature_is_named(self, reports, feature):
        assert refused(reports(layer(kmzb(1), feature), "--format", "kmzb"), 2)

    def test_one_id_twice_is_named(self, reports):
        assert refused(reports(layer(kmzb(1), kmzb(1)), "--format", "kmzb"), 2, "kmzb:1")

    @pytest.mark.parametrize("content", ["[", "{}", '{"error": {"code": 400}}', '{"features": 7}', "7", "", "<a/>"])
    def test_what_is_no_layer_is_said(self, reports, content):
        assert unreadable(reports(content, "--format", "kmzb"))

    def test_the_real_vocabulary_is_known(self, reports, shared):
        known = json.loads((shared / "kmzb" / "kmzb_layer_vocabulary.json").read_text(encoding="utf-8"))
        features = [
            kmzb(number, at=metres_away(150 * number, 0), Typ=kind, Status=known["statuses"][number % 6])
            for number, kind in enumerate(known["types_24"])
        ]
        told = reports(layer(*features), "--format", "kmzb")
        assert told.summary == summary(read=24, new=24), told.words
        assert len({report.category_code for report in stored()}) == 24
        assert len({report.imported_status for report in stored()}) == 6


def request(number=1, **more):
    said = {
        "service_request_id": str(number),
        "status": "open",
        "service_code": "parkowanie",
        "service_name": "Nieprawidłowe parkowanie",
        "description": f"Auto nr {number} na chodniku",
        "requested_datetime": "2026-07-15T16:30:00Z",
        "lat": LASK[1],
        "long": LASK[0],
        "agency_responsible": "Straż Miejska",
        "media_url": None,
        **more,
    }
    return {name: value for name, value in said.items() if value is not ...}


def as_xml(*requests):
    rows = "".join(
        "<request>"
        + "".join(f"<{name}>{'' if value is None else value}</{name}>" for name, value in row.items())
        + "</request>"
        for row in requests
    )
    return f'<?xml version="1.0" encoding="utf-8"?><service_requests>{rows}</service_requests>'


class TestOpen311:
    @pytest.mark.parametrize(
        "content",
        [
            json.dumps([request(1), request(2)]),
            json.dumps({"service_requests": [request(1), request(2)]}),
            json.dumps({"page": 1, "requests": [request(1), request(2)], "total": 2}),
            as_xml(request(1), request(2)),
        ],
    )
    def test_requests_come_in_from_json_and_xml(self, reports, content):
        told = reports(content, "--format", "open311")
        assert (told.code, told.summary) == (0, summary(read=2, new=2)), told.words
        first = stored()[0]
        assert (first.natural_key, first.category_code, first.imported_status) == (
            "import:open311:1",
            "parkowanie",
            Status.NEW,
        )
        assert first.description == "Auto nr 1 na chodniku"
        assert reports(content, "--format", "open311").summary == summary(read=2, unchanged=2)

    def test_the_name_of_a_service_helps_where_its_code_is_the_citys_own(self, reports):
        reports(
            json.dumps([request(service_code="017"), request(2, service_code=17, service_name="x")]),
            "--format",
            "open311",
            "--dry-run",
        )
        told = reports(json.dumps([request(service_code="017")]), "--format", "open311")
        assert told.summary == summary(read=1, new=1), told.words
        assert stored()[0].category_code == "parkowanie"

    def test_closed_says_not_what_came_of_it(self, reports):
        reports(json.dumps([request(status="closed")]), "--format", "open311")
        assert stored()[0].imported_status is None

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"service_code": "x", "service_name": "Graffiti"}, "Graffiti"),
            ({"lat": None}, ""),
            ({"lat": "x"}, ""),
            ({"long": 2.3, "lat": 48.8}, "2.3"),
            ({"description": "x" * 501}, "501"),
            ({"requested_datetime": ...}, "observed_at"),
            ({"requested_datetime": "15.07.2026"}, "15.07.2026"),
            ({"service_code": [1], "service_name": ...}, ""),
            ({"service_request_id": {"a": 1}, "description": ["b"]}, ""),
        ],
    )
    def test_a_wrong_row_is_named_and_nothing_is_taken(self, reports, more, words):
        assert refused(reports(json.dumps([request(1), request(2, **more)]), "--format", "open311"), 2, words)

    @pytest.mark.parametrize(
        "content",
        [
            "7",
            "{}",
            '{"requests": {}}',
            "<service_requests>",
            "<html></html>",
            "<a><request></a>",
            "<!-- -->",
            '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        ],
    )
    def test_what_is_no_list_of_requests_is_said(self, reports, content):
        assert unreadable(reports(content, "--format", "open311"))

    def test_xml_fetches_and_unfolds_nothing(self, reports, tmp_path):
        (tmp_path / "secret.txt").write_text("SECRET")
        head = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{tmp_path}/secret.txt"><!ENTITY b "{"b" * 99}">]>'
        body = as_xml(request(1, description="x&a;&b;")).replace('<?xml version="1.0" encoding="utf-8"?>', head)
        told = reports(body, "--format", "open311")
        assert "SECRET" not in told.words
        assert all("SECRET" not in report.description and "bbb" not in report.description for report in stored())


FMS_HEADER = "Report ID,Title,Detail,User Name,Category,Subcategory,Created,Confirmed,Acknowledged,Fixed,Closed,Status,Latitude,Longitude,Query,Ward,Easting,Northing,Report URL"


def fms(
    number=1,
    title="Auto na chodniku",
    detail="Codziennie rano",
    category="Nieprawidłowe parkowanie",
    status="confirmed",
    lat=LASK[1],
    lon=LASK[0],
):
    return f'{number},"{title}","{detail}",Jan Kowalski,{category},,2026-07-15T18:30:00,,,,,{status},{lat},{lon},,,,,https://x/{number}'


def sheet(*lines, header=FMS_HEADER):
    return "\r\n".join([header, *lines]) + "\r\n"


class TestFixMyStreet:
    def test_a_table_comes_in_without_the_names_of_people(self, reports):
        told = reports(
            sheet(fms(12), fms(13, detail="Auto na chodniku przy szkole", status="fixed - council")),
            "--format",
            "fixmystreet",
            name="reports.csv",
        )
        assert (told.code, told.summary) == (0, summary(read=2, new=2)), told.words
        assert told.words == ""
        first, second = stored()
        assert first.natural_key == "import:fixmystreet:12"
        assert first.description == "Auto na chodniku\nCodziennie rano"
        assert second.description == "Auto na chodniku przy szkole"
        assert (first.imported_status, second.imported_status) == (Status.NEW, Status.ELIMINATED)
        assert first.observed_from == datetime(2026, 7, 15, 16, 30, tzinfo=UTC)
        assert not any("Kowalski" in str(vars(report)) for report in stored())

    def test_the_same_table_again_changes_nothing(self, reports):
        content = sheet(fms(1), fms(2))
        reports(content, "--format", "fixmystreet", name="reports.csv")
        assert reports(content, "--format", "fixmystreet", name="reports.csv").summary == summary(read=2, unchanged=2)

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (fms(2, category="Potholes"), "Potholes"),
            (fms(2, lat=""), ""),
            (fms(2, lat="x"), ""),
            (fms(2, lat=55.95, lon=-3.19), "-3.19"),
            (fms(2, detail="x" * 500), "517"),
            ("2,x", "19"),
            (fms(1), "fixmystreet:1"),
        ],
    )
    def test_a_wrong_row_is_named_and_nothing_is_taken(self, reports, row, words):
        assert refused(reports(sheet(fms(1), row), "--format", "fixmystreet", name="reports.csv"), 3, words)

    @pytest.mark.parametrize("header", ["Report ID,Title", FMS_HEADER + ",Title"])
    def test_a_header_that_lacks_or_repeats_a_column_is_refused(self, reports, header):
        assert unreadable(reports(sheet(fms(1), header=header), "--format", "fixmystreet", name="reports.csv"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*kmzb()["attributes"], *request(), "Pora dnia", "Dni tygodnia"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    said=st.dictionaries(NAMES, JSON, max_size=6),
    place=JSON | st.fixed_dictionaries({"x": JSON, "y": JSON}),
    form=st.sampled_from(["kmzb", "open311"]),
)
def test_whatever_a_record_says_the_command_takes_it_or_says_why_not(reports, said, place, form):
    record = {"attributes": said, "geometry": place} if form == "kmzb" else said
    told = reports(json.dumps({"features": [record], "requests": [record]}), "--format", form, "--dry-run")
    assert told.code in {0, 1}
    assert told.code == 0 or told.words.strip()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=300), form=st.sampled_from(["kmzb", "open311", "fixmystreet"]))
def test_any_bytes(reports, content, form):
    told = reports(content, "--format", form, "--dry-run")
    assert told.code in {0, 1}
    assert told.code == 0 or told.words.strip()
