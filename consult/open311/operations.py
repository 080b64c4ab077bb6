"""Writing for Open311: keys are made and revoked, and what comes by one is a report like any other."""

import secrets

from consult.audit.operations import MACHINE, note
from consult.catalogue.models import Category
from consult.clock import now, today
from consult.db import db
from consult.districts import queries as districts
from consult.geo import Place
from consult.online_reports import operations as reports
from consult.online_reports import queries as known_reports
from consult.open311 import queries
from consult.open311.models import ApiKey, ServiceRequest
from consult.threats.models import Threat

BYTES = 32


class NameTaken(Exception):
    """There is or was a key of this name already."""


class OutsideJurisdiction(Exception):
    """A key does not serve the district that a report speaks of."""


def create_key(name: str, jurisdiction: str) -> str:
    """Make a key and return it, the only time that anybody sees it. Raises NameTaken."""
    if queries.key_by_name(name) is not None:
        raise NameTaken(name)
    secret = secrets.token_urlsafe(BYTES)
    made = ApiKey(name=name, key_hash=queries.hash_of(secret), jurisdiction=jurisdiction, created_at=now())
    db.session.add(made)
    db.session.flush()
    note(MACHINE, "create_api_key", "api_key", made.id, jurisdiction=jurisdiction)
    return secret


def revoke_key(key: ApiKey) -> bool:
    """End a key; False when it was ended before."""
    if key.revoked_at is not None:
        return False
    key.revoked_at = now()
    note(MACHINE, "revoke_api_key", "api_key", key.id)
    return True


def take(
    key: ApiKey, receipt: str, *, category: Category, place: Place, description: str, voice_key: str | None
) -> Threat | None:
    """Take a report that came by a key, and return the threat that its voice belongs to.

    The same again under the same receipt is the report that is there; one that was taken back since has no threat.
    Raises PlaceRefused, OutsideJurisdiction, and `online_reports.operations.OtherContent`.
    """
    if not key.serves(districts.containing(place).district):
        raise OutsideJurisdiction(key.jurisdiction)
    report = reports.report(
        receipt, category=category, place=place, observed_on=today(), description=description, voice_key=voice_key
    )
    if db.session.get(ServiceRequest, report.id) is None:
        db.session.add(ServiceRequest(report_id=report.id, api_key_id=key.id))
    return known_reports.threat_of(report)
