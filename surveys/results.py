"""Results of a survey: from counters to what is shown of each question, and nothing past the rule of disclosure.

Shares are of those who were asked (in a repeat: of its rounds), so that no answer and "don't know" can be seen beside
the answers and never hide among them. Boxes, medians and scores are of those who put themselves on the scale. Nobody
was drawn for these surveys: there is no margin of error to be told, and none is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from types import MappingProxyType

from consult.disclosure import Audience, Crowd, Figures, Part, Share, survey_figures
from surveys.counting import (
    ALL,
    ASKED,
    MISSING,
    ROUNDS,
    SUS,
    cell_name,
    number_value,
    rank_value,
    scale_points,
)
from surveys.questions import PLACES, Choice, Definition, Kind, Question, Role, Texts

DISTRICT, MODE, VERSION = range(3)
"""The ways of telling people apart, as `consult.disclosure.Crowd` numbers them."""

MOST_POINTS = 21
"""A range of more points is told by its quartiles alone, not point by point."""

BOX_FROM, BOX = 4, 2
MEAN_FROM = 5
NOBODY: Mapping[tuple[str, str], int] = {}
PROMOTERS, PASSIVES, DETRACTORS = range(9, 11), range(7, 9), range(7)

Cells = Mapping[str, int]
Tally = Mapping[int, Mapping[str, Cells]]
"""How often each value was given, by version and question, of the people chosen."""

Asked = Mapping[int, Mapping[str, Mapping[tuple[str, str], int]]]
"""How many people were asked, by version and question, of each district and mode: everybody whom the reader may see."""


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """A version that was answered; each is only like itself."""

    id: int
    number: int
    definition: Definition


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: how many gave it, and their share of those asked."""

    name: str
    labels: Texts
    count: int
    share: Share | None


@dataclass(frozen=True, slots=True)
class Box:
    """Two answers at an end of a scale taken together; the share is of those who chose a point of it."""

    choices: tuple[Choice, ...]
    count: int
    whole: int
    share: Share | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Who would recommend it (9 and 10), who would not (0 to 6), and the difference: the net promoter score."""

    score: float
    promoters: Share
    passives: Share
    detractors: Share


@dataclass(frozen=True, slots=True)
class Ranked:
    """How a choice fared in a ranking: its mean position among those who placed it, and how often it came first."""

    name: str
    labels: Texts
    placed: int
    mean: float | None
    first: int
    first_share: Share | None


@dataclass(frozen=True, slots=True)
class Scale:
    """What is told of a scale: its ends, its middle, and a mean where it has points enough."""

    top: Box | None = None
    bottom: Box | None = None
    median: Choice | None = None
    mean: float | None = None
    quartiles: tuple[float, float, float] | None = None
    recommendation: Recommendation | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What is shown of one question. Without figures it is hidden: too few people stand behind it.

    `whole` is what shares are of, people or rounds; `answered` gave an answer that counts; `apart` are "don't know" and
    the like. `versions` are those counted together; `left_out` asked it in another way.
    """

    question: Question
    versions: tuple[int, ...]
    left_out: tuple[int, ...]
    figures: Figures | None
    whole: int = 0
    answered: int = 0
    lines: tuple[Line, ...] = ()
    apart: tuple[Line, ...] = ()
    missing: Line | None = None
    ranks: tuple[Ranked, ...] = ()
    scale: Scale = field(default_factory=Scale)

    @property
    def is_of_rounds(self) -> bool:
        """Whether the shares are of places or events told, of which one person may tell several."""
        return bool(self.question.repeat)

    @property
    def is_only_counted(self) -> bool:
        """Whether the answers are words or places, of which only the number is told here."""
        return self.question.kind is Kind.TEXT or self.question.kind in PLACES


@dataclass(frozen=True, slots=True)
class Usability:
    """The System Usability Scale: the mean score of those who answered all ten items."""

    people: int
    mean: float


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that is shown of a survey under a filter. `everybody` is None where fewer than ten people answered."""

    everybody: Figures | None
    questions: tuple[Result, ...]
    usability: Usability | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a cross table: a district, and the question's result there."""

    name: str
    result: Result


