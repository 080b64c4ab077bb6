"""The figures of a summary: one object for the PDF, the page and the .json.

The public edition shows threats of exact categories one by one, and every figure of it counts them alone. Of the other
categories it holds only what was released of single months (`consult.releases`): no total and no longer period, since
what is hidden could be found by subtraction. A release never changes, so two editions side by side tell nothing new.
The internal edition counts everything.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from consult.disclosure import SHARES_FROM
from consult.estimates.waits import Wait, waiting
from consult.geo import eighth
from consult.observations.table import DAY_S, PLANES
from consult.period import Period, day_of, midnight
from consult.summaries.beside import Beside
from consult.summaries.material import Asked, Case, Held, Kind, Material, Named, Voice
from consult.threats.deadlines import Step
from consult.threats.workflow import CHECKED, OPEN, Status

MOST_PLACES = 10
MOST_DONE = 10
NEAR_M = 300
FAR_M = 15_000
EXACT_M = 100
MARK_DAYS = (2, 5, 14, 30)
"""Days within which it is told how much was done."""

KEY_FIGURES = (
    "observations",
    "independent",
    "threats",
    "confirmed",
    "meetings",
    "residents",
    "proposals",
    "answered",
)
"""The key figures in the order in which they are told."""

TOGETHER = ""
"""Where the categories that are only counted together stand among published counts."""

DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


class Edition(StrEnum):
    """For whom a summary is: everyone, or the staff of the district's units."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Head:
    """What the summary is about. `frozen_on` is the last day of the data in it."""

    code: str
    district: str
    voivodeship: str
    period: str
    first: date
    last: date
    previous: str
    is_over: bool
    edition: Edition
    language: str
    frozen_on: date
    is_approximate: bool
    boundaries: str
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is a part of (`of`), and both in the period of the same length before."""

    value: int
    previous: int
    of: int | None = None
    previous_of: int | None = None

    @property
    def change(self) -> int:
        """How much more than in the period before."""
        return self.value - self.previous


@dataclass(frozen=True, slots=True)
class PlaneRow:
    """What came through one plane of information; None stands for a plane without any source yet."""

    plane: str
    observations: Figure | None
    independent: int
    people: int
    threats: int


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """Threats of a category by state. The states add up to `total`."""

    code: str
    name: str
    statuses: dict[str, int]
    total: int
    previous: int


@dataclass(frozen=True, slots=True)
class WaitRow:
    """How long the threats that arrived in the period waited for a step, open ones counted until `frozen_on`.

    Half was done within `median_days`, None where too little is done to say so. `done` is how many per cent were done
    within so many days (by their number as text), None where too few arrived for a percentage.
    """

    step: Step
    count: int
    open: int
    median_days: float | None
    done: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class ProtectedRow:
    """Threats of a category whose places nobody sees: one count a month, None where it is hidden or not released."""

    code: str
    name: str
    months: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Protected:
    """Counts of the categories that the public edition shows in no other way; `unfinished` months have none yet."""

    months: tuple[str, ...]
    unfinished: tuple[str, ...]
    rows: tuple[ProtectedRow, ...]
    never: tuple[int | None, ...]
    never_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """The named place nearest to a threat, how far it is and in which direction the threat lies from there."""

    name: str
    distance_m: int
    direction: str


@dataclass(frozen=True, slots=True)
class Told:
    """How many spoke of a threat through one plane in the period."""

    plane: str
    observations: int
    people: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What was found and done, as residents read it."""

    on: date
    words: str
    checks: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A threat in the list and on the map. `number` is its place in the ranking, 0 when it has none."""

    number: int
    threat_id: int
    category: str
    name: str
    status: Status
    status_on: date
    commune: str
    near: Near | None
    lon: float
    lat: float
    is_approximate: bool
    accuracy_m: int
    is_whole_area: bool
    neighbour: str | None
    independent: int
    observations: int
    planes: tuple[Told, ...]
    first_on: date
    last_on: date
    answer: Reply | None


@dataclass(frozen=True, slots=True)
class Point:
    """An open threat drawn on the map without a number."""

    lon: float
    lat: float
    status: Status


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting with its turnout and what was said."""

    kind: str
    title: str
    venue: str
    held_on: date | None
    is_year_only: bool
    residents: int | None
    statements: int
    without_place: int
    proposals: int
    answered: int
    districts: int


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal; `text` and `answer` are None where they would lead to a person."""

    held_on: date | None
    text: str | None
    addressee: str
    addressee_name: str
    due_on: date | None
    is_overdue: bool
    status: str
    answer: str | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the figures do not say by themselves."""

    near_border: int
    approximate_places: int
    several_planes: int
    whole_area: int
    not_joined: int | None
    without_place: int
    shared_meetings: int
    ranked: int
    done: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A district's summary of a period."""

    head: Head
    key_figures: dict[str, Figure]
    planes: tuple[PlaneRow, ...]
    categories: tuple[CategoryRow, ...]
    total: CategoryRow
    protected: Protected | None
    places: tuple[Spot, ...]
    done: tuple[Spot, ...]
    whole_area: tuple[Spot, ...]
    points: tuple[Point, ...]
    meetings: tuple[MeetingRow, ...]
    proposals: tuple[ProposalRow, ...]
    limits: Limits
    waiting: tuple[WaitRow, ...] = ()
    beside: Beside = field(default_factory=Beside)

    @property
    def record(self) -> dict[str, Any]:
        """The summary as plain JSON."""
        plain: dict[str, Any] = _plain(self)
        return plain


