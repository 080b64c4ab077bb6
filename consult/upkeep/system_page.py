"""How the installation stands, for administrators: what `flask doctor` tells, with what mends it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from consult.clock import now
from consult.upkeep import checkup
from consult.upkeep.checkup import State
from consult.web.roles import Role, only

bp = Blueprint("system", __name__, url_prefix="/system")

ORDER = (State.BROKEN, State.SOON, State.WELL)
MARKS = {State.BROKEN: "overdue", State.SOON: "due", State.WELL: "eliminated"}
WORDS = {State.BROKEN: _l("Does not work"), State.SOON: _l("Needs attention"), State.WELL: _l("In order")}


@bp.get("")
@only(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """List what was looked at, the broken first; what takes seconds only when it is asked for."""
    is_whole = request.args.get("whole") == "1"
    found = checkup.findings(left_out=() if is_whole else checkup.SLOW)
    return render_template(
        "system/index.html",
        findings=sorted(found, key=lambda one: ORDER.index(one.state)),
        counts={state: sum(one.state is state for one in found) for state in ORDER},
        marks=MARKS,
        words=WORDS,
        is_whole=is_whole,
        looked_at=now(),
    )
