"""What those who came say of a debate: made with one press, told by one rule; everybody learns nothing of a few."""

import re
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consult.clock import now, today
from consult.db import db
from consult.period import midnight
from consult.web.languages import day
from debates.models import Meeting
from debates.operations import approving, convening, planning
from debates.stages import MeetingStage
from surveys import jobs
from surveys.models import Access, Survey
from surveys.operations import answering, managing, mixing, weighting
from surveys.queries import surveys as queries
from surveys.weighting import Cell, Margin
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.debates import makers
from tests.pages import Page
from tests.surveys import makers as survey_makers


@pytest.fixture
def meeting(account):
    return makers.meeting(account, residents=40)


@pytest.fixture
def pressed(desk, meeting):
    """The debate whose questionnaire was made with one press."""
    assert Page(desk, address(meeting)).send().status_code == 302
    return db.session.scalars(select(Survey)).one()


def address(meeting):
    return f"/debates/{meeting.id}/evaluation"


def answer(survey, count, **answers):
    for _ in range(count):
        made = queries.by_slug(survey.slug)
        asked = survey_makers.definition(made)
        answering.submit(made, made.published, asked, answers, mode=answering.Mode("web"), key=secrets.token_hex(16))
    db.session.commit()


def ended(survey):
    """End a survey, mix its submissions and release what they say, as the jobs do."""
    made = queries.by_slug(survey.slug)
    managing.close(coordinator(), made)
    mixing.mix(made)
    db.session.commit()
    jobs.release_ended()


def approved(meeting, account):
    made = db.session.get(Meeting, meeting.id)
    convening.change_stage(account, made, MeetingStage.CORRECTING)
    approving.approve(head(), made)
    db.session.commit()


def said_of(page):
    """What a page says of the debate: the words, and the rows of its tables."""
    part = page.soup.select_one("[aria-labelledby=evaluation]") or page.soup.select_one("[aria-labelledby=said]")
    for box in part.select("dl"):  # how it was made, with its days and digests
        box.extract()
    return part.get_text(" ", strip=True), [
        tuple(cell.get_text(strip=True) for cell in row.select("th, td")) for row in part.select("tbody tr")
    ]


def test_one_press_makes_and_opens_it_and_a_second_one_makes_no_other(desk, meeting):
    page = Page(desk, address(meeting))
    assert page.send().status_code == 302
    assert page.send().status_code == 302
    made = db.session.scalars(select(Survey)).one()
    assert (made.access, made.meeting_code, made.unit_id) == (Access.OPEN, meeting.key, meeting.unit_id)
    assert made.published is not None
    assert made.closes_at > now()
    asked = survey_makers.definition(made)
    assert set(asked.languages) == {"pl", "en", "uk"}
    assert 5 <= sum(question.is_asked for question in asked.questions) <= 7
    assert not [question.name for question in asked.questions if question.role in {"age", "sex", "unit"}]
    assert desk.get(f"/surveys/{made.slug}/answer").status_code == 200


@pytest.mark.parametrize("paper", ["poster.pdf", "slips.pdf", "paper.pdf"])
def test_what_is_handed_out_at_the_door_is_there(desk, pressed, paper):
    page = Page(desk, address(db.session.scalars(select(Meeting)).one()))
    links = {link["href"] for link in page.soup.select("main a")}
    assert f"/surveys/{pressed.slug}/{paper}" in links
    assert desk.get(f"/surveys/{pressed.slug}/{paper}").data.startswith(b"%PDF")


def test_it_can_be_made_before_the_debate_for_the_door(desk, account):
    coming = makers.planned(account)
    assert (
        address(coming)
        in desk.get(f"/debates/{coming.id}/plan").text + desk.get(f"/debates/{coming.id}", follow_redirects=True).text
    )
    assert Page(desk, address(coming)).send().status_code == 302
    assert db.session.scalars(select(Survey)).one().meeting_code == coming.key


@pytest.mark.parametrize("people", [0, 1, 9])
def test_of_few_people_staff_learn_the_number_and_everybody_that_they_were_few(desk, meeting, pressed, account, people):
    answer(pressed, people, useful="1", heard="2")
    for url in (address(meeting), f"/debates/{meeting.id}"):
        said, rows = said_of(Page(desk, url))
        assert rows == []
        assert str(people) in said or people == 0
    approved(meeting, account)
    assert "evaluation" not in desk.get(f"/debates/{meeting.id}/minutes").text
    ended(pressed)
    said, rows = said_of(Page(desk, f"/debates/{meeting.id}/minutes"))
    assert rows == []
    assert ("fewer than ten" in said.lower() or "mniej niż dziesięć" in said.lower()) == (people > 0)
    assert not re.search(r"\d", said), "everybody learns only that they were fewer than ten"


