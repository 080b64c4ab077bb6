"""The register of partners: seen by the staff of its areas, kept by heads and coordinators, never by others."""

import uuid
from datetime import date, timedelta

import pytest
from shapely import box, unary_union
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from consult.audit import queries as audit
from consult.clock import today
from consult.db import db
from consult.districts import operations as boundaries
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.geo import to_metres
from consult.partners import operations, queries
from consult.partners.models import Partner, PartnerArea, PartnerKind
from consult.partners.operations import EndsTooEarly, NameTaken
from consult.partners.reach import Reach
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import LASK, catalogue_of_27
from tests.pages import Page
from tests.partners.makers import partner

pytestmark = pytest.mark.usefixtures("world")

OFFICE = {
    "name": "Urząd Miejski w Łasku",
    "kind": "commune",
    "email": "urzad@lask.example",
    "address": "ul. Warszawska 14\n98-100 Łask",
    "area_codes": "powiat łaski",
    "valid_from": "2026-01-01",
}


@pytest.fixture
def keeper(client):
    """A browser of the head of unit 1003."""
    return sign_in(client, head(unit("1003")))


def count():
    return db.session.scalar(select(func.count(Partner.id)))


def test_an_empty_register_teaches_and_offers_the_first_entry(keeper, elsewhere):
    page = Page(keeper, "/partners")
    assert page.soup.select_one(".empty-state")
    assert page.soup.select_one("a[href='/partners/new']")
    reader = Page(sign_in(elsewhere(), officer(unit("1003"))), "/partners")
    assert reader.soup.select_one(".empty-state")
    assert not reader.soup.select_one("a[href='/partners/new']")


def test_an_office_is_entered_corrected_and_ended(keeper):
    assert Page(keeper, "/partners/new").send(**OFFICE, group_codes=["greenery", "animals"]).status_code == 302
    (made,) = queries.within(Reach(("1003",)))
    assert (made.kind, made.area_codes, made.group_codes) == (PartnerKind.COMMUNE, ("1003",), ("animals", "greenery"))
    page = Page(keeper, f"/partners/{made.id}")
    assert page.fields()["area_codes"].strip() == "powiat powiat łaski"
    assert {box["value"] for box in page.soup.select("input[name=group_codes][checked]")} == {"animals", "greenery"}
    assert page.send(area_codes="łask\nWIDAWA", group_codes=["animals"]).status_code == 302
    db.session.expire_all()
    assert (made.area_codes, made.group_codes) == (("100302", "100304"), ("animals",))
    assert Page(keeper, f"/partners/{made.id}/end").send(valid_to=today().isoformat()).status_code == 302
    db.session.expire_all()
    assert not made.is_valid_on(today())
    assert made.name in Page(keeper, "/partners").soup.select_one("main details").text
    acts = [entry.act for entry in audit.of_object("partner", made.id)]
    assert acts == ["enter_partner", "correct_partner", "end_partner"]


def test_a_new_partner_serves_the_own_district_unless_somebody_says_otherwise(keeper):
    assert Page(keeper, "/partners/new").fields()["area_codes"].strip() == "powiat powiat łaski"


def test_two_clicks_enter_one_partner(keeper):
    page = Page(keeper, "/partners/new")
    assert [page.send(**OFFICE).status_code for _ in range(2)] == [302, 302]
    assert count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"kind": "circus"}, "kind"),
        ({"email": "no address"}, "email"),
        ({"email": "a\x00@b.example"}, "email"),
        ({"email": "", "address": ""}, "email"),
        ({"address": "x" * 301}, "address"),
        ({"area_codes": ""}, "area_codes"),
        ({"area_codes": "powiat zduńskowolski"}, "area_codes"),
        ({"area_codes": "Atlantyda"}, "area_codes"),
        ({"area_codes": "województwo łódzkie"}, "area_codes"),
        ({"area_codes": "10"}, "area_codes"),
        ({"group_codes": ["weather"]}, "group_codes"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2026-13-01"}, "valid_from"),
        ({"key": "no key"}, None),
        ({"key": "\x00"}, None),
        ({"group_codes": ["\x85"]}, "group_codes"),
        ({"valid_from": "2026-01-01\x00"}, "valid_from"),
        (dict.fromkeys(("key", "kind", "area_codes", "group_codes", "valid_from"), "\x00\x85"), "area_codes"),
    ],
)
def test_a_wrong_office_is_refused_where_it_is_wrong_and_nothing_is_written(keeper, wrong, field):
    answer = Page(keeper, "/partners/new").send(**OFFICE | wrong)
    assert answer.status_code == 422
    assert field is None or f'id="{field}-error"' in answer.text
    assert count() == 0


