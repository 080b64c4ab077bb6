"""The feed of answers: each request that was answered, with the newest answer; only what its page says to all."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from consult.clock import today
from consult.period import midnight
from consult.web import atom
from consult.web.addresses import public_url
from debates.models import Proposal
from debates.wording import held, in_words

MOST_ENTRIES = 50
TITLE_LENGTH = 120


def written(proposals: Sequence[Proposal], own: Mapping[str, Any], language: str) -> bytes:
    """Write the feed of answered requests; `own` are the arguments of its address and its page."""
    return atom.written(
        public_url("debates.outcomes_feed", **own),
        _("What was asked for and what was done"),
        public_url("debates.proposals", **own),
        [_entry(proposal) for proposal in proposals],
        language=language,
        otherwise=midnight(today()),
    )


def _entry(proposal: Proposal) -> atom.Entry:
    assert proposal.newest is not None, "only what was answered is read"
    state, outcome = in_words(proposal.status), proposal.outcome_on(today())
    asked = " ".join(proposal.text.split())
    short = asked if len(asked) <= TITLE_LENGTH else asked[: TITLE_LENGTH - 1].rstrip() + "…"
    meeting = _("%(title)s, %(day)s", title=proposal.meeting.title, day=held(proposal.meeting))
    return atom.Entry(
        address=public_url("debates.published_proposal", proposal_id=proposal.id),
        title=_("%(kind)s: %(state)s", kind=short, state=state),
        updated=proposal.newest.changed_at,
        published=proposal.created_at,
        summary="\n".join(filter(None, (meeting, asked, proposal.answer))),
        kind=(outcome.value, in_words(outcome)),
    )