class Material:
    """Counters of a survey's editions, ready to be asked question by question.

    The tally is that of the part asked for; who was asked is told of everybody, and only needed where there is a part.
    `worth` says of weighted questions how many people theirs are worth.
    """

    def __init__(
        self, editions: Sequence[Edition], tally: Tally, asked: Asked, worth: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.editions = newest_first(editions)
        self.worth = worth
        self._tally, self._asked = tally, asked
        self._crowds: dict[frozenset[tuple[int, int]], Crowd] = {}

    def cells(self, question: str, editions: Iterable[Edition], part: Part | None) -> Cells:
        """Add up the cells of a question in some editions, of which a part may leave only one."""
        total: Counter[str] = Counter()
        for edition in _of(part, editions):
            total.update(self._tally.get(edition.id, {}).get(question, {}))
        return total

    def crowd(self, question: str, editions: Iterable[Edition], part: Part | None) -> Crowd:
        """Give the people who were asked a question; questions told by the same count of people share one crowd."""
        if part is None:
            return Crowd({(): self.cells(question, editions, part).get(ASKED, 0)})
        sizes = {edition.number: self._asked.get(edition.id, {}).get(question, NOBODY) for edition in editions}
        key = frozenset((version, id(counted)) for version, counted in sizes.items())
        if key not in self._crowds:
            self._crowds[key] = Crowd(
                {(*kind, str(version)): size for version, counted in sizes.items() for kind, size in counted.items()}
            )
        return self._crowds[key]


def survey_results(material: Material, audience: Audience, part: Part | None = None) -> Results:
    """Give what an audience may see of a survey, of everybody or of a part."""
    figures = _figures(material, ALL, material.editions, audience, part)
    questions = tuple(question_result(material, *series, audience, part) for series in _series(material.editions, part))
    return Results(figures, questions, _usability(material, audience, part))


def question_result(
    material: Material,
    question: Question,
    editions: Sequence[Edition],
    audience: Audience,
    part: Part | None = None,
) -> Result:
    """Give what an audience may see of one question, over the editions that asked it in the same way."""
    cell = cell_name(question.name)
    versions = tuple(sorted(edition.number for edition in _of(part, editions)))
    others = tuple(
        sorted(other.number for other in material.editions if other not in editions and _asks(other, question))
    )
    figures = _figures(material, cell, editions, audience, part)
    if figures is None:
        return Result(question, versions, others, None)
    return _told(question, versions, others, figures)


def cross_table(
    question: Question,
    editions: Sequence[Edition],
    tally: Mapping[str, Cells],
    asked: Asked,
    audience: Audience,
) -> list[Row]:
    """Give one question's result in each district, in the order of their codes; the small ones are hidden."""
    cell = cell_name(question.name)
    crowd = Material(editions, {}, asked).crowd(cell, editions, (DISTRICT, ""))
    versions = tuple(sorted(edition.number for edition in editions))
    rows = []
    for code in sorted(tally):
        figures = survey_figures(audience, tally[code], crowd, (DISTRICT, code))
        shown = _told(question, versions, (), figures) if figures else Result(question, versions, (), None)
        rows.append(Row(code, shown))
    return rows


def _asks(edition: Edition, question: Question) -> bool:
    return any(other.name == question.name for other in edition.definition.questions)


def _figures(
    material: Material, cell: str, editions: Sequence[Edition], audience: Audience, part: Part | None
) -> Figures | None:
    crowd = material.crowd(cell, editions, part)
    counts = material.cells(cell, editions, part)
    return survey_figures(audience, counts, crowd, part, effective=material.worth.get(cell))


def newest_first(editions: Iterable[Edition]) -> list[Edition]:
    """Order editions so that the wording of the newest leads."""
    return sorted(editions, key=lambda edition: -edition.number)


def _of(part: Part | None, editions: Iterable[Edition]) -> list[Edition]:
    """List the editions that belong to a part: all, unless the part is one of them."""
    return [edition for edition in editions if part is None or part[0] != VERSION or part[1] == str(edition.number)]


def series_of(editions: Sequence[Edition], name: str) -> tuple[Question, Sequence[Edition]]:
    """Give a question as its newest edition asks it, with the editions that ask the same, or raise KeyError."""
    for question, same in _series(newest_first(editions), None):
        if question.name == name:
            return question, same
    raise KeyError(name)


def _series(editions: Sequence[Edition], part: Part | None) -> Iterator[tuple[Question, Sequence[Edition]]]:
    """List the questions in the order of the newest edition, then those that only older ones asked."""
    known: set[str] = set()
    for edition in _of(part, editions):
        for question in edition.definition.questions:
            if question.is_asked and question.name not in known:
                known.add(question.name)
                yield question, [other for other in editions if _is_same(question, other)]


def _is_same(question: Question, edition: Edition) -> bool:
    """Tell whether an edition asks a question of this name in the same way: one series, not a broken one."""
    return any(is_same_question(question, other) for other in edition.definition.questions)


def is_same_question(one: Question, other: Question) -> bool:
    """Tell whether two questions are one: of one name, one kind and the same answers."""
    return one.name == other.name and _shape(one) == _shape(other)


def _shape(question: Question) -> tuple[object, ...]:
    """Give what makes answers comparable; a list of communes changes with the boundaries and each keeps its code."""
    codes = frozenset(choice.name for choice in question.choices if question.role is not Role.UNIT)
    points = (question.low, question.high, question.step) if question.kind is Kind.RANGE else ()
    return question.kind, question.repeat, codes, points


def _told(question: Question, versions: tuple[int, ...], others: tuple[int, ...], figures: Figures) -> Result:
    whole = figures.count(ROUNDS) if question.repeat else figures.people
    missing = figures.count(MISSING)
    lines, apart = _lines(question, figures, whole), _apart(question, figures, whole)
    return Result(
        question,
        versions,
        others,
        figures,
        whole,
        max(whole - missing - sum(line.count for line in apart), 0),
        lines,
        apart,
        Line(MISSING, {}, missing, _share(question, figures, missing, whole)),
        _ranks(question, figures, whole),
        _scale(question, figures),
    )


def _share(question: Question, figures: Figures, count: int, whole: int) -> Share | None:
    return figures.share(count, whole if question.repeat else None)


def _line(question: Question, figures: Figures, whole: int, name: str, labels: Texts, value: str) -> Line:
    count = figures.count(value)
    return Line(name, labels, count, _share(question, figures, count, whole))


def _lines(question: Question, figures: Figures, whole: int) -> tuple[Line, ...]:
    """List the answers in the order of the form; where the form has none, as they were given."""
    return tuple(_line(question, figures, whole, *answer) for answer in _answers(question, figures))


def _answers(question: Question, figures: Figures) -> list[tuple[str, Texts, str]]:
    if question.kind in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}:
        points = scale_points(question.choices, question.missing)
        listed = [(choice.name, choice.labels, cell_name(choice.name)) for choice in points]
        return [*listed, *_unlisted(question, figures)]
    if question.kind is Kind.RANGE:
        return [(value, {}, value) for value in _points(question)]
    if question.kind is Kind.DATE:
        return [(value, {}, value) for value in sorted(_values(figures))]
    return []


