"""`flask summaries write` and `release`: some or all districts, with progress, one failure stopping no other."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NoReturn, TypeVar

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.db import read_only, transaction
from consult.documents.rendering import DocumentRefused, Renderer
from consult.period import Period, PeriodRefused
from consult.summaries import archiving, operations, queries, releasing, versions
from consult.summaries.figures import Edition
from consult.summaries.journal import Journal
from consult.summaries.operations import NotWritten, Outcome, Unchanged, VersionLost, Written, shelf_folder
from consult.summaries.release_words import refusal
from consult.summaries.releasing import REASON_LENGTH, NotReleasable
from consult.summaries.shelf import Slot
from consult.web.roles import Role

T = TypeVar("T")
NAMES: dict[type[Outcome], str] = {Written: "written", Unchanged: "unchanged", NotWritten: "refused"}

group = AppGroup("summaries", help="Summaries of districts: PDFs with a data file beside each.")


def _on_districts(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its districts, period, language and silence."""
    for option in (
        click.option("--quiet", is_flag=True, help="No progress."),
        click.option("--language", type=click.Choice(["pl", "en"]), default="pl", show_default=True),
        click.option(
            "--period", "period_code", required=True, metavar="PERIOD", help="2026, 2026-H2, 2026-Q3 or 2026-07."
        ),
        click.option("--all", "everything", is_flag=True, help="All districts of the boundaries in force."),
        click.argument("codes", nargs=-1, metavar="[CODE …]"),
    ):
        command = option(command)
    return command


_edition = click.option(
    "--edition", type=click.Choice([edition.value for edition in Edition]), default=Edition.PUBLIC.value
)
_workers = click.option(
    "--workers", type=click.IntRange(1, 32), default=1, show_default=True, help="Printing processes."
)


@group.command("write")
@_on_districts
@_edition
@_workers
@click.option("--reason", "because", default="", metavar="TEXT", help="What was wrong with the released version.")
@click.option("--archival", is_flag=True, help="Put an archival copy (PDF/A-3a) beside each, too.")
def write(
    codes: tuple[str, ...],
    everything: bool,
    period_code: str,
    edition: str,
    language: str,
    workers: int,
    because: str,
    archival: bool,
    quiet: bool,
) -> None:
    """Write the summaries of districts (TERYT codes of four digits) for a period.

    The public edition is a draft until it is released.
    """
    period, chosen = _asked(codes, period_code, everything=everything)
    if len(because) > REASON_LENGTH:
        _refuse(_("The reason is longer than %(count)s characters.", count=REASON_LENGTH))
    read_only(True)
    asked = (period, Edition(edition), language)
    journal = Journal(shelf_folder(), f"{period.code}-{edition}-{language}")
    if journal.done_before and not quiet:
        done = len(journal.done_before)
        click.echo(_("A run that did not end had written %(count)s; the others come first.", count=done), err=True)
    with Renderer(workers=min(workers, len(chosen))) as renderer, journal:
        ordered = journal.ordered(chosen)
        outcomes = operations.write_each(ordered, *asked, renderer, because)
        counts = _told(_shown(outcomes, len(chosen), quiet=quiet), journal)
        if archival:
            copies = archiving.archive_each(ordered, *asked, renderer)
            counts |= {"archived": 0, **_archived(_shown(copies, len(chosen), quiet=quiet), counts)}
    _end(counts, len(chosen))


def _archived(outcomes: Iterable[Outcome], counts: dict[str, int]) -> dict[str, int]:
    found = _told(outcomes, None)
    return {"archived": found["written"], "refused": counts["refused"] + found["refused"]}


def _asked(codes: tuple[str, ...], period_code: str, *, everything: bool) -> tuple[Period, list[str]]:
    if bool(codes) == everything:
        raise click.UsageError("Name districts by their codes, or say --all.")
    return _period(period_code), _chosen(codes)


def _end(counts: dict[str, int], total: int) -> None:
    """Say what came of it in one line, and how many failed."""
    click.echo(json.dumps(counts))
    if counts["refused"]:
        click.echo(_("Not written: %(count)s of %(all)s.", count=counts["refused"], all=total), err=True)
        sys.exit(1)


