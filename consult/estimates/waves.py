"""Whether something has changed between two independent samples, judged over all questions of one report together.

The more questions are compared, the more of them differ by chance: Holm's rule (1979) lets through only what would
stand out among so many. Beside each difference stands the smallest change that samples of this size would have noticed
in four cases out of five.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, hypot, sqrt

from consult.estimates.intervals import Z_95, Interval

ALPHA = 0.05
Z_POWER = 0.841621
"""With so many standard errors more a true change is noticed 80 times in 100 (normal, one side)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one sample to the next, and its standard error."""

    value: float
    error: float

    @property
    def probability(self) -> float:
        """How probable a difference as large as this is when nothing has changed."""
        return erfc(abs(self.value) / self.error / sqrt(2)) if self.error > 0 else float(self.value == 0)

    @property
    def interval(self) -> Interval:
        """The interval of the change."""
        return self.value - Z_95 * self.error, self.value + Z_95 * self.error

    @property
    def smallest_detectable(self) -> float:
        """The smallest true change that is noticed four times in five."""
        return (Z_95 + Z_POWER) * self.error


def difference(before: tuple[float, float], after: tuple[float, float]) -> Difference:
    """Compare two figures of independent samples, each with its standard error."""
    return Difference(after[0] - before[0], hypot(before[1], after[1]))


def holm(probabilities: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Tell which of several results stand out, so that together not one in twenty reports names a false one."""
    order = sorted(range(len(probabilities)), key=probabilities.__getitem__)
    found = [False] * len(probabilities)
    for place, number in enumerate(order):
        if probabilities[number] > alpha / (len(probabilities) - place):
            break
        found[number] = True
    return found
