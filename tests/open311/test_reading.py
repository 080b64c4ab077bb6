"""Other systems read Open311: in both formats, valid, and never more than the public sees."""

from datetime import UTC, datetime, timedelta

import pytest

from consult.clock import now
from consult.db import db
from consult.open311.writing import written
from consult.period import day_of, midnight
from consult.threats import operations
from consult.threats.workflow import Status
from tests.accounts.makers import unit
from tests.catalogue.makers import in_force
from tests.factories import LASK, metres_away
from tests.open311.makers import as_json, as_xml, check, plain, recent

pytestmark = pytest.mark.usefixtures("world")

SECRET = "words that a resident wrote"


def ids(rows):
    return [row["service_request_id"] for row in rows]


def both(client, path):
    """The rows of a list, which JSON and XML agree about."""
    name, _mark, query = path.partition("?")
    rows = as_json(client, f"{name}.json?{query}")
    assert ids(plain(as_xml(client, f"{name}.xml?{query}"))) == ids(rows)
    return rows


def test_discovery_names_the_service_in_both_formats(client):
    told = as_json(client, "discovery.json")
    assert plain(as_xml(client, "discovery.xml")) == told
    assert told["contact"]
    assert told["key_service"]
    assert datetime.fromisoformat(told["changeset"]) < now()
    (endpoint,) = told["endpoints"]
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}


def test_services_are_the_categories_in_force(client):
    told = as_json(client, "services.json")
    assert len(told) == len(in_force())
    parking = next(service for service in told if service["service_code"] == "parkowanie")
    assert parking["service_name"] == "Nieprawidłowe parkowanie"
    assert (parking["metadata"], parking["type"], parking["group"]) == (False, "realtime", "Ruch drogowy")
    assert next(one for one in told if one["service_code"] == "zebractwo")["type"] == "batch"
    assert plain(as_xml(client, "services.xml")) == told


def test_a_service_asks_nothing_more(client):
    told = as_json(client, "services/parkowanie.json")
    assert told == {"service_code": "parkowanie", "attributes": []}
    assert as_xml(client, "services/parkowanie.xml").findtext("service_code") == "parkowanie"


def test_a_public_threat_is_a_request_without_a_word_of_the_resident(client):
    unit()
    threat = recent(text=SECRET)
    (told,) = both(client, "requests")
    assert told["service_request_id"] == str(threat.id)
    assert (told["status"], told["service_code"]) == ("open", "parkowanie")
    assert (told["long"], told["lat"]) == LASK
    assert told["address"].startswith("Łask, powiat ")
    assert told["agency_responsible"] == "Komenda Powiatowa Policji w Łasku"
    assert told["status_notes"] == "Nowe"
    assert "112" in told["service_notice"]
    assert SECRET not in str(told)


