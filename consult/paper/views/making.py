"""Pages for whoever makes sheets with a map: the list, a new form, its copies on paper, its end."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.documents.rendering import DocumentRefused
from consult.geo import VAGUE_M, Place, PlaceRefused
from consult.paper import operations, printing, queries
from consult.paper.drawing import BackgroundMissing, has_streets, map_of, map_of_form
from consult.paper.forms import MoreForm, SheetsForm
from consult.paper.models import PaperForm
from consult.paper.operations import CopiesChanged, FormClosed
from consult.paper.printing import Edition, Run
from consult.paper.scales import Scale
from consult.paper.sheet_words import agreement_in_words
from consult.paper.typed import sheets_of
from consult.paper.views import bp
from consult.paper.views.access import edited_form, seen_form
from consult.paper.wording import EDITIONS, fields_in_words
from consult.web.languages import LANGUAGES, language
from consult.web.limits import prints
from consult.web.roles import only
from debates.models import Meeting
from debates.views.access import READERS, WRITERS, edited_meeting, page_number, seen_meeting


@bp.get("/paper")
@only(*READERS)
def index() -> ResponseReturnValue:
    """List the forms of the reader's scope."""
    found = queries.forms(current_user.scope, page_number())
    return render_template(
        "paper/index.html", found=found, forms=queries.counted(found.items), may_write=current_user.role in WRITERS
    )


@bp.get("/paper/meetings/<int:meeting_id>")
@only(*READERS)
def of_meeting(meeting_id: int) -> ResponseReturnValue:
    """List the forms of a meeting."""
    meeting = seen_meeting(meeting_id)
    return render_template(
        "paper/of_meeting.html",
        meeting=meeting,
        forms=queries.counted(queries.forms_of(meeting)),
        may_write=can(current_user, Action.EDIT, meeting),
    )


@bp.route("/paper/new", methods=["GET", "POST"])
@only(*WRITERS)
def new() -> ResponseReturnValue:
    """Make a form: for a meeting that the address names, or for any place of one's own unit."""
    meeting = _asked_meeting()
    form = SheetsForm(data=_known_of(meeting))
    form.offer(meeting)
    if form.validate_on_submit() and _has_room(form):
        try:
            made = _made(meeting, form)
        except PlaceRefused as refused:
            form.centre.refuse(refused)
        else:
            flash(ngettext("%(num)d sheet is ready.", "%(num)d sheets are ready.", made.copies), "success")
            return redirect(url_for("paper.show", form_id=made.id))
    page = render_template(
        "paper/new.html", form=form, meeting=meeting, preview_url=_preview_url(form, meeting), has_streets=has_streets()
    )
    return page, form.status


def _asked_meeting() -> Meeting | None:
    meeting_id = request.args.get("meeting", type=int)
    return edited_meeting(meeting_id) if meeting_id else None


def _known_of(meeting: Meeting | None) -> dict[str, Any]:
    if meeting is None:
        return {"title": _("What threatens us here?")}
    return {"title": meeting.title, "place_name": meeting.venue, "centre": meeting.place}


def _made(meeting: Meeting | None, form: SheetsForm) -> PaperForm:
    said = {name: value for name, value in form.values.items() if name != "preview"}
    return operations.make_form(
        current_user, unit_id=meeting.unit_id if meeting else current_user.unit_id, meeting=meeting, **said
    )


def _has_room(form: SheetsForm) -> bool:
    """Tell whether the chosen questionnaire fits on the back; otherwise say so in the form."""
    if form.survey_version_id.data is None:
        return True
    try:
        pages = printing.pages_of_back(queries.version(form.survey_version_id.data))
    except DocumentRefused as refused:
        current_app.logger.warning("back of a sheet: %s", refused)
        abort(503)
    if pages > 1:
        form.refuse_questionnaire(pages)
    return pages <= 1


def _preview_url(form: SheetsForm, meeting: Meeting | None) -> str | None:
    """Give the address of the map that would be printed, once its middle is known."""
    centre = form.centre.data
    if centre is None or not isinstance(form.scale.data, Scale):
        return None
    lon, lat = centre.lon_lat
    chosen = form.scale.data.value
    return url_for("paper.preview_svg", lon=lon, lat=lat, scale=chosen, meeting=meeting.id if meeting else None)


@bp.get("/paper/preview.svg")
@only(*WRITERS)
def preview_svg() -> ResponseReturnValue:
    """Draw the map that a form would have."""
    scale = request.args.get("scale", type=Scale)
    lon, lat = (request.args.get(name, type=float) for name in ("lon", "lat"))
    if scale is None or lon is None or lat is None:
        abort(404)
    try:
        centre = Place.point(lon, lat)
    except PlaceRefused:
        abort(404)
    meeting = _asked_meeting()
    venue = meeting.place if meeting else None
    return _drawn(lambda: map_of(operations.grid_of(centre, scale), _("Preview"), venue))


