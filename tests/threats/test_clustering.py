"""Threats out of voices: members that all belong together, no chains, and people's decisions bind."""

import csv
import gzip
import random as chance
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult import words
from consult.geo import arrays_to_metres
from consult.threats.clustering import (
    Decisions,
    DecisionsContradict,
    Outcome,
    cluster,
    contradictions,
    join,
    place_voice,
    said_last,
    suggestions,
)
from consult.threats.linking import (
    DEFAULT_THRESHOLDS,
    DEFAULT_WEIGHTS,
    Evidence,
    Pairs,
    Thresholds,
    Voices,
    candidates,
    levels,
    score,
)

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "joining" / "planted_sparse_10k.csv.gz"


def voices(rows, keys=None):
    """Voices of one category: (metres east, day, text) each, with pins exact to ten metres."""
    east, day, text = zip(*rows, strict=True) if rows else ((), (), ())
    return Voices.of(
        key=list(keys) if keys is not None else [f"v{n:04}" for n in range(len(rows))],
        x=np.array(east, dtype=float) + 500_000,
        y=np.full(len(rows), 400_000.0),
        accuracy_m=10.0,
        reach_m=150.0,
        category=1,
        group=1,
        start_day=day,
        end_day=day,
        words=[words.mask(words.stems(said)) for said in text],
        street=[words.street_code(said) for said in text],
    )


def lonely(count):
    """Voices that no distance joins; tests give their pairs and scores themselves."""
    return voices([(0.0, 0.0, "")] * count)


def grouped(labels):
    members = {}
    for row, label in enumerate(np.asarray(labels).tolist()):
        members.setdefault(label, set()).add(row)
    return {frozenset(rows) for rows in members.values()}


def by_hand(count, scored, decisions=None, thresholds=DEFAULT_THRESHOLDS):
    ordered = sorted(scored)
    pairs = Pairs(np.array([i for i, _ in ordered], dtype=np.int64), np.array([j for _, j in ordered], dtype=np.int64))
    scores = np.array([scored[pair] for pair in ordered], dtype=float)
    return cluster(lonely(count), pairs, scores, decisions or Decisions(), thresholds)


BENCH = [
    (-4, 0, "piją przy fontannie"),
    (3, 3, "siedzą koło fontanny i piją"),
    (0, 5, "fontanna, picie"),
    (6, 9, "przy fontannie znowu libacja"),
    (-2, 12, "fontanna: piją piwo"),
    (5, 15, "libacja koło fontanny"),
    (1, 18, ""),
    (-6, 21, "obok fontanny"),
    (2, 24, "pijani przy fontannie"),
    (0, 26, ""),
]
OTHER_BENCH = [
    (60 + east, day + 1, "zaczepiają klientów, sklep monopolowy" if text else "") for east, day, text in BENCH
]


def test_one_bench_reported_ten_times_is_one_threat_with_ten_voices():
    result = join(voices(BENCH))
    assert grouped(result.label) == {frozenset(range(10))}
    assert result.size.tolist() == [10] * 10
    assert (result.mean > 0.5).all()


def test_two_benches_sixty_metres_apart_are_two_threats():
    result = join(voices(BENCH + OTHER_BENCH))
    assert grouped(result.label) == {frozenset(range(10)), frozenset(range(10, 20))}


def test_a_row_of_voices_along_a_street_does_not_become_one_threat():
    row = [(80.0 * n, 0.5 * n, "") for n in range(12)]
    spread_pins = Voices.of(
        **{
            name: getattr(voices(row), name)
            for name in ("key", "x", "y", "reach_m", "category", "group", "start_day", "end_day")
        },
        accuracy_m=35.0,
    )
    pairs = candidates(spread_pins)
    scores = score(levels(spread_pins, pairs))
    neighbours = scores[pairs.j - pairs.i == 1]
    assert (neighbours >= DEFAULT_THRESHOLDS.link).all()
    assert join(spread_pins).size.max() <= 4


