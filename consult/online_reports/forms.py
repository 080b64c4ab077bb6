"""The forms of a report and of "I see it too": as few questions as can be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.attachments.forms import HINT, AttachmentsField
from consult.catalogue import queries as catalogue
from consult.catalogue.explaining import explained
from consult.catalogue.models import Category
from consult.clock import now, today
from consult.districts import queries as districts
from consult.geo import Place, PlaceRefused
from consult.online_reports import rules
from consult.online_reports.rules import MOST_CHARACTERS, OLDEST_DAYS, FaultFound
from consult.online_reports.wording import message
from consult.places import queries as places
from consult.threats import queries as threats
from consult.web.forms import PlainText
from consult.web.languages import language
from consult.web.open_forms import Pause, WorkingForm
from consult.web.place_field import FAULTS, PlaceField
from consult.web.time_fields import times_of_day_field, weekdays_field

LONGEST_NUMBER = 19
"""No number of a row has so many digits."""

LEFT_BEHIND = ("csrf_token", "step", "threat", "work", "files", "files-remove")
"""What belongs to one sending and not to the answers; files wait under the form's key."""

TOO_MANY = Pause(
    _l("Wait an hour, please"),
    _l("Many reports have come from your network. All your answers are below: send them again later."),
    status=429,
)

ALREADY_SAID = Pause(
    _l("You have told us about this today"),
    _l("One voice a day counts for each threat. If you saw another one, send it as a report of its own."),
    status=409,
)
GONE = Pause(
    _l("This threat has changed in the meantime"),
    _l("A voice cannot be added to it any more. Nothing is lost: send what you saw as a report of its own."),
    status=409,
)


WHERE_TO_TURN = _l(
    "Turn to the nearest police station, or to the commune's office for roads, lighting and rubbish. If someone is in "
    "danger now, call:"
)
"""The number of emergencies stands behind it."""


def about(place: Place) -> str:
    """Say what somebody should know of a place before they report it: that nobody there waits for reports.

    Raises PlaceRefused for a place that lies in no district.
    """
    located = districts.containing(place)
    if threats.is_served(located.district, located.commune, today()):
        return ""
    unserved = _(
        "No police unit at this place works with this service yet. Your report will be kept, but nobody there waits "
        "for it."
    )
    return f"{unserved} {WHERE_TO_TURN}"


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


def observed_on_field() -> DateField:
    """Make the question "on which day"."""
    return DateField(
        _l("On which day did you see it?"),
        default=today,
        validators=[InputRequired(_l("Give the day on which you saw it."))],
    )


def description_field(label: Any, **kwargs: Any) -> TextAreaField:
    """Make the question for words, five hundred characters of them."""
    short = Length(max=MOST_CHARACTERS, message=_l("Shorten it to 500 characters."))
    return TextAreaField(label, validators=[PlainText(), short], **kwargs)


class SightingForm(WorkingForm):
    """What every form asks of something that was seen: when, and in which words. No name, no address, no account."""

    observed_on: DateField
    description: TextAreaField

    def validate_observed_on(self, field: Field) -> None:
        """Refuse a day that has not come or lies more than a year back."""
        if field.data is not None:
            oldest = today() - timedelta(days=OLDEST_DAYS)
            _refusing(lambda: rules.check_when("observed_on", field.data, now(), oldest))

    def validate_times_of_day(self, field: Field) -> None:
        """Refuse a time of today that has not come yet, where the time is asked."""
        seen_on = self.observed_on.data
        if seen_on is not None and self.asks_time:
            _refusing(lambda: rules.check_times("times_of_day", field.data, seen_on, now()))

    def validate_description(self, field: Field) -> None:
        """Refuse a description that the rules refuse; some categories need one."""
        if not field.errors:
            _refusing(lambda: rules.check_description(field.data, self.needing))

    @property
    def needing(self) -> Category | None:
        """The category that may need a description."""
        return None

    @property
    def asks_time(self) -> bool:
        """Whether the time of day is asked and kept."""
        return True

    @property
    def said_now(self) -> str:
        """The description of what was seen today."""
        return self.description.data or "" if self.observed_on.data == today() else ""


