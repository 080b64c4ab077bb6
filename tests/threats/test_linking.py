"""The rule of joining: who is compared with whom, what each comparison weighs, and that nothing hangs on order."""

import math
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import words
from consult.threats import linking
from consult.threats.linking import (
    DEFAULT_WEIGHTS,
    LEVEL_COUNTS,
    UNKNOWN,
    VECTOR_COUNT,
    Evidence,
    KeysRepeat,
    Reason,
    Thresholds,
    Voices,
    Weights,
    candidates,
    levels,
    near_these,
    reasons,
    score,
)

TOWN = (500_000.0, 400_000.0)


def voices(*rows, **columns):
    """Voices at metres from the middle of town, alike but for what a test says."""
    ordinary = {
        "east": 0.0,
        "north": 0.0,
        "day": 0.0,
        "accuracy_m": 15.0,
        "reach_m": 150.0,
        "category": 1,
        "group": 1,
        "text": "",
        "weekdays": 0,
        "times_of_day": 0,
    }
    full = [{"key": f"v{n:03}", **ordinary, **row} for n, row in enumerate(rows)]
    column = lambda name: [row[name] for row in full]  # noqa: E731
    given_columns = {
        "key": column("key"),
        "x": np.array(column("east")) + TOWN[0],
        "y": np.array(column("north")) + TOWN[1],
        "start_day": column("day"),
        "end_day": [row.get("until", row["day"]) for row in full],
        "words": [words.mask(words.stems(text)) for text in column("text")],
        "street": [words.street_code(text) for text in column("text")],
        **{name: column(name) for name in ("accuracy_m", "reach_m", "category", "group", "weekdays", "times_of_day")},
    }
    return Voices.of(**{**given_columns, **columns})


def compared(*rows, **columns):
    both = voices(*rows, **columns)
    return levels(both, candidates(both))


def found(some):
    pairs = candidates(some)
    return list(zip(pairs.i.tolist(), pairs.j.tolist(), strict=True))


def test_voices_within_the_reach_and_both_accuracies_are_compared():
    assert found(voices({}, {"east": 179})) == [(0, 1)]
    assert found(voices({}, {"east": 181})) == []


def test_the_larger_reach_of_two_categories_counts():
    assert found(voices({}, {"east": 400, "reach_m": 500, "category": 2})) == [(0, 1)]


def test_only_voices_of_one_group_are_compared():
    assert found(voices({}, {"group": 2})) == []
    assert found(voices({}, {"category": 2})) == [(0, 1)]


def test_voices_more_than_forty_five_days_apart_are_not_compared():
    assert found(voices({}, {"day": 45})) == [(0, 1)]
    assert found(voices({}, {"day": 45.1})) == []


def test_the_gap_between_time_windows_counts_not_their_middles():
    assert found(voices({"until": 100}, {"day": 140, "until": 400})) == [(0, 1)]
    assert found(voices({"until": 100}, {"day": 146, "until": 400})) == []


@pytest.mark.parametrize(
    "vague",
    [
        {"reach_m": 0},
        {"accuracy_m": 501},
        {"east": math.nan},
        {"north": math.inf},
        {"day": math.nan},
        {"reach_m": math.nan},
        {"accuracy_m": math.nan},
    ],
)
def test_a_whole_commune_or_a_place_unknown_never_joins_by_distance(vague):
    some = voices({}, vague, {"reach_m": 1000})
    assert found(some) == [(0, 2)]
    assert len(near_these(some, 1)) == 0
    assert 1 not in near_these(some, 0).j


def test_lines_and_areas_are_measured_from_their_outlines():
    x, y = TOWN
    road = shapely.LineString([(x, y), (x + 3000, y)])
    dump = shapely.box(x + 2900, y + 100, x + 3000, y + 200)
    some = voices(
        {"east": 1500},
        {"east": 2950, "north": 150},
        {"east": 10, "north": 50},
        {"east": -300},
        geometry=[road, dump, None, None],
    )
    assert found(some) == [(0, 1), (0, 2)]
    assert levels(some, candidates(some)).distance_m.tolist() == [100, 50]


def test_an_empty_or_lonely_set_has_no_pairs():
    assert found(voices()) == []
    assert found(voices({})) == []
    assert len(score(levels(voices(), candidates(voices())))) == 0


