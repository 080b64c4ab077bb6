"""Pages on which sheets are typed in: the list, one sheet after another, the second person, what differs, scans."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.attachments import queries as attachments
from consult.attachments.forms import MOST_POSTED_BYTES
from consult.attachments.models import Attachment
from consult.attachments.operations import TooManyFiles
from consult.attachments.serving import answer_with
from consult.attachments.wording import title
from consult.audit import operations as audit
from consult.geo import PlaceRefused
from consult.paper import scans, sheet_words, transcribing, typed
from consult.paper.models import PaperForm, PaperSheet, SheetState, Turn
from consult.paper.operations import FormClosed
from consult.paper.sheet_forms import ScansForm, Typing, TypingForm, WithdrawSheetForm
from consult.paper.transcribing import ChangedMeanwhile, Decision, NotPrinted, SamePerson, TypedInBefore
from consult.paper.views import bp
from consult.paper.views.access import edited_form, edited_sheet, may_type, seen_form
from consult.web.roles import only
from consult.web.uploads import takes_files
from debates.views.access import READERS, WRITERS

CONFLICT, REFUSED = 409, 403

CLOSED = _l("This form is closed, so no sheet can be typed in. Open it again first.")
CHANGED = _l("Somebody else has changed this sheet meanwhile. Look at it as it is now, then decide.")
OTHERS = _l(
    "Somebody else has typed this sheet in meanwhile. Nothing you typed is lost: save it as the second reading, which "
    "is then compared with the first one."
)
YOURS = _l("You typed this sheet in first. Somebody else, who has not seen what you typed, must type it in again.")
COMPARED = _l("Somebody else has typed this sheet in meanwhile, too. Say below what stands on it.")


bp.add_app_template_filter(sheet_words.state_in_words, "sheet_word")
bp.add_app_template_filter(sheet_words.MARKS.__getitem__, "sheet_mark")
bp.add_app_template_filter(sheet_words.category_in_words, "category_word")
bp.add_app_template_filter(sheet_words.when_in_words, "when_words")
bp.add_app_template_filter(sheet_words.share_in_words, "share")
bp.add_app_template_filter(sheet_words.interval_in_words, "interval")


@bp.get("/paper/<int:form_id>/sheets")
@only(*READERS)
def sheets(form_id: int) -> ResponseReturnValue:
    """List the sheets that came back, what waits for whom, and how far two people agree."""
    form = seen_form(form_id)
    found = typed.sheets_of(form)
    return render_template(
        "paper/sheets.html",
        form=form,
        sheets=found,
        standing=sum(not one.is_withdrawn for one in found),
        scanned=scans.numbers_with(form),
        next_number=typed.next_untyped(form, found) if may_type(form) and not form.is_closed else None,
        to_check=typed.to_check(found, current_user.id) if may_type(form) and not form.is_closed else [],
        for_others=typed.waiting_for_others(found, current_user.id) if may_type(form) and not form.is_closed else 0,
        differing=[one for one in found if one.state is SheetState.DIFFERING],
        people=accounts.names(entry.author_id for one in found for entry in one.entries),
        **sheet_words.agreement_in_words(found),
        uncategorised=typed.uncategorised(found),
        may_type=may_type(form),
    )


@bp.get("/paper/<int:form_id>/sheets/next")
@only(*WRITERS)
def next_sheet(form_id: int) -> ResponseReturnValue:
    """Lead to the next sheet that nobody has typed in."""
    return _next(edited_form(form_id), 0, Turn.FIRST)


@bp.get("/paper/<int:form_id>/sheets/by-number")
@only(*READERS)
def go_to_sheet(form_id: int) -> ResponseReturnValue:
    """Lead to the sheet whose number was typed; what is no number of a sheet leads back to the list."""
    form = seen_form(form_id)
    number = request.args.get("number", 0, type=int)
    if not form.has_printed(number):
        flash(
            _("There is no sheet with this number. The numbers go from 1 to %(copies)s.", copies=form.copies), "error"
        )
        return redirect(url_for("paper.sheets", form_id=form.id))
    return redirect(url_for("paper.sheet", form_id=form.id, number=number))


@bp.route("/paper/<int:form_id>/sheets/<int:number>", methods=["GET", "POST"])
@only(*READERS)
def sheet(form_id: int, number: int) -> ResponseReturnValue:
    """Type a sheet in, or again as the second person who has not seen it; else see what was typed."""
    form = seen_form(form_id)
    if not form.has_printed(number):
        abort(404)
    found = typed.sheet(form, number)
    page = TypingForm()
    if page.is_submitted() and may_type(form):
        return _typed(form, number, found, page)
    if form.is_closed or not may_type(form) or (found is not None and _is_open(found)):
        return _shown(form, found)
    page.turn.data = str(Turn.FIRST.value if found is None else Turn.SECOND.value)
    return _screen(form, number, found, page, Typing(form))


def _is_open(found: PaperSheet) -> bool:
    """Tell whether the reader has nothing to type in from a sheet unseen."""
    return found.is_withdrawn or found.may_be_seen_by(current_user.id)


def _typed(form: PaperForm, number: int, found: PaperSheet | None, page: TypingForm) -> ResponseReturnValue:
    """Take what was typed as the first or the second reading."""
    typing = Typing(form)
    if page.asks_for_rows:
        typing.add_rows()
    elif page.validate_on_submit() and _is_ready(page, typing):
        turn = Turn(int(page.turn.data or 0))
        try:
            saved = _save(form, number, found, page, typing, turn)
        except PlaceRefused:
            page.form_errors.append(_("A field lies outside all known districts. Check the fields."))
        except FormClosed:
            page.form_errors.append(CLOSED)
        except (TypedInBefore, ChangedMeanwhile, SamePerson):
            return _too_late(form, number, page, typing)
        except NotPrinted:
            abort(404)
        else:
            return _after(form, saved, page, typing, turn)
    return _screen(form, number, found, page, typing)


def _is_ready(page: TypingForm, typing: Typing) -> bool:
    """Tell whether what was typed may be saved; what hinders is said on the page."""
    typing.check(page.confirmed.data or "")
    if not page.is_to_save:
        return False
    if page.says_empty and not typing.is_empty:
        page.form_errors.append(_("Something is typed in. Delete it if nothing is marked on the sheet, or save it."))
    elif typing.is_empty and not page.says_empty:
        page.form_errors.append(
            _("Nothing is typed in. If nothing is marked on the sheet, press the button that says so.")
        )
    return not (page.form_errors or typing.faults)


def _save(
    form: PaperForm, number: int, found: PaperSheet | None, page: TypingForm, typing: Typing, turn: Turn
) -> PaperSheet:
    key = str(page.key.data)
    if turn is Turn.FIRST or found is None:
        has_questionnaire = bool(form.survey_version_id and page.has_questionnaire.data)
        facts: dict[str, Any] = {"key": key, "marks": typing.marks, "has_questionnaire": has_questionnaire}
        return transcribing.type_in(current_user, form, number, **facts)
    return transcribing.type_in_again(current_user, found, key=key, marks=typing.marks)


def _after(form: PaperForm, saved: PaperSheet, page: TypingForm, typing: Typing, turn: Turn) -> ResponseReturnValue:
    """Say what was saved, and lead on: to the back of the sheet, or to the next one."""
    said = _saved_in_words(saved.number, len(typing.marks))
    if turn is Turn.SECOND:
        agrees = _("Both readings agree.") if saved.state is SheetState.SETTLED else _("The two readings differ.")
        said = f"{said} {agrees}"
    flash(said, "success")
    version = form.survey_version if page.has_questionnaire.data and turn is Turn.FIRST else None
    if version is not None:
        facts: dict[str, Any] = {"version": version.number, "paper": form.id}
        return redirect(url_for("surveys.transcribe", slug=version.survey.slug, **facts))
    return _next(form, saved.number, turn)


def _saved_in_words(number: int, count: int) -> str:
    if not count:
        return str(_("Sheet %(number)s is saved: nothing is marked on it.", number=number))
    said = ngettext(
        "Sheet %(number)s is saved: %(num)d mark.", "Sheet %(number)s is saved: %(num)d marks.", count, number=number
    )
    return str(said)


def _next(form: PaperForm, after: int, turn: Turn) -> ResponseReturnValue:
    """Lead to the next sheet of the same work, or to the list when all is done."""
    found = typed.sheets_of(form)
    if turn is Turn.FIRST:
        number = typed.next_untyped(form, found, after)
    else:
        waiting = [one.number for one in typed.to_check(found, current_user.id)]
        number = next((one for one in waiting if one > after), next(iter(waiting), None))
    if number is None or form.is_closed:
        return redirect(url_for("paper.sheets", form_id=form.id))
    return redirect(url_for("paper.sheet", form_id=form.id, number=number))


def _too_late(form: PaperForm, number: int, page: TypingForm, typing: Typing) -> ResponseReturnValue:
    """Say that somebody else was first; what was typed can be the second reading, unless it is the same person's."""
    found = typed.sheet(form, number)
    assert found is not None
    if _is_open(found):
        flash(YOURS if found.first.author_id == current_user.id else CHANGED, "error")
        body, _status = _shown(form, found)
        return body, REFUSED if found.first.author_id == current_user.id else CONFLICT
    page.begin_again(Turn.SECOND)
    page.form_errors.append(OTHERS)
    return _screen(form, number, found, page, typing, CONFLICT)


