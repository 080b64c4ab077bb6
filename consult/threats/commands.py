"""`flask threats …`: joining anew."""

import json
import sys

import click
from flask.cli import AppGroup

from consult.db import transaction
from consult.threats import joining

cli = AppGroup("threats", help="Threats: joining the observations that speak of the same thing.")


@cli.command("join")
@click.option("--district", metavar="CODE", help="TERYT code of one district (four digits).")
@click.option("--all", "everything", is_flag=True, help="The whole country.")
def join(district: str | None, *, everything: bool) -> None:
    """Join all observations anew; people's decisions hold, and a second run changes nothing."""
    if (district is None) == (not everything):
        raise click.UsageError("Say --district CODE or --all.")
    if district is not None and not (len(district) == 4 and district.isdigit()):
        click.echo("--district: a TERYT code of four digits is needed, for example 1003", err=True)
        sys.exit(1)
    with transaction():
        joined = joining.join(district)
    counts = {"observations": joined.observations, "threats": joined.threats, "suggested": joined.suggested}
    click.echo(json.dumps(counts))
