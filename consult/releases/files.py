"""Releases as files: their names, and one table for a spreadsheet. The JSON is the text of the release itself."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from consult.releases import cube
from consult.releases.models import Release
from consult.releases.sealing import Record

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet would compute. In these files it is text."""

HIDDEN = "x"
OF_A_SURVEY = ["question", "question_pl", "area", "area_name", "people", "answer", "answer_pl", "count", "weighted"]


def name(found: Release, kind: str) -> str:
    """Name the file of a release."""
    return f"{found.kind.value}-{found.subject}-{found.cutoff_on.isoformat()}.{kind}"


def csv_of(record: Record) -> bytes:
    """Write a release as a table that a Polish spreadsheet opens: UTF-8 with its mark, semicolons."""
    columns, rows = cube.table_of(record) if record["kind"] == "threats" else (OF_A_SURVEY, list(_answers(record)))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _answers(record: Record) -> Iterator[list[Any]]:
    for question in record["questions"]:
        everybody = {**question, "area": "PL", "name": ""}
        for area in (everybody, *question["areas"]):
            people = HIDDEN if area["people"] is None else area["people"]
            head = [question["name"], question["label"].get("pl", ""), area["area"], area.get("name", ""), people]
            counts = {value: count for value, count in area["counts"].items() if not value.startswith("#")}
            if not counts:
                yield [*head, "", "", "", ""]
            for value, count in sorted(counts.items()):
                yield [*head, value, question["answers"].get(value, {}).get("pl", ""), count, _weighted(area, value)]
        yield from _themes(question)


def _themes(question: dict[str, Any]) -> Iterator[list[Any]]:
    """Give a question's themes: their people are those who wrote something."""
    told = question.get("themes")
    if told:
        head = [question["name"], question["label"].get("pl", ""), "PL", "", told["people"]]
        for code, count in sorted(told["counts"].items()):
            yield [*head, f"theme:{code}", told["names"].get(code, ""), count, ""]


def _weighted(area: Mapping[str, Any], value: str) -> Any:
    """Give a weighted count; nothing where there is none, such as in areas and in releases of earlier forms."""
    told = area.get("weighted")
    return told["counts"].get(value, 0) if told else ""
