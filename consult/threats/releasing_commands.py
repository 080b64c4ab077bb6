"""`flask releases write`: the counts of a month or of several, each once."""

import json
import sys
from typing import NoReturn

import click
from flask_babel import gettext as _

from consult.clock import today
from consult.db import transaction
from consult.period import Period, PeriodRefused
from consult.releases.commands import group
from consult.releases.operations import AlreadyReleased
from consult.suppression import Unprotectable
from consult.threats import releasing
from consult.threats.releasing import MonthNotOver


@group.command("write")
@click.option("--month", "code", required=True, metavar="YYYY-MM", help="The month to publish, for example 2026-10.")
@click.option("--until-now", is_flag=True, help="All months from this one on that are over and not published yet.")
def write(code: str, *, until_now: bool) -> None:
    """Publish the counts of protected categories of a month, by category and district, once and for ever."""
    month = _month(code)
    for one in list(releasing.unreleased(month, today())) if until_now else [month]:
        _write(one)


def _month(code: str) -> Period:
    try:
        found = Period.parse(code)
    except PeriodRefused:
        found = None
    if found is None or found.months != 1:
        _refuse(_("“%(code)s” is no month. Give one as year and month, for example 2026-10.", code=code))
    return found


def _write(month: Period) -> None:
    try:
        with transaction():
            made = releasing.write_month(month)
            facts = {"release": made.id, "month": made.subject, "digest": made.digest}
    except MonthNotOver:
        _refuse(_("%(month)s is not over yet: its figures would still change.", month=month.code))
    except AlreadyReleased:
        _refuse(_("%(month)s is published already, and stays as it is.", month=month.code))
    except Unprotectable as error:
        _refuse(
            _("%(month)s cannot be published: these cells cannot be hidden: %(cells)s", month=month.code, cells=error)
        )
    click.echo(json.dumps(facts))


def _refuse(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(1)
