"""Sheets are made, printed, numbered on, closed: pages, rights, papers."""

import json
import re
import uuid
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import event, func, select

from consult.basemap.sources import ServerSilent, Sheet, opened
from consult.db import db
from consult.geo import Place, to_metres
from consult.paper import operations, printing, queries
from consult.paper.models import PaperForm
from consult.paper.printing import Edition, Run
from consult.paper.scales import Scale
from consult.web.addresses import public_url
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.debates import makers as debates
from tests.factories import LASK, admit
from tests.paper import town
from tests.surveys.makers import SMALL, survey

CATEGORIES = ["parkowanie", "predkosc", "alkohol"]


def sheets(author, copies=3, meeting=None, **facts) -> PaperForm:
    said = {
        "key": uuid.uuid4().hex,
        "unit_id": author.unit_id,
        "meeting": meeting,
        "title": "Debata w Łasku",
        "place_name": "Dom kultury",
        "centre": Place.point(*LASK),
        "scale": Scale.VILLAGE,
        "categories": CATEGORIES,
        "survey_version_id": None,
        "copies": copies,
        **facts,
    }
    made = operations.make_form(author, **said)
    db.session.commit()
    return made


def filled(client, address="/paper/new", **fields):
    """What the page of new sheets sends once somebody filled it in; None leaves a field out."""
    page = client.get(address).text
    geometry = json.dumps({"type": "Point", "coordinates": LASK})
    said = {
        "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1],
        "key": re.search(r'name="key"[^>]*value="([^"]+)"', page)[1],
        "title": "Gdzie jest niebezpiecznie?",
        "place_name": "Łask",
        "centre": geometry,
        "scale": "village",
        "categories": CATEGORIES,
        "survey_version_id": "",
        "copies": "20",
        **fields,
    }
    return {name: value for name, value in said.items() if value is not None}


def only_form() -> PaperForm:
    return db.session.scalars(select(PaperForm)).one()


def plain(page):
    """What stands on a page, with ordinary spaces."""
    return " ".join(page.extract_text().split())


def printed(form, first=1, last=2, **how):
    return PdfReader(BytesIO(printing.print_sheets(form, Run(first, last, **how))))


# --- making ------------------------------------------------------------------------------------------------------------


def test_sheets_are_made_for_a_place_and_led_to(desk, account):
    answer = desk.post("/paper/new", data=filled(desk))
    form = only_form()

    assert answer.status_code == 302
    assert answer.location == f"/paper/{form.id}"
    assert (form.title, form.copies, form.categories) == ("Gdzie jest niebezpiecznie?", 20, CATEGORIES)
    assert (form.unit_id, form.meeting_id, form.author_id) == (account.unit_id, None, account.id)
    assert form.grid.cell_m == 125
    assert form.grid.at(*to_metres(*LASK)) in {"F4", "G4", "F5", "G5"}
    assert "Gdzie jest niebezpiecznie?" in desk.get("/paper").text
    assert desk.get(answer.location).status_code == 200


def test_sheets_of_a_meeting_take_over_what_is_known(desk, account):
    meeting = debates.meeting(account, venue="Dom kultury w Łasku", place=Place.point(*LASK))
    page = desk.get(f"/paper/new?meeting={meeting.id}").text
    assert 'value="Debata w Łasku"' in page
    assert 'value="Dom kultury w Łasku"' in page
    assert "/paper/preview.svg?" in page

    desk.post(f"/paper/new?meeting={meeting.id}", data=filled(desk, f"/paper/new?meeting={meeting.id}"))
    assert only_form().meeting_id == meeting.id
    assert f"/paper/{only_form().id}" in desk.get(f"/paper/meetings/{meeting.id}").text
    assert f"/paper/meetings/{meeting.id}" in desk.get(f"/debates/{meeting.id}").text


