"""The public pages of figures: what was published and nothing newer, the same on the page, in the PDF and in files."""

import csv
import io
import json
import re

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from consult.db import db
from consult.period import Period
from consult.summaries import operations
from consult.summaries.figures import Edition, summarise
from consult.summaries.records import RecordRefused, summary_of
from consult.summaries.tables import tables_of
from consult.summaries.wording import COLUMN_LABELS
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats import releasing
from consult.threats.models import Threat
from consult.threats.workflow import Status
from tests.accounts.makers import officer
from tests.debates import makers as debates
from tests.factories import admit, metres_away
from tests.pages import Page
from tests.police_records import makers as records
from tests.summaries.makers import JULY, a_case, a_meeting, a_proposal, publish, some_material

QUARTER = Period.parse("2026-Q3")
HERE = "/districts/1003/statistics"
NOTHING = "Nothing has been published"


@pytest.fixture
def english(client):
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def published(shelf, renderer):
    """A quarter with voices, an answer and a debate, published."""
    author = officer()
    for number in range(4):
        admit("parkowanie", metres_away(3 * number, 0), voice_key=f"{number:016x}")
    threat = threat_queries.of_observation(admit("dzikie_wysypiska", metres_away(-4_000, 2_000)))
    threats.change_status(threat, Status.IN_VERIFICATION, "Sprawdzamy.", author.id)
    threats.change_status(threat, Status.CONFIRMED, "Wysypisko jest.", author.id)
    for known in db.session.scalars(select(Threat)):
        known.created_at = JULY
    admit("bezdomny_pomoc", metres_away(100, 100))
    meeting = debates.meeting(author, residents=37)
    debates.proposal(author, meeting, "=Próg przy szkole")
    releasing.write_month(Period.parse("2026-07"))
    return publish("1003", QUARTER, renderer=renderer)


def rows_of(page, caption):
    table = next(one for one in page.soup.select("main table") if one.caption.get_text(strip=True) == caption)
    return [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]


def a_file(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer


def test_a_summary_read_back_from_its_file_is_the_same_object():
    cases = [a_case(1, arrived_at=JULY), a_case(2, "narkotyki"), a_case(3, status=Status.ELIMINATED)]
    material = some_material(cases, meetings=(a_meeting(),), proposals=(a_proposal(),))
    for edition in Edition:
        summary = summarise(material, edition)
        assert summary_of(json.loads(json.dumps(summary.record))) == summary


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda record: record.pop("limits"), "summary.limits"),
        (lambda record: record["key_figures"]["threats"].update(value="5"), "summary.key_figures.threats.value"),
        (lambda record: record["head"].update(first="yesterday"), "summary.head.first"),
        (lambda record: record["planes"][1]["observations"].update(value=True), "summary.planes[1].observations.value"),
    ],
)
def test_a_file_that_holds_something_else_is_refused_by_place(spoil, where):
    record = json.loads(json.dumps(summarise(some_material([a_case(1)]), Edition.PUBLIC).record))
    spoil(record)
    with pytest.raises(RecordRefused, match=re.escape(where)):
        summary_of(record)


def test_an_edition_from_before_waiting_times_is_still_read():
    record = json.loads(json.dumps(summarise(some_material([a_case(1)]), Edition.PUBLIC).record))
    record.pop("waiting")
    assert summary_of(record).waiting == ()


def test_the_page_the_data_file_and_the_pdf_have_the_same_figures(published, english):
    page = Page(english, f"{HERE}?period=2026-Q3")
    record = json.loads(published.json.read_bytes())
    shown = {row[0]: row for row in rows_of(page, "Key figures")}
    for key, label in (("observations", "Observations"), ("threats", "Threats somebody spoke of")):
        assert shown[label][1] == str(record["key_figures"][key]["value"])
    categories = rows_of(page, "Categories and what became of the threats")
    by_name = {row[0]: [int(cell) for cell in row[1:]] for row in categories}
    statuses = [record["total"]["statuses"][status] for status in COLUMN_LABELS]
    assert by_name["Total"] == [*statuses, record["total"]["total"], record["total"]["previous"]]
    words = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(published.pdf).pages)
    for row in record["waiting"]:
        assert f"{row['count']} {row['open']}" in words
    waited = [int(row[1]) for row in rows_of(page, "How long threats waited")]
    assert waited == [row["count"] for row in record["waiting"]] == [2, 2]
    assert record["digest"] in page.text


