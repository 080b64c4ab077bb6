"""Invitations by e-mail: one letter each, with the address of the questionnaire and the code."""

from collections.abc import Iterable, Iterator
from smtplib import SMTPException
from typing import Any

from consult.mail.operations import send
from surveys import codes
from surveys.addressees import Addressee
from surveys.models import Survey
from surveys.operations import papers
from surveys.queries import surveys as queries
from surveys.questions import text_in

MOST_IN_A_ROW = 5
"""When so many letters one after another cannot be sent, the server is gone and no further ones are tried."""


def send_invitations(
    survey: Survey, people: Iterable[tuple[str, Addressee]], *, contact: str = ""
) -> Iterator[tuple[str, Addressee, bool]]:
    """Send letters one by one, and tell of each whether it went."""
    failed = 0
    for code, person in people:
        is_sent = failed < MOST_IN_A_ROW and _send(survey, code, person, contact)
        failed = 0 if is_sent else failed + 1
        yield code, person, is_sent


def _send(survey: Survey, code: str, person: Addressee, contact: str) -> bool:
    listed = queries.listed(survey)
    facts: dict[str, Any] = {
        "title": listed.title(person.language),
        "intro": text_in(listed.definition.intro, person.language),
        "sender": survey.unit.name,
        "minutes": listed.minutes,
        "closes_on": papers.last_day(survey),
        "contact": contact or survey.unit.name,
        "url": papers.answer_url(survey, code),
        "code": codes.shown(code),
    }
    try:
        send(person.email, "mail/survey_invitation", person.language, **facts)
    except (SMTPException, OSError):
        return False
    return True
