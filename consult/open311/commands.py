"""`flask open311 keys …`: keys with which other systems report."""

import json
import re

import click
from flask.cli import AppGroup

from consult.db import transaction
from consult.open311 import operations, queries

NAME = re.compile(r"[\w .,-]{1,80}")
JURISDICTION = re.compile(r"pl|[0-9]{2}|[0-9]{4}")

group = AppGroup("open311", help="Open311: the tools of cities read and report.")
keys = AppGroup("keys", help="Keys with which other systems report.")
group.add_command(keys)


@keys.command("create")
@click.argument("name")
@click.option("--jurisdiction", default="pl", show_default=True, help="TERYT code of a district or voivodeship, or pl.")
def create(name: str, jurisdiction: str) -> None:
    """Make a key for the system NAME and print it, once: only its hash is kept."""
    if not NAME.fullmatch(name):
        raise click.ClickException("NAME: up to 80 letters, digits, blanks, dots, commas and dashes")
    if not JURISDICTION.fullmatch(jurisdiction):
        raise click.ClickException("--jurisdiction: pl, or two digits of a voivodeship, or four of a district")
    try:
        with transaction():
            secret = operations.create_key(name, jurisdiction)
    except operations.NameTaken as error:
        raise click.ClickException(f"NAME: there is or was a key called {name}; choose another name") from error
    click.echo(secret)


@keys.command("list")
def listed() -> None:
    """List the keys as JSON, one a line: name, jurisdiction, since when, until when; the keys are kept nowhere."""
    for key in queries.every_key():
        ended = key.revoked_at.isoformat() if key.revoked_at else None
        facts = {"name": key.name, "jurisdiction": key.jurisdiction, "created_at": key.created_at.isoformat()}
        click.echo(json.dumps({**facts, "revoked_at": ended}, ensure_ascii=False))


@keys.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """End the key called NAME at once; a second time changes nothing."""
    with transaction():
        key = queries.key_by_name(name)
        if key is None:
            raise click.ClickException(f"NAME: there is no key called {name}")
        ended = operations.revoke_key(key)
    click.echo(json.dumps({"revoked": ended}))
