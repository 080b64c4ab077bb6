"""The method of a survey: what somebody states of it, and the box that tells everybody."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.languages import language
from consult.web.roles import only
from surveys import method_wording
from surveys.estimates_wording import margin_name
from surveys.forms.methods import MethodForm
from surveys.method_wording import Item
from surveys.models import Survey
from surveys.operations import managing
from surveys.operations import methods as operations
from surveys.queries import methods as queries
from surveys.queries import results, surveys
from surveys.queries.surveys import Listed
from surveys.results import Results
from surveys.views import bp
from surveys.views.access import READERS, may_manage, seen_survey

Ways = Mapping[str, Mapping[str, Sequence[str]]]


@bp.route("/surveys/<string:slug>/method", methods=["GET", "POST"])
@only(*READERS)
def method(slug: str) -> ResponseReturnValue:
    """Show the disclosure box of a survey; its coordinator states here what the database cannot know."""
    survey = seen_survey(slug)
    entry = surveys.listed(survey)
    form = _form(survey, entry) if may_manage(current_user, survey) else None
    if form is not None and form.validate_on_submit():
        try:
            operations.state(current_user, survey, **form.values)
        except managing.OpenIsOptIn:  # somebody has opened it to everybody meanwhile
            flash(_("Everybody may answer by now, so respondents select themselves."), "error")
        else:
            flash(_("The changes are saved."), "success")
        return redirect(url_for("surveys.method", slug=slug))
    found = results.found(survey, results.seen_districts(survey.unit_path, current_user.scope))
    page = render_template("surveys/method.html", entry=entry, form=form, box=box(survey, entry, found))
    return page, form.status if form else 200


def _form(survey: Survey, entry: Listed) -> MethodForm:
    form = MethodForm()
    ways = queries.ways(survey)
    form.offer(survey.access, ways, named(ways, entry))
    form.show(queries.stated(survey), survey.sample)
    return form


def named(ways: Ways, entry: Listed) -> list[tuple[str, str]]:
    """Name what people can be told apart by, in the reader's language."""
    return [(name, margin_name(name, entry.definition, language())) for name in ways]


def box(survey: Survey, entry: Listed, found: Results) -> list[Item]:
    """Write the disclosure box for whoever sees these results."""
    people = found.everybody.people if found.everybody else None
    return method_wording.box(queries.facts(survey), people, entry.definition, language())