def test_nothing_and_one_voice_are_no_trouble():
    assert len(join(voices([])).label) == 0
    alone = join(voices([(0, 0, "")]))
    assert alone.label.tolist() == [0]
    assert np.isnan(alone.mean[0])
    assert alone.other.tolist() == [-1]


def test_a_missing_pair_counts_as_zero():
    assert grouped(by_hand(3, {(0, 1): 0.9, (1, 2): 0.9}).label) == {frozenset({0, 1}), frozenset({2})}
    assert len(grouped(by_hand(3, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.2}).label)) == 1


def test_the_mean_and_the_best_other_cluster_are_told():
    result = by_hand(3, {(0, 1): 0.9, (1, 2): 0.6})
    assert result.mean[:2].tolist() == [0.9, 0.9]
    assert np.isnan(result.mean[2])
    assert (result.other[2], result.other_mean[2]) == (0, 0.3)
    assert (result.other[1], result.other_mean[1]) == (2, 0.6)
    assert result.other[0] == -1


def test_an_unsure_voice_is_suggested_to_the_larger_cluster():
    result = by_hand(3, {(0, 1): 0.9, (1, 2): 0.6})
    asked = suggestions(lonely(3), result)
    assert (asked.voice.tolist(), asked.label.tolist(), asked.mean.tolist()) == ([2], [0], [0.3])
    assert len(suggestions(lonely(3), result, Thresholds(0.5, 0.4))) == 0


def test_of_two_lonely_voices_the_later_is_suggested_to_the_earlier():
    asked = suggestions(lonely(2), by_hand(2, {(0, 1): 0.4}))
    assert (asked.voice.tolist(), asked.label.tolist()) == ([1], [0])


def test_what_people_put_together_stays_together():
    assert len(grouped(by_hand(2, {}, Decisions(together=[(0, 1)])).label)) == 1


def test_what_people_keep_apart_never_meets_not_even_through_others():
    scored = {(0, 1): 0.99, (1, 2): 0.98, (0, 2): 0.97}
    result = by_hand(3, scored, Decisions(apart=[(2, 0)]))
    assert grouped(result.label) == {frozenset({0, 1}), frozenset({2})}
    assert result.other.tolist() == [-1, -1, -1]
    assert len(suggestions(lonely(3), result)) == 0


def test_the_machine_adds_to_a_settled_threat_and_takes_nothing_away():
    result = by_hand(4, {(0, 2): 0.9, (1, 2): 0.9}, Decisions(fixed=[7, 7, -1, -1]))
    assert grouped(result.label) == {frozenset({0, 1, 2}), frozenset({3})}
    assert result.settled.tolist() == [True, True, False, False]


def test_two_settled_threats_never_merge():
    result = by_hand(3, {(0, 1): 1.0, (0, 2): 0.8, (1, 2): 0.9}, Decisions(fixed=[1, 2, -1]))
    assert grouped(result.label) == {frozenset({0}), frozenset({1, 2})}
    assert result.label[2] == result.label[1]


def test_a_voice_that_suits_the_recent_part_of_an_old_threat_is_suggested_to_it():
    decisions = Decisions(fixed=[5] * 8 + [-1])
    result = by_hand(9, {(7, 8): 0.95}, decisions)
    assert grouped(result.label) == {frozenset(range(8)), frozenset({8})}
    asked = suggestions(lonely(9), result)
    assert (asked.voice.tolist(), asked.label.tolist(), asked.mean.tolist()) == ([8], [0], [0.95])


def test_contradicting_decisions_are_named_and_refused():
    torn = Decisions(together=[(0, 1), (1, 2)], apart=[(2, 0)])
    assert contradictions(4, torn) == [(0, 2)] or contradictions(4, torn) == [(2, 0)]
    with pytest.raises(DecisionsContradict):
        by_hand(4, {}, torn)
    assert contradictions(4, Decisions(together=[(0, 1)], fixed=[1, 2, -1, -1])) == [(0, 1)]
    assert contradictions(4, Decisions(apart=[(0, 1)], fixed=[1, 1, -1, -1])) == [(0, 1)]
    assert contradictions(4, Decisions(together=[(0, 1)], apart=[(1, 2)], fixed=[1, -1, 2, 2])) == []


