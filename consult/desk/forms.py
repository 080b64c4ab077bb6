"""Forms of the front rooms."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.clock import today
from consult.web.forms import Form, KeyedForm, NamesNobody, PlainText

LONGEST_DAYS = 92
"""A warning that stands longer is read by nobody."""


def in_fourteen_days() -> Any:
    """Give the last day that a new warning has unless somebody chooses another."""
    return today() + timedelta(days=14)


class SearchForm(Form):
    """What staff look for. It is posted: an address with a receipt or a resident's words would stay in histories."""

    text = StringField(
        _l("Receipt, number or words"),
        description=_l(
            "For example ZG-2026-000123, 125, ul. Polna, the end of a receipt's link, or words of a report."
        ),
        validators=[DataRequired(_l("Write what to look for.")), PlainText(), Length(max=200)],
    )


class SavedViewForm(Form):
    """What somebody calls a list with its filters."""

    name = StringField(
        _l("Name of the view"),
        description=_l("As you want to find it above the list, for example “New in Widawa”. Nobody else sees it."),
        validators=[DataRequired(_l("Write a name.")), PlainText(), Length(max=60)],
    )
    page = HiddenField()
    arguments = HiddenField()

    def refuse(self) -> None:
        """Say that there is no room for another one."""
        self.form_errors.append(_l("There are twelve views of this list. Remove one that you do not need."))


def _text(label: Any, *validators: Any, **kwargs: Any) -> TextAreaField:
    return TextAreaField(label, validators=[*validators, PlainText(), Length(max=300), NamesNobody()], **kwargs)


class BannerForm(KeyedForm):
    """A warning in three languages, where and how long it stands."""

    area_code = SelectField(_l("Where"), validators=[])
    text_pl = _text(
        _l("Text in Polish"),
        DataRequired(_l("Write what people should know.")),
        description=_l("One or two sentences: what happens, and what to do. Up to 300 characters."),
    )
    text_en = _text(_l("Text in English"), description=_l("Left empty, the Polish text is shown."))
    text_uk = _text(_l("Text in Ukrainian"), description=_l("Left empty, the Polish text is shown."))
    first_on = DateField(_l("From"), default=today, validators=[InputRequired(_l("Give the first day."))])
    last_on = DateField(_l("To"), default=in_fourteen_days, validators=[InputRequired(_l("Give the last day."))])

    def offer(self, areas: Iterable[tuple[str, str]], *, everywhere: bool) -> None:
        """Offer the districts that the author may warn, and the whole country to whom it is given."""
        whole = [SelectChoice("", _("The whole country"))] if everywhere else []
        self.area_code.choices = [*whole, *(SelectChoice(code, label) for code, label in areas)]

    def validate_last_on(self, field: Field) -> None:
        """Refuse days out of order, a warning that is over already, and one that stands for ever."""
        if field.data is None or self.first_on.data is None:
            return
        if field.data < max(self.first_on.data, today()):
            raise ValidationError(_("The last day lies before the first one or is over."))
        if field.data > self.first_on.data + timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("A warning stands for 92 days at most. Choose an earlier day."))
