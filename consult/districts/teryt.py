"""Codes of TERYT, the register of Poland's areas, and what follows from a code alone.

A voivodeship has two digits, a district four, a commune six and a seventh that tells its kind. The seventh changes
when a village becomes a town, so communes are compared on the first six.
"""

import re
from collections import Counter
from collections.abc import Mapping

from consult.words import folded

VOIVODESHIPS: dict[str, str] = {
    "02": "dolnośląskie",
    "04": "kujawsko-pomorskie",
    "06": "lubelskie",
    "08": "lubuskie",
    "10": "łódzkie",
    "12": "małopolskie",
    "14": "mazowieckie",
    "16": "opolskie",
    "18": "podkarpackie",
    "20": "podlaskie",
    "22": "pomorskie",
    "24": "śląskie",
    "26": "świętokrzyskie",
    "28": "warmińsko-mazurskie",
    "30": "wielkopolskie",
    "32": "zachodniopomorskie",
}

FRAMES: dict[str, tuple[float, float, float, float]] = {
    "02": (14.8, 50.0, 17.8, 51.9),
    "04": (17.2, 52.3, 19.8, 53.8),
    "06": (21.6, 50.2, 24.2, 52.3),
    "08": (14.5, 51.3, 16.5, 53.2),
    "10": (18.0, 50.8, 20.7, 52.4),
    "12": (19.0, 49.1, 21.5, 50.6),
    "14": (19.2, 51.0, 23.2, 53.5),
    "16": (16.9, 49.9, 18.7, 51.2),
    "18": (21.1, 49.0, 23.6, 50.9),
    "20": (21.6, 52.2, 24.0, 54.5),
    "22": (16.6, 53.4, 19.7, 54.9),
    "24": (18.0, 49.3, 20.0, 51.1),
    "26": (19.7, 50.1, 21.9, 51.4),
    "28": (19.1, 53.1, 22.9, 54.5),
    "30": (15.7, 51.1, 19.2, 53.7),
    "32": (14.1, 52.6, 17.0, 54.6),
}
"""West, south, east and north of each voivodeship in degrees: enough to notice axes that were swapped."""

SHARED_NAMES = frozenset(
    ("bielski", "brzeski", "grodziski", "krośnieński", "nowodworski", "opolski", "ostrowski", "tomaszowski",
     "średzki", "świdnicki")
)  # fmt: skip
"""Names that two districts in different voivodeships have."""

_PREFIX = re.compile(r"^(?:(?:województwo|powiat|gmina|miasto)\s+)?(?:m\.\s*(?:st\.\s*)?)?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+", re.ASCII)


def district_of(commune: str) -> str:
    """Give the district's code of a commune's."""
    return commune[:4]


def voivodeship_of(code: str) -> str:
    """Give the voivodeship's code of any area's."""
    return code[:2]


def is_city(district: str) -> bool:
    """Tell whether a district is a city with the rights of one."""
    return district[2:4] > "60"


def voivodeship_code(text: str) -> str | None:
    """Read a voivodeship's code, also when the file pads it with zeros."""
    return _known(text, {2, 4, 7}, 2)


def district_code(text: str) -> str | None:
    """Read a district's code, also when the file pads it with zeros ("0201000")."""
    code = _known(text, {4, 7}, 4)
    return code if code and code[2:] != "00" else None


def commune_code(text: str) -> str | None:
    """Read a commune's code: six digits, or seven with its kind."""
    code = _known(text, {6, 7}, len(text))
    return code if code and code[2:4] != "00" and code[4:6] != "00" else None


def _known(text: str, lengths: set[int], kept: int) -> str | None:
    """Take the first digits of a code whose rest is zeros and whose voivodeship exists."""
    if not _DIGITS.fullmatch(text) or len(text) not in lengths or text[:2] not in VOIVODESHIPS:
        return None
    return text[:kept] if not text[kept:].strip("0") else None


def plain_name(name: str) -> str:
    """Take "powiat", "gmina" or "województwo" off a name, and spaces that are too many."""
    return _PREFIX.sub("", " ".join(name.split()), count=1)


def district_label(code: str, name: str) -> str:
    """Name a district in full: "powiat łaski", "Łódź", "powiat opolski (lubelskie)"."""
    if is_city(code):
        return name
    where = f" ({VOIVODESHIPS[voivodeship_of(code)]})" if name in SHARED_NAMES else ""
    return f"powiat {name}{where}"


def commune_label(code: str, name: str, *, has_twin: bool) -> str:
    """Name a commune; a town and the rural commune around it, which share a name, are told apart."""
    if not has_twin:
        return name
    return f"{name} (miasto)" if code[6:7] == "1" else f"{name} (gmina)"


def clear_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Name areas so that no two of the country have one name: "Brzeziny (powiat kaliski)".

    `labels` are those of districts (by four digits) and communes (by six). What shares its label says where it lies: a
    commune its district, a district its voivodeship. A city and its only commune share one too; the city keeps it.
    """
    shared = Counter(folded(label) for code, label in labels.items() if not _is_named_as_its_city(code, labels))
    clear = {
        code: f"{label} ({_whereabouts(code, labels)})"
        if shared[folded(label)] > 1 or _is_named_as_its_city(code, labels)
        else label
        for code, label in labels.items()
    }
    again = Counter(folded(label) for label in clear.values())
    return {code: label if again[folded(label)] == 1 else f"{labels[code]} ({code})" for code, label in clear.items()}


def _is_named_as_its_city(code: str, labels: Mapping[str, str]) -> bool:
    return len(code) > 4 and labels.get(district_of(code)) == labels[code]


def _whereabouts(code: str, labels: Mapping[str, str]) -> str:
    if len(code) == 4:
        return VOIVODESHIPS.get(voivodeship_of(code), code)
    return "gmina" if _is_named_as_its_city(code, labels) else labels.get(district_of(code), district_of(code))
