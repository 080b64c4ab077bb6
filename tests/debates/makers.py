"""Meetings, statements and proposals for tests, made by the operations that the pages use."""

import uuid
from datetime import date, time

from consult.attachments import operations as attachments
from consult.attachments.sifting import sift
from consult.db import db
from consult.geo import Place
from debates.models import (
    AddresseeKind,
    Meeting,
    MeetingFile,
    MeetingKind,
    MeetingLevel,
    Proposal,
    ProposalChange,
    Statement,
)
from debates.notes import SpeakerRole, StatementKind
from debates.operations import asking, convening, filing, minuting, planning
from debates.outcomes import ProposalStatus
from tests.factories import LASK

DAY = date(2026, 7, 15)


def meeting(author, title="Debata w Łasku", held_on=DAY, unit_code=None, **facts) -> Meeting:
    said = {"kind": MeetingKind.OPENING_DEBATE, "level": MeetingLevel.COMMUNE, "district_codes": ["1003"], **facts}
    made = convening.record_meeting(
        author, key=uuid.uuid4().hex, unit_code=unit_code or author.unit.code, title=title, held_on=held_on, **said
    )
    db.session.commit()
    return made


def statement(author, meeting, text="Auta na chodniku", place=..., **facts) -> Statement:
    said = {
        "kind": StatementKind.THREAT,
        "category_code": "parkowanie",
        "speaker": SpeakerRole.RESIDENT,
        "place": Place.point(*LASK) if place is ... else place,
        **facts,
    }
    made = minuting.record_statement(author, meeting, key=uuid.uuid4().hex, text=text, **said)
    db.session.commit()
    return made


def proposal(author, meeting, text="Próg zwalniający przy szkole", **facts) -> Proposal:
    said = {"addressee": AddresseeKind.COMMUNE, **facts}
    made = asking.record_proposal(author, meeting, key=uuid.uuid4().hex, text=text, **said)
    db.session.commit()
    return made


def answer(author, proposal, after=ProposalStatus.DONE, answer="Gotowe", **facts) -> ProposalChange:
    said = {"key": uuid.uuid4().hex, "version": proposal.version, **facts}
    made = asking.answer_proposal(author, proposal, after=after, answer=answer, **said)
    db.session.commit()
    return made


def planned(author, title="Bezpieczna jesień", held_on=date(2026, 9, 22), **facts) -> Meeting:
    """A meeting still to come, planned by the operation that the page uses."""
    said = {
        "kind": MeetingKind.OPENING_DEBATE,
        "level": MeetingLevel.COMMUNE,
        "district_codes": ["1003"],
        "place": None,
        "starts_at": time(17),
        "ends_at": time(19),
        "venue": "Dom kultury, ul. Narutowicza 11",
        "themes": "O drodze do szkoły.",
        "is_open": True,
        "invited": "burmistrz\nzarządca drogi",
        "features": 0,
        "access_note": "",
        "directions": "",
        "agenda": "",
        **facts,
    }
    made = planning.plan_meeting(
        author, key=uuid.uuid4().hex, unit_code=author.unit.code, title=title, held_on=held_on, **said
    )
    db.session.commit()
    return made


def filed(author, meeting, *contents, description="Lista obecności") -> list[MeetingFile]:
    """Files of minutes, held and added as the page does it."""
    key = uuid.uuid4().hex
    attachments.hold(filing.SOURCE, filing.waiting_key(author, key), [sift(content) for content in contents])
    made = filing.add_files(author, meeting, key=key, description=description)
    db.session.commit()
    return made
