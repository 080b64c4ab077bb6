"""Pages that bring people to a survey: letters with codes, how many answered, a poster."""

from collections.abc import Callable
from typing import ParamSpec

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.documents.rendering import DocumentRefused, Renderer
from consult.web.languages import language
from consult.web.limits import prints
from consult.web.roles import Role, only
from consult.web.transactions import only_reads
from surveys.forms.inviting import LettersForm
from surveys.models import Access, Survey
from surveys.operations import inviting, papers
from surveys.operations.papers import Letter
from surveys.queries import invitations as queries
from surveys.queries.surveys import listed
from surveys.views import bp
from surveys.views.access import READERS, managed_survey, seen_survey

P = ParamSpec("P")


@bp.route("/surveys/<string:slug>/invitations", methods=["GET", "POST"])
@only(Role.COORDINATOR)
@prints("POST")
def invitations(slug: str) -> ResponseReturnValue:
    """Count the invitations by area, and print letters with new ones."""
    only_reads()  # letters take seconds to print; what is written then has a transaction of its own
    survey = managed_survey(slug)
    form = LettersForm() if queries.takes_invitations(survey) else None
    if form is not None:
        form.offer(survey)
        if form.validate_on_submit() and (printed := _printed(survey, form)):
            return pdf(printed, f"{survey.slug}-letters.pdf")
    return _invitations(survey, form)


def _invitations(survey: Survey, form: LettersForm | None) -> ResponseReturnValue:
    areas = queries.turnout(survey)
    page = render_template(
        "surveys/invitations.html",
        entry=listed(survey),
        form=form,
        areas=areas,
        total=queries.total(areas),
        named=queries.names([code for area in areas for code in area.area_codes]),
        unused=queries.unused(survey),
        fewest=queries.FEWEST_TO_SHOW,
    )
    return page, form.status if form else 422 if request.method == "POST" else 200


def _printed(survey: Survey, form: LettersForm) -> bytes:
    """Print the letters and admit their codes; nothing of both when the press refuses."""
    letters, key = _letters(form), str(form.key.data)
    try:
        inviting.refuse_printed(key)
        with Renderer(limits=papers.LETTER_LIMITS) as renderer:
            printed = papers.print_at_once(survey, letters, renderer, contact=form.contact.data or "")
        inviting.admit_printed(current_user, survey, {letter.code: letter.area_code for letter in letters}, key)
    except DocumentRefused as refused:
        current_app.logger.warning("letters of %s: %s", survey.slug, refused)
        form.form_errors.append(_("The letters could not be printed. Nobody was invited. Try again."))
        return b""
    except inviting.PrintedBefore:
        form.refuse_printed()
        return b""
    return printed


def _letters(form: LettersForm) -> list[Letter]:
    if form.people:
        drawn = inviting.draw(len(form.people))
        return [
            Letter(code, one.lines, one.language, one.area_code) for code, one in zip(drawn, form.people, strict=True)
        ]
    area, spoken = form.area_code.data or "", form.language.data
    return [Letter(code, (), spoken, area) for code in inviting.draw(form.count.data or 0)]


@bp.post("/surveys/<string:slug>/invitations/revoke")
@only(Role.COORDINATOR)
def revoke_invitations(slug: str) -> ResponseReturnValue:
    """Take back all codes that nobody has used."""
    gone = inviting.revoke_unused(current_user, managed_survey(slug))
    flash(ngettext("%(num)d code does not work any more.", "%(num)d codes do not work any more.", gone), "success")
    return redirect(url_for("surveys.invitations", slug=slug))


@bp.get("/surveys/<string:slug>/poster.pdf")
@only(*READERS)
@prints()
def poster(slug: str) -> ResponseReturnValue:
    """Give a poster for a notice board; only a survey that everybody may answer has one."""
    survey = seen_survey(slug)
    if survey.access is not Access.OPEN or survey.published is None:
        abort(404)
    return pdf(printed_or_busy(papers.print_poster, survey, chosen_language(survey)), f"{survey.slug}-poster.pdf")


@bp.get("/surveys/<string:slug>/slips.pdf")
@only(*READERS)
@prints()
def slips(slug: str) -> ResponseReturnValue:
    """Give slips to hand out at a door; only a survey that everybody may answer has them."""
    survey = seen_survey(slug)
    if survey.access is not Access.OPEN or survey.published is None:
        abort(404)
    return pdf(printed_or_busy(papers.print_slips, survey, chosen_language(survey)), f"{survey.slug}-slips.pdf")


def printed_or_busy(work: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bytes:
    """Print a paper, or say that the press is busy and when to come back."""
    try:
        return work(*args, **kwargs)
    except DocumentRefused as refused:
        current_app.logger.warning("%s: %s", request.path, refused)
        abort(503)


def chosen_language(survey: Survey) -> str:
    """Tell the language that the address asks for, else the reader's; only one that the survey speaks."""
    spoken = listed(survey).definition.languages
    wanted = request.args.get("language", language())
    return wanted if wanted in spoken else spoken[0]


def pdf(content: bytes, name: str) -> Response:
    """Send a PDF to be saved; nothing on the way keeps a copy."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
