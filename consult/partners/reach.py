"""Whose partner it is: codes of areas compared, without looking at a map.

The code of an area begins with that of the area around it, so that "10" covers "1003" and "1003" covers "100302".
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """The areas for which somebody keeps the register: TERYT codes, or the whole country."""

    areas: tuple[str, ...] = ()
    everywhere: bool = False

    def covers(self, codes: Iterable[str]) -> bool:
        """Tell whether all of the areas lie within the reach: then whoever has it may change the entry."""
        return self.everywhere or all(any(code.startswith(own) for own in self.areas) for code in codes)

    def touches(self, codes: Iterable[str]) -> bool:
        """Tell whether one of the areas lies within the reach or around a part of it: then the entry is of interest."""
        known = tuple(codes)
        return self.everywhere or any(
            code.startswith(own) or own.startswith(code) for code in known for own in self.areas
        )
