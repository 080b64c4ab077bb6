"""Pages of the files of a meeting: adding them, opening one, withdrawing it. Only the police see them."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.attachments import queries as attachments
from consult.attachments.forms import MOST_POSTED_BYTES
from consult.attachments.operations import TooManyFiles
from consult.attachments.serving import answer_with
from consult.audit import operations as audit
from consult.web.roles import only
from consult.web.uploads import takes_files
from debates import queries
from debates.forms.filing import NewFileForm, WithdrawFileForm
from debates.models import Meeting
from debates.operations import filing
from debates.operations.filing import NoNewFiles
from debates.views import bp
from debates.views.access import READERS, WRITERS, open_minutes, seen_meeting


@bp.route("/debates/<int:meeting_id>/files/new", methods=["GET", "POST"])
@only(*WRITERS)
@takes_files(MOST_POSTED_BYTES)
def new_file(meeting_id: int) -> ResponseReturnValue:
    """Add files to the minutes; what was right stays chosen while something else of the form is not."""
    meeting = open_minutes(meeting_id)
    if meeting.is_planned:
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    form = NewFileForm()
    if form.is_submitted():
        form.files.hold(filing.SOURCE, filing.waiting_key(current_user, form.key.data or ""))
    if form.validate_on_submit():
        try:
            added = filing.add_files(current_user, meeting, **form.values)
        except TooManyFiles:
            form.form_errors.append(_too_many())
        except NoNewFiles:
            form.form_errors.append(_("The minutes have these files already. Choose other ones."))
        else:
            flash(ngettext("%(num)d file is added.", "%(num)d files are added.", len(added)), "success")
            return redirect(url_for("debates.show", meeting_id=meeting.id, _anchor="files"))
    return render_template("debates/new_file.html", form=form, meeting=meeting, **_room(meeting)), form.status


def _too_many() -> str:
    most = filing.MOST_OF_A_MEETING
    return str(
        _("The minutes of a meeting hold at most %(most)s files. Withdraw one first, or choose fewer.", most=most)
    )


def _room(meeting: Meeting) -> dict[str, int]:
    standing = sum(one.withdrawn_at is None for one in queries.files_of(meeting))
    return {"standing": standing, "most": filing.MOST_OF_A_MEETING}


@bp.get("/debates/<int:meeting_id>/files/<int:number>")
@only(*READERS)
def file(meeting_id: int, number: int) -> Response:
    """Give a file of the minutes: a photo to look at, a document only to be saved; the trail tells who opened it."""
    meeting = seen_meeting(meeting_id)
    found = queries.file(meeting.id, number)
    if found.withdrawn_at is not None:
        abort(404)
    answer = answer_with(attachments.by_name(found.name), f"spotkanie-{meeting.id}-zalacznik")
    audit.note_reading(current_user.id, "open_meeting_file", "meeting", meeting.id, meeting.unit_path, file=number)
    return answer


@bp.route("/debates/<int:meeting_id>/files/<int:number>/withdraw", methods=["GET", "POST"])
@only(*WRITERS)
def withdraw_file(meeting_id: int, number: int) -> ResponseReturnValue:
    """Erase a file of the minutes, with a reason that stays."""
    meeting = open_minutes(meeting_id)
    found = queries.file(meeting.id, number)
    form = WithdrawFileForm()
    if form.validate_on_submit():
        filing.withdraw_file(current_user, found, **form.values)
        flash(_("File %(number)s is withdrawn.", number=number), "success")
        return redirect(url_for("debates.show", meeting_id=meeting.id, _anchor="files"))
    if found.withdrawn_at is not None:
        return redirect(url_for("debates.show", meeting_id=meeting.id, _anchor="files"))
    return render_template("debates/withdraw_file.html", form=form, meeting=meeting, file=found), form.status
