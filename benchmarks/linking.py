"""How fast and how well voices are joined into threats, measured on towns made for it.

    python benchmarks/linking.py [--size 10000 100000 1000000] [--dense] [--rounds 3]

Time is CPU time of one process, shown beside a floor: near pairs of one category from a plain k-d tree and their
connected components, the least that any joining has to do. Quality is measured against the threats the generator
planted and, where the reference sets lie beside the repository, against theirs.
"""

import argparse
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from consult.threats import evaluation, fitting, planted_file  # noqa: E402
from consult.threats.clustering import cluster, place_voice, suggestions  # noqa: E402
from consult.threats.fitting import Bar  # noqa: E402
from consult.threats.linking import Voices, candidates, levels, score  # noqa: E402
from consult.threats.planted_file import CLAIMED_M, REACH_M, Planted  # noqa: E402

REFERENCE = ROOT.parent / "shared" / "data" / "joining"
ACCURACY_M = {"online": 35.0, "debate": 130.0, "police": 20.0}
GROUP_OF = np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 7])


def planted_towns(count: int, *, dense: bool = False, seed: int = 1) -> Planted:
    """Plant threats in towns and let voices speak of them: 2.6 voices a threat with a long tail, half with text."""
    random = np.random.default_rng(seed)
    heard = np.minimum(
        1
        + random.geometric(0.55, count) * (random.random(count) < 0.7)
        + random.poisson(12 * (random.random(count) < 0.02)),
        40,
    )
    heard = heard[: np.searchsorted(np.cumsum(heard), count) + 1]
    threats = len(heard)
    truth = np.repeat(np.arange(threats), heard)[:count]
    x, y = _places(random, threats, dense=dense)
    category = np.minimum(random.zipf(1.6, threats) - 1, len(GROUP_OF) - 1)
    begun = random.uniform(0, 365 if dense else 1095, threats)
    source = random.choice([0, 1, 2], count, p=[0.85, 0.1, 0.05])
    accuracy = np.array(list(ACCURACY_M.values()))[source]
    day = begun[truth] + np.minimum(random.exponential(6, count), 60)
    said = np.where(random.random(count) < 0.02, random.integers(0, len(GROUP_OF), count), category[truth])
    slipped = np.maximum(said - 1, 0)
    said = np.where((random.random(count) < 0.15) & (GROUP_OF[slipped] == GROUP_OF[said]), slipped, said)
    return Planted(
        Voices.of(
            key=random.permutation(count),
            x=x[truth] + random.normal(0, accuracy),
            y=y[truth] + random.normal(0, accuracy),
            accuracy_m=CLAIMED_M,
            reach_m=REACH_M,
            category=said,
            group=GROUP_OF[said],
            start_day=day,
            end_day=day,
            words=_masks(random, truth, category),
            street=np.where(random.random(count) < 0.3, (x + 7 * y)[truth].astype(int) // 400 % 997, -1),
        ),
        source,
        tuple(ACCURACY_M),
        truth,
    )


def _places(random: np.random.Generator, threats: int, *, dense: bool) -> tuple[NDArray, NDArray]:
    """Put threats into towns of a few kilometres, a third of them where something has been before."""
    towns = max(threats // (900 if dense else 260), 1)
    town = random.integers(0, towns, threats)
    x = random.uniform(200_000, 800_000, towns)[town] + random.normal(0, 1_200 if dense else 1_800, threats)
    y = random.uniform(150_000, 750_000, towns)[town] + random.normal(0, 1_200 if dense else 1_800, threats)
    again = np.flatnonzero(random.random(threats) < 0.3)
    before = random.integers(0, threats, len(again))
    x[again], y[again] = x[before], y[before]
    return x, y


def _masks(random: np.random.Generator, truth: NDArray, category: NDArray) -> NDArray[np.int64]:
    """Give half of the voices a few words: most of the kind of threat, some of the place, one of their own."""
    count = len(truth)
    bits = np.zeros(count, dtype=np.uint64)
    for draw in range(6):
        of_kind = (category[truth] * 7 + random.integers(0, 6, count)) % 64
        of_place = (truth * 31 + random.integers(0, 3, count)) % 64
        own = random.integers(0, 64, count)
        chosen = (of_kind, of_kind, of_place, of_place, of_kind, own)[draw]
        bits |= np.uint64(1) << chosen.astype(np.uint64)
    bits[random.random(count) < 0.5] = 0
    return bits.view(np.int64)


def measured(name: str, planted: Planted, rounds: int) -> None:
    """Print one table row of times and the quality below it."""
    started = time.process_time()
    learnt = fitting.fit(planted.voices, planted.source)
    weights = learnt.weights
    told = fitting.accurate(planted.voices.accuracy_m, planted.source, learnt.accuracies)
    voices, best = replace(planted.voices, accuracy_m=told), None
    fitted_s = time.process_time() - started
    for _ in range(rounds):
        fresh = voices.take(np.arange(len(voices)))
        marks = [time.process_time()]
        evaluation.floor(fresh)
        marks.append(time.process_time())
        pairs = candidates(fresh)
        marks.append(time.process_time())
        compared = levels(fresh, pairs)
        scores = score(compared, weights)
        marks.append(time.process_time())
        clusters = cluster(fresh, pairs, scores)
        marks.append(time.process_time())
        spent = np.diff(marks)
        best = spent if best is None or spent.sum() < best.sum() else best
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole = best[1:].sum()
    print(
        f"{name:22} {len(voices):>9,} {best[0]:7.2f} {best[1]:7.2f} {best[2]:7.2f} {best[3]:7.2f} {whole:7.2f}"
        f" {whole / best[0]:6.1f} {len(pairs):>10,} {memory:7.0f}"
    )
    asked = suggestions(fresh, clusters)
    print(f"   learnt in {fitted_s:.2f} s: {learnt.accuracies}, share {learnt.share:.3f}")
    found = _quality(evaluation.quality(clusters.label, planted.truth))
    curve = evaluation.calibration(scores, planted.truth[pairs.i] == planted.truth[pairs.j])
    print(f"   {found}; a person is asked about {len(asked) / len(voices):.2%}")
    print(f"   said → true: {_calibration(curve)}")


def _quality(found: evaluation.Quality) -> str:
    return (
        f"pairs: precision {found.precision:.3f} recall {found.recall:.3f} F1 {found.f1:.3f};"
        f" B-cubed F1 {found.b3_f1:.3f};"
        f" {found.clusters:,} threats for {found.truth_clusters:,}, largest {found.largest}"
    )


def _calibration(curve: list[Bar]) -> str:
    return "  ".join(f"{bar.said:.2f} → {bar.found:.2f}" for bar in curve)


def measured_online(planted: Planted, asked: int = 2_000) -> None:
    """Place single voices among their neighbours, as a new report is."""
    voices, random = planted.voices, np.random.default_rng(2)
    tree = cKDTree(np.column_stack((voices.x, voices.y)))
    sizes = dict(enumerate(np.bincount(planted.truth).tolist()))
    spent = []
    for row in random.choice(len(voices), min(asked, len(voices)), replace=False):
        near = np.array(tree.query_ball_point((voices.x[row], voices.y[row]), 560.0))
        near = near[np.abs(voices.start_day[near] - voices.start_day[row]) <= 45]
        part = voices.take(near)
        started = time.perf_counter()
        place_voice(part, int(np.flatnonzero(near == row)[0]), planted.truth[near], sizes)
        spent.append((time.perf_counter() - started) * 1e6)
    p50, p99 = np.percentile(spent, [50, 99])
    print(f"   one voice among its neighbours: p50 {p50:.0f} µs, p99 {p99:.0f} µs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--dense", action="store_true", help="tighter towns, one year: many unrelated neighbours")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(
        f"{'CPU seconds':22} {'voices':>9} {'floor':>7} {'pairs':>7} {'score':>7} {'cluster':>7} {'all':>7}"
        f" {'ratio':>6} {'pairs':>10} {'peak MB':>7}"
    )
    for size in chosen.size:
        planted = planted_towns(size, dense=chosen.dense)
        measured(f"{'dense' if chosen.dense else 'sparse'} towns", planted, chosen.rounds)
        measured_online(planted)
    for path in sorted(REFERENCE.glob("*.csv.gz")):
        measured(path.name.removesuffix(".csv.gz"), planted_file.read(path), chosen.rounds)
    if not REFERENCE.exists():
        print("The reference sets are not beside the repository: quality on them was not measured.")


if __name__ == "__main__":
    main()
