"""Weighting a survey to what is known of its population: margins with year and source, and what the weights cost.

A margin is a question (or the district that people live in) with the number of people behind each answer. Whoever gave
no answer that the margin knows forms a cell of their own, which keeps its size: they are neither lifted nor lowered.
Weights have the mean 1, so that weighted numbers of people stay numbers of people.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

import numpy as np

from consult.estimates import weights
from consult.estimates.designs import Codes, Floats
from consult.estimates.weights import Diagnosis, diagnosis
from consult.words import folded
from surveys.respondents import Respondents

MOST_MARGINS = 4
MOST_CELLS = 60
LARGEST = 100_000_000
LONGEST_LINE = 300
_LINE = re.compile(r"^(?P<answers>.+?)\s*[;\t|:]\s*(?P<people>\d[\d \u00a0\u202f]*)$")


class Unfit(StrEnum):
    """Why nothing can be weighted to some margins."""

    NOT_MIXED = "not_mixed"
    NO_RESPONDENTS = "no_respondents"
    CELL_EMPTY = "cell_empty"
    ONE_CELL = "one_cell"
    NO_CONVERGENCE = "no_convergence"


class WeightingRefused(ValueError):
    """Nothing can be weighted to these margins: `margin` names the question, `cells` the answers it fails at."""

    def __init__(self, reason: Unfit, margin: str = "", cells: Sequence[str] = ()) -> None:
        super().__init__(f"{reason}: {margin} {', '.join(cells)}")
        self.reason, self.margin, self.cells = reason, margin, tuple(cells)


class LinesUnclear(ValueError):
    """Lines of a pasted table that cannot be read: their numbers, counted from 1, and the answers nobody offers."""

    def __init__(self, lines: Sequence[int], unknown: Sequence[str] = (), twice: Sequence[str] = ()) -> None:
        super().__init__(f"lines {lines}, unknown {unknown}, twice {twice}")
        self.lines, self.unknown, self.twice = tuple(lines), tuple(unknown), tuple(twice)


@dataclass(frozen=True)
class Cell:
    """Answers that the population figures take together, and how many people they have there."""

    answers: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class Margin:
    """A question and how many people of the population stand behind each answer, of which year, from which source."""

    question: str
    year: int
    source: str
    cells: tuple[Cell, ...]

    @property
    def record(self) -> dict[str, Any]:
        """The margin as it is kept."""
        cells = [{"answers": list(cell.answers), "people": cell.people} for cell in self.cells]
        return {"question": self.question, "year": self.year, "source": self.source, "cells": cells}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Read a kept margin."""
        cells = tuple(Cell(tuple(cell["answers"]), int(cell["people"])) for cell in record["cells"])
        return cls(record["question"], int(record["year"]), record["source"], cells)


def spec_of(margins: Sequence[Margin]) -> dict[str, Any]:
    """Give margins as one record, with the bounds that belong to the method."""
    return {
        "margins": [margin.record for margin in margins],
        "trimmed": [weights.LOWEST, weights.HIGHEST],
        "smallest_cell": weights.SMALLEST_CELL,
    }


def margins_of(spec: Mapping[str, Any]) -> list[Margin]:
    """Read the margins of a kept record."""
    return [Margin.of(record) for record in spec["margins"]]


def digest(spec: Mapping[str, Any]) -> str:
    """Give the digest of a record's canonical JSON."""
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# Pasted tables


def read_cells(text: str, names: Mapping[str, Sequence[str]]) -> tuple[Cell, ...]:
    """Read a table pasted as lines "answer; number of people", or raise LinesUnclear.

    `names` holds what each answer's code may be called besides. Several answers with + between are one cell.
    """
    known = {folded(word): code for code, words in names.items() for word in (code, *words)}
    unread: list[int] = []
    unknown: list[str] = []
    cells: list[Cell] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.match(line.strip()) if len(line) <= LONGEST_LINE else None
        people = int(re.sub(r"\D", "", found["people"])) if found else 0
        if found is None or not 0 < people <= LARGEST:
            unread.append(number)
            continue
        codes, strange = _codes(found["answers"], known)
        unknown += strange
        cells.append(Cell(codes, people))
    twice = [code for code, times in Counter(code for cell in cells for code in cell.answers).items() if times > 1]
    if unread or unknown or twice:
        raise LinesUnclear(unread, unknown, twice)
    return tuple(cells)


