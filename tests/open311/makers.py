"""Open311 as another system sees it: answers in both formats, and the schemas of the specification."""

import json
from datetime import timedelta

import jsonschema
from lxml import etree
from referencing import Registry, Resource

from consult.clock import now
from consult.threats import queries
from tests.factories import LASK, admit

NUMBERS = {"lat", "long"}


def recent(category="parkowanie", days=3, **more):
    """The threat of a voice about something seen lately."""
    return queries.of_observation(admit(category, when=now() - timedelta(days=days), **more))


def as_json(client, path, status=200):
    answer = client.get(f"/open311/v2/{path}")
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    return json.loads(answer.text)


def as_xml(client, path, status=200):
    answer = client.get(f"/open311/v2/{path}")
    assert answer.status_code == status, answer.text
    assert answer.content_type == "text/xml; charset=utf-8"
    return etree.fromstring(answer.data)


def plain(element):
    """An XML answer as the JSON one would have it, so that one set of schemas checks both."""
    if element.tag in {"services", "service_requests", "attributes", "values", "endpoints", "formats", "errors"}:
        return [plain(child) for child in element]
    if len(element):
        return {child.tag: plain(child) for child in element}
    if element.tag in NUMBERS and element.text:
        return float(element.text)
    return {"true": True, "false": False}.get(element.text, element.text)


def check(shared, name, value):
    """Hold a value against one of the specification's schemas."""
    folder = shared / "open311"
    known = [
        (file.name, Resource.from_contents(json.loads(file.read_text()), _specification()))
        for file in folder.glob("*.json")
    ]
    schema = json.loads((folder / f"{name}.json").read_text())
    together = {"registry": Registry().with_resources(known), "format_checker": jsonschema.FormatChecker()}
    validator = jsonschema.Draft7Validator(schema, **together)
    wrong = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(value)]
    assert wrong == []


def _specification():
    from referencing.jsonschema import DRAFT7

    return DRAFT7


def sent(service_code="parkowanie", lon=LASK[0], lat=LASK[1], description="Auta na chodniku przy szkole", **more):
    """The fields of a report as another system posts them; a field of ... is left out."""
    fields = {"service_code": service_code, "lat": lat, "long": lon, "description": description, **more}
    return {name: value for name, value in fields.items() if value is not ...}
