"""The form of a report: as few questions as can be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.attachments.forms import AttachmentsField
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import now, today
from consult.districts import queries as districts
from consult.online_reports import rules
from consult.online_reports.rules import MOST_CHARACTERS, OLDEST_DAYS, FaultFound
from consult.online_reports.wording import message
from consult.places import queries as places
from consult.web.forms import PlainText
from consult.web.languages import language
from consult.web.open_forms import OpenForm, Pause
from consult.web.place_field import PlaceField
from consult.web.time_fields import times_of_day_field, weekdays_field

TOO_MANY = Pause(
    _l("Wait an hour, please"),
    _l("Many reports have come from your network. All your answers are below: send them again later."),
    status=429,
)


def own_district() -> str | None:
    """Tell the district that the address of the page names, if any."""
    code = request.args.get("district", "")
    return code if len(code) == 4 and code.isascii() and code.isdigit() else None


def _refusing(check: Callable[[], None]) -> None:
    """Put a fault of the rules into the form's own words."""
    try:
        check()
    except FaultFound as found:
        raise ValidationError(message(found.fault)) from found


class ReportForm(OpenForm):
    """What a resident reports. No name, no address, no account."""

    category = SelectField(
        _l("What is the threat?"), validate_choice=False, validators=[InputRequired(_l("Choose what it is."))]
    )
    place = PlaceField(
        _l("Where is it?"),
        search=places.search,
        communes=districts.communes_to_choose,
        frame=districts.frame,
        district=own_district,
    )
    observed_on = DateField(
        _l("On which day did you see it?"),
        default=today,
        validators=[InputRequired(_l("Give the day on which you saw it."))],
    )
    times_of_day = times_of_day_field(description=_l("Leave empty if you do not know."))
    weekdays = weekdays_field()
    description = TextAreaField(
        _l("Describe it"),
        validators=[PlainText(), Length(max=MOST_CHARACTERS, message=_l("Shorten it to 500 characters."))],
    )
    files = AttachmentsField(_l("Photos or documents"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = catalogue.valid_on(today())
        self.category.choices = self._grouped()
        self.description.description = self._hint()

    def _grouped(self) -> dict[str, list[tuple[str, str]]]:
        """Offer the categories by their groups, in the reader's language."""
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("Choose"))]}
        for category in sorted(self.offered, key=lambda one: one.group.letter):
            groups.setdefault(category.group.name(language()), []).append((category.code, category.name(language())))
        return groups

    @property
    def chosen(self) -> Category | None:
        """The chosen category, of those offered or not."""
        return catalogue.by_code(self.category.data) if self.category.data else None

    def _hint(self) -> str:
        """Say what not to write, and for which categories something must be written."""
        names = [category.name(language()) for category in self.offered if category.requires_description]
        hint: str = _("No names, phone numbers or number plates.")
        return hint + " " + _("Needed for: %(names)s.", names=", ".join(names)) if names else hint

    @property
    def category_rules(self) -> dict[str, list[str]]:
        """Tell the page which categories need a description, and of which the time is not asked."""
        return {
            "description": [category.code for category in self.offered if category.requires_description],
            "timeless": [category.code for category in self.offered if not category.asks_time],
        }

    @property
    def values(self) -> dict[str, Any]:
        """What is reported: the answers, without what guards the form."""
        category = self.chosen
        pattern = ("weekdays", "times_of_day") if category is None or category.asks_time else ()
        asked = ("place", "observed_on", "description", *pattern)
        return {"category": category, **{name: self[name].data for name in asked}}

    def validate_category(self, _field: Field) -> None:
        """Refuse a category that is not offered, and say so when it is one that ended."""
        category = self.chosen
        if category is None:
            raise ValidationError(_("Choose what it is from the list."))
        _refusing(lambda: rules.check_category(category, today()))

    def validate_observed_on(self, field: Field) -> None:
        """Refuse a day that has not come or lies more than a year back."""
        if field.data is not None:
            oldest = today() - timedelta(days=OLDEST_DAYS)
            _refusing(lambda: rules.check_when("observed_on", field.data, now(), oldest))

    def validate_description(self, field: Field) -> None:
        """Refuse a description that the rules refuse; some categories need one."""
        if not field.errors:
            _refusing(lambda: rules.check_description(field.data, self.chosen))

    @property
    def said_now(self) -> str:
        """The description of what was seen today."""
        return self.description.data or "" if self.observed_on.data == today() else ""
