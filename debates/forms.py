"""Forms of meetings, statements, proposals and commitments. A field is named as its operation's parameter."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.districts import queries as districts
from consult.documents.svg_map import View
from consult.places import queries as places
from consult.web.forms import Form, KeyedForm, PlainText
from consult.web.languages import language
from consult.web.place_field import PlaceField
from consult.web.time_fields import times_of_day_field, weekdays_field
from debates import queries
from debates.models import (
    AddresseeKind,
    Meeting,
    MeetingKind,
    MeetingLevel,
    ProposalStatus,
    SpeakerRole,
    StatementKind,
)
from debates.wording import choices, held

MOST_PEOPLE = 100_000
FIRST_DAY = date(1990, 5, 10)
"""When the police of today began: no debate is older."""

SHAPES = ("point", "line", "polygon")
MAP_SIZE = (580, 420)


def _all(codes: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(code, words) for code, words in choices(codes)]


class PastDay:
    """Validator: a day that has come, and not one of another age."""

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and field.data > today():
            raise ValidationError(_l("This day has not come yet. Give today's date or an earlier one."))
        if field.data and field.data < FIRST_DAY:
            raise ValidationError(_l("This date is too early. Check the year."))


def _day(label: Any, *validators: Any, **kwargs: Any) -> DateField:
    return DateField(label, [*validators, PastDay()], render_kw={"classes": "govuk-input--width-10"}, **kwargs)


def _deadline(label: Any, **kwargs: Any) -> DateField:
    return DateField(label, [Optional()], render_kw={"classes": "govuk-input--width-10"}, **kwargs)


def _people(label: Any, **kwargs: Any) -> IntegerField:
    limits = NumberRange(0, MOST_PEOPLE, _l("Give a number from 0 to 100,000."))
    return IntegerField(label, [Optional(), limits], **kwargs)


def _line(label: Any, *validators: Any, longest: int = 200, **kwargs: Any) -> StringField:
    return StringField(label, [*validators, PlainText(), Length(max=longest)], **kwargs)


def _text(label: Any, *validators: Any, longest: int = 2000, rows: int = 3, **kwargs: Any) -> TextAreaField:
    checks = [*validators, PlainText(), Length(max=longest)]
    return TextAreaField(label, checks, render_kw={"rows": rows}, **kwargs)


def _district() -> str | None:
    """Name the district that the meeting of this page counts in, else the officer's own."""
    meeting_id = (request.view_args or {}).get("meeting_id")
    codes = queries.meeting(meeting_id).district_codes if meeting_id else _areas(current_user)
    return codes[0][:4] if codes else None


def _frame(district: str | None) -> View:
    """Give the first map the size of the column it stands in."""
    return View.fitting(districts.frame(district).bounds, *MAP_SIZE, margin=0)


def _areas(account: Account) -> Sequence[str]:
    return account.unit.area_codes(today())


def _place(label: Any, **kwargs: Any) -> PlaceField:
    return PlaceField(
        label,
        search=places.search,
        communes=districts.communes_to_choose,
        frame=_frame,
        district=_district,
        required=False,
        **kwargs,
    )


