"""The form of a coordinator who sends letters: so many without addresses, or to the people of a list."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from consult.web.forms import KeyedForm, PlainText
from consult.web.languages import LANGUAGES
from surveys import addressees
from surveys.addressees import Addressee, ListRefused
from surveys.list_complaints import faults_in_words
from surveys.models import Survey
from surveys.queries import invitations

MOST_LETTERS = 200
"""More are printed by the command: a page should answer before anybody wonders whether it will."""


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class LettersForm(KeyedForm):
    """Letters to print at once. `people` are the addressees of the list, `list_faults` what is wrong with it."""

    count = IntegerField(
        _l("How many letters"),
        [Optional(), NumberRange(1, MOST_LETTERS, _l("Give a number from 1 to 200."))],
        description=_l("Without names, for every letterbox. From 1 to 200."),
        render_kw={"classes": "govuk-input--width-5"},
    )
    area_code = SelectField(_l("Commune"), description=_l("For letters without names; the answers are counted by it."))
    addresses = FileField(
        _l("Or a list of addresses"),
        description=_l(
            "A file .xlsx or .csv with the columns street and town, and if wanted addressee, postcode, commune and "
            "language (pl, en, uk). At most 200 rows. The list is not kept."
        ),
        render_kw={"accept": ".xlsx,.csv"},
    )
    contact = StringField(
        _l("Whom to ask about the survey"),
        [PlainText(), Length(max=120)],
        description=_l("A telephone number or an e-mail address of the unit. It stands on every letter."),
    )
    language = SelectField(_l("Language of letters without names"), choices=_choices(LANGUAGES.items()))

    people: Sequence[Addressee] = ()
    list_faults: Sequence[str] = ()

    def refuse_printed(self) -> None:
        """Say that a press was the second one; the next one prints further letters."""
        self.refuse_key()
        self.form_errors[-1] = _l("These letters have been printed. Press once more to print others, with new codes.")

    def offer(self, survey: Survey) -> None:
        """Offer the communes of the survey's areas."""
        self.survey = survey
        self.area_code.choices = _choices([("", _("not told apart")), *invitations.areas(survey)])

    def validate_addresses(self, field: Field) -> None:
        """Ask for a number or a list and not for both; read the list and keep what is wrong with it, row by row."""
        if (self.count.data is None) == (not field.data) and not self.count.errors:
            raise ValidationError(_l("Give either a number or a list."))
        if field.data:
            self._read(field.data.read(addressees.MAX_BYTES + 1))

    def _read(self, content: bytes) -> None:
        try:
            self.people = addressees.read(content, invitations.communes(self.survey))
        except ListRefused as refused:
            self.list_faults = faults_in_words(refused.faults)
            raise ValidationError(_l("The list cannot be used. What is wrong stands below the form.")) from refused
        self._check_people()

    def _check_people(self) -> None:
        if len(self.people) > MOST_LETTERS:
            raise ValidationError(_l("The list has more than 200 rows. Longer lists are printed by the administrator."))
        without = [str(person.row) for person in self.people if not person.has_street]
        if without:
            rows = ", ".join(without[:10])
            raise ValidationError(
                _("Only an e-mail address in row: %(rows)s. E-mails are sent by the administrator.", rows=rows)
            )
