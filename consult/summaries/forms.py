"""The form that writes a summary."""

from collections.abc import Iterator, Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length

from consult.period import Period
from consult.summaries.figures import Edition
from consult.summaries.releasing import REASON_LENGTH
from consult.summaries.wording import period_label
from consult.web.forms import Form, NamesNobody, PlainText

YEARS = 2
ALL = "all"
"""Stands for all districts of the reader's scope."""


class WriteForm(Form):
    """Of which district and period, for whom and in which language."""

    code = SelectField(_l("District"), validators=[InputRequired()])
    period = SelectField(_l("Period"), coerce=Period.parse, validators=[InputRequired()])
    edition = RadioField(
        _l("Edition"),
        coerce=Edition,
        choices=[
            SelectChoice(Edition.PUBLIC.value, _l("public: for everyone, without places that could harm a person")),
            SelectChoice(Edition.INTERNAL.value, _l("internal: all places, for staff only")),
        ],
        default=Edition.PUBLIC.value,
        validators=[InputRequired()],
    )
    language = RadioField(
        _l("Language"),
        choices=[SelectChoice("pl", "Polski"), SelectChoice("en", "English")],
        default="pl",
        validators=[InputRequired()],
    )

    because = TextAreaField(
        _l("What changed"),
        [PlainText(), Length(max=REASON_LENGTH), NamesNobody()],
        description=_l("Only when everybody has read an earlier version: what was wrong in it. It can be added later."),
        render_kw={"rows": 2},
    )

    def offer(self, districts: Mapping[str, str], today: date) -> None:
        """Offer the districts of the reader's scope and the periods until today, the last full quarter first."""
        every = [SelectChoice(ALL, _("all districts (%(count)s)", count=len(districts)))] if len(districts) > 1 else []
        self.code.choices = [SelectChoice(*entry) for entry in districts.items()] + every
        self.period.choices = [SelectChoice(period.code, period_label(period.code)) for period in periods(today)]


def periods(today: date) -> Iterator[Period]:
    """List the periods of the last years that have begun: quarters, half-years, years, then months, newest first."""
    quarter = Period.quarter_of(today)
    yield quarter.previous
    yield quarter
    yield from _back(quarter.previous.previous, YEARS * 4)
    yield from _back(Period(date(today.year, 1 if today.month <= 6 else 7, 1), 6), YEARS * 2)
    yield from _back(Period(date(today.year, 1, 1), 12), YEARS)
    yield from _back(Period(today.replace(day=1), 1), YEARS * 12)


def _back(period: Period, count: int) -> Iterator[Period]:
    for _number in range(count):
        yield period
        period = period.previous
