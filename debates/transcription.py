"""Entering past minutes: records of a file become meetings, statements, requests and promises, each once.

First a plan says all that would be entered, and reads the database only. The same plan is then carried out, wholly or
not at all.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.audit.operations import MACHINE
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import today
from consult.districts import queries as districts
from consult.districts.recognising import MentionKind, recognised, recognised_many
from consult.geo import Place, PlaceKind, PlaceRefused
from consult.partners import queries as partners
from consult.partners.models import Partner
from consult.partners.reach import Reach
from consult.places import queries as gazetteer
from consult.words import folded
from debates import queries
from debates.columns import ADDRESSEES, ALONE, PROMISE, code_of, office_of
from debates.faults import Fault, FaultKind, FileRefused
from debates.models import AddresseeKind, Meeting, MeetingKind, MeetingLevel, Proposal, Statement
from debates.notes import SpeakerRole, StatementKind
from debates.operations import asking, convening, minuting
from debates.operations.writing import Author
from debates.past_minutes import Minutes, Named, Record, contradictions

DISTRICT_DIGITS = 4


@dataclass(frozen=True)
class _Machine:
    """Whoever enters what no officer typed."""

    id: int = MACHINE


MACHINE_AUTHOR = _Machine()


@dataclass(frozen=True)
class Limit:
    """What may be entered from a page: meetings of the units of a scope, in districts of their voivodeships."""

    scope: str


@dataclass(frozen=True)
class Entry:
    """A record with what the database knows of it. `repeats` is the record that says the same."""

    record: Record
    key: str
    category: Category | None = None
    place: Place | None = None
    addressee: str = ""
    addressee_name: str = ""
    is_known: bool = False
    repeats: int = 0

    @property
    def is_new(self) -> bool:
        """Whether something will be written for it."""
        return not self.is_known and not self.repeats


@dataclass(frozen=True)
class Gathering:
    """A meeting of the file: the one that is there already, or else what will be written down of it."""

    key: str
    unit: Unit
    known: Meeting | None
    facts: Mapping[str, Any]
    entries: tuple[Entry, ...]

    @property
    def new(self) -> tuple[Entry, ...]:
        """What will be entered."""
        return tuple(entry for entry in self.entries if entry.is_new)


@dataclass(frozen=True)
class Plan:
    """All that a file would enter."""

    minutes: Minutes
    gatherings: tuple[Gathering, ...]

    @property
    def read(self) -> int:
        """How many records there are."""
        return len(self.minutes.records)

    @property
    def new(self) -> int:
        """How many of them are new."""
        return sum(len(one.new) for one in self.gatherings)

    @property
    def digest(self) -> str:
        """A name for exactly this plan: where anything in it is another thing, it is another name."""
        told = [
            (one.key, one.unit.code, one.known is None, one.facts, [_told(entry) for entry in one.entries])
            for one in self.gatherings
        ]
        return hashlib.sha256(json.dumps(told, default=_plain, sort_keys=True).encode()).hexdigest()


def _told(entry: Entry) -> tuple[Any, ...]:
    code = entry.category.code if entry.category else None
    return entry.key, entry.is_new, code, entry.place, entry.addressee, entry.addressee_name, repr(entry.record)


def _plain(value: Any) -> Any:
    return value.record if isinstance(value, Place) else str(value)


# Planning


def planned(minutes: Minutes, unit_code: str | None = None, limit: Limit | None = None) -> Plan:
    """Look up all that the records name, or raise FileRefused with everything that is missing or may not be."""
    book = _Book(minutes.records, unit_code, limit)
    faults: list[Fault] = []
    entries = [entry for record in minutes.records if (entry := book.entry(record, faults)) is not None]
    faults += _outside(entries)
    faults += contradictions([entry.record for entry in entries], book.meeting_key)
    owners = queries.meetings_of_keys([entry.key for entry in entries if entry.key])
    gathered: dict[str, list[Entry]] = {}
    first: dict[str, Record] = {}
    for entry in entries:
        key, record = book.meeting_key(entry.record), entry.record
        owner = owners.get(entry.key)
        same = first.setdefault(entry.key, record) if entry.key else record
        is_known = entry.is_known or owner is not None
        if owner not in {None, key} or book.meeting_key(same) != key:
            faults.append(Fault(FaultKind.OTHER_MEETING, record.record, "id", record.id))
        elif same is not record and not is_known and _said(same) != _said(record):
            faults.append(Fault(FaultKind.SAME_SIGN, record.record, "id", record.id, detail=str(same.record)))
        gathered.setdefault(key, []).append(
            replace(entry, is_known=is_known, repeats=0 if same is record else same.record)
        )
    gatherings = [book.gathering(key, found, faults) for key, found in gathered.items()]
    if faults:
        raise FileRefused(sorted(faults, key=lambda fault: fault.record), len(minutes.records))
    return Plan(minutes, tuple(gatherings))


def _said(record: Record) -> tuple[Record, str]:
    """Give what a record says by itself: not where it stands, what it is called, and what is told of its meeting."""
    bare = replace(record, sign="", unit="", town="", held_on=None, is_year_only=False, facts={})
    above = record.above.key("") if record.above else ""
    words = " ".join(folded(record.text).split())
    return replace(bare, record=0, id="", source="", text="", above=None), f"{above} {words}"


class _Book:
    """What the database knows of the things that the records of a file name."""

    def __init__(self, records: Sequence[Record], unit_code: str | None, limit: Limit | None) -> None:
        every = accounts.units_within("")
        self.units = {folded(name): unit for unit in every for name in (unit.name, unit.code)}
        self.chosen = accounts.unit_by_code(unit_code) if unit_code else None
        self.limit = limit
        self.own = {unit.id for unit in accounts.units_within(limit.scope)} if limit else None
        self.districts = districts.names({code for record in records for code in record.district_codes})
        self.partners: dict[tuple[str, ...], dict[str, Partner]] = {}
        self.categories: dict[str, Category | None] = {}
        self.reach: dict[int, set[str]] = {}

    def unit_of(self, record: Record) -> Unit | None:
        return self.chosen or self.units.get(folded(record.unit))

    def meeting_key(self, record: Record) -> str:
        unit = self.unit_of(record)
        return record.meeting_key(unit.code if unit else "")

    def entry(self, record: Record, faults: list[Fault]) -> Entry | None:
        """Complete a record, or tell what is wrong with it."""
        unit, category = self.unit_of(record), self.category(record.category)
        found = [*self.missing(record, unit), *_faults_of_category(record, category)]
        place = None
        try:
            place = place_of(record) if record.is_said else None
        except LookupError:
            found.append(Fault(FaultKind.NO_AREA, record.record, "area", record.area))
        faults += found
        if found or unit is None:
            return None
        if record.kind == ALONE:
            return Entry(record, "", is_known=queries.meeting_by_key(record.meeting_key(unit.code)) is not None)
        addressee, name = self.addressee(record, unit)
        return Entry(record, record.key(unit.code), category, place, addressee, name)

    def missing(self, record: Record, unit: Unit | None) -> Iterator[Fault]:
        """Tell what the database does not know, or whose it is."""
        if unit is None:
            kind = FaultKind.NO_UNIT if record.unit else FaultKind.EMPTY
            yield Fault(kind, record.record, "police_unit", record.unit)
        elif self.own is not None and unit.id not in self.own:
            yield Fault(FaultKind.OTHER_UNIT, record.record, "police_unit", unit.name)
        for code in record.district_codes:
            if code not in self.districts:
                yield Fault(FaultKind.NO_DISTRICT, record.record, "powiat_teryt", code)
            elif self.limit is not None and unit is not None and not self.reaches(unit, code):
                yield Fault(FaultKind.FAR_DISTRICT, record.record, "powiat_teryt", code)

    def reaches(self, unit: Unit, code: str) -> bool:
        """Tell whether a district lies in a voivodeship that a unit serves; one that serves no area may name any."""
        if unit.id not in self.reach:
            self.reach[unit.id] = {area[:2] for area in unit.area_codes(today())}
        return not self.reach[unit.id] or code[:2] in self.reach[unit.id]

    def category(self, name: str) -> Category | None:
        if name not in self.categories:
            self.categories[name] = catalogue.by_name(name) if name else None
        return self.categories[name]

    def addressee(self, record: Record, unit: Unit) -> tuple[str, str]:
        """Recognise who was asked: a kind of office, a unit or an office of the register, else somebody named in words.

        Where the record does not say, it is whoever held the debate.
        """
        given, name = record.asked.addressee, record.asked.addressee_name
        if not given and not name:
            is_police = not record.unit or office_of(record.unit) == AddresseeKind.POLICE
            return (AddresseeKind.POLICE if is_police else AddresseeKind.OTHER), record.unit or unit.name
        kind_code = code_of(ADDRESSEES, given) if given else None
        if kind_code is not None:
            return kind_code, name
        wanted = folded(name or given)
        if asked := self.units.get(wanted):
            return f"unit:{asked.id}", ""
        if partner := self.offices(record.district_codes).get(wanted):
            return f"partner:{partner.id}", ""
        return office_of(name or given), name or given

    def offices(self, codes: tuple[str, ...]) -> dict[str, Partner]:
        """Give the offices of the register that serve some districts, by their names."""
        if codes not in self.partners:
            found = [one for one in partners.within(Reach(codes)) if one.is_valid_on(today())]
            self.partners[codes] = {folded(one.name): one for one in found}
        return self.partners[codes]

    def gathering(self, key: str, entries: Sequence[Entry], faults: list[Fault]) -> Gathering:
        """Put the records of one meeting together; one that is there already takes only what it lacks."""
        unit = self.unit_of(entries[0].record)
        assert unit is not None, "a record without a unit is a fault"
        known = queries.meeting_by_key(key)
        new = [entry for entry in entries if entry.is_new]
        if known is not None:
            is_own = self.own is None or known.unit_id in self.own
            if not is_own or (new and known.unit_id != unit.id):
                faults += [
                    Fault(FaultKind.MEETING_OF_ANOTHER, one.record.record, "meeting", one.record.sign)
                    for one in entries
                ]
            elif new and not known.is_writable:
                kind = FaultKind.PLANNED if known.is_planned else FaultKind.APPROVED
                faults += [Fault(kind, entry.record.record, "meeting", known.title[:60]) for entry in new]
            else:
                faults += _at_odds(entries, known)
        return Gathering(key, unit, known, _facts([entry.record for entry in entries], unit), tuple(entries))


def _at_odds(entries: Sequence[Entry], meeting: Meeting) -> Iterator[Fault]:
    """Find what cannot be added to a meeting that is there: of another day, or a promise whose request is missing."""
    asked = {entry.key for entry in entries if entry.is_new and entry.record.is_asked}
    for entry in entries:
        record = entry.record
        if (entry.is_new or record.kind == ALONE) and _is_another_day(record, meeting):
            yield Fault(FaultKind.OTHER_DAY, record.record, "date", str(record.held_on))
        if entry.is_new and record.above is not None:
            key = record.above.key(meeting.unit.code)
            if key not in asked and queries.proposal_of_key(meeting, key) is None:
                yield Fault(FaultKind.NO_REQUEST, record.record, "kind")


def _is_another_day(record: Record, meeting: Meeting) -> bool:
    """Tell whether a record and a meeting cannot both be right about the day; a year alone agrees with its days."""
    told, known = record.held_on, meeting.held_on
    if told is None or known is None:
        return False
    if record.is_year_only or meeting.is_year_only:
        return told.year != known.year
    return told != known


def _faults_of_category(record: Record, category: Category | None) -> Iterable[Fault]:
    if record.category and category is None:
        yield Fault(FaultKind.NO_CATEGORY, record.record, "category", record.category)
    day = record.held_on or today()
    if category is not None and category.valid_to is not None and day >= category.valid_to:
        yield Fault(FaultKind.CATEGORY_ENDED, record.record, "category", record.category)


def _outside(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Find the places that lie outside the boundaries."""
    spots = [
        (entry.record, place)
        for entry in entries
        for place in (entry.place, entry.record.venue_position)
        if place is not None
    ]
    for (record, place), located in zip(spots, districts.located_each([place for _, place in spots]), strict=True):
        if located is None:
            try:
                districts.containing(place)
            except PlaceRefused as refused:
                yield Fault(FaultKind.NOT_A_PLACE, record.record, "place", place=refused.fault)


