"""Evaluating debates: each begins with what became of the requests before, and hands on what is not finished."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.db import db
from debates import queries
from debates.models import MeetingKind
from debates.operations import convening
from debates.outcomes import (
    UNFINISHED,
    Outcome,
    ProposalStatus,
    is_taken_on,
    outcome_of,
    parts,
    tallied,
    tallied_numbers,
)
from debates.queries import Wanted
from debates.stages import Hindrance, MeetingStage, StageRefused
from tests.debates.makers import answer, meeting, planned, proposal
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

SPRING, SUMMER, AUTUMN, WINTER = (date(2026, month, 15) for month in (3, 6, 9, 11))


def evaluating(account, title, held_on, before):
    return meeting(account, title, held_on, kind=MeetingKind.EVALUATING_DEBATE, previous_id=before.id)


@pytest.fixture
def opening(account):
    return meeting(account, "Debata inicjująca", SPRING)


def words(found):
    return [one.text for one in found]


def test_three_evaluating_debates_hand_on_what_is_not_finished_and_count_it_once(account, opening):
    lamp, bump, bench = (proposal(account, opening, text) for text in ("Lampa", "Próg", "Ławka"))
    first = evaluating(account, "Pierwsza", SUMMER, opening)
    proposal(account, first, "Rondo")
    assert words(queries.taken_over(first)) == ["Lampa", "Próg", "Ławka"]
    answer(account, lamp, answered_on=date(2026, 6, 1))
    answer(account, bump, ProposalStatus.IN_PROGRESS, "W planie")
    answer(account, bench, ProposalStatus.NO_ANSWER, "")
    second = evaluating(account, "Druga", AUTUMN, first)
    assert words(queries.taken_over(second)) == ["Rondo", "Próg", "Ławka"], "the lamp was finished before"
    answer(account, bump, answered_on=date(2026, 8, 1))
    assert words(queries.taken_over(second)) == ["Rondo", "Próg", "Ławka"], "the end is told once"
    third = evaluating(account, "Trzecia", WINTER, second)
    assert words(queries.taken_over(third)) == ["Rondo", "Ławka"]
    tallies = {tally.outcome: tally.number for tally in queries.outcomes(Wanted(), WINTER)}
    assert (tallies[Outcome.DONE], sum(tallies.values())) == (2, 4)


def test_the_page_begins_with_what_was_asked_and_says_what_stops_the_minutes(desk, account, opening):
    lamp, bump = proposal(account, opening, "Lampa"), proposal(account, opening, "Próg")
    debate = evaluating(account, "Ewaluacja", SUMMER, opening)
    with pytest.raises(StageRefused) as refused:
        convening.change_stage(account, debate, MeetingStage.CORRECTING)
    assert refused.value.hindrances == (Hindrance.NO_STATUS,)
    page = Page(desk, f"/debates/{debate.id}")
    links = [link["href"] for link in page.soup.select(".govuk-inset-text a")]
    assert links == [f"/debates/{debate.id}/taken-over#request-{one.id}" for one in (lamp, bump)]
    form = Page(desk, f"/debates/{debate.id}/taken-over")
    assert form.fields()["reported_on"] == "2026-06-15"
    sent = form.send(
        **{
            f"after_{lamp.id}": "done",
            f"answer_{lamp.id}": "Świeci",
            f"answered_by_{lamp.id}": "Wójt Gminy Sędziejowice",
        },
        **{f"after_{bump.id}": "no_answer"},
    )
    assert sent.status_code == 302
    assert (lamp.status, bump.status) == (ProposalStatus.DONE, ProposalStatus.NO_ANSWER)
    assert (lamp.newest.meeting, lamp.told_on, lamp.newest.answered_by) == (debate, SUMMER, "Wójt Gminy Sędziejowice")
    assert queries.hindrances(debate) == []


def test_what_was_answered_before_is_told_once_at_the_debate(desk, account, opening):
    lamp = proposal(account, opening, "Lampa")
    answer(account, lamp, answer="Świeci", answered_on=date(2026, 5, 1))
    debate = evaluating(account, "Ewaluacja", SUMMER, opening)
    for _click in range(2):
        Page(desk, f"/debates/{debate.id}/taken-over").send()
    assert [(one.reported_on, one.answered_on) for one in lamp.changes] == [
        (None, date(2026, 5, 1)),
        (SUMMER, date(2026, 5, 1)),
    ]


def test_answers_prepared_before_the_debate_are_not_told_yet(desk, account, opening):
    lamp = proposal(account, opening, "Lampa")
    debate = evaluating(account, "Ewaluacja", SUMMER, opening)
    Page(desk, f"/debates/{debate.id}/taken-over").send(
        **{f"after_{lamp.id}": "accepted", f"answer_{lamp.id}": "W planie", "reported_on": ""}
    )
    assert (lamp.status, lamp.told_on, lamp.newest.meeting) == (ProposalStatus.ACCEPTED, None, None)


def test_two_who_report_at_once_lose_nothing(desk, account, opening):
    lamp, bump = proposal(account, opening, "Lampa"), proposal(account, opening, "Próg")
    debate = evaluating(account, "Ewaluacja", SUMMER, opening)
    address = f"/debates/{debate.id}/taken-over"
    mine, theirs = Page(desk, address), Page(desk, address)
    theirs.send(**{f"after_{lamp.id}": "done", f"answer_{lamp.id}": "Świeci od maja"})
    late = mine.send(
        **{f"after_{lamp.id}": "refused", f"answer_{lamp.id}": "Nie będzie"},
        **{f"after_{bump.id}": "done", f"answer_{bump.id}": "Stoi"},
    )
    assert late.status_code == 409
    for said in ("Świeci od maja", "Nie będzie", "Stoi"):
        assert said in late.text
    assert bump.status is ProposalStatus.OPEN
    assert Page.of(desk, address, late).send().status_code == 302
    assert [change.answer for change in lamp.changes] == ["Świeci od maja", "Nie będzie"]
    assert bump.answer == "Stoi"


def test_a_result_without_words_is_refused_and_nothing_is_written(desk, account, opening):
    lamp = proposal(account, opening, "Lampa")
    debate = evaluating(account, "Ewaluacja", SUMMER, opening)
    assert Page(desk, f"/debates/{debate.id}/taken-over").send(**{f"after_{lamp.id}": "done"}).status_code == 422
    assert lamp.changes == []


def test_a_debate_without_one_before_takes_over_nothing(desk, account, opening):
    assert queries.taken_over(opening) == []
    assert Page(desk, f"/debates/{opening.id}/taken-over").soup.select_one(".empty-state")


def test_a_request_in_two_districts_counts_in_each_and_once_in_all(account):
    proposal(account, meeting(account, district_codes=["1003", "1019"]))
    for wanted in (Wanted("1003"), Wanted("1019"), Wanted("10"), Wanted()):
        assert sum(tally.number for tally in queries.outcomes(wanted, WINTER)) == 1


@given(st.lists(st.tuples(st.sampled_from(ProposalStatus), st.booleans())))
def test_every_request_is_counted_once_and_by_the_database_as_one_by_one(asked):
    tallies = tallied(outcome_of(status, is_overdue=late) for status, late in asked)
    assert [tally.outcome for tally in tallies] == list(Outcome)
    assert sum(tally.number for tally in tallies) == len(asked)
    overdue = sum(late and status is ProposalStatus.OPEN for status, late in asked)
    assert tallies == tallied_numbers(Counter(status for status, _late in asked), overdue)
    widths = [part.width for part in parts(tallies)]
    assert sum(widths) == pytest.approx(1000 if asked else 0, abs=1)


@given(st.sampled_from(ProposalStatus), st.none() | st.dates(), st.none() | st.dates())
def test_what_is_not_finished_is_always_handed_on(status, answered_on, last_held_on):
    taken = is_taken_on(status, answered_on, last_held_on)
    if status in UNFINISHED:
        assert taken
    elif answered_on and last_held_on:
        assert taken == (answered_on > last_held_on)
    else:
        assert not taken


def test_all_of_a_long_chain_is_read_at_once(account, opening, asked_of_database):
    last, counts = opening, []
    for number in range(6):
        proposal(account, last, f"Wniosek {number}")
        last = evaluating(account, f"Ewaluacja {number}", date(2026, 4 + number, 1), last)
        db.session.expire_all()
        chosen = queries.meeting(last.id)
        chosen.previous  # noqa: B018  # it is read with the page anyway
        counts.append(asked_of_database(lambda chosen=chosen: queries.taken_over(chosen)))
    assert max(counts[1:]) <= counts[1]
    assert len(queries.taken_over(last)) == 6


def test_a_planned_debate_shows_what_it_will_have_to_tell(desk, account, opening):
    lamp = proposal(account, opening, "Lampa")
    plan = planned(account, kind=MeetingKind.EVALUATING_DEBATE, previous_id=opening.id)
    links = Page(desk, f"/debates/{plan.id}/plan").soup.select("#taken-over ~ .govuk-inset-text a")
    assert [link["href"] for link in links] == [f"/debates/{plan.id}/taken-over#request-{lamp.id}"]
    form = Page(desk, f"/debates/{plan.id}/taken-over")
    assert form.fields()["reported_on"] == ""
    form.send(**{f"after_{lamp.id}": "in_progress", f"answer_{lamp.id}": "W planie"})
    assert (lamp.status, lamp.told_on) == (ProposalStatus.IN_PROGRESS, None)
