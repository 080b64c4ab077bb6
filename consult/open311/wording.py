"""Categories and threats in Open311's words; names and answers are Polish, whatever the reader's cookie says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import force_locale, format_date, ngettext
from flask_babel import gettext as _

from consult.calendar import after_working_days
from consult.catalogue.models import Category, Precision
from consult.period import day_of, midnight
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS
from consult.threats.workflow import OPEN, Status
from consult.web.addresses import public_url

CHANGESET = "2026-11-01T00:00:00Z"
"""Since when this edition of our Open311 stands."""

NOTICE = "To nie jest numer alarmowy. Gdy ktoś potrzebuje pomocy teraz, zadzwoń pod 112."
CONTACT = "Przyjmujemy sygnały o zagrożeniach; w nagłych przypadkach dzwoń pod 112. Kontakt: {address}"
KEY_SERVICE = "Klucz wydaje administrator tej instalacji (flask open311 keys create). Kontakt: {address}"
DECIMALS = 6


def discovery(root: str) -> dict[str, Any]:
    """Describe this service: who answers for it, how keys are got, and where it is."""
    address = public_url("desk.home")
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": root,
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return {
        "changeset": CHANGESET,
        "contact": CONTACT.format(address=address),
        "key_service": KEY_SERVICE.format(address=address),
        "endpoints": [endpoint],
    }


def service(category: Category) -> dict[str, Any]:
    """Describe a category. One whose places are protected gives a token instead of a number: it is `batch`."""
    return {
        "service_code": category.code,
        "service_name": category.name("pl"),
        "description": _rules(category),
        "metadata": False,
        "type": "realtime" if category.precision is Precision.EXACT else "batch",
        "keywords": ", ".join(category.aliases) or None,
        "group": category.group.name("pl"),
    }


def _rules(category: Category) -> str:
    rules = [NOTICE]
    if category.requires_description:
        rules.append("Opis jest wymagany.")
    if category.precision is not Precision.EXACT:
        rules.append("Miejsc tej kategorii nie pokazujemy publicznie.")
    return " ".join(rules)


def definition(category: Category) -> dict[str, Any]:
    """Describe what else is asked about a category: nothing."""
    return {"service_code": category.code, "attributes": []}


def service_request(
    threat: Threat, answers: Mapping[int, str], units: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, Any]:
    """Write a public threat as a service request; no word of a resident is in it."""
    commune = threat.commune_code or ""
    areas = [names.get(code, "") for code in (commune, threat.district_code)]
    return {
        "service_request_id": str(threat.id),
        "status": "open" if threat.status in OPEN else "closed",
        "status_notes": _notes(threat, answers.get(threat.id, "")),
        "service_name": threat.category.name("pl"),
        "service_code": threat.category_code,
        "description": _voices(threat),
        "agency_responsible": units.get(commune[:6]) or units.get(threat.district_code),
        "service_notice": NOTICE,
        "requested_datetime": in_utc(requested_at(threat)),
        "updated_datetime": in_utc(requested_at(threat) if threat.status is Status.NEW else threat.status_at),
        "expected_datetime": _expected(threat),
        "address": ", ".join(area for area in areas if area) or None,
        "address_id": None,
        "zipcode": None,
        "lat": None if threat.is_whole_area else round(threat.lat, DECIMALS),
        "long": None if threat.is_whole_area else round(threat.lon, DECIMALS),
        "media_url": None,
    }


def requested_at(threat: Threat) -> datetime:
    """Give the beginning of the day in Warsaw on which it was first reported: the minute of a report is nobody's."""
    return midnight(day_of(threat.created_at))


def _notes(threat: Threat, answer: str) -> str:
    with force_locale("pl"):
        label = str(STATUS_LABELS[threat.status])
    return f"{label}. {answer}" if answer else label


def _voices(threat: Threat) -> str:
    with force_locale("pl"):
        voices = ngettext("%(num)s independent voice", "%(num)s independent voices", threat.independent)
        return f"{voices}. " + _("Last seen: %(day)s", day=format_date(threat.last_at, "long"))


def _expected(threat: Threat) -> str | None:
    """Give the end of the day by which the police have to check a threat that is not checked yet."""
    if threat.status not in {Status.NEW, Status.IN_VERIFICATION}:
        return None
    last = after_working_days(day_of(threat.arrived_at), threat.category.verify_days)
    return in_utc(midnight(last + timedelta(days=1)) - timedelta(seconds=1))


def in_utc(moment: datetime) -> str:
    """Write a moment as W3C's date and time in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def errors(code: int, *sentences: str) -> list[dict[str, Any]]:
    """Write what is wrong as Open311's list of errors."""
    return [{"code": code, "description": sentence} for sentence in sentences]
