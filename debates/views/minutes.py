"""Pages of the minutes while people speak: the next thing said, the list and the map of what was said, corrections."""

from typing import Any

import geojson
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.geo import PlaceRefused
from consult.web.roles import only
from debates import offers, queries
from debates.drawing import map_of
from debates.forms.statements import (
    CorrectionForm,
    NewStatementForm,
    NoteForm,
    SavedAnewForm,
    WithdrawalForm,
)
from debates.models import Meeting, Statement
from debates.operations import minuting
from debates.stages import MinutesApproved
from debates.views import bp
from debates.views.access import (
    CONFLICT,
    READERS,
    WRITERS,
    CrossedOut,
    edited_meeting,
    edited_statement,
    own_statement,
    seen_meeting,
)
from debates.wording import MARKS_OF_KINDS, MARKS_OF_SPEAKERS, in_words, summary

ENDED = _l("The minutes are closed meanwhile, so nothing can be added. Copy your words and ask the head of your unit.")
UNCHOSEN = _l("You typed a place and chose none. Search for it and choose one, or empty that field.")


@bp.route("/debates/<int:meeting_id>/statements", methods=["GET", "POST"])
@only(*READERS)
def statements(meeting_id: int) -> ResponseReturnValue:
    """Add the next thing said; see what was said before it. A browser that keeps lines asks for JSON."""
    meeting = seen_meeting(meeting_id)
    if meeting.is_planned:
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    if not can(current_user, Action.EDIT, meeting) or not (meeting.is_writable or request.method == "POST"):
        return _minutes(meeting)
    form = NewStatementForm()
    form.offer(meeting)
    if form.validate_on_submit() and (statement := _recorded(meeting, form)):
        if _wants_json():
            return jsonify(number=statement.position, id=statement.id), 201
        flash(_("Statement %(number)s is saved.", number=statement.position), "success")
        return redirect(url_for("debates.statements", meeting_id=meeting.id))
    return _refused(form) if _wants_json() else _minutes(meeting, form)


def _recorded(meeting: Meeting, form: NewStatementForm | SavedAnewForm) -> Statement | None:
    try:
        return minuting.record_statement(current_user, meeting, **form.values)
    except PlaceRefused as refused:
        form.place.refuse(refused)
    except MinutesApproved:
        form.form_errors.append(ENDED)
    return None


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _refused(form: NewStatementForm) -> ResponseReturnValue:
    """Say in sentences why a line was not taken and at which fields, for the device that keeps it."""
    if form.asks_again:
        form.place.errors = [UNCHOSEN]
    faults = {name or form.text.name: [str(error) for error in errors] for name, errors in form.errors.items()}
    return jsonify(errors=[error for errors in faults.values() for error in errors], faults=faults), 422


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
        without_category=sum(statement.lacks_a_category for statement in standing),
        offered=offers.for_statements(meeting, standing) if form else {},
        categories=form.category_code if form else None,
        may_edit=form is not None,
        fed=queries.fed(standing),
        is_closed=not meeting.is_writable and can(current_user, Action.EDIT, meeting),
        kinds=MARKS_OF_KINDS,
        speakers=MARKS_OF_SPEAKERS,
        state=queries.state_of_minutes(meeting),
        account_id=current_user.id,
    )
    return page, form.status if form else 200


@bp.route("/debates/<int:meeting_id>/statements/paste", methods=["GET", "POST"])
@only(*WRITERS)
def paste(meeting_id: int) -> ResponseReturnValue:
    """Make statements of a whole note, a line each."""
    meeting = edited_meeting(meeting_id)
    form = NoteForm()
    if form.validate_on_submit():
        try:
            recorded = minuting.record_note(current_user, meeting, **form.values_for(meeting))
        except MinutesApproved:
            form.form_errors.append(ENDED)
        else:
            flash(_("Statements saved: %(number)s.", number=len(recorded)), "success")
            return redirect(url_for("debates.statements", meeting_id=meeting.id))
    return (
        render_template(
            "debates/paste.html", meeting=meeting, form=form, kinds=MARKS_OF_KINDS, speakers=MARKS_OF_SPEAKERS
        ),
        form.status,
    )


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


@bp.get("/debates/<int:meeting_id>/projector")
@only(*READERS)
def projector(meeting_id: int) -> ResponseReturnValue:
    """Show the hall in large type what was written down last and what was asked of whom; it refreshes itself."""
    meeting = seen_meeting(meeting_id)
    shown = [statement for statement in queries.statements_of(meeting) if statement.withdrawn_at is None]
    page = render_template(
        "debates/projector.html",
        meeting=meeting,
        latest=shown[: -LATEST - 1 : -1],
        proposals=queries.proposals_of(meeting),
        is_still="still" in request.args,
    )
    return page, 200, {} if "still" in request.args else {"Refresh": str(REFRESH_S)}


LATEST = 5
REFRESH_S = 10


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
    """Correct what was written down; who comes second sees what the first one changed."""
    statement = own_statement(meeting_id, statement_id)
    if statement.withdrawn_at is not None:
        return words_kept(statement, SavedAnewForm(data=minuting.said_of(statement)))
    form = CorrectionForm(obj=statement)
    form.offer(statement.meeting)
    newer = None
    if form.validate_on_submit():
        try:
            minuting.correct_statement(current_user, statement, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        except minuting.CrossedOutMeanwhile:
            return words_kept(statement, SavedAnewForm(data=minuting.said_of(statement)))
        except minuting.CorrectedMeanwhile:
            newer = statement
            form.show_newer(statement)
        else:
            flash(_("Statement %(number)s is corrected.", number=statement.position), "success")
            return redirect(url_for("debates.statements", meeting_id=meeting_id, _anchor=f"statement-{statement.id}"))
    page = render_template("debates/edit_statement.html", form=form, statement=statement, newer=newer)
    return page, CONFLICT if newer else form.status


@bp.route("/debates/<int:meeting_id>/statements/<int:statement_id>/write-again", methods=["GET", "POST"])
@only(*WRITERS)
def write_again(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Save the words of a statement that was crossed out as a new one."""
    statement = own_statement(meeting_id, statement_id)
    if statement.withdrawn_at is None:
        return redirect(url_for("debates.edit_statement", meeting_id=meeting_id, statement_id=statement_id))
    form = SavedAnewForm(data=minuting.said_of(statement))
    form.offer(statement.meeting)
    if form.validate_on_submit() and (made := _recorded(statement.meeting, form)):
        flash(_("Statement %(number)s is saved.", number=made.position), "success")
        return redirect(url_for("debates.statements", meeting_id=meeting_id, _anchor=f"statement-{made.id}"))
    return render_template("debates/write_again.html", form=form, statement=statement), form.status


def words_kept(statement: Statement, form: SavedAnewForm) -> ResponseReturnValue:
    """Say that somebody crossed a statement out meanwhile; the words that were typed stay, to be saved as a new one."""
    form.offer(statement.meeting)
    status = 200 if request.method == "GET" else CONFLICT
    return render_template("debates/write_again.html", form=form, statement=statement), status


@bp.errorhandler(CrossedOut)
def crossed_out(error: CrossedOut) -> ResponseReturnValue:
    """Lead whoever comes too late to the minutes, and say what happened."""
    said = {"number": error.statement.position, "reason": error.statement.withdrawn_because}
    flash(_("Statement %(number)s was crossed out meanwhile: %(reason)s", **said), "error")
    return redirect(url_for("debates.statements", meeting_id=error.statement.meeting_id))


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
