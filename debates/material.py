"""What a briefing is made of, read from the map and from earlier debates."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select

from consult.catalogue.models import Precision
from consult.clock import today
from consult.db import db
from consult.districts import queries as districts
from consult.geo import PlaceRefused
from consult.period import day_of, midnight
from consult.threats import queries as threats
from consult.threats.models import Check, Threat
from consult.threats.workflow import OPEN, Status
from debates import queries
from debates.briefing import Asked, Briefing, Promised, Told, changed, standing
from debates.models import Commitment, Meeting, MeetingKind, MeetingLevel, Proposal
from debates.wording import in_words

NARROW = (MeetingLevel.COMMUNE, MeetingLevel.LOCAL)


def briefing_of(meeting: Meeting) -> Briefing:
    """Gather all that a briefing says, as of today."""
    areas = areas_of(meeting)
    told = list(_told(areas, _since(meeting)))
    since, earlier = _since(meeting), meeting.previous
    return Briefing(
        area=", ".join(districts.names(areas).values()),
        is_commune=areas != meeting.district_codes,
        made_on=today(),
        previous=earlier.title if earlier else "",
        previous_on=earlier.held_on if earlier else None,
        is_evaluating=meeting.kind is MeetingKind.EVALUATING_DEBATE,
        requests=tuple(_asked(one) for one in queries.taken_over(meeting)),
        threats=standing(told),
        changes=changed(told, since) if since else None,
        open=tuple(_asked(one) for one in queries.unfinished_in(meeting)),
        promised=tuple(_promised(one) for one in queries.promises_in(meeting)),
    )


def areas_of(meeting: Meeting) -> tuple[str, ...]:
    """Name the areas a debate is about: the commune of its venue where it is for one, else its districts."""
    if meeting.level in NARROW and meeting.place is not None:
        try:
            commune = districts.containing(meeting.place).commune
        except PlaceRefused:
            commune = None
        if commune and commune[:4] in meeting.district_codes:
            return (commune,)
    return meeting.district_codes


def _since(meeting: Meeting) -> datetime | None:
    """Give the moment since which changes are told: the morning of the debate before."""
    earlier = meeting.previous
    return midnight(earlier.held_on) if earlier and earlier.held_on else None


def _told(areas: Sequence[str], since: datetime | None) -> Iterator[Told]:
    codes = [code[:6] if len(code) > 4 else code for code in areas]
    settled = Threat.status_at >= since if since else False
    chosen = threats.narrowed(select(Threat), threats.Filters(visible=threats.lies_within(codes)))
    chosen = chosen.where(or_(Threat.status.in_(OPEN), (Threat.status == Status.ELIMINATED) & settled))
    found = db.session.scalars(chosen.order_by(Threat.id)).unique().all()
    answers: dict[int, str] = {}
    checks: dict[int, int] = {}
    for part in _parts(found):
        answers.update(threats.newest_answers(part))
        checks.update(_checks(part))
    names = districts.names({one.commune_code or one.district_code for one in found})
    for one in found:
        yield _of(one, names.get(one.commune_code or one.district_code, ""), answers, checks)


def _parts(found: Sequence[Threat], size: int = 500) -> Iterator[Sequence[Threat]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _checks(found: Sequence[Threat]) -> dict[int, int]:
    chosen = select(Check.threat_id, func.count(Check.id)).where(Check.threat_id.in_([one.id for one in found]))
    counted = chosen.where(Check.withdrawn_at.is_(None)).group_by(Check.threat_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _of(threat: Threat, where: str, answers: dict[int, str], checks: dict[int, int]) -> Told:
    return Told(
        threat_id=threat.id,
        category=threat.category.name("pl"),
        where=where,
        status=threat.status,
        is_protected=threat.category.precision is not Precision.EXACT,
        independent=threat.independent,
        from_records=threat.from_records,
        from_contact=threat.from_contact,
        from_online=threat.from_online,
        since=day_of(threat.first_at),
        did=answers.get(threat.id, ""),
        checks=checks.get(threat.id, 0),
        created_at=threat.created_at,
        arrived_at=threat.arrived_at,
        status_at=threat.status_at,
    )


def _asked(proposal: Proposal) -> Asked:
    return Asked(
        proposal_id=proposal.id,
        text=proposal.text,
        addressee=proposal.addressee_name or in_words(proposal.addressee),
        status=in_words(proposal.status),
        answer=proposal.answer,
        due_on=proposal.due_on,
        is_overdue=proposal.is_unfinished and _is_over(proposal.due_on),
        asked_on=proposal.meeting.held_on,
    )


def _promised(promise: Commitment) -> Promised:
    return Promised(promise.proposal_id, promise.who, promise.what, promise.due_on, _is_over(promise.due_on))


def _is_over(day: date | None) -> bool:
    return day is not None and day < today()
