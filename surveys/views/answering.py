"""Answering a questionnaire: page by page, back without loss, a check before the end, a receipt after it.

Every post carries all answers so far, signed (`surveys.carried`), so a page is a plain function of what was sent: no
page but the last writes anything, and the same post twice gives the same page.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, current_app, get_template_attribute, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf

from consult.clock import now
from consult.urgency import sounds_urgent
from consult.web import traffic
from consult.web.forms import checks_its_token, lacks_token
from consult.web.limits import limited, network_key
from consult.web.open_forms import ONCE_MORE, URGENT, Pause
from consult.web.place_field import PlaceField
from consult.web.roles import only, public
from surveys import codes, pages
from surveys.carried import Carried, NotOurs
from surveys.complaints import Spoken, answer_in_words
from surveys.forms.places import place_fields, records_of
from surveys.models import Access, Mode
from surveys.operations import answering, drafts
from surveys.operations.answering import AnswersRefused, InvitationSpent, Shut, SurveyShut
from surveys.queries import answering as queries
from surveys.queries.answering import Head
from surveys.questionnaire import Answers, Fault, Questionnaire, Step
from surveys.questions import Kind
from surveys.views import bp
from surveys.views.access import READERS, seen_survey
from surveys.views.printing import Press, first_page, languages_of, printed, progress, said_of

QUICKEST_S = 2
"""Nobody answers faster, in seconds."""

MOST_AN_HOUR = 120
"""Submissions to one survey, and drafts, that one network may send in an hour: a school is one network too."""

CHECK = "check"
HISTORY = "private, no-cache"
"""Going back in the browser shows the page as it was left."""

NO_COOKIES = Pause(
    _l("Send it once more, please"),
    _l("Your browser did not send our cookie back. Nothing is lost. If this page comes again, allow cookies for it."),
)
TOO_MANY = Pause(
    _l("Many answers came from your network"),
    _l("Nothing is lost: your answers are below. Wait an hour and send them, or stop and come back later."),
    429,
)


@dataclass(frozen=True)
class Visit:
    """One person on one page of a survey."""

    survey: Head
    mode: Mode
    asking: Questionnaire
    carried: Carried

    @property
    def spoken(self) -> Spoken:
        """The texts in the person's language."""
        return Spoken(self.carried.language)

    @property
    def answers(self) -> Answers:
        """The answers so far."""
        return self.carried.answers

    @property
    def url(self) -> str:
        """Where the form is sent."""
        return url_for(f"surveys.{'interview' if self.mode is Mode.INTERVIEW else 'answer'}", slug=self.survey.slug)

    def with_answers(self, answers: Answers) -> "Visit":
        """Go on with other answers, those that nobody is asked for left behind."""
        return replace(self, carried=self.carried.with_answers(self.asking.pruned(answers)))


@bp.route("/surveys/<string:slug>/answer", methods=["GET", "POST"])
@checks_its_token  # so that somebody whose browser keeps no cookies loses no answers
@public
def answer(slug: str) -> ResponseReturnValue:
    """Let somebody answer a survey."""
    return _answered(queries.recent_head(slug), Mode.WEB)


@bp.route("/surveys/<string:slug>/interview", methods=["GET", "POST"])
@checks_its_token
@only(*READERS)
def interview(slug: str) -> ResponseReturnValue:
    """Let an officer ask somebody the questions of a survey."""
    seen_survey(slug)
    return _answered(queries.recent_head(slug), Mode.INTERVIEW)


def _answered(survey: Head, mode: Mode) -> ResponseReturnValue:
    why = _why_shut(survey, mode)
    if why is not None:
        return shut(survey, why)
    if request.method != "POST":
        return _begun(survey, mode)
    if "-code" in request.form:
        return _invited(survey)
    try:
        carried = Carried.read(request.form.get("-state", ""), str(current_app.config["SECRET_KEY"]))
    except NotOurs:
        abort(400)
    asking = queries.questionnaire(survey, carried.version_id)
    with force_locale(carried.language):
        return _turned(Visit(survey, mode, asking, carried))


