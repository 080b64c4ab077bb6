"""The form in which a short questionnaire is written on the screen, question by question."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.clock import today
from consult.period import midnight
from consult.web.forms import Form, PlainText
from surveys import composing, reading, sheets
from surveys.composing import CHOOSING, MOST_QUESTIONS, Composition, Way, Written
from surveys.faults import DefinitionRefused, Fault
from surveys.forms.managing import LAST_YEAR, every, proposed_slug, unit_choices
from surveys.questions import LANGUAGES, Definition, Texts
from surveys.sheets import Sheets
from surveys.wording import fault_sentence

LONGEST_TITLE = 200
LONGEST_QUESTION = 500
LONGEST_CHOICE = 300
MOST_CHOICES = 40
OTHERS = tuple(language for language in LANGUAGES if language != "pl")


def _line(label: Any, longest: int, lacking: Any = None) -> StringField:
    """Ask for a line; `lacking` says what to do where it must not be empty."""
    needed = [DataRequired(lacking)] if lacking else []
    return StringField(label, [PlainText(), *needed, Length(max=longest)])


def _lines(label: Any, **kwargs: Any) -> TextAreaField:
    return TextAreaField(label, [PlainText()], render_kw={"rows": 4}, **kwargs)


def _answers(text: str | None) -> list[str]:
    """Cut a field into the answers in it, one a line."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class QuestionForm(Form):
    """One question: its words, how it is answered, and the answers to choose from."""

    class Meta(Form.Meta):
        """A part of a form, which has the token."""

        csrf = False

    name = HiddenField()
    label = _line(_l("What do you ask?"), LONGEST_QUESTION, _l("Write the question, or remove it."))
    way = SelectField(_l("How is it answered?"), choices=every(Way), default=Way.ONE)
    choices = _lines(
        _l("Answers to choose from"),
        description=_l("One answer a line. Only for the kinds with a list; else leave it empty."),
    )
    is_required = BooleanField(_l("It cannot be skipped"))
    label_en = _line(_l("The question in English"), LONGEST_QUESTION)
    choices_en = _lines(_l("The answers in English, in the same order"))
    label_uk = _line(_l("The question in Ukrainian"), LONGEST_QUESTION)
    choices_uk = _lines(_l("The answers in Ukrainian, in the same order"))

    def validate_choices(self, field: Field) -> None:
        """Refuse a list of fewer than two answers, with one twice or one that is too long."""
        listed = _answers(field.data)
        if self.way.data not in CHOOSING:
            if listed:
                raise ValidationError(_l("This kind of question has no list. Choose another kind or empty this field."))
            return
        if not 2 <= len(listed) <= MOST_CHOICES:
            raise ValidationError(_l("Write from 2 to %(most)s answers, each in a line of its own.", most=MOST_CHOICES))
        if len({answer.casefold() for answer in listed}) < len(listed):
            raise ValidationError(_l("An answer stands here twice. Take one of them out."))
        _check_lengths(listed)

    def validate_choices_en(self, field: Field) -> None:
        """Refuse translations that do not fit their answers."""
        self._check_translations(field)

    def validate_choices_uk(self, field: Field) -> None:
        """Refuse translations that do not fit their answers."""
        self._check_translations(field)

    def _check_translations(self, field: Field) -> None:
        translated, listed = _answers(field.data), _answers(self.choices.data)
        if translated and len(translated) != len(listed):
            raise ValidationError(
                _l("Here must be as many lines as there are answers in Polish: %(number)s.", number=len(listed))
            )
        _check_lengths(translated)

    @property
    def has_translations(self) -> bool:
        """Whether something is written in another language, or wrong there."""
        fields = [self[f"{name}_{language}"] for name in ("label", "choices") for language in OTHERS]
        return any(field.data or field.errors for field in fields)

    @property
    def written(self) -> Written:
        """The question as it was filled in."""
        way = Way(self.way.data)
        labels = {"pl": self.label.data or ""} | _filled({code: self[f"label_{code}"].data for code in OTHERS})
        choices = self._choices() if way in CHOOSING else []
        return Written(way, labels, self.name.data or "", choices, self.is_required.data)

    def _choices(self) -> list[tuple[str, Texts]]:
        others = {code: _answers(self[f"choices_{code}"].data) for code in OTHERS}
        return [
            ("", {"pl": answer} | {code: lines[number] for code, lines in others.items() if lines})
            for number, answer in enumerate(_answers(self.choices.data))
        ]


def _check_lengths(listed: Sequence[str]) -> None:
    if any(len(answer) > LONGEST_CHOICE for answer in listed):
        raise ValidationError(_l("An answer may have at most %(most)s characters.", most=LONGEST_CHOICE))


def _filled(texts: Mapping[str, str | None]) -> dict[str, str]:
    return {code: text for code, text in texts.items() if text}


