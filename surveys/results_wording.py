"""Results in words and charts: what an answer is called, what stands beside a distribution, how a share is written."""

import base64
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from consult.disclosure import Share
from consult.documents.charts import Row, Series, bars, stacked_bars
from consult.web import languages
from surveys.questions import Choice, Definition, Kind, Texts, text_in
from surveys.results import Box, Recommendation, Result, Usability, is_ordinal

CHART_WIDTH = 440.0
MOST_LINES = 20
"""Beyond so many answers, those given most often are shown."""

MOST_COLUMNS = 7
MINUS = "\u2212"

DARK, LIGHT = (11, 61, 117), (214, 228, 243)
"""The ends of a scale as it is drawn: the good end dark, the bad end light."""

Fact = tuple[str, str]


class Answer(Protocol):
    """An answer as results hold it: its code and its texts."""

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Texts: ...


class Counted(Answer, Protocol):
    """An answer with how many gave it."""

    @property
    def count(self) -> int: ...

    @property
    def share(self) -> Share | None: ...


def heading(result: Result, language: str) -> str:
    """Give the question's words."""
    return text_in(result.question.labels, language) or result.question.name


def battery_heading(result: Result, definition: Definition, language: str) -> str:
    """Give the words that stand above a question and others like it, nothing where it stands alone."""
    battery = definition.batteries.get(result.question.battery)
    return text_in(battery.labels, language) if battery else ""


def answer_name(answer: Answer, result: Result, language: str) -> str:
    """Name an answer: by its text, a month by its name, a number as it is."""
    if result.question.kind is Kind.DATE:
        return str(format_date(date.fromisoformat(f"{answer.name}-01"), "LLLL y"))
    if result.question.kind is Kind.RANGE:
        return number(float(answer.name))
    return text_in(answer.labels, language) or answer.name


def percent(share: Share | None) -> str:
    """Write a share in whole per cents; what may not be told is a dash."""
    return "–" if share is None else f"{share.bound}{round(share.per_cent)}\u00a0%"


def number(value: float | None) -> str:
    """Write a figure with one decimal at most; what is not known is a dash."""
    return languages.number(None if value is None else round(value, 1))


def base_in_words(result: Result) -> str:
    """Say how many were asked, and in a repeat how much they told."""
    assert result.figures is not None
    if not result.is_of_rounds:
        return ngettext("%(num)d person was asked", "%(num)d people were asked", result.figures.people)
    told = ngettext("%(num)d entry", "%(num)d entries", result.whole)
    people = ngettext("%(num)d person", "%(num)d people", result.figures.people)
    return _("%(entries)s, told by: %(people)s", entries=told, people=people)


def shown_lines(result: Result) -> Sequence[Counted]:
    """List the answers to be shown: all, or those given most often where they are very many."""
    if len(result.lines) <= MOST_LINES:
        return result.lines
    ordered = sorted(result.lines, key=lambda line: -line.count)[:MOST_LINES]
    return [line for line in ordered if line.count > 0]


def facts(result: Result, language: str) -> list[Fact]:
    """Say what stands beside the distribution of a scale: its ends, its middle, scores."""
    scale = result.scale
    found = [
        (_("Positive answers (the two best)"), _box(scale.top, language)),
        (_("Negative answers (the two worst)"), _box(scale.bottom, language)),
        (_("Answer in the middle (median)"), _choice(scale.median, language)),
        (_("Net promoter score (NPS)"), _recommendation(scale.recommendation)),
        (_("Median"), _middle(result)),
        (_("Mean, of secondary weight"), _mean(result)),
    ]
    return [(label, said) for label, said in found if said]


def _box(box: Box | None, language: str) -> str:
    if box is None:
        return ""
    names = " / ".join(_choice(choice, language) for choice in box.choices)
    counts = _("%(part)s of %(whole)s", part=number(box.count), whole=number(box.whole))
    return f"{percent(box.share)} ({counts}): {names}"


