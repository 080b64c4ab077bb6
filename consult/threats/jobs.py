"""What the heart does by itself: joining anew when its rule has changed, and releasing the counts of the last month."""

from consult.db import transaction
from consult.jobs.schedule import Job
from consult.threats import joining
from consult.threats.releasing import release_last_month


def join_by_new_rule() -> str:
    """Join everything anew when weights or thresholds are not those by which it was joined last."""
    with transaction():
        if not joining.is_due():
            return ""
        joined = joining.join()
    return f"observations {joined.observations}, changed {joined.changed}"


JOBS = (
    Job("join by a new rule", join_by_new_rule, at_hour=3),
    Job("release the month", release_last_month, at_hour=4),
)
