"""What residents call a threat and what the police record: which of both may honestly stand beside each other.

Most of the categories are no offences, or petty ones that no table of offences counts, or offences that the official
tables do not tell apart. Where a measure holds the category among much else, it is said what else. A table of the
police that counts a category under its own name is the best there is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from consult.police_records.measures import Offence


class Closeness(StrEnum):
    """How near a measure comes to a category."""

    SAME = "same"
    AMONG_OTHERS = "among_others"


class Reason(StrEnum):
    """Why nothing recorded stands beside a category."""

    NO_OFFENCE = "no_offence"
    PETTY = "petty"
    NOT_TOLD_APART = "not_told_apart"
    MINORS = "minors"
    NOT_HERE = "not_here"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """What is recorded of a category: the measure and how near it comes, or why there is none."""

    category: str
    measure: str | None
    closeness: Closeness | None = None
    reason: Reason | None = None


AMONG: Mapping[str, Offence] = {
    "akty_wandalizmu": Offence.PROPERTY,
    "nielegalne_rajdy": Offence.ROAD,
    "predkosc": Offence.ROAD,
}
"""Categories that a measure of the official tables holds among much else."""

REASONS: Mapping[str, Reason] = {
    "dzikie_kapieliska": Reason.NO_OFFENCE,
    "niebezpieczne_tereny_wodne": Reason.NO_OFFENCE,
    "niebezpieczne_na_wodach": Reason.NO_OFFENCE,
    "niebezpieczna_rozrywka": Reason.NO_OFFENCE,
    "przejscie_tory": Reason.NO_OFFENCE,
    "przejazd_kolejowy": Reason.NO_OFFENCE,
    "infrastruktura_drogowa": Reason.NO_OFFENCE,
    "organizacja_ruchu": Reason.NO_OFFENCE,
    "bezdomny_pomoc": Reason.NO_OFFENCE,
    "utoniecia": Reason.NO_OFFENCE,
    "zwierzeta_lesne_drogi": Reason.NO_OFFENCE,
    "alkohol": Reason.PETTY,
    "bezpanskie_psy": Reason.PETTY,
    "dzikie_wysypiska": Reason.PETTY,
    "niszczenie_zieleni": Reason.PETTY,
    "parkowanie": Reason.PETTY,
    "quady_lasy": Reason.PETTY,
    "wypalanie_traw": Reason.PETTY,
    "zebractwo": Reason.PETTY,
    "klusownictwo": Reason.NOT_TOLD_APART,
    "srodki_odurzajace": Reason.NOT_TOLD_APART,
    "wycinka_drzew": Reason.NOT_TOLD_APART,
    "znecanie_zwierzeta": Reason.NOT_TOLD_APART,
    "maloletni_demoralizacja": Reason.MINORS,
}
"""Why the official tables have nothing to set beside a category."""


def match(category: str, measures: Collection[str]) -> Match:
    """Find what is recorded of a category among the measures that are here."""
    if category in measures:
        return Match(category, category, Closeness.SAME)
    among = AMONG.get(category)
    if among is not None and among in measures:
        return Match(category, among.value, Closeness.AMONG_OTHERS)
    usual = Reason.NOT_HERE if among is not None else Reason.UNKNOWN
    return Match(category, None, reason=REASONS.get(category, usual))
