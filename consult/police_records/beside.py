"""Perceived beside recorded: where residents speak of something more than elsewhere, where the police record more.

Two orders stand side by side, never added into one number: that of the rates of independent voices, that of the rates
of recorded offences. An area is above the others in one of them when even the lower end of its interval is. Which of
both says more about an area is for people who know it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from consult.disclosure import published_cells
from consult.rates import Rank, Rate, ranks, rate
from consult.words import folded

PER = 10_000
FEWEST_AREAS = 5
"""Among fewer areas no places are given."""

FEWEST_VOICES = 10
"""Independent voices about anything at all, below which an area is not compared: silence is no answer."""


class Gap(StrEnum):
    """How the two stand to each other in an area."""

    FELT_ONLY = "felt_only"
    RECORDED_ONLY = "recorded_only"
    BOTH = "both"
    NEITHER = "neither"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """Why an area is not compared."""

    NO_RECORDS = "no_records"
    NO_PEOPLE = "no_people"
    FEW_VOICES = "few_voices"
    STANDS_OUT = "stands_out"
    FEW_AREAS = "few_areas"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of an area: independent voices about a category and about anything, offences, people."""

    code: str
    name: str
    voices: int
    all_voices: int
    recorded: int | None
    people: float | None
    stands_out: bool = False

    @property
    def doubt(self) -> Doubt | None:
        """Why the area cannot be compared; None when it can."""
        if self.recorded is None:
            return Doubt.NO_RECORDS
        if not self.people:
            return Doubt.NO_PEOPLE
        if self.stands_out:
            return Doubt.STANDS_OUT
        return Doubt.FEW_VOICES if self.all_voices < FEWEST_VOICES else None


@dataclass(frozen=True, slots=True)
class Compared:
    """An area with its two rates for 10,000 people, its two places among the others, and how both stand."""

    place: Place
    felt: Rate | None
    recorded: Rate | None
    gap: Gap
    doubt: Doubt | None = None
    felt_rank: Rank | None = None
    recorded_rank: Rank | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All areas of a comparison in the order of their names; `among` is how many could be compared."""

    rows: tuple[Compared, ...]
    among: int

    def with_gap(self, gap: Gap) -> list[Compared]:
        """List the areas of which both stand so to each other."""
        return [row for row in self.rows if row.gap is gap]

    def of(self, code: str) -> Compared | None:
        """Find the row of an area."""
        return next((row for row in self.rows if row.place.code == code), None)


def compare(places: Sequence[Place]) -> Comparison:
    """Set voices beside records, area by area."""
    ordered = sorted(places, key=lambda place: (folded(place.name), place.code))
    able = [place for place in ordered if place.doubt is None]
    if len(able) < FEWEST_AREAS:
        return Comparison(tuple(_apart(place, place.doubt or Doubt.FEW_AREAS) for place in ordered), len(able))
    among = _placed(able)
    return Comparison(
        tuple(among[place.code] if place.doubt is None else _apart(place, place.doubt) for place in ordered), len(able)
    )


def _apart(place: Place, doubt: Doubt) -> Compared:
    felt, recorded = rate(place.voices, place.people, PER), rate(place.recorded, place.people, PER)
    return Compared(place, felt, recorded, Gap.UNKNOWN, doubt)


def _placed(able: Sequence[Place]) -> dict[str, Compared]:
    """Give the areas that can be compared their places and gaps."""
    people = [place.people or 0.0 for place in able]
    voices, records = [place.voices for place in able], [place.recorded or 0 for place in able]
    felt, recorded = (
        [rate(count, who, PER) for count, who in zip(counts, people, strict=True)] for counts in (voices, records)
    )
    means = [PER * sum(counts) / sum(people) for counts in (voices, records)]
    orders = ranks(voices, people), ranks(records, people)
    return {
        place.code: Compared(
            place, felt[k], recorded[k], _gap(felt[k], recorded[k], means), None, orders[0][k], orders[1][k]
        )
        for k, place in enumerate(able)
    }


def _gap(felt: Rate | None, recorded: Rate | None, means: Sequence[float]) -> Gap:
    is_felt = felt is not None and felt.low > means[0]
    is_recorded = recorded is not None and recorded.low > means[1]
    if is_felt:
        return Gap.BOTH if is_recorded else Gap.FELT_ONLY
    return Gap.RECORDED_ONLY if is_recorded else Gap.NEITHER


def for_everybody(rows: Mapping[str, Compared]) -> dict[str, Compared]:
    """Give the rows of one area, by category, as the public may see them: few voices are hidden with all they tell."""
    shown = published_cells({category: row.place.voices for category, row in rows.items()})
    return {category: row if shown[category] is not None else _hidden(row) for category, row in rows.items()}


def _hidden(row: Compared) -> Compared:
    place = replace(row.place, voices=0)
    return replace(row, place=place, felt=None, felt_rank=None, gap=Gap.UNKNOWN, doubt=Doubt.HIDDEN, is_hidden=True)
