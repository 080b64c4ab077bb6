"""Pages as a reader sees them: open, fill in, send; and what every page must have."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, cached_property

import html5lib
from bs4 import BeautifulSoup

AROUND_MAIN = {"html", "body", "div"}
UNLABELLED = ("hidden", "submit", "image", "button", "reset")


WORDS = re.compile(r">([^<>&\0]*[^<>&\0\s][^<>&\0]*)(?=<)")
"""Words between two tags, which decide nothing about the build of a page."""

VALUES = re.compile(
    r" (value|href|action|formaction|src|alt|title|placeholder|datetime|content|nonce|min|max|class|rel|lang|autocomplete"
    r"|d|x|y|x1|y1|x2|y2|cx|cy|r|width|height|points|transform|viewBox|fill|stroke[a-z-]*|data-[a-z-]+)"
    r"=\"(?!tel:112\")[^\"&<>\0]*\""
)
"""Attributes of which only the name is looked at below: two pages that differ in their values are built alike."""

NAMES = re.compile(r'\baria-label="[^"&<>\0]+"')
"""What elements are called, of which only counts that it is something."""

BLANKS = re.compile(r"\s+")

MAIN = re.compile(r"(<main\b[^<>]*>)(.*)(?=</main>)", re.DOTALL)


def check_page(text):
    """Fail when a page is no HTML5 or lacks its heading, title, labels, unique ids or the emergency notice.

    The frame of a page and its main part are looked at apart, and each build of either once: most pages of the tests
    are built as another one was.
    """
    shape = BLANKS.sub(" ", NAMES.sub('aria-label="x"', VALUES.sub(r' \1=""', WORDS.sub(">x", text))))
    main = MAIN.search(shape)
    if main:
        frame = shape[: main.end(1)] + "<p>x</p>" + shape[main.end() :]
        parts = (examined(frame, False), examined(main[2], True))
    else:
        parts = (examined(shape, False),)
    check_parts(parts)


@dataclass(frozen=True)
class Part:
    """What has to be known of a part of a page when it is put together with the others."""

    headings: int
    ids: tuple[str, ...]
    labelled: frozenset[str]
    fields: tuple[tuple[str, str], ...]
    """For each field that needs a label: its id, and what it is, for the message."""
    has_notice: bool


def check_parts(parts):
    """Fail when the parts together are no whole page."""
    assert sum(part.headings for part in parts) == 1, "a page has one h1"
    ids = Counter(one for part in parts for one in part.ids)
    assert len(ids) == ids.total(), f"ids stand twice: {sorted(one for one, times in ids.items() if times > 1)}"
    labelled = frozenset().union(*(part.labelled for part in parts))
    for part in parts:
        for own, field in part.fields:
            assert own in labelled, f"unlabelled field {field}"
    assert any(part.has_notice for part in parts), "the emergency notice stands on every page"


@cache
def examined(text, is_main):
    """Look at a part of a page by itself: the whole but for the main part, or that."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parseFragment(text, container="main") if is_main else parser.parse(text)
    tags = [tag for tag in page.iter() if isinstance(tag.tag, str) and tag.tag != "DOCUMENT_FRAGMENT"]
    named = groupby_tag(tags)
    if not is_main:
        around = {tag.tag for tag in tags if tag.find(".//main") is not None}
        assert around <= AROUND_MAIN, f"the main part lies in {around}, which decides what it may hold"
        assert named["title"], "a page has a title"
        assert "".join(named["title"][0].itertext()).strip(), "a title says something"
    for tag in tags:
        assert not tag.get("style"), f"inline style on {tag.tag}"
        assert not [name for name in tag.attrib if str(name).startswith("on")], f"inline script on {tag.tag}"
    for form in named["form"]:
        if form.get("method", "").lower() == "post":
            carried = [field.get("name") for field in form.iter("input")]
            assert "csrf_token" in carried, "a form that writes carries a CSRF token"
    return Part(
        headings=len(named["h1"]),
        ids=tuple(tag.get("id") for tag in tags if tag.get("id") is not None),
        labelled=frozenset(label.get("for") for label in named["label"]),
        fields=tuple(unlabelled(named)),
        has_notice=any(link.get("href") == "tel:112" for link in named["a"]),
    )


def unlabelled(named):
    """The fields that say nothing about themselves: a label has to name their id."""
    for field in [*named["input"], *named["select"], *named["textarea"]]:
        is_labelled = field.get("aria-label") or (field.tag == "input" and field.get("type") in UNLABELLED)
        if not is_labelled:
            yield field.get("id"), str(dict(field.attrib))


def groupby_tag(tags):
    """Sort the elements of a page by their names."""
    named = defaultdict(list)
    for tag in tags:
        named[tag.tag].append(tag)
    return named


class Page:
    """A page of the application, opened with a test client."""

    def __init__(self, client, url, status=200):
        self.client, self.url = client, url
        response = client.get(url)
        assert response.status_code == status, response.status
        self.text = response.text

    @classmethod
    def of(cls, client, url, response):
        """A page that came as the answer to a form, ready to be sent again."""
        page = cls.__new__(cls)
        page.client, page.url, page.text = client, url, response.text
        return page

    @cached_property
    def soup(self):
        """The page to look things up in."""
        return BeautifulSoup(self.text, "lxml")

    def fields(self, form=None):
        """The form's fields as a browser would send them unchanged, buttons left out."""
        form = form or self.soup.select_one("main form[method=post], main form[method=POST]")
        sent = {}
        for field in form.find_all(["input", "select", "textarea"]):
            name, kind = field.get("name"), field.get("type", "text")
            if not name or kind in {"submit", "image", "button", "file"}:
                continue
            if kind in {"radio", "checkbox"} and not field.has_attr("checked"):
                continue
            if field.name == "select":
                chosen = field.find("option", selected=True) or field.find("option")
                sent[name] = chosen.get("value", "") if chosen else ""
            else:
                sent[name] = field.text if field.name == "textarea" else field.get("value", "")
        return sent

    def send(self, to=None, **values):
        """Fill in the form by field names and send it, with the tokens that the page gave."""
        return self.client.post(to or self.url, data={**self.fields(), **values})