def test_of_contradicting_decisions_the_newest_hold():
    torn = Decisions(together=[(0, 1), (1, 2)], apart=[(0, 2)])
    kept = said_last(4, torn, [(0, 2), (1, 2), (0, 1)])
    assert (kept.together, kept.apart) == ([(1, 2)], [(0, 2)])
    kept = said_last(4, torn, [(1, 2), (0, 1), (0, 2)])
    assert (kept.together, kept.apart) == ([(1, 2), (0, 1)], [])


def test_what_is_settled_holds_against_the_newest_decision():
    across = Decisions(together=[(0, 1), (0, 2)], apart=[(1, 3)], fixed=[1, 2, -1, 2])
    kept = said_last(4, across, [(0, 1), (1, 3), (0, 2)])
    assert (kept.together, kept.apart) == ([(0, 2)], [])


def test_a_whole_commune_joins_nothing():
    some = voices(BENCH)
    vague = Voices.of(
        **{
            name: getattr(some, name)
            for name in ("key", "x", "y", "accuracy_m", "category", "group", "start_day", "end_day")
        },
        reach_m=[0.0, *[150.0] * 9],
    )
    assert frozenset({0}) in grouped(join(vague).label)


scored_pairs = st.integers(2, 14).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1]),
            st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.5, 0.7, 0.9, 1.0]),
        ),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=2),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=3),
        st.lists(st.sampled_from([-1, -1, -1, 4, 9]), min_size=count, max_size=count),
    )
)


def slowly(count, scored, decisions, link):
    """The same clusters the slow way: always merge the best two, one at a time."""
    clusters = {frozenset({row}) for row in range(count)}
    fixed = decisions.settled(count)
    bonds = list(decisions.together) + [(i, j) for i in range(count) for j in range(i) if fixed[i] == fixed[j] != -1]
    for one, two in bonds:
        a, b = (next(c for c in clusters if row in c) for row in (one, two))
        clusters = clusters - {a, b} | {a | b}
    while True:
        best = None
        for a in clusters:
            for b in clusters:
                if min(a) >= min(b) or any((i in a and j in b) or (i in b and j in a) for i, j in decisions.apart):
                    continue
                if any(fixed[i] != -1 for i in a) and any(fixed[i] != -1 for i in b):
                    continue
                millionths = sum(
                    round(scored.get((min(i, j), max(i, j)), 0) * 1e6) * (scored.get((min(i, j), max(i, j)), 0) >= 0.02)
                    for i in a
                    for j in b
                )
                mean = millionths / (len(a) * len(b) * 1e6)
                if mean >= link and (best is None or (-mean, min(a), min(b)) < best[0]):
                    best = ((-mean, min(a), min(b)), a, b)
        if best is None:
            return clusters
        clusters = clusters - {best[1], best[2]} | {best[1] | best[2]}


@settings(deadline=None, max_examples=300)
@given(scored_pairs)
def test_merging_best_partners_at_once_equals_merging_one_pair_at_a_time(case):
    count, scored, together, apart, fixed = case
    distinct = {pair: min(0.999, value + 0.00001 * n) for n, (pair, value) in enumerate(sorted(scored.items()))}
    decisions = Decisions(together, apart, fixed)
    if contradictions(count, decisions):
        with pytest.raises(DecisionsContradict):
            by_hand(count, distinct, decisions)
        return
    assert grouped(by_hand(count, distinct, decisions).label) == slowly(count, distinct, decisions, 0.5)


said_pairs = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.booleans(), max_size=12)


