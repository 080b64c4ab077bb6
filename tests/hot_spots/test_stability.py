"""What may be called a hot spot: planted ones are found, chance gives none, and one place does not make its neighbours."""

import json

import numpy as np
import openpyxl
import pytest
from shapely.geometry import shape

from consult.hot_spots import neighbourhoods
from consult.hot_spots.autocorrelation import gi_star, moran
from consult.hot_spots.rates import held
from consult.hot_spots.stability import Measured, Question, Reason, Standing, judged

SIDE = 20


def grid():
    return neighbourhoods.in_grid(np.arange(SIDE * SIDE) % SIDE, np.arange(SIDE * SIDE) // SIDE)


def background(seed, mean=1.0):
    return np.random.default_rng(seed).poisson(mean, SIDE * SIDE).astype(float)


def in_parts(parts):
    """The question about the sum of the parts, each of which is left out in turn."""
    whole = sum(parts.values())
    return Question(Measured(whole), grid(), {name: Measured(whole - part) for name, part in parts.items()})


def quarters(counts, seed=5):
    """The counts of a year dealt out to its quarters."""
    dealt = np.random.default_rng(seed).multinomial(counts.astype(int), [0.25] * 4).T
    return {name: part.astype(float) for name, part in zip("1234", dealt, strict=True)}


def standings(judgement):
    return {one: judgement.places(one) for one in Standing if one is not Standing.ORDINARY}


def test_a_planted_hot_spot_is_found_with_its_places_and_hardly_more():
    counts = background(1)
    planted = [8 * SIDE + 8, 8 * SIDE + 9, 9 * SIDE + 8, 9 * SIDE + 9]
    counts[planted] += 12
    found = judged(in_parts(quarters(counts)))
    hot = found.places(Standing.HOT)
    assert set(planted) <= set(hot)
    assert len(hot) <= 5, "at most one beside them that has some of its own"
    finding = found.findings[planted[0]]
    assert finding.z > 5
    assert finding.adjusted < 0.05
    assert finding.hangs_on == ()


@pytest.mark.parametrize("mean", [0.2, 1.0, 8.0])
def test_chance_alone_gives_next_to_nothing(mean):
    """Thousands of places without anything: the share of false ones is held, so a map shows one seldom."""
    worlds = [judged(Question(Measured(background(seed, mean)), grid(), draws=9_999)) for seed in range(6)]
    called = [one.places(Standing.HOT, Standing.ALONE, Standing.UNSURE) for one in worlds]
    assert sum(map(bool, called)) <= 1


def test_one_loud_place_stands_out_alone_and_its_neighbours_do_not():
    counts = background(2)
    loud = 8 * SIDE + 8
    counts[loud] = 60
    found = judged(in_parts(quarters(counts)))
    assert found.places(Standing.ALONE) == [loud]
    assert found.places(Standing.HOT) == []
    beside = found.places(Standing.BESIDE)
    assert set(beside) <= set(grid().of_place(loud).tolist())
    assert all(Reason(loud) in found.findings[one].hangs_on for one in beside)


def test_what_one_quarter_makes_is_no_hot_spot():
    parts = quarters(background(3))
    planted = [8 * SIDE + 8, 8 * SIDE + 9, 9 * SIDE + 8, 9 * SIDE + 9]
    parts["3"][planted] += 9
    found = judged(in_parts(parts))
    assert found.places(Standing.HOT) == []
    marked = found.places(Standing.UNSURE, Standing.ALONE)
    assert set(planted) <= set(marked)
    assert all(Reason(None, "3") in found.findings[one].hangs_on for one in marked)


def test_a_quiet_place_beside_loud_ones_is_not_hot():
    counts = np.zeros(SIDE * SIDE)
    counts[::7] = 1
    counts[[8 * SIDE + 8, 8 * SIDE + 9]] = 25
    quiet = 7 * SIDE + 8
    counts[quiet] = 0
    found = judged(Question(Measured(counts), grid()))
    assert sorted(found.places(Standing.HOT)) == [8 * SIDE + 8, 8 * SIDE + 9]
    assert found.findings[quiet].standing is Standing.ORDINARY


@pytest.mark.parametrize("counts", [np.full(9, 30.0), np.eye(1, 50).ravel() * 19])
def test_too_little_gives_no_answer(counts):
    near = neighbourhoods.in_grid(np.arange(len(counts)), np.zeros(len(counts), dtype=int))
    assert judged(Question(Measured(counts), near)) == judged(Question(Measured(counts), near))
    assert not judged(Question(Measured(counts), near)).is_enough


def test_a_small_place_with_few_cases_is_not_hot_by_its_rate():
    """Three cases among a hundred people beside thousands with a third of that rate."""
    exposure = np.full(SIDE * SIDE, 10_000.0)
    counts = np.random.default_rng(4).poisson(0.01 * exposure).astype(float)
    small = 8 * SIDE + 8
    exposure[small], counts[small] = 100, 3
    found = judged(Question(Measured(counts, exposure), grid()))
    assert found.findings[small].standing is Standing.ORDINARY
    assert standings(found)[Standing.HOT] == []


# Poland: criminal-type offences recorded by the police, by districts, 2022 to 2024 (GUS, Bank Danych Lokalnych)

NIDZICA, MLAWA, PRZASNYSZ, SZCZYTNO, DZIALDOWO = "2811", "1413", "1422", "2817", "2803"
NEIGHBOURS = (MLAWA, PRZASNYSZ, SZCZYTNO, DZIALDOWO)
FIRST_YEAR = 2013


def rows(path):
    book = openpyxl.load_workbook(path, read_only=True)
    found = {row[0][:4]: row for row in book["TABLICA"].iter_rows(min_row=4, values_only=True) if row[0]}
    book.close()
    return found


@pytest.fixture(scope="module")
def poland(request):
    """The districts by their codes: neighbours, offences and people of each year."""
    shared = request.getfixturevalue("shared_folder")
    features = json.loads((shared / "boundaries" / "pl_powiaty.geojson").read_text())["features"]
    shapes = {one["properties"]["terc"]: shape(one["geometry"]) for one in features}
    codes = sorted(shapes)
    offences = rows(shared / "statistics" / "GUS_BDL_przestepstwa_2013-2024.xlsx")
    people = rows(shared / "statistics" / "GUS_BDL_ludnosc_2013-2024.xlsx")
    counts = np.array([[float(offences[code][2 + year]) for year in range(12)] for code in codes])
    both = np.array([[float(people[code][2 + year] + people[code][14 + year]) for year in range(12)] for code in codes])
    return codes, neighbourhoods.touching([shapes[code] for code in codes]), counts, both


@pytest.fixture(scope="module")
def shared_folder():
    from tests.conftest import SHARED

    if not SHARED.is_dir():
        pytest.skip("the reference data ../shared/data is not here")
    return SHARED


def test_the_districts_of_poland_as_esda_sees_them(poland):
    """esda 2.9.0: what Gi* says if nobody asks whether it is stable."""
    codes, near, counts, people = poland
    assert (near.count, near.weight.sum() / 2) == (380, 1003)
    rates = counts[:, -1] / people[:, -1] * 10_000
    assert moran(rates, near.standardised, draws=9).i == pytest.approx(0.14482561900490135, abs=1e-10)
    z = dict(zip(codes, gi_star(rates, near), strict=True))
    assert [z[code] for code in (NIDZICA, *NEIGHBOURS)] == pytest.approx(
        [5.300348636, 5.122635333, 5.036615988, 4.87807809, 4.708095608], abs=1e-8
    )


def test_the_neighbours_of_nidzica_are_not_hot(poland):
    """One case of 2024 was counted by its every act: the neighbours have nothing of it, and it is told as it is."""
    codes, near, counts, people = poland
    of = {code: k for k, code in enumerate(codes)}
    parts = {str(FIRST_YEAR + year): (counts[:, year], people[:, year]) for year in (9, 10, 11)}
    cases, exposure = (sum(pair[k] for pair in parts.values()) for k in (0, 1))
    left_out = {name: Measured(cases - part, exposure - there) for name, (part, there) in parts.items()}
    found = judged(Question(Measured(cases, exposure), near, left_out))
    assert {found.findings[of[code]].standing for code in NEIGHBOURS} <= {Standing.BESIDE, Standing.ORDINARY}
    lone = found.findings[of[NIDZICA]]
    assert lone.standing is Standing.ALONE
    assert lone.hangs_on == (Reason(None, "2024"),), "one unit, one year"
    assert found.places(Standing.HOT), "what is really hot is still told"


def test_the_neighbours_of_nidzica_are_not_hot_in_the_one_year_either(poland):
    codes, near, counts, people = poland
    of = {code: k for k, code in enumerate(codes)}
    found = judged(Question(Measured(counts[:, -1], people[:, -1]), near))
    assert found.findings[of[NIDZICA]].standing is Standing.ALONE
    for code in NEIGHBOURS:
        finding = found.findings[of[code]]
        assert finding.standing is Standing.BESIDE
        assert Reason(of[NIDZICA]) in finding.hangs_on


def test_winsorised_rates_clear_the_neighbours_of_nidzica_too(poland):
    codes, near, counts, people = poland
    z = dict(zip(codes, gi_star(held(counts[:, -1] / people[:, -1]), near), strict=True))
    assert max(z[code] for code in NEIGHBOURS) < 2
