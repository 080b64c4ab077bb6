"""What was changed because people asked for it: the page for everybody, and the coordinator's log."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.roles import Role, only, public
from surveys.forms.reviewing import ChangeForm
from surveys.models import Change
from surveys.operations import reviewing as operations
from surveys.queries import feedback as queries
from surveys.views import bp
from surveys.views.access import page_number


@bp.get("/changes")
@public
def changes() -> ResponseReturnValue:
    """Show everybody what was changed, and about how many asked for it."""
    found = queries.changes(page_number(), published_only=True)
    return render_template("surveys/changes.html", found=found, asked=queries.told_voices_of(found.items))


@bp.get("/feedback/changes")
@only(Role.COORDINATOR)
def change_log() -> ResponseReturnValue:
    """List all changes with the voices behind them, those that nobody sees yet too."""
    found = queries.changes(page_number())
    return render_template("surveys/change_log.html", found=found, voices=queries.voices_of(found.items))


@bp.route("/feedback/changes/new", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def new_change() -> ResponseReturnValue:
    """Write down what was changed, for a wish if the address names one."""
    return _change_page(None, ChangeForm(data={"wish_id": request.args.get("wish", type=int)}))


@bp.route("/feedback/changes/<int:change_id>", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def edit_change(change_id: int) -> ResponseReturnValue:
    """Correct a change, or let everybody see it."""
    change = queries.change(change_id)
    return _change_page(change, ChangeForm(obj=change))


def _change_page(change: Change | None, form: ChangeForm) -> ResponseReturnValue:
    form.offer(queries.wishes())
    if form.validate_on_submit() and (not form.is_to_be_seen(change) or form.may_be_seen()):
        _save(change, form)
        return redirect(url_for("surveys.change_log"))
    return render_template("surveys/edit_change.html", form=form, change=change), form.status


def _save(change: Change | None, form: ChangeForm) -> None:
    if change is None:
        change = operations.record_change(current_user, **form.values)
    else:
        operations.correct_change(current_user, change, **form.values)
    if form.publish.data and not change.is_published:
        operations.publish_change(current_user, change)
    flash(_("Everybody sees the change now.") if change.is_published else _("The change is saved."), "success")


@bp.post("/feedback/changes/<int:change_id>/withdraw")
@only(Role.COORDINATOR)
def withdraw_change(change_id: int) -> ResponseReturnValue:
    """Show a change to nobody any more."""
    operations.withdraw_change(current_user, queries.change(change_id))
    flash(_("Nobody sees the change any more. The opinions that it answered are planned again."), "success")
    return redirect(url_for("surveys.change_log"))
