"""Fields that the forms of debates share."""

import re
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
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from consult.accounts.models import Account
from consult.clock import today
from consult.districts import queries as districts
from consult.documents.svg_map import View
from consult.places import queries as places
from consult.web.forms import PlainText
from consult.web.place_field import PlaceField
from debates import queries
from debates.notes import LONGEST_STATEMENT
from debates.wording import choices

MOST_PEOPLE = 100_000
WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?")


FIRST_DAY = date(1990, 5, 10)
"""When the police of today began: no debate is older."""


SHAPES = ("point", "line", "polygon")


MAP_SIZE = (580, 420)


def all_of(codes: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(code, words) for code, words in choices(codes)]


class PastDay:
    """Validator: a day that has come, and not one of another age."""

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and field.data > today():
            raise ValidationError(_l("This day has not come yet. Give today's date or an earlier one."))
        if field.data and field.data < FIRST_DAY:
            raise ValidationError(_l("This date is too early. Check the year."))


class WebAddress:
    """Validator: nothing, or the address of a page, which a link may hold."""

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data and not WEB_ADDRESS.fullmatch(field.data):
            raise ValidationError(_l("Give the address of a page that begins with http:// or https://."))


def past_day_field(label: Any, *validators: Any, **kwargs: Any) -> DateField:
    return DateField(label, [*validators, PastDay()], render_kw={"classes": "govuk-input--width-10"}, **kwargs)


def deadline_field(label: Any, **kwargs: Any) -> DateField:
    return DateField(label, [Optional()], render_kw={"classes": "govuk-input--width-10"}, **kwargs)


def version_field() -> IntegerField:
    """Make the hidden field with the version that the writer read."""
    return IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("Refresh the page and try again."))])


def renew(field: Field, version: int) -> None:
    """Put another version into its field, whatever was sent."""
    field.data, field.raw_data = version, None


def people_field(label: Any, **kwargs: Any) -> IntegerField:
    limits = NumberRange(0, MOST_PEOPLE, _l("Give a number from 0 to 100,000."))
    return IntegerField(label, [Optional(), limits], **kwargs)


def line_field(label: Any, *validators: Any, longest: int = 200, **kwargs: Any) -> StringField:
    return StringField(label, [*validators, PlainText(), Length(max=longest)], **kwargs)


def text_field(
    label: Any, *validators: Any, longest: int = LONGEST_STATEMENT, rows: int = 3, **kwargs: Any
) -> TextAreaField:
    checks = [*validators, PlainText(), Length(max=longest)]
    return TextAreaField(label, checks, render_kw={"rows": rows}, **kwargs)


def _district() -> str | None:
    """Name the district that the meeting of this page counts in, else the officer's own."""
    meeting_id = (request.view_args or {}).get("meeting_id")
    codes = queries.meeting(meeting_id).district_codes if meeting_id else areas_of(current_user)
    return codes[0][:4] if codes else None


def _frame(district: str | None) -> View:
    """Give the first map the size of the column it stands in."""
    return View.fitting(districts.frame(district).bounds, *MAP_SIZE, margin=0)


def areas_of(account: Account) -> Sequence[str]:
    return account.unit.area_codes(today())


def place_field(label: Any, **kwargs: Any) -> PlaceField:
    return PlaceField(
        label,
        search=places.search,
        not_found=places.not_found,
        check=districts.containing,
        communes=districts.communes_to_choose,
        frame=_frame,
        district=_district,
        required=False,
        **kwargs,
    )
