"""The front rooms: the public map, a district's page, and what is due today."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.accounts.rights import is_within
from consult.accounts.trail import curious
from consult.allocation import queries as allocation
from consult.audit import queries as trail
from consult.audit.words import ACTS
from consult.clock import now, today
from consult.desk import queries
from consult.districts import queries as districts
from consult.jobs import queries as tasks
from consult.online_reports import outcomes, waiting
from consult.online_reports.handling import READERS as REPLIES_READERS
from consult.online_reports.staff_views import SCREENERS
from consult.period import Period
from consult.summaries.views import published
from consult.threats import cells, publication
from consult.threats import queries as threats
from consult.threats import views as threat_pages
from consult.threats.filtering import chosen_filters
from consult.web.roles import STAFF, Role, only, public
from debates import queries as debates
from debates import reminding

bp = Blueprint("desk", __name__)
BESIDE_THE_MAP = 20
ANSWERING_FOR_PEOPLE = (Role.HEAD, Role.ADMINISTRATOR)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Show the public map with the ways in above it and the same threats beside it."""
    filters, shown = chosen_filters(request.args, ())
    total = threats.count(filters)
    found = threats.found(filters, size=BESIDE_THE_MAP)
    return render_template(
        "desk/home.html",
        threats=found,
        total=total,
        placeless=cells.placeless(filters),
        shown=shown,
        offers=threat_pages.offers(),
        area_names=threat_pages.area_names(found),
        map=map_of(filters.district, shown.arguments),
        **threat_pages.words(),
    )


@bp.get("/districts/<string:code>")
@public
def district(code: str) -> ResponseReturnValue:
    """Show a district: its worst threats, its debates, what was asked and answered, and its summaries."""
    area = districts.district(code)
    if area is None:
        abort(404)
    filters, shown = chosen_filters({"district": code}, ())
    found = threats.found(filters, size=BESIDE_THE_MAP)
    year = Period.parse(str(today().year))
    return render_template(
        "desk/district.html",
        area=area,
        communes=districts.communes_of(code),
        threats=found,
        total=threats.count(filters),
        placeless=cells.placeless(filters),
        shown=shown,
        area_names=threat_pages.area_names(found),
        unplaced=publication.unplaced(code),
        next_meetings=debates.next_in(code, today()),
        meetings=debates.in_period(code, year),
        summaries=published(code),
        year=year.label(),
        map=map_of(code, shown.arguments),
        **threat_pages.words(),
    )


@bp.get("/today")
@only(*STAFF)
def due_today() -> ResponseReturnValue:
    """Show staff what is due: threats to take up and verify, voices to decide about, proposals without an answer."""
    areas, unit = unit_asked()
    whose = request.args.get("whose", "")
    due = queries.due_threats(areas, today(), whose=whose_work(whose))
    awaited = queries.awaited_answers(areas, today())
    shown = [*(entry.threat for entry in due.entries), *(entry.hand_over.threat for entry in awaited.entries)]
    return render_template(
        "desk/due_today.html",
        due=due,
        awaited=awaited,
        screening=waiting.backlog(threat_pages.own_areas()).count,
        screens=current_user.role in SCREENERS,
        reviews=outcomes.count_reviews(areas),
        has_replies=current_user.role in REPLIES_READERS,
        whose=whose,
        unit=unit,
        units=[("", _("All units")), *((one.code, one.name) for one in accounts.units_within(current_user.scope))],
        suggestions=threats.count_suggestions(threat_pages.own_areas()),
        unserved=threats.count_unserved(today()) if current_user.role is Role.COORDINATOR else None,
        open_proposals=debates.count_open_proposals(current_user.scope),
        owed=queries.owed_answers(current_user.scope, reminding.terms().last_day(today()), today()),
        measurements=[] if current_user.role is Role.ADMINISTRATOR else allocation.awaited(current_user.scope, today()),
        broken_trail=trail.broken() if current_user.role is Role.ADMINISTRATOR else None,
        curious=curious(current_user, today()) if current_user.role in ANSWERING_FOR_PEOPLE else [],
        acts=ACTS,
        background=tasks.on_the_mind_of(current_user.id, now()),
        today=today(),
        area_names=threat_pages.area_names(shown),
        **threat_pages.words(),
    )


def unit_asked() -> tuple[tuple[str, ...], str]:
    """Read of which unit of the scope the work is wanted: its areas and its code; all of the scope by default."""
    code = request.args.get("unit", "").replace("\0", "")
    unit = accounts.unit_by_code(code) if code else None
    if unit is None or not is_within(unit.path, current_user.scope) or current_user.role is Role.ADMINISTRATOR:
        return threat_pages.own_areas(), ""
    return threats.areas_within(unit.path, today()), unit.code


def whose_work(asked: str) -> queries.Whose:
    """Read whose work is wanted: one's own, with what colleagues left behind, or what nobody works on."""
    if asked == "mine":
        return queries.Whose(people=accounts.represented_by(current_user.id))
    return queries.Whose(nobody=asked == "nobody")


def map_of(district: str | None, arguments: dict[str, Any]) -> dict[str, Any]:
    """Give a map its addresses: threats, borders, where to look, and the drawing for readers without scripts."""
    bounds = districts.bounds(district)
    within: dict[str, Any] = {"within": district} if district else {}
    return {
        "src": url_for("threats.cells", **arguments),
        "boundaries": url_for("districts.boundaries", **within),
        "bounds": ",".join(f"{number:.4f}" for number in bounds) if bounds else None,
        "drawing": url_for("threats.map_svg", **arguments),
    }
