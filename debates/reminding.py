"""Letters about deadlines of requests and promises: one a person and day, with everything that is new in it.

The letter names offices, days and debates and leads to the pages; what residents said stays inside the service.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError, NoResultFound

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.clock import now
from consult.db import db, transaction
from consult.mail.operations import send
from consult.web.addresses import public_url
from consult.web.roles import Role
from debates import queries
from debates.deadlines import Reminder, Terms
from debates.models import DeadlineReminder, Meeting
from debates.queries import Due
from debates.wording import asked_of, held

MOST_LISTED = 50
MOST_IN_A_ROW = 3
"""After so many letters that no mail server took, the others wait for tomorrow."""


@dataclass(frozen=True)
class Told:
    """How many letters went out, and how many wait for the mail server."""

    sent: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Item:
    """One deadline in a letter, and why it stands there."""

    due: Due
    reminder: Reminder

    @property
    def mark(self) -> tuple[int | None, int | None, date, Reminder]:
        """What tells it from every other one: the same thing with another day is another one."""
        promise = self.due.commitment
        return (
            None if promise else self.due.proposal.id,
            promise.id if promise else None,
            self.due.due_on,
            self.reminder,
        )

    @property
    def line(self) -> dict[str, Any]:
        """What the letter says of it."""
        promise, meeting = self.due.commitment, self.due.proposal.meeting
        return {
            "who": promise.who if promise else asked_of(self.due.proposal),
            "is_promise": promise is not None,
            "due_on": self.due.due_on,
            "meeting": f"{meeting.title}, {held(meeting)}",
            "url": public_url("debates.proposal", proposal_id=self.due.proposal.id),
        }


def terms() -> Terms:
    """Give the days of reminding that the installation chose."""
    return Terms(int(current_app.config["DEADLINE_SOON_DAYS"]), int(current_app.config["DEADLINE_AGAIN_DAYS"]))


def remind(today: date) -> Told:
    """Write to everybody who has to know of a deadline, and has not been told yet. Commits for each letter."""
    sent = waiting = in_a_row = 0
    for account_id, items in _by_person(today).items():
        is_sent = in_a_row < MOST_IN_A_ROW and _tell(account_id, items)
        in_a_row = 0 if is_sent else in_a_row + 1
        sent, waiting = sent + is_sent, waiting + (not is_sent)
    return Told(sent, waiting)


def _by_person(today: date) -> dict[int, list[Item]]:
    """Sort what is due by the people who have to know it, without what they were told already."""
    chosen, readers, found = terms(), dict[int, list[Account]](), dict[int, list[Item]]()
    for due in queries.due(chosen.last_day(today)):
        reminder, meeting = chosen.reminder(due.due_on, today), due.proposal.meeting
        people = readers.setdefault(meeting.id, readers_of(meeting))
        for person in people if reminder else ():
            assert reminder is not None
            found.setdefault(person.id, []).append(Item(due, reminder))
    told = {person: queries.reminded(person) for person in found}
    new = {person: [item for item in items if item.mark not in told[person]] for person, items in found.items()}
    return {person: items for person, items in new.items() if items}


def readers_of(meeting: Meeting) -> list[Account]:
    """List who is told: the heads of the unit; without any, who answers for the author, or the unit's officers."""
    heads = accounts.people_of(meeting.unit_id, Role.HEAD)
    if heads:
        return list(heads)
    try:
        author = accounts.responsible_for(meeting.author_id)
    except NoResultFound:  # a file brought it
        author = None
    return [author] if author is not None else list(accounts.people_of(meeting.unit_id, Role.OFFICER))


def _tell(account_id: int, items: Sequence[Item]) -> bool:
    """Send one letter; tell whether there is nothing more to do about it today."""
    person, lines = accounts.account(account_id), _lines(items)
    address = person.email
    if not _claim(account_id, items):
        return True  # another worker was quicker
    try:
        send(address, "mail/deadlines", **lines)
    except SMTPRecipientsRefused:
        current_app.logger.warning("a letter about deadlines found no mailbox")
    except (SMTPException, OSError) as error:
        current_app.logger.warning("a letter about deadlines waits: %s", type(error).__name__)
        _unclaim(account_id, items)
        return False
    return True


def _lines(items: Sequence[Item]) -> dict[str, Any]:
    """Say what stands in the letter, the longest overdue first; what does not fit is counted."""
    shown = items[:MOST_LISTED]
    by_reason = {reminder: [item.line for item in shown if item.reminder is reminder] for reminder in Reminder}
    return {
        "again": by_reason[Reminder.AGAIN],
        "passed": by_reason[Reminder.PASSED],
        "soon": by_reason[Reminder.SOON],
        "more": len(items) - len(shown),
        "number": len(items),
        "url": public_url("desk.due_today"),
    }


def _claim(account_id: int, items: Iterable[Item]) -> bool:
    """Note that a person is told, before the letter leaves; of two workers one gets it."""
    try:
        with transaction():
            db.session.add_all(_row(account_id, item) for item in items)
    except IntegrityError:
        return False
    return True


def _row(account_id: int, item: Item) -> DeadlineReminder:
    proposal_id, commitment_id, due_on, reminder = item.mark
    facts = {"proposal_id": proposal_id, "commitment_id": commitment_id, "due_on": due_on, "reminder": reminder}
    return DeadlineReminder(account_id=account_id, sent_at=now(), **facts)


def _unclaim(account_id: int, items: Iterable[Item]) -> None:
    with transaction():
        for proposal_id, commitment_id, due_on, reminder in [item.mark for item in items]:
            row = DeadlineReminder
            own = (row.account_id == account_id, row.due_on == due_on, row.reminder == reminder)
            thing = row.proposal_id == proposal_id if proposal_id else row.commitment_id == commitment_id
            db.session.execute(delete(row).where(*own, thing))
