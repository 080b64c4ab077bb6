"""Atom (RFC 4287): news of something in the order of its changes, for whoever follows it without leaving a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from lxml import etree

MIMETYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Entry:
    """One thing with its last news; `address` is its page and identifies it, `kind` a code with its word."""

    address: str
    title: str
    updated: datetime
    published: datetime
    summary: str
    kind: tuple[str, str]


def written(
    address: str, title: str, page: str, entries: Sequence[Entry], *, language: str, otherwise: datetime
) -> bytes:
    """Write a feed at an address about a page; one without entries was updated `otherwise`."""
    feed = etree.Element(f"{{{ATOM}}}feed", {LANG: language}, nsmap={None: ATOM})
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(max((entry.updated for entry in entries), default=otherwise)))
    _add(feed, "link", rel="self", type=MIMETYPE, href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    _add(_add(feed, "author"), "name", _("Map of safety consultations"))
    for entry in entries:
        feed.append(_entry(entry))
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8"))


def _entry(entry: Entry) -> Any:
    made = etree.Element(f"{{{ATOM}}}entry")
    _add(made, "id", entry.address)
    _add(made, "title", entry.title)
    _add(made, "updated", _moment(entry.updated))
    _add(made, "published", _moment(entry.published))
    _add(made, "link", rel="alternate", type="text/html", href=entry.address)
    _add(made, "category", term=entry.kind[0], label=entry.kind[1])
    _add(made, "summary", entry.summary, type="text")
    return made


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = text
    return made


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
