"""`flask retention run`: erase what is kept no longer, or tell what would go."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from consult.clock import now
from consult.jobs.retention import Rule
from consult.upkeep import retention

group = AppGroup("retention", help="How long data are kept, and what erases them.")


@group.command("run")
@click.option("--dry-run", is_flag=True, help="Tell what would go and erase nothing.")
@click.option("--quiet", is_flag=True, help="Print the last line alone.")
def run(*, dry_run: bool, quiet: bool) -> None:
    """Erase by rule what is due today; the worker does it every night."""
    rules: tuple[Rule, ...] = current_app.extensions["retention"]
    gone = (retention.would_go if dry_run else retention.run)(rules, now())
    if not quiet:
        for rule in rules:
            click.echo(f"{rule.code} ({rule.regime.value.upper()}, {rule.days()} days): {gone[rule.code]}", err=True)
    click.echo(json.dumps({"dry_run": dry_run, **gone}))
