"""The log: one line a request, in text or JSON, that recognises no resident.

A line says the method, the rule of the address ("/online-reports/<string:receipt>", never the address itself), the
page, the status, the time in milliseconds and a number of the request. It has no query, no network address, no browser,
and no value of a form. An error says where in the program it arose and of which kind it is, not its message, which may
quote what somebody wrote. Control characters are escaped, so that nobody writes lines of their own.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
import unicodedata
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, current_app, g, request

REQUESTS = logging.getLogger("consult.requests")
FACTS = ("request", "method", "rule", "endpoint", "status", "ms")
SILENT = {"static"}
"""Files of pages, which would fill the log and say nothing."""
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def escaped(text: str) -> str:
    """Write control characters, and those that turn the direction of writing, as their numbers."""
    return re.sub(r"[^\x20-\x7e]", _escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"
    return character


class Format(logging.Formatter):
    """One line for each entry, as text or JSON."""

    def __init__(self, *, is_json: bool) -> None:
        super().__init__()
        self._is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        """Write an entry."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        facts: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        if record.name == REQUESTS.name:
            facts |= {name: getattr(record, name, None) for name in FACTS}
        else:
            facts["message"] = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            facts["trace"] = trace(record.exc_info[1])
        return json.dumps(facts, default=str) if self._is_json else _line(facts)


def _line(facts: dict[str, Any]) -> str:
    at, level, logger = facts.pop("at"), facts.pop("level"), facts.pop("logger")
    message, frames = facts.pop("message", ""), facts.pop("trace", [])
    said = [f"{name}={value}" for name, value in facts.items() if value is not None]
    text = " ".join([at, level, logger, *([str(message)] if message else []), *said])
    return escaped(" | ".join([text, *frames]))


def trace(error: BaseException) -> list[str]:
    """Tell where an error arose and what kind it is, with those behind it, and nothing that it says itself."""
    told, seen = [], set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        frames = traceback.extract_tb(one.__traceback__)
        told += [type(one).__qualname__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return told


class _Here(logging.StreamHandler[Any]):
    """The stream of errors as it is when an entry is written."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def init_app(app: Flask) -> None:
    """Write the log of an application."""
    logger = logging.getLogger("consult")
    for handler in [handler for handler in logger.handlers if isinstance(handler, _Here)]:
        logger.removeHandler(handler)
    ours = _Here()
    ours.setFormatter(Format(is_json=app.config["LOG_FORMAT"] == "json"))
    logger.addHandler(ours)
    REQUESTS.setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)
    app.log_exception = _log_exception  # type: ignore[method-assign]


def request_number() -> str:
    """Give the number of this request: it stands in the log, and on the page when something breaks."""
    if "request_number" not in g:
        g.request_number = secrets.token_hex(5)
    return str(g.request_number)


def _begin() -> None:
    g.request_began = time.perf_counter()
    request_number()


def rule() -> str:
    """Give the rule of the address of this request, without any value in it."""
    return request.url_rule.rule if request.url_rule else "-"


def method() -> str:
    """Give the method of this request, if it is a known one: anybody can invent others."""
    return request.method if request.method in _METHODS else "-"


def seconds() -> float:
    """Tell for how long this request has been at work."""
    return time.perf_counter() - g.get("request_began", time.perf_counter())


def _end(response: Response) -> Response:
    if request.endpoint not in SILENT:
        facts = {"request": request_number(), "method": method(), "rule": rule(), "endpoint": request.endpoint or "-"}
        REQUESTS.info("", extra={**facts, "status": response.status_code, "ms": round(seconds() * 1000, 1)})
    return response


def _log_exception(exc_info: _ExcInfo) -> None:
    """Write down what nobody foresaw, with the number that the reader's page names."""
    current_app.logger.error("incident %s: %s %s", request_number(), method(), rule(), exc_info=exc_info)