def summarise(material: Material, edition: Edition) -> Summary:
    """Count everything that the document, the page and the .json show."""
    shown = {kind.code for kind in material.kinds if edition is Edition.INTERNAL or kind.precision == "exact"}
    scene = _Scene(material, shown)
    places = _ranked(scene)
    done = _eliminated(scene)
    return Summary(
        head=_head(material, scene, edition),
        key_figures=_key_figures(scene),
        planes=tuple(_plane(plane, scene) for plane in PLANES),
        categories=tuple(_categories(scene)),
        total=_row("", "", scene.now, scene.before),
        protected=_protected(material) if edition is Edition.PUBLIC else None,
        places=tuple(scene.spot(case, number) for number, case in enumerate(places[:MOST_PLACES], 1)),
        done=tuple(scene.spot(case) for case in done[:MOST_DONE]),
        whole_area=tuple(scene.spot(case) for case in _of_whole_areas(scene)[:MOST_PLACES]),
        points=tuple(_point(case) for case in places[MOST_PLACES:]),
        meetings=tuple(_meeting(held) for held in material.meetings),
        proposals=tuple(_proposal(asked, scene, edition) for asked in material.proposals),
        limits=_limits(scene, len(places), len(done), edition),
        waiting=tuple(_waited(step, scene) for step in Step),
        beside=material.beside,
    )


