"""What reports do by themselves: news goes out by e-mail, and addresses are forgotten in time."""

from collections.abc import Callable, Mapping

from flask import current_app

from consult.clock import now
from consult.db import transaction
from consult.jobs.retention import Regime, Rule
from consult.jobs.schedule import Job
from consult.online_reports import forgetting, letters, looking, operations


def tell_news() -> str:
    """Send letters about changes of status that nobody was told of yet."""
    told = letters.tell_news(now())
    counts = {"letters": told.sent, "waiting": told.waiting}
    return ", ".join(f"{what} {number}" for what, number in counts.items() if number)


def forget_addresses() -> str:
    """Forget addresses fourteen days after the end, and those that nobody confirmed."""
    with transaction():
        gone = letters.forget_ended(now())
    return f"addresses {gone}" if gone else ""


JOBS = (
    Job("tell reporters", tell_news, is_watching=True),
    Job("forget addresses", forget_addresses, is_watching=True),
)

RETENTION = (
    Rule("report_files", Regime.DODO, lambda: int(current_app.config["FILES_KEPT_DAYS"]), looking.erase_old),
    Rule("report_words", Regime.DODO, lambda: int(current_app.config["WORDS_KEPT_DAYS"]), forgetting.erase_words),
)

ERASERS: Mapping[str, Callable[[str], None]] = {
    operations.WITHDRAWN: operations.take_back_again,
    letters.LETTERS: letters.end_under,
}
"""What erases again, after a restore, what was erased since the backup."""