def _why_shut(survey: Head, mode: Mode) -> str | None:
    """Tell why a survey cannot be answered here, if it cannot."""
    why = answering.why_shut(survey.opens_at, survey.closes_at, survey.closed_at, now())
    if why is None and survey.version_id is None:
        return Shut.NOT_YET
    if why is None and survey.access is Access.STAFF and mode is Mode.WEB:
        return "staff"
    return why or (Shut.FULL if survey.is_full else None)


def _begun(survey: Head, mode: Mode) -> ResponseReturnValue:
    """Show the first page, or ask for the code of the invitation first."""
    assert survey.version_id is not None
    asking = queries.questionnaire(survey, survey.version_id)
    language = _language(asking)
    if survey.access is Access.INVITATION and mode is Mode.WEB:
        with force_locale(language):
            return _code_page(survey, asking, language)
    visit = Visit(survey, mode, asking, Carried(survey.version_id, language))
    page = first_page(_press(visit), lambda: _filled(visit, asking.first, mark_person=True))
    return _page(page.filled(_carrying(visit, asking.first.key)))


def _language(asking: Questionnaire) -> str:
    wanted = request.values.get("language") or str(get_locale() or "pl")[:2]
    offered = asking.definition.languages
    return wanted if wanted in offered else offered[0]


# A post: where it goes


def _turned(visit: Visit) -> ResponseReturnValue:
    """Do what the pressed button says."""
    name, go = request.form.get("-page", ""), request.form.get("-go", "")
    if name == CHECK:
        return _from_check(visit, go)
    step = visit.asking.step(name, visit.answers) or visit.asking.first
    fields = place_fields(visit.survey.area_codes, step, visit.asking.here(step, visit.answers), visit.spoken)
    again = any(field.asks_again for field in fields.values())
    if lacks_token():
        return _shown(visit, step, fields=fields, sent=_sent(), pause=NO_COOKIES)
    if go.startswith("language:") or again or go == "again":
        return _shown(_translated(visit, go), step, fields=fields, sent=_sent())
    return _taken(visit, step, fields, go)


def _sent() -> dict[str, list[str]]:
    """Give the fields of the page's questions: engine's own begin with a dash."""
    return {name: request.form.getlist(name) for name in request.form if name[0] != "-" and name != "csrf_token"}


def _translated(visit: Visit, go: str) -> Visit:
    language = go.partition(":")[2]
    if language not in visit.asking.definition.languages:
        return visit
    return replace(visit, carried=replace(visit.carried, language=language))


def _taken(visit: Visit, step: Step, fields: Mapping[str, PlaceField], go: str) -> ResponseReturnValue:
    """Read the page and go where the button leads; whoever only leaves the page is not held up by what is wrong."""
    records, place_faults = records_of(fields, step)
    reading = visit.asking.read(step, visit.answers, _sent(), records)
    after = visit.with_answers(reading.answers)
    if go == "drop" and step.page.repeat is not None:
        after = visit.with_answers(visit.asking.without_round(step, visit.answers))
        return _next(after, replace(step, round=max(0, step.round - 1)))
    if go == "back":
        return _shown(after, visit.asking.before(step, after.answers) or visit.asking.first)
    if go == "save":
        return _saved(after, step.key)
    faults = [
        *place_faults,
        *(f for f in reading.faults if f.question.name not in {p.question.name for p in place_faults}),
    ]
    if faults:
        return _shown(visit, step, fields=fields, sent=_sent(), faults=tuple(faults))
    if go == "add" and step.page.repeat is not None and step.round + 1 < step.page.repeat.most:
        return _round_added(after, step)
    return _next(after, step)


def _next(visit: Visit, step: Step) -> ResponseReturnValue:
    following = visit.asking.after(step, visit.answers)
    return _shown(visit, following) if following else _check(visit)


def _round_added(visit: Visit, step: Step) -> ResponseReturnValue:
    repeat = step.page.repeat
    assert repeat is not None
    first = next(page for page in visit.asking.definition.pages if page.repeat == repeat)
    rounds = len(visit.answers.get(repeat.name, ()))
    return _shown(visit, Step(first, min(rounds, repeat.most - 1)))