def test_two_voices_with_one_key_are_refused():
    with pytest.raises(KeysRepeat):
        candidates(voices({"key": "a"}, {"key": "a"}))


def test_pairs_come_in_the_order_of_keys():
    assert found(voices({"key": "c"}, {"key": "a"}, {"key": "b"})) == [(1, 2), (1, 0), (2, 0)]


spread = st.lists(
    st.tuples(
        st.integers(-400, 400),
        st.integers(-400, 400),
        st.integers(0, 80),
        st.sampled_from([10, 35, 130, 600]),
        st.sampled_from([0, 50, 150, 500]),
        st.integers(0, 2),
    ),
    max_size=25,
)


def scattered(rows):
    names = ("east", "north", "day", "accuracy_m", "reach_m", "group")
    return voices(*(dict(zip(names, row, strict=True)) for row in rows))


@pytest.mark.parametrize("few", [0, linking.FEW], ids=["by trees", "every two"])
@settings(deadline=None)
@given(rows=spread)
def test_no_pair_is_missed_and_none_invented(few, rows):
    some = scattered(rows)
    slow = [
        (i, j)
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if some.group[i] == some.group[j]
        and min(some.reach_m[i], some.reach_m[j]) > 0
        and max(some.accuracy_m[i], some.accuracy_m[j]) <= 500
        and abs(some.start_day[i] - some.start_day[j]) <= 45
        and math.hypot(some.x[i] - some.x[j], some.y[i] - some.y[j])
        <= max(some.reach_m[i], some.reach_m[j]) + some.accuracy_m[i] + some.accuracy_m[j]
    ]
    with patch.object(linking, "FEW", few):
        assert found(some) == slow


@settings(deadline=None)
@given(spread.filter(bool), st.randoms(use_true_random=False))
def test_one_voice_meets_the_same_neighbours_alone_as_among_all(rows, random):
    some = scattered(rows)
    row = random.randrange(len(rows))
    everywhere = {pair for pair in found(some) if row in pair}
    alone = near_these(some, row)
    assert set(zip(alone.i.tolist(), alone.j.tolist(), strict=True)) == everywhere


def test_distance_is_measured_in_the_accuracies_of_both():
    pins = compared({}, {"east": 60})
    debates = compared({"accuracy_m": 130}, {"east": 60, "accuracy_m": 130})
    assert pins.distance[0] == 3
    assert debates.distance[0] == 0


def test_no_pin_is_taken_as_exact():
    assert compared({"accuracy_m": 0}, {"accuracy_m": 0, "east": 9}).distance[0] == 0


def test_days_apart_fall_on_five_levels():
    assert [int(compared({}, {"day": day}).time[0]) for day in (0, 2, 7, 15, 30, 31)] == [0, 0, 1, 2, 3, 4]


def test_a_window_of_months_tells_nothing_about_the_day():
    assert compared({}, {"day": -100, "until": 100}).time[0] == UNKNOWN


def test_missing_text_is_no_evidence():
    silent = compared({"text": "śmieci przy fontannie"}, {})
    assert silent.text[0] == UNKNOWN
    assert silent.street[0] == UNKNOWN
    both_silent = compared({}, {})
    assert score(silent) == score(both_silent)


def test_the_same_words_in_other_endings_speak_for_one_threat():
    alike = compared({"text": "Ławki przy fontannie"}, {"text": "ławka koło fontanny"})
    other = compared({"text": "Ławki przy fontannie"}, {"text": "graffiti na murze sklepu"})
    silent = compared({}, {})
    assert alike.text[0] == 0
    assert other.text[0] == 3
    assert score(alike) > score(silent) > score(other)


def test_the_same_street_speaks_for_and_another_against():
    same = compared({"text": "ul. Polna"}, {"text": "na ulicy Polnej"})
    other = compared({"text": "ul. Polna"}, {"text": "ul. Leśna"})
    assert (same.street[0], other.street[0]) == (0, 1)


