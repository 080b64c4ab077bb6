"""What another system sends: Open311's fields under the rules of the resident's own form."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FloatField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import today
from consult.geo import Place, PlaceRefused
from consult.online_reports import rules
from consult.online_reports.rules import MOST_CHARACTERS, Fault, FaultFound, Wrong
from consult.online_reports.wording import sentence
from consult.web.forms import Form, PlainText

MISSING = _l("is missing")


class RequestForm(Form):
    """A service request. What Open311 would tell of the person (name, e-mail, phone, device) is not read at all."""

    class Meta:
        """A program has a key, no session whose token could be checked."""

        csrf = False

    service_code = StringField(validators=[InputRequired(MISSING)])
    lat = FloatField(validators=[InputRequired(MISSING)])
    long = FloatField(validators=[InputRequired(MISSING)])
    description = TextAreaField(
        validators=[PlainText(), Length(max=MOST_CHARACTERS, message=_l("Shorten it to 500 characters."))]
    )

    @property
    def chosen(self) -> Category | None:
        """The category that is named, in force or not."""
        return catalogue.by_code(self.service_code.data or "")

    @property
    def values(self) -> dict[str, Any]:
        """What is reported, ready for the operation."""
        return {"category": self.chosen, "place": self._place(), "description": self.description.data}

    @property
    def sentences(self) -> list[str]:
        """What is wrong, one sentence a field, each beginning with the field's name."""
        return [f"{name}: {'; '.join(map(str, found))}" for name, found in self.errors.items()]

    def validate_service_code(self, _field: Field) -> None:
        """Refuse a category that does not exist or is not in force today."""
        category = self.chosen
        if category is None:
            raise ValidationError(
                sentence(Fault("category", Wrong.UNKNOWN_CATEGORY, {"value": self.service_code.data}))
            )
        self._refusing(lambda: rules.check_category(category, today()))

    def validate_long(self, field: Field) -> None:
        """Refuse a position that is none or lies outside Poland."""
        if self.lat.data is None or field.data is None:
            return
        try:
            self._place()
        except PlaceRefused as refused:
            raise ValidationError(place_sentence(refused)) from refused

    def validate_description(self, field: Field) -> None:
        """Refuse a description that the rules refuse; some categories need one."""
        if not field.errors:
            self._refusing(lambda: rules.check_description(field.data, self.chosen))

    def _place(self) -> Place:
        assert self.long.data is not None
        assert self.lat.data is not None
        return Place.point(self.long.data, self.lat.data)

    @staticmethod
    def _refusing(check: Any) -> None:
        try:
            check()
        except FaultFound as found:
            raise ValidationError(sentence(found.fault)) from found


def place_sentence(refused: PlaceRefused) -> str:
    """Say what is wrong with a position."""
    return sentence(Fault("place", Wrong.PLACE, {"fault": refused.fault, "value": refused.detail}))