def _unlisted(question: Question, figures: Figures) -> list[tuple[str, Texts, str]]:
    """List answers that the form does not hold, such as communes: the most given first."""
    listed = {cell_name(choice.name) for choice in question.choices} | {cell_name(name) for name in question.missing}
    others = [value for value in _values(figures) if value not in listed and figures.counts[value] > 0]
    return [(value, {}, value) for value in sorted(others, key=lambda value: (-figures.counts[value], value))]


def _values(figures: Figures) -> list[str]:
    return [value for value in figures.counts if not value.startswith("#")]


def _points(question: Question) -> list[str]:
    """List the points of a range, none where they are too many to be told one by one."""
    many = _point_count(question)
    return [number_value(question.low + place * question.step) for place in range(many)] if many <= MOST_POINTS else []


def _point_count(question: Question) -> int:
    return int((question.high - question.low) / question.step + 1e-9) + 1 if question.step > 0 else MOST_POINTS + 1


def _apart(question: Question, figures: Figures, whole: int) -> tuple[Line, ...]:
    """List the answers that are none: "don't know", "refuse"."""
    chosen = [choice for choice in question.choices if choice.name in question.missing]
    if question.kind is Kind.RANK:
        return ()
    return tuple(
        _line(question, figures, whole, choice.name, choice.labels, cell_name(choice.name)) for choice in chosen
    )


def _ranks(question: Question, figures: Figures, whole: int) -> tuple[Ranked, ...]:
    if question.kind is not Kind.RANK:
        return ()
    ranked = [_ranked(question, choice, figures, whole) for choice in question.choices]
    return tuple(sorted(ranked, key=lambda entry: (entry.mean is None, entry.mean or 0, -entry.first)))


