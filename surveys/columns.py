"""The columns of sheets, and the languages that their texts are in."""

import re
from collections.abc import Iterable, Iterator, Sequence

from surveys import spellings
from surveys.faults import Fault, FaultKind
from surveys.questions import LANGUAGES, Texts
from surveys.sheets import Row, Sheets, numbered

_FREE_COLUMN = re.compile(r"[A-Za-z_][\w.-]*")
_NEEDED = {"survey": ("type", "name"), "choices": ("list_name", "name")}
_MEDIA = frozenset({"image", "big-image", "audio", "video", "media"})


def languages(sheets: Sheets) -> tuple[str, ...]:
    """List the languages of the form, its default first."""
    used = {
        spellings.language_of(column)
        for sheet in spellings.COLUMNS
        for column in _columns(sheets.get(sheet, []))
        if spellings.base_of(column) in translated(sheet)
    }
    default = _default_language(sheets)
    known = [language for language in LANGUAGES if language in used] or ["pl"]
    return tuple(sorted(known, key=lambda language: language != default))


def _default_language(sheets: Sheets) -> str:
    row = next((row for _, row in numbered(sheets.get("settings", []))), {})
    return spellings.language_code(row.get("default_language", ""))


def columns_lacking(sheets: Sheets) -> list[Fault]:
    """Name the columns without which the rows of a sheet say nothing."""
    return [
        Fault(FaultKind.NO_COLUMN, sheet, 1, column, column)
        for sheet, needed in _NEEDED.items()
        for column in needed
        if any(sheets.get(sheet, [])) and column not in _columns(sheets[sheet])
    ]


def faults_of_columns(sheets: Sheets) -> Iterator[Fault]:
    for sheet, known in spellings.COLUMNS.items():
        for column in _columns(sheets.get(sheet, [])):
            base = spellings.base_of(column)
            if not _is_known(sheet, column, base, known):
                yield Fault(FaultKind.COLUMN, sheet, 1, column)
            elif base in translated(sheet) and (language := spellings.language_of(column)) not in LANGUAGES:
                yield Fault(FaultKind.LANGUAGE, sheet, 1, column, language)


def texts(row: Row, base: str) -> Texts:
    """Gather a text in all languages that a row has it in."""
    found = {spellings.language_of(column): text for column, text in row.items() if spellings.base_of(column) == base}
    return {language: found[language] for language in LANGUAGES if found.get(language)}


def translated(sheet: str) -> tuple[str, ...]:
    return spellings.TRANSLATED_SETTINGS if sheet == "settings" else spellings.TRANSLATED


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row if row[name]))


def _is_known(sheet: str, column: str, base: str, known: Sequence[str]) -> bool:
    if base in known:
        return True
    return sheet == "choices" and _FREE_COLUMN.fullmatch(column) is not None and column.lower() not in _MEDIA
