"""Forms as they stand on pages, filled in as somebody would who wants them taken."""

import re
from urllib.parse import urljoin, urlsplit

import lxml.html

from consult.clock import today

WRITING = re.compile(rb"<form\b(?=[^>]*\bmethod=[\"']?post\b)[^>]*>", re.IGNORECASE)
ACTION = re.compile(rb"\baction=[\"']([^\"']*)")
WORDS = {"email": "jan.kowalski@example.com", "date": lambda: today().isoformat(), "number": "1", "time": "17:00", "url": "https://example.com/x"}  # fmt: skip
"""What somebody types into an empty field of a kind; into any other a letter."""


def forms(data, url):
    """The forms of a page that write, as (path they are sent to, what is sent)."""
    for form in lxml.html.fromstring(data.decode(), base_url=url).forms:
        if form.method.upper() == "POST":
            yield path_of(url, form.get("action")), filled(form)


def named(data, url):
    """The paths that a page's forms write to, without reading the page."""
    return {path_of(url, found[1].decode() if (found := ACTION.search(tag)) else "") for tag in WRITING.findall(data)}


def path_of(url, action):
    return urlsplit(urljoin(url, action or "")).path


def filled(form):
    """What a form sends when every empty field has been filled in; files and buttons are left out."""
    sent = {}
    for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        value = value_of(field)
        if value is not None:
            sent.setdefault(field.get("name"), value)
    return sent


def value_of(field):
    """What stands in a field, or what somebody puts there; None where nothing is sent."""
    if field.tag == "select":
        values = [option.get("value", "") for option in field.iter("option")]
        return field.value or next(filter(None, values), "")
    if field.tag == "textarea":
        return field.text_content() or "x"
    kind = field.get("type", "text")
    if kind in {"submit", "image", "button", "file"}:
        return None
    if kind in {"radio", "checkbox"}:
        return field.get("value", "on") if kind == "radio" or "checked" in field.attrib else None
    typed = WORDS.get(kind, "x")
    return field.get("value") or ("" if kind == "hidden" else typed() if callable(typed) else typed)
