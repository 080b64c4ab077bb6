"""Open311's two formats: the same values as JSON and as XML, both in UTF-8.

Characters that no XML may hold (control characters, unpaired surrogates) become U+FFFD; all else is escaped.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

MIMETYPES = {"json": "application/json", "xml": "text/xml"}
ITEMS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""What an element of each list is called."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(form: str, root: str, value: Any) -> bytes:
    """Write a value in a format; XML needs the name of its root, JSON has none."""
    return _json(value) if form == "json" else _xml(root, value)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _xml(root: str, value: Any) -> bytes:
    return bytes(etree.tostring(_element(root, value), xml_declaration=True, encoding="utf-8"))


def _element(name: str, value: Any) -> Any:
    made = etree.Element(name)
    if isinstance(value, Mapping):
        made.extend(_element(key, part) for key, part in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        made.extend(_element(ITEMS[name], part) for part in value)
    else:
        made.text = _text(value)
    return made


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(value))
