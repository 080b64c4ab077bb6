"""The demonstration's surveys: three ready questionnaires, asked of invented people and mixed like any other.

Each is published, answered and mixed at its own moment within the told year. What mixing takes out of the answers is
handed over in the last night, when all else has been told: the order in which it comes is drawn, and must change
nothing else.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.demo.answers import Home, Poll, Somebody, homes, polls
from consult.demo.content import Anchor, Gathering, Story
from consult.demo.people import COORDINATOR, officer_of
from consult.demo.telling import Chronicle, key_for
from consult.demo.year import held_on
from consult.districts import queries as districts
from consult.geo import Place
from consult.period import WARSAW, midnight
from surveys import presets, sheets
from surveys.operations import answering, managing, mixing
from surveys.queries import surveys as queries
from surveys.questionnaire import Questionnaire

OPENS_AT, ASKED_FROM, ASKED_UNTIL = time(9), 9, 21
MIXED_AT = timedelta(hours=2)
RELEASED_AT = timedelta(hours=1)
"""How long before the last midnight what was taken out of the answers is handed over."""

TIME_TO_ANSWER = timedelta(days=14)
"""How long a debate may be judged after it."""


def plan(stories: Sequence[Story], today: date, chronicle: Chronicle) -> None:
    """Plan all surveys."""
    towns = list(homes(stories, _commune_of))
    for poll in polls():
        _Asking(poll, stories, towns, today, chronicle).plan()


def _commune_of(anchor: Anchor) -> str:
    return districts.containing(Place.point(anchor.lon, anchor.lat)).commune or ""


class _Asking:
    """One survey, from its publication to the last night of the story."""

    def __init__(
        self, poll: Poll, stories: Sequence[Story], towns: Sequence[Home], today: date, chronicle: Chronicle
    ) -> None:
        self.poll, self.today, self.chronicle = poll, today, chronicle
        self.meeting = _meeting(stories[0], poll.meeting) if poll.meeting else None
        self.stories = stories[:1] if self.meeting else stories
        self.towns = [home for home in towns if home.story in self.stories]
        self.first = held_on(self.meeting, today) if self.meeting else today - timedelta(days=poll.days)
        begins = time.fromisoformat(self.meeting.ends) if self.meeting else OPENS_AT
        self.opens_at = datetime.combine(self.first, begins, WARSAW)
        self.spoken: Counter[str] = Counter()
        self.asking: Questionnaire | None = None

    def plan(self) -> None:
        """Plan the publication, everybody's answers, every night's mixing, and the handing over."""
        self.chronicle.plan(self.opens_at, self._publish)
        for number in range(self.poll.people):
            self._plan_answer(number)
        nights = min(self.today - self.first, TIME_TO_ANSWER + timedelta(days=1) if self.meeting else timedelta.max)
        for night in range(1, nights.days + 1):
            self.chronicle.plan(midnight(self.first + timedelta(days=night)) + MIXED_AT, self._mix)
        self.chronicle.plan(midnight(self.today) - RELEASED_AT, self._release)

    def _plan_answer(self, number: int) -> None:
        name = f"{self.poll.slug} {self.today:%Y-%m} {number}"
        dice = Random(name)  # noqa: S311 - a story, no secret
        day = self.first + timedelta(days=dice.randint(1, self.poll.days - 1))
        moment = datetime.combine(day, time(dice.randint(ASKED_FROM, ASKED_UNTIL), dice.randrange(60)), WARSAW)
        home = dice.choices(self.towns, [town.anchor.weight for town in self.towns])[0]
        self.chronicle.plan(moment, lambda: self._answer(name, home))

    def _publish(self) -> None:
        author = accounts.by_email(COORDINATOR)
        assert author is not None, "the people are entered before the story is told"
        survey = managing.create(
            author,
            slug=self.poll.slug,
            unit=self._unit(author.unit),
            sheets=sheets.read(presets.content(self.poll.preset), f"{self.poll.preset}.md"),
            area_codes=[story.code for story in self.stories],
            meeting_code=key_for(self.stories[0], self.meeting.key, self.today) if self.meeting else "",
            closes_at=self.opens_at + TIME_TO_ANSWER if self.meeting else None,
        )
        assert survey.draft is not None, "a survey begins with a draft"
        managing.publish(author, survey.draft)
        assert survey.published is not None, "it was just published"
        self.asking = Questionnaire(queries.definition_of(survey.published))

    def _unit(self, above: Unit) -> Unit:
        """A debate is judged for the unit that held it, everything else for all."""
        return officer_of(self.stories[0]).unit if self.meeting else above

    def _answer(self, name: str, home: Home) -> None:
        survey = queries.by_slug(self.poll.slug)
        assert survey.published is not None
        assert self.asking is not None, "it is published before anybody answers"
        person = Somebody(self.poll, home, name, self.spoken)
        answering.submit(
            survey,
            survey.published,
            self.asking,
            person.answers(self.asking.definition),
            mode=person.mode,
            language=person.language,
            key=f"demonstration {name}",
        )

    def _mix(self) -> None:
        mixing.mix(queries.by_slug(self.poll.slug))

    def _release(self) -> None:
        mixing.release(queries.by_slug(self.poll.slug))


def _meeting(story: Story, kind: str) -> Gathering:
    """Give the meeting that people judge: the first of its kind, else the last one."""
    return next((meeting for meeting in story.meetings if meeting.kind == kind), story.meetings[-1])
