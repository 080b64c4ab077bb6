"""Pages of the correction of minutes: links and suggestions for staff, the minutes for whoever has a link."""

import base64

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import NotFound

from consult.accounts.rights import Action, can
from consult.clock import now
from consult.documents import qr
from consult.web.addresses import public_url
from consult.web.limits import limited
from consult.web.roles import only, public
from debates import queries
from debates.forms.correcting import (
    LONGEST,
    WAIT,
    CorrectionLinkForm,
    DeclineForm,
    HeedForm,
    SuggestionForm,
    TakeOverForm,
)
from debates.models import CorrectionLink, Meeting, MinutesSuggestion, Statement
from debates.operations import correcting
from debates.operations.correcting import AlreadyAnswered, Invited, LinkEnded, StatementGone
from debates.stages import MeetingStage
from debates.views import bp
from debates.views.access import READERS, WRITERS, edited_meeting, seen_meeting

MOST_AN_HOUR = 30
"""Suggestions that one network may send in an hour: an office is one network."""

ALL = ("GET", "HEAD", "POST")


def was_guessed(answer: Response) -> bool:
    """Tell whether a link was tried that never was one: only guessing is limited, not reading."""
    return answer.status_code == NotFound.code


@bp.get("/debates/<int:meeting_id>/corrections")
@only(*READERS)
def corrections(meeting_id: int) -> ResponseReturnValue:
    """Show who was invited to correct the minutes, and what they suggested."""
    meeting = seen_meeting(meeting_id)
    return render_template(
        "debates/corrections.html",
        meeting=meeting,
        links=[(link, link.is_open(now())) for link in queries.correction_links(meeting)],
        suggestions=queries.suggestions_of(meeting),
        is_correcting=meeting.stage is MeetingStage.CORRECTING,
        may_edit=can(current_user, Action.EDIT, meeting) and meeting.stage is MeetingStage.CORRECTING,
    )


@bp.route("/debates/<int:meeting_id>/corrections/new", methods=["GET", "POST"])
@only(*WRITERS)
def new_correction_link(meeting_id: int) -> ResponseReturnValue:
    """Make a link for somebody who was invited, and show it once."""
    meeting = edited_meeting(meeting_id)
    form = CorrectionLinkForm()
    if form.validate_on_submit():
        try:
            invited = correcting.invite(current_user, meeting, **form.values)
        except LinkEnded:
            form.form_errors.append(_("Send the minutes for correction first."))
        else:
            return _link_to_hand_over(invited, form.values["address"])
    return render_template("debates/new_correction_link.html", form=form, meeting=meeting), form.status


def _link_to_hand_over(invited: Invited, address: str) -> ResponseReturnValue:
    """Show a link this once, to hand it over, and say whether a letter with it is on its way."""
    link = invited.link
    url = public_url("debates.read_minutes", token=correcting.token_of(link.key))
    drawn = qr.code(url, _("Link to the minutes"))
    code = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    page = render_template(
        "debates/correction_link.html", link=link, url=url, code=code, address=address, is_new=invited.is_new
    )
    return _secret(page)


