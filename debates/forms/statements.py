"""Forms of what was said. A field is named as its operation's parameter."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.web.forms import Form, KeyedForm
from consult.web.languages import language
from consult.web.time_fields import times_of_day_field, weekdays_field
from debates import notes, offers, queries
from debates.forms.fields import (
    MOST_PEOPLE,
    SHAPES,
    all_of,
    line_field,
    past_day_field,
    place_field,
    renew,
    text_field,
    version_field,
)
from debates.models import Meeting, Statement
from debates.notes import LONGEST_STATEMENT, SpeakerRole, StatementKind

LONGEST_NOTE = 40_000
MOST_LINES = 200


class StatementForm(Form):
    """One thing said, to correct."""

    kind = RadioField(
        _l("What was it?"),
        [InputRequired(_l("Choose what it was."))],
        choices=all_of(StatementKind),
        coerce=StatementKind,
        default=StatementKind.THREAT,
    )
    category_code = SelectField(_l("Category"), coerce=lambda text: text or None, validate_choice=False)
    text = text_field(
        _l("What did people say?"), DataRequired(_l("Write what was said.")), description=_l("Without names.")
    )
    place = place_field(_l("Where?"), shapes=SHAPES, description=_l("Nobody said where? Leave it empty."))
    said_of = past_day_field(_l("On what day?"), Optional(), description=_l("Only if a day was named."))
    weekdays = weekdays_field()
    times_of_day = times_of_day_field()
    voices = IntegerField(
        _l("How many people say so"),
        [InputRequired(_l("Give a number.")), NumberRange(1, MOST_PEOPLE, _l("Give a number from 1 to 100,000."))],
        default=1,
    )
    speaker = SelectField(_l("Who said it?"), choices=all_of(SpeakerRole), coerce=SpeakerRole)
    answer = text_field(_l("Answer given on the spot"), rows=2)

    def offer(self, meeting: Meeting) -> None:
        """Offer the categories under which something of the meeting's day may be put."""
        self.category_code.choices = _categories(meeting.held_on)

    @property
    def categories(self) -> dict[str, str]:
        """The names of the categories that are offered, by code."""
        return {code: str(name) for code, name, *_rest in self.category_code.iter_choices() if code}

    def validate_category_code(self, field: Field) -> None:
        """Refuse a category that had ended by the day of the meeting; a threat may wait for one while it is debated."""
        if field.data and field.data not in {choice[0] for choice in self.category_code.iter_choices()}:
            raise ValidationError(_l("This category was not in force on the day of the meeting. Choose another one."))

    def validate_said_of(self, field: Field) -> None:
        """Refuse a day after the meeting."""
        held_on = queries.meeting((request.view_args or {})["meeting_id"]).held_on
        if field.data and held_on and field.data > held_on:
            raise ValidationError(_l("This day is later than the meeting. Check the date."))


class NewStatementForm(StatementForm, KeyedForm):
    """The next thing said, saved once. The text may carry marks of a note, and a place that was recognised in it."""

    offered = HiddenField()

    def offer(self, meeting: Meeting) -> None:
        """Offer the categories, and read the marks that the text carries."""
        super().offer(meeting)
        if self.is_submitted():
            self._take_marks()
            self._take_place(meeting)

    @property
    def values(self) -> dict[str, Any]:
        """What was said; where the place came from is nobody's matter."""
        return {name: value for name, value in super().values.items() if name != "offered"}

    def _take_marks(self) -> None:
        note = notes.read(self.text.data or "", self.categories)
        self.text.data = note.text
        self.answer.data = "\n".join(filter(None, (self.answer.data, note.answer)))
        for field, marked in (
            (self.kind, note.kind),
            (self.category_code, note.category_code),
            (self.voices, note.voices),
            (self.speaker, note.speaker),
        ):
            if marked is not None:
                field.data = marked

    def _take_place(self, meeting: Meeting) -> None:
        """Take the place that was chosen among those recognised in the words."""
        if self.offered.data and self.place.data is None:
            found = offers.places_in(meeting, self.text.data or "")
            self.place.data = next((entry.place for entry in found if entry.label == self.offered.data), None)

    def validate_offered(self, field: Field) -> None:
        """Refuse a place that the words do not name any more."""
        if field.data and self.place.data is None:
            self.form_errors.append(_l("The words no longer name the place that you chose. Choose it again."))


class SavedAnewForm(StatementForm, KeyedForm):
    """The words of a statement that somebody crossed out, to be saved as a new one, once. They carry no marks."""


