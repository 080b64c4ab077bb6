"""Forms of the sheet: one for each section; field names are those of the rules, days are kept as ISO 8601."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from consult.allocation.sheet import Content, Section
from consult.allocation.wording import KINDS, STANCES, VERDICTS
from consult.clock import today
from consult.web.forms import Form, KeyedForm, PlainText

SHORT = {"classes": "govuk-input--width-10"}
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST = 1e12


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in words.items()]


def _words(label: Any, most: int, *, required: bool = True) -> StringField:
    return StringField(label, [DataRequired() if required else Optional(), Length(max=most), PlainText()])


def _text(label: Any, *, required: bool = True) -> TextAreaField:
    return TextAreaField(label, [DataRequired() if required else Optional(), Length(max=4000), PlainText()])


def _figure(label: Any, *, required: bool = True) -> FloatField:
    first = InputRequired() if required else Optional()
    return FloatField(label, [first, NumberRange(-MOST, MOST)], render_kw=SHORT)


def _whole(label: Any, least: int, most: int, *, required: bool = True) -> IntegerField:
    first = InputRequired() if required else Optional()
    return IntegerField(label, [first, NumberRange(least, most)], render_kw=SHORT)


def _day(label: Any, *, required: bool = True) -> DateField:
    return DateField(label, [InputRequired() if required else Optional()], render_kw=SHORT)


class SectionForm(Form):
    """A section of the sheet, over the version that was read."""

    version = HiddenField()

    @property
    def read_version(self) -> int:
        """The number of the version that the writer has read; 0 for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, as plain JSON holds it."""
        filled = {name: value for name, value in super().values.items() if name != "version"}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in filled.items()}


class ProposeForm(KeyedForm):
    """What is proposed, and where."""

    kind = SelectField(_l("What is proposed"), choices=_choices(KINDS))
    area_code = SelectField(_l("Area"))
    title = _words(_l("Title"), 200)
    proposal = _text(_l("What exactly, and why"))

    def offer(self, areas: Iterable[tuple[str, str]]) -> None:
        """Offer the areas of the reader."""
        self.area_code.choices = _choices(dict(areas))


class BasicsForm(SectionForm):
    """What is proposed, and how many people it is about."""

    title = _words(_l("Title"), 200)
    proposal = _text(_l("What exactly, and why"))
    population = _whole(_l("People who live there"), 0, 40_000_000, required=False)
    population_source = _words(_l("Source of the number of people"), 200, required=False)
    population_on = _day(_l("Day of that source"), required=False)

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in; a day that is not known is empty."""
        filled = super().values
        return filled | {"population_on": filled["population_on"] or ""}


class IndicatorForm(SectionForm):
    """An objective figure of three years."""

    name = _words(_l("Indicator, for example recorded thefts or minutes until a patrol comes"), 200)
    unit = _words(_l("Unit"), 60)
    last_year = _whole(_l("Last year"), FIRST_YEAR, LAST_YEAR)
    two_before = _figure(_l("Value two years before"), required=False)
    one_before = _figure(_l("Value one year before"), required=False)
    last = _figure(_l("Value of the last year"))
    source = _words(_l("Source"), 300)
    dated_on = _day(_l("Day of the source"))


class ShareForm(SectionForm):
    """A share of a survey."""

    question = _words(_l("Question and answer"), 300)
    per_cent = FloatField(_l("Per cent"), [InputRequired(), NumberRange(0, 100)], render_kw=SHORT)
    people = _whole(_l("How many people answered"), 1, 10_000_000)
    source = _words(_l("Source"), 300)
    dated_on = _day(_l("Day of the source"))


class StaffingForm(SectionForm):
    """Who would serve there."""

    hours_a_week = _whole(_l("Hours a week with somebody on duty"), 0, 168)
    officers_available = _whole(_l("Officers there are for it"), 0, 1000)
    vacancies = _whole(_l("Vacancies of the unit"), 0, 10_000)
    note = _text(_l("Remark"), required=False)


class OpinionForm(SectionForm):
    """The opinion of the commander or the wójt."""

    stance = SelectField(_l("Opinion"), choices=_choices(STANCES))
    words = _text(_l("Reasons"))
    given_on = _day(_l("Day of the opinion"))


class MeasureForm(SectionForm):
    """A figure by which the effect will be judged."""

    name = _words(_l("Measure"), 200)
    unit = _words(_l("Unit"), 60)
    before = _figure(_l("Value before the decision"))
    source = _words(_l("Source, the same later"), 300)


class DecisionForm(SectionForm):
    """What is decided."""

    verdict = SelectField(_l("Decision"), choices=_choices(VERDICTS))
    reasons = _text(_l("Reasons"))
    decided_on = _day(_l("Day of the decision"))

    def validate_decided_on(self, field: DateField) -> None:
        """Refuse a day to come."""
        if field.data and field.data > today():
            raise ValidationError(_l("The day of the decision lies in the future."))


class MeasuredForm(SectionForm):
    """The value of a measure after a year or two."""

    measure = SelectField(_l("Measure"), coerce=int)
    months = SelectField(_l("After"), coerce=int, choices=_choices({12: _l("12 months"), 24: _l("24 months")}))
    value = _figure(_l("Value"))


FORMS: dict[Section, type[SectionForm]] = {
    Section.BASICS: BasicsForm,
    Section.INDICATOR: IndicatorForm,
    Section.SHARE: ShareForm,
    Section.STAFFING: StaffingForm,
    Section.COMMANDER: OpinionForm,
    Section.MAYOR: OpinionForm,
    Section.MEASURE: MeasureForm,
    Section.DECISION: DecisionForm,
    Section.MEASURED: MeasuredForm,
}


def form_of(section: Section, content: Content, known: Mapping[str, Any]) -> SectionForm:
    """Give the form of a section, filled with what stands there now and with what else is known of it."""
    form = FORMS[section](data={**_standing(section, content), **known})
    if isinstance(form, MeasuredForm):
        form.measure.choices = _choices({number: one.name for number, one in enumerate(content.measures)})
    return form


def _standing(section: Section, content: Content) -> dict[str, Any]:
    """Read what a section says now; lists begin with an empty row."""
    if section is Section.BASICS:
        return _with_days({name: getattr(content, name) for name in _BASICS})
    named = {Section.STAFFING: content.staffing, Section.COMMANDER: content.commander, Section.MAYOR: content.mayor}
    one = named.get(section)
    return _with_days({name: getattr(one, name) for name in one.__dataclass_fields__}) if one else {}


_BASICS = ("title", "proposal", "population", "population_source", "population_on")


def _with_days(values: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(text) for name, text in values.items() if name.endswith("_on") and text}
    return {name: value for name, value in values.items() if not name.endswith("_on")} | days
