"""Pages of the police about one report: what was sent, with its files, for whoever answers for its place."""

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.attachments import queries as attachments
from consult.attachments.serving import answer_with
from consult.attachments.wording import title
from consult.clock import today
from consult.online_reports import queries
from consult.online_reports.models import OnlineReport
from consult.online_reports.views import answers
from consult.threats import queries as threats
from consult.threats.models import Threat
from consult.web.roles import Role, only

bp = Blueprint("handling", __name__)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)


@bp.get("/online-reports/voices/<int:observation_id>")
@only(*READERS)
def report(observation_id: int) -> ResponseReturnValue:
    """Show the report behind a voice on the map."""
    found = queries.of_observation(observation_id)
    threat = within(found, Action.SEE)
    return render_template(
        "handling/report.html",
        report=found,
        threat=threat,
        answers=answers(found, is_withheld=is_withheld(found)),
        files=[(file, title(file.kind, file.position)) for file in attachments.of(queries.SOURCE, found.natural_key)],
    )


def is_withheld(found: OnlineReport) -> bool:
    """Tell whether the words of a report are for screeners only."""
    voice = queries.observation_of(found)
    return voice is not None and voice.is_withheld


@bp.get("/online-reports/files/<string:name>")
@only(*READERS)
def file(name: str) -> Response:
    """Give a file of a report: a photo to look at, a document only to be saved."""
    attachment = attachments.by_name(name)
    found = queries.by_natural_key(attachment.source_key) if attachment.source == queries.SOURCE else None
    if found is None:
        abort(404)
    within(found, Action.SEE)
    return answer_with(attachment, found.number.lower())


def within(found: OnlineReport, action: Action) -> Threat:
    """Give the threat of a report about which the reader may do something; any other report is not there."""
    threat = queries.threat_of(found)
    if threat is None or not any(can(current_user, action, scope) for scope in threats.scopes_of(threat, today())):
        abort(404)
    return threat
