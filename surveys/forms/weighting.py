"""The form of a weighting run: up to four margins, each a question with its year, source and a pasted table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from consult.web.forms import Form, PlainText
from surveys.forms.methods import read_table
from surveys.weighting import MOST_CELLS, MOST_MARGINS, Cell, Margin

OLDEST, LATEST = 1990, 2100
LONGEST_TABLE = 8_000
PLACES = range(1, MOST_MARGINS + 1)


def _question() -> SelectField:
    return SelectField(_l("Weighted by"))


def _year() -> IntegerField:
    return IntegerField(
        _l("Year of the figures"),
        [Optional(), NumberRange(OLDEST, LATEST, _l("Give a year with four digits."))],
        render_kw={"classes": "govuk-input--width-5"},
    )


def _source() -> StringField:
    return StringField(
        _l("Source of the figures"),
        [PlainText(), Length(max=200)],
        description=_l("For example: Statistics Poland, Local Data Bank."),
    )


def _table() -> TextAreaField:
    return TextAreaField(
        _l("Number of people for each answer"),
        [PlainText(), Length(max=LONGEST_TABLE)],
        description=_l("A line for each answer: “answer; number”. Several answers with + between are one group."),
        render_kw={"rows": 7},
    )


@dataclass
class MarginFields:
    """The four fields of one margin; without a question it is none."""

    question: SelectField
    year: Field
    source: Field
    table: Field


class WeightsForm(Form):
    """Margins to weigh a survey to."""

    question_1, year_1, source_1, table_1 = _question(), _year(), _source(), _table()
    question_2, year_2, source_2, table_2 = _question(), _year(), _source(), _table()
    question_3, year_3, source_3, table_3 = _question(), _year(), _source(), _table()
    question_4, year_4, source_4, table_4 = _question(), _year(), _source(), _table()

    ways: Mapping[str, Mapping[str, Sequence[str]]] = {}

    @property
    def parts(self) -> list[MarginFields]:
        """The fields, margin by margin."""
        names = ("question", "year", "source", "table")
        return [MarginFields(**{name: self[f"{name}_{place}"] for name in names}) for place in PLACES]

    def offer(
        self, ways: Mapping[str, Mapping[str, Sequence[str]]], names: Sequence[tuple[str, str]], kept: Sequence[Margin]
    ) -> None:
        """Offer what can be weighted by, and show the margins that are in force."""
        self.ways = ways
        choices = [SelectChoice("", _l("choose a question")), *(SelectChoice(name, words) for name, words in names)]
        for part in self.parts:
            part.question.choices = choices
        if not self.is_submitted():
            for part, margin in zip(self.parts, kept, strict=False):
                _show(part, margin)

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether there is a margin, and every one is whole."""
        is_right = super().validate(extra_validators)
        self._cells: dict[str, tuple[Cell, ...]] = {}
        chosen = [part for part in self.parts if part.question.data]
        for part in self.parts:
            is_right = self._read(part) and is_right
        if not chosen:
            return _refuse(self.parts[0].question, _l("Choose at least one question to weigh by."))
        names = [part.question.data for part in chosen]
        for place, part in enumerate(chosen):
            if part.question.data in names[:place]:
                return _refuse(part.question, _l("Each question can be chosen once."))
        return is_right

    def _read(self, part: MarginFields) -> bool:
        """Read a margin, and say at its fields what is missing."""
        table = (part.table.data or "").strip()
        if not part.question.data:
            return not table or _refuse(part.question, _l("Choose the question that this table is about."))
        is_right = bool(part.year.data) or _refuse(part.year, _l("Give the year of these numbers."))
        is_right = (
            bool(part.source.data) or _refuse(part.source, _l("Say where these numbers come from."))
        ) and is_right
        if not table:
            return _refuse(part.table, _l("Paste the numbers of people."))
        try:
            cells = read_table(table, self.ways.get(part.question.data, {}))
        except ValidationError as error:
            return _refuse(part.table, error.args[0])
        self._cells[part.question.data] = cells
        if len(cells) > MOST_CELLS:
            return _refuse(part.table, _l("Give at most %(number)s lines.", number=MOST_CELLS))
        return is_right

    @property
    def values(self) -> dict[str, Any]:
        """The margins, ready for the operation."""
        return {
            "margins": [
                Margin(part.question.data, part.year.data, part.source.data, self._cells[part.question.data])
                for part in self.parts
                if part.question.data
            ]
        }


def _refuse(field: Field, said: Any) -> bool:
    field.errors = [*field.errors, str(said)]
    return False


def _show(part: MarginFields, margin: Margin) -> None:
    part.question.data, part.year.data, part.source.data = margin.question, margin.year, margin.source
    part.table.data = "\n".join(f"{' + '.join(cell.answers)}; {cell.people}" for cell in margin.cells)
