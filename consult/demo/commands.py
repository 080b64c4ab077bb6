"""`flask demo load`: the demonstration, for whoever wants to see the product at work."""

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.db import transaction
from consult.demo import operations
from consult.demo.operations import NotHere
from consult.web.roles import Role

group = AppGroup("demo", help="The demonstration: two districts and a year, all of it invented.")

WHY_NOT = {
    "https": _l("The demonstration is not loaded here: PUBLIC_URL is an https address, so real people use this."),
    "accounts": _l("The demonstration is not loaded here: there are accounts of real people in this database."),
    "country": _l(
        "No country is loaded: there are boundaries of the demonstration's two districts alone. Load those of all "
        "districts first: flask districts import FILE --level district --valid-from DATE"
    ),
    "boundaries": _l("The demonstration is not loaded here: the boundaries in this database lack its two districts."),
}
ROLES = {
    Role.OFFICER: _l("officer"),
    Role.HEAD: _l("head of unit"),
    Role.COORDINATOR: _l("coordinator"),
    Role.ADMINISTRATOR: _l("administrator"),
}


@group.command()
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--if-allowed", is_flag=True, help="Where it is refused, say so and end well.")
@click.option("--observations", type=click.IntRange(1, 20_000_000), help="So many voices more, to see it at that size.")
@click.option("--districts", type=click.Choice(["own", "all"]), default="own", help="Where these voices are.")
def load(quiet: bool, if_allowed: bool, observations: int | None, districts: str) -> None:
    """Load the demonstration of two districts with approximate boundaries, and write its PDFs.

    Refused where PUBLIC_URL is https or where real people have accounts. A second call changes nothing.
    """
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        is_quiet = quiet or not sys.stderr.isatty()
        everywhere = districts == "all"
        _load(quiet=is_quiet, if_allowed=if_allowed, everywhere=everywhere)
        if observations:
            _load_country(observations, everywhere=everywhere, quiet=is_quiet)


def _load_country(observations: int, *, everywhere: bool, quiet: bool) -> None:
    told = None
    for told in operations.load_country(observations, everywhere=everywhere):
        if not quiet:
            click.echo(f"\r{told.voices:,} / {observations:,}, {told.threats:,}", err=True, nl=False)
    if told is not None:
        if not quiet:
            click.echo("", err=True)
        click.echo(json.dumps({"observations": told.voices, "threats": told.threats}))


def _load(*, quiet: bool, if_allowed: bool, everywhere: bool) -> None:
    try:
        operations.check_here()
        if everywhere:
            operations.check_country()
        is_new = not operations.is_loaded()
        if is_new:
            _tell(quiet=quiet)
    except NotHere as refused:
        click.echo(WHY_NOT[str(refused)], err=not if_allowed)
        raise SystemExit(0 if if_allowed else 1) from refused
    click.echo(_("Demonstration data: all of it is invented, and the boundaries are approximate."))
    if not is_new:
        click.echo(_("It is loaded already; nothing was changed."))
    _say_where()


def _tell(*, quiet: bool) -> None:
    if not quiet:
        click.echo(_("Telling the year …"), err=True)
    with transaction():
        operations.load()
    if not quiet:
        click.echo(_("Writing the summaries …"), err=True)
    operations.end_surveys()
    with transaction():
        operations.write_releases()
    with transaction():
        for _written in operations.write_summaries():
            pass


def _say_where() -> None:
    click.echo("\n" + _("PDFs of the districts:"))
    for path in operations.written_summaries():
        click.echo(f"  {_shown(path)}")
    click.echo("\n" + _("Sign in:"))
    for entry in operations.sign_ins():
        click.echo(f"  {ROLES[entry.role]!s:20} {entry.email:30} {entry.password}")
    receipt = operations.receipt_to_show()
    if receipt is not None:
        click.echo("\n" + _("A resident's report to follow:"))
        click.echo(f"  {current_app.config['PUBLIC_URL']}/online-reports/{receipt}")


def _shown(path: Path) -> str:
    """Name a file from where the command was started, if it lies there."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
