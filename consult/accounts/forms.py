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


class SecondStepForm(Form):
    """A code of the app, or one from paper."""

    code = StringField(_l("Code from the app"), description=_l("Six digits. A new code comes every half minute."))
    recovery = StringField(
        _l("Recovery code"), description=_l("One of the codes that you printed or wrote down. Each opens once.")
    )
    next = HiddenField()
    typed = HiddenField()

    def validate_code(self, field: Field) -> None:
        """Ask for one of the two."""
        if not (field.data or "").strip() and not (self.recovery.data or "").strip():
            raise ValidationError(_l("Enter the code that the app shows now, or a recovery code."))

    def refuse(self) -> None:
        """Say that the code lets nobody in."""
        if (self.recovery.data or "").strip():
            self.recovery.errors = [*self.recovery.errors, _l("This recovery code is wrong or was used already.")]
        else:
            self.code.errors = [
                *self.code.errors,
                _l("This code is wrong or was used already. Wait for the next one and enter it."),
            ]


class SetUpForm(Form):
    """The first code of an app."""

    code = StringField(
        _l("Code from the app"),
        [InputRequired(_l("Enter the six digits that the app shows now."))],
        description=_l("The six digits that the app shows now."),
    )
    seal = HiddenField()
    next = HiddenField()
    typed = HiddenField()

    def refuse_code(self) -> None:
        """Say that the code is not the app's."""
        self.code.errors = [
            *self.code.errors,
            _l("The app shows another code. Check that the clock of the telephone is right, and enter the next one."),
        ]

    def refuse_seal(self) -> None:
        """Say that the page is too old; the secret on it is another one now."""
        self.form_errors.append(_l("The page was open for too long. Scan the new code and enter what the app shows."))


class SignedInSetUpForm(SetUpForm):
    """The first code of an app, and the password of whoever is signed in already."""

    present = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])

    def refuse(self) -> None:
        """Say that the present password is wrong."""
        self.present.errors = [*self.present.errors, _l("The present password is wrong.")]


class PresentPasswordForm(Form):
    """The present password, asked once more before something that matters."""

    present = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])

    def refuse(self) -> None:
        """Say that the present password is wrong."""
        self.present.errors = [*self.present.errors, _l("The present password is wrong.")]


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
