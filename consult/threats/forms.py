"""Forms of the heart: checks, a change of status, and decisions about links with their reason."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from consult.accounts.models import Account
from consult.clock import today
from consult.partners.models import Partner
from consult.partners.wording import KIND_LABELS
from consult.threats.awaiting import PartnerOutcome
from consult.threats.checking import Finding
from consult.threats.wording import ANSWER_FAULTS, CHECK_FAULTS, FINDING_LABELS, OUTCOME_LABELS, STATUS_LABELS
from consult.threats.workflow import ALLOWED, Status
from consult.web.forms import Form, KeyedForm, NamesNobody, PlainText


def _optional_number(text: Any) -> int | None:
    return int(text) if text else None


LONGEST_WAIT = timedelta(days=366)
"""How far ahead an answer may be expected."""
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

    def begin(self, after: Status, reason: str) -> None:
        """Begin with a state and words, those of a template or of an office's answer; they can be changed."""
        self.after.data, self.reason.data = after.value, reason

    def refuse(self, message: Any) -> None:
        """Say why the status cannot be this one."""
        self.after.errors = [message]


OTHER, UNNAMED = "other", "unnamed"


class HandOverForm(KeyedForm):
    """To whom a threat is handed over, what is asked for and by when, and what residents read."""

    office = RadioField(_l("To whom?"), validators=[InputRequired(_l("Choose to whom it is handed over."))])
    addressee = StringField(
        _l("Name of another office"),
        [PlainText(), Length(max=160), NamesNobody()],
        description=_l("Only when it is not in the list. Residents see it: an office, never a person."),
    )
    address = TextAreaField(
        _l("Its address"),
        [PlainText(), Length(max=600)],
        description=_l("As it is written on an envelope; an e-mail address may follow."),
        render_kw={"rows": 3},
    )
    asked = TextAreaField(_l("What we ask for"), [PlainText(), Length(max=1000), NamesNobody()], render_kw={"rows": 4})
    expected_on = DateField(_l("Answer expected by"), [Optional()], render_kw=NARROW)
    quoted = TextAreaField(
        _l("More for the letter"),
        [PlainText(), Length(max=1000), NamesNobody()],
        description=_l("If you want: what residents wrote, in your words. Nothing about who reported it."),
        render_kw={"rows": 3},
    )
    letter_number = StringField(
        _l("Number of the letter"),
        [PlainText(), Length(max=60)],
        description=_l("The number of your registry. Left empty, the letter gets one of this service."),
        render_kw=NARROW,
    )
    reason = TextAreaField(
        _l("What was found and done"),
        description=_l("Residents read this answer. Do not name people."),
        validators=[InputRequired(_l("Write what was found and done.")), PlainText(), Length(max=1000)],
    )

    def offer(self, partners: Sequence[Partner], group_code: str) -> None:
        """Offer the partners of the place, those for the kind of threat first, and the two ways without one."""
        self.hints = {str(one.id): _partner_hint(one, group_code) for one in partners}
        self.hints[UNNAMED] = _("Without a letter from here, and no answer is awaited.")
        self.office.choices = [
            *(SelectChoice(str(one.id), one.name) for one in partners),
            SelectChoice(OTHER, _("Another office, named below")),
            SelectChoice(UNNAMED, _("As the words for residents say, without a letter")),
        ]

    def begin(self, asked: str, expected_on: date) -> None:
        """Begin with the first partner, the usual request and the usual term."""
        choices: Any = self.office.choices
        self.office.data = choices[0].value
        self.asked.data, self.expected_on.data = asked, expected_on

    @property
    def sent_key(self) -> str:
        """The key that was sent, or nothing when it is none of ours."""
        try:
            return uuid.UUID(self.key.data or "").hex if self.is_submitted() else ""
        except ValueError:
            return ""

    @property
    def is_unnamed(self) -> bool:
        """Whether the words for residents alone say to whom it went."""
        return bool(self.office.data == UNNAMED)

    @property
    def values(self) -> dict[str, Any]:
        """What the operation takes; of an office in the list name and address are known."""
        values = super().values
        office = values.pop("office")
        return values | {"partner_id": None if office == OTHER else int(office)}

    def validate_addressee(self, field: Field) -> None:
        """Ask for the name of an office that is not in the list."""
        if self.office.data == OTHER and not field.data:
            raise ValidationError(_l("Write the name of the office."))

    def validate_address(self, field: Field) -> None:
        """Ask for an address to which a letter can go."""
        if self.office.data == OTHER and not field.data:
            raise ValidationError(_l("Write the address of the office."))

    def validate_asked(self, field: Field) -> None:
        """Ask for what a letter is written for."""
        if not self.is_unnamed and not field.data:
            raise ValidationError(_l("Write what the office should do."))

    def validate_expected_on(self, field: Field) -> None:
        """Refuse a day that is over, and one that nobody will remember."""
        if self.is_unnamed or field.data is None:
            return
        if not today() <= field.data <= today() + LONGEST_WAIT:
            raise ValidationError(_l("Choose a day from today to a year ahead."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the day as well, since an empty one is right where no answer is awaited."""
        is_right = bool(super().validate(extra_validators=extra_validators))
        if self.is_unnamed or self.expected_on.errors or self.expected_on.data is not None:
            return is_right
        self.expected_on.errors = [_("Enter the day by which an answer is expected.")]
        return False

    def refuse(self, message: Any) -> None:
        """Say why it cannot be handed over."""
        self.office.errors = [message]


def _partner_hint(partner: Partner, group_code: str) -> str:
    kind = str(KIND_LABELS[partner.kind])
    return kind if partner.is_for(group_code) else f"{kind}. {_('It is in the register for other kinds of threats.')}"


class PartnerAnswerForm(KeyedForm):
    """What an office answered: for residents in plain words, for colleagues apart."""

    outcome = RadioField(
        _l("What does the office say?"),
        [InputRequired(_l("Choose what the office says."))],
        choices=[SelectChoice(outcome.value, label) for outcome, label in OUTCOME_LABELS.items()],
        coerce=PartnerOutcome,
    )
    answered_on = DateField(
        _l("Day of the answer"), [InputRequired(_l("Enter the day of the answer."))], default=today, render_kw=NARROW
    )
    done_by = DateField(
        _l("Will be done by"), [Optional()], description=_l("Only when it will be done later."), render_kw=NARROW
    )
    passed_to = StringField(
        _l("Passed on to"),
        [PlainText(), Length(max=160), NamesNobody()],
        description=_l("Only when it was passed on: the office, never a person."),
    )
    public_words = TextAreaField(
        _l("The answer in plain words"),
        [DataRequired(_l("Write in a sentence or two what the office answered.")), PlainText(), Length(max=1000),
         NamesNobody()],
        description=_l("Residents read it on the page of the threat and of their report. Do not name people."),
        render_kw={"rows": 4},
    )  # fmt: skip
    internal_words = TextAreaField(
        _l("For colleagues"),
        [PlainText(), Length(max=2000)],
        description=_l("For example the number of their letter. Residents never see it."),
        render_kw={"rows": 3},
    )

    def refuse(self, fault: str) -> None:
        """Say what does not fit, at the field that it is about."""
        fields = {"no_day": self.done_by, "past_day": self.done_by, "nobody": self.passed_to}
        fields.get(fault, self.answered_on).errors = [ANSWER_FAULTS[fault]]


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
