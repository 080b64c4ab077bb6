"""Partners, threats handed over and answers, for tests."""

import uuid
from datetime import date, timedelta

from consult.clock import now, today
from consult.db import db
from consult.partners import operations
from consult.partners.models import PartnerKind
from consult.threats import handing_over, queries, response
from consult.threats.awaiting import PartnerOutcome
from consult.threats.workflow import Status
from tests.accounts.makers import officer, unit
from tests.factories import admit

SECRET = "only for colleagues: letter ZDP.7.2026"
SAID = "Dziurę załatano i ustawiono znak."
REPORTED = "Sąsiad pod numerem piątym widział to wczoraj"


def partner(name="Zarząd Dróg Powiatowych", areas=("1003",), groups=(), kind=PartnerKind.ROAD, ended=None, **more):
    """A partner that serves district 1003 and is for everything, committed so that the pages see it."""
    facts = {
        "email": "sekretariat@zdp.example",
        "address": "ul. Drogowa 1\n98-100 Łask",
        "valid_from": date(2020, 1, 1),
        **more,
    }
    made = operations.enter(7, uuid.uuid4().hex, kind, name, area_codes=areas, group_codes=groups, **facts)
    if ended is not None:
        operations.end(made, 7, ended)
    db.session.commit()
    return made


def confirmed(**more):
    """A threat that the police found to be there."""
    threat = queries.of_observation(
        admit("infrastruktura_drogowa", when=now() - timedelta(days=9), text=REPORTED, **more)
    )
    response.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    response.change_status(threat, Status.CONFIRMED, "seen", 7)
    db.session.commit()
    return threat


def words(**more):
    """What the operation takes beside the threat."""
    usual = {
        "key": uuid.uuid4().hex,
        "partner_id": None,
        "addressee": "Nadleśnictwo Kolumna",
        "address": "ul. Leśna 1\n98-100 Łask",
        "asked": "Prosimy o naprawę.",
        "expected_on": today() + timedelta(days=20),
        "quoted": "",
        "letter_number": "",
        "reason": "Przekazano z prośbą o naprawę.",
        "actor_id": officer(unit("1003")).id,
    }
    return usual | more


def handed_over(threat=None, **more):
    made = handing_over.hand_over(threat or confirmed(), **words(**more))
    db.session.commit()
    return made


def said(hand_over, outcome=PartnerOutcome.DONE, **more):
    usual = {
        "key": uuid.uuid4().hex,
        "answered_on": today(),
        "done_by": None,
        "passed_to": "",
        "public_words": SAID,
        "internal_words": SECRET,
        "actor_id": 7,
    }
    made = handing_over.record_answer(hand_over, outcome=outcome, **(usual | more))
    db.session.commit()
    return made