class _Scene:
    """The threats that an edition shows, with their voices of the period and of the one before."""

    def __init__(self, material: Material, shown: Collection[str]) -> None:
        self.material = material
        self.kinds = {kind.code: kind for kind in material.kinds if kind.code in shown}
        cases = {case.threat_id: case for case in material.cases if case.category in self.kinds}
        self.voices = _by_threat(material.voices, cases, material.period)
        self.voices_before = _by_threat(material.voices, cases, material.period.previous)
        self.now = [case for case in material.cases if case.threat_id in self.voices]
        self.before = [case for case in material.cases if case.threat_id in self.voices_before]
        self.frozen_on = self._frozen_on()

    def _frozen_on(self) -> date:
        """The last day on which something of these figures was written down, or the period's end if that is later."""
        material = self.material
        moments = [voice.admitted_at for voice in _all(self.voices)]
        moments += [case.status_at for case in self.now]
        moments += [held.created_at for held in material.meetings]
        moments += [asked.created_at for asked in material.proposals]
        days = [day_of(moment) for moment in moments]
        days += [asked.answered_on for asked in material.proposals if asked.answered_on]
        latest = max(days, default=material.period.first)
        return max(latest, material.period.last) if self.is_over else latest

    @property
    def is_over(self) -> bool:
        return self.material.today >= self.material.period.end

    def independent(self, case: Case) -> int:
        """Count the different people who spoke of a threat in the period, all planes together."""
        return _people(self.voices[case.threat_id])

    def planes(self, case: Case) -> int:
        return len({voice.plane for voice in self.voices[case.threat_id]})

    def spot(self, case: Case, number: int = 0) -> Spot:
        """Tell of a threat what the list shows."""
        voices = self.voices[case.threat_id]
        answer = self.material.answers.get(case.threat_id)
        district = self.material.district
        neighbours = sorted({voice.neighbour for voice in voices if voice.neighbour})
        return Spot(
            number=number,
            threat_id=case.threat_id,
            category=case.category,
            name=self.kinds[case.category].name,
            status=case.status,
            status_on=day_of(case.status_at),
            commune=district.communes.get(case.commune[:6], ""),
            near=None if case.is_whole_area else nearest(case.x, case.y, self.material.places),
            lon=round(case.lon, 5),
            lat=round(case.lat, 5),
            is_approximate=case.accuracy_m > EXACT_M,
            accuracy_m=round(case.accuracy_m),
            is_whole_area=case.is_whole_area,
            neighbour=district.neighbours.get(neighbours[0], neighbours[0]) if neighbours else None,
            independent=_people(voices),
            observations=len(voices),
            planes=tuple(_told(plane, voices) for plane in PLANES if any(voice.plane == plane for voice in voices)),
            first_on=day_of(case.first_at),
            last_on=day_of(case.last_at),
            answer=Reply(day_of(answer.at), answer.words, answer.checks) if answer else None,
        )


def _by_threat(voices: Iterable[Voice], cases: Collection[int], period: Period) -> dict[int, list[Voice]]:
    found: dict[int, list[Voice]] = defaultdict(list)
    for voice in voices:
        if voice.threat_id in cases and voice.is_in(period):
            found[voice.threat_id].append(voice)
    return dict(found)


def _all(voices: Mapping[int, Sequence[Voice]]) -> list[Voice]:
    return [voice for group in voices.values() for voice in group]


def _people(voices: Iterable[Voice]) -> int:
    return len({voice.who for voice in voices})


def _told(plane: str, voices: Iterable[Voice]) -> Told:
    own = [voice for voice in voices if voice.plane == plane]
    return Told(plane, len(own), sum(voice.people for voice in own))


# The head and the key figures


def _head(material: Material, scene: _Scene, edition: Edition) -> Head:
    district, period = material.district, material.period
    return Head(
        code=district.code,
        district=district.label,
        voivodeship=district.voivodeship,
        period=period.code,
        first=period.first,
        last=period.last,
        previous=period.previous.code,
        is_over=scene.is_over,
        edition=edition,
        language=material.language,
        frozen_on=scene.frozen_on,
        is_approximate=district.is_approximate,
        boundaries=district.boundaries,
        is_demonstration=material.is_demonstration,
    )


def _key_figures(scene: _Scene) -> dict[str, Figure]:
    voices, before = _all(scene.voices), _all(scene.voices_before)
    meetings, earlier = scene.material.meetings, scene.material.earlier_meetings
    asked, asked_before = sum(held.proposals for held in meetings), sum(held.proposals for held in earlier)
    return {
        "observations": Figure(len(voices), len(before)),
        "independent": Figure(_people(voices), _people(before)),
        "threats": Figure(len(scene.now), len(scene.before)),
        "confirmed": Figure(_checked(scene.now), _checked(scene.before), len(scene.now), len(scene.before)),
        "meetings": Figure(len(meetings), len(earlier)),
        "residents": Figure(_turnout(meetings), _turnout(earlier), _known(meetings), _known(earlier)),
        "proposals": Figure(asked, asked_before),
        "answered": Figure(
            sum(held.answered for held in meetings), sum(held.answered for held in earlier), asked, asked_before
        ),
    }


