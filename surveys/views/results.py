"""Results for staff, as they come: of everybody whom the reader may see, or of a district, a mode, a version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.disclosure import Audience, Part
from consult.districts import queries as districts
from consult.web.languages import day, language, number
from consult.web.roles import only
from consult.words import folded
from surveys import estimates_wording, estimation, results_wording, titles
from surveys.counting import ALL
from surveys.models import Access, Mode, Survey
from surveys.queries import coding, methods, mixing, respondents, surveys
from surveys.queries import results as queries
from surveys.queries.respondents import Standing
from surveys.queries.results import Districts
from surveys.queries.surveys import Day, Listed
from surveys.results import DISTRICT, MODE, VERSION, Edition, Row
from surveys.views import bp
from surveys.views.access import READERS, may_manage, seen_survey
from surveys.views.methods import box

WAYS = {"district": DISTRICT, "mode": MODE, "version": VERSION}
"""How a filter in the address is called: mode:paper."""

bp.add_app_template_filter(results_wording.heading, "question_heading")
bp.add_app_template_filter(results_wording.battery_heading, "battery_heading")
bp.add_app_template_filter(results_wording.answer_name, "answer_name")
bp.add_app_template_filter(results_wording.number, "one_decimal")
bp.add_app_template_filter(results_wording.percent, "percent")
bp.add_app_template_filter(results_wording.base_in_words, "base_in_words")
bp.add_app_template_filter(results_wording.shown_lines, "shown_lines")
bp.add_app_template_filter(results_wording.facts, "scale_facts")
bp.add_app_template_filter(results_wording.chart, "results_chart")
bp.add_app_template_filter(results_wording.usability_in_words, "usability_in_words")
bp.add_app_template_filter(estimates_wording.column, "estimates_column")
bp.add_app_template_filter(estimates_wording.shown, "estimate")
bp.add_app_template_filter(estimates_wording.facts, "estimated_facts")


@dataclass(frozen=True)
class Turnout:
    """How many people of those whom the reader may see have answered, by mode and by district."""

    by_mode: Mapping[Mode, int]
    by_district: Mapping[str, int]

    @property
    def people(self) -> int:
        """All of them."""
        return sum(self.by_mode.values())


@bp.get("/surveys/<string:slug>/results")
@only(*READERS)
def results(slug: str) -> ResponseReturnValue:
    """Show what people answered, question by question."""
    survey = seen_survey(slug)
    seen = queries.seen_districts(survey.unit_path, current_user.scope)
    editions = queries.editions(survey)
    turnout = _turnout(editions, seen)
    offers = _offers(turnout, editions)
    only_part = request.args.get("only", "")
    part = _part(only_part, offers)
    entry, standing = surveys.listed(survey), respondents.standing(survey)
    found = queries.found(survey, seen, part, queries.worth(survey, standing.basis, part, seen))
    return render_template(
        "surveys/results.html",
        entry=entry,
        found=found,
        basis=standing.basis,
        estimates=estimation.estimates(standing.basis, found.questions, part, seen) if standing.basis else {},
        notes=_notes(survey, entry, standing),
        box=box(survey, entry, found) if seen is None and part is None else [],
        ways=_ways(survey),
        turnout=_key_figures(turnout, surveys.days_of(survey)),
        has_districts=any(turnout.by_district),
        offers=offers,
        chosen=only_part if part else "",
        chosen_name=dict(offers).get(only_part, ""),
        limits=None if seen is None else list(districts.names(sorted(seen)).values()),
        waiting=mixing.waiting(survey.id),
        themes=coding.found(survey, Audience.STAFF) if seen is None and part is None else {},
    )


@bp.get("/surveys/<string:slug>/results/<string:question>")
@only(*READERS)
def results_by_district(slug: str, question: str) -> ResponseReturnValue:
    """Show the answers to one question in each district that the reader may see."""
    survey = seen_survey(slug)
    rows = _rows(survey, question)
    shown = [row for row in rows if row.result.figures is not None]
    return render_template(
        "surveys/results_by_district.html",
        entry=surveys.listed(survey),
        columns=results_wording.columns(shown[0].result, language()) if shown else [],
        rows=[(row, results_wording.row(row.result, language())) for row in shown],
        heading=results_wording.heading(rows[0].result, language()) if rows else question,
        hidden=len(rows) - len(shown),
        names=districts.names(row.name for row in rows),
    )


def _rows(survey: Survey, question: str) -> list[Row]:
    """Give a question's rows, or answer 404 where it was never asked; people without a district have none."""
    try:
        rows = queries.table(survey, question, queries.seen_districts(survey.unit_path, current_user.scope))
    except KeyError:
        abort(404)
    return [row for row in rows if row.name]


