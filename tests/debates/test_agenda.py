"""An agenda is read as people type it, and kept so that it reads the same again."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debates.agenda import USUAL_EVALUATING, USUAL_OPENING, AgendaFault, AgendaRefused, Point, hours_of, points, text_of


@pytest.mark.parametrize(
    "typed", ["17:00 Powitanie", "17.00 Powitanie", " 17:00 – Powitanie ", "17:00 - Powitanie", "17:00:  Powitanie"]
)
def test_an_hour_may_be_typed_in_many_ways(typed):
    assert points(typed) == [Point("Powitanie", time(17))]


def test_a_line_without_an_hour_is_a_theme():
    assert points("Dyskusja\n\n112 i numery alarmowe") == [Point("Dyskusja"), Point("112 i numery alarmowe")]


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("Powitanie\n25:00 Dyskusja", AgendaFault.NO_SUCH_HOUR, 2),
        ("17:00", AgendaFault.NO_THEME, 1),
        ("x" * 201, AgendaFault.THEME_TOO_LONG, 1),
        ("18:00 Powitanie\n\n17:00 Dyskusja", AgendaFault.HOURS_OUT_OF_ORDER, 3),
        ("Punkt\n" * 41, AgendaFault.TOO_MANY_POINTS, 41),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_line(text, fault, line):
    with pytest.raises(AgendaRefused) as refused:
        points(text)
    assert (refused.value.fault, refused.value.line) == (fault, line)


@given(st.text(max_size=400))
def test_what_was_read_once_reads_the_same_again(text):
    try:
        read = points(text)
    except AgendaRefused:
        return
    assert points(text_of(read)) == read


@given(st.sampled_from([USUAL_OPENING, USUAL_EVALUATING]), st.times(), st.none() | st.times())
def test_usual_hours_rise_and_stay_within_the_meeting(usual, starts_at, ends_at):
    starts_at = starts_at.replace(second=0, microsecond=0)
    ends_at = ends_at and max(ends_at.replace(second=0, microsecond=0), starts_at)
    hours = hours_of(usual, starts_at, ends_at)
    assert len(hours) == len(usual)
    told = [hour for hour in hours if hour is not None]
    assert told == sorted(told)
    assert len(told) in {0, len(usual)}
    assert all(starts_at <= hour <= (ends_at or time.max) for hour in told)
