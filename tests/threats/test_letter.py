"""The letter of a hand-over: official, frozen, in Polish, readable by aids, and silent about who reported."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from consult.clock import now
from consult.db import db
from consult.geo import Place, PlaceKind
from consult.partners import operations as partners
from consult.period import TIMES_OF_DAY, WEEKDAYS
from consult.threats import handing_over, letter, response
from consult.threats.checking import Finding
from consult.threats.workflow import Status
from consult.web.roles import Role
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.factories import admit, looked
from tests.partners.makers import REPORTED, confirmed, partner, words

pytestmark = pytest.mark.usefixtures("world")

ASKED = "Prosimy o naprawę nawierzchni i ustawienie znaku."


def handed(threat=None, **more):
    made = handing_over.hand_over(threat or confirmed(), **words(**{"asked": ASKED} | more))
    db.session.commit()
    return made


def text_of(content):
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().replace("\u00a0", " ") for page in pages).split())


def test_it_says_what_who_where_and_by_when():
    threat = confirmed(times_of_day=TIMES_OF_DAY["evening"], weekdays=WEEKDAYS["fri"])
    looked(threat, Finding.SEEN, at=now() - timedelta(hours=5))
    made = handed(threat, partner_id=partner("Zarząd Dróg Powiatowych w Łasku").id)
    said = text_of(letter.printed(made))
    for part in (
        "Komenda Powiatowa Policji w Łasku",
        f"Znak: {made.letter_number}",
        "Zarząd Dróg Powiatowych w Łasku",
        "98-100 Łask",
        "Przekazanie zagrożenia: Niewłaściwa infrastruktura drogowa",
        "powiat łaski",
        "51,59000° N, 19,13000° E",
        "1 obserwacja, 1 niezależny głos",
        "piątek",
        "Stwierdzono",
        ASKED,
        "dzielnicowy",
        made.facts["email"],
    ):
        assert part in said, part


def test_the_words_of_residents_stay_out_and_the_notes_of_colleagues_too():
    threat = confirmed()
    response.write_note(threat, "n", "NOTATKA WEWNĘTRZNA", 7)
    check = looked(threat, Finding.SEEN)
    check.note = "UWAGA Z KONTROLI"
    made = handed(threat)
    said = text_of(letter.printed(made))
    kept = str(made.facts) + said
    for secret in (REPORTED, "Sąsiad", "NOTATKA", "UWAGA Z KONTROLI"):
        assert secret not in kept


def test_what_the_officer_puts_in_stands_in_it():
    assert "Kierowcy skarżą się na dziury." in text_of(
        letter.printed(handed(quoted="Kierowcy skarżą się na dziury.")),
    )


def test_the_same_letter_gives_the_same_bytes_whatever_happens_later(app):
    roads = partner("Zarząd Dróg Powiatowych")
    threat = confirmed()
    made = handed(threat, partner_id=roads.id)
    before = letter.printed(made)
    admit("infrastruktura_drogowa", when=now(), text="jeszcze jeden głos")
    looked(threat, Finding.SEEN)
    facts = {"kind": roads.kind, "email": "inny@example.com", "address": "", "valid_from": roads.valid_from}
    partners.correct(roads, 7, name="Inna nazwa", area_codes=["1003"], group_codes=[], **facts)
    response.change_status(threat, Status.ELIMINATED, "naprawione", 7)
    db.session.commit()
    db.session.expire_all()
    assert letter.printed(made) == before
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert letter.printed(made) == before


def test_it_is_tagged_named_in_polish_and_one_or_two_pages_long():
    threat = confirmed()
    for _ in range(9):
        looked(threat, Finding.SEEN)
    made = handed(threat, asked="Prosimy o naprawę. " * 50, quoted="Ważne zdanie o miejscu. " * 40)
    reader = PdfReader(BytesIO(letter.printed(made)))
    assert 1 <= len(reader.pages) <= 2
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("pl")
    assert root["/MarkInfo"]["/Marked"]
    assert made.letter_number in reader.metadata.title
    assert made.letter_number in reader.pages[-1].extract_text()


def test_a_whole_area_has_a_map_of_the_district_and_no_position():
    place = Place.whole(PlaceKind.COMMUNE, "1003023", 19.05, 51.59, 9_000.0, "Łask")
    said = text_of(letter.printed(handed(confirmed(at=place))))
    assert "cały obszar" in said
    assert "WGS 84" not in said


@pytest.mark.parametrize("role", [Role.OFFICER, Role.COORDINATOR])
def test_staff_in_scope_open_it_and_no_cache_keeps_it(client, role):
    made = handed()
    sign_in(client, (officer if role is Role.OFFICER else coordinator)(unit("1003")))
    answer = client.get(f"/threats/{made.threat_id}/hand-overs/{made.id}/letter.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF")
    assert answer.data == letter.printed(made)


def test_a_press_that_does_not_work_says_come_again(client, monkeypatch):
    from consult.documents.rendering import DocumentRefused

    def refuse(_handed):
        raise DocumentRefused("no press")

    made = handed()
    monkeypatch.setattr(letter, "printed", refuse)
    sign_in(client, officer(unit("1003")))
    assert client.get(f"/threats/{made.threat_id}/hand-overs/{made.id}/letter.pdf").status_code == 503
