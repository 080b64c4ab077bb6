"""Forms of whoever makes sheets with a map. A field is named as its operation's parameter."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.districts import queries as districts
from consult.documents.svg_map import View
from consult.paper import queries
from consult.paper.operations import MOST_COPIES
from consult.paper.scales import Scale
from consult.paper.wording import scale_in_words
from consult.places import queries as places
from consult.web.forms import Form, KeyedForm, PlainText
from consult.web.languages import language
from consult.web.place_field import PlaceField
from debates.models import Meeting

MAP_SIZE = (580, 420)
MOST_CATEGORIES, USUAL_CATEGORIES = 10, 8
FREQUENT_SINCE = timedelta(days=730)
USUAL_COPIES = 30


class PreviewField(SubmitField):
    """A button that only shows the map: nothing is saved."""

    @property
    def asks_again(self) -> bool:
        """Whether it was pressed."""
        return bool(self.data)


def copies_field(label: Any, **kwargs: Any) -> IntegerField:
    limits = NumberRange(1, MOST_COPIES, _l("Give a number from 1 to 500."))
    kwargs.setdefault("render_kw", {"classes": "govuk-input--width-5"})
    return IntegerField(label, [InputRequired(), limits], **kwargs)


def _frame(district: str | None) -> View:
    """Give the first map the size of the column it stands in."""
    return View.fitting(districts.frame(district).bounds, *MAP_SIZE, margin=0)


def _choices_of_scales() -> list[SelectChoice]:
    return [SelectChoice(scale.value, scale_in_words(scale)) for scale in Scale]


class SheetsForm(KeyedForm):
    """A new form of sheets, saved once."""

    title = StringField(
        _l("Title"),
        [InputRequired(), PlainText(), Length(max=200)],
        description=_l("It stands in large letters at the top of each sheet."),
    )
    place_name = StringField(
        _l("Place"),
        [PlainText(), Length(max=200)],
        description=_l("Where the sheets are given out, as people call it."),
    )
    centre = PlaceField(
        _l("What stands in the middle of the map?"),
        search=places.search,
        not_found=places.not_found,
        check=districts.containing,
        communes=districts.communes_to_choose,
        frame=_frame,
        district=lambda: None,
    )
    scale = RadioField(_l("How much land does the map show?"), coerce=Scale, default=Scale.VILLAGE)
    categories = SelectMultipleField(
        _l("Threats on the list"), description=_l("Up to ten. They are numbered on the sheet in this order.")
    )
    survey_version_id = SelectField(
        _l("Questionnaire on the back"),
        coerce=lambda text: int(text) if text else None,
        description=_l("It must fit on one side; a longer one is refused."),
    )
    copies = copies_field(
        _l("How many sheets"),
        default=USUAL_COPIES,
        description=_l("Each has its own number. You can print further ones later."),
    )
    preview = PreviewField(_l("Show the map first"))

    def offer(self, meeting: Meeting | None) -> None:
        """Offer what may be chosen, and what a meeting tells already."""
        areas = meeting.district_codes if meeting else current_user.unit.area_codes(today())
        self.centre._district = lambda: areas[0][:4] if areas else None  # noqa: SLF001
        self.scale.choices = _choices_of_scales()
        valid = catalogue.valid_on(today())
        self.categories.choices = [SelectChoice(one.code, one.name(language())) for one in valid]
        self.survey_version_id.choices = [SelectChoice("", _l("none")), *_questionnaires()]
        if not self.is_submitted():
            self.categories.data = queries.frequent_categories(
                areas, today(), today() - FREQUENT_SINCE, USUAL_CATEGORIES
            )

    def validate_categories(self, field: Field) -> None:
        """Refuse a list that is empty or longer than the sheet."""
        if not 1 <= len(field.data or ()) <= MOST_CATEGORIES:
            raise ValidationError(_l("Choose from one to ten kinds of threats."))

    def refuse_questionnaire(self, pages: int) -> None:
        """Say that the questionnaire is longer than the back of a sheet."""
        self.survey_version_id.errors = [
            ngettext(
                "This questionnaire needs %(num)d page and the back of the sheet has less room. Choose none here and "
                "print it by itself, from the page of the survey.",
                "This questionnaire needs %(num)d pages and the back of the sheet is one. Choose none here and print "
                "it by itself, from the page of the survey.",
                pages,
            )
        ]


def _questionnaires() -> Sequence[SelectChoice]:
    found = []
    for entry in queries.questionnaires(current_user.scope):
        version = entry.survey.published
        assert version is not None
        count = ngettext("%(num)d question", "%(num)d questions", entry.questions)
        found.append(SelectChoice(str(version.id), f"{entry.title(language())} ({count})"))
    return found


class MoreForm(Form):
    """Further sheets of a form. `known_copies` is how many there were when the page was shown."""

    known_copies = HiddenField()
    copies = copies_field(_l("How many further sheets"), default=USUAL_COPIES)

    def validate_known_copies(self, field: Field) -> None:
        """Refuse what is no number."""
        if not str(field.data or "").isascii() or not str(field.data or "").isdigit():
            raise ValidationError(_("The form has expired. Refresh the page and send it again."))
        field.data = int(field.data)