def test_what_stands_beside_the_figures_stands_on_the_page_too(shelf, renderer, english):
    records.everything()
    admit("parkowanie", metres_away(0, 0))
    made = publish("1003", QUARTER, renderer=renderer)
    page = Page(english, f"{HERE}?period=2026-Q3")
    said = {row[0]: row for row in rows_of(page, "What the police recorded")}
    assert [row["count"] for row in json.loads(made.json.read_bytes())["beside"]["recorded"]["rows"]] == [424]
    assert said["Criminal offences"][2] == "424"
    assert "the last whole year known" in page.soup.select_one("#records").parent.text
    assert page.soup.select_one("nav a[href='#records']")
    assert not page.soup.select("nav a[href='#surveys']"), "a part of which nothing is known has no chapter"
    assert "No survey about this district" in page.soup.select_one("#unknown").parent.text
    addresses = {link["href"].partition("?")[0] for link in page.soup.select("#records ~ p a")}
    assert english.get(next(one for one in addresses if one.endswith(".csv"))).status_code == 200


def test_what_is_said_after_publication_changes_no_figure_of_the_page(published, client):
    """Two days side by side tell nothing of single people."""
    before = Page(client, HERE).text
    for number in range(7):
        admit("parkowanie", metres_away(40 * number, 500))
        admit("bezdomny_pomoc", metres_away(90 * number, 700))
    assert Page(client, HERE).text == before


def test_where_nothing_is_published_the_page_says_so_and_counts_nothing(shelf, english, queries_counted):
    admit("parkowanie")
    for address in (HERE, f"{HERE}?period=2026-Q2", "/statistics", "/statistics?voivodeship=10"):
        page = Page(english, address)
        assert NOTHING in page.text
        assert not page.soup.select("main .key-figure")
    assert english.get(f"{HERE}.xlsx?period=2026-Q3").status_code == 404
    assert english.get(f"{HERE}/map.svg?period=2026-Q3").status_code == 404
    english.get(HERE)
    few = queries_counted(lambda: english.get(HERE))
    for number in range(5):
        admit("parkowanie", metres_away(300 * number, 0))
    assert queries_counted(lambda: english.get(HERE)) == few


def test_the_internal_edition_is_on_no_page(shelf, renderer, english):
    admit("bezdomny_pomoc")
    operations.write("1003", QUARTER, Edition.INTERNAL, renderer=renderer)
    assert NOTHING in Page(english, HERE).text
    assert NOTHING in Page(english, "/statistics").text


def test_a_month_s_protected_counts_are_those_of_its_release(shelf, renderer):
    """An edition written again, and one of another period, tell the same of a month, whatever came since."""
    for number in range(6):
        admit("srodki_odurzajace", metres_away(900 * number, 0))

    def told(period):
        record = json.loads(publish("1003", Period.parse(period), renderer=renderer).json.read_bytes())
        row = next(row for row in record["protected"]["rows"] if row["code"] == "srodki_odurzajace")
        return dict(zip(record["protected"]["months"], row["months"], strict=True))

    month = "2026-07"
    assert told(month) == {month: None}, "nothing is counted before the release"
    releasing.write_month(Period.parse(month))
    assert told(month) == {month: 6}
    admit("srodki_odurzajace", metres_away(0, 4_000))
    assert told(month) == {month: 6}
    assert told("2026")[month] == 6


def test_hidden_counts_stay_hidden_in_every_table_and_file(published, english):
    page = Page(english, HERE)
    hidden = [row for row in rows_of(page, "Categories whose places are not shown") if row[0].startswith("Together")]
    assert "x" in hidden[0]
    answer = a_file(english, f"{HERE}/protected.csv?period=2026-Q3")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[-1][1:] == hidden[0][1:]


