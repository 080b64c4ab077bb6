"""States of a threat and the changes that are allowed between them: one table, no exceptions elsewhere."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The states of the National Map of Security Threats."""

    NEW = "new"
    IN_VERIFICATION = "in_verification"
    CONFIRMED = "confirmed"
    ELIMINATED = "eliminated"
    HANDED_OVER = "handed_over"
    NOT_CONFIRMED = "not_confirmed"
    JOKE = "joke"


ALLOWED: dict[Status, tuple[Status, ...]] = {
    Status.NEW: (Status.IN_VERIFICATION, Status.JOKE),
    Status.IN_VERIFICATION: (Status.CONFIRMED, Status.NOT_CONFIRMED, Status.JOKE),
    Status.CONFIRMED: (Status.ELIMINATED, Status.HANDED_OVER),
    Status.HANDED_OVER: (Status.ELIMINATED, Status.CONFIRMED),
    Status.ELIMINATED: (Status.IN_VERIFICATION,),
    Status.NOT_CONFIRMED: (Status.IN_VERIFICATION,),
    Status.JOKE: (Status.IN_VERIFICATION,),
}
"""From each state, the states that may follow. A threat that comes back is verified anew; its history stays."""

OPEN = (Status.NEW, Status.IN_VERIFICATION, Status.CONFIRMED, Status.HANDED_OVER)
"""States in which somebody still has something to do."""

CHECKED = (Status.CONFIRMED, Status.ELIMINATED, Status.HANDED_OVER)
"""States of a threat that the police found to be there."""

RESULTS = (Status.CONFIRMED, Status.NOT_CONFIRMED, Status.JOKE)
"""What a verification may end in."""

CLOSED = (Status.ELIMINATED, Status.NOT_CONFIRMED, Status.JOKE)
"""States after which nobody has anything to do, until somebody speaks of the threat again."""


@dataclass(eq=False)
class ChangeRefused(Exception):
    """A change of status is not allowed; `fault` says why: not_allowed, no_reason, or no_checks."""

    fault: str


def check_change(before: Status, after: Status, reason: str, *, is_checked: bool) -> None:
    """Refuse a change that the table does not allow, has no reason, or calls unconfirmed what was hardly checked."""
    if after not in ALLOWED[before]:
        raise ChangeRefused("not_allowed")
    if not reason.strip():
        raise ChangeRefused("no_reason")
    if after is Status.NOT_CONFIRMED and not is_checked:
        raise ChangeRefused("no_checks")
