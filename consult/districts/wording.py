"""Boundaries in words: what somebody reads whose place lies near one, and what is said of sets and their changes."""

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.districts import moving, queries
from consult.districts.models import Level
from consult.districts.queries import Standing

LEVELS = {
    Level.VOIVODESHIP: _l("Boundaries of voivodeships"),
    Level.DISTRICT: _l("Boundaries of districts"),
    Level.COMMUNE: _l("Boundaries of communes"),
    Level.BEAT: _l("Boundaries of beats"),
    Level.UNIT: _l("Boundaries of units"),
}
STANDINGS = {
    Standing.WAITING: _l("waits for its day"),
    Standing.IN_FORCE: _l("counts today"),
    Standing.SUPERSEDED: _l("no longer counts"),
}
KINDS = {
    "observations": _l("Voices"),
    "threats": _l("Threats"),
    "reports": _l("Reports among the voices"),
    "meetings": _l("Meetings"),
    moving.NAMES: _l("Names of places"),
}
"""What is kept by place, by the kind of its holding."""

CHANGES = {"new": _l("new"), "gone": _l("gone"), "renamed": _l("renamed"), "redrawn": _l("redrawn")}
"""What happens to an area."""


def near_border(district: str, neighbour: str | None) -> str:
    """Say that a place may as well lie in the neighbouring district; nothing when it lies well inside."""
    if neighbour is None:
        return ""
    names = queries.names({district, neighbour})
    return _(
        "This place lies near the border of two districts. By our map it is: %(district)s, and the police there "
        "answer. Next to it: %(neighbour)s.",
        district=names.get(district, district),
        neighbour=names.get(neighbour, neighbour),
    )


def border_in_words(border_m: float | None, neighbour: str) -> str:
    """Say to staff how far a place is from the border, and from whose district."""
    name = queries.names({neighbour}).get(neighbour, neighbour)
    metres = format_decimal(round(border_m or 0, -1))
    return _("Near the border: %(neighbour)s, about %(metres)s m away", neighbour=name, metres=metres)
