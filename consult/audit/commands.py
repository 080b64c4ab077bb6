"""`flask audit …`: is the trail as it was written, and a line to be kept where nobody can change it."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from consult.audit import operations, queries
from consult.audit.chain import BEGINNING, AnchorRefused, Head, Verdict, anchor_line, anchors_in
from consult.clock import now
from consult.db import read_only

group = AppGroup("audit", help="The trail of what staff did.")


@group.command("verify")
@click.option(
    "--anchor",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with lines that `flask audit anchor` printed, kept elsewhere.",
)
def verify(file: Path | None) -> None:
    """Follow the chain of the trail from its first entry to its last.

    Prints a line of JSON; the exit status is 1 when an entry was changed, added between or removed, which stderr says
    in words. Entries removed from the end show by an anchor.
    """
    try:
        anchors = anchors_in(file.read_text(encoding="utf-8").splitlines()) if file else []
    except (AnchorRefused, UnicodeDecodeError) as problem:
        raise click.ClickException(f"{file}: line {problem} is no anchor of the trail") from problem
    verdict = operations.verify(anchors)
    head = queries.head() or BEGINNING
    told = {"entries": queries.count(), "head": head.digest, "intact": verdict.is_intact}
    if not verdict.is_intact:
        click.echo(_told(verdict), err=True)
    click.echo(json.dumps({**told, "broken_at": verdict.broken_at}))
    sys.exit(0 if verdict.is_intact else 1)


def _told(verdict: Verdict) -> str:
    first = verdict.sure_until + 1
    which = f"is no. {first}" if first == verdict.broken_at else f"is one of no. {first} to {verdict.broken_at}"
    return (
        f"The trail is not as it was written: the first entry that was changed, added or removed {which}. "
        "Keep the database as it is, compare it with a backup from before, and tell whoever answers for it."
    )


@group.command("anchor")
def anchor() -> None:
    """Print the last entry's number and digest as a line to be kept elsewhere."""
    read_only(True)
    head: Head | None = queries.head()
    if head is None:
        raise click.ClickException("Nothing was noted yet, so there is nothing to keep.")
    click.echo(anchor_line(head, now()))