@settings(deadline=None, max_examples=300)
@given(said_pairs, st.lists(st.sampled_from([-1, -1, -1, 4, 9]), min_size=6, max_size=6))
def test_what_was_said_last_can_always_hold_and_nothing_more_could(said, fixed):
    """The decisions left contradict nothing, and each one left out contradicts what was settled or said after it."""
    count, order = len(fixed), list(said)
    together = [pair for pair in order if said[pair]]
    kept = said_last(count, Decisions(together, [pair for pair in order if not said[pair]], fixed), order)
    assert contradictions(count, kept) == []
    for at, pair in enumerate(order):
        if pair in kept.together or pair in kept.apart:
            continue
        newer = set(order[:at])
        alone = {
            "together": [*(one for one in kept.together if one in newer), *([pair] if pair in together else [])],
            "apart": [*(one for one in kept.apart if one in newer), *([] if pair in together else [pair])],
        }
        assert contradictions(count, Decisions(**alone, fixed=fixed))


@settings(deadline=None, max_examples=300)
@given(scored_pairs)
def test_decisions_hold_in_every_partition(case):
    count, scored, together, apart, fixed = case
    decisions = Decisions(together, apart, fixed)
    if contradictions(count, decisions):
        return
    label = by_hand(count, scored, decisions).label
    assert all(label[i] == label[j] for i, j in together)
    assert all(label[i] != label[j] for i, j in apart)
    settled = [(fixed[row], label[row]) for row in range(count) if fixed[row] != -1]
    assert len({name for name, _ in settled}) == len(set(settled)) == len({where for _, where in settled})


