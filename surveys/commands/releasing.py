"""`flask releases survey`: what people answered to a survey, for everybody."""

import json
import sys

import click

from consult.db import transaction
from consult.releases.commands import group
from surveys.operations.releasing import release
from surveys.queries import surveys
from surveys.release_complaints import REFUSALS, in_words


@group.command("survey")
@click.argument("slug")
def publish(slug: str) -> None:
    """Publish what people answered to the survey SLUG up to today."""
    try:
        with transaction():
            made = release(surveys.by_slug(slug))
            facts = {"release": made.id, "survey": slug, "digest": made.digest}
    except REFUSALS as refused:
        click.echo(f"{slug}: {in_words(refused)}", err=True)
        sys.exit(1)
    click.echo(json.dumps(facts))
