"""The demonstration's police ask a reporter, and another reporter says that a threat is still there. It is invented."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from consult.clock import now
from consult.db import db
from consult.demo.content import CONTENT, Story
from consult.demo.people import officer_of
from consult.demo.telling import Chronicle
from consult.online_reports import asking, outcomes, queries
from consult.online_reports.models import OnlineReport, Says
from consult.period import WARSAW
from consult.threats import queries as threats
from consult.threats.models import StatusChange, Threat
from consult.threats.workflow import Status

NOON = time(12)
ENDS = (Status.ELIMINATED, Status.NOT_CONFIRMED)


def plan(stories: Sequence[Story], receipt: str, day: date, chronicle: Chronicle) -> None:
    """Plan the questions to whoever keeps a receipt of the first district, and what somebody says after the end."""
    content = tomllib.loads((CONTENT / "conversation.toml").read_text(encoding="utf-8"))
    for question in content["questions"]:
        chronicle.plan(_noon(day, question["ago"]), partial(_ask, stories[0], receipt, question["text"]))
        if "answer" in question:
            chronicle.plan(_noon(day, question["answered_ago"]), partial(_answer, receipt, question["answer"]))
    said = content["still_there"]
    chronicle.plan(_noon(day, said["ago"]), partial(_say_still_there, stories, said))


def _noon(day: date, ago: int) -> datetime:
    return datetime.combine(day - timedelta(days=ago), NOON, WARSAW)


def _ask(story: Story, receipt: str, text: str) -> None:
    asking.ask(queries.by_receipt(receipt), text, officer_of(story).id)


def _answer(receipt: str, text: str) -> None:
    question = asking.waiting_question(queries.by_receipt(receipt))
    assert question is not None, "the question was asked before"
    asking.answer(question, text)


def _say_still_there(stories: Sequence[Story], said: Mapping[str, Any]) -> None:
    """Let the first reporter who is asked whether it is gone say that it is not."""
    for report in _asked([story.code for story in stories]):
        outcomes.say(report, Says.STILL_THERE, said["words"])
        return


def _asked(districts: Sequence[str]) -> Iterator[OnlineReport]:
    """Give the reports whose senders are asked now, those of the newest end first."""
    closings = select(StatusChange).join(StatusChange.threat).where(Threat.district_code.in_(districts))
    ended = (StatusChange.after.in_(ENDS), StatusChange.changed_at > now() - outcomes.ASKED_FOR)
    for closing in db.session.scalars(closings.where(*ended).order_by(StatusChange.id.desc())).all():
        for link in threats.links_of(closing.threat):
            if link.observation.source == queries.SOURCE:
                report = queries.of_observation(link.observation_id)
                if outcomes.asked_about(report, now()) is not None:
                    yield report