# A page


def _shown(
    visit: Visit,
    step: Step,
    *,
    fields: Mapping[str, PlaceField] | None = None,
    sent: Mapping[str, list[str]] | None = None,
    faults: tuple[Fault, ...] = (),
    pause: Pause | None = None,
) -> ResponseReturnValue:
    """Show a page: with what was just sent, or with the answers it had."""
    text = _filled(visit, step, fields=fields, sent=sent, faults=faults, pause=pause)
    return _page(text, 422 if faults else pause.status if pause else 200)


def _filled(
    visit: Visit,
    step: Step,
    *,
    fields: Mapping[str, PlaceField] | None = None,
    sent: Mapping[str, list[str]] | None = None,
    faults: tuple[Fault, ...] = (),
    pause: Pause | None = None,
    mark_person: bool = False,
) -> str:
    """Fill in a page; `mark_person` leaves open what distinguishes one person who begins from the next."""
    with force_locale(visit.carried.language):
        here = visit.asking.here(step, visit.answers)
        shown = visit.asking.shown(step, visit.answers)
        blanks = pages.blanks_of(step.page, shown, pages.sent_again(step.page, here) if sent is None else sent)
        if fields is None:
            fields = place_fields(visit.survey.area_codes, step, here, visit.spoken, fresh=True)
        blanks |= {f"place:{name}": str(field.draw()) for name, field in fields.items() if name in shown}
        blanks |= said_of(faults, visit.spoken, shown)
        if pause is not None:
            blanks["summary"] = _pause_box(pause) + blanks.get("summary", "")
        person = {name: pages.blank(name) for name in PERSONAL} if mark_person else _carrying(visit, step.key)
        blanks |= person | {"progress": progress(visit.asking, step, visit.answers)}
        page = printed(visit.asking, step.page, _press(visit))
        return page.filled(blanks, pages.left_out_of(step.page, shown) | _buttons_left_out(visit, step))


PERSONAL = ("token", "state", "step")
"""What of a first page is each person's own."""


def _carrying(visit: Visit, key: str) -> dict[str, str]:
    secret = str(current_app.config["SECRET_KEY"])
    return {"token": generate_csrf(), "state": visit.carried.signed(secret), "step": key}


def _buttons_left_out(visit: Visit, step: Step) -> set[str]:
    out = set()
    if step == visit.asking.first:
        out.add("back")
    if step.page.repeat is not None:
        rounds = len(visit.answers.get(step.page.repeat.name, ()))
        out |= {"add"} if max(rounds, step.round + 1) >= step.page.repeat.most else set()
        out |= {"drop"} if rounds == 0 or (step.round == 0 and rounds == 1) else set()
    return out


def _press(visit: Visit) -> Press:
    survey = visit.survey
    digest = survey.digest if visit.carried.version_id == survey.version_id else f"v{visit.carried.version_id}"
    return Press(digest, visit.carried.language, visit.mode, survey.access, visit.url, survey.is_demonstration)


def _pause_box(pause: Pause) -> str:
    return str(get_template_attribute("macros/form.html", "pause_notice")(pause))


def _page(text: str, status: int = 200) -> ResponseReturnValue:
    response = make_response(text, status)
    response.headers["Cache-Control"] = HISTORY
    return response


# The check, and sending


def _from_check(visit: Visit, go: str) -> ResponseReturnValue:
    """From the check: change an answer, stop, or send."""
    if lacks_token():
        return _check(visit, NO_COOKIES)
    if go.startswith("language:"):
        return _check(_translated(visit, go))
    if go.startswith("to:"):
        return _shown(visit, visit.asking.step(go[3:], visit.answers) or visit.asking.first)
    if go == "back":
        steps = visit.asking.steps(visit.answers)
        return _shown(visit, steps[-1])
    if go == "save":
        return _saved(visit, CHECK)
    return _send(visit) if go == "send" else _check(visit)


