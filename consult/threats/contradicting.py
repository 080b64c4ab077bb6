"""Decisions on joining that contradict each other: what a person said last holds, and the trail names what gives way.

They come to be when a voice returns that was withdrawn while others were decided about. No report may fail, and no
joining stop, because of them.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from consult.accounts.models import Account, Unit
from consult.audit import chaining
from consult.audit import operations as audit
from consult.audit.models import AuditEntry
from consult.audit.operations import MACHINE
from consult.db import db
from consult.observations.queries import AnyRow
from consult.observations.table import Table
from consult.threats import clustering
from consult.threats.clustering import Decisions
from consult.threats.models import Ruling

ACT = "leave_out_ruling"
BATCH = 5_000

_log = logging.getLogger(__name__)


def consistent(table: Table, decisions: Decisions) -> Decisions:
    """Leave out the decisions that contradict what is settled or what was said later; each is told once."""
    if not (decisions.together or decisions.apart) or not clustering.contradictions(len(table), decisions):
        return decisions
    row_of = {int(table.id[row]): row for pair in (*decisions.together, *decisions.apart) for row in pair}
    rulings = {(row_of[one.first_id], row_of[one.second_id]): one for one in _newest_first(sorted(row_of))}
    standing = clustering.said_last(len(table), decisions, rulings)
    stay = {*standing.together, *standing.apart}
    _tell([ruling for pair, ruling in rulings.items() if pair not in stay])
    return standing


def _newest_first(ids: Sequence[int]) -> list[AnyRow]:
    """List what was decided about pairs of these voices, the newest first, with the unit of whoever said it."""
    known = set(ids)
    columns = (Ruling.id, Ruling.first_id, Ruling.second_id, Ruling.verdict, Ruling.made_at, Unit.path)
    chosen = select(*columns).outerjoin(Account, Account.id == Ruling.actor_id).outerjoin(Unit)
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    found = [row for batch in batches for row in db.session.execute(chosen.where(Ruling.first_id.in_(batch)))]
    about = [row for row in found if row.second_id in known]
    return sorted(about, key=lambda row: (row.made_at, row.id), reverse=True)


def _tell(left_out: Sequence[AnyRow]) -> None:
    """Enter in the trail what gives way, but for what stands there since it was decided: joining again adds nothing."""
    told = _told(left_out)
    for ruling in left_out:
        key = str(ruling.id)
        if key in told and told[key] >= ruling.made_at:
            continue
        _log.warning("decisions contradict: %s of %s and %s gives way", key, ruling.first_id, ruling.second_id)
        voices = f"{ruling.first_id},{ruling.second_id}"
        audit.note(MACHINE, ACT, "ruling", ruling.id, ruling.path or "", decision=ruling.verdict.value, voices=voices)


def _told(rulings: Sequence[AnyRow]) -> dict[str, datetime]:
    """Say when it was told last of each of these that it gives way."""
    ids = [str(ruling.id) for ruling in rulings]
    about = (AuditEntry.actor_id == MACHINE, AuditEntry.act == ACT, AuditEntry.object_kind == "ruling")
    chosen = select(AuditEntry.object_id, AuditEntry.at).where(*about, AuditEntry.object_id.in_(ids))
    told = {row.object_id: row.at for row in db.session.execute(chosen.order_by(AuditEntry.id))}
    return told | {entry.object_id: entry.at for entry in chaining.waiting() if entry.act == ACT}
