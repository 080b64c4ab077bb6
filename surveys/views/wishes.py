"""What is wished for: the ranking by independent voices, another title for a wish, two wishes made one."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.roles import Role, only
from surveys.forms.reviewing import MergeForm, WishForm
from surveys.operations import reviewing as operations
from surveys.queries import feedback as queries
from surveys.views import bp


@bp.get("/feedback/wishes")
@only(Role.COORDINATOR)
def wishes() -> ResponseReturnValue:
    """Rank wished features, missing categories and themes."""
    return render_template("surveys/wishes.html", ranking=queries.ranking())


@bp.route("/feedback/wishes/<int:wish_id>", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def edit_wish(wish_id: int) -> ResponseReturnValue:
    """Give a wish another title or kind."""
    wish = queries.wish(wish_id)
    form = WishForm(obj=wish)
    if form.validate_on_submit():
        try:
            operations.rename_wish(current_user, wish, **form.values)
        except operations.TitleTaken:
            form.title.errors = [_("There is such a wish already. Merge the two instead.")]
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("surveys.wishes"))
    return render_template("surveys/edit_wish.html", form=form, wish=wish), form.status


@bp.route("/feedback/wishes/<int:wish_id>/merge", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def merge_wish(wish_id: int) -> ResponseReturnValue:
    """Make a wish one with another that stays."""
    wish = queries.wish(wish_id)
    form = MergeForm()
    form.offer(queries.wishes(), wish)
    if form.validate_on_submit():
        operations.merge_wishes(current_user, wish, into=queries.wish(form.into.data))
        flash(_("The two wishes are one now."), "success")
        return redirect(url_for("surveys.wishes"))
    return render_template("surveys/merge_wish.html", form=form, wish=wish), form.status
