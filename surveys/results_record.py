"""Results as one document for other programs: the same figures as on the page, codes with their texts in a language."""

from collections.abc import Iterable
from typing import Any

from consult.disclosure import Share
from surveys.questions import Choice, text_in
from surveys.results import Box, Line, Ranked, Result, Results, Scale

Record = dict[str, Any]


def survey_record(results: Results, language: str) -> Record:
    """Write all results; what is hidden is null."""
    usability = results.usability
    return {
        "people": results.everybody.people if results.everybody else None,
        "sus": {"people": usability.people, "mean": round(usability.mean, 2)} if usability else None,
        "questions": [{**_asked(result, language), **figures_record(result, language)} for result in results.questions],
    }


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
