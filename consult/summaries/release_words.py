"""Why a draft is not released, in words."""

from flask_babel import gettext as _

from consult.documents.rendering import DocumentRefused
from consult.summaries import wording
from consult.summaries.operations import VersionLost
from consult.summaries.releasing import (
    AlreadyReleased,
    ChangedSinceSeen,
    NoReason,
    NotLookedAt,
    NotReleasable,
    Outdated,
)


def refusal(problem: NotReleasable | DocumentRefused | VersionLost) -> str:
    """Say why a draft is not released and what to do."""
    if isinstance(problem, VersionLost):
        return wording.lost(str(problem))
    if isinstance(problem, DocumentRefused):
        return _("It could not be printed with the reason in it. Try again; if it fails again, tell the operator.")
    return {
        AlreadyReleased: _("It is released already."),
        NotLookedAt: _("Nobody has looked at it yet. Look at it first."),
        NoReason: _("It replaces a version that everybody has read. Write what was wrong with that one."),
        ChangedSinceSeen: _("It was written again since you saw it. Look at it once more."),
        Outdated: _("Something was published or changed since it was written. Write it again, then look at it."),
    }[type(problem)]
