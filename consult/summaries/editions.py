"""Pages of what not everybody reads: drafts, their release by the head of the unit, and the edition for staff."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.audit import operations as audit
from consult.documents.rendering import DocumentRefused
from consult.summaries import published, queries, releasing, versions
from consult.summaries.comparing import Difference
from consult.summaries.drawing import chart_of_change, chart_of_states, drawing_of
from consult.summaries.figures import Edition, Summary
from consult.summaries.models import SummaryVersion
from consult.summaries.operations import VersionLost, differences_from_last, files_waiting, last_version, shelf_folder
from consult.summaries.release_forms import LookForm, ReleaseAllForm, ReleaseForm
from consult.summaries.release_words import refusal
from consult.summaries.releasing import NoReason, NotReleasable
from consult.summaries.shelf import DEFAULT_LANGUAGE, Files, Slot
from consult.summaries.statistics import page_of, renamed_for_reader
from consult.summaries.views import own_districts
from consult.summaries.wording import period_label
from consult.summaries.writing_all import WRITERS
from consult.web.roles import Role, only

bp = Blueprint("editions", __name__)
MOST_SHOWN = 100


@bp.get("/summaries/drafts")
@only(*WRITERS)
def drafts() -> ResponseReturnValue:
    """List the drafts of the own districts that wait for their release."""
    return _drafts(ReleaseAllForm(formdata=None))


@bp.post("/summaries/drafts/release")
@only(Role.HEAD)
def release_all() -> ResponseReturnValue:
    """Release all drafts that the page showed."""
    form = ReleaseAllForm()
    if not form.validate_on_submit():
        return _drafts(form)
    own, count = own_districts(), 0
    for version in versions.drafts(own):
        if version.id not in form.drafts:
            continue
        label = _label(version, own)
        try:
            releasing.release(current_user, version, seen=form.drafts[version.id], looked=True)
        except (NotReleasable, DocumentRefused, VersionLost) as problem:
            flash(f"{label}: {refusal(problem)}", "error")
        else:
            count += 1
    flash(ngettext("%(num)s summary is released.", "%(num)s summaries are released.", count), "success")
    return redirect(url_for("editions.drafts"))


def _drafts(form: ReleaseAllForm) -> ResponseReturnValue:
    own = own_districts()
    period = request.args.get("period", "")
    every = versions.drafts(own)
    found = [one for one in every if period in {"", one.period}][:MOST_SHOWN]
    return render_template(
        "editions/drafts.html",
        form=form,
        drafts=[(version, _label(version, own)) for version in found],
        total=len(every),
        period=period,
        periods=[
            ("", _("All periods")),
            *((code, period_label(code)) for code in sorted({one.period for one in every})),
        ],
        is_head=current_user.role is Role.HEAD,
    ), form.status


@bp.get("/summaries/drafts/<int:version_id>")
@only(*WRITERS)
def draft(version_id: int) -> ResponseReturnValue:
    """Show a draft as everybody would read it."""
    version = _own(version_id)
    summary = releasing.figures_of(version)
    return _unstored(
        render_template(
            "editions/draft.html",
            version=version,
            label=_label(version, own_districts()),
            form=LookForm(seen=version.pdf_digest),
            last=last_version(versions.slot_of(version)),
            differences=_differences(version),
            is_head=current_user.role is Role.HEAD,
            **_page(summary, "editions.draft_drawing", version_id=version.id),
        )
    )


@bp.post("/summaries/drafts/<int:version_id>/look")
@only(*WRITERS)
def look(version_id: int) -> ResponseReturnValue:
    """Note that the reader has looked at a draft."""
    version, form = _own(version_id), LookForm()
    if form.validate_on_submit():
        try:
            releasing.look(current_user, version, form.values["seen"])
        except NotReleasable as problem:
            flash(refusal(problem), "error")
        else:
            flash(_("It is noted that you have looked at it."), "success")
    return redirect(url_for("editions.draft", version_id=version_id))


@bp.route("/summaries/drafts/<int:version_id>/release", methods=["GET", "POST"])
@only(Role.HEAD)
def release(version_id: int) -> ResponseReturnValue:
    """Release a draft: from then on everybody reads it."""
    version = _own(version_id)
    form = ReleaseForm(data={"seen": version.pdf_digest, "because": version.because})
    if form.validate_on_submit():
        try:
            releasing.release(current_user, version, **form.values)
        except NoReason as problem:
            form.because.errors = [refusal(problem)]
        except (NotReleasable, DocumentRefused, VersionLost) as problem:
            form.seen.data = version.pdf_digest
            form.form_errors.append(refusal(problem))
        else:
            flash(_("The summary is released as version %(number)s.", number=version.number), "success")
            return redirect(url_for("statistics.district", code=version.district_code, period=version.period))
    return render_template(
        "editions/release.html",
        form=form,
        version=version,
        label=_label(version, own_districts()),
        last=last_version(versions.slot_of(version)),
        differences=_differences(version),
    ), form.status


@bp.get("/summaries/drafts/<int:version_id>.<any(pdf, json):kind>")
@only(*WRITERS)
def draft_file(version_id: int, kind: str) -> ResponseReturnValue:
    """Give the document or the data file of a draft."""
    version = _own(version_id)
    files = _files(version)
    path = files.pdf if kind == "pdf" else files.data
    draft = "szkic" if version.language == DEFAULT_LANGUAGE else "draft"
    return _unstored(send_file(path, download_name=f"{path.stem}-{version.period}-{draft}{path.suffix}"))


@bp.get("/summaries/drafts/<int:version_id>/<any(map, states, change):name>.svg")
@only(*WRITERS)
def draft_drawing(version_id: int, name: str) -> ResponseReturnValue:
    """Draw the map or a chart of a draft."""
    return _drawn(releasing.figures_of(_own(version_id)), name)


@bp.get("/summaries/internal/<string:period>/<string:code>")
@only(*WRITERS)
def internal(period: str, code: str) -> ResponseReturnValue:
    """Show the edition for staff to those whose scope holds the district."""
    summary = _internal(period, code)
    words = _page(summary, "editions.internal_drawing", period=period, code=code)
    audit.note_reading(
        current_user.id, "open", "internal_summary", code, current_user.scope, district=code, period=period
    )
    return _unstored(render_template("editions/internal.html", code=code, period=period, **words))


@bp.get("/summaries/internal/<string:period>/<string:code>/<any(map, states, change):name>.svg")
@only(*WRITERS)
def internal_drawing(period: str, code: str, name: str) -> ResponseReturnValue:
    """Draw the map or a chart of the edition for staff."""
    return _drawn(_internal(period, code), name)


def _internal(period: str, code: str) -> Summary:
    if code not in own_districts():
        abort(404)
    path = Slot(code, period, Edition.INTERNAL, "pl").find(shelf_folder(), "json")
    summary = published.figures(path)[0] if path else None
    if summary is None:
        abort(404)
    return summary


def _own(version_id: int) -> SummaryVersion:
    """Give a draft of the own districts; any other is not there."""
    version = versions.version(version_id)
    if version.district_code not in own_districts() or version.edition is not Edition.PUBLIC or version.is_released:
        abort(404)
    return version


def _differences(version: SummaryVersion) -> tuple[Difference, ...]:
    """List in what a draft differs from what everybody reads."""
    summary = releasing.figures_of(version)
    return differences_from_last(versions.slot_of(version), summary) if summary else ()


def _files(version: SummaryVersion) -> Files:
    files = files_waiting(versions.slot_of(version), version.stem)
    if not files.are_whole:
        abort(404)
    return files


def _page(summary: Summary | None, drawing: str, **values: Any) -> dict[str, Any]:
    """Give a page its figures; without any when they cannot be read."""
    if summary is None:
        return {"summary": None}
    addresses = {name: url_for(drawing, name=name, **values) for name in ("map", "states", "change")}
    return page_of(renamed_for_reader(summary), addresses)


def _drawn(summary: Summary | None, name: str) -> Response:
    if summary is None:
        abort(404)
    shown = renamed_for_reader(summary)
    if name == "map":
        drawn = drawing_of(shown, queries.ground(shown.head.code)).svg
    else:
        drawn = chart_of_states(shown) if name == "states" else chart_of_change(shown)
    return _unstored(Response(drawn, mimetype="image/svg+xml"))


def _label(version: SummaryVersion, names: dict[str, str]) -> str:
    """Name a draft by its district and period."""
    words = [names.get(version.district_code, version.district_code), period_label(version.period)]
    return ", ".join([*words, "English"] if version.language == "en" else words)


def _unstored(answer: Any) -> Response:
    """Let no browser keep what not everybody reads."""
    made: Response = answer if isinstance(answer, Response) else Response(answer)
    made.headers["Cache-Control"] = "no-store"
    return made
