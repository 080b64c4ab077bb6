"""What stands beside a district's own figures: police records, surveys, offices, the voivodeship, the application.

Nothing here is counted from the summary's own voices alone; each part says whence it comes and of which time it is.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rated:
    """How many for so many people (`per`), with the interval that chance leaves open, 95 times in 100."""

    count: int
    value: float
    low: float
    high: float
    per: int


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """What the police recorded of one measure: here, in the voivodeship, in the country.

    `change` is the difference to the year before, None where both were counted otherwise. `breaks` are codes of how.
    """

    code: str
    name: str
    count: int | None
    change: int | None
    rate: Rated | None
    voivodeship: Rated | None
    country: Rated | None
    stands_out: bool
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The first plane: figures of the police for one period, which is the summary's own only if the police count it."""

    period: str
    is_period_asked: bool
    source: str
    updated_on: date | None
    rows: tuple[RecordedRow, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Independent voices for 10,000 people here and in the other districts of the voivodeship where people speak.

    `year` is that of the population, `districts` the number of the others.
    """

    year: int
    own: Rated
    others: Rated
    districts: int


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A headline of a survey: what was asked, which answers are meant, and the share of those who gave them.

    `bound` is "<" or ">" where the share is only told to lie beyond `percent`.
    """

    question: str
    answers: tuple[str, ...]
    percent: int | None
    bound: str = ""


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A survey that ended in the period and was released: what is public of it. `sample` says how people came to it."""

    title: str
    closed_on: date
    released_on: date
    people: int | None
    sample: str
    answers: tuple[SurveyAnswer, ...]


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """What was handed over to one office in the period, by what it answered last."""

    name: str
    handed: int
    done: int
    promised: int
    refused: int
    elsewhere: int
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of the application that its users asked for."""

    title: str
    on: date


@dataclass(frozen=True, slots=True)
class Application:
    """What people all over the country said of the application in the period, in fives, and what was changed."""

    opinions: int | None
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class HotRow:
    """A place that stands out: where it is, how many different people spoke there, and how sure that is."""

    place: str
    voices: int
    standing: str


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it. None is what is not known; `hot` stays empty in the public edition, `is_looked_at` says if it was."""

    recorded: Recorded | None = None
    spoken: Spoken | None = None
    surveys: tuple[SurveyRow, ...] = ()
    offices: tuple[OfficeRow, ...] = ()
    application: Application | None = None
    hot: tuple[HotRow, ...] = ()
    is_looked_at: bool = False