def test_one_name_stands_once_in_an_area_at_a_time(keeper):
    old = partner(OFFICE["name"].upper())
    answer = Page(keeper, "/partners/new").send(**OFFICE)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    operations.end(old, 7, date(2025, 1, 1))
    db.session.commit()
    assert Page(keeper, "/partners/new").send(**OFFICE).status_code == 302


def test_an_end_before_the_beginning_is_refused(keeper):
    made = partner()
    answer = Page(keeper, f"/partners/{made.id}/end").send(valid_to="2019-12-31")
    assert answer.status_code == 422
    assert 'id="valid_to-error"' in answer.text
    operations.end(made, 7, date(2021, 1, 1))
    db.session.commit()
    answer = Page(keeper, f"/partners/{made.id}").send(valid_from="2022-01-01")
    assert answer.status_code == 422
    assert 'id="valid_from-error"' in answer.text
    with pytest.raises(EndsTooEarly):
        operations.end(made, 7, date(2019, 1, 1))


def test_others_keep_their_hands_off(client, elsewhere):
    made = partner()
    pages = ["/partners/new", f"/partners/{made.id}", f"/partners/{made.id}/end"]
    assert [client.get(page).status_code for page in ["/partners", *pages]] == [302] * 4
    ours, neighbour = sign_in(elsewhere(), officer(unit("1003"))), sign_in(elsewhere(), head(unit("1019")))
    assert ours.get("/partners").status_code == 200
    assert [ours.get(page).status_code for page in pages] == [403] * 3
    assert [neighbour.get(page).status_code for page in pages[1:]] == [404, 404]
    assert made.name not in neighbour.get("/partners").text
    manager = sign_in(elsewhere(), administrator(unit("1003")))
    assert [manager.get(page).status_code for page in ["/partners", *pages]] == [403] * 4
    assert ours.get("/partners/999999").status_code == 403


def test_a_partner_of_a_larger_area_is_seen_below_and_kept_above(client, elsewhere):
    railway = partner("Zarządca linii kolejowej", areas=["10"], kind=PartnerKind.RAILWAY)
    below = sign_in(client, head(unit("1003")))
    assert railway.name in below.get("/partners").text
    assert below.get(f"/partners/{railway.id}").status_code == 404
    top = sign_in(elsewhere(), coordinator(unit("pl", "Komenda Główna", "pl/", [])))
    page = Page(top, f"/partners/{railway.id}")
    assert page.fields()["area_codes"].strip().endswith("łódzkie")
    assert page.send(email="nowy@kolej.example").status_code == 302


def test_those_for_the_kind_of_threat_come_first_then_those_for_all():
    day = today()
    others = partner("Aaa dla innych", groups=["animals"])
    everything = partner("Bbb dla wszystkich")
    fitting = partner("Ccc dla dróg", groups=["traffic"])
    partner("Jeszcze nie", valid_from=day + timedelta(days=1))
    partner("Już nie", ended=day)
    partner("Nie tu", areas=["100304"])
    found = queries.serving(["10", "1003", "100302"], "traffic", day)
    assert [one.id for one in found] == [fitting.id, everything.id, others.id]


@pytest.mark.parametrize(
    ("own", "codes", "covers", "touches"),
    [
        (("1003",), ("1003",), True, True),
        (("1003",), ("100302",), True, True),
        (("1003",), ("10",), False, True),
        (("1003",), ("1003", "1019"), False, True),
        (("1003",), ("1019",), False, False),
        ((), ("1003",), False, False),
    ],
)
def test_reach_is_read_from_codes(own, codes, covers, touches):
    assert (Reach(own).covers(codes), Reach(own).touches(codes)) == (covers, touches)
    assert Reach(own, everywhere=True).covers(codes)


