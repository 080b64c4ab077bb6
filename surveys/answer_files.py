"""Answers as files: a table (CSV), a workbook with its codebook (XLSX), and SPSS (.sav); each row one submission.

Rows come one by one from whoever reads them and leave one by one; only SPSS, whose library takes whole columns, holds
the numbers of all rows at once.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from surveys import answer_rows, codebook
from surveys.answer_rows import Column
from surveys.codebook import Scale, Value, Variable
from surveys.questions import NUMBERS, Kind

BOM = "\ufeff"
SHEETS = ("Odpowiedzi", "Opis zmiennych")
PART = 500
"""So many rows of a table are written at once."""


class Answered(NamedTuple):
    """One submission: the number of its version, how it came, the district named, and its answers."""

    version: int
    mode: str
    district: str
    answers: Mapping[str, Any]

    @property
    def about(self) -> tuple[str, str, str]:
        """What stands before the answers."""
        return str(self.version), self.mode, self.district


class Labels(NamedTuple):
    """Words for what stands before the answers: how submissions came and the districts by their codes."""

    modes: Mapping[str, str]
    districts: Mapping[str, str]
    about: tuple[str, str, str]


def as_csv(wanted: Sequence[Column], submissions: Iterable[Answered]) -> Iterator[str]:
    """Write answers with semicolons and a byte order mark, as spreadsheets in Polish read them, part by part."""
    yield BOM
    yield from _lines(_table(wanted, submissions))


def codebook_as_csv(wanted: Sequence[Variable]) -> Iterator[str]:
    """Write the codebook in the same form."""
    yield BOM
    yield from _lines([codebook.HEADER, *(tuple(map(answer_rows.guarded, row)) for row in codebook.rows(wanted))])


def _table(wanted: Sequence[Column], submissions: Iterable[Answered]) -> Iterator[Sequence[str]]:
    yield answer_rows.header(wanted)
    for one in submissions:
        yield answer_rows.row(one.about, one.answers, wanted)


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % PART == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def write_xlsx(
    wanted: Sequence[Column], variables: Sequence[Variable], submissions: Iterable[Answered], out: Path
) -> int:
    """Write a workbook of two sheets, the answers and the codebook; return the number of submissions."""
    from openpyxl import Workbook  # a fifth of a second to import

    book, count = Workbook(write_only=True), 0
    sheet = book.create_sheet(SHEETS[0])
    sheet.freeze_panes = "A2"
    sheet.append(answer_rows.header(wanted))
    for one in submissions:
        count += 1
        sheet.append([*one.about, *(_cell(column, column.answer(one.answers)) for column in wanted)])
    described = book.create_sheet(SHEETS[1])
    described.freeze_panes = "A2"
    for row in [codebook.HEADER, *codebook.rows(variables)]:
        described.append([answer_rows.guarded(cell) for cell in row])
    book.save(out)
    return count


def _cell(column: Column, answer: Any) -> Any:
    """Give a cell its own type: numbers and days stay what they are, texts are no formulas."""
    if answer is None or isinstance(answer, int | float):
        return answer
    if column.question.kind is Kind.DATE:
        return date.fromisoformat(str(answer))
    text = " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
    return answer_rows.guarded(codebook.clipped(text, codebook.TEXT_BYTES))


def write_sav(
    variables: Sequence[Variable], submissions: Iterable[Answered], labels: Labels, title: str, out: Path
) -> int:
    """Write a file for SPSS: numbers with labels, no answers as missing values; return the number of submissions."""
    import pandas as pd  # a second to import
    import pyreadstat

    facts: dict[str, list[Any]] = {name: [] for name in answer_rows.ABOUT}
    columns: dict[str, list[Any]] = {one.name: [] for one in variables}
    modes = {mode: number for number, mode in enumerate(labels.modes, start=1)}
    for one in submissions:
        place = int(one.district) if one.district else None
        for name, fact in zip(answer_rows.ABOUT, (one.version, modes.get(one.mode), place), strict=True):
            facts[name].append(fact)
        for variable in variables:
            columns[variable.name].append(variable.cell(one.answers))
    frame = pd.DataFrame(
        {name: pd.array(column, dtype="Float64") for name, column in facts.items()}
        | {one.name: _column(one, columns[one.name]) for one in variables}
    )
    about: dict[str, str | None] = dict(zip(answer_rows.ABOUT, labels.about, strict=True))
    pyreadstat.write_sav(
        frame,
        str(out),
        file_label=codebook.clipped(title, 64),
        column_labels=about | {one.name: one.label for one in variables},
        variable_value_labels=_value_labels(variables, labels, modes),
        missing_ranges={one.name: _missing(one.options) for one in variables if _missing(one.options)},
        variable_measure=dict.fromkeys(about, "nominal") | {one.name: one.scale.value for one in variables},
        compress=False,
    )
    return len(frame)


def _column(variable: Variable, cells: list[Any]) -> Any:
    import pandas as pd

    kind = variable.column.question.kind
    if variable.choice or variable.options or kind in NUMBERS:
        return pd.array(cells, dtype="Float64")
    return pd.Series(cells, dtype="object")


def _value_labels(
    variables: Sequence[Variable], labels: Labels, modes: Mapping[str, int]
) -> dict[str, dict[int | float, str]]:
    found: dict[str, dict[int | float, str]] = {
        answer_rows.ABOUT[1]: {number: labels.modes[mode] for mode, number in modes.items()},
        answer_rows.ABOUT[2]: {int(code): name for code, name in labels.districts.items()},
    }
    for one in variables:
        if one.options:
            found[one.name] = {value.number: value.label for value in one.options}
        elif one.choice and one.scale is not Scale.SCALE:
            found[one.name] = {0: "nie", 1: "tak"}
    return {name: values for name, values in found.items() if values}


def _missing(values: Sequence[Value]) -> list[Any]:
    """Declare the numbers of no answers as one range: SPSS takes three single values at most."""
    apart = [value.number for value in values if value.is_missing]
    return [{"lo": min(apart), "hi": max(apart)}] if apart else []
