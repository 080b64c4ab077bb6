"""The statements that the product sends, each once, with the functions and the pages that sent it."""

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flask import has_request_context, request
from sqlalchemy import event

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = {"consult", "surveys", "debates", "templates"}
OF_ROWS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
LISTS = re.compile(r"\((?:(?:\?|%\(\w+\)s)(?:::[\w ]+)?(?:, )?)+\)")
NUMBERED = re.compile(r"%\((\w+?)_\d+(_\d+)*\)s")


@dataclass
class Statement:
    """A statement as it was sent first: its text, its parameters, and the pages from which each function sends it."""

    text: str
    parameters: object
    senders: dict = field(default_factory=lambda: defaultdict(set))


class Recorder:
    """Listens to a connection; `statements` are by their texts, however many values a list has."""

    def __init__(self):
        self.statements, self._seen = {}, set()

    def listen(self, connection):
        event.listen(connection, "before_cursor_execute", self._note)

    def stop(self, connection):
        event.remove(connection, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, text, parameters, _context, _is_many):
        page = request.endpoint if has_request_context() else None
        if (text, page) in self._seen or not text.lstrip().startswith(OF_ROWS):
            return
        self._seen.add((text, page))
        sender = sender_of(sys._getframe())
        if sender is not None:
            first = parameters[0] if isinstance(parameters, list) else parameters
            self.statements.setdefault(normalised(text), Statement(text, first)).senders[sender].add(page)


def normalised(text):
    """A statement whatever the number of values in its lists."""
    return LISTS.sub("(…)", NUMBERED.sub(r"%(\1)s", text))


def sender_of(frame):
    """The function or template that is nearest to a statement; None where a test sent it."""
    while frame is not None:
        within = place_of(frame.f_code.co_filename)
        if within.startswith("tests/"):
            return None
        if within:
            return f"{within}:{frame.f_code.co_qualname}"
        frame = frame.f_back
    return None


@cache
def place_of(file):
    """Where a file of the product or of its tests lies in the repository; nothing for all others, and for this one."""
    path = Path(file)
    if path == Path(__file__) or not path.is_relative_to(ROOT):
        return ""
    within = path.relative_to(ROOT)
    return str(within) if within.parts[0] in {*PRODUCT, "tests"} else ""
