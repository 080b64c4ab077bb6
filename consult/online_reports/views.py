"""The resident's pages: sending a report, following it by its receipt, taking it back."""

import base64
import json
from dataclasses import replace
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from consult.attachments.forms import MOST_POSTED_BYTES
from consult.catalogue.models import Precision
from consult.clock import now, today
from consult.districts import queries as districts
from consult.districts.lying import in_words, lying_at
from consult.districts.wording import near_border
from consult.documents import qr
from consult.geo import Place, PlaceRefused, to_metres
from consult.online_reports import operations, queries
from consult.online_reports.follow_forms import FindForm
from consult.online_reports.forms import (
    ALREADY_SAID,
    GONE,
    TOO_MANY,
    WHERE_TO_TURN,
    ReportForm,
    VoiceForm,
    about,
)
from consult.online_reports.models import OnlineReport
from consult.online_reports.rules import window
from consult.online_reports.standing import standing_of
from consult.online_reports.wording import SAYS, STATES, place_in_words
from consult.receipts import hash_of, receipt_in, receipt_of
from consult.threats import hand_overs, publication
from consult.threats import queries as threats
from consult.threats.models import Threat
from consult.threats.nearby import Seen, nearby
from consult.threats.wording import answer_in_words, handed_in_words, reasons_in_words
from consult.threats.workflow import Status
from consult.web import visitors
from consult.web.addresses import public_url
from consult.web.languages import day, language
from consult.web.limits import limited
from consult.web.open_forms import WorkingForm
from consult.web.place_field import FAULTS
from consult.web.roles import public
from consult.web.time_fields import times_in_words, weekdays_in_words
from consult.web.uploads import takes_files

bp = Blueprint("online_reports", __name__)

EMERGENCY = "112"

MOST_AN_HOUR = 30
"""Reports that one network may send in an hour: a school or a mobile operator is one network too."""

MOST_WITHOUT_WORK = 10
"""As many when the browser does no work for them: one without scripts, or a machine."""


def was_guessed(answer: Response) -> bool:
    """Tell whether a receipt was asked for that does not exist: only guessing is limited, not following."""
    return answer.status_code == 404


def was_refused(answer: Response) -> bool:
    """Tell whether what was typed opened no receipt: only such tries are counted."""
    return answer.status_code == 422


@bp.route("/online-reports/new", methods=["GET", "POST"])
@public
@takes_files(MOST_POSTED_BYTES)
def new() -> ResponseReturnValue:
    """Ask what, where and when; show the answers with what is known nearby; then take them."""
    form = ReportForm()
    if form.is_submitted():
        form.files.hold(queries.SOURCE, hash_of(receipt_for(form)))
    if form.goes_back or not form.validate_on_submit():
        return render_template("online_reports/new.html", form=form), form.status
    if form.is_checked and taken(form, form.threat_id):
        return redirect(url_for("online_reports.receipt", receipt=receipt_for(form)), 303)
    return check(form)


@bp.get("/online-reports/place.json")
@public
@limited("120/minute", methods=("GET", "HEAD"))
def place_answer() -> ResponseReturnValue:
    """Say of a position that was just marked on the map where it lies and, if anything, what to know before going on.

    `named` says how far it is from the nearest named place; `call` is the number that the page shows as a link behind
    what is said.
    """
    named = ""
    try:
        place = Place.point(float(request.args["lon"]), float(request.args["lat"]))
        said, is_taken = about(place), True
        named = in_words(lying_at(*to_metres(*place.lon_lat)))
    except PlaceRefused as refused:
        said, is_taken = f"{FAULTS[refused.fault]} {WHERE_TO_TURN}", False
    except ValueError:
        abort(400)
    return {"is_taken": is_taken, "named": named, "said": said, "call": EMERGENCY if said else ""}


def check(form: ReportForm) -> ResponseReturnValue:
    """Show what would be sent, and the threats nearby to which a voice may be added instead."""
    first, last = window(form.sighting["observed_on"])
    found = nearby(Seen(form.values["category"], form.values["place"], first, last), now())
    page = render_template(
        "online_reports/check.html",
        form=form,
        answers=asked(form),
        nearby=found,
        names=districts.names({entry.threat.commune_code or entry.threat.district_code for entry in found}),
        reasons_in_words=reasons_in_words,
        near_border=near_border(form.located.district, form.located.neighbour),
        is_served=threats.is_served(form.located.district, form.located.commune, today()),
    )
    return page, form.status


