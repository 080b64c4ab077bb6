"""The demonstration as it stands: a believable year through the doors, labelled on every page, never where real people work."""

import json

import pytest
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.clock import today
from consult.db import db
from consult.demo import operations
from consult.desk.queries import awaited_answers, due_threats
from consult.observations.models import Observation, Plane
from consult.online_reports import outcomes
from consult.online_reports.models import Question
from consult.partners.models import Partner
from consult.period import Period, midnight
from consult.threats import queries, response
from consult.threats.awaiting import PartnerOutcome
from consult.threats.models import HandOver, PartnerAnswer, StatusChange, Suggestion, Threat
from consult.threats.workflow import Status
from debates.models import Commitment, Meeting, Proposal, Statement
from debates.outcomes import ProposalStatus
from debates.stages import HELD, MeetingStage
from tests.pages import Page

AREAS = ("1003", "3023")


def count(what, *conditions):
    return db.session.scalar(select(func.count()).select_from(what).where(*conditions))


def test_two_districts_have_reports_debates_requests_and_promises(loaded):
    said = db.session.scalars(select(Statement)).all()
    assert {area: count(Observation, Observation.district_code == area) > 300 for area in AREAS} == dict.fromkeys(
        AREAS, True
    )
    assert count(Observation) == count(Observation, Observation.district_code.in_(AREAS))
    assert (count(Meeting, Meeting.stage.in_(HELD)), len(said)) == (12, 87)
    assert count(Meeting, Meeting.stage == MeetingStage.PLANNED) == len(AREAS)
    assert {said.place.kind.value for said in said if said.place} == {"point", "line", "area", "commune"}
    assert {proposal.status for proposal in db.session.scalars(select(Proposal))} == set(ProposalStatus) - {
        ProposalStatus.NO_ANSWER
    } | {ProposalStatus.OPEN}
    assert count(Commitment, Commitment.kept_on.is_not(None)) >= 4


def test_about_half_of_what_was_checked_is_confirmed_and_every_state_occurs(loaded):
    chosen = select(Threat.status, func.count()).where(Threat.observations > 0).group_by(Threat.status)
    states = dict(db.session.execute(chosen).all())
    assert set(states) == set(Status)
    checked = sum(states.values()) - states[Status.NEW] - states[Status.IN_VERIFICATION]
    true = states[Status.CONFIRMED] + states[Status.ELIMINATED] + states[Status.HANDED_OVER]
    assert 0.42 <= true / checked <= 0.62
    assert 0.005 <= states[Status.JOKE] / checked <= 0.05


def test_nothing_was_called_unconfirmed_that_was_hardly_checked(loaded):
    """What the demonstration's police say of checks is true: so many rows stand behind it, on two days at least."""
    closed = db.session.scalars(select(Threat).where(Threat.status == Status.NOT_CONFIRMED)).unique().all()
    assert len(closed) > 20
    for threat in closed:
        assert response.still_missing(threat).nothing
        assert queries.history_of(threat)[-1].checks >= 3


def test_places_of_which_many_speak_become_threats_on_two_planes(loaded):
    assert count(Threat, Threat.from_online > 0, Threat.from_contact > 0) >= 15
    assert count(Threat, Threat.independent >= 5) >= 10


def test_something_waits_for_whoever_signs_in(loaded):
    assert count(Suggestion) > 0
    assert due_threats(AREAS, today()).late > 0
    assert any(proposal.is_overdue(today()) for proposal in db.session.scalars(select(Proposal)))


def test_threats_are_handed_over_to_labelled_partners_most_answer_in_time_and_one_or_two_are_overdue(loaded):
    offices = db.session.scalars(select(Partner)).all()
    assert len(offices) == 3
    assert all("(demonstracja)" in office.name for office in offices)
    first = (
        select(func.min(PartnerAnswer.answered_on)).where(PartnerAnswer.hand_over_id == HandOver.id).scalar_subquery()
    )
    assert count(HandOver, first <= HandOver.expected_on) > 3 * count(HandOver, first > HandOver.expected_on) > 0
    assert 1 <= awaited_answers(AREAS, today()).late <= 4
    assert count(PartnerAnswer, PartnerAnswer.outcome == PartnerOutcome.DONE) > 0


def test_nothing_happens_after_this_morning_and_everything_in_the_order_of_time(loaded):
    changes = db.session.scalars(select(StatusChange).order_by(StatusChange.threat_id, StatusChange.id)).all()
    assert max(change.changed_at for change in changes) < midnight(today())
    assert db.session.scalar(select(func.max(Observation.admitted_at))) < midnight(today())
    entries = db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)).all()
    assert entries == sorted(entries)
    last = {change.threat_id: change.after for change in changes}
    assert all(queries.threat(number).status is after for number, after in list(last.items())[:50])


def test_what_residents_said_came_before_what_the_police_answered(loaded):
    for threat in db.session.scalars(select(Threat).limit(80)).unique():
        moments = [threat.created_at, *(change.changed_at for change in queries.history_of(threat))]
        assert moments == sorted(moments)


@pytest.mark.parametrize(
    "address", ["/", "/threats", "/districts/1003", "/proposals", "/online-reports/new", "/accounts/sign-in"]
)
def test_every_page_says_that_it_is_a_demonstration(loaded, address):
    assert Page(loaded.test_client(), address).soup.select_one(".demonstration")


def test_the_printed_sign_ins_let_people_in(loaded):
    for entry in operations.sign_ins():
        client = loaded.test_client()
        answer = Page(client, "/accounts/sign-in").send(email=entry.email, password=entry.password)
        assert answer.status_code == 302, entry.email


def test_a_receipt_shows_what_became_of_a_report(loaded):
    shown = Page(loaded.test_client(), f"/online-reports/{operations.receipt_to_show()}")
    assert shown.soup.find("a", href=lambda href: href and href.startswith("/online-reports/")) or "ZG-" in shown.text


def test_a_reporter_is_asked_and_another_is_not_content(loaded):
    receipt = operations.receipt_to_show()
    page = Page(loaded.test_client(), f"/online-reports/{receipt}")
    assert page.soup.select_one(f"a[href='/online-reports/{receipt}/answer']")
    assert [question.answer is not None for question in db.session.scalars(select(Question).order_by(Question.id))] == [
        True,
        False,
    ]
    assert outcomes.count_reviews(AREAS) == 1


def test_both_planes_and_both_districts_stand_in_the_last_quarters_summaries(loaded):
    written = list(operations.write_summaries())
    assert len(written) == 4
    quarter = Period.quarter_of(today()).previous.code
    for one in written:
        assert one.pdf.parent.name == quarter
        figures = json.loads(one.json.read_text())
        heard = {plane["plane"]: plane["threats"] for plane in figures["planes"]}
        assert heard[Plane.ONLINE] > 20
        assert heard[Plane.DIRECT_CONTACT] >= 3
        assert figures["meetings"]
        assert figures["head"]["is_demonstration"]