def _choice(choice: Choice | None, language: str) -> str:
    return _("“%(answer)s”", answer=text_in(choice.labels, language) or choice.name) if choice else ""


def _recommendation(told: Recommendation | None) -> str:
    if told is None:
        return ""
    return _(
        "%(score)s: %(promoters)s gave 9 or 10, %(passives)s 7 or 8, %(detractors)s 0 to 6",
        score=f"{'+' if told.score > 0 else MINUS if told.score < 0 else ''}{number(abs(told.score))}",
        promoters=percent(told.promoters),
        passives=percent(told.passives),
        detractors=percent(told.detractors),
    )


def _middle(result: Result) -> str:
    if result.scale.quartiles is None:
        return ""
    low, middle, high = map(number, result.scale.quartiles)
    return _("%(middle)s; half of the answers lie from %(low)s to %(high)s", middle=middle, low=low, high=high)


def _mean(result: Result) -> str:
    if result.scale.mean is None:
        return ""
    low, high = number(result.question.low), number(result.question.high)
    return _("%(mean)s on a scale from %(low)s to %(high)s", mean=number(result.scale.mean), low=low, high=high)


def columns(result: Result, language: str) -> list[str]:
    """Name the columns in which a question stands district by district: its answers, where they are few."""
    if result.scale.quartiles is not None and len(result.lines) > MOST_COLUMNS:
        return [_("Median")]
    if result.is_only_counted or not result.lines:
        return [_("Answered")]
    if len(result.lines) > MOST_COLUMNS:
        return [_("Most frequent answer")]
    return [answer_name(line, result, language) for line in result.lines]


def row(result: Result, language: str) -> list[str]:
    """Write a district's row under these columns."""
    if result.scale.quartiles is not None and len(result.lines) > MOST_COLUMNS:
        return [number(result.scale.quartiles[1])]
    if result.is_only_counted or not result.lines:
        return [number(result.answered)]
    if len(result.lines) > MOST_COLUMNS:
        first = max(result.lines, key=lambda line: line.count)
        return [f"{answer_name(first, result, language)} ({percent(first.share)})" if first.count else "–"]
    return [percent(line.share) for line in result.lines]


def usability_in_words(told: Usability) -> str:
    """Say the mean of the usability scale and of how many people it is."""
    people = ngettext("%(num)d person answered all ten items", "%(num)d people answered all ten items", told.people)
    return _("%(mean)s of 100 points; %(people)s", mean=number(told.mean), people=people)


def chart(result: Result, language: str) -> str:
    """Draw a distribution: a scale as one divided bar, anything else as a bar for each answer. Nothing: no chart."""
    lines = shown_lines(result)
    if not any(line.count for line in lines):
        return ""
    drawn = _divided(result, lines, language) if is_ordinal(result.question) else _each(result, lines, language)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def _divided(result: Result, lines: Sequence[Counted], language: str) -> str:
    shades = _shades(len(lines), dark_first=result.question.is_reversed)
    series = [Series(answer_name(line, result, language), shade) for line, shade in zip(lines, shades, strict=True)]
    row = Row("", [line.count for line in lines], [percent(line.share) if line.share else "" for line in lines])
    return stacked_bars([row], series, title=heading(result, language), width=CHART_WIDTH)


def _shades(count: int, *, dark_first: bool) -> list[str]:
    """Give as many shades from light to dark as the scale has points, so that a print without colours says the same."""
    steps = [place / max(count - 1, 1) for place in range(count)]
    return [_between(step if dark_first else 1 - step) for step in steps]


def _between(way: float) -> str:
    mixed = (round(dark + way * (light - dark)) for dark, light in zip(DARK, LIGHT, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _each(result: Result, lines: Sequence[Counted], language: str) -> str:
    rows = [
        Row(
            answer_name(line, result, language),
            [line.count],
            [percent(line.share) if line.share else number(line.count)],
        )
        for line in lines
    ]
    return bars(rows, title=heading(result, language), width=CHART_WIDTH)
