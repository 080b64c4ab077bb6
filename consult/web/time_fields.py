"""Fields for the time pattern of a threat: days of the week and parts of the day, kept as bit masks."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import Choice, SelectChoice  # type: ignore[attr-defined]  # newer than its types

from consult.period import TIMES_OF_DAY, WEEKDAYS, mask_of, names_of

EVERY_DAY = sum(WEEKDAYS.values())

WEEKDAY_LABELS = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}
TIME_LABELS = {
    "morning": _l("in the morning (6–12)"),
    "afternoon": _l("in the afternoon (12–18)"),
    "evening": _l("in the evening (18–22)"),
    "night": _l("at night (22–6)"),
}


class MaskField(SelectMultipleField):
    """Checkboxes whose `data` is the bit mask of what is ticked, 0 when nothing is."""

    def __init__(self, label: Any, bits: Mapping[str, int], labels: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(label, choices=[SelectChoice(*entry) for entry in labels.items()], **kwargs)
        self.bits = bits

    def process_data(self, value: int | None) -> None:
        """Take the mask of an object."""
        self.data: Any = value or 0

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the ticked names; refuse a name that is not offered."""
        try:
            self.data = mask_of(valuelist, self.bits)
        except KeyError as error:
            self.data = 0
            raise ValueError(_("Choose from the list.")) from error

    def pre_validate(self, form: Any) -> None:
        """Leave out WTForms' own check, which compares names and not the mask."""

    def iter_choices(self) -> Any:
        """Tick the names that the mask holds."""
        ticked = set(names_of(self.data or 0, self.bits))
        choices: Any = self.choices
        return [Choice(choice.value, choice.label, choice.value in ticked, {}) for choice in choices]


def weekdays_field(**kwargs: Any) -> MaskField:
    """Make the question "on which days"."""
    return MaskField(_l("On which days?"), WEEKDAYS, WEEKDAY_LABELS, **kwargs)


def times_of_day_field(**kwargs: Any) -> MaskField:
    """Make the question "at what time of day"."""
    return MaskField(_l("At what time of day?"), TIMES_OF_DAY, TIME_LABELS, **kwargs)


def weekdays_in_words(mask: int) -> str:
    """List the days of a mask in words, "every day" for all of them, empty when unknown."""
    if mask == EVERY_DAY:
        return str(_("every day"))
    return ", ".join(str(WEEKDAY_LABELS[name]) for name in names_of(mask, WEEKDAYS))


def times_in_words(mask: int) -> str:
    """List the parts of the day of a mask in words, empty when unknown."""
    return ", ".join(str(TIME_LABELS[name]) for name in names_of(mask, TIMES_OF_DAY))
