"""Forms of a planned meeting: the plan, calling it off, and what is known once it took place."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, TimeField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from consult.clock import today
from consult.web.forms import Form, KeyedForm
from consult.web.time_fields import MaskField
from debates.agenda import AgendaRefused, points, text_of
from debates.forms.fields import line_field, people_field, place_field, text_field
from debates.forms.meetings import AsRead, MeetingForm
from debates.models import VENUE_FEATURES, Meeting, VenueFeature
from debates.wording import agenda_fault_in_words, choices

FARTHEST = timedelta(days=730)
"""Nobody plans a debate for a later day: the year is a slip."""


class DayToCome:
    """Validator: today or a later day, and not one of another age."""

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and field.data < today():
            raise ValidationError(
                _l("This day is over. Give today's date or a later one, or enter a meeting that took place.")
            )
        if field.data and field.data > today() + FARTHEST:
            raise ValidationError(_l("This date is too far away. Check the year."))


class PlanForm(MeetingForm):
    """The plan of a meeting."""

    held_on = DateField(_l("Date"), [InputRequired(), DayToCome()], render_kw={"classes": "govuk-input--width-10"})
    starts_at = TimeField(_l("From"), [InputRequired()], render_kw={"classes": "govuk-input--width-5"})
    venue = line_field(_l("Venue"), DataRequired(), description=_l("Name of the place and its address."))
    place = place_field(_l("Where will it be held?"), shapes=("point",))
    themes = text_field(
        _l("What it is about"), longest=4000, description=_l("In a few sentences, for residents who think of coming.")
    )
    features = MaskField(_l("What is known of the venue's accessibility?"), VENUE_FEATURES, dict(choices(VenueFeature)))
    access_note = line_field(
        _l("More about accessibility"), longest=300, description=_l("For example which entrance has no steps.")
    )
    directions = line_field(
        _l("How to come"), longest=500, description=_l("For example the lines of buses, or where to park.")
    )
    invited = text_field(
        _l("Who is invited"),
        longest=2000,
        description=_l("Groups and functions, one a line, without residents' names."),
    )
    agenda = text_field(
        _l("Agenda"),
        longest=8000,
        description=_l(
            "A point a line, with its hour if you like: 17:00 Welcome. Leave it empty for the usual agenda of a debate."
        ),
    )
    is_open = BooleanField(
        _l("Everybody may come"),
        default=True,
        description=_l("The meeting is announced to everybody. Without this only the police see the plan."),
    )
    officials = residents = announced = questionnaires = None  # type: ignore[assignment]  # known only afterwards

    def validate_agenda(self, field: Field) -> None:
        """Put the agenda in order, or say which line cannot be read."""
        try:
            field.data = text_of(points(field.data or ""))
        except AgendaRefused as refused:
            raise ValidationError(agenda_fault_in_words(refused)) from refused


class CorrectedPlanForm(PlanForm, AsRead):
    """The plan of a meeting, to correct."""


class NewPlanForm(PlanForm, KeyedForm):
    """The plan of a new meeting, saved once."""


class CallOffForm(Form):
    """Why a meeting will not be held."""

    reason = text_field(
        _l("Why will it not be held?"),
        DataRequired(),
        longest=500,
        description=_l("Everybody can read this. Say as well when it will be held instead, if you know."),
    )


class HoldAfterAllForm(Form):
    """One button that takes the calling off back."""


class BeginForm(Form):
    """What is known of a meeting once it took place."""

    starts_at = TimeField(_l("From"), [Optional()], render_kw={"classes": "govuk-input--width-5"})
    ends_at = TimeField(_l("To"), [Optional()], render_kw={"classes": "govuk-input--width-5"})
    officials = text_field(
        _l("Officials present"),
        longest=4000,
        description=_l("Functions, one a line: for example the mayor, the head of the road authority."),
    )
    residents = people_field(
        _l("Number of residents, without names"), description=_l("You can write it down later as well.")
    )
    announced = line_field(_l("How it was announced"), longest=300)

    validate_ends_at = MeetingForm.validate_ends_at

    def begin(self, meeting: Meeting) -> None:
        """Offer what was planned: those who were invited are those who may have come."""
        if not self.is_submitted():
            self.starts_at.data, self.ends_at.data = meeting.starts_at, meeting.ends_at
            self.officials.data = meeting.plan.invited if meeting.plan else ""
