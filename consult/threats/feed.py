"""Atom (RFC 4287) of an area: each public threat with its last news, for whoever follows it without leaving a trace.

The same rule decides what stands here as on the map; of a threat nothing is said that its page does not say to all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from lxml import etree

from consult.clock import today
from consult.districts.atlas import Region
from consult.period import midnight
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS
from consult.web.addresses import public_url
from consult.web.languages import day

MIMETYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MOST_ENTRIES = 50


def written(
    threats: Sequence[Threat], answers: Mapping[int, str], area: Region, own: Mapping[str, str], language: str
) -> bytes:
    """Write the feed of an area; `own` are the arguments of its address, `answers` the words of the police."""
    feed = etree.Element(f"{{{ATOM}}}feed", {LANG: language}, nsmap={None: ATOM})
    address = public_url("threats.feed", **own)
    _add(feed, "id", address)
    _add(feed, "title", _("Threats: %(area)s", area=area.label))
    _add(feed, "updated", _moment(max((threat.status_at for threat in threats), default=midnight(today()))))
    _add(feed, "link", rel="self", type=MIMETYPE, href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=public_url("threats.index", district=area.code[:4]))
    _add(_add(feed, "author"), "name", _("Map of safety consultations"))
    for threat in threats:
        feed.append(_entry(threat, answers.get(threat.id, ""), area, language))
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8"))


def _entry(threat: Threat, answer: str, area: Region, language: str) -> Any:
    """Write one threat: its kind and state, since when, and the last words of the police."""
    entry = etree.Element(f"{{{ATOM}}}entry")
    address = public_url("threats.show", threat_id=threat.id)
    kind, state = threat.category.name(language), str(STATUS_LABELS[threat.status])
    _add(entry, "id", address)
    _add(entry, "title", _("%(kind)s: %(state)s", kind=kind, state=state))
    _add(entry, "updated", _moment(threat.status_at))
    _add(entry, "published", _moment(threat.created_at))
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "category", term=threat.category_code, label=kind)
    since = _("%(area)s. %(state)s since %(day)s.", area=area.label, state=state, day=day(threat.status_at))
    _add(entry, "summary", "\n".join(filter(None, (since, answer))), type="text")
    return entry


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = text
    return made


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
