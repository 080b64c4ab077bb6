"""For operators and their programs: whether the process lives, whether it can work, and its figures."""

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from consult.upkeep import metrics, standing
from consult.web.proxies import CAME_BY, is_among
from consult.web.roles import public

bp = Blueprint("upkeep", __name__)
NOT_KEPT = {"Cache-Control": "no-store"}


@bp.route("/health")
@public
def health() -> ResponseReturnValue:
    """Say that the process lives; the database is not asked."""
    return {"status": "ok"}, 200, NOT_KEPT


@bp.route("/ready")
@public
def ready() -> ResponseReturnValue:
    """Say whether requests can be sent here: 503 with what is missing when not."""
    items = standing.items()
    is_ready = all(state == "ok" for state in items.values())
    answer = jsonify({"ready": is_ready, "items": items})
    return answer, 200 if is_ready else 503, NOT_KEPT


@bp.route("/metrics")
@public
def figures() -> ResponseReturnValue:
    """Give the figures to the addresses of METRICS_FROM alone; for others there is no such page.

    What came by a proxy that nobody named comes from anywhere.
    """
    is_known = is_among(request.remote_addr or "", current_app.config["METRICS_FROM"])
    if not is_known or request.environ.get(CAME_BY):
        abort(404)
    return Response(metrics.written(), content_type=metrics.CONTENT_TYPE, headers=NOT_KEPT)
