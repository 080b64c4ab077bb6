"""Questionnaires ready to ask, kept in memory by their digest: equal sheets ask the same."""

from collections.abc import Callable
from typing import Any

from surveys import reading
from surveys.questionnaire import Questionnaire

MOST_KEPT = 64


def questionnaire_of(digest: str, sheets: Callable[[], dict[str, Any]]) -> Questionnaire:
    """Give the questionnaire of a digest; its sheets are asked for only when it is not kept."""
    known = _kept.get(digest)
    if known is None:
        known = Questionnaire(reading.definition(sheets()), digest)
        if len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[digest] = known
    return known


_kept: dict[str, Questionnaire] = {}