def _secret(page: str, status: int = 200) -> Response:
    """Keep a page with or behind a secret link out of caches and search engines."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.post("/debates/<int:meeting_id>/corrections/links/<int:link_id>/end")
@only(*WRITERS)
def end_correction_link(meeting_id: int, link_id: int) -> ResponseReturnValue:
    """Close a link before its time."""
    meeting, link = edited_meeting(meeting_id), queries.correction_link(link_id)
    if link.meeting_id != meeting.id:
        abort(404)
    correcting.end_link(current_user, link)
    flash(_("The link does not open the minutes any more."), "success")
    return redirect(url_for("debates.corrections", meeting_id=meeting.id))


@bp.route("/debates/<int:meeting_id>/corrections/<int:suggestion_id>/take-over", methods=["GET", "POST"])
@only(*WRITERS)
def take_over_suggestion(meeting_id: int, suggestion_id: int) -> ResponseReturnValue:
    """Write a statement as somebody invited suggested, or nearly so."""
    suggestion = _suggestion(meeting_id, suggestion_id)
    form = TakeOverForm(data={"text": suggestion.text}) if suggestion.statement else HeedForm()
    if form.validate_on_submit():
        try:
            correcting.take_over(current_user, suggestion, text=form.values.get("text", ""))
        except AlreadyAnswered:
            return _answered_meanwhile(meeting_id)
        except StatementGone:
            form.form_errors.append(_("This statement is crossed out by now. Decline the suggestion and say so."))
        else:
            flash(_("The suggestion is taken over."), "success")
            return redirect(url_for("debates.corrections", meeting_id=meeting_id))
    return render_template("debates/take_over_suggestion.html", form=form, suggestion=suggestion), form.status


@bp.route("/debates/<int:meeting_id>/corrections/<int:suggestion_id>/decline", methods=["GET", "POST"])
@only(*WRITERS)
def decline_suggestion(meeting_id: int, suggestion_id: int) -> ResponseReturnValue:
    """Leave a statement as it is, and say why."""
    suggestion = _suggestion(meeting_id, suggestion_id)
    form = DeclineForm()
    if form.validate_on_submit():
        try:
            correcting.decline(current_user, suggestion, **form.values)
        except AlreadyAnswered:
            return _answered_meanwhile(meeting_id)
        flash(_("The suggestion is declined."), "success")
        return redirect(url_for("debates.corrections", meeting_id=meeting_id))
    return render_template("debates/decline_suggestion.html", form=form, suggestion=suggestion), form.status


def _suggestion(meeting_id: int, suggestion_id: int) -> MinutesSuggestion:
    meeting, suggestion = edited_meeting(meeting_id), queries.suggestion(suggestion_id)
    if suggestion.link.meeting_id != meeting.id:
        abort(404)
    return suggestion


def _answered_meanwhile(meeting_id: int) -> ResponseReturnValue:
    flash(_("This suggestion was answered by now; the answer stands below."), "error")
    return redirect(url_for("debates.corrections", meeting_id=meeting_id))


@bp.get("/debates/corrections/<string:token>")
@public
@limited("60/hour", methods=("GET", "HEAD"), counts=was_guessed)
def read_minutes(token: str) -> ResponseReturnValue:
    """Show the minutes to somebody who was invited, as far as they may be shown, with the own suggestions."""
    link = queries.correction_link_by(token)
    if not link.is_open(now()):
        return _ended(link)
    own = link.suggestions
    return _secret(
        render_template(
            "debates/read_minutes.html",
            link=link,
            token=token,
            meeting=link.meeting,
            said=[(one, [each for each in own if each.statement_id == one.id]) for one in _shown(link.meeting)],
            remarks=[each for each in own if each.statement_id is None],
        )
    )


def _shown(meeting: Meeting) -> list[Statement]:
    return queries.publicly_said(meeting)


def _ended(link: CorrectionLink) -> Response:
    """Say that a link opens nothing any more, and where the minutes are read now."""
    is_published = bool(queries.editions_of(link.meeting))
    return _secret(
        render_template("debates/correction_ended.html", meeting=link.meeting, is_published=is_published), 410
    )


@bp.route("/debates/corrections/<string:token>/suggest", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_guessed)
def remark(token: str) -> ResponseReturnValue:
    """Remark on the minutes as a whole."""
    return _suggesting(queries.correction_link_by(token), token, None)


@bp.route("/debates/corrections/<string:token>/suggest/<int:statement_id>", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_guessed)
def suggest(token: str, statement_id: int) -> ResponseReturnValue:
    """Suggest other words for a statement that may be shown."""
    link = queries.correction_link_by(token)
    statement = next((one for one in _shown(link.meeting) if one.id == statement_id), None) or abort(404)
    return _suggesting(link, token, statement)


def _beginning_with(statement: Statement | None) -> str:
    """Give the words to change, if all of them fit into a suggestion."""
    return statement.text if statement and len(statement.text) <= LONGEST else ""


def _suggesting(link: CorrectionLink, token: str, statement: Statement | None) -> ResponseReturnValue:
    if not link.is_open(now()):
        return _ended(link)
    form = SuggestionForm(data={"text": _beginning_with(statement)})
    if form.validate_on_submit() and not form.waits("suggestion", MOST_AN_HOUR, WAIT):
        try:
            correcting.suggest(link, statement, **form.values)
        except LinkEnded:
            return _ended(link)
        flash(_("Your suggestion has been sent to the police. Their answer will stand below it."), "success")
        return redirect(url_for("debates.read_minutes", token=token))
    page = render_template("debates/suggest.html", form=form, link=link, token=token, statement=statement)
    return _secret(page, form.status)
