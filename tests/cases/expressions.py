"""Every regular expression in the code of the product, and the texts that each would find hardest.

A text is made from the expression itself: what stands before a repeat once, then what the repeat takes, over and over,
then a sign that lets the whole fail. An expression of which two parts can take the same letters tries every way to
divide them, and shows it here.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as signs  # the standard library's own reading of an expression
from re import _parser as reading

import consult
import debates
import surveys

CALLS = {"match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
FROM_THE_BEGINNING = {"match", "fullmatch"}
OPEN_ENDED = 30
"""From so many repeats on a repeat counts as one without an end."""


@dataclass(frozen=True)
class Expression:
    """An expression, where it stands, and whether it is only ever asked from the beginning of a text."""

    place: str
    pattern: re.Pattern[str]
    begins: bool

    def try_on(self, text: str) -> None:
        """Ask it as the product does."""
        if self.begins:
            self.pattern.match(text)
            self.pattern.fullmatch(text)
        else:
            for _found in self.pattern.finditer(text):
                pass


@cache
def of_the_product() -> list[Expression]:
    """All expressions: those of modules, and those written into a call."""
    found: dict[str, Expression] = {}
    for module in _modules():
        source = Path(module.__file__).read_text()
        for name, value in vars(module).items():
            asked = set(re.findall(rf"\b{name}\.(\w+)\(", source)) & CALLS
            for number, pattern in enumerate(_patterns_in(value)):
                begins = bool(asked) and asked <= FROM_THE_BEGINNING
                place = f"{module.__name__}.{name}" + (f"[{number}]" if number else "")
                found.setdefault(pattern.pattern, Expression(place, pattern, begins))
        for line, asked_by, pattern in _written_into_calls(source):
            begins = asked_by in FROM_THE_BEGINNING
            found.setdefault(pattern.pattern, Expression(f"{module.__name__}:{line}", pattern, begins))
    return sorted(found.values(), key=lambda one: one.place)


def _modules() -> Iterator[object]:
    for part in (consult, surveys, debates):
        for info in pkgutil.walk_packages(part.__path__, f"{part.__name__}."):
            if not info.name.endswith(".press"):  # it runs in a process of its own, on texts that are bounded already
                yield importlib.import_module(info.name)


def _patterns_in(value: object, depth: int = 2) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _patterns_in(one, depth - 1)
    elif depth and isinstance(value, dict):
        for one in value.values():
            yield from _patterns_in(one, depth - 1)


def _written_into_calls(source: str) -> Iterator[tuple[int, str, re.Pattern[str]]]:
    for node in ast.walk(ast.parse(source)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
        if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, node.func.attr, re.compile(first.value, _flags_of(node))


def _flags_of(call: ast.Call) -> int:
    names = {part.attr for part in ast.walk(call) if isinstance(part, ast.Attribute)}
    return sum(getattr(re, name) for name in ("IGNORECASE", "ASCII", "DOTALL", "MULTILINE") if name in names)


def hardest_texts(pattern: re.Pattern[str], length: int) -> list[str]:
    """Texts of about a length that bring an expression to try as much as it can."""
    tree = reading.parse(pattern.pattern, pattern.flags)
    texts = ["a" * length, " " * length, "1" * length, "a.1, " * (length // 5)]
    for before, pump in _pumps(list(tree), ""):
        if pump:
            many = (pump * (length // len(pump) + 1))[: length - len(before)]
            texts += [before + many + "\x00", (before + pump) * (length // len(before + pump))]
    return list(dict.fromkeys(texts))


def _pumps(items: list, before: str) -> Iterator[tuple[str, str]]:
    """What stands before each repeat, and what it takes."""
    for operator, argument in items:
        for inner in _inside(operator, argument):
            yield from _pumps(inner, before)
        if operator in {signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT}:
            _least, most, inner = argument
            if most >= OPEN_ENDED:
                for one in {_example(list(inner), turn) for turn in range(3)}:
                    yield before, one
        before += _example([(operator, argument)], 0)


def _inside(operator: object, argument: object) -> Iterator[list]:
    if operator in {signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT}:
        yield list(argument[2])
    elif operator is signs.SUBPATTERN:
        yield list(argument[3])
    elif operator is signs.BRANCH:
        yield from (list(branch) for branch in argument[1])
    elif operator is signs.ATOMIC_GROUP:
        yield list(argument)


CATEGORIES = {
    signs.CATEGORY_DIGIT: "7152",
    signs.CATEGORY_NOT_DIGIT: "a .b",
    signs.CATEGORY_SPACE: " \t\n ",
    signs.CATEGORY_NOT_SPACE: "a.,1",
    signs.CATEGORY_WORD: "a1_ą",
    signs.CATEGORY_NOT_WORD: " .,-",
}


def _example(items: list, turn: int) -> str:
    """A text that a part of an expression takes; another one each turn."""
    return "".join(_example_of(operator, argument, turn) for operator, argument in items)


def _example_of(operator: object, argument: object, turn: int) -> str:
    if operator is signs.LITERAL:
        return chr(argument)
    if operator is signs.NOT_LITERAL:
        return next(letter for letter in "a1 ." if ord(letter) != argument)
    if operator is signs.ANY:
        return "a1 ."[turn % 4]
    if operator is signs.IN:
        return _one_of(argument, turn)
    if operator is signs.BRANCH:
        return _example(list(argument[1][turn % len(argument[1])]), turn)
    if operator is signs.SUBPATTERN:
        return _example(list(argument[3]), turn)
    if operator is signs.ATOMIC_GROUP:
        return _example(list(argument), turn)
    if operator in {signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT}:
        return _example(list(argument[2]), turn) * max(argument[0], turn % 2)
    return ""  # what looks ahead or behind, begins or ends takes nothing


def _one_of(choices: list, turn: int) -> str:
    letters = []
    if choices[0][0] is signs.NEGATE:
        refused = re.compile("[" + "".join(_written(one) for one in choices[1:]) + "]")
        return next(letter for letter in ("a1 .-,:ż\x00" if turn % 2 else "ż1 .-,:a\x00") if not refused.match(letter))
    for operator, argument in choices:
        if operator is signs.LITERAL:
            letters.append(chr(argument))
        elif operator is signs.RANGE:
            letters.append(chr(argument[0]))
        elif operator is signs.CATEGORY:
            letters.append(CATEGORIES[argument][turn % 4])
    return letters[turn % len(letters)]


WRITTEN = {
    signs.CATEGORY_DIGIT: r"\d",
    signs.CATEGORY_NOT_DIGIT: r"\D",
    signs.CATEGORY_SPACE: r"\s",
    signs.CATEGORY_NOT_SPACE: r"\S",
    signs.CATEGORY_WORD: r"\w",
    signs.CATEGORY_NOT_WORD: r"\W",
}


def _written(choice: tuple) -> str:
    operator, argument = choice
    if operator is signs.LITERAL:
        return re.escape(chr(argument))
    if operator is signs.RANGE:
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    return WRITTEN[argument]
