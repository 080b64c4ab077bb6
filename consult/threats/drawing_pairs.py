"""Drawing pairs to judge in the background, where there are more voices than can be compared while a page waits."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.clock import today
from consult.db import reading
from consult.jobs import asking
from consult.jobs.models import Task
from consult.jobs.tasks import Asked, Kind, Result
from consult.threats import judgements, queries
from consult.threats.judgements import NothingToJudge
from consult.web.roles import Role

DRAWERS = (Role.HEAD, Role.COORDINATOR)
NAME = "draw_pairs"


def ask(account: Account, wanted: int) -> Task:
    """Ask for so many pairs of the voices of somebody's areas. Raises TooManyOpen."""
    return asking.ask(account.id, account.scope, NAME, [("draw", account.unit.name)], wanted=str(wanted))


@contextmanager
def _begin(asked: Asked) -> Iterator[Callable[[str], Result]]:
    yield partial(_draw, asked)


def _draw(asked: Asked, _name: str) -> Result:
    """Draw, if whoever asked may still do that; comparing takes no write lock."""
    try:
        with reading():
            account = accounts.account(asked.asked_by_id)
            if not account.is_active or account.role not in DRAWERS:
                return Result("not_yours", is_refused=True)
            scope, areas = account.scope, queries.areas_within(account.scope, today())
            drawing = judgements.looked_through(areas, int(asked.details["wanted"]))
    except NothingToJudge:
        return Result("nothing", is_refused=True)
    judgements.keep(drawing, areas, scope, f"task-{asked.number}", asked.asked_by_id)
    return Result("drawn")


def _title(details: Mapping[str, Any]) -> str:
    return _("Pairs to judge: %(count)s", count=details["wanted"])


def _leads_to(_details: Mapping[str, Any]) -> tuple[str, str]:
    return _("Pairs to judge"), url_for("threats.judging")


KIND = Kind(
    NAME,
    begin=_begin,
    title=_title,
    words={
        "drawn": _l("The pairs are drawn"),
        "nothing": _l("No two voices are near enough to each other to be compared"),
        "not_yours": _l("The account that asked may not draw pairs any more"),
    },
    leads_to=_leads_to,
)
