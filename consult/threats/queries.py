"""Reading threats: on the map and list, of a district, with their voices and history; and what joining needs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from consult.accounts import queries as accounts
from consult.accounts.models import Account, Unit, UnitArea, UnitDuty
from consult.catalogue.models import Category, Precision
from consult.clock import now
from consult.db import db, is_sqlite
from consult.estimates.waits import Wait
from consult.observations import queries as observations
from consult.observations.models import Observation, Plane
from consult.observations.queries import AnyRow
from consult.observations.table import DAY_S, Table
from consult.threats.checking import Look, Pattern
from consult.threats.deadlines import Step
from consult.threats.linking import DEFAULT_THRESHOLDS, DEFAULT_WEIGHTS, Thresholds, Weights
from consult.threats.models import (
    Assignment,
    Check,
    FittedRule,
    JoiningThresholds,
    JoinRun,
    Link,
    Note,
    ReasonTemplate,
    Ruling,
    StatusChange,
    Suggestion,
    Threat,
    Verdict,
)
from consult.threats.routing import Routes, Serving, answering, codes_around, paths_above
from consult.threats.rule import DEFAULT_RULE, Rule
from consult.threats.workflow import ALLOWED, OPEN, RESULTS, Status
from consult.web.roles import Role

_CATEGORIES: Any = Category.__table__
_RULES: Any = FittedRule.__table__
_THRESHOLDS: Any = JoiningThresholds.__table__
_THREATS: Any = Threat.__table__
_LINKS: Any = Link.__table__
_RULINGS: Any = Ruling.__table__
_SUGGESTIONS: Any = Suggestion.__table__
"""The plain tables, for what every new voice asks: statements built once, and no objects made of the answers."""

PARTITION = 20_000
BATCH = 2_000
PAGE_SIZE = 50

_PLANE_COLUMNS = {
    Plane.POLICE_RECORDS: Threat.from_records,
    Plane.DIRECT_CONTACT: Threat.from_contact,
    Plane.ONLINE: Threat.from_online,
}


@dataclass(frozen=True)
class Filters:
    """What the map and the list may be narrowed by; None or empty means everything."""

    district: str | None = None
    commune: str | None = None
    categories: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    planes: tuple[Plane, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    precisions: tuple[Precision, ...] = ()
    visible: ColumnElement[bool] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is narrowed down but what the reader may see at all."""
        return replace(self, visible=None, precisions=()) == Filters()


def threat(threat_id: int) -> Threat:
    """Give a threat, or raise NoResultFound."""
    return db.session.execute(select(Threat).where(Threat.id == threat_id)).unique().scalar_one()


def by_ids(threat_ids: Sequence[int]) -> dict[int, Threat]:
    """Give threats by their numbers."""
    found: dict[int, Threat] = {}
    for start in range(0, len(threat_ids), BATCH):
        chosen = select(Threat).where(Threat.id.in_(threat_ids[start : start + BATCH])).order_by(Threat.id)
        found.update({threat.id: threat for threat in db.session.scalars(chosen).unique()})
    return found


def of_observation(observation: Observation) -> Threat | None:
    """Find the threat that an observation belongs to now."""
    chosen = select(Threat).join(Link).where(Link.observation_id == observation.id, Link.ended_at.is_(None))
    return db.session.execute(chosen).unique().scalar_one_or_none()


def open_link(observation_id: int) -> Link | None:
    """Find the link in force of an observation."""
    chosen = (Link.observation_id == observation_id, Link.ended_at.is_(None))
    return db.session.scalar(select(Link).where(*chosen))


def last_threat_of(observation: Observation) -> Threat | None:
    """Find the threat that a withdrawn voice belonged to, or what that led on to, if it may still take the voice in."""
    chosen = select(Link.threat_id).where(Link.observation_id == observation.id, Link.ended_at.is_not(None))
    threat_id = db.session.scalar(chosen.order_by(Link.ended_at.desc(), Link.id.desc()).limit(1))
    while threat_id is not None:
        found = threat(threat_id)
        if found.successor_id is None:
            is_alike = found.chosen_category_code is not None or found.group_code == observation.group_code
            return found if is_alike else None
        threat_id = found.successor_id
    return None


