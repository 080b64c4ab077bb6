"""Finding for staff: by receipt, by number, by the words of reports, by street or commune; only in the own area."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import NoResultFound

from consult import words
from consult.db import db
from consult.districts import queries as districts
from consult.observations.models import Observation
from consult.online_reports import queries as reports
from consult.online_reports.models import OnlineReport
from consult.receipts import receipt_in
from consult.threats import queries as threats
from consult.threats.models import Threat

MOST = 50
"""Threats that a search shows."""

MOST_LOOKED_AT = 2_000
"""Voices that are compared word by word, the newest of those that may fit."""

NOWHERE = -2
"""A number that no street has."""

_REPORT_NUMBER = re.compile(r"zg[- ]?(\d{4})[- ]?(\d{1,9})", re.IGNORECASE)
_THREAT_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True)
class Hit:
    """A threat with what fitted: a voice's words, or nothing where its place did."""

    threat: Threat
    words: str = ""


@dataclass(frozen=True)
class Found:
    """What a search found. `elsewhere` names the district of a report or threat that lies outside of the area."""

    by_number: list[Hit] = field(default_factory=list)
    by_words: list[Hit] = field(default_factory=list)
    report: OnlineReport | None = None
    elsewhere: str | None = None
    looked_at_all: bool = True

    @property
    def count(self) -> int:
        """How many threats are shown."""
        return len(self.by_number) + len(self.by_words)


def found(text: str, areas: Sequence[str]) -> Found:
    """Search for a receipt, a number or words; a receipt or number that fits is the whole answer."""
    report = _report(text)
    if report is not None:
        return _of_report(report, areas)
    if _THREAT_NUMBER.fullmatch(text.strip()):
        threat = threats.standing_threat(int(text))
        if threat is not None:
            return _of_threat(threat, areas)
    return _of_words(text, areas)


def _report(text: str) -> OnlineReport | None:
    """Find the report whose receipt (or the address that ends with it) or number stands in the text."""
    receipt = receipt_in(text)
    number = _REPORT_NUMBER.search(text)
    try:
        if receipt:
            return reports.by_receipt(receipt)
    except NoResultFound:
        return None
    if number is None:
        return None
    known = db.session.get(OnlineReport, int(number.group(2)))
    return known if known is not None and known.number.split("-")[1] == number.group(1) else None


def _of_report(report: OnlineReport, areas: Sequence[str]) -> Found:
    voice = reports.observation_of(report)
    threat = reports.threat_of(report)
    if voice is not None and not _is_within(voice, areas):
        return Found(elsewhere=_name(voice.district_code))
    return Found(by_number=[] if threat is None or voice is None else [Hit(threat, voice.words)], report=report)


def _of_threat(threat: Threat, areas: Sequence[str]) -> Found:
    if not _is_within(threat, areas):
        return Found(elsewhere=_name(threat.district_code))
    return Found(by_number=[Hit(threat)])


@dataclass(frozen=True)
class _Asked:
    """Words that are looked for: their stems, the street and the communes that they may name."""

    stems: frozenset[str]
    street_code: int
    communes: frozenset[str]

    def fits(self, voice: Observation) -> bool:
        """Tell whether a voice says all the words, or its street or commune is called so."""
        if voice.street_code == self.street_code or voice.commune_code in self.communes:
            return True
        return bool(self.stems) and self.stems <= set(words.stems(voice.words))


def _asked(text: str) -> _Asked:
    """Read what is looked for; a street is found with or without "ul." before its name."""
    stems = words.stems(text)
    street = words.street_code(text if words.street(text) is not None else f"ul. {text}")
    called_so = (area.code for area in districts.communes() if stems and words.stems(area.name) == stems)
    return _Asked(frozenset(stems), NOWHERE if street == words.NO_STREET else street, frozenset(called_so))


def _of_words(text: str, areas: Sequence[str]) -> Found:
    """Find threats whose voices say all the words, name the street, or lie in the commune of that name."""
    asked = _asked(text)
    candidates = _candidates(asked, areas)
    fitting = [voice for voice in candidates if asked.fits(voice)]
    owners = threats.threats_of([voice.id for voice in fitting])
    said = {owners[voice.id]: voice.words for voice in reversed(fitting) if voice.id in owners}
    numbers = list(dict.fromkeys(owners[voice.id] for voice in fitting if voice.id in owners))[:MOST]
    known = {one.id: one for one in db.session.scalars(select(Threat).where(Threat.id.in_(numbers))).unique()}
    hits = [Hit(known[number], said[number]) for number in numbers]
    return Found(by_words=hits, looked_at_all=len(candidates) < MOST_LOOKED_AT and len(said) <= MOST)


def _candidates(asked: _Asked, areas: Sequence[str]) -> Sequence[Observation]:
    """List the newest voices of the areas whose mask of stems, street or commune may fit."""
    mask = words.mask(asked.stems)
    may_fit: list[ColumnElement[bool]] = [Observation.street_code == asked.street_code]
    if mask:
        may_fit.append(Observation.words_mask.bitwise_and(mask) == mask)
    if asked.communes:
        may_fit.append(Observation.commune_code.in_(asked.communes))
    chosen = select(Observation).where(
        or_(*may_fit), Observation.withdrawn_at.is_(None), threats.lies_within(areas, Observation)
    )
    newest = chosen.order_by(Observation.observed_from.desc(), Observation.id.desc()).limit(MOST_LOOKED_AT)
    return db.session.scalars(newest).all()


def _is_within(thing: Observation | Threat, areas: Sequence[str]) -> bool:
    return any(thing.district_code.startswith(code) or (thing.commune_code or "").startswith(code) for code in areas)


def _name(district_code: str) -> str:
    return districts.names({district_code}).get(district_code, district_code)
