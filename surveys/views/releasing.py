"""Publishing results: the coordinator says when everybody may see what people answered, and what hinders it is told."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.forms import Form
from consult.web.roles import Role, only
from surveys.operations.releasing import release
from surveys.queries import releases, surveys
from surveys.release_complaints import REFUSALS, in_words
from surveys.views import bp
from surveys.views.access import managed_survey


@bp.route("/surveys/<string:slug>/publish-results", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def publish_results(slug: str) -> ResponseReturnValue:
    """Publish what people answered up to today, after saying what follows."""
    survey = managed_survey(slug)
    form = Form()
    if form.validate_on_submit():
        try:
            made = release(survey, current_user.id)
        except REFUSALS as refused:
            form.form_errors.append(in_words(refused))
        else:
            flash(_("The results are published, with this day and their digest."), "success")
            return redirect(url_for("releases.show", release_id=made.id))
    page = render_template(
        "surveys/publish_results.html", entry=surveys.listed(survey), form=form, last=releases.last(survey)
    )
    return page, form.status
