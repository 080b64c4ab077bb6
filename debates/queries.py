"""Reading meetings, statements and proposals: in a unit's scope for staff, by district for the roof and the public."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, exists, extract, func, not_, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload, selectinload

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.catalogue.models import Category, Precision
from consult.db import db
from consult.partners import queries as partners
from consult.partners.models import Partner
from consult.partners.reach import Reach
from consult.period import Period
from consult.receipts import hash_of
from consult.threats import queries as threats
from consult.threats.models import Threat
from consult.words import beginning
from debates.deadlines import Reminder
from debates.models import (
    SPEAKS_OF_A_THREAT,
    Commitment,
    CorrectionLink,
    DeadlineReminder,
    Meeting,
    MeetingDistrict,
    MeetingFile,
    MeetingKind,
    MeetingPlan,
    MinutesEdition,
    MinutesSuggestion,
    Proposal,
    ProposalChange,
    Statement,
)
from debates.notes import StatementKind
from debates.outcomes import (
    STATUSES,
    UNFINISHED,
    WITHOUT_RESULT,
    Outcome,
    ProposalStatus,
    Tally,
    is_taken_on,
    tallied_numbers,
)
from debates.stages import HELD, Hindrance, MeetingStage, SuggestionState

PAGE_SIZE = 25
FILES = "debates.file"
"""How attachments call the files of minutes: by the page that gives them."""

_KEY = re.compile(r"[0-9a-f]{32}(\.[0-9]{1,6})?")
YEAR_MONTHS = 12
MOST_OFFERED = 200
MOST_OFFERED_OF_ALL = 50
"""Meetings to choose from where no district is chosen: those that most people look for, in a list one can look over."""
KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class Addressees:
    """Who of the registers may be asked at a meeting: units of its voivodeships, partners that serve its districts."""

    units: Sequence[Unit]
    partners: Sequence[Partner]


@dataclass(frozen=True)
class Counted:
    """A meeting with what was said at it, counted; `without_place` are threats and requests that nobody located."""

    meeting: Meeting
    statements: int
    without_place: int
    proposals: int
    answered: int


def meeting(meeting_id: int) -> Meeting:
    """Give a meeting, or raise NoResultFound."""
    return db.session.execute(select(Meeting).where(Meeting.id == meeting_id)).scalar_one()


def meeting_by_key(key: str) -> Meeting | None:
    """Find a meeting by what identifies it for ever."""
    return db.session.scalar(select(Meeting).where(Meeting.key == key))


def meetings_of_keys(keys: Sequence[str]) -> dict[str, str]:
    """Find by their keys what was said, asked for or promised already, and give the key of the meeting of each."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        wanted = keys[start : start + KEYS_AT_ONCE]
        chosen = (
            select(Statement.key, Meeting.key).join(Statement.meeting).where(Statement.key.in_(wanted)),
            select(Proposal.key, Meeting.key).join(Proposal.meeting).where(Proposal.key.in_(wanted)),
            select(Commitment.key, Meeting.key)
            .join(Commitment.proposal)
            .join(Proposal.meeting)
            .where(Commitment.key.in_(wanted)),
        )
        for one in chosen:
            found.update(list(db.session.execute(one)))
    return found


def proposal_of_key(meeting: Meeting, key: str) -> Proposal | None:
    """Find the request of a meeting with a key, or the one that was made of the statement with that key."""
    said = select(Statement.id).where(Statement.key == key)
    own = (Proposal.meeting_id == meeting.id, or_(Proposal.key == key, Proposal.statement_id.in_(said)))
    return db.session.scalars(select(Proposal).where(*own).order_by(Proposal.id)).first()


def statement(statement_id: int) -> Statement:
    """Give a statement, or raise NoResultFound."""
    return db.session.execute(select(Statement).where(Statement.id == statement_id)).scalar_one()


def statement_by_key(key: str) -> Statement:
    """Give the statement that an observation came from, or raise NoResultFound; the key may name a revision."""
    if not _KEY.fullmatch(key):
        raise NoResultFound(key)
    return db.session.execute(select(Statement).where(Statement.key == key.partition(".")[0])).scalar_one()


