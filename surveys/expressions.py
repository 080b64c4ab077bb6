"""Rules of a questionnaire: XPath 1.0 as XLSForm writes it, compiled once and asked many times.

The language is the part of ODK's that needs no device: comparisons, arithmetic, `and`, `or`, and the functions below.
A rule sees one document: an element for each question, empty where nobody answered. Answers to date questions stand
there as days since 1970, ISO dates in a rule are read the same way, and `today()` gives that number (XForms
specification of ODK, "number()"). Regular expressions go through RE2, which cannot be made to hang.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import re2
from lxml import etree

from consult.clock import now, today

LONGEST = 2_000
EPOCH = date(1970, 1, 1)
ITEM = "choice.item"
"""The element of a choice while its filter is asked; no question can have a name with a dot."""

_NAME = re.compile(r"\$\{\s*([A-Za-z_][\w.-]*)\s*\}")
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_ISO_DATE = re.compile(r"(['\"])(\d{4}-\d{2}-\d{2})\1")
_FOREIGN = re.compile(r"[/@\[\]$|:]|\.\.")
_CALL = re.compile(r"([A-Za-z_][\w.-]*)\s*\(")
_WORD = re.compile(r"(?<![\w.$/-])([A-Za-z_][\w.-]*)(?!\s*\()(?![\w.-])")
_OPERATORS = frozenset({"and", "or", "div", "mod"})


class Reason(StrEnum):
    """Why a rule cannot be used."""

    TOO_LONG = "too_long"
    SYNTAX = "syntax"
    FUNCTION = "function"
    FOREIGN = "foreign"
    WORD = "word"
    PATTERN = "pattern"


class ExpressionRefused(ValueError):
    """A rule that is no rule of ours; `detail` is the piece that is wrong."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class Document:
    """The answers as rules see them. Elements of questions that nobody answered are empty."""

    def __init__(self, names: Iterable[str] = (), dates: Collection[str] = ()) -> None:
        self.root = etree.Element("data")
        self.dates = dates
        self.elements = {name: etree.SubElement(self.root, name) for name in names}

    def put(self, name: str, value: Any) -> None:
        """Write an answer; None takes it back."""
        element = self.elements.get(name)
        if element is None:
            element = self.elements[name] = etree.SubElement(self.root, name)
        element.text = _text(value, is_date=name in self.dates)


def _text(value: Any, *, is_date: bool) -> str | None:
    if value is None or value == "":
        return None
    if is_date:
        return str(_days(str(value)))
    if isinstance(value, list | tuple):
        return " ".join(str(part) for part in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return "place"
    # What XML cannot hold cannot be compared either; the answer itself is checked elsewhere.
    return "".join(character for character in str(value) if character.isprintable() or character in "\n\t")


def _days(text: str) -> float:
    try:
        return (date.fromisoformat(text) - EPOCH).days
    except ValueError:
        return math.nan


class Expression:
    """A compiled rule. `names` are the questions that it speaks of, `words` the columns of choices."""

    __slots__ = ("_ask", "names", "source", "words")

    def __init__(self, source: str, ask: etree.XPath, names: frozenset[str], words: frozenset[str]) -> None:
        self.source, self._ask, self.names, self.words = source, ask, names, words

    def __repr__(self) -> str:
        """Show the rule as it was written."""
        return f"Expression({self.source!r})"

    def __eq__(self, other: object) -> bool:
        """Rules are the same when they are written alike."""
        return isinstance(other, Expression) and other.source == self.source

    def __hash__(self) -> int:
        """Go by what is written."""
        return hash(self.source)

    def holds(self, document: Document, at: str = "") -> bool:
        """Tell whether the rule is true; `at` is the question that `.` stands for."""
        return _truth(self._ask(document.elements[at] if at else document.root))

    def value(self, document: Document, at: str = "") -> str | float:
        """Compute the value: a number, or a text."""
        found = self._ask(document.elements[at] if at else document.root)
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, list):
            return _string(found)
        return found if isinstance(found, float) else str(found)

    def admits(self, document: Document, choice: Mapping[str, str]) -> bool:
        """Tell whether a filter lets a choice through, whose columns are its elements."""
        item = etree.SubElement(document.root, ITEM)
        try:
            for word in self.words:
                etree.SubElement(item, word).text = choice.get(word)
            return _truth(self._ask(item))
        finally:
            document.root.remove(item)


def compiled(source: str) -> Expression:
    """Compile a rule as it stands in a sheet, or raise ExpressionRefused. Bare words are columns of choices."""
    text = source.strip()
    if len(text) > LONGEST:
        raise ExpressionRefused(Reason.TOO_LONG, str(LONGEST))
    plain = _LITERAL.sub("''", text)
    names = frozenset(_NAME.findall(plain))
    bare = _NAME.sub("0", plain)
    _check_pieces(bare)
    _check_patterns(text)
    words = frozenset(word for word in _WORD.findall(bare) if word not in _OPERATORS)
    ask = _compiled(_as_xpath(text))
    _try(ask, names | words)
    return Expression(text, ask, names, words)


def _as_xpath(text: str) -> str:
    """Rewrite a rule for the machine: what stands in quotation marks stays, but for dates."""
    pieces, end = [], 0
    for literal in _LITERAL.finditer(text):
        pieces += [_rewritten(text[end : literal.start()]), _ISO_DATE.sub(_as_day, literal[0])]
        end = literal.end()
    return "".join((*pieces, _rewritten(text[end:])))


def _rewritten(code: str) -> str:
    """Name questions by their path; `round` is XPath's own, which takes no digits, so ours has another name."""
    return re.sub(r"(?<![\w.-])round(?=\s*\()", "round-to", _NAME.sub(r"/data/\1", code))


