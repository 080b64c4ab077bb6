"""The form that enters a reader of a district's summaries: an office with its official address."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.accounts.forms import is_address
from consult.web.forms import KeyedForm, NamesNobody, PlainText


class ReaderForm(KeyedForm):
    """Whose office it is, where it is written to, and about which editions."""

    function = StringField(
        _l("Function or office"),
        [DataRequired(_l("Write whose office it is.")), PlainText(), Length(max=120), NamesNobody()],
        description=_l("For example: Starosta łaski. Never the name of a person."),
    )
    email = EmailField(
        _l("Official e-mail address"),
        [InputRequired(_l("Enter the official address.")), PlainText()],
        description=_l("The address of the office, as it publishes it itself, and nobody's private one."),
        render_kw={"autocomplete": "off"},
    )
    languages = SelectMultipleField(
        _l("Editions it is written about"),
        [DataRequired(_l("Choose an edition."))],
        choices=[SelectChoice("pl", "Polski"), SelectChoice("en", "English")],
        default=["pl"],
    )
    asked_again = BooleanField(_l("The office has asked for the letters again"))

    has_stopped = False
    """Whether the office has stopped the letters before: only then it is asked whether it wants them again."""

    def validate_email(self, field: Field) -> None:
        """Refuse what is no address that every mail server takes."""
        if not is_address(field.data) or not field.data.isascii():
            raise ValidationError(_("Enter an address such as sekretariat@example.com."))

    def refuse_twice(self) -> None:
        """Say that the address stands on the list."""
        self.email.errors = [_("This address stands on the list already.")]

    def refuse_stopped(self) -> None:
        """Say that the office wants no letters, and ask whether it has changed its mind."""
        self.has_stopped = True
        self.asked_again.errors = [_("This office has stopped the letters. Enter it only if it asks for them again.")]
