"""What an edition of minutes holds: everything for staff, and for everybody what may be read.

A record is taken from the minutes as they stand. In the public one people stand by function, what was said follows the
rule of `Statement.words_are_public`, and a place is shown only where the map shows it.
"""

from collections.abc import Collection, Sequence
from datetime import date, time
from typing import Any

from consult.accounts import queries as accounts
from consult.audit.operations import MACHINE
from consult.disclosure import published
from consult.districts import queries as districts
from consult.geo import Place, PlaceKind
from debates import queries
from debates.editions import Record, Unsaid, by_function
from debates.models import Commitment, Meeting, MeetingFile, Proposal, Statement

FORM = 3
"""Which form a record has: another number where a field is added or means something else.

Since 2 it lists files; since 3 it says which statements were added while the minutes were being corrected.
"""

KNOWN_OF_A_MEETING = (
    *("kind", "level", "title", "series", "held_on", "is_year_only", "starts_at", "ends_at", "venue"),
    *("residents", "themes", "announced", "questionnaires"),
)
FILED = ("case_sign", "jrwa_symbol", "archival_category", "retain_until")


def full(meeting: Meeting) -> Record:
    """Take everything that the minutes of a meeting hold, for staff."""
    said = [one for one in queries.statements_of(meeting) if one.withdrawn_at is None]
    lists = {name: _lines(words) for name, words in _people(meeting).items()}
    return {
        **_head(meeting),
        **lists,
        **_plain({name: getattr(meeting, name) for name in FILED}),
        "statements": [_said(one, one.position) | _inside(one) for one in said],
        "proposals": [_asked(one, number) | _promised(one) for number, one in _numbered(queries.proposals_of(meeting))],
        "files": [_filed_with(one) for one in queries.files_of(meeting) if one.withdrawn_at is None],
    }


def public(meeting: Meeting) -> Record:
    """Take what everybody may read of the minutes of a meeting; nothing is numbered that would tell of a gap."""
    said = queries.publicly_said(meeting)
    shown = {one.id for one in said}
    asked = [one for one in queries.proposals_of(meeting) if is_asked_in_public(one, shown)]
    told = {name: by_function(words) for name, words in _people(meeting).items()}
    return {
        **_head(meeting),
        **_plain({name: getattr(meeting, name) for name in FILED}),
        **{name: functions for name, (functions, _unnamed) in told.items()},
        "officials_unnamed": told["officials"][1],
        "statements": [_said(one, number) | _shown_place(one) for number, one in _numbered(said)],
        "proposals": [_asked(one, number) for number, one in _numbered(asked)],
        "unsaid": _unsaid(meeting, shown),
        "unasked": published(len(queries.proposals_of(meeting)) - len(asked)),
    }


def _people(meeting: Meeting) -> dict[str, str]:
    """Give who stands in the head of the minutes, a line each."""
    invited = meeting.plan.invited if meeting.plan else ""
    return {"organisers": meeting.organisers, "invited": invited, "officials": meeting.officials}


def is_asked_in_public(asked: Proposal, shown: Collection[int]) -> bool:
    """Tell whether everybody may read a request: its statement, if it came from one, is among those shown."""
    return asked.words_are_public and (asked.statement_id is None or asked.statement_id in shown)


def still_public(record: Record, meeting: Meeting) -> Record:
    """Give a public edition without what may not be read any more since it was approved, and count what went.

    An edition never changes; but a statement that was withheld or protected afterwards is shown to nobody, at once.
    """
    said = queries.publicly_said(meeting)
    asked = [one for one in queries.proposals_of(meeting) if is_asked_in_public(one, {one.id for one in said})]
    keys = {one.key for one in said} | {one.key for one in asked}
    kept = {name: [one for one in record[name] if one["key"] in keys] for name in ("statements", "proposals")}
    gone = sum(len(record[name]) - len(ones) for name, ones in kept.items())
    return record | {name: _renumbered(ones) for name, ones in kept.items()} | {"taken_off": bool(gone)}


def _renumbered(ones: Sequence[Record]) -> list[Record]:
    return [one | {"number": number} for number, one in _numbered(ones)]


def _numbered(ones: Sequence[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(ones, 1))


def _head(meeting: Meeting) -> Record:
    named = districts.names(meeting.district_codes)
    return {
        "form": FORM,
        "unit": meeting.unit.name,
        "is_demonstration": meeting.unit.is_demonstration,
        "maker": _function(meeting.author_id),
        "districts": [named.get(code, code) for code in meeting.district_codes],
        "previous": meeting.previous.title if meeting.previous else "",
        **_plain({name: getattr(meeting, name) for name in KNOWN_OF_A_MEETING}),
    }


def _function(author_id: int) -> str:
    """Give the function of whoever made the minutes; a machine that read old papers has none."""
    return "" if author_id == MACHINE else accounts.account(author_id).function


def _plain(values: Record) -> Record:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _said(one: Statement, number: int) -> Record:
    """Take what both editions hold of a statement."""
    category = one.category
    names = {tongue: category.name(tongue) for tongue in ("pl", "en", "uk")} if category else None
    kept = {
        name: getattr(one, name)
        for name in ("key", "kind", "text", "answer", "voices", "speaker", "added_in_correction")
    }
    times = {name: getattr(one, name) for name in ("said_of", "weekdays", "times_of_day")}
    return {"number": number, "category": names, **_plain(kept | times)}


def _inside(one: Statement) -> Record:
    """Take what only staff read of a statement."""
    return {"place": one.place.record if one.place else None, "withheld_because": one.withheld_because}


def _shown_place(one: Statement) -> Record:
    """Take a place as the map shows it: the commune, and the position of what is exact; never how people called it."""
    if one.place is None or one.observation_id is None:
        return {"place": None}
    found = districts.containing(one.place)
    named = districts.names([found.commune or found.district]).values()
    area = next(iter(named), "")
    return {"place": {"area": area, **_position(one.place)}}


def _position(place: Place) -> Record:
    if place.is_whole_area:
        return {"kind": place.kind.value, "lon": None, "lat": None}
    lon, lat = place.lon_lat
    kind = place.kind if place.kind in {PlaceKind.LINE, PlaceKind.AREA} else PlaceKind.POINT
    return {"kind": kind.value, "lon": round(lon, 5), "lat": round(lat, 5)}


def _asked(one: Proposal, number: int) -> Record:
    names = ("key", "text", "addressee", "addressee_name", "due_on", "status", "answer", "answered_on")
    return {"number": number, **_plain({name: getattr(one, name) for name in names})}


def _filed_with(one: MeetingFile) -> Record:
    """Take what a file is, never the file."""
    return {"key": one.key, "number": one.number, "kind": one.kind.value, "description": one.description}


def _promised(one: Proposal) -> Record:
    return {"commitments": [_commitment(each) for each in one.commitments]}


def _commitment(one: Commitment) -> Record:
    return _plain({name: getattr(one, name) for name in ("who", "what", "due_on", "kept_on", "outcome")})


def _unsaid(meeting: Meeting, shown: Collection[int]) -> Record:
    """Count what everybody is not shown; what is crossed out is no part of the minutes."""
    hidden = [one for one in queries.statements_of(meeting) if one.withdrawn_at is None and one.id not in shown]
    if meeting.has_lone_resident:
        return {"lone": len(hidden)}
    withheld = sum(bool(one.withheld_because) for one in hidden)
    return Unsaid.counting(withheld=withheld, protected=len(hidden) - withheld).record
