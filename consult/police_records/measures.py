"""What is counted: the measures of the official tables by their names, and what kind of number each is."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from consult.words import folded

MOST_NAME = 300


class Unit(StrEnum):
    """What kind of number a figure is."""

    COUNT = "count"
    PER_1000 = "per_1000"
    PER_CENT = "per_cent"


class Offence(StrEnum):
    """Kinds of recorded offences in the tables of the statistical office."""

    TOTAL = "total"
    CRIMINAL = "criminal"
    ECONOMIC = "economic"
    ROAD = "road"
    LIFE_AND_HEALTH = "life_and_health"
    PROPERTY = "property"
    LIBERTY = "liberty"
    FAMILY = "family"
    PUBLIC_SAFETY = "public_safety"


NAMES = {
    Offence.TOTAL: "ogółem",
    Offence.CRIMINAL: "o charakterze kryminalnym",
    Offence.ECONOMIC: "o charakterze gospodarczym",
    Offence.ROAD: "przeciwko bezpieczeństwu powszechnemu i bezpieczeństwu w komunikacji - drogowe",
    Offence.LIFE_AND_HEALTH: "przeciwko życiu i zdrowiu",
    Offence.PROPERTY: "przeciwko mieniu",
    Offence.LIBERTY: "przeciwko wolności, wolności sumienia, wolności seksualnej i obyczajności",
    Offence.FAMILY: "przeciwko rodzinie i opiece",
    Offence.PUBLIC_SAFETY: "przeciwko bezpieczeństwu powszechnemu i bezpieczeństwu w komunikacji",
}
"""The names in the official tables, without what they add to them: sums, rates, detection."""

_BY_NAME = {" ".join(folded(name).split()): offence.value for offence, name in NAMES.items()}
_RATE = re.compile(r"^przestepstwa stwierdzone przez policje (?P<of>.+) na 1000 (mieszkancow|ludnosci)$")
_DETECTION = re.compile(r"^wskaznik wykrywalnosci sprawcow przestepstw stwierdzonych przez policje - (?P<of>.+)$")
_COUNT = re.compile(r"^(przestepstwa stwierdzone przez policje )?(?P<of>.+?)( razem)?$")
_SUFFIXES = {Unit.PER_1000: "_per_1000", Unit.PER_CENT: "_detected", Unit.COUNT: ""}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its code here, its name as the file has it, its unit, and the code of what it counts or relates."""

    code: str
    name: str
    unit: Unit
    of: str


def per_1000(code: str) -> str:
    """Name the published rate that belongs to a count."""
    return code + _SUFFIXES[Unit.PER_1000]


def detected(code: str) -> str:
    """Name the published rate of detection that belongs to a count."""
    return code + _SUFFIXES[Unit.PER_CENT]


def measure(name: str) -> Measure | None:
    """Tell which measure a name of an official table is, or what somebody calls a count; None of no letters."""
    plain = " ".join(folded(name).replace("–", "-").split())
    unit, of = _taken_apart(plain)
    of = of.replace("sumienia i wyznania", "sumienia")
    code = _BY_NAME.get(of) or (of if of in set(Offence) else _made(of))
    return Measure(code + _SUFFIXES[unit], name.strip()[:MOST_NAME], unit, code) if code else None


def _taken_apart(plain: str) -> tuple[Unit, str]:
    for unit, pattern in ((Unit.PER_1000, _RATE), (Unit.PER_CENT, _DETECTION)):
        if found := pattern.match(plain):
            return unit, found["of"]
    found = _COUNT.match(plain)
    return Unit.COUNT, found["of"] if found else plain


def _made(of: str) -> str:
    """Make a code of a name nobody knows: "kradzież roweru" → "kradziez_roweru"; a long one ends with its digest."""
    code = re.sub(r"[^a-z0-9]+", "_", of).strip("_")
    if len(code) <= 60:
        return code
    return f"{code[:51]}_{hashlib.sha256(of.encode()).hexdigest()[:8]}"
