"""Pages on which a coordinator writes a short questionnaire without a file: a new survey, and its next version."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.roles import Role, only
from surveys.forms.writing import RewriteForm, WriteForm
from surveys.operations import managing
from surveys.queries import surveys as queries
from surveys.views import bp
from surveys.views.access import managed_survey


@bp.route("/surveys/write", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def write() -> ResponseReturnValue:
    """Write a new survey on the screen; its buttons add, move and remove questions."""
    form = WriteForm()
    form.offer(current_user)
    if form.asks_again:
        form.arrange(request.form.get("do", ""))
    elif form.validate_on_submit():
        try:
            survey = managing.create(current_user, **form.values)
        except managing.SlugTaken:
            form.refuse_slug()
        else:
            flash(_("The survey is saved. Look it over and publish it."), "success")
            return redirect(url_for("surveys.version", slug=survey.slug, number=1))
    return render_template("surveys/write.html", form=form), form.status


@bp.route("/surveys/<string:slug>/write", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def rewrite(slug: str) -> ResponseReturnValue:
    """Go on writing the draft of a survey, or its next version; one that holds more than the screen needs a file."""
    survey = managed_survey(slug)
    before, digest = queries.compositions(survey), survey.versions[-1].digest
    if not before:
        flash(_("This questionnaire holds more than the screen can show. Change it in its file."), "error")
        return redirect(url_for("surveys.new_version", slug=slug))
    form = RewriteForm()
    form.begin(before, digest)
    if form.asks_again:
        form.arrange(request.form.get("do", ""))
    elif form.validate_on_submit():
        if form.is_based_on(digest):
            assert form.sheets is not None
            version = managing.draft(current_user, survey, form.sheets)
            flash(_("Version %(number)s is saved. Look it over and publish it.", number=version.number), "success")
            return redirect(url_for("surveys.version", slug=slug, number=version.number))
        form.refuse_replaced(digest)
    return render_template("surveys/rewrite.html", entry=queries.listed(survey), form=form), form.status
