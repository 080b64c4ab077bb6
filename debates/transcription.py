"""Entering past minutes: records of a file become meetings, statements and proposals, each once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.audit.operations import MACHINE
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import today
from consult.districts import queries as districts
from consult.districts.recognising import MentionKind, recognised, recognised_many
from consult.geo import Place, PlaceRefused
from consult.places import queries as gazetteer
from consult.words import folded
from debates import queries
from debates.models import AddresseeKind, Meeting, MeetingKind, MeetingLevel
from debates.notes import SpeakerRole, StatementKind
from debates.operations import asking, convening, minuting
from debates.outcomes import ProposalStatus
from debates.past_minutes import Fault, FaultKind, Named, Request, result_of

_POLICE = ("kpp", "kmp", "kwp", "ksp", "kp", "komenda", "komisariat", "posterunek", "policja")
"""How names of police units begin."""


@dataclass(frozen=True)
class _Machine:
    """Whoever enters what no officer typed."""

    id: int = MACHINE


@dataclass(frozen=True)
class Entry:
    """A record with what the database knows of it."""

    request: Request
    unit: Unit
    category: Category | None


def checked(requests: Sequence[Request], unit_code: str | None) -> tuple[list[Entry], list[Fault]]:
    """Look up unit, district and category of each record; what is missing is a fault."""
    units = {folded(name): unit for unit in accounts.units_within("") for name in (unit.name, unit.code)}
    chosen = accounts.unit_by_code(unit_code) if unit_code else None
    known = districts.names({request.district_code for request in requests})
    entries, faults = [], []
    for request in requests:
        unit = chosen or units.get(folded(request.unit))
        category = catalogue.by_name(request.category) if request.category else None
        found = list(_missing(request, unit, category, known))
        faults += found
        if not found and unit is not None:
            entries.append(Entry(request, unit, category))
    return entries, faults


def _missing(request: Request, unit: Unit | None, category: Category | None, known: Iterable[str]) -> Iterable[Fault]:
    if unit is None:
        kind = FaultKind.NO_UNIT if request.unit else FaultKind.EMPTY
        yield Fault(kind, request.record, "police_unit", request.unit)
    if request.district_code not in known:
        yield Fault(FaultKind.NO_DISTRICT, request.record, "powiat_teryt", request.district_code)
    if request.category and category is None:
        yield Fault(FaultKind.NO_CATEGORY, request.record, "category", request.category)
    day = request.held_on or today()
    if category is not None and category.valid_to is not None and day >= category.valid_to:
        yield Fault(FaultKind.CATEGORY_ENDED, request.record, "category", request.category)


def enter(entry: Entry) -> bool:
    """Enter one record unless it is there already, and tell whether it was new; raises PlaceRefused."""
    request = entry.request
    if queries.knows(request.key):
        return False
    meeting = _meeting(entry)
    statement = minuting.record_statement(
        _Machine(),
        meeting,
        key=request.key,
        kind=StatementKind.PROPOSAL,
        text=request.text,
        category_code=entry.category.code if entry.category else None,
        place=place_of(request),
        speaker=SpeakerRole.RESIDENT,
    )
    asking.record_proposal(
        _Machine(),
        meeting,
        key=request.key,
        statement=statement,
        text=request.text,
        addressee=_addressee(request),
        addressee_name=request.unit,
        status=ProposalStatus(result_of(request.follow_up)),
        answer=request.follow_up,
    )
    return True


def _meeting(entry: Entry) -> Meeting:
    """Find the meeting that the record tells of, or write it down."""
    request = entry.request
    return queries.meeting_by_key(request.meeting_key) or convening.record_meeting(
        _Machine(),
        key=request.meeting_key,
        unit_code=entry.unit.code,
        district_codes=[request.district_code],
        place=_town(request.town, request.district_code),
        kind=MeetingKind.OPENING_DEBATE,
        level=MeetingLevel.COMMUNE,
        title=f"Debata społeczna: {request.town}",
        held_on=request.held_on,
        is_year_only=request.is_year_only,
        venue=request.town,
        organisers=request.unit,
        source_url=request.source or None,
    )


def _addressee(request: Request) -> AddresseeKind:
    """Take whoever held the debate as the one who was asked: the records do not say more."""
    words = folded(request.unit).split()
    return AddresseeKind.POLICE if words and words[0] in _POLICE else AddresseeKind.OTHER


def place_of(request: Request) -> Place | None:
    """Find the place a request speaks of, as exactly as its words allow and no more exactly.

    A position given is the place. Else a named town is; what else is named is recognised as in typed words, so that a
    street stands for its town; without any name, a commune that the words name is meant whole.
    """
    if request.position is not None:
        return replace(request.position, words=_named(request.places))
    if not request.places:
        return _commune_named(request)
    for named in request.places:
        if (found := _known(named, request.district_code)) is not None:
            return replace(found, words=_named(request.places))
    found = _recognised(request) or _town(request.town, request.district_code)
    return replace(found, words=f"{_named(request.places)} ({request.town})") if found else None


def _recognised(request: Request) -> Place | None:
    """Take the first place that the given names tell of: a section of a road, a lake, the town of a street."""
    offers = recognised_many([named.words for named in request.places], [request.district_code], request.town)
    return next((offer.place for found in offers for offer in found), None)


def _named(places: Sequence[Named]) -> str:
    return ", ".join(dict.fromkeys(named.words for named in places))


def _known(named: Named, district_code: str) -> Place | None:
    """Find a place by exactly its name in the district, and in the commune when the register gives one."""
    for found in gazetteer.search(named.words, district_code):
        if folded(found.label) == folded(named.words) and _lies_in(found.place, district_code, named.commune_code):
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


def _town(name: str, district_code: str) -> Place | None:
    return _known(Named(name, is_town=True), district_code)


def _commune_named(request: Request) -> Place | None:
    """Take a whole commune that the words name: "w gminie Powidz"; "w gminie" alone is for a person to decide."""
    offers = recognised(request.text, [request.district_code])
    meant = [offer.place for offer in offers if offer.kind is MentionKind.COMMUNE]
    return meant[0] if len(meant) == 1 else None