def test_moments_are_in_utc_and_tell_no_minute_of_a_report(client):
    threat = recent()
    (told,) = as_json(client, "requests.json")
    begun = midnight(day_of(threat.created_at)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["requested_datetime"] == told["updated_datetime"] == begun
    assert told["expected_datetime"] > begun


@pytest.mark.parametrize("category", ["srodki_odurzajace", "znecanie_zwierzeta"])
def test_protected_categories_are_in_no_list_and_under_no_number(client, category):
    threat = recent(category)
    assert both(client, "requests") == []
    assert both(client, f"requests?service_request_id={threat.id}") == []
    told = as_json(client, f"requests/{threat.id}.json", 404)
    assert told == [{"code": 404, "description": "service_request_id: there is no public request of this number"}]


def test_what_is_closed_says_so_and_why(client):
    threat = recent()
    operations.change_status(threat, Status.IN_VERIFICATION, "Sprawdzamy.", 1)
    operations.change_status(threat, Status.CONFIRMED, "Auta stoją co rano.", 1)
    (told,) = both(client, "requests?status=open")
    assert told["status"] == "open"
    assert told["status_notes"].endswith(". Auta stoją co rano.")
    operations.change_status(threat, Status.ELIMINATED, "Postawiono słupki.", 1)
    db.session.flush()
    assert both(client, "requests?status=open") == []
    (told,) = both(client, "requests?status=closed")
    assert (told["status"], told["expected_datetime"]) == ("closed", None)
    assert told["status_notes"] == "Potwierdzone, wyeliminowane. Postawiono słupki."
    threat.status_at = now() - timedelta(days=31)
    db.session.flush()
    assert both(client, "requests") == []


def test_one_request_is_a_list_of_one(client):
    threat = recent()
    assert ids(both(client, f"requests/{threat.id}")) == [str(threat.id)]


def test_a_request_that_went_into_another_leads_on(client):
    first, second = recent(), recent(at=metres_away(4_000, 0))
    second.successor_id, second.observations = first.id, 0
    db.session.flush()
    answer = client.get(f"/open311/v2/requests/{second.id}.xml")
    assert answer.status_code == 301
    assert answer.location == f"/open311/v2/requests/{first.id}.xml"


def test_filters_narrow_the_list(client):
    parking, waste = recent(), recent("dzikie_wysypiska", at=metres_away(3_000, 0))
    assert ids(both(client, "requests?service_code=dzikie_wysypiska")) == [str(waste.id)]
    assert len(both(client, "requests?service_code=dzikie_wysypiska,parkowanie&status=open,closed")) == 2
    assert ids(both(client, f"requests?service_request_id={parking.id},999999&status=closed")) == [str(parking.id)]
    assert both(client, f"requests?service_request_id={2**63},99999999999999999") == []


def test_the_jurisdiction_is_a_district_or_a_voivodeship(client):
    west, east = recent(), recent(at=metres_away(14_000, 0))
    assert (west.district_code, east.district_code) == ("1003", "1019")
    assert ids(both(client, "requests?jurisdiction_id=1019")) == [str(east.id)]
    assert len(both(client, "requests?jurisdiction_id=10")) == len(both(client, "requests?jurisdiction_id=pl")) == 2
    as_json(client, f"requests/{west.id}.json?jurisdiction_id=1019", 404)
    for path in ("services.json", "requests.json", "services/parkowanie.json"):
        assert as_json(client, f"{path}?jurisdiction_id=9999", 404)[0]["description"].startswith("jurisdiction_id")


def test_without_dates_the_last_ninety_days_are_told_and_with_them_those_days(client):
    threat = recent()
    day = midnight(day_of(now())) - timedelta(days=100)
    threat.created_at = day + timedelta(hours=15)
    db.session.flush()
    assert both(client, "requests") == []
    said = threat.created_at.astimezone(UTC)

    def between(start, end):
        return both(client, f"requests?start_date={start:%Y-%m-%dT%H:%M:%SZ}&end_date={end:%Y-%m-%dT%H:%M:%SZ}")

    assert ids(between(said - timedelta(days=2), said)) == [str(threat.id)]
    (told,) = between(midnight(day_of(said)), midnight(day_of(said)))
    stamp = datetime.fromisoformat(told["requested_datetime"])
    assert between(stamp + timedelta(seconds=1), said + timedelta(days=3)) == []
    assert between(stamp - timedelta(days=3), stamp - timedelta(seconds=1)) == []
    assert ids(both(client, f"requests?end_date={said:%Y-%m-%d}")) == [str(threat.id)]


def test_a_plus_that_nobody_escaped_is_still_a_zone(client):
    recent()
    start = (now() - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S")
    assert len(as_json(client, f"requests.json?start_date={start}+02:00")) == 1


def test_pages_follow_each_other_without_loss(client):
    wanted = {str(recent(at=metres_away(700 * step, 0)).id) for step in range(5)}
    answer = client.get("/open311/v2/requests.json?page_size=2&status=open")
    seen = ids(answer.json)
    while "next" in answer.headers.get("Link", ""):
        following = next(part for part in answer.headers["Link"].split(", ") if 'rel="next"' in part)
        answer = client.get(following.split(">")[0].lstrip("<"))
        seen += ids(answer.json)
    assert len(seen) == 5
    assert set(seen) == wanted


def test_an_answer_is_kept_asked_again_and_open_to_other_hosts(client):
    recent()
    first = client.get("/open311/v2/requests.json")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/open311/v2/requests.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_language_of_a_reader_changes_nothing(client):
    recent()
    before = client.get("/open311/v2/requests.json").data
    client.get("/language/en?next=/")
    assert client.get("/open311/v2/requests.json").data == before


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=shut", "status"),
        ("start_date=yesterday", "start_date"),
        ("end_date=2026-13-01", "end_date"),
        ("start_date=0001-01-01T00:00:00Z", "start_date"),
        ("page=0", "page"),
        ("page=1e3", "page"),
        ("page_size=1001", "page_size"),
        ("service_request_id=x", "service_request_id"),
        ("service_code=%00", "service_code"),
        ("jurisdiction_id=example.com", "jurisdiction_id"),
        ("page=1&page=2", "page"),
    ],
)
def test_a_wrong_parameter_is_named_in_both_formats(client, query, name):
    (told,) = as_json(client, f"requests.json?{query}", 400)
    assert told["code"] == 400
    assert told["description"].startswith(f"{name}: ")
    answer = as_xml(client, f"requests.xml?{query}", 400)
    assert answer.tag == "errors"
    assert answer.findtext("error/code") == "400"


