"""Waiting times in which whoever still waits counts too (Kaplan and Meier, 1958).

The share that is done among what is finished flatters, since a case that waits for ever never enters it. Here the share
S(t) that waits longer than t is the product over all moments t_i up to t at which something was done of
(1 - d_i / n_i): d_i is how many were done at that moment, n_i how many had waited at least that long, open ones among
them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """How long something took, in days, or has waited until now if it is not over."""

    days: float
    is_over: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long things wait: how many in all, how many wait still, and the steps (days, share still waiting)."""

    count: int
    open: int
    steps: tuple[tuple[float, float], ...]

    @property
    def median_days(self) -> float | None:
        """The day by which half was done; None when so little is done that nobody can say."""
        return next((days for days, share in self.steps if share <= 0.5), None)

    def done_within(self, days: float) -> float:
        """Give the share that was done within so many days."""
        return 1.0 - next((share for at, share in reversed(self.steps) if at <= days), 1.0)


def waiting(waits: Iterable[Wait]) -> Waiting:
    """Estimate how long things wait, open ones counted for as long as they have waited."""
    known = list(waits)
    done = Counter(wait.days for wait in known if wait.is_over)
    left = Counter(wait.days for wait in known)
    at_risk, share = len(known), 1.0
    steps: list[tuple[float, float]] = []
    for days in sorted(left):
        if done[days]:
            share *= 1.0 - done[days] / at_risk
            steps.append((days, share))
        at_risk -= left[days]
    return Waiting(len(known), len(known) - done.total(), tuple(steps))
