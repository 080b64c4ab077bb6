"""Who answers for a threat and works on it, and what colleagues tell each other."""

from datetime import date, timedelta

import pytest

from consult.accounts import operations as accounts
from consult.audit import queries as audit
from consult.clock import now, today
from consult.db import db
from consult.desk import queries as desk
from consult.threats import queries, response
from consult.threats.models import Assignment, Note
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

CANARY = "kanarek tylko dla policji"


def recent(category="parkowanie", **more):
    return queries.of_observation(admit(category, when=now() - timedelta(days=3), **more))


def test_the_most_local_unit_answers_and_the_page_names_it(client):
    unit("1003")
    station = unit("100302", name="Posterunek Policji w Łasku", path="pl/10/1003/lask/", areas=["100302"])
    threat = recent(at=metres_away(-500, 0))
    assert queries.answering_unit(threat, today()).id == station.id
    page = Page(sign_in(client, officer(station)), f"/threats/{threat.id}")
    assert "Posterunek Policji w Łasku" in page.text


def test_a_unit_with_duties_answers_for_its_kind_of_threat():
    headquarters = unit("1003")
    threat, other = recent(), recent("bezpanskie_psy", at=metres_away(2_000, 0))
    traffic = accounts.create_unit(
        "rd", "Ruch drogowy", "pl/10/1003/rd/", ["1003"], groups=[threat.category.group_code]
    )
    db.session.flush()
    assert queries.answering_unit(threat, today()).id == traffic.id
    assert queries.answering_unit(other, today()).id == headquarters.id


def test_a_unit_answers_only_while_it_serves_the_area():
    made = accounts.create_unit("old", "Dawna jednostka", "pl/10/old/", ["1003"])
    made.areas[0].valid_to = date(2026, 1, 1)
    db.session.flush()
    threat = recent()
    assert queries.answering_unit(threat, date(2025, 6, 1)).id == made.id
    assert queries.answering_unit(threat, today()) is None


def test_where_no_unit_serves_the_public_page_says_so_and_the_coordinator_finds_it(client, elsewhere):
    unit("1003")
    here, there = recent(), recent(at=metres_away(15_000, 0))
    db.session.commit()
    notice = 'href="tel:997">997</a>\n'
    assert notice in Page(elsewhere(), f"/threats/{there.id}").text
    assert notice not in Page(elsewhere(), f"/threats/{here.id}").text
    page = Page(sign_in(client, coordinator(unit("1003"))), "/threats/unserved")
    assert {int(item["data-feature-id"]) for item in page.soup.select("[data-feature-id]")} == {there.id}
    assert Page(client, "/today").soup.find("a", href="/threats/unserved")


def test_a_kind_of_threat_that_no_units_duty_is_has_no_unit_either():
    threat = recent()
    accounts.create_unit("rd", "Ruch drogowy", "pl/10/1003/rd/", ["1003"], groups=["animals"])
    recent(category="bezpanskie_psy", at=metres_away(2_000, 0))  # whose duty it is: the duty for one serves no other
    db.session.flush()
    assert queries.count_unserved(today()) == 1
    assert queries.answering_unit(threat, today()) is None


def test_only_coordinators_see_the_list(client, elsewhere):
    assert sign_in(client, officer(unit("1003"))).get("/threats/unserved").status_code == 403
    assert elsewhere().get("/threats/unserved").status_code == 302


def test_a_threat_is_given_to_somebody_who_may_decide_and_the_trail_says_so(client):
    threat, colleague = recent(), officer(unit("1003"))
    other, gone = officer(unit("1019")), officer(unit("1003"))
    accounts.leave(gone, None, 0)
    overseer = coordinator(unit("1003"))
    db.session.commit()
    sign_in(client, head(unit("1003")))
    page = Page(client, f"/threats/{threat.id}/assign")
    offered = {option["value"] for option in page.soup.select("#account_id option")}
    assert str(colleague.id) in offered
    assert not {str(other.id), str(gone.id), str(overseer.id)} & offered
    assert page.send(account_id=other.id).status_code == 422
    assert page.send(account_id="x").status_code == 422
    assert page.send(account_id=colleague.id).status_code == 302
    assert queries.assignment_of(threat).account_id == colleague.id
    assert colleague.email in Page(client, f"/threats/{threat.id}").text
    assert [entry.act for entry in audit.of_object("threat", threat.id)] == ["assign"]