def _checked(cases: Iterable[Case]) -> int:
    return sum(1 for case in cases if case.status in CHECKED)


def _turnout(meetings: Iterable[Held]) -> int:
    return sum(held.residents or 0 for held in meetings)


def _known(meetings: Iterable[Held]) -> int:
    return sum(1 for held in meetings if held.residents is not None)


# Tables


def _plane(plane: str, scene: _Scene) -> PlaneRow:
    own = [voice for voice in _all(scene.voices) if voice.plane == plane]
    before = sum(1 for voice in _all(scene.voices_before) if voice.plane == plane)
    nothing = plane == PLANES[0] and not own and not before
    return PlaneRow(
        plane=plane,
        observations=None if nothing else Figure(len(own), before),
        independent=_people(own),
        people=sum(voice.people for voice in own),
        threats=len({voice.threat_id for voice in own}),
    )


def _categories(scene: _Scene) -> list[CategoryRow]:
    """List the categories that occur, the most frequent first."""
    rows = [_of_category(kind, scene) for kind in scene.kinds.values()]
    known = [row for row in rows if row.total or row.previous]
    return sorted(known, key=lambda row: (-row.total, -row.previous, row.name))


def _of_category(kind: Kind, scene: _Scene) -> CategoryRow:
    now = [case for case in scene.now if case.category == kind.code]
    before = [case for case in scene.before if case.category == kind.code]
    return _row(kind.code, kind.name, now, before)


def _row(code: str, name: str, now: Sequence[Case], before: Sequence[Case]) -> CategoryRow:
    counted = Counter(case.status for case in now)
    return CategoryRow(code, name, {status.value: counted[status] for status in Status}, len(now), len(before))


def _waited(step: Step, scene: _Scene) -> WaitRow:
    """Estimate how long the threats shown here waited for a step (Kaplan and Meier: see `estimates`)."""
    until = midnight(scene.frozen_on + timedelta(days=1))
    arrived = [(case, case.arrived_at) for case in scene.now if case.arrived_at is not None]
    found = waiting(
        Wait(((case.done_at.get(step) or until) - at).total_seconds() / DAY_S, step in case.done_at)
        for case, at in arrived
        if scene.material.period.covers(day_of(at))
    )
    is_sure = found.count >= SHARES_FROM
    return WaitRow(
        step=step,
        count=found.count,
        open=found.open,
        median_days=None if found.median_days is None else round(found.median_days, 1),
        done={str(days): round(100 * found.done_within(days)) if is_sure else None for days in MARK_DAYS},
    )


def _protected(material: Material) -> Protected:
    """Tell what was released of the other categories, month by month; nothing of them is counted here."""
    months = tuple(month.code for month in material.period.in_months)
    told = [material.published.get(month, {}) for month in months]
    generalised = [kind for kind in material.kinds if kind.precision == "generalised"]
    rows = tuple(ProtectedRow(kind.code, kind.name, tuple(one.get(kind.code) for one in told)) for kind in generalised)
    never = tuple(kind.name for kind in material.kinds if kind.precision == "never")
    unfinished = tuple(month for month in months if month not in material.published)
    return Protected(months, unfinished, rows, tuple(one.get(TOGETHER) for one in told), never)


# Threats one by one


def _ranked(scene: _Scene) -> list[Case]:
    """Order the open threats with a place: by independent voices, then planes, then the latest voice."""
    cases = [case for case in scene.now if case.status in OPEN and not case.is_whole_area]
    return sorted(cases, key=lambda case: _rank(case, scene))


def _rank(case: Case, scene: _Scene) -> tuple[int, int, float, int]:
    return -scene.independent(case), -scene.planes(case), -case.last_at.timestamp(), case.threat_id


