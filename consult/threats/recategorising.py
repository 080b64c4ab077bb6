"""Many threats put under another category at once, by a person: what it would change, doing it, and taking it back.

What people called a threat stays with their voices. The threat itself carries the chosen category, which no joining
and no later voice overrules. The choice may lead into another group of categories, and across the line between what
the public sees and what it does not: then the voices are joined from now on with voices of the chosen category's
group, so that no machine ever adds a voice of a protected kind to a threat that anyone may see, nor the other way
round. A moment of all that is found here is of one transaction; nothing here commits.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased, joinedload

from consult.accounts.models import Unit
from consult.audit import operations as audit
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category, Precision
from consult.clock import now, today
from consult.db import db
from consult.observations.models import Observation
from consult.threats import publication, queries
from consult.threats.models import (
    Assignment,
    Check,
    HandOver,
    Link,
    Note,
    PartnerAnswer,
    Recategorisation,
    Recategorised,
    StatusChange,
    Suggestion,
    Threat,
    Undoing,
)
from consult.threats.routing import Routes
from consult.threats.turns import alone, of_this

MOST = 1_000
"""So many threats at once: a list that a person still looks at."""

PAGE_SIZE = 50
PAST = {"synchronize_session": False}
"""Rows are written past the session, which forgets what it knew of them."""


class ChangedMeanwhile(Exception):
    """What was shown for checking is not what would happen now: somebody changed one of the threats."""


class NothingToChange(Exception):
    """All of the threats have the category already, or are gone."""


class NothingToUndo(Exception):
    """Somebody has touched every threat of the act since, or the act is undone already."""


@dataclass(frozen=True)
class Plan:
    """What putting threats under a category would do at a moment, in the order of their numbers.

    `moving` change, `staying` have the category already, `missing` counts those that are gone or lie elsewhere.
    """

    category: Category
    moving: tuple[Threat, ...]
    staying: tuple[Threat, ...]
    missing: int
    at: datetime
    routes: Routes

    @cached_property
    def categories_before(self) -> list[tuple[Category, int]]:
        """The categories that threats leave, each with how many do, the most first."""
        counts = Counter(threat.category_code for threat in self.moving)
        known = {threat.category_code: threat.category for threat in self.moving}
        return [(known[code], count) for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]

    @cached_property
    def published(self) -> tuple[Threat, ...]:
        """Those that are protected now and would be shown one by one, at once or when they are open again."""
        return tuple(one for one in self.moving if self._is_shown(self.category) and not self._is_shown(one.category))

    @cached_property
    def published_later(self) -> int:
        """How many of them are closed, so that they would be shown only when they are open again."""
        return sum(not publication.is_public(threat, self.at, self.category) for threat in self.published)

    @cached_property
    def hidden(self) -> tuple[Threat, ...]:
        """Those that the public sees now and would not."""
        return tuple(
            one for one in self.moving if publication.is_public(one, self.at) and not self._is_shown(self.category)
        )

    @cached_property
    def joined_otherwise(self) -> int:
        """How many would be joined with other voices than now."""
        return sum(threat.group_code != self.category.join_group for threat in self.moving)

    @cached_property
    def due_otherwise(self) -> list[tuple[Threat, date, date]]:
        """Those whose next step would be due on another day, with both days."""
        due = ((threat, threat.deadline, threat.deadline_as(self.category)) for threat in self.moving)
        found = [(threat, one.due_on, other.due_on) for threat, one, other in due if one and other]
        return [row for row in found if row[1] != row[2]]

    @cached_property
    def answered_otherwise(self) -> Counter[tuple[int | None, int | None]]:
        """How many would be answered by another unit, by the ids of the unit now and then; None is no unit."""
        pairs = ((self._unit(one, one.category), self._unit(one, self.category)) for one in self.moving)
        return Counter(pair for pair in pairs if pair[0] != pair[1])

    def _unit(self, threat: Threat, category: Category) -> int | None:
        chosen = self.routes.answering(threat.district_code, threat.commune_code, category.group_code)
        return chosen.unit_id if chosen else None

    @staticmethod
    def _is_shown(category: Category) -> bool:
        return category.precision is Precision.EXACT

    @cached_property
    def mark(self) -> str:
        """A digest of all that a person is shown: whoever confirms it confirms this and nothing else."""
        facts = [(one.id, one.category_code, one.chosen_category_code, one.group_code) for one in self.moving]
        seen = [[one.id for one in self.published], [one.id for one in self.hidden]]
        due = [(threat.id, one, other) for threat, one, other in self.due_otherwise]
        units = sorted(self.answered_otherwise.items(), key=str)
        shown = repr((self.category.code, facts, len(self.staying), self.missing, seen, due, units))
        return hashlib.sha256(shown.encode()).hexdigest()


def plan(numbers: Iterable[int], category: Category, areas: Sequence[str]) -> Plan:
    """Tell what putting these threats of the areas under a category would do now."""
    wanted = sorted(set(numbers))
    found = chosen_threats(wanted, areas)
    return Plan(
        category=category,
        moving=tuple(threat for threat in found if threat.category_code != category.code),
        staying=tuple(threat for threat in found if threat.category_code == category.code),
        missing=len(wanted) - len(found),
        at=now(),
        routes=queries.routes_around(found, today()),
    )


def chosen_threats(numbers: Sequence[int], areas: Sequence[str]) -> Sequence[Threat]:
    """Give those of these threats that have voices and lie in the areas, as they are at this moment."""
    chosen = queries.narrowed(select(Threat), queries.Filters(visible=queries.lies_within(areas)))
    chosen = chosen.where(Threat.id.in_(numbers)).order_by(Threat.id)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).unique().all()


def unit_names(shown: Plan) -> dict[int | None, str]:
    """Name the units of which a plan speaks."""
    numbers = {number for pair in shown.answered_otherwise for number in pair if number is not None}
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(numbers)))
    return {row.id: row.name for row in rows}


def recategorise(
    key: str,
    numbers: Sequence[int],
    category: Category,
    reason: str,
    mark: str,
    areas: Sequence[str],
    *,
    actor_id: int,
    unit_path: str,
) -> Recategorisation:
    """Put threats under a category, as a plan with this mark showed it; the same key again is the same act.

    Raises ChangedMeanwhile when the plan would be another one now, NothingToChange when no threat would change,
    KeyOfAnother when the key is that of another act.
    """
    _alone_with({category.join_group, *_groups_of(numbers)})
    known = of_this(by_key(key), actor_id=actor_id, category_code=category.code, reason=reason.strip())
    if known is not None:
        return known
    shown = plan(numbers, category, areas)
    if shown.mark != mark:
        raise ChangedMeanwhile
    if not shown.moving:
        raise NothingToChange
    act = Recategorisation(
        key=key,
        actor_id=actor_id,
        unit_path=unit_path,
        made_at=now(),
        category_code=category.code,
        reason=reason.strip(),
    )
    db.session.add(act)
    db.session.flush()  # its threats need its number
    _note_down(act, shown.moving)
    _rename(shown)
    audit.note(
        actor_id, "recategorise", "recategorisation", act.id, unit_path, count=len(shown.moving), category=category.code
    )
    return act


def _groups_of(numbers: Sequence[int]) -> set[str]:
    return set(db.session.scalars(select(Threat.group_code).where(Threat.id.in_(numbers)).distinct()))


def _alone_with(groups: Iterable[str]) -> None:
    """Take the turns of several groups, always in one order, so that no two of us wait for each other."""
    for group_code in sorted(set(groups)):
        alone(group_code)


def _note_down(act: Recategorisation, threats: Sequence[Threat]) -> None:
    rows = [
        {
            "recategorisation_id": act.id,
            "threat_id": threat.id,
            "category_before": threat.category_code,
            "chosen_before": threat.chosen_category_code,
            "group_before": threat.group_code,
            "was_settled": threat.is_settled,
        }
        for threat in threats
    ]
    db.session.execute(insert(Recategorised), rows)


def _rename(shown: Plan) -> None:
    numbers = [threat.id for threat in shown.moving]
    code, group_code = shown.category.code, shown.category.join_group
    values = {"category_code": code, "chosen_category_code": code, "group_code": group_code, "is_settled": True}
    db.session.execute(update(Threat).where(Threat.id.in_(numbers)).values(**values), execution_options=PAST)
    crossing = [threat.id for threat in shown.moving if threat.group_code != group_code]
    _join_voices_with(crossing, group_code)
    db.session.expire_all()


def _join_voices_with(numbers: Sequence[int], group_code: str | None) -> None:
    """Let the voices of threats be joined within a group, or each in that of its own category when none is given.

    What the machine suggested between them and voices of their earlier group is void; the next joining suggests anew.
    """
    if not numbers:
        return
    linked = select(Link.observation_id).where(Link.threat_id.in_(numbers), Link.ended_at.is_(None))
    of_own = {category.code: category.join_group for category in catalogue.everything()}
    group = case(of_own, value=Observation.category_code) if group_code is None else group_code
    voices = update(Observation).where(Observation.id.in_(linked)).values(group_code=group)
    db.session.execute(voices, execution_options=PAST)
    void = or_(Suggestion.threat_id.in_(numbers), Suggestion.observation_id.in_(linked))
    db.session.execute(delete(Suggestion).where(void), execution_options=PAST)


def undo(act: Recategorisation, areas: Sequence[str], actor_id: int) -> None:
    """Give every threat of an act that nobody touched since what it was before; say of the others why they are left.

    Raises NothingToUndo when all were touched, or the act is undone already.
    """
    _alone_with({act.category.join_group, *_groups_before(act)})
    db.session.refresh(act, ["undone_at"])  # of two clicks at once, the second sees what the first did
    items, why = _all_items(act), left(act, areas)
    restored = [item for item in items if item.threat_id not in why]
    if act.undone_at is not None or not restored:
        raise NothingToUndo
    act.undone_at, act.undone_by_id = now(), actor_id
    db.session.flush()  # what follows is written past the session
    _restore(restored)
    for undoing in Undoing:
        numbers = [item.threat_id for item in items if why.get(item.threat_id, Undoing.RESTORED) is undoing]
        own = (Recategorised.recategorisation_id == act.id, Recategorised.threat_id.in_(numbers))
        db.session.execute(update(Recategorised).where(*own).values(undoing=undoing), execution_options=PAST)
    audit.note(actor_id, "undo_recategorising", "recategorisation", act.id, act.unit_path, count=len(restored))
    db.session.expire_all()


def _groups_before(act: Recategorisation) -> set[str]:
    chosen = select(Recategorised.group_before).where(Recategorised.recategorisation_id == act.id).distinct()
    return set(db.session.scalars(chosen))


def _all_items(act: Recategorisation) -> Sequence[Recategorised]:
    return db.session.scalars(select(Recategorised).where(Recategorised.recategorisation_id == act.id)).all()


def _restore(items: Sequence[Recategorised]) -> None:
    """Write what was before, one statement for all that were alike; the catalogue bounds how many there are."""
    alike: dict[tuple[str, str | None, str, bool], list[int]] = {}
    for item in items:
        before = (item.category_before, item.chosen_before, item.group_before, item.was_settled)
        alike.setdefault(before, []).append(item.threat_id)
    for (category_code, chosen, group_code, was_settled), numbers in alike.items():
        crossing = Threat.id.in_(numbers), Threat.group_code != group_code
        crossed = db.session.scalars(select(Threat.id).where(*crossing)).all()
        values = {
            "category_code": category_code,
            "chosen_category_code": chosen,
            "group_code": group_code,
            "is_settled": was_settled,
        }
        db.session.execute(update(Threat).where(Threat.id.in_(numbers)).values(**values), execution_options=PAST)
        _join_voices_with(crossed, group_code if chosen else None)


def left(act: Recategorisation, areas: Sequence[str]) -> dict[int, Undoing]:
    """Tell which threats of an act an undoing leaves as they are, and why; the first reason that holds."""
    reasons = (
        (Undoing.RENAMED, or_(_is_renamed(act), Threat.chosen_category_code.is_distinct_from(act.category_code))),
        (Undoing.VOICES, or_(_since(act, Link, "made_at"), _since(act, Link, "ended_at"))),
        (Undoing.ANSWERED, _is_answered(act)),
        (Undoing.OUTSIDE, ~queries.lies_within(areas)),
    )
    found: dict[int, Undoing] = {}
    for why, condition in reasons:
        own = select(Threat.id).join(Recategorised, Recategorised.threat_id == Threat.id)
        own = own.where(Recategorised.recategorisation_id == act.id, condition)
        for number in db.session.scalars(own):
            found.setdefault(number, why)
    return found


def _is_renamed(act: Recategorisation) -> ColumnElement[bool]:
    """Write that a later act, not undone, named the threat."""
    later = aliased(Recategorised)
    stands = or_(later.undoing.is_(None), later.undoing != Undoing.RESTORED)
    return exists().where(later.threat_id == Threat.id, later.recategorisation_id > act.id, stands)


def _is_answered(act: Recategorisation) -> ColumnElement[bool]:
    """Write that somebody of the police worked on the threat since, or an office answered about it."""
    moments = (
        (StatusChange, "changed_at"),
        (Check, "entered_at"),
        (Check, "withdrawn_at"),
        (Note, "written_at"),
        (Assignment, "made_at"),
        (Assignment, "ended_at"),
    )
    said = exists().where(
        PartnerAnswer.hand_over_id == HandOver.id,
        HandOver.threat_id == Threat.id,
        PartnerAnswer.entered_at >= act.made_at,
    )
    return or_(said, *(_since(act, table, name) for table, name in moments))


def _since(act: Recategorisation, table: type[Any], moment: str) -> ColumnElement[bool]:
    return exists().where(table.threat_id == Threat.id, getattr(table, moment) >= act.made_at)


def act(number: int) -> Recategorisation:
    """Give an act, or raise NoResultFound."""
    return db.session.execute(select(Recategorisation).where(Recategorisation.id == number)).unique().scalar_one()


def by_key(key: str) -> Recategorisation | None:
    """Find an act by the key of the form it came with."""
    return db.session.scalars(select(Recategorisation).where(Recategorisation.key == key)).unique().one_or_none()


@dataclass(frozen=True)
class Acts:
    """A page of the acts of a scope, each with how many threats it changed."""

    entries: Sequence[tuple[Recategorisation, int]]
    number: int
    pages: int


def acts_within(scope: str, number: int) -> Acts:
    """List the acts of people of a scope, the newest first."""
    own = Recategorisation.unit_path.startswith(scope, autoescape=True)
    total = db.session.scalar(select(func.count()).select_from(Recategorisation).where(own)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(number, pages)
    of_each = select(func.count()).where(Recategorised.recategorisation_id == Recategorisation.id).scalar_subquery()
    chosen = select(Recategorisation, of_each).where(own).order_by(Recategorisation.id.desc())
    rows = db.session.execute(chosen.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).unique()
    return Acts([(found, count) for found, count in rows], number, pages)


def items_of(act: Recategorisation, number: int = 1) -> Sequence[Recategorised]:
    """List a page of the threats of an act by their numbers."""
    chosen = select(Recategorised).where(Recategorised.recategorisation_id == act.id).order_by(Recategorised.threat_id)
    chosen = chosen.options(joinedload(Recategorised.threat), joinedload(Recategorised.before))
    return db.session.scalars(chosen.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).unique().all()


def tally(act: Recategorisation) -> dict[Undoing | None, int]:
    """Count the threats of an act by what its undoing did to them; None before it is undone."""
    chosen = select(Recategorised.undoing, func.count()).where(Recategorised.recategorisation_id == act.id)
    return {row[0]: row[1] for row in db.session.execute(chosen.group_by(Recategorised.undoing))}


def acts_on(threat: Threat) -> Sequence[Recategorised]:
    """List what people chose to call a threat, oldest first."""
    chosen = select(Recategorised).where(Recategorised.threat_id == threat.id)
    chosen = chosen.options(joinedload(Recategorised.act), joinedload(Recategorised.before))
    return db.session.scalars(chosen.order_by(Recategorised.recategorisation_id)).unique().all()
