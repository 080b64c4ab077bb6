"""The end of a questionnaire: the check, sending, the receipt, and the page of a survey that takes no answers."""

import time
from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.personal_data import marks
from consult.urgency import sounds_urgent
from consult.web.limits import limited
from consult.web.open_forms import ONCE_MORE, URGENT, Pause
from consult.web.roles import public
from surveys.complaints import Spoken, answer_in_words
from surveys.models import Mode
from surveys.operations import answering
from surveys.operations.answering import AnswersRefused, InvitationSpent, OtherAnswers, Shut, SurveyShut
from surveys.queries import answering as queries
from surveys.queries.answering import Head
from surveys.questionnaire import Questionnaire, Step
from surveys.questions import Kind
from surveys.views import bp
from surveys.views.printing import languages_of
from surveys.views.visits import CHECK, TOO_MANY, Visit, carrying, is_too_often, language_of, page_of, shown

SENT_BEFORE = Pause(
    _l("You have sent this form before, with other answers"),
    _l(
        "What you sent first is saved, and it cannot be changed: nobody knows which answers are yours. The answers "
        "below are not saved. To answer once more for somebody else, open the survey anew."
    ),
    status=409,
)

QUICKEST_S = 2
"""Nobody answers faster, in seconds."""


def check(visit: Visit, pause: Pause | None = None) -> ResponseReturnValue:
    """Show all answers before they are sent."""
    wrong = visit.asking.first_wrong(visit.answers)
    if wrong is not None:
        return shown(visit, wrong[0], faults=wrong[1])
    definition, spoken = visit.asking.definition, visit.spoken
    with force_locale(visit.carried.language):
        text = render_template(
            "surveys/check.html",
            title=spoken.of(definition.title),
            sections=_sections(visit),
            has_personal_data=any(marks(text) for text in _texts(visit.asking, visit.answers)),
            pause=pause,
            is_past=bool(pause and pause.is_urgent),
            languages=languages_of(definition.languages, visit.carried.language),
            form_url=visit.url,
            language_links=[],
            **carrying(visit, CHECK),
        )
    return page_of(text, pause.status if pause else 200)


def _sections(visit: Visit) -> list[dict[str, Any]]:
    """List the pages that were asked, each with its questions and answers in words."""
    return [section for step in visit.asking.steps(visit.answers) if (section := _section(visit, step))["rows"]]


def _section(visit: Visit, step: Step) -> dict[str, Any]:
    here, shown = visit.asking.here(step, visit.answers), visit.asking.shown(step, visit.answers)
    asked = [question for question in step.page.questions if question.name in shown and question.is_asked]
    spoken = visit.spoken
    return {
        "key": step.key,
        "heading": spoken.of(step.page.labels),
        "number": step.round + 1 if step.page.repeat else None,
        "rows": [(spoken.label(one), answer_in_words(one, here.get(one.name), spoken)) for one in asked],
    }


def send(visit: Visit) -> ResponseReturnValue:
    """Send the answers, unless there is a reason to ask once more."""
    pause = _reason_to_pause(visit)
    if pause is not None:
        return check(visit, pause)
    try:
        receipt = answering.submit(
            visit.survey,
            visit.carried.version,
            visit.asking,
            visit.answers,
            mode=visit.mode,
            language=visit.carried.language,
            key=visit.carried.key,
            code=visit.carried.code,
            draft_code=visit.carried.draft_code,
        )
    except AnswersRefused:
        return check(visit)
    except OtherAnswers:
        return check(visit, SENT_BEFORE)
    except SurveyShut as refused:
        return shut(visit.survey, refused.why)
    except InvitationSpent:
        return code_page(visit.survey, visit.asking, visit.carried.language, _("Somebody has answered with this code."))
    again = "1" if visit.mode is Mode.INTERVIEW else None
    language = visit.carried.language
    address = url_for("surveys.receipt", slug=visit.survey.slug, receipt=receipt, language=language, again=again)
    return redirect(address, 303)


def _reason_to_pause(visit: Visit) -> Pause | None:
    words = " ".join(_texts(visit.asking, visit.answers))
    if not request.form.get("-past") and sounds_urgent(words):
        return URGENT
    if not current_app.config["RATELIMIT_ENABLED"] or visit.mode is Mode.INTERVIEW:
        return None
    if request.form.get("-homepage") or time.time() - visit.carried.opened < QUICKEST_S:
        return ONCE_MORE
    return TOO_MANY if is_too_often(f"survey {visit.survey.id}") else None


def _texts(asking: Questionnaire, answers: Mapping[str, Any]) -> list[str]:
    """Collect what somebody wrote in own words."""
    written = {question.name for question in asking.definition.questions if question.kind is Kind.TEXT}
    rounds = [one for value in answers.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return [str(here[name]) for here in (answers, *rounds) for name in written if name in here]


def was_guessed(response: Any) -> bool:
    """Tell whether a receipt was asked for that does not exist: only guessing is limited."""
    return bool(response.status_code == 404)


@bp.get("/surveys/<string:slug>/receipts/<string:receipt>")
@public
@limited("60/hour", methods=("GET", "HEAD"), counts=was_guessed)
def receipt(slug: str, receipt: str) -> ResponseReturnValue:
    """Say thank you, and show the number that proves that the answers were taken."""
    survey = queries.head(slug)
    if not answering.is_known(survey, receipt):
        abort(404)
    asking = queries.questionnaire(survey, survey.version_id) if survey.version_id else None
    language = language_of(asking) if asking else "pl"
    spoken = Spoken(language)
    with force_locale(language):
        text = render_template(
            "surveys/receipt.html",
            title=spoken.of(asking.definition.title) if asking else "",
            thanks=spoken.of(asking.definition.thanks).split("\n") if asking else [],
            receipt=receipt,
            slug=slug,
            unit=survey.unit_name,
            again=bool(request.args.get("again")),
        )
    response = make_response(text)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def shut(survey: Head, why: str) -> ResponseReturnValue:
    """Say that a survey takes no answers, since when or until when, and what can be done instead."""
    asking = queries.questionnaire(survey, survey.version_id) if survey.version_id else None
    spoken = Spoken(language_of(asking) if asking else "pl")
    with force_locale(spoken.language):
        text = render_template(
            "surveys/shut.html",
            why=why,
            title=spoken.of(asking.definition.title) if asking else _("Survey"),
            closed=spoken.of(asking.definition.closed).split("\n") if asking and why == Shut.CLOSED else [],
            opens_at=survey.opens_at,
            unit=survey.unit_name,
        )
    return text, 200 if request.method == "GET" else 410


def code_page(
    survey: Head, asking: Questionnaire, language: str, fault: str = "", typed: str = ""
) -> ResponseReturnValue:
    """Ask for the code of an invitation."""
    spoken = Spoken(language)
    text = render_template(
        "surveys/code.html",
        title=spoken.of(asking.definition.title),
        fault=fault,
        typed=typed,
        slug=survey.slug,
        language=language,
        languages=languages_of(asking.definition.languages, language),
        language_links=[],
    )
    return text, 422 if fault else 200