def _eliminated(scene: _Scene) -> list[Case]:
    cases = [case for case in scene.now if case.status is Status.ELIMINATED and not case.is_whole_area]
    return sorted(cases, key=lambda case: _rank(case, scene))


def _of_whole_areas(scene: _Scene) -> list[Case]:
    cases = [case for case in scene.now if case.is_whole_area and case.status in OPEN]
    return sorted(cases, key=lambda case: _rank(case, scene))


def _point(case: Case) -> Point:
    return Point(round(case.lon, 5), round(case.lat, 5), case.status)


def nearest(x: float, y: float, places: Sequence[Named]) -> Near | None:
    """Find the nearest named place within reach; equally near ones go by their names."""
    found = min(places, key=lambda place: (_away(x, y, place), place.name), default=None)
    if found is None or _away(x, y, found) > FAR_M:
        return None
    return Near(found.name, _rounded(_away(x, y, found)), direction(x - found.x, y - found.y))


def _away(x: float, y: float, place: Named) -> float:
    return math.hypot(x - place.x, y - place.y)


def _rounded(metres: float) -> int:
    """Round to what a map of words can say: whole hundreds of metres, and nothing when it is right there."""
    return 0 if metres < NEAR_M else round(metres / 100) * 100


def direction(east: float, north: float) -> str:
    """Name one of eight directions."""
    return DIRECTIONS[eighth(east, north)]


# Debates


def _meeting(held: Held) -> MeetingRow:
    return MeetingRow(**{field.name: getattr(held, field.name) for field in fields(MeetingRow)})


def _proposal(asked: Asked, scene: _Scene, edition: Edition) -> ProposalRow:
    silent = edition is Edition.PUBLIC and (asked.is_withheld or _is_protected(asked, scene))
    return ProposalRow(
        held_on=asked.held_on,
        text=None if silent else asked.text,
        addressee=asked.addressee,
        addressee_name=asked.addressee_name,
        due_on=asked.due_on,
        is_overdue=asked.is_unfinished and asked.due_on is not None and asked.due_on < scene.frozen_on,
        status=asked.status,
        answer=None if silent else asked.answer,
        answered_on=asked.answered_on,
    )


def _is_protected(asked: Asked, scene: _Scene) -> bool:
    return asked.category is not None and asked.category not in scene.kinds


def _limits(scene: _Scene, ranked: int, done: int, edition: Edition) -> Limits:
    meetings = scene.material.meetings
    return Limits(
        near_border=sum(1 for voices in scene.voices.values() if any(voice.neighbour for voice in voices)),
        approximate_places=sum(1 for case in scene.now if case.accuracy_m > EXACT_M and not case.is_whole_area),
        several_planes=sum(1 for case in scene.now if scene.planes(case) > 1),
        whole_area=sum(1 for case in scene.now if case.is_whole_area),
        not_joined=scene.material.not_joined if edition is Edition.INTERNAL else None,
        without_place=sum(held.without_place for held in meetings),
        shared_meetings=sum(1 for held in meetings if held.districts > 1),
        ranked=ranked,
        done=done,
    )


def renamed(summary: Summary, names: Mapping[str, str]) -> Summary:
    """Give a summary with categories under other names, for readers of another language; unknown ones keep theirs."""

    def of(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(row, name=names.get(row.name, row.name)) for row in rows)

    protected = summary.protected and replace(
        summary.protected,
        rows=of(summary.protected.rows),
        never_names=tuple(names.get(name, name) for name in summary.protected.never_names),
    )
    return replace(
        summary,
        categories=of(summary.categories),
        places=of(summary.places),
        done=of(summary.done),
        whole_area=of(summary.whole_area),
        protected=protected,
    )


def _plain(value: Any) -> Any:
    """Write a dataclass and what is in it as JSON has it."""
    if is_dataclass(value):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {**plain, "change": value.change} if isinstance(value, Figure) else plain
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
