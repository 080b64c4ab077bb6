"""Forms of the heart: a change of status, and decisions about links with their reason."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from consult.threats.wording import STATUS_LABELS
from consult.threats.workflow import ALLOWED, Status
from consult.web.forms import Form, PlainText


class StatusForm(Form):
    """What was found and done about a threat."""

    after = RadioField(_l("New status"), validators=[InputRequired()])
    checks = IntegerField(
        _l("Number of checks on the spot"),
        description=_l("How many times the place was checked since the last change."),
        validators=[Optional(), NumberRange(0, 1000)],
    )
    reason = TextAreaField(
        _l("What was found and done"),
        description=_l("Residents read this answer. Do not name people."),
        validators=[InputRequired(), PlainText(), Length(max=1000)],
    )

    def offer(self, before: Status) -> None:
        """Offer the states that may follow."""
        self.after.choices = [(status.value, STATUS_LABELS[status]) for status in ALLOWED[before]]


class ReasonForm(Form):
    """Why a voice is moved, taken out or kept apart."""

    reason = StringField(
        _l("Why?"),
        description=_l("One sentence for colleagues who will read the history."),
        validators=[InputRequired(), PlainText(), Length(max=500)],
    )


class MoveForm(ReasonForm):
    """Where a voice is moved, and why."""

    threat_id = IntegerField(
        _l("Number of the threat it belongs to"),
        description=_l("The number stands on the threat's page, for example 125."),
        validators=[InputRequired(), NumberRange(1, 2**31 - 1)],
    )
