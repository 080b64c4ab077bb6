"""The front rooms."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from consult.web.roles import public

bp = Blueprint("desk", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the public map with the ways in above it."""
    return render_template("desk/home.html")
