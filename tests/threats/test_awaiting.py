"""What an office's answer leads to, until when more is awaited, and which answers do not fit."""

from datetime import date

import pytest

from consult.threats.awaiting import LEADS_TO, AnswerRefused, PartnerOutcome, awaited_after, check_answer, urgency
from consult.threats.deadlines import Urgency
from consult.threats.workflow import ALLOWED, Status

SENT, DAY, LATER = date(2026, 3, 2), date(2026, 3, 10), date(2026, 4, 1)


def test_every_answer_leads_where_the_table_of_states_allows_or_more_is_awaited():
    assert set(LEADS_TO.values()) <= set(ALLOWED[Status.HANDED_OVER])
    for outcome in PartnerOutcome:
        assert (awaited_after(outcome, DAY, LATER) is None) == (outcome in LEADS_TO)
    assert awaited_after(PartnerOutcome.WILL_BE_DONE, DAY, LATER) == LATER
    assert awaited_after(PartnerOutcome.PASSED_ON, DAY, None) == DAY


@pytest.mark.parametrize(
    ("outcome", "answered_on", "done_by", "passed_to", "fault"),
    [
        (PartnerOutcome.DONE, date(2026, 3, 11), None, "", "future"),
        (PartnerOutcome.DONE, date(2026, 3, 1), None, "", "too_early"),
        (PartnerOutcome.WILL_BE_DONE, DAY, None, "", "no_day"),
        (PartnerOutcome.WILL_BE_DONE, DAY, date(2026, 3, 9), "", "past_day"),
        (PartnerOutcome.PASSED_ON, DAY, None, "", "nobody"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_name(outcome, answered_on, done_by, passed_to, fault):
    with pytest.raises(AnswerRefused) as refused:
        check_answer(outcome, answered_on, done_by, passed_to, sent_on=SENT, today=DAY)
    assert refused.value.fault == fault


def test_an_answer_of_the_day_of_the_letter_fits():
    check_answer(PartnerOutcome.WILL_BE_DONE, SENT, SENT, "", sent_on=SENT, today=DAY)


def test_the_last_day_is_still_in_time():
    assert [urgency(DAY, day) for day in (SENT, DAY, LATER)] == [Urgency.LATER, Urgency.TODAY, Urgency.OVERDUE]
