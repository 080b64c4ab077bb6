"""Answering a questionnaire: page by page, back without loss, a check before the end, a receipt after it.

Every post carries all answers so far, signed (`surveys.carried`), so a page is a plain function of what was sent: no
page but the last writes anything, and the same post twice gives the same page.
"""

from collections.abc import Mapping
from dataclasses import replace

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from consult.web.forms import checks_its_token, lacks_token
from consult.web.place_field import PlaceField
from consult.web.roles import only, public
from consult.web.transactions import only_reads
from surveys.carried import Carried, NotOurs
from surveys.forms.places import place_fields, records_of
from surveys.models import Access, Mode
from surveys.queries import answering as queries
from surveys.queries.answering import Head
from surveys.questionnaire import Step
from surveys.questions import PLACES
from surveys.views import bp
from surveys.views.access import READERS, seen_survey
from surveys.views.printing import first_page
from surveys.views.returning import invited, saved
from surveys.views.sending import check, code_page, send, shut
from surveys.views.visits import (
    CHECK,
    NO_COOKIES,
    Visit,
    carrying,
    filled,
    language_of,
    page_of,
    press_of,
    shown,
    translated,
    why_shut,
)


@bp.route("/surveys/<string:slug>/answer", methods=["GET", "POST"])
@checks_its_token  # so that somebody whose browser keeps no cookies loses no answers
@public
def answer(slug: str) -> ResponseReturnValue:
    """Let somebody answer a survey."""
    _say_if_it_only_reads()
    return _answered(queries.recent_head(slug), Mode.WEB)


@bp.route("/surveys/<string:slug>/interview", methods=["GET", "POST"])
@checks_its_token
@only(*READERS)
def interview(slug: str) -> ResponseReturnValue:
    """Let an officer ask somebody the questions of a survey."""
    _say_if_it_only_reads()
    seen_survey(slug)
    return _answered(queries.recent_head(slug), Mode.INTERVIEW)


WRITING = ("send", "save")
"""The buttons that keep something; all others only turn pages."""


def _say_if_it_only_reads() -> None:
    if request.form.get("-go") not in WRITING:
        only_reads()


def _answered(survey: Head, mode: Mode) -> ResponseReturnValue:
    why = why_shut(survey, mode)
    if why is not None:
        return shut(survey, why)
    if request.method != "POST":
        return _begun(survey, mode)
    if mode is Mode.WEB and "-code" in request.form:
        return invited(survey)
    try:
        carried = Carried.read(request.form.get("-state", ""), str(current_app.config["SECRET_KEY"]))
    except NotOurs:
        abort(400)
    asking = queries.questionnaire(survey, carried.version_id)
    with force_locale(carried.language):
        return _turned(Visit(survey, mode, asking, carried))


def _begun(survey: Head, mode: Mode) -> ResponseReturnValue:
    """Show the first page, or ask for the code of the invitation first."""
    assert survey.version_id is not None
    asking = queries.questionnaire(survey, survey.version_id)
    language = language_of(asking)
    if survey.access is Access.INVITATION and mode is Mode.WEB:
        with force_locale(language):
            return code_page(survey, asking, language)
    visit = Visit(survey, mode, asking, Carried(survey.version_id, language))
    if any(question.kind in PLACES for question in asking.first.page.questions):
        return shown(visit, asking.first)  # what it offers depends on the boundaries of today
    page = first_page(press_of(visit), lambda: filled(visit, asking.first, mark_person=True))
    return page_of(page.filled(carrying(visit, asking.first.key, with_token=mode is not Mode.WEB)))


def _turned(visit: Visit) -> ResponseReturnValue:
    """Do what the pressed button says."""
    name, go = request.form.get("-page", ""), request.form.get("-go", "")
    if name == CHECK:
        return from_check(visit, go)
    step = visit.asking.step(name, visit.answers) or visit.asking.first
    fields = place_fields(visit.survey.area_codes, step, visit.asking.here(step, visit.answers), visit.spoken)
    again = any(field.asks_again for field in fields.values())
    if not visit.is_first_turn and lacks_token():
        return shown(visit, step, fields=fields, sent=_sent(), pause=NO_COOKIES)
    if go.startswith("language:") or again or go == "again":
        return shown(translated(visit, go), step, fields=fields, sent=_sent())
    return _taken(visit, step, fields, go)


def _sent() -> dict[str, list[str]]:
    """Give the fields of the page's questions: engine's own begin with a dash."""
    return {name: request.form.getlist(name) for name in request.form if name[0] != "-" and name != "csrf_token"}


def _taken(visit: Visit, step: Step, fields: Mapping[str, PlaceField], go: str) -> ResponseReturnValue:
    """Read the page and go where the button leads; whoever only leaves the page is not held up by what is wrong."""
    records, place_faults = records_of(fields, step)
    reading = visit.asking.read(step, visit.answers, _sent(), records)
    after = visit.with_answers(reading.answers)
    if go == "drop" and step.page.repeat is not None:
        after = visit.with_answers(visit.asking.without_round(step, visit.answers))
        return _next(after, replace(step, round=max(0, step.round - 1)))
    if go == "back":
        return shown(after, visit.asking.before(step, after.answers) or visit.asking.first)
    if go == "save":
        return saved(after, step.key)
    faults = [
        *place_faults,
        *(f for f in reading.faults if f.question.name not in {p.question.name for p in place_faults}),
    ]
    if faults:
        return shown(visit, step, fields=fields, sent=_sent(), faults=tuple(faults))
    if go == "add" and step.page.repeat is not None and step.round + 1 < step.page.repeat.most:
        return _round_added(after, step)
    return _next(after, step)


def _next(visit: Visit, step: Step) -> ResponseReturnValue:
    following = visit.asking.after(step, visit.answers)
    return shown(visit, following) if following else check(visit)


def _round_added(visit: Visit, step: Step) -> ResponseReturnValue:
    repeat = step.page.repeat
    assert repeat is not None
    first = next(page for page in visit.asking.definition.pages if page.repeat == repeat)
    rounds = len(visit.answers.get(repeat.name, ()))
    return shown(visit, Step(first, min(rounds, repeat.most - 1)))


def from_check(visit: Visit, go: str) -> ResponseReturnValue:
    """From the check: change an answer, stop, or send."""
    if lacks_token():
        return check(visit, NO_COOKIES)
    if go.startswith("language:"):
        return check(translated(visit, go))
    if go.startswith("to:"):
        return shown(visit, visit.asking.step(go[3:], visit.answers) or visit.asking.first)
    if go == "back":
        steps = visit.asking.steps(visit.answers)
        return shown(visit, steps[-1])
    if go == "save":
        return saved(visit, CHECK)
    return send(visit) if go == "send" else check(visit)
