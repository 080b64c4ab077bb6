"""A meeting's record: written once, corrected, seen by its own unit alone."""

import pytest
from sqlalchemy import func, select

from consult.db import db
from debates.models import Meeting
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.debates.makers import meeting, proposal, statement
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

RECORD = {
    "kind": "opening_debate",
    "level": "commune",
    "title": "Debata w Łasku",
    "held_on": "2026-07-15",
    "starts_at": "17:00",
    "ends_at": "19:30",
    "venue": "Dom kultury, ul. Narutowicza 11",
    "officials": "burmistrz\nzarządca drogi powiatowej",
    "residents": "23",
    "questionnaires": "14",
}


def meetings():
    return db.session.scalar(select(func.count(Meeting.id)))


def test_an_officer_writes_a_meeting_down_and_goes_on_to_what_was_said(desk):
    answer = Page(desk, "/debates/new").send(**RECORD)
    made = db.session.scalars(select(Meeting)).one()
    assert answer.status_code == 302
    assert answer.location == f"/debates/{made.id}/statements"
    assert (made.title, made.residents, made.unit.code, made.district_codes) == (
        "Debata w Łasku",
        23,
        "1003",
        ("1003",),
    )


def test_the_record_shows_what_was_written(desk):
    Page(desk, "/debates/new").send(**RECORD)
    made = db.session.scalars(select(Meeting)).one()
    text = Page(desk, f"/debates/{made.id}").soup.main.text
    for words in ("Debata w Łasku", "15 lipca 2026, 17:00–19:30", "Dom kultury", "zarządca drogi powiatowej", "23"):
        assert words in text


def test_two_clicks_are_one_meeting(desk):
    page = Page(desk, "/debates/new")
    first, second = page.send(**RECORD), page.send(**RECORD)
    assert first.location == second.location
    assert meetings() == 1


