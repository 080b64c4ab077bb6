"""What was done about a threat, told in its order: changes of status, and what offices answered."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from consult.clock import today
from consult.threats.awaiting import LEADS_TO, urgency
from consult.threats.models import HandOver, PartnerAnswer, StatusChange, Threat
from consult.threats.wording import STATUS_LABELS, answer_in_words, handed_in_words
from consult.threats.workflow import Status
from consult.web.languages import day, moment

Event = dict[str, Any]


def events_of(changes: Sequence[StatusChange], handed_over: Sequence[HandOver]) -> list[Event]:
    """Tell everybody what was done, oldest first, as a timeline shows it: nothing of it is for colleagues alone."""
    to_whom = {handed.change_id: handed for handed in handed_over}
    told = [(change.changed_at, 0, _change(change, to_whom.get(change.id))) for change in changes]
    told += [(answer.entered_at, 1, _answer(answer)) for handed in handed_over for answer in handed.answers]
    return [event for _at, _order, event in sorted(told, key=lambda one: one[:2])]


def _change(change: StatusChange, handed: HandOver | None) -> Event:
    visits = ngettext("%(num)s check on the spot", "%(num)s checks on the spot", change.checks) if change.checks else ""
    to_whom = handed_in_words(handed) if handed else ""
    return {
        "time": moment(change.changed_at),
        "title": STATUS_LABELS[change.after],
        "text": change.reason,
        "who": " · ".join(filter(None, (to_whom, visits))),
    }


def _answer(answer: PartnerAnswer) -> Event:
    return {"time": day(answer.answered_on), "title": answer_in_words(answer), "text": answer.public_words, "who": ""}


def awaiting_of(threat: Threat, handed_over: Sequence[HandOver]) -> dict[str, Any]:
    """Tell staff what is awaited from offices, how urgently, and what their last answers lead to."""
    waiting = {one.id: one.awaited_on for one in handed_over if one.awaited_on is not None}
    is_open = threat.status is Status.HANDED_OVER
    last = handed_over[-1].id if handed_over else None
    return {
        "handed_over": list(reversed(handed_over)),
        "answer_in_words": answer_in_words,
        "awaited": {number: urgency(until, today()) for number, until in waiting.items()},
        "leads_on": {one.id: _next_step(one) if is_open and one.id == last else "" for one in handed_over},
    }


def _next_step(handed: HandOver) -> str:
    """Name what follows from the last answer of an office; nothing while more is awaited."""
    after = LEADS_TO.get(handed.last_answer.outcome) if handed.last_answer else None
    if after is Status.ELIMINATED:
        return _("Close it as eliminated")
    return _("Take it back to confirmed") if after is Status.CONFIRMED else ""
