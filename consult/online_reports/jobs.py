"""What reports do by themselves: news goes out by e-mail, and addresses are forgotten in time."""

from flask import current_app

from consult.clock import now
from consult.db import transaction
from consult.jobs.schedule import Job
from consult.online_reports import letters, looking


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


def erase_old_files() -> str:
    """Erase files of threats that were closed long enough ago, part after part; the trail tells how many."""
    erased = 0
    while True:
        with transaction():
            part = looking.erase_old(now(), current_app.config["FILES_KEPT_DAYS"])
        if not part:
            return f"files {erased}" if erased else ""
        erased += part


JOBS = (
    Job("tell reporters", tell_news, is_watching=True),
    Job("forget addresses", forget_addresses, is_watching=True),
    Job("erase old files", erase_old_files, at_hour=2),
)
