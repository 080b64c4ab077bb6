"""Pages on which screeners look at the files of a report and decide about each by itself."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.attachments import queries as attachments
from consult.attachments.models import Attachment
from consult.attachments.serving import answer_with
from consult.attachments.wording import title
from consult.audit import operations as audit
from consult.online_reports import looking, queries, screening, waiting
from consult.online_reports.handling import is_withheld
from consult.online_reports.models import FileDecision, OnlineReport
from consult.online_reports.screening import AlreadyDecided, NeedsAnother
from consult.online_reports.staff_forms import RevealForm
from consult.online_reports.staff_views import SCREENERS, TOO_LATE, own_areas
from consult.online_reports.wording import place_in_words
from consult.web.roles import only

bp = Blueprint("looking", __name__)
WORDS = "words"

DECIDED = {
    FileDecision.SHOWN: _l("Your colleagues see the file."),
    FileDecision.WITHHELD: _l("The file is hidden. A second person must look at it before it stays so."),
}


@bp.get("/online-reports/screening/<int:report_id>/files")
@only(*SCREENERS)
def files(report_id: int) -> ResponseReturnValue:
    """Show the files of a report, each with what was decided about it."""
    report = waiting.waiting_report(own_areas(), report_id).report
    return render_template(
        "looking/files.html",
        report=report,
        files=[(file, title(file.kind, file.position)) for file in looking.files_of(report)],
        standing=looking.standing(report),
        words_are_withheld=is_withheld(report),
    )


@bp.get("/online-reports/screening/files/<string:name>")
@only(*SCREENERS)
def file(name: str) -> ResponseReturnValue:
    """Give a file to a screener; one that two people withheld is opened for a reason alone."""
    found, report = owned(name)
    if looking.is_kept_back(report, name):
        return redirect(url_for("looking.kept_back", report_id=report.id))
    answer = answer_with(found, report.number.lower())
    audit.note_reading(
        current_user.id, "look_at_file", "online_report", report.id, current_user.scope, file=found.position
    )
    return answer


@bp.post("/online-reports/screening/files/<string:name>/<any(shown, withheld):decision>")
@only(*SCREENERS)
def decide(name: str, decision: str) -> ResponseReturnValue:
    """Show a file to colleagues, or withhold it."""
    _found, report = owned(name)
    chosen = FileDecision(decision)
    try:
        looking.decide(current_user, report, name, chosen)
    except AlreadyDecided:
        flash(TOO_LATE, "error")
    else:
        flash(str(DECIDED[chosen]), "success")
    return redirect(url_for("looking.files", report_id=report.id), 303)


@bp.post("/online-reports/screening/files/<string:name>/confirm")
@only(*SCREENERS)
def confirm(name: str) -> ResponseReturnValue:
    """Let a file stay withheld, as the second person who looked at it."""
    _found, report = owned(name)
    try:
        looking.confirm(current_user, report, name)
    except NeedsAnother:
        flash(_("You withheld this file yourself: somebody else has to look at it."), "error")
    except AlreadyDecided:
        flash(TOO_LATE, "error")
    else:
        flash(_("Confirmed: the file stays withheld."), "success")
    return redirect(url_for("looking.files", report_id=report.id), 303)


@bp.post("/online-reports/screening/files/<string:name>/undo")
@only(*SCREENERS)
def undo(name: str) -> ResponseReturnValue:
    """Take the decision about a file back."""
    _found, report = owned(name)
    try:
        looking.undo(current_user, report, name)
    except AlreadyDecided:
        flash(TOO_LATE, "error")
    else:
        flash(_("Taken back: the file is seen like the words of the report."), "success")
    return redirect(url_for("looking.files", report_id=report.id), 303)


@bp.route("/online-reports/screening/<int:report_id>/kept-back", methods=["GET", "POST"])
@only(*SCREENERS)
def kept_back(report_id: int) -> ResponseReturnValue:
    """Open what two people withheld of a report, its words or a file, to a screener who says what for."""
    report = waiting.waiting_report(own_areas(), report_id).report
    files = {file.name: file for file in looking.kept_back(report)}
    offered = [(WORDS, _("What was written"))] if screening.keeps_words_back(report) else []
    offered += [(file.name, title(file.kind, file.position)) for file in files.values()]
    if not offered:
        abort(404)
    form = RevealForm()
    form.offer(offered)
    is_open = form.validate_on_submit()
    chosen = files.get(form.what.data) if is_open else None
    if chosen:
        answer = answer_with(chosen, report.number.lower())
    else:
        page = render_template(
            "looking/kept_back.html", report=report, form=form, is_open=is_open, place=place_in_words(report.place)
        )
        answer = make_response(page, form.status)
    if is_open:
        told = {**({"file": chosen.position} if chosen else {}), **form.told}
        audit.note(current_user.id, "look_at_withheld", "online_report", report.id, current_user.scope, **told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def owned(name: str) -> tuple[Attachment, OnlineReport]:
    """Give a file with its report, if the reader screens that report; any other is not there."""
    found = attachments.by_name(name)
    report = queries.by_natural_key(found.source_key) if found.source == queries.SOURCE else None
    if report is None:
        abort(404)
    return found, waiting.waiting_report(own_areas(), report.id).report