def test_the_same_form_with_other_content_is_a_conflict(desk):
    page = Page(desk, "/debates/new")
    page.send(**RECORD)
    assert page.send(**{**RECORD, "title": "Inna debata"}).status_code == 409
    assert meetings() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "Debata\x00"),
        ("held_on", "2199-01-01"),
        ("held_on", "0026-07-15"),
        ("held_on", "wczoraj"),
        ("ends_at", "16:00"),
        ("residents", "-1"),
        ("residents", "dwudziestu"),
        ("kind", "party"),
        ("unit_code", "1019"),
        ("district_codes", "9999"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field_and_nothing_is_saved(desk, field, value):
    answer = Page(desk, "/debates/new").send(**{**RECORD, field: value})
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert meetings() == 0


def test_without_the_token_nothing_is_saved(desk):
    sent = {**Page(desk, "/debates/new").fields(), **RECORD, "csrf_token": "made up"}
    assert desk.post("/debates/new", data=sent).status_code == 400
    assert meetings() == 0


def test_a_correction_is_saved(desk, account):
    made = meeting(account)
    answer = Page(desk, f"/debates/{made.id}/edit").send(title="Debata w Łasku o drogach", residents="8")
    assert answer.status_code == 302
    assert (made.title, made.residents) == ("Debata w Łasku o drogach", 8)


def test_a_corrected_day_moves_what_was_said_on_the_map(desk, account):
    made = meeting(account)
    said = statement(account, made)
    before = said.observation
    Page(desk, f"/debates/{made.id}/edit").send(held_on="2026-07-14")
    assert before.withdrawn_at is not None
    assert said.observation.observed_from.isoformat() == "2026-07-13T22:00:00+00:00"


def test_an_evaluating_debate_follows_the_one_before(desk, account):
    earlier = meeting(account, "Pierwsza debata")
    Page(desk, "/debates/new").send(**{**RECORD, "kind": "evaluating_debate", "previous_id": str(earlier.id)})
    assert "Pierwsza debata" in Page(desk, f"/debates/{earlier.id + 1}").soup.main.text
    assert "Debata w Łasku" in Page(desk, f"/debates/{earlier.id}").soup.main.text


def test_a_meeting_of_another_unit_does_not_exist(client, account):
    made = meeting(account)
    said, asked = statement(account, made), proposal(account, made)
    stranger = sign_in(client, officer(unit("1019", "KPP w Zduńskiej Woli")))
    addresses = [
        f"/debates/{made.id}",
        f"/debates/{made.id}/edit",
        f"/debates/{made.id}/statements",
        f"/debates/{made.id}/statements.geojson",
        f"/debates/{made.id}/statements.svg",
        f"/debates/statements/{said.key}",
        f"/debates/{made.id}/statements/{said.id}/edit",
        f"/debates/{made.id}/statements/{said.id}/withdraw",
        f"/debates/{made.id}/proposals/new",
        f"/debates/proposals/{asked.id}",
        f"/debates/proposals/{asked.id}/answer",
        f"/debates/proposals/{asked.id}/edit",
        f"/debates/proposals/{asked.id}/commitments/new",
    ]
    assert {stranger.get(address).status_code for address in addresses} == {404}
    assert Page(stranger, f"/debates/{made.id}", 404).soup.main == Page(stranger, "/debates/999999", 404).soup.main


def test_a_stranger_cannot_write_into_another_units_minutes(client, account):
    theirs = meeting(account)
    stranger = sign_in(client, officer(unit("1019", "KPP w Zduńskiej Woli")))
    own = Page(stranger, "/debates/new").fields()
    answer = stranger.post(f"/debates/{theirs.id}/statements", data={"csrf_token": own["csrf_token"], "text": "x"})
    assert answer.status_code == 404


def test_the_list_shows_the_own_unit_alone(client, account):
    meeting(account, "Nasza debata")
    other = officer(unit("1019", "KPP w Zduńskiej Woli"))
    meeting(other, "Cudza debata", district_codes=["1019"])
    text = Page(sign_in(client, account), "/debates").text
    assert "Nasza debata" in text
    assert "Cudza debata" not in text


def test_the_list_is_narrowed_by_year_and_kind(desk, account):
    meeting(account, "Debata z lipca")
    meeting(account, "Debata z dawna", held_on=meeting(account, "Wzór").held_on.replace(year=2024))
    assert "Debata z dawna" not in Page(desk, "/debates?year=2026").text
    assert "Debata z lipca" not in Page(desk, "/debates?kind=walk").text


def test_the_list_asks_the_database_no_more_for_twenty_meetings(desk, account, asked_of_database):
    for number in range(20):
        statement(account, meeting(account, f"Debata {number}"))
        if number == 1:
            few = asked_of_database(lambda: Page(desk, "/debates"))
    assert asked_of_database(lambda: Page(desk, "/debates")) == few


def test_the_list_goes_on_to_a_second_page(desk, account):
    for number in range(30):
        meeting(account, f"Debata {number}")
    assert "Debata 29" in Page(desk, "/debates").text
    assert "Debata 0" in Page(desk, "/debates?page=2").text
    assert Page(desk, "/debates?page=99999999999999999999&year=-5&kind=x")


def test_a_coordinator_reads_and_does_not_write(client, account):
    made = meeting(account)
    reader = sign_in(client, coordinator(unit("10", "KWP w Łodzi")))
    assert "Debata w Łasku" in Page(reader, f"/debates/{made.id}").text
    assert Page(reader, f"/debates/{made.id}/statements").soup.select_one("main form[method=post]") is None
    assert reader.get(f"/debates/{made.id}/edit").status_code == 403
    assert reader.get("/debates/new").status_code == 403


def test_a_head_writes_as_an_officer_does(client):
    assert Page(sign_in(client, head()), "/debates/new").send(**RECORD).status_code == 302


def test_an_administrator_sees_nothing_of_what_people_said(client):
    assert sign_in(client, administrator()).get("/debates").status_code == 403


@pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
def test_a_number_that_no_meeting_can_have_is_no_page(desk, number):
    assert desk.get(f"/debates/{number}").status_code == 404


def test_nobody_else_sees_the_list(client):
    assert client.get("/debates").status_code == 302
