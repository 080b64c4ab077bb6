"""Pages and documents of approved minutes: for everybody, for staff, and two versions side by side."""

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.audit import operations as audit
from consult.disclosure import Audience
from consult.documents.rendering import DocumentRefused
from consult.web.limits import limited, prints
from consult.web.roles import only, public
from debates import freezing, printing, queries
from debates.edition_words import files_compared, head_compared, proposals_compared, statements_compared, worded
from debates.evaluation import evaluation_of
from debates.models import Meeting, MinutesEdition
from debates.views import bp
from debates.views.access import READERS, seen_meeting

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/debates/<int:meeting_id>/minutes")
@public
def minutes(meeting_id: int) -> ResponseReturnValue:
    """Show everybody the minutes of a meeting as they were approved last."""
    edition = queries.newest_edition(meeting_id)
    record = freezing.still_public(edition.public, edition.meeting)
    return render_template(
        "debates/minutes.html",
        meeting=edition.meeting,
        edition=worded(record),
        approved=edition,
        evaluation=evaluation_of(edition.meeting, Audience.PUBLIC),
        is_staff=current_user.is_authenticated and can(current_user, Action.SEE, edition.meeting),
    )


@bp.get("/debates/<int:meeting_id>/minutes.pdf")
@public
@limited("60/hour", methods=("GET", "HEAD"))
def minutes_pdf(meeting_id: int) -> ResponseReturnValue:
    """Give everybody the minutes of a meeting as a PDF."""
    edition = queries.newest_edition(meeting_id)
    record = freezing.still_public(edition.public, edition.meeting)
    return _file(_printed(record, edition), PDF, f"sprawozdanie-{meeting_id}-{edition.number}.pdf")


@bp.get("/debates/<int:meeting_id>/minutes/full.pdf")
@only(*READERS)
@prints()
def full_pdf(meeting_id: int) -> ResponseReturnValue:
    """Give staff the whole minutes as a PDF; before they are approved, a draft."""
    meeting = seen_meeting(meeting_id)
    edition = _newest(meeting)
    record = edition.full if edition else freezing.full(meeting)
    content, name = _printed(record, edition), _name(meeting, edition, "pdf")
    _note(meeting, name)
    return _file(content, PDF, name)


@bp.get("/debates/<int:meeting_id>/minutes/full.docx")
@only(*READERS)
@prints()
def full_docx(meeting_id: int) -> ResponseReturnValue:
    """Give staff the whole minutes as a document that an office program edits."""
    meeting = seen_meeting(meeting_id)
    edition = _newest(meeting)
    with force_locale("pl"):
        content = printing.office_document(edition.full if edition else freezing.full(meeting), edition)
    name = _name(meeting, edition, "docx")
    _note(meeting, name)
    return _file(content, DOCX, name)


def _newest(meeting: Meeting) -> MinutesEdition | None:
    """Give the edition in force; while minutes are written or corrected there is none, and a draft is given."""
    return None if meeting.is_writable else next(iter(queries.editions_of(meeting)), None)


def _name(meeting: Meeting, edition: MinutesEdition | None, ending: str) -> str:
    return f"sprawozdanie-{meeting.id}-{edition.number if edition else 'projekt'}-pelne.{ending}"


def _note(meeting: Meeting, name: str) -> None:
    audit.note_reading(current_user.id, "download", "meeting", meeting.id, meeting.unit_path, file=name)


def _printed(record: dict[str, object], edition: MinutesEdition | None) -> bytes:
    try:
        return printing.printed(record, edition)
    except DocumentRefused as refused:
        current_app.logger.warning("%s: %s", request.path, refused)
        abort(503)


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment" if kind == DOCX else "inline", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/debates/<int:meeting_id>/minutes/versions")
@only(*READERS)
def versions(meeting_id: int) -> ResponseReturnValue:
    """List the approved versions of the minutes of a meeting."""
    meeting = seen_meeting(meeting_id)
    editions = queries.editions_of(meeting)
    if not editions:
        abort(404)
    return render_template("debates/versions.html", meeting=meeting, editions=editions)


@bp.get("/debates/<int:meeting_id>/minutes/versions/<int:number>")
@only(*READERS)
def version(meeting_id: int, number: int) -> ResponseReturnValue:
    """Compare a version of the minutes with an earlier one; the first stands by itself."""
    meeting = seen_meeting(meeting_id)
    after = queries.edition(meeting.id, number)
    chosen = request.args.get("since", number - 1, type=int)
    if number > 1 and not 1 <= chosen < number:
        return redirect(url_for("debates.version", meeting_id=meeting.id, number=number))
    before = queries.edition(meeting.id, chosen) if number > 1 else after
    return render_template(
        "debates/version.html",
        meeting=meeting,
        before=before,
        after=after,
        earlier=[one for one in queries.editions_of(meeting) if one.number < number],
        head=head_compared(before.full, after.full),
        statements=statements_compared(before.full, after.full),
        proposals=proposals_compared(before.full, after.full),
        files=files_compared(before.full, after.full),
    )
