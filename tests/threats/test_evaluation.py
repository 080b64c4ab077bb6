"""Trying the rule on threats that are known: counts by hand, the plain rule, the file, and the command."""

import csv
import gzip
import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.linking import planted_towns
from consult.threats import evaluation, planted_file
from consult.threats.evaluation import Quality
from consult.threats.planted_file import FileRefused
from tests.conftest import SHARED

REFERENCE = SHARED / "joining" / "planted_sparse_10k.csv.gz"
HEADER = "id,lon,lat,observed_at,category,category_group,source,text,truth"
ROW = "1,19.0,51.6,2026-05-21T05:57:10,c1,g1,online,szklanki na placu zabaw,t1"


def pairs_of(labels):
    return {pair for pair in combinations(range(len(labels)), 2) if labels[pair[0]] == labels[pair[1]]}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25))
def test_precision_and_recall_are_those_of_counted_pairs(both):
    label, truth = (np.array(column) for column in zip(*both, strict=True))
    found = evaluation.quality(label, truth)
    claimed, true = pairs_of(label), pairs_of(truth)
    assert found.precision == pytest.approx(len(claimed & true) / len(claimed) if claimed else 1.0)
    assert found.recall == pytest.approx(len(claimed & true) / len(true) if true else 1.0)
    precision, recall = [], []
    for k in range(len(label)):
        own, belonging = set(np.flatnonzero(label == label[k])), set(np.flatnonzero(truth == truth[k]))
        precision.append(len(own & belonging) / len(own))
        recall.append(len(own & belonging) / len(belonging))
    one, other = np.mean(precision), np.mean(recall)
    assert found.b3_f1 == pytest.approx(2 * one * other / (one + other))


def test_the_whole_truth_is_perfect_and_one_heap_is_not():
    truth = np.array([1, 1, 2, 3, 3, 3])
    assert evaluation.quality(truth * 7, truth) == Quality(1.0, 1.0, 1.0, 3, 3, 3)
    heap = evaluation.quality(np.zeros(6, dtype=np.int64), truth)
    assert heap.recall == 1.0
    assert heap.precision == pytest.approx(4 / 15)


def test_calibration_weighs_bars_by_their_pairs():
    scores = np.array([0.05] * 10 + [0.95] * 30)
    same = np.array([True] + [False] * 9 + [True] * 24 + [False] * 6)
    curve = evaluation.calibration(scores, same)
    assert [(round(bar.said, 2), round(bar.found, 2), bar.pairs) for bar in curve] == [(0.05, 0.1, 10), (0.95, 0.8, 30)]
    assert evaluation.calibration_error(curve) == pytest.approx((10 * 0.05 + 30 * 0.15) / 40)
    assert evaluation.calibration_error([]) == 0.0


def test_the_rule_learnt_beats_the_best_plain_rule():
    towns = planted_towns(20_000, seed=5)
    found = evaluation.evaluate(towns.voices, towns.source, towns.truth)
    assert found.is_fitted
    assert found.quality.f1 > found.plain.f1 + 0.05
    assert found.plain.metres in evaluation.METRES
    assert found.plain.days in evaluation.DAYS


def test_the_truth_teaches_nothing():
    towns = planted_towns(20_000, seed=5)
    scrambled = np.random.default_rng(2).permutation(towns.truth)
    found = evaluation.evaluate(towns.voices, towns.source, towns.truth)
    assert evaluation.evaluate(towns.voices, towns.source, scrambled).weights == found.weights


def test_with_too_little_to_learn_from_the_weights_of_the_product_are_tried():
    few = planted_towns(300)
    found = evaluation.evaluate(few.voices, few.source, few.truth)
    assert not found.is_fitted
    assert found.accuracies == {}


def written(folder, *rows, header=HEADER, packed=False):
    path = folder / ("voices.csv.gz" if packed else "voices.csv")
    text = "\n".join([header, *rows, ""])
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_read_packed_or_plain(tmp_path, packed):
    path = written(tmp_path, ROW, ROW.replace("1,19", "2,19").replace("t1", "t2"), packed=packed)
    planted = planted_file.read(path)
    assert planted.voices.key.tolist() == [1, 2]
    assert planted.sources == ("online",)
    assert planted.truth.tolist() == [0, 1]
    assert planted.voices.words[0] != 0


def test_ids_may_be_texts_and_accuracies_may_be_told(tmp_path):
    path = written(tmp_path, ROW.replace("1,19", "a,19") + ",12.5", header=HEADER + ",accuracy_m")
    planted = planted_file.read(path)
    assert planted.voices.key.tolist() == ["a"]
    assert planted.voices.accuracy_m.tolist() == [12.5]


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        ((), HEADER, "no rows"),
        ((ROW,), "id,lon,lat", "the header lacks observed_at"),
        ((ROW.replace("19.0", "x"),), HEADER, "row 2: lon is no number"),
        ((ROW.replace("19.0", "nan"),), HEADER, "row 2: nan, 51.6 does not lie in Poland"),
        ((ROW.replace("19.0", "500"),), HEADER, "row 2: 500.0, 51.6 does not lie in Poland"),
        ((ROW, ROW.replace("2026-05-21T05:57:10", "yesterday")), HEADER, "row 3: observed_at is no date"),
        ((ROW, ROW), HEADER, "two rows have the same id"),
        (("1,19.0",), HEADER, "row 2: too few fields"),
    ],
)
def test_a_faulty_file_is_refused_with_its_row(tmp_path, rows, header, said):
    with pytest.raises(FileRefused) as refused:
        planted_file.read(written(tmp_path, *rows, header=header))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"\x1f\x8bnot packed at all", gzip.compress(b"x" * 9000)[:40], b"id\xff\xfe,lon\n1,2\n"]
)
def test_what_is_no_file_of_voices_is_refused(tmp_path, content):
    path = tmp_path / "voices.csv.gz"
    path.write_bytes(content)
    with pytest.raises(FileRefused):
        planted_file.read(path)


def told_by(app, path):
    return app.test_cli_runner().invoke(args=["threats", "evaluate", str(path)])


@pytest.mark.skipif(not REFERENCE.exists(), reason="the planted voices are not beside the repository")
def test_the_command_ends_with_figures_in_one_line(app):
    result = told_by(app, REFERENCE)
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["records"] == 9_909
    assert figures["pair_f1"] >= 0.94
    assert figures["calibration_error"] <= 0.08
    assert figures["fitted"] is True
    assert {"pair_precision", "pair_recall", "b3_f1", "clusters", "truth_clusters", "cpu_s", "floor_cpu_s"} <= set(
        figures
    )
    assert figures["peak_rss_mb"] < 2_000


def test_the_command_refuses_with_a_sentence(app, tmp_path):
    result = told_by(app, written(tmp_path, ROW.replace("19.0", "x")))
    assert result.exit_code == 1
    assert "voices.csv: row 2: lon is no number" in result.stderr


def test_the_command_takes_a_file_of_its_own_makers(app, tmp_path):
    """Any category, group and source: the columns are texts."""
    towns = planted_towns(400, seed=3)
    from consult.geo import _back

    lon, lat = _back().transform(towns.voices.x, towns.voices.y)
    path = tmp_path / "own.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.split(","))
        for k in range(400):
            writer.writerow([f"v{k}", lon[k], lat[k], "2026-05-21", "śmieci", "porządek", "listy", "", towns.truth[k]])
    result = told_by(app, path)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["fitted"] is False