def proposal(proposal_id: int) -> Proposal:
    """Give a proposal, or raise NoResultFound."""
    return db.session.execute(select(Proposal).where(Proposal.id == proposal_id)).scalar_one()


def proposal_change(change_id: int) -> ProposalChange:
    """Give one row of what became of a proposal, or raise NoResultFound."""
    return db.session.execute(select(ProposalChange).where(ProposalChange.id == change_id)).scalar_one()


def addressees(meeting: Meeting, day: date) -> Addressees:
    """List who of the registers may be asked on a day for something at a meeting."""
    voivodeships = {code[:2] for code in meeting.district_codes}
    serving = partners.within(Reach(meeting.district_codes))
    return Addressees(
        accounts.units_serving(sorted(voivodeships), day), [one for one in serving if one.is_valid_on(day)]
    )


def commitment(commitment_id: int) -> Commitment:
    """Give a commitment, or raise NoResultFound."""
    return db.session.execute(select(Commitment).where(Commitment.id == commitment_id)).scalar_one()


def meetings(scope: str, year: int | None = None, kind: MeetingKind | None = None, page: int = 1) -> Pagination:
    """List the meetings of a scope that were held, newest first, page by page; those without a date come last."""
    chosen = select(Meeting).where(_within(scope), Meeting.stage.in_(HELD))
    if year:
        chosen = chosen.where(_in_year(year))
    if kind:
        chosen = chosen.where(Meeting.kind == kind)
    newest = (Meeting.held_on.is_(None), Meeting.held_on.desc(), Meeting.id.desc())
    return db.paginate(chosen.order_by(*newest), page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def _in_year(year: int) -> ColumnElement[bool]:
    return Meeting.held_on.between(date(year, 1, 1), date(year, 12, 31))


def planned(scope: str) -> Sequence[Meeting]:
    """List the meetings of a scope that are planned or were called off, the next one first."""
    chosen = select(Meeting).where(_within(scope), Meeting.stage == MeetingStage.PLANNED)
    return db.session.scalars(chosen.options(joinedload(Meeting.plan)).order_by(Meeting.held_on, Meeting.id)).all()


def announced(day: date, district_code: str | None = None, page: int = 1) -> Pagination:
    """List the meetings announced to everybody that are to be held on a day or later, the next one first."""
    chosen = _announced(day).options(joinedload(Meeting.plan))
    if district_code:
        chosen = chosen.where(_counts_in(district_code))
    order = (Meeting.held_on, Meeting.starts_at, Meeting.id)
    return db.paginate(chosen.order_by(*order), page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def next_in(district_code: str, day: date, most: int = 5) -> Sequence[Meeting]:
    """List the next meetings in a district that are announced to everybody."""
    chosen = _announced(day).where(_counts_in(district_code)).options(joinedload(Meeting.plan))
    return db.session.scalars(chosen.order_by(Meeting.held_on, Meeting.starts_at, Meeting.id).limit(most)).all()


def districts_with_announcements(day: date) -> Sequence[str]:
    """List the codes of the districts in which a meeting is announced."""
    ids = _announced(day).with_only_columns(Meeting.id)
    chosen = select(MeetingDistrict.district_code).distinct().where(MeetingDistrict.meeting_id.in_(ids))
    return db.session.scalars(chosen.order_by(MeetingDistrict.district_code)).all()


def _announced(day: date) -> Select[Meeting]:
    chosen = select(Meeting).join(Meeting.plan).where(Meeting.stage == MeetingStage.PLANNED)
    return chosen.where(MeetingPlan.is_open.is_(True), Meeting.held_on >= day)


def earlier_meetings(scope: str, limit: int = 200) -> Sequence[Meeting]:
    """List the meetings of a scope that a later one may follow, newest first."""
    dated = select(Meeting).where(_within(scope), Meeting.held_on.is_not(None), Meeting.stage.in_(HELD))
    return db.session.scalars(dated.order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(limit)).all()


def years(scope: str) -> list[int]:
    """List the years in which the meetings of a scope were held, newest first."""
    year = extract("year", Meeting.held_on)
    held = (_within(scope), Meeting.held_on.is_not(None), Meeting.stage.in_(HELD))
    found = db.session.scalars(select(year).distinct().where(*held))
    return sorted((int(number) for number in found), reverse=True)


def counted(found: Sequence[Meeting]) -> list[Counted]:
    """Count what was said at each of some meetings, in two queries however many they are."""
    ids = [entry.id for entry in found]
    said = {key: counts for key, *counts in db.session.execute(_statements_by_meeting(ids))}
    asked = {key: counts for key, *counts in db.session.execute(_proposals_by_meeting(ids))}
    return [Counted(entry, *said.get(entry.id, (0, 0)), *asked.get(entry.id, (0, 0))) for entry in found]


def _statements_by_meeting(ids: Sequence[int]) -> Select[int, int, int]:
    placeless = func.count(Statement.id).filter(_without_place())
    chosen = select(Statement.meeting_id, func.count(Statement.id), placeless)
    standing = (Statement.meeting_id.in_(ids), Statement.withdrawn_at.is_(None))
    return chosen.where(*standing).group_by(Statement.meeting_id)


def _proposals_by_meeting(ids: Sequence[int]) -> Select[int, int, int]:
    answered = func.count(Proposal.id).filter(Proposal.status.not_in((ProposalStatus.OPEN, ProposalStatus.NO_ANSWER)))
    chosen = select(Proposal.meeting_id, func.count(Proposal.id), answered)
    return chosen.where(Proposal.meeting_id.in_(ids)).group_by(Proposal.meeting_id)


def _without_place() -> ColumnElement[bool]:
    """Say in the database's words what `Statement.lacks_a_place` says of one row."""
    return and_(Statement.place.is_(None), Statement.kind.in_(SPEAKS_OF_A_THREAT), Statement.withdrawn_at.is_(None))


def statements_of(meeting: Meeting) -> Sequence[Statement]:
    """List what was said at a meeting, in its order, withdrawn statements too."""
    chosen = select(Statement).where(Statement.meeting_id == meeting.id).options(joinedload(Statement.category))
    return db.session.scalars(chosen.order_by(Statement.position)).unique().all()


def state_of_minutes(meeting: Meeting) -> str:
    """Name the state in which the minutes of a meeting are: another name after every change of them."""
    counted = (
        func.count(Statement.id),
        func.sum(Statement.version),
        func.sum(Statement.position * Statement.id),
        func.count(Statement.observation_id),
    )
    row = db.session.execute(select(*counted).where(Statement.meeting_id == meeting.id)).one()
    return ".".join(str(number or 0) for number in row)


def proposals_of(meeting: Meeting) -> Sequence[Proposal]:
    """List what was asked for at a meeting, in its order."""
    chosen = select(Proposal).where(Proposal.meeting_id == meeting.id).order_by(Proposal.id)
    return db.session.scalars(chosen.options(selectinload(Proposal.hints), selectinload(Proposal.changes))).all()


def evaluations_of(meeting: Meeting) -> Sequence[Meeting]:
    """List the meetings that followed a meeting."""
    return db.session.scalars(select(Meeting).where(Meeting.previous_id == meeting.id).order_by(Meeting.held_on)).all()


def unasked(meeting: Meeting) -> Sequence[Statement]:
    """List the requests in the minutes of a meeting of which no proposal was made yet, in their order.

    One that somebody wrote into the list by itself in the same words was made.
    """
    alone = and_(Proposal.statement_id.is_(None), Proposal.text == Statement.text)
    made = exists().where(
        Proposal.meeting_id == Statement.meeting_id, or_(Proposal.statement_id == Statement.id, alone)
    )
    said = (Statement.meeting_id == meeting.id, Statement.withdrawn_at.is_(None))
    chosen = select(Statement).where(*said, Statement.kind == StatementKind.PROPOSAL, ~made)
    return db.session.scalars(chosen.order_by(Statement.position)).all()


def taken_over(meeting: Meeting) -> list[Proposal]:
    """List what a debate tells the residents of: all requests of the debate before, and what that one left unfinished.

    What was finished between is told once more; an older debate's requests come after a newer one's.
    """
    before = meeting.previous
    if before is None:
        return []
    found = db.session.scalars(_asked_before(before)).unique().all()
    return [one for one in found if one.meeting_id == before.id or is_left_of(one, before)]


def is_left_of(proposal: Proposal, before: Meeting) -> bool:
    """Tell whether an older request was not finished when the debate before was held."""
    return is_taken_on(proposal.status, proposal.answered_on, before.held_on)


def _asked_before(last: Meeting) -> Select[Proposal]:
    """Choose the requests of a debate and of those before it, one after another."""
    chain = select(Meeting.id, Meeting.previous_id).where(Meeting.id == last.id).cte("chain", recursive=True)
    earlier = aliased(Meeting)
    chain = chain.union(select(earlier.id, earlier.previous_id).join(chain, earlier.id == chain.c.previous_id))
    newest = (Meeting.held_on.is_(None), Meeting.held_on.desc(), Meeting.id.desc(), Proposal.id)
    chosen = _with_meeting().where(Proposal.meeting_id.in_(select(chain.c.id)))
    return chosen.options(selectinload(Proposal.changes), selectinload(Proposal.hints)).order_by(*newest)


def told_at(meeting: Meeting) -> frozenset[int]:
    """Tell of which proposals a debate told the residents what became of them: their ids."""
    chosen = select(ProposalChange.proposal_id).where(ProposalChange.meeting_id == meeting.id)
    return frozenset(db.session.scalars(chosen))


def knows_change(key: str) -> bool:
    """Tell whether a row of what became of a proposal is written down already."""
    return bool(db.session.scalar(select(exists().where(ProposalChange.key == key))))


def unanswered(meeting: Meeting) -> list[Proposal]:
    """List of which requests an evaluating debate has to say yet what became of them."""
    if meeting.kind is not MeetingKind.EVALUATING_DEBATE:
        return []
    return [asked for asked in taken_over(meeting) if asked.status is ProposalStatus.OPEN]


def hindrances(meeting: Meeting) -> list[Hindrance]:
    """List what has to be done before the minutes of a meeting go on to be corrected or approved.

    A threat needs its category, an evaluating debate says of every request it takes over what became of it, and whoever
    suggested other words has an answer.
    """
    found = []
    said = select(Statement).where(Statement.meeting_id == meeting.id, Statement.withdrawn_at.is_(None))
    lacking = said.where(Statement.kind == StatementKind.THREAT, Statement.category_code.is_(None))
    if db.session.scalar(select(lacking.exists())):
        found.append(Hindrance.NO_CATEGORY)
    if unanswered(meeting):
        found.append(Hindrance.NO_STATUS)
    if waiting_suggestions(meeting):
        found.append(Hindrance.UNANSWERED)
    return found


def without_category(meeting: Meeting) -> Sequence[Statement]:
    """List the threats of a meeting that nobody gave a category yet."""
    return [statement for statement in statements_of(meeting) if statement.lacks_a_category]


def publicly_said(meeting: Meeting) -> list[Statement]:
    """List what everybody may read of what was said, in its order."""
    return [statement for statement in statements_of(meeting) if statement.words_are_public]


def editions_of(meeting: Meeting) -> Sequence[MinutesEdition]:
    """List the approved editions of the minutes of a meeting, the newest first."""
    chosen = select(MinutesEdition).where(MinutesEdition.meeting_id == meeting.id)
    return db.session.scalars(chosen.order_by(MinutesEdition.number.desc())).all()


def newest_edition(meeting_id: int) -> MinutesEdition:
    """Give the minutes of a meeting as they were approved last, or raise NoResultFound."""
    chosen = select(MinutesEdition).where(MinutesEdition.meeting_id == meeting_id)
    return db.session.execute(chosen.order_by(MinutesEdition.number.desc()).limit(1)).scalar_one()


def edition(meeting_id: int, number: int) -> MinutesEdition:
    """Give an edition of the minutes of a meeting, or raise NoResultFound."""
    chosen = select(MinutesEdition).where(MinutesEdition.meeting_id == meeting_id, MinutesEdition.number == number)
    return db.session.execute(chosen).scalar_one()


def files_of(meeting: Meeting) -> Sequence[MeetingFile]:
    """List the files of a meeting in their order, withdrawn ones too."""
    chosen = select(MeetingFile).where(MeetingFile.meeting_id == meeting.id)
    return db.session.scalars(chosen.order_by(MeetingFile.number)).all()


def file(meeting_id: int, number: int) -> MeetingFile:
    """Give a file of a meeting, or raise NoResultFound."""
    chosen = select(MeetingFile).where(MeetingFile.meeting_id == meeting_id, MeetingFile.number == number)
    return db.session.execute(chosen).scalar_one()


def next_file_number(meeting: Meeting) -> int:
    """Give the number of the next file of a meeting; that of a withdrawn one is never given again."""
    chosen = select(func.max(MeetingFile.number)).where(MeetingFile.meeting_id == meeting.id)
    return (db.session.scalar(chosen) or 0) + 1


def files_by_keys(keys: Iterable[str]) -> Sequence[MeetingFile]:
    """List files by what identifies them for ever, in their order."""
    chosen = select(MeetingFile).where(MeetingFile.key.in_(list(keys)))
    return db.session.scalars(chosen.order_by(MeetingFile.number)).all()


def correction_links(meeting: Meeting) -> Sequence[CorrectionLink]:
    """List the links by which those who were invited correct the minutes, in their order."""
    chosen = select(CorrectionLink).where(CorrectionLink.meeting_id == meeting.id)
    return db.session.scalars(chosen.order_by(CorrectionLink.id)).all()


def correction_link(link_id: int) -> CorrectionLink:
    """Give a link to correct minutes, or raise NoResultFound."""
    return db.session.execute(select(CorrectionLink).where(CorrectionLink.id == link_id)).scalar_one()


def correction_link_by(token: str) -> CorrectionLink:
    """Give the link to correct minutes that a secret opens, or raise NoResultFound."""
    chosen = select(CorrectionLink).where(CorrectionLink.token_hash == hash_of(token))
    return db.session.execute(chosen).scalar_one()


def suggestion(suggestion_id: int) -> MinutesSuggestion:
    """Give a suggestion of other words, or raise NoResultFound."""
    return db.session.execute(select(MinutesSuggestion).where(MinutesSuggestion.id == suggestion_id)).scalar_one()


def suggestions_of(meeting: Meeting) -> Sequence[MinutesSuggestion]:
    """List what those invited suggested for the minutes of a meeting, in its order."""
    chosen = select(MinutesSuggestion).join(MinutesSuggestion.link).where(CorrectionLink.meeting_id == meeting.id)
    loaded = (contains_eager(MinutesSuggestion.link), joinedload(MinutesSuggestion.statement))
    return db.session.scalars(chosen.options(*loaded).order_by(MinutesSuggestion.id)).unique().all()


def waiting_suggestions(meeting: Meeting) -> int:
    """Count the suggestions for the minutes of a meeting that nobody answered."""
    chosen = select(func.count(MinutesSuggestion.id)).join(MinutesSuggestion.link)
    waiting = (CorrectionLink.meeting_id == meeting.id, MinutesSuggestion.state == SuggestionState.WAITING)
    return db.session.scalar(chosen.where(*waiting)) or 0


@dataclass(frozen=True)
class Due:
    """What somebody asked for or promised by a day; of a promise, its request too."""

    due_on: date
    proposal: Proposal
    commitment: Commitment | None = None


def due(until: date, scope: str = "") -> list[Due]:
    """List what is to be answered or done by a day in a scope, or anywhere, and is not yet: the nearest day first."""
    asked = _with_meeting().where(Proposal.status.in_(UNFINISHED), Proposal.due_on <= until, _within(scope))
    promised = select(Commitment).join(Commitment.proposal).join(Proposal.meeting)
    promised = promised.where(Commitment.kept_on.is_(None), Commitment.outcome == "", Commitment.due_on <= until)
    whole = joinedload(Commitment.proposal).joinedload(Proposal.meeting).joinedload(Meeting.unit)
    found = [Due(one.due_on, one) for one in db.session.scalars(asked).unique() if one.due_on]
    kept = db.session.scalars(promised.where(_within(scope)).options(whole)).unique()
    found += [Due(one.due_on, one.proposal, one) for one in kept if one.due_on]
    return sorted(found, key=lambda one: (one.due_on, one.proposal.id, one.commitment.id if one.commitment else 0))


def reminded(account_id: int) -> set[tuple[int | None, int | None, date, Reminder]]:
    """Tell of what a person was reminded already: proposal or promise, its day and why."""
    columns = (DeadlineReminder.proposal_id, DeadlineReminder.commitment_id, DeadlineReminder.due_on)
    chosen = select(*columns, DeadlineReminder.reminder).where(DeadlineReminder.account_id == account_id)
    return {(row[0], row[1], row[2], row[3]) for row in db.session.execute(chosen)}


def fed(statements: Iterable[Statement | None]) -> dict[int, Threat]:
    """Give the threats on the map to which statements belong, by the ids of the statements."""
    known = {one.id: one.observation_id for one in statements if one is not None and one.observation_id is not None}
    numbers = threats.threats_of(list(known.values()))
    found = threats.by_ids(sorted(set(numbers.values())))
    return {one: found[numbers[voice]] for one, voice in known.items() if voice in numbers}


def open_proposals(scope: str, day: date, outcome: Outcome | None = None) -> Sequence[Proposal]:
    """List the proposals of a scope that still lack a result on a day: the nearest deadline first, none at all last."""
    loaded = (selectinload(Proposal.hints), selectinload(Proposal.changes))
    chosen = _with_meeting().where(_within(scope), Proposal.status.in_(UNFINISHED)).options(*loaded)
    if outcome:
        chosen = chosen.where(_came_to(outcome, day))
    order = (Proposal.due_on.is_(None), Proposal.due_on, Proposal.id)
    return db.session.scalars(chosen.order_by(*order)).unique().all()


def count_open_proposals(scope: str) -> int:
    """Count the proposals of a scope that still lack a result."""
    chosen = select(func.count(Proposal.id)).join(Proposal.meeting)
    return db.session.scalar(chosen.where(_within(scope), Proposal.status.in_(UNFINISHED))) or 0


def open_outcomes(scope: str, day: date) -> list[Tally]:
    """Count on a day the proposals of a scope that still lack a result, by what became of them so far."""
    found = _tallied(day, _within(scope), Proposal.status.in_(UNFINISHED))
    return [tally for tally in found if tally.outcome in WITHOUT_RESULT]


def unfinished_in(meeting: Meeting) -> Sequence[Proposal]:
    """List what its unit was asked for in the districts of a meeting and still lacks a result, the overdue first."""
    chosen = _with_meeting().where(_beside(meeting), Proposal.status.in_(UNFINISHED))
    order = (Proposal.due_on.is_(None), Proposal.due_on, Proposal.id)
    return db.session.scalars(chosen.order_by(*order)).unique().all()


def promises_in(meeting: Meeting) -> Sequence[Commitment]:
    """List what was promised in the districts of a meeting and nothing came of yet, the overdue first."""
    chosen = select(Commitment).join(Commitment.proposal).join(Proposal.meeting).where(_beside(meeting))
    standing = chosen.where(Commitment.kept_on.is_(None), Commitment.outcome == "")
    return db.session.scalars(standing.order_by(Commitment.due_on.is_(None), Commitment.due_on, Commitment.id)).all()


def _beside(meeting: Meeting) -> ColumnElement[bool]:
    """Choose the meetings of its unit, and of those below, that count in a district of this one."""
    shared = MeetingDistrict.district_code.in_(meeting.district_codes)
    return and_(_within(meeting.unit_path), Meeting.districts.any(shared))


def in_period(district_code: str, period: Period) -> list[Counted]:
    """List the meetings that count in a district and were held in a period, oldest first; planned ones do not count.

    Where only the year is known, the meeting counts in whole years alone.
    """
    chosen = select(Meeting).where(_counts_in(district_code), _held_in(period), Meeting.stage.in_(HELD))
    return counted(db.session.scalars(chosen.order_by(Meeting.held_on, Meeting.id)).unique().all())


def proposals_in(district_code: str, period: Period) -> Sequence[Proposal]:
    """List the proposals of a district that were made at a meeting of the period or answered in it, oldest first."""
    answered = Proposal.answered_on.between(period.first, period.last)
    said = joinedload(Proposal.statement).joinedload(Statement.category)
    chosen = _with_meeting().options(said).where(_counts_in(district_code), or_(_held_in(period), answered))
    return db.session.scalars(chosen.order_by(Meeting.held_on, Proposal.id)).unique().all()


@dataclass(frozen=True)
class Wanted:
    """Which requests a reader wants: of a district or a voivodeship, a meeting, an outcome, a year; None is any.

    The year is that of the meeting.

    Each of the `words` stands in the request or its answer, as a part of a word or whole.
    """

    district: str | None = None
    meeting_id: int | None = None
    outcome: Outcome | None = None
    words: tuple[str, ...] = ()
    year: int | None = None


def published(wanted: Wanted, day: date, page: int = 1) -> Pagination:
    """List the proposals that everybody may see on a day, newest meeting first."""
    said = joinedload(Proposal.statement).joinedload(Statement.category)
    chosen = _with_meeting().options(said, selectinload(Proposal.changes)).where(*_wanted(wanted, day))
    newest = (Meeting.held_on.is_(None), Meeting.held_on.desc(), Meeting.id.desc(), Proposal.id)
    return db.paginate(chosen.order_by(*newest), page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def outcomes(wanted: Wanted, day: date) -> tuple[Tally, ...]:
    """Count what became by a day of the requests of a district and a meeting, whichever outcome is looked at."""
    return _tallied(day, *_wanted(replace(wanted, outcome=None), day))


def _tallied(day: date, *among: ColumnElement[bool]) -> tuple[Tally, ...]:
    overdue = func.count(Proposal.id).filter(_waits_too_long(day))
    chosen = select(Proposal.status, func.count(Proposal.id), overdue).join(Proposal.meeting).where(*among)
    rows = db.session.execute(chosen.group_by(Proposal.status)).all()
    return tallied_numbers({row[0]: row[1] for row in rows}, sum(row[2] for row in rows))


def _waits_too_long(day: date) -> ColumnElement[bool]:
    """Choose the requests that nobody answered by their day."""
    return and_(Proposal.status == ProposalStatus.OPEN, Proposal.due_on.is_not(None), Proposal.due_on < day)


def _came_to(outcome: Outcome, day: date) -> ColumnElement[bool]:
    """Say in the database's words what `Proposal.outcome_on` says of one row."""
    alike = Proposal.status.in_(STATUSES[outcome])
    if outcome is Outcome.WAITING:
        return and_(alike, not_(_waits_too_long(day)))
    return or_(alike, _waits_too_long(day)) if outcome is Outcome.NO_ANSWER else alike


def withheld(wanted: Wanted, day: date) -> int:
    """Count the requests among those wanted whose words are not published, by the rule of `words_are_public`."""
    chosen = select(func.count(Proposal.id)).join(Proposal.meeting)
    return db.session.scalar(chosen.where(*_wanted(wanted, day), _is_silent())) or 0


def _is_silent() -> ColumnElement[bool]:
    """Choose the requests whose words are not published, as `words_are_public` says of one row."""
    unsorted = and_(Statement.kind == StatementKind.THREAT, Statement.category_code.is_(None))
    protected = or_(Category.precision != Precision.EXACT, Statement.is_under_a_protected_threat, unsorted)
    out = or_(Statement.withdrawn_at.is_not(None), Statement.withheld_because != "")
    said = exists(select(Statement.id).outerjoin(Statement.category).where(or_(protected, out)))
    came_from_it = said.where(Statement.id == Proposal.statement_id).correlate(Proposal)
    return or_(func.coalesce(Meeting.residents, 0) == 1, came_from_it)


def _wanted(wanted: Wanted, day: date) -> Iterator[ColumnElement[bool]]:
    yield Meeting.stage.in_(HELD)
    if wanted.district:
        yield _counts_in(wanted.district)
    if wanted.meeting_id:
        yield Proposal.meeting_id == wanted.meeting_id
    if wanted.outcome:
        yield _came_to(wanted.outcome, day)
    if wanted.year:
        yield _in_year(wanted.year)
    if wanted.words:  # what is not published must not be found out by searching for it
        yield and_(not_(_is_silent()), *(_says(word) for word in wanted.words))


def _says(word: str) -> ColumnElement[bool]:
    """Look for a word in any of its forms, whatever its case.

    SQLite folds plain letters only, so Polish ones are tried in each case.
    """
    begun = beginning(word)
    spellings = sorted({begun, begun.lower(), begun.upper(), begun.capitalize()})
    texts = (Proposal.text, Proposal.answer)
    return or_(*(text.icontains(spelling, autoescape=True) for text in texts for spelling in spellings))


def last_answered(wanted: Wanted, day: date, size: int) -> Sequence[Proposal]:
    """List the proposals that somebody answered last, the newest answer first."""
    later = aliased(ProposalChange)
    is_newest = ~exists().where(later.proposal_id == ProposalChange.proposal_id, later.id > ProposalChange.id)
    chosen = _with_meeting().join(ProposalChange, ProposalChange.proposal_id == Proposal.id)
    chosen = chosen.where(is_newest, *_wanted(wanted, day)).order_by(ProposalChange.id.desc())
    said = joinedload(Proposal.statement).joinedload(Statement.category)
    return db.session.scalars(chosen.options(said, selectinload(Proposal.changes)).limit(size)).unique().all()


def page_in_meeting(proposal: Proposal) -> int:
    """Tell on which page of its meeting's requests everybody finds a proposal."""
    before = select(func.count(Proposal.id)).where(Proposal.meeting_id == proposal.meeting_id)
    return (db.session.scalar(before.where(Proposal.id < proposal.id)) or 0) // PAGE_SIZE + 1


def meetings_with_proposals(district_code: str | None) -> Sequence[Meeting]:
    """List the meetings of a district at which something was asked for, or the last ones of all, newest first."""
    asked = exists().where(Proposal.meeting_id == Meeting.id)
    chosen = select(Meeting).where(Meeting.stage.in_(HELD), asked)
    if district_code:
        chosen = chosen.where(_counts_in(district_code))
    newest = (Meeting.held_on.is_(None), Meeting.held_on.desc(), Meeting.id.desc())
    most = MOST_OFFERED if district_code else MOST_OFFERED_OF_ALL
    return db.session.scalars(chosen.options(lazyload(Meeting.districts)).order_by(*newest).limit(most)).all()


def held_meeting(meeting_id: int) -> Meeting | None:
    """Find a meeting that took place."""
    return db.session.scalar(select(Meeting).where(Meeting.id == meeting_id, Meeting.stage.in_(HELD)))


def districts_with_proposals() -> Sequence[str]:
    """List the codes of the districts in which something was asked for."""
    chosen = select(MeetingDistrict.district_code).distinct()
    asked = exists().where(Proposal.meeting_id == MeetingDistrict.meeting_id)
    return db.session.scalars(chosen.where(asked).order_by(MeetingDistrict.district_code)).all()


def years_with_proposals() -> list[int]:
    """List the years of the meetings at which something was asked for, newest first."""
    asked = exists().where(Proposal.meeting_id == Meeting.id)
    dated = (Meeting.held_on.is_not(None), Meeting.stage.in_(HELD), asked)
    found = db.session.scalars(select(extract("year", Meeting.held_on)).distinct().where(*dated))
    return sorted((int(number) for number in found), reverse=True)


def _with_meeting() -> Select[Proposal]:
    loaded = (joinedload(Proposal.meeting).joinedload(Meeting.unit), selectinload(Proposal.commitments))
    return select(Proposal).join(Proposal.meeting).options(*loaded)


def _within(scope: str) -> ColumnElement[bool]:
    return Meeting.unit_id.in_(select(Unit.id).where(Unit.path.startswith(scope, autoescape=True)))


def _counts_in(district_code: str) -> ColumnElement[bool]:
    """Choose meetings by a district's code, or by a voivodeship's as its beginning."""
    counted_there = select(MeetingDistrict.meeting_id)
    return Meeting.id.in_(counted_there.where(threats.in_area(MeetingDistrict.district_code, district_code)))


def _held_in(period: Period) -> ColumnElement[bool]:
    held = Meeting.held_on.between(period.first, period.last)
    return held if period.months == YEAR_MONTHS else and_(held, Meeting.is_year_only.is_(False))
