"""Forms of units: the categories for which one answers, and the areas that it serves, each shown before it is saved."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError

from consult.clock import today
from consult.threats.reassigning import Effect
from consult.web.forms import Form

LAST_YEAR = 2100
NARROW = {"classes": "govuk-input--width-10"}


class ChangeForm(Form):
    """A change of a unit that is shown with all it does, and saved when that was seen."""

    mark = HiddenField()
    agrees = BooleanField(_l("I know that nobody will answer for these places"))

    def confirms(self, found: Effect) -> bool:
        """Tell whether the person has seen this effect and wants it; otherwise it is to be shown first."""
        has_seen = self.mark.data == found.mark
        wants = "save" in request.form
        self.mark.data = found.mark
        if wants and not has_seen:
            self.form_errors.append(_l("This is not what was shown before. Check again what changes now."))
        elif wants and found.gaps and not self.agrees.data:
            self.agrees.errors = [_l("Confirm that these places may be without a unit, or choose otherwise.")]
        else:
            return bool(wants)
        return False


class DutiesForm(ChangeForm):
    """The groups of categories for which a unit answers."""

    groups = SelectMultipleField(
        _l("Answers only for"),
        description=_l("Nothing ticked means that the unit answers for all categories."),
    )

    def offer(self, groups: Iterable[tuple[str, str]]) -> None:
        """Offer the groups of the catalogue."""
        self.groups.choices = list(groups)


def _day_from_today(field: Field) -> None:
    if field.data is not None and not today() <= field.data < date(LAST_YEAR, 1, 1):
        raise ValidationError(_l("Choose today or a later day: what was before stays as it was."))


class NewAreaForm(ChangeForm):
    """An area more, from a day on."""

    area_code = SelectField(_l("Area"), validators=[InputRequired(_l("Choose the area."))])
    valid_from = DateField(
        _l("Serves it from"), [InputRequired(_l("Enter the first day."))], default=today, render_kw=NARROW
    )

    def offer(self, areas: Mapping[str, str]) -> None:
        """Offer areas by their codes."""
        self.area_code.choices = list(areas.items())

    def validate_valid_from(self, field: Field) -> None:
        """Refuse a day that is over."""
        _day_from_today(field)

    def refuse_served(self) -> None:
        """Say that the unit serves it already."""
        self.area_code.errors = [_l("The unit serves this area on that day already, or will later.")]


class EndAreaForm(ChangeForm):
    """An area less, from a day on."""

    valid_to = DateField(
        _l("First day on which it no longer serves it"),
        [InputRequired(_l("Enter the first day without this unit."))],
        default=today,
        render_kw=NARROW,
    )

    first: Any = None
    """The day from which the unit serves the area."""

    def validate_valid_to(self, field: Field) -> None:
        """Refuse a day that is over, or before the unit began."""
        _day_from_today(field)
        if field.data is not None and self.first is not None and field.data < self.first:
            raise ValidationError(_l("The unit begins later than this. Choose a later day."))

    def refuse_ended(self) -> None:
        """Say that somebody else has ended it."""
        self.valid_to.errors = [_l("Somebody has set an end for this area meanwhile. Open the unit again to see it.")]
