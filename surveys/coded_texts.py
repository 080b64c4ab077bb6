"""Texts with their themes as a table: one row a text in random order, one column a theme, personal data blacked out."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from surveys.answer_rows import guarded
from surveys.themes import APART, PERSONAL, Codes, blacked


@dataclass(frozen=True, slots=True)
class Line:
    """One text: its words, the pieces that people blacked out, its codes, whether two people read it."""

    words: str
    hidden: tuple[str, ...]
    codes: Codes
    is_drawn: bool


def as_csv(lines: Sequence[Line], themes: Sequence[tuple[str, str]]) -> bytes:
    """Write texts with semicolons and a byte order mark; a theme's column is headed by its number and name."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    columns = [code for code, _name in themes] + [*APART, PERSONAL]
    writer.writerow(["text", *(f"{code}. {name}" for code, name in themes), *APART, PERSONAL, "read_by_two"])
    for line in lines:
        cells = ["1" if code in line.codes else "0" for code in columns]
        writer.writerow([guarded(blacked(line.words, line.hidden)), *cells, "1" if line.is_drawn else "0"])
    return text.getvalue().encode("utf-8-sig")