described = st.lists(
    st.tuples(
        st.integers(0, 500).map(lambda metres: metres / 2),
        st.integers(0, 40),
        st.sampled_from(["", "", "śmieci w lesie", "śmieci przy ul. Polnej", "hałas nocą, ul. Leśna"]),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=200)
@given(described, st.randoms(use_true_random=False))
def test_the_partition_does_not_depend_on_the_order_of_rows(rows, random):
    some = voices(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    pair = tuple(random.choices(range(len(rows)), k=2))
    fixed = [random.choice([-1, -1, 3]) for _ in rows]
    decisions = Decisions(
        apart=[pair] if pair[0] != pair[1] and -1 in (fixed[pair[0]], fixed[pair[1]]) else [], fixed=fixed
    )
    place = {row: position for position, row in enumerate(order)}
    moved = Decisions(apart=[(place[i], place[j]) for i, j in decisions.apart], fixed=[fixed[row] for row in order])
    straight, shuffled = join(some, decisions), join(some.take(order), moved)
    assert grouped(straight.label) == {frozenset(order[row] for row in rows) for rows in grouped(shuffled.label)}
    np.testing.assert_array_equal(straight.mean[order], shuffled.mean)
    np.testing.assert_array_equal(straight.other_mean[order], shuffled.other_mean)
    asked, asked_shuffled = suggestions(some, straight), suggestions(some.take(order), shuffled)
    assert set(asked.voice.tolist()) == {order[row] for row in asked_shuffled.voice.tolist()}


@settings(deadline=None)
@given(described)
def test_joining_again_what_was_joined_changes_nothing(rows):
    some = voices(rows)
    once = join(some)
    assert once.label.tolist() == join(some).label.tolist()
    settled = join(some, Decisions(fixed=once.label))
    assert grouped(settled.label) == grouped(once.label)


@settings(deadline=None)
@given(described)
def test_a_part_no_strong_pair_leads_out_of_is_joined_the_same_alone(rows):
    some = voices(rows)
    whole = join(some)
    pairs = candidates(some)
    strong = score(levels(some, pairs)) >= DEFAULT_THRESHOLDS.link
    part = {0}
    for _ in rows:
        for i, j in zip(pairs.i[strong].tolist(), pairs.j[strong].tolist(), strict=True):
            part |= {i, j} if part & {i, j} else set()
    chosen = sorted(part)
    alone = join(some.take(chosen))
    assert {frozenset(chosen[row] for row in rows) for rows in grouped(alone.label)} == {
        rows for rows in grouped(whole.label) if rows & part
    }


def test_a_new_voice_is_linked_to_the_threat_it_suits_and_says_why():
    some = voices([*BENCH, (2, 4, "ławka przy fontannie")])
    placed = place_voice(some, 10, [77] * 10 + [-1], {77: 10})
    assert placed.outcome is Outcome.LINK
    assert placed.label == 77
    assert placed.probability > 0.5
    assert placed.nearest in range(10)
    assert {reason.kind for reason in placed.reasons} >= {Evidence.DISTANCE, Evidence.TIME, Evidence.CATEGORY}


def test_a_voice_far_from_all_is_a_new_threat():
    placed = place_voice(voices([*BENCH, (2000, 4, "")]), 10, [77] * 10 + [-1], {77: 10})
    assert (placed.outcome, placed.label, placed.reasons) == (Outcome.NEW, None, ())


def test_voices_of_a_threat_out_of_sight_count_against_it():
    some = voices([(0, 0, ""), (0, 1, ""), (1, 1, "")])
    assert place_voice(some, 2, [5, 5, -1], {5: 2}).outcome is Outcome.LINK
    assert place_voice(some, 2, [5, 5, -1], {5: 8}).outcome is Outcome.SUGGEST
    recent = place_voice(some, 2, [5, 5, -1], {5: 80})
    assert recent.outcome is Outcome.SUGGEST
    assert recent.probability > 0.9


def test_a_voice_never_returns_to_a_threat_it_was_kept_apart_from():
    some = voices([(0, 0, ""), (1, 1, "")])
    assert place_voice(some, 1, [5, -1], {5: 1}, apart={5}).outcome is Outcome.NEW


def test_placing_one_voice_agrees_with_joining_all_anew():
    rows = BENCH + OTHER_BENCH
    some = voices(rows)
    before = join(some.take(range(len(rows) - 1)))
    sizes = dict(enumerate(np.bincount(before.label).tolist()))
    placed = place_voice(some, len(rows) - 1, [*before.label.tolist(), -1], sizes)
    assert placed.label == before.label[10]
    assert join(some).label[-1] == before.label[10]


def reference():
    with gzip.open(REFERENCE, "rt", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    chance.Random(3).shuffle(records)
    accuracy = {"online": 35.0, "debate": 130.0, "police": 20.0}
    x, y = arrays_to_metres(*(np.array([float(record[axis]) for record in records]) for axis in ("lon", "lat")))
    day = np.array([record["observed_at"] for record in records], dtype="datetime64[s]").astype(float) / 86_400
    found = Voices.of(
        key=[int(record["id"]) for record in records],
        x=x,
        y=y,
        accuracy_m=[accuracy[record["source"]] for record in records],
        reach_m=300.0,
        category=[int(record["category"][1:]) for record in records],
        group=[int(record["category_group"][1:]) for record in records],
        start_day=day,
        end_day=day,
        words=[words.mask(words.stems(record["text"])) for record in records],
        street=[words.street_code(record["text"]) for record in records],
    )
    return found, np.array([int(record["truth"]) for record in records])


@pytest.mark.shared
@pytest.mark.skipif(not REFERENCE.exists(), reason="the planted reference set is not beside the repository")
def test_the_default_weights_find_planted_threats_and_with_the_right_prior_say_how_sure_they_are():
    some, truth = reference()
    pairs = candidates(some)
    compared = levels(some, pairs)
    label = cluster(some, pairs, score(compared)).label
    count = lambda sizes: int((sizes * (sizes - 1) // 2).sum())  # noqa: E731
    both = count(np.unique(truth * len(label) + label, return_counts=True)[1])
    precision, recall = both / count(np.bincount(label)), both / count(np.bincount(truth))
    assert 2 * precision * recall / (precision + recall) >= 0.94
    same = truth[pairs.i] == truth[pairs.j]
    odds = float(np.log2(same.mean() / (1 - same.mean())))
    scores = score(compared, replace(DEFAULT_WEIGHTS, prior=odds))
    for low, high in ((0, 0.1), (0.25, 0.75), (0.75, 0.95), (0.95, 1)):
        told = (scores >= low) & (scores <= high)
        assert abs(scores[told].mean() - same[told].mean()) <= 0.08
