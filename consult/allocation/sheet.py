"""The sheet for a proposed change: what is known, what people say, who was asked, what was decided, what came of it.

Nothing here adds up to a score. A decision needs the opinion of the powiat commander and measures chosen in advance.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

MOST_ROWS = 40

HOURS_OF_OFFICER = 32.0
"""Hours a week that an officer is on duty, out of forty: the rest is leave, illness and training."""

HOURS_ROUND_THE_CLOCK = 168
TOGETHER = 2
"""Officers of one patrol."""


class Kind(StrEnum):
    """What is proposed."""

    OPEN = "open"
    MOVE = "move"
    CLOSE = "close"
    PATROLS = "patrols"


class Section(StrEnum):
    """A part of the sheet that is written at once."""

    BASICS = "basics"
    INDICATOR = "indicator"
    SHARE = "share"
    STAFFING = "staffing"
    COMMANDER = "commander"
    MAYOR = "mayor"
    MEASURE = "measure"
    DECISION = "decision"
    MEASURED = "measured"


class Rows(StrEnum):
    """Lists of the sheet, from which a row can be taken out."""

    INDICATORS = "indicators"
    SHARES = "shares"
    MEASURES = "measures"


class Stance(StrEnum):
    """What somebody who was asked says."""

    FOR = "for"
    CONDITIONS = "conditions"
    AGAINST = "against"


class Verdict(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    POSTPONED = "postponed"


class Fault(StrEnum):
    """Why something cannot be written."""

    NO_COMMANDER = "no_commander"
    NO_MEASURES = "no_measures"
    DECIDED = "decided"
    NOT_DECIDED = "not_decided"
    NO_SUCH_ROW = "no_such_row"
    TOO_MANY = "too_many"


class SheetRefused(ValueError):
    """Something cannot be written into the sheet; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Indicator:
    """An objective figure of three years, with its source and the day of the source; a year may be unknown."""

    name: str
    unit: str
    last_year: int
    two_before: float | None
    one_before: float | None
    last: float
    source: str
    dated_on: str

    @property
    def change(self) -> float | None:
        """By which share the last year differs from the first known one."""
        first = self.two_before if self.two_before is not None else self.one_before
        return None if not first else self.last / first - 1


@dataclass(frozen=True, slots=True)
class SurveyShare:
    """What share of so many people said something in a survey, with its source."""

    question: str
    per_cent: float
    people: int
    source: str
    dated_on: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the commander or the wójt says."""

    stance: str
    words: str
    given_on: str


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who would serve there: hours a week with somebody on duty, officers there are, and vacancies of the unit."""

    hours_a_week: int
    officers_available: int
    vacancies: int
    note: str

    @property
    def officers_needed(self) -> int:
        """How many officers the hours take, two of them together."""
        return math.ceil(self.hours_a_week * TOGETHER / HOURS_OF_OFFICER)

    @property
    def is_feasible(self) -> bool:
        """Whether the officers there are can keep the hours."""
        return self.officers_available >= self.officers_needed


ROUND_THE_CLOCK = math.ceil(HOURS_ROUND_THE_CLOCK * TOGETHER / HOURS_OF_OFFICER)
"""Officers that one patrol round the clock takes."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure chosen before the decision, by which its effect is judged; its values come later."""

    name: str
    unit: str
    before: float
    source: str
    after_12: float | None = None
    after_24: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, with reasons."""

    verdict: str
    reasons: str
    decided_on: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that is written on the sheet by hand."""

    title: str = ""
    proposal: str = ""
    population: int | None = None
    population_source: str = ""
    population_on: str = ""
    indicators: tuple[Indicator, ...] = ()
    shares: tuple[SurveyShare, ...] = ()
    staffing: Staffing | None = None
    commander: Opinion | None = None
    mayor: Opinion | None = None
    measures: tuple[Measure, ...] = ()
    decision: Decision | None = None

    @property
    def record(self) -> dict[str, Any]:
        """The sheet as plain JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read what `record` wrote."""
        one = {
            "staffing": Staffing, "commander": Opinion, "mayor": Opinion, "decision": Decision,
        }  # fmt: skip
        many = {"indicators": Indicator, "shares": SurveyShare, "measures": Measure}
        read = dict(record)
        read |= {name: kind(**record[name]) for name, kind in one.items() if record.get(name)}
        read |= {name: tuple(kind(**row) for row in record.get(name, ())) for name, kind in many.items()}
        return cls(**read)