def links_of(threat: Threat) -> Sequence[Link]:
    """List the links in force of a threat with their observations, newest voice first."""
    chosen = select(Link).where(Link.threat_id == threat.id, Link.ended_at.is_(None))
    return db.session.scalars(
        chosen.join(Link.observation)
        .options(joinedload(Link.observation).joinedload(Observation.category))
        .order_by(Observation.observed_from.desc(), Link.id)
    ).all()


def past_links_of(threat: Threat) -> Sequence[Link]:
    """List the links of a threat that were taken back, newest first."""
    chosen = select(Link).where(Link.threat_id == threat.id, Link.ended_at.is_not(None))
    return db.session.scalars(chosen.options(joinedload(Link.observation)).order_by(Link.ended_at.desc())).all()


def history_of(threat: Threat) -> Sequence[StatusChange]:
    """List the changes of status of a threat, oldest first."""
    chosen = select(StatusChange).where(StatusChange.threat_id == threat.id)
    return db.session.scalars(chosen.order_by(StatusChange.id)).all()


def check(check_id: int) -> Check:
    """Give a check, or raise NoResultFound."""
    return db.session.execute(select(Check).where(Check.id == check_id)).scalar_one()


def check_by_key(key: str) -> Check | None:
    """Find a check by the key of the form it came with."""
    return db.session.scalar(select(Check).where(Check.key == key))


def checks_of(threat: Threat) -> Sequence[Check]:
    """List the checks of a threat, the latest first; withdrawn ones are left out."""
    chosen = select(Check).where(Check.threat_id == threat.id, Check.withdrawn_at.is_(None))
    return db.session.scalars(chosen.order_by(Check.checked_at.desc(), Check.id.desc())).all()


def looks_at(threat: Threat) -> list[Look]:
    """List the checks that count now: all of them or, of a threat that came back, those made since."""
    since = threat.arrived_at if threat.came_back else None
    return [
        Look(check.checked_at, check.finding)
        for check in checks_of(threat)
        if since is None or check.checked_at >= since
    ]


def times_told_of(threat: Threat) -> list[Pattern]:
    """List when people say that it happens, each way once."""
    chosen = select(Observation.times_of_day, Observation.weekdays).join(Link, Link.observation_id == Observation.id)
    chosen = chosen.where(Link.threat_id == threat.id, Link.ended_at.is_(None)).distinct()
    return [Pattern(row.times_of_day, row.weekdays) for row in db.session.execute(chosen)]


def found(filters: Filters, page: int = 1, size: int = PAGE_SIZE) -> Sequence[Threat]:
    """List a page of the threats that pass the filters, most independent voices first.

    The whole list and that of one category are read in the order of their indexes. What is narrowed down otherwise is
    found first and then sorted, since the few threats of a village might stand at the far end of that order. Of what
    many threats of the country have in common, known from `count`, enough are looked for at the beginning of the list
    first: sorting all would take longer.
    """
    if filters.is_whole or _is_of_one_category(filters):
        return _page_of(filters, Threat.independent, page, size)
    return _at_the_beginning(filters, page, size) or _page_of(filters, Threat.independent + 0, page, size)


def _page_of(
    filters: Filters,
    most: ColumnElement[int] | InstrumentedAttribute[int],
    page: int,
    size: int,
    *among: ColumnElement[bool],
) -> Sequence[Threat]:
    """Put the threats in order by their numbers alone, and read only those of the page whole."""
    order = (most.desc(), Threat.last_at.desc(), Threat.id.desc())
    numbers = narrowed(select(Threat.id), filters).where(*among).order_by(*order).limit(size).offset((page - 1) * size)
    shown = numbers.subquery()
    chosen = select(Threat).where(Threat.id.in_(select(shown.c.id)))
    return db.session.scalars(chosen.order_by(*order)).unique().all()


def _at_the_beginning(filters: Filters, page: int, size: int) -> Sequence[Threat]:
    """List a page if the first threats of the country fill it; nothing where they do not, or might not."""
    known = None if _is_of_a_small_area(filters) else _kept.get(_asked_now(_counting(filters)))
    if known is None:
        return ()
    looked_at = 4 * page * size * known.of // known.number  # four times as many as a page needs on average
    if looked_at > _looked_at_to_sort(filters, known):
        return ()
    order = (Threat.independent.desc(), Threat.last_at.desc(), Threat.id.desc())
    first = select(Threat.id).where(Threat.observations > 0).order_by(*order).limit(looked_at).subquery()
    shown = _page_of(filters, Threat.independent + 0, page, size, Threat.id.in_(select(first.c.id)))
    return shown if len(shown) == size else ()


