"""Learning without judges: weights from voices a season apart, accuracies from distances, and scores that hold."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.linking import ACCURACY_M, planted_towns
from consult.threats import evaluation, fitting
from consult.threats.fitting import CONTROL, FEW, DoesNotHold, TooFewPairs
from consult.threats.linking import (
    DEFAULT_WEIGHTS,
    FINEST_M,
    LEVEL_COUNTS,
    Evidence,
    Lag,
    Voices,
    candidates,
    days_between,
    levels,
    score,
)


@pytest.fixture(scope="module")
def towns():
    """Voices of sparse towns, none of which says how exact its place is."""
    return planted_towns(20_000, seed=5)


@pytest.fixture(scope="module")
def learnt(towns):
    return fitting.fit(towns.voices, towns.source)


def scored(planted, found):
    """Near pairs with their scores by what was learnt, and whether they truly speak of one threat."""
    accuracy = fitting.accurate(planted.voices.accuracy_m, planted.source, found.accuracies)
    voices = replace(planted.voices, accuracy_m=accuracy)
    pairs = candidates(voices)
    return score(levels(voices, pairs), found.weights), planted.truth[pairs.i] == planted.truth[pairs.j]


def by_hand(voices, lag):
    """All pairs of one group within reach whose windows lie so far apart, one by one."""
    found = set()
    for i in range(len(voices)):
        for j in range(len(voices)):
            gap = voices.start_day[j] - voices.end_day[i]
            away = np.hypot(voices.x[i] - voices.x[j], voices.y[i] - voices.y[j])
            limit = max(voices.reach_m[i], voices.reach_m[j]) + voices.accuracy_m[i] + voices.accuracy_m[j]
            if lag.least <= gap <= lag.most and away <= limit and voices.group[i] == voices.group[j]:
                found.add(frozenset((i, j)))
    return found


@pytest.mark.parametrize("lag", [CONTROL, Lag(30.0, 60.0), Lag(90.0, 90.0)])
def test_pairs_a_season_apart_are_all_pairs_so_far_apart_and_no_others(lag):
    random = np.random.default_rng(3)
    count = 300
    start = random.integers(0, 300, count).astype(float)
    voices = Voices.of(
        key=random.permutation(count),
        x=random.uniform(0, 1500, count),
        y=random.uniform(0, 1500, count),
        accuracy_m=random.choice([20.0, 200.0], count),
        reach_m=random.choice([50.0, 400.0], count),
        category=1,
        group=random.integers(0, 2, count),
        start_day=start,
        end_day=start + random.choice([0, 0, 3, 40, 200], count),
    )
    pairs = candidates(voices, lag)
    found = [frozenset(pair) for pair in zip(pairs.i.tolist(), pairs.j.tolist(), strict=True)]
    assert len(found) == len(set(found))
    assert set(found) == by_hand(voices, lag)
    gaps = days_between(voices, pairs.i, pairs.j)
    assert ((gaps >= lag.least) & (gaps <= lag.most)).all()


def test_places_are_found_to_be_as_exact_as_they_are(learnt):
    for number, true_m in enumerate(ACCURACY_M.values()):
        assert learnt.accuracies[number] == pytest.approx(true_m, rel=0.2)


def test_the_share_of_true_pairs_is_found_without_the_truth(towns, learnt):
    _, same = scored(towns, learnt)
    assert learnt.share == pytest.approx(same.mean(), abs=0.03)


def test_scores_come_true_as_often_as_they_say(towns, learnt):
    scores, same = scored(towns, learnt)
    assert evaluation.calibration_error(evaluation.calibration(scores, same)) < 0.02


def test_the_curve_found_without_the_truth_is_the_true_one(towns, learnt):
    scores, same = scored(towns, learnt)
    true = evaluation.calibration(scores, same)
    for found, came in zip(learnt.calibration, true, strict=True):
        assert found.pairs == came.pairs
        if found.pairs > 500:
            assert found.found == pytest.approx(came.found, abs=0.1)


def test_dense_towns_teach_another_prior_and_the_scores_hold_there_too():
    dense = planted_towns(20_000, dense=True, seed=5)
    found = fitting.fit(dense.voices, dense.source)
    scores, same = scored(dense, found)
    assert found.weights.prior < 0
    assert evaluation.calibration_error(evaluation.calibration(scores, same)) < 0.03
    unlearnt = scored(dense, replace(found, weights=DEFAULT_WEIGHTS))
    assert evaluation.calibration_error(evaluation.calibration(*unlearnt)) > 0.05


def test_what_nobody_tells_keeps_the_weight_that_comes_with_the_product(learnt):
    assert learnt.kept == (Evidence.PATTERN,)
    assert learnt.weights.pattern == DEFAULT_WEIGHTS.pattern
    for kind in LEVEL_COUNTS:
        assert len(learnt.weights.of(kind)) == LEVEL_COUNTS[kind]


def test_the_order_of_rows_teaches_nothing(towns, learnt):
    rows = np.random.default_rng(1).permutation(len(towns.voices))
    again = fitting.fit(towns.voices.take(rows), towns.source[rows])
    assert again == learnt


def test_too_few_pairs_teach_nothing_and_their_number_is_told():
    few = planted_towns(300)
    with pytest.raises(TooFewPairs) as told:
        fitting.fit(few.voices, few.source)
    assert told.value.near >= 0
    assert "500 of each are needed" in str(told.value)


def test_where_everything_comes_back_a_season_later_nothing_is_learnt():
    """Then the control is full of true pairs, and what is left of the near ones tells nothing."""
    towns = planted_towns(4_000, seed=2)
    later = np.arange(4_000)
    voices, shift = towns.voices, np.array([0.0, 100.0, 200.0])
    rows = np.tile(later, 3)
    again = replace(
        voices.take(rows),
        key=np.arange(12_000),
        start_day=voices.start_day[rows] + np.repeat(shift, 4_000),
        end_day=voices.end_day[rows] + np.repeat(shift, 4_000),
    )
    with pytest.raises(DoesNotHold) as told:
        fitting.fit(again, towns.source[rows])
    assert told.value.share < fitting.LEAST_SHARE or told.value.error > fitting.WORST_ERROR


def test_of_too_many_voices_whole_squares_are_drawn(towns, monkeypatch):
    monkeypatch.setattr(fitting, "MOST", 12_000)
    found = fitting.fit(towns.voices, towns.source)
    assert 6_000 < found.voices <= 12_000
    assert found.pairs > found.voices / 2  # neighbours came along
    assert found.share == pytest.approx(0.9, abs=0.05)


def test_voices_without_a_spot_or_a_day_are_left_out(towns, learnt):
    voices = towns.voices
    vague = np.arange(len(voices)) % 50 == 0
    changed = replace(
        voices,
        reach_m=np.where(vague, 0.0, voices.reach_m),
        end_day=np.where(np.arange(len(voices)) % 50 == 1, voices.end_day + 365, voices.end_day),
    )
    found = fitting.fit(changed, towns.source)
    assert found.voices == len(voices) - 800


def test_voices_on_one_and_the_same_spot_are_as_exact_as_a_place_can_be(towns):
    snapped = replace(towns.voices, x=np.round(towns.voices.x, -3), y=np.round(towns.voices.y, -3))
    found = fitting.fit(snapped, np.zeros(len(snapped), dtype=np.int64))
    assert found.accuracies == {0: FINEST_M}


def test_a_kind_of_place_with_few_true_pairs_keeps_its_claim(towns):
    odd = np.zeros(len(towns.voices), dtype=np.int64)
    odd[: FEW // 10] = 9
    assert 9 not in fitting.fit(towns.voices, odd).accuracies