def test_a_form_sent_twice_is_made_once_and_other_content_is_refused(desk):
    sent = filled(desk)
    assert desk.post("/paper/new", data=sent).location == desk.post("/paper/new", data=sent).location
    assert desk.post("/paper/new", data={**sent, "copies": "21"}).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(PaperForm)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("scale", "galaxy"), ("categories", []), ("categories", ["no_such"]),
        ("copies", "0"), ("copies", "501"), ("copies", "many"), ("centre", ""), ("survey_version_id", "99"),
        ("centre", '{"type": "Point", "coordinates": [2.35, 48.85]}'),
        ("centre", '{"type": "Point", "coordinates": [22.5, 51.2]}'),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_refused_and_nothing_is_saved(desk, field, value):
    answer = desk.post("/paper/new", data=filled(desk, **{field: value}))
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert db.session.scalar(select(func.count()).select_from(PaperForm)) == 0


def test_more_than_ten_kinds_of_threats_are_too_many(desk, world):
    ten = [category.code for category in queries.catalogue.everything()][:11]
    assert desk.post("/paper/new", data=filled(desk, categories=ten)).status_code == 422
    assert desk.post("/paper/new", data=filled(desk, categories=ten[:10])).status_code == 302


def test_the_map_can_be_looked_at_before_anything_is_saved(desk):
    answer = desk.post("/paper/new", data=filled(desk, preview="1", title=""))
    address = re.search(r'src="(/paper/preview\.svg\?[^"]+)"', answer.text)[1].replace("&amp;", "&")

    assert answer.status_code == 200
    assert "govuk-error-summary" not in answer.text
    assert db.session.scalar(select(func.count()).select_from(PaperForm)) == 0
    drawn = desk.get(address)
    assert drawn.mimetype == "image/svg+xml"
    assert ">M8</text>" in drawn.text


@pytest.mark.parametrize("query", ["", "?lon=19&lat=51", "?lon=19&lat=51&scale=galaxy", "?lon=nan&lat=51&scale=town"])
def test_a_preview_of_nowhere_is_none(desk, query):
    assert desk.get(f"/paper/preview.svg{query}").status_code == 404


def test_what_people_spoke_of_most_is_offered_first(desk, account):
    for _ in range(3):
        admit("zebractwo")
    db.session.commit()
    ticked = re.findall(r'value="(\w+)"\s+checked', desk.get("/paper/new").text)
    assert "zebractwo" in ticked
    assert len([code for code in ticked if code != "village"]) == 8


# --- who may -----------------------------------------------------------------------------------------------------------


def test_sheets_of_another_unit_do_not_exist(client, account):
    form = sheets(account)
    other = sign_in(client, officer(unit("1019", "KPP Zduńska Wola")))
    for address in (f"/paper/{form.id}", f"/paper/{form.id}/map.svg", f"/paper/{form.id}/sheets.pdf"):
        assert other.get(address).status_code == 404
    assert other.get(f"/paper/{form.id}/close").status_code == 404
    assert form.title not in other.get("/paper").text


def test_a_coordinator_looks_and_changes_nothing(client, account):
    form = sheets(account)
    reader = sign_in(client, coordinator(unit("pl", "Komenda Główna", "pl/", [])))
    page = reader.get(f"/paper/{form.id}").text
    assert form.title in page
    assert f"/paper/{form.id}/close" not in page
    assert reader.get("/paper/new").status_code == 403
    assert reader.get(f"/paper/{form.id}/close").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client, account):
    assert client.get(f"/paper/{sheets(account).id}").status_code == 302


# --- further copies, the end -------------------------------------------------------------------------------------------


def token(client, address):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)[1]


def test_further_copies_continue_the_numbers_and_a_second_click_adds_none(desk, account):
    form = sheets(account, copies=3)
    sent = {"csrf_token": token(desk, f"/paper/{form.id}"), "known_copies": "3", "copies": "5"}

    assert desk.post(f"/paper/{form.id}/copies", data=sent).location == f"/paper/{form.id}?first=4&last=8"
    assert desk.post(f"/paper/{form.id}/copies", data=sent).location == f"/paper/{form.id}"
    assert only_form().copies == 8


@pytest.mark.parametrize("sent", [{"copies": "0"}, {"copies": "501"}, {"known_copies": "x"}, {"known_copies": "²"}])
def test_a_wrong_number_of_further_copies_adds_none(desk, account, sent):
    form = sheets(account)
    data = {"csrf_token": token(desk, f"/paper/{form.id}"), "known_copies": "3", "copies": "5", **sent}
    assert desk.post(f"/paper/{form.id}/copies", data=data).status_code == 422
    assert only_form().copies == 3


