"""Coding what people wrote: the questions, how far each is, reading text by text, settling, the end, the file."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import taking
from consult.disclosure import Audience
from consult.web.languages import language
from consult.web.roles import Role, only
from surveys import coded_texts
from surveys.forms.coding import CodeForm
from surveys.models import Coding, OpenText
from surveys.operations import coding as operations
from surveys.queries import coding as queries
from surveys.queries import surveys
from surveys.questions import text_in
from surveys.themes import FEWEST_TEXTS, Turn
from surveys.views import bp
from surveys.views.access import READERS, managed_survey, may_manage, own_survey


def coding_of(slug: str, question: str) -> Coding:
    """Give the coding of a question of a survey inside the reader's scope, or answer 404."""
    return queries.of(own_survey(slug), question)


def managed_coding(slug: str, question: str) -> Coding:
    """Give a coding that the reader decides on, or answer 404."""
    return queries.of(managed_survey(slug), question)


def heading(coding: Coding) -> str:
    """Give the question as it was asked."""
    return text_in(queries.question_of(coding).labels, language()) or coding.question


def back_to(coding: Coding) -> ResponseReturnValue:
    """Lead to the page of a coding."""
    return redirect(url_for("surveys.coding", slug=coding.survey.slug, question=coding.question))


def names_of(coding: Coding) -> dict[str, str]:
    """Give the names of all themes by their codes."""
    return {one.code: one.name for one in coding.themes}


@bp.get("/surveys/<string:slug>/open-text")
@only(*READERS)
def open_text(slug: str) -> ResponseReturnValue:
    """List the questions of a survey that people answered in their own words."""
    survey = own_survey(slug)
    return render_template(
        "surveys/open_text.html",
        entry=surveys.listed(survey),
        questions=queries.questions(survey),
        has_ended=queries.has_ended(survey),
        may_manage=may_manage(current_user, survey),
        fewest=FEWEST_TEXTS,
    )


@bp.post("/surveys/<string:slug>/open-text/<string:question>/begin")
@only(Role.COORDINATOR)
def begin_coding(slug: str, question: str) -> ResponseReturnValue:
    """Take the texts of a question out of the mixed submissions."""
    survey = managed_survey(slug)
    try:
        made = operations.begin(current_user, survey, question)
    except operations.NotOwnWords:
        abort(404)
    except operations.NotEnded:
        flash(_("Texts can be coded once the survey has ended and all its submissions are mixed."), "error")
    except operations.TooFewTexts:
        flash(_("Fewer than ten people wrote something here: nobody reads so few texts one by one."), "error")
    else:
        return back_to(made)
    return redirect(url_for("surveys.open_text", slug=slug))


@bp.get("/surveys/<string:slug>/open-text/<string:question>")
@only(*READERS)
def coding(slug: str, question: str) -> ResponseReturnValue:
    """Show how far the coding of a question is, its themes, and how far two people agree."""
    found = coding_of(slug, question)
    progress = queries.progress(found)
    return render_template(
        "surveys/coding.html",
        entry=surveys.listed(found.survey),
        coding=found,
        heading=heading(found),
        progress=progress,
        turn=found.turn_of(current_user.id),
        agreement=queries.agreement(found) if progress.is_compared else None,
        result=queries.result(found, Audience.STAFF),
        names=names_of(found),
        editions=queries.editions(found),
        may_manage=may_manage(current_user, found.survey),
    )


@bp.post("/surveys/<string:slug>/open-text/<string:question>/take/<any(first, second):turn>")
@only(*READERS)
def take_coding(slug: str, question: str, turn: str) -> ResponseReturnValue:
    """Become one of the two coders."""
    found = coding_of(slug, question)
    try:
        operations.take_turn(current_user, found, Turn(turn))
    except operations.CodingFinished:
        return _finished(found)
    except operations.TurnTaken:
        flash(_("Somebody else codes these texts already. Two different people code."), "error")
        return back_to(found)
    return redirect(url_for("surveys.code_text", slug=slug, question=question))


def _finished(found: Coding) -> ResponseReturnValue:
    flash(_("The coding is finished. Open it again to change something."), "error")
    return back_to(found)


@bp.route("/surveys/<string:slug>/open-text/<string:question>/code", methods=["GET", "POST"])
@only(*READERS)
def code_text(slug: str, question: str) -> ResponseReturnValue:
    """Show the next text that waits for the reader, or one that the reader asks for, and take its codes."""
    found = coding_of(slug, question)
    turn = found.turn_of(current_user.id)
    if turn is None:
        return back_to(found)
    if found.finished_at is not None:
        return _finished(found)
    text = _asked_for(found, turn) or queries.next_text(found, turn)
    if text is None:
        flash(_("You have read all your texts."), "success")
        return back_to(found)
    form = CodeForm()
    form.offer(text.words, found.in_force, queries.given(text, turn))
    if form.validate_on_submit():
        return _coded(found, text, form)
    return render_template(
        "surveys/code_text.html",
        entry=surveys.listed(found.survey),
        coding=found,
        heading=heading(found),
        text=text,
        form=form,
        turn=turn,
        progress=queries.progress(found),
        before=request.args.get("before", ""),
    ), form.status


