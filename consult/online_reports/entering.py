"""Pages of the police for those who do not write themselves: a report told by phone, in a letter or in person."""

from flask import Blueprint, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.clock import today
from consult.districts import queries as districts
from consult.documents import qr
from consult.geo import PlaceRefused
from consult.online_reports import operations, queries
from consult.online_reports.staff_forms import EnterForm
from consult.online_reports.views import picture
from consult.online_reports.wording import CHANNELS
from consult.receipts import receipt_of
from consult.threats import queries as threats
from consult.web.addresses import public_url
from consult.web.errors import Conflict
from consult.web.languages import language
from consult.web.roles import Role, only

bp = Blueprint("entering", __name__)
WRITERS = (Role.OFFICER, Role.HEAD)


@bp.route("/online-reports/enter", methods=["GET", "POST"])
@only(*WRITERS)
def new() -> ResponseReturnValue:
    """Ask what somebody tells, and how; save it for them."""
    form = EnterForm()
    if form.validate_on_submit():
        receipt = receipt_of("entered report", form.key.data or "", current_app.config["SECRET_KEY"])
        try:
            operations.enter(current_user.id, current_user.scope, receipt, **form.values, language=language())
        except operations.OtherContent as error:
            raise Conflict from error
        except PlaceRefused as refused:
            form.place.refuse(refused)
        else:
            return redirect(url_for("entering.receipt", receipt=receipt), 303)
    return render_template("entering/new.html", form=form), form.status


@bp.get("/online-reports/entered/<string:receipt>")
@only(*WRITERS)
def receipt(receipt: str) -> ResponseReturnValue:
    """Show what the person needs to follow the report: to read aloud, or to print and hand over."""
    report = queries.by_receipt(receipt)
    voice = queries.observation_of(report)
    assert voice is not None, "every report gave a voice"
    address = public_url("online_reports.receipt", receipt=receipt)
    answer = make_response(
        render_template(
            "entering/receipt.html",
            report=report,
            address=address,
            code=picture(qr.code(address, _("Link to the report"))),
            spelled=" ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4)),
            district=districts.names({voice.district_code}).get(voice.district_code, voice.district_code),
            is_ours=is_ours(voice.district_code, voice.commune_code),
            is_served=threats.is_served(voice.district_code, voice.commune_code, today()),
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/online-reports/entered")
@only(*WRITERS)
def index() -> ResponseReturnValue:
    """List what was entered for people of the own area, the newest first, with how it was told."""
    found = queries.entered(threats.areas_within(current_user.scope, today()))
    return render_template(
        "entering/index.html",
        found=found,
        channels=CHANNELS,
        threats=threats.threats_of([voice.id for _report, voice in found]),
        names=districts.names({voice.commune_code or voice.district_code for _report, voice in found}),
    )


def is_ours(district_code: str, commune_code: str | None) -> bool:
    """Tell whether a place lies in the reader's own area."""
    areas = threats.areas_within(current_user.scope, today())
    return any(district_code.startswith(code) or (commune_code or "").startswith(code) for code in areas)
