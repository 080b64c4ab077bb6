"""The audit trail for those who answer for people: heads and administrators, within their scope."""

from datetime import date, timedelta

from flask import Blueprint, render_template
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_login import current_user

from consult.accounts import trail
from consult.accounts.forms import printable
from consult.accounts.taking import REASONS, REVEALED_FOR
from consult.accounts.titles import ROLES
from consult.audit import queries
from consult.audit.words import ACTS, DETAILS, KINDS, VALUES, in_order, in_words
from consult.catalogue import queries as catalogue
from consult.period import midnight
from consult.web.languages import language
from consult.web.roles import Role, only

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@only(Role.HEAD, Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """List who did what in the scope, the newest first."""
    chosen = {name: printable(asked.args.get(name))[:100] for name in ("who", "act", "first", "last")}
    page = trail.entries(current_user, _filter(chosen), asked.args.get("page", 1, type=int))
    categories = {category.code: category.name(language()) for category in catalogue.everything()}
    groups = {group.code: group.name(language()) for group in catalogue.groups()}
    check = queries.last_check()
    values = VALUES | ROLES | REASONS | REVEALED_FOR | categories | groups
    words = {"acts": ACTS, "kinds": KINDS, "details": DETAILS, "values": values}
    return render_template(
        "audit/index.html", page=page, chosen=chosen, check=check, in_order=in_order, in_words=in_words, **words
    )


def _filter(chosen: dict[str, str]) -> trail.Wanted:
    first, last = _day(chosen["first"]), _day(chosen["last"])
    return trail.Wanted(
        who=chosen["who"],
        act=chosen["act"],
        since=midnight(first) if first else None,
        until=midnight(last + timedelta(days=1)) if last else None,
    )


def _day(text: str) -> date | None:
    """Read a day of the filter; what is no day filters nothing."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < date.max.year else None  # the day after has to exist too
