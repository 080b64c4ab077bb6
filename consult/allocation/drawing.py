"""Candidate places and what people speak of around them, as the server draws them."""

import shapely
from flask_babel import gettext as _

from consult.allocation.coverage import Chosen, Question
from consult.allocation.wording import letter
from consult.districts import drawing
from consult.districts import queries as districts
from consult.documents.marks import Mark, Shape
from consult.documents.svg_map import Symbol, View

CHOSEN, OTHER, SPOKEN = (
    Mark(Shape.SQUARE, "#0b3d75"),
    Mark(Shape.CIRCLE, "#ffffff", "#1b1b1b"),
    Mark(Shape.DIAMOND, "#b3142a"),
)
FRAME = (640.0, 440.0)


def drawing_of(area: str, question: Question, chosen: Chosen | None) -> str:
    """Draw the candidates by their letters with their reach, the chosen ones as squares, above what people speak of."""
    symbols = [
        Symbol(
            one.x,
            one.y,
            CHOSEN if chosen and place in chosen.places else OTHER,
            label=letter(place),
            title=one.name,
            within_m=question.reach_m if chosen and place in chosen.places else 0.0,
        )
        for place, one in enumerate(question.candidates)
    ]
    spoken = [Symbol(one.x, one.y, SPOKEN, title=str(one.voices)) for one in question.demands]
    spots = [shapely.Point(one.x, one.y) for one in question.candidates]
    west, south, east, north = shapely.total_bounds([districts.outline(area), *spots]).tolist()
    frame = View.fitting((west, south, east, north), *FRAME)
    return drawing.ground(frame, area[:4], symbols=[*symbols, *spoken], title=_("Candidate places"))
