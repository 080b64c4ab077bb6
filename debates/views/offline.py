"""What the minutes need to go on without a connection: offers while typing, the state of the list, the outbox."""

from flask import current_app, jsonify, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from consult.basemap.views import basemap_sheet
from consult.districts import queries as districts
from consult.web.roles import Role, asked_by_page, only
from debates import ahead, offers, queries
from debates.views import bp
from debates.views.access import READERS, WRITERS, edited_meeting, seen_meeting

LONGEST_TEXT = 2_000


@bp.post("/debates/<int:meeting_id>/offers")
@only(*WRITERS)
def offered(meeting_id: int) -> ResponseReturnValue:
    """Give the places and categories that the words of a line may mean; the officer confirms.

    The words are posted, since an address stays in the logs of every server on its way.
    """
    meeting = edited_meeting(meeting_id)
    text = request.form.get("text", "")[:LONGEST_TEXT]
    return jsonify(
        places=[{"label": found.label} for found in offers.places_in(meeting, text)],
        categories=[{"code": code, "name": name} for code, name in offers.categories_in(meeting, text)],
    )


@bp.get("/debates/<int:meeting_id>/statements/state")
@only(*READERS)
@asked_by_page
def state(meeting_id: int) -> ResponseReturnValue:
    """Name the state of the minutes, so that an open page knows when somebody else wrote something."""
    return jsonify(state=queries.state_of_minutes(seen_meeting(meeting_id)))


@bp.get("/debates/<int:meeting_id>/ahead")
@only(*READERS)
def map_ahead(meeting_id: int) -> ResponseReturnValue:
    """Name what a device keeps of the map for a hall without a signal: borders, and the background around them."""
    meeting = seen_meeting(meeting_id)
    sheet = basemap_sheet()
    codes = [code for code in meeting.district_codes if districts.bounds(code)]
    box = ahead.around(edges for code in codes if (edges := districts.bounds(code))) if codes else None
    tiles = ahead.tiles_around(box, sheet["minzoom"], sheet["maxzoom"]) if box and sheet else []
    return jsonify(
        area=", ".join(districts.names(codes).values()),
        boundaries=[url_for("districts.boundaries", within=code) for code in codes],
        tiles=[sheet["tiles"].format(z=one.z, x=one.x, y=one.y) for one in tiles] if sheet else [],
        bytes=ahead.MOST_BYTES,
    )


@bp.get("/debates/outbox")
@only(Role.OFFICER, Role.HEAD)
def outbox() -> ResponseReturnValue:
    """Give what a device needs to send its lines: a fresh token, and whose they may be."""
    return jsonify(token=generate_csrf(), account=current_user.id)


@bp.get("/debates/worker.js")
@only(*READERS)
def worker() -> ResponseReturnValue:
    """Give the service worker of the minutes.

    It stands here because by default it serves only what lies below its own address: these pages. The map's own worker
    lies among the static files, so the pages also register it for that folder, which the header allows.
    """
    response = send_from_directory(f"{current_app.static_folder}/dist", "minutes-worker.js")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response
