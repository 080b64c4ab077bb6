"""Codes that people type: an invitation to begin with, and the code to come back to answers that were kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.web.addresses import public_url
from consult.web.forms import checks_its_token, lacks_token
from consult.web.roles import public
from surveys import codes
from surveys.carried import Carried
from surveys.models import Mode
from surveys.operations import answering, drafts
from surveys.operations.answering import InvitationSpent
from surveys.queries import answering as queries
from surveys.queries.answering import Head
from surveys.views import bp
from surveys.views.sending import check, code_page, shut
from surveys.views.visits import (
    CHECK,
    NO_COOKIES,
    TOO_MANY,
    Visit,
    carrying,
    is_too_often,
    language_of,
    page_of,
    shown,
    why_shut,
)


def invited(survey: Head) -> ResponseReturnValue:
    """Begin with a code: tell a mistyped one from an unknown and a used one."""
    assert survey.version_id is not None
    asking = queries.questionnaire(survey, survey.version_id)
    language = language_of(asking)
    typed = request.form.get("-code", "")[:80]
    code = codes.normalised(typed)
    with force_locale(language):
        fault = _fault_of_code(survey, code)
        if fault:
            return code_page(survey, asking, language, fault, typed)
        carried = Carried(survey.version_id, language, code=code)
        return shown(Visit(survey, Mode.WEB, asking, carried), asking.first)


def _fault_of_code(survey: Head, code: str) -> str:
    if lacks_token():
        return str(NO_COOKIES.advice)
    if not codes.is_well_formed(code):
        return str(_("A letter or digit of the code is wrong. Compare it with the letter and type it again."))
    if current_app.config["RATELIMIT_ENABLED"] and is_too_often(f"survey code {survey.id}"):
        return str(_("Too many codes were tried from your network. Wait an hour and try again."))
    try:
        is_free = answering.check_invitation(survey, code)
    except InvitationSpent:
        return str(_("This code does not belong to this survey. Check that the address is the one in the letter."))
    return "" if is_free else str(_("Somebody has answered with this code. Each code works once."))


def saved(visit: Visit, step_key: str) -> ResponseReturnValue:
    """Keep the answers and give the code to come back with."""
    if current_app.config["RATELIMIT_ENABLED"] and is_too_often("survey draft"):
        return check(visit, TOO_MANY)
    state = {
        "version_id": visit.carried.version_id,
        "language": visit.carried.language,
        "answers": visit.answers,
        "key": visit.carried.key,
        "code": visit.carried.code,
        "step": step_key,
        "mode": visit.mode.value,
    }
    code, until = drafts.keep(visit.survey.id, state, visit.carried.draft_code)
    visit = replace(visit, carried=replace(visit.carried, draft_code=code))
    with force_locale(visit.carried.language):
        text = render_template(
            "surveys/saved.html",
            title=visit.spoken.of(visit.asking.definition.title),
            code=codes.shown(code),
            until=until,
            resume_url=public_url("surveys.resume", slug=visit.survey.slug),
            form_url=visit.url,
            language_links=[],
            **carrying(visit, step_key),
        )
    return page_of(text)


@bp.route("/surveys/<string:slug>/resume", methods=["GET", "POST"])
@checks_its_token
@public
def resume(slug: str) -> ResponseReturnValue:
    """Let somebody go on where they stopped."""
    survey = queries.recent_head(slug)
    why = why_shut(survey, Mode.WEB)
    if why is not None:
        return shut(survey, why)
    typed = request.form.get("-code", "")[:80]
    fault, state = _resumed(survey, typed) if request.method == "POST" else ("", None)
    if state is not None:
        return _gone_on(survey, codes.normalised(typed), state)
    return render_template("surveys/resume.html", fault=fault, typed=typed, slug=slug), 422 if fault else 200


def _resumed(survey: Head, typed: str) -> tuple[str, dict[str, Any] | None]:
    code = codes.normalised(typed)
    if lacks_token():
        return str(NO_COOKIES.advice), None
    if not codes.is_well_formed(code):
        return str(_("A letter or digit of the code is wrong. Compare it with your note and type it again.")), None
    if current_app.config["RATELIMIT_ENABLED"] and is_too_often(f"survey code {survey.id}"):
        return str(_("Too many codes were tried from your network. Wait an hour and try again.")), None
    state = drafts.kept(survey.id, code)
    if state is None:
        said = _("Nothing is kept under this code: it was sent already, or more than 14 days have passed. Begin anew.")
        return str(said), None
    return "", state


def _gone_on(survey: Head, code: str, state: Mapping[str, Any]) -> ResponseReturnValue:
    carried = Carried(
        state["version_id"],
        state["language"],
        dict(state["answers"]),
        state["key"],
        code=state["code"],
        draft_code=code,
    )
    asking = queries.questionnaire(survey, carried.version_id)
    visit = Visit(survey, Mode(state["mode"]), asking, carried)
    with force_locale(carried.language):
        if state["step"] == CHECK:
            return check(visit)
        return shown(visit, asking.step(state["step"], visit.answers) or asking.first)
