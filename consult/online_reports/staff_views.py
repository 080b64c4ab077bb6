"""Pages of staff about reports: screening what residents sent, with every decision open to be taken back."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from consult.clock import now, today
from consult.districts import queries as districts
from consult.online_reports import looking, waiting
from consult.online_reports import screening as operations
from consult.online_reports.models import Decision, Screening
from consult.online_reports.signs import Sign, signs_of
from consult.online_reports.staff_forms import DecisionForm, PassOnForm
from consult.online_reports.views import bp as bp  # noqa: PLC0414  # the application takes it with these pages on it
from consult.online_reports.waiting import Card
from consult.online_reports.wording import place_in_words
from consult.threats import queries as threats
from consult.web.roles import Role, only

SCREENERS = (Role.OFFICER, Role.HEAD)
MAX_PAGE = 100_000

DECISIONS = {
    Decision.FIT: _l("Fit"),
    Decision.JOKE: _l("Joke or mistake"),
    Decision.PERSONAL: _l("Withhold the words"),
    Decision.OUTSIDE: _l("Outside: pass on"),
    Decision.URGENT: _l("Urgent: help was called"),
}
"""The buttons of a card, in the order of the keys 1 to 5."""

DECIDED = {
    Decision.FIT: _l("Fit: passed as it is."),
    Decision.JOKE: _l("Joke or mistake: the voice does not count any more."),
    Decision.PERSONAL: _l("The words are hidden. A second person must look at them before they stay so."),
    Decision.OUTSIDE: _l("Passed on: the report waits for the other district's people."),
    Decision.URGENT: _l("Noted: help was called."),
}
SIGNS = {
    Sign.URGENT: _l("Sounds urgent: call 112 now if nobody has."),
    Sign.PERSONAL: _l("Looks like personal data, marked in the words."),
    Sign.JOKE: _l("Looks like a joke or a test."),
}
TOO_LATE = _l("Somebody has decided about this in the meantime. What stands now is below.")


@bp.get("/online-reports/screening")
@only(*SCREENERS)
def screening() -> ResponseReturnValue:
    """Show what waits for a first look in the own area, the oldest first, and what waits for a second."""
    areas, page = own_areas(), page_asked()
    backlog = waiting.backlog(areas)
    cards = waiting.waiting(areas, page)
    second = waiting.withheld(areas)
    return render_template(
        "online_reports/screening.html",
        cards=cards,
        second=second,
        second_files=waiting.withheld_files(areas),
        backlog=backlog,
        waits=age_in_words(backlog.oldest_at),
        last=waiting.last_of(current_user.id, areas),
        page=page,
        pages=-(-backlog.count // waiting.PAGE_SIZE),
        **words([*cards, *second]),
    )


@bp.post("/online-reports/screening/<int:report_id>/decide")
@only(*SCREENERS)
def decide(report_id: int) -> ResponseReturnValue:
    """Take the decision of one button, and go on to the next card."""
    card = waiting.waiting_report(own_areas(), report_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        abort(422)
    decision, neighbour = form.decision.data, neighbour_of(card)
    if decision is Decision.OUTSIDE and neighbour is None:
        return redirect(url_for("online_reports.pass_on", report_id=report_id))
    told(card, decision, neighbour or "")
    return redirect(back_to_the_queue(), 303)


@bp.route("/online-reports/screening/<int:report_id>/pass-on", methods=["GET", "POST"])
@only(*SCREENERS)
def pass_on(report_id: int) -> ResponseReturnValue:
    """Ask to whose people a report goes that lies far from every border, and pass it on."""
    card = waiting.waiting_report(own_areas(), report_id)
    form = PassOnForm()
    form.offer(has_it_now(card))
    if form.validate_on_submit():
        told(card, Decision.OUTSIDE, form.passed_to.data)
        return redirect(url_for("online_reports.screening"), 303)
    return render_template("online_reports/pass_on.html", card=card, form=form, **words([card])), form.status


@bp.get("/online-reports/screening/decided")
@only(*SCREENERS)
def decided() -> ResponseReturnValue:
    """List what was decided in the own area, the newest first, each open to be taken back."""
    areas, page = own_areas(), page_asked()
    total = waiting.count_decided(areas)
    cards = waiting.decided(areas, page)
    return render_template(
        "online_reports/decided.html",
        cards=cards,
        total=total,
        page=page,
        pages=-(-total // waiting.PAGE_SIZE),
        **words(cards),
    )


@bp.post("/online-reports/screening/decisions/<int:screening_id>/confirm")
@only(*SCREENERS)
def confirm(screening_id: int) -> ResponseReturnValue:
    """Let words stay withheld, as the second person who looked at them."""
    one = waiting.decision(own_areas(), screening_id)
    try:
        operations.confirm(current_user, one)
    except operations.NeedsAnother:
        flash(_("You withheld these words yourself: somebody else has to look at them."), "error")
    except operations.AlreadyDecided:
        flash(TOO_LATE, "error")
    else:
        flash(_("Confirmed: the words stay withheld."), "success")
    return redirect(url_for("online_reports.screening"), 303)


@bp.post("/online-reports/screening/decisions/<int:screening_id>/undo")
@only(*SCREENERS)
def undo(screening_id: int) -> ResponseReturnValue:
    """Take a decision back; the report waits again."""
    one = waiting.decision(own_areas(), screening_id)
    try:
        operations.undo(current_user, one, reason=_("It was taken for a joke or a mistake; it is checked after all."))
    except operations.AlreadyDecided:
        flash(TOO_LATE, "error")
    else:
        flash(_("Taken back. Report %(number)s waits again.", number=one.report.number), "success")
    return redirect(url_for("online_reports.screening"), 303)


def told(card: Card, decision: Decision, passed_to: str) -> None:
    """Decide, and tell what happened."""
    reason = _("Taken for a joke or a mistake when it was read for the first time.")
    try:
        operations.decide(current_user, card.report, decision, reason=reason, passed_to=passed_to)
    except operations.AlreadyDecided:
        flash(TOO_LATE, "error")
    except operations.FoundTrue:
        flash(_("The police have confirmed this threat, so its report is no joke. Change its status first."), "error")
    else:
        flash(f"{card.report.number}. {DECIDED[decision]}", "success")


def own_areas() -> tuple[str, ...]:
    """List the areas whose reports the reader screens."""
    return threats.areas_within(current_user.scope, today())


def page_asked() -> int:
    """Read the number of the page of a list, 1 for nonsense."""
    return min(max(request.args.get("page", 1, int), 1), MAX_PAGE)


def back_to_the_queue() -> str:
    """Give the address of the card that followed the decided one, where the keyboard goes on."""
    following = request.form.get("next", type=int)
    anchor = f"report-{following}" if following and following > 0 else "queue"
    return url_for("online_reports.screening", _anchor=anchor)


def has_it_now(card: Card) -> str:
    """Give the district whose people have a report."""
    return card.report.passed_to or card.voice.district_code


def neighbour_of(card: Card) -> str | None:
    """Give the other district that a place may lie in; of what was passed on, the district it came from."""
    return card.voice.district_code if card.report.passed_to else card.voice.neighbour_code


def signs_in_words(card: Card) -> list[str]:
    """Say what strikes about the words of a report."""
    return [str(SIGNS[sign]) for sign in signs_of(card.words)]


def age_in_words(moment: datetime | None) -> str:
    """Say how long something has waited: hours within two days, days beyond."""
    if moment is None:
        return ""
    hours = int((now() - moment).total_seconds() // 3600)
    if hours < 48:
        return str(ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(ngettext("%(num)s day", "%(num)s days", hours // 24))


def may_confirm(one: Screening) -> bool:
    """Tell whether the reader is the second person for withheld words."""
    return one.actor_id != current_user.id


def words(cards: list[Card]) -> dict[str, Any]:
    """Give templates the words of screening, and the names of every area the cards speak of."""
    codes = {code for card in cards for code in (card.voice.commune_code, card.voice.district_code) if code}
    codes |= {code for card in cards for code in (card.voice.neighbour_code, card.report.passed_to) if code}
    codes |= {card.screening.passed_to for card in cards if card.screening and card.screening.passed_to}
    return {
        "decisions": DECISIONS,
        "names": districts.names(codes),
        "neighbour_of": neighbour_of,
        "signs_in_words": signs_in_words,
        "age_in_words": age_in_words,
        "may_confirm": may_confirm,
        "place_in_words": place_in_words,
        "file_counts": looking.counted([card.report for card in cards]),
    }
