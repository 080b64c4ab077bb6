"""The base of every form. A form's fields have the names of its operation's parameters."""

import unicodedata
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, SubmitField
from wtforms.validators import ValidationError

from consult.personal_data import Kind, pieces
from consult.web.languages import is_switching
from consult.web.security import from_anywhere
from consult.web.transactions import one_at_a_time

csrf = CSRFProtect()


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form of the current request with its CSRF token.

    What no page can show, such as the zero that PostgreSQL refuses, is taken out of every field before it is read, a
    hidden one or a day no less than a text; whoever sent it is told at the field.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF has no types
        """How what was sent comes into the form."""

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """Leave out what no page can show, and note where it stood."""
            sent = super().wrap_formdata(form, formdata)
            if not sent:
                return sent
            values = [(name, value) for name in sent for value in sent.getlist(name)]
            form.unshown = {name for name, value in values if isinstance(value, str) and _shown(value) != value}
            if not form.unshown:
                return sent
            return MultiDict((name, _shown(value) if isinstance(value, str) else value) for name, value in values)

    unshown: frozenset[str] | set[str] = frozenset()

    @property
    def values(self) -> dict[str, Any]:
        """What the reader filled in, ready for the operation."""
        return {
            name: field.data
            for name, field in self._fields.items()
            if name != "csrf_token" and not isinstance(field, SubmitField)
        }

    @property
    def asks_again(self) -> bool:
        """Whether the reader pressed a button that only helps to fill in the form: a search, the map, a language."""
        return self.is_submitted() and (is_switching() or any(getattr(field, "asks_again", False) for field in self))

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Tell whether the form was sent, wholly, and every field of it is right."""
        return not self.asks_again and super().validate_on_submit(extra_validators=extra_validators)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether every field is right; one that held what no page can show is not."""
        is_right = bool(super().validate(extra_validators))
        spoilt = {field for name in self.unshown if (field := self._field_of(name)) is not None}
        for one in spoilt:
            one.errors = [*one.errors, _l("Remove control characters from this text; they cannot be saved.")]
        return is_right and not spoilt

    def _field_of(self, name: str) -> Field | None:
        """Find the field that a part of what was sent belongs to, such as one box of several."""
        fitting = [field for field in self if name.startswith(field.name)]
        return max(fitting, key=lambda field: len(field.name), default=None)

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 422 when it was sent with errors."""
        return 422 if self.errors else 200


_LINES = "\r\n\t"


def _is_shown(character: str) -> bool:
    """Tell whether a character may stand in a page; the ends of lines are put in order by `PlainText`."""
    return character in _LINES or unicodedata.category(character) not in {"Cc", "Cs", "Cn"}


def _shown(text: str) -> str:
    return text if text.isprintable() else "".join(character for character in text if _is_shown(character))


class KeyedForm(Form):
    """A form with an idempotency key: sent twice, it is saved once."""

    key = HiddenField(default=lambda: uuid.uuid4().hex)
    is_refused = False
    """Whether something else was saved with the key before."""

    def validate_key(self, field: Field) -> None:
        """Refuse a key that is no UUID of ours. Of two clicks at once the second waits until the first has ended."""
        try:
            key = uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError(_l("The form has expired. Refresh the page and send it again.")) from error
        field.data = key.hex
        one_at_a_time(key)

    def refuse_key(self) -> None:
        """Say that something else was saved with the key, and give another one, so that it can be sent again."""
        self.key.data, self.key.raw_data = uuid.uuid4().hex, None
        self.is_refused = True
        self.form_errors.append(_l("Something else was saved with this form before. Check it and send it again."))

    @property
    def status(self) -> int:
        """The status of the page that shows this form."""
        return 409 if self.is_refused else super().status


class PlainText:
    """Validator: text without control characters, in the composed form (NFC), trimmed."""

    def __call__(self, _form: Any, field: Field) -> None:
        text = unicodedata.normalize("NFC", field.data or "").replace("\r\n", "\n").strip()
        # What cannot be printed cannot be shown again either: the page offers the rest.
        field.data = "".join(character for character in text if _is_printable(character))
        if field.data != text:
            raise ValidationError(_l("Remove control characters from this text; they cannot be saved."))


def _is_printable(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs", "Cn"}


OWN_NUMBERS = (Kind.PHONE, Kind.EMAIL)
"""What a public text may well hold: where to call and write."""


class NamesNobody:
    """Validator: a public text holds no name, plate, PESEL or account; numbers to call are the police's own."""

    def __call__(self, _form: Any, field: Field) -> None:
        found = [piece for piece, kind in pieces(field.data or "") if kind is not None and kind not in OWN_NUMBERS]
        if found:
            raise ValidationError(_("Take this out before it is published: %(found)s.", found=", ".join(found)))


View = TypeVar("View", bound=Callable[..., Any])


def checks_its_token(view: View) -> View:
    """Leave the check of the token to a view, which asks `lacks_token` itself and can give back what was typed."""
    csrf.exempt(view)
    return view


def needs_no_token(view: View) -> View:
    """Take posts without a form's token: the secret in the address is the right, and a mail program sends it."""
    csrf.exempt(view)
    return from_anywhere(view)


def lacks_token() -> bool:
    """Tell whether a post came without the token of its form, or without the cookie that goes with it."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return False
    try:
        csrf.protect()
    except CSRFError:
        return True
    return False


def init_app(app: Flask) -> None:
    """Protect every POST."""
    csrf.init_app(app)
