"""Faults, gaps and changes of a questionnaire in words, for the coordinator who is to correct or to publish it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from surveys.faults import Fault, FaultKind
from surveys.reading import Gap
from surveys.versions import Change, Changed, ChangeKind

LONGEST_SHOWN = 60

LANGUAGES = {"pl": _l("Polish"), "en": _l("English"), "uk": _l("Ukrainian")}

FAULTS: Mapping[FaultKind, Any] = {
    FaultKind.TOO_LARGE: _l("the file is larger than 1 MB; a questionnaire without pictures is much smaller"),
    FaultKind.FORMAT: _l("“%(value)s” is no questionnaire; choose a file that ends in .xlsx, .xls or .md"),
    FaultKind.NOT_A_WORKBOOK: _l(
        "the file cannot be read as a questionnaire; save it again as an .xlsx workbook without a password"
    ),
    FaultKind.NOT_UTF8: _l("the text is not in UTF-8; save it again in this encoding"),
    FaultKind.MACROS: _l("the workbook has macros; save it as .xlsx, which holds none"),
    FaultKind.ENTITIES: _l(
        "the workbook defines entities of its own, which no spreadsheet program does; save it again as .xlsx"
    ),
    FaultKind.BOMB: _l("the workbook is far larger inside than outside; copy the sheets into a new one"),
    FaultKind.NO_SHEET: _l("there is no sheet “survey” with the questions; the file has: %(value)s"),
    FaultKind.SHEET_NAME: _l("the sheet “%(value)s” looks like this one; correct its name"),
    FaultKind.SHEET_TWICE: _l("there are two sheets of this name; keep one"),
    FaultKind.SHEET: _l("this sheet asks for what cannot be done here; delete it"),
    FaultKind.TOO_MANY_ROWS: _l("from this row on there is too much: a sheet may have 500 rows"),
    FaultKind.TOO_MANY_COLUMNS: _l("something stands beyond the hundredth column; delete it"),
    FaultKind.NO_COLUMN: _l("the sheet has no column “%(value)s”"),
    FaultKind.COLUMN_TWICE: _l("the column “%(detail)s” is there twice; keep one"),
    FaultKind.LANGUAGE: _l(
        "the language “%(value)s” is none of ours; write Polski (pl), English (en) or Українська (uk), and "
        "use it in the form"
    ),
    FaultKind.NO_HEADER: _l("“%(value)s” stands under no heading; give the column a name or clear the cell"),
    FaultKind.ONE_ROW: _l("the sheet settings has one row; delete this one"),
    FaultKind.TOO_LONG: _l("the text is too long; at most %(detail)s characters"),
    FaultKind.CHARACTERS: _l("there are characters that cannot be seen; type the text again"),
    FaultKind.EMPTY: _l("something has to stand here"),
    FaultKind.NAME: _l(
        "“%(value)s” cannot be a name; use letters without accents, digits and _, beginning with a letter, "
        "at most %(detail)s characters"
    ),
    FaultKind.NAME_TWICE: _l("row %(detail)s has the name “%(value)s” already; choose another"),
    FaultKind.CHOICE_NAME: _l(
        "“%(value)s” cannot be the code of an answer; use up to 40 letters without accents, digits, and the signs . _ -"
    ),
    FaultKind.CHOICE_TWICE: _l("row %(detail)s has the code “%(value)s” already; give one of the two answers another"),
    FaultKind.NOT_SEPARATED: _l(
        "the list “%(detail)s” has the code “%(value)s” twice, and no filter tells the two apart"
    ),
    FaultKind.VALUE: _l("“%(value)s” cannot stand here; possible are: %(detail)s"),
    FaultKind.NOT_HERE: _l("this column says nothing in a row of the type “%(value)s”; clear the cell"),
    FaultKind.TYPE: _l("there is no question of the type “%(value)s”"),
    FaultKind.APPEARANCE: _l("“%(value)s” is no appearance for this type; possible are: %(detail)s"),
    FaultKind.PARAMETER: _l("“%(value)s” is no parameter of this question; possible are: %(detail)s"),
    FaultKind.RANGE: _l(
        "“%(value)s” is no range; write start, end and step so that there are from 2 to 101 points, for "
        "example start=0 end=10 step=1"
    ),
    FaultKind.LIST: _l("the sheet choices has no list “%(value)s”"),
    FaultKind.DEFAULT: _l("“%(value)s” is no possible answer to this question"),
    FaultKind.ROLE: _l("a question with the role “%(value)s” has to be: %(detail)s"),
    FaultKind.MISSING: _l("the list “%(detail)s” has no answer with the code “%(value)s”"),
    FaultKind.MOST: _l("“%(value)s” cannot be the number of repetitions; write a number from 1 to %(detail)s"),
    FaultKind.NOTHING_ASKED: _l("nothing is asked here; add a question"),
    FaultKind.TEMPLATE: _l("answers cannot be quoted in texts; write the text without ${…}"),
    FaultKind.NOT_OPEN: _l("nothing is open that “%(value)s” could close; delete the row"),
    FaultKind.NOT_CLOSED: _l("“%(value)s” is never closed; add its end"),
    FaultKind.WRONG_END: _l("“%(value)s” does not close what is open: %(detail)s"),
    FaultKind.NESTED_REPEAT: _l("a repeat may not stand in a repeat; put its questions outside"),
    FaultKind.BATTERY: _l(
        "in a group with table-list there may only be choices from one list (%(detail)s); put “%(value)s” "
        "outside the group"
    ),
    FaultKind.SYNTAX: _l("the rule cannot be read: %(value)s"),
    FaultKind.FUNCTION: _l("there is no function “%(detail)s”"),
    FaultKind.PATTERN: _l("the pattern %(detail)s cannot be read"),
    FaultKind.WORD: _l("“%(detail)s” is neither a question nor a text; write ${%(detail)s} or '%(detail)s'"),
    FaultKind.UNKNOWN_NAME: _l("there is no question “%(value)s”"),
    FaultKind.ITSELF: _l(
        "the question “%(value)s” refers to itself; a rule may only speak of questions that stand before it"
    ),
    FaultKind.LATER: _l(
        "the question “%(value)s” stands later in the survey (row %(detail)s); a rule may only speak of "
        "questions that stand before it"
    ),
    FaultKind.IN_REPEAT: _l(
        "the question “%(value)s” is repeated (%(detail)s), so outside there is no one answer to it"
    ),
    FaultKind.UNKNOWN_COLUMN: _l("the list “%(detail)s” has no column “%(value)s”; a text stands in quotation marks"),
    FaultKind.XFORM: _l("the questionnaire cannot be written as an XForm: %(value)s"),
}

_FILES = _l("“%(value)s”: pictures, sounds, films, codes and files cannot be collected here; delete the row")
_TIMES = _l("“%(value)s”: there is no question for a time; ask for a date (date) or in words (text)")
_DEVICE = _l("“%(value)s”: nothing is collected about the device or the moment of answering; delete the row")
_FROM_FILE = _l("“%(value)s”: answers cannot come from another file; put them into the sheet choices")
_ACKNOWLEDGE = _l("“%(value)s”: ask for consent with select_one and one answer")
_NO_LIST = _l("“%(value)s” needs the name of a list from the sheet choices, for example “%(value)s yes_no”")

TYPES: Mapping[str, Any] = {
    **dict.fromkeys(("image", "audio", "video", "file", "barcode", "background-audio"), _FILES),
    **dict.fromkeys(("time", "dateTime", "datetime"), _TIMES),
    **dict.fromkeys(
        (
            "start",
            "end",
            "today",
            "deviceid",
            "username",
            "phonenumber",
            "email",
            "audit",
            "start-geopoint",
            "simserial",
        ),
        _DEVICE,
    ),
    **dict.fromkeys(("select_one_from_file", "select_multiple_from_file", "select_one_external"), _FROM_FILE),
    **dict.fromkeys(("select_one", "select_multiple", "rank"), _NO_LIST),
    "acknowledge": _ACKNOWLEDGE,
}
"""What is said of types that XLSForm has and we do not."""

_NO_APPEARANCE = _l("“%(value)s” is no appearance for this type, which has none; clear the cell")
_PICTURES = _l("there are no pictures, sounds and films beside questions; delete the column")
COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(("image", "big-image", "audio", "video", "media"), _PICTURES),
    "repeat_count": _l(
        "write in the column kmzb::max how many times at most a repeat is answered, and delete this one"
    ),
    "guidance_hint": _l("there are no hints for interviewers; put the text into hint, and delete the column"),
    "readonly": _l("a question that nobody may answer is a note; change its type, and delete the column"),
}
"""What is said of columns that XLSForm has and we do not."""

TEXTS = {
    "title": _l("title"),
    "intro": _l("introduction"),
    "thanks": _l("thanks"),
    "closed": _l("text after the end"),
    "page": _l("heading of a page"),
    "label": _l("text"),
    "hint": _l("hint"),
    "required_message": _l("message when there is no answer"),
    "constraint_message": _l("message when the answer does not fit"),
}

KINDS = {
    ChangeKind.HARMLESS: _l("Texts and looks: answers keep their meaning"),
    ChangeKind.ADDITIVE: _l("Questions and answers that are added or go: figures keep their meaning"),
    ChangeKind.BREAKING: _l("Changes that need a question of a new name"),
}

CHANGES: Mapping[Changed, Any] = {
    Changed.LANGUAGE_ADDED: _l("the survey can be answered in one more language: %(detail)s"),
    Changed.LANGUAGE_REMOVED: _l("the survey can no longer be answered in: %(detail)s"),
    Changed.ORDER: _l("the questions stand in another order"),
    Changed.LOOKS: _l("it looks different"),
    Changed.DEFAULT: _l("another answer stands there from the beginning: “%(before)s” → “%(after)s”"),
    Changed.ADDED: _l("a new question: “%(after)s”"),
    Changed.REMOVED: _l("no longer asked: “%(before)s”; what was answered stays in the results"),
    Changed.RELEVANT: _l("it is asked of others than before: %(before)s → %(after)s"),
    Changed.CHOICE_FILTER: _l("other answers are offered than before: %(before)s → %(after)s"),
    Changed.CHOICE_ADDED: _l("one more answer: %(detail)s “%(after)s”"),
    Changed.CHOICE_REMOVED: _l("the answer %(detail)s “%(before)s” is gone, but people may have given it"),
    Changed.CHOICE_ORDER: _l("the answers stand in another order"),
    Changed.TYPE: _l("it is answered in another way: %(before)s → %(after)s"),
    Changed.REPEAT: _l("it was moved into a repeat or out of one: %(before)s → %(after)s"),
    Changed.MOST: _l("it can be answered another number of times: %(before)s → %(after)s"),
    Changed.MISSING: _l("other codes mean that there is no answer: %(before)s → %(after)s"),
    Changed.REVERSED: _l("its scale is counted the other way round"),
    Changed.ROLE: _l("it has another role: %(before)s → %(after)s"),
    Changed.PUBLISH: _l("whether its answers may be published: %(before)s → %(after)s"),
    Changed.CALCULATION: _l("it is computed in another way: %(before)s → %(after)s"),
    Changed.REQUIRED: _l("it has to be answered now; people may have left it empty"),
    Changed.NOT_REQUIRED: _l("it may be left empty now"),
    Changed.CONSTRAINT: _l("answers are checked more strictly or in another way: %(before)s → %(after)s"),
    Changed.NO_CONSTRAINT: _l("answers are no longer checked: %(before)s"),
    Changed.RANGE: _l("its scale is another: %(before)s → %(after)s"),
    Changed.LIMIT: _l("it takes another number of characters: %(before)s → %(after)s"),
}


def fault_in_words(fault: Fault) -> str:
    """Say where a fault is and what it is, with the thing to do."""
    where = fault_place(fault)
    return f"{where}: {fault_sentence(fault)}" if where else fault_sentence(fault)


def fault_place(fault: Fault) -> str:
    """Say where a fault is: sheet, row and column as far as they are known."""
    parts = []
    if fault.sheet:
        parts.append(_("sheet %(sheet)s", sheet=fault.sheet))
    if fault.row:
        parts.append(_("row %(row)s", row=fault.row))
    if fault.column:
        parts.append(_("column %(column)s", column=_short(fault.column)))
    return ", ".join(parts)


def fault_sentence(fault: Fault) -> str:
    """Say what a fault is, without its place."""
    said = _words(fault) % {"value": _short(fault.value), "detail": _short(fault.detail)}
    alike = fault.kind in {FaultKind.UNKNOWN_NAME, FaultKind.LIST} and fault.detail
    return f"{said}; {_('did you mean “%(name)s”?', name=fault.detail)}" if alike else said


def gap_in_words(gap: Gap) -> str:
    """Say which text a language lacks."""
    what = str(TEXTS.get(gap.what, gap.what))
    where = ", ".join(part for part in (what, gap.name) if part)
    return _(
        "%(where)s: “%(text)s” has no translation: %(language)s",
        where=where,
        text=_short(gap.text),
        language=LANGUAGES[gap.language],
    )


def change_in_words(change: Change) -> str:
    """Say what a change is, beginning with the question that it is about."""
    said = _text_changed(change) if change.what is Changed.TEXT else _changed(change)
    return f"{change.question}: {said}" if change.question else said


def kind_in_words(kind: ChangeKind) -> str:
    """Say what changes of a kind have in common."""
    return str(KINDS[kind])


def _words(fault: Fault) -> str:
    if fault.kind is FaultKind.TYPE:
        return str(TYPES.get(fault.value.split(" ")[0], FAULTS[fault.kind]))
    if fault.kind is FaultKind.APPEARANCE and not fault.detail:
        return str(_NO_APPEARANCE)
    if fault.kind is FaultKind.COLUMN:
        unknown = _l("this column is not known; delete it")
        return str(COLUMNS.get(fault.column.split("::")[0], unknown))
    return str(FAULTS[fault.kind])


def _changed(change: Change) -> str:
    detail = str(LANGUAGES.get(change.detail, change.detail))
    facts = {"detail": detail, "before": _short(change.before) or "–", "after": _short(change.after) or "–"}
    return str(CHANGES[change.what]) % facts


def _text_changed(change: Change) -> str:
    """Show a text before and after: only a person can say whether it still asks the same."""
    column, _blank, language = change.detail.rpartition(" ")
    what = _("answer %(name)s", name=column.removeprefix("choice ")) if column.startswith("choice ") else TEXTS[column]
    return _(
        "%(what)s, %(language)s: “%(before)s” → “%(after)s”",
        what=what,
        language=LANGUAGES[language],
        before=change.before,
        after=change.after,
    )


def _short(text: str) -> str:
    """Show the beginning of what somebody wrote, so that the sentence around it can be read."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
