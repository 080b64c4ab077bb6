"""Forms after a report was sent: questions and answers, an address for letters, "is it gone?", and its review."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.accounts.forms import LONGEST_ADDRESS, is_address
from consult.online_reports.models import Says
from consult.online_reports.wording import SAYS
from consult.personal_data import marks
from consult.receipts import receipt_in
from consult.web.forms import Form, PlainText
from consult.web.open_forms import OpenForm, Pause

LONGEST = 500
SHORTER = _l("Shorten it to 500 characters.")
TOO_MANY_LETTERS = Pause(
    _l("Wait an hour, please"),
    _l("Many letters have been asked for from your network or for this address. Ask for yours again later."),
    status=429,
)
WAIT = Pause(
    _l("Wait an hour, please"),
    _l("Many messages have come from your network. What you wrote is below: send it again later."),
    status=429,
)


class FindForm(Form):
    """The receipt of a report that somebody wants to open: typed, copied, or as the whole link."""

    receipt = StringField(
        _l("Code or link from the receipt"),
        description=_l("32 letters and digits, with or without blanks. You can also paste the whole link."),
        validators=[PlainText(), InputRequired(_l("Write the code or paste the link.")), Length(max=300)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def validate_receipt(self, field: Field) -> None:
        """Refuse what holds no receipt; the short number of a report opens nothing, since many could guess it."""
        if not field.errors and receipt_in(field.data) is None:
            raise ValidationError(
                _("This is not the whole code. The short number of a report is not enough: it would be easy to guess.")
            )

    def refuse(self) -> None:
        """Say that no report has this receipt."""
        self.receipt.errors = [_("There is no report with this code. Compare it with the receipt, sign by sign.")]


class AnswerForm(OpenForm):
    """The answer to what the police ask about a report."""

    text = TextAreaField(
        _l("Your answer"),
        description=_l("Only the police read it. No names, phone numbers or number plates of other people."),
        validators=[PlainText(), DataRequired(_l("Write your answer.")), Length(max=LONGEST, message=SHORTER)],
    )

    @property
    def said_now(self) -> str:
        """The answer may speak of this moment."""
        return self.text.data or ""

    @property
    def values(self) -> dict[str, Any]:
        """The answer, without what guards the form."""
        return {"text": self.text.data}


class LettersForm(OpenForm):
    """The address that wants letters about a report."""

    address = EmailField(
        _l("Your e-mail address"),
        description=_l("It is used for nothing else, kept apart from the report and deleted 14 days after the end."),
        validators=[InputRequired(_l("Enter your e-mail address.")), PlainText()],
        render_kw={"autocomplete": "email"},
    )

    def validate_address(self, field: Field) -> None:
        """Refuse what is no address that every mail server takes."""
        if not is_address(field.data) or not field.data.isascii() or len(field.data) > LONGEST_ADDRESS:
            raise ValidationError(_("Enter an address such as anna.nowak@example.com."))

    @property
    def values(self) -> dict[str, Any]:
        """The address, without what guards the form."""
        return {"address": self.address.data}


class OutcomeForm(OpenForm):
    """What whoever sent a report says after it was closed."""

    says = RadioField(
        _l("Is the threat gone?"),
        choices=[SelectChoice(one.value, label) for one, label in SAYS.items()],
        coerce=lambda value: Says(value) if value in set(Says) else value,
        validators=[InputRequired(_l("Choose an answer."))],
    )
    words = TextAreaField(
        _l("What do you see there?"),
        description=_l("You may leave it empty. Only the police read it. No names or number plates."),
        validators=[PlainText(), Length(max=LONGEST, message=SHORTER)],
    )

    @property
    def said_now(self) -> str:
        """The words may speak of this moment."""
        return self.words.data or ""

    @property
    def values(self) -> dict[str, Any]:
        """The answer, without what guards the form."""
        return {"says": self.says.data, "words": self.words.data or ""}


def refuse_personal_data(field: Field) -> None:
    """Refuse what looks like somebody's data in words that leave the house."""
    if marks(field.data or ""):
        raise ValidationError(_("Leave out what looks like personal data: numbers of phones, plates, accounts."))


class QuestionForm(Form):
    """What the police ask whoever sent a report."""

    text = TextAreaField(
        _l("What do you want to ask?"),
        description=_l("One question in plain words. The reporter reads it on the page of the receipt."),
        validators=[PlainText(), DataRequired(_l("Write the question.")), Length(max=LONGEST, message=SHORTER)],
    )

    def validate_text(self, field: Field) -> None:
        """Refuse personal data: whoever has the receipt's link reads the question."""
        refuse_personal_data(field)


class ReviewForm(Form):
    """What was found when the head of the unit looked at a case again."""

    text = TextAreaField(
        _l("What was found and decided"),
        description=_l("The reporter reads it. Do not name people."),
        validators=[PlainText(), DataRequired(_l("Write what was found.")), Length(max=LONGEST, message=SHORTER)],
    )

    def validate_text(self, field: Field) -> None:
        """Refuse personal data: whoever has the receipt's link reads it."""
        refuse_personal_data(field)
