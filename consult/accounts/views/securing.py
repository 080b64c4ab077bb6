"""The second step of signing in: entering its code, setting it up, recovery codes, ending it."""

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import letters, operations, queries, second_step, sessions
from consult.accounts.forms import PresentPasswordForm, SecondStepForm, SetUpForm, SignedInSetUpForm, SignInForm
from consult.accounts.models import Account
from consult.accounts.one_time_codes import spelled
from consult.accounts.sign_in import BOTH, current_token, finish_session, renew_session, waiting_account
from consult.accounts.views import bp
from consult.accounts.views.asking import set_up_page
from consult.accounts.views.going_on import greet, let_in
from consult.accounts.views.own import own_key
from consult.mail.operations import after_answer
from consult.web.languages import language
from consult.web.limits import limited, network_key
from consult.web.roles import STAFF, only, public


def whose_key() -> str:
    """Count by the account that signs in: whoever guesses codes knows its password already."""
    if current_user.is_authenticated:
        return own_key()
    account = waiting_account()
    return f"second step {account.id}" if account else network_key()


def _was_refused(answer: Response) -> bool:
    return answer.status_code == 422


@bp.route("/second-step", endpoint="second_step", methods=["GET", "POST"])
@public
@limited("5/minute", whose_key)
@limited("20/hour", whose_key, counts=_was_refused)
def second_step_page() -> ResponseReturnValue:
    """Take the code of the app, or a recovery code, from somebody whose password was right."""
    account = waiting_account()
    if account is None or not second_step.has_one(account):
        return _from_the_start()
    form = SecondStepForm(next=asked.args.get("next", ""))
    if form.validate_on_submit():
        if _takes(account, form):
            return let_in(account, form.next.data, form.typed.data) if finish_session(account) else _from_the_start()
        operations.refuse_code(account)
        form.refuse()
    return render_template("accounts/second_step.html", form=form), form.status


def _takes(account: Account, form: SecondStepForm) -> bool:
    if not (form.recovery.data or "").strip():
        return second_step.take_code(account, form.code.data or "")
    is_taken = second_step.take_recovery_code(account, form.recovery.data or "")
    if is_taken:
        after_answer(letters.send_second_step_changed, account.id, letters.News.RECOVERY_USED, language())
    return is_taken


def _from_the_start() -> ResponseReturnValue:
    """Ask for the password again; what was typed before goes along."""
    flash(_("That took too long. Sign in again."))
    kept, way_on = asked.form.get("typed"), asked.values.get("next")
    if kept:
        return render_template("accounts/sign_in.html", form=SignInForm(formdata=None, typed=kept, next=way_on)), 401
    return redirect(url_for("accounts.sign_in", next=way_on or None))


@bp.route("/second-step/set-up", methods=["GET", "POST"])
@public
@limited("10/hour", whose_key, counts=_was_refused)
def set_up_second_step() -> ResponseReturnValue:
    """Set up a second step: by whoever is signed in, or has none yet and gets in by no other way."""
    account = _who_sets_up()
    if account is None:
        return _from_the_start()
    form = (SignedInSetUpForm if current_user.is_authenticated else SetUpForm)(next=asked.args.get("next", ""))
    if form.validate_on_submit():
        seed = second_step.offered(account, form.seal.data or "")
        step = second_step.step_of(seed, form.code.data or "") if seed else None
        if seed is None:
            form.refuse_seal()
        elif step is None:
            form.refuse_code()
        elif _is_present(account, form):
            return _keep(queries.account(account.id), seed, step, form)
    return set_up_page(account, form)


def _who_sets_up() -> Account | None:
    """Give the signed-in account, or one that waits and has none: a password alone replaces nobody's second step."""
    if current_user.is_authenticated:
        return queries.account(current_user.id)
    account = waiting_account()
    return account if account is not None and not second_step.has_one(account) else None


def _is_present(account: Account, form: SetUpForm | PresentPasswordForm) -> bool:
    """Tell whether the owner sits there; the password of somebody who waits was right a moment ago."""
    if not isinstance(form, SignedInSetUpForm | PresentPasswordForm):
        return True
    is_right = operations.authenticate(account.email, form.present.data or "") is not None
    if not is_right:
        form.refuse()
    return is_right


def _keep(account: Account, seed: str, step: int, form: SetUpForm) -> ResponseReturnValue:
    is_new = not current_user.is_authenticated
    if not (finish_session(account) if is_new else renew_session(account, BOTH)):
        return _from_the_start()
    sessions.end_all(account, but=current_token())
    codes = second_step.set_up(account, seed, step)
    if is_new:
        greet(account)
    after_answer(letters.send_second_step_changed, account.id, letters.News.SET, language())
    return _codes_page(codes, form.next.data, form.typed.data)


def _codes_page(codes: list[str], way_on: str | None = None, kept: str | None = None) -> ResponseReturnValue:
    """Show recovery codes, this once."""
    form = SignInForm(formdata=None, next=way_on or url_for("accounts.own_second_step"), typed=kept)
    shown = [spelled(code) for code in codes]
    answer = make_response(render_template("accounts/recovery_codes.html", codes=shown, form=form))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/own/second-step")
@only(*STAFF)
def own_second_step() -> ResponseReturnValue:
    """Show how the own account stands to the second step."""
    return _own_page(PresentPasswordForm())


def _own_page(form: PresentPasswordForm) -> ResponseReturnValue:
    standing = second_step.standing(current_user)
    facts = {"standing": standing, "is_required": second_step.is_required()}
    return render_template("accounts/own_second_step.html", form=form, **facts), form.status


@bp.post("/own/second-step/recovery-codes")
@only(*STAFF)
@limited("10/hour", own_key)
def renew_recovery_codes() -> ResponseReturnValue:
    """Draw new recovery codes; those of before open nothing any more."""
    form, account = PresentPasswordForm(), queries.account(current_user.id)
    if second_step.has_one(account) and form.validate_on_submit() and _is_present(account, form):
        codes = second_step.renew_codes(queries.account(account.id))
        after_answer(letters.send_second_step_changed, account.id, letters.News.CODES_RENEWED, language())
        return _codes_page(codes)
    return _own_page(form)


@bp.post("/own/second-step/end")
@only(*STAFF)
@limited("10/hour", own_key)
def end_second_step() -> ResponseReturnValue:
    """Take the own second step away, where one may sign in without."""
    if second_step.is_required():
        abort(403)
    form, account = PresentPasswordForm(), queries.account(current_user.id)
    if form.validate_on_submit() and _is_present(account, form):
        account = queries.account(account.id)
        if second_step.forget(account, account.id):
            renew_session(account, steps=1)
            after_answer(letters.send_second_step_changed, account.id, letters.News.ENDED, language())
        flash(_("From now on the password alone signs you in."), "success")
        return redirect(url_for("accounts.own_second_step"))
    return _own_page(form)
