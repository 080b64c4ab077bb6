"""A debate's questionnaire: made with one press from the debate's page, and what people said there.

Debates and surveys do not know each other: a survey carries the key of the meeting, and this page joins them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.clock import now, today
from consult.disclosure import SURVEY_BASE, Audience
from consult.period import day_of, midnight
from consult.releases import wording
from consult.web.languages import day, language
from consult.web.roles import only
from debates.evaluation import Answered, Evaluation
from debates.models import Meeting
from debates.views.access import READERS, WRITERS, edited_meeting, seen_meeting
from surveys import presets, results_wording, sheets, titles
from surveys.models import Access, Survey
from surveys.operations import managing
from surveys.queries import mixing, releases, surveys
from surveys.queries import results as survey_results
from surveys.queries.surveys import Phase
from surveys.results import Line, Result, Results

bp = Blueprint("evaluations", __name__)

PRESET = "debate_short"
OPEN_FOR = timedelta(days=14)
"""How long people may answer after the debate, or after the questionnaire was made."""


@bp.get("/debates/<int:meeting_id>/evaluation")
@only(*READERS)
def show(meeting_id: int) -> ResponseReturnValue:
    """Show staff the questionnaire of a debate: how to hand it out, how many answered, and what they said."""
    meeting = seen_meeting(meeting_id)
    survey = surveys.of_meeting(meeting.key, meeting.unit_path)
    return render_template(
        "evaluations/show.html",
        meeting=meeting,
        evaluation=evaluation_of(meeting, Audience.STAFF),
        links=_links(survey) if survey else [],
        last_day=_last_day(meeting) if survey is None else None,
        may_begin=current_user.role in WRITERS and can(current_user, Action.EDIT, meeting) and _is_held(meeting),
        ways=_ways(survey) if survey else [],
    )


@bp.post("/debates/<int:meeting_id>/evaluation")
@only(*WRITERS)
def begin(meeting_id: int) -> ResponseReturnValue:
    """Make and publish the questionnaire of a debate, once however often the button is pressed."""
    meeting = edited_meeting(meeting_id)
    if not _is_held(meeting):
        abort(404)
    slug = titles.free_slug(f"ocena-debaty-{meeting.id}", surveys.known_slug)  # first: who is quicker has taken it
    if surveys.of_meeting(meeting.key, meeting.unit_path) is None:
        try:
            _publish(meeting, slug)
        except managing.SlugTaken:
            abort(409)  # somebody made it at the same moment: the page shows it
        flash(_("The questionnaire is open. Print the poster or the slips, or copy its address."), "success")
    return redirect(url_for("evaluations.show", meeting_id=meeting.id))


def _is_held(meeting: Meeting) -> bool:
    """Tell whether people came or will come: nobody is asked about a debate that was called off."""
    return meeting.plan is None or not meeting.plan.is_called_off


def _publish(meeting: Meeting, slug: str) -> None:
    """Publish the short questionnaire for everybody who came, until two weeks after the debate."""
    made = managing.create(
        current_user,
        slug=slug,
        unit=meeting.unit,
        sheets=sheets.read(presets.content(PRESET), f"{PRESET}.md"),
        access=Access.OPEN,
        area_codes=meeting.district_codes,
        meeting_code=meeting.key,
        closes_at=midnight(_last_day(meeting) + timedelta(days=1)),
    )
    assert made.draft is not None
    managing.publish(current_user, made.draft)


def _last_day(meeting: Meeting) -> date:
    held_on = meeting.held_on if meeting.held_on and not meeting.is_year_only else today()
    return max(held_on, today()) + OPEN_FOR


def _links(survey: Survey) -> list[tuple[str, str]]:
    """List what is handed out at the door, as long as people may answer."""
    if survey.published is None or survey.has_closed_at(now()):
        return []
    pages = [
        (_("Poster with a code for the door (PDF)"), "surveys.poster"),
        (_("Slips with a code to hand out (PDF)"), "surveys.slips"),
        (_("Paper questionnaire to print"), "surveys.paper"),
        (_("Type in paper questionnaires"), "surveys.transcribe"),
        (_("The questionnaire as residents see it"), "surveys.answer"),
    ]
    return [(label, url_for(endpoint, slug=survey.slug)) for label, endpoint in pages]


def _ways(survey: Survey) -> list[tuple[str, str]]:
    """List the pages of the survey itself, for whoever manages it or wants to see more."""
    return [
        (_("All results, with charts"), url_for("surveys.results", slug=survey.slug)),
        (_("The survey itself"), url_for("surveys.show", slug=survey.slug)),
    ]


def evaluation_of(meeting: Meeting, audience: Audience) -> Evaluation | None:
    """Tell what an audience may see of the questionnaire of a meeting.

    Everybody sees what was released of it once it had ended: no figure changes from then on. Of fewer than ten answers
    everybody learns only that they are fewer than ten.
    """
    survey = surveys.of_meeting(meeting.key, meeting.unit_path)
    if survey is None:
        return None
    if audience is Audience.PUBLIC and not _is_released(survey):
        return None
    entry = surveys.listed(survey)
    return Evaluation(
        state=str(titles.in_words(entry.phase)),
        mark=titles.mark(entry.phase),
        answers=_answers(survey, audience),
        url=url_for("evaluations.show", meeting_id=meeting.id),
        how=_how(survey, entry.phase),
        **_told(survey, audience),
    )


def _is_released(survey: Survey) -> bool:
    """Tell whether people could answer, and what they said is published or too little to be."""
    if not (releases.may_be_public(survey) and survey.has_closed_at(now())) or mixing.waiting(survey.id):
        return False
    return survey.accepted < SURVEY_BASE or releases.last(survey) is not None


def _how(survey: Survey, phase: Phase) -> str:
    if phase is Phase.OPEN and survey.closes_at:
        last_day = day_of(survey.closes_at - timedelta(seconds=1))
        return str(_("It can be answered until %(day)s.", day=day(last_day)))
    return ""


def _answers(survey: Survey, audience: Audience) -> str:
    """Say how many answered: exactly to staff, to everybody else in fives and from ten on."""
    if survey.accepted == 0:
        return str(_("Nobody has answered."))
    if audience is Audience.STAFF:
        return ngettext("%(num)d person answered.", "%(num)d people answered.", survey.accepted)
    found = releases.released(survey)
    if found is None or found.everybody is None:
        return str(_("Fewer than ten people answered."))
    return str(_("About %(number)s people answered.", number=found.everybody.people))


def _told(survey: Survey, audience: Audience) -> dict[str, Any]:
    """Give the questions with their answers, or why there are none."""
    if survey.accepted == 0:
        return {}
    is_public = audience is Audience.PUBLIC
    found = releases.released(survey) if is_public else _seen(survey)
    if found is None or found.everybody is None:
        return {
            "hidden": str(_("What they said is shown once ten people have answered, so that nobody is recognised."))
        }
    if not is_public:
        return {"questions": tuple(_questions(found, {}))}
    return {"questions": tuple(_questions(found, releases.weighted(survey))), **_published(survey)}


def _published(survey: Survey) -> dict[str, Any]:
    """Give the disclosure box of what was released, and the page of the release."""
    release = releases.last(survey)
    assert release is not None, "there are released figures"
    return {
        "method": tuple(wording.method(releases.method(survey))),
        "release_url": url_for("releases.show", release_id=release.id),
    }


def _seen(survey: Survey) -> Results:
    """Give what the reader of the police may see: all in a survey of the own scope, else the own districts."""
    return survey_results.found(survey, survey_results.seen_districts(survey.unit_path, current_user.scope))


def _questions(found: Results, weighted: Mapping[str, Result]) -> list[Answered]:
    return [
        _answered(result, weighted.get(result.question.name))
        for result in found.questions
        if result.figures is not None
    ]


def _answered(result: Result, weighted: Result | None) -> Answered:
    tongue = language()
    heading, base = results_wording.heading(result, tongue), results_wording.base_in_words(result)
    if result.is_only_counted:
        said = _("Answers in people’s own words: %(number)s. They are read by staff first.", number=result.answered)
        return Answered(heading, base, (), str(said))
    lines = _lines(result)
    told = tuple(
        (results_wording.answer_name(line, result, tongue), line.count, results_wording.percent(line.share))
        for line in lines
    )
    return Answered(heading, base, told, positive=_positive(result), weighted=_shares(lines, weighted))


def _shares(lines: Sequence[Line], weighted: Result | None) -> tuple[str, ...]:
    """Give the weighted share of each line; nothing where the question was not weighted."""
    if weighted is None:
        return ()
    shares = {line.name: line.share for line in _lines(weighted)}
    return tuple(results_wording.percent(shares.get(line.name)) for line in lines)


def _lines(result: Result) -> list[Line]:
    return [*result.lines, *result.apart]


def _positive(result: Result) -> str:
    """Say how many gave one of the two best answers: "20 of 24 (83 %)"."""
    box = result.scale.top
    if box is None:
        return ""
    told = _("%(part)s of %(whole)s", part=box.count, whole=box.whole)
    return f"{told} ({results_wording.percent(box.share)})" if box.share else str(told)
