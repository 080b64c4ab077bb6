"""The calendar file of a meeting that is announced (iCalendar, RFC 5545): one event, in the time of Poland."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from consult.period import WARSAW

PRODUCT = "-//Map of safety consultations//debates//PL"
FIRST_SUMMER = datetime(1996, 3, 31, 2)  # noqa: DTZ001 - the format wants the clock on the wall
FIRST_WINTER = datetime(1996, 10, 27, 3)  # noqa: DTZ001
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Announced:
    """What a calendar keeps of a meeting. `uid` never changes; `sequence` grows with every correction."""

    uid: str
    sequence: int
    changed_at: datetime
    day: date
    starts_at: time
    ends_at: time | None
    title: str
    description: str
    location: str
    url: str
    lon_lat: tuple[float, float] | None
    is_called_off: bool


def calendar_of(announced: Announced) -> bytes:
    """Write the file; the same announcement gives the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(_zone())
    calendar.add_component(_event(announced))
    written: bytes = calendar.to_ical()
    return written


def _event(announced: Announced) -> Event:
    event = Event()
    event.add("uid", announced.uid)
    event.add("dtstamp", announced.changed_at)
    event.add("last-modified", announced.changed_at)
    event.add("sequence", announced.sequence)
    event.add("status", "CANCELLED" if announced.is_called_off else "CONFIRMED")
    event.add("dtstart", datetime.combine(announced.day, announced.starts_at, WARSAW))
    if announced.ends_at is not None:
        event.add("dtend", datetime.combine(announced.day, announced.ends_at, WARSAW))
    for name in ("description", "location", "url"):
        if said := getattr(announced, name):
            event.add(name, said)
    event.add("summary", announced.title)
    if announced.lon_lat:
        lon, lat = announced.lon_lat
        event.add("geo", (round(lat, 6), round(lon, 6)))
    return event


def _zone() -> Timezone:
    """Describe the time of Poland by the rule in force since 1996: the last Sundays of March and October.

    The zone that the library works out by itself puts the spring change one hour too late.
    """
    zone = Timezone()
    zone.add("tzid", WARSAW.key)
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    for part, name, before, after, month, first in (
        (summer, "CEST", HOUR, 2 * HOUR, 3, FIRST_SUMMER),
        (winter, "CET", 2 * HOUR, HOUR, 10, FIRST_WINTER),
    ):
        part.add("dtstart", first)
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        zone.add_component(part)
    return zone
