"""Whatever residents read speaks all three languages: their pages, the faults that forms name, and every letter."""

import gettext
from collections import defaultdict

import jinja2.meta
import pytest
from flask_babel import force_locale, get_translations

from tests.rights.addresses import addresses
from tests.script.test_scripts import part

FILES = (
    "consult/attachments/wording.py", "consult/help/glossary.py", "consult/help/keys.py", "consult/legal/",
    "consult/online_reports/following.py", "consult/online_reports/forms.py", "consult/online_reports/views.py",
    "consult/releases/wording.py", "consult/summaries/reader_views.py", "consult/summaries/statistics.py",
    "consult/threats/downloads.py", "consult/threats/feed.py", "consult/web/", "debates/announcing.py",
    "debates/edition_words.py", "debates/feed.py", "debates/forms/correcting.py", "surveys/complaints.py",
    "surveys/forms/feedback.py", "surveys/skips.py", "surveys/views/returning.py", "surveys/views/sending.py",
    "surveys/views/visits.py", "templates/mail/",
)  # fmt: skip
"""Files all of whose texts residents read or are written; what else they read is met on the pages themselves."""


def untranslated():
    """The texts of the catalogue that Ukrainian lacks, by English text, with the files they stand in."""
    catalogues = part("catalogues")
    lacking = [one for one in catalogues["read"]("uk") if one.id and not catalogues["is_translated"](one)]
    return {
        one.id if isinstance(one.id, str) else one.id[0]: {file for file, _line in one.locations} for one in lacking
    }


def of_residents(app):
    """The templates that pages for everybody are made of: each page, what it stands in and what it includes."""
    public = {name for name, view in app.view_functions.items() if getattr(view, "audience", "") == "public"}
    left = {f"{name.replace('.', '/')}.html" for name in public} & set(app.jinja_env.list_templates())
    found = set()
    while left:
        name = left.pop()
        found.add(name)
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        left |= set(filter(None, jinja2.meta.find_referenced_templates(app.jinja_env.parse(source)))) - found
    return {f"templates/{name}" for name in found if "macros" not in name}


def test_files_of_what_residents_read_speak_ukrainian(world):
    pages = of_residents(world.app)
    assert {"templates/base.html", "templates/desk/home.html", "templates/legal/privacy.html"} <= pages
    lacking = {
        text for text, files in untranslated().items() if files & pages or any(f.startswith(FILES) for f in files)
    }
    assert lacking == set()


class Lacking(gettext.NullTranslations):
    """Notes what a catalogue was asked for and does not have."""

    def __init__(self):
        super().__init__()
        self.texts = set()

    def gettext(self, message):
        self.texts.add(message)
        return message

    def ngettext(self, msgid1, msgid2, n):
        self.texts.add(msgid1)
        return super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context, message):
        self.texts.add(message)
        return message


@pytest.fixture
def lacking(world):
    """What the Ukrainian catalogue has not while a test asks for it."""
    seen = Lacking()
    with world.app.test_request_context(), force_locale("uk"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_translations(), "_fallback", seen)
        yield seen


def test_no_page_for_everybody_lacks_ukrainian_words(world, lacking):
    """Read from the pages themselves, so that words are met wherever in the code they come from."""
    found = defaultdict(set)
    client = world.app.test_client()
    client.set_cookie("language", "uk")
    for rule, _called, url in addresses(world.app, world.names):
        if getattr(world.app.view_functions[rule.endpoint], "audience", "public") == "public":
            lacking.texts.clear()
            client.get(url).close()
            found[rule.endpoint] |= lacking.texts
    assert {endpoint: texts for endpoint, texts in found.items() if texts} == {}
    lacking.texts.clear()
    client.get("/no-such-page").close()
    assert lacking.texts == set()


def test_a_text_without_ukrainian_is_noticed(lacking):
    assert get_translations().ugettext("Nobody says this here") in lacking.texts