def test_the_database_takes_no_office_that_cannot_be_written_to():
    facts = {"email": "", "address": "", "area_codes": ["1003"], "group_codes": [], "valid_from": today()}
    with pytest.raises(IntegrityError):
        operations.enter(7, uuid.uuid4().hex, PartnerKind.ROAD, "Nikt", **facts)


def test_the_same_name_is_refused_below_the_page_too():
    partner("Zarząd")
    with pytest.raises(NameTaken):
        partner("ZARZĄD")


def test_more_partners_ask_the_database_no_more(keeper, queries_counted):
    for number in range(2):
        partner(f"Urząd {number}", groups=["animals"])
    few = queries_counted(lambda: keeper.get("/partners"))
    for number in range(2, 12):
        partner(f"Urząd {number}", groups=["animals"])
    assert queries_counted(lambda: keeper.get("/partners")) <= few


@pytest.fixture
def twins(app):
    """Two districts with a commune Dąbrowa in each, and a town and the commune around it."""
    catalogue_of_27()
    x, y = to_metres(*LASK)
    names = ("1003023", "Dąbrowa"), ("1003031", "Widawa"), ("1003042", "Widawa"), ("1019042", "Dąbrowa")
    areas = [
        Outline(row, code, name, box(x + 9_000 * row, y - 9_000, x + 9_000 * (row + 1), y + 9_000))
        for row, (code, name) in enumerate(names)
    ]
    whole = unary_union([area.shape for area in areas[:3]])
    districts = [Outline(1, "1003", "łaski", whole), Outline(2, "1019", "zduńskowolski", areas[3].shape)]
    for level, outlines in ((Level.DISTRICT, districts), (Level.COMMUNE, areas)):
        boundaries.record_set(outlines, level=level, valid_from=date(2016, 1, 1), source="two squares")


def test_communes_of_one_name_say_their_district_and_are_read_back_as_they_were(twins, client):
    office = partner("Gmina Dąbrowa", areas=("101904", "100303"))
    page = Page(sign_in(client, head(unit("10", "KWP", areas=["10"]))), f"/partners/{office.id}")
    assert page.fields()["area_codes"].split("\n") == ["Widawa (miasto)", "Dąbrowa (powiat zduńskowolski)"]
    assert page.send(address="ul. Nowa 2").status_code == 302
    db.session.expire_all()
    assert (office.area_codes, office.address) == (("100303", "101904"), "ul. Nowa 2")
    assert "Dąbrowa (powiat zduńskowolski)" in Page(client, "/partners").text


def test_a_name_that_several_areas_have_is_refused_with_what_tells_them_apart(twins, client, elsewhere):
    above = sign_in(client, head(unit("10", "KWP", areas=["10"])))
    answer = Page(above, "/partners/new").send(**OFFICE | {"area_codes": "dabrowa"})
    assert answer.status_code == 422
    assert "Dąbrowa (powiat łaski); Dąbrowa (powiat zduńskowolski)" in answer.text
    assert count() == 0
    own = sign_in(elsewhere(), head(unit("1019")))
    assert Page(own, "/partners/new").send(**OFFICE | {"area_codes": "dabrowa"}).status_code == 302
    assert [one.area_codes for one in db.session.scalars(select(Partner))] == [("101904",)]


def test_whoever_corrects_an_office_sees_what_somebody_else_has_just_done():
    """The row of the area is there already when the second correction is written, though its session knows none."""
    office = partner()
    assert office.area_codes == ("1003",)
    db.session.execute(insert(PartnerArea).values(partner_id=office.id, area_code="1019"))
    usual = (7, PartnerKind.ROAD, office.name, office.email, office.address)
    operations.correct(office, *usual, ["1003", "1019"], [], date(2020, 1, 1))
    assert office.area_codes == ("1003", "1019")
    db.session.execute(
        update(Partner).values(valid_to=date(2021, 1, 1)), execution_options={"synchronize_session": False}
    )
    with pytest.raises(EndsTooEarly):
        operations.correct(office, *usual, ["1003"], [], date(2022, 1, 1))
