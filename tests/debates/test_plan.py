"""A meeting is planned, corrected, called off, or held: until then nothing of it counts as held."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from consult.clock import retelling
from consult.db import db
from consult.period import Period
from consult.summaries import queries as summaries
from consult.summaries.figures import Edition
from debates import queries
from debates.models import Meeting, MeetingKind, MeetingPlan
from debates.operations import planning
from debates.operations.writing import NotHeld
from debates.stages import MeetingStage
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.debates.makers import meeting, planned, proposal, statement
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

MORNING = datetime(2026, 9, 1, 8, tzinfo=UTC)
PLAN = {
    "kind": "opening_debate",
    "level": "commune",
    "title": "Bezpieczna jesień",
    "held_on": "2026-09-22",
    "starts_at": "17:00",
    "ends_at": "19:00",
    "venue": "Dom kultury, ul. Narutowicza 11",
    "themes": "O drodze do szkoły.",
    "features": ["step_free", "parking"],
    "invited": "burmistrz\nzarządca drogi",
    "is_open": "y",
}


@pytest.fixture(autouse=True)
def september():
    with retelling(MORNING):
        yield


@pytest.fixture
def later():
    """Let another day come."""

    def come(day):
        return retelling(datetime(day.year, day.month, day.day, 20, tzinfo=UTC))

    return come


def made():
    return db.session.scalars(select(Meeting)).one()


def test_an_officer_plans_a_debate_with_the_usual_agenda(desk):
    answer = Page(desk, "/debates/plan").send(**PLAN)
    assert answer.status_code == 302
    assert answer.location == f"/debates/{made().id}/plan"
    assert (made().stage, made().held_on, made().plan.features) == (MeetingStage.PLANNED, date(2026, 9, 22), 0b10001)
    text = Page(desk, answer.location).soup.main.text
    for words in ("22 września 2026, 17:00–19:00", "burmistrz", "17:00 Powitanie", "wejście bez stopni", "Plakat"):
        assert words in text


def test_an_evaluating_debate_begins_with_what_became_of_earlier_requests(desk, account):
    earlier = meeting(account, "Debata wiosenna", venue="Szkoła nr 1")
    page = Page(desk, f"/debates/plan?after={earlier.id}")
    page.send(**{name: PLAN[name] for name in ("held_on", "starts_at", "ends_at")})
    planned_one = db.session.scalars(select(Meeting).where(Meeting.id != earlier.id)).one()
    assert (planned_one.kind, planned_one.previous_id) == (MeetingKind.EVALUATING_DEBATE, earlier.id)
    assert planned_one.venue == "Szkoła nr 1"
    assert "17:05 Co wynikło z wniosków z poprzedniej debaty" in planned_one.plan.agenda


def test_two_clicks_plan_one_meeting_and_another_content_is_a_conflict(desk):
    page = Page(desk, "/debates/plan")
    first, second = page.send(**PLAN), page.send(**PLAN)
    assert first.location == second.location
    assert page.send(**{**PLAN, "invited": "wójt"}).status_code == 409
    assert db.session.scalar(select(func.count(MeetingPlan.meeting_id))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("held_on", "2026-08-31"),
        ("held_on", "2126-09-22"),
        ("held_on", ""),
        ("starts_at", ""),
        ("ends_at", "16:00"),
        ("venue", ""),
        ("title", "Debata\x00"),
        ("agenda", "17:00 Powitanie\n16:30 Dyskusja"),
        ("agenda", "25:00 Powitanie"),
        ("agenda", "17:30"),
        ("unit_code", "1019"),
        ("district_codes", "9999"),
        ("features", "helipad"),
    ],
)
def test_a_wrong_plan_is_named_at_its_field_and_nothing_is_saved(desk, field, value):
    answer = Page(desk, "/debates/plan").send(**{**PLAN, field: value})
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert db.session.scalar(select(func.count(Meeting.id))) == 0


def test_a_held_meeting_still_refuses_a_day_to_come(desk):
    answer = Page(desk, "/debates/new").send(kind="council", level="commune", title="Sesja", held_on="2026-09-22")
    assert answer.status_code == 422


def test_a_correction_counts_only_when_what_is_announced_changes(desk, account):
    one = planned(account)
    Page(desk, f"/debates/{one.id}/plan/edit").send()
    assert one.plan.sequence == 0
    Page(desk, f"/debates/{one.id}/plan/edit").send(starts_at="18:00", agenda="18:00 Powitanie\nDyskusja")
    assert (one.plan.sequence, one.starts_at, one.plan.agenda) == (1, time(18), "18:00 Powitanie\nDyskusja")


def test_the_record_of_a_planned_meeting_is_its_plan(desk, account):
    one = planned(account)
    for page in ("", "/statements", "/proposals/new"):
        assert desk.get(f"/debates/{one.id}{page}").location == f"/debates/{one.id}/plan"
    assert desk.get(f"/debates/{one.id}/edit").location == f"/debates/{one.id}/plan/edit"


def test_calling_off_needs_a_reason_and_is_announced_in_the_list(desk, account):
    one = planned(account)
    assert Page(desk, f"/debates/{one.id}/call-off").send(reason="").status_code == 422
    page = Page(desk, f"/debates/{one.id}/call-off")
    first, second = page.send(reason="Sala jest zamknięta."), page.send(reason="Sala jest zamknięta.")
    assert first.location == second.location == f"/debates/{one.id}/plan"
    assert (one.plan.is_called_off, one.plan.sequence) == (True, 1)
    assert "Odwołane" in Page(desk, "/debates").soup.main.text
    assert "Sala jest zamknięta." in Page(desk, f"/debates/{one.id}/plan").soup.main.text
    assert desk.get(f"/debates/{one.id}/begin").location == f"/debates/{one.id}/plan"


def test_minutes_start_on_the_day_and_not_before(desk, account, later):
    one = planned(account)
    answer = Page(desk, f"/debates/{one.id}/begin").send()
    assert answer.status_code == 422
    assert one.is_planned
    with later(date(2026, 9, 22)):
        page = Page(sign_in(desk, account), f"/debates/{one.id}/begin")
        assert "burmistrz" in page.soup.main.text
        first, second = page.send(residents=""), page.send(residents="")
    assert first.location == f"/debates/{one.id}/statements"
    assert second.location == f"/debates/{one.id}/plan"
    assert (one.stage, one.officials, one.residents) == (MeetingStage.DRAFTING, "burmistrz\nzarządca drogi", None)


def test_the_list_shows_planned_meetings_apart_and_first(desk, account):
    meeting(account, "Debata letnia")
    planned(account, "Debata jesienna")
    text = Page(desk, "/debates").soup.main.text
    assert text.index("Debata jesienna") < text.index("Debata letnia")
    assert "1 spotkanie" in text


def test_nothing_planned_counts_as_held(client, account):
    one = planned(account)
    with retelling(datetime(2026, 12, 1, 9, tzinfo=UTC)):  # its day is over, and nobody said that it took place
        period = Period.parse("2026")
        summary = summaries.current("1003", period, Edition.INTERNAL, "pl")
        assert summary.key_figures["meetings"].value == 0
        assert queries.in_period("1003", period) == []
        assert queries.years("pl/") == []
        assert queries.earlier_meetings("pl/") == []
        assert client.get("/api/meetings").json["total"] == 0
        assert client.get("/police/10/1003/events").json == []
        assert one.title not in client.get("/districts/1003").text


def test_nothing_is_said_or_asked_for_at_a_planned_meeting(account):
    one = planned(account)
    with pytest.raises(NotHeld):
        statement(account, one)
    with pytest.raises(NotHeld):
        proposal(account, one)


def test_a_plan_is_its_units_alone(client, account):
    one = planned(account)
    stranger = officer(unit("1019", "Komenda w Zduńskiej Woli"), email="obcy@example.pl")
    sign_in(client, stranger)
    for page in ("plan", "plan/edit", "call-off", "begin", "poster.pdf"):
        assert client.get(f"/debates/{one.id}/{page}").status_code == 404


def test_a_coordinator_reads_a_plan_and_changes_nothing(client, account):
    one = planned(account)
    sign_in(client, coordinator(unit("00", "Komenda Główna Policji", path="pl/", areas=[])))
    assert client.get(f"/debates/{one.id}/plan").status_code == 200
    for page in (f"{one.id}/plan/edit", f"{one.id}/call-off", f"{one.id}/begin", "plan"):
        assert client.get(f"/debates/{page}").status_code in {403, 404}


def test_who_comes_second_learns_that_it_was_called_off(account):
    one = planned(account)
    planning.call_off(account, one, reason="Sala jest zamknięta.")
    with pytest.raises(planning.NotPlanned):
        planning.call_off(account, one, reason="Brak chętnych.")
    assert one.plan.called_off_because == "Sala jest zamknięta."


def test_a_calling_off_is_taken_back_and_can_come_again(desk, account):
    one = planned(account)
    planning.call_off(account, one, reason="Sala jest zamknięta.")
    db.session.commit()
    assert Page(desk, f"/debates/{one.id}/plan").soup.find("a", href=f"/debates/{one.id}/hold-after-all")
    page = Page(desk, f"/debates/{one.id}/hold-after-all")
    first, second = page.send(), page.send()
    assert first.location == second.location == f"/debates/{one.id}/plan"
    plan = one.plan
    assert (plan.is_called_off, plan.called_off_because, plan.sequence) == (False, "", 2), "two clicks count once"
    assert Page(desk, f"/debates/{one.id}/plan").soup.select_one("main .govuk-inset-text")
    assert Page(desk, f"/debates/{one.id}/plan/edit").send(themes="O drodze.").status_code == 302
    planning.call_off(account, one, reason="Powódź.")
    assert (plan.held_after_all_at, plan.sequence) == (None, 4)


def test_only_who_may_call_off_takes_it_back_and_only_what_is_off(client, desk, account):
    one = planned(account)
    assert desk.get(f"/debates/{one.id}/hold-after-all").location == f"/debates/{one.id}/plan"
    with pytest.raises(planning.NotPlanned):
        planning.hold_after_all(account, one)
    planning.call_off(account, one, reason="Sala jest zamknięta.")
    db.session.commit()
    sign_in(client, officer(unit("1019", "Komenda w Zduńskiej Woli"), email="obcy@example.pl"))
    assert client.get(f"/debates/{one.id}/hold-after-all").status_code == 404
    sign_in(client, coordinator(unit("00", "Komenda Główna Policji", path="pl/", areas=[])))
    assert client.get(f"/debates/{one.id}/hold-after-all").status_code in {403, 404}
    assert one.plan.is_called_off


@pytest.mark.parametrize("page", ["plan/edit", "edit"])
def test_who_corrects_a_meeting_second_sees_both_texts_and_saves_what_should_stand(desk, account, page):
    one = planned(account) if page == "plan/edit" else meeting(account, venue="Szkoła", residents=3)
    address = f"/debates/{one.id}/{page}"
    mine, other = Page(desk, address), Page(desk, address)
    assert other.send(venue="Remiza OSP").status_code == 302
    assert other.send(venue="Remiza OSP").status_code == 302, "a second click says nothing new"
    answer = mine.send(venue="Świetlica")
    assert answer.status_code == 409
    assert (one.venue, one.version) == ("Remiza OSP", 2)
    again = Page.of(desk, address, answer)
    assert "Remiza OSP" in again.soup.select_one(".govuk-inset-text").text
    assert again.fields()["venue"] == "Świetlica"
    assert again.send().status_code == 302
    assert (one.venue, one.version) == ("Świetlica", 3)


def test_a_plan_changed_in_its_agenda_alone_is_changed_too(desk, account):
    one = planned(account)
    mine, other = (Page(desk, f"/debates/{one.id}/plan/edit") for _ in range(2))
    other.send(agenda="17:00 Powitanie")
    answer = mine.send(agenda="17:00 Dyskusja")
    assert answer.status_code == 409
    assert "17:00 Powitanie" in " ".join(Page.of(desk, "", answer).soup.select_one(".govuk-inset-text").text.split())
    assert one.plan.agenda == "17:00 Powitanie"


def test_whoever_corrects_a_plan_that_was_called_off_or_begun_meanwhile_keeps_the_words(desk, account, later):
    off, begun = planned(account), planned(account, "Debata druga", held_on=date(2026, 9, 2))
    pages = [Page(desk, f"/debates/{one.id}/plan/edit") for one in (off, begun)]
    planning.call_off(account, off, reason="Sala jest zamknięta.")
    db.session.commit()
    with later(date(2026, 9, 2)):
        planning.begin_minutes(account, begun)
        db.session.commit()
    for page, one in zip(pages, (off, begun), strict=True):
        answer = page.send(venue="Świetlica", held_on="2026-09-22")
        assert answer.status_code == 409
        shown = Page.of(desk, page.url, answer)
        assert shown.fields()["venue"] == "Świetlica"
        assert shown.soup.select_one(".govuk-error-summary")
        assert one.venue == "Dom kultury, ul. Narutowicza 11"
