"""What lies outside a person's scope does not exist for them, and that they asked for it stands in the trail."""

from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Flask, Response, abort, g, request
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.audit import operations as audit
from consult.web.transactions import only_reads

FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Denial:
    """What was asked for in vain: with the path of the unit whose object it is, so that its head sees it too."""

    kind: str
    object_id: str
    unit_path: str
    action: str


def init_app(app: Flask) -> None:
    """Note what signed-in people were denied."""
    app.after_request(_note)


def demand(action: Action, thing: Any) -> None:
    """Go on when the reader may do this with an object of a unit; any other is not there."""
    if not can(current_user, action, thing):
        deny(action, thing, thing.unit_path)


def deny(action: Action, thing: Any, unit_path: str) -> NoReturn:
    """Answer as if the object were not there."""
    g.denied = Denial(thing.__tablename__, str(thing.id), unit_path, action.value)
    abort(404)


def _note(response: Response) -> Response:
    """Note it in a transaction of its own: what the refused request itself did is taken back."""
    denial: Denial | None = g.pop("denied", None)
    if denial is None and response.status_code == FORBIDDEN and request.endpoint:
        denial = Denial("page", request.endpoint[:60], "", "")
    if denial is None or g.get("without_database") or not current_user.is_authenticated:
        return response
    actor_id, path = current_user.id, denial.unit_path or current_user.scope
    told = {"action": denial.action, "method": request.method}
    only_reads()
    audit.note_reading(
        actor_id, "denied", denial.kind, denial.object_id, path, **{name: code for name, code in told.items() if code}
    )
    return response
