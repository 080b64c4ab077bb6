"""What sheets do by themselves: scans are erased in time, since handwriting may lead to a person."""

from flask import current_app

from consult.jobs.retention import Regime, Rule
from consult.paper import scans

RETENTION = (Rule("scans", Regime.DODO, lambda: int(current_app.config["FILES_KEPT_DAYS"]), scans.erase_old),)
