"""`flask demo load`: the demonstration, for whoever wants to see the product at work."""

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
def load(quiet: bool, if_allowed: bool) -> None:
    """Load the demonstration of two districts with approximate boundaries, and write its PDFs.

    Refused where PUBLIC_URL is https or where real people have accounts. A second call changes nothing.
    """
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        _load(quiet=quiet or not sys.stderr.isatty(), if_allowed=if_allowed)


def _load(*, quiet: bool, if_allowed: bool) -> None:
    try:
        operations.check_here()
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