def newest(filters: Filters, size: int) -> Sequence[Threat]:
    """List the threats that pass the filters, those with the newest news first: a new threat, another status."""
    order = (Threat.status_at.desc(), Threat.id.desc())
    return db.session.scalars(narrowed(select(Threat), filters).order_by(*order).limit(size)).unique().all()


def each(filters: Filters, size: int = BATCH) -> Iterator[Sequence[Threat]]:
    """Give all threats that pass the filters in the order of their numbers, so many at a time."""
    chosen = narrowed(select(Threat), filters).order_by(Threat.id)
    yield from db.session.scalars(chosen.execution_options(yield_per=size)).partitions()


def newest_answers(found: Sequence[Threat]) -> dict[int, str]:
    """Give the newest answer of the police to each of these threats; a threat without a change has none."""
    newest = select(func.max(StatusChange.id)).where(StatusChange.threat_id.in_([threat.id for threat in found]))
    chosen = select(StatusChange.threat_id, StatusChange.reason).where(
        StatusChange.id.in_(newest.group_by(StatusChange.threat_id))
    )
    return {row.threat_id: row.reason for row in db.session.execute(chosen)}


KEPT_FROM, KEPT_S, MOST_KEPT = 1_000, 60, 500
"""So large a number is counted once in so many seconds by a process: nobody misses one threat among a thousand."""


class Kept(NamedTuple):
    """How many were counted, among about how many threats of the country."""

    number: int
    of: int


_kept: dict[Any, Kept] = {}


def count(filters: Filters) -> int:
    """Count the threats that pass the filters; many of a whole country may be some seconds old (`KEPT_FROM`)."""
    if _is_of_a_small_area(filters):
        return db.session.scalar(narrowed(select(func.count(Threat.id)), filters)) or 0
    return _counted(_counting(filters))


VOIVODESHIPS = 16


def _looked_at_to_sort(filters: Filters, known: Kept) -> int:
    """About how many threats are looked at where all that pass are found and sorted: more than pass without an index.

    States and categories have indexes. Of a period all that is younger than its first day is looked at, though in an
    index that tells by itself what is older than its last: four such looks are worth one at a threat. Of a voivodeship
    all that lies there is looked at, also what the public does not see any more.
    """
    if filters.statuses or filters.categories:
        return known.number
    if filters.district:
        return known.of // VOIVODESHIPS
    return known.of // 4 if filters.since else known.number


def _is_of_one_category(filters: Filters) -> bool:
    return len(filters.categories) == 1 and not _is_of_an_area(filters)


def _is_of_an_area(filters: Filters) -> bool:
    return bool(filters.district or filters.commune or filters.bbox)


def _is_of_a_small_area(filters: Filters) -> bool:
    """Whether few threats of the country can pass; a voivodeship has so many that they are counted once a minute."""
    is_a_voivodeship = filters.district is not None and len(filters.district) < DISTRICT_DIGITS
    return _is_of_an_area(filters) and not (is_a_voivodeship and not filters.commune and not filters.bbox)


_HIGHEST = select(func.max(_THREATS.alias().c.id)).scalar_subquery()
"""About how many threats there are: counting them takes longer."""


def _counting(filters: Filters) -> Select[*tuple[Any, ...]]:
    return narrowed(select(func.count(Threat.id), _HIGHEST), filters)


def _counted(chosen: Select[*tuple[Any, ...]]) -> int:
    """Count, or tell what was counted just now; `chosen` gives the count and the highest number of a threat."""
    key = _asked_now(chosen)
    if key in _kept:
        return _kept[key].number
    found = Kept(*db.session.execute(chosen).one())
    if found.number >= KEPT_FROM:
        if len(_kept) >= MOST_KEPT or (_kept and next(iter(_kept))[0] != key[0]):
            _kept.clear()
        _kept[key] = found
    return found.number


