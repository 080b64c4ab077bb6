"""What the demonstration's people answer: invented shares, drawn so that somebody content is content throughout.

Every answer is drawn from the shares of its question. On a scale the same person stands at about the same place in all
of them: a mood and a little chance choose the place, and the shares say what answer stands there.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from random import Random
from statistics import NormalDist
from typing import Any

from consult.demo.content import CONTENT, Anchor, Spot, Story
from consult.demo.year import beside
from consult.geo import Place
from surveys.models import Mode
from surveys.pages import ranks
from surveys.questions import Choice, Definition, Kind, Question, Role

CONSISTENCY = 0.75
"""How much of an answer on a scale is the person, the rest being chance."""

SKIPPED = 0.015
NO_COMMUNE = 0.08
MARKED_M = 50
"""How exactly somebody marks a place on the map."""

LANGUAGES = {"pl": 92, "uk": 5, "en": 3}
OTHERS_OUT = frozenset({"none"})
"""Choices beside which nothing else is ticked; those that are no answer come to them."""

_BELL = NormalDist()


@dataclass(frozen=True)
class Words:
    """What people write, by language, and how many of a hundred write anything."""

    often: int
    pl: list[str]
    uk: list[str] = field(default_factory=list)
    en: list[str] = field(default_factory=list)

    def of(self, language: str) -> list[str]:
        """Give what those write who answer in a language."""
        return {"pl": self.pl, "uk": self.uk, "en": self.en}[language]


@dataclass(frozen=True)
class Poll:
    """A survey of the demonstration: its questionnaire, how many answer it within how many days, and what."""

    slug: str
    preset: str
    people: int
    days: int
    paper: int
    interview: int
    chosen: dict[str, list[int]]
    words: dict[str, Words]
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    rounds: list[int] = field(default_factory=lambda: [1])
    meeting: str = ""


@cache
def polls() -> tuple[Poll, ...]:
    """Read the surveys."""
    record = tomllib.loads((CONTENT / "surveys.toml").read_text(encoding="utf-8"))
    return tuple(
        Poll(**{**one, "words": {name: Words(**said) for name, said in one["words"].items()}})
        for one in record["surveys"]
    )


@dataclass(frozen=True)
class Home:
    """Where somebody lives: a town of a district, in a commune."""

    story: Story
    anchor: Anchor
    commune: str


class Somebody:
    """One person who answers a survey."""

    def __init__(self, poll: Poll, home: Home, name: str, spoken: Counter[str]) -> None:
        self.poll, self.home, self.spoken = poll, home, spoken
        self.dice = Random(name)  # noqa: S311 - a story, no secret
        self.mood = self.dice.gauss(0, 1)
        self.language = self.dice.choices([*LANGUAGES], [*LANGUAGES.values()])[0]
        web = 100 - poll.paper - poll.interview
        self.mode = self.dice.choices([Mode.WEB, Mode.PAPER, Mode.INTERVIEW], [web, poll.paper, poll.interview])[0]

    def answers(self, definition: Definition) -> dict[str, Any]:
        """Answer every question there is; those that are not asked of this person fall away when it is sent."""
        said = self._round(definition, "")
        for repeat in {question.repeat: None for question in definition.questions if question.repeat}:
            number = self.dice.choices(range(1, len(self.poll.rounds) + 1), self.poll.rounds)[0]
            said[repeat] = [self._round(definition, repeat) for _ in range(number)]
        return said

    def _round(self, definition: Definition, repeat: str) -> dict[str, Any]:
        questions = [one for one in definition.questions if one.is_asked and one.repeat == repeat]
        spot = self._spot(definition, repeat)
        drawn = ((question.name, self._answer(question, spot)) for question in questions)
        return {name: value for name, value in drawn if value is not None}

    def _answer(self, question: Question, spot: Spot | None) -> Any:
        if question.role is Role.UNIT:
            return self.home.commune if self.dice.random() >= NO_COMMUNE else None
        if question.role is Role.THREAT:
            return self._marked(spot).record if spot else None
        if question.role is Role.CATEGORY:
            return spot.category if spot else None
        if question.required is None and self.dice.random() < SKIPPED:
            return None
        return self._ways[question.kind](question)

    @property
    def _ways(self) -> dict[Kind, Callable[[Question], Any]]:
        return {
            Kind.SELECT_ONE: self._one,
            Kind.SELECT_MULTIPLE: self._several,
            Kind.RANGE: self._point,
            Kind.INTEGER: lambda question: self.dice.randint(*self.poll.numbers[question.name]),
            Kind.TEXT: self._words,
        }

    # Places

    def _spot(self, definition: Definition, repeat: str) -> Spot | None:
        """Choose the place of which somebody speaks among the known ones of the district."""
        asked = [one for one in definition.with_role(Role.CATEGORY) if one.repeat == repeat]
        if not asked:
            return None
        spots = [spot for spot in self.home.story.spots if asked[0].choice(spot.category)]
        return self.dice.choices(spots, [spot.reports for spot in spots])[0] if spots else None

    def _marked(self, spot: Spot) -> Place:
        east, north = (along + self.dice.gauss(0, MARKED_M / 2) for along in (spot.east, spot.north))
        return Place.point(*beside(self.home.story.anchor(spot.at), east, north), MARKED_M)

    # Choices

    def _one(self, question: Question) -> str:
        shares = self._shares(question)
        points = [choice for choice in question.choices if choice.name not in question.missing]
        if not _is_scale(points):
            return self.dice.choices([*shares], [*shares.values()])[0]
        apart = sum(shares[name] for name in question.missing)
        if self.dice.random() * sum(shares.values()) < apart:
            return self.dice.choices(names := sorted(question.missing), [shares[name] for name in names])[0]
        names = [choice.name for choice in points]
        return self._on_scale(names, [shares[name] for name in names], best_first=question.is_reversed)

    def _several(self, question: Question) -> list[str]:
        """Tick something, at most as much as the question takes; what stands alone is drawn first."""
        shares = self._shares(question)
        apart = [name for name in shares if name in OTHERS_OUT | question.missing]
        single = next((name for name in apart if self.dice.random() * 100 < shares[name]), None)
        if single:
            return [single]
        beside = {name: share for name, share in shares.items() if name not in apart}
        ticked = [name for name, share in beside.items() if self.dice.random() * 100 < share]
        ticked = ticked or self.dice.choices([*beside], [*beside.values()])
        most = ranks(question)
        return ticked if len(ticked) <= most else self.dice.sample(ticked, most)

    def _point(self, question: Question) -> int:
        names = [str(point) for point in range(int(question.low), int(question.high) + 1)]
        return int(self._on_scale(names, self.poll.chosen[question.name], best_first=question.is_reversed))

    def _shares(self, question: Question) -> dict[str, int]:
        names = [choice.name for choice in question.choices]
        return dict(zip(names, self.poll.chosen[question.name], strict=True))

    def _on_scale(self, names: Sequence[str], shares: Sequence[int], *, best_first: bool) -> str:
        """Choose the answer that stands where this person stands."""
        chance = self.dice.gauss(0, 1)
        place = _BELL.cdf(CONSISTENCY * self.mood + math.sqrt(1 - CONSISTENCY**2) * chance)
        ordered = list(zip(names, shares, strict=True))[:: -1 if best_first else 1]
        reached = accumulate(share for _, share in ordered)
        whole = sum(shares)
        return next((name for (name, _), so_far in zip(ordered, reached, strict=True) if so_far >= place * whole))

    def _words(self, question: Question) -> str | None:
        """Say the next thing that nobody has said yet, from the beginning once all is said."""
        words = self.poll.words.get(question.name)
        pool = words.of(self.language) if words else []
        if words is None or not pool or self.dice.random() * 100 >= words.often:
            return None
        self.spoken[f"{question.name} {self.language}"] += 1
        return pool[(self.spoken[f"{question.name} {self.language}"] - 1) % len(pool)]


def _is_scale(points: Sequence[Choice]) -> bool:
    """Tell whether choices are the points of a scale: numbered as they are read."""
    return [point.name for point in points] == [str(number) for number in range(1, len(points) + 1)]


def homes(stories: Sequence[Story], commune_of: Callable[[Anchor], str]) -> Iterator[Home]:
    """List the towns in which people live."""
    for story in stories:
        for anchor in story.anchors:
            yield Home(story, anchor, commune_of(anchor))
