"""The demonstration's partners: offices that do not exist, and what they answer to what was handed over to them."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
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
SILENCE = "none"
"""Some offices do not answer, or not yet: what is awaited from them gets overdue."""

Planned = tuple[datetime, Callable[[], None]]


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


def hand_over(threat: Threat, reason: str, officer_id: int) -> Planned | None:
    """Hand a threat over to whoever is for it, or in words where nobody is; give what will be answered, and when."""
    offices = [one for one in hand_overs.addressees(threat, today()) if one.is_for(threat.category.group_code)]
    if not offices:
        response.change_status(threat, Status.HANDED_OVER, reason, officer_id)
        return None
    handed = handing_over.hand_over(
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
    answers = _content()["answers"]
    return _planned(handed, answers[(handed.id - 1) % len(answers)], officer_id)


def _planned(handed: HandOver, said: Mapping[str, Any], officer_id: int) -> Planned | None:
    if said["outcome"] == SILENCE:
        return None
    day = after_working_days(today(), said["after_days"])
    return datetime.combine(day, NOON, WARSAW), partial(_answer, handed.id, said, officer_id)


def _answer(hand_over_id: int, said: Mapping[str, Any], officer_id: int) -> None:
    """Let the office answer, unless the threat is gone by then."""
    handed = hand_overs.hand_over(hand_over_id)
    if handed.threat.status is not Status.HANDED_OVER:
        return
    handing_over.record_answer(
        handed,
        key=_key(f"answer {hand_over_id}"),
        outcome=PartnerOutcome(said["outcome"]),
        answered_on=today(),
        done_by=today() + timedelta(days=said["promised_days"]) if "promised_days" in said else None,
        passed_to=said.get("passed_to", ""),
        public_words=said["public_words"],
        internal_words=said.get("internal_words", ""),
        actor_id=officer_id,
    )


def _key(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"demonstration {name}").hex
