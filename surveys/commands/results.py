"""`flask surveys results`: what people answered, as a table or as one JSON document, past the same rule as the page."""

import json
import sys
from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.districts import queries as districts
from surveys import estimates_wording, estimation, results_record, results_wording
from surveys.commands import group
from surveys.estimation import Basis, Estimated
from surveys.models import Access, Survey
from surveys.queries import respondents, surveys
from surveys.queries import results as queries
from surveys.results import Result, Row

LANGUAGE = "pl"
WIDTH = 44


@group.command("results")
@click.argument("slug")
@click.option("--by", type=click.Choice(["district"]), help="Each question district by district.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(slug: str, by: str | None, as_json: bool) -> None:
    """Print the results of the survey SLUG; what fewer than ten people stand behind is hidden."""
    survey = _survey(slug)
    standing = respondents.standing(survey)
    basis, found = standing.basis, queries.found(survey, worth=queries.worth(survey, standing.basis))
    estimates = estimation.estimates(basis, found.questions) if basis else {}
    tables = {result.question.name: _table(survey, result) for result in found.questions} if by else {}
    if as_json:
        record = {"survey": slug, **results_record.survey_record(found, LANGUAGE)}
        record |= {"sample": survey.sample, **results_record.basis_record(basis)}
        for question, result in zip(record["questions"], found.questions, strict=True):
            question.update(_districts(tables.get(question["name"])))
            if basis is not None:
                question.update(results_record.estimates_record(estimates.get(question["name"]), result, basis))
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    click.echo(
        _("%(slug)s: %(people)s answered.", slug=slug, people=found.everybody.people if found.everybody else "<10")
    )
    for line in _notes(survey, standing):
        click.echo(line)
    if found.usability:
        click.echo(_("Usability (SUS)") + f": {results_wording.usability_in_words(found.usability)}")
    for result in found.questions:
        _print(result, tables.get(result.question.name), estimates.get(result.question.name), basis)


def _survey(slug: str) -> Survey:
    try:
        return surveys.by_slug(slug)
    except NoResultFound:
        click.echo(_("There is no survey named %(slug)s.", slug=slug), err=True)
        sys.exit(1)


def _notes(survey: Survey, standing: respondents.Standing) -> list[str]:
    """Say what kind of sample it is, what weights cost, and why estimates are missing."""
    said = [estimates_wording.how_people_came(survey.sample, is_open=survey.access is Access.OPEN)]
    if standing.refusal is not None:
        definition = surveys.listed(survey).definition
        said.append(estimates_wording.refusal_in_words(standing.refusal, definition, LANGUAGE))
    if standing.basis is not None and (cost := estimates_wording.worth(standing.basis)):
        said.append(cost)
    return said


def _table(survey: Survey, result: Result) -> list[Row]:
    return [row for row in queries.table(survey, result.question.name) if row.name]


def _districts(rows: list[Row] | None) -> dict[str, Any]:
    if rows is None:
        return {}
    return {"districts": [{"code": row.name, **results_record.figures_record(row.result, LANGUAGE)} for row in rows]}


def _print(result: Result, rows: list[Row] | None, told: Estimated | None, basis: Basis | None) -> None:
    """Print a question: its base, then its answers, or a row for each district."""
    click.echo(f"\n{results_wording.heading(result, LANGUAGE)}")
    if result.figures is None:
        click.echo("  " + _("hidden: fewer than ten people"))
    elif rows is None:
        _print_answers(result, told, basis)
    else:
        _print_districts(rows)


def _print_answers(result: Result, told: Estimated | None, basis: Basis | None) -> None:
    assert result.missing is not None
    if told is not None and basis is not None and result.lines:
        click.echo(f"  {'':{WIDTH}} {'':>17} {estimates_wording.column(basis)}")
    click.echo(f"  {results_wording.base_in_words(result)}")
    for line in (*results_wording.shown_lines(result), *result.apart):
        beside = estimates_wording.shown(line, result, told, basis) if told is not None and basis is not None else ""
        name = results_wording.answer_name(line, result, LANGUAGE)
        _print_line(name, line.count, results_wording.percent(line.share), beside)
    for entry in result.ranks:
        mean = results_wording.number(entry.mean)
        _print_line(results_wording.answer_name(entry, result, LANGUAGE), entry.placed, mean)
    if result.is_only_counted:
        _print_line(_("Answered"), result.answered, "")
    _print_line(_("no answer"), result.missing.count, results_wording.percent(result.missing.share))
    facts = results_wording.facts(result, LANGUAGE)
    for label, said in [*facts, *(estimates_wording.facts(result, told, basis) if basis is not None else [])]:
        click.echo(f"  {label}: {said}")


def _print_line(name: str, count: int, told: str, beside: str = "") -> None:
    click.echo(f"  {name[:WIDTH]:{WIDTH}} {count:>8} {told:>8} {beside}".rstrip())


def _print_districts(rows: list[Row]) -> None:
    shown = [row for row in rows if row.result.figures is not None]
    names = districts.names(row.name for row in shown)
    if shown:
        click.echo(f"  {'':{WIDTH}} " + " | ".join(results_wording.columns(shown[0].result, LANGUAGE)))
    for row in shown:
        cells = " | ".join(results_wording.row(row.result, LANGUAGE))
        click.echo(f"  {names.get(row.name, row.name)[:WIDTH]:{WIDTH}} {cells}")
    if len(shown) < len(rows):
        click.echo("  " + _("Districts hidden: %(count)s", count=len(rows) - len(shown)))
