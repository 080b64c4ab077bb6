"""How fast and how well voices are joined into threats, measured on towns made for it.

    python benchmarks/linking.py [--size 10000 100000 1000000] [--dense] [--rounds 3]

Time is CPU time of one process, shown beside a floor: near pairs of one category from a plain k-d tree and their
connected components, the least that any joining has to do. Quality is measured against the threats the generator
planted and, where the reference sets lie beside the repository, against theirs.
"""

import argparse
import csv
import gzip
import resource
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from consult import words  # noqa: E402
from consult.geo import arrays_to_metres  # noqa: E402
from consult.threats.clustering import cluster, place_voice, suggestions  # noqa: E402
from consult.threats.linking import Voices, candidates, levels, score  # noqa: E402

REFERENCE = ROOT.parent / "shared" / "data" / "joining"
ACCURACY_M = {"online": 35.0, "debate": 130.0, "police": 20.0}
REACH_M = 300.0
GROUP_OF = np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 7])
BINS = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 1.0)


@dataclass(frozen=True)
class Planted:
    """Voices whose true threats are known."""

    name: str
    voices: Voices
    truth: NDArray[np.int64]


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
        f"{'dense' if dense else 'sparse'} towns",
        Voices.of(
            key=random.permutation(count),
            x=x[truth] + random.normal(0, accuracy),
            y=y[truth] + random.normal(0, accuracy),
            accuracy_m=accuracy,
            reach_m=REACH_M,
            category=said,
            group=GROUP_OF[said],
            start_day=day,
            end_day=day,
            words=_masks(random, truth, category),
            street=np.where(random.random(count) < 0.3, (x + 7 * y)[truth].astype(int) // 400 % 997, -1),
        ),
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


def reference(path: Path) -> Planted:
    """Read a reference set with its truth."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    x, y = arrays_to_metres(*(np.array([float(record[axis]) for record in records]) for axis in ("lon", "lat")))
    moments = np.array([record["observed_at"] for record in records], dtype="datetime64[s]").astype(float) / 86_400
    codes = [
        np.unique([record[name] for record in records], return_inverse=True)[1]
        for name in ("category", "category_group", "truth")
    ]
    voices = Voices.of(
        key=[int(record["id"]) for record in records],
        x=x,
        y=y,
        accuracy_m=[ACCURACY_M[record["source"]] for record in records],
        reach_m=REACH_M,
        category=codes[0],
        group=codes[1],
        start_day=moments,
        end_day=moments,
        words=[words.mask(words.stems(record["text"])) for record in records],
        street=[words.street_code(record["text"]) for record in records],
    )
    return Planted(path.name.removesuffix(".csv.gz"), voices, codes[2])


def floor(voices: Voices) -> NDArray:
    """Do the least: same category, 100 m, 30 days, connected components."""
    tree = cKDTree(np.column_stack((voices.x, voices.y)), balanced_tree=False, compact_nodes=False)
    pairs = tree.query_pairs(100.0, output_type="ndarray")
    i, j = pairs.T
    near = (voices.category[i] == voices.category[j]) & (np.abs(voices.start_day[i] - voices.start_day[j]) <= 30)
    graph = coo_array((np.ones(near.sum(), dtype=np.int8), (i[near], j[near])), shape=(len(voices), len(voices)))
    return connected_components(graph, directed=False)[1]


def measured(planted: Planted, rounds: int) -> None:
    """Print one table row of times and the quality below it."""
    voices, best = planted.voices, None
    for _ in range(rounds):
        fresh = voices.take(np.arange(len(voices)))
        marks = [time.process_time()]
        floor(fresh)
        marks.append(time.process_time())
        pairs = candidates(fresh)
        marks.append(time.process_time())
        compared = levels(fresh, pairs)
        scores = score(compared)
        marks.append(time.process_time())
        clusters = cluster(fresh, pairs, scores)
        marks.append(time.process_time())
        spent = np.diff(marks)
        best = spent if best is None or spent.sum() < best.sum() else best
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole = best[1:].sum()
    print(
        f"{planted.name:22} {len(voices):>9,} {best[0]:7.2f} {best[1]:7.2f} {best[2]:7.2f} {best[3]:7.2f} {whole:7.2f}"
        f" {whole / best[0]:6.1f} {len(pairs):>10,} {memory:7.0f}"
    )
    asked = suggestions(fresh, clusters)
    print(f"   {_quality(clusters.label, planted.truth)}; a person is asked about {len(asked) / len(voices):.2%}")
    print(f"   said → true: {_calibration(scores, planted.truth[pairs.i] == planted.truth[pairs.j])}")


def _quality(label: NDArray, truth: NDArray) -> str:
    label, truth = (np.unique(values, return_inverse=True)[1] for values in (label, truth))
    _, both, common = np.unique(truth * (label.max() + 1) + label, return_inverse=True, return_counts=True)
    found, true = np.bincount(label), np.bincount(truth)
    together, claimed, actual = (float((sizes * (sizes - 1) // 2).sum()) for sizes in (common, found, true))
    precision, recall = together / claimed, together / actual
    element = (common[both] / found[label]).mean(), (common[both] / true[truth]).mean()
    return (
        f"pairs: precision {precision:.3f} recall {recall:.3f} F1 {2 * precision * recall / (precision + recall):.3f};"
        f" B-cubed F1 {2 * element[0] * element[1] / sum(element):.3f};"
        f" {len(found):,} threats for {len(true):,}, largest {found.max()}"
    )


def _calibration(scores: NDArray, same: NDArray) -> str:
    chosen = [(scores > low) & (scores <= high) for low, high in pairwise(BINS)]
    return "  ".join(f"{scores[part].mean():.2f} → {same[part].mean():.2f}" for part in chosen if part.any())


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
        measured(planted, chosen.rounds)
        measured_online(planted)
    for path in sorted(REFERENCE.glob("*.csv.gz")):
        measured(reference(path), chosen.rounds)
    if not REFERENCE.exists():
        print("The reference sets are not beside the repository: quality on them was not measured.")


if __name__ == "__main__":
    main()