def test_weekdays_and_times_of_day_agree_disagree_or_are_unknown():
    friday, weekend, night, morning = 0b10000, 0b1110000, 0b1000, 0b0001
    row = {"weekdays": friday, "times_of_day": night}
    pattern = lambda other: int(compared(row, other).pattern[0])  # noqa: E731
    assert pattern({"weekdays": weekend, "times_of_day": night}) == 0
    assert pattern({"weekdays": weekend}) == 0
    assert pattern({"weekdays": weekend, "times_of_day": morning}) == 1
    assert pattern({"times_of_day": morning}) == 1
    assert pattern({}) == UNKNOWN


described = st.lists(
    st.fixed_dictionaries(
        {
            "east": st.integers(-150, 150),
            "day": st.integers(0, 40),
            "category": st.integers(1, 2),
            "text": st.sampled_from(["", "śmieci w lesie", "śmieci przy ul. Polnej", "hałas, ul. Leśna"]),
            "weekdays": st.integers(0, 7),
        }
    ),
    min_size=2,
    max_size=8,
)


@settings(deadline=None)
@given(described)
def test_a_score_is_a_probability_and_the_same_both_ways(rows):
    some = voices(*rows)
    turned = some.take(np.arange(len(some))[::-1])
    turned = replace(turned, key=some.key)
    forward, backward = candidates(some), candidates(turned)
    there = dict(zip(found(some), score(levels(some, forward)), strict=True))
    back = dict(zip(found(turned), score(levels(turned, backward)), strict=True))
    last = len(rows) - 1
    assert there == {(last - j, last - i): value for (i, j), value in back.items()}
    assert all(0 <= value <= 1 for value in there.values())


@settings(deadline=None)
@given(described)
def test_the_reasons_and_the_prior_add_up_to_the_score(rows):
    some = voices(*rows)
    result = levels(some, candidates(some))
    for k, probability in enumerate(score(result)):
        bits = DEFAULT_WEIGHTS.prior + sum(reason.weight for reason in reasons(result, k))
        assert math.log2(probability / (1 - probability)) == pytest.approx(bits, abs=1e-6)


def test_reasons_name_their_figures_and_leave_out_what_is_unknown():
    said = reasons(compared({"text": "śmieci"}, {"east": 40, "day": 3, "category": 2}), 0)
    figures = {reason.kind: reason.value for reason in said}
    assert figures == {Evidence.DISTANCE: 40, Evidence.TIME: 3, Evidence.CATEGORY: None}
    assert {reason.kind: reason.speaks_for for reason in said}[Evidence.CATEGORY] is False
    assert [abs(reason.weight) for reason in said] == sorted((abs(reason.weight) for reason in said), reverse=True)


def test_a_reason_survives_its_record():
    reason = Reason(Evidence.DISTANCE, 1, 40.0, 2.13)
    assert Reason.from_record(reason.record) == reason


def test_each_combination_of_levels_has_its_own_number():
    assert math.prod(count + 1 for count in LEVEL_COUNTS.values()) == VECTOR_COUNT
    near, far = compared({}, {}), compared({}, {"east": 100})
    assert near.vector[0] != far.vector[0]
    assert 0 <= int(near.vector[0]) < VECTOR_COUNT <= np.iinfo(np.int16).max


def test_weights_survive_their_record_and_any_change_changes_the_digest():
    assert Weights.from_record(DEFAULT_WEIGHTS.record) == DEFAULT_WEIGHTS
    assert len(DEFAULT_WEIGHTS.digest) == 16
    assert replace(DEFAULT_WEIGHTS, prior=0.0).digest != DEFAULT_WEIGHTS.digest


def test_weights_of_the_wrong_length_or_not_finite_are_refused():
    with pytest.raises(ValueError, match="distance"):
        replace(DEFAULT_WEIGHTS, distance=(1.0,))
    with pytest.raises(ValueError, match="finite"):
        replace(DEFAULT_WEIGHTS, prior=math.nan)


def test_thresholds_out_of_order_are_refused():
    with pytest.raises(ValueError, match="suggest"):
        Thresholds(link=0.2, suggest=0.5)


def test_more_evidence_for_one_threat_never_lowers_a_score():
    for kind in (Evidence.DISTANCE, Evidence.TIME, Evidence.CATEGORY, Evidence.TEXT, Evidence.STREET, Evidence.PATTERN):
        weights = DEFAULT_WEIGHTS.of(kind)
        assert list(weights) == sorted(weights, reverse=True)