@group.command("release")
@_on_districts
@click.option("--by", "email", required=True, metavar="EMAIL", help="The head who has read the drafts and decided.")
@click.option("--reason", "because", default="", metavar="TEXT", help="What was wrong with the released version.")
def release(
    codes: tuple[str, ...],
    everything: bool,
    period_code: str,
    language: str,
    email: str,
    because: str,
    quiet: bool,
) -> None:
    """Release the drafts of a period: from then on everybody reads them.

    The head named by --by answers for having read them; only districts of that head's units are released.
    """
    period, chosen = _asked(codes, period_code, everything=everything)
    head = accounts.by_email(email)
    if head is None or head.role is not Role.HEAD or not head.is_active:
        _refuse(_("No head of a unit has the address %(address)s.", address=email))
    if len(because) > REASON_LENGTH:
        _refuse(_("The reason is longer than %(count)s characters.", count=REASON_LENGTH))
    own = queries.districts_within(head.scope)
    if foreign := [code for code in codes if code not in own]:
        _refuse(_("No unit of this head serves the whole district: %(codes)s.", codes=", ".join(foreign)))
    counts = {"released": 0, "unchanged": 0, "refused": 0}
    for code in _counted([code for code in chosen if code in own], quiet=quiet):
        counts[_released(Slot(code, period.code, Edition.PUBLIC, language), head, because)] += 1
    click.echo(json.dumps(counts))
    sys.exit(1 if counts["refused"] else 0)


def _released(slot: Slot, head: Account, because: str) -> str:
    """Release the draft of a summary if there is one, and say what came of it."""
    found = versions.waiting(slot)
    for version in releasing.unsettled(versions.of_slot(slot)):
        releasing.settle(version)
    if found is None:
        return "unchanged"
    try:
        with transaction():
            releasing.release(head, found, seen=found.pdf_digest, because=because, looked=True, by_command=True)
    except (NotReleasable, DocumentRefused, VersionLost) as problem:
        words = refusal(problem)
        click.echo(_("%(code)s was not released: %(reason)s", code=slot.code, reason=words), err=True)
        return "refused"
    return "released"


def _period(code: str) -> Period:
    try:
        return Period.parse(code)
    except PeriodRefused:
        _refuse(
            _(
                "“%(code)s” is no period. Give a year, half-year, quarter or month: 2026, 2026-H2, 2026-Q3, 2026-07.",
                code=code,
            )
        )


def _chosen(codes: Sequence[str]) -> list[str]:
    """Give the codes that were named, or all of them; refuse when one is unknown, before anything is written."""
    try:
        known = queries.district_codes()
    except queries.NoBoundaries:
        _refuse(
            _(
                "There are no boundaries of districts yet. Import them first: "
                "flask districts import FILE --level district --valid-from DATE"
            )
        )
    unknown = [code for code in codes if code not in known]
    if unknown:
        _refuse(
            _(
                "There is no district with this code: %(codes)s. "
                "A district's TERYT code has four digits, for example 1003.",
                codes=", ".join(unknown),
            )
        )
    return list(dict.fromkeys(codes)) or known


def _refuse(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(1)


def _shown(outcomes: Iterable[Outcome], total: int, *, quiet: bool) -> Iterator[Outcome]:
    """Pass the outcomes on with a bar on a terminal, in silence elsewhere."""
    return _counted(outcomes, quiet=quiet, total=total)


def _counted(found: Iterable[T], *, quiet: bool, total: int | None = None) -> Iterator[T]:
    if quiet or not sys.stderr.isatty():
        yield from found
        return
    from rich.console import Console  # 50 ms, needed on a terminal only
    from rich.progress import track

    yield from track(found, total=total, description=_("Summaries"), console=Console(stderr=True))


def _told(outcomes: Iterable[Outcome], journal: Journal | None) -> dict[str, int]:
    """Count the outcomes, write each down, and name the districts that failed."""
    counts = {"written": 0, "unchanged": 0, "refused": 0}
    for outcome in outcomes:
        name = NAMES[type(outcome)]
        counts[name] += 1
        reason = {"reason": outcome.reason} if isinstance(outcome, NotWritten) else {}
        if journal:
            journal.note(outcome.code, name, **reason)
        if isinstance(outcome, NotWritten):
            click.echo(_("%(code)s was not written: %(reason)s", code=outcome.code, reason=outcome.reason), err=True)
    return counts
