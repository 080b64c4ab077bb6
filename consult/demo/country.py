"""A whole country of invented voices, for whoever wants to see the product at that size.

Shares are those of published figures. Categories: the powiat of Inowrocław in 2021 (1,608 reports by category).
Confirmed and ended: the country until October 2022 (51 % confirmed, 1.13 of 1.28 million of them ended). Jokes and
mistakes: the powiat of Chełmno in 2022 (2 %). How many voices come in a day: the country in 2021 and 2022 (1,244).
How districts differ and how people crowd within them is not published by place; both are drawn, log-normal.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import bindparam, exists, insert, select, update

from consult.catalogue import queries as categories
from consult.catalogue.models import Category
from consult.db import db, transaction
from consult.districts import queries as districts
from consult.districts.atlas import Region
from consult.geo import Place, to_degrees
from consult.observations.models import Observation, Plane
from consult.observations.operations import Voice
from consult.period import midnight
from consult.threats import joining, operations
from consult.threats import queries as threats
from consult.threats.models import Link, StatusChange, Threat
from consult.threats.workflow import Status

SOURCE = "demo.country"
A_DAY, FEWEST_DAYS = 1_244, 365
SHARES = {
    "parkowanie": 395,
    "infrastruktura_drogowa": 392,
    "predkosc": 245,
    "alkohol": 205,
    "dzikie_wysypiska": 104,
    "organizacja_ruchu": 94,
    "maloletni_demoralizacja": 49,
    "srodki_odurzajace": 34,
    "akty_wandalizmu": 29,
    "nielegalne_rajdy": 14,
}
OTHER = 47
"""Reports of all other categories together, of those that `SHARES` counts."""
CONFIRMED, ENDED, JOKES = 0.51, 0.88, 0.02
SPREAD = 0.8
"""Standard deviation of the logarithm of how many voices a district has."""
VOICES_A_SPOT = 3
TOWN_M, SPOT_M = 900.0, 20.0
FEWEST_TOWNS, MOST_TOWNS = 3, 12
PART = 5_000
ANSWERS = {
    Status.IN_VERIFICATION: "Sprawdzamy to miejsce.",
    Status.CONFIRMED: "Potwierdziliśmy zagrożenie na miejscu.",
    Status.ELIMINATED: "Zagrożenie usunięto.",
    Status.NOT_CONFIRMED: "Sprawdziliśmy trzy razy i nic nie stwierdziliśmy.",
    Status.JOKE: "Zgłoszenie było pomyłką.",
}


def drawing(of: int | str) -> Random:
    """Give the dice of one thing, which fall alike each time."""
    return Random(of)  # noqa: S311  # invented on purpose, nothing to guess


@dataclass(frozen=True)
class Loaded:
    """How much was loaded: voices, and the threats that they became."""

    voices: int
    threats: int


def load(observations: int, day: date, actor_id: int, codes: Collection[str] | None = None) -> Iterator[Loaded]:
    """Load so many voices of all districts, or of some, join them and tell what the police did; commits part by part.

    Give how far it is after each part. The same day and the same boundaries tell the same country; what is there
    already is left alone, so a run that was broken off goes on.
    """
    done, voices = 0, _voices(observations, day, codes)
    while part := list(islice(voices, PART)):
        with transaction():
            operations.admit_many(part)
        done += len(part)
        yield Loaded(done, 0)
    with transaction():
        joining.join()
    answered = 0
    for numbers in _waiting():
        with transaction():
            answered += _answer(numbers, day, actor_id)
        yield Loaded(done, answered)


def _voices(observations: int, day: date, codes: Collection[str] | None) -> Iterator[Voice]:
    """Plan the voices of each district, as many as fall to it."""
    regions = [region for region in districts.districts() if codes is None or region.code in codes]
    sizes = [math.exp(drawing(region.code).gauss(0, SPREAD)) for region in regions]
    kinds, shares = _kinds(day)
    ends, first = 0.0, 0
    for region, size in zip(regions, sizes, strict=True):
        ends += size
        last = round(observations * ends / sum(sizes))
        yield from _of_district(region, last - first, _Kinds(kinds, shares), _Days(day, observations))
        first = last


@dataclass(frozen=True)
class _Kinds:
    known: Sequence[Category]
    shares: Sequence[float]

    def one(self, dice: Random) -> Category:
        return dice.choices(self.known, self.shares)[0]


@dataclass(frozen=True)
class _Days:
    last: date
    observations: int

    def moment(self, dice: Random) -> datetime:
        """Draw a moment of the time in which the country sends so many voices, a year at least."""
        seconds = max(self.observations / A_DAY, FEWEST_DAYS) * 86_400
        return midnight(self.last) - timedelta(seconds=dice.random() * seconds)


def _kinds(day: date) -> tuple[list[Category], list[float]]:
    known = [category for category in categories.valid_on(day) if category.precision.value != "never"]
    others = sum(category.code not in SHARES for category in known)
    return known, [SHARES.get(category.code, OTHER / max(others, 1)) for category in known]


def _of_district(region: Region, count: int, kinds: _Kinds, days: _Days) -> Iterator[Voice]:
    """Tell the voices of a district: about spots in towns, each spot of one kind, some spoken of again and again."""
    dice = drawing(f"{region.code} {count}")
    shape = districts.outline(region.code)
    shapely.prepare(shape)
    towns = [_within(shape, dice) for _town in range(dice.randint(FEWEST_TOWNS, MOST_TOWNS))]
    spots = [(*_around(shape, dice.choice(towns), TOWN_M, dice), kinds.one(dice)) for _spot in range(_spots(count))]
    for number in range(count):
        x, y, kind = spots[min(int(dice.expovariate(3 / len(spots))), len(spots) - 1)]
        lon, lat = to_degrees(*_around(shape, (x, y), SPOT_M, dice))
        when = days.moment(dice)
        key = f"{region.code}-{count}-{number}"
        yield Voice(SOURCE, key, Plane.ONLINE, kind, Place.point(lon, lat, accuracy_m=30.0), when, when, voice_key=key)


def _spots(count: int) -> int:
    return max(count // VOICES_A_SPOT, 1)


def _within(shape: BaseGeometry, dice: Random) -> tuple[float, float]:
    """Draw a place of the district; its own middle where it is too ragged to be hit."""
    low_x, low_y, high_x, high_y = shape.bounds
    for _try in range(200):
        x, y = dice.uniform(low_x, high_x), dice.uniform(low_y, high_y)
        if shapely.contains_xy(shape, x, y):
            return x, y
    middle = shape.representative_point()
    return middle.x, middle.y


def _around(shape: BaseGeometry, centre: tuple[float, float], spread: float, dice: Random) -> tuple[float, float]:
    """Draw a place near another one; the other one itself where that would lie beyond the border."""
    x, y = dice.gauss(centre[0], spread), dice.gauss(centre[1], spread)
    return (x, y) if shapely.contains_xy(shape, x, y) else centre


# What the police did


def _waiting() -> Iterator[list[Any]]:
    """Give the threats of the country that nobody has answered, in parts, from the first on."""
    last = 0
    unanswered = threats.no_way_in(Threat.status) == Status.NEW.value  # or each part would put all of them in order
    of_country = exists().where(
        Link.threat_id == Threat.id, Link.observation_id == Observation.id, Observation.source == SOURCE
    )
    while True:
        chosen = (
            select(Threat.id, Threat.first_at, Threat.last_at)
            .where(Threat.id > last, unanswered, Threat.successor_id.is_(None), of_country)
            .order_by(Threat.id)
            .limit(PART)
        )
        rows = list(db.session.execute(chosen))
        if not rows:
            return
        last = rows[-1].id
        yield rows


def _answer(rows: Sequence[Any], day: date, actor_id: int) -> int:
    """Write down what became of each: its steps, and where it stands now."""
    changes: list[dict[str, Any]] = []
    standing: list[dict[str, Any]] = []
    for row in rows:
        steps = _steps(row, day)
        before = Status.NEW
        for moment, after in steps:
            changes.append(
                {"threat_id": row.id, "before": before, "after": after, "actor_id": actor_id, "changed_at": moment,
                 "reason": ANSWERS[after], "checks": 3 if after is Status.NOT_CONFIRMED else 0}
            )  # fmt: skip
            before = after
        since = steps[-1][0] if steps else row.first_at
        standing.append({"number": row.id, "begun": row.first_at, "stands": before, "since": since})
    if changes:
        db.session.execute(insert(StatusChange), changes)
    table: Any = Threat.__table__
    moved = update(table).where(table.c.id == bindparam("number"))
    begun: Any = bindparam("begun")
    told = moved.values(status=bindparam("stands"), status_at=bindparam("since"), created_at=begun, arrived_at=begun)
    db.session.connection().execute(told, standing)
    return len(rows)


def _steps(row: Any, day: date) -> list[tuple[datetime, Status]]:
    """Draw what the police found; what would lie after the day has not happened yet."""
    dice = drawing(row.id)
    at = row.last_at + timedelta(days=dice.uniform(0.5, 3))
    steps = [(at, Status.IN_VERIFICATION)]
    at += timedelta(days=dice.uniform(1, 6))
    drawn = dice.random()
    if drawn < JOKES:
        steps.append((at, Status.JOKE))
    elif drawn < JOKES + CONFIRMED:
        steps.append((at, Status.CONFIRMED))
        if dice.random() < ENDED:
            steps.append((at + timedelta(days=dice.uniform(2, 30)), Status.ELIMINATED))
    else:
        steps.append((at, Status.NOT_CONFIRMED))
    until = midnight(day)
    return [step for step in steps if step[0] <= until]