def _facts(records: Sequence[Record], unit: Unit) -> dict[str, Any]:
    """Say what is written down of a meeting: what its records tell, and for the rest what such minutes always were."""
    first = records[0]
    dated = next((one for one in records if one.held_on and not one.is_year_only), first)
    told = {name: value for one in reversed(records) for name, value in one.facts.items()}
    venue = next((one.venue_position for one in records if one.venue_position), None)
    known_of_old = {} if "title" in told else {"venue": first.town, "organisers": first.unit}
    return {
        "unit_code": unit.code,
        "district_codes": list(first.district_codes),
        "place": replace(venue, words=first.town) if venue else _town(first.town, first.district_codes),
        "title": f"Debata społeczna: {first.town}",
        "held_on": dated.held_on,
        "is_year_only": dated.is_year_only,
        **known_of_old,
        "source_url": next((one.source for one in records if one.source), None),
        **told,
        "kind": MeetingKind(told.get("kind", MeetingKind.OPENING_DEBATE)),
        "level": MeetingLevel(told.get("level", MeetingLevel.COMMUNE)),
    }


# Entering


def enter(plan: Plan, author: Author = MACHINE_AUTHOR, passing: Callable[[int], object] = lambda _done: None) -> int:
    """Enter what is new in a plan and count it; `passing` is told of every record. Raises PlaceRefused."""
    done = 0
    for gathering in plan.gatherings:
        meeting = gathering.known or _meeting(author, gathering)
        for entry in gathering.entries:
            if entry.is_new:
                _enter(author, meeting, entry)
                done += 1
            passing(1)
    return done


