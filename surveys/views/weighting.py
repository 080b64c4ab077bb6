"""Weighting a survey: the margins, what the weights cost, and an end to them."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.disclosure import SURVEY_BASE
from consult.estimates.designs import DesignUnclear
from consult.web.languages import language
from consult.web.roles import Role, only
from surveys import estimates_wording
from surveys.forms.weighting import WeightsForm
from surveys.models import Survey, SurveyWeighting
from surveys.operations import weighting as operations
from surveys.queries import methods as queries
from surveys.queries import mixing, surveys
from surveys.queries.surveys import Listed
from surveys.views import bp
from surveys.views.access import managed_survey
from surveys.views.methods import named
from surveys.weighting import WeightingRefused, margins_of


@bp.route("/surveys/<string:slug>/weights", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def weights(slug: str) -> ResponseReturnValue:
    """Weigh a survey to what is known of its population, or say why that cannot be."""
    survey = managed_survey(slug)
    entry = surveys.listed(survey)
    form = _form(survey, entry)
    if form.validate_on_submit():
        try:
            operations.weigh(current_user, survey, **form.values)
        except (WeightingRefused, DesignUnclear) as refused:
            form.form_errors.append(estimates_wording.refusal_in_words(refused, entry.definition, language()))
        else:
            flash(_("The results are weighted."), "success")
            return redirect(url_for("surveys.weights", slug=slug))
    return _page(survey, entry, form)


def _form(survey: Survey, entry: Listed) -> WeightsForm:
    form = WeightsForm()
    ways = queries.ways(survey)
    form.offer(ways, named(ways, entry), queries.margins(survey))
    return form


def _page(survey: Survey, entry: Listed, form: WeightsForm) -> ResponseReturnValue:
    runs = queries.weightings(survey)
    in_force = queries.weighting(survey)
    page = render_template(
        "surveys/weights.html",
        entry=entry,
        form=form,
        run=in_force,
        figures=_figures(in_force) if in_force else [],
        margins=_margins(in_force, entry) if in_force and _may_show_groups(survey, in_force) else [],
        earlier=[run for run in runs if run is not in_force],
        waiting=mixing.waiting(survey.id),
    )
    return page, form.status


def _may_show_groups(survey: Survey, run: SurveyWeighting) -> bool:
    """Tell whether the groups of a run may stand beside today's results: not where they differ by a few people."""
    return not 0 < survey.accepted - run.diagnostics["people"] < SURVEY_BASE


def _figures(run: SurveyWeighting) -> list[dict[str, str]]:
    """Say what the weights cost."""
    found, decimals = run.diagnostics, estimates_wording.decimals
    return [
        {"value": estimates_wording.whole(found["people"]), "label": _("people weighted")},
        {"value": estimates_wording.whole(found["effective"]), "label": _("unweighted answers they are worth (Kish)")},
        {"value": decimals(found["design_effect"]), "label": _("design effect")},
        {
            "value": f"{decimals(found['lowest'])}–{decimals(found['highest'])}",
            "label": _("weights, beside a mean of 1"),
        },
    ]


def _margins(run: SurveyWeighting, entry: Listed) -> list[dict[str, Any]]:
    """Say of each margin how its groups stood before, after and in the population."""
    sources = {margin.question: margin for margin in margins_of(run.spec)}
    return [_margin(found, sources[found["question"]].source, sources[found["question"]].year, entry)
            for found in run.diagnostics["margins"]]  # fmt: skip


def _margin(found: dict[str, Any], source: str, year: int, entry: Listed) -> dict[str, Any]:
    tongue, name = language(), found["question"]
    return {
        "name": estimates_wording.margin_name(name, entry.definition, tongue),
        "year": year,
        "source": source,
        "unplaced": found["unplaced"],
        "cells": [
            {
                **cell,
                "name": ", ".join(
                    estimates_wording.answer_name(answer, name, entry.definition, tongue) for answer in cell["answers"]
                ),
                **{key: estimates_wording.percent_of(cell[key]) for key in ("before", "after", "population")},
            }
            for cell in found["cells"]
        ],
    }


@bp.post("/surveys/<string:slug>/weights/withdraw")
@only(Role.COORDINATOR)
def withdraw_weights(slug: str) -> ResponseReturnValue:
    """Show the results without weights again."""
    operations.withdraw(current_user, managed_survey(slug))
    flash(_("The results are shown without weights."), "success")
    return redirect(url_for("surveys.weights", slug=slug))
