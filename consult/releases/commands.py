"""`flask releases …`: what was published, checked as anybody could check it. The doors add how theirs are written."""

import json
import sys

import click
from flask.cli import AppGroup

from consult.releases import queries
from consult.releases.checking import verdict

group = AppGroup("releases", help="Frozen releases of public figures.")


@group.command("list")
def list_all() -> None:
    """List all releases, a line of JSON each."""
    for number in queries.everything():
        one = queries.release(number)
        facts = {"kind": one.kind.value, "subject": one.subject, "cutoff": one.cutoff_on.isoformat()}
        trail = one.trail.record if one.trail else None
        click.echo(json.dumps({"release": one.id, **facts, "digest": one.digest, "trail": trail}))


@group.command("audit")
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER …]")
def audit(numbers: tuple[int, ...]) -> None:
    """Attack releases, by default all: their digests, sums that disagree, hidden cells that can be worked out.

    A line of JSON each; the exit code is 1 when something was found.
    """
    found = 0
    for number in numbers or queries.everything():
        one = queries.release(number)
        checked = verdict(one.kind, one.figures, one.digest, json.loads(one.figures))
        found += not checked.is_clean
        click.echo(json.dumps({"release": one.id, "subject": one.subject, "clean": checked.is_clean, **checked.facts}))
    sys.exit(1 if found else 0)
