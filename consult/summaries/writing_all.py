"""Writing the summaries of all own districts in the background: a district is a part of the task."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.audit import queries as audit_trail
from consult.audit.chain import BEGINNING
from consult.db import reading
from consult.documents.rendering import DocumentRefused, Renderer
from consult.jobs import asking
from consult.jobs.models import Task
from consult.jobs.tasks import Asked, Kind, Result
from consult.period import Period
from consult.summaries import operations, queries
from consult.summaries.figures import Edition
from consult.summaries.operations import Prepared, Unchanged, VersionLost
from consult.summaries.wording import TITLES, period_label
from consult.web.roles import Role

WRITERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
NAME = "write_summaries"


def ask(account: Account, districts: Mapping[str, str], period: Period, edition: Edition, language: str) -> Task:
    """Ask for the summaries of districts, given by code and name."""
    chosen = {"period": period.code, "edition": edition.value, "language": language}
    return asking.ask(account.id, account.scope, NAME, districts.items(), **chosen)


@contextmanager
def _begin(asked: Asked) -> Iterator[Callable[[str], Result]]:
    with Renderer() as renderer:
        yield partial(_write, asked, renderer)


def _write(asked: Asked, renderer: Renderer, code: str) -> Result:
    """Write a summary. What stands already as it would come out is left."""
    try:
        with reading():  # counting and printing take no write lock
            prepared = _prepared(asked, code)
        if isinstance(prepared, Result):
            return prepared
        written = operations.keep(prepared, renderer.print(prepared.document), asked.asked_by_id)
    except DocumentRefused as refused:
        current_app.logger.warning("summary of %s: %s", code, refused)
        return Result("not_printed", is_refused=True)
    except VersionLost as problem:
        current_app.logger.warning("summary of %s: %s cannot be read", code, problem)
        return Result("lost", is_refused=True)
    return Result("draft" if written.is_draft else "written")


def _prepared(asked: Asked, code: str) -> Prepared | Result:
    """Count a summary, if whoever asked may still write it and it would come out otherwise than it stands."""
    account, chosen = accounts.account(asked.asked_by_id), asked.details
    if not account.is_active or account.role not in WRITERS or code not in queries.districts_within(account.scope):
        return Result("not_yours", is_refused=True)
    trail = audit_trail.head() or BEGINNING
    period, edition = Period.parse(chosen["period"]), Edition(chosen["edition"])
    prepared = operations.prepare(code, period, edition, chosen["language"], trail=trail)
    return Result("unchanged") if isinstance(prepared, Unchanged) else prepared


def _title(details: Mapping[str, Any]) -> str:
    title = _("Summaries: %(period)s, %(edition)s", period=period_label(details["period"]), edition=_edition(details))
    return title if details["language"] == "pl" else f"{title}, English"


def _edition(details: Mapping[str, Any]) -> str:
    return str(TITLES[Edition(details["edition"])])


def _leads_to(details: Mapping[str, Any]) -> tuple[str, str]:
    if details["edition"] == Edition.PUBLIC:
        return _("Drafts of summaries"), url_for("editions.drafts", period=details["period"])
    return _("Written summaries"), url_for("summaries.index", _anchor="written")


KIND = Kind(
    NAME,
    begin=_begin,
    title=_title,
    words={
        "draft": _l("The draft is written"),
        "written": _l("Written"),
        "unchanged": _l("Nothing has changed since it was written: it stands as it is"),
        "not_printed": _l("It could not be printed"),
        "lost": _l("The version that everybody reads cannot be found on the disk"),
        "not_yours": _l("The account that asked may not write it any more"),
    },
    leads_to=_leads_to,
)
