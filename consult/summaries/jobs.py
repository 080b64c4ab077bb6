"""What summaries do by themselves: the readers of a district are told of its releases."""

from collections.abc import Callable, Mapping

from consult.clock import now
from consult.jobs.schedule import Job
from consult.summaries import letters, readers


def tell_readers() -> str:
    """Send letters about released summaries that their readers were not told of yet."""
    told = letters.tell_readers(now())
    counts = {"letters": told.sent, "waiting": told.waiting, "refused": told.failed}
    return ", ".join(f"{what} {number}" for what, number in counts.items() if number)


JOBS = (Job("tell readers of summaries", tell_readers, is_watching=True),)

ERASERS: Mapping[str, Callable[[str], None]] = {readers.ENDED: readers.stop_again}
"""What erases again, after a restore, what was erased since the backup."""
