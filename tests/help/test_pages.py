"""Help speaks of pages as they are: every word in quotation marks stands on one, every task begins where its people may go."""

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader

from consult.config import ROOT
from consult.help.easy import PARTS
from consult.help.glossary import TERMS
from consult.help.keys import KEYS
from consult.help.topics import TOPICS, by_slug, of_page, seen_by
from consult.web.roles import Role
from tests.accounts.makers import coordinator, head, officer, sign_in
from tests.pages import Page

QUOTED = {"en": r"“([^”?]+)”", "pl": r"„([^”?]+)”", "uk": r"«([^»?]+)»"}


def catalogue(code):
    with (ROOT / "consult" / "translations" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("code", QUOTED)
def test_what_help_puts_in_quotation_marks_stands_so_on_a_page(code):
    known = catalogue(code)
    texts = {m.id: m.string for m in known if isinstance(m.id, str) and m.id}
    ours = [str(step._args[0]) for topic in TOPICS for step in topic.steps]
    ours += [str(sentence._args[0]) for part in PARTS for sentence in part.sentences]
    labels = set(texts) if code == "en" else set(texts.values())
    quoted = [one for text in ours for one in re.findall(QUOTED[code], text if code == "en" else texts.get(text, ""))]
    assert len(quoted) > 8
    assert [one for one in quoted if one not in labels] == []


def test_residents_can_read_their_help_in_every_language():
    for code in ("pl", "uk"):
        texts = catalogue(code)
        ours = [text for topic in TOPICS if topic.is_for_residents for text in (topic.title, topic.about, *topic.steps)]
        ours += [text for part in PARTS for text in (part.title, *part.sentences)]
        ours += [part for term in TERMS for part in (term.name, term.meaning)]
        ours += [act for group in KEYS for _keys, act in group.acts]
        assert [str(one._args[0]) for one in ours if not texts.get(str(one._args[0])).string] == []


def test_the_minutes_of_a_debate_have_one_name_in_polish():
    """docs/words.md: sprawozdanie; what other offices call a "protokół" comes from people's own words only."""
    texts = [m.string if isinstance(m.string, tuple) else (m.string,) for m in catalogue("pl")]
    said = [text for forms in texts for text in forms]
    assert [text for text in said if "protok" in text.lower()] == []
    assert sum("sprawozdani" in text.lower() for text in said) > 50


def test_every_page_of_a_task_is_one_and_its_people_may_open_it(app):
    audiences = {name: getattr(view, "audience", "public") for name, view in app.view_functions.items()}
    for topic in TOPICS:
        for page in topic.pages:
            audience = audiences[page]
            assert audience == "public" or set(topic.whose) & set(audience), (topic.slug, page)
            assert audience == "public" or None not in topic.whose, (topic.slug, page)
        assert audiences[topic.start] == "public" or set(topic.whose) <= set(audiences[topic.start]), topic.slug
    assert len({topic.slug for topic in TOPICS}) == len(TOPICS)


def test_the_header_leads_to_the_help_of_the_page():
    assert of_page("online_reports.new", None).slug == "report"
    assert of_page("threats.index", None).slug == "map"
    assert of_page("threats.index", Role.OFFICER).slug == "answer"
    assert of_page("surveys.index", Role.COORDINATOR).slug == "make-survey"
    assert of_page("surveys.index", Role.HEAD).slug == "survey"
    assert of_page("legal.terms", None) is None
    assert of_page("accounts.index", Role.OFFICER) is None


@pytest.mark.usefixtures("world")
def test_a_page_leads_to_its_help_and_help_leads_back(client):
    link = Page(client, "/online-reports/new").soup.select_one(".site-header__help")
    assert link["href"] == "/help/report"
    told = Page(client, link["href"])
    assert len(told.soup.select("main ol.steps > li")) == len(by_slug("report").steps)
    assert told.soup.select_one("main .govuk-button")["href"] == "/online-reports/new"
    assert Page(client, "/terms").soup.select_one(".site-header__help")["href"] == "/help"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("maker", [None, officer, head, coordinator])
def test_everybody_finds_the_tasks_of_their_own_and_no_others(client, maker):
    role = None
    if maker:
        account = maker()
        role = account.role
        sign_in(client, account)
    listed = [link["href"] for link in Page(client, "/help").soup.select("main .tasks a")]
    assert sorted(listed) == sorted(f"/help/{topic.slug}" for topic in seen_by(role))
    for topic in TOPICS:
        answer = client.get(f"/help/{topic.slug}")
        assert answer.status_code == (200 if topic in seen_by(role) else 404), topic.slug


@pytest.mark.printed
@pytest.mark.usefixtures("world")
def test_the_manual_says_the_same_and_leads_with_112(client):
    found = client.get("/help/manual.pdf")
    assert found.mimetype == "application/pdf"
    pages = PdfReader(BytesIO(found.data)).pages
    said = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    assert "112" in pages[0].extract_text()[:400]
    for topic in TOPICS:
        assert (str(topic.about) in said) is topic.is_for_residents, topic.slug
    assert client.get("/help/manual-police.pdf").status_code == 302
    sign_in(client, officer())
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(client.get("/help/manual-police.pdf").data)).pages)
    assert "Propozycje połączeń" in re.sub(r"\s+", " ", said)


@pytest.mark.usefixtures("world")
def test_the_keys_of_the_police_are_for_them(client):
    assert "1" not in [key.text for key in Page(client, "/help/keys").soup.select("kbd")]
    sign_in(client, officer())
    assert "1" in [key.text for key in Page(client, "/help/keys").soup.select("kbd")]


LONGEST_SENTENCE = 12
"""So many words: the rules of easy-to-read text ask for short sentences, and leave the number to whoever writes."""


@pytest.mark.usefixtures("world")
def test_easy_text_says_one_short_thing_a_line_and_leads_to_the_pages_it_speaks_of(client):
    page = Page(client, "/help/easy")
    lines = [line.text.strip() for line in page.soup.select("main .easy p:not(:has(a))")]
    assert len(lines) == sum(len(part.sentences) for part in PARTS)
    assert [line for line in lines if len(line.split()) > LONGEST_SENTENCE] == []
    assert [line for line in lines if line.count(".") != 1] == []
    assert "112" in lines[0]
    assert [link["href"] for link in page.soup.select("main .easy a")] == ["/online-reports/new", "/", "/contact"]


@pytest.mark.usefixtures("world")
def test_easy_text_is_found_from_help_and_from_each_task_of_residents(client):
    sign_in(client, officer())
    residents = [topic.slug for topic in TOPICS if topic.is_for_residents]
    for address in ("/help", *(f"/help/{slug}" for slug in residents)):
        assert Page(client, address).soup.select_one("main a[href='/help/easy']"), address
    assert Page(client, "/help/today").soup.select_one("main a[href='/help/easy']") is None