def test_staff_see_exact_numbers_from_ten_on_and_everybody_fives_once_it_is_over(desk, meeting, pressed, account):
    answer(pressed, 9, useful="1")
    answer(pressed, 4, useful="4")
    _said, rows = said_of(Page(desk, f"/debates/{meeting.id}"))
    assert ("Czy debata była przydatna?", "9 z 13 (69\u00a0%)") in rows
    _said, rows = said_of(Page(desk, address(meeting)))
    assert ("Zdecydowanie tak", "9") in {row[:2] for row in rows}
    approved(meeting, account)
    url = f"/debates/{meeting.id}/minutes"
    assert "evaluation" not in desk.get(url).text, "people still answer"
    ended(pressed)
    said, rows = said_of(Page(desk, url))
    assert ("Zdecydowanie tak", "10", "–") in rows, "in fives, and no shares of so few"
    assert not [row for row in rows if len(row) == 2], "nor is anything taken together"
    assert "13" not in said


def test_shares_are_public_from_thirty_people_on(desk, meeting, pressed, account):
    answer(pressed, 40, useful="1")
    answer(pressed, 20, useful="3")
    approved(meeting, account)
    ended(pressed)
    page = Page(desk, f"/debates/{meeting.id}/minutes")
    assert len(page.soup.select("[aria-labelledby=evaluation] dt")) == 11, "how it was made stands beside"
    assert page.soup.select_one("[aria-labelledby=evaluation] a[href^='/releases/']")
    _said, rows = said_of(page)
    assert ("Zdecydowanie tak", "40", "67\u00a0%") in rows


def test_weighted_shares_stand_beside_the_others_in_what_everybody_sees(desk, meeting, pressed, account):
    answer(pressed, 40, useful="1", again="yes")
    answer(pressed, 20, useful="3", again="no")
    approved(meeting, account)
    made = queries.by_slug(pressed.slug)
    managing.close(coordinator(), made)
    mixing.mix(made)
    halves = Margin("useful", 2025, "GUS", (Cell(("1",), 50), Cell(("3",), 50)))
    weighting.weigh(coordinator(), made, margins=[halves])
    db.session.commit()
    jobs.release_ended()
    _said, rows = said_of(Page(desk, f"/debates/{meeting.id}/minutes"))
    assert ("Zdecydowanie tak", "40", "67\u00a0%", "50\u00a0%") in rows


def test_the_briefing_of_the_next_debate_tells_what_people_said_of_this_one(desk, meeting, pressed, account):
    coming = makers.planned(account, previous_id=meeting.id)
    answer(pressed, 9, useful="1")
    _said, rows = said_of(Page(desk, f"/debates/{coming.id}/briefing"))
    assert rows == []
    answer(pressed, 3, useful="4")
    _said, rows = said_of(Page(desk, f"/debates/{coming.id}/briefing"))
    assert ("Czy debata była przydatna?", "9 z 12 (75\u00a0%)") in rows


def test_who_does_not_keep_the_minutes_does_not_make_it(client, meeting):
    other = officer(unit("1019", "KPP w Zduńskiej Woli"))
    assert sign_in(client, other).get(address(meeting)).status_code == 404
    page = Page(sign_in(client, coordinator()), address(meeting))
    assert page.soup.select_one("main form") is None
    assert db.session.scalar(select(func.count()).select_from(Survey)) == 0


def test_a_survey_of_another_unit_with_the_key_of_the_debate_is_not_about_it(desk, meeting, account):
    other = unit("1019", "KPP w Zduńskiej Woli", "1019/")
    survey_makers.survey(slug=f"ocena-debaty-{meeting.id}", unit=other, meeting_code=meeting.key)
    approved(meeting, account)
    ended(db.session.scalars(select(Survey)).one())
    assert "evaluation" not in desk.get(f"/debates/{meeting.id}/minutes").text
    assert Page(desk, address(meeting)).send().status_code == 302, "nor does its name stand in the way"
    made = queries.of_meeting(meeting.key, meeting.unit_path)
    assert made.unit_id == meeting.unit_id


def test_a_survey_of_the_unit_above_is_about_the_debate(meeting):
    beneath = f"{meeting.unit_path}widawa/"
    made = survey_makers.survey(unit=meeting.unit, meeting_code=meeting.key)
    assert queries.of_meeting(meeting.key, beneath) == made
    assert queries.of_meeting(meeting.key, "10/") is None


def test_a_survey_that_was_never_opened_says_nothing_to_everybody(desk, meeting, account):
    survey_makers.survey(unit=meeting.unit, meeting_code=meeting.key, published=False, closes_at=now())
    db.session.commit()
    approved(meeting, account)
    assert "evaluation" not in desk.get(f"/debates/{meeting.id}/minutes").text


def test_the_last_day_of_answering_is_told_as_it_is_in_poland(desk, meeting):
    soon = today() + timedelta(days=3)
    ends = midnight(soon) + timedelta(minutes=30)
    survey_makers.survey(unit=meeting.unit, meeting_code=meeting.key, closes_at=ends)
    db.session.commit()
    assert day(soon) in desk.get(address(meeting)).text


def test_nobody_is_asked_about_a_debate_that_was_called_off(desk, account):
    coming = makers.planned(account)
    page = Page(desk, address(coming))
    planning.call_off(account, db.session.get(Meeting, coming.id), reason="Sala jest zamknięta.")
    db.session.commit()
    assert Page(desk, address(coming)).soup.select_one("main form") is None
    assert page.send().status_code == 404, "nor from a page that was open before"
    assert db.session.scalar(select(func.count()).select_from(Survey)) == 0
