"""Answering with a file: nothing in it ever runs as a page of ours. Who may see it is for the owner's door to say."""

from flask import Response, abort, current_app

from consult.attachments import queries
from consult.attachments.models import Attachment
from consult.attachments.sifting import Kind

POLICY = "default-src 'none'; sandbox"
TYPES = {Kind.PHOTO: "image/jpeg", Kind.PDF: "application/pdf"}
SUFFIXES = {Kind.PHOTO: "jpg", Kind.PDF: "pdf"}


def answer_with(attachment: Attachment, label: str) -> Response:
    """Send a photo to look at, a document only to be saved; `label` is what the saved file is called."""
    path = queries.folder().path(attachment.kind, attachment.name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        current_app.logger.error("the file of attachment %s is not there", attachment.id)  # noqa: TRY400
        abort(404)
    answer = Response(content, mimetype=TYPES[attachment.kind])
    way = "inline" if attachment.kind is Kind.PHOTO else "attachment"
    saved_as = f"{label}-{attachment.position}.{SUFFIXES[attachment.kind]}"
    answer.headers["Content-Disposition"] = f'{way}; filename="{saved_as}"'
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer
