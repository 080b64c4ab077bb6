"""The living page of the design: every component in every state, for whoever builds a page and whoever checks it.

Nothing on it is sent anywhere; its examples are made up.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length

from consult.clock import now
from consult.threats.workflow import Status
from consult.web.forms import Form
from consult.web.roles import Role, only

bp = Blueprint("design", __name__)
WAYS = [SelectChoice("phone", _l("By phone")), SelectChoice("letter", _l("By letter"))]
DAYS = [SelectChoice("mon", _l("Monday")), SelectChoice("tue", _l("Tuesday"))]
TOKENS = (
    "ink", "muted", "paper", "tint", "line", "brand", "brand-tint", "button", "danger", "danger-tint", "caution",
    "caution-tint",
)  # fmt: skip
"""The colours that components name, as they are called in the styles; each has a light and a dark value."""

NEEDED = InputRequired(_l("Fill this in."))


class ExampleForm(Form):
    """One field of each kind. It is never sent, so it has no token."""

    class Meta(Form.Meta):
        """What differs from a form that is sent."""

        csrf = False

    text = StringField(_l("A line of text"), [NEEDED, Length(max=120)], description=_l("A hint says what is wanted."))
    number = IntegerField(_l("A number"), [NEEDED])
    day = DateField(_l("A day"), [NEEDED])
    hour = TimeField(_l("A time"))
    words = TextAreaField(_l("Several lines"), [NEEDED, Length(max=500)])
    one = SelectField(_l("One of a list"), [NEEDED], choices=[SelectChoice("", _l("Choose")), *WAYS])
    way = RadioField(_l("One of a few"), [NEEDED], choices=WAYS)
    several = SelectMultipleField(_l("Several of a few"), choices=DAYS)
    agreed = BooleanField(_l("A sentence to agree to"), [NEEDED])
    secret = PasswordField(_l("A password"))
    file = FileField(_l("A file"))


@bp.get("/design")
@only(*Role)
def index() -> ResponseReturnValue:
    """Show every component in every state."""
    wrong = ExampleForm(formdata=None, prefix="wrong-")
    wrong.validate()
    return render_template(
        "design/index.html",
        example=ExampleForm(formdata=None, prefix="right-"),
        wrong=wrong,
        statuses=list(Status),
        tokens=TOKENS,
        now=now,
    )
