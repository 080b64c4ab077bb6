"""Forms of coding: a text's codes, a theme, a theme merged and split, a quote."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.personal_data import marks
from consult.web.forms import Form, PlainText
from surveys import themes
from surveys.forms.reviewing import NothingPersonal
from surveys.models import TextCode, Theme
from surveys.theme_wording import MISFITS, code_name
from surveys.themes import APART, PERSONAL

MOST_PIECES = 20
FEWEST_PARTS, MOST_PARTS = 2, 6


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class CodeForm(Form):
    """What a text is about, typed as numbers or ticked, and what in it is personal data."""

    typed = StringField(
        _l("Numbers of themes"),
        [PlainText(), Length(max=60)],
        description=_l("Such as 2 5. Type 0 for none of these themes, ? for unreadable, ! for personal data."),
        render_kw={"classes": "govuk-input--width-10", "autofocus": True, "autocomplete": "off"},
    )
    codes = SelectMultipleField(_l("Or tick"))
    hidden = TextAreaField(
        _l("Personal data to black out"),
        [PlainText(), Length(max=2_000)],
        description=_l("One piece a line, as it stands in the text. What is marked above is blacked out anyway."),
    )

    def offer(self, words: str, in_force: Sequence[Theme], given: TextCode | None = None) -> None:
        """Offer the themes in force; a text that was read before shows what it was given."""
        self.words, self.in_force = words, in_force
        names = {one.code: one.name for one in in_force}
        offered = [*names, *APART, PERSONAL]
        self.codes.choices = [SelectChoice(code, str(code_name(code, names))) for code in offered]
        if not self.is_submitted():
            self.codes.data = [code for code in given.codes if code in offered] if given else []
            self.hidden.data = "\n".join(given.hidden) if given else ""

    @property
    def said(self) -> set[str]:
        """All codes, typed and ticked."""
        return themes.typed(self.typed.data or "") | set(self.codes.data or ())

    def validate_typed(self, _field: Field) -> None:
        """Refuse codes that do not go together."""
        wrong = themes.misfit(self.said, {one.code for one in self.in_force})
        if wrong is not None:
            raise ValidationError(MISFITS[wrong])

    def validate_hidden(self, field: Field) -> None:
        """Refuse pieces that do not stand in the text."""
        pieces = _lines(field.data)
        if len(pieces) > MOST_PIECES:
            raise ValidationError(_("At most %(most)s pieces.", most=MOST_PIECES))
        unknown = themes.strangers(self.words, pieces)
        if unknown:
            raise ValidationError(_("This does not stand in the text: %(pieces)s.", pieces=", ".join(unknown)))

    @property
    def values(self) -> dict[str, Any]:
        """The codes, and the pieces to be blacked out."""
        return {"codes": self.said, "hidden": _lines(self.hidden.data)}


class ThemeForm(Form):
    """What a theme is called, and what belongs to it."""

    name = StringField(_l("Name"), [DataRequired(), PlainText(), Length(max=120), NothingPersonal()])
    belongs = TextAreaField(_l("What belongs here"), [PlainText(), Length(max=1_000), NothingPersonal()])
    belongs_not = TextAreaField(_l("What does not belong here"), [PlainText(), Length(max=1_000), NothingPersonal()])
    example = TextAreaField(
        _l("Example"),
        [PlainText(), Length(max=500), NothingPersonal()],
        description=_l("Best in your own words: an example is no quote."),
    )


class MergeThemeForm(Form):
    """Which theme another one is merged into."""

    into = SelectField(_l("Merge into"), [InputRequired(_l("Choose the theme that stays."))])

    def offer(self, others: Iterable[Theme]) -> None:
        """Offer the other themes in force."""
        self.into.choices = [
            SelectChoice("", _("Choose")),
            *(SelectChoice(one.code, f"{one.code}. {one.name}") for one in others),
        ]


class SplitThemeForm(Form):
    """The themes that one theme becomes."""

    names = TextAreaField(
        _l("New themes"),
        [DataRequired(), PlainText(), Length(max=800), NothingPersonal()],
        description=_l("One name a line, two to six of them."),
    )

    def validate_names(self, field: Field) -> None:
        """Refuse too few, too many, too long and equal names."""
        names = _lines(field.data)
        if not FEWEST_PARTS <= len(names) <= MOST_PARTS:
            raise ValidationError(_("Write two to six names, one a line."))
        if any(len(name) > 120 for name in names) or len({name.casefold() for name in names}) < len(names):
            raise ValidationError(_("Each name is another one, of at most 120 characters."))

    @property
    def values(self) -> dict[str, Any]:
        """The names."""
        return {"names": _lines(self.names.data)}


class QuoteForm(Form):
    """Words of a text that stand for a theme."""

    words = TextAreaField(
        _l("Quote"),
        [DataRequired(), PlainText(), Length(max=2_000)],
        description=_l("Leave out what could tell who wrote it, and put […] in its place. Nothing may be added."),
    )

    def offer(self, text: str) -> None:
        """Offer the whole text."""
        self.text = text
        if not self.is_submitted() and not self.words.data:
            self.words.data = text

    def validate_words(self, field: Field) -> None:
        """Refuse words that are not the text's, and what looks like personal data."""
        words = field.data or ""
        if marks(words):
            raise ValidationError(_("This looks like personal data. Leave it out."))
        if not themes.is_quote_of(words, self.text):
            raise ValidationError(_("Only words of the text, in their order, with […] where you left something out."))
