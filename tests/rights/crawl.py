"""Reading every address as somebody, and everything that an answer says, packed, printed or hidden as it may be."""

import gzip
import hashlib
import io
import re
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass

import pypdf
import pyreadstat
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject, TextStringObject

from tests.rights import forms, planting

TAGS = re.compile(r"<[^>]*>")


def unpacked(answer):
    data = answer.get_data()
    return gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data


def said(data):
    """All texts in an answer: as they stand, without tags, out of archives, databases and PDFs."""
    if data.startswith(b"%PDF"):
        yield from said_in_pdf(data)
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield name
                yield from said(packed.read(name))
    elif data.startswith(b"SQLite"):
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        yield "\n".join(connection.iterdump())
        connection.close()
    elif data.startswith((b"$FL2", b"$FL3")):
        with tempfile.NamedTemporaryFile(suffix=".sav") as file:
            file.write(data)
            file.flush()
            frame, meta = pyreadstat.read_sav(file.name, output_format="dict")
        yield f"{frame}\n{vars(meta)}"
    else:
        text = data.decode("utf-8", "replace")
        yield text
        if "<" in text:
            yield TAGS.sub("", text)


def said_in_pdf(data):
    """The pages of a PDF and every text and stream of its objects: metadata, attachments, notes, other texts."""
    book = pypdf.PdfReader(io.BytesIO(data))
    yield "".join((page.extract_text() or "") for page in book.pages)
    for number in range(1, len(book.xref[0]) + len(book.xref_objStm) + 1):
        yield from said_in_object(book.get_object(number))
    yield str(book.metadata)


def said_in_object(thing):
    """The texts of one object of a PDF; what it refers to has a number of its own."""
    if isinstance(thing, TextStringObject | str):
        yield str(thing)
    elif isinstance(thing, ByteStringObject):
        yield bytes(thing).decode("utf-8", "replace")
    elif isinstance(thing, ArrayObject):
        for one in list.__iter__(thing):
            yield from said_in_object(one)
    elif isinstance(thing, DictionaryObject):
        for one in dict.values(thing):
            yield from said_in_object(one)
        if isinstance(thing, StreamObject) and thing.get("/Type") in {"/EmbeddedFile", "/Metadata"}:
            yield from said(thing.get_data())


def holds(data):
    """Tell whether the markup of a marker stands in a page, a drawing or a feed as markup."""
    return b"<x-kanarek" in data.lower()


def tight(text):
    """A text without what a line's end puts into a word."""
    return re.sub(r"[\s\u00ad\u200b]+", "", text)


@dataclass
class Answer:
    """What an address answered."""

    status: int
    kind: str
    location: str
    etag: str
    markers: frozenset = frozenset()
    secrets: frozenset = frozenset()
    holds_markup: bool = False
    links: frozenset = frozenset()
    """Where a page leads: (GET, the path of a link) or (POST, that of a form)."""


LINK = re.compile(rb"""<a\b[^>]*?\bhref="(/[^"?#]*)""")
FORM = re.compile(rb"<form\b[^>]*>")
ACTION = re.compile(rb"""\baction="(/[^"?#]*)""")


def leads_to(data):
    """Where the links and the writing forms of a page lead."""
    links = {("GET", path.decode()) for path in LINK.findall(data)}
    forms = [ACTION.search(tag) for tag in FORM.findall(data) if b'method="post"' in tag]
    return frozenset(links | {("POST", action[1].decode()) for action in forms if action})


DRAWN = re.compile(r"^text/html$|[/+]xml$")
"""Kinds of answers in which somebody's words could become elements."""

TOKEN = re.compile(r"[\w.$=,@/+-]{16,}")
"""A stretch of letters and signs that may hold a hash, a key or an address."""


class Crawler:
    """Reads answers and looks for markers, and for the very values that nobody may read.

    `forms` are those it met that write: by the path they are sent to, what the first who met one would send.
    """

    def __init__(self, secrets):
        self.secrets, self.known, self.forms = frozenset(secrets), {}, {}

    def read(self, client, url, **more):
        response = client.get(url, **more)
        data = unpacked(response)
        response.close()
        key = hashlib.sha256(data).digest()
        if key not in self.known:
            self.known[key] = self.found(data)
        if response.mimetype == "text/html" and forms.named(data, url) - self.forms.keys():
            for path, sent in forms.forms(data, url):
                self.forms.setdefault(path, sent)
        links = leads_to(data) if response.mimetype == "text/html" else frozenset()
        holds_markup = bool(DRAWN.search(response.mimetype)) and holds(data)
        location, etag = response.headers.get("Location", ""), response.headers.get("ETag", "")
        return Answer(response.status_code, response.mimetype, location, etag, *self.known[key], holds_markup, links)

    def found(self, data):
        """The markers in an answer as (table, column, row), and the secrets in it."""
        markers, secrets, is_printed = set(), set(), data.startswith(b"%PDF")
        for text in said(data):
            lower = text.lower()
            for form in (lower, tight(lower)) if is_printed or "<tspan" in lower else (lower,):
                if "kanarek" in form:
                    markers |= {m.groups() for m in planting.MARKER.finditer(form)}
            secrets |= self.secrets.intersection(TOKEN.findall(text))
        return frozenset(markers), frozenset(secrets)
