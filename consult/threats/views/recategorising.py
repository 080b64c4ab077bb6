"""Putting many threats under another category: choosing, checking what it changes, confirming, and taking it back."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.accounts.denying import demand
from consult.accounts.rights import Action
from consult.threats import queries, recategorising
from consult.threats.filtering import chosen_filters
from consult.threats.models import Recategorisation, Threat, Undoing
from consult.threats.queries import Filters
from consult.threats.recategorising import MOST, ChangedMeanwhile, NothingToChange, NothingToUndo, Plan
from consult.threats.recategorising_forms import CheckedForm, RecategoriseForm
from consult.threats.turns import KeyOfAnother
from consult.threats.views import bp
from consult.threats.views.access import RECATEGORISERS, may_recategorise, own_areas, page_asked
from consult.threats.views.showing import area_names, words
from consult.threats.wording import UNDOING_LABELS
from consult.web.roles import only

LISTED = 50
LONGEST_NUMBER = 18


def choosing(filters: Filters, threats: Sequence[Threat]) -> dict[str, Any] | None:
    """Give a list what it needs to offer a choice: which shown and how many in all lie in the own area."""
    if not may_recategorise():
        return None
    areas = own_areas()
    own = {one.id for one in threats if is_within(one, areas)}
    return {"own": own, "found": queries.count(queries.of_areas(filters, areas)), "most": MOST}


def is_within(threat: Threat, areas: tuple[str, ...]) -> bool:
    """Tell whether a threat lies in one of these areas, by their TERYT codes."""
    return any(code.startswith(areas) for code in (threat.district_code, threat.commune_code) if code)


@bp.get("/threats/recategorise")
@only(*RECATEGORISERS)
def recategorise() -> ResponseReturnValue:
    """Ask for the new category of the threats that a list chose, one by one or all that it found."""
    numbers = _numbers_asked()
    if not numbers or len(numbers) > MOST:
        return render_template("threats/choose_again.html", is_too_many=bool(numbers), most=MOST), 422
    form = RecategoriseForm(formdata=None, threats=",".join(str(number) for number in numbers))
    return _asked(form)


def _numbers_asked() -> list[int]:
    """Read which threats a list chose; of a list that is too long, one more than is done at once."""
    if "all" not in request.args:
        given = request.args.getlist("chosen")
        return [int(one) for one in given if one.isascii() and one.isdigit() and len(one) <= LONGEST_NUMBER]
    areas = own_areas()
    filters, _shown = chosen_filters(request.args, areas)
    return list(queries.numbers(queries.of_areas(filters, areas), MOST + 1))


def _asked(form: RecategoriseForm) -> ResponseReturnValue:
    numbers = [] if form.threats.errors else form.numbers[:MOST]  # what was refused is not looked up
    chosen = recategorising.chosen_threats(numbers, own_areas()) if numbers else []
    return render_template(
        "threats/recategorise.html",
        form=form,
        threats=chosen[:LISTED],
        total=len(chosen),
        area_names=area_names(chosen[:LISTED]),
        **words(),
    ), form.status


@bp.post("/threats/recategorise/check")
@only(*RECATEGORISERS)
def check_recategorising() -> ResponseReturnValue:
    """Show exactly what would change, before anything does."""
    form = RecategoriseForm()
    if "again" in request.form or not form.validate_on_submit():
        return _asked(form)
    shown = recategorising.plan(form.numbers, form.category, own_areas())
    given = {name: form[name].data for name in ("key", "threats", "category_code", "reason")}
    return _checked(shown, CheckedForm(formdata=None, mark=shown.mark, **given))


def _checked(shown: Plan, form: CheckedForm) -> ResponseReturnValue:
    return render_template(
        "threats/check_recategorising.html",
        plan=shown,
        form=form,
        area_names=area_names(shown.moving[:LISTED]),
        unit_names=recategorising.unit_names(shown),
        listed=LISTED,
        **words(),
    ), form.status


@bp.post("/threats/recategorise")
@only(*RECATEGORISERS)
def confirm_recategorising() -> ResponseReturnValue:
    """Put the threats under the category, once, as it was shown."""
    form, checked = RecategoriseForm(), CheckedForm()
    if not form.validate_on_submit():
        return _asked(form)
    shown = recategorising.plan(form.numbers, form.category, own_areas())
    if shown.published and shown.mark == checked.mark.data and not checked.require_agreement():
        return _checked(shown, checked)
    try:
        act = _recategorise(form, checked.values["mark"])
    except ChangedMeanwhile:
        shown = recategorising.plan(form.numbers, form.category, own_areas())
        checked.mark.data, checked.agrees.data = shown.mark, False
        checked.refuse_changed()
        return _checked(shown, checked)
    except KeyOfAnother:
        form.refuse_key()
        return _asked(form)
    except NothingToChange:
        checked.form_errors.append(_("Nothing would change: all of them have this category already."))
        return _checked(shown, checked)
    flash(_("The category has changed."), "success")
    return redirect(url_for("threats.recategorised", act_id=act.id), 303)


def _recategorise(form: RecategoriseForm, mark: str) -> Recategorisation:
    return recategorising.recategorise(
        form.values["key"],
        form.numbers,
        form.category,
        form.values["reason"],
        mark,
        own_areas(),
        actor_id=current_user.id,
        unit_path=current_user.scope,
    )


@bp.get("/threats/recategorisations")
@only(*RECATEGORISERS)
def recategorisations() -> ResponseReturnValue:
    """List what people of the own scope put under another category."""
    acts = recategorising.acts_within(current_user.scope, page_asked())
    people = accounts.names(act.actor_id for act, _count in acts.entries)
    return render_template("threats/recategorisations.html", acts=acts, people=people)


@bp.get("/threats/recategorisations/<int:act_id>")
@only(*RECATEGORISERS)
def recategorised(act_id: int) -> ResponseReturnValue:
    """Show an act with its threats, and let it be undone as far as nobody touched them since."""
    act = _own_act(act_id)
    tally = recategorising.tally(act)
    total = sum(tally.values())
    page, pages = page_asked(), max(1, -(-total // recategorising.PAGE_SIZE))
    items = recategorising.items_of(act, min(page, pages))
    return render_template(
        "threats/recategorised.html",
        act=act,
        items=items,
        left={} if act.undone_at else recategorising.left(act, own_areas()),
        tally=tally,
        total=total,
        page=min(page, pages),
        pages=pages,
        area_names=area_names(item.threat for item in items),
        people=accounts.names(filter(None, (act.actor_id, act.undone_by_id))),
        undoing_labels=UNDOING_LABELS,
        **words(),
    )


@bp.post("/threats/recategorisations/<int:act_id>/undo")
@only(*RECATEGORISERS)
def undo_recategorising(act_id: int) -> ResponseReturnValue:
    """Take an act back for every threat that nobody touched since."""
    act = _own_act(act_id)
    try:
        recategorising.undo(act, own_areas(), current_user.id)
    except NothingToUndo:
        flash(_("There is nothing to undo any more."), "error")
    else:
        restored = recategorising.tally(act)[Undoing.RESTORED]
        flash(
            ngettext(
                "%(num)s threat has its earlier category again.",
                "%(num)s threats have their earlier category again.",
                restored,
            ),
            "success",
        )
    return redirect(url_for("threats.recategorised", act_id=act_id), 303)


def _own_act(act_id: int) -> Recategorisation:
    act = recategorising.act(act_id)
    demand(Action.DECIDE, act)
    return act
