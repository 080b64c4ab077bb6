"""Pages of the heart, by what the person does: seeing, joining, answering."""

from flask import Blueprint

bp = Blueprint("threats", __name__)

from consult.threats.views import (  # noqa: E402  # they use `bp`
    answering,  # noqa: F401
    handing_over,  # noqa: F401
    joining,  # noqa: F401
    judging,  # noqa: F401
    mapping,  # noqa: F401
    observations,  # noqa: F401
    recategorising,  # noqa: F401
    rule,  # noqa: F401
    seeing,  # noqa: F401
    templates,  # noqa: F401
)
from consult.threats.views.access import may_recategorise as may_recategorise  # noqa: E402  # the front rooms ask too
from consult.threats.views.access import own_areas as own_areas  # noqa: E402
from consult.threats.views.showing import area_names as area_names  # noqa: E402
from consult.threats.views.showing import offers as offers  # noqa: E402
from consult.threats.views.showing import words as words  # noqa: E402
