"""Pages as a reader sees them: open, fill in, send; and what every page must have."""

from collections import defaultdict

import html5lib
from bs4 import BeautifulSoup

UNLABELLED = ("hidden", "submit", "image", "button", "reset")


def check_page(text):
    """Fail when a page is no HTML5 or lacks its heading, title, labels, unique ids or the emergency notice."""
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    tags = [tag for tag in page.iter() if isinstance(tag.tag, str)]
    named = groupby_tag(tags)
    assert len(named["h1"]) == 1, "a page has one h1"
    assert named["title"], "a page has a title"
    assert "".join(named["title"][0].itertext()).strip(), "a title says something"
    ids = [tag.get("id") for tag in tags if tag.get("id") is not None]
    assert len(ids) == len(set(ids)), f"ids stand twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    labelled = {label.get("for") for label in named["label"]}
    for field in [*named["input"], *named["select"], *named["textarea"]]:
        if field.tag == "input" and field.get("type") in UNLABELLED:
            continue
        assert field.get("id") in labelled or field.get("aria-label"), f"unlabelled field {dict(field.attrib)}"
    assert any(link.get("href") == "tel:112" for link in named["a"]), "the emergency notice stands on every page"
    for tag in tags:
        assert not tag.get("style"), f"inline style on {tag.tag}"
        assert not [name for name in tag.attrib if str(name).startswith("on")], f"inline script on {tag.tag}"
    for form in named["form"]:
        if form.get("method", "").lower() == "post":
            carried = [field.get("name") for field in form.iter("input")]
            assert "csrf_token" in carried, "a form that writes carries a CSRF token"


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
        self.soup = BeautifulSoup(response.text, "lxml")

    @classmethod
    def of(cls, client, url, response):
        """A page that came as the answer to a form, ready to be sent again."""
        page = cls.__new__(cls)
        page.client, page.url, page.text = client, url, response.text
        page.soup = BeautifulSoup(response.text, "lxml")
        return page

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
