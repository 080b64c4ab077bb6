"""Pages that set what residents speak of beside what is recorded: for staff, and as everybody may see it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category, Precision
from consult.clock import today
from consult.districts import queries as districts
from consult.districts import teryt
from consult.police_records import concordance, queries, wording
from consult.police_records.beside import Compared, Comparison, for_everybody
from consult.police_records.concordance import Match
from consult.police_records.views import bp
from consult.police_records.views.files import READERS
from consult.police_records.views.showing import area_name
from consult.web.languages import language
from consult.web.roles import only, public


@bp.get("/police-records/perceived")
@only(*READERS)
def perceived() -> ResponseReturnValue:
    """Set what residents speak of beside what is recorded, area by area: for staff."""
    within = _within(request.args.get("within", ""))
    digits = queries.DISTRICT_DIGITS if len(within) < queries.DISTRICT_DIGITS else queries.COMMUNE_DIGITS
    years = _years(within)
    measures = queries.measures_within(within, digits, years.recorded) if years.recorded else set()
    matches = [concordance.match(category.code, measures) for category in _categories()]
    chosen = _match(matches, request.args.get("category", ""))
    return render_template(
        "police_records/perceived.html",
        within=within,
        within_name=area_name(within),
        is_communes=digits == queries.COMMUNE_DIGITS,
        offered=_offered(),
        years=years,
        matches=matches,
        chosen=chosen,
        comparison=_compared(within, chosen, years),
        names=_names(),
        rank=wording.rank_in_words,
        measure_names=_measure_names(),
        **_gap_words(),
    )


def _compared(within: str, chosen: Match | None, years: "Years") -> Comparison | None:
    """Compare areas in a category, if anything recorded stands beside it."""
    if chosen is None or chosen.measure is None:
        return None
    asked = {chosen.category: chosen.measure}
    return queries.comparisons(within, asked, years.voices, years.recorded)[chosen.category]


class Years(NamedTuple):
    """The year of the voices and that of the records beside them, 0 when there are none; and what may be chosen."""

    voices: int
    recorded: int
    offered: list[tuple[str, str]]


def _years(within: str) -> Years:
    """Read the year that is looked at, by default the last one in which anybody spoke here.

    Official tables come a year later: the last records up to that year stand beside the voices.
    """
    known = queries.years()
    offered = list(range(today().year, known[-1] - 1, -1)) if known else []
    text = request.args.get("year", "")
    asked = int(text) if text.isascii() and text.isdigit() and int(text) in offered else None
    spoken = queries.latest_voice_year(within) if within else None
    year = asked or (spoken if spoken in offered else next(iter(offered), 0))
    recorded = next((one for one in known if one <= year), 0)
    return Years(year, recorded, [(str(one), str(one)) for one in offered])


def _gap_words() -> dict[str, Any]:
    return {
        "gaps": wording.GAPS,
        "doubts": wording.DOUBTS,
        "said_of": wording.match_in_words,
        "limits": wording.LIMITS,
        "notes": wording.NOTES,
    }


def _within(text: str) -> str:
    """Read the whole that is looked at: a voivodeship, or a district with its communes; by default one's own."""
    known = {code for code, _name in _offered()}
    if text in known:
        return text
    counts = Counter(teryt.voivodeship_of(region.code) for region in districts.districts())
    own = {code[:2] for code in current_user.unit.area_codes(today())}
    pool = [code for code in counts if code in own] or list(counts)
    return max(pool, key=lambda code: (counts[code], code), default="")


def _offered() -> list[tuple[str, str]]:
    """List voivodeships that have districts here, then these districts, whose communes may be compared."""
    regions = districts.districts()
    whole = sorted({teryt.voivodeship_of(region.code) for region in regions})
    found = [(code, _("%(name)s: districts", name=teryt.VOIVODESHIPS[code])) for code in whole]
    return found + [(region.code, _("%(name)s: communes", name=region.label)) for region in regions]


def _categories() -> list[Category]:
    return catalogue.valid_on(today())


def _names() -> dict[str, str]:
    return {category.code: category.name(language()) for category in catalogue.everything()}


def _measure_names() -> dict[str, str]:
    categories = _names()
    return {
        one.code: categories.get(one.code) or wording.measure_name(one.code, one.name) for one in queries.measures()
    }


def _match(matches: Sequence[Match], category: str) -> Match | None:
    """Find the category that was asked for, else the first that has a measure."""
    found = next((one for one in matches if one.category == category), None)
    return found or next((one for one in matches if one.measure), None)


@bp.get("/districts/<string:code>/perceived-and-recorded")
@public
def beside(code: str) -> ResponseReturnValue:
    """Set what residents of a district speak of beside what is recorded, as everybody may see it."""
    area = districts.district(code)
    within = teryt.voivodeship_of(code)
    years = _years(within)
    measures = queries.measures_within(within, queries.DISTRICT_DIGITS, years.recorded) if years.recorded else set()
    shown = [category for category in _categories() if category.precision is Precision.EXACT]
    matches = [concordance.match(category.code, measures) for category in shown]
    rows, among = _beside(code, within, matches, years)
    return render_template(
        "police_records/beside.html",
        area=area,
        region=teryt.VOIVODESHIPS[within],
        years=years,
        matches=[one for one in matches if one.measure],
        without=[one for one in matches if not one.measure],
        rows=rows,
        among=among,
        names=_names(),
        rank=wording.rank_in_words,
        measure_names=_measure_names(),
        **_gap_words(),
    )


def _beside(
    code: str, within: str, matches: Sequence[Match], years: Years
) -> tuple[dict[str, Compared], dict[str, int]]:
    """Give the rows of one district by category, and among how many each was compared."""
    asked = {one.category: one.measure for one in matches if one.measure}
    found = queries.comparisons(within, asked, years.voices, years.recorded) if asked else {}
    own = {category: row for category, one in found.items() if (row := one.of(code)) is not None}
    return for_everybody(own), {category: one.among for category, one in found.items()}
