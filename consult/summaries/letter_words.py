"""Letters about summaries in the words of the page on which the head sees how they stand."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.summaries.models import LetterState, SummaryVersion
from consult.summaries.wording import period_label
from consult.web.languages import LANGUAGES

STATES = {
    LetterState.SENDING: _l("it is not known whether it went out"),
    LetterState.SENT: _l("sent"),
    LetterState.WAITING: _l("the mail server took nothing, it is tried again"),
    LetterState.REFUSED: _l("the mail server refused this address"),
    LetterState.GIVEN_UP: _l("not sent: too late, or replaced by a corrected version"),
}


def about(version: SummaryVersion) -> str:
    """Say what a letter is about: the period, the version and its language."""
    facts = {"period": period_label(version.period), "language": LANGUAGES[version.language]}
    return str(_("%(period)s, version %(number)s, %(language)s", number=version.number, **facts))
