"""What people say in the demonstration's year: honest proportions, the same for everyone, young on every day."""

from collections import Counter
from datetime import date, timedelta

import pytest

from consult.calendar import is_working
from consult.demo.content import stories, texts
from consult.demo.year import held_on, month_before, reports

DAYS = [date(2026, 11, 22), date(2026, 3, 1), date(2027, 1, 1), date(2027, 8, 31), date(2028, 2, 29)]


def sent_before(day):
    return [sent for story in stories() for sent in reports(story, texts(), day)]


@pytest.mark.parametrize("day", DAYS)
def test_a_years_reports_have_the_proportions_of_the_real_map(day):
    sent = sent_before(day)
    counts = Counter(one.category for one in sent)
    leading = sum(counts[code] for code in ("parkowanie", "predkosc", "infrastruktura_drogowa")) / len(sent)
    assert 600 <= len(sent) <= 900
    assert 0.54 <= leading <= 0.63
    assert counts.most_common(1)[0][0] == "parkowanie"


@pytest.mark.parametrize("day", DAYS)
def test_reports_reach_from_a_year_ago_until_yesterday(day):
    sent = sent_before(day)
    assert min(one.moment for one in sent).date() < month_before(day, 12) + timedelta(days=10)
    assert day - timedelta(days=10) < max(one.moment for one in sent).date() < day
    assert all(one.observed_on <= one.moment.date() for one in sent)


def test_a_month_tells_the_same_whenever_it_is_looked_at():
    july = {one for one in sent_before(date(2026, 8, 20)) if one.observed_on.strftime("%Y-%m") == "2026-07"}
    again = {one for one in sent_before(date(2027, 4, 2)) if one.observed_on.strftime("%Y-%m") == "2026-07"}
    assert july == again
    assert len(july) > 40


def test_every_report_is_one_that_the_page_would_take():
    sent = sent_before(DAYS[0])
    assert len({one.number for one in sent}) == len(sent)
    assert max(len(one.description) for one in sent) <= 500
    assert all("{" not in one.description and "ul." not in one.description for one in sent)


def test_the_summers_bathers_come_in_summer():
    bathing = [one for one in sent_before(DAYS[0]) if one.category == "dzikie_kapieliska"]
    assert bathing
    assert {one.observed_on.month for one in bathing} <= {6, 7, 8}


@pytest.mark.parametrize("day", DAYS)
def test_meetings_are_held_on_working_days_and_every_quarter_has_a_debate(day):
    for story in stories():
        days = {meeting.key: held_on(meeting, day) for meeting in story.meetings}
        assert all(is_working(held) and held < day for held in days.values())
        assert days["opening"] < days["evaluation"]


def test_the_schools_are_not_asked_in_the_holidays():
    for month in range(1, 13):
        for story in stories():
            asked = [meeting for meeting in story.meetings if meeting.kind == "school"]
            assert all(held_on(meeting, date(2026, month, 15)).month not in {7, 8} for meeting in asked)


def test_nobody_is_named_and_the_meetings_come_in_pairs():
    for story in stories():
        evaluating = [meeting for meeting in story.meetings if meeting.kind == "evaluating_debate"]
        assert [meeting.previous for meeting in evaluating] == ["opening"]
        assert story.unit_name.endswith("(demonstracja)")
        assert len(story.meetings) == 6
