"""Units: administrators and heads above see for what each answers, and change it after seeing what that does."""

from datetime import timedelta

import pytest

from consult.accounts import operations
from consult.accounts.models import UnitArea
from consult.audit import queries as audit
from consult.clock import now, today
from consult.db import db
from consult.threats import queries
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import admit
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def above(client):
    """An administrator of the voivodeship, with the unit 1003 below."""
    unit("1003")
    return sign_in(client, administrator(unit("10", "KWP w Łodzi", areas=[])))


def answer_of(page, **values):
    """Send a form and look at what comes back."""
    answer = page.send(**values)
    page.soup, page.text = type(page.soup)(answer.text, "lxml"), answer.text
    return answer


def change(page, **values):
    """Look at what a change does, then save it; gives the answer to the saving."""
    assert answer_of(page, look="1", **values).status_code == 200
    return answer_of(page, save="1", **({"agrees": "y"} if page.soup.select_one("[name=agrees]") else {}), **values)


def acts(of):
    return [(entry.act, entry.detail) for entry in audit.of_object("unit", of.id) if entry.act != "create_unit"]


def test_the_list_and_the_page_tell_duties_and_areas(above):
    text = Page(above, "/units").text
    assert "powiat łaski" in text
    shown = Page(above, f"/units/{unit('1003').id}")
    assert "wszystkie kategorie" in shown.text
    assert "powiat łaski" in shown.soup.select_one("tbody").text
    assert Page(above, "/accounts").soup.select_one("a[href='/units']")
    assert "KWP" not in Page(above, "/units?q=Łasku").soup.select_one("tbody").text


def test_duties_are_saved_after_they_were_seen_and_noted(above):
    station = unit("1003")
    unit("RD-1003", "Drogówka", path="pl/10/1003/rd/", areas=["1003"])
    page = Page(above, f"/units/{station.id}/duties")
    assert answer_of(page, groups="traffic", save="1").status_code == 422, "what was not seen is not saved"
    assert change(page, groups="traffic").status_code == 303
    db.session.expire_all()
    assert [duty.group_code for duty in station.duties] == ["traffic"]
    assert acts(station) == [("set_duties", {"duties_before": "", "duties_after": "traffic"})]
    page = Page(above, f"/units/{station.id}/duties")
    assert page.fields()["groups"] == "traffic"
    assert page.client.post(
        page.url, data={k: v for k, v in page.fields().items() if k != "groups"} | {"look": "1"}
    ).status_code == 200  # fmt: skip


def test_a_gap_is_said_and_needs_a_persons_word(above):
    station = unit("1003")
    admit("parkowanie", when=now() - timedelta(days=1))
    page = Page(above, f"/units/{station.id}/duties")
    answer_of(page, groups="water", look="1")
    assert "powiat łaski" in page.soup.select_one("#effect").parent.text
    assert "1 zagrożenie" in page.soup.select_one("#effect").parent.text
    assert answer_of(page, groups="water", save="1").status_code == 422
    db.session.expire_all()
    assert station.duties == []
    assert answer_of(page, groups="water", save="1", agrees="y").status_code == 303


def test_an_area_is_added_and_ended_by_day(above):
    station = unit("1003")
    page = Page(above, f"/units/{station.id}/areas/new?district=1019")
    day = today() + timedelta(days=10)
    assert change(page, area_code="101904", valid_from=day.isoformat()).status_code == 303
    again = Page(above, page.url)
    for button in ("look", "save"):  # it is served already
        assert answer_of(again, area_code="101904", valid_from=day.isoformat(), **{button: "1"}).status_code == 422
    area = db.session.scalars(db.select(UnitArea).where(UnitArea.area_code == "101904")).one()
    assert area.valid_from == day
    assert queries.areas_within(station.path, today()) == ("1003",)
    assert queries.areas_within(station.path, day) == ("1003", "101904")
    page = Page(above, f"/units/areas/{area.id}/end")
    assert answer_of(page, valid_to=(day - timedelta(days=1)).isoformat(), look="1").status_code == 422
    assert change(page, valid_to=(day + timedelta(days=5)).isoformat()).status_code == 303
    db.session.expire_all()
    assert area.valid_to == day + timedelta(days=5)
    assert above.get(f"/units/areas/{area.id}/end").status_code == 404
    assert [act for act, _detail in acts(station)] == ["add_area", "end_area"]


