"""Typing paper questionnaires in: one screen for a sheet, keyboard first, one after another."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from consult.web.roles import only
from surveys.forms.transcribing import Sheet, SheetForm
from surveys.models import Mode, Survey, SurveyVersion, VersionState
from surveys.operations import answering
from surveys.operations.answering import OtherAnswers, SurveyShut
from surveys.queries import invitations
from surveys.queries import surveys as queries
from surveys.questionnaire import Questionnaire
from surveys.views import bp
from surveys.views.access import READERS, seen_survey
from surveys.views.inviting import chosen_language


@bp.route("/surveys/<string:slug>/transcribe", methods=["GET", "POST"])
@only(*READERS)
def transcribe(slug: str) -> ResponseReturnValue:
    """Take one sheet after another; the one that is saved leaves nothing on the page but its number."""
    survey = seen_survey(slug)
    version = _version(survey)
    definition = queries.definition_of(version)
    sheet = Sheet(definition, invitations.areas(survey), chosen_language(survey))
    form = SheetForm()
    if form.validate_on_submit():
        sheet.check(Questionnaire(definition))
        if _is_ready(form, sheet) and "save" in request.form and _saved(survey, version, form, sheet):
            facts: dict[str, Any] = {"version": version.number, "language": sheet.spoken.language, "paper": _pile()}
            return redirect(url_for("surveys.transcribe", slug=slug, saved=form.count, **facts))
    return _page(survey, version, form, sheet)


def _pile() -> int | None:
    """Tell from which pile of sheets with a map the reader comes and goes back to; of one sheet nothing is known."""
    return request.args.get("paper", type=int)


def _version(survey: Survey) -> SurveyVersion:
    """Give the version that stands on the sheet, by default the one that is answered now."""
    number = request.args.get("version", type=int)
    version = queries.numbered(survey, number) if number else survey.published
    if version is None or version.state is VersionState.DRAFT:
        abort(404)
    return version


def _is_ready(form: SheetForm, sheet: Sheet) -> bool:
    if sheet.is_empty:
        form.form_errors.append(_("Nothing is typed in yet."))
    open_questions = sheet.unagreed(form.agreed.data or "") or sheet.unconfirmed(form.blank.data or "")
    return not (sheet.is_empty or sheet.checked.faults or open_questions)


def _saved(survey: Survey, version: SurveyVersion, form: SheetForm, sheet: Sheet) -> bool:
    """Save the sheet, once for its key; whoever wrote it stays unknown."""
    asking = Questionnaire(sheet.definition)
    try:
        answering.submit(
            survey,
            version,
            asking,
            sheet.checked.answers,
            mode=Mode.PAPER,
            language=sheet.spoken.language,
            key=str(form.key.data),
        )
    except OtherAnswers:
        form.refuse_key()
        return False
    except SurveyShut:
        form.form_errors.append(_("The survey takes no answers now: it is not open yet, has closed or is full."))
        return False
    return True


def _page(survey: Survey, version: SurveyVersion, form: SheetForm, sheet: Sheet) -> ResponseReturnValue:
    unagreed = sheet.unagreed(form.agreed.data or "") if form.is_submitted() else []
    unconfirmed = sheet.unconfirmed(form.blank.data or "") if form.is_submitted() else []
    wrong = bool(form.errors or sheet.checked.faults or unagreed or unconfirmed)
    if not form.is_submitted():
        form.saved.data = str(min(max(request.args.get("saved", 0, type=int), 0), 99_999))
    page = render_template(
        "surveys/transcribe.html",
        entry=queries.listed(survey),
        version=version,
        versions=[one for one in survey.versions if one.state is not VersionState.DRAFT],
        form=form,
        sheet=sheet,
        pile=_pile(),
        unagreed=unagreed,
        unconfirmed=unconfirmed,
        is_checked=form.is_submitted() and not wrong,
    )
    return page, 409 if form.is_refused else 422 if wrong else 200
