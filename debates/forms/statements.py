"""Forms of what was said. A field is named as its operation's parameter."""

from datetime import date

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.web.forms import Form, KeyedForm
from consult.web.languages import language
from consult.web.time_fields import times_of_day_field, weekdays_field
from debates import queries
from debates.forms.fields import MOST_PEOPLE, SHAPES, all_of, line_field, past_day_field, place_field, text_field
from debates.models import (
    Meeting,
    SpeakerRole,
    StatementKind,
)


class StatementForm(Form):
    """One thing said, to correct."""

    kind = RadioField(
        _l("What was it?"),
        [InputRequired(_l("Choose what it was."))],
        choices=all_of(StatementKind),
        coerce=StatementKind,
        default=StatementKind.THREAT,
    )
    category_code = SelectField(_l("Category"), coerce=lambda text: text or None, validate_choice=False)
    text = text_field(
        _l("What did people say?"), InputRequired(_l("Write what was said.")), description=_l("Without names.")
    )
    place = place_field(_l("Where?"), shapes=SHAPES, description=_l("Nobody said where? Leave it empty."))
    said_of = past_day_field(_l("On what day?"), Optional(), description=_l("Only if a day was named."))
    weekdays = weekdays_field()
    times_of_day = times_of_day_field()
    voices = IntegerField(
        _l("How many people say so"),
        [InputRequired(_l("Give a number.")), NumberRange(1, MOST_PEOPLE, _l("Give a number from 1 to 100,000."))],
        default=1,
    )
    speaker = SelectField(_l("Who said it?"), choices=all_of(SpeakerRole), coerce=SpeakerRole)
    answer = text_field(_l("Answer given on the spot"), rows=2)

    def offer(self, meeting: Meeting) -> None:
        """Offer the categories under which something of the meeting's day may be put."""
        self.category_code.choices = _categories(meeting.held_on)

    def validate_category_code(self, field: Field) -> None:
        """Refuse a threat without a category, and a category that had ended by the day of the meeting."""
        if self.kind.data is StatementKind.THREAT and not field.data:
            raise ValidationError(_l("Choose a category of the threat."))
        if field.data and field.data not in {choice[0] for choice in self.category_code.iter_choices()}:
            raise ValidationError(_l("This category was not in force on the day of the meeting. Choose another one."))

    def validate_said_of(self, field: Field) -> None:
        """Refuse a day after the meeting."""
        held_on = queries.meeting((request.view_args or {})["meeting_id"]).held_on
        if field.data and held_on and field.data > held_on:
            raise ValidationError(_l("This day is later than the meeting. Check the date."))


class NewStatementForm(StatementForm, KeyedForm):
    """The next thing said, saved once."""


def _categories(day: date | None) -> list[SelectChoice]:
    """List by groups the categories that had not ended by a day; older meetings use those that came after them."""
    day, tongue = day or today(), language()
    offered = [entry for entry in catalogue.everything() if entry.valid_to is None or day < entry.valid_to]
    offered.sort(key=lambda entry: entry.group.letter)
    named = [SelectChoice(entry.code, entry.name(tongue), optgroup=entry.group.name(tongue)) for entry in offered]
    return [SelectChoice("", _l("no category")), *named]


class WithdrawalForm(Form):
    """Why a statement is crossed out."""

    reason = line_field(_l("Reason"), InputRequired(_l("Give the reason.")), longest=500)
