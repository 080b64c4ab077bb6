"""The minutes of a meeting as rows of a file that `debates.past_minutes` reads again, and an empty file to fill in."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from consult.geo import Place, PlaceKind
from consult.period import TIMES_OF_DAY, WEEKDAYS, names_of
from consult.threats import editions
from consult.threats.editions import Sheet
from debates import queries
from debates.columns import ALONE, CHOICES, FURTHER_REQUEST, NAMES, PROMISE, polish_name, word_of
from debates.models import Commitment, Meeting, Proposal, Statement
from debates.past_minutes import LONGEST

COLUMNS = tuple(name for name in NAMES if name != "places")
_SEVERAL = ("weekdays", "times_of_day")

Row = Mapping[str, Any]
"""A row by our own names of its columns; what is empty is not in it."""


def rows_of(meeting: Meeting) -> list[Row]:
    """Write a meeting down row by row: what was said, what was asked for, what was promised, nothing crossed out."""
    head = _meeting(meeting)
    body = list(_said_and_asked(meeting)) or [{"kind": ALONE}]
    return [_filled({**head, **row}) for row in body]


def _filled(row: Row) -> Row:
    return {name: row[name] for name in COLUMNS if name in row and row[name] is not None and row[name] not in ("", [])}


def _meeting(meeting: Meeting) -> Row:
    town = (meeting.place.words if meeting.place else "") or meeting.venue or meeting.title
    day = meeting.held_on
    return {
        "meeting": meeting.key,
        "police_unit": meeting.unit.name,
        "powiat_teryt": " ".join(meeting.district_codes),
        "debate_place": " ".join(town.split())[: LONGEST["debate_place"]],
        "date": (str(day.year) if meeting.is_year_only else day.isoformat()) if day else None,
        "starts_at": meeting.starts_at.strftime("%H:%M") if meeting.starts_at else None,
        "ends_at": meeting.ends_at.strftime("%H:%M") if meeting.ends_at else None,
        "title": meeting.title,
        "meeting_kind": meeting.kind.value,
        "level": meeting.level.value,
        "series": meeting.series,
        "venue": meeting.venue,
        **_spot(meeting.place, "venue_lon", "venue_lat", "venue_accuracy_m"),
        "organisers": meeting.organisers,
        "officials": meeting.officials,
        "residents": meeting.residents,
        "themes": meeting.themes,
        "announced": meeting.announced,
        "questionnaires": meeting.questionnaires,
        "case_sign": meeting.case_sign,
        "jrwa_symbol": meeting.jrwa_symbol,
        "archival_category": meeting.archival_category,
        "retain_until": _iso(meeting.retain_until),
        "source": meeting.source_url,
    }


def _said_and_asked(meeting: Meeting) -> Iterator[Row]:
    said = [one for one in queries.statements_of(meeting) if one.withdrawn_at is None]
    asked = list(queries.proposals_of(meeting))
    for statement in said:
        own = next((one for one in asked if one.statement_id == statement.id), None)
        yield {**_statement(statement), **(_proposal(own, statement.text) if own else {})}
        if own:
            asked.remove(own)
            yield from map(_promise, own.commitments)
    for proposal in asked:
        further = {"kind": FURTHER_REQUEST, "id": proposal.key, "request": proposal.text}
        yield {**further, **_proposal(proposal, proposal.text)}
        yield from map(_promise, proposal.commitments)


def _statement(statement: Statement) -> Row:
    return {
        "kind": statement.kind.value,
        "id": statement.key,
        "request": statement.text,
        "category": statement.category_code,
        **_place(statement.place),
        "said_of": _iso(statement.said_of),
        "weekdays": names_of(statement.weekdays, WEEKDAYS),
        "times_of_day": names_of(statement.times_of_day, TIMES_OF_DAY),
        "voices": statement.voices,
        "speaker": statement.speaker.value,
        "answer": statement.answer,
        "withheld": statement.withheld_because,
    }


def _proposal(proposal: Proposal, said: str) -> Row:
    is_of_register = proposal.addressee_unit_id is not None or proposal.partner_id is not None
    return {
        "asked_for": proposal.text if proposal.text != said else "",
        "addressee": proposal.addressee_name if is_of_register else proposal.addressee.value,
        "addressee_name": "" if is_of_register else proposal.addressee_name,
        "due_on": _iso(proposal.due_on),
        "status": proposal.status.value,
        "follow_up": proposal.answer,
        "answered_on": _iso(proposal.answered_on),
    }


def _promise(promise: Commitment) -> Row:
    return {
        "kind": PROMISE,
        "id": promise.key,
        "promise": promise.what,
        "promised_by": promise.who,
        "promise_due_on": _iso(promise.due_on),
        "promise_kept_on": _iso(promise.kept_on),
        "promise_outcome": promise.outcome,
    }


def _place(place: Place | None) -> Row:
    if place is None:
        return {}
    if place.code is not None:
        return {"place": place.words, "area": place.code}
    if place.kind is PlaceKind.POINT:
        return {"place": place.words, **_spot(place, "lon", "lat", "accuracy_m")}
    return {"place": place.words, "geometry": json.dumps(place.geojson), "accuracy_m": float(place.accuracy_m)}


def _spot(place: Place | None, lon: str, lat: str, accuracy_m: str) -> Row:
    if place is None:
        return {}
    return {lon: place.lon_lat[0], lat: place.lon_lat[1], accuracy_m: float(place.accuracy_m)}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


# Files


def written_json(rows: Iterable[Row]) -> bytes:
    """Write rows as a list of records."""
    return (json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n").encode()


def written_csv(rows: Iterable[Row], *, polish: bool) -> bytes:
    """Write rows as a table that a Polish spreadsheet opens."""
    with editions.written_table(_headings(polish=polish), _cells(rows, polish=polish)) as file:
        return file.read()


def written_xlsx(rows: Iterable[Row], *, polish: bool) -> bytes:
    """Write rows as a workbook; its second sheet lists the words that may stand in columns with a choice."""
    name = "Sprawozdanie" if polish else "Minutes"
    sheets = [Sheet(name, _headings(polish=polish), _cells(rows, polish=polish)), _choices(polish=polish)]
    with editions.written_sheets(sheets) as file:
        return file.read()


def _headings(*, polish: bool) -> list[str]:
    return [polish_name(name) if polish else name for name in COLUMNS]


def _cells(rows: Iterable[Row], *, polish: bool) -> Iterator[list[Any]]:
    return ([_cell(name, row.get(name, ""), polish=polish) for name in COLUMNS] for row in rows)


def _cell(name: str, value: Any, *, polish: bool) -> Any:
    if name in _SEVERAL:
        return ", ".join(word_of(name, code, polish=polish) for code in value)
    if name == "addressee" and value not in CHOICES[name]:
        return value  # a unit or an office of the register, by its name
    return word_of(name, value, polish=polish) if value and name in CHOICES else value


def _choices(*, polish: bool) -> Sheet:
    listed = [[words[0] if polish else code for code, words in CHOICES[name].items()] for name in CHOICES]
    longest = max(map(len, listed))
    rows = [[words[place] if place < len(words) else "" for words in listed] for place in range(longest)]
    headings = [polish_name(name) if polish else name for name in CHOICES]
    return Sheet("Słowa" if polish else "Words", headings, rows)


# Template


def example(*, polish: bool, codes: Sequence[str], unit: str) -> list[Row]:
    """Write the one row of an empty file: an example that no import takes."""
    told = {
        "meeting": "PRZYKŁAD – usuń ten wiersz" if polish else "EXAMPLE – delete this row",
        "police_unit": unit,
        "powiat_teryt": " ".join(codes),
        "debate_place": "Widawa",
        "date": "2024-03-12",
        "starts_at": "17:00",
        "ends_at": "19:00",
        "title": "Debata o bezpieczeństwie w gminie Widawa",
        "meeting_kind": "opening_debate",
        "level": "commune",
        "venue": "Dom kultury w Widawie",
        "organisers": unit,
        "officials": "wójt gminy\nzarządca drogi",
        "residents": 34,
        "kind": "proposal",
        "request": "Próg zwalniający przy szkole",
        "category": "Przekraczanie dozwolonej prędkości",
        "place": "Widawa",
        "weekdays": ["mon", "fri"],
        "times_of_day": ["morning"],
        "voices": 12,
        "speaker": "resident",
        "answer": "Wójt: sprawdzimy, do kogo należy droga.",
        "addressee": "commune",
        "addressee_name": "Wójt gminy Widawa",
        "due_on": "2024-06-30",
        "status": "handed_over",
        "follow_up": "Wniosek przekazano zarządowi dróg powiatowych.",
        "answered_on": "2024-05-10",
        "promise": "Sprawdzimy, do kogo należy droga",
        "promised_by": "Wójt gminy Widawa",
        "promise_due_on": "2024-04-15",
    }
    return [_filled(told)]