@bp.get("/paper/<int:form_id>")
@only(*READERS)
def show(form_id: int) -> ResponseReturnValue:
    """Show a form: its map, its copies on paper, what can be done with it."""
    form = seen_form(form_id)
    return _shown(form, MoreForm(data={"known_copies": form.copies}))


def _shown(form: PaperForm, more: MoreForm) -> ResponseReturnValue:
    first, last = _asked_numbers(form)
    page = render_template(
        "paper/show.html",
        form=form,
        more=more,
        first=first,
        last=last,
        typed=queries.counted([form])[0].typed,
        categories=[category.name(language()) for category in queries.categories_of(form)],
        fields=fields_in_words(form.grid),
        is_vague=form.grid.accuracy_m > VAGUE_M,
        when_and_where=printing.when_and_where(form),
        editions=list(EDITIONS.items()),
        spoken=list(LANGUAGES.items()),
        has_streets=has_streets(),
        may_edit=can(current_user, Action.EDIT, form),
        **agreement_in_words(sheets_of(form)),
    )
    return page, more.status


@bp.get("/paper/<int:form_id>/map.svg")
@only(*READERS)
def map_svg(form_id: int) -> ResponseReturnValue:
    """Draw the map of a form as it stands on its sheets."""
    form = seen_form(form_id)
    return _drawn(lambda: map_of_form(form))


@bp.get("/paper/<int:form_id>/sheets.pdf")
@only(*READERS)
@prints()
def sheets_pdf(form_id: int) -> ResponseReturnValue:
    """Give numbered sheets to print, all of them or from one number to another."""
    form = seen_form(form_id)
    first, last = _asked_numbers(form)
    run = Run(
        first,
        last,
        request.args.get("edition", Edition.STANDARD, type=Edition),
        _spoken(request.args.get("language", "pl")),
    )
    try:
        content = printing.print_sheets(form, run)
    except (BackgroundMissing, DocumentRefused) as problem:
        current_app.logger.warning("%s: %s", request.path, problem)
        abort(503)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"arkusze-{form.id}-{first}-{last}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked_numbers(form: PaperForm) -> tuple[int, int]:
    """Read from which to which sheet is wanted; what the form has not is the nearest that it has."""
    first = min(max(request.args.get("first", 1, type=int), 1), form.copies)
    last = min(max(request.args.get("last", form.copies, type=int), first), form.copies)
    return first, min(last, first + operations.MOST_COPIES - 1)


def _spoken(code: str) -> str:
    return code if code in LANGUAGES else "pl"


@bp.post("/paper/<int:form_id>/copies")
@only(*WRITERS)
def print_more(form_id: int) -> ResponseReturnValue:
    """Number further sheets of a form."""
    form, more = edited_form(form_id), MoreForm()
    if not more.validate_on_submit():
        return _shown(form, more)
    try:
        first, last = operations.print_more(current_user, form, **more.values)
    except FormClosed:
        flash(_("This form is closed. Open it again first."), "warning")
        return redirect(url_for("paper.show", form_id=form.id))
    except CopiesChanged:
        flash(_("Further sheets were added meanwhile. Look whether they are enough."), "warning")
        return redirect(url_for("paper.show", form_id=form.id))
    flash(_("Sheets %(first)s to %(last)s are ready to print.", first=first, last=last), "success")
    return redirect(url_for("paper.show", form_id=form.id, first=first, last=last))


@bp.route("/paper/<int:form_id>/close", methods=["GET", "POST"])
@only(*WRITERS)
def close(form_id: int) -> ResponseReturnValue:
    """Close a form when no more sheets will come back."""
    form = edited_form(form_id)
    if request.method == "POST":
        operations.close(current_user, form)
        flash(_("The form is closed."), "success")
        return redirect(url_for("paper.show", form_id=form.id))
    return render_template("paper/close.html", form=form, typed=queries.counted([form])[0].typed)


@bp.post("/paper/<int:form_id>/open")
@only(*WRITERS)
def open_again(form_id: int) -> ResponseReturnValue:
    """Open a form again that was closed too early."""
    form = edited_form(form_id)
    operations.open_again(current_user, form)
    flash(_("The form is open again."), "success")
    return redirect(url_for("paper.show", form_id=form.id))


def _drawn(draw: Callable[[], str]) -> Response:
    """Answer with a drawing, or say that its background cannot be had just now."""
    try:
        drawn = draw()
    except BackgroundMissing as missing:
        current_app.logger.warning("%s: %s", request.path, missing)
        abort(503)
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer
