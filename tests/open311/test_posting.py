"""Other systems report with a key: the rules of the resident's form, nothing twice, and no trace of the person."""

import json

import pytest
from lxml import etree
from sqlalchemy import func, select

from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.open311 import operations, queries
from consult.open311.models import ServiceRequest
from tests.factories import metres_away
from tests.open311.makers import as_json, sent
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def key(world):
    """The secret of a key for the whole country."""
    secret = operations.create_key("Miasto Łask", "pl")
    db.session.commit()
    return secret


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def post(client, key, status=200, form="json", headers=None, **more):
    answer = client.post(f"/open311/v2/requests.{form}", data=sent(api_key=key, **more), headers=headers)
    assert answer.status_code == status, answer.text
    return json.loads(answer.text) if form == "json" else etree.fromstring(answer.data)


def refused(client, key, status, name, **more):
    (told,) = post(client, key, status, **more)
    assert told["code"] == status
    assert told["description"].startswith(f"{name}: "), told
    assert count(OnlineReport) == count(Observation) == count(ServiceRequest) == 0
    return True


def test_a_report_by_a_key_is_a_report_like_any_other(client, key):
    (told,) = post(client, key)
    assert set(told) == {"service_request_id", "service_notice", "account_id"}
    report = db.session.scalar(select(OnlineReport))
    assert (report.category_code, report.description) == ("parkowanie", "Auta na chodniku przy szkole")
    assert db.session.scalar(select(ServiceRequest)).api_key.name == "Miasto Łask"
    (read,) = as_json(client, f"requests/{told['service_request_id']}.json")
    assert read["service_code"] == "parkowanie"
    link = told["service_notice"].split(" ")[-1]
    assert report.number in Page(client, link[link.index("/online-reports/") :]).text


def test_xml_is_answered_in_xml(client, key):
    answer = post(client, key, form="xml")
    assert answer.tag == "service_requests"
    assert answer.findtext("request/service_request_id").isdigit()


def test_a_protected_category_gives_a_token_that_leads_nowhere_public(client, key):
    (told,) = post(client, key, service_code="srodki_odurzajace")
    assert "service_request_id" not in told
    assert as_json(client, f"tokens/{told['token']}.json", 404)[0]["code"] == 404


def test_the_token_of_a_public_report_gives_its_number(client, key):
    (told,) = post(client, key)
    receipt = told["service_notice"].rpartition("/")[2]
    (read,) = as_json(client, f"tokens/{receipt}.json")
    assert read == {"service_request_id": told["service_request_id"], "token": receipt}
    as_json(client, "tokens/nothing.json", 404)


def test_the_same_report_again_is_the_one_that_is_there(client, key):
    first = post(client, key)
    assert post(client, key) == first
    assert count(OnlineReport) == count(ServiceRequest) == count(Observation) == 1
    post(client, key, description="Coś innego w tym samym miejscu")
    assert count(OnlineReport) == 2


def test_an_idempotency_key_names_a_report(client, key):
    headers = {"Idempotency-Key": "city-2026-000017"}
    first = post(client, key, headers=headers)
    assert post(client, key, headers=headers) == first
    told = post(client, key, 409, headers=headers, description="Inna treść")
    assert told[0]["description"].startswith("Idempotency-Key")
    post(client, key, headers={"Idempotency-Key": "city-2026-000018"})
    assert count(OnlineReport) == 2
    post(client, key, 400, headers={"Idempotency-Key": "short"})


def test_two_systems_may_use_the_same_idempotency_key(client, key):
    other = operations.create_key("Powiat", "1003")
    db.session.commit()
    headers = {"Idempotency-Key": "2026-000001"}
    post(client, key, headers=headers)
    post(client, other, headers=headers, description="Inna treść")
    assert count(OnlineReport) == 2


def test_people_of_the_other_system_are_told_apart_without_being_known(client, key):
    for who, word in (("a", "rano"), ("a", "wieczorem"), ("b", "nocą")):
        post(
            client,
            key,
            account_id=who,
            description=f"Auta na chodniku {word}",
            email="jan@example.pl",
            phone="600100200",
        )
    keys = db.session.scalars(select(OnlineReport.voice_key).order_by(OnlineReport.id)).all()
    assert keys[0] == keys[1] != keys[2]
    assert "jan@example.pl" not in "".join(str(vars(row)) for row in db.session.scalars(select(OnlineReport)).unique())


@pytest.mark.parametrize("given", ["", "wrong", "ż" * 300, "\x00"])
def test_without_a_right_key_nothing_is_taken(client, given):
    assert refused(client, given, 403, "api_key")


def test_a_revoked_key_opens_nothing(client, key):
    operations.revoke_key(queries.key_by_name("Miasto Łask"))
    db.session.commit()
    assert refused(client, key, 403, "api_key")


def test_a_key_serves_its_jurisdiction_only(client):
    east = operations.create_key("Powiat", "1019")
    db.session.commit()
    assert refused(client, east, 403, "api_key")
    lon, lat = metres_away(14_000, 0)
    post(client, east, lon=lon, lat=lat)
    assert count(OnlineReport) == 1


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("service_code", {"service_code": ...}),
        ("service_code", {"service_code": "nothing"}),
        ("service_code", {"service_code": "a\x00b"}),
        ("lat", {"lat": ...}),
        ("lat", {"lat": "north"}),
        ("long", {"lon": "nan"}),
        ("long", {"lon": "inf"}),
        ("long", {"lon": 2.35, "lat": 48.85}),
        ("long", {"lon": 51.59, "lat": 19.13}),
        ("long", {"lon": 0, "lat": 0}),
        ("description", {"description": "x" * 501}),
        ("description", {"description": "a\x07b"}),
    ],
)
def test_the_rules_of_the_residents_form_hold(client, key, name, more):
    assert refused(client, key, 400, name, **more)


def test_a_place_outside_all_boundaries_is_refused_in_words(client, key):
    assert refused(client, key, 400, "lat, long", lon=23.0, lat=53.0)


def test_a_category_that_needs_words_says_so(client, key):
    from consult.catalogue import queries as catalogue

    catalogue.by_code("parkowanie").requires_description = True
    db.session.commit()
    assert refused(client, key, 400, "description", description="")


def test_every_wrong_field_is_named_at_once_in_xml_too(client, key):
    answer = client.post("/open311/v2/requests.xml", data={"api_key": key})
    assert answer.status_code == 400
    told = [element.text.split(":")[0] for element in etree.fromstring(answer.data).iter("description")]
    assert set(told) == {"service_code", "lat", "long"}


@pytest.mark.parametrize("body", ["[1]", "{", '{"service_code": ["a"]}', "null"])
def test_json_is_no_form(client, key, body):
    answer = client.post(f"/open311/v2/requests.json?api_key={key}", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert count(OnlineReport) == 0