def _notes(survey: Survey, entry: Listed, standing: Standing) -> list[str]:
    """Say what kind of sample it is, how many of all answered, what the weights cost, and why figures are missing."""
    said = [estimates_wording.how_people_came(survey.sample, is_open=survey.access is Access.OPEN)]
    if standing.refusal is not None:
        said.append(estimates_wording.refusal_in_words(standing.refusal, entry.definition, language()))
    if standing.basis is not None:
        size = methods.stated(survey).population_size
        said += [estimates_wording.reach(standing.basis, size), estimates_wording.worth(standing.basis)]
    return [line for line in said if line]


def _ways(survey: Survey) -> list[tuple[str, str]]:
    """List the pages that go on from the results."""
    pages = [
        (_("Two questions together"), "surveys.cross_table", True),
        (_("Compare with another survey"), "surveys.compare", True),
        (_("Weights"), "surveys.weights", may_manage(current_user, survey)),
        (_("Method"), "surveys.method", True),
    ]
    return [(label, url_for(endpoint, slug=survey.slug)) for label, endpoint, is_there in pages if is_there]


def _key_figures(turnout: Turnout, days: Sequence[Day]) -> list[dict[str, str]]:
    """Say how many answered, since when and in which ways; nothing where nobody did."""
    if not turnout.people:
        return []
    since = _("since %(day)s", day=day(days[-1].day, "medium")) if days else ""
    everybody = {"value": number(turnout.people), "label": _("answered"), "note": since}
    modes = sorted(turnout.by_mode.items())
    return [everybody, *({"value": number(count), "label": str(titles.in_words(mode))} for mode, count in modes)]


def _turnout(editions: list[Edition], seen: Districts) -> Turnout:
    by_mode: dict[Mode, int] = {}
    by_district: dict[str, int] = {}
    for sizes in queries.people(editions, [ALL], seen).values():
        for (district, mode), people in sizes[ALL].items():
            by_mode[Mode(mode)] = by_mode.get(Mode(mode), 0) + people
            by_district[district] = by_district.get(district, 0) + people
    return Turnout(by_mode, by_district)


def _offers(turnout: Turnout, editions: Iterable[Edition]) -> list[tuple[str, str]]:
    """List the filters that let somebody pass: each is one way of telling people apart, never two."""
    named = districts.names(code for code in turnout.by_district if code)
    found = [(f"mode:{mode}", str(titles.in_words(mode))) for mode in Mode if mode in turnout.by_mode]
    versions = sorted(edition.number for edition in editions)
    if len(versions) > 1:
        found += [(f"version:{version}", _("Version %(number)s", number=version)) for version in versions]
    found += sorted(((f"district:{code}", name) for code, name in named.items()), key=lambda offer: folded(offer[1]))
    return found


def _part(wanted: str, offers: Iterable[tuple[str, str]]) -> Part | None:
    """Read the filter of the address; one that is not offered is none."""
    way, _colon, word = wanted.partition(":")
    return (WAYS[way], word) if any(wanted == value for value, _name in offers) else None