class VersionedForm(Form):
    """A form about a statement as the reader saw it, which is `version`."""

    version = version_field()

    def show_newer(self, statement: Statement) -> None:
        """Say that somebody corrected it meanwhile: what was typed stays, and the next saving stands."""
        renew(self.version, statement.version)
        self.form_errors.append(
            _l("Somebody else has corrected this statement meanwhile. Compare both, then save what should stand.")
        )


class CorrectionForm(StatementForm, VersionedForm):
    """One thing said, to correct."""


class CompletionForm(VersionedForm):
    """What a statement still lacks: its category, or a place that its words name."""

    category_code = SelectField(_l("Category"), coerce=lambda text: text or None)
    offered = HiddenField()

    def offer(self, statement: Statement) -> None:
        """Offer the categories, and the places that the words name."""
        self.category_code.choices = _categories(statement.meeting.held_on)
        self._mentions = offers.places_in(statement.meeting, statement.text) if self.offered.data else []

    @property
    def values(self) -> dict[str, Any]:
        """What the statement gets."""
        place = next((found.place for found in self._mentions if found.label == self.offered.data), None)
        return {"version": self.version.data, "category_code": self.category_code.data, "place": place}

    @property
    def fault(self) -> str:
        """What is wrong, in one sentence."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    def validate_offered(self, field: Field) -> None:
        """Refuse a place that the words do not name, and a form that gives nothing."""
        if field.data and self.values["place"] is None:
            raise ValidationError(_l("The words no longer name the place that you chose. Choose it again."))
        if not field.data and not self.category_code.data:
            raise ValidationError(_l("Choose a category or a place."))


class SplittingForm(VersionedForm, KeyedForm):
    """Two statements made of one."""

    text = text_field(_l("The first statement"), DataRequired(_l("Write what was said first.")))
    rest = text_field(_l("The second statement"), DataRequired(_l("Write what was said next.")))
    rest_category_code = SelectField(
        _l("Category of the second statement"), coerce=lambda text: text or None, validate_choice=True
    )

    def offer(self, statement: Statement) -> None:
        """Offer the categories, and the statement cut at its first sentence."""
        self.rest_category_code.choices = _categories(statement.meeting.held_on)
        if not self.is_submitted():
            self.version.data = statement.version
            self.text.data, self.rest.data = notes.halves(statement.text)
            self.rest_category_code.data = statement.category_code


class MovingForm(Form):
    """Where a statement goes: before the one before it, or after the one after it."""

    earlier = HiddenField(filters=[bool])


class JoiningForm(VersionedForm):
    """Join a statement to the one before it."""


class NoteForm(KeyedForm):
    """A whole note, one line a statement."""

    note = text_field(
        _l("Your note"),
        DataRequired(_l("Paste or type your note.")),
        longest=LONGEST_NOTE,
        rows=14,
        description=_l("Each line becomes a statement. Without names."),
    )

    def validate_note(self, _field: Field) -> None:
        """Refuse a note with more lines than a debate has statements, or a line longer than a statement or empty."""
        written = self.read({})
        if len(written) > MOST_LINES:
            raise ValidationError(_l("There are too many lines. Send at most 200 at a time."))
        if any(len(line.text) > LONGEST_STATEMENT or len(line.answer) > LONGEST_STATEMENT for line in written):
            raise ValidationError(_l("A line is too long. Divide it: at most 2,000 characters."))
        if not all(line.text and 1 <= (line.voices or 1) <= MOST_PEOPLE for line in written):
            raise ValidationError(_l("A line has marks and no words, or counts too many hands. Correct it."))

    def read(self, categories: Mapping[str, str]) -> list[notes.Note]:
        """Take the note apart; `categories` are codes with their names."""
        return [notes.read(line, categories) for line in notes.lines(self.note.data or "")]

    def values_for(self, meeting: Meeting) -> dict[str, Any]:
        """What the note says, line by line, with the categories of the meeting's day."""
        names = {code: str(name) for code, name, *_rest in _categories(meeting.held_on) if code}
        return {"key": self.key.data, "lines": self.read(names)}


def _categories(day: date | None) -> list[SelectChoice]:
    """List by groups the categories that had not ended by a day; older meetings use those that came after them."""
    day, tongue = day or today(), language()
    offered = [entry for entry in catalogue.everything() if entry.valid_to is None or day < entry.valid_to]
    offered.sort(key=lambda entry: entry.group.letter)
    named = [SelectChoice(entry.code, entry.name(tongue), optgroup=entry.group.name(tongue)) for entry in offered]
    return [SelectChoice("", _l("no category")), *named]


class WithdrawalForm(Form):
    """Why a statement is crossed out."""

    reason = line_field(_l("Reason"), DataRequired(_l("Give the reason.")), longest=500)
