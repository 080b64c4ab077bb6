"""Weighted figures, and for a drawn sample how sure they are: one estimate beside each figure of a question.

The sample decides what is told. Where people selected themselves, a weighted share stands there and nothing that looks
like a margin of error; where they were drawn, an interval by the design; where all were asked, one by how many of all
answered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from consult.disclosure import Part
from consult.estimates.designs import Design, Floats, codes_of
from consult.estimates.measures import Estimate, Sample, Some, kish
from surveys.counting import MISSING, cell_name, number_value, scale_points
from surveys.questions import NUMBERS, Choice, Kind, Question, Role, SampleKind
from surveys.respondents import DISTRICT_NAME, Respondents
from surveys.results import BOX, BOX_FROM, DETRACTORS, MOST_POINTS, PROMOTERS, VERSION, Result, is_ordinal
from surveys.weighting import Margin, Weighted, weigh

ESTIMATED = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}) | NUMBERS


@dataclass(frozen=True)
class Draw:
    """How people were drawn, as far as somebody has said: see `surveys.models.SurveyMethod`."""

    population_size: int | None = None
    strata: str = ""
    stratum_sizes: Mapping[str, int] = field(default_factory=dict)
    clusters: str = ""


@dataclass(frozen=True)
class Estimated:
    """Estimates of one question: of its answers by their names, and of what stands beside them."""

    lines: Mapping[str, Estimate] = field(default_factory=dict)
    top: Estimate | None = None
    bottom: Estimate | None = None
    mean: Estimate | None = None
    score: Estimate | None = None


@dataclass(frozen=True)
class Weighed:
    """What weights make of one question: parts of those asked by value, and how many people they are worth (Kish)."""

    parts: Mapping[str, float]
    worth: float


@dataclass(frozen=True, eq=False)
class Basis:
    """What the estimates of a survey stand on: its respondents, their weights, how they came."""

    kind: SampleKind
    respondents: Respondents
    sample: Sample
    weighted: Weighted | None

    @property
    def has_intervals(self) -> bool:
        """Whether figures may be told with an interval: people were drawn, or all were asked."""
        return self.kind is not SampleKind.OPT_IN

    @property
    def tells_more(self) -> bool:
        """Whether an estimate says more than the plain share."""
        return self.has_intervals or self.weighted is not None

    def effective(self, question: str, some: Some) -> float:
        """Give how many people those who were asked a question are worth (Kish)."""
        return self.effective_of(some & (self.respondents.asked(question) > 0))

    def effective_of(self, some: Some) -> float:
        """Give how many people a group is worth (Kish)."""
        return kish(self.sample.weights[some])


def basis(kind: SampleKind, respondents: Respondents, draw: Draw, margins: Sequence[Margin]) -> Basis:
    """Weigh respondents, or raise WeightingRefused or DesignUnclear."""
    design, drawn = (Design.simple(respondents.people), np.ones(respondents.people))
    if kind is not SampleKind.OPT_IN:
        design, drawn = designed(respondents, draw)
    if not margins:
        return Basis(kind, respondents, Sample.drawn(design, drawn), None)
    weighted = weigh(respondents, margins, drawn)
    return Basis(kind, respondents, Sample(design, weighted.base, weighted.weights, weighted.cells), weighted)


def designed(respondents: Respondents, draw: Draw) -> tuple[Design, Floats]:
    """Give the design of a draw, and the weight that it gives each person: the people of a stratum by those drawn."""
    strata = respondents.chosen(draw.strata) if draw.strata else [""] * respondents.people
    clusters = _clusters(respondents, draw.clusters)
    if not draw.strata and draw.population_size and not draw.clusters:
        return Design.simple(respondents.people, draw.population_size), np.ones(respondents.people)
    words = list(dict.fromkeys(strata))
    sizes = np.array([float(draw.stratum_sizes.get(word, 0)) or np.inf for word in words])
    codes = codes_of(strata)
    drawn = np.bincount(codes, minlength=len(words))
    known = np.isfinite(sizes)
    mean = float(sizes[known].sum() / drawn[known].sum()) if known.any() else 1.0
    factors = np.where(known, np.where(known, sizes, 1.0) / drawn, mean)
    finite = sizes if draw.strata and known.any() and not draw.clusters else None
    return Design(codes, clusters, finite), factors[codes] / float(factors[codes].mean())


def _clusters(respondents: Respondents, question: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    """Number everybody's cluster; whoever named none is one alone."""
    if not question:
        return np.arange(respondents.people, dtype=np.int64)
    named = respondents.chosen(question)
    return codes_of([word or f"#{place}" for place, word in enumerate(named)])


def estimates(
    found: Basis, results: Sequence[Result], part: Part | None = None, districts: Collection[str] | None = None
) -> dict[str, Estimated]:
    """Estimate what is shown of each question, by its name; what is hidden is not estimated either."""
    some = found.respondents.of(part, districts)
    return {
        result.question.name: estimated(found, result.question, some, result.versions)
        for result in results
        if result.figures is not None and is_estimated(result.question)
    }