def test_an_area_that_somebody_else_has_just_ended_keeps_that_end(above, monkeypatch):
    """The page was opened, and even checked, before the other ended it."""
    station = unit("1003")
    (area,) = station.areas
    assert area.valid_to is None
    page = Page(above, f"/units/areas/{area.id}/end")
    first, second = today() + timedelta(days=20), today() + timedelta(days=30)
    real = operations.end_area

    def after_another(area, valid_to, actor_id):
        """Between the check and the writing another transaction ends the area, of which this session knows nothing."""
        past = {"synchronize_session": False}
        db.session.execute(db.update(UnitArea).values(valid_to=first), execution_options=past)
        real(area, valid_to, actor_id)

    monkeypatch.setattr(operations, "end_area", after_another)
    answer = change(page, valid_to=second.isoformat())
    assert answer.status_code == 422
    assert 'id="valid_to-error"' in answer.text
    assert acts(station) == []
    monkeypatch.undo()
    operations.end_area(area, first, 7)
    operations.end_area(area, first, 7)
    assert [act for act, _detail in acts(station)] == ["end_area"], "the same end again is no act"


@pytest.mark.parametrize(
    "wrong",
    [
        {"area_code": "3023"},
        {"area_code": ""},
        {"valid_from": (today() - timedelta(days=1)).isoformat()},
        {"valid_from": "2500-01-01"},
        {"valid_from": "x"},
    ],
    ids=str,
)
def test_bad_input_changes_nothing(above, wrong):
    page = Page(above, f"/units/{unit('1003').id}/areas/new?district=1019")
    good = {"area_code": "1019", "valid_from": today().isoformat()}
    assert answer_of(page, look="1", **(good | wrong)).status_code == 422
    page = Page(above, f"/units/{unit('1003').id}/duties")
    assert answer_of(page, look="1", groups="no_such_group").status_code == 422
    assert len(unit("1003").areas) == 1


def test_what_was_seen_of_one_area_saves_no_other(above):
    page = Page(above, f"/units/{unit('1003').id}/areas/new?district=1019")
    day = today().isoformat()
    answer_of(page, area_code="101904", valid_from=day, look="1")
    assert answer_of(page, area_code="1019", valid_from=day, save="1").status_code == 422
    assert len(unit("1003").areas) == 1


def test_a_head_changes_units_below_and_only_within_the_own_areas(client):
    own, below = unit("1003"), unit("KP-1", "Komisariat w Łasku", path="pl/10/1003/kp/", areas=[])
    chief = sign_in(client, head(own))
    assert Page(chief, f"/units/{own.id}").soup.select_one("a[href$='/duties']") is None
    assert chief.get(f"/units/{own.id}/duties").status_code == 403
    assert chief.get(f"/units/areas/{own.areas[0].id}/end").status_code == 403
    page = Page(chief, f"/units/{below.id}/areas/new?district=1019")
    assert {option["value"] for option in page.soup.select("#area_code option")} == {"1003", "100302", "100304"}
    day = today().isoformat()
    assert answer_of(page, area_code="1019", valid_from=day, look="1").status_code == 422
    assert change(page, area_code="100302", valid_from=day).status_code == 303


def test_others_do_not_open_them(client):
    station, neighbour = unit("1003"), unit("1019", "KPP w Zduńskiej Woli")
    browser = client.application.test_client
    for person in (officer(station), coordinator(station)):
        assert sign_in(browser(), person).get("/units").status_code == 403
    stranger = sign_in(browser(), administrator(neighbour))
    addresses = [f"/units/{station.id}", f"/units/{station.id}/duties", f"/units/{station.id}/areas/new"]
    for address in [*addresses, f"/units/areas/{station.areas[0].id}/end"]:
        assert stranger.get(address).status_code == 404
        assert client.get(address).status_code == 302


def test_the_list_asks_no_more_questions_for_more_units(above, queries_counted):
    few = queries_counted(lambda: above.get("/units"))
    for k in range(12):
        unit(f"KP-{k}", f"Komisariat {k}", path=f"pl/10/1003/kp{k}/", areas=["100302"])
    assert queries_counted(lambda: above.get("/units")) <= few