def written(content: Content, section: Section, values: dict[str, Any]) -> Content:
    """Write one section, or raise SheetRefused. Measures are chosen before the decision and measured after it."""
    return _WRITERS[section](content, values)


def _more(rows: tuple[Any, ...], row: Any) -> tuple[Any, ...]:
    if len(rows) >= MOST_ROWS:
        raise SheetRefused(Fault.TOO_MANY)
    return (*rows, row)


def _with_measure(content: Content, measure: Measure) -> Content:
    if content.decision is not None:
        raise SheetRefused(Fault.DECIDED)
    return replace(content, measures=_more(content.measures, measure))


def _decided(content: Content, values: dict[str, Any]) -> Content:
    if content.commander is None:
        raise SheetRefused(Fault.NO_COMMANDER)
    if not content.measures:
        raise SheetRefused(Fault.NO_MEASURES)
    if content.decision is not None and content.decision.verdict != Verdict.POSTPONED:
        raise SheetRefused(Fault.DECIDED)
    return replace(content, decision=Decision(**values))


def _measured(content: Content, values: dict[str, Any]) -> Content:
    measure: int = values["measure"]
    if content.decision is None or content.decision.verdict != Verdict.ACCEPTED:
        raise SheetRefused(Fault.NOT_DECIDED)
    if not 0 <= measure < len(content.measures):
        raise SheetRefused(Fault.NO_SUCH_ROW)
    known = list(content.measures)
    change: dict[str, Any] = {f"after_{values['months']}": values["value"]}
    known[measure] = replace(known[measure], **change)
    return replace(content, measures=tuple(known))


_WRITERS: dict[Section, Callable[[Content, dict[str, Any]], Content]] = {
    Section.BASICS: lambda content, values: replace(content, **values),
    Section.INDICATOR: lambda content, values: replace(
        content, indicators=_more(content.indicators, Indicator(**values))
    ),
    Section.SHARE: lambda content, values: replace(content, shares=_more(content.shares, SurveyShare(**values))),
    Section.STAFFING: lambda content, values: replace(content, staffing=Staffing(**values)),
    Section.COMMANDER: lambda content, values: replace(content, commander=Opinion(**values)),
    Section.MAYOR: lambda content, values: replace(content, mayor=Opinion(**values)),
    Section.MEASURE: lambda content, values: _with_measure(content, Measure(**values)),
    Section.DECISION: _decided,
    Section.MEASURED: _measured,
}


def without(content: Content, rows: Rows, number: int) -> Content:
    """Take a row out of a list. Measures stay once something was decided."""
    known = list(getattr(content, rows.value))
    if rows is Rows.MEASURES and content.decision is not None:
        raise SheetRefused(Fault.DECIDED)
    if not 0 <= number < len(known):
        raise SheetRefused(Fault.NO_SUCH_ROW)
    del known[number]
    changes: dict[str, Any] = {rows.value: tuple(known)}
    return replace(content, **changes)


@dataclass(frozen=True, slots=True)
class Due:
    """Measures whose values are awaited: after how many months, and since which day."""

    months: int
    due_on: date
    names: tuple[str, ...] = field(default=())


def due(content: Content, today: date) -> list[Due]:
    """Tell which values are awaited today, 12 and 24 months after the decision was accepted."""
    if content.decision is None or content.decision.verdict != Verdict.ACCEPTED:
        return []
    decided_on = date.fromisoformat(content.decision.decided_on)
    found = []
    for months, years in ((12, 1), (24, 2)):
        due_on = _years_after(decided_on, years)
        names = tuple(one.name for one in content.measures if getattr(one, f"after_{months}") is None)
        if names and due_on <= today:
            found.append(Due(months, due_on, names))
    return found


def _years_after(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + years, 3, 1) if leap and years % 4 else day.replace(year=day.year + years)


class Direction(StrEnum):
    """Where something goes."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


SAME_WITHIN = 0.05
"""A figure that differs by less than this share is called the same."""


def direction(change: float | None) -> Direction:
    """Say where a figure goes; one that nothing is known of before is the same."""
    if change is None or abs(change) < SAME_WITHIN:
        return Direction.SAME
    return Direction.UP if change > 0 else Direction.DOWN


def contradicts(people: Direction, indicator: Indicator) -> bool:
    """Tell whether people speak more of it while the figure falls, or the other way round."""
    return {people, direction(indicator.change)} == {Direction.UP, Direction.DOWN}
