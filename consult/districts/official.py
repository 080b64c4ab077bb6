"""Official figures of areas in plain facts: what kinds there are, whom they count, and where whole areas are sums.

A figure is one number of an area and a period, or the sign that stands in its place ("-"): no number is no zero.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from consult.districts import teryt
from consult.words import folded

COUNTRY = "00"
"""The code of the whole country, as official tables write it."""

EMPTY = "empty"
"""The sign of a cell in which nothing stands."""

ALL_AGES = "all"

DISTRICTS: Mapping[str, int] = {
    "02": 30, "04": 23, "06": 24, "08": 14, "10": 24, "12": 22, "14": 42, "16": 12,
    "18": 25, "20": 17, "22": 20, "24": 36, "26": 14, "28": 21, "30": 35, "32": 21,
}  # fmt: skip
"""How many districts each voivodeship has, cities with the rights of one among them: since 2013, 380 in all."""


class FigureKind(StrEnum):
    """What a file of official figures holds."""

    OFFENCES = "offences"
    POPULATION = "population"
    AREA = "area"


class Sex(StrEnum):
    """Whom a figure of the population counts."""

    ALL = "all"
    MEN = "men"
    WOMEN = "women"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a file: `key` begins with the code of the area and its period, `flag` stands where no number does.

    What follows in the key is the measure and place of offences, or the sex and age of people.
    """

    row: int
    key: tuple[str, ...]
    value: float | None
    flag: str = ""


_SEXES = {
    "ogolem": Sex.ALL, "razem": Sex.ALL, "all": Sex.ALL, "total": Sex.ALL, "": Sex.ALL,
    "mezczyzni": Sex.MEN, "men": Sex.MEN, "male": Sex.MEN, "m": Sex.MEN,
    "kobiety": Sex.WOMEN, "women": Sex.WOMEN, "female": Sex.WOMEN, "k": Sex.WOMEN,
}  # fmt: skip
_AGES = re.compile(r"(\d{1,3}) ?[-–] ?(\d{1,3})(?: lata?)?", re.ASCII)
_AND_MORE = re.compile(r"(\d{1,3}) ?(?:\+|(?:lata? )?i wiecej|lat i starsi)", re.ASCII)
_ONE_YEAR = re.compile(r"(\d{1,3})", re.ASCII)


def sex_of(text: str) -> Sex | None:
    """Read whom a figure counts."""
    return _SEXES.get(folded(text).strip())


def age_of(text: str) -> str | None:
    """Read a group of ages: "15-19", "70+", "all"; one year is a group of one ("18-18")."""
    plain = " ".join(folded(text).split())
    if _SEXES.get(plain) is Sex.ALL:
        return ALL_AGES
    if found := _AGES.fullmatch(plain):
        first, last = int(found[1]), int(found[2])
        return f"{first}-{last}" if first <= last else None
    if found := _AND_MORE.fullmatch(plain):
        return f"{int(found[1])}+"
    return f"{int(found[1])}-{int(found[1])}" if (found := _ONE_YEAR.fullmatch(plain)) else None


@lru_cache(maxsize=4096)
def area_code(text: str) -> str | None:
    """Read the code of the country, a voivodeship, a district or a commune (by the six digits that stay)."""
    if text.upper() == "PL" or (text and text.isascii() and text.isdigit() and not text.strip("0")):
        return COUNTRY
    commune = teryt.commune_code(text)
    return teryt.voivodeship_code(text) or teryt.district_code(text) or (commune[:6] if commune else None)


def parts_of(code: str) -> int:
    """Tell how many districts a voivodeship or the country has; 0 for what is no sum of districts."""
    return sum(DISTRICTS.values()) if code == COUNTRY else DISTRICTS.get(code, 0)


def wholes_of(district: str) -> tuple[str, str]:
    """Name what a district is a part of: its voivodeship and the country."""
    return teryt.voivodeship_of(district), COUNTRY
