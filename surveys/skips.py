"""Which questions of a sheet to leave out, in words: "only if “no” is marked in question 3"."""

import re

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from surveys.conditions import Teller
from surveys.paper import Only
from surveys.questions import Definition, Question, text_in

_TEXT = r"('[^']*'|\"[^\"]*\")"
_ATOM = rf"(?:\$\{{\s*(\w+)\s*\}}\s*=\s*{_TEXT}|selected\(\s*\$\{{\s*(\w+)\s*\}}\s*,\s*{_TEXT}\s*\))"
_MARKED = re.compile(_ATOM)
_SOME_MARKED = re.compile(rf"{_ATOM}(?:\s+or\s+{_ATOM})*")


class SkipTeller(Teller):
    """Tells conditions by the numbers of questions, as they stand on paper."""

    def __init__(self, definition: Definition, numbers: dict[str, int], language: str) -> None:
        super().__init__(definition, language)
        self._numbers = numbers

    def only(self, only: Only) -> str:
        """Say which questions are asked when; nothing for a condition that always holds."""
        if self.always(only.rule):
            return ""
        condition = self._marked(only) or self._told_by_number(only)
        which = {"first": only.first, "last": only.last}
        if not condition:
            return self._vaguely(only)
        if only.first == only.last:
            return str(_("Question %(first)s only if %(condition)s.", condition=condition, **which))
        return str(_("Questions %(first)s–%(last)s only if %(condition)s.", condition=condition, **which))

    def _marked(self, only: Only) -> str:
        """Say "“a” or “b” is marked in question 3", the commonest condition by far."""
        source = only.rule.source.strip()
        if not _SOME_MARKED.fullmatch(source):
            return ""
        found = [(one[1] or one[3], (one[2] or one[4])[1:-1]) for one in _MARKED.finditer(source)]
        questions = {name for name, _value in found}
        question = self._questions.get(found[0][0])
        if len(questions) > 1 or question is None or question.name not in self._numbers:
            return ""
        labels = [self._label(question, value) for _name, value in found]
        if not all(labels):
            return ""
        marked = format_list([_("“%(value)s”", value=label) for label in labels], "or", locale=get_locale())
        number = self._numbers[question.name]
        return str(_("%(marked)s is marked in question %(number)s", marked=marked, number=number))

    def _label(self, question: Question, value: str) -> str:
        choice = question.choice(value)
        return text_in(choice.labels, self.language) if choice else ""

    def _told_by_number(self, only: Only) -> str:
        """Say it as on the screen, if every question that it names has a number."""
        computed = [name for name in only.rule.names if name not in self._numbers]
        return "" if computed else self.told(only.rule, only.question)

    def _name(self, question: Question, at: Question) -> str:
        del at  # a condition never speaks of its own question
        return str(_("the answer to question %(number)s", number=self._numbers[question.name]))

    def _vaguely(self, only: Only) -> str:
        of = format_list([str(number) for number in only.of], "standard", locale=get_locale())
        if only.first == only.last:
            return str(_("Question %(first)s only if it fits your answers to: %(of)s.", first=only.first, of=of))
        which = {"first": only.first, "last": only.last, "of": of}
        return str(_("Questions %(first)s–%(last)s only if they fit your answers to: %(of)s.", **which))