def _codes(text: str, known: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """Read the answers of a line: one by its code or its words, else several with + between."""
    whole = known.get(folded(text.strip()))
    if whole is not None:
        return (whole,), []
    words = [word.strip() for word in text.split("+")]
    codes = tuple(code for word in words if (code := known.get(folded(word))) is not None)
    return codes, [word for word in words if folded(word) not in known]


# Weights


@dataclass(frozen=True)
class Group:
    """A cell as it was raked: answers, respondents before, and their share before, after and in the population."""

    answers: tuple[str, ...]
    respondents: int
    before: float
    after: float
    population: float

    @property
    def record(self) -> dict[str, Any]:
        """The cell as it is kept."""
        return {
            "answers": list(self.answers),
            "respondents": self.respondents,
            "before": self.before,
            "after": self.after,
            "population": self.population,
        }


@dataclass(frozen=True, eq=False)
class Weighted:
    """Weights of all respondents, the cells that they were raked to, and what they cost."""

    weights: Floats
    base: Floats
    cells: tuple[Codes, ...]
    groups: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)
    unplaced: Mapping[str, int] = field(default_factory=dict)
    rounds: int = 0
    trimmed: int = 0

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What the weights cost."""
        return diagnosis(self.weights)

    @property
    def diagnostics(self) -> dict[str, Any]:
        """What is kept of a run: nothing of any person."""
        found = self.diagnosis
        return {
            "people": found.people,
            "lowest": found.lowest,
            "highest": found.highest,
            "effective": found.effective,
            "design_effect": found.design_effect,
            "rounds": self.rounds,
            "trimmed": self.trimmed,
            "margins": [
                {"question": name, "unplaced": self.unplaced[name], "cells": [group.record for group in groups]}
                for name, groups in self.groups.items()
            ],
        }


@dataclass(frozen=True, eq=False)
class _Placed:
    """A margin laid over the respondents: the group of each, what each group shall weigh, and the groups' answers."""

    margin: Margin
    codes: Codes
    targets: Floats
    answers: tuple[tuple[str, ...], ...]
    people: tuple[int, ...]
    unplaced: int


def weigh(respondents: Respondents, margins: Sequence[Margin], base: Floats | None = None) -> Weighted:
    """Rake respondents to margins, or raise WeightingRefused. `base` are the weights that the draw gave them."""
    if not respondents.people:
        raise WeightingRefused(Unfit.NO_RESPONDENTS)
    drawn = np.ones(respondents.people) if base is None else base / base.mean()
    placed = [_placed(respondents, margin, drawn) for margin in margins]
    try:
        raked = weights.rake_trimmed(drawn, [weights.Margin(one.codes, one.targets) for one in placed])
    except weights.NoConvergence as error:
        raise WeightingRefused(Unfit.NO_CONVERGENCE) from error
    return Weighted(
        raked.weights,
        drawn,
        tuple(one.codes for one in placed),
        {one.margin.question: _groups(one, drawn, raked.weights) for one in placed},
        {one.margin.question: one.unplaced for one in placed},
        raked.rounds,
        raked.trimmed,
    )


def _placed(respondents: Respondents, margin: Margin, drawn: Floats) -> _Placed:
    """Find everybody's cell, merge the small ones, and leave those without one a cell of their own."""
    cell_of = {answer: number for number, cell in enumerate(margin.cells) for answer in cell.answers}
    own = np.array([cell_of.get(word, -1) for word in respondents.chosen(margin.question)], dtype=np.int64)
    counts = np.bincount(own[own >= 0], minlength=len(margin.cells))
    empty = [cell for cell, count in zip(margin.cells, counts, strict=True) if not count]
    if empty:
        raise WeightingRefused(Unfit.CELL_EMPTY, margin.question, [answer for cell in empty for answer in cell.answers])
    group_of = weights.merged([int(count) for count in counts])
    groups = range(max(group_of) + 1)
    if len(groups) < 2:
        raise WeightingRefused(Unfit.ONE_CELL, margin.question)
    members = [[cell for cell, one in zip(margin.cells, group_of, strict=True) if one == group] for group in groups]
    people = tuple(sum(cell.people for cell in cells) for cells in members)
    codes = np.where(own >= 0, np.array(group_of)[own], len(groups))
    unplaced = codes == len(groups)
    inside = float(drawn[~unplaced].sum())
    targets = [inside * size / sum(people) for size in people]
    if unplaced.any():
        targets.append(float(drawn[unplaced].sum()))
    answers = tuple(tuple(answer for cell in cells for answer in cell.answers) for cells in members)
    return _Placed(margin, codes, np.array(targets), answers, people, int(unplaced.sum()))


def _groups(placed: _Placed, before: Floats, after: Floats) -> tuple[Group, ...]:
    inside = placed.codes < len(placed.answers)
    shares = [
        np.bincount(placed.codes[inside], weighed[inside], len(placed.answers)) / weighed[inside].sum()
        for weighed in (before, after)
    ]
    counts = np.bincount(placed.codes[inside], minlength=len(placed.answers))
    whole = sum(placed.people)
    return tuple(
        Group(answers, int(counts[number]), float(shares[0][number]), float(shares[1][number]), people / whole)
        for number, (answers, people) in enumerate(zip(placed.answers, placed.people, strict=True))
    )
