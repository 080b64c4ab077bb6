"""Forms of the register of partners: an office with its areas, and its end."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.accounts.forms import is_address
from consult.clock import today
from consult.partners.models import PartnerKind
from consult.partners.wording import KIND_LABELS
from consult.web.forms import Form, KeyedForm, NamesNobody, PlainText
from consult.words import folded

MOST_NAMED = 12
"""So many areas of one name are named; few have more."""

NARROW = {"classes": "govuk-input--width-10"}


class AreasField(TextAreaField):
    """Areas by their names, one a line; `codes` are those that were understood.

    Names are compared without regard to case and Polish letters. A TERYT code of an offered area is understood too.
    A name that several areas have is refused, with what tells them apart.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes: list[str] = []
        self._clear: dict[str, str] = {}
        self._known: dict[str, set[str]] = {}

    def offer(self, areas: Mapping[str, str], other_names: Iterable[tuple[str, str]]) -> None:
        """Offer areas by their codes, each under a name that no other has, and further names with their codes."""
        self._clear = dict(areas)
        self._known = {spelling: {code} for code, name in areas.items() for spelling in (code, folded(name))}
        further: dict[str, set[str]] = {}
        for name, code in other_names:
            further.setdefault(folded(name), set()).add(code)
        self._known = further | self._known

    def _meant(self, line: str) -> set[str]:
        """List the areas that a line may mean; an area around the others is meant with all that is in it."""
        codes = self._known.get(folded(line), set())
        return {code for code in codes if not any(code != other and code.startswith(other) for other in codes)}

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' own signature
        """Understand every line, or name those that are no area here."""
        lines = [line.strip() for line in (self.data or "").splitlines() if line.strip()]
        meant = {line: self._meant(line) for line in lines}
        if unknown := [line for line in lines if not meant[line]]:
            raise ValidationError(_("No area of yours has this name: %(names)s.", names=", ".join(unknown[:3])))
        for line, codes in meant.items():
            if len(codes) > 1:
                names = "; ".join(self._clear[code] for code in sorted(codes)[:MOST_NAMED])
                words = _(
                    "Several areas have the name %(name)s. Write one of these instead: %(names)s.",
                    name=line,
                    names=names,
                )
                raise ValidationError(words)
        self.codes = sorted({code for codes in meant.values() for code in codes})


class PartnerForm(KeyedForm):
    """An office: what it is called, how it is written to, where and for what it is."""

    kind = RadioField(
        _l("What it answers for"),
        [InputRequired(_l("Choose what it answers for."))],
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_LABELS.items()],
        coerce=PartnerKind,
    )
    name = StringField(
        _l("Name of the office"),
        [DataRequired(_l("Write the name of the office.")), PlainText(), Length(max=160), NamesNobody()],
        description=_l("The full name of the office, never of a person. Residents see it."),
    )
    email = EmailField(
        _l("E-mail address of the office"),
        [PlainText()],
        description=_l("The address of the office, not of a person. An e-mail or a postal address is needed."),
    )
    address = TextAreaField(
        _l("Postal address of the office"),
        [PlainText(), Length(max=300)],
        description=_l("As it is written on an envelope, without the name."),
        render_kw={"rows": 3},
    )
    area_codes = AreasField(
        _l("Areas that it serves"),
        [DataRequired(_l("Name an area.")), PlainText()],
        description=_l("One name a line: a district or a commune. For example: powiat łaski"),
        render_kw={"rows": 4},
    )
    group_codes = SelectMultipleField(
        _l("Kinds of threats that it is for"), description=_l("None chosen means all kinds.")
    )
    valid_from = DateField(
        _l("Offered from"), [InputRequired(_l("Enter the first day."))], default=today, render_kw=NARROW
    )

    def offer(
        self,
        areas: Mapping[str, str],
        other_names: Iterable[tuple[str, str]],
        groups: Iterable[tuple[str, str]],
    ) -> None:
        """Offer the areas of the reader, see `AreasField.offer`, and the groups of categories by code and name."""
        self.area_codes.offer(areas, other_names)
        self.group_codes.choices = [SelectChoice(code, name) for code, name in groups]

    @property
    def values(self) -> dict[str, Any]:
        """The office, its areas as codes."""
        return super().values | {"area_codes": self.area_codes.codes}

    @property
    def corrections(self) -> dict[str, Any]:
        """The office without the key, which a partner has for good."""
        return {name: value for name, value in self.values.items() if name != "key"}

    def validate_email(self, field: Field) -> None:
        """Refuse what is no address, and an office that cannot be written to."""
        if field.data and not is_address(field.data):
            raise ValidationError(_("Enter an address such as sekretariat@example.com, or leave it empty."))
        if not field.data and not self.address.data:
            raise ValidationError(_("Give an e-mail or a postal address: a letter has to reach the office."))

    def refuse_name(self) -> None:
        """Say that somebody has entered this office already."""
        self.name.errors = [_("A partner of this name serves one of these areas already.")]

    def refuse_beginning(self) -> None:
        """Say that it would begin after its end."""
        self.valid_from.errors = [_("It was ended before this day. Choose an earlier one.")]


class EndForm(Form):
    """From which day on a partner is offered no longer."""

    valid_to = DateField(
        _l("Not offered from"),
        [InputRequired(_l("Enter the day."))],
        default=today,
        description=_l("What was handed over to it stays in the history, and its answers can still be entered."),
        render_kw=NARROW,
    )

    def refuse(self) -> None:
        """Say that it would end before it began."""
        self.valid_to.errors = [_("This day lies before the first day on which it is offered.")]
