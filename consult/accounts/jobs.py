"""What accounts do by themselves: those that nobody uses are closed, and the trail of all is looked at every night."""

from flask import current_app

from consult.accounts import leaving, unused
from consult.audit import operations as audit
from consult.jobs.retention import Regime, Rule
from consult.jobs.schedule import Job


def close_unused() -> str:
    """Tell owners of unused accounts, and close those that were told two weeks ago."""
    counts = {"closed": unused.close(), "letters": unused.warn()}
    return ", ".join(f"{what} {number}" for what, number in counts.items() if number)


def look_at_the_trail() -> str:
    """Follow the chain of the audit trail; a broken one is an error in the log and a sentence on "Today".

    The line about a whole one is the anchor that the log keeps.
    """
    found = audit.check()
    if not found.is_intact:
        current_app.logger.error(
            "THE AUDIT TRAIL IS NOT AS IT WAS WRITTEN: entry %s; run `flask audit verify`", found.broken_at
        )
        return f"broken at entry {found.broken_at}"
    return f"whole, anchor: entry {found.entry_id} digest {found.entry_hash}"


JOBS = (
    Job("look at the audit trail", look_at_the_trail, at_hour=1),
    Job("close unused accounts", close_unused, at_hour=3),
)

RETENTION = (Rule("left_accounts", Regime.RODO, lambda: int(current_app.config["ACCOUNTS_KEPT_DAYS"]), leaving.forget),)
