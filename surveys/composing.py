"""A short questionnaire as it is written on the screen, and the XLSForm that says the same.

Nothing is stored of the screen itself: `sheets_of` writes the rows that a coordinator would have typed into a workbook,
and `composed` reads them back, or says that a form holds more than the screen can show (groups, conditions, roles).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from surveys import spellings
from surveys.columns import texts
from surveys.questions import LANGUAGES, Texts
from surveys.sheets import Row, Sheets, canonical, numbered

MOST_QUESTIONS = 40
"""Questions that a screen holds; a longer form is easier to keep in a file."""


class Way(StrEnum):
    """How a question of the screen is answered."""

    ONE = "one"
    SEVERAL = "several"
    ORDER = "order"
    YES_NO = "yes_no"
    FROM_1_TO_5 = "from_1_to_5"
    FROM_0_TO_10 = "from_0_to_10"
    WORDS = "words"
    NUMBER = "number"
    DAY = "day"
    POINT = "point"
    READ = "read"


CHOOSING = frozenset({Way.ONE, Way.SEVERAL, Way.ORDER})
"""Ways whose answers are written below the question, one a line."""

YES_NO: Sequence[Texts] = (
    {"pl": "Tak", "en": "Yes", "uk": "Так"},
    {"pl": "Nie", "en": "No", "uk": "Ні"},
    {"pl": "Trudno powiedzieć", "en": "Hard to say", "uk": "Важко сказати"},
)
"""The answers of a yes-or-no question; the last one is no opinion and is counted apart."""

_TYPES: Mapping[Way, Row] = {
    Way.ONE: {"type": "select_one"},
    Way.SEVERAL: {"type": "select_multiple"},
    Way.ORDER: {"type": "rank"},
    Way.YES_NO: {"type": "select_one", "kmzb::missing": "3"},
    Way.FROM_1_TO_5: {"type": "range", "parameters": "start=1 end=5 step=1"},
    Way.FROM_0_TO_10: {"type": "range", "parameters": "start=0 end=10 step=1"},
    Way.WORDS: {"type": "text", "appearance": "multiline"},
    Way.NUMBER: {"type": "integer"},
    Way.DAY: {"type": "date"},
    Way.POINT: {"type": "geopoint"},
    Way.READ: {"type": "note"},
}
_LISTED = CHOOSING | {Way.YES_NO}
_LABELS = {language: f"label::{name}" for language, name in spellings.LANGUAGE_NAMES.items()}


@dataclass(frozen=True)
class Written:
    """One question as it stands on the screen. `name` is empty while it is new.

    `choices` hold the code of each answer, empty while it is new, and its words.
    """

    way: Way
    labels: Texts
    name: str = ""
    choices: Sequence[tuple[str, Texts]] = ()
    is_required: bool = False


@dataclass(frozen=True)
class Composition:
    """A whole questionnaire of the screen."""

    titles: Texts
    questions: Sequence[Written] = field(default_factory=tuple)


def sheets_of(composition: Composition, before: Sequence[Composition] = ()) -> Sheets:
    """Write the questionnaire as an XLSForm: question n stands in row n + 1 of `survey`, below the header.

    Where it goes on from earlier ones, the last first, a question keeps its name and an answer of the same words its
    code, and no code is used for something else: what was answered before still means the same.
    """
    named = list(_named(composition.questions, [question for one in before for question in one.questions]))
    return {
        "survey": [_row(question) for question in named],
        "choices": [row for question in named for row in _choices(question)],
        "settings": [_settings(composition.titles)],
    }


def composed(sheets: Sheets) -> Composition | None:
    """Read a questionnaire back, or give None where the screen would lose something of it."""
    rows = [row for _number, row in numbered(sheets.get("survey", []))]
    setting: Row = next((row for _number, row in numbered(sheets.get("settings", []))), {})
    questions = [_read(row, sheets) for row in rows]
    titles = dict(texts(setting, "kmzb::title")) | {"pl": setting.get("form_title", "")}
    found = Composition(titles, [question for question in questions if question is not None])
    return found if canonical(sheets_of(found)) == canonical(sheets) else None


def _settings(titles: Texts) -> Row:
    others = {f"kmzb::title::{spellings.LANGUAGE_NAMES[code]}": titles[code] for code in titles if code != "pl"}
    return {"form_title": titles["pl"], "kmzb::sample": "opt-in", **others}


def _row(question: Written) -> Row:
    kind = _TYPES[question.way]
    listed = {"type": f"{kind['type']} {question.name}"} if question.way in _LISTED else {}
    required = {"required": "yes"} if question.is_required and question.way is not Way.READ else {}
    return {**kind, **listed, "name": question.name, **_labelled(question.labels), **required}


def _choices(question: Written) -> Iterator[Row]:
    if question.way in _LISTED:
        for code, labels in question.choices:
            yield {"list_name": question.name, "name": code, **_labelled(labels)}


def _labelled(labels: Texts) -> Row:
    return {_LABELS[code]: labels[code] for code in LANGUAGES if labels.get(code)}


# Names and codes


def _named(questions: Sequence[Written], earlier: Sequence[Written]) -> Iterator[Written]:
    """Name the new questions: one of the same words as an earlier one is that one, so a second press names no other."""
    kept = {question.name for question in questions}
    by_words = {question.labels["pl"]: question.name for question in reversed(earlier) if question.name not in kept}
    taken = kept | {question.name for question in earlier}
    fresh = (name for number in range(1, 10_000) if (name := f"q{number}") not in taken)
    tongues = {code for question in questions for code in question.labels}
    for question in questions:
        name = question.name or by_words.pop(question.labels["pl"], "") or next(fresh)
        choices = _coded(_answers(question, tongues), [one for one in earlier if one.name == name])
        yield Written(question.way, question.labels, name, choices, question.is_required)


def _answers(question: Written, tongues: set[str]) -> Sequence[tuple[str, Texts]]:
    """List the answers of a question; those of yes or no in the languages that the form speaks."""
    if question.way is not Way.YES_NO:
        return question.choices
    return [(str(n), {code: words[code] for code in words if code in tongues}) for n, words in enumerate(YES_NO, 1)]


def _coded(choices: Sequence[tuple[str, Texts]], earlier: Sequence[Written]) -> list[tuple[str, Texts]]:
    """Give each answer its code: that of the same words before, else the next number that was never used."""
    known = {labels["pl"]: code for question in reversed(earlier) for code, labels in question.choices}
    used = {code for code, _labels in choices if code}
    used |= {code for question in earlier for code, _labels in question.choices}
    fresh = (code for number in range(1, 10_000) if (code := str(number)) not in used)
    return [(code or known.get(labels["pl"]) or next(fresh), labels) for code, labels in choices]


# Reading back


def _read(row: Row, sheets: Sheets) -> Written | None:
    way = next((way for way in Way if _is_of(way, row, sheets)), None)
    if way is None:
        return None
    name = row.get("name", "")
    listed = _listed(name, sheets) if way in _LISTED else []
    return Written(way, texts(row, "label"), name, listed, row.get("required") == "yes")


def _is_of(way: Way, row: Row, sheets: Sheets) -> bool:
    kind = _TYPES[way]
    given = {column: row.get(column, "") for column in ("parameters", "appearance", "kmzb::missing")}
    if row.get("type", "").partition(" ")[0] != kind["type"] or given != {name: kind.get(name, "") for name in given}:
        return False
    words = [labels.get("pl") for _code, labels in _listed(row.get("name", ""), sheets)]
    return way is not Way.YES_NO or words == [answer["pl"] for answer in YES_NO]


def _listed(name: str, sheets: Sheets) -> list[tuple[str, Texts]]:
    rows = [row for _number, row in numbered(sheets.get("choices", [])) if row.get("list_name") == name]
    return [(row.get("name", ""), texts(row, "label")) for row in rows]
