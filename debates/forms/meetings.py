"""Forms of a meeting's record. A field is named as its operation's parameter."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.districts import queries as districts
from consult.web.forms import Form, KeyedForm
from debates import queries
from debates.forms.fields import (
    all_of,
    areas_of,
    line_field,
    past_day_field,
    people_field,
    place_field,
    renew,
    text_field,
    version_field,
)
from debates.models import (
    Meeting,
    MeetingKind,
    MeetingLevel,
)
from debates.wording import held

ARCHIVAL_CATEGORY = re.compile(r"A|BC|BE?[1-9]\d?")
"""Categories of the police's files: kept for ever, for a time, for a time and then looked at, of short use."""


class MeetingForm(Form):
    """A meeting's record."""

    unit_code = SelectField(_l("Unit"))
    kind = SelectField(_l("Kind of meeting"), [InputRequired()], choices=all_of(MeetingKind), coerce=MeetingKind)
    level = SelectField(
        _l("For whom"),
        [InputRequired()],
        choices=all_of(MeetingLevel),
        coerce=MeetingLevel,
        default=MeetingLevel.COMMUNE,
    )
    title = line_field(_l("Title"), DataRequired())
    series = line_field(
        _l("Series"), description=_l("If the meeting belongs to one, for example a programme of debates.")
    )
    held_on = past_day_field(_l("Date"), InputRequired())
    starts_at = TimeField(_l("From"), [Optional()], render_kw={"classes": "govuk-input--width-5"})
    ends_at = TimeField(_l("To"), [Optional()], render_kw={"classes": "govuk-input--width-5"})
    venue = line_field(_l("Venue"), description=_l("Name of the place and its address."))
    place = place_field(_l("Where is the venue?"), shapes=("point",))
    organisers = text_field(_l("Organisers"), longest=1000)
    officials = text_field(
        _l("Officials present"),
        longest=4000,
        description=_l("Functions, one a line: for example the mayor, the head of the road authority."),
    )
    residents = people_field(_l("Number of residents, without names"))
    themes = text_field(_l("Themes"), longest=4000)
    announced = line_field(_l("How it was announced"), longest=300)
    questionnaires = people_field(_l("Questionnaires filled in"))
    previous_id = SelectField(
        _l("Previous debate"),
        coerce=lambda text: int(text) if text else None,
        description=_l("An evaluating debate begins with what became of its requests."),
    )
    case_sign = line_field(
        _l("Case sign"), longest=80, description=_l("As your unit gives it, for example in its register.")
    )
    jrwa_symbol = line_field(
        _l("JRWA symbol"),
        longest=20,
        description=_l("The class of the uniform file classification in force in your unit. We suggest none."),
    )
    archival_category = line_field(
        _l("Archival category"), longest=6, description=_l("A, BC, or B or BE with a number of years, such as B5.")
    )
    retain_until = DateField(_l("Kept until"), [Optional()], render_kw={"classes": "govuk-input--width-10"})
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

    def validate_archival_category(self, field: Field) -> None:
        """Refuse what is no archival category; small letters are meant as capital ones."""
        field.data = (field.data or "").upper().replace(" ", "")
        if field.data and not ARCHIVAL_CATEGORY.fullmatch(field.data):
            raise ValidationError(_l("Enter A, BC, or B or BE with a number of years, such as B5 or BE10."))

    def validate_retain_until(self, field: Field) -> None:
        """Refuse a day before the meeting."""
        if field.data and self.held_on.data and field.data < self.held_on.data:
            raise ValidationError(_l("This day is before the meeting. Check the date."))

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


class AsRead(Form):
    """A form about a meeting as its writer read it, which is `version`."""

    version = version_field()

    def begin_again(self, meeting: Meeting) -> None:
        """Go on from what somebody else saved meanwhile; the writer's own words stay, and the next saving stands."""
        renew(self.version, meeting.version)
        self.form_errors.append(
            _l("Somebody else has corrected this meanwhile. Compare both, then save what should stand.")
        )


class CorrectedMeetingForm(MeetingForm, AsRead):
    """A meeting's record, to correct."""


class NewMeetingForm(MeetingForm, KeyedForm):
    """A new meeting's record, saved once."""


def _own_districts(account: Account) -> list[str]:
    known = {area.code for area in districts.districts()}
    return sorted({code[:4] for code in areas_of(account)} & known)


def _districts(account: Account, meeting: Meeting | None) -> list[SelectChoice]:
    """List the districts of the unit's voivodeships and those that the meeting already counts in."""
    voivodeships = {code[:2] for code in areas_of(account)}
    already = meeting.district_codes if meeting else ()
    around = [area for area in districts.districts() if area.code[:2] in voivodeships or area.code in already]
    return [SelectChoice(area.code, area.label) for area in around or districts.districts()]