def test_a_further_assignment_ends_the_first_and_nobody_is_an_answer_too():
    threat, one, two = recent(), officer(unit("1003")), officer(unit("1003"))
    for account_id in (one.id, two.id, two.id, None):
        response.assign(threat, account_id, 7)
    rows = db.session.scalars(db.select(Assignment).order_by(Assignment.id)).all()
    assert [(row.account_id, row.ended_at is not None) for row in rows] == [(one.id, True), (two.id, True)]
    with pytest.raises(response.NotAssignable):
        response.assign(threat, officer(unit("1019")).id, 7)


def test_my_work_holds_what_colleagues_left_behind_and_the_rest_waits_for_somebody(client):
    unit("1003")
    me, gone = officer(unit("1003")), officer(unit("1003"))
    mine, inherited, free = recent(), recent(at=metres_away(1_000, 0)), recent(at=metres_away(2_000, 0))
    response.assign(mine, me.id, 7)
    response.assign(inherited, gone.id, 7)
    accounts.leave(gone, me, 0)
    db.session.commit()
    sign_in(client, me)

    def shown(query):
        links = Page(client, f"/today{query}").soup.select("table a")
        return {int(link["href"].rpartition("/")[2]) for link in links}

    assert shown("") == {mine.id, inherited.id, free.id}
    assert shown("?whose=mine") == {mine.id, inherited.id}
    assert shown("?whose=nobody") == {free.id}
    assert shown("?whose=%00&unit=%00") == shown("")


def test_the_work_of_one_unit_is_that_of_its_areas_and_only_in_the_own_scope(client):
    above = unit("10", name="Komenda Wojewódzka", path="pl/10/", areas=[])
    unit("1003")
    other = unit("1019")
    here, there = recent(), recent(at=metres_away(15_000, 0))
    db.session.commit()
    sign_in(client, head(above))
    links = Page(client, f"/today?unit={other.code}").soup.select("table a")
    assert [link["href"] for link in links] == [f"/threats/{there.id}"]
    fresh = sign_in(client.application.test_client(), officer(unit("1003")))
    links = Page(fresh, f"/today?unit={other.code}").soup.select("table a")
    assert [link["href"] for link in links] == [f"/threats/{here.id}"]


def test_a_note_is_read_by_the_unit_and_by_nobody_else_in_any_format(client, elsewhere):
    threat = recent()
    sign_in(client, officer(unit("1003")))
    page = Page(client, f"/threats/{threat.id}/notes/new")
    assert [page.send(text=CANARY).status_code for _ in range(2)] == [302, 302]
    assert db.session.scalar(db.select(db.func.count(Note.id))) == 1
    assert CANARY in Page(client, f"/threats/{threat.id}").text
    public = [
        f"/threats/{threat.id}",
        "/threats",
        "/threats.geojson",
        "/threats.geojson?edition=public",
        "/threats.csv",
        "/threats/map.svg",
        "/",
        "/districts/1003",
        "/open311/v2/requests.json",
        "/api/v1/threats",
    ]
    for address in public:
        with elsewhere().get(address) as answer:
            assert CANARY not in answer.get_data(as_text=True), address
    for reader in (officer(unit("1019")), administrator(unit("1003"))):
        assert CANARY not in sign_in(elsewhere(), reader).get(f"/threats/{threat.id}").text
    detail = [(entry.act, entry.detail) for entry in audit.of_object("threat", threat.id)]
    assert detail == [("write_note", {})]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\x00b"])
def test_a_wrong_note_is_refused_and_nothing_is_written(client, text):
    threat = recent()
    sign_in(client, officer(unit("1003")))
    assert Page(client, f"/threats/{threat.id}/notes/new").send(text=text).status_code == 422
    assert db.session.scalar(db.select(db.func.count(Note.id))) == 0


@pytest.mark.parametrize("path", ["assign", "notes/new"])
def test_nobody_works_on_another_units_threat(client, elsewhere, path):
    threat = recent()
    unit("1003")
    address = f"/threats/{threat.id}/{path}"
    assert sign_in(elsewhere(), officer(unit("1019"))).get(address).status_code == 404
    assert sign_in(elsewhere(), coordinator(unit("1003"))).get(address).status_code == 403
    assert elsewhere().get(address).status_code == 302


def test_what_somebody_works_on_or_wrote_about_keeps_its_voices():
    assigned, noted = recent(), recent(at=metres_away(3_000, 0))
    response.assign(assigned, officer(unit("1003")).id, 7)
    response.write_note(noted, "n" * 32, "pilnować", 7)
    assert assigned.is_settled
    assert noted.is_settled


def test_work_of_everybody_is_the_rule_of_the_queue():
    recent()
    assert desk.due_threats(("1003",), today()).total == 1
