"""What everybody sees: what was asked for at debates, what was done, and how much of it."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.clock import now, today
from consult.districts import queries as districts
from consult.threats import publication
from consult.web import atom, programs
from consult.web.languages import LANGUAGES, language
from consult.web.roles import public
from debates import feed, queries
from debates.models import Meeting
from debates.outcomes import Outcome, parts
from debates.queries import Wanted
from debates.views import bp
from debates.views.access import page_number
from debates.wording import choices, held

LONGEST_WORDS = 200
MOST_WORDS = 6
"""So many words of a search are looked for; each narrows what is found."""


@bp.get("/proposals")
@public
def proposals() -> ResponseReturnValue:
    """Show everybody what was asked for and what was done."""
    wanted = _wanted()
    meeting = queries.meeting(wanted.meeting_id) if wanted.meeting_id else None
    tallies, found = queries.outcomes(wanted, today()), queries.published(wanted, today(), page_number())
    fed = queries.fed(proposal.statement for proposal in found.items)
    return render_template(
        "debates/proposals.html",
        found=found,
        fed={one: threat for one, threat in fed.items() if publication.is_public(threat, now())},
        wanted=wanted,
        meeting=meeting,
        tallies=tallies,
        total=sum(tally.number for tally in tallies),
        parts=parts(tallies),
        withheld=queries.withheld(wanted, today()),
        districts=list(_districts().items()),
        meetings=_offered(wanted, meeting),
        outcomes=choices(Outcome),
        years=[(year, str(year)) for year in queries.years_with_proposals()],
        arguments=_arguments(wanted),
        today=today(),
    )


def _districts() -> dict[str, str]:
    return districts.names(queries.districts_with_proposals())


def _wanted() -> Wanted:
    """Read which requests are wanted; what makes no sense is left out."""
    district, meeting = request.args.get("district", ""), _meeting()
    return Wanted(
        district if district in _districts() else None,
        meeting.id if meeting else None,
        request.args.get("outcome", type=Outcome),
        tuple(request.args.get("words", "")[:LONGEST_WORDS].replace("\x00", " ").split()[:MOST_WORDS]),
        _year(),
    )


def _year() -> int | None:
    """Read which year is wanted; one in which nobody asked for anything is left out."""
    wanted = request.args.get("year", "")
    return next((year for year in queries.years_with_proposals() if str(year) == wanted), None)


def _meeting() -> Meeting | None:
    """Read which debate is wanted; one that is not there is an error, since its requests are not those of all."""
    wanted = request.args.get("meeting", "")
    if not wanted:
        return None
    meeting = queries.held_meeting(int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 12 else None
    return meeting or abort(404)


def _offered(wanted: Wanted, meeting: Meeting | None) -> list[tuple[int, str]]:
    """Offer the debates of the district, where one is chosen; else the last ones, since all would be too many."""
    found = list(queries.meetings_with_proposals(wanted.district))
    if meeting is not None and meeting not in found:
        found.insert(0, meeting)
    return [(one.id, _("%(title)s, %(day)s", title=one.title, day=held(one))) for one in found]


def _arguments(wanted: Wanted) -> dict[str, str | int]:
    """Say the choice as an address does."""
    parts = {
        "words": " ".join(wanted.words),
        "district": wanted.district,
        "meeting": wanted.meeting_id,
        "outcome": wanted.outcome,
        "year": wanted.year,
    }
    return {name: value for name, value in parts.items() if value}


@bp.get("/proposals.atom")
@public
def outcomes_feed() -> ResponseReturnValue:
    """Give what was answered last as Atom: of a district, of a debate or of all, to whoever asks."""
    spoken = request.args.get("language", "pl")
    with force_locale(spoken if spoken in LANGUAGES else "pl"):
        wanted = _wanted()
        found = [one for one in queries.last_answered(wanted, today(), feed.MOST_ENTRIES) if one.words_are_public]
        body = feed.written(found, _arguments(wanted), language())
    return programs.answer(body, atom.MIMETYPE)


@bp.get("/proposals/<int:proposal_id>")
@public
def published_proposal(proposal_id: int) -> ResponseReturnValue:
    """Lead to where everybody reads of one proposal, among those of its debate."""
    proposal = queries.proposal(proposal_id)
    if queries.held_meeting(proposal.meeting_id) is None:
        abort(404)
    number, anchor = queries.page_in_meeting(proposal), f"proposal-{proposal.id}"
    page = number if number > 1 else None  # what is None stays out of the address
    return redirect(url_for("debates.proposals", meeting=proposal.meeting_id, page=page, _anchor=anchor))
