"""Pages of sheets with a map: making and printing them, and typing in what was marked."""

from flask import Blueprint

bp = Blueprint("paper", __name__)

from consult.paper.views import transcribing  # noqa: E402, F401  # it hangs its pages on `bp`
