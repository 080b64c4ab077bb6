"""Forms of managing surveys: a new one, the next version, its publication, its times."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp, ValidationError

from consult.accounts import queries as accounts
from consult.accounts.models import Account, Unit
from consult.clock import now, today
from consult.districts import queries as districts
from consult.districts import teryt
from consult.period import WARSAW, day_of, midnight
from consult.web.forms import Form, PlainText
from consult.web.languages import language
from surveys import presets, reading, sheets, titles
from surveys.models import Access, Survey, SurveyVersion
from surveys.queries import surveys as queries
from surveys.questions import Definition, SampleKind, text_in
from surveys.sheets import DefinitionRefused, Fault, Sheets

OWN_FILE = "file"
LARGEST_QUOTA = 1_000_000
LAST_YEAR = 2100
MEETING_KEY = r"[0-9a-z-]{1,32}$"
MOST_DISTRICTS = 60
"""So many districts can be ticked one by one; a larger scope chooses among voivodeships."""


def every(codes: type[StrEnum]) -> list[SelectChoice]:
    """List all codes of a kind with their words, to choose from."""
    return [SelectChoice(code, words) for code, words in titles.choices(codes)]


def _file(**kwargs: Any) -> FileField:
    return FileField(
        _l("File with the questionnaire"),
        description=_l("A spreadsheet laid out as an XLSForm (.xlsx, .xls or .md), at most 1 MB and 500 rows."),
        render_kw={"accept": ".xlsx,.xls,.md"},
        **kwargs,
    )


def _day(label: Any, **kwargs: Any) -> DateField:
    return DateField(label, [Optional()], render_kw={"classes": "govuk-input--width-10"}, **kwargs)


def _hour(label: Any, **kwargs: Any) -> TimeField:
    return TimeField(label, [Optional()], render_kw={"classes": "govuk-input--width-5"}, **kwargs)


class QuestionnaireForm(Form):
    """A questionnaire that comes as a file. `faults` tells what is wrong with it, row by row."""

    faults: Sequence[Fault] = ()
    sheets: Sheets | None = None
    definition: Definition | None = None

    def take(self, content: bytes, filename: str) -> None:
        """Read the questionnaire, or raise ValidationError and keep its faults."""
        try:
            self.sheets = sheets.read(content, filename)
            self.definition = reading.definition(self.sheets)
        except DefinitionRefused as refused:
            self.faults = refused.faults
            number = len(self.faults)
            raise ValidationError(
                ngettext(
                    "The questionnaire has %(num)d fault. Correct it in the file and choose the file again.",
                    "The questionnaire has %(num)d faults. Correct them in the file and choose the file again.",
                    number,
                )
            ) from refused

    def take_file(self, field: Field) -> None:
        """Read the file of a field."""
        if not field.data:
            raise ValidationError(_l("Choose a file."))
        self.take(field.data.read(sheets.MAX_BYTES + 1), field.data.filename or "")


class TimesForm(Form):
    """When a survey opens and closes, in days and hours of Warsaw, and how many submissions it takes."""

    opens_on = _day(_l("Opens on"), description=_l("Left empty, it opens as soon as it is published."))
    opens_hour = _hour(_l("Hour"), description=_l("Left empty, at midnight."))
    closes_on = _day(_l("Last day"), description=_l("Left empty, it stays open until somebody closes it."))
    closes_hour = _hour(_l("Until what hour"), description=_l("Left empty, the whole day."))
    quota = IntegerField(
        _l("Most submissions"),
        [Optional(), NumberRange(1, LARGEST_QUOTA, _l("Give a number from 1 to 1,000,000."))],
        description=_l("Left empty, there is no limit."),
    )

    @property
    def opens_at(self) -> datetime | None:
        """The moment at which it opens."""
        return _moment(self.opens_on.data, self.opens_hour.data)

    @property
    def closes_at(self) -> datetime | None:
        """The moment at which it closes: without an hour, the end of the last day."""
        if self.closes_on.data and self.closes_hour.data is None:
            return midnight(self.closes_on.data + timedelta(days=1))
        return _moment(self.closes_on.data, self.closes_hour.data)

    def validate_opens_on(self, field: Field) -> None:
        """Refuse a day of another age."""
        _check_year(field)

    def validate_opens_hour(self, _field: Field) -> None:
        """Refuse an hour without a day."""
        _check_has_day(self.opens_on)

    def validate_closes_on(self, field: Field) -> None:
        """Refuse an end that is over or comes before the beginning."""
        _check_year(field)
        if self.closes_at != self.closes_at_before and self.closes_at and self.closes_at <= now():
            raise ValidationError(_l("This moment is over. Give a later one, or close the survey on its page."))
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError(_l("The end is before the beginning. Correct one of the days."))

    def validate_closes_hour(self, _field: Field) -> None:
        """Refuse an hour without a day."""
        _check_has_day(self.closes_on)

    closes_at_before: datetime | None = None
    """What the survey has now: it may stay although it is over."""

    @property
    def times(self) -> dict[str, Any]:
        """The moments and the quota, ready for the operation."""
        return {"opens_at": self.opens_at, "closes_at": self.closes_at, "quota": self.quota.data}


def _check_has_day(day: Field) -> None:
    if not day.data:
        raise ValidationError(_l("Give the day, too."))


def _check_year(day: Field) -> None:
    if day.data and not today().year - 10 <= day.data.year <= LAST_YEAR:
        raise ValidationError(_l("Check the year."))


def _moment(day: date | None, hour: time | None) -> datetime | None:
    return datetime.combine(day, hour or time(), WARSAW) if day else None


def sample_field(default: SampleKind | None = None) -> RadioField:
    """Ask how people come to a survey."""
    return RadioField(
        _l("How people come to the survey"),
        choices=every(SampleKind),
        coerce=_sample_or_none,
        default=default,
        validate_choice=False,
        description=_l("Decides whether figures may be told with a margin of error: only where people were drawn."),
    )


def _sample_or_none(word: Any) -> SampleKind | None:
    return SampleKind(word) if word in set(SampleKind) else None


class NewSurveyForm(QuestionnaireForm, TimesForm):
    """A new survey: from a preset or from a file, who may answer, where and when."""

    start = RadioField(_l("Begin with"), [InputRequired(_l("Choose a questionnaire."))])
    file = _file()
    slug = StringField(
        _l("Name in the address"),
        [PlainText()],
        description=_l("Small letters, digits and hyphens. Left empty, it is made of the title."),
    )
    unit_code = SelectField(_l("Unit"))
    access = RadioField(_l("Who may answer"), choices=every(Access), coerce=Access, default=Access.OPEN)
    sample = sample_field(SampleKind.OPT_IN)
    area_codes = SelectMultipleField(
        _l("Areas that the survey is about"), description=_l("None chosen means the whole area of the unit.")
    )
    meeting_code = StringField(
        _l("Key of the debate that it evaluates"),
        [
            Optional(),
            PlainText(),
            Regexp(MEETING_KEY, message=_l("Copy the key of the debate, without blanks.")),
        ],
        description=_l("It is filled in by itself if you choose “A survey about this debate” on the debate's page."),
    )

    def offer(self, account: Account) -> None:
        """Offer what a coordinator may choose: presets, units of the scope, their areas."""
        ready = [SelectChoice(preset.name, preset.title) for preset in presets.PRESETS]
        self.start.choices = [*ready, SelectChoice(OWN_FILE, _l("Own questionnaire from a file"))]
        units = accounts.units_within(account.scope)
        self.unit_code.choices = unit_choices(account)
        self.area_codes.choices = _areas(units)
        if not self.is_submitted():
            self.unit_code.data = account.unit.code
            self.meeting_code.data = request.args.get("meeting", "")

    def validate_start(self, field: Field) -> None:
        """Read the questionnaire that was chosen."""
        preset = next((preset for preset in presets.PRESETS if preset.name == field.data), None)
        if preset is not None:
            self.take(presets.content(preset.name), preset.file)

    def validate_file(self, field: Field) -> None:
        """Read the file, if it is the one that was chosen."""
        if self.start.data == OWN_FILE:
            self.take_file(field)

    def validate_sample(self, field: Field) -> None:
        """Take the questionnaire's own word where nothing was chosen; refuse a draw that anybody may join."""
        field.data = field.data or (reading.sample_of(self.sheets) if self.sheets else None)
        if field.data is None:
            raise ValidationError(_l("Choose how people come to the survey."))
        check_sample(self.access.data, field.data)

    def validate_slug(self, field: Field) -> None:
        """Refuse what cannot stand in an address or stands there for another page."""
        if field.data and not titles.is_slug(field.data):
            raise ValidationError(
                _l("Use small letters without accents, digits and single hyphens, at most 60: bezpieczna-okolica.")
            )
        if field.data in _reserved():
            raise ValidationError(_l("This name is taken. Choose another one."))

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, ready for the operation; an empty name is made of the title."""
        assert self.sheets is not None
        assert self.definition is not None
        unit = accounts.unit_by_code(self.unit_code.data)
        facts = {
            "slug": self.slug.data or proposed_slug(self.sheets, self.definition),
            "unit": unit,
            "sheets": self.sheets,
            "access": self.access.data,
            "sample": self.sample.data,
            "area_codes": self.area_codes.data,
            "meeting_code": self.meeting_code.data or "",
        }
        return facts | self.times

    def refuse_slug(self) -> None:
        """Say that the name is taken, and propose one that is not."""
        self.slug.errors = [*self.slug.errors, str(_l("This name is taken. Choose another one."))]

    def warnings(self, survey: Survey) -> list[str]:
        """Say what of a survey that was just begun may be a slip, though nothing is wrong with it."""
        assert self.sheets is not None
        assert self.definition is not None
        own, name = reading.sample_of(self.sheets), titles.slug_of(text_in(self.definition.title, language()))
        found = []
        if name != survey.slug and queries.known_slug(name):
            found.append(
                _("A survey of this title is there already: %(name)s. If it is the same, delete this draft.", name=name)
            )
        if own is not None and own is not self.sample.data:
            words = {"said": titles.in_words(own), "chosen": titles.in_words(self.sample.data)}
            found.append(_("The file says “%(said)s”, the form “%(chosen)s”. What the form says counts.", **words))
        return found


def proposed_slug(sheets: Sheets, definition: Definition) -> str:
    """Make a free name of the title; a form sent twice proposes what it has made already."""

    def is_taken(slug: str) -> bool:
        return slug in _reserved() or (
            queries.known_slug(slug) and not queries.is_draft_of(slug, current_user.id, sheets)
        )

    return titles.free_slug(text_in(definition.title, language()), is_taken)


def unit_choices(account: Account) -> list[SelectChoice]:
    """List the units that somebody decides for."""
    return [SelectChoice(unit.code, unit.name) for unit in accounts.units_within(account.scope)]


def check_sample(access: Access, sample: SampleKind) -> None:
    """Refuse a sample that cannot be one, since anybody may answer."""
    if access is Access.OPEN and sample is not SampleKind.OPT_IN:
        raise ValidationError(
            _l("Everybody may answer, so respondents select themselves. Choose that, or let only those invited answer.")
        )


def _reserved() -> set[str]:
    """List the names that stand for pages of ours: /surveys/new."""
    return {rule.rule.removeprefix("/surveys/") for rule in current_app.url_map.iter_rules()}


def _areas(units: Sequence[Unit]) -> list[SelectChoice]:
    """List the areas that units serve: communes within one district, districts within a few, else voivodeships."""
    served = sorted({code for unit in units for code in unit.area_codes(today())})
    own = [area for area in districts.districts() if any(_overlap(area.code, code) for code in served)]
    if len(own) > MOST_DISTRICTS:
        voivodeships = sorted({area.code[:2] for area in own})
        return [SelectChoice(code, teryt.VOIVODESHIPS[code]) for code in voivodeships]
    if len(own) > 1:
        return [SelectChoice(area.code, area.label) for area in own]
    communes = [area for district in own for area in districts.communes_of(district.code)]
    return [
        SelectChoice(area.code, area.label) for area in communes if any(_overlap(area.code, code) for code in served)
    ]


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other[:6]) or other.startswith(one[:6])


class VersionForm(QuestionnaireForm):
    """The file of the next version."""

    file = _file()

    def validate_file(self, field: Field) -> None:
        """Read the file."""
        self.take_file(field)


class PublishForm(Form):
    """The word that a draft may be answered: this draft and no other, with its gaps if it has any."""

    digest = HiddenField()
    accept_gaps = BooleanField(_l("Publish although some texts are not translated"))

    def refuse_replaced(self, edition: SurveyVersion) -> None:
        """Say that another draft stands here now, and take that one's digest for the next attempt."""
        self.form_errors.append(
            str(_l("Somebody has uploaded another draft meanwhile. Look it over before publishing."))
        )
        self.digest.data = edition.digest


