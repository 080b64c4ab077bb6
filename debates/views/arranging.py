"""Pages that put the minutes in order: complete, move, split and join what was written down in a hurry."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.geo import PlaceRefused
from consult.web.roles import only
from debates.forms.statements import CompletionForm, JoiningForm, MovingForm, SavedAnewForm, SplittingForm
from debates.models import Statement
from debates.operations import minuting
from debates.views import bp
from debates.views.access import WRITERS, edited_statement, own_statement
from debates.views.minutes import words_kept


@bp.errorhandler(PlaceRefused)
def place_refused(_error: PlaceRefused) -> ResponseReturnValue:
    """Say that a statement's place lies outside the boundaries of today, and what to do next."""
    advice = _("Nothing was saved. Correct the place of this statement first, then try again.")
    title = _("This place lies outside the area that the service covers.")
    return render_template("errors/error.html", code=422, title=title, advice=advice), 422


@bp.post("/debates/<int:meeting_id>/statements/<int:statement_id>/complete")
@only(*WRITERS)
def complete_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Give a statement the category or the place that it lacked."""
    statement = edited_statement(meeting_id, statement_id)
    form = CompletionForm()
    form.offer(statement)
    if not form.validate_on_submit():
        flash(form.fault, "error")
    else:
        try:
            minuting.complete_statement(current_user, statement, **form.values)
            flash(_("Statement %(number)s is completed.", number=statement.position), "success")
        except minuting.CorrectedMeanwhile:
            flash(_("Somebody else has corrected this statement meanwhile. Look at it and try again."), "error")
    return _back(meeting_id, statement_id)


@bp.post("/debates/<int:meeting_id>/statements/<int:statement_id>/move")
@only(*WRITERS)
def move_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Let a statement change places with the one before or after it."""
    statement = edited_statement(meeting_id, statement_id)
    form = MovingForm()
    if form.validate_on_submit():
        try:
            minuting.move_statement(current_user, statement, **form.values)
        except minuting.CorrectedMeanwhile:
            flash(_("Somebody else has corrected this statement meanwhile. Look at it and try again."), "error")
    return _back(meeting_id, statement_id)


@bp.post("/debates/<int:meeting_id>/statements/<int:statement_id>/join")
@only(*WRITERS)
def join_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Join a statement to the one before it."""
    statement = edited_statement(meeting_id, statement_id)
    form = JoiningForm()
    if form.validate_on_submit():
        try:
            joined = minuting.join_statement(current_user, statement, **form.values)
        except minuting.CorrectedMeanwhile:
            flash(_("Somebody else has corrected this statement meanwhile. Look at it and try again."), "error")
        except minuting.NothingBefore:
            flash(_("There is no statement before it that it could be joined to."), "error")
        except minuting.TooLongTogether:
            flash(
                _("Together they would be longer than 2,000 characters. Shorten one of them first, then join them."),
                "error",
            )
        else:
            flash(_("It is joined to statement %(number)s.", number=joined.position), "success")
            statement_id = joined.id
    return _back(meeting_id, statement_id)


@bp.route("/debates/<int:meeting_id>/statements/<int:statement_id>/split", methods=["GET", "POST"])
@only(*WRITERS)
def split_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Make two statements of one."""
    statement = own_statement(meeting_id, statement_id)
    form = SplittingForm()
    form.offer(statement)
    if statement.withdrawn_at is not None:
        return _both_kept(statement, form)
    if form.validate_on_submit():
        try:
            parted = minuting.split_statement(current_user, statement, **form.values)
        except minuting.CrossedOutMeanwhile:
            return _both_kept(statement, form)
        except minuting.CorrectedMeanwhile:
            form.show_newer(statement)
        else:
            flash(_("The statement is split in two."), "success")
            return _back(meeting_id, parted.id)
    return render_template("debates/split_statement.html", form=form, statement=statement), form.status


def _both_kept(statement: Statement, form: SplittingForm) -> ResponseReturnValue:
    """Keep both parts, one after the other, when somebody crossed out meanwhile what was to be split."""
    parts = "\n".join(filter(None, (form.text.data, form.rest.data)))
    return words_kept(statement, SavedAnewForm(formdata=None, data=minuting.said_of(statement) | {"text": parts}))


def _back(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    return redirect(url_for("debates.statements", meeting_id=meeting_id, _anchor=f"statement-{statement_id}"))
