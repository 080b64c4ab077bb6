"""Two questions of a survey together, and a survey beside another one."""

from collections.abc import Mapping, Sequence

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from consult.disclosure import Audience
from consult.web.languages import language
from consult.web.roles import only
from surveys import comparing_wording, crossing, estimates_wording, waves
from surveys.models import Survey
from surveys.queries import methods, respondents, results, surveys
from surveys.queries import waves as waves_queries
from surveys.queries.surveys import Listed
from surveys.views import bp
from surveys.views.access import READERS, seen_survey
from surveys.views.methods import named
from surveys.waves import Wave

Ways = Mapping[str, Sequence[str]]

bp.add_app_template_filter(comparing_wording.figure_name, "figure_name")
bp.add_app_template_filter(comparing_wording.told, "compared_figure")
bp.add_app_template_filter(comparing_wording.change, "compared_change")
bp.add_app_template_filter(comparing_wording.verdict, "compared_verdict")
bp.add_app_template_filter(comparing_wording.association_in_words, "association_in_words")


@bp.get("/surveys/<string:slug>/cross-table")
@only(*READERS)
def cross_table(slug: str) -> ResponseReturnValue:
    """Show how the answers to one question divide in the groups of another."""
    survey = seen_survey(slug)
    entry = surveys.listed(survey)
    ways = {name: list(answers) for name, answers in methods.ways(survey).items()}
    offered = named(methods.ways(survey), entry)
    rows, columns = _chosen("rows", ways, crossing.MOST_ROWS), _chosen("columns", ways, crossing.MOST_COLUMNS)
    standing = respondents.whole(survey)
    seen = results.seen_districts(survey.unit_path, current_user.scope)
    table = None
    if standing.basis and rows and columns and rows != columns:
        pair = (rows, ways[rows]), (columns, ways[columns])
        table = crossing.cross(standing.basis, *pair, Audience.STAFF, seen)
    return render_template(
        "surveys/cross_table.html",
        entry=entry,
        row_choices=[(name, words) for name, words in offered if len(ways[name]) <= crossing.MOST_ROWS],
        column_choices=[(name, words) for name, words in offered if len(ways[name]) <= crossing.MOST_COLUMNS],
        rows=rows,
        columns=columns,
        table=table,
        names=_answer_names(survey, entry, (rows, columns)),
        questions=dict(offered),
        basis=standing.basis,
        refusal=estimates_wording.refusal_in_words(standing.refusal, entry.definition, language())
        if standing.refusal
        else "",
    )


def _chosen(name: str, ways: Ways, most: int) -> str:
    """Read which question was chosen; one that is not offered is none."""
    wanted = request.args.get(name, "")
    return wanted if wanted in ways and len(ways[wanted]) <= most else ""


def _answer_names(survey: Survey, entry: Listed, chosen: Sequence[str]) -> dict[tuple[str, str], str]:
    """Name the answers to the chosen questions, districts by their names."""
    ways = methods.ways(survey)
    return {
        (name, answer): _named(name, answer, words, entry)
        for name in chosen
        if name
        for answer, words in ways[name].items()
    }


def _named(name: str, answer: str, words: Sequence[str], entry: Listed) -> str:
    said = estimates_wording.answer_name(answer, name, entry.definition, language())
    return words[0] if said == answer and words else said


@bp.get("/surveys/<string:slug>/compare")
@only(*READERS)
def compare(slug: str) -> ResponseReturnValue:
    """Show what has changed since another survey that asked the same."""
    survey = seen_survey(slug)
    entry = surveys.listed(survey)
    others = waves_queries.comparable(survey, current_user.scope)
    wanted = request.args.get("with", "")
    other = next((one for one in others if one.slug == wanted), None)
    if wanted and other is None:
        abort(404)
    refusal, report = "", None
    if other is not None:
        before, after = (waves_queries.wave(one, current_user.scope) for one in (other, survey))
        if isinstance(before, Wave) and isinstance(after, Wave):
            report = waves.compare(before, after)
        else:
            refusal = _refused(before, other) or _refused(after, survey)
    return render_template(
        "surveys/compare.html",
        entry=entry,
        other=surveys.listed(other) if other else None,
        choices=[("", "–"), *((one.slug, f"{surveys.listed(one).title(language())} ({one.slug})") for one in others)],
        report=report,
        refusal=refusal,
    )


def _refused(wave: Wave | respondents.Refusal, survey: Survey) -> str:
    if isinstance(wave, Wave):
        return ""
    entry = surveys.listed(survey)
    said = estimates_wording.refusal_in_words(wave, entry.definition, language())
    return f"{entry.title(language())}: {said}"
