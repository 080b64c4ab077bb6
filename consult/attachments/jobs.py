"""What attachments do by themselves: erased files leave the disk, and so does what nobody sent."""

from consult.attachments import operations
from consult.clock import now
from consult.jobs.schedule import Job


def sweep_gone() -> str:
    """Take erased files and forgotten forms' files off the disk."""
    gone, forgotten = operations.sweep_gone(now())
    told = {"erased files": gone, "forms never sent": forgotten}
    return ", ".join(f"{what} {number}" for what, number in told.items() if number)


def sweep_orphans() -> str:
    """Take files off the disk whose transaction failed."""
    swept = operations.sweep_orphans(now())
    return f"files without a row {swept}" if swept else ""


JOBS = (
    Job("erase attachments", sweep_gone, is_watching=True),
    Job("sweep attachments", sweep_orphans, at_hour=3),
)
