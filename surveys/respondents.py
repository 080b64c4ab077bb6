"""Those who answered, as columns of numbers: what weights and intervals are computed of, and kept nowhere.

Counters know how often each answer was given; who weighs answers, crosses two questions or asks how sure a figure is
needs to know which answers were given together. Only mixed submissions are read for it, whose order says nothing, and
what is made of them here lives as long as the page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consult.disclosure import Part
from consult.estimates.designs import Codes, Floats
from surveys.counting import ASKED, MISSING, cell_name, cells
from surveys.questionnaire import Questionnaire
from surveys.questions import Definition
from surveys.results import DISTRICT, MODE, VERSION, Edition

DISTRICT_NAME = "#district"
"""The district that somebody lives in, where a question is named: nobody asks it under that name."""

NOBODY = -1
Row = tuple[Edition, str, str, Mapping[str, Any]]
"""A submission: its edition, how it came, its district, its answers."""


class Respondents:
    """Mixed submissions, one place in each column for each person."""

    def __init__(self, rows: Iterable[Row]) -> None:
        ways: tuple[list[str], list[str], list[str]] = ([], [], [])
        index: dict[str, dict[str, tuple[list[int], list[int]]]] = defaultdict(lambda: defaultdict(lambda: ([], [])))
        asking: dict[int, _Asking] = {}
        for place, (edition, mode, district, answers) in enumerate(rows):
            if edition.id not in asking:
                asking[edition.id] = _Asking(edition.definition)
            for way, word in zip(ways, (district, mode, str(edition.number)), strict=True):
                way.append(word)
            for (name, value), count in cells(edition.definition, answers, asking[edition.id].asked(answers)).items():
                places, counts = index[name][value]
                places.append(place)
                counts.append(count)
        self.people = len(ways[0])
        self._index = {
            name: {
                value: (np.array(places), np.array(counts, dtype=float)) for value, (places, counts) in found.items()
            }
            for name, found in index.items()
        }
        self._ways = dict(zip((DISTRICT, MODE, VERSION), (np.array(way, dtype=object) for way in ways), strict=True))

    def everybody(self) -> NDArray[np.bool_]:
        """Give the group of all."""
        return np.ones(self.people, dtype=bool)

    def of(self, part: Part | None, districts: Collection[str] | None = None) -> NDArray[np.bool_]:
        """Give the group of those in a part, and in some districts where not all may be seen."""
        group = self.everybody()
        if districts is not None:
            group &= np.isin(self._ways[DISTRICT].astype(str), sorted(districts))
        if part is not None:
            group &= self._ways[part[0]] == part[1]
        return group

    def words(self, way: int) -> list[str]:
        """Give everybody's word in a way of telling people apart."""
        return list(self._ways[way])

    def times(self, question: str, *values: str) -> Floats:
        """Count how often each person gave some values to a question."""
        column = np.zeros(self.people)
        for value in values:
            if (found := self._index.get(question, {}).get(value)) is not None:
                column[found[0]] += found[1]
        return column

    def asked(self, question: str) -> Floats:
        """Tell with 1 who was asked a question."""
        return self.times(cell_name(question), ASKED)

    def chosen(self, question: str) -> list[str]:
        """Give the one value that each person gave to a question; empty where none was given."""
        if question == DISTRICT_NAME:
            return self.words(DISTRICT)
        found = np.full(self.people, "", dtype=object)
        for value, (places, _counts) in self._index.get(cell_name(question), {}).items():
            if value not in {ASKED, MISSING}:
                found[places] = value
        return list(found)

    def codes(self, question: str, values: Iterable[str]) -> Codes:
        """Number what each person chose as it stands in a list of values; -1 for anything else."""
        numbers = {value: number for number, value in enumerate(values)}
        return np.array([numbers.get(value, NOBODY) for value in self.chosen(question)], dtype=np.int64)

    @cached_property
    def mode_shares(self) -> Mapping[str, float]:
        """How people answered, as parts of all."""
        modes = self.words(MODE)
        return {mode: modes.count(mode) / self.people for mode in sorted(set(modes))}


class _Asking:
    """Who is asked what. People who agree in all that conditions speak of are asked the same, so it is decided once."""

    def __init__(self, definition: Definition) -> None:
        conditional = [question for question in definition.questions if question.relevant and not question.repeat]
        self._questionnaire = Questionnaire(definition)
        self._names = sorted({name for question in conditional for name in question.depends_on})
        self._known: dict[str, frozenset[str]] = {}

    def asked(self, answers: Mapping[str, Any]) -> frozenset[str]:
        key = repr([answers.get(name) for name in self._names])
        if key not in self._known:
            self._known[key] = self._questionnaire.asked(answers)
        return self._known[key]
