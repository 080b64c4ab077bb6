"""The coordinator's warnings: where they stand, in which language, how long, and who may write them."""

from datetime import timedelta

import pytest

from consult.audit import queries as audit
from consult.clock import today
from consult.db import db
from consult.desk import banners
from consult.desk.models import Banner
from consult.districts import moving
from consult.districts import queries as districts
from consult.districts.boundary_file import Outline
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.districts.makers import boundaries
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

SAID = "Uwaga, oszustwa: nikt z Policji nie prosi o pieniądze."
PUBLIC = ("/", "/threats", "/districts/1003", "/online-reports/new")


@pytest.fixture
def national(client):
    """The national coordinator's browser."""
    unit("1003")
    unit("1019")
    return sign_in(client, coordinator(unit("KGP", path="pl/", areas=[])))


@pytest.fixture
def resident(client):
    return client.application.test_client()


def write(browser, status=302, **values):
    right = {"area_code": "", "text_pl": SAID, "first_on": today().isoformat()}
    answer = Page(browser, "/banners/new").send(**{**right, **values})
    assert answer.status_code == status, answer.text
    return db.session.scalars(db.select(Banner).order_by(Banner.id.desc())).first()


def warned(browser, path):
    found = Page(browser, path).soup.select_one(".warnings")
    return found.get_text(" ", strip=True) if found else ""


def test_a_warning_of_the_country_stands_on_every_page_where_people_look(national, resident):
    write(national)
    assert all(SAID in warned(resident, path) for path in PUBLIC)
    assert warned(resident, "/accounts/sign-in") == ""


def test_it_stands_above_the_content_and_below_112(national, resident):
    write(national)
    text = Page(resident, "/").text
    assert text.index("tel:112") < text.index('class="warnings"') < text.index('id="main-content"')


def test_a_warning_of_a_district_stands_on_the_pages_of_that_district_alone(national, resident):
    write(national, area_code="1003")
    for path in ("/districts/1003", "/threats?district=1003", "/?district=1003", "/online-reports/new?district=1003"):
        assert SAID in warned(resident, path), path
    for path in ("/", "/threats", "/districts/1019", "/threats?district=1019", "/online-reports/new"):
        assert warned(resident, path) == "", path


def test_readers_get_their_language_and_polish_where_there_is_none(national, resident):
    write(national, text_en="Beware of fraud.")
    resident.get("/language/en")
    assert "Beware of fraud." in warned(resident, "/")
    resident.get("/language/uk")
    page = Page(resident, "/")
    assert SAID in page.soup.select_one(".warnings").text
    assert page.soup.select_one(".warnings p")["lang"] == "pl"


def test_it_stands_from_its_first_day_to_its_last(national, resident):
    banner = write(national)
    for first, last, stands in ((0, 0, True), (-3, -1, False), (1, 3, False), (-1, 1, True)):
        banner.first_on, banner.last_on = (today() + timedelta(days=days) for days in (first, last))
        db.session.commit()
        assert (SAID in warned(resident, "/")) is stands


def test_a_warning_is_corrected_and_taken_down(national, resident):
    banner = write(national)
    assert Page(national, f"/banners/{banner.id}/edit").send(text_pl="Inna treść.").status_code == 302
    assert "Inna treść." in warned(resident, "/")
    assert Page(national, "/banners").send(to=f"/banners/{banner.id}/take-down").status_code == 302
    assert warned(resident, "/") == ""
    acts = [entry.act for entry in audit.of_object("banner", banner.id)]
    assert acts == ["announce", "correct_banner", "take_down"]
    assert national.get(f"/banners/{banner.id}/edit").status_code == 404


def test_what_a_text_says_is_escaped(national, resident):
    write(national, text_pl="<script>alert(1)</script>")
    assert "<script>alert" not in Page(resident, "/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"text_pl": ""},
        {"text_pl": "a" * 301},
        {"text_pl": "Jan Kowalski oszukuje ludzi"},
        {"text_en": "PESEL 44051401359"},
        {"area_code": "9999"},
        {"area_code": "10"},
        {"first_on": "31-12-2026"},
        {"last_on": "2020-01-01"},
        {"last_on": "2999-01-01"},
        {"first_on": (today() + timedelta(days=9)).isoformat(), "last_on": (today() + timedelta(days=8)).isoformat()},
    ],
)
def test_a_wrong_warning_is_refused_and_nothing_stands(national, wrong):
    assert write(national, status=422, **wrong) is None


def test_a_number_to_call_may_stand_in_a_warning(national, resident):
    write(national, text_pl="Dzwoń: 47 841 12 00 albo 112.")
    assert "47 841 12 00" in warned(resident, "/")


def test_a_local_coordinator_warns_the_own_districts_only(client, national, resident):
    everywhere = write(national)
    local = sign_in(resident, coordinator(unit("1003")))
    offered = [one["value"] for one in Page(local, "/banners/new").soup.select("select[name=area_code] option")]
    assert offered == ["1003"]
    write(local, status=422, area_code="")
    write(local, status=422, area_code="1019")
    write(local, area_code="1003")
    assert len(Page(local, "/banners").soup.select("article")) == 1
    assert len(Page(national, "/banners").soup.select("article")) == 2
    assert local.get(f"/banners/{everywhere.id}/edit").status_code == 404


@pytest.mark.parametrize("maker", [officer, head])
def test_nobody_else_writes_warnings(client, maker):
    sign_in(client, maker(unit("1003")))
    for path in ("/banners", "/banners/new"):
        assert client.get(path).status_code == 403


def test_no_warnings_teach_what_they_are_for(national):
    assert Page(national, "/banners").soup.select_one(".empty-state")


def test_more_warnings_cost_no_more_questions(national, resident, queries_counted):
    write(national)
    few = queries_counted(lambda: resident.get("/threats"))
    for _ in range(4):
        write(national)
    assert queries_counted(lambda: resident.get("/threats")) <= few


def test_a_process_remembers_the_warnings_until_somebody_changes_one(app, national, monkeypatch, queries_counted):
    write(national)
    monkeypatch.setattr(app, "testing", False)
    banners.forget()
    assert queries_counted(lambda: banners.shown(None, "pl")) == 1
    assert queries_counted(lambda: banners.shown(None, "pl")) == 0
    banners.forget()
    assert queries_counted(lambda: banners.shown(None, "pl")) == 1
    banners.forget()


def test_a_warning_for_a_district_that_is_gone_stands_in_its_heir(national, resident):
    shown, over = write(national, area_code="1003").id, write(national, area_code="1003", text_pl="Dawne.").id
    Page(national, "/banners").send(to=f"/banners/{over}/take-down")
    moving.apply()
    followed = [Outline(1, "1030", "nowy", found.shape) for found in districts.districts() if found.code == "1003"]
    boundaries(outlines=followed, valid_from=today())
    moving.apply()
    db.session.commit()
    db.session.expire_all()
    assert {found: db.session.get(Banner, found).area_code for found in (shown, over)} == {shown: "1030", over: "1003"}
    assert warned(resident, "/districts/1030").endswith(SAID)
