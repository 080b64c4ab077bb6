"""What sheets do by themselves: scans are erased in time, since handwriting may lead to a person."""

from collections.abc import Callable, Mapping

from flask import current_app

from consult.jobs.retention import Regime, Rule
from consult.paper import scans

RETENTION = (Rule("scans", Regime.DODO, lambda: int(current_app.config["FILES_KEPT_DAYS"]), scans.erase_old),)

ERASERS: Mapping[str, Callable[[str], None]] = {scans.ERASED: scans.erase}
"""What erases again, after a restore, what was erased since the backup."""