def test_a_closed_form_prints_nothing_more_until_it_is_opened_again(desk, account):
    form = sheets(account)
    page = desk.get(f"/paper/{form.id}/close").text
    sent = {"csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]}
    desk.post(f"/paper/{form.id}/close", data=sent)
    assert only_form().is_closed
    assert f"/paper/{form.id}/copies" not in desk.get(f"/paper/{form.id}").text
    desk.post(f"/paper/{form.id}/copies", data={**sent, "known_copies": "3", "copies": "5"})
    assert only_form().copies == 3

    desk.post(f"/paper/{form.id}/open", data=sent)
    desk.post(f"/paper/{form.id}/open", data=sent)
    assert not only_form().is_closed
    assert only_form().copies == 3


# --- on paper ----------------------------------------------------------------------------------------------------------


@pytest.mark.printed
def test_each_sheet_has_its_number_and_all_say_the_same(desk, account):
    meeting = debates.meeting(account, venue="Dom kultury", place=Place.point(*LASK))
    form = sheets(account, meeting=meeting)
    answer = desk.get(f"/paper/{form.id}/sheets.pdf?first=2&last=3")
    pages = [plain(page) for page in PdfReader(BytesIO(answer.data)).pages]

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [re.findall(r"Arkusz (\d+)", page) or re.findall(r"Sheet (\d+)", page) for page in pages] == [["2"], ["3"]]
    for page in pages:
        assert "112" in page
        assert "Debata w Łasku" in page
        assert "Nieprawidłowe parkowanie" in page
        assert "15 lipca 2026" in page
        assert "C7" in page


def test_a_qr_code_leads_to_where_its_sheet_is_typed_in(app, account):
    meeting = debates.meeting(account)
    form = sheets(account, meeting=meeting)
    address = printing.sheet_url(form, 7)
    assert address == f"{public_url('paper.sheet', form_id=form.id, number=7)}?meeting={meeting.id}"
    document = printing.document_of(form, Run(7, 8), "<svg/>")
    assert {"7.png", "8.png"} <= set(document.assets)
    assert Image.open(BytesIO(document.assets["7.png"])).size == Image.open(BytesIO(document.assets["8.png"])).size
    assert document.assets["7.png"] == printing.qr.picture(address) != document.assets["8.png"]


@pytest.mark.printed
@pytest.mark.parametrize("query", ["first=0&last=99", "first=x&last=y", "first=3&last=1", "edition=huge&language=xx"])
def test_odd_numbers_are_the_nearest_that_there_are(desk, account, query):
    form = sheets(account)
    answer = desk.get(f"/paper/{form.id}/sheets.pdf?{query}")
    assert answer.status_code == 200
    assert 1 <= len(PdfReader(BytesIO(answer.data)).pages) <= 3


@pytest.mark.printed
def test_large_type_has_two_sides_with_the_number_on_both(account):
    pages = [page.extract_text() for page in printed(sheets(account), edition=Edition.LARGE).pages]
    assert len(pages) == 4
    numbers = [re.findall(r"(?:Arkusz|Sheet) (\d+)", page) for page in pages]
    assert numbers == [["1"], ["1"], ["2"], ["2"]]


@pytest.mark.printed
def test_a_sheet_speaks_ukrainian(account):
    page = printed(sheets(account), 1, 1, language="uk").pages[0].extract_text()
    assert "Неправильне паркування" in page


@pytest.mark.printed
def test_the_same_sheets_are_the_same_bytes(account):
    form = sheets(account)
    assert printing.print_sheets(form, Run(1, 2)) == printing.print_sheets(form, Run(1, 2))


@pytest.mark.printed
def test_a_long_list_under_a_long_title_costs_rows_and_hides_nothing(account, world):
    ten = sorted(queries.catalogue.everything(), key=lambda category: -len(category.name("pl")))[:10]
    title = ("Gdzie w naszej gminie jest niebezpiecznie? " * 5)[:200]
    form = sheets(account, categories=[category.code for category in ten], title=title, place_name="x" * 200)
    [page] = printed(form, 1, 1).pages
    said = " ".join(page.extract_text().split())
    for category in ten:
        assert category.name("pl") in said
    assert "10" in said


@pytest.mark.printed
def test_many_copies_cost_little_more_than_one(account):
    one, many = (len(printing.print_sheets(sheets(account, copies=200), Run(1, last))) for last in (1, 60))
    assert (many - one) / 59 < 4_000


@pytest.mark.printed
def test_the_map_has_streets_where_the_installation_has_a_background(app, account, tmp_path, monkeypatch):
    path = town.pmtiles(tmp_path / "town.pmtiles", *LASK)
    monkeypatch.setitem(app.extensions, "basemap", opened(str(path), tmp_path))
    assert "ul. Szkolna" in printed(sheets(account), 1, 1).pages[0].extract_text()


class Pictures:
    sheet = Sheet("image/png", 4, 16, "© nobody")

    def tile(self, z, x, y):
        stream = BytesIO()
        Image.new("RGB", (256, 256), (120, 160, 120)).save(stream, "PNG")
        return stream.getvalue()


@pytest.mark.printed
def test_a_background_of_pictures_is_printed_too(app, account, monkeypatch):
    monkeypatch.setitem(app.extensions, "basemap", Pictures())
    [page] = printed(sheets(account), 1, 1).pages
    assert (1200, 800) in {image.image.size for image in page.images}


class Silent:
    sheet = Sheet("image/png", 4, 16, "")

    def tile(self, z, x, y):
        raise ServerSilent("status 500")


def test_a_background_that_cannot_be_had_prints_no_sheet_without_streets(app, desk, account, monkeypatch):
    form = sheets(account)
    monkeypatch.setitem(app.extensions, "basemap", Silent())
    assert desk.get(f"/paper/{form.id}/sheets.pdf").status_code == 503
    assert desk.get(f"/paper/{form.id}/map.svg").status_code == 503
    assert desk.get(f"/paper/{form.id}").status_code == 200


# --- the back ----------------------------------------------------------------------------------------------------------


@pytest.mark.printed
def test_a_short_questionnaire_stands_on_the_back(desk, account):
    version = survey().published
    desk.post("/paper/new", data=filled(desk, survey_version_id=str(version.id), copies="2"))
    pages = [page.extract_text() for page in printed(only_form()).pages]

    assert only_form().survey_version_id == version.id
    assert len(pages) == 4
    assert "Czy jest bezpiecznie?" in pages[1]
    assert "Czy jest bezpiecznie?" in pages[3]
    assert [re.findall(r"(?:Arkusz|Sheet) (\d+)", page) for page in pages] == [["1"], ["1"], ["2"], ["2"]]


@pytest.mark.printed
def test_a_questionnaire_longer_than_the_back_is_refused_with_its_pages(desk, account):
    row = "|        | text                | {name}  | {name}?              | {name}?              |          |          |\n"
    many = "".join(row.format(name=f"q{number}") for number in range(40))
    long = survey(
        SMALL.replace("|        | end_group           |       |", many + "|        | end_group |       |", 1), "dluga"
    )
    answer = desk.post("/paper/new", data=filled(desk, survey_version_id=str(long.published.id)))

    assert answer.status_code == 422
    assert "survey_version_id" in answer.text
    assert db.session.scalar(select(func.count()).select_from(PaperForm)) == 0


def test_heads_make_sheets_too(client, world):
    chief = sign_in(client, head())
    assert chief.post("/paper/new", data=filled(chief)).status_code == 302


def statements(call):
    """Count the statements that a call sends to the database."""
    seen = []
    listener = lambda *_: seen.append(1)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    call()
    event.remove(db.engine, "before_cursor_execute", listener)
    assert seen, "nothing was asked"
    return len(seen)


def test_the_list_asks_the_database_no_more_for_more_forms(desk, account):
    sheets(account, meeting=debates.meeting(account))
    few = statements(lambda: desk.get("/paper"))
    for _ in range(4):
        sheets(account, meeting=debates.meeting(account))
    assert statements(lambda: desk.get("/paper")) <= few
