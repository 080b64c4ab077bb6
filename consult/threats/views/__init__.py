"""Pages of the heart, by what the person does: seeing, joining, answering."""

from flask import Blueprint

bp = Blueprint("threats", __name__)

from consult.threats.views import answering, joining, mapping, seeing, templates  # noqa: E402, F401  # they use `bp`
from consult.threats.views.access import own_areas as own_areas  # noqa: E402  # the front rooms ask too
from consult.threats.views.showing import area_names as area_names  # noqa: E402
from consult.threats.views.showing import offers as offers  # noqa: E402
from consult.threats.views.showing import words as words  # noqa: E402
