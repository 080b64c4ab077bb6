"""The demonstration's partners: offices that do not exist, and what they answer to what was handed over to them."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import cache, partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from consult.audit.operations import MACHINE
from consult.calendar import after_working_days
from consult.clock import today
from consult.demo.content import CONTENT
from consult.partners import operations
from consult.partners.models import PartnerKind
from consult.period import WARSAW
from consult.threats import hand_overs, handing_over, response
from consult.threats.awaiting import PartnerOutcome
from consult.threats.models import HandOver, Threat
from consult.threats.workflow import Status

NOON = time(12)

Deed = Callable[[], None]
Planning = Callable[[datetime, Deed], None]
"""How a later moment is planned: the moment, and what is done then."""


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads((CONTENT / "partners.toml").read_text(encoding="utf-8"))


def enter() -> None:
    """Enter the partners of both districts."""
    for office in _content()["partners"]:
        operations.enter(
            MACHINE,
            _key(office["name"]),
            kind=PartnerKind(office["kind"]),
            name=office["name"],
            email=office["email"],
            address=office["address"],
            area_codes=[office["district"]],
            group_codes=office["groups"],
            valid_from=today(),
        )


def hand_over(threat: Threat, reason: str, officer_id: int) -> HandOver | None:
    """Hand a threat over to whoever is for it, or in words where nobody is: then no answer is awaited."""
    offices = [one for one in hand_overs.addressees(threat, today()) if one.is_for(threat.category.group_code)]
    if not offices:
        response.change_status(threat, Status.HANDED_OVER, reason, officer_id)
        return None
    return handing_over.hand_over(
        threat,
        key=_key(f"hand over {threat.id} {today()}"),
        partner_id=offices[0].id,
        addressee="",
        address="",
        asked=_content()["asked"],
        expected_on=handing_over.expected_on(),
        quoted="",
        letter_number="",
        reason=reason,
        actor_id=officer_id,
    )


def await_answer(handed: HandOver, which: int, officer_id: int, plan: Planning) -> None:
    """Plan what an office will answer to the letter of a district that is the `which`th, counted from 0."""
    answers = _content()["answers"]
    _await(handed.id, answers[which % len(answers)], officer_id, plan)


def _await(hand_over_id: int, said: Mapping[str, Any], officer_id: int, plan: Planning, on: date | None = None) -> None:
    """Plan an answer on a day, by default so many working days from today."""
    day = on or after_working_days(today(), said["after_days"])
    plan(datetime.combine(day, NOON, WARSAW), partial(_answer, hand_over_id, said, officer_id, plan))


def _answer(hand_over_id: int, said: Mapping[str, Any], officer_id: int, plan: Planning) -> None:
    """Let the office answer, unless the threat went on by then; plan what comes after."""
    handed = hand_overs.hand_over(hand_over_id)
    if handed.threat.status is not Status.HANDED_OVER:
        return
    promised = after_working_days(today(), said["promised_days"]) if "promised_days" in said else None
    handing_over.record_answer(
        handed,
        key=_key(f"answer {hand_over_id} {today()}"),
        outcome=PartnerOutcome(said["outcome"]),
        answered_on=today(),
        done_by=promised,
        passed_to=said.get("passed_to", ""),
        public_words=said["public_words"],
        internal_words=said.get("internal_words", ""),
        actor_id=officer_id,
    )
    if said["outcome"] == PartnerOutcome.DONE:
        response.change_status(handed.threat, Status.ELIMINATED, said["public_words"], officer_id)
    if "then" in said:
        _await(hand_over_id, said["then"], officer_id, plan, promised)


def _key(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"demonstration {name}").hex
