"""What everyone sees of threats: the list, the GeoJSON, the drawn map, and one threat with its voices and history."""

from collections.abc import Sequence
from typing import Any

import geojson
from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.accounts.rights import Action
from consult.clock import now, today
from consult.districts import queries as districts
from consult.districts.atlas import Region
from consult.districts.wording import border_in_words
from consult.threats import downloads, hand_overs, publication, queries, recategorising
from consult.threats import feed as feeds
from consult.threats.filtering import chosen_filters
from consult.threats.models import HandOver, Link, Threat
from consult.threats.views import bp
from consult.threats.views.access import READERS, may, may_recategorise, own_areas, page_asked
from consult.threats.views.recategorising import choosing
from consult.threats.views.showing import area_names, feature, missing_words, offers, places_in_words, words
from consult.threats.views.telling import awaiting_of, events_of
from consult.threats.wording import deadline_in_words
from consult.threats.workflow import ALLOWED
from consult.web import atom
from consult.web.languages import LANGUAGES, language
from consult.web.programs import answer
from consult.web.roles import public

MAX_FEATURES = 5_000


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
        unplaced=publication.unplaced(filters.district),
        sees_partners=current_user.is_authenticated and current_user.role in READERS,
        offers=offers(),
        feed_of=next((area for area in districts.districts() if area.code == filters.district), None),
        area_names=area_names(threats),
        files=downloads.files(total, shown.arguments),
        choosing=choosing(filters, threats),
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


@bp.get("/threats.atom")
@public
def feed() -> ResponseReturnValue:
    """Give the news of a district or commune as Atom: the public edition, to whoever asks."""
    given = {name: code for name in ("district", "commune") if (code := request.args.get(name, ""))}
    if len(given) != 1:
        abort(400)
    spoken = request.args.get("language", "pl")
    with force_locale(spoken if spoken in LANGUAGES else "pl"):
        area = district_or_commune(**given)
        visible = publication.public_condition(now())
        filters = queries.Filters(district=given.get("district"), commune=given.get("commune"), visible=visible)
        found = queries.newest(filters, feeds.MOST_ENTRIES)
        own = given | ({"language": spoken} if spoken in LANGUAGES else {})
        body = feeds.written(found, queries.newest_answers(found), area, own, language())
    return answer(body, atom.MIMETYPE)


def district_or_commune(district: str = "", commune: str = "") -> Region:
    """Give the area of a feed by its TERYT code; what is no code of an area in force is not there."""
    code, digits = (district, 4) if district else (commune, 7)
    if len(code) != digits or not code.isascii() or not code.isdigit():
        abort(404)
    return districts.district(code) if district else districts.commune(code)


def place_drawn(threat: Threat) -> str:
    """Give the address of a drawn map with the place on it; a whole area has no spot to show."""
    if threat.is_whole_area:
        return ""
    spot = geojson.Point((round(threat.lon, 6), round(threat.lat, 6)))
    return url_for("districts.map_svg", marked=geojson.dumps(spot))


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
    links = queries.links_of(threat) if ours else []
    changes, handed_over = queries.history_of(threat), hand_overs.of_threat(threat)
    return render_template(
        "threats/show.html",
        threat=threat,
        ours=ours,
        deciding=may(Action.DECIDE, threat),
        links=links,
        border=border_of(links),
        past=queries.past_links_of(threat) if ours else [],
        suggested=queries.suggested_for(threat) if ours else [],
        changes=changes,
        events=events_of(changes, handed_over),
        is_public=publication.is_public(threat, now()),
        may_change=bool(ALLOWED[threat.status]),
        may_recategorise=ours and may_recategorise(),
        **answering_of(threat, handed_over, ours=ours),
        drawing=place_drawn(threat),
        **places_in_words(threat),
        **words(),
    )


def border_of(links: Sequence[Link]) -> str:
    """Say how near a border the nearest voice lies; nothing when all lie well inside, or the reader sees no voices."""
    near = [
        (link.observation.border_m, link.observation.neighbour_code)
        for link in links
        if link.observation.neighbour_code is not None
    ]
    return border_in_words(*min(near)) if near else ""


def answering_of(threat: Threat, handed_over: Sequence[HandOver], *, ours: bool) -> dict[str, Any]:
    """Tell the unit that answers for a threat who works on it, what was checked and what is missing; others nothing."""
    if not ours:
        return {"is_served": queries.is_served(threat.district_code, threat.commune_code, today())}
    checks, notes = queries.checks_of(threat), queries.notes_of(threat)
    answers = [answer for handed in handed_over for answer in handed.answers]
    assignment = queries.assignment_of(threat)
    acts = recategorising.acts_on(threat)
    actors = [
        *(check.actor_id for check in checks),
        *(note.actor_id for note in notes),
        *(answer.actor_id for answer in answers),
    ]
    people = accounts.names([*actors, *(one.act.actor_id for one in acts)])
    return {
        "is_served": True,
        "answering": queries.answering_unit(threat, today()),
        "worker": accounts.responsible_for(assignment.account_id) if assignment else None,
        "checks": checks,
        "notes": notes,
        "missing": missing_words(threat),
        "named": acts,
        "due": deadline_in_words(threat.deadline, today()) if threat.deadline else "",
        "people": people,
        **awaiting_of(threat, handed_over),
    }
