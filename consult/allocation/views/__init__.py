"""Pages of posts and patrols: sheets of proposed changes, and candidate places compared."""

from flask import Blueprint

bp = Blueprint("allocation", __name__)

from consult.allocation.views import (  # noqa: E402  # they hang their pages on `bp`
    covering,  # noqa: F401
    managing,  # noqa: F401
)
