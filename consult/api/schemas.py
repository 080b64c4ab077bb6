"""The shapes of the answers, as JSON Schema (2020-12): the OpenAPI document shows them, the tests check answers."""

from typing import Any

from consult.catalogue.models import Precision
from consult.observations.models import Plane
from consult.threats.workflow import Status
from debates.models import AddresseeKind, MeetingKind, MeetingLevel
from debates.outcomes import ProposalStatus

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
TRUTH: Schema = {"type": "boolean"}
NAMES: Schema = {
    "type": "object",
    "required": ["pl", "en", "uk"],
    "properties": {"pl": TEXT, "en": TEXT, "uk": TEXT},
    "additionalProperties": False,
}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _word(words: Any) -> Schema:
    return {"type": "string", "enum": [word.value for word in words]}


def _whole(**properties: Schema) -> Schema:
    """Describe an object that has exactly these properties."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _page_of(name: str) -> Schema:
    return _whole(
        items={"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        total=NUMBER,
        next=_or_null(ADDRESS),
    )


_POSITION = _whole(lon={"type": "number"}, lat={"type": "number"}, accuracy_m=NUMBER)
_THREAT = {
    "id": NUMBER,
    "url": ADDRESS,
    "category": TEXT,
    "category_names": NAMES,
    "group": TEXT,
    "status": _word(Status),
    "planes": {"type": "array", "items": _word(Plane)},
    "observations": NUMBER,
    "independent_voices": NUMBER,
    "first_on": DAY,
    "last_on": DAY,
    "district": TEXT,
    "commune": _or_null(TEXT),
    "is_whole_area": TRUTH,
    "position": _or_null(_POSITION),
}
_CHANGE = _whole(before=_word(Status), after=_word(Status), changed_on=DAY, reason=TEXT)

SCHEMAS: dict[str, Schema] = {
    "Threat": _whole(**_THREAT),
    "Threats": _page_of("Threat"),
    "ThreatWithHistory": _whole(**_THREAT, history={"type": "array", "items": _CHANGE}),
    "Category": _whole(
        code=TEXT,
        names=NAMES,
        group=TEXT,
        group_names=NAMES,
        precision=_word(Precision),
        requires_description=TRUTH,
        valid_from=DAY,
        valid_to=_or_null(DAY),
    ),
    "Categories": {"type": "array", "items": {"$ref": "#/components/schemas/Category"}},
    "District": _whole(
        code=TEXT,
        name=TEXT,
        area_km2={"type": "number"},
        lon={"type": "number"},
        lat={"type": "number"},
        boundaries_are_approximate=TRUTH,
    ),
    "Districts": {"type": "array", "items": {"$ref": "#/components/schemas/District"}},
    "Meeting": _whole(
        id=NUMBER,
        kind=_word(MeetingKind),
        level=_word(MeetingLevel),
        title=TEXT,
        held_on=_or_null(DAY),
        is_year_only=TRUTH,
        venue=_or_null(TEXT),
        unit=TEXT,
        districts={"type": "array", "items": TEXT},
        proposals=NUMBER,
    ),
    "Meetings": _page_of("Meeting"),
    "Proposal": _whole(
        id=NUMBER,
        meeting_id=NUMBER,
        asked_on=_or_null(DAY),
        districts={"type": "array", "items": TEXT},
        text=_or_null(TEXT),
        words_are_public=TRUTH,
        addressee=_word(AddresseeKind),
        addressee_name=_or_null(TEXT),
        due_on=_or_null(DAY),
        status=_word(ProposalStatus),
        answer=_or_null(TEXT),
        answered_on=_or_null(DAY),
    ),
    "Proposals": _page_of("Proposal"),
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT, "parameter": TEXT},
    },
}