def _meeting(author: Author, gathering: Gathering) -> Meeting:
    return queries.meeting_by_key(gathering.key) or convening.record_meeting(
        author, key=gathering.key, **gathering.facts
    )


def _enter(author: Author, meeting: Meeting, entry: Entry) -> None:
    """Write down what a record says: a statement, a request with its answer, a promise."""
    record = entry.record
    if record.kind == PROMISE:
        above = record.above
        assert above is not None
        proposal = queries.proposal_of_key(meeting, above.key(meeting.unit.code))
        if proposal is not None:
            _promise(author, proposal, entry.key, record)
        return
    statement = _statement(author, meeting, entry) if record.is_said else None
    if record.is_asked:
        asked = _proposal(author, meeting, entry, statement)
        if record.promised.what:
            _promise(author, asked, entry.key, record)


def _statement(author: Author, meeting: Meeting, entry: Entry) -> Statement:
    record = entry.record
    return minuting.record_statement(
        author,
        meeting,
        key=entry.key,
        kind=StatementKind(record.kind),
        text=record.text,
        category_code=entry.category.code if entry.category else None,
        place=entry.place,
        said_of=record.said_of,
        weekdays=record.weekdays,
        times_of_day=record.times_of_day,
        voices=record.voices,
        speaker=SpeakerRole(record.speaker),
        answer=record.answer,
        withheld_because=record.withheld,
    )


