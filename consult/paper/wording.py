"""What sheets with a map are called in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.paper.grid import Grid
from consult.paper.printing import Edition
from consult.paper.scales import Scale
from consult.web.languages import number

SCALES: dict[Scale, Any] = {
    Scale.ESTATE: _l("A housing estate or a small village"),
    Scale.VILLAGE: _l("A village or the middle of a town"),
    Scale.TOWN: _l("A small town"),
    Scale.LARGE_TOWN: _l("A larger town or several villages"),
    Scale.COMMUNE: _l("A commune"),
    Scale.LARGE_COMMUNE: _l("A large commune"),
    Scale.DISTRICT: _l("A district"),
}

EDITIONS: dict[Edition, Any] = {
    Edition.STANDARD: _l("Usual: map and table on one side"),
    Edition.LARGE: _l("Large type, on both sides, without a questionnaire"),
}


def length_in_words(metres: float) -> str:
    """Say a length: "250 m", "1.5 km"."""
    return f"{number(metres / 1000)} km" if metres >= 1000 else f"{number(round(metres))} m"


def scale_in_words(scale: Scale) -> str:
    """Say how much land a map shows, and how large its fields are on the ground."""
    return str(
        _(
            "%(what)s: %(across)s from edge to edge, a field is %(field)s",
            what=SCALES[scale],
            across=length_in_words(scale.width_m),
            field=length_in_words(scale.cell_m),
        )
    )


def fields_in_words(grid: Grid) -> str:
    """Say what a field of a map is on the ground."""
    return str(
        _(
            "%(columns)s × %(rows)s fields, each %(field)s wide",
            columns=grid.columns,
            rows=grid.rows,
            field=length_in_words(grid.cell_m),
        )
    )