def _check(visit: Visit, pause: Pause | None = None) -> ResponseReturnValue:
    """Show all answers before they are sent."""
    wrong = visit.asking.first_wrong(visit.answers)
    if wrong is not None:
        return _shown(visit, wrong[0], faults=wrong[1])
    definition, spoken = visit.asking.definition, visit.spoken
    with force_locale(visit.carried.language):
        text = render_template(
            "surveys/check.html",
            title=spoken.of(definition.title),
            sections=_sections(visit),
            pause=pause,
            is_past=bool(pause and pause.is_urgent),
            languages=languages_of(definition.languages, visit.carried.language),
            form_url=visit.url,
            language_links=[],
            **_carrying(visit, CHECK),
        )
    return _page(text, pause.status if pause else 200)


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


def _send(visit: Visit) -> ResponseReturnValue:
    """Send the answers, unless there is a reason to ask once more."""
    pause = _reason_to_pause(visit)
    if pause is not None:
        return _check(visit, pause)
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
        return _check(visit)
    except SurveyShut as refused:
        return shut(visit.survey, refused.why)
    except InvitationSpent:
        return _code_page(
            visit.survey, visit.asking, visit.carried.language, _("Somebody has answered with this code.")
        )
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
    return TOO_MANY if _is_too_often(f"survey {visit.survey.id}") else None


def _texts(asking: Questionnaire, answers: Mapping[str, Any]) -> list[str]:
    """Collect what somebody wrote in own words."""
    written = {question.name for question in asking.definition.questions if question.kind is Kind.TEXT}
    rounds = [one for value in answers.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return [str(here[name]) for here in (answers, *rounds) for name in written if name in here]


def _is_too_often(what: str) -> bool:
    return traffic.hit(f"{what} {network_key()}", 3600) > MOST_AN_HOUR


# Invitations, and coming back


def _code_page(
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


def _invited(survey: Head) -> ResponseReturnValue:
    """Begin with a code: tell a mistyped one from an unknown and a used one."""
    assert survey.version_id is not None
    asking = queries.questionnaire(survey, survey.version_id)
    language = _language(asking)
    typed = request.form.get("-code", "")[:80]
    code = codes.normalised(typed)
    with force_locale(language):
        fault = _fault_of_code(survey, code)
        if fault:
            return _code_page(survey, asking, language, fault, typed)
        carried = Carried(survey.version_id, language, code=code)
        return _shown(Visit(survey, Mode.WEB, asking, carried), asking.first)


def _fault_of_code(survey: Head, code: str) -> str:
    if lacks_token():
        return str(NO_COOKIES.advice)
    if not codes.is_well_formed(code):
        return str(_("A letter or digit of the code is wrong. Compare it with the letter and type it again."))
    if current_app.config["RATELIMIT_ENABLED"] and _is_too_often(f"survey code {survey.id}"):
        return str(_("Too many codes were tried from your network. Wait an hour and try again."))
    try:
        is_free = answering.check_invitation(survey, code)
    except InvitationSpent:
        return str(_("This code does not belong to this survey. Check that the address is the one in the letter."))
    return "" if is_free else str(_("Somebody has answered with this code. Each code works once."))


def _saved(visit: Visit, step_key: str) -> ResponseReturnValue:
    """Keep the answers and give the code to come back with."""
    if current_app.config["RATELIMIT_ENABLED"] and _is_too_often("survey draft"):
        return _check(visit, TOO_MANY)
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
            resume_url=url_for("surveys.resume", slug=visit.survey.slug, _external=False),
            form_url=visit.url,
            language_links=[],
            **_carrying(visit, step_key),
        )
    return _page(text)


@bp.route("/surveys/<string:slug>/resume", methods=["GET", "POST"])
@checks_its_token
@public
def resume(slug: str) -> ResponseReturnValue:
    """Let somebody go on where they stopped."""
    survey = queries.recent_head(slug)
    why = _why_shut(survey, Mode.WEB)
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
    if current_app.config["RATELIMIT_ENABLED"] and _is_too_often(f"survey code {survey.id}"):
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
            return _check(visit)
        return _shown(visit, asking.step(state["step"], visit.answers) or asking.first)


# The end


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
    language = _language(asking) if asking else "pl"
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
    spoken = Spoken(_language(asking) if asking else "pl")
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
