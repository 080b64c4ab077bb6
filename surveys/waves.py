"""Two surveys that asked the same: what has changed from the one to the other, and what may be said of it.

A question counts as the same when its name, its kind and the codes of its answers are; otherwise its series is broken
and nothing is compared. Whether a change stands out is only told where people were drawn for both, and where they
answered in the same ways; then all figures of the report are judged together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from consult.disclosure import Figures, Share
from consult.estimates import waves
from consult.estimates.measures import Estimate
from consult.estimates.waves import Difference
from surveys.counting import scale_points
from surveys.estimation import Basis, Estimated
from surveys.questions import Kind as Choosing
from surveys.questions import Question
from surveys.results import Result, is_same_question

OTHER_MODES = 0.10
"""Ways of answering are others when one of them has a tenth of all people more or less than before."""


class Kind(StrEnum):
    """What is compared: an answer's share, the two best answers together, a mean, a score."""

    SHARE = "share"
    TOP = "top"
    MEAN = "mean"
    SCORE = "score"


@dataclass(frozen=True)
class Compared:
    """A figure in both surveys and its change: shares and their changes in points. `answer` is of a share."""

    kind: Kind
    answer: str
    before: Share | float
    after: Share | float
    change: Difference
    stands_out: bool = False


@dataclass(frozen=True)
class Series:
    """A question of both surveys with what is compared of it; broken where it was asked otherwise."""

    question: Question
    is_broken: bool
    figures: tuple[Compared, ...] = ()


@dataclass(frozen=True)
class Wave:
    """One survey of the two: what is shown of it, its estimates and what they stand on."""

    results: Sequence[Result]
    estimates: Mapping[str, Estimated]
    basis: Basis


@dataclass(frozen=True)
class Report:
    """All series of two surveys, and whether changes could be judged."""

    series: tuple[Series, ...]
    is_judged: bool
    has_other_modes: bool

    @property
    def compared(self) -> int:
        """How many figures were compared."""
        return sum(len(one.figures) for one in self.series)


def compare(before: Wave, after: Wave) -> Report:
    """Compare two surveys question by question."""
    known = {result.question.name: result for result in before.results}
    pairs = [(known[one.question.name], one) for one in after.results if one.question.name in known]
    series = [_series(before, after, earlier, later) for earlier, later in pairs]
    others = _other_modes(before.basis, after.basis)
    is_judged = before.basis.has_intervals and after.basis.has_intervals and not others
    kept = [one for one in series if one.is_broken or one.figures]
    return Report(tuple(_judged(kept) if is_judged else kept), is_judged, others)


def _other_modes(before: Basis, after: Basis) -> bool:
    shares = before.respondents.mode_shares, after.respondents.mode_shares
    return any(abs(shares[0].get(mode, 0) - shares[1].get(mode, 0)) > OTHER_MODES for mode in {*shares[0], *shares[1]})


def _series(before: Wave, after: Wave, earlier: Result, later: Result) -> Series:
    name = later.question.name
    if not is_same_question(earlier.question, later.question):
        return Series(later.question, is_broken=True)
    if earlier.figures is None or later.figures is None:
        return Series(later.question, is_broken=False)
    told = before.estimates.get(name), after.estimates.get(name)
    if told[0] is None or told[1] is None:
        return Series(later.question, is_broken=False)
    return Series(later.question, is_broken=False, figures=tuple(_compared((earlier, told[0]), (later, told[1]))))


def _compared(before: tuple[Result, Estimated], after: tuple[Result, Estimated]) -> list[Compared]:
    """Compare the one figure that says most of a scale, else each answer."""
    (earlier, told), (later, telling) = before, after
    assert earlier.figures is not None
    assert later.figures is not None
    figures = earlier.figures, later.figures
    if later.scale.recommendation and earlier.scale.recommendation:
        return _numbers(Kind.SCORE, told.score, telling.score)
    if later.scale.mean is not None and earlier.scale.mean is not None:
        return _numbers(Kind.MEAN, told.mean, telling.mean)
    if later.scale.top and earlier.scale.top:
        return _shares(Kind.TOP, "", figures, told.top, telling.top)
    lines = later.lines[:1] if _has_two_sides(later.question) else later.lines
    found = [
        _shares(Kind.SHARE, line.name, figures, told.lines.get(line.name), telling.lines.get(line.name))
        for line in lines
    ]
    return [one for some in found for one in some]


def _has_two_sides(question: Question) -> bool:
    """Tell whether one answer says all of a question: the other is what is left, and no second figure to be judged."""
    return question.kind is Choosing.SELECT_ONE and len(scale_points(question.choices, question.missing)) == 2


def _numbers(kind: Kind, before: Estimate | None, after: Estimate | None) -> list[Compared]:
    if before is None or after is None:
        return []
    return [Compared(kind, "", before.value, after.value, _change(before, after, 1))]


def _shares(
    kind: Kind, answer: str, figures: tuple[Figures, Figures], before: Estimate | None, after: Estimate | None
) -> list[Compared]:
    if before is None or after is None:
        return []
    shares = figures[0].estimated(before.value), figures[1].estimated(after.value)
    if shares[0] is None or shares[1] is None:
        return []
    return [Compared(kind, answer, shares[0], shares[1], _change(before, after, 100))]


def _change(before: Estimate, after: Estimate, times: int) -> Difference:
    pair = [(times * one.value, times * one.error) for one in (before, after)]
    return waves.difference(pair[0], pair[1])


def _judged(series: Sequence[Series]) -> list[Series]:
    """Mark what stands out among all figures of the report."""
    marks = iter(waves.holm([figure.change.probability for one in series for figure in one.figures]))
    return [
        replace(one, figures=tuple(replace(figure, stands_out=next(marks)) for figure in one.figures)) for one in series
    ]
