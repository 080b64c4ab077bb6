"""The pages of hot spots and trends: for staff, within the own areas; nothing of them is public."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.districts import queries as districts
from consult.districts import teryt
from consult.districts.lying import in_words
from consult.geo import box_to_degrees
from consult.hot_spots import queries, wording
from consult.hot_spots.drawing import drawing_of, months_drawn
from consult.hot_spots.material import SIDES_M, Asked, Cut, HotSpots, Spot
from consult.hot_spots.trends import ALL, Line
from consult.period import Period
from consult.threats.views.access import READERS
from consult.threats.views.observations import seen_areas
from consult.threats.wording import PLANE_LABELS
from consult.web.languages import language
from consult.web.roles import only

bp = Blueprint("hot_spots", __name__)

COUNTRY = "pl"
SHORT_YEAR_MONTHS = 3
"""Until so many months of a year have passed, the year before is looked at by default."""

CUTS = {0: (Cut.DISTRICTS,), 2: (Cut.DISTRICTS, Cut.COMMUNES), 4: (Cut.KILOMETRE, Cut.CLOSE, Cut.COMMUNES)}
CUTS_OF_COMMUNE = (Cut.CLOSE, Cut.KILOMETRE)
"""Into what an area can be cut, by the digits of its code; the first one by default."""

QUARTERS, YEARS = 6, 3


class Asking(NamedTuple):
    """What the address asks for, and what the form offers."""

    asked: Asked
    areas: list[tuple[str, str]]
    area: str
    name: str
    arguments: dict[str, Any]


@bp.get("/hot-spots")
@only(*READERS)
def index() -> ResponseReturnValue:
    """Show what stands out in an area and period, on a map and as a list, with how it is found out."""
    asking = asked()
    if asking is None:
        return render_template("hot_spots/index.html", asking=None)
    try:
        found = named(queries.hot_spots(asking.asked))
    except queries.TooManySquares:
        found = None
    return render_template(
        "hot_spots/index.html",
        asking=asking,
        found=found,
        looked_at=wording.looked_at(asking.asked, is_compared=found is not None and found.is_compared),
        is_over=asking.asked.end == asking.asked.period.end,
        drawing=url_for("hot_spots.drawing", language=language(), **asking.arguments),
        **(shown(found) if found else {}),
        **offers(),
    )


@bp.get("/hot-spots.svg")
@only(*READERS)
def drawing() -> ResponseReturnValue:
    """Draw the map of the page."""
    asking = asked()
    if asking is None:
        abort(404)
    try:
        found = named(queries.hot_spots(asking.asked))
    except queries.TooManySquares:
        abort(404)
    return Response(drawing_of(found), mimetype="image/svg+xml")


@bp.get("/hot-spots/trends")
@only(*READERS)
def trends() -> ResponseReturnValue:
    """Show the months of an area by categories, each beside the same month a year before."""
    asking = asked()
    if asking is None:
        return render_template("hot_spots/trends.html", asking=None)
    found = queries.monthly(asking.asked.area, asking.asked.until, group=asking.asked.group)
    return render_template(
        "hot_spots/trends.html",
        asking=asking,
        found=found,
        lines=[told_line(line, found.compared_from) for line in (found.together, *found.lines)],
        marked=[told_line(line, found.compared_from) for line in found.marked],
        compared_from=wording.month_in_words(found.compared_from) if found.compared_from else "",
        is_compared=found.compared_from == found.together.months[0].first,
        drawing=url_for("hot_spots.trends_drawing", language=language(), **asking.arguments),
        last=asking.asked.until - timedelta(days=1),
        **offers(),
    )


@bp.get("/hot-spots/trends.svg")
@only(*READERS)
def trends_drawing() -> ResponseReturnValue:
    """Draw the months of an area, all categories of the group together."""
    asking = asked()
    if asking is None:
        abort(404)
    found = queries.monthly(asking.asked.area, asking.asked.until, group=asking.asked.group)
    return Response(months_drawn(found), mimetype="image/svg+xml")


# What is asked


def asked() -> Asking | None:
    """Read what is asked for; None for whoever has no area, since nothing is theirs to see."""
    areas = offered_areas()
    if not areas:
        return None
    codes = [code for code, _name in areas]
    area = request.args.get("area", "")
    area = area if area in codes else codes[0]
    code = "" if area == COUNTRY else area
    cut, period, group = _cut(code), _period(), _group()
    arguments = {"area": area, "cut": cut.value, "group": group, "period": period.code}
    question = Asked(code, cut, period, today() + timedelta(days=1), group)
    return Asking(question, areas, area, dict(areas)[area], {name: value for name, value in arguments.items() if value})


def offered_areas() -> list[tuple[str, str]]:
    """List the areas that the reader may ask about: all of it the reader sees, the widest first."""
    seen, known = seen_areas(), districts.districts()
    if seen is None:
        wide = [(COUNTRY, str(_("The whole country")))]
        own = [region.code for region in known]
    else:
        wide, own = [], list(seen)
    regions = sorted({teryt.voivodeship_of(code) for code in own if len(code) == 4})
    whole = [code for code in regions if {one.code for one in known if one.code.startswith(code)} <= set(own)]
    several = [code for code in whole if sum(one.startswith(code) for one in own) > 1]
    wide += [(code, str(_("%(name)s voivodeship", name=teryt.VOIVODESHIPS[code]))) for code in several]
    names = districts.clear_names(own)
    return wide + sorted(((code, names[code]) for code in own if code in names), key=lambda pair: (pair[1], pair[0]))


def _cut(area: str) -> Cut:
    offered = CUTS.get(len(area), CUTS_OF_COMMUNE)
    chosen = request.args.get("cut", "")
    return Cut(chosen) if chosen in {cut.value for cut in offered} else offered[0]


def _period() -> Period:
    offered = periods()
    chosen = request.args.get("period", "")
    by_code = {period.code: period for period in offered}
    this_year = Period.parse(str(today().year))
    usual = this_year if today().month > SHORT_YEAR_MONTHS else this_year.previous
    return by_code.get(chosen, usual)


def _group() -> str:
    chosen = request.args.get("group", "")
    return chosen if chosen in {group.code for group in catalogue.groups()} else ""


def periods() -> list[Period]:
    """List the periods that are offered: the last years and quarters, this one first."""
    years, quarters = [Period.parse(str(today().year))], [Period.quarter_of(today())]
    years += [years[0].previous]
    while len(years) < YEARS:
        years.append(years[-1].previous)
    while len(quarters) < QUARTERS:
        quarters.append(quarters[-1].previous)
    return [*years, *quarters]


def offers() -> dict[str, Any]:
    """Give the choices of the form."""
    return {
        "cuts": [(cut.value, label) for cut, label in wording.CUT_LABELS.items()],
        "periods": [(period.code, wording.period_label(period)) for period in periods()],
        "groups": [("", _("All categories")), *((one.code, one.name(language())) for one in catalogue.groups())],
    }


# What is shown


def shown(found: HotSpots) -> dict[str, Any]:
    """Write all that the page says of the places."""
    links = {spot.code: listed(found.asked, spot) for spot in (*found.spots, *found.changed)}
    return {
        "spots": [wording.told(found, spot, number, links[spot.code]) for number, spot in enumerate(found.spots, 1)],
        "changed": [wording.told(found, spot, 0, links[spot.code]) for spot in found.changed],
        "change": wording.change_in_words(found.change) if found.is_compared else "",
        "not_compared": "" if found.is_compared else wording.not_compared(found.known_from),
        "compared": wording.COMPARED[found.against],
        "planes": [PLANE_LABELS[plane] for plane in found.planes],
        "drawn": wording.drawn(found),
    }


def named(found: HotSpots) -> HotSpots:
    """Give the squares that are listed their names."""
    if found.asked.cut not in SIDES_M:
        return found
    lying = queries.lying_of([*found.spots, *found.changed])
    names = {code: in_words(one) for code, one in lying.items()}
    return replace(found, spots=_named(found.spots, names), changed=_named(found.changed, names))


def _named(spots: Sequence[Spot], names: dict[str, str]) -> tuple[Spot, ...]:
    return tuple(replace(spot, name=names[spot.code]) for spot in spots)


def listed(asking: Asked, spot: Spot) -> str:
    """Give the address of the threats of a place, in the period and group."""
    arguments: dict[str, Any] = {"period": asking.period.code}
    if asking.group:
        categories = (one.code for one in catalogue.everything() if one.group_code == asking.group)
        arguments["category"] = ",".join(categories)
    if asking.cut is Cut.DISTRICTS:
        return url_for("threats.index", district=spot.code, **arguments)
    return url_for("threats.index", bbox=_around(asking, spot), **arguments)


def _around(asking: Asked, spot: Spot) -> str:
    half = SIDES_M[asking.cut] / 2 if asking.cut in SIDES_M else 0
    square = (spot.x - half, spot.y - half, spot.x + half, spot.y + half)
    west, south, east, north = square if half else districts.outline(spot.code).bounds
    return ",".join(f"{edge:.5f}" for edge in box_to_degrees((west, south, east, north)))


def told_line(line: Line, compared_from: date | None) -> wording.ToldLine:
    """Write a category, or all of them together, with its months."""
    known = catalogue.by_code(line.category) if line.category != ALL else None
    name = known.name(language()) if known else _("All categories together")
    return wording.told_line(name, line, compared_from)
