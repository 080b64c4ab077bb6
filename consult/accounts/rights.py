"""What a person may do with an object: one pure rule, with the unit's scope as a path that ends in a slash."""

from enum import StrEnum
from typing import Protocol

from consult.web.roles import Role


class Action(StrEnum):
    """What can be done."""

    SEE = "see"
    EDIT = "edit"
    DECIDE = "decide"
    ADMINISTER = "administer"


class Actor(Protocol):
    """Whoever asks: a role within a scope."""

    @property
    def role(self) -> Role: ...

    @property
    def scope(self) -> str: ...

    @property
    def is_active(self) -> bool: ...


class Scoped(Protocol):
    """An object that belongs to a unit."""

    @property
    def unit_path(self) -> str: ...


GRANTS: dict[Role, frozenset[Action]] = {
    Role.OFFICER: frozenset({Action.SEE, Action.EDIT, Action.DECIDE}),
    Role.HEAD: frozenset({Action.SEE, Action.EDIT, Action.DECIDE, Action.ADMINISTER}),
    Role.COORDINATOR: frozenset({Action.SEE, Action.DECIDE}),
    Role.ADMINISTRATOR: frozenset({Action.ADMINISTER}),
}
"""What each role may do with objects inside its scope."""


APPOINTMENTS: dict[Role, tuple[Role, ...]] = {
    Role.HEAD: (Role.OFFICER, Role.HEAD),
    Role.ADMINISTRATOR: tuple(Role),
}
"""Which accounts a role may open and end: nobody raises another above the own role."""


def may_appoint(actor: Actor) -> tuple[Role, ...]:
    """List the roles that an active person may give to others within the scope."""
    return APPOINTMENTS.get(actor.role, ()) if actor.is_active else ()


def may_change_unit(actor: Actor, path: str) -> bool:
    """Tell whether an active person may say what a unit answers for: administrators within the scope, heads below it.

    A head does not take duties from the own unit, nor give it others.
    """
    if not actor.is_active or Action.ADMINISTER not in GRANTS[actor.role] or not is_within(path, actor.scope):
        return False
    return actor.role is Role.ADMINISTRATOR or path != actor.scope


def can(actor: Actor, action: Action, thing: Scoped) -> bool:
    """Tell whether an active person's role grants the action and the object lies in the person's scope."""
    if not actor.is_active or action not in GRANTS[actor.role]:
        return False
    return is_within(thing.unit_path, actor.scope)


def is_within(path: str, scope: str) -> bool:
    """Tell whether a unit path lies in a scope; both end in a slash, so "lask/" never covers "lask2/"."""
    assert path.endswith("/")
    assert scope.endswith("/")
    return path.startswith(scope)
