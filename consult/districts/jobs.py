"""What boundaries do by themselves: when a set's first day has come, all places are read by it."""

from consult.db import transaction
from consult.districts import moving
from consult.jobs.schedule import Job


def apply_boundaries() -> str:
    """Read all places by the boundaries of today, once for each set."""
    with transaction():
        tallies = moving.apply()
    return ", ".join(f"{tally.kind} {tally.moved}" for tally in tallies)


JOBS = (Job("boundaries", apply_boundaries, is_watching=True),)
