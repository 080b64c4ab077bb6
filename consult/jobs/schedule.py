"""What runs by itself: a job's name, what it does, and from which hour of the day."""

from collections.abc import Callable
from dataclasses import dataclass

MOST_ATTEMPTS = 3
"""So often a job that fails is tried on one day."""


@dataclass(frozen=True)
class Job:
    """Work that nobody waits for. `run` commits its own transactions, and tells in one line what it did, if anything.

    It runs once a day from `at_hour` of Warsaw on; one that `is_watching` runs at every round, to find what has
    become due meanwhile.
    """

    name: str
    run: Callable[[], str]
    at_hour: int = 0
    is_watching: bool = False
