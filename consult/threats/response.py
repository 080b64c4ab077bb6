"""The answer of the police: checks on the spot, and the change of a status with the words that residents read.

Nothing here commits. What a person has touched is settled: the machine may add voices to it and takes none away.
"""

from datetime import UTC, date, datetime, time, timedelta

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.audit import operations as audit
from consult.clock import now, today
from consult.db import db
from consult.period import WARSAW, day_of
from consult.threats import checking, hand_overs, queries
from consult.threats.checking import Finding, Missing
from consult.threats.models import Assignment, Check, Note, ReasonTemplate, StatusChange, Threat
from consult.threats.turns import alone, of_this
from consult.threats.workflow import CLOSED, Status, check_change


class TitleTaken(Exception):
    """There is a template with this title for this state already."""


NEWS_FOR = timedelta(days=30)
"""How old what somebody saw may be to open a closed threat again."""


class CheckRefused(Exception):
    """A check lies in the future, or before anybody spoke of the threat; `fault` says which: future or too_early."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class NotAssignable(Exception):
    """The person may not decide about the threat, or has left."""


def record_check(
    threat: Threat, key: str, checked_on: date, checked_time: time, finding: Finding, note: str, actor_id: int
) -> Check:
    """Write down a check on the spot; the same key again is the same check.

    Raises CheckRefused, and KeyOfAnother when the key is another's.

    Day and time are those of Warsaw. The hour that the end of summer time repeats is taken for its first run.
    """
    alone(threat.group_code)
    checked_at, note = datetime.combine(checked_on, checked_time, WARSAW).astimezone(UTC), note.strip()
    said = {"checked_at": checked_at, "finding": finding, "note": note}
    known = of_this(queries.check_by_key(key), threat_id=threat.id, actor_id=actor_id, **said)
    if known is not None:
        return known
    if checked_on < day_of(threat.first_at):
        raise CheckRefused("too_early")
    if checked_at > now():
        raise CheckRefused("future")
    check = Check(
        key=key,
        threat_id=threat.id,
        checked_at=checked_at,
        finding=Finding(finding),
        note=note,
        actor_id=actor_id,
        entered_at=now(),
    )
    db.session.add(check)
    threat.is_settled = True
    db.session.flush()  # what is missing is computed from the rows
    audit.note(actor_id, "record_check", "threat", threat.id, finding=check.finding.value)
    return check


def withdraw_check(check: Check, actor_id: int) -> None:
    """Take back a check that was entered by mistake; its row stays."""
    if check.withdrawn_at is None:
        check.withdrawn_at = now()
        db.session.flush()  # what is missing is computed from the rows
        audit.note(actor_id, "withdraw_check", "threat", check.threat_id, finding=check.finding.value)


def still_missing(threat: Threat) -> Missing:
    """Tell what is missing before a threat may be called not confirmed."""
    needed = int(current_app.config["CHECKS_NEEDED"])
    return checking.missing(queries.looks_at(threat), queries.times_told_of(threat), needed)


def change_status(threat: Threat, after: Status, reason: str, actor_id: int) -> StatusChange:
    """Change the status by the table of `workflow`, or raise ChangeRefused; the same click twice is one change."""
    after = Status(after)
    alone(threat.group_code)
    db.session.refresh(threat, ["status"])  # of two clicks at once, the second sees what the first did
    if (done := _just_done(threat, after, reason.strip(), actor_id)) is not None:
        return done
    is_checked = after is not Status.NOT_CONFIRMED or still_missing(threat).nothing
    check_change(threat.status, after, reason, is_checked=is_checked)
    return _changed(threat, after, reason.strip(), actor_id)


def is_done(threat: Threat, after: str, reason: str, actor_id: int) -> bool:
    """Tell whether the newest change is this one, by the same person in the same words."""
    said = reason.replace("\r\n", "\n").strip()
    return any(_just_done(threat, one, said, actor_id) is not None for one in Status if one == after)


def _just_done(threat: Threat, after: Status, reason: str, actor_id: int) -> StatusChange | None:
    """Find the newest change when the same person says the same again: no state follows itself."""
    newest = queries.history_of(threat)[-1:]
    same = [one for one in newest if (one.after, one.reason, one.actor_id) == (after, reason, actor_id)]
    return same[0] if same and threat.status is after else None


def _changed(threat: Threat, after: Status, reason: str, actor_id: int) -> StatusChange:
    change = StatusChange(
        threat_id=threat.id,
        before=threat.status,
        after=after,
        actor_id=actor_id,
        changed_at=now(),
        reason=reason,
        checks=checking.counted(queries.looks_at(threat)),
    )
    db.session.add(change)
    if change.before is Status.HANDED_OVER:
        for hand_over in hand_overs.of_threat(threat):
            hand_over.awaited_on = None  # whoever decides what becomes of it waits no longer
    if change.before in CLOSED:
        threat.arrived_at = change.changed_at
    threat.status, threat.status_at, threat.is_settled = after, change.changed_at, True
    db.session.flush()  # the change's serial number is what doors follow
    audit.note(actor_id, "change_status", "threat", threat.id, before=change.before.value, after=after.value)
    return change


def recur(threat: Threat, *, is_independent: bool, observed_to: datetime) -> StatusChange | None:
    """Open a closed threat again because of a new voice; None when the voice is no reason to.

    What was eliminated is open again when somebody, anybody, saw it since. What nobody found, or was taken for a joke,
    is open again only when somebody else speaks of it: one person cannot keep the police going back. Old news, such as
    a place marked in a survey months ago, opens nothing.
    """
    if threat.status not in CLOSED or observed_to < now() - NEWS_FOR:
        return None
    came_back = observed_to > threat.status_at if threat.status is Status.ELIMINATED else is_independent
    return _changed(threat, Status.IN_VERIFICATION, recurrence_in_words(), audit.MACHINE) if came_back else None


def recurrence_in_words() -> str:
    """Say in Polish, for the record and for residents, why a threat is open again."""
    with force_locale("pl"):
        return str(_("Somebody reported it again, so it is being checked anew."))


def assign(threat: Threat, account_id: int | None, actor_id: int) -> None:
    """Give a threat to a person of the unit, or to nobody; the earlier assignment ends. Raises NotAssignable."""
    alone(threat.group_code)
    before = queries.assignment_of(threat)
    if (before.account_id if before else None) == account_id:
        return
    if account_id is not None and account_id not in {one.id for one in queries.assignable(threat, today())}:
        raise NotAssignable
    if before is not None:
        before.ended_at = now()
        db.session.flush()  # the unique index allows one open assignment
    if account_id is not None:
        db.session.add(Assignment(threat_id=threat.id, account_id=account_id, actor_id=actor_id, made_at=now()))
    threat.is_settled = True
    db.session.flush()  # the page reads it back
    audit.note(actor_id, "assign", "threat", threat.id, to_account=account_id or 0)


def write_note(threat: Threat, key: str, text: str, actor_id: int) -> Note:
    """Write a note for colleagues; the same key again is the same note. Raises KeyOfAnother."""
    alone(threat.group_code)
    known = of_this(queries.note_by_key(key), threat_id=threat.id, actor_id=actor_id, text=text.strip())
    if known is not None:
        return known
    note = Note(key=key, threat_id=threat.id, actor_id=actor_id, written_at=now(), text=text.strip())
    db.session.add(note)
    threat.is_settled = True
    db.session.flush()  # the page reads it back
    audit.note(actor_id, "write_note", "threat", threat.id)
    return note


def write_reason_template(
    template: ReasonTemplate | None, unit_id: int | None, after: Status, title: str, text: str, actor_id: int
) -> ReasonTemplate:
    """Write a new template of a unit, or a national one, or change one. Raises TitleTaken."""
    after = Status(after)
    taken = [one for one in queries.reason_templates(unit_id) if (one.status, one.title) == (after, title)]
    if any(one is not template for one in taken):
        raise TitleTaken
    template = template or ReasonTemplate(unit_id=unit_id)
    template.status, template.title, template.text = after, title, text
    db.session.add(template)
    db.session.flush()  # the trail needs its number
    audit.note(actor_id, "write_reason_template", "reason_template", template.id)
    return template


def remove_reason_template(template: ReasonTemplate, actor_id: int) -> None:
    """Remove a template; answers that were written with it stay."""
    audit.note(actor_id, "remove_reason_template", "reason_template", template.id)
    db.session.delete(template)
