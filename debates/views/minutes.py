"""Pages of the minutes: the next thing said, the list and the map of what was said, corrections."""

from typing import Any

import geojson
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.geo import PlaceRefused
from consult.web.roles import only
from debates import queries
from debates.drawing import map_of
from debates.forms.statements import NewStatementForm, StatementForm, WithdrawalForm
from debates.models import Meeting, Statement
from debates.operations import minuting
from debates.views import bp
from debates.views.access import READERS, WRITERS, edited_statement, seen_meeting
from debates.wording import in_words, summary


@bp.route("/debates/<int:meeting_id>/statements", methods=["GET", "POST"])
@only(*READERS)
def statements(meeting_id: int) -> ResponseReturnValue:
    """Add the next thing said; see what was said before it."""
    meeting = seen_meeting(meeting_id)
    if meeting.is_planned:
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    if not can(current_user, Action.EDIT, meeting):
        return _minutes(meeting)
    form = NewStatementForm()
    form.offer(meeting)
    if form.validate_on_submit():
        try:
            statement = minuting.record_statement(current_user, meeting, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        else:
            flash(_("Statement %(number)s is saved.", number=statement.position), "success")
            return redirect(url_for("debates.statements", meeting_id=meeting.id))
    return _minutes(meeting, form)


def _minutes(meeting: Meeting, form: NewStatementForm | None = None) -> ResponseReturnValue:
    said = queries.statements_of(meeting)
    standing = [statement for statement in said if statement.withdrawn_at is None]
    page = render_template(
        "debates/statements.html",
        meeting=meeting,
        form=form,
        standing=standing,
        withdrawn=[statement for statement in said if statement.withdrawn_at is not None],
        placed=[statement for statement in standing if statement.place],
        without_place=sum(statement.lacks_a_place for statement in standing),
        may_edit=form is not None,
    )
    return page, form.status if form else 200


@bp.get("/debates/<int:meeting_id>/statements.geojson")
@only(*READERS)
def statements_geojson(meeting_id: int) -> ResponseReturnValue:
    """Give the places of what was said at a meeting."""
    said = queries.statements_of(seen_meeting(meeting_id))
    features = [_feature(statement) for statement in said if statement.place and statement.withdrawn_at is None]
    body = geojson.dumps(geojson.FeatureCollection(features), ensure_ascii=False)
    return body, {"Content-Type": "application/geo+json"}


def _feature(statement: Statement) -> geojson.Feature:
    assert statement.place is not None
    properties: dict[str, Any] = {
        "title": f"{statement.position}. {in_words(statement.kind)}",
        "status_label": summary(statement),
        "letter": statement.category.group.letter if statement.category else "",
        "accuracy_m": statement.place.accuracy_m,
        "approximate": statement.place.is_whole_area,
        "url": url_for("debates.statements", meeting_id=statement.meeting_id, _anchor=f"statement-{statement.id}"),
    }
    return geojson.Feature(id=statement.id, geometry=statement.place.geojson, properties=properties)


@bp.get("/debates/<int:meeting_id>/statements.svg")
@only(*READERS)
def statements_svg(meeting_id: int) -> ResponseReturnValue:
    """Draw the places of what was said at a meeting."""
    meeting = seen_meeting(meeting_id)
    return map_of(meeting, queries.statements_of(meeting)), {"Content-Type": "image/svg+xml"}


@bp.get("/debates/statements/<string:key>")
@only(*READERS)
def statement(key: str) -> ResponseReturnValue:
    """Lead from an observation to the statement behind it."""
    found = queries.statement_by_key(key)
    seen_meeting(found.meeting_id)
    return redirect(url_for("debates.statements", meeting_id=found.meeting_id, _anchor=f"statement-{found.id}"))


@bp.route("/debates/<int:meeting_id>/statements/<int:statement_id>/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Correct what was written down."""
    statement = edited_statement(meeting_id, statement_id)
    form = StatementForm(obj=statement)
    form.offer(statement.meeting)
    if form.validate_on_submit():
        try:
            minuting.correct_statement(current_user, statement, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        else:
            flash(_("Statement %(number)s is corrected.", number=statement.position), "success")
            return redirect(url_for("debates.statements", meeting_id=meeting_id, _anchor=f"statement-{statement.id}"))
    return render_template("debates/edit_statement.html", form=form, statement=statement), form.status


@bp.route("/debates/<int:meeting_id>/statements/<int:statement_id>/withdraw", methods=["GET", "POST"])
@only(*WRITERS)
def withdraw_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Cross a statement out of the minutes, with a reason."""
    statement = edited_statement(meeting_id, statement_id)
    form = WithdrawalForm()
    if form.validate_on_submit():
        minuting.withdraw_statement(current_user, statement, **form.values)
        flash(_("Statement %(number)s is crossed out.", number=statement.position), "success")
        return redirect(url_for("debates.statements", meeting_id=meeting_id))
    return render_template("debates/withdraw_statement.html", form=form, statement=statement), form.status
