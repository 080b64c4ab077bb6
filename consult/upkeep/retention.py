"""Erasing by rule: what would go, and what went, counted in the trail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db, transaction
from consult.jobs.retention import Regime, Rule
from consult.jobs.schedule import Job

LEDGER_DAYS = 366
"""No backup that is still restored should be older."""


def would_go(rules: Iterable[Rule], at: datetime) -> dict[str, int]:
    """Count by rule what `run` would erase: it is erased, and taken back before anybody sees it."""
    try:
        return {rule.code: sum(iter(lambda rule=rule: rule.erase(at, rule.days()), 0)) for rule in rules}  # type: ignore[misc]
    finally:
        db.session.rollback()


def run(rules: Iterable[Rule], at: datetime) -> dict[str, int]:
    """Erase by each rule what is due, part after part, each in a transaction of its own that the trail tells of."""
    return {rule.code: _run(rule, at) for rule in rules}


def _run(rule: Rule, at: datetime) -> int:
    erased = 0
    while part := _part(rule, at):
        erased += part
    return erased


def _part(rule: Rule, at: datetime) -> int:
    with transaction():
        count = rule.erase(at, rule.days())
        if count:
            facts: dict[str, Any] = {"count": count, "days": rule.days(), "regime": rule.regime.value}
            audit.note(audit.MACHINE, "erase_by_rule", "retention_rule", rule.code, **facts)
    return count


def erase_by_rule() -> str:
    """Run all rules and tell what went."""
    gone = run(current_app.extensions["retention"], now())
    return ", ".join(f"{code} {count}" for code, count in gone.items() if count)


def _forget_erasures(at: datetime, days: int) -> int:
    return audit.forget_erasures(at - timedelta(days=days))


RETENTION = (Rule("erasures", Regime.DODO, lambda: LEDGER_DAYS, _forget_erasures),)

JOBS = (Job("erase by rule", erase_by_rule, at_hour=2),)
