"""The year before today: which reports come on which day, and when the meetings are held.

What a month brings depends on that month alone, so the story is the same for everyone who loads it on one day, and
a month later only its end is new.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from consult.calendar import after_working_days
from consult.demo.content import Anchor, Coming, Gathering, Sort, Spot, Story, Texts
from consult.geo import to_degrees, to_metres
from consult.period import TIMES_OF_DAY, WARSAW, WEEKDAYS, mask_of

MONTHS = 12
HOURS = {"morning": (7, 11), "afternoon": (13, 17), "evening": (18, 21), "night": (22, 23)}
HOLIDAYS = {7: 2, 8: 3}
"""Months without school, and how many months earlier a meeting at a school is held instead."""


@dataclass(frozen=True)
class Sent:
    """A report that a resident sends. `is_vague` means that only the commune is known."""

    number: str
    moment: datetime
    observed_on: date
    category: str
    lon: float
    lat: float
    accuracy_m: float
    is_vague: bool
    weekdays: int
    times_of_day: int
    description: str
    visitor: str
    spot: str = ""


def month_before(today: date, months: int) -> date:
    """Give the first day of the month so many months ago."""
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def held_on(meeting: Gathering, today: date) -> date:
    """Tell on which day a meeting was held: a working day, at schools not in the holidays."""
    first = month_before(today, meeting.months_ago)
    if meeting.kind == "school":
        first = month_before(first, HOLIDAYS.get(first.month, 0))
    return after_working_days(first + timedelta(days=meeting.day - 2), 1)


def comes_on(coming: Coming, today: date) -> date:
    """Tell for which day a debate is planned: a working day."""
    return after_working_days(today + timedelta(days=coming.in_days - 1), 1)


def reports(story: Story, texts: Texts, today: date) -> list[Sent]:
    """List what the residents of a district sent in the twelve full months before today and since, oldest first."""
    found: list[Sent] = []
    for ago in range(MONTHS, -1, -1):
        found += _month(story, texts, month_before(today, ago))
    return sorted((sent for sent in found if sent.moment.date() < today), key=lambda sent: (sent.moment, sent.number))


def _month(story: Story, texts: Texts, first: date) -> Iterator[Sent]:
    dice = Random(f"{story.code} {first}")  # noqa: S311 - a story, no secret
    number = 0
    for spot in story.spots:
        for _ in range(_count(spot.reports, spot.months, first, spot.key)):
            number += 1
            yield _at_spot(story, spot, first, number, dice)
    for sort in texts.sorts:
        for _ in range(_count(_beside_spots(story, sort), sort.months, first, sort.code)):
            number += 1
            yield _anywhere(story, sort, texts.phrases, first, number, dice)


def _count(in_a_year: float, months: list[int], first: date, name: str) -> int:
    """Share a year's number among its months, without a rest that gets lost."""
    if first.month not in months:
        return 0
    position = first.year * len(months) + months.index(first.month)
    rate, phase = in_a_year / len(months), Random(name).random()  # noqa: S311
    return math.floor((position + 1) * rate + phase) - math.floor(position * rate + phase)


def _beside_spots(story: Story, sort: Sort) -> float:
    """Count the reports of a category in a year that speak of no recurring spot."""
    at_spots = sum(spot.reports for spot in story.spots if spot.category == sort.code)
    return max(story.reports * sort.share / 100 - at_spots, 0.0)


def _at_spot(story: Story, spot: Spot, first: date, number: int, dice: Random) -> Sent:
    accuracy_m = dice.choice((30.0, 30.0, 30.0, 50.0, 80.0))
    anchor = story.anchor(spot.at)
    lon, lat = beside(anchor, spot.east + dice.gauss(0, accuracy_m / 2), spot.north + dice.gauss(0, accuracy_m / 2))
    observed_on = _day(first, spot.weekdays, dice)
    return Sent(
        number=f"{story.code}-{first:%Y-%m}-{number}",
        moment=_moment(observed_on, spot.times, dice),
        observed_on=observed_on,
        category=spot.category,
        lon=lon,
        lat=lat,
        accuracy_m=accuracy_m,
        is_vague=False,
        weekdays=mask_of(spot.weekdays, WEEKDAYS) if dice.random() < 0.6 else 0,
        times_of_day=mask_of(spot.times, TIMES_OF_DAY) if dice.random() < 0.8 else 0,
        description=dice.choice(spot.texts),
        visitor=f"{story.code} {spot.key} {dice.randrange(400)}",
        spot=spot.key,
    )


def _anywhere(story: Story, sort: Sort, phrases: list[str], first: date, number: int, dice: Random) -> Sent:
    anchor = dice.choices(story.anchors, [anchor.weight for anchor in story.anchors])[0]
    way, angle = anchor.radius_m * 1.6 * math.sqrt(dice.random()), dice.uniform(0, 2 * math.pi)
    lon, lat = beside(anchor, way * math.cos(angle), way * math.sin(angle))
    where, times = dice.choice(phrases), [dice.choice(sort.times)] if sort.times else []
    observed_on = _day(first, [], dice)
    return Sent(
        number=f"{story.code}-{first:%Y-%m}-{number}",
        moment=_moment(observed_on, times, dice),
        observed_on=observed_on,
        category=sort.code,
        lon=lon,
        lat=lat,
        accuracy_m=dice.choice((30.0, 30.0, 30.0, 60.0, 150.0)),
        is_vague=dice.random() < 0.04,
        weekdays=0,
        times_of_day=mask_of(times, TIMES_OF_DAY),
        description=dice.choice(sort.texts).format(where=where, where_start=where[0].upper() + where[1:]),
        visitor=f"{story.code} {first} {number}",
    )


def beside(anchor: Anchor, east: float, north: float) -> tuple[float, float]:
    """Give the position so many metres east and north of a town."""
    x, y = to_metres(anchor.lon, anchor.lat)
    lon, lat = to_degrees(x + east, y + north)
    return round(lon, 6), round(lat, 6)


def _day(first: date, weekdays: list[str], dice: Random) -> date:
    """Choose a day of the month, on one of the weekdays if any are named."""
    days = [first + timedelta(days=step) for step in range(31)]
    wanted = [list(WEEKDAYS).index(name) for name in weekdays] or list(range(7))
    return dice.choice([day for day in days if day.month == first.month and day.weekday() in wanted])


def _moment(observed_on: date, times: list[str], dice: Random) -> datetime:
    """Say when a report is sent: soon after it was seen, or the next morning."""
    early, late = HOURS[dice.choice(times)] if times else (8, 21)
    day, hour = observed_on, dice.randint(early, late)
    if dice.random() < 0.3:
        day, hour = observed_on + timedelta(days=1), dice.randint(7, 12)
    return datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), WARSAW)
