"""Telling the year: each thing is done through its door at its moment, in the order in which it happened."""

import hashlib
import heapq
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from uuid import NAMESPACE_URL, uuid5

from consult.accounts.models import Account
from consult.catalogue import queries as catalogue
from consult.clock import now, retelling
from consult.demo import partners
from consult.demo.content import Coming, Gathering, Request, Said, Story, Texts
from consult.demo.people import head_of, officer_of
from consult.demo.police_work import Step, Visit, course, nothing_found
from consult.demo.year import Sent, beside, comes_on, held_on, month_before, reports
from consult.districts import queries as districts
from consult.geo import Place, PlaceKind
from consult.online_reports import operations as online_reports
from consult.online_reports import queries as sent_reports
from consult.online_reports import screening
from consult.online_reports.models import Decision, OnlineReport
from consult.period import TIMES_OF_DAY, WARSAW, day_of, mask_of, midnight
from consult.receipts import receipt_of
from consult.threats import operations, queries, response
from consult.threats.models import HandOver, Threat
from consult.threats.workflow import ALLOWED, CHECKED, CLOSED, OPEN, Status
from debates import queries as minutes
from debates.models import VENUE_FEATURES, AddresseeKind, Commitment, Meeting, MeetingKind, MeetingLevel, Proposal
from debates.notes import SpeakerRole, StatementKind
from debates.operations import approving, asking, convening, minuting, planning
from debates.outcomes import ProposalStatus
from debates.stages import MeetingStage

SEALED = "demonstration"
"""What receipts are made with: they open invented reports, and are the same on every machine."""
SCREENED_AFTER = timedelta(hours=18)
"""How long a report waits for a first look: the newest ones still do when the year has been told."""
UNDECIDED_DAYS = 40
"""Suggestions of the last days are left for whoever looks at the demonstration."""
FORGOTTEN_DAYS_AGO = range(26, 100)
"""How long ago the letter was written that an office has not answered: longer than it has time for."""
MINUTES_AT = time(10)
CORRECTED_AFTER = timedelta(days=7)
APPROVED_AFTER = timedelta(days=21)
"""How long after they were written minutes are sent for correction, and approved."""
PLANNED_BEFORE = timedelta(days=3)
"""How long before the demonstration is loaded its next debates were announced."""
UNDER_WAY = frozenset(CHECKED) & frozenset(OPEN)

Deed = Callable[[], None]


