"""The heart in words: states, planes, and the reasons of a link as a person reads them."""

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.threats.linking import Evidence, Reason
from consult.threats.workflow import Status

STATUS_LABELS = {
    Status.NEW: _l("New"),
    Status.IN_VERIFICATION: _l("In verification"),
    Status.CONFIRMED: _l("Confirmed"),
    Status.ELIMINATED: _l("Confirmed, eliminated"),
    Status.HANDED_OVER: _l("Confirmed, handed over"),
    Status.NOT_CONFIRMED: _l("Not confirmed"),
    Status.JOKE: _l("Joke or mistake"),
}
STATUS_MARKS = {
    Status.NEW: "new",
    Status.IN_VERIFICATION: "checking",
    Status.CONFIRMED: "confirmed",
    Status.ELIMINATED: "eliminated",
    Status.HANDED_OVER: "passed_on",
    Status.NOT_CONFIRMED: "unconfirmed",
    Status.JOKE: "joke",
}
"""The mark of each state, as `documents.marks` draws it."""

PLANE_LABELS = {
    "police_records": _l("police records"),
    "direct_contact": _l("debates and meetings"),
    "online": _l("online reports"),
}
FAULTS = {
    "not_allowed": _l("This change of status is not possible now. Refresh the page and choose again."),
    "no_reason": _l("Write what was found and done; residents will read it."),
    "no_checks": _l("Give the number of checks. A threat that nobody checked cannot be called not confirmed."),
}


def reasons_in_words(records: list[dict[str, Any]]) -> list[str]:
    """Put the reasons of a link into phrases, the weightiest first."""
    return [phrase for phrase in (_phrase(Reason.from_record(record)) for record in records) if phrase]


def _phrase(reason: Reason) -> str:
    words = {
        Evidence.DISTANCE: _distance,
        Evidence.TIME: _time,
        Evidence.CATEGORY: _category,
        Evidence.TEXT: _text,
        Evidence.STREET: _street,
        Evidence.PATTERN: _pattern,
    }
    return words[reason.kind](reason)


def _distance(reason: Reason) -> str:
    metres = round(reason.value or 0)
    if metres < 10:
        return _("the same spot")
    if metres >= 1000:
        return _("%(distance)s km away", distance=format_decimal(round(metres / 1000, 1)))
    return _("%(distance)s m away", distance=format_decimal(metres))


def _time(reason: Reason) -> str:
    days = round(reason.value or 0)
    if days == 0:
        return _("at the same time")
    return str(ngettext("%(num)s day apart", "%(num)s days apart", days))


def _category(reason: Reason) -> str:
    return _("the same category") if reason.speaks_for else _("a related category")


def _text(reason: Reason) -> str:
    return _("described with similar words") if reason.speaks_for else _("described with other words")


def _street(reason: Reason) -> str:
    return _("the same street named") if reason.speaks_for else _("another street named")


def _pattern(reason: Reason) -> str:
    return _("the same days or time of day") if reason.speaks_for else _("other days or time of day")
