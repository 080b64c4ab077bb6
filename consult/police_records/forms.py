"""The form of a file with official figures, and the word that exactly what was shown is taken."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, Field, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, Optional, ValidationError

from consult.districts.official import FigureKind
from consult.web.forms import Form, KeyedForm, PlainText

MOST_BYTES = 5 * 1024 * 1024


class FiguresFileForm(KeyedForm):
    """A file with official figures, to look at before anything is taken."""

    kind = RadioField(
        _l("What the file holds"),
        choices=[
            SelectChoice(FigureKind.OFFENCES.value, _l("recorded offences")),
            SelectChoice(FigureKind.POPULATION.value, _l("population")),
            SelectChoice(FigureKind.AREA.value, _l("area of land")),
        ],
        default=FigureKind.OFFENCES.value,
    )
    file = FileField(
        _l("File with the figures"),
        description=_l("A sheet of the Local Data Bank (.xlsx) or a table with one figure a row (CSV), at most 5 MB."),
        render_kw={"accept": ".xlsx,.csv"},
    )
    source = StringField(
        _l("Where the figures come from"),
        description=_l(
            "A sheet of the Local Data Bank says it itself. For a CSV file write for example: KWP w Łodzi, 2025."
        ),
        validators=[PlainText(), Length(max=300)],
    )
    updated_on = DateField(
        _l("Day of the figures"),
        description=_l("Only if the file does not say when its figures were brought up to date."),
        validators=[Optional()],
    )
    content: bytes = b""
    file_name: str = ""

    def validate_file(self, field: Field) -> None:
        """Read the file, as far as a page takes one."""
        if not field.data:
            raise ValidationError(_l("Choose a file."))
        self.content = field.data.read(MOST_BYTES + 1)
        self.file_name = field.data.filename or ""
        field.data.close()
        if len(self.content) > MOST_BYTES:
            raise ValidationError(
                _l("This file is larger than 5 MB. Divide it, or ask the administrator to import it by the command.")
            )
        if not self.content.strip():
            raise ValidationError(_l("This file is empty. Choose the one with the figures."))

    @property
    def values(self) -> dict[str, Any]:
        """What is kept until its reader says yes."""
        return {
            "key": self.key.data,
            "kind": self.kind.data,
            "content": self.content,
            "name": self.file_name,
            "source": self.source.data or "",
            "updated_on": self.updated_on.data,
        }


class ConfirmationForm(Form):
    """The word of a reader: `digest` names what was shown."""

    digest = HiddenField()
