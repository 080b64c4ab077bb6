"""Pages of the heart: the list, a threat with its voices and history, people's decisions, and the GeoJSON."""

from collections.abc import Iterable
from typing import Any

import geojson
from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.catalogue import queries as catalogue
from consult.clock import now, today
from consult.districts import queries as districts
from consult.period import Period
from consult.threats import downloads, operations, publication, queries
from consult.threats.drawing import drawing_of
from consult.threats.filtering import chosen_filters
from consult.threats.forms import MoveForm, ReasonForm, StatusForm
from consult.threats.models import Suggestion, Threat
from consult.threats.operations import CannotJoin
from consult.threats.wording import FAULTS, PLANE_LABELS, STATUS_LABELS, reasons_in_words
from consult.threats.workflow import ALLOWED, ChangeRefused, Status
from consult.web.languages import language
from consult.web.roles import Role, only, public

bp = Blueprint("threats", __name__)
DECIDERS = (Role.OFFICER, Role.HEAD)
NOT_ALIKE = _l("These two cannot be joined: the place of one is shown to the public and the other's is protected.")
MAX_FEATURES = 5_000
MAX_PAGE = 100_000
MAX_DRAWN = 300


@bp.get("/threats")
@public
def index() -> ResponseReturnValue:
    """List the threats that the reader may see, by the same filters as the map."""
    filters, shown = chosen_filters(request.args, own_areas())
    page = page_asked()
    total = queries.count(filters)
    threats = queries.found(filters, page)
    return render_template(
        "threats/index.html",
        threats=threats,
        total=total,
        page=page,
        pages=-(-total // queries.PAGE_SIZE),
        shown=shown,
        unplaced=publication.unplaced(filters.district, now()),
        offers=offers(),
        area_names=area_names(threats),
        files=downloads.files(total, shown.arguments),
        **words(),
    )


@bp.get("/threats.geojson")
@public
def collection() -> ResponseReturnValue:
    """Give the public edition as GeoJSON (RFC 7946) for a map: threats of exact categories, one feature each.

    Whoever names an edition, public or staff, gets the whole of it as a file.
    """
    if "edition" in request.args:
        return downloads.sent("geojson")
    filters, _shown = chosen_filters(request.args, ())
    found = queries.found(filters, size=MAX_FEATURES + 1)
    features = [feature(threat) for threat in found[:MAX_FEATURES] if not threat.is_whole_area]
    body = geojson.FeatureCollection(features, truncated=len(found) > MAX_FEATURES)
    answer = make_response(geojson.dumps(body, ensure_ascii=False, sort_keys=True))
    answer.mimetype = "application/geo+json"
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/threats/map.svg")
@public
def map_svg() -> ResponseReturnValue:
    """Draw the public edition, for readers without scripts: the threats most people speak of."""
    filters, _shown = chosen_filters(request.args, ())
    drawn = drawing_of(queries.found(filters, size=MAX_DRAWN), filters.district)
    answer = make_response(drawn)
    answer.mimetype = "image/svg+xml"
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.add_etag()
    return answer.make_conditional(request)


def place_drawn(threat: Threat) -> str:
    """Give the address of a drawn map with the place on it; a whole area has no spot to show."""
    if threat.is_whole_area:
        return ""
    spot = geojson.Point((round(threat.lon, 6), round(threat.lat, 6)))
    return url_for("districts.map_svg", marked=geojson.dumps(spot))


def feature(threat: Threat) -> geojson.Feature:
    """Write a threat as the public sees it."""
    name = threat.category.name(language())
    properties = {
        "id": threat.id,
        "title": name,
        "category": threat.category_code,
        "letter": threat.category.group.letter,
        "status": threat.status.value,
        "status_label": str(STATUS_LABELS[threat.status]),
        "planes": list(threat.planes),
        "observations": threat.observations,
        "independent_voices": threat.independent,
        "first_on": threat.first_at.date().isoformat(),
        "last_on": threat.last_at.date().isoformat(),
        "district": threat.district_code,
        "commune": threat.commune_code,
        "accuracy_m": round(threat.accuracy_m),
        "approximate": threat.accuracy_m > 100,
        "url": url_for("threats.show", threat_id=threat.id),
    }
    return geojson.Feature(
        id=threat.id, geometry=geojson.Point((round(threat.lon, 6), round(threat.lat, 6))), properties=properties
    )


@bp.get("/threats/<int:threat_id>")
@public
def show(threat_id: int) -> ResponseReturnValue:
    """Show a threat: its state and answers to everyone, its voices to the unit that answers for it."""
    threat = queries.threat(threat_id)
    if threat.successor_id is not None:
        return redirect(url_for("threats.show", threat_id=threat.successor_id), 301)
    ours = may(Action.SEE, threat)
    if not ours and not publication.is_public(threat, now()):
        abort(404)
    return render_template(
        "threats/show.html",
        threat=threat,
        ours=ours,
        deciding=may(Action.DECIDE, threat),
        links=queries.links_of(threat) if ours else [],
        past=queries.past_links_of(threat) if ours else [],
        suggested=queries.suggested_for(threat) if ours else [],
        changes=queries.history_of(threat),
        is_public=publication.is_public(threat, now()),
        may_change=bool(ALLOWED[threat.status]),
        drawing=place_drawn(threat),
        **places_in_words(threat),
        **words(),
    )


@bp.route("/threats/<int:threat_id>/status", methods=["GET", "POST"])
@only(*DECIDERS)
def status(threat_id: int) -> ResponseReturnValue:
    """Change the status of a threat, with the answer that residents read."""
    threat = decided(threat_id)
    form = StatusForm()
    form.offer(threat.status)
    if form.validate_on_submit():
        try:
            operations.change_status(threat, actor_id=current_user.id, **form.values)
        except ChangeRefused as refused:
            form.checks.errors = [FAULTS[refused.fault]]
        else:
            flash(_("The status has been changed."), "success")
            return redirect(url_for("threats.show", threat_id=threat_id))
    return render_template("threats/status.html", threat=threat, form=form, **words()), form.status


@bp.route("/threats/<int:threat_id>/voices/<int:observation_id>/detach", methods=["GET", "POST"])
@only(*DECIDERS)
def detach(threat_id: int, observation_id: int) -> ResponseReturnValue:
    """Take a voice out of a threat; it begins one of its own."""
    threat = decided(threat_id)
    link = linked(threat, observation_id)
    form = ReasonForm()
    if form.validate_on_submit():
        after = operations.detach(link.observation, actor_id=current_user.id, **form.values)
        flash(_("The voice is now a threat of its own: number %(number)s.", number=after.id), "success")
        return redirect(url_for("threats.show", threat_id=threat_id))
    return render_template("threats/detach.html", threat=threat, link=link, form=form, **words()), form.status


@bp.route("/threats/<int:threat_id>/voices/<int:observation_id>/move", methods=["GET", "POST"])
@only(*DECIDERS)
def move(threat_id: int, observation_id: int) -> ResponseReturnValue:
    """Put a voice into another threat of the own area."""
    threat = decided(threat_id)
    link = linked(threat, observation_id)
    form = MoveForm()
    if form.validate_on_submit():
        to = queries.standing_threat(form.values["threat_id"])
        if to is None or not may(Action.DECIDE, to):
            form.threat_id.errors = [_("There is no threat with this number in your area.")]
        else:
            try:
                operations.move(link.observation, to, current_user.id, form.values["reason"])
            except CannotJoin:
                form.threat_id.errors = [NOT_ALIKE]
            else:
                flash(_("The voice has been moved."), "success")
                return redirect(url_for("threats.show", threat_id=to.id))
    return render_template("threats/move.html", threat=threat, link=link, form=form, **words()), form.status


@bp.get("/threats/suggestions")
@only(Role.OFFICER, Role.HEAD, Role.COORDINATOR)
def suggestions() -> ResponseReturnValue:
    """List the voices about which the machine is not sure, in the own area."""
    areas = own_areas()
    page = page_asked()
    total = queries.count_suggestions(areas)
    waiting = queries.suggestions(areas, page)
    return render_template(
        "threats/suggestions.html",
        suggestions=waiting,
        area_names=area_names(suggestion.observation for suggestion in waiting),
        total=total,
        page=page,
        pages=-(-total // queries.PAGE_SIZE),
        deciding=current_user.role in DECIDERS,
        **words(),
    )


@bp.post("/threats/suggestions/<int:suggestion_id>/accept")
@only(*DECIDERS)
def accept(suggestion_id: int) -> ResponseReturnValue:
    """Follow a suggestion."""
    suggestion = decided_suggestion(suggestion_id)
    try:
        threat = operations.accept(suggestion, current_user.id, _("accepted as suggested"))
    except CannotJoin:
        flash(NOT_ALIKE, "error")
    else:
        flash(_("Joined to threat %(number)s.", number=threat.id), "success")
    return redirect(url_for("threats.suggestions"))


@bp.post("/threats/suggestions/<int:suggestion_id>/keep-apart")
@only(*DECIDERS)
def keep_apart(suggestion_id: int) -> ResponseReturnValue:
    """Refuse a suggestion for ever."""
    suggestion = decided_suggestion(suggestion_id)
    operations.keep_apart(suggestion, current_user.id, _("kept apart by a person"))
    flash(_("Kept apart. The machine will not suggest this again."), "success")
    return redirect(url_for("threats.suggestions"))


def page_asked() -> int:
    """Read the number of the page of a list, 1 for nonsense."""
    return min(max(request.args.get("page", 1, int), 1), MAX_PAGE)


def may(action: Action, threat: Threat) -> bool:
    """Tell whether the reader may do something with a threat: its place lies in the area of a unit in scope."""
    if not current_user.is_authenticated:
        return False
    return any(can(current_user, action, scope) for scope in queries.scopes_of(threat, today()))


def decided(threat_id: int) -> Threat:
    """Give a threat about which the reader may decide; any other is not there."""
    threat = queries.threat(threat_id)
    if not may(Action.DECIDE, threat):
        abort(404)
    return threat


def decided_suggestion(suggestion_id: int) -> Suggestion:
    """Give a suggestion when the reader may decide about both: the suggested threat and where the voice is now."""
    suggestion = queries.suggestion(suggestion_id)
    decided(suggestion.threat_id)
    link = queries.open_link(suggestion.observation_id)
    if link is not None:
        decided(link.threat_id)
    return suggestion


def linked(threat: Threat, observation_id: int) -> Any:
    """Give the link in force of a voice with this threat, or 404."""
    link = queries.open_link(observation_id)
    if link is None or link.threat_id != threat.id:
        abort(404)
    return link


def own_areas() -> tuple[str, ...]:
    """List the areas of which the reader sees everything."""
    if not current_user.is_authenticated or current_user.role is Role.ADMINISTRATOR:
        return ()
    return queries.areas_within(current_user.scope, today())


def words() -> dict[str, Any]:
    """Give templates the words of the heart."""
    return {
        "status_labels": STATUS_LABELS,
        "plane_labels": PLANE_LABELS,
        "reasons_in_words": reasons_in_words,
    }


def offers() -> dict[str, list[tuple[str, Any]]]:
    """List what each filter offers, "all" first."""
    everything = [("", _("All"))]
    days = [today()]
    for _step in range(5):
        days.append(Period.quarter_of(days[-1]).previous.first)
    recent = [Period.quarter_of(day) for day in days]
    known = {category.code: category.name(language()) for category in catalogue.valid_on(today())}
    return {
        "district": everything + [(area.code, area.label) for area in districts.districts()],
        "category": everything + sorted(known.items(), key=lambda item: item[1]),
        "status": everything
        + [(status.value, STATUS_LABELS[status]) for status in Status if status is not Status.JOKE],
        "plane": everything + list(PLANE_LABELS.items()),
        "period": everything + [(period.code, period.label(language())) for period in recent],
    }


def area_names(things: Iterable[Any]) -> dict[str, str]:
    """Name the commune, or else the district, of each threat or voice."""
    return districts.names({thing.commune_code or thing.district_code for thing in things})


def places_in_words(threat: Threat) -> dict[str, str]:
    """Name the district and commune of a threat."""
    names = districts.names({threat.district_code, threat.commune_code or threat.district_code})
    return {
        "district_name": names.get(threat.district_code, threat.district_code),
        "commune_name": names.get(threat.commune_code or "", ""),
    }