def weighed(found: Basis, results: Sequence[Result]) -> dict[str, Weighed]:
    """Weigh the answers of all to each question that is shown, by its name and in the values that count them."""
    told = estimates(found, results)
    return {
        result.question.name: Weighed(
            _parts(result.question, told[result.question.name]),
            found.effective(result.question.name, _in_versions(found.respondents, result.versions)),
        )
        for result in results
        if result.question.name in told
    }


def _parts(question: Question, told: Estimated) -> dict[str, float]:
    return {value: told.lines[name].value for name, value in _names(question) if name in told.lines}


def is_estimated(question: Question) -> bool:
    """Tell whether a question's figures are estimated: not those of rounds, nor of the hundreds of communes."""
    return question.kind in ESTIMATED and not question.repeat and question.role is not Role.UNIT


def estimated(found: Basis, question: Question, some: Some, versions: Sequence[int]) -> Estimated:
    """Estimate one question, of those of a group who were asked it in the versions that are counted together."""
    group = some & _in_versions(found.respondents, versions)
    asked = found.respondents.asked(question.name) * group
    if not asked.any():
        return Estimated()
    names = _names(question)
    columns = [found.respondents.times(cell_name(question.name), value) for _name, value in names]
    lines = _ratios(found, columns, asked)
    top, bottom = _boxes(found, question, group)
    given = _given(found.respondents, question, group)
    return Estimated(
        dict(zip((name for name, _value in names), lines, strict=True)),
        top,
        bottom,
        _mean(found, given) if question.kind is Kind.RANGE else None,
        _score(found, given) if question.role is Role.NPS else None,
    )


def _in_versions(respondents: Respondents, versions: Sequence[int]) -> Some:
    group = np.zeros(respondents.people, dtype=bool)
    for version in versions:
        group |= respondents.of((VERSION, str(version)))
    return group


def _names(question: Question) -> list[tuple[str, str]]:
    """List the answers of a question with the values that count them."""
    if question.kind is Kind.RANGE:
        many = int((question.high - question.low) / question.step + 1e-9) + 1 if question.step > 0 else 0
        points = [number_value(question.low + place * question.step) for place in range(min(many, MOST_POINTS))]
        return [*((point, point) for point in points), (MISSING, MISSING)]
    return [*((choice.name, cell_name(choice.name)) for choice in question.choices), (MISSING, MISSING)]


def _ratios(found: Basis, columns: Sequence[Floats], wholes: Floats) -> list[Estimate]:
    if not columns:
        return []
    parts = np.stack([column * (wholes > 0) for column in columns], axis=1)
    return found.sample.ratios(parts, wholes)


def box_choices(question: Question) -> tuple[Sequence[Choice], Sequence[Choice], Sequence[Choice]]:
    """Give the two best answers of a scale, the two worst, and all of it; nothing where it has none."""
    points = scale_points(question.choices, question.missing)
    points = points[::-1] if question.is_reversed else points
    if not is_ordinal(question) or len(points) < BOX_FROM:
        return (), (), ()
    return points[-BOX:], points[:BOX], points


def _boxes(found: Basis, question: Question, group: Some) -> tuple[Estimate | None, Estimate | None]:
    top, bottom, points = box_choices(question)
    if not points:
        return None, None
    wholes = _times(found.respondents, question, points) * group
    if not wholes.any():
        return None, None
    ends = [_times(found.respondents, question, choices) for choices in (top, bottom)]
    first, second = _ratios(found, ends, wholes)
    return first, second


def _times(respondents: Respondents, question: Question, choices: Sequence[Choice]) -> Floats:
    return respondents.times(cell_name(question.name), *(cell_name(choice.name) for choice in choices))


def _given(respondents: Respondents, question: Question, group: Some) -> tuple[Floats, Some]:
    """Give the number that each person of a group gave, and who gave one."""
    if question.kind not in NUMBERS:
        return np.zeros(respondents.people), np.zeros(respondents.people, dtype=bool)
    words = respondents.chosen(question.name)
    has = np.array([bool(word) for word in words], dtype=bool) & group
    return np.array([float(word) if word else 0.0 for word in words]), has


def _mean(found: Basis, given: tuple[Floats, Some]) -> Estimate | None:
    values, has = given
    return found.sample.mean(values, has) if has.any() else None


def _score(found: Basis, given: tuple[Floats, Some]) -> Estimate | None:
    """Estimate the net promoter score: the mean of 100 for 9 and 10, -100 for 0 to 6, 0 for the rest."""
    values, has = given
    if not has.any():
        return None
    scores = 100.0 * (np.isin(values, list(PROMOTERS)).astype(float) - np.isin(values, list(DETRACTORS)))
    return found.sample.mean(scores, has)


def offered_margins(questions: Sequence[Question], *, has_districts: bool) -> list[str]:
    """Name what a survey can be weighted or divided by: questions with one answer to choose, and the district."""
    names = [
        question.name
        for question in questions
        if question.kind is Kind.SELECT_ONE and question.is_asked and not question.repeat
    ]
    return [*names, *([DISTRICT_NAME] if has_districts else [])]
