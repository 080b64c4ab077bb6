"""Weighted figures and intervals in words: what stands beside a count, and why nothing stands there."""

from collections.abc import Callable, Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from consult.disclosure import Audience, Figures
from consult.estimates.designs import DesignUnclear
from consult.estimates.intervals import Interval
from consult.estimates.measures import Estimate
from consult.web.languages import LANGUAGES
from surveys.estimation import Basis, Estimated
from surveys.queries.respondents import Refusal
from surveys.questions import Definition, Question, SampleKind, text_in
from surveys.respondents import DISTRICT_NAME
from surveys.results import Result
from surveys.results_wording import MINUS, Answer, Fact, number, percent
from surveys.weighting import Unfit

WIDEST = 0.30
"""An interval wider than this tells the public nothing; staff see it."""


def column(basis: Basis) -> str:
    """Name the column of estimates."""
    if not basis.has_intervals:
        return _("Weighted")
    level = "95\u00a0%"
    return (
        _("Weighted (interval of %(level)s)", level=level)
        if basis.weighted
        else _("Interval of %(level)s", level=level)
    )


def shown(line: Answer, result: Result, told: Estimated | None, basis: Basis) -> str:
    """Write the estimate of an answer; a dash where there is none or it may not be told."""
    estimate = told.lines.get(line.name) if told else None
    return share_in_words(estimate, result.figures, basis)


def share_in_words(estimate: Estimate | None, figures: Figures | None, basis: Basis) -> str:
    """Write a share that was estimated, with its interval where people were drawn."""
    share = figures.estimated(estimate.value) if figures and estimate else None
    if share is None or figures is None or estimate is None:
        return "–"
    interval = _interval(estimate, figures, basis)
    if interval is None:
        return percent(share)
    told = f"{whole(100 * interval[0])}–{whole(100 * interval[1])}\u00a0%"
    return f"{percent(share)} ({told})" if basis.weighted else told


def _interval(estimate: Estimate, figures: Figures, basis: Basis) -> Interval | None:
    if not basis.has_intervals or basis.sample.design.is_complete or estimate.degrees < 1:
        return None
    low, high = estimate.korn_graubard
    return None if figures.audience is Audience.PUBLIC and high - low > WIDEST else (low, high)


def whole(value: float) -> str:
    """Write a number without decimals."""
    return number(float(round(value)))


def facts(result: Result, told: Estimated | None, basis: Basis) -> list[Fact]:
    """Say what estimates add to the ends of a scale, its mean and its score, as far as those are shown."""
    if told is None or result.figures is None:
        return []
    scale, figures = result.scale, result.figures
    found = [
        (_("Positive answers, estimated"), share_in_words(told.top, figures, basis) if scale.top else ""),
        (_("Negative answers, estimated"), share_in_words(told.bottom, figures, basis) if scale.bottom else ""),
        (_("Net promoter score, estimated"), score_in_words(told.score, basis) if scale.recommendation else ""),
        (_("Mean, estimated"), value_in_words(told.mean, basis) if scale.mean is not None else ""),
    ]
    return [(label, said) for label, said in found if said and said != "–"]


def score_in_words(estimate: Estimate | None, basis: Basis) -> str:
    """Write a score between -100 and 100 with its sign."""
    return _number_in_words(estimate, basis, signed)


def value_in_words(estimate: Estimate | None, basis: Basis) -> str:
    """Write a mean."""
    return _number_in_words(estimate, basis, number)


def _number_in_words(estimate: Estimate | None, basis: Basis, write: Callable[[float], str]) -> str:
    if estimate is None:
        return ""
    if not basis.has_intervals or basis.sample.design.is_complete or estimate.degrees < 1:
        return write(estimate.value) if basis.weighted else ""
    low, high = estimate.interval
    return str(_("%(value)s (%(low)s to %(high)s)", value=write(estimate.value), low=write(low), high=write(high)))


def signed(value: float) -> str:
    """Write a number with its sign."""
    rounded = round(value, 1)
    return f"{'+' if rounded > 0 else MINUS if rounded < 0 else ''}{number(abs(rounded))}"


# What a survey's figures stand on