def _screen(
    form: PaperForm,
    number: int,
    found: PaperSheet | None,
    page: TypingForm,
    typing: Typing,
    status: int | None = None,
) -> tuple[str, int]:
    """Show the rows beside the map and the scans."""
    body = render_template(
        "paper/sheet.html",
        form=form,
        number=number,
        sheet=found,
        page=page,
        typing=typing,
        parts=sheet_words.PARTS,
        scans=_scans(form, number),
        turn=int(page.turn.data or 1),
        is_checked=page.is_submitted() and typing.is_checked and not (page.errors or typing.faults),
    )
    wrong = bool(page.errors or typing.faults)
    return body, status or (422 if wrong else 200)


def _scans(form: PaperForm, number: int) -> list[tuple[Attachment, str]]:
    """Give the files of a sheet with what they are called."""
    return [(one, title(one.kind, at)) for at, one in enumerate(scans.of(form, number), 1)]


def _shown(form: PaperForm, found: PaperSheet | None) -> tuple[str, int]:
    """Show what was typed, once or twice, and what may be done with it; a closed form shows nothing of no sheet."""
    if found is None:
        abort(404)
    body = render_template(
        "paper/shown.html",
        form=form,
        sheet=found,
        pairs=typed.pairs_of(found) if found.is_compared else [],
        scans=_scans(form, found.number),
        people=accounts.names(entry.author_id for entry in found.entries),
        decisions=Decision,
        may_type=may_type(form),
        has_next=may_type(form) and not form.is_closed and typed.has_untyped(form),
        may_correct=found.first.author_id == current_user.id and not (found.is_compared or form.is_closed),
        is_mine=found.first.author_id == current_user.id,
        is_unseen=not (found.may_be_seen_by(current_user.id) or not may_type(form)),
        settling=_settling(found) if found.is_compared else None,
    )
    return body, 200


