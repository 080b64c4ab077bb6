"""What the public sees of each thing, in the shapes of `schemas`."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from consult.catalogue.models import Category
from consult.districts.atlas import Region
from consult.period import day_of
from consult.threats.models import StatusChange, Threat
from consult.web.addresses import public_url
from consult.web.languages import LANGUAGES
from debates.models import Meeting, Proposal

DECIMALS = 6


def threat(found: Threat) -> dict[str, Any]:
    """Write a threat; a whole commune or district has no position."""
    category = found.category
    return {
        "id": found.id,
        "url": public_url("threats.show", threat_id=found.id),
        "category": category.code,
        "category_names": _names(category),
        "group": category.group_code,
        "status": found.status.value,
        "planes": list(found.planes),
        "observations": found.observations,
        "independent_voices": found.independent,
        "first_on": day_of(found.first_at).isoformat(),
        "last_on": day_of(found.last_at).isoformat(),
        "district": found.district_code,
        "commune": found.commune_code,
        "is_whole_area": found.is_whole_area,
        "position": None if found.is_whole_area else _position(found),
    }


def _position(found: Threat) -> dict[str, Any]:
    return {
        "lon": round(found.lon, DECIMALS),
        "lat": round(found.lat, DECIMALS),
        "accuracy_m": round(found.accuracy_m),
    }


def threat_with_history(found: Threat, changes: Sequence[StatusChange]) -> dict[str, Any]:
    """Write a threat with the answers of the police, oldest first."""
    history = [
        {
            "before": change.before.value,
            "after": change.after.value,
            "changed_on": day_of(change.changed_at).isoformat(),
            "reason": change.reason,
        }
        for change in changes
    ]
    return {**threat(found), "history": history}


def category(found: Category) -> dict[str, Any]:
    """Write a category with its rules."""
    return {
        "code": found.code,
        "names": _names(found),
        "group": found.group_code,
        "group_names": {language: found.group.name(language) for language in LANGUAGES},
        "precision": found.precision.value,
        "requires_description": found.requires_description,
        "valid_from": found.valid_from.isoformat(),
        "valid_to": _day(found.valid_to),
    }


def district(found: Region) -> dict[str, Any]:
    """Write a district with a position that lies in it."""
    return {
        "code": found.code,
        "name": found.label,
        "area_km2": round(found.area_km2, 1),
        "lon": round(found.lon, DECIMALS),
        "lat": round(found.lat, DECIMALS),
        "boundaries_are_approximate": found.is_approximate,
    }


def meeting(found: Meeting, proposals: int) -> dict[str, Any]:
    """Write a meeting; what residents said at it is nobody's but the unit's."""
    return {
        "id": found.id,
        "kind": found.kind.value,
        "level": found.level.value,
        "title": found.title,
        "held_on": _day(found.held_on),
        "is_year_only": found.is_year_only,
        "venue": found.venue or None,
        "unit": found.unit.name,
        "districts": list(found.district_codes),
        "proposals": proposals,
    }


def proposal(found: Proposal) -> dict[str, Any]:
    """Write what was asked for, without its words where they would lead back to a person."""
    is_public = found.words_are_public
    return {
        "id": found.id,
        "meeting_id": found.meeting_id,
        "asked_on": _day(found.meeting.held_on),
        "districts": list(found.meeting.district_codes),
        "text": found.text if is_public else None,
        "words_are_public": is_public,
        "addressee": found.addressee.value,
        "addressee_name": found.addressee_name or None,
        "due_on": _day(found.due_on),
        "status": found.status.value,
        "answer": (found.answer or None) if is_public else None,
        "answered_on": _day(found.answered_on),
    }


def _names(found: Category) -> dict[str, str]:
    return {language: found.name(language) for language in LANGUAGES}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
