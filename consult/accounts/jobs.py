"""What accounts do by themselves: those that nobody uses are closed."""

from flask import current_app

from consult.accounts import leaving, unused
from consult.jobs.retention import Regime, Rule
from consult.jobs.schedule import Job


def close_unused() -> str:
    """Tell owners of unused accounts, and close those that were told two weeks ago."""
    counts = {"closed": unused.close(), "letters": unused.warn()}
    return ", ".join(f"{what} {number}" for what, number in counts.items() if number)


JOBS = (Job("close unused accounts", close_unused, at_hour=3),)

RETENTION = (Rule("left_accounts", Regime.RODO, lambda: int(current_app.config["ACCOUNTS_KEPT_DAYS"]), leaving.forget),)
