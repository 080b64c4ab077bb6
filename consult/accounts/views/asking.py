"""The pages of the second step as they are first shown."""

import base64
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import one_time_codes, second_step
from consult.accounts.forms import SecondStepForm, SetUpForm
from consult.accounts.models import Account
from consult.documents import qr


def ask(account: Account, way_on: str | None, kept: str | None) -> ResponseReturnValue:
    """Lead to the page of the second step, with what was typed before, if anything."""
    setting_up = not second_step.has_one(account)
    if kept:
        facts = {"next": way_on, "typed": kept}
        return _set_up(account, facts) if setting_up else _second_step(facts)
    endpoint = "accounts.set_up_second_step" if setting_up else "accounts.second_step"
    return redirect(url_for(endpoint, next=way_on or None))


def _second_step(facts: dict[str, str | None]) -> ResponseReturnValue:
    return render_template("accounts/second_step.html", form=SecondStepForm(formdata=None, **facts))


def _set_up(account: Account, facts: dict[str, str | None]) -> ResponseReturnValue:
    return set_up_page(account, SetUpForm(formdata=None, **facts))


def set_up_page(account: Account, form: SetUpForm) -> ResponseReturnValue:
    """Draw the page that sets up a second step, with the seed that its form confirms."""
    seed = second_step.offered(account, form.seal.data or "")
    if seed is None:
        seed, form.seal.data = second_step.offer(account)
    name = urlsplit(current_app.config["PUBLIC_URL"]).hostname or ""
    drawn = qr.code(
        one_time_codes.address(seed, account.email, name), _("QR code with the secret for the app"), size_mm=50
    )
    facts = {
        "code": f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}",
        "secret": one_time_codes.spelled(seed),
        "is_signed_in": current_user.is_authenticated,
    }
    return render_template("accounts/set_up_second_step.html", form=form, **facts), form.status