def test_every_table_is_a_file_with_the_rows_of_the_page_and_no_formula(published, english):
    page = Page(english, HERE)
    links = [link["href"] for link in page.soup.select("main a[download]") if ".csv" in link["href"]]
    assert len(links) == len(tables_of(summary_of(json.loads(published.json.read_bytes()))))
    for link in links:
        answer = a_file(english, link)
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert re.search(rf"\(CSV, {len(answer.data)} Bytes\)|kB", page.text)
    proposals = a_file(english, f"{HERE}/proposals.csv?period=2026-Q3").data.decode("utf-8-sig")
    assert "'=Próg przy szkole" in proposals
    book = load_workbook(io.BytesIO(a_file(english, f"{HERE}.xlsx?period=2026-Q3").data))
    assert book["What residents asked for"]["A2"].value == "=Próg przy szkole"
    assert book["What residents asked for"]["A2"].data_type == "s"
    assert english.get(f"{HERE}/nothing.csv?period=2026-Q3").status_code == 404


def test_drawings_come_with_words_and_in_the_reader_s_language(published, english):
    page = Page(english, HERE)
    drawings = page.soup.select("main img")
    assert len(drawings) == 3
    for drawing in drawings:
        assert len(drawing["alt"]) > 20
        answer = a_file(english, drawing["src"])
        assert answer.mimetype == "image/svg+xml"
        assert answer.data.startswith(b"<svg")
    assert b"Improper parking" in a_file(english, drawings[0]["src"]).data


def test_names_of_categories_are_in_the_reader_s_language_whatever_was_printed(published, client):
    assert "Nieprawidłowe parkowanie" in Page(client, HERE).text
    client.set_cookie("language", "uk")
    assert "Неправильне паркування" in Page(client, HERE).text


def test_a_page_is_kept_for_a_while_and_asked_again_by_its_etag(published, client):
    for address in (HERE, "/statistics", f"{HERE}.xlsx?period=2026-Q3", f"{HERE}/states.svg?period=2026-Q3"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert "Cookie" in client.get(HERE).headers["Vary"]


def test_the_overview_adds_up_what_is_published_and_says_of_how_many(published, english):
    page = Page(english, "/statistics")
    record = json.loads(published.json.read_bytes())
    row = next(row for row in rows_of(page, "Voivodeships: Quarter 3 of 2026") if row[0] == "łódzkie")
    figures = record["key_figures"]
    assert row[1] == "1 of 2"
    assert row[2:] == [str(figures[key]["value"]) for key in ("observations", "threats", "confirmed")]
    inside = Page(english, "/statistics?voivodeship=10&period=2026-Q3")
    assert "nothing published" in inside.text
    assert inside.soup.select_one("main table a")["href"].startswith(HERE)


def test_the_newest_edition_is_shown_in_whatever_language_it_was_written(published, renderer, english):
    admit("predkosc", metres_away(0, 3_000))
    newer = publish("1003", QUARTER, language="en", renderer=renderer)
    page = Page(english, HERE)
    assert json.loads(newer.json.read_bytes())["digest"] in page.text
    assert len([link for link in page.soup.select("main a[download]") if ".pdf" in link["href"]]) == 2


def test_figures_that_cannot_be_read_are_said_so_and_left_out_of_sums(published, english, caplog):
    published.json.write_bytes(b"{}\n")
    page = Page(english, HERE)
    assert "cannot be shown on this page" in page.text
    assert "cannot be read" in caplog.text
    assert NOTHING in Page(english, "/statistics").text


@pytest.mark.parametrize("address", [f"{HERE}?period=2026-13", "/statistics?period=x", "/districts/9999/statistics"])
def test_what_is_no_period_and_no_district_is_not_there(published, client, address):
    assert client.get(address).status_code == 404


def test_the_district_s_page_and_the_list_lead_here(published, client):
    assert Page(client, "/districts/1003").soup.select_one(f'main a[href="{HERE}"]')
    assert Page(client, "/threats").soup.select_one('main a[href="/statistics"]')
