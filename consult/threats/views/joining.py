"""What people decide about joining: a voice taken out, moved, followed as suggested or kept apart for ever."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.accounts.rights import Action
from consult.threats import operations, queries
from consult.threats.forms import MoveForm, ReasonForm
from consult.threats.operations import CannotJoin
from consult.threats.views import bp
from consult.threats.views.access import (
    DECIDERS,
    READERS,
    decided,
    decided_suggestion,
    linked,
    may,
    own_areas,
    page_asked,
)
from consult.threats.views.showing import area_names, words
from consult.threats.wording import likely_in_words
from consult.web.roles import only

NOT_ALIKE = _l("These two cannot be joined: the place of one is shown to the public and the other's is protected.")


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
@only(*READERS)
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
        fitted_at=queries.rule().fitted_at,
        likely=likely_in_words,
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
