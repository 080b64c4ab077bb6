"""The public pages of releases: what was published and when, the figures, their files, how to check the digest."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.releases import files, queries, wording
from consult.releases.models import Release, ReleaseKind
from consult.web import programs
from consult.web.roles import public

bp = Blueprint("releases", __name__)

KEPT_S = 86_400
"""How long anybody may keep a file: a release never changes."""


@bp.get("/releases")
@public
def index() -> ResponseReturnValue:
    """List what was published, the latest first."""
    page = max(request.args.get("page", 1, int), 1)
    total = queries.count()
    return render_template(
        "releases/index.html",
        releases=[(one, wording.title(one)) for one in queries.listed(page)],
        kinds=wording.KINDS,
        page=page,
        pages=-(-total // queries.PAGE_SIZE),
    )


@bp.get("/releases/<int:release_id>")
@public
def show(release_id: int) -> ResponseReturnValue:
    """Show the figures of a release."""
    found = queries.release(release_id)
    record = queries.figures(found)
    region = request.args.get("voivodeship", "")
    is_of_threats = found.kind is ReleaseKind.THREATS
    return render_template(
        "releases/show.html",
        release=found,
        title=wording.title(found),
        kind=wording.KINDS[found.kind],
        tables=wording.tables_of_month(record, region) if is_of_threats else wording.tables_of_survey(record),
        notes=wording.notes(record),
        method=wording.method(record.get("method", ())),
        regions=wording.regions(record) if is_of_threats else [],
        region=region,
        json_url=url_for("releases.figures_json", release_id=found.id),
        csv_url=url_for("releases.figures_csv", release_id=found.id),
        file_name=files.name(found, "json"),
    )


@bp.get("/releases/<int:release_id>.json")
@public
def figures_json(release_id: int) -> ResponseReturnValue:
    """Give the very text that the digest is of."""
    found = queries.release(release_id)
    return _file(found, found.figures.encode(), "json", "application/json")


@bp.get("/releases/<int:release_id>.csv")
@public
def figures_csv(release_id: int) -> ResponseReturnValue:
    """Give the figures as one table for a spreadsheet."""
    found = queries.release(release_id)
    return _file(found, files.csv_of(queries.figures(found)), "csv", "text/csv")


def _file(found: Release, content: bytes, kind: str, mimetype: str) -> Response:
    made = programs.answer(content, mimetype, kept_s=KEPT_S)
    made.headers["Content-Disposition"] = f'attachment; filename="{files.name(found, kind)}"'
    return made
