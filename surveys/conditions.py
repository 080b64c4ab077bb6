"""Rules of a questionnaire in words: "the answer to “Is it safe?” is “no”". What is too involved stays as written."""

import re
from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from surveys.expressions import Expression
from surveys.questions import Definition, Question, text_in

LONGEST_NAME = 70

_SUBJECT = r"(?P<subject>\.|\$\{\s*[\w.-]+\s*\})"
_VALUE = r"(?P<value>'[^']*'|\"[^\"]*\"|-?\d+(?:\.\d+)?|today\(\s*\))"
_SIGN = r"\s*(?P<sign>!=|<=|>=|=|<|>)\s*"
_COMPARED = re.compile(rf"{_SUBJECT}{_SIGN}{_VALUE}")
_SELECTED = re.compile(rf"selected\(\s*{_SUBJECT}\s*,\s*{_VALUE}\s*\)")
_COUNTED = re.compile(rf"count-selected\(\s*{_SUBJECT}\s*\){_SIGN}{_VALUE}")
_LENGTH = re.compile(rf"string-length\(\s*{_SUBJECT}\s*\){_SIGN}{_VALUE}")
_ALONE = re.compile(
    rf"not\(\s*selected\(\s*{_SUBJECT}\s*,\s*{_VALUE}\s*\)\s+and\s+count-selected\(\s*(?P=subject)\s*\)\s*>\s*1\s*\)"
)
_NOT = re.compile(r"not\((.*)\)", re.DOTALL)
_ALWAYS = re.compile(r"true\(\s*\)|1|yes", re.IGNORECASE)


class _TooInvolved(Exception):
    """The rule says more than these words can."""


class Teller:
    """Tells the rules of one questionnaire in one language of its texts."""

    def __init__(self, definition: Definition, language: str) -> None:
        self._questions = {question.name: question for question in definition.questions}
        self.language = language

    def told(self, rule: Expression, at: Question) -> str:
        """Say a rule in words; `at` is the question that it belongs to. Empty when the words would not be right."""
        try:
            return self._said(rule.source.strip(), at)
        except _TooInvolved:
            return ""

    def always(self, rule: Expression) -> bool:
        """Tell whether a rule holds in any case."""
        return _ALWAYS.fullmatch(rule.source.strip()) is not None

    def _said(self, text: str, at: Question) -> str:
        text = _unwrapped(text)
        either, both = _parts(text, "or"), _parts(text, "and")
        if len(either) > 1:
            if any(len(_parts(part, "and")) > 1 for part in either):
                raise _TooInvolved
            return _(" or ").join(self._said(part, at) for part in either)
        if len(both) > 1:
            if any(len(_parts(_unwrapped(part), "or")) > 1 for part in both):
                raise _TooInvolved
            return _(" and ").join(self._said(part, at) for part in both)
        return self._atom(text, at)

    def _atom(self, text: str, at: Question) -> str:
        if found := _SELECTED.fullmatch(text):
            return self._chosen(found, at, _is_marked)
        if found := _ALONE.fullmatch(text):
            return self._chosen(found, at, _is_alone)
        if (negated := _NOT.fullmatch(text)) and (found := _SELECTED.fullmatch(negated[1].strip())):
            return self._chosen(found, at, _is_not_marked)
        for pattern, words in ((_COMPARED, _COMPARISONS), (_COUNTED, _COUNTS), (_LENGTH, _LENGTHS)):
            if found := pattern.fullmatch(text):
                return self._compared(found, at, words)
        raise _TooInvolved

    def _chosen(self, found: re.Match[str], at: Question, words: Callable[[str, str], str]) -> str:
        question = self._question(found["subject"], at)
        return words(self._name(question, at), self._value(question, found["value"]))

    def _compared(self, found: re.Match[str], at: Question, words: "Words") -> str:
        question = self._question(found["subject"], at)
        name = self._name(question, at)
        if words is _COUNTS and (found["sign"], found["value"]) == (">", "0"):
            return _("%(name)s is given", name=name)
        if found["value"] in {"''", '""'}:
            return _emptiness(words, found["sign"], name)
        if found["sign"] not in words:
            raise _TooInvolved
        return words[found["sign"]](name, self._value(question, found["value"]))

    def _question(self, subject: str, at: Question) -> Question:
        if subject == ".":
            return at
        found = self._questions.get(subject.strip("${} "))
        if found is None:
            raise _TooInvolved
        return found

    def _name(self, question: Question, at: Question) -> str:
        if question is at:
            return _("the answer")
        label = " ".join(text_in(question.labels, self.language).split()) or question.name
        short = label if len(label) <= LONGEST_NAME else label[: LONGEST_NAME - 1].rstrip() + "…"
        return _("the answer to “%(question)s”", question=short)

    def _value(self, question: Question, value: str) -> str:
        if value.startswith("today"):
            return _("today")
        plain = value.strip("'\"")
        choice = question.choice(plain)
        return _("“%(value)s”", value=text_in(choice.labels, self.language)) if choice else plain


