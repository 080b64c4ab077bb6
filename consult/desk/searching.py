"""The search of staff: one field for receipts, numbers, streets and words of the own area."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from consult.desk import finding
from consult.desk.forms import SearchForm
from consult.desk.operations import note_search
from consult.threats import views as threat_pages
from consult.web.roles import Role, only

bp = Blueprint("searching", __name__)


@bp.route("/search", methods=["GET", "POST"])
@only(Role.OFFICER, Role.HEAD, Role.COORDINATOR)
def index() -> ResponseReturnValue:
    """Ask what to look for, and show what was found; that somebody looked is noted, not for what."""
    form, found = SearchForm(), None
    if form.validate_on_submit():
        found = finding.found(form.values["text"], threat_pages.own_areas())
        note_search(current_user.id, current_user.scope, found.count)
    hits = [*found.by_number, *found.by_words] if found else []
    answer = make_response(
        render_template(
            "searching/index.html",
            form=form,
            found=found,
            area_names=threat_pages.area_names(hit.threat for hit in hits),
            most=finding.MOST,
            choosing={"found": 0, "most": 0} if threat_pages.may_recategorise() else None,
        ),
        form.status,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
