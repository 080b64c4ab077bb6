"""Every figure that R's survey package printed for the schools of California, figure by figure, to nine digits."""

import csv
import json
from decimal import Decimal

import numpy as np
import pytest

from consult.estimates import tables, waves, weights
from consult.estimates.designs import Design, codes_of
from consult.estimates.measures import Sample, kish

pytestmark = pytest.mark.shared

INPUTS = ("population_margins.",)
"""What R was given, not what it found; the margins below are read from there."""

WORDS = {"source", "note"}


class Schools:
    """A file of schools: its columns, and the ways in which it was drawn."""

    def __init__(self, folder, name):
        with (folder / f"{name}.csv").open(newline="") as opened:
            self.rows = list(csv.DictReader(opened))
        self.weights = self.numbers("pw")
        self.people = np.arange(len(self.rows))
        self.same = np.zeros(len(self.rows), dtype=np.int64)

    def numbers(self, column):
        return np.array([float(row[column]) for row in self.rows])

    def words(self, column):
        return codes_of([row[column] for row in self.rows])

    def margins(self, population):
        return [
            weights.Margin(
                np.array([list(sizes).index(row[column]) for row in self.rows]),
                np.array([float(size) for size in sizes.values()]),
            )
            for column, sizes in population.items()
        ]

    def raked(self, design, population):
        margins = self.margins(population)
        fitted = weights.rake(self.weights, margins, close=1e-13)
        return Sample(design, self.weights, fitted.weights, tuple(margin.cells for margin in margins))


@pytest.fixture
def folder(shared):
    return shared / "survey"


@pytest.fixture
def expected(folder):
    """The file as path → text of the figure, so that its printed digits are known."""
    document = json.loads((folder / "expected_from_R.json").read_text(), parse_float=Decimal)
    return dict(leaves(document, ""))


def leaves(entry, path):
    if isinstance(entry, dict):
        for name, inner in entry.items():
            yield from leaves(inner, f"{path}{name}.")
    elif isinstance(entry, (list, tuple)):
        for place, inner in enumerate(entry):
            yield from leaves(inner, f"{path}{place}.")
    else:
        yield path, entry


def flat(found):
    return {path: float(figure) for path, figure in leaves(found, "")}


def stratified(folder):
    """Schools drawn within their types."""
    schools = Schools(folder, "apistrat")
    strata = schools.words("stype")
    sizes = np.array([schools.numbers("fpc")[strata == code][0] for code in range(3)])
    finite = Sample.drawn(Design(strata, schools.people, sizes), schools.weights)
    endless = Sample.drawn(Design(strata, schools.people), schools.weights)
    plain = Sample.drawn(Design.simple(len(schools.rows)), schools.weights)
    points, wide = schools.numbers("api00"), schools.words("sch.wide")
    enrolled = finite.total(schools.numbers("enroll"))
    yes = plain.mean(np.array([float(row["sch.wide"] == "Yes") for row in schools.rows]))
    top = endless.mean((points > 700).astype(float))
    score = endless.mean(100.0 * ((points > 750).astype(float) - (points <= 550)))
    test = tables.association(plain, wide, strata)
    return {
        "mean_api00": finite.mean(points).value,
        "se_strat_fpc": finite.mean(points).error,
        "se_strat": endless.mean(points).error,
        "se_weights_only": plain.mean(points).error,
        "total_enroll": enrolled.value,
        "se_total_enroll_strat_fpc": enrolled.error,
        "p_schwide_yes": yes.value,
        "se_schwide_weights_only": yes.error,
        "top2_lik_ge4": {
            "p": top.value,
            "xlogit": top.logit,
            "beta_korn_graubard": top.korn_graubard,
            "wald": top.interval,
            "degf": top.degrees,
        },
        "nps_like": {"score": score.value, "se": score.error},
        "rao_scott_schwide_x_stype": {
            "F": test.statistic,
            "ndf": test.numerator,
            "ddf": test.denominator,
            "p": test.probability,
            "X2": test.pearson,
        },
    }


def clustered(folder, population):
    """All schools of some districts that were drawn."""
    schools = Schools(folder, "apiclus1")
    points = schools.numbers("api00")
    design = Design(schools.same, schools.words("dnum"), schools.numbers("fpc")[:1])
    drawn, raked = Sample.drawn(design, schools.weights), schools.raked(design, population)
    enrolled = raked.total(schools.numbers("enroll"))
    types = schools.margins({"stype": population["stype"]})[0]
    fitted = weights.poststratified(schools.weights, types.cells, types.targets)
    in_types = Sample(design, schools.weights, fitted, (types.cells,)).mean(points)
    kinds = {f"{row['stype']}/{row['sch.wide']}": one for row, one in zip(schools.rows, raked.weights, strict=True)}
    return {
        "mean_api00": drawn.mean(points).value,
        "se": drawn.mean(points).error,
        "raked_stype_schwide": {
            "mean_api00": raked.mean(points).value,
            "se": raked.mean(points).error,
            "total_enroll": enrolled.value,
            "se_total_enroll": enrolled.error,
            "weights": kinds,
            "kish_neff": kish(raked.weights),
        },
        "poststratified_stype": {"mean_api00": in_types.value, "se": in_types.error},
    }


def plainly_drawn(folder, population):
    """Schools drawn from all, the population taken as endless."""
    schools = Schools(folder, "apisrs")
    raked = schools.raked(Design.simple(len(schools.rows)), population)
    mean = raked.mean(schools.numbers("api00"))
    return {"raked_stype_schwide": {"mean_api00": mean.value, "se": mean.error, "kish_neff": kish(raked.weights)}}


def test_every_figure_of_the_file_is_found_again(folder, expected):
    population = json.loads((folder / "expected_from_R.json").read_text())["population_margins"]
    found = flat(
        {
            "apistrat": stratified(folder),
            "apiclus1": clustered(folder, population),
            "apisrs": plainly_drawn(folder, population),
        }
    )
    wanted = {
        path: figure
        for path, figure in expected.items()
        if not path.startswith(INPUTS) and path.rstrip(".").rpartition(".")[2] not in WORDS
    }
    assert wanted.keys() == found.keys(), "a figure of the file that nobody computes, or the other way round"
    assert len(wanted) >= 41
    wrong = {
        path: (float(figure), found[path])
        for path, figure in wanted.items()
        if abs(found[path] - float(figure)) > max(1e-9 * abs(float(figure)), _shortfall(figure))
    }
    assert not wrong


def _shortfall(figure):
    """Half of the last digit, for figures that were printed with fewer than ten; whole numbers are exact."""
    printed = Decimal(figure).as_tuple()
    if len(printed.digits) >= 10 or isinstance(figure, int):
        return 0.0
    return float(Decimal((0, (5,), printed.exponent - 1)))


def test_two_waves_differ_as_in_the_reference(folder, expected):
    """The plain and the stratified schools as two waves: 5.70236315932073, error 13.3921597840657 (reference 4.3)."""
    plain, drawn = Schools(folder, "apisrs"), Schools(folder, "apistrat")
    strata = drawn.words("stype")
    before = Sample.drawn(Design.simple(len(plain.rows)), plain.weights).mean(plain.numbers("api00"))
    after = Sample.drawn(Design(strata, drawn.people), drawn.weights).mean(drawn.numbers("api00"))
    change = waves.difference((before.value, before.error), (after.value, after.error))
    assert change.value == pytest.approx(5.70236315932073, rel=1e-9)
    assert change.error == pytest.approx(13.3921597840657, rel=1e-9)