@bp.route("/threats/<int:threat_id>/voices/new", methods=["GET", "POST"])
@public
def new_voice(threat_id: int) -> ResponseReturnValue:
    """Ask when somebody saw a threat that the map shows, and add the voice."""
    threat = publication.public_threat(threat_id, now())
    if threat is None:
        abort(404)
    form = VoiceForm()
    if form.validate_on_submit() and taken(form, threat.id):
        return redirect(url_for("online_reports.receipt", receipt=receipt_for(form)), 303)
    return render_template(
        "online_reports/new_voice.html",
        form=form,
        threat=threat,
        name=threat.category.name(language()),
        places=districts.names({threat.commune_code or threat.district_code}),
    ), form.status


def receipt_for(form: WorkingForm) -> str:
    """Give the receipt that a form's key leads to."""
    return receipt_of("online report", form.key.data or "", current_app.config["SECRET_KEY"])


def taken(form: ReportForm | VoiceForm, threat_id: int | None) -> bool:
    """Take a report, or a voice of a threat; when it cannot be taken the form says why and keeps its answers."""
    receipt = receipt_for(form)
    if too_often(form, receipt):
        return False
    sender: dict[str, Any] = {"language": language(), "voice_key": visitors.voice_key()}
    try:
        if threat_id is None:
            operations.report(receipt, **form.values, **sender)
        else:
            operations.join_in(receipt, joinable(threat_id), **form.sighting, **sender)
    except operations.OtherContent:
        form.refuse_key()
    except operations.AlreadySaid:
        form.pause = ALREADY_SAID
    except operations.CannotJoin:
        form.pause = GONE
    return form.pause is None


def joinable(threat_id: int) -> Threat:
    """Give a threat that anyone may see, or raise CannotJoin."""
    threat = publication.public_threat(threat_id, now())
    if threat is None:
        raise operations.CannotJoin
    return threat


def too_often(form: WorkingForm, receipt: str) -> bool:
    """Count a report that is about to be taken; when there are too many, the form says so and keeps its answers.

    What was taken before and is only sent again, by two clicks or over a bad line, does not count.
    """
    if queries.is_known(receipt):
        return False
    return form.waits("online report", MOST_AN_HOUR if form.has_worked() else MOST_WITHOUT_WORK, TOO_MANY)


@bp.route("/online-reports/find", methods=["GET", "POST"])
@public
@limited("60/hour", counts=was_refused)
def find() -> ResponseReturnValue:
    """Open the receipt that somebody types. It is posted, so that it stands in no address but the receipt's own."""
    form = FindForm()
    if form.validate_on_submit():
        wanted = receipt_in(form.receipt.data or "") or ""
        if queries.opens(wanted):
            return redirect(url_for("online_reports.receipt", receipt=wanted), 303)
        form.refuse()
    return render_template("online_reports/find.html", form=form), form.status


