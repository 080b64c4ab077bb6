"""Intervals of shares: Wilson's for plain counts, the logit and Korn and Graubard's for shares out of a design.

A share of few cases is uncertain, and near 0 or 1 it is not equally so to both sides: all three say that honestly and
never leave 0 to 1. The two of a design equal `svyciprop` of R's survey package, methods "xlogit" and "beta".
"""

from math import exp, inf, log, sqrt

Interval = tuple[float, float]

Z_95 = 1.959964
"""So many standard errors to both sides make an interval that holds the truth 95 times in 100."""

LEVEL = 0.95


def wilson(successes: float, trials: float, z: float = Z_95) -> Interval:
    """Give the interval of a share (Wilson, 1927): `successes` of `trials`, of which there is at least one."""
    share, slack = successes / trials, z * z / trials
    middle = (share + slack / 2) / (1 + slack)
    reach = z * sqrt(share * (1 - share) / trials + slack / (4 * trials)) / (1 + slack)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def around(value: float, error: float, degrees: float = inf, level: float = LEVEL) -> Interval:
    """Give the plain interval of a mean, a total or a score: the value, and t times its standard error either way."""
    reach = student(degrees, level) * error
    return value - reach, value + reach


def logit(share: float, error: float, degrees: float = inf, level: float = LEVEL) -> Interval:
    """Give a share's interval computed on the logarithm of its odds; a share of 0 or 1 has none but itself."""
    if not 0 < share < 1:
        return share, share
    odds, reach = log(share / (1 - share)), student(degrees, level) * error / (share * (1 - share))
    return 1 / (1 + exp(reach - odds)), 1 / (1 + exp(-reach - odds))


def korn_graubard(share: float, people: float, effective: float, degrees: float, level: float = LEVEL) -> Interval:
    """Give a share's interval as if it came from a plain sample of `effective` people (Korn and Graubard, 1998).

    The exact interval of Clopper and Pearson, widened where the design has few degrees of freedom. `people` is how many
    stand behind the share.
    """
    from scipy.special import betaincinv  # a third of a second to load, and most pages need none of it

    tail = (1 - level) / 2
    size = effective * (student(people - 1, level) / student(degrees, level)) ** 2
    hits, misses = size * share, size * (1 - share)
    low = float(betaincinv(hits, misses + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, misses, 1 - tail)) if misses > 0 else 1.0
    return low, high


def student(degrees: float, level: float = LEVEL) -> float:
    """Give how many standard errors an interval reaches to either side: Student's t, or the normal at infinity."""
    from scipy.special import ndtri, stdtrit  # loaded where it is needed: see above

    tail = (1 + level) / 2
    return float(ndtri(tail) if degrees == inf else stdtrit(degrees, tail))
