"""What people answered to a survey, as everybody may see it: by question, of all and of the areas they live in.

A question of fewer than ten people is not told at all, nor is an area of fewer than ten; other areas go with it until
nobody can work out how many they were (`consult.releases.areas`). Whatever is told is rounded to fives. An area to
which one to nine people came since it was last shown is left out, too: two releases side by side would tell of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from consult.attack import LARGEST, Knowledge, Protection, Range, found_out
from consult.disclosure import ROUNDED_TO, SURVEY_BASE
from consult.releases.areas import COUNTRY, Layout
from consult.releases.sealing import Record

PROTECTION = Protection(below=SURVEY_BASE, width=SURVEY_BASE - 2)
PEOPLE = "people"
NOWHERE = "0000"
"""Where people stand who named no district: never shown, and never to be worked out."""


@dataclass(frozen=True)
class Before:
    """The exact numbers of people behind what the last release showed, by question and area."""

    bases: Mapping[str, int]

    def growth(self, question: str, area: str, people: int) -> int | None:
        """Tell by how many people a figure grew since it was shown; None where it was not."""
        known = self.bases.get(key(question, area))
        return None if known is None else people - known

    def allows(self, question: str, area: str, people: int) -> bool:
        """Tell whether a figure may be shown beside the one of before: the same people, or at least ten more."""
        growth = self.growth(question, area, people)
        return growth is None or growth == 0 or growth >= SURVEY_BASE


def key(question: str, area: str) -> str:
    """Name a figure of a question and an area."""
    return f"{question}|{area}"


def shown_areas(question: str, people: Mapping[str, int], before: Before) -> dict[str, int]:
    """Choose the voivodeships and districts of which a question may be told, with how many people they have.

    `people` are counted by district, under "" those who named none; the whole is told in any case. Where it could not
    be told beside the areas, none of them is. Raises Unprotectable.
    """
    counts = {(code or NOWHERE, PEOPLE): many for code, many in people.items() if many}
    layout = Layout(sorted(code for code, _column in counts), [PEOPLE])
    values = layout.values(counts)
    held_back = [
        area
        for area in layout.areas[1:]
        if area.startswith(NOWHERE[:2]) or not before.allows(question, area, int(values[layout.cells[area, PEOPLE]]))
    ]
    shown = layout.shown(counts, PROTECTION, held_back)
    told = {area: row[PEOPLE] for area, row in shown.items()}
    if told.pop(COUNTRY) is None:
        return {}
    return {area: many for area, many in told.items() if many is not None}


def worked_out(record: Record) -> dict[str, Range]:
    """List the hidden numbers of people that could be narrowed down too far from a survey's file alone."""
    found: dict[str, Range] = {}
    for question in record["questions"]:
        if question["people"] is not None and question["areas"]:
            found |= {f"{question['name']} {name}": one for name, one in _of_question(question).items()}
    return found


def _of_question(question: Mapping[str, Any]) -> dict[str, Range]:
    told = {row["area"]: row["people"] for row in question["areas"]}
    layout = Layout([area for area in told if len(area) > len("10")], [PEOPLE])
    told[COUNTRY] = question["people"]
    least, greatest = np.ones(len(layout.cells), dtype=np.int64), np.full(len(layout.cells), LARGEST)
    hidden = []
    for (area, _column), number in layout.cells.items():
        many = told.get(area)
        if many is None:
            hidden.append(number)
            continue
        least[number], greatest[number] = many - ROUNDED_TO // 2, many + ROUNDED_TO // 2
    found = found_out(Knowledge(least, greatest, layout.sums), hidden, PROTECTION)
    return {layout.names[cell]: one for cell, one in found.items()}