@bp.get("/online-reports/<string:receipt>")
@public
@limited("60/hour", methods=("GET", "HEAD"), counts=was_guessed)
def receipt(receipt: str) -> ResponseReturnValue:
    """Show a report to whoever has its receipt: what was sent and what came of it."""
    report = queries.by_receipt(receipt)
    address = public_url("online_reports.receipt", receipt=receipt)
    answer = make_response(
        render_template(
            "online_reports/receipt.html",
            report=report,
            receipt=receipt,
            address=address,
            answers=answers(report),
            map_url=map_url(report),
            code=picture(qr.code(address, _("Link to your report"))),
            may_withdraw=operations.may_withdraw(report, now()),
            following=standing_of(report, now()),
            state_words=STATES,
            says_words=SAYS,
            **result(report),
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.post("/online-reports/<string:receipt>/withdraw")
@public
@limited("60/hour", counts=was_guessed)
def withdraw(receipt: str) -> ResponseReturnValue:
    """Take a report back while there is time."""
    try:
        operations.withdraw(queries.by_receipt(receipt))
    except operations.TooLate:
        flash(_("It is too late to take the report back: the police may already be checking it."), "error")
    else:
        flash(_("You have taken your report back."), "success")
    return redirect(url_for("online_reports.receipt", receipt=receipt), 303)


def answers(report: OnlineReport, *, is_withheld: bool = False) -> list[tuple[str, str]]:
    """List what was sent, question by question; what was not asked or answered is left out, and withheld words too."""
    rows = [
        (_("Category"), report.category.name(language())),
        (_("Place"), "\n".join(filter(None, (place_of(report, is_withheld=is_withheld), ", ".join(areas_of(report)))))),
        (_("Day"), day(report.observed_from)),
        (_("Time of day"), times_in_words(report.times_of_day)),
        (_("Days of the week"), weekdays_in_words(report.weekdays)),
        (_("Description"), _("Words withheld: they hold personal data.") if is_withheld else report.description),
    ]
    return [(question, answer) for question, answer in rows if answer]


def place_of(report: OnlineReport, *, is_withheld: bool = False) -> str:
    """Say where it was, without its name where words are withheld; "I see it too" has no place of its own."""
    if report.joined_threat_id is not None:
        return _("“I see it too”: threat %(number)s", number=report.joined_threat_id)
    return place_in_words(replace(report.place, words="") if is_withheld else report.place)


def asked(form: ReportForm) -> list[tuple[str, str, str]]:
    """List what would be sent, question by question, each with the element to which "Change" leads."""
    said = form.values
    areas = (form.located.commune_name, form.located.district_name)
    where = (place_in_words(said["place"]), ", ".join(filter(None, areas)))
    if_given = [
        (_("Time of day"), times_in_words(said.get("times_of_day", 0)), form.times_of_day.id),
        (_("Days of the week"), weekdays_in_words(said.get("weekdays", 0)), form.weekdays.id),
        (_("Photos or documents"), ", ".join(title for _digest, title in form.files.titles), form.files.id),
    ]
    return [
        (_("Category"), said["category"].name(language()), form.category.id),
        (_("Place"), "\n".join(filter(None, where)), f"{form.place.id}-question"),
        (_("Day"), day(said["observed_on"]), form.observed_on.id),
        (_("Description"), said["description"], form.description.id),
        *(row for row in if_given if row[1]),
    ]


def areas_of(report: OnlineReport) -> list[str]:
    """Name the commune and district of a report."""
    observation = queries.observation_of(report)
    codes = [observation.commune_code, observation.district_code] if observation else []
    names = districts.names([code for code in codes if code])
    return [names[code] for code in codes if code in names]


def result(report: OnlineReport) -> dict[str, Any]:
    """Tell what came of a report. How many others speak of it is told where the public may see the threat itself."""
    threat = queries.threat_of(report)
    if threat is None:
        return {"threat": None}
    observation = queries.observation_of(report)
    is_hidden_kind = threat.category.precision is not Precision.EXACT
    changes = threats.history_of(threat)
    if is_hidden_kind:  # what was found about others before, a report of one's own must not open
        changes = [change for change in changes if change.changed_at > report.sent_at]
    state = threat.status if changes or not is_hidden_kind else Status.NEW
    return {
        "threat": threat,
        "near_border": near_border(observation.district_code, observation.neighbour_code) if observation else "",
        "status": state,
        "state": STATES[state],
        "reason": changes[-1].reason if changes and not is_hidden_kind else "",
        "offices": [] if is_hidden_kind or state is not Status.HANDED_OVER else said_by_office(threat),
        "is_public": publication.is_public(threat, now()),
        "is_hidden_kind": is_hidden_kind,
        "is_for_nobody": state is Status.NEW and not threats.scopes_of(threat, today()),
    }


def said_by_office(threat: Threat) -> list[tuple[str, str]]:
    """Say to which office a threat was handed over last and what it answered: sentences, with the office's words."""
    handed_over = hand_overs.of_threat(threat)
    if not handed_over:
        return []
    last = handed_over[-1]
    answers = [(answer_in_words(answer), answer.public_words) for answer in last.answers]
    return [(handed_in_words(last), ""), *answers]


def map_url(report: OnlineReport) -> str:
    """Give the address of a drawn map with the place on it; a whole commune has no spot to show."""
    if report.place.code is not None:
        return ""
    return url_for("districts.map_svg", marked=json.dumps(report.place.geojson))


def picture(svg: str) -> str:
    """Give a drawing as the address of an image."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
