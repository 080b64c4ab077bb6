"""`flask surveys results`: what people answered, as a table or as one JSON document, past the same rule as the page."""

import json
import sys
from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.districts import queries as districts
from surveys import results_record, results_wording
from surveys.commands import group
from surveys.models import Survey
from surveys.queries import results as queries
from surveys.queries import surveys
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
    found = queries.found(survey)
    tables = {result.question.name: _table(survey, result) for result in found.questions} if by else {}
    if as_json:
        record = {"survey": slug, **results_record.survey_record(found, LANGUAGE)}
        for question in record["questions"]:
            question.update(_districts(tables.get(question["name"])))
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    click.echo(
        _("%(slug)s: %(people)s answered.", slug=slug, people=found.everybody.people if found.everybody else "<10")
    )
    if found.usability:
        click.echo(_("Usability (SUS)") + f": {results_wording.usability_in_words(found.usability)}")
    for result in found.questions:
        _print(result, tables.get(result.question.name))


def _survey(slug: str) -> Survey:
    try:
        return surveys.by_slug(slug)
    except NoResultFound:
        click.echo(_("There is no survey named %(slug)s.", slug=slug), err=True)
        sys.exit(1)


def _table(survey: Survey, result: Result) -> list[Row]:
    return [row for row in queries.table(survey, result.question.name) if row.name]


def _districts(rows: list[Row] | None) -> dict[str, Any]:
    if rows is None:
        return {}
    return {"districts": [{"code": row.name, **results_record.figures_record(row.result, LANGUAGE)} for row in rows]}


def _print(result: Result, rows: list[Row] | None) -> None:
    """Print a question: its base, then its answers, or a row for each district."""
    click.echo(f"\n{results_wording.heading(result, LANGUAGE)}")
    if result.figures is None:
        click.echo("  " + _("hidden: fewer than ten people"))
    elif rows is None:
        _print_answers(result)
    else:
        _print_districts(rows)


def _print_answers(result: Result) -> None:
    assert result.missing is not None
    click.echo(f"  {results_wording.base_in_words(result)}")
    for line in (*results_wording.shown_lines(result), *result.apart):
        _print_line(
            results_wording.answer_name(line, result, LANGUAGE), line.count, results_wording.percent(line.share)
        )
    for entry in result.ranks:
        mean = results_wording.number(entry.mean)
        _print_line(results_wording.answer_name(entry, result, LANGUAGE), entry.placed, mean)
    if result.is_only_counted:
        _print_line(_("Answered"), result.answered, "")
    _print_line(_("no answer"), result.missing.count, results_wording.percent(result.missing.share))
    for label, said in results_wording.facts(result, LANGUAGE):
        click.echo(f"  {label}: {said}")


def _print_line(name: str, count: int, told: str) -> None:
    click.echo(f"  {name[:WIDTH]:{WIDTH}} {count:>8} {told:>8}".rstrip())


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
