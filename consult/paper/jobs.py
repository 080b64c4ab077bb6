"""What sheets do by themselves: scans are erased in time, since handwriting may lead to a person."""

from flask import current_app

from consult.clock import now
from consult.db import transaction
from consult.jobs.schedule import Job
from consult.paper import scans


def erase_old_scans() -> str:
    """Erase scans of forms that were closed long enough ago; the trail tells how many."""
    with transaction():
        erased = scans.erase_old(now(), current_app.config["FILES_KEPT_DAYS"])
    return f"scans {erased}" if erased else ""


JOBS = (Job("erase old scans", erase_old_scans, at_hour=2),)
