"""Results as one document for other programs: the same figures as on the page, codes with their texts in a language."""

from collections.abc import Iterable
from typing import Any

from consult.disclosure import Figures, Share
from consult.estimates.intervals import Interval
from consult.estimates.measures import Estimate
from surveys.estimation import Basis, Estimated
from surveys.questions import Choice, text_in
from surveys.results import Box, Line, Ranked, Result, Results, Scale

Record = dict[str, Any]
WEIGHTING = ("people", "lowest", "highest", "effective", "design_effect")


def survey_record(results: Results, language: str) -> Record:
    """Write all results; what is hidden is null."""
    usability = results.usability
    return {
        "people": results.everybody.people if results.everybody else None,
        "sus": {"people": usability.people, "mean": round(usability.mean, 2)} if usability else None,
        "questions": [{**_asked(result, language), **figures_record(result, language)} for result in results.questions],
    }


def basis_record(basis: Basis | None) -> Record:
    """Write what weights cost; null where nobody is weighted."""
    if basis is None or basis.weighted is None:
        return {"weighting": None}
    found = basis.weighted.diagnostics
    return {"weighting": {name: found[name] for name in WEIGHTING} | {"margins": list(basis.weighted.groups)}}


def estimates_record(told: Estimated | None, result: Result, basis: Basis) -> Record:
    """Write the estimates of a question; only weighted shares where people selected themselves."""
    if told is None or result.figures is None:
        return {"estimates": None}
    lines = {name: _estimate(one, result.figures, basis) for name, one in told.lines.items()}
    boxes = {
        "top": _estimate(told.top, result.figures, basis) if result.scale.top else None,
        "bottom": _estimate(told.bottom, result.figures, basis) if result.scale.bottom else None,
    }
    numbers = {
        "mean": _number(told.mean, basis) if result.scale.mean is not None else None,
        "nps": _number(told.score, basis) if result.scale.recommendation else None,
    }
    known = {name: fact for name, fact in (boxes | numbers).items() if fact is not None}
    return {"estimates": {"answers": lines, **known}}


def _estimate(estimate: Estimate | None, figures: Figures, basis: Basis) -> Record | None:
    share = figures.estimated(estimate.value) if estimate else None
    if share is None or estimate is None:
        return None
    return {**_share(share), **_certainty(estimate, estimate.korn_graubard, basis, 100)}


def _number(estimate: Estimate | None, basis: Basis) -> Record | None:
    if estimate is None:
        return None
    return {"value": round(estimate.value, 2), **_certainty(estimate, estimate.interval, basis, 1)}


def _certainty(estimate: Estimate, interval: Interval, basis: Basis, times: int) -> Record:
    """Write error and interval of a drawn sample, and how many people the figure is worth."""
    effective = {"effective": round(estimate.effective, 1)}
    if not basis.has_intervals:
        return effective
    low, high = (round(times * end, 2) for end in interval)
    return {"error": round(times * estimate.error, 3), "low": low, "high": high, **effective}


def _asked(result: Result, language: str) -> Record:
    question = result.question
    return {
        "name": question.name,
        "label": text_in(question.labels, language),
        "kind": question.kind.value,
        "versions": list(result.versions),
        "left_out": list(result.left_out),
    }


def figures_record(result: Result, language: str) -> Record:
    """Write a question's figures; only that they are hidden where they are."""
    if result.figures is None or result.missing is None:
        return {"people": None}
    return {
        "people": result.figures.people,
        "asked": result.whole,
        "answered": result.answered,
        "missing": _line(result.missing, language),
        "apart": _lines(result.apart, language),
        "answers": _lines(result.lines, language),
        "ranking": [_ranked(entry, language) for entry in result.ranks],
        "scale": _scale(result.scale, language),
    }


def _lines(lines: Iterable[Line], language: str) -> list[Record]:
    return [{"value": line.name, **_line(line, language)} for line in lines]


def _line(line: Line, language: str) -> Record:
    label = {"label": text_in(line.labels, language)} if line.labels else {}
    return {**label, "count": line.count, **_share(line.share)}


def _share(share: Share | None) -> Record:
    """Write a share with one decimal, and the bound where only that may be told."""
    if share is None:
        return {"percent": None}
    return {"percent": round(share.per_cent, 1), **({"bound": share.bound} if share.bound else {})}


def _ranked(entry: Ranked, language: str) -> Record:
    return {
        "value": entry.name,
        "label": text_in(entry.labels, language),
        "placed": entry.placed,
        "mean_position": None if entry.mean is None else round(entry.mean, 2),
        "first": entry.first,
    }


def _scale(scale: Scale, language: str) -> Record | None:
    facts: Record = {
        "top": _box(scale.top, language),
        "bottom": _box(scale.bottom, language),
        "median": _choice(scale.median, language),
        "mean": None if scale.mean is None else round(scale.mean, 2),
        "quartiles": list(scale.quartiles) if scale.quartiles else None,
        "nps": round(scale.recommendation.score, 1) if scale.recommendation else None,
    }
    known = {name: fact for name, fact in facts.items() if fact is not None}
    return known or None


def _box(box: Box | None, language: str) -> Record | None:
    if box is None:
        return None
    chosen = [_choice(choice, language) for choice in box.choices]
    return {"answers": chosen, "count": box.count, "of": box.whole, **_share(box.share)}


def _choice(choice: Choice | None, language: str) -> Record | None:
    return None if choice is None else {"value": choice.name, "label": text_in(choice.labels, language)}
