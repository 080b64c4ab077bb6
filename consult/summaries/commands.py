"""`flask summaries write`: the summaries of some or all districts, with progress, one failure stopping no other."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NoReturn

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from consult.db import db, read_only
from consult.documents.rendering import Renderer
from consult.period import Period, PeriodRefused
from consult.summaries import operations, queries
from consult.summaries.figures import Edition
from consult.summaries.operations import NotWritten, Written

group = AppGroup("summaries", help="Summaries of districts: PDFs with a data file beside each.")


@group.command("write")
@click.argument("codes", nargs=-1, metavar="[CODE …]")
@click.option("--all", "everything", is_flag=True, help="All districts of the boundaries in force.")
@click.option("--period", "period_code", required=True, metavar="PERIOD", help="2026, 2026-H2, 2026-Q3 or 2026-07.")
@click.option("--edition", type=click.Choice([edition.value for edition in Edition]), default=Edition.PUBLIC.value)
@click.option("--language", type=click.Choice(["pl", "en"]), default="pl", show_default=True)
@click.option("--workers", type=click.IntRange(1, 32), default=1, show_default=True, help="Printing processes.")
@click.option("--quiet", is_flag=True, help="No progress.")
def write(
    codes: tuple[str, ...],
    everything: bool,
    period_code: str,
    edition: str,
    language: str,
    workers: int,
    quiet: bool,
) -> None:
    """Write the summaries of districts (TERYT codes of four digits) for a period."""
    if bool(codes) == everything:
        raise click.UsageError("Name districts by their codes, or say --all.")
    read_only(True)
    period = _period(period_code)
    chosen = _chosen(codes)
    with Renderer(workers=min(workers, len(chosen))) as renderer:
        outcomes = operations.write_each(chosen, period, Edition(edition), language, renderer)
        failed = _complain(_shown(outcomes, len(chosen), quiet=quiet))
    if failed:
        click.echo(_("Not written: %(count)s of %(all)s.", count=failed, all=len(chosen)), err=True)
        sys.exit(1)


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


def _shown(outcomes: Iterable[Written | NotWritten], total: int, *, quiet: bool) -> Iterator[Written | NotWritten]:
    """Pass the outcomes on with a bar on a terminal, in silence elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console  # 50 ms, needed on a terminal only
    from rich.progress import track

    yield from track(outcomes, total=total, description=_("Summaries"), console=Console(stderr=True))


def _complain(outcomes: Iterable[Written | NotWritten]) -> int:
    """Name the districts that failed and count them."""
    failed = 0
    for outcome in outcomes:
        db.session.commit()  # nothing was written: no reading lasts as long as the whole country takes
        if isinstance(outcome, NotWritten):
            failed += 1
            click.echo(_("%(code)s was not written: %(reason)s", code=outcome.code, reason=outcome.reason), err=True)
    return failed
