"""`flask releases survey`: what people answered to a survey, for everybody."""

import json
import sys
from collections.abc import Callable

import click
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.db import transaction
from consult.releases.commands import group
from consult.releases.operations import AlreadyReleased
from consult.suppression import Unprotectable
from surveys.frozen import GrewTooLittle
from surveys.operations.releasing import NotForEverybody, NotMixed, TooFewPeople, release
from surveys.queries import surveys

_REFUSALS: dict[type[Exception], Callable[[str], str]] = {
    NoResultFound: lambda _words: _("There is no such survey."),
    NotForEverybody: lambda _words: _("Residents could not answer this survey: nothing of it is published."),
    NotMixed: lambda _words: _("The survey has ended and is not mixed yet. Run: flask surveys mix"),
    TooFewPeople: lambda _words: _("Fewer than ten people answered: nothing of it is published."),
    GrewTooLittle: lambda words: _(
        "Fewer than ten people came since the last release to: %(questions)s. Two releases would tell of them.",
        questions=words,
    ),
    AlreadyReleased: lambda _words: _("This is published already, and stays as it is."),
    Unprotectable: lambda words: _("It cannot be published: these cells cannot be hidden: %(cells)s", cells=words),
}


@group.command("survey")
@click.argument("slug")
def publish(slug: str) -> None:
    """Publish what people answered to the survey SLUG up to today."""
    try:
        with transaction():
            made = release(surveys.by_slug(slug))
            facts = {"release": made.id, "survey": slug, "digest": made.digest}
    except tuple(_REFUSALS) as refused:
        click.echo(f"{slug}: {_REFUSALS[type(refused)](str(refused))}", err=True)
        sys.exit(1)
    click.echo(json.dumps(facts))
