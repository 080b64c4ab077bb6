"""The read API: what it answers, what it refuses, and a document that cannot say otherwise."""

import json
from datetime import date, timedelta

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from consult.clock import now
from consult.db import db
from consult.threats import operations, queries
from consult.threats.workflow import Status
from tests.accounts.makers import head
from tests.catalogue.makers import in_force
from tests.debates import makers as debates
from tests.factories import LASK, admit, metres_away

pytestmark = pytest.mark.usefixtures("world")

SECRET = "words that a resident wrote"


def recent(category="parkowanie", days=3, **more):
    return queries.of_observation(admit(category, when=now() - timedelta(days=days), **more))


def get(client, path, status=200):
    answer = client.get(f"/api/{path}")
    assert answer.status_code == status, answer.text
    return answer.json


def document(client):
    return get(client, "openapi.json")


def check(client, path, value, told=None):
    """Hold an answer against what the document says of its address."""
    told = told or document(client)
    name = told["paths"][f"/api/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    schema = {"$ref": name, "components": told["components"]}
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker())


def ids(answer):
    return [item["id"] for item in answer["items"]]


def test_the_document_is_openapi_and_names_every_page(client, app):
    told = document(client)
    assert list(OpenAPIV31SpecValidator(told).iter_errors()) == []
    assert told["openapi"] == "3.1.0"
    pages = {
        rule.rule.replace("<int:threat_id>", "{threat_id}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert set(told["paths"]) == pages - {"/api/openapi.json", "/api/<path:anything>"}


def test_a_threat_is_told_without_a_word_of_the_resident(client):
    threat = recent(text=SECRET)
    told = get(client, "threats")
    check(client, "threats", told)
    (item,) = told["items"]
    assert (told["total"], told["next"]) == (1, None)
    assert (item["position"]["lon"], item["position"]["lat"]) == LASK
    assert item["category_names"]["en"] == "Improper parking"
    assert item["url"].endswith(f"/threats/{threat.id}")
    assert SECRET not in json.dumps(told)


def test_one_threat_has_the_answers_of_the_police(client):
    threat = recent()
    operations.change_status(threat, Status.IN_VERIFICATION, "Sprawdzamy.", 1)
    db.session.flush()
    told = get(client, f"threats/{threat.id}")
    check(client, "threats/{threat_id}", told)
    assert [change["reason"] for change in told["history"]] == ["Sprawdzamy."]


@pytest.mark.parametrize("category", ["srodki_odurzajace", "znecanie_zwierzeta"])
def test_protected_categories_are_nowhere(client, category):
    threat = recent(category)
    assert get(client, "threats") == {"items": [], "total": 0, "next": None}
    assert get(client, f"threats/{threat.id}", 404)["status"] == 404


def test_a_threat_that_went_into_another_leads_on(client):
    first, second = recent(), recent(at=metres_away(4_000, 0))
    second.successor_id, second.observations = first.id, 0
    db.session.flush()
    answer = client.get(f"/api/threats/{second.id}")
    assert (answer.status_code, answer.location) == (301, f"/api/threats/{first.id}")


def test_filters_narrow_the_list(client):
    west, east = recent(), recent("dzikie_wysypiska", at=metres_away(14_000, 0), days=20)
    day = (now() - timedelta(days=10)).date().isoformat()
    assert ids(get(client, "threats?district=1019")) == [east.id]
    assert ids(get(client, "threats?district=10&category=parkowanie,alkohol")) == [west.id]
    assert ids(get(client, f"threats?from={day}")) == [west.id]
    assert ids(get(client, f"threats?to={day}&status=new&plane=online")) == [east.id]
    assert ids(get(client, f"threats?bbox={LASK[0] - 0.01},{LASK[1] - 0.01},{LASK[0] + 0.01},{LASK[1] + 0.01}")) == [
        west.id
    ]


def test_pages_follow_each_other_without_loss(client):
    wanted = [recent(at=metres_away(700 * step, 0)).id for step in range(5)]
    answer = client.get("/api/threats?page_size=2&district=10")
    seen = ids(answer.json)
    while answer.json["next"]:
        assert answer.json["total"] == 5
        assert answer.headers["Link"] == f'<{answer.json["next"]}>; rel="next"'
        answer = client.get(answer.json["next"])
        seen += ids(answer.json)
    assert seen == sorted(wanted)


def test_a_place_without_a_spot_has_no_position(client):
    threat = recent()
    threat.is_whole_area = True
    db.session.flush()
    told = get(client, "threats")
    check(client, "threats", told)
    assert told["items"][0]["position"] is None


def test_categories_and_districts(client):
    told = get(client, "categories")
    check(client, "categories", told)
    assert len(told) == len(in_force())
    told = get(client, "districts")
    check(client, "districts", told)
    assert [area["code"] for area in told] == ["1003", "1019"]


def test_meetings_without_what_residents_said(client):
    author = head()
    meeting = debates.meeting(author, venue="Remiza")
    debates.statement(author, meeting, SECRET)
    debates.proposal(author, meeting)
    told = get(client, "meetings?district=1003&kind=opening_debate&from=2026-07-15&to=2026-07-15")
    check(client, "meetings", told)
    (item,) = told["items"]
    assert (item["title"], item["venue"], item["proposals"]) == ("Debata w Łasku", "Remiza", 1)
    assert SECRET not in json.dumps(told)
    assert get(client, "meetings?district=1019")["items"] == get(client, "meetings?to=2026-07-14")["items"] == []


def test_what_was_asked_for_without_the_words_that_lead_back_to_a_person(client):
    author = head()
    meeting = debates.meeting(author)
    debates.proposal(author, meeting)
    debates.proposal(author, debates.meeting(author, "Dyżur", residents=1), SECRET)
    protected = debates.statement(author, meeting, SECRET, category_code="srodki_odurzajace")
    debates.proposal(author, meeting, SECRET, statement=protected)
    told = get(client, "proposals?district=1003&status=open")
    check(client, "proposals", told)
    assert [item["text"] for item in told["items"]] == ["Próg zwalniający przy szkole", None, None]
    assert SECRET not in json.dumps(told)
    assert get(client, "proposals?status=done")["total"] == 0


def test_an_answer_is_asked_again_by_its_mark(client):
    recent()
    first = client.get("/api/threats")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = client.get("/api/threats", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    recent(at=metres_away(4_000, 0))
    assert client.get("/api/threats", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page_size=501", "page_size"),
        ("page_size=0", "page_size"),
        ("after=-1", "after"),
        ("after=9223372036854775808", "after"),
        ("district=100", "district"),
        ("status=open", "status"),
        ("from=2026-02-30", "from"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=19,52,18,51", "bbox"),
        ("bbox=nan,1,2,3", "bbox"),
        ("category=A", "category"),
        ("visible=1", "visible"),
        ("district=10&district=14", "district"),
    ],
)
def test_a_wrong_or_unknown_parameter_is_named_in_a_problem_document(client, query, name):
    answer = client.get(f"/api/threats?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    told = answer.json
    check_problem = document(client)["components"]["schemas"]["Problem"]
    jsonschema.validate(told, check_problem)
    assert told["parameter"] == name


def test_what_is_not_there_is_a_problem_document(client):
    for path in ("threats/77", "threats/x", "nothing", "threats/99999999999999999999"):
        answer = client.get(f"/api/{path}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path


def test_the_number_of_queries_does_not_grow_with_the_rows(client, queries_counted):
    author = head()
    recent()
    debates.proposal(author, debates.meeting(author))
    paths = ("threats", "meetings", "proposals")
    before = [queries_counted(lambda path=path: client.get(f"/api/{path}")) for path in paths]
    for step in range(1, 5):
        recent(at=metres_away(900 * step, 0))
        debates.proposal(author, debates.meeting(author, f"Debata {step}"))
    after = [queries_counted(lambda path=path: client.get(f"/api/{path}?page_size=100")) for path in paths]
    assert [more <= few for few, more in zip(before, after, strict=True)] == [True] * 3


def values(schema):
    """Texts for a parameter: some that its schema allows, some that it does not."""
    kind = schema.get("items", schema)
    good = st.nothing()
    if kind.get("format") == "date":
        good = st.dates(date(2000, 1, 1), date(2999, 12, 31)).map(str)
    elif "enum" in kind:
        good = st.sampled_from(kind["enum"])
    elif "pattern" in kind:
        good = st.from_regex(kind["pattern"].replace("^(", "(").replace(")$", ")"), fullmatch=True)
    elif kind.get("type") == "integer":
        good = st.integers(kind["minimum"], kind["maximum"]).map(str)
    return good, st.text(max_size=30) | st.sampled_from(["\x00", "-1", "1e9", "9" * 40, "NaN", ",", "'", "%", "😀"])


@pytest.fixture
def told(client):
    """The document, read once."""
    return document(client)


SETTINGS = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(st.data())
def test_whatever_is_asked_there_is_an_answer(client, told, data):
    """No parameter of any page, right or wrong, breaks it; what is answered is as the document says."""
    path = data.draw(st.sampled_from(sorted(told["paths"])))
    operation = told["paths"][path]["get"]
    asked = {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "query" and data.draw(st.booleans()):
            right, wrong = values(parameter["schema"])
            asked[parameter["name"]] = data.draw(right | wrong)
    answer = client.get(path.replace("{threat_id}", str(data.draw(st.integers(0, 2**63 - 1)))), query_string=asked)
    assert str(answer.status_code) in operation["responses"]
    if answer.status_code == 200:
        check(client, path.removeprefix("/api/"), answer.json, told)


@SETTINGS
@given(st.data())
def test_what_the_document_allows_is_never_refused(client, told, data):
    path = data.draw(st.sampled_from(["/api/threats", "/api/meetings", "/api/proposals"]))
    asked = {}
    for parameter in told["paths"][path]["get"]["parameters"]:
        right, _wrong = values(parameter["schema"])
        asked[parameter["name"]] = "18.5,51.1,19.9,52.0" if parameter["name"] == "bbox" else data.draw(right)
    assert client.get(path, query_string=asked).status_code == 200, asked
