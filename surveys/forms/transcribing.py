"""The form into which a sheet of paper is typed: one field for each question, taking entry codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field as FormField
from wtforms import HiddenField
from wtforms.validators import ValidationError

from consult.districts import queries as districts
from consult.geo import Place, PlaceKind
from consult.web.forms import KeyedForm
from surveys import paper, transcription
from surveys.complaints import Spoken, message
from surveys.questionnaire import Fault, Questionnaire, Wrong
from surveys.questions import CHOOSING, Definition, Kind
from surveys.transcription import Checked, Field

LONGEST_WORDS = 200
PREFIX = "q-"
"""Names of fields begin so: a question may be called like a field of the form itself."""


class SheetForm(KeyedForm):
    """The key that makes two clicks one sheet, how many sheets were saved before, and what may be left out."""

    saved = HiddenField(default="0")
    agreed = HiddenField()
    blank = HiddenField()

    def validate_saved(self, field: FormField) -> None:
        """Refuse what is no number of ours."""
        if not (field.data or "").isdecimal() or len(field.data) > len("100000"):
            raise ValidationError(_l("The form has expired. Refresh the page and send it again."))

    @property
    def count(self) -> int:
        """How many sheets were saved when this one has been."""
        return int(self.saved.data or "0") + 1


class Sheet:
    """What was typed of one sheet, to read, check and show again."""

    def __init__(self, definition: Definition, communes: Iterable[tuple[str, str]], language: str) -> None:
        self.definition, self.communes, self.spoken = definition, list(communes), Spoken(language)
        self.fields = transcription.fields(definition)
        self.entries = {one.key: request.form.get(PREFIX + one.key, "") for one in self.fields}
        self.words = {one.key: request.form.get(f"{PREFIX}{one.key}-words", "") for one in self.fields if one.is_place}
        self.checked = Checked({})

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was typed."""
        return not any(text.strip() for text in (*self.entries.values(), *self.words.values()))

    def check(self, asking: Questionnaire) -> None:
        """Hold what was typed against the rules of the questionnaire."""
        places, wrong = self._places()
        typed = transcription.read(self.definition, self.entries, places)
        checked = transcription.check(asking, typed)
        faults = {**checked.faults, **wrong}
        ordered = {one.key: faults[one.key] for one in self.fields if one.key in faults}
        self.checked = replace(checked, faults=ordered)

    def _places(self) -> tuple[dict[str, object], dict[str, Fault]]:
        """Make places of communes and words; words alone are no place."""
        known = {code for code, _name in self.communes}
        records: dict[str, object] = {}
        wrong = {}
        for one in self.fields:
            code, words = self.entries[one.key], " ".join(self.words.get(one.key, "").split())
            if not one.is_place or not (code or words):
                continue
            fault = _place_fault(code, words, known)
            if fault:
                wrong[one.key] = Fault(one.question, Wrong.PLACE, one.round, fault)
            else:
                records[one.key] = _commune(code, words).record
        return records, wrong

    def unagreed(self, agreed: str) -> Sequence[Field]:
        """List answers that were to be left out and that nobody has agreed to drop."""
        dropped = set(agreed.split(","))
        return [one for one in self.checked.needless if one.key not in dropped]

    def unconfirmed(self, blank: str) -> Sequence[Field]:
        """List fields that needed an answer and of which nobody has said that the sheet has none."""
        said = set(blank.split(","))
        return [one for one in self.checked.blank if one.key not in said]

    # What the page shows

    def label(self, one: Field) -> str:
        """Give the words of a question."""
        return self.spoken.label(one.question)

    def legend(self, one: Field) -> str:
        """Say what may be typed: the codes beside the boxes, or the kind of answer."""
        kind = one.question.kind
        if kind is Kind.RANK:
            names = ", ".join(self.spoken.of(box.labels) for box in one.boxes)
            return _("What stands in the boxes, from top to bottom; - for an empty one: %(names)s", names=names)
        if kind in CHOOSING:
            shown = one.boxes[: paper.MOST_BOXES]
            listed = " · ".join(f"{box.code} {self.spoken.of(box.labels)}" for box in shown)
            return listed if len(shown) == len(one.boxes) else _("Words as written, or: %(codes)s …", codes=listed)
        if kind is Kind.RANGE:
            low, high = f"{one.question.low:g}", f"{one.question.high:g}"
            return _("A number from %(low)s to %(high)s", low=low, high=high)
        return str(_LEGENDS.get(kind, ""))

    def problem(self, one: Field) -> str:
        """Say what is wrong with a field, nothing when all is well."""
        fault = self.checked.faults.get(one.key)
        return fault_in_words(fault, self.spoken) if fault else ""


_LEGENDS: Mapping[Kind, object] = {
    Kind.INTEGER: _l("A whole number"),
    Kind.DECIMAL: _l("A number"),
    Kind.DATE: _l("A day, for example 31.05.2026"),
}


def fault_in_words(fault: Fault, spoken: Spoken) -> str:
    """Say what is wrong with what was typed."""
    kind = fault.question.kind
    if kind is Kind.RANK and fault.wrong is Wrong.TWICE:
        return str(_("Two boxes hold the same place. Type each place once."))
    if kind in CHOOSING and fault.wrong is Wrong.UNLISTED and fault.detail:
        return str(_("“%(typed)s” is no code of this question.", typed=fault.detail))
    return message(fault, spoken)


def _place_fault(code: str, words: str, known: Iterable[str]) -> str:
    if code not in known:
        return str(_("Choose the commune too."))
    if len(words) > LONGEST_WORDS or not words.isprintable():
        return str(_("Shorten it to %(count)s characters.", count=LONGEST_WORDS))
    return ""


def _commune(code: str, words: str) -> Place:
    region = districts.commune(code)
    return Place.whole(PlaceKind.COMMUNE, region.code, region.lon, region.lat, region.reach_m, words or region.label)