def _proposal(author: Author, meeting: Meeting, entry: Entry, statement: Statement | None) -> Proposal:
    asked = entry.record.asked
    return asking.record_proposal(
        author,
        meeting,
        key=entry.key,
        statement=statement,
        text=asked.text or entry.record.text,
        addressee=entry.addressee,
        addressee_name=entry.addressee_name,
        due_on=asked.due_on,
        status=asked.result,
        answer=asked.follow_up,
        answered_on=asked.answered_on,
    )


def _promise(author: Author, proposal: Proposal, key: str, record: Record) -> None:
    promised = record.promised
    made = asking.record_commitment(
        author, proposal, key=key, who=promised.who, what=promised.what, due_on=promised.due_on
    )
    if promised.outcome:
        asking.close_commitment(
            author, made, key=key, version=made.version, kept_on=promised.kept_on, outcome=promised.outcome
        )


# Places


def place_of(record: Record) -> Place | None:
    """Find the place a record speaks of, as exactly as its words allow and no more exactly.

    A position given is the place, and so is an area named by its code. Else a named town is; what else is named is
    recognised as in typed words, so that a street stands for its town; without any name, a commune that the words name
    is meant whole. Raises LookupError for an area that is not in force.
    """
    if record.position is not None:
        return replace(record.position, words=_named(record.places))
    if record.area:
        return _whole(record)
    if not record.places:
        return _commune_named(record)
    for named in record.places:
        if (found := _known(named, record.district_codes)) is not None:
            return replace(found, words=_named(record.places))
    found = _recognised(record) or _town(record.town, record.district_codes)
    return replace(found, words=f"{_named(record.places)} ({record.town})") if found else None


def _whole(record: Record) -> Place:
    """Take a whole commune or district by its code."""
    is_district = len(record.area) == DISTRICT_DIGITS
    for choice in districts.communes_to_choose(record.area[:DISTRICT_DIGITS]):
        place = choice.place
        kind = PlaceKind.DISTRICT if is_district else PlaceKind.COMMUNE
        if place.kind is kind and place.code is not None and place.code.startswith(record.area):
            return replace(place, words=_named(record.places) or place.words)
    raise LookupError(record.area)


def _recognised(record: Record) -> Place | None:
    """Take the first place that the given names tell of: a section of a road, a lake, the town of a street."""
    offers = recognised_many([named.words for named in record.places], record.district_codes, record.town)
    return next((offer.place for found in offers for offer in found), None)


def _named(places: Sequence[Named]) -> str:
    return ", ".join(dict.fromkeys(named.words for named in places))


def _known(named: Named, district_codes: Collection[str]) -> Place | None:
    """Find a place by exactly its name in the districts, and in the commune when the register gives one."""
    for code in district_codes:
        for found in gazetteer.search(named.words, code):
            if folded(found.label) == folded(named.words) and _lies_in(found.place, code, named.commune_code):
                return found.place
    return None


def _lies_in(place: Place, district_code: str, commune_code: str | None) -> bool:
    try:
        located = districts.containing(place)
    except PlaceRefused:
        return False
    if commune_code and located.commune and located.commune[:6] != commune_code:
        return False
    return located.district == district_code


def _town(name: str, district_codes: Collection[str]) -> Place | None:
    return _known(Named(name, is_town=True), district_codes)


def _commune_named(record: Record) -> Place | None:
    """Take a whole commune that the words name: "w gminie Powidz"; "w gminie" alone is for a person to decide."""
    offers = recognised(record.text, list(record.district_codes))
    meant = [offer.place for offer in offers if offer.kind is MentionKind.COMMUNE]
    return meant[0] if len(meant) == 1 else None
