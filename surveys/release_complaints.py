"""Why results of a survey are not published, in a sentence that says what to do."""

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.releases.operations import AlreadyReleased
from consult.suppression import Unprotectable
from surveys.frozen import GrewTooLittle
from surveys.operations.releasing import NotForEverybody, NotMixed, TooFewPeople

_SENTENCES: dict[type[Exception], Callable[[str], str]] = {
    NoResultFound: lambda _words: _("There is no such survey."),
    NotForEverybody: lambda _words: _("Residents could not answer this survey: nothing of it is published."),
    NotMixed: lambda _words: _(
        "The survey has ended and its submissions are not mixed yet. That happens by itself within minutes; come back."
    ),
    TooFewPeople: lambda _words: _("Fewer than ten people answered: nothing of it is published."),
    GrewTooLittle: lambda words: _(
        "Fewer than ten people came since the last release to: %(questions)s. Two releases would tell of them.",
        questions=words,
    ),
    AlreadyReleased: lambda _words: _("This is published already, and stays as it is."),
    Unprotectable: lambda words: _("It cannot be published: these cells cannot be hidden: %(cells)s", cells=words),
}
REFUSALS = tuple(_SENTENCES)


def in_words(refused: Exception) -> str:
    """Say why nothing was published."""
    return _SENTENCES[type(refused)](str(refused))
