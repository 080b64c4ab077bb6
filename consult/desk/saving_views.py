"""Saved views: lists of staff with their filters, by name. The address of a list is its state, so a view is a link."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from consult.accounts import operations, queries
from consult.desk.forms import SavedViewForm
from consult.web.roles import STAFF, may_open, only

bp = Blueprint("saved_views", __name__)

LISTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "threats.index": (_l("Threats"), ("district", "category", "status", "plane", "period", "bbox")),
    "threats.observations": (_l("Map of observations"), ("category",)),
    "desk.due_today": (_l("Today"), ("whose", "unit")),
    "debates.index": (_l("Debates"), ("year", "kind")),
    "surveys.index": (_l("Surveys"), ("phase",)),
    "surveys.feedback": (_l("Feedback"), ("state", "rating", "written", "wish", "source", "version")),
}
"""Lists that can be kept with their filters. All are choices: words that somebody searched for are not kept."""
LONGEST = 100
"""A filter has no more characters."""
LONGEST_ADDRESS = 600
"""All filters together have no more, as they stand in an address: so wide is the column."""


def init_app(app: Flask) -> None:
    """Let the bar of filters show the views of its list."""
    app.jinja_env.globals.update(saved_views=of_this_page)


def of_this_page() -> dict[str, Any] | None:
    """Give the views of the list that is shown, and the address that keeps this one; None where none can be kept."""
    page = request.endpoint or ""
    if page not in LISTS or not current_user.is_authenticated:
        return None
    here = arguments_of(page, request.args)
    known = [
        (view.name, address_of(page, view.arguments), view.arguments == here)
        for view in queries.saved_views(current_user.id, page)
    ]
    is_new = here and not any(is_here for _name, _url, is_here in known)
    return {
        "known": known,
        "save_url": url_for("saved_views.new", page=page, arguments=here) if is_new else None,
    }


def arguments_of(page: str, given: Mapping[str, str]) -> str:
    """Read from an address the filters that a list knows; empty ones narrow nothing and are left out."""
    values = {name: given.get(name, "").replace("\0", "")[:LONGEST] for name in LISTS[page][1]}
    return urlencode({name: value for name, value in values.items() if value})


def address_of(page: str, arguments: str) -> str:
    """Give the address of a list with its filters."""
    return url_for(page, **dict(parse_qsl(arguments)))  # type: ignore[arg-type]  # filters are no options


@bp.get("/saved-views")
@only(*STAFF)
def index() -> ResponseReturnValue:
    """List the own views, to open or remove them."""
    found = [view for view in queries.saved_views(current_user.id) if view.page in LISTS]
    by_list = [(label, [view for view in found if view.page == page]) for page, (label, _names) in LISTS.items()]
    return render_template(
        "saved_views/index.html",
        lists=[(label, views) for label, views in by_list if views],
        addresses={view.id: address_of(view.page, view.arguments) for view in found},
    )


@bp.route("/saved-views/new", methods=["GET", "POST"])
@only(*STAFF)
def new() -> ResponseReturnValue:
    """Keep a list as it is under a name."""
    form = SavedViewForm(page=request.args.get("page", ""), arguments=request.args.get("arguments", ""))
    page = form.page.data or ""
    if page not in LISTS or not may_open(page):
        abort(404)
    arguments = arguments_of(page, MultiDict(parse_qsl(form.arguments.data or "")))
    if len(arguments) > LONGEST_ADDRESS:  # no list offers so much to choose
        abort(400)
    if form.validate_on_submit():
        try:
            operations.save_view(current_user.id, page, form.values["name"], arguments)
        except operations.TooManyViews:
            form.refuse()
        else:
            flash(_("The view is saved. It stands above the list."), "success")
            return redirect(address_of(page, arguments))
    back = address_of(page, arguments)
    return render_template("saved_views/new.html", form=form, label=LISTS[page][0], back=back), form.status


@bp.post("/saved-views/<int:view_id>/remove")
@only(*STAFF)
def remove(view_id: int) -> ResponseReturnValue:
    """Remove an own view."""
    operations.remove_view(current_user.id, view_id)
    return redirect(url_for("saved_views.index"))