def how_people_came(kind: SampleKind | None, *, is_open: bool) -> str:
    """Say what kind of sample it is, and what that means for its figures."""
    if kind is SampleKind.PROBABILITY:
        return _(
            "People were drawn at random. The intervals say how far figures would vary from draw to draw; "
            "they do not know who did not answer."
        )
    if kind is SampleKind.CENSUS:
        return _("Everybody whom the survey concerns was asked. What is not known are those who did not answer.")
    if is_open:
        return _(
            "Respondents selected themselves; no sampling error can be calculated. Anybody may answer, so nobody can "
            "rule out that somebody answered twice."
        )
    return _(
        "Whoever was asked decided whether to answer; no sampling error can be calculated. The figures describe those "
        "who answered."
    )


def worth(basis: Basis) -> str:
    """Say what weighting costs."""
    if basis.weighted is None:
        return ""
    found = basis.weighted.diagnosis
    return _(
        "The weighted answers of %(people)s people are worth those of %(effective)s unweighted ones "
        "(Kish); design effect %(effect)s, weights from %(low)s to %(high)s.",
        people=number(found.people),
        effective=whole(found.effective),
        effect=decimals(found.design_effect),
        low=decimals(found.lowest),
        high=decimals(found.highest),
    )


def decimals(value: float) -> str:
    """Write a number with two decimals."""
    return str(format_decimal(round(value, 2), format="0.00"))


def reach(basis: Basis, population_size: int | None) -> str:
    """Say of a census, or of a draw from a known population, how many of all answered."""
    if not basis.has_intervals or not population_size or population_size < basis.sample.people:
        return ""
    people = basis.sample.people
    part = percent_of(people / population_size)
    return _(
        "%(people)s of %(all)s answered (%(part)s).", people=number(people), all=number(population_size), part=part
    )


def percent_of(part: float) -> str:
    """Write a part in per cent with one decimal."""
    return f"{number(100 * part)}\u00a0%"


def refusal_in_words(refusal: Refusal, definition: Definition, language: str) -> str:
    """Say why there are no estimates, and what to do."""
    if isinstance(refusal, DesignUnclear):
        return _(
            "More people of a stratum answered than it is said to have, or more than there are in all. "
            "Correct the numbers on the page of the survey’s method."
        )
    margin = margin_name(refusal.margin, definition, language)
    answers = ", ".join(answer_name(cell, refusal.margin, definition, language) for cell in refusal.cells)
    return str(_refusals(margin, answers)[refusal.reason])


def _refusals(margin: str, answers: str) -> dict[Unfit, str]:
    return {
        Unfit.NOT_MIXED: _(
            "Some submissions wait to be mixed. Weighted figures, intervals and tables of two questions stand here "
            "once all are: otherwise their difference to the counts would tell of a few people."
        ),
        Unfit.NO_RESPONDENTS: _("Nobody has answered yet."),
        Unfit.CELL_EMPTY: _(
            "“%(margin)s”: nobody who answered belongs to %(answers)s, so nobody can stand for these people. "
            "Take such answers together with others: “18–24+25–34; number”.",
            margin=margin,
            answers=answers,
        ),
        Unfit.ONE_CELL: _(
            "“%(margin)s”: fewer than twenty people gave any answer but one, so there is nothing to weigh by.",
            margin=margin,
        ),
        Unfit.NO_CONVERGENCE: _(
            "No weights fit all these margins within a hundred rounds. Take fewer of them, or larger cells."
        ),
    }


def margin_name(name: str, definition: Definition, language: str) -> str:
    """Name a question by its words, the district by its own."""
    if name == DISTRICT_NAME:
        return _("District that people live in")
    question = question_named(name, definition)
    return text_in(question.labels, language) or name if question else name


def question_named(name: str, definition: Definition) -> Question | None:
    """Find a question, if the definition has it."""
    return next((question for question in definition.questions if question.name == name), None)


def answer_name(value: str, question: str, definition: Definition, language: str) -> str:
    """Name an answer by its words; a district stays its code."""
    found = question_named(question, definition)
    choice = found.choice(value) if found else None
    return text_in(choice.labels, language) or value if choice else value


def answer_words(question: Question) -> dict[str, Sequence[str]]:
    """Give for each answer's code what it is called in any language."""
    return {
        choice.name: [choice.labels[tongue] for tongue in LANGUAGES if tongue in choice.labels]
        for choice in question.choices
        if choice.name not in question.missing
    }
