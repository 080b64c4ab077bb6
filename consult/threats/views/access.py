"""Whose threat it is: a place in the area of a unit in scope; what lies outside does not exist."""

from typing import Any

from flask import abort, request
from flask_login import current_user

from consult.accounts.denying import deny
from consult.accounts.rights import Action, can
from consult.clock import today
from consult.threats import queries
from consult.threats.models import Suggestion, Threat
from consult.web.roles import Role

DECIDERS = (Role.OFFICER, Role.HEAD)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
RECATEGORISERS = (Role.HEAD, Role.COORDINATOR)
MAX_PAGE = 100_000


def page_asked() -> int:
    """Read the number of the page of a list, 1 for nonsense."""
    return min(max(request.args.get("page", 1, int), 1), MAX_PAGE)


def may(action: Action, threat: Threat) -> bool:
    """Tell whether the reader may do something with a threat: its place lies in the area of a unit in scope."""
    if not current_user.is_authenticated:
        return False
    return any(can(current_user, action, scope) for scope in queries.scopes_of(threat, today()))


def may_recategorise() -> bool:
    """Tell whether the reader may put threats of the own area under another category."""
    return current_user.is_authenticated and current_user.role in RECATEGORISERS


def decided(threat_id: int) -> Threat:
    """Give a threat about which the reader may decide; any other is not there."""
    threat = queries.threat(threat_id)
    if not may(Action.DECIDE, threat):
        scopes = queries.scopes_of(threat, today())
        deny(Action.DECIDE, threat, scopes[0].unit_path if scopes else "")
    return threat


def decided_suggestion(suggestion_id: int) -> Suggestion:
    """Give a suggestion when the reader may decide about both: the suggested threat and where the voice is now."""
    suggestion = queries.suggestion(suggestion_id)
    decided(suggestion.threat_id)
    link = queries.open_link(suggestion.observation_id)
    if link is not None:
        decided(link.threat_id)
    return suggestion


def linked(threat: Threat, observation_id: int) -> Any:
    """Give the link in force of a voice with this threat, or 404."""
    link = queries.open_link(observation_id)
    if link is None or link.threat_id != threat.id:
        abort(404)
    return link


def own_areas() -> tuple[str, ...]:
    """List the areas of which the reader sees everything."""
    if not current_user.is_authenticated or current_user.role is Role.ADMINISTRATOR:
        return ()
    return queries.areas_within(current_user.scope, today())