def test_parameters_of_extensions_are_left_alone(client):
    assert as_json(client, "requests.json?extensions=true&api_key=x") == []


@pytest.mark.parametrize(
    "path",
    [
        "services/nothing.json",
        "services/a%00b.json",
        "requests/7.json",
        "requests/x.json",
        "other.json",
        "requests/99999999999999999999.json",
    ],
)
def test_what_is_not_there_is_said_in_the_specifications_form(client, path):
    assert as_json(client, path, 404)[0]["code"] == 404
    assert as_xml(client, path.replace(".json", ".xml"), 404).findtext("error/code") == "404"


def test_a_category_that_ended_is_no_service(client):
    from consult.catalogue import queries as catalogue
    from consult.clock import today

    catalogue.by_code("parkowanie").valid_to = today()
    db.session.flush()
    as_json(client, "services/parkowanie.json", 404)
    assert len(as_json(client, "services.json")) == 26


def test_xml_holds_whatever_people_write(client):
    threat = recent()
    operations.change_status(threat, Status.IN_VERIFICATION, "a <b> & ]]> \x0b\x00 \"'".replace("\x00", ""), 1)
    (told,) = plain(as_xml(client, "requests.xml"))
    assert told["status_notes"].endswith("a <b> & ]]> \N{REPLACEMENT CHARACTER} \"'")


def test_xml_replaces_what_it_cannot_hold():
    text = written("xml", "discovery", {"contact": "\x00\x08\ud800\ufffe\U0010ffff\tę"}).decode()
    assert text.endswith("<contact>\ufffd\ufffd\ufffd\ufffd\U0010ffff\tę</contact></discovery>")
    assert written("json", "x", ["\ud800"]) == b'["?"]'


def test_the_number_of_queries_does_not_grow_with_the_rows(client, queries_counted):
    recent()
    one = queries_counted(lambda: client.get("/open311/v2/requests.json"))
    for step in range(1, 8):
        recent(at=metres_away(800 * step, 0))
    assert queries_counted(lambda: client.get("/open311/v2/requests.json?page=1")) <= one


def test_answers_keep_the_schemas_of_the_specification(client, shared):
    unit()
    recent(text=SECRET)
    checked = recent("dzikie_wysypiska", at=metres_away(3_000, 0))
    operations.change_status(checked, Status.IN_VERIFICATION, "Sprawdzamy.", 1)
    for name, path in (("services", "services"), ("requests", "requests"), ("requests", f"requests/{checked.id}")):
        told = as_json(client, f"{path}.json")
        assert told
        check(shared, name, told)
        check(shared, name, plain(as_xml(client, f"{path}.xml")))
    for service in as_json(client, "services.json"):
        definition = as_json(client, f"services/{service['service_code']}.json")
        check(shared, "service-definition", definition)
        check(
            shared,
            "service-definition",
            {**plain(as_xml(client, f"services/{service['service_code']}.xml")), "attributes": []},
        )


def test_the_schemas_would_notice(client, shared):
    """A control: what a well-known server answers is not what the specification says."""
    recent()
    with pytest.raises(AssertionError):
        check(shared, "requests", {"service_requests": as_json(client, "requests.json")})
    with pytest.raises(AssertionError):
        check(shared, "services", [{**as_json(client, "services.json")[0], "metadata": "false"}])