class MeetingForm(Form):
    """A meeting's record, to correct."""

    unit_code = SelectField(_l("Unit"))
    kind = SelectField(_l("Kind of meeting"), [InputRequired()], choices=_all(MeetingKind), coerce=MeetingKind)
    level = SelectField(
        _l("For whom"),
        [InputRequired()],
        choices=_all(MeetingLevel),
        coerce=MeetingLevel,
        default=MeetingLevel.COMMUNE,
    )
    title = _line(_l("Title"), InputRequired())
    series = _line(_l("Series"), description=_l("If the meeting belongs to one, for example a programme of debates."))
    held_on = _day(_l("Date"), InputRequired())
    starts_at = TimeField(_l("From"), [Optional()], render_kw={"classes": "govuk-input--width-5"})
    ends_at = TimeField(_l("To"), [Optional()], render_kw={"classes": "govuk-input--width-5"})
    venue = _line(_l("Venue"), description=_l("Name of the place and its address."))
    place = _place(_l("Where is the venue?"), shapes=("point",))
    organisers = _text(_l("Organisers"), longest=1000)
    officials = _text(
        _l("Officials present"),
        longest=4000,
        description=_l("Functions, one a line: for example the mayor, the head of the road authority."),
    )
    residents = _people(_l("Number of residents, without names"))
    themes = _text(_l("Themes"), longest=4000)
    announced = _line(_l("How it was announced"), longest=300)
    questionnaires = _people(_l("Questionnaires filled in"))
    previous_id = SelectField(
        _l("Previous debate"),
        coerce=lambda text: int(text) if text else None,
        description=_l("An evaluating debate begins with what became of its requests."),
    )
    district_codes = SelectMultipleField(_l("Counts in these districts"))

    def offer(self, account: Account, meeting: Meeting | None = None) -> None:
        """Offer what a person may choose: units of the scope, districts around, earlier meetings."""
        units = accounts.units_within(account.scope)
        self.unit_code.choices = [SelectChoice(unit.code, unit.name) for unit in units]
        earlier = [entry for entry in queries.earlier_meetings(account.scope) if entry is not meeting]
        past = [SelectChoice(str(entry.id), f"{held(entry)}: {entry.title}") for entry in earlier]
        self.previous_id.choices = [SelectChoice("", _l("none")), *past]
        self.district_codes.choices = _districts(account, meeting)
        if not self.is_submitted():
            self.unit_code.data = meeting.unit.code if meeting else account.unit.code
            self.district_codes.data = list(meeting.district_codes) if meeting else _own_districts(account)

    def validate_ends_at(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.starts_at.data and field.data < self.starts_at.data:
            raise ValidationError(_l("The end is before the beginning. Correct one of the hours."))

    def validate_district_codes(self, field: Field) -> None:
        """Refuse a meeting that counts nowhere."""
        if not field.data:
            raise ValidationError(_l("Choose at least one district."))

    def validate_previous_id(self, field: Field) -> None:
        """Refuse a previous debate that came later."""
        if not field.data or field.errors or not self.held_on.data:
            return
        earlier = queries.meeting(field.data).held_on
        if earlier is None or earlier > self.held_on.data:
            raise ValidationError(_l("The previous debate was held later than this one. Choose an earlier one."))


class NewMeetingForm(MeetingForm, KeyedForm):
    """A new meeting's record, saved once."""


def _own_districts(account: Account) -> list[str]:
    known = {area.code for area in districts.districts()}
    return sorted({code[:4] for code in _areas(account)} & known)


def _districts(account: Account, meeting: Meeting | None) -> list[SelectChoice]:
    """List the districts of the unit's voivodeships and those that the meeting already counts in."""
    voivodeships = {code[:2] for code in _areas(account)}
    already = meeting.district_codes if meeting else ()
    around = [area for area in districts.districts() if area.code[:2] in voivodeships or area.code in already]
    return [SelectChoice(area.code, area.label) for area in around or districts.districts()]


class StatementForm(Form):
    """One thing said, to correct."""

    kind = RadioField(
        _l("What was it?"),
        [InputRequired(_l("Choose what it was."))],
        choices=_all(StatementKind),
        coerce=StatementKind,
        default=StatementKind.THREAT,
    )
    category_code = SelectField(_l("Category"), coerce=lambda text: text or None, validate_choice=False)
    text = _text(
        _l("What did people say?"), InputRequired(_l("Write what was said.")), description=_l("Without names.")
    )
    place = _place(_l("Where?"), shapes=SHAPES, description=_l("Nobody said where? Leave it empty."))
    said_of = _day(_l("On what day?"), Optional(), description=_l("Only if a day was named."))
    weekdays = weekdays_field()
    times_of_day = times_of_day_field()
    voices = IntegerField(
        _l("How many people say so"),
        [InputRequired(_l("Give a number.")), NumberRange(1, MOST_PEOPLE, _l("Give a number from 1 to 100,000."))],
        default=1,
    )
    speaker = SelectField(_l("Who said it?"), choices=_all(SpeakerRole), coerce=SpeakerRole)
    answer = _text(_l("Answer given on the spot"), rows=2)

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

    reason = _line(_l("Reason"), InputRequired(_l("Give the reason.")), longest=500)


class ProposalForm(Form):
    """What was asked of whom by when, to correct."""

    text = _text(
        _l("What is asked for"),
        InputRequired(_l("Write what is asked for.")),
        description=_l("Everybody will read it. Write no names."),
    )
    addressee = SelectField(_l("Who is asked"), choices=_all(AddresseeKind), coerce=AddresseeKind)
    addressee_name = _line(_l("Name of the office"), description=_l("For example: Poviat Road Authority."))
    due_on = _deadline(_l("Answer expected by"))


class NewProposalForm(ProposalForm, KeyedForm):
    """A new proposal, saved once."""


class AnswerForm(Form):
    """What became of a proposal."""

    after = RadioField(_l("State"), choices=_all(ProposalStatus), coerce=ProposalStatus)
    answer = _text(_l("Answer"), rows=5, description=_l("Everybody will read it. A refusal says why."))
    answered_on = _day(_l("Date of the answer"), Optional(), description=_l("Left empty, it is today."))

    def validate_answer(self, field: Field) -> None:
        """Refuse a result without words."""
        if self.after.data not in {ProposalStatus.OPEN, ProposalStatus.NO_ANSWER} and not field.data:
            raise ValidationError(_l("Write the answer: what was decided and why."))


class NewCommitmentForm(KeyedForm):
    """Who promised what by when, saved once."""

    who = _line(
        _l("Who promised"), InputRequired(_l("Write who promised.")), description=_l("The function or office, no name.")
    )
    what = _text(_l("What"), InputRequired(_l("Write what was promised.")))
    due_on = _deadline(_l("By when"))


class OutcomeForm(Form):
    """What came of a promise."""

    kept_on = _day(_l("Kept on"), Optional(), description=_l("Leave it empty when it was not kept."))
    outcome = _text(_l("What came of it"), InputRequired(_l("Write what came of it.")))
