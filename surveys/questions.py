"""What a questionnaire is made of, as plain values: questions, choices, pages, in every language of the form.

`surveys.reading` makes them of the sheets of an XLSForm, `surveys.questionnaire` asks by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from surveys.expressions import Expression

Texts = Mapping[str, str]
"""A text by language: pl, en, uk."""

LANGUAGES = ("pl", "en", "uk")
TEXT_LIMIT = 2_000
"""Characters of a free text unless the form says less (`parameters` max-length)."""

MOST_REPEATS = 10


class Kind(StrEnum):
    """How a question is answered."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    RANGE = "range"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TEXT = "text"
    NOTE = "note"
    CALCULATE = "calculate"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"


CHOOSING = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
NUMBERS = frozenset({Kind.RANGE, Kind.INTEGER, Kind.DECIMAL})
PLACES = frozenset({Kind.GEOPOINT, Kind.GEOTRACE, Kind.GEOSHAPE})
UNASKED = frozenset({Kind.NOTE, Kind.CALCULATE})
"""Shown or computed, never asked."""


class Role(StrEnum):
    """What a question means beyond its words (column `kmzb::role`)."""

    AGE = "age"
    SEX = "sex"
    UNIT = "unit"
    SATISFACTION = "satisfaction"
    THREAT = "threat"
    CATEGORY = "category"
    NPS = "nps"
    SUS = "sus"
    FEEDBACK = "feedback"
    WISH = "wish"
    MISSING_CATEGORY = "missing_category"


class SampleKind(StrEnum):
    """How people come to a survey (settings, column `kmzb::sample`): drawn, all of them, or whoever wants."""

    OPT_IN = "opt-in"
    PROBABILITY = "probability"
    CENSUS = "census"


@dataclass(frozen=True)
class Choice:
    """One answer to choose. `columns` are further columns of its row, which a choice filter compares."""

    name: str
    labels: Texts
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One row that asks, tells or computes something; `row` is its row in the sheet, for messages.

    `relevant` already holds the conditions of all groups around. `missing` are choices that are no answer ("don't
    know", "refuse"): they are counted apart and never enter a mean. `low`, `high`, `step` belong to a range; `limit` is
    the most characters of a text; `repeat` names the repeat that the question stands in.
    """

    name: str
    kind: Kind
    row: int
    labels: Texts
    hints: Texts = field(default_factory=dict)
    required: Expression | None = None
    required_messages: Texts = field(default_factory=dict)
    relevant: tuple[Expression, ...] = ()
    constraint: Expression | None = None
    constraint_messages: Texts = field(default_factory=dict)
    calculation: Expression | None = None
    choices: tuple[Choice, ...] = ()
    choice_filter: Expression | None = None
    appearance: frozenset[str] = frozenset()
    default: str = ""
    role: Role | None = None
    missing: frozenset[str] = frozenset()
    is_reversed: bool = False
    publish: str = "yes"
    low: float = 0
    high: float = 10
    step: float = 1
    limit: int = TEXT_LIMIT
    repeat: str = ""
    battery: str = ""
    depends_on: frozenset[str] = frozenset()

    @property
    def is_asked(self) -> bool:
        """Whether somebody answers it."""
        return self.kind not in UNASKED

    def choice(self, name: str) -> Choice | None:
        """Find a choice by its name."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True)
class Battery:
    """Questions with one set of answers under one heading (a group with the appearance table-list)."""

    name: str
    labels: Texts
    hints: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Repeat:
    """A group that is answered several times, at most `most` times."""

    name: str
    labels: Texts
    most: int
    relevant: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Page:
    """What stands on one page. No question shares a page with one that it depends on.

    A page of a repeat is shown once for each round; `key` is its address inside the form.
    """

    key: str
    labels: Texts
    questions: tuple[Question, ...]
    repeat: Repeat | None = None
    is_first_of_repeat: bool = False
    is_last_of_repeat: bool = False


@dataclass(frozen=True)
class Definition:
    """A whole questionnaire. `questions` stand in the order of the form; `languages` the first is the default."""

    title: Texts
    intro: Texts
    thanks: Texts
    closed: Texts
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    pages: tuple[Page, ...]
    batteries: Mapping[str, Battery] = field(default_factory=dict)

    def question(self, name: str) -> Question:
        """Give a question by its name, or raise KeyError."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)

    def with_role(self, role: Role) -> tuple[Question, ...]:
        """List the questions that have a role."""
        return tuple(question for question in self.questions if question.role is role)


def text_in(texts: Texts, language: str) -> str:
    """Give a text in a language, else in Polish, else in whichever there is."""
    return texts.get(language) or texts.get("pl") or next(iter(texts.values()), "")