class ScheduleForm(TimesForm):
    """Times, quota and, until somebody has answered, who may answer."""

    access = RadioField(_l("Who may answer"), choices=every(Access), coerce=Access)

    def show(self, survey: Survey) -> None:
        """Show what a survey has now, and let only that be chosen which may still change."""
        self.closes_at_before = survey.closes_at
        if survey.accepted:
            del self.access
        if self.is_submitted():
            return
        self.opens_on.data, self.opens_hour.data = _day_and_hour(survey.opens_at)
        self.closes_on.data, self.closes_hour.data = _last_day_and_hour(survey.closes_at)
        self.quota.data = survey.quota
        if "access" in self:
            self.access.data = survey.access

    @property
    def values(self) -> dict[str, Any]:
        """The times and who may answer, ready for the operation."""
        return self.times | {"access": self.access.data if "access" in self else None}

    def refuse_quota(self, accepted: int) -> None:
        """Say that more came in than the quota would let in."""
        said = _l("%(number)s submissions are in already. Give that number or a higher one.", number=accepted)
        self.quota.errors = [*self.quota.errors, str(said)]

    def refuse_access(self) -> None:
        """Say that somebody has answered meanwhile."""
        said = _l("Somebody has answered meanwhile: who may answer can no longer be changed.")
        self.access.errors = [*self.access.errors, str(said)]

    def refuse_opening(self) -> None:
        """Say that whoever was drawn or counted cannot be joined by everybody."""
        said = _l("People were drawn for this survey, or all were asked. Change that on the page of its method first.")
        self.access.errors = [*self.access.errors, str(said)]

    def refuse_reopening(self) -> None:
        """Say that the survey is over for good."""
        said = _l("The survey has ended and its submissions were mixed. Begin a new survey instead.")
        self.closes_on.errors = [*self.closes_on.errors, str(said)]


def _day_and_hour(moment: datetime | None) -> tuple[date | None, time | None]:
    if moment is None:
        return None, None
    local = moment.astimezone(WARSAW)
    return local.date(), local.time() if local.time() != time() else None


def _last_day_and_hour(moment: datetime | None) -> tuple[date | None, time | None]:
    """Take midnight for the end of the day before."""
    day, hour = _day_and_hour(moment)
    if moment is not None and hour is None:
        return day_of(moment) - timedelta(days=1), None
    return day, hour
