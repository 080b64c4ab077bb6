"""`flask surveys mix`: mixing submissions now, not at night."""

import json
import sys
from dataclasses import asdict

import click
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.clock import now
from consult.db import forget_deleted
from surveys import jobs
from surveys.commands import group
from surveys.models import Survey
from surveys.operations import mixing as operations
from surveys.queries import mixing as queries
from surveys.queries import surveys


@group.command("mix")
@click.argument("slug", required=False)
def mix(slug: str | None) -> None:
    """Mix the submissions of all surveys that are due, or of the survey SLUG, and hand over what left their answers.

    An open survey is mixed once ten new submissions wait, a closed one always; a second run changes nothing.
    """
    mixed = jobs.mixed(_chosen(slug))
    is_clear = forget_deleted(operations.TABLES)
    click.echo(json.dumps(asdict(mixed) | {"files_cleared": is_clear}))


def _chosen(slug: str | None) -> list[Survey]:
    if slug is None:
        return list({survey.id: survey for survey in (*queries.due(now()), *queries.with_loose_ends())}.values())
    try:
        return [surveys.by_slug(slug)]
    except NoResultFound:
        click.echo(_("There is no survey named %(slug)s.", slug=slug), err=True)
        sys.exit(1)
