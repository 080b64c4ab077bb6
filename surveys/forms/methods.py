"""The form of a survey's method: what the disclosure box cannot know, and how people were drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from consult.web.forms import Form, NamesNobody, PlainText
from surveys.forms.managing import check_sample, sample_field
from surveys.models import Access, SurveyMethod
from surveys.questions import SampleKind
from surveys.weighting import LARGEST, Cell, LinesUnclear, read_cells

LONGEST = 1_000
SHORTEST_TABLE = 2


def _words(label: Any, description: Any) -> TextAreaField:
    return TextAreaField(
        label, [PlainText(), Length(max=LONGEST), NamesNobody()], description=description, render_kw={"rows": 3}
    )


class MethodForm(Form):
    """How a survey is made. What stays empty stands in the box as "not stated"."""

    sample = sample_field()
    sponsor = _words(_l("Who ordered and paid for the survey"), _l("The unit that asks stands in the box anyway."))
    population = _words(_l("Whom the survey is about"), _l("For example: residents aged 18 and over of the commune."))
    recruitment = _words(
        _l("How people learnt of it or were chosen"),
        _l("Where it was announced; from which list people were drawn, how, how many, reminders."),
    )
    processing = _words(_l("How answers were checked and processed"), _l("Beyond what the platform does by itself."))
    limitations = _words(_l("What to bear in mind when reading the results"), _l("Who could not be reached, and why."))
    population_size = IntegerField(
        _l("How many people the survey is about"),
        [Optional(), NumberRange(1, LARGEST, _l("Give a whole number of people."))],
        description=_l("Narrows the intervals where a large part of all answered."),
    )
    population_source = StringField(
        _l("Year and source of these numbers"),
        [PlainText(), Length(max=200)],
        description=_l("For example: Statistics Poland, 31 December 2025."),
    )
    strata = SelectField(_l("People were drawn separately by"), validate_choice=True)
    stratum_sizes = TextAreaField(
        _l("Number of people in each of these groups"),
        [PlainText(), Length(max=4_000)],
        description=_l("A line for each answer: “answer; number of people”. It can be pasted from a spreadsheet."),
        render_kw={"rows": 6},
    )
    clusters = SelectField(_l("People were drawn in whole groups, such as estates"), validate_choice=True)

    access: Access = Access.OPEN
    ways: Mapping[str, Mapping[str, Sequence[str]]] = {}
    cells: tuple[Cell, ...] = ()

    def offer(
        self, access: Access, ways: Mapping[str, Mapping[str, Sequence[str]]], names: Sequence[tuple[str, str]]
    ) -> None:
        """Offer what people of this survey can be told apart by."""
        self.access, self.ways = access, ways
        choices = [SelectChoice(name, words) for name, words in names]
        self.strata.choices = [SelectChoice("", _l("not separately")), *choices]
        self.clusters.choices = [SelectChoice("", _l("one by one")), *choices]

    def show(self, stated: SurveyMethod, sample: SampleKind | None) -> None:
        """Show what is stated now."""
        if self.is_submitted():
            return
        self.sample.data = sample
        for name in ("sponsor", "population", "recruitment", "processing", "limitations"):
            self[name].data = getattr(stated, name)
        self.population_size.data, self.population_source.data = stated.population_size, stated.population_source
        self.strata.data, self.clusters.data = stated.strata, stated.clusters
        self.stratum_sizes.data = "\n".join(f"{answer}; {size}" for answer, size in stated.stratum_sizes.items())

    def validate_sample(self, field: Field) -> None:
        """Refuse none, and a draw that anybody may join."""
        if field.data is None:
            raise ValidationError(_l("Choose how people come to the survey."))
        check_sample(self.access, field.data)

    def validate_stratum_sizes(self, field: Field) -> None:
        """Read the numbers, one for each group, or none at all."""
        if not (field.data or "").strip():
            return
        if not self.strata.data:
            raise ValidationError(_l("Choose first by what people were drawn separately."))
        names = self.ways.get(self.strata.data, {})
        self.cells = read_table(field.data, names)
        if any(len(cell.answers) > 1 for cell in self.cells):
            raise ValidationError(_l("Give each group a line of its own."))

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, ready for the operation."""
        sizes = {cell.answers[0]: cell.people for cell in self.cells}
        return super().values | {"stratum_sizes": sizes}


def read_table(text: str, names: Mapping[str, Sequence[str]]) -> tuple[Cell, ...]:
    """Read a pasted table that has a line for every answer, or raise ValidationError saying what is wrong."""
    try:
        cells = read_cells(text, names)
    except LinesUnclear as unclear:
        raise ValidationError(_complaint(unclear, names)) from unclear
    given = {answer for cell in cells for answer in cell.answers}
    lacking = [(words or [code])[0] for code, words in names.items() if code not in given]
    if lacking:
        raise ValidationError(_l("There is no line for: %(answers)s.", answers=", ".join(lacking[:10])))
    return cells


def _complaint(unclear: LinesUnclear, names: Mapping[str, Sequence[str]]) -> Any:
    if unclear.lines:
        numbers = ", ".join(map(str, unclear.lines[:10]))
        return _l("Write each line as “answer; number of people”. Not read: line %(numbers)s.", numbers=numbers)
    if unclear.unknown:
        known = ", ".join((words or [code])[0] for code, words in list(names.items())[:10])
        strange = ", ".join(unclear.unknown[:5])
        return _l("Nobody can answer %(answers)s. The answers are: %(known)s.", answers=strange, known=known)
    return _l("These answers stand in two lines: %(answers)s.", answers=", ".join(unclear.twice[:10]))
