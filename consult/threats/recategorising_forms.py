"""Forms of putting threats under another category: what is chosen and why, and the confirmation of what was checked."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import today
from consult.threats.recategorising import MOST
from consult.web.forms import Form, KeyedForm, PlainText
from consult.web.languages import language

_NUMBERS = re.compile(r"\d{1,18}(,\d{1,18})*", re.ASCII)


class RecategoriseForm(KeyedForm):
    """Which threats, which category, and why."""

    threats = HiddenField()
    category_code = SelectField(_l("New category"), validators=[InputRequired(_l("Choose the new category."))])
    reason = TextAreaField(
        _l("Why?"),
        [DataRequired(_l("Write why the category changes.")), PlainText(), Length(max=500)],
        description=_l("One sentence for colleagues who will read the history."),
        render_kw={"rows": 2},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("Choose"))]}
        for one in sorted(catalogue.valid_on(today()), key=lambda one: one.group.letter):
            groups.setdefault(one.group.name(language()), []).append((one.code, one.name(language())))
        self.category_code.choices = groups

    def validate_threats(self, field: Field) -> None:
        """Refuse what is no list of numbers of threats, and a longer one than is done at once."""
        if not _NUMBERS.fullmatch(field.data or "") or len(self.numbers) > MOST:
            raise ValidationError(_l("The choice of threats is damaged. Go back to the list and choose again."))

    @property
    def numbers(self) -> list[int]:
        """The numbers of the chosen threats."""
        return sorted({int(number) for number in (self.threats.data or "").split(",")})

    @property
    def category(self) -> Category:
        """The chosen category."""
        chosen = catalogue.by_code(self.category_code.data)
        assert chosen is not None, "only categories of the catalogue are offered"
        return chosen


class CheckedForm(Form):
    """What was shown to be checked, to be sent again with the answer to it."""

    key = HiddenField()
    threats = HiddenField()
    category_code = HiddenField()
    reason = HiddenField()
    mark = HiddenField()
    agrees = BooleanField(_l("I have checked that showing these places to everyone harms nobody"))

    def require_agreement(self) -> bool:
        """Tell whether the person agrees that something becomes public, or say that this is missing."""
        if not self.agrees.data:
            self.agrees.errors = [_l("Confirm that these places may be shown to everyone, or choose other threats.")]
        return bool(self.agrees.data)

    def refuse_changed(self) -> None:
        """Say that what is shown now is not what was checked."""
        self.form_errors.append(_l("Something has changed since you looked. Check again what changes now."))
