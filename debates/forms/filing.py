"""Forms of the files of a meeting. A field is named as its operation's parameter."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, ValidationError

from consult.attachments.forms import AttachmentsField
from consult.attachments.sifting import MEGABYTE
from consult.web.forms import Form, KeyedForm
from debates.forms.fields import line_field

MOST_BYTES = 15 * MEGABYTE
"""A scan of some pages in colour fits; the whole form stays below what a page with files may be sent."""


class NewFileForm(KeyedForm):
    """Files to add to minutes, with what they are."""

    files = AttachmentsField(
        _l("Files"),
        description=_l(
            "Up to 3 photos or PDF files at a time, 15 MB together. What a photo says about where and when it was "
            "taken is removed. Only the police see the files."
        ),
        most_bytes=MOST_BYTES,
    )
    description = line_field(
        _l("What is it?"),
        DataRequired(_l("Write what it is.")),
        longest=300,
        description=_l(
            "For example: signed list of the officials present. It stands in the whole minutes, without the file. "
            "Add different things one after the other."
        ),
    )

    @property
    def values(self) -> dict[str, Any]:
        """What is added; the files wait under the form's key."""
        return {"key": self.key.data, "description": self.description.data}

    def validate_files(self, field: AttachmentsField) -> None:
        """Refuse a form without any file."""
        if not field.held and not field.complaints:
            raise ValidationError(_("Choose at least one file."))


class WithdrawFileForm(Form):
    """Why a file is withdrawn."""

    reason = line_field(
        _l("Reason"),
        DataRequired(_l("Give the reason.")),
        longest=500,
        description=_l("Only the police read it."),
    )
