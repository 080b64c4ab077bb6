"""Who may open which form of sheets: the unit's scope decides, and what lies outside does not exist."""

from flask import abort
from flask_login import current_user

from consult.accounts.denying import demand
from consult.accounts.rights import Action, can
from consult.paper import typed
from consult.paper.models import PaperForm, PaperSheet


def seen_form(form_id: int) -> PaperForm:
    """Give a form of the reader's scope, or answer 404."""
    form = typed.form_of_sheets(form_id)
    demand(Action.SEE, form)
    return form


def edited_form(form_id: int) -> PaperForm:
    """Give a form that the reader may type in from, or answer 404."""
    form = typed.form_of_sheets(form_id)
    demand(Action.EDIT, form)
    return form


def may_type(form: PaperForm) -> bool:
    """Tell whether the reader may type sheets of a form in."""
    return can(current_user, Action.EDIT, form)


def edited_sheet(form_id: int, number: int) -> PaperSheet:
    """Give a sheet that was typed in and that the reader may change, or answer 404."""
    sheet = typed.sheet(edited_form(form_id), number)
    if sheet is None:
        abort(404)
    return sheet
