"""Themes and the agreement of coders in words."""

from typing import Any

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l

from surveys.models import ThemeAct
from surveys.themes import NONE, OTHER, PERSONAL, UNREADABLE, Misfit

_CODES = {
    NONE: _l("none of these themes"),
    UNREADABLE: _l("unreadable"),
    PERSONAL: _l("personal data"),
    OTHER: _l("themes of fewer than ten people, together"),
}
_ACTS = {
    ThemeAct.ADDED: _l("a theme added"),
    ThemeAct.CHANGED: _l("a theme described otherwise"),
    ThemeAct.MERGED: _l("a theme merged into another one"),
    ThemeAct.SEPARATED: _l("a merging taken back"),
    ThemeAct.SPLIT: _l("a theme split"),
}
MISFITS = {
    Misfit.NOTHING: _l("Choose at least one theme, or “none of these themes”, or “unreadable”."),
    Misfit.TOGETHER: _l("“None of these themes” and “unreadable” stand alone, without a theme."),
    Misfit.UNKNOWN: _l("There is no such theme. Type numbers from the list."),
}


def code_name(code: str, names: dict[str, str]) -> Any:
    """Name a code: a theme by its number and name, everything else in words."""
    return _CODES.get(code) or f"{code}. {names.get(code, '')}"


def act(of: ThemeAct) -> Any:
    """Say what a change of the themes was."""
    return _ACTS[of]


def kappa(value: float | None) -> str:
    """Write a kappa with two decimals; one that is not known is a dash."""
    return "–" if value is None else str(format_decimal(value, format="0.00"))


def interval(ends: tuple[float, float] | None) -> str:
    """Write the interval of a kappa."""
    return "–" if ends is None else f"{kappa(ends[0])} – {kappa(ends[1])}"
