"""Handing a threat over to an office, with a letter, and what the office answers.

Nothing here commits. The change of the status is that of `response`, by the one table of states.
"""

from datetime import date

from flask import current_app

from consult.accounts import queries as accounts
from consult.audit import operations as audit
from consult.clock import now, today
from consult.db import db
from consult.partners.models import Partner
from consult.threats import awaiting, hand_overs, letter, response
from consult.threats.awaiting import PartnerOutcome
from consult.threats.models import HandOver, PartnerAnswer, Threat
from consult.threats.turns import alone, of_this
from consult.threats.workflow import Status


class NotServing(Exception):
    """The partner does not serve the place of the threat, or not any more."""


class ExpectedInPast(Exception):
    """An answer would be expected on a day that is over."""


def expected_on() -> date:
    """Give the day by which an office is asked to answer unless the officer chooses another."""
    return awaiting.expected_on(today(), int(current_app.config["PARTNER_ANSWER_DAYS"]))


def hand_over(
    threat: Threat,
    key: str,
    partner_id: int | None,
    addressee: str,
    address: str,
    asked: str,
    expected_on: date,
    quoted: str,
    letter_number: str,
    reason: str,
    actor_id: int,
) -> HandOver:
    """Hand a threat over to a partner, or to an addressee named in words; the same key again is the same hand-over.

    `reason` is what residents read, `asked` and `quoted` stand in the letter alone. Without a number of its own the
    letter gets one. Raises NotServing, ExpectedInPast, ChangeRefused, and KeyOfAnother when the key is another's.
    """
    alone(threat.group_code)
    said = {"partner_id": partner_id, "asked": asked, "quoted": quoted, "expected_on": expected_on}
    known = of_this(hand_overs.by_key(key), threat_id=threat.id, actor_id=actor_id, **said)
    if known is not None:
        return known
    if expected_on < today():
        raise ExpectedInPast
    partner = _partner(threat, partner_id) if partner_id is not None else None
    number = letter_number or letter.next_number(threat, actor_id)
    facts, drawn = letter.facts_of(threat, accounts.account(actor_id)), letter.map_of(threat)
    change = response.change_status(threat, Status.HANDED_OVER, reason, actor_id)
    handed = HandOver(
        key=key,
        threat_id=threat.id,
        change_id=change.id,
        partner_id=partner_id,
        addressee=partner.name if partner else addressee,
        address=letter.address_of(partner) if partner else address,
        asked=asked,
        quoted=quoted,
        expected_on=expected_on,
        awaited_on=expected_on,
        handed_over_at=change.changed_at,
        actor_id=actor_id,
        letter_number=number,
        facts=facts,
        map_svg=drawn,
    )
    db.session.add(handed)
    db.session.flush()  # the page of its letter needs its number
    audit.note(actor_id, "hand_over_threat", "threat", threat.id, partner=partner_id or 0)
    return handed


def _partner(threat: Threat, partner_id: int) -> Partner:
    offered = {one.id: one for one in hand_overs.addressees(threat, today())}
    if partner_id not in offered:
        raise NotServing
    return offered[partner_id]


def record_answer(
    hand_over: HandOver,
    key: str,
    outcome: PartnerOutcome,
    answered_on: date,
    done_by: date | None,
    passed_to: str,
    public_words: str,
    internal_words: str,
    actor_id: int,
) -> PartnerAnswer:
    """Write down what an office answered; the same key again is the same answer.

    Raises AnswerRefused, and KeyOfAnother when the key is another's.

    A late answer is written down too, though the threat has gone on since: then nothing more is awaited.
    """
    alone(hand_over.threat.group_code)
    outcome = PartnerOutcome(outcome)
    said = {
        "outcome": outcome,
        "answered_on": answered_on,
        "public_words": public_words,
        "internal_words": internal_words,
    }
    known = of_this(hand_overs.answer_by_key(key), hand_over_id=hand_over.id, actor_id=actor_id, **said)
    if known is not None:
        return known
    sent_on = letter.day_written(hand_over)
    awaiting.check_answer(outcome, answered_on, done_by, passed_to, sent_on=sent_on, today=today())
    is_promise = outcome is PartnerOutcome.WILL_BE_DONE
    answer = PartnerAnswer(
        key=key,
        outcome=outcome,
        answered_on=answered_on,
        done_by=done_by if is_promise else None,
        passed_to=passed_to if outcome is PartnerOutcome.PASSED_ON else "",
        public_words=public_words,
        internal_words=internal_words,
        actor_id=actor_id,
        entered_at=now(),
    )
    hand_over.answers.append(answer)
    db.session.refresh(hand_over, ["awaited_on"])
    if hand_over.awaited_on is not None:
        hand_over.awaited_on = awaiting.awaited_after(outcome, hand_over.awaited_on, answer.done_by)
    db.session.flush()  # the page that follows is named after it
    partner_id = hand_over.partner_id or 0
    audit.note(
        actor_id, "record_partner_answer", "threat", hand_over.threat_id, partner=partner_id, outcome=outcome.value
    )
    return answer
