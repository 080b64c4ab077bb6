"""The pages of the law: whoever runs the service is named, what is missing is said, and no term is promised that no rule keeps."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from flask import current_app
from lxml import etree

from consult.legal import data_sets
from consult.operator import Accessibility, Conformity, Contact, Operator
from tests.pages import Page

WHO = Operator(
    name="Komenda Przykładowa",
    address="ul. Próbna 1, 00-001 Przykładowo",
    email="kontakt@example.pl",
    phone="47 000 00 00",
    bip="https://bip.example.pl/",
    controller="Komendant Przykładowy",
    controller_address="ul. Próbna 1",
    data_protection=Contact("Inspektor", "iod@example.pl", ""),
    coordinator=Contact("Koordynator", "", "47 111 11 11"),
    accessibility=Accessibility(
        published=date(2026, 1, 2),
        made=date(2026, 2, 3),
        conformity=Conformity.PARTIAL,
        inaccessible=("Skany map papierowych nie mają opisów.",),
        building="Wejście bez schodów.",
        contact=Contact("Zespół dostępności", "dostepnosc@example.pl", "47 222 22 22"),
    ),
)
IDS = (
    "a11y-wstep", "a11y-podmiot", "a11y-url", "a11y-data-publikacja", "a11y-data-aktualizacja", "a11y-status",
    "a11y-tresci-niedostepne", "a11y-wylaczenia", "a11y-data-sporzadzenie", "a11y-data-przeglad", "a11y-audytor",
    "a11y-kontakt", "a11y-osoba", "a11y-email", "a11y-telefon", "a11y-procedura", "a11y-architektura", "a11y-aplikacje",
)  # fmt: skip
"""What monitoring programs look for: technical conditions of declarations, version 2.0 of 31 July 2024."""


@pytest.fixture
def named(app, monkeypatch):
    monkeypatch.setitem(app.config, "OPERATOR", WHO)


def text_of(page, css):
    return page.soup.select_one(css).get_text(" ", strip=True)


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
@pytest.mark.parametrize("who", [Operator(), WHO])
def test_the_declaration_has_every_identifier_in_each_language(app, client, monkeypatch, language, who):
    monkeypatch.setitem(app.config, "OPERATOR", who)
    client.set_cookie("language", language)
    page = Page(client, "/declaration")
    assert [one for one in IDS if page.soup.find(id=one) is None] == []


def test_the_declaration_says_what_its_operator_found(client, named):
    page = Page(client, "/declaration")
    assert text_of(page, "#a11y-podmiot") == "Komenda Przykładowa"
    assert page.soup.select_one("#a11y-data-publikacja")["datetime"] == "2026-01-02"
    assert page.soup.select_one("#a11y-data-przeglad")["datetime"] == "2026-02-03"
    assert "częściowo zgodna" in text_of(page, "#a11y-status")
    assert "Skany map papierowych" in text_of(page, "#a11y-tresci-niedostepne")
    assert page.soup.select_one("#a11y-email a")["href"] == "mailto:dostepnosc@example.pl"
    assert "brak danych" not in page.text


@pytest.mark.parametrize("url", ["/declaration", "/privacy", "/terms", "/contact"])
def test_what_nobody_entered_is_said_and_every_page_leads_there(client, url):
    page = Page(client, url)
    assert "nie podano" in page.text
    assert url in {link["href"] for link in Page(client, "/accounts/sign-in").soup.select("footer a")}


def test_contacts_are_those_of_the_file(client, named):
    page = Page(client, "/contact")
    for told in ("Komenda Przykładowa", "ul. Próbna 1, 00-001 Przykładowo", "47 111 11 11", "iod@example.pl"):
        assert told in page.text
    assert page.soup.find("a", href="https://bip.example.pl/")


def test_privacy_promises_what_the_rules_keep(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WORDS_KEPT_DAYS", 123)
    page = Page(client, "/privacy")
    assert "123 dni" in text_of(page, "#reports + dl")


def test_every_rule_that_erases_stands_on_the_privacy_page_under_its_law(app):
    told = {code: one.regime for one in data_sets.DATA_SETS for code in one.rules}
    assert told == {rule.code: rule.regime for rule in current_app.extensions["retention"]}
    assert all(data_sets.terms_of(one, app.extensions["retention"]) for one in data_sets.DATA_SETS)


def test_the_site_map_lists_pages_that_exist(world, client):
    answer = client.get("/sitemap.xml")
    found = [one.text for one in etree.fromstring(answer.data).iter("{*}loc")]
    paths = [urlsplit(one).path for one in found]
    assert {"/", "/threats", "/districts/1003", "/declaration"} <= set(paths)
    assert {client.get(path).status_code for path in paths} == {200}


def test_search_engines_are_asked_to_leave_receipts_alone(client):
    said = client.get("/robots.txt").text
    assert "Disallow: /online-reports/\n" in said
    assert said.rstrip().endswith("/sitemap.xml")