def _settling(found: PaperSheet) -> TypingForm:
    """Make the form of one button that says which reading stands, for the sheet as it is now."""
    page = TypingForm(formdata=None)
    page.version.data = str(found.version)
    return page


@bp.route("/paper/<int:form_id>/sheets/<int:number>/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit_sheet(form_id: int, number: int) -> ResponseReturnValue:
    """Put right what was mistyped; of a sheet that two people typed, write what stands on it in truth."""
    found = edited_sheet(form_id, number)
    form, settling = found.form, found.is_compared
    if found.is_withdrawn or not found.may_be_seen_by(current_user.id):
        abort(404)
    page = TypingForm()
    if page.is_submitted():
        return _corrected(form, found, page, settling=settling)
    page.version.data = str(found.version)
    page.has_questionnaire.data = found.has_questionnaire
    page.turn.data = str((Turn.CORRECTED if settling else Turn.FIRST).value)
    marks = [typed.mark_of(mark, form) for mark in found.standing.marks]
    return _editor(found, page, Typing(form, marks))


def _corrected(form: PaperForm, found: PaperSheet, page: TypingForm, *, settling: bool) -> ResponseReturnValue:
    typing = Typing(form)
    if page.asks_for_rows:
        typing.add_rows()
    elif page.validate_on_submit() and _is_ready(page, typing):
        facts: dict[str, Any] = {"key": str(page.key.data), "version": page.seen_version, "marks": typing.marks}
        try:
            if settling:
                transcribing.settle(current_user, found, decision=Decision.CORRECTED, **facts)
            else:
                has_questionnaire = bool(form.survey_version_id and page.has_questionnaire.data)
                transcribing.correct(current_user, found, has_questionnaire=has_questionnaire, **facts)
        except PlaceRefused:
            page.form_errors.append(_("A field lies outside all known districts. Check the fields."))
        except FormClosed:
            page.form_errors.append(CLOSED)
        except (ChangedMeanwhile, TypedInBefore, SamePerson) as late:
            flash(COMPARED if isinstance(late, TypedInBefore) else CHANGED, "error")
            body, _status = _shown(form, found)
            return body, CONFLICT
        else:
            flash(_("Sheet %(number)s is corrected.", number=found.number), "success")
            return redirect(url_for("paper.sheet", form_id=form.id, number=found.number))
    return _editor(found, page, typing)


def _editor(found: PaperSheet, page: TypingForm, typing: Typing) -> tuple[str, int]:
    wrong = bool(page.errors or typing.faults)
    body = render_template(
        "paper/edit_sheet.html",
        form=found.form,
        number=found.number,
        sheet=found,
        page=page,
        typing=typing,
        parts=sheet_words.PARTS,
        scans=_scans(found.form, found.number),
        turn=int(page.turn.data or 1),
        is_checked=page.is_submitted() and typing.is_checked and not wrong,
    )
    return body, 422 if wrong else 200


@bp.post("/paper/<int:form_id>/sheets/<int:number>/settle")
@only(*WRITERS)
def settle_sheet(form_id: int, number: int) -> ResponseReturnValue:
    """Say which of two readings stands on the sheet."""
    found = edited_sheet(form_id, number)
    page = TypingForm()
    decision = page.decision
    if decision is None or not page.validate_on_submit() or not found.is_compared:
        abort(404)
    try:
        facts: dict[str, Any] = {"key": str(page.key.data), "version": page.seen_version}
        transcribing.settle(current_user, found, decision=decision, **facts)
    except ChangedMeanwhile:
        flash(CHANGED, "error")
        body, _status = _shown(found.form, found)
        return body, CONFLICT
    flash(_("Sheet %(number)s is settled; the map says the same.", number=number), "success")
    return redirect(url_for("paper.sheets", form_id=form_id))


@bp.route("/paper/<int:form_id>/sheets/<int:number>/withdraw", methods=["GET", "POST"])
@only(*WRITERS)
def withdraw_sheet(form_id: int, number: int) -> ResponseReturnValue:
    """Let a sheet count nowhere, with a reason."""
    found = edited_sheet(form_id, number)
    page = WithdrawSheetForm()
    if page.validate_on_submit():
        try:
            transcribing.withdraw(current_user, found, version=page.seen_version, reason=page.reason.data or "")
        except ChangedMeanwhile:
            page.version.data, page.version.raw_data = str(found.version), None
            page.form_errors.append(CHANGED)
        else:
            flash(_("Sheet %(number)s is withdrawn and counts nowhere.", number=number), "success")
            return redirect(url_for("paper.sheets", form_id=form_id))
    elif not page.is_submitted():
        page.version.data = str(found.version)
    return render_template("paper/withdraw_sheet.html", form=page, sheet=found), page.status


@bp.post("/paper/<int:form_id>/sheets/<int:number>/restore")
@only(*WRITERS)
def restore_sheet(form_id: int, number: int) -> ResponseReturnValue:
    """Let a withdrawn sheet count again."""
    found = edited_sheet(form_id, number)
    transcribing.restore(current_user, found)
    flash(_("Sheet %(number)s counts again.", number=number), "success")
    return redirect(url_for("paper.sheet", form_id=form_id, number=number))


@bp.get("/paper/marks/<string:key>")
@only(*READERS)
def mark(key: str) -> ResponseReturnValue:
    """Lead from an observation to the sheet it was marked on."""
    found = typed.sheet_of_voice(key)
    if found is None:
        abort(404)
    form_id, number = found
    seen_form(form_id)
    return redirect(url_for("paper.sheet", form_id=form_id, number=number))


@bp.route("/paper/<int:form_id>/sheets/<int:number>/scans", methods=["GET", "POST"])
@only(*WRITERS)
@takes_files(MOST_POSTED_BYTES)
def sheet_scans(form_id: int, number: int) -> ResponseReturnValue:
    """Add scans or photos of a sheet, so that one types from the picture."""
    form = edited_form(form_id)
    if not form.has_printed(number):
        abort(404)
    page = ScansForm()
    if page.is_submitted():
        page.files.hold(scans.SOURCE, scans.waiting_key(current_user, str(page.key.data)))
    if page.validate_on_submit():
        try:
            scans.add(current_user, form, number, key=str(page.key.data))
        except TooManyFiles:
            most = scans.MOST_OF_A_SHEET
            page.form_errors.append(
                _("A sheet has at most %(most)s files. Remove one first, or choose fewer.", most=most)
            )
        else:
            flash(_("The files are added to sheet %(number)s.", number=number), "success")
            return redirect(url_for("paper.sheet", form_id=form_id, number=number))
    body = render_template(
        "paper/sheet_scans.html", form=form, number=number, page=page, scans=_scans(form, number), may_type=True
    )
    return body, page.status


@bp.get("/paper/scans/<string:name>")
@only(*READERS)
def scan(name: str) -> Response:
    """Give a file of a sheet: a photo to look at, a document only to be saved."""
    attachment, form, number = _scan(name)
    answer = answer_with(attachment, f"sheet-{number}")
    audit.note_reading(current_user.id, "look_at_scan", "paper_form", form.id, form.unit_path, number=number)
    return answer


@bp.post("/paper/scans/<string:name>/remove")
@only(*WRITERS)
def remove_scan(name: str) -> ResponseReturnValue:
    """Take a file off a sheet."""
    attachment, form, number = _scan(name)
    if not may_type(form):
        abort(404)
    scans.remove(current_user, attachment, form, number)
    flash(_("The file is removed."), "success")
    return redirect(url_for("paper.sheet_scans", form_id=form.id, number=number))


def _scan(name: str) -> tuple[Attachment, PaperForm, int]:
    """Give a file with the form and the number of its sheet, or answer 404."""
    attachment = attachments.by_name(name)
    found = scans.sheet_of(attachment)
    if found is None:
        abort(404)
    form_id, number = found
    return attachment, seen_form(form_id), number
