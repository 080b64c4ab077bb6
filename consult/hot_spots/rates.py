"""Counts and rates that few cases do not carry away: smoothed, held, with their interval, and against a year before."""

from dataclasses import dataclass

import numpy as np

from consult.geo import Floats

HELD_SHARE = 0.05
SURE = 0.95


def smoothed(counts: Floats, exposure: Floats) -> Floats:
    """Draw the rates of small places towards the rate of all (empirical Bayes: Marshall, 1991).

    Where the places differ no more than chance explains, every place has the rate of all.
    """
    overall, between = _moments(counts, exposure)
    if between <= 0:
        return np.full(len(counts), overall)
    trust = between / (between + overall / exposure)
    return trust * counts / exposure + (1 - trust) * overall


def evened(counts: Floats, exposure: Floats) -> Floats:
    """Give the rates as distances from the rate of all, in standard errors of each place (Assunção and Reis, 1999)."""
    overall, between = _moments(counts, exposure)
    variance = between + overall / exposure
    return (counts / exposure - overall) / np.sqrt(np.where(variance < 0, overall / exposure, variance))


def held(values: Floats, share: float = HELD_SHARE) -> Floats:
    """Hold the highest and lowest values at those of the places just below and above them (winsorised)."""
    lowest, highest = np.quantile(values, (share, 1 - share), method="inverted_cdf")
    return np.clip(values, lowest, highest)


def _moments(counts: Floats, exposure: Floats) -> tuple[float, float]:
    """Give the rate of all, and the variance of rates between places that is left without chance."""
    overall = float(counts.sum() / exposure.sum())
    spread = float((exposure * (counts / exposure - overall) ** 2).sum() / exposure.sum())
    return overall, spread - overall / float(exposure.mean())


def chances_alone(counts: Floats, exposure: Floats) -> Floats:
    """Tell how seldom a place has so many cases if it is like all the others, whose rates differ among themselves.

    Rates of the others follow a gamma distribution with their mean and variance, cases a Poisson distribution around a
    rate: together a negative binomial one. Each place is compared with the others only, so that none excuses itself.
    """
    from scipy.stats import nbinom, poisson  # most of a second to import

    cases, people, squares = (column.sum() - column for column in (counts, exposure, counts**2 / exposure))
    overall = cases / people
    spread = squares / people - overall**2
    between = np.maximum(spread - overall * (len(counts) - 1) / people, 0.0)
    expected = overall * exposure
    shape = np.divide(overall**2, between, out=np.ones(len(counts)), where=between > 0)
    mixed = nbinom.sf(counts - 1, shape, shape / (shape + expected))
    found = np.where(between > 0, mixed, poisson.sf(counts - 1, expected))
    return np.asarray(np.where(expected > 0, found, np.where(counts > 0, 0.0, 1.0)))


@dataclass(frozen=True, slots=True)
class Change:
    """How a count stands to that of the same season a year before; None where nothing can be said.

    `highest` is infinite when there was nothing a year before. `p` is the chance of such a difference, or a greater
    one, if nothing changed.
    """

    now: int
    before: int
    ratio: float | None
    lowest: float
    highest: float
    p: float


def change(now: int, before: int) -> Change:
    """Compare two counts of seasons of the same length: exactly, given how many they are together."""
    from scipy.stats import beta, binomtest  # most of a second to import

    if now + before == 0:
        return Change(0, 0, None, 0.0, np.inf, 1.0)
    tail = (1 - SURE) / 2
    low = float(beta.ppf(tail, now, before + 1)) if now else 0.0
    high = float(beta.ppf(1 - tail, now + 1, before)) if before else 1.0
    ratio = now / before if before else None
    highest = high / (1 - high) if high < 1 else np.inf
    return Change(now, before, ratio, low / (1 - low), highest, float(binomtest(now, now + before).pvalue))


def count_interval(count: int) -> tuple[float, float]:
    """Give the exact interval of a count (Garwood, 1936): how many there would be in a season like this one."""
    from scipy.stats import chi2  # most of a second to import

    tail = (1 - SURE) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2
