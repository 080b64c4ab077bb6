"""Pages of sheets with a map: making and printing them, and typing in what was marked."""

from flask import Blueprint

bp = Blueprint("paper", __name__)

from consult.paper.views import (  # noqa: E402  # they hang their pages on `bp`
    making,  # noqa: F401
    transcribing,  # noqa: F401
)
