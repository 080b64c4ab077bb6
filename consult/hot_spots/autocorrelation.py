"""Whether places near each other are alike: Moran's I for the whole, local Moran and Getis–Ord Gi* for each place.

The figures equal those of esda, the library of the field. Chances by permutation are drawn from a fixed seed, so that
the same figures always give the same answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consult.geo import Floats
from consult.hot_spots.neighbourhoods import Neighbourhoods

SEED = 20_250_101
DRAWS = 49_999
"""How often chance is asked: the smallest chance that can be told is one in fifty thousand."""

Picks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Moran:
    """Moran's I: how alike neighbours are in the whole, what chance would give, and how seldom it gives as much.

    `p_normal` takes the values for drawn from a normal distribution, `p_randomised` only for dealt out anew (both for
    either side), `p_permuted` deals them out and counts (for likeness alone).
    """

    i: float
    expected: float
    z_normal: float
    z_randomised: float
    p_normal: float
    p_randomised: float
    p_permuted: float


def moran(values: Floats, near: Neighbourhoods, draws: int = 999, seed: int = SEED) -> Moran:
    """Tell how alike neighbours are. Values that are all the same are refused: likeness of nothing has no meaning."""
    apart = _apart(values)
    total, around = near.weight.sum(), float(apart @ near.added(apart))
    found = near.count / total * around / float(apart @ apart)
    expected = -1.0 / (near.count - 1)
    z_normal, z_randomised = ((found - expected) / math.sqrt(variance) for variance in _variances(apart, near))
    generator = np.random.default_rng(seed)
    dealt = (generator.permutation(apart) for _ in range(draws))
    as_much = sum(float(one @ near.added(one)) >= around - 1e-12 for one in dealt)
    p_permuted = (as_much + 1) / (draws + 1)
    return Moran(
        found, expected, z_normal, z_randomised, _either_side(z_normal), _either_side(z_randomised), p_permuted
    )


def _variances(apart: Floats, near: Neighbourhoods) -> tuple[float, float]:
    """Give the variance of I for normal values, and for values dealt out anew (Cliff and Ord, 1981)."""
    n, s0 = near.count, float(near.weight.sum())
    into = np.bincount(near.other, near.weight, n)
    s1 = float((near.weight**2).sum() + (near.weight * _mirrored(near)).sum())
    s2 = float(((near.added(np.ones(n)) + into) ** 2).sum())
    expected = -1.0 / (n - 1)
    normal = (n * n * s1 - n * s2 + 3 * s0 * s0) / (s0 * s0 * (n * n - 1)) - expected**2
    peaked = float((apart**4).mean() / (apart**2).mean() ** 2)
    dealt = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0)
    dealt -= peaked * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)
    return normal, dealt / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - expected**2


def _mirrored(near: Neighbourhoods) -> Floats:
    """Give the weight of each pair the other way round, nought where there is none."""
    key, mirrored = near.of * near.count + near.other, near.other * near.count + near.of
    spot = np.minimum(np.searchsorted(key, mirrored), len(key) - 1)
    return np.where(key[spot] == mirrored, near.weight[spot], 0.0)


def local_moran(values: Floats, near: Neighbourhoods) -> Floats:
    """Tell of each place whether it is like its neighbours (above nought) or unlike them; weights are standardised."""
    apart = _apart(values)
    return (near.count - 1) * apart * near.standardised.added(apart) / float(apart @ apart)


def gi_star(values: Floats, near: Neighbourhoods) -> Floats:
    """Give Getis and Ord's Gi* as z of each place: how far it is above average together with its neighbours."""
    spread = values.std()
    if spread == 0:
        return np.zeros(near.count)
    members = near.sizes + 1.0
    beyond = values + near.added(values) / _weight(near) - members * values.mean()
    reach = np.sqrt(members * (near.count - members) / (near.count - 1))
    return np.divide(beyond, spread * reach, out=np.zeros(near.count), where=reach > 0)


def _weight(near: Neighbourhoods) -> float:
    """Give the one weight of all pairs: Gi* is for neighbours that count alike."""
    assert np.ptp(near.weight) == 0 if len(near.weight) else True, "Gi* takes binary weights"
    return float(near.weight[0]) if len(near.weight) else 1.0


def dealt_out(count: int, most: int, draws: int = DRAWS, seed: int = SEED) -> Picks:
    """Draw `most` different places out of `count`, again and again: what chance would put side by side."""
    generator = np.random.default_rng(seed)
    picked = np.empty((draws, min(most, count)), dtype=np.int64)
    for turn in range(picked.shape[1]):
        drawn = generator.integers(0, count - turn, draws)
        for taken in np.sort(picked[:, :turn], axis=1).T:  # the drawn-th of those not taken yet
            drawn += drawn >= taken
        picked[:, turn] = drawn
    return picked


class Background:
    """What chance puts side by side among places: the sums of so many of them, drawn again and again.

    Whoever asks about some places is told about all the others, so that a high place does not hide itself, nor hide
    another: draws that touch places which are left out are not counted.
    """

    def __init__(self, values: Floats, picks: Picks, without: Sequence[int] = ()) -> None:
        self._running = np.ascontiguousarray(np.cumsum(values[picks], axis=1).T)
        holding = np.argsort(picks.ravel(), kind="stable")
        self._draws = holding // picks.shape[1]
        self._starts = np.searchsorted(picks.ravel()[holding], np.arange(len(values) + 1))
        self._kept = np.ones(len(picks), dtype=bool)
        self._kept = self._kept_without(without)

    def chance(self, total: float, members: int, around: Sequence[int]) -> float:
        """Tell how seldom so many places, none of those `around`, have at least such a total together."""
        if members == 0:
            return 1.0
        kept = self._kept_without(around)
        sums = self._running[min(members, len(self._running)) - 1]
        as_much = np.count_nonzero((sums >= total - abs(total) * 1e-12 - 1e-12) & kept)
        return float(as_much + 1) / (np.count_nonzero(kept) + 1)

    def _kept_without(self, places: Sequence[int]) -> NDArray[np.bool_]:
        """Tell which draws touch none of some places."""
        kept = self._kept.copy()
        for place in places:
            kept[self._draws[self._starts[place] : self._starts[place + 1]]] = False
        return kept


def _apart(values: Floats) -> Floats:
    apart = values - values.mean()
    if not np.ptp(values):
        raise ValueError("all values are the same")
    return apart


def _either_side(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))
