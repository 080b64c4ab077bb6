"""The demonstration's units and the people who sign in, with passwords that are drawn once for an installation."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import exists, select

from consult.accounts import operations, queries
from consult.accounts.models import Account, LinkPurpose, Unit
from consult.accounts.passwords import weakness
from consult.audit.operations import MACHINE
from consult.db import db
from consult.demo.content import Story
from consult.web.roles import Role

FILE = "demonstration_sign_in.txt"
ABOVE = ("demo", "Koordynacja konsultacji (demonstracja)", "demo/")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
COORDINATOR = "koordynator@example.pl"
OWNER_ONLY = 0o600


@dataclass(frozen=True)
class SignIn:
    """Who may sign in to the demonstration, and how."""

    role: Role
    email: str
    password: str


def has_others() -> bool:
    """Tell whether somebody has an account here who is not of the demonstration."""
    real = select(Account.id).join(Unit).where(Unit.is_demonstration.is_(False))
    return bool(db.session.scalar(select(exists(real))))


def enter(stories: Sequence[Story]) -> None:
    """Enter the units, and open an account for everyone of the demonstration."""
    passwords = {entry.email: entry.password for entry in sign_ins(stories)}
    above = _unit(*ABOVE, [])
    _account(COORDINATOR, "koordynator", Role.COORDINATOR, above, passwords)
    _account("administrator@example.pl", "administrator", Role.ADMINISTRATOR, above, passwords)
    for story in stories:
        unit = _unit(story.unit_code, story.unit_name, story.path, [story.code])
        _account(story.officer, "dzielnicowy", Role.OFFICER, unit, passwords)
        _account(story.head, "kierownik jednostki", Role.HEAD, unit, passwords)


def _unit(code: str, name: str, path: str, areas: Sequence[str]) -> Unit:
    unit = operations.create_unit(code, name, path, areas)
    unit.is_demonstration = True
    return unit


def _account(email: str, function: str, role: Role, unit: Unit, passwords: dict[str, str]) -> None:
    account = operations.create(email, function, role, unit)
    token = operations.issue_link(account, LinkPurpose.FIRST_PASSWORD, MACHINE)
    operations.set_password(token, passwords[email])


def officer_of(story: Story) -> Account:
    """Give the officer who writes and decides in a district of the demonstration."""
    return _known(story.officer)


def head_of(story: Story) -> Account:
    """Give the head of the unit of a district of the demonstration."""
    return _known(story.head)


def coordinator() -> Account:
    """Give the coordinator of the demonstration."""
    return _known(COORDINATOR)


def _known(email: str) -> Account:
    account = queries.by_email(email)
    assert account is not None, "the people are entered before the story is told"
    return account


def sign_ins(stories: Sequence[Story]) -> list[SignIn]:
    """List who may sign in; the passwords are drawn the first time and kept where only the owner reads them."""
    path = Path(current_app.config["INSTANCE"]) / FILE
    if not path.exists():
        _keep(path, _drawn(stories))
    return [SignIn(**{**entry, "role": Role(entry["role"])}) for entry in json.loads(path.read_text(encoding="utf-8"))]


def _drawn(stories: Sequence[Story]) -> list[SignIn]:
    first, *_others = stories
    people = [
        (Role.OFFICER, first.officer),
        (Role.COORDINATOR, COORDINATOR),
        (Role.HEAD, first.head),
        (Role.ADMINISTRATOR, "administrator@example.pl"),
        *((Role.OFFICER, story.officer) for story in stories[1:]),
        *((Role.HEAD, story.head) for story in stories[1:]),
    ]
    return [SignIn(role, email, _password(email)) for role, email in people]


def _password(email: str) -> str:
    """Draw a password of some 100 bits that can be read from the screen and typed."""
    while True:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
        password = "-".join(groups)
        if weakness(password, [email]) is None:
            return password


def _keep(path: Path, drawn: Sequence[SignIn]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=OWNER_ONLY)
    lines = json.dumps([asdict(entry) for entry in drawn], ensure_ascii=False, indent=1)
    path.write_text(lines + "\n", encoding="utf-8")
