"""Which unit answers for a threat: one for each place and category, or nobody, which is said as it is.

Several units may serve a place: a station its communes, a headquarters the district, the road police of the district
one group of categories. A unit whose duty is the category goes first; then the one that serves the smallest area; of
two, the one further down in the order of the police. So there is one answer wherever some unit serves the place.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Serving:
    """A unit that serves the place: its path, the code of the area that holds it, and its duties if it has some."""

    unit_id: int
    path: str
    area_code: str
    duties: frozenset[str] = frozenset()


def codes_around(district_code: str, commune_code: str | None) -> list[str]:
    """List the TERYT codes of the areas that a place lies in: voivodeship, district and, where known, commune."""
    return [district_code[:2], district_code, *([commune_code[:6]] if commune_code else [])]


def answering(serving: Iterable[Serving], group_code: str) -> Serving | None:
    """Choose the unit that answers for a category's group at a place; None where nobody serves it."""
    able = [one for one in serving if not one.duties or group_code in one.duties]
    return max(able, key=_nearness, default=None)


def _nearness(one: Serving) -> tuple[bool, int, int, str]:
    return bool(one.duties), len(one.area_code), one.path.count("/"), one.path


def paths_above(paths: Collection[str]) -> list[str]:
    """List the paths of units and of all above them, whose people may decide as well."""
    found = {path[: at + 1] for path in paths for at, letter in enumerate(path) if letter == "/"}
    return sorted(found)


@dataclass(frozen=True)
class Routes:
    """All units that serve some places, by the areas that hold them: who answers is told without asking again."""

    by_area: Mapping[str, Sequence[Serving]]

    @classmethod
    def of(cls, serving: Iterable[Serving]) -> Self:
        """Sort units by the areas that they serve."""
        by_area: dict[str, list[Serving]] = {}
        for one in serving:
            by_area.setdefault(one.area_code, []).append(one)
        return cls(by_area)

    def answering(self, district_code: str, commune_code: str | None, group_code: str) -> Serving | None:
        """Choose the unit that answers for a category's group in a district or commune; None where nobody does."""
        around = codes_around(district_code, commune_code)
        return answering((one for code in around for one in self.by_area.get(code, ())), group_code)