def _as_day(found: re.Match[str]) -> str:
    return str(_days(found[2]))


def _check_pieces(bare: str) -> None:
    """Refuse whatever reaches beyond the answers: paths, axes, variables, functions that are not named below."""
    if found := _FOREIGN.search(bare):
        raise ExpressionRefused(Reason.FOREIGN, found[0])
    for name in _CALL.findall(bare):
        if name not in KNOWN and name not in _OPERATORS:
            raise ExpressionRefused(Reason.FUNCTION, name)


def _check_patterns(text: str) -> None:
    """Refuse a pattern that RE2 cannot read, while somebody can still correct it."""
    for found in re.finditer(r"regex\s*\([^,]*,\s*('[^']*'|\"[^\"]*\")\s*\)", text):
        try:
            _pattern(found[1][1:-1])
        except re2.error as error:
            raise ExpressionRefused(Reason.PATTERN, found[1]) from error


def _compiled(xpath: str) -> etree.XPath:
    try:
        return etree.XPath(xpath, extensions=EXTENSIONS, smart_strings=False)
    except etree.XPathSyntaxError as error:
        raise ExpressionRefused(Reason.SYNTAX, str(error)) from error


def _try(ask: etree.XPath, names: Iterable[str]) -> None:
    """Ask once of an empty questionnaire: what cannot even be asked is found before anybody answers."""
    try:
        ask(Document(names).root)
    except (etree.XPathError, TypeError, ValueError) as error:
        raise ExpressionRefused(Reason.SYNTAX, str(error)) from error


def _truth(found: Any) -> bool:
    if isinstance(found, float):
        return not math.isnan(found) and found != 0
    return bool(found)


def _string(argument: Any) -> str:
    if isinstance(argument, list):
        return (argument[0].text or "") if argument else ""
    if isinstance(argument, bool):
        return "true" if argument else "false"
    if isinstance(argument, float):
        return "NaN" if math.isnan(argument) else str(int(argument)) if argument.is_integer() else repr(argument)
    return str(argument)


def _number(argument: Any) -> float:
    if isinstance(argument, bool | float | int):
        return float(argument)
    text = _string(argument).strip()
    if re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", text):
        return float(text)
    return float(_days(text)) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else math.nan


def _parts(argument: Any) -> list[str]:
    return _string(argument).split(" ") if _string(argument) else []


def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(text, options=options)


def _numbers(arguments: Iterable[Any]) -> list[float]:
    """Collect the numbers among arguments; an unanswered question is none."""
    found = [_number(argument) for argument in arguments]
    return [number for number in found if not math.isnan(number)]


def _selected(_context: Any, chosen: Any, name: Any) -> bool:
    wanted = _string(name)
    return wanted in _string(chosen).split(" ")


def _selected_at(_context: Any, chosen: Any, at: Any) -> str:
    parts, place = _parts(chosen), _number(at)
    return parts[int(place)] if not math.isnan(place) and 0 <= place < len(parts) else ""


def _coalesce(_context: Any, *arguments: Any) -> str:
    return next((text for text in map(_string, arguments) if text), "")


def _if(_context: Any, condition: Any, first: Any, second: Any) -> Any:
    return first if _truth(condition) else second


def _round(_context: Any, number: Any, digits: Any = 0.0) -> float:
    value, places = _number(number), _number(digits)
    if math.isnan(value) or math.isinf(value) or math.isnan(places):
        return value
    scale = 10.0 ** max(-9, min(9, int(places)))
    return math.floor(value * scale + 0.5) / scale


def _substr(_context: Any, text: Any, start: Any, end: Any = math.nan) -> str:
    whole, first, last = _string(text), _number(start), _number(end)
    if math.isnan(first):
        return ""
    return whole[int(first) :] if math.isnan(last) else whole[int(first) : int(last)]


def _int(_context: Any, number: Any) -> float:
    value = _number(number)
    return value if math.isnan(value) or math.isinf(value) else float(math.trunc(value))


def _pow(_context: Any, base: Any, exponent: Any) -> float:
    try:
        return float(math.pow(_number(base), _number(exponent)))
    except (OverflowError, ValueError):
        return math.nan


def _now(_context: Any) -> float:
    return now().timestamp() / 86_400


OURS: Mapping[str, Callable[..., Any]] = {
    "selected": _selected,
    "count-selected": lambda _context, chosen: float(len(_parts(chosen))),
    "selected-at": _selected_at,
    "if": _if,
    "coalesce": _coalesce,
    "regex": lambda _context, text, pattern: _pattern(_string(pattern)).search(_string(text)) is not None,
    "today": lambda _context: float((today() - EPOCH).days),
    "now": _now,
    "date": lambda _context, text: _number(text),
    "int": _int,
    "round": _round,
    "min": lambda _context, *numbers: min(_numbers(numbers), default=math.nan),
    "max": lambda _context, *numbers: max(_numbers(numbers), default=math.nan),
    "pow": _pow,
    "substr": _substr,
}
"""The functions that XPath 1.0 lacks. A missing answer is no number, so comparing it is false, as ODK has it."""

NATIVE = frozenset((
    "not", "true", "false", "string-length", "contains", "starts-with", "concat", "normalize-space", "number",
    "string", "boolean", "floor", "ceiling", "count", "sum", "position", "translate", "substring-before",
    "substring-after",
))  # fmt: skip
KNOWN = frozenset(OURS) | NATIVE

EXTENSIONS = {(None, "round-to" if name == "round" else name): function for name, function in OURS.items()}