class Chronicle:
    """What is still to happen, told in the order of time until a moment that has not come."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._number = count()
        self._ahead: list[tuple[datetime, int, Deed]] = []

    def plan(self, at: datetime, deed: Deed) -> None:
        """Let something happen at a moment; what lies beyond the end never does."""
        if at < self.until:
            heapq.heappush(self._ahead, (at, next(self._number), deed))

    def tell(self) -> None:
        """Do everything at its own moment; a deed may plan others."""
        while self._ahead:
            at, _number, deed = heapq.heappop(self._ahead)
            with retelling(at):
                deed()


class District:
    """One district's year: residents report, people meet, an officer answers."""

    def __init__(self, story: Story, texts: Texts, today: date, chronicle: Chronicle) -> None:
        self.story, self.texts, self.today, self.chronicle = story, texts, today, chronicle
        self.officer: Account = officer_of(story)
        self._categories = {category.code: category for category in catalogue.everything()}
        self._in_hand: set[int] = set()
        self._meetings: dict[str, Meeting] = {}
        self._letters = count()
        self._forgotten: HandOver | None = None

    def plan(self) -> None:
        """Plan the whole year."""
        for sent in reports(self.story, self.texts, self.today):
            self.chronicle.plan(sent.moment, _deed(self._report, sent))
        for meeting in self.story.meetings:
            day = held_on(meeting, self.today)
            written_at = datetime.combine(day + timedelta(days=1), MINUTES_AT, WARSAW)
            self.chronicle.plan(written_at, _deed(self._hold, meeting, day))
        for coming in self.story.coming:
            self.chronicle.plan(self.chronicle.until - PLANNED_BEFORE, _deed(self._announce, coming))
        for ago in range(11, -1, -1):
            self.chronicle.plan(midnight(month_before(self.today, ago)) - timedelta(hours=7), self._decide)

    # Residents

    def _report(self, sent: Sent) -> None:
        report = online_reports.report(
            receipt_for(sent.number),
            category=self._categories[sent.category],
            place=self._place(sent),
            observed_on=sent.observed_on,
            weekdays=sent.weekdays,
            times_of_day=sent.times_of_day,
            description=sent.description,
            voice_key=hashlib.sha256(sent.visitor.encode()).hexdigest()[:40],
        )
        self.chronicle.plan(now() + SCREENED_AFTER, _deed(self._screen, report))
        threat = sent_reports.threat_of(report)
        if threat is not None:
            self._take(threat, sent.number, recurs=bool(sent.spot))

    def _screen(self, report: OnlineReport) -> None:
        screening.decide(self.officer, report, Decision.FIT, reason="")

    def _place(self, sent: Sent) -> Place:
        spot = Place.point(sent.lon, sent.lat, sent.accuracy_m)
        return self._commune(districts.containing(spot).commune or "") if sent.is_vague else spot

    def _commune(self, code: str) -> Place:
        region = districts.commune(code)
        return Place.whole(PlaceKind.COMMUNE, region.code, region.lon, region.lat, region.reach_m, region.label)

    # The police

    def _take(self, threat: Threat, because: str, *, recurs: bool) -> None:
        """Plan the work on a threat because of a voice, unless it is in hand; what came back is checked anew."""
        if threat.id in self._in_hand or threat.status in UNDER_WAY or threat.status in CLOSED:
            return
        again = threat.status is not Status.NEW
        dice = Random(f"{self.story.code} {because}")  # noqa: S311 - a story, no secret
        sort = self.texts.sort(threat.category_code)
        self._in_hand.add(threat.id)
        told = queries.times_told_of(threat)
        self._plan_work(threat.id, course(now(), sort, self.texts, dice, told, recurs=recurs, again=again))

    def _plan_work(self, threat_id: int, deeds: Sequence[Step | Visit]) -> None:
        for deed in deeds:
            if isinstance(deed, Visit):
                self.chronicle.plan(deed.at, _deed(self._visit, threat_id, deed))
            else:
                self.chronicle.plan(deed.at, _deed(self._change, threat_id, deed, last=deed is deeds[-1]))

    def _visit(self, threat_id: int, visit: Visit) -> None:
        threat = queries.threat(threat_id)
        if threat.observations:
            response.record_check(
                threat,
                key=self._key(f"check {threat_id} {visit.seen_at}"),
                checked_on=day_of(visit.seen_at),
                checked_time=visit.seen_at.astimezone(WARSAW).time().replace(second=0, microsecond=0),
                finding=visit.finding,
                note="",
                actor_id=self.officer.id,
            )

    def _change(self, threat_id: int, step: Step, *, last: bool) -> None:
        threat = queries.threat(threat_id)
        missing = response.still_missing(threat)
        if step.after is Status.NOT_CONFIRMED and threat.observations and missing.checks and not missing.was_seen:
            self._look_again(threat)
            return
        if last:
            self._in_hand.discard(threat_id)
        is_refused = step.after is Status.NOT_CONFIRMED and not missing.nothing
        if threat.observations and step.after in ALLOWED[threat.status] and not is_refused:
            self._decided(threat, step)

    def _decided(self, threat: Threat, step: Step) -> None:
        if step.after is not Status.HANDED_OVER:
            response.change_status(threat, step.after, step.reason, self.officer.id)
            return
        handed = partners.hand_over(threat, step.reason, self.officer.id)
        if handed is not None and not self._is_forgotten(handed):
            partners.await_answer(handed, next(self._letters), self.officer.id, self.chronicle.plan)

    def _is_forgotten(self, handed: HandOver) -> bool:
        """Leave one letter of the last months unanswered: something is overdue for whoever signs in."""
        waits = self._forgotten is not None and self._forgotten.threat.status is Status.HANDED_OVER
        if waits or (day_of(self.chronicle.until) - day_of(now())).days not in FORGOTTEN_DAYS_AGO:
            return False
        self._forgotten = handed
        return True

    def _look_again(self, threat: Threat) -> None:
        """Somebody has named another time meanwhile: it is looked at then, and answered afterwards."""
        dice = Random(f"{self.story.code} {threat.lon} {threat.lat} {now()}")  # noqa: S311
        self._plan_work(threat.id, nothing_found(now(), queries.times_told_of(threat), self.texts, dice))

    def _decide(self) -> None:
        """Once a month: decide about suggestions that have waited long enough."""
        last_day = self.chronicle.until - timedelta(days=UNDECIDED_DAYS)
        dice = Random(f"{self.story.code} {now():%Y-%m}")  # noqa: S311
        moved: set[int] = set()
        for suggestion in queries.suggestions((self.story.code,), size=1_000):
            voice = suggestion.observation
            if voice.admitted_at > last_day or voice.id in moved or not suggestion.threat.observations:
                continue
            if dice.random() < 0.6:
                moved.add(voice.id)
                operations.accept(suggestion, self.officer.id, self.texts.answers["same"][0])
            else:
                operations.keep_apart(suggestion, self.officer.id, self.texts.answers["apart"][0])

    # Meetings

    def _hold(self, gathering: Gathering, day: date) -> None:
        previous = self._meetings.get(gathering.previous)
        meeting = convening.record_meeting(
            self.officer,
            key=self._key(gathering.key),
            unit_code=self.story.unit_code,
            district_codes=[self.story.code],
            place=self._point(gathering.at, gathering.east, gathering.north),
            kind=MeetingKind(gathering.kind),
            level=MeetingLevel(gathering.level),
            title=gathering.title,
            series=gathering.series,
            held_on=day,
            starts_at=time.fromisoformat(gathering.starts),
            ends_at=time.fromisoformat(gathering.ends),
            venue=gathering.venue,
            organisers=gathering.organisers,
            officials=gathering.officials,
            residents=gathering.residents,
            themes=gathering.themes,
            announced=gathering.announced,
            questionnaires=gathering.questionnaires,
            previous_id=previous.id if previous else None,
        )
        self._meetings[gathering.key] = meeting
        for position, said in enumerate(gathering.statements, 1):
            self._say(meeting, said, f"{gathering.key} {position}")
        self._plan_approval(meeting, gathering)

    def _plan_approval(self, meeting: Meeting, gathering: Gathering) -> None:
        """Let minutes be corrected and approved: of the last meeting they are still written, of the one before read."""
        *done, _last = self.story.meetings
        if gathering in done:
            self.chronicle.plan(now() + CORRECTED_AFTER, _deed(self._send_for_correction, meeting))
        if gathering in done[:-1]:
            self.chronicle.plan(now() + APPROVED_AFTER, _deed(self._approve, meeting))

    def _send_for_correction(self, meeting: Meeting) -> None:
        if not minutes.hindrances(meeting):
            convening.change_stage(self.officer, meeting, MeetingStage.CORRECTING)

    def _approve(self, meeting: Meeting) -> None:
        if meeting.stage is MeetingStage.CORRECTING and not minutes.hindrances(meeting):
            approving.approve(head_of(self.story), meeting)

    def _announce(self, coming: Coming) -> None:
        """Plan a debate that is still to come when the year has been told."""
        previous = self._meetings.get(coming.previous)
        planning.plan_meeting(
            self.officer,
            key=self._key(coming.key),
            unit_code=self.story.unit_code,
            district_codes=[self.story.code],
            place=self._point(coming.at, coming.east, coming.north),
            kind=MeetingKind(coming.kind),
            level=MeetingLevel(coming.level),
            title=coming.title,
            series=coming.series,
            held_on=comes_on(coming, self.today),
            starts_at=time.fromisoformat(coming.starts),
            ends_at=time.fromisoformat(coming.ends),
            venue=coming.venue,
            organisers=coming.organisers,
            themes=coming.themes,
            previous_id=previous.id if previous else None,
            is_open=True,
            invited=coming.invited,
            features=mask_of(coming.features, VENUE_FEATURES),
            access_note=coming.access_note,
            directions=coming.directions,
            agenda="",
        )

    def _say(self, meeting: Meeting, said: Said, name: str) -> None:
        statement = minuting.record_statement(
            self.officer,
            meeting,
            key=self._key(f"statement {name}"),
            place=self._where(said),
            kind=StatementKind(said.kind),
            text=said.text,
            category_code=said.category,
            said_of=None,
            times_of_day=mask_of(said.times, TIMES_OF_DAY),
            voices=said.voices,
            speaker=SpeakerRole(said.speaker),
            answer=said.answer,
        )
        threat = queries.of_observation(statement.observation) if statement.observation else None
        if threat is not None:
            self._take(threat, name, recurs=bool(said.spot))
        if said.proposal is None:
            return
        asked = said.proposal
        proposal = asking.record_proposal(
            self.officer,
            meeting,
            key=self._key(f"proposal {name}"),
            statement=statement,
            text=asked.text,
            addressee=AddresseeKind(asked.addressee),
            addressee_name=asked.addressee_name,
            due_on=_after(meeting, asked.due_days),
        )
        self._promise(meeting, proposal.id, asked, name)

    def _promise(self, meeting: Meeting, proposal_id: int, asked: Request, name: str) -> None:
        """Plan the answer to a request, and write down what somebody promised."""
        proposal = next(one for one in meeting.proposals if one.id == proposal_id)
        if asked.answered_days:
            answered_on = _after(meeting, asked.answered_days)
            self.chronicle.plan(
                datetime.combine(answered_on, MINUTES_AT, WARSAW),
                lambda: self._answer(proposal, asked, answered_on, name),
            )
        promised = asked.commitment
        if promised is None:
            return
        commitment = asking.record_commitment(
            self.officer,
            proposal,
            key=self._key(f"commitment {name}"),
            who=promised.who,
            what=promised.what,
            due_on=_after(meeting, promised.due_days),
        )
        kept_on = _after(meeting, promised.kept_days)
        self.chronicle.plan(
            datetime.combine(kept_on, MINUTES_AT, WARSAW),
            lambda: self._close(commitment, kept_on, promised.outcome, name),
        )

    def _close(self, commitment: Commitment, kept_on: date, outcome: str, name: str) -> None:
        key = self._key(f"what came of {name}")
        asking.close_commitment(
            self.officer, commitment, key=key, version=commitment.version, kept_on=kept_on, outcome=outcome
        )

    def _answer(self, proposal: Proposal, asked: Request, answered_on: date, name: str) -> None:
        after = ProposalStatus(asked.status)
        asking.answer_proposal(
            self.officer,
            proposal,
            key=self._key(f"answer {name}"),
            version=proposal.version,
            after=after,
            answer=asked.answer,
            answered_on=answered_on,
            answered_by=proposal.addressee_name,
            passed_to=proposal.addressee_name if after is ProposalStatus.HANDED_OVER else "",
        )

    def _where(self, said: Said) -> Place | None:
        """Find the place of which somebody spoke."""
        if said.spot:
            spot = self.story.spot(said.spot)
            return self._point(spot.at, spot.east, spot.north)
        if said.line:
            return Place.from_mapping({"type": "LineString", "coordinates": self._corners(said.at, said.line)})
        if said.area:
            corners = self._corners(said.at, said.area)
            return Place.from_mapping({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
        if said.commune:
            known = {region.name: region.code for region in districts.communes_of(self.story.code)}
            return self._commune(known[said.commune])
        return self._point(said.at, said.east, said.north) if said.at else None

    def _point(self, at: str, east: float, north: float) -> Place:
        return Place.point(*beside(self.story.anchor(at), east, north))

    def _corners(self, at: str, offsets: list[tuple[float, float]]) -> list[list[float]]:
        return [list(beside(self.story.anchor(at), east, north)) for east, north in offsets]

    def _key(self, name: str) -> str:
        return key_for(self.story, name, self.today)


def key_for(story: Story, name: str, today: date) -> str:
    """Give the key of a meeting, or of what was said there."""
    return uuid5(NAMESPACE_URL, f"demonstration {story.code} {name} {today:%Y-%m}").hex


def receipt_for(number: str) -> str:
    """Give the receipt of a report of the demonstration."""
    return receipt_of("online report", number, SEALED)


def _after(meeting: Meeting, days: int) -> date:
    assert meeting.held_on is not None
    return meeting.held_on + timedelta(days=days)


def _deed(act: Callable[..., None], *arguments: object, **named: object) -> Deed:
    return lambda: act(*arguments, **named)
