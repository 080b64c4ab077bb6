"""Boundaries in words: what somebody reads whose place lies near one."""

from flask_babel import format_decimal
from flask_babel import gettext as _

from consult.districts import queries


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
