"""Spellings that twenty years of XLSForm left behind, and the one that we keep.

Columns: "list name", "bind:relevant", "constraint-msg", "label:english". Types: "begin group", "select one from list",
"string". Everything that is kept, compared and written out again has the modern spelling.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

LANGUAGE_NAMES = {"pl": "Polski (pl)", "en": "English (en)", "uk": "Українська (uk)"}
"""What a column of a language is called: `label::Polski (pl)`."""

TRANSLATED = ("label", "hint", "required_message", "constraint_message")
TRANSLATED_SETTINGS = ("kmzb::title", "kmzb::intro", "kmzb::thanks", "kmzb::closed")
OWN = ("kmzb::role", "kmzb::missing", "kmzb::reverse", "kmzb::publish", "kmzb::max")
RULES = ("relevant", "constraint", "calculation", "choice_filter", "required")
SURVEY = (
    "type", "name", *TRANSLATED, "required", "relevant", "constraint", "calculation", "choice_filter", "appearance",
    "parameters", "default", *OWN,
)  # fmt: skip
CHOICES = ("list_name", "name", "label")
SETTINGS = (
    "form_title",
    "form_id",
    "version",
    "default_language",
    "allow_choice_duplicates",
    "style",
    "kmzb::sample",
    *TRANSLATED_SETTINGS,
)
COLUMNS: Mapping[str, tuple[str, ...]] = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}

KEPT = 1_024
"""Names of columns whose parts are remembered: every row asks for the same few."""

_LANGUAGE_CODE = re.compile(r".*\(\s*([A-Za-z]{2,3}(?:-[A-Za-z]+)?)\s*\)")
_LANGUAGES_BY_NAME = {
    "polski": "pl", "polish": "pl", "pl": "pl", "english": "en", "angielski": "en", "en": "en", "ukrainian": "uk",
    "ukraiński": "uk", "українська": "uk", "uk": "uk",
}  # fmt: skip
_COLUMN_ALIASES: Mapping[str, Mapping[str, str]] = {
    "survey": {
        "caption": "label",
        "command": "type",
        "tag": "name",
        "value": "name",
        "relevance": "relevant",
        "calculate": "calculation",
        "constraint_msg": "constraint_message",
        "constraining_message": "constraint_message",
        "jr:constraintmsg": "constraint_message",
        "required_msg": "required_message",
        "requiredmsg": "required_message",
        "jr:requiredmsg": "required_message",
        "choicefilter": "choice_filter",
        "read_only": "readonly",
        "count": "repeat_count",
        "jr:count": "repeat_count",
    },
    "choices": {"caption": "label", "value": "name"},
    "settings": {
        "title": "form_title",
        "set_form_title": "form_title",
        "id_string": "form_id",
        "set_form_id": "form_id",
    },
}
_WRAPPERS = ("bind", "control", "body")
_TYPE_ALIASES = {
    "string": "text",
    "int": "integer",
    "gps": "geopoint",
    "location": "geopoint",
    "begin_looped_group": "begin_repeat",
    "begin_lgroup": "begin_repeat",
    "end_looped_group": "end_repeat",
    "end_lgroup": "end_repeat",
    "trigger": "acknowledge",
    "photo": "image",
    "datetime": "dateTime",
}
_CHOOSING = (
    (re.compile(r"(add )?select[ _]one( prompt using| from)?|select1"), "select_one"),
    (re.compile(r"(add )?select[ _]multiple( prompt using| from)?|select all that apply( from)?"), "select_multiple"),
    (re.compile(r"rank"), "rank"),
)
LONGEST_TYPE = 300
_LIST = re.compile(r"(?P<how>.+?) +(?P<list>[^ ]+)(?P<other> +(or_other|or other|or specify other))?")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"'})


def column(sheet: str, header: str) -> str:
    """Spell a column the modern way. A column of a language that is none of ours keeps the language as written."""
    parts = _parts(" ".join(header.split()))
    first = _snake(parts[0])
    name = _COLUMN_ALIASES[sheet].get(first, first)
    if name == "kmzb":
        return _own_column(parts)
    if name in TRANSLATED and len(parts) == 2:
        return f"{name}::{_language(parts[1])}"
    if len(parts) > 1:
        return "::".join([name, *parts[1:]])
    return name if name in COLUMNS[sheet] or sheet != "choices" else header.strip()


@lru_cache(KEPT)
def language_of(column_name: str) -> str:
    """Give the language code of a column: Polish where none is named; the name as written where it is none of ours."""
    head, _, last = column_name.rpartition("::")
    if not head or head == "kmzb":
        return "pl"
    return language_code(last)


def language_code(name: str) -> str:
    """Give the code of a language by its name: `English (en)`, `english` and `en` are one."""
    found = _LANGUAGE_CODE.fullmatch(name.strip())
    code = found[1].lower() if found else _LANGUAGES_BY_NAME.get(name.strip().lower(), name.strip())
    return code if code in LANGUAGE_NAMES or not found else name.strip()


@lru_cache(KEPT)
def base_of(column_name: str) -> str:
    """Give a column without its language."""
    parts = column_name.split("::")
    return "::".join(parts[:2]) if parts[0] == "kmzb" else parts[0] if parts[0] in TRANSLATED else column_name


def cell(column_name: str, text: str) -> str:
    """Spell a cell the modern way: its type, and the quotation marks of its rules."""
    if column_name == "type":
        return question_type(text)
    if column_name == "default_language":
        return LANGUAGE_NAMES.get(language_code(text), text)
    return text.translate(_QUOTES) if column_name in RULES else text


def question_type(text: str) -> str:
    """Spell a type the modern way: `select one from list` is `select_one list`."""
    plain = " ".join(text.split())
    word = _snake(plain)
    if word.startswith(("begin_", "end_")) or word in _TYPE_ALIASES:
        return _TYPE_ALIASES.get(word, word)
    found = _LIST.fullmatch(plain) if len(plain) <= LONGEST_TYPE else None
    if found is None:
        return word
    for pattern, modern in _CHOOSING:
        if pattern.fullmatch(found["how"].lower()):
            return f"{modern} {found['list']}" + (" or_other" if found["other"] else "")
    return plain


def _parts(header: str) -> list[str]:
    """Cut a column at `::`, or in old forms at `:`; the colon of `jr:` is part of a name."""
    kept = re.sub(r"\bjr:", "jr\0", header, flags=re.IGNORECASE)
    parts = [part.strip().replace("\0", ":") for part in re.split(r"::|:", kept)]
    if len(parts) > 1 and _snake(parts[0]) in _WRAPPERS:
        parts = parts[1:]
    return parts


def _own_column(parts: list[str]) -> str:
    name = "::".join(["kmzb", _snake(parts[1])]) if len(parts) > 1 else "kmzb"
    if len(parts) > 2:
        return f"{name}::{_language(parts[2])}"
    return name


def _language(name: str) -> str:
    return LANGUAGE_NAMES.get(language_code(name), name)


def _snake(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip()).lower()
