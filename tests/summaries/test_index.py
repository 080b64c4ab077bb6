"""Pages of summaries: the button, the list, and who may read which edition."""

import pytest

from consult.audit.models import AuditEntry
from consult.db import db
from consult.documents.rendering import DocumentRefused
from consult.period import Period
from consult.summaries import operations, shelf
from consult.summaries.figures import Edition
from consult.summaries.shelf import Slot
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.factories import admit
from tests.pages import Page

QUARTER = Period.parse("2026-Q3")
INTERNAL = Edition.INTERNAL


@pytest.fixture
def signed_in(client):
    return sign_in(client, officer())


def put(slot, content=b"%PDF-1.7 made for a test"):
    return shelf.put(slot.folder(slot_shelf()), slot.stem("laski"), content, b"{}\n")


def body(client, address, status=200):
    """What an address sends; the file behind it is closed again, as a server would."""
    with client.get(address) as answer:
        assert answer.status_code == status
        return answer.data


def slot_shelf():
    from flask import current_app

    return current_app.config["REPORTS_OUT"]


@pytest.fixture
def written(shelf):
    """A summary of each edition of both districts, as files."""
    for code in ("1003", "1019"):
        for edition in Edition:
            put(Slot(code, "2026-Q3", edition, "pl"), f"%PDF {code} {edition}".encode())
    return shelf


def test_an_officer_writes_a_summary_by_a_button_and_opens_it(shelf, signed_in):
    admit()
    answer = Page(signed_in, "/summaries").send(code="1003", period="2026-Q3", edition="public", language="pl")
    assert answer.status_code == 302
    draft = Page(signed_in, answer.location)
    assert draft.soup.select_one(".govuk-notification-banner")
    link = draft.soup.find("a", href=lambda address: address.endswith(".pdf"))["href"]
    assert body(signed_in, link).startswith(b"%PDF-1.7")
    body(signed_in, "/summaries/2026-Q3/1003.pdf", 404)


def test_the_list_names_only_what_is_of_the_own_districts(written, signed_in):
    links = [link["href"] for link in Page(signed_in, "/summaries").soup.select("table a")]
    assert links == [
        "/districts/1003/statistics?period=2026-Q3",
        "/summaries/2026-Q3/1003.pdf",
        "/summaries/internal/2026-Q3/1003",
        "/summaries/internal/2026-Q3/1003.pdf",
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"code": "1019"},
        {"code": "../1003"},
        {"period": "2026-Q5"},
        {"period": "2031-Q1"},
        {"edition": "secret"},
        {"language": "uk"},
    ],
)
def test_what_is_not_offered_is_refused_with_the_page(shelf, signed_in, values):
    sent = {"code": "1003", "period": "2026-Q3", "edition": "public", "language": "pl", **values}
    answer = Page(signed_in, "/summaries").send(**sent)
    assert answer.status_code == 422
    assert not shelf.exists()


def test_a_failed_print_is_said_on_the_page(shelf, signed_in, monkeypatch):
    def refuse(*_args, **_more):
        raise DocumentRefused("out of ink")

    monkeypatch.setattr(operations, "write", refuse)
    answer = Page(signed_in, "/summaries").send(code="1003", period="2026-Q3", edition="public", language="pl")
    assert answer.status_code == 422


def test_everyone_reads_the_public_edition(written, client):
    with client.get("/summaries/2026-Q3/1003.pdf") as answer:
        assert answer.mimetype == "application/pdf"
        assert answer.data == b"%PDF 1003 public"
    assert body(client, "/summaries/2026-Q3/1003.json") == b"{}\n"


def test_the_english_edition_has_its_own_address(written, client):
    body(client, "/summaries/2026-Q3/1003.pdf?lang=en", 404)
    put(Slot("1003", "2026-Q3", Edition.PUBLIC, "en"), b"%PDF in English")
    assert body(client, "/summaries/2026-Q3/1003.pdf?lang=en") == b"%PDF in English"
    assert body(client, "/summaries/2026-Q3/1003.pdf") == b"%PDF 1003 public"


@pytest.mark.parametrize(
    "address",
    [
        "/summaries/2026-Q3/9999.pdf",
        "/summaries/2026-Q2/1003.pdf",
        "/summaries/2026-Q9/1003.pdf",
        "/summaries/internal/1003.pdf",
        "/summaries/../1003.pdf",
        "/summaries/%2e%2e/1003.pdf",
        "/summaries/..%2f..%2finstance/1003.pdf",
        "/summaries/2026-Q3/*.pdf",
        "/summaries/2026-Q3/..%2f1003.pdf",
        "/summaries/2026-Q3/1003-laski.pdf",
        "/summaries/2026-Q3/%00.pdf",
        "/summaries/2026-Q3/1003.pdf.pdf",
        "/summaries/2026-Q3/١٠٠٣.pdf",
    ],
)
def test_no_address_leads_to_another_file(written, client, address):
    assert client.get(address).status_code == 404


def test_the_internal_edition_is_for_staff_whose_scope_holds_the_district(written, signed_in):
    with signed_in.get("/summaries/internal/2026-Q3/1003.pdf") as answer:
        assert answer.data == b"%PDF 1003 internal"
        assert answer.headers["Cache-Control"] == "no-store"
    assert signed_in.get("/summaries/internal/2026-Q3/1019.pdf").status_code == 404
    noted = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "download")).all()
    assert [(one.object_kind, one.detail) for one in noted] == [
        ("internal_summary", {"district": "1003", "period": "2026-Q3"})
    ]


def test_strangers_are_asked_to_sign_in(written, client):
    for address in ("/summaries", "/summaries/internal/2026-Q3/1003.pdf"):
        answer = client.get(address)
        assert (answer.status_code, "sign-in" in answer.headers.get("Location", "")) == (302, True)


def test_an_administrator_reads_no_summaries_of_units(written, client):
    assert sign_in(client, administrator()).get("/summaries/internal/2026-Q3/1003.pdf").status_code == 403


def test_a_coordinator_sees_the_districts_of_all_units_below(written, client):
    unit("1003")
    unit("1019", "Komenda w Zduńskiej Woli")
    above = unit("10", "Komenda Wojewódzka", areas=[])
    page = Page(sign_in(client, coordinator(above)), "/summaries")
    assert [option["value"] for option in page.soup.select("#code option")] == ["1003", "1019", "all"]


def test_a_unit_without_a_whole_district_is_told_so(written, client):
    page = Page(sign_in(client, officer(unit("kp-1", "Komisariat", areas=["100302"]))), "/summaries")
    assert not page.soup.select("main form[method=post]")


def test_the_list_has_pages(shelf, signed_in):
    for year in range(2000, 2060):
        put(Slot("1003", str(year), Edition.PUBLIC, "pl"))
    assert len(Page(signed_in, "/summaries").soup.select("tbody tr")) == 50
    assert len(Page(signed_in, "/summaries?page=2").soup.select("tbody tr")) == 10
    assert len(Page(signed_in, "/summaries?page=99999999999999999999").soup.select("tbody tr")) == 0
