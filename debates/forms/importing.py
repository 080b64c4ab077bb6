"""The form of a file with past minutes, and the word that exactly what was shown is entered."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import ValidationError

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.web.forms import Form, KeyedForm

MOST_BYTES = 5 * 1024 * 1024


class MinutesFileForm(KeyedForm):
    """A file with past minutes, to look at before anything is entered."""

    file = FileField(
        _l("File with the minutes"),
        description=_l("CSV, Excel (.xlsx) or JSON, at most 5 MB and 300 rows."),
        render_kw={"accept": ".csv,.xlsx,.json"},
    )
    unit_code = SelectField(
        _l("Unit"),
        description=_l("Choose one if the file does not say it, or if all of it belongs to one unit."),
        validate_choice=True,
    )
    content: bytes = b""

    def offer(self, account: Account) -> None:
        """Offer the units of a person's scope."""
        units = [SelectChoice(unit.code, unit.name) for unit in accounts.units_within(account.scope)]
        self.unit_code.choices = [SelectChoice("", _l("as the file says")), *units]

    def validate_file(self, field: Field) -> None:
        """Read the file, as far as a page takes one."""
        if not field.data:
            raise ValidationError(_l("Choose a file."))
        self.content = field.data.read(MOST_BYTES + 1)
        field.data.close()
        if len(self.content) > MOST_BYTES:
            raise ValidationError(_l("This file is larger than 5 MB. Divide it into several files."))
        if not self.content.strip():
            raise ValidationError(_l("This file is empty. Choose the one with the minutes."))

    @property
    def values(self) -> dict[str, Any]:
        """What is kept until its reader says yes."""
        return {"key": self.key.data, "content": self.content, "unit_code": self.unit_code.data or ""}


class ConfirmationForm(Form):
    """The word of a reader: `digest` names what was shown."""

    digest = HiddenField()