def _asked_for(found: Coding, turn: Turn) -> OpenText | None:
    """Give the text of the address; one that is not the reader's to read is 404."""
    key = request.args.get("text", "")
    if not key:
        return None
    text = queries.text(found, key)
    if turn is Turn.SECOND and not text.is_drawn:
        abort(404)
    return text


def _coded(found: Coding, text: OpenText, form: CodeForm) -> ResponseReturnValue:
    try:
        operations.code(current_user, text, found, **form.values)
    except operations.CodingFinished:
        return _finished(found)
    except operations.ThemesChanged:
        flash(_("The themes have changed meanwhile. Choose again."), "error")
        return redirect(request.full_path)
    return redirect(url_for("surveys.code_text", slug=found.survey.slug, question=found.question, before=text.id))


@bp.route("/surveys/<string:slug>/open-text/<string:question>/settle", methods=["GET", "POST"])
@only(*READERS)
def settle_text(slug: str, question: str) -> ResponseReturnValue:
    """Show the next text that two people gave different codes, and take the decision of a third one."""
    found = coding_of(slug, question)
    if found.turn_of(current_user.id) is not None:
        flash(_("Who coded does not settle: ask a third person."), "error")
        return back_to(found)
    if found.finished_at is not None:
        return _finished(found)
    progress = queries.progress(found)
    differing = queries.next_difference(found) if progress.is_compared else None
    if differing is None:
        flash(_("Nothing is left to settle."), "success")
        return back_to(found)
    form = CodeForm()
    form.offer(differing.text.words, found.in_force)
    if not form.is_submitted():
        form.hidden.data = "\n".join(differing.hidden)
    if form.validate_on_submit() and request.form.get("text") == differing.text.id:
        return _settled(found, differing.text, form)
    return render_template(
        "surveys/settle_text.html",
        entry=surveys.listed(found.survey),
        coding=found,
        heading=heading(found),
        differing=differing,
        names=names_of(found),
        form=form,
        progress=progress,
    ), form.status


def _settled(found: Coding, text: OpenText, form: CodeForm) -> ResponseReturnValue:
    try:
        operations.settle(current_user, text, found, **form.values)
    except operations.CodingFinished:
        return _finished(found)
    except operations.ThemesChanged:
        flash(_("The themes have changed meanwhile. Choose again."), "error")
    return redirect(url_for("surveys.settle_text", slug=found.survey.slug, question=found.question))


@bp.post("/surveys/<string:slug>/open-text/<string:question>/finish")
@only(Role.COORDINATOR)
def finish_coding(slug: str, question: str) -> ResponseReturnValue:
    """Let the themes stand in the results."""
    found = managed_coding(slug, question)
    try:
        operations.finish(current_user, found)
    except operations.CodingFinished:
        return _finished(found)
    except operations.NotComplete:
        flash(_("Something is left to read or to settle."), "error")
    else:
        flash(_("The themes stand in the results now."), "success")
    return back_to(found)


@bp.post("/surveys/<string:slug>/open-text/<string:question>/reopen")
@only(Role.COORDINATOR)
def reopen_coding(slug: str, question: str) -> ResponseReturnValue:
    """Let codes and themes be changed again."""
    found = managed_coding(slug, question)
    operations.reopen(current_user, found)
    flash(_("The coding is open again. The results show no themes until it is finished."), "success")
    return back_to(found)


@bp.get("/surveys/<string:slug>/open-text/<string:question>/coded-texts.csv")
@only(Role.COORDINATOR)
def coded_texts_csv(slug: str, question: str) -> ResponseReturnValue:
    """Give the texts with their themes, personal data blacked out; who takes them along is noted."""
    found = managed_coding(slug, question)
    lines = [
        coded_texts.Line(one.words, hidden, read.codes, is_drawn=one.is_drawn)
        for one, read, hidden in queries.read(found)
    ]
    where = f"{slug}/{question}"
    if question_back := taking.asked_why(len(lines)):
        return question_back
    content = coded_texts.as_csv(lines, [(one.code, one.name) for one in found.in_force])
    taking.note_taking(content, "survey_coding", where, found.survey.unit_path, rows=len(lines))
    made = Response(content, mimetype="text/csv")
    made.headers["Content-Disposition"] = f'attachment; filename="{slug}-coded-texts.csv"'
    made.headers["Cache-Control"] = "no-store"
    return made