def _asked_now(chosen: Select[*tuple[Any, ...]]) -> tuple[Any, ...]:
    """Tell a question from others that are asked at the time; moments in it differ by less than the time itself."""
    compiled = chosen.compile(compile_kwargs={"render_postcompile": True})
    values = (int(one.timestamp()) // KEPT_S if isinstance(one, datetime) else one for one in compiled.params.values())
    return int(now().timestamp()) // KEPT_S, compiled.string, tuple(map(str, values))


def narrowed(chosen: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    """Put the filters' conditions on a selection of threats that have a voice."""
    return chosen.where(Threat.observations > 0, *_conditions(filters))


DISTRICT_DIGITS = 4
"""So many digits has the code of a district; that of a voivodeship has fewer, that of a commune more."""


def in_area(column: ColumnElement[str] | InstrumentedAttribute[Any], code: str) -> ColumnElement[bool]:
    """Write that a TERYT code lies in an area, whose code it begins with: as a range, which an index can follow."""
    after = str(int(code) + 1).zfill(len(code))
    return and_(column >= code, column < after)


def _areas(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.district:
        yield in_area(Threat.district_code, filters.district)
    if filters.commune:  # the seventh digit is the kind of a commune, not another place
        yield in_area(Threat.commune_code, filters.commune[:6])


def no_way_in(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Give a column so that SQLite finds no threats by it, but by the area or the order that was asked for.

    SQLite plans without statistics and takes any equality for the best way in: it would look at all threats of a
    category or state in the country for those of one district. PostgreSQL knows how many there are of each; what it
    cannot recognise it takes for rare, and would put half the country in order for the first page of a list.
    """
    return type_coerce(column, String) + "" if is_sqlite() else type_coerce(column, String)


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield from _areas(filters)
    is_of_an_area = _is_of_an_area(filters)
    category, status = (no_way_in(one) if is_of_an_area else one for one in (Threat.category_code, Threat.status))
    if filters.categories:
        yield category.in_(filters.categories)
    if filters.precisions:
        yield Threat.category_code.in_(select(Category.code).where(Category.precision.in_(filters.precisions)))
    if filters.statuses:
        yield status.in_([state.value for state in filters.statuses])
    if filters.planes:
        yield or_(*(_PLANE_COLUMNS[plane] > 0 for plane in filters.planes))
    if filters.since:
        yield Threat.last_at >= filters.since
    if filters.until:
        yield Threat.first_at < filters.until
    if filters.visible is not None:
        yield filters.visible
    if filters.bbox:
        west, south, east, north = filters.bbox
        yield and_(Threat.lon.between(west, east), Threat.lat.between(south, north))


@dataclass(frozen=True)
class Scope:
    """The unit that answers for something, as `accounts.rights.can` reads it."""

    unit_path: str


def scopes_of(threat: Threat, day: date) -> list[Scope]:
    """List the units that serve the place of a threat on a day."""
    return scopes_at(threat.district_code, threat.commune_code, day)


def scopes_at(district_code: str, commune_code: str | None, day: date) -> list[Scope]:
    """List the units that serve a district, or a commune in it, on a day."""
    return [Scope(path) for path in sorted({one.path for one in _serving(district_code, commune_code, day)})]


def _serving(district_code: str, commune_code: str | None, day: date) -> list[Serving]:
    return serving_in(codes_around(district_code, commune_code), day)


def serving_in(area_codes: Iterable[str], day: date) -> list[Serving]:
    """List the units that serve some of these areas on a day, each with the area and its duties."""
    chosen = select(Unit, UnitArea.area_code).join(UnitArea)
    chosen = chosen.where(UnitArea.area_code.in_(sorted(set(area_codes))), _in_force(day))
    return [
        Serving(unit.id, unit.path, code, frozenset(duty.group_code for duty in unit.duties))
        for unit, code in db.session.execute(chosen.order_by(Unit.path))
    ]


def routes_around(threats: Sequence[Threat], day: date) -> Routes:
    """Find out once which units serve the places of some threats on a day."""
    around = (code for threat in threats for code in codes_around(threat.district_code, threat.commune_code))
    return Routes.of(serving_in(around, day))


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(UnitArea.valid_from <= day, or_(UnitArea.valid_to.is_(None), UnitArea.valid_to > day))


def answering_unit(threat: Threat, day: date) -> Unit | None:
    """Find the unit that answers for a threat on a day; None where no unit serves its place."""
    served = _serving(threat.district_code, threat.commune_code, day)
    chosen = answering(served, threat.category.group_code)
    return db.session.get(Unit, chosen.unit_id) if chosen else None


def assignable(threat: Threat, day: date) -> Sequence[Account]:
    """List who may work on a threat: officers and heads, still in service, who may decide about it."""
    paths = paths_above([scope.unit_path for scope in scopes_of(threat, day)])
    chosen = (
        select(Account)
        .join(Unit)
        .where(Unit.path.in_(paths), Account.left_at.is_(None), Account.role.in_((Role.OFFICER, Role.HEAD)))
    )
    return db.session.scalars(chosen.order_by(Unit.path.desc(), Account.email)).unique().all()


def assignment_of(threat: Threat) -> Assignment | None:
    """Find who works on a threat."""
    return db.session.scalar(select(Assignment).where(Assignment.threat_id == threat.id, Assignment.ended_at.is_(None)))


def notes_of(threat: Threat) -> Sequence[Note]:
    """List the notes of colleagues on a threat, the newest first."""
    return db.session.scalars(select(Note).where(Note.threat_id == threat.id).order_by(Note.id.desc())).all()


def note_by_key(key: str) -> Note | None:
    """Find a note by the key of the form it came with."""
    return db.session.scalar(select(Note).where(Note.key == key))


def reason_templates_for(threat: Threat, day: date) -> Sequence[ReasonTemplate]:
    """List the templates for what may follow now: national ones and those of the units that decide about the threat."""
    paths = paths_above([scope.unit_path for scope in scopes_of(threat, day)])
    own = select(Unit.id).where(Unit.path.in_(paths))
    chosen = select(ReasonTemplate).where(
        ReasonTemplate.status.in_(ALLOWED[threat.status]),
        or_(ReasonTemplate.unit_id.is_(None), ReasonTemplate.unit_id.in_(own)),
    )
    return db.session.scalars(chosen.order_by(ReasonTemplate.title, ReasonTemplate.id)).all()


def reason_templates(unit_id: int | None) -> Sequence[ReasonTemplate]:
    """List the templates of a unit, or the national ones."""
    chosen = select(ReasonTemplate).where(ReasonTemplate.unit_id == unit_id)
    return db.session.scalars(chosen.order_by(ReasonTemplate.status, ReasonTemplate.title)).all()


def reason_template(template_id: int) -> ReasonTemplate:
    """Give a template, or raise NoResultFound."""
    return db.session.execute(select(ReasonTemplate).where(ReasonTemplate.id == template_id)).scalar_one()


def reached(step: Step) -> ColumnElement[bool]:
    """Write the condition that a change of status does a step."""
    return StatusChange.before == Status.NEW if step is Step.TAKE_UP else StatusChange.after.in_(RESULTS)


def waits(areas: Sequence[str], step: Step, since: datetime, at: datetime) -> list[Wait]:
    """Tell how long threats of these areas that arrived since a moment waited, to be taken up or for their result."""
    first = select(func.min(StatusChange.changed_at)).where(StatusChange.threat_id == Threat.id, reached(step))
    chosen = select(Threat.created_at, first.scalar_subquery())
    chosen = chosen.where(lies_within(areas), Threat.observations > 0, Threat.created_at >= since)
    return [
        Wait(((done_at or at) - created_at).total_seconds() / DAY_S, done_at is not None)
        for created_at, done_at in db.session.execute(chosen)
    ]


def unserved(day: date, page: int = 1, size: int = PAGE_SIZE) -> Sequence[Threat]:
    """List the open threats for which no unit answers, the longest waiting first."""
    chosen = _unserved(select(Threat), day).order_by(Threat.arrived_at, Threat.id)
    return db.session.scalars(chosen.limit(size).offset((page - 1) * size)).unique().all()


def lies_within(areas: Sequence[str], table: type[Threat | Observation] = Threat) -> ColumnElement[bool]:
    """Write that a threat or voice lies in one of these areas, by their TERYT codes.

    A commune is looked for among the rows of its district, to which an index leads.
    """
    within = [in_area(table.district_code, code) for code in areas if len(code) <= DISTRICT_DIGITS]
    within += [
        and_(table.district_code == code[:DISTRICT_DIGITS], in_area(table.commune_code, code))
        for code in areas
        if len(code) > DISTRICT_DIGITS
    ]
    return or_(false(), *within)


def of_areas(filters: Filters, areas: Sequence[str]) -> Filters:
    """Narrow filters to threats of these areas, whether the public sees them or not."""
    return replace(filters, visible=lies_within(areas))


def numbers(filters: Filters, most: int) -> Sequence[int]:
    """List the numbers of the threats that pass the filters, the lowest first, at most so many."""
    return db.session.scalars(narrowed(select(Threat.id), filters).order_by(Threat.id).limit(most)).all()


def count_unserved(day: date) -> int:
    """Count the open threats for which no unit answers; many may be some seconds old (`KEPT_FROM`)."""
    return _counted(_unserved(select(func.count(Threat.id), _HIGHEST), day))


def _unserved(chosen: Select[*tuple[Any, ...]], day: date) -> Select[*tuple[Any, ...]]:
    """Keep the open threats in areas that no unit serves. A unit with duties serves only those categories."""
    around = (
        UnitArea.area_code == func.substr(Threat.district_code, 1, 2),
        UnitArea.area_code == Threat.district_code,
        UnitArea.area_code == func.substr(Threat.commune_code, 1, 6),
    )
    has_duties = select(UnitDuty.unit_id).where(UnitDuty.unit_id == UnitArea.unit_id).exists()
    duty = select(UnitDuty.unit_id).join(Category, Category.group_code == UnitDuty.group_code)
    has_this = duty.where(UnitDuty.unit_id == UnitArea.unit_id, Category.code == Threat.category_code)
    has_this_one = has_this.correlate(UnitArea, Threat).exists()  # the threat is two statements further out
    served = select(UnitArea.id).where(or_(*around), _in_force(day), or_(~has_duties, has_this_one)).exists()
    return chosen.where(Threat.observations > 0, Threat.status.in_(OPEN), ~served)


def is_served(district_code: str, commune_code: str | None, day: date) -> bool:
    """Tell whether a unit serves a district, or a commune in it, on a day."""
    return bool(scopes_at(district_code, commune_code, day))


def areas_within(scope: str, day: date) -> tuple[str, ...]:
    """List the TERYT codes that the units of a scope serve on a day."""
    return accounts.areas_within(scope, day)


def radii() -> dict[str, int]:
    """Give the joining radius in metres of every category."""
    return {row.code: row.radius_m for row in db.session.execute(_RADII)}


_RADII = select(_CATEGORIES.c.code, _CATEGORIES.c.radius_m)


def fitted_rule() -> FittedRule | None:
    """Find the rule learnt last; None while the one that comes with the product is in force."""
    return db.session.scalar(select(FittedRule).order_by(FittedRule.id.desc()).limit(1))


def rule() -> Rule:
    """Give the rule of joining in force: weights learnt here or those of the product, thresholds likewise."""
    found = db.session.execute(_RULE).one()
    if found.weights is None and found.link is None:
        return DEFAULT_RULE
    return Rule(
        DEFAULT_WEIGHTS if found.weights is None else Weights.from_record(found.weights),
        DEFAULT_THRESHOLDS if found.link is None else Thresholds(found.link, found.suggest),
        found.accuracies or {},
        found.fitted_at,
    )


def _newest(table: Any) -> Any:
    return select(table).order_by(table.c.id.desc()).limit(1).subquery()


def _rule_in_force() -> Select[*tuple[Any, ...]]:
    """Ask for the newest weights and the newest thresholds at once; where there are none, for nulls."""
    weights, thresholds, one = _newest(_RULES), _newest(_THRESHOLDS), select(literal(1).label("one")).subquery()
    columns = (weights.c.weights, weights.c.accuracies, weights.c.fitted_at, thresholds.c.link, thresholds.c.suggest)
    return select(*columns).select_from(one.outerjoin(weights, true()).outerjoin(thresholds, true()))


_RULE = _rule_in_force()


def thresholds_told() -> Sequence[JoiningThresholds]:
    """List the thresholds that were put into force, the newest first."""
    return db.session.scalars(select(JoiningThresholds).order_by(JoiningThresholds.id.desc())).all()


def join_runs(most: int) -> Sequence[JoinRun]:
    """List the last times everything was joined anew, the newest first."""
    return db.session.scalars(select(JoinRun).order_by(JoinRun.id.desc()).limit(most)).all()


def standing_voices(district: str | None = None) -> Table:
    """Load the columns of all voices not withdrawn."""
    result = db.session.execute(observations.standing(district).execution_options(yield_per=PARTITION))
    return Table.of(result.partitions())


def last_whole_run() -> JoinRun | None:
    """Find the last time that everything was joined anew."""
    chosen = select(JoinRun).where(JoinRun.district_code.is_(None))
    return db.session.scalar(chosen.order_by(JoinRun.id.desc()).limit(1))


def count_voices(areas: Sequence[str]) -> int:
    """Count the voices not withdrawn of some areas."""
    chosen = select(func.count()).where(Observation.withdrawn_at.is_(None), lies_within(areas, Observation))
    return db.session.scalar(chosen) or 0


def open_links() -> Sequence[AnyRow]:
    """List (observation_id, threat_id) of every link in force."""
    return db.session.execute(select(Link.observation_id, Link.threat_id).where(Link.ended_at.is_(None))).all()


@dataclass(frozen=True)
class Bonds:
    """What binds voices: links (observation, threat) in force, and pairs of observations that people decided about.

    `asked` binds nothing: the pairs (observation, threat) that wait for a person.
    """

    links: frozenset[tuple[int, int]] = frozenset()
    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
    asked: frozenset[tuple[int, int]] = frozenset()

    @property
    def mates(self) -> set[int]:
        """The voices of these threats, and those that a person said are the same as one of them."""
        return {observation for observation, _threat in self.links} | {one for pair in self.together for one in pair}

    def __or__(self, more: "Bonds") -> "Bonds":
        return Bonds(*(getattr(self, one.name) | getattr(more, one.name) for one in fields(self)))


def bonds(observation_ids: Sequence[int]) -> Bonds:
    """Read what binds these voices: all links of their threats, and all decisions with one of them at either end.

    Beside them stands what is asked about these voices.
    """
    found: dict[str, list[tuple[int, int]]] = {_LINKED: [], Verdict.SAME: [], Verdict.APART: [], _ASKED: []}
    for kind, first, second in db.session.execute(_BONDS, {"ids": observation_ids}) if observation_ids else ():
        found[kind].append((first, second))
    return Bonds(*(frozenset(pairs) for pairs in found.values()))


def _bonds() -> CompoundSelect[Any]:
    """Select bonds; built once, since building costs more than asking."""
    ids: BindParameter[int] = bindparam("ids", expanding=True)
    own, other, ruling, asked = _LINKS.alias("own").c, _LINKS.alias("other").c, _RULINGS.c, _SUGGESTIONS.c
    linked = select(literal_column(f"'{_LINKED}'", String), other.observation_id, other.threat_id)
    linked = linked.where(own.threat_id == other.threat_id)
    linked = linked.where(own.observation_id.in_(ids), own.ended_at.is_(None), other.ended_at.is_(None))
    ruled = select(ruling.verdict, ruling.first_id, ruling.second_id)
    waiting = select(literal_column(f"'{_ASKED}'", String), asked.observation_id, asked.threat_id)
    return union_all(
        linked,
        ruled.where(ruling.first_id.in_(ids)),
        ruled.where(ruling.second_id.in_(ids)),
        waiting.where(asked.observation_id.in_(ids)),
    )


_LINKED, _ASKED = "linked", "asked"
_BONDS = _bonds()


def threats_of(observation_ids: Sequence[int]) -> dict[int, int]:
    """Tell which threat each of these observations belongs to now."""
    chosen = select(Link.observation_id, Link.threat_id).where(
        Link.observation_id.in_(observation_ids), Link.ended_at.is_(None)
    )
    return {row.observation_id: row.threat_id for row in db.session.execute(chosen)}


def visible_of(threat_ids: Sequence[int], visible: ColumnElement[bool]) -> Sequence[Threat]:
    """List those of these threats that have a voice and may be seen."""
    chosen = narrowed(select(Threat), Filters(visible=visible)).where(Threat.id.in_(threat_ids))
    return db.session.scalars(chosen.order_by(Threat.id)).unique().all()


def has_spoken(threat: Threat, voice_key: str, since: datetime) -> bool:
    """Tell whether a voice of this key was admitted since a moment and belongs to the threat."""
    chosen = select(Link.id).join(Link.observation)
    chosen = chosen.where(Link.threat_id == threat.id, Link.ended_at.is_(None), Observation.voice_key == voice_key)
    return db.session.scalar(chosen.where(Observation.admitted_at >= since).limit(1)) is not None


def threats_with_sizes(observation_ids: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Tell which threat each of these observations belongs to now, and of how many voices each threat is."""
    found = db.session.execute(_WITH_SIZES, {"ids": observation_ids}).all()
    threats = {observation_id: threat_id for observation_id, threat_id, _size in found}
    return threats, {threat_id: size for _observation_id, threat_id, size in found}


_WITH_SIZES = select(_LINKS.c.observation_id, _LINKS.c.threat_id, _THREATS.c.observations).where(
    _LINKS.c.observation_id.in_(bindparam("ids", expanding=True)),
    _LINKS.c.ended_at.is_(None),
    _THREATS.c.id == _LINKS.c.threat_id,
)


def members(threat_id: int) -> Sequence[AnyRow]:
    """List the columns of the voices of a threat, in the order of their keys."""
    chosen = select(*observations.COLUMNS).join(Link, Link.observation_id == Observation.id)
    return db.session.execute(
        chosen.where(Link.threat_id == threat_id, Link.ended_at.is_(None)).order_by(Observation.order_key)
    ).all()


def rulings(verdict: Verdict) -> Sequence[AnyRow]:
    """List all pairs (first_id, second_id) that people decided about in one way."""
    return db.session.execute(select(Ruling.first_id, Ruling.second_id).where(Ruling.verdict == verdict)).all()


def settled_threats() -> set[int]:
    """Name the threats that a person or a status has touched: the machine adds to them and takes nothing."""
    return set(db.session.scalars(select(Threat.id).where(Threat.is_settled)))


FIGURES = ("observations", "voices", "independent", "category_code", "first_at", "last_at", "lon", "lat")
"""What of a threat tells whether its figures changed: the others follow from the same voices."""


def facts(among: Sequence[int] | None = None) -> dict[int, AnyRow]:
    """Give what joining asks about threats, all or these: whether settled, state, chosen category, figures."""
    if among is None:
        return {row.id: row for row in db.session.execute(_FACTS.execution_options(yield_per=PARTITION))}
    return {row.id: row for row in db.session.execute(_FACTS_OF, {"ids": among})}


_FACTS = select(*(_THREATS.c[name] for name in ("id", "is_settled", "status", "chosen_category_code", *FIGURES)))
_FACTS_OF = _FACTS.where(_THREATS.c.id.in_(bindparam("ids", expanding=True)))


def is_waiting(suggestion_id: int) -> bool:
    """Tell whether nobody has decided a suggestion yet."""
    return db.session.scalar(select(Suggestion.id).where(Suggestion.id == suggestion_id)) is not None


def suggestion(suggestion_id: int) -> Suggestion:
    """Give a suggestion that nobody has decided yet, or raise NoResultFound."""
    return db.session.execute(select(Suggestion).where(Suggestion.id == suggestion_id)).scalar_one()


def suggestions(areas: Sequence[str], page: int = 1, size: int = PAGE_SIZE) -> Sequence[Suggestion]:
    """List what waits for a person's decision in these areas, surest first."""
    chosen = _suggested(select(Suggestion), areas).options(
        joinedload(Suggestion.observation).joinedload(Observation.category), joinedload(Suggestion.threat)
    )
    order = (Suggestion.score.desc(), Suggestion.id)
    return db.session.scalars(chosen.order_by(*order).limit(size).offset((page - 1) * size)).unique().all()


def count_suggestions(areas: Sequence[str]) -> int:
    """Count what waits for a person's decision in these areas."""
    return db.session.scalar(_suggested(select(func.count(Suggestion.id)), areas)) or 0


def _suggested(chosen: Select[*tuple[Any, ...]], areas: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return chosen.join(Suggestion.observation).where(lies_within(areas, Observation))


def standing_threat(threat_id: int) -> Threat | None:
    """Find a threat that has voices."""
    chosen = select(Threat).where(Threat.id == threat_id, Threat.observations > 0)
    return db.session.execute(chosen).unique().scalar_one_or_none()


def suggested_for(threat: Threat) -> Sequence[Suggestion]:
    """List the voices that may belong to a threat."""
    chosen = select(Suggestion).where(Suggestion.threat_id == threat.id).order_by(Suggestion.score.desc())
    return db.session.scalars(chosen.options(joinedload(Suggestion.observation))).all()