class ReportForm(SightingForm):
    """What a resident reports. It is sent twice: once to be shown with what is known nearby, then for good.

    In between its answers travel with the page and nothing is kept here; the second time all of them are checked anew.
    """

    category = SelectField(
        _l("What is the threat?"), validate_choice=False, validators=[InputRequired(_l("Choose what it is."))]
    )
    place = PlaceField(
        _l("Where is it?"),
        search=places.search,
        not_found=places.not_found,
        communes=districts.communes_to_choose,
        frame=districts.frame,
        district=own_district,
        about=about,
        advice=WHERE_TO_TURN,
        answers_at="online_reports.place_answer",
    )
    observed_on = observed_on_field()
    times_of_day = times_of_day_field(description=_l("Leave empty if you do not know."))
    weekdays = weekdays_field()
    description = description_field(_l("Describe it"))
    files = AttachmentsField(_l("Photos or documents"))
    step = StringField()
    threat = StringField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.located: districts.Located
        self.offered = catalogue.valid_on(today())
        self.category.choices = self._grouped()
        self.description.description = self._hint()
        if self.files is not None:  # whoever enters a report for somebody takes no files
            self.files.description = self._files_hint()

    def _grouped(self) -> dict[str, list[tuple[str, str]]]:
        """Offer the categories by their groups, in the reader's language, those that look alike with an explanation."""
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("Choose"))]}
        for category in sorted(self.offered, key=lambda one: one.group.letter):
            label = explained(category.code, category.name(language()), language())
            groups.setdefault(category.group.name(language()), []).append((category.code, label))
        return groups

    @property
    def goes_back(self) -> bool:
        """Whether the reader wants to change an answer that was shown."""
        return self.is_submitted() and self.step.data == "change"

    @property
    def is_checked(self) -> bool:
        """Whether the reader has seen the answers and sends them for good, as a report or as a voice."""
        return self.step.data == "send" or self.threat_id is not None

    @property
    def threat_id(self) -> int | None:
        """The number of the threat of which the reader says "I see it too"."""
        given = self.threat.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < LONGEST_NUMBER else None

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was sent, name by name, for the page that shows it to send it again."""
        sent = [(name, value) for name, value in request.form.items(multi=True) if self._is_answer(name)]
        return [(name, self.key.data or "" if name == self.key.name else value) for name, value in sent]

    def refuse_key(self) -> None:
        """Ask to send it as a report of its own; files waited under the key of before, and have to be chosen again."""
        super().refuse_key()
        if self.files is not None:
            self.files.held = ()

    def _is_answer(self, name: str) -> bool:
        return name not in LEFT_BEHIND and name.partition("-")[0] in self

    @property
    def chosen(self) -> Category | None:
        """The chosen category, of those offered or not."""
        return catalogue.by_code(self.category.data) if self.category.data else None

    def _hint(self) -> str:
        """Say what not to write, and for which categories something must be written."""
        names = [category.name(language()) for category in self.offered if category.requires_description]
        hint: str = _("No names, phone numbers or number plates.")
        return hint + " " + _("Needed for: %(names)s.", names=", ".join(names)) if names else hint

    def _files_hint(self) -> str:
        """Say what becomes of files, and for which categories none are taken, before anybody looks for one."""
        names = [category.name(language()) for category in self.offered if not category.allows_photo]
        hint = str(HINT)
        return hint + " " + _("None are taken for: %(names)s.", names=", ".join(names)) if names else hint

    @property
    def category_rules(self) -> dict[str, list[str]]:
        """Tell the page which categories need a description, take no photo, and of which the time is not asked."""
        return {
            "description": [category.code for category in self.offered if category.requires_description],
            "photoless": [category.code for category in self.offered if not category.allows_photo],
            "timeless": [category.code for category in self.offered if not category.asks_time],
        }

    @property
    def values(self) -> dict[str, Any]:
        """What is reported: the answers, without what guards the form."""
        return {"category": self.chosen, "place": self.place.data, **self.sighting}

    @property
    def sighting(self) -> dict[str, Any]:
        """When it was seen and in which words; the time pattern only where the category asks for it."""
        pattern = ("weekdays", "times_of_day") if self.asks_time else ()
        return {name: self[name].data for name in ("observed_on", "description", *pattern)}

    def validate_place(self, field: Field) -> None:
        """Refuse a place that lies in no district, and note where it lies."""
        if field.data is not None:
            try:
                self.located = districts.containing(field.data)
            except PlaceRefused as refused:
                raise ValidationError(FAULTS[refused.fault]) from refused

    def validate_category(self, _field: Field) -> None:
        """Refuse a category that is not offered, and say so when it is one that ended."""
        category = self.chosen
        if category is None:
            raise ValidationError(_("Choose what it is from the list."))
        _refusing(lambda: rules.check_category(category, today()))

    def validate_files(self, field: AttachmentsField) -> None:
        """Refuse files where they would show people who need protection."""
        if field.held and self.chosen is not None and not self.chosen.allows_photo:
            raise ValidationError(
                _("For this kind of threat no photos or documents are taken: choose “Do not send” below.")
            )

    @property
    def needing(self) -> Category | None:
        """The chosen category, which may need a description."""
        return self.chosen

    @property
    def asks_time(self) -> bool:
        """Whether the time of day is asked and kept: some categories do not ask it."""
        return self.chosen is None or self.chosen.asks_time


class VoiceForm(SightingForm):
    """The question of "I see it too": when, and words if wanted; what and where is the threat's."""

    observed_on = observed_on_field()
    times_of_day = times_of_day_field(description=_l("Leave empty if you do not know."))
    description = description_field(
        _l("Do you want to add something?"), description=_l("No names, phone numbers or number plates.")
    )

    @property
    def sighting(self) -> dict[str, Any]:
        """When it was seen and in which words."""
        return {name: self[name].data for name in ("observed_on", "times_of_day", "description")}