class WritingForm(Form):
    """A questionnaire on the screen: its title and its questions. A button `do` only puts them in order."""

    before: Sequence[Composition] = ()
    """The questionnaires that it goes on from, the last first."""
    sheets: Sheets | None = None
    definition: Definition | None = None

    title = _line(_l("Title of the survey"), LONGEST_TITLE, _l("Give the survey a title."))
    title_en = _line(_l("The title in English"), LONGEST_TITLE)
    title_uk = _line(_l("The title in Ukrainian"), LONGEST_TITLE)
    questions = FieldList(FormField(QuestionForm), min_entries=1, max_entries=MOST_QUESTIONS)

    @property
    def asks_again(self) -> bool:
        """Whether a button was pressed that adds, moves or removes a question."""
        return super().asks_again or (self.is_submitted() and "do" in request.form)

    def arrange(self, wish: str) -> None:
        """Do what a button asks: `add`, or `up-2`, `down-2`, `remove-2` of the question numbered so; else nothing."""
        written = list(self.questions.data)
        verb, _dash, number = wish.partition("-")
        at = int(number) - 1 if number.isdecimal() and len(number) < 4 else -1
        if verb == "add" and len(written) < MOST_QUESTIONS:
            written.append({})
        elif verb == "remove" and 0 <= at < len(written):
            del written[at]
        elif verb in {"up", "down"} and 0 <= at < len(written):
            to = at - 1 if verb == "up" else at + 1
            written.insert(min(max(to, 0), len(written)), written.pop(at))
        self.questions.process(None, written)

    @property
    def is_full(self) -> bool:
        """Whether no question more can be added."""
        return len(self.questions) >= MOST_QUESTIONS

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, then read what was written as an uploaded workbook is read."""
        return bool(super().validate(extra_validators)) and self._is_read()

    def _is_read(self) -> bool:
        """Read the form back through its workbook: what no file may hold cannot be written here either."""
        try:
            book = sheets.to_xlsx(composing.sheets_of(self.composition, self.before))
            self.sheets = sheets.read(book, "ankieta.xlsx")
            self.definition = reading.definition(self.sheets)
        except DefinitionRefused as refused:
            self.form_errors.extend(map(self._in_words, refused.faults))
            return False
        return True

    def _in_words(self, fault: Fault) -> str:
        """Say what is wrong, at which question: the rows of the sheet stand in the order of the screen."""
        said = fault_sentence(fault)
        if fault.sheet != "survey":
            return said
        return _("Question %(number)s: %(fault)s", number=fault.row - 1, fault=said)

    @property
    def composition(self) -> Composition:
        """The questionnaire as it was filled in."""
        names = {"pl": self.title.data, "en": self.title_en.data, "uk": self.title_uk.data}
        return Composition(_filled(names), [entry.form.written for entry in self.questions])

    @property
    def has_translated_title(self) -> bool:
        """Whether the title is written in another language, or wrong there."""
        return any(field.data or field.errors for field in (self.title_en, self.title_uk))


class WriteForm(WritingForm):
    """A new survey, written on the screen: everybody may answer it until a day."""

    closes_on = DateField(
        _l("Last day"),
        [Optional()],
        description=_l("Left empty, it stays open until somebody closes it."),
        render_kw={"classes": "govuk-input--width-10"},
    )
    unit_code = SelectField(_l("Unit"))

    def offer(self, account: Account) -> None:
        """Offer the units of the scope."""
        self.unit_code.choices = unit_choices(account)
        if not self.is_submitted():
            self.unit_code.data = account.unit.code

    def validate_closes_on(self, field: Field) -> None:
        """Refuse a day that is over."""
        if field.data and field.data < today():
            raise ValidationError(_l("This day is over. Give today's date or a later one."))
        if field.data and field.data.year > LAST_YEAR:
            raise ValidationError(_l("Check the year."))

    def refuse_slug(self) -> None:
        """Say that another survey took the name made of the title in this very moment."""
        self.form_errors.append(_("Somebody began a survey of this title just now. Send it once more."))

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, ready for the operation."""
        assert self.sheets is not None
        assert self.definition is not None
        day = self.closes_on.data
        return {
            "slug": proposed_slug(self.sheets, self.definition),
            "unit": accounts.unit_by_code(self.unit_code.data),
            "sheets": self.sheets,
            "closes_at": midnight(day + timedelta(days=1)) if day else None,
        }


class RewriteForm(WritingForm):
    """A questionnaire that goes on from one: its draft, or the published version. `digest` says which it was."""

    digest = HiddenField()

    def begin(self, before: Sequence[Composition], digest: str) -> None:
        """Show the last of the questionnaires that it goes on from."""
        self.before = before
        if self.is_submitted():
            return
        composition = before[0]
        self.digest.data = digest
        self.title.data = composition.titles["pl"]
        self.title_en.data, self.title_uk.data = (composition.titles.get(code, "") for code in OTHERS)
        self.questions.process(None, [_shown(question) for question in composition.questions])

    def is_based_on(self, digest: str) -> bool:
        """Tell whether the form goes on from what stands there now, or says just the same."""
        assert self.sheets is not None
        return digest in {self.digest.data, sheets.digest(self.sheets)}

    def refuse_replaced(self, digest: str) -> None:
        """Say that somebody saved another draft meanwhile; the next press saves this one in its place."""
        self.digest.data, self.digest.raw_data = digest, None
        self.form_errors.append(
            _("Somebody has saved another draft meanwhile. Compare the two; if you save again, yours takes its place.")
        )


def _shown(question: Written) -> dict[str, Any]:
    """Lay out a question for the fields of its form."""
    shown: dict[str, Any] = {"name": question.name, "way": question.way, "is_required": question.is_required}
    for code, ending in {"pl": "", "en": "_en", "uk": "_uk"}.items():
        shown[f"label{ending}"] = question.labels.get(code, "")
        if question.way in CHOOSING:
            shown[f"choices{ending}"] = "\n".join(labels.get(code, "") for _code, labels in question.choices)
    return shown
