"""Forms of signing in, passwords and accounts."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.accounts import passwords, titles
from consult.web.forms import Form, PlainText
from consult.web.roles import Role

ADDRESS = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
LONGEST_ADDRESS = 254
WEAKNESSES = {
    passwords.Weakness.TOO_SHORT: _l("Enter at least 12 characters."),
    passwords.Weakness.TOO_LONG: _l("Enter at most 128 characters."),
    passwords.Weakness.GUESSABLE: _l(
        "This password is easy to guess: it is made of common words, runs of characters or your own address. "
        "Choose several words that have nothing to do with each other."
    ),
}
PASSWORD_HINT = _l("At least 12 characters. Several words that have nothing to do with each other are best.")


def is_address(text: str) -> bool:
    """Tell whether a text looks like an e-mail address."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def printable(text: str | None) -> str:
    """Leave out what no address and no search holds, such as the zero that PostgreSQL refuses."""
    return "".join(character for character in text or "" if character.isprintable())


class SignInForm(Form):
    """Name and password."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address."))], filters=[printable])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    next = HiddenField()
    typed = HiddenField()
    """What was typed into another form when the session had ended (`consult.web.typed`)."""

    def refuse(self) -> None:
        """Say that this does not let anybody in, whatever was wrong."""
        self.form_errors.append(_l("The e-mail address or the password is wrong. Check both and try again."))


class ForgottenPasswordForm(Form):
    """The address to send a link to."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address."))])

    def validate_email(self, field: Field) -> None:
        """Refuse what is no address."""
        field.data = (field.data or "").strip()
        if not is_address(field.data):
            raise ValidationError(_l("Enter an address such as anna.nowak@policja.gov.pl."))


def _new_password() -> PasswordField:
    return PasswordField(_l("New password"), [InputRequired(_l("Enter a new password."))], description=PASSWORD_HINT)


def _again() -> PasswordField:
    return PasswordField(_l("New password again"), [InputRequired(_l("Enter the new password again."))])


class NewPasswordForm(Form):
    """A password, twice, good enough for its owner."""

    password = _new_password()
    again = _again()

    about: tuple[str, ...] = ()
    """Words of the owner, which a guesser tries first."""

    def validate_password(self, field: Field) -> None:
        """Refuse what is short or guessed first."""
        weakness = passwords.weakness(field.data or "", self.about)
        if weakness is not None:
            raise ValidationError(WEAKNESSES[weakness])

    def validate_again(self, field: Field) -> None:
        """Refuse a slip of the finger."""
        if self.password.data != field.data:
            raise ValidationError(_l("The two passwords differ. Enter the same one twice."))


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])
    password = _new_password()
    again = _again()

    def refuse(self) -> None:
        """Say that the present password is wrong."""
        self.present.errors = [*self.present.errors, _l("The present password is wrong.")]


class AccountForm(Form):
    """A new account."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter the e-mail address."))],
        description=_l("A work address. The link for the first password goes there."),
    )
    function = StringField(
        _l("Position at work"),
        [
            InputRequired(_l("Enter the position at work.")),
            Length(max=120, message=_l("Enter at most 120 characters.")),
            PlainText(),
        ],
        filters=[printable],
        description=_l("For example: beat officer, prevention specialist. No name or rank is needed."),
    )
    unit = SelectField(_l("Unit"), [InputRequired(_l("Choose the unit."))], coerce=int)
    role = RadioField(_l("Role"), [InputRequired(_l("Choose the role."))], coerce=Role)

    def offer(self, units: list[tuple[int, str]], roles: tuple[Role, ...]) -> None:
        """Offer the units and roles that the person who fills in the form may give."""
        self.unit.choices = units
        self.role.choices = [(role.value, titles.ROLES[role]) for role in roles]

    def validate_email(self, field: Field) -> None:
        """Refuse what is no address."""
        field.data = (field.data or "").strip()
        if not is_address(field.data):
            raise ValidationError(_l("Enter an address such as anna.nowak@policja.gov.pl."))

    def refuse_taken(self) -> None:
        """Say that somebody has this address already."""
        self.email.errors = [*self.email.errors, _l("There is already an account with this address.")]


class SuccessorForm(Form):
    """Who takes over open work."""

    successor = RadioField(
        _l("Who takes over the open work"), [InputRequired(_l("Choose who takes over the open work."))], coerce=int
    )

    def offer(self, colleagues: list[tuple[int, str]], nobody: Any) -> None:
        """Offer the colleagues of the unit; nobody is an answer too, when it is said."""
        self.successor.choices = [*colleagues, (0, nobody)]
