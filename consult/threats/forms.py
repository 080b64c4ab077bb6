"""Forms of the heart: checks, a change of status, and decisions about links with their reason."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from consult.accounts.models import Account
from consult.clock import today
from consult.threats.checking import Finding
from consult.threats.models import ReasonTemplate
from consult.threats.wording import CHECK_FAULTS, FINDING_LABELS, STATUS_LABELS
from consult.threats.workflow import ALLOWED, Status
from consult.web.forms import Form, KeyedForm, PlainText


def _optional_number(text: Any) -> int | None:
    return int(text) if text else None


NARROW, SHORT = {"classes": "govuk-input--width-10"}, {"classes": "govuk-input--width-5"}


class CheckForm(KeyedForm):
    """A check on the spot: when, what was found, a note for colleagues."""

    checked_on = DateField(
        _l("Day of the check"),
        [InputRequired(_l("Enter the day of the check."))],
        default=today,
        render_kw=NARROW,
    )
    checked_time = TimeField(
        _l("Time of the check"),
        [InputRequired(_l("Enter the time of the check, for example 21:30."))],
        render_kw=SHORT,
    )
    finding = RadioField(
        _l("What was found?"),
        [InputRequired(_l("Choose what was found."))],
        choices=[SelectChoice(finding.value, label) for finding, label in FINDING_LABELS.items()],
        coerce=Finding,
    )
    note = TextAreaField(
        _l("Note for colleagues"),
        [PlainText(), Length(max=1000)],
        description=_l("Residents never see it. No names and no number plates are needed."),
        render_kw={"rows": 3},
    )

    def refuse(self, fault: str) -> None:
        """Say what is wrong with the moment."""
        self.checked_on.errors = [CHECK_FAULTS[fault]]


class StatusForm(Form):
    """What was found and done about a threat."""

    after = RadioField(_l("New status"), validators=[InputRequired(_l("Choose the new status."))])
    reason = TextAreaField(
        _l("What was found and done"),
        description=_l("Residents read this answer. Do not name people."),
        validators=[InputRequired(_l("Write what was found and done.")), PlainText(), Length(max=1000)],
    )

    def offer(self, before: Status) -> None:
        """Offer the states that may follow."""
        self.after.choices = [(status.value, STATUS_LABELS[status]) for status in ALLOWED[before]]

    def use(self, template: ReasonTemplate) -> None:
        """Begin with the words of a template; they can be changed."""
        self.after.data, self.reason.data = template.status.value, template.text

    def refuse(self, message: Any) -> None:
        """Say why the status cannot be this one."""
        self.after.errors = [message]


class AssignForm(Form):
    """Who works on a threat."""

    account_id = SelectField(_l("Who works on it"), coerce=_optional_number, default="")

    def offer(self, people: Sequence[Account], chosen: int | None) -> None:
        """Offer the people who may decide about the threat; nobody is an answer too."""
        named = [SelectChoice(person.id, f"{person.email} ({person.function})") for person in people]
        self.account_id.choices = [SelectChoice("", _("Nobody yet")), *named]
        if not self.is_submitted():
            self.account_id.data = chosen


class NoteForm(KeyedForm):
    """A note for colleagues."""

    text = TextAreaField(
        _l("Note for colleagues"),
        [DataRequired(_l("Write the note.")), PlainText(), Length(max=2000)],
        description=_l("Residents never see it."),
        render_kw={"rows": 4},
    )


class ReasonTemplateForm(Form):
    """Words to answer with again and again."""

    after = SelectField(
        _l("For which new status"),
        choices=[SelectChoice(status.value, label) for status, label in STATUS_LABELS.items() if status != Status.NEW],
        coerce=Status,
    )
    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), PlainText(), Length(max=80)])
    text = TextAreaField(
        _l("Answer"),
        [DataRequired(_l("Write the answer.")), PlainText(), Length(max=1000)],
        description=_l("In Polish and in plain words; residents read it. It can be changed each time."),
        render_kw={"rows": 6},
    )


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
