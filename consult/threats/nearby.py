"""Threats that anyone may see near a place that somebody is about to report, so that a voice can join them.

Only what the map shows of a threat anyway is compared: its spot, its kind, its first and last day. The words, the
places and the times of the single voices stay out of it, or whoever tried enough places and words could find out what
others wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.catalogue.models import Category, Precision
from consult.geo import VAGUE_M, Place
from consult.observations import queries as observations
from consult.observations.queries import Spot
from consult.observations.table import DAY_S, Codes
from consult.threats import linking, publication, queries
from consult.threats.linking import Evidence, Reason, Voices
from consult.threats.models import Threat

MOST = 5
"""So many are shown: more would hold up whoever reports."""

LEAST = 0.05
"""Less likely ones are not worth a look; somebody who stands there can be asked more often than the police."""


@dataclass(frozen=True)
class Seen:
    """What somebody is about to report: the kind, the place and the window of time."""

    category: Category
    place: Place
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Nearby:
    """A threat that may be the same, how likely that is, and what speaks for and against it, the distance first."""

    threat: Threat
    probability: float
    reasons: tuple[Reason, ...]


def nearby(seen: Seen, at: datetime) -> list[Nearby]:
    """List at most five public threats of a kind that may be joined with what was seen, the likeliest first."""
    if seen.category.precision is not Precision.EXACT or seen.place.is_whole_area:
        return []  # nothing public can be joined with it, or it lies nowhere in particular
    radii = queries.radii()
    threats = _around(seen, max(radii.values()), at)
    found = [entry for entry in _compared(seen, threats, radii) if entry.probability >= LEAST]
    return sorted(found, key=lambda entry: (-entry.probability, entry.threat.id))[:MOST]


def _around(seen: Seen, widest_m: float, at: datetime) -> Sequence[Threat]:
    """Find the public threats whose voices lie around: by the index by which joining finds them."""
    x, y = seen.place.x_y
    reach_m = widest_m + seen.place.accuracy_m + VAGUE_M
    rows = observations.near(Spot(seen.category.join_group, x, y, reach_m, seen.first, seen.last))
    if not rows:
        return []
    numbers = set(queries.threats_of([row.id for row in rows]).values())
    return queries.visible_of(sorted(numbers), publication.public_condition(at))


def _compared(seen: Seen, threats: Sequence[Threat], radii: dict[str, int]) -> list[Nearby]:
    """Compare what was seen, as the row 0, with each threat as if it were one voice."""
    if not threats:
        return []
    voices = _columns(seen, threats, radii)
    pairs, weights = linking.near_these(voices, 0), queries.rule().weights
    compared = linking.levels(voices, pairs)
    scores = linking.score(compared, weights)
    others = (pairs.i + pairs.j).tolist()  # one of the two is the row 0
    return [
        Nearby(threats[other - 1], float(scores[k]), _in_order(linking.reasons(compared, k, weights)))
        for k, other in enumerate(others)
    ]


def _in_order(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    kinds = list(Evidence)
    return tuple(sorted(reasons, key=lambda reason: kinds.index(reason.kind)))


def _columns(seen: Seen, threats: Sequence[Threat], radii: dict[str, int]) -> Voices:
    """Make the columns of `linking`; a threat is known by its number, what was seen by 0."""
    x, y = seen.place.x_y
    codes = Codes()
    categories = [seen.category.code, *(threat.category_code for threat in threats)]
    is_drawn = bool(seen.place.metres.length)
    return Voices.of(
        key=[0, *(threat.id for threat in threats)],
        x=[x, *(threat.x for threat in threats)],
        y=[y, *(threat.y for threat in threats)],
        accuracy_m=[seen.place.accuracy_m, *(threat.accuracy_m for threat in threats)],
        reach_m=[radii[seen.category.code], *(_reach_m(threat, radii) for threat in threats)],
        category=[codes.number(code) for code in categories],
        group=0,
        start_day=[_day(seen.first), *(_day(threat.first_at) for threat in threats)],
        end_day=[_day(seen.last), *(_day(threat.last_at) for threat in threats)],
        geometry=[seen.place.metres, *(None for _threat in threats)] if is_drawn else None,
    )


def _reach_m(threat: Threat, radii: dict[str, int]) -> int:
    """Give how far a threat is joined by distance; one about a whole area is not."""
    return 0 if threat.is_whole_area else radii[threat.category_code]


def _day(moment: datetime) -> float:
    return moment.timestamp() / DAY_S