Words = dict[str, Callable[[str, str], str]]

_COMPARISONS: Words = {
    "=": lambda name, value: _("%(name)s is %(value)s", name=name, value=value),
    "!=": lambda name, value: _("%(name)s is not %(value)s", name=name, value=value),
    "<": lambda name, value: _("%(name)s is less than %(value)s", name=name, value=value),
    "<=": lambda name, value: _("%(name)s is at most %(value)s", name=name, value=value),
    ">": lambda name, value: _("%(name)s is more than %(value)s", name=name, value=value),
    ">=": lambda name, value: _("%(name)s is at least %(value)s", name=name, value=value),
}
_COUNTS: Words = {
    "=": lambda name, value: _("%(name)s has exactly %(value)s marks", name=name, value=value),
    "<=": lambda name, value: _("%(name)s has at most %(value)s marks", name=name, value=value),
    ">=": lambda name, value: _("%(name)s has at least %(value)s marks", name=name, value=value),
}
_LENGTHS: Words = {
    "<=": lambda name, value: _("%(name)s has at most %(value)s characters", name=name, value=value),
    ">=": lambda name, value: _("%(name)s has at least %(value)s characters", name=name, value=value),
}


def _is_marked(name: str, value: str) -> str:
    return _("%(name)s contains %(value)s", name=name, value=value)


def _is_not_marked(name: str, value: str) -> str:
    return _("%(name)s does not contain %(value)s", name=name, value=value)


def _is_alone(name: str, value: str) -> str:
    return _("%(name)s does not join %(value)s with another one", name=name, value=value)


def _emptiness(words: Words, sign: str, name: str) -> str:
    if words is not _COMPARISONS or sign not in {"=", "!="}:
        raise _TooInvolved
    return _("%(name)s is given", name=name) if sign == "!=" else _("%(name)s is missing", name=name)


def _unwrapped(text: str) -> str:
    """Take away brackets around the whole."""
    text = text.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Find where the first bracket closes."""
    return next((place for place, depth in _depths(text) if place and depth == 0 and text[place] == ")"), -1)


def _parts(text: str, word: str) -> Sequence[str]:
    """Cut a rule at a word that stands outside brackets and quotation marks."""
    depths = dict(_depths(text))
    cuts = [found for found in re.finditer(rf"(?<![\w-]){word}(?![\w-])", text) if depths.get(found.start()) == 0]
    edges = [0, *(edge for found in cuts for edge in (found.start(), found.end())), len(text)]
    return [text[start:end].strip() for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _depths(text: str) -> Sequence[tuple[int, int]]:
    """Tell how deep in brackets each character stands that is in no quotation marks."""
    depth, quote, found = 0, "", []
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
            continue
        if character in "'\"":
            quote = character
            continue
        depth += {"(": 1, ")": -1}.get(character, 0)
        found.append((place, depth))
    return found
