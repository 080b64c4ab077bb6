"""Place questions of a questionnaire: the house's own place field, one for each question of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms.form import BaseForm

from consult.districts import queries as districts
from consult.geo import Place, PlaceRefused
from consult.places import queries as places
from consult.web.place_field import PlaceField
from surveys.complaints import Spoken
from surveys.questionnaire import Fault, Step, Wrong
from surveys.questions import PLACES, Kind, Question

SHAPES = {Kind.GEOPOINT: ("point",), Kind.GEOTRACE: ("line",), Kind.GEOSHAPE: ("polygon",)}


def place_fields(
    area_codes: Sequence[str], step: Step, answers: Mapping[str, Any], spoken: Spoken, *, fresh: bool = False
) -> dict[str, PlaceField]:
    """Make the fields of a page's place questions from what was sent, or (`fresh`) from the answers.

    Raises nothing: what is wrong is in the fields' errors, after `records_of`.
    """
    asked = [question for question in step.page.questions if question.kind in PLACES]
    if not asked:
        return {}
    district = next((code[:4] for code in area_codes if len(code) >= len("1003")), None)
    form = BaseForm({question.name: _field(question, spoken, district) for question in asked})
    known = {q.name: Place.from_record(dict(answers[q.name])) for q in asked if q.name in answers}
    form.process(None if fresh else request.form, data=known)
    return {question.name: form[question.name] for question in asked}  # type: ignore[misc]  # each is a PlaceField


def _field(question: Question, spoken: Spoken, district: str | None) -> Any:
    return PlaceField(
        spoken.label(question),
        description=spoken.hint(question),
        search=places.search,
        not_found=places.not_found,
        check=districts.containing,
        communes=districts.communes_to_choose,
        frame=districts.frame,
        district=lambda: district,
        shapes=SHAPES[question.kind],
        required=question.required is not None,
    )


def records_of(fields: Mapping[str, PlaceField], step: Step) -> tuple[dict[str, Any], list[Fault]]:
    """Give the marked places as records, and what is wrong with those that cannot be taken."""
    records: dict[str, Any] = {}
    faults: list[Fault] = []
    by_name = {question.name: question for question in step.page.questions}
    for name, field in fields.items():
        field.flags.required = False  # whether an answer is needed is a rule of the questionnaire
        field.validate(None)  # type: ignore[arg-type]  # its checks ask nothing of the form
        _place_in_boundaries(field)
        if field.errors:
            faults.append(Fault(by_name[name], Wrong.PLACE, step.round, str(field.errors[0])))
        elif field.data is not None:
            records[name] = field.data.record
    return records, faults


def _place_in_boundaries(field: PlaceField) -> None:
    if field.data is None or field.errors:
        return
    try:
        districts.containing(field.data)
    except PlaceRefused as refused:
        field.refuse(refused)