def _ranked(question: Question, choice: Choice, figures: Figures, whole: int) -> Ranked:
    counts = [figures.count(rank_value(choice.name, position)) for position in range(1, len(question.choices) + 1)]
    placed, first = sum(counts), counts[0]
    tells = placed > 0 and figures.tells(placed)
    mean = sum(position * count for position, count in enumerate(counts, 1)) / placed if tells else None
    return Ranked(choice.name, choice.labels, placed, mean, first, _share(question, figures, first, whole))


def is_ordinal(question: Question) -> bool:
    """Tell whether the choices are the points of a scale, from one end to the other."""
    return question.kind is Kind.SELECT_ONE and ("likert" in question.appearance or bool(question.battery))


def _scale(question: Question, figures: Figures) -> Scale:
    if is_ordinal(question):
        return _ordinal(question, figures)
    if question.kind in {Kind.RANGE, Kind.INTEGER, Kind.DECIMAL}:
        return _numbers(question, figures)
    return Scale()


def _ordinal(question: Question, figures: Figures) -> Scale:
    """Take the two last answers as the top, or the two first where the question is worded the other way round."""
    points = scale_points(question.choices, question.missing)
    points = points[::-1] if question.is_reversed else points
    counts = [figures.count(cell_name(choice.name)) for choice in points]
    whole = sum(counts)
    if not figures.tells(whole) or not whole:
        return Scale()
    middle = next(choice for choice, so_far in zip(points, accumulate(counts), strict=True) if 2 * so_far >= whole)
    if len(points) < BOX_FROM:
        return Scale(median=middle)
    return Scale(_box(points[-BOX:], figures, whole), _box(points[:BOX], figures, whole), middle)


def _box(choices: Sequence[Choice], figures: Figures, whole: int) -> Box:
    count = figures.count(*(cell_name(choice.name) for choice in choices))
    return Box(tuple(choices), count, whole, figures.share(count, whole))


def _numbers(question: Question, figures: Figures) -> Scale:
    given = sorted((float(value), figures.counts[value]) for value in _values(figures) if figures.counts[value] > 0)
    whole = sum(count for _value, count in given)
    if not whole or not figures.tells(whole):
        return Scale()
    has_mean = question.kind is Kind.RANGE and _point_count(question) >= MEAN_FROM
    return Scale(
        mean=sum(value * count for value, count in given) / whole if has_mean else None,
        quartiles=(quantile(given, Fraction(1, 4)), quantile(given, Fraction(1, 2)), quantile(given, Fraction(3, 4))),
        recommendation=_recommendation(given, figures, whole) if question.role is Role.NPS else None,
    )


def quantile(given: Sequence[tuple[float, int]], part: Fraction) -> float:
    """Give the value below which a part of all lies; half-way between two values where it falls between them."""
    whole, so_far = sum(count for _value, count in given), 0
    for place, (value, count) in enumerate(given):
        so_far += count
        if so_far > part * whole:
            return value
        if so_far == part * whole and place + 1 < len(given):
            return (value + given[place + 1][0]) / 2
    return given[-1][0]


def _recommendation(given: Sequence[tuple[float, int]], figures: Figures, whole: int) -> Recommendation | None:
    counts = [sum(count for value, count in given if value in points) for points in (PROMOTERS, PASSIVES, DETRACTORS)]
    shares = [figures.share(count, whole) for count in counts]
    if shares[0] is None or shares[1] is None or shares[2] is None:
        return None
    return Recommendation(100 * (counts[0] - counts[2]) / whole, shares[0], shares[1], shares[2])


def _usability(material: Material, audience: Audience, part: Part | None) -> Usability | None:
    figures = _figures(material, SUS, material.editions, audience, part)
    if figures is None or not figures.tells():
        return None
    given = [(float(value), figures.counts[value]) for value in _values(figures)]
    whole = sum(count for _value, count in given)
    return Usability(whole, sum(value * count for value, count in given) / whole) if whole else None


def result_of(
    question: Question, versions: tuple[int, ...], left_out: tuple[int, ...], figures: Figures | None
) -> Result:
    """Give a question's result from figures that were published: without any it is hidden."""
    if figures is None:
        return Result(question, versions, left_out, None)
    return _told(question, versions, left_out, figures)
