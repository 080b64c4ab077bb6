"""Roles of staff, and who may open a page: every view wears exactly one of these decorators."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, current_app
from flask_login import current_user

P = ParamSpec("P")
R = TypeVar("R")


class Role(StrEnum):
    """What a person of the police does here; each role holds within its unit's scope."""

    OFFICER = "officer"
    HEAD = "head"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


STAFF = tuple(Role)


def may_open(endpoint: str) -> bool:
    """Tell whether the reader's role may open a page of the police, so that none offers what it would then refuse."""
    audience: str | tuple[Role, ...] = getattr(current_app.view_functions[endpoint], "audience")  # noqa: B009
    return audience == "public" or (current_user.is_authenticated and current_user.role in audience)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open a page to everyone."""
    view.audience = "public"  # type: ignore[attr-defined]  # read by tests/test_house.py
    return view


def asked_by_page(view: Callable[P, R]) -> Callable[P, R]:
    """Say that an open page asks for this by itself: it does not show that its reader is still there."""
    view.is_asked_by_page = True  # type: ignore[attr-defined]  # read when the session is looked up
    return view


def only(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a page to signed-in people with one of these roles; what they may do there is `accounts.rights.can`."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if current_user.role not in roles:
                abort(403)
            return view(*args, **kwargs)

        guarded.audience = roles  # type: ignore[attr-defined]
        return guarded

    return decorate
