"""The themes of a question: what stands out in the texts, new themes, merged and split ones, quotes."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.roles import Role, only
from surveys.forms.coding import MergeThemeForm, QuoteForm, SplitThemeForm, ThemeForm
from surveys.models import Coding, OpenText, Theme
from surveys.operations import coding as coding_operations
from surveys.operations import theming as operations
from surveys.operations.coding import CodingFinished, NoQuote
from surveys.operations.theming import NameTaken, NotInForce
from surveys.queries import coding as queries
from surveys.queries import surveys
from surveys.views import bp
from surveys.views.access import READERS, page_number
from surveys.views.coding import back_to, coding_of, heading, managed_coding

PAGE_SIZE = 50
"""Texts on one page of those that may be quoted."""


def _open_coding(slug: str, question: str) -> Coding:
    """Give a coding whose themes the reader may change, or answer 404 and 409."""
    found = managed_coding(slug, question)
    if found.finished_at is not None:
        abort(409, _("The coding is finished. Open it again to change something."))
    return found


def _taken(form: ThemeForm) -> None:
    form.name.errors = [_("Another theme has this name.")]


def _changed(found: Coding) -> ResponseReturnValue:
    flash(_("Somebody else changed the themes meanwhile. Look at them again."), "error")
    return back_to(found)


@bp.get("/surveys/<string:slug>/open-text/<string:question>/phrases")
@only(*READERS)
def phrases(slug: str, question: str) -> ResponseReturnValue:
    """Show phrases that stand out in the texts; each may become a theme."""
    found = coding_of(slug, question)
    return render_template(
        "surveys/phrases.html",
        entry=surveys.listed(found.survey),
        coding=found,
        heading=heading(found),
        phrases=queries.phrases(found),
        may_add=current_user.role is Role.COORDINATOR and found.finished_at is None,
    )


@bp.route("/surveys/<string:slug>/open-text/<string:question>/themes/new", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def new_theme(slug: str, question: str) -> ResponseReturnValue:
    """Add a theme, if wanted from a phrase."""
    found = _open_coding(slug, question)
    form = ThemeForm()
    if not form.is_submitted():
        form.name.data = request.args.get("name", "").replace("\0", "")[:120]
    if form.validate_on_submit():
        try:
            operations.add(current_user, found, **form.values)
        except NameTaken:
            _taken(form)
        except CodingFinished:
            return _changed(found)
        else:
            flash(_("The theme is saved."), "success")
            return back_to(found)
    return render_template(
        "surveys/new_theme.html", entry=surveys.listed(found.survey), coding=found, heading=heading(found), form=form
    ), form.status


@bp.route("/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def edit_theme(slug: str, question: str, number: int) -> ResponseReturnValue:
    """Describe a theme otherwise."""
    found = _open_coding(slug, question)
    theme = queries.theme(found, number)
    form = ThemeForm(obj=theme)
    if form.validate_on_submit():
        try:
            operations.change(current_user, theme, **form.values)
        except NameTaken:
            _taken(form)
        except (CodingFinished, NotInForce):
            return _changed(found)
        else:
            flash(_("The theme is saved."), "success")
            return back_to(found)
    return _theme_page("surveys/edit_theme.html", found, theme, form)


def _theme_page(
    template: str, found: Coding, theme: Theme, form: ThemeForm | MergeThemeForm | SplitThemeForm
) -> ResponseReturnValue:
    page = render_template(
        template, entry=surveys.listed(found.survey), coding=found, heading=heading(found), theme=theme, form=form
    )
    return page, form.status


@bp.route("/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>/merge", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def merge_theme(slug: str, question: str, number: int) -> ResponseReturnValue:
    """Let a theme count as another one."""
    found = _open_coding(slug, question)
    theme = queries.theme(found, number)
    form = MergeThemeForm()
    form.offer(one for one in found.in_force if one is not theme)
    if form.validate_on_submit():
        try:
            operations.merge(current_user, theme, into=queries.theme(found, int(form.into.data)))
        except (CodingFinished, NotInForce):
            return _changed(found)
        flash(_("The theme counts as the other one now. You can take this back."), "success")
        return back_to(found)
    return _theme_page("surveys/merge_theme.html", found, theme, form)


@bp.post("/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>/separate")
@only(Role.COORDINATOR)
def separate_theme(slug: str, question: str, number: int) -> ResponseReturnValue:
    """Take a merge back."""
    found = _open_coding(slug, question)
    try:
        operations.separate(current_user, queries.theme(found, number))
    except (CodingFinished, NotInForce):
        return _changed(found)
    except NameTaken:
        flash(_("Another theme has this name meanwhile. Rename that one first."), "error")
    else:
        flash(_("The two themes are apart again, each with its texts."), "success")
    return back_to(found)


@bp.route("/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>/split", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def split_theme(slug: str, question: str, number: int) -> ResponseReturnValue:
    """Make several themes of one."""
    found = _open_coding(slug, question)
    theme = queries.theme(found, number)
    form = SplitThemeForm()
    if form.validate_on_submit():
        try:
            operations.split(current_user, theme, **form.values)
        except NameTaken:
            form.names.errors = [_("Another theme has one of these names.")]
        except (CodingFinished, NotInForce):
            return _changed(found)
        else:
            flash(_("The theme is split. Its texts wait to be read again."), "success")
            return back_to(found)
    return _theme_page("surveys/split_theme.html", found, theme, form)


@bp.get("/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>/quotes")
@only(Role.COORDINATOR)
def quotes(slug: str, question: str, number: int) -> ResponseReturnValue:
    """List the texts of a theme that may be quoted, and those that are."""
    found = managed_coding(slug, question)
    theme = queries.theme(found, number)
    texts, page = [one for one, _read in queries.of_theme(found, theme)], page_number()
    return render_template(
        "surveys/quotes.html",
        entry=surveys.listed(found.survey),
        coding=found,
        heading=heading(found),
        theme=theme,
        texts=texts[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        page=page,
        pages=max(-(-len(texts) // PAGE_SIZE), 1),
        quoted={one.text_id: one.words for one in queries.quotes(found) if one.theme_id == theme.id},
    )


@bp.route(
    "/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>/quotes/<string:key>",
    methods=["GET", "POST"],
)
@only(Role.COORDINATOR)
def quote(slug: str, question: str, number: int, key: str) -> ResponseReturnValue:
    """Choose words of a text for a theme."""
    found = _open_coding(slug, question)
    theme, text = queries.theme(found, number), queries.text(found, key)
    known = next((one for one in queries.quotes(found) if one.theme is theme and one.text_id == key), None)
    form = QuoteForm(obj=known)
    form.offer(text.words)
    if form.validate_on_submit():
        try:
            coding_operations.choose_quote(current_user, theme, text, **form.values)
        except NoQuote:
            form.words.errors = [_("This text may not be quoted for this theme.")]
        except CodingFinished:
            return _changed(found)
        else:
            flash(_("The quote is chosen."), "success")
            return redirect(url_for("surveys.quotes", slug=slug, question=question, number=number))
    return _quote_page(found, theme, text, form)


def _quote_page(found: Coding, theme: Theme, text: OpenText, form: QuoteForm) -> ResponseReturnValue:
    page = render_template(
        "surveys/quote.html",
        entry=surveys.listed(found.survey),
        coding=found,
        heading=heading(found),
        theme=theme,
        text=text,
        form=form,
    )
    return page, form.status


@bp.post("/surveys/<string:slug>/open-text/<string:question>/themes/<int:number>/quotes/<string:key>/withdraw")
@only(Role.COORDINATOR)
def withdraw_quote(slug: str, question: str, number: int, key: str) -> ResponseReturnValue:
    """Take a quote away."""
    found = _open_coding(slug, question)
    try:
        coding_operations.withdraw_quote(current_user, queries.theme(found, number), queries.text(found, key))
    except CodingFinished:
        return _changed(found)
    flash(_("The quote is taken away."), "success")
    return redirect(url_for("surveys.quotes", slug=slug, question=question, number=number))
