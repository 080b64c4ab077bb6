"""What a summary is made of: plain facts about one district and period, as the database gave them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from consult.period import Period
from consult.summaries.beside import Beside
from consult.threats.deadlines import Step
from consult.threats.workflow import Status


@dataclass(frozen=True, slots=True)
class District:
    """The district, and how exact its boundaries are."""

    code: str
    name: str
    label: str
    voivodeship: str
    is_approximate: bool
    boundaries: str
    communes: Mapping[str, str]
    neighbours: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A category with the name it goes by in the document's language; `precision` is what the public may see of it."""

    code: str
    name: str
    letter: str
    precision: str


@dataclass(frozen=True, slots=True)
class Voice:
    """One observation of a threat. Equal `who` is the same person; `people` is the number behind a show of hands."""

    threat_id: int
    plane: str
    since: datetime
    until: datetime
    who: str
    people: int
    neighbour: str | None
    admitted_at: datetime

    def is_in(self, period: Period) -> bool:
        """Tell whether its window touches a period."""
        begin, end = period.moments
        return self.since < end and self.until >= begin


@dataclass(frozen=True, slots=True)
class Case:
    """A threat that lies in the district, in its present state.

    `arrived_at` is when it was first heard of here; `done_at` when each step was first done, steps to be done left out.
    """

    threat_id: int
    category: str
    status: Status
    status_at: datetime
    first_at: datetime
    last_at: datetime
    lon: float
    lat: float
    x: float
    y: float
    accuracy_m: float
    is_whole_area: bool
    commune: str
    arrived_at: datetime | None = None
    done_at: Mapping[Step, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The last change of a threat's state: what was found and done."""

    at: datetime
    words: str
    checks: int


@dataclass(frozen=True, slots=True)
class Named:
    """A named place in metres of EPSG:2180."""

    name: str
    x: float
    y: float
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that counts in the district."""

    meeting_id: int
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
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal with its addressee, deadline and answer. `category` is that of the statement it came from."""

    proposal_id: int
    held_on: date | None
    text: str
    addressee: str
    addressee_name: str
    due_on: date | None
    status: str
    is_unfinished: bool
    answer: str
    answered_on: date | None
    category: str | None
    is_withheld: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a summary of one district and period is made of; `today` tells which months are over.

    `published` holds what was released of protected categories: by month, then by category, under "" for those that are
    only counted together. Months that are not released are not in it. `beside` is what the edition may show.
    """

    district: District
    period: Period
    language: str
    today: date
    kinds: tuple[Kind, ...]
    voices: tuple[Voice, ...]
    cases: tuple[Case, ...]
    answers: Mapping[int, Answer]
    places: tuple[Named, ...]
    meetings: tuple[Held, ...]
    earlier_meetings: tuple[Held, ...]
    proposals: tuple[Asked, ...]
    not_joined: int
    is_demonstration: bool
    published: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)
