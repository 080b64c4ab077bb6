"""What may be shown of a count: the one gate that public figures of generalised categories and all of surveys pass.

Staff see exact figures of their own unit. The public sees threats of exact categories one by one; of the others only
counts, from five on (`HIDDEN_BELOW`), and where one cell of a table is hidden, the next smallest is hidden with it, so
that a subtraction from the total does not give it back.

Figures of surveys pass `survey_figures`, for staff and for the public alike: nothing stands on fewer than ten people,
nor do two figures whose difference would.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

HIDDEN_BELOW = 5

SURVEY_BASE = 10
"""People that a figure of a survey stands on at least."""

SHARES_FROM = 30
"""The effective number of people from which the public is told shares."""

EXTREMES_FROM = 100
"""Below so many people a share of nobody or everybody would say something of each of them."""

LOWEST_SHARE, HIGHEST_SHARE = 3, 97
ROUNDED_TO = 5

People = tuple[str, ...]
"""A kind of people, one word for each way of telling them apart: ("1465", "web", "2")."""

Part = tuple[int, str]
"""Some of the people: which way of telling them apart, and the word."""


def published(count: int) -> int | None:
    """Give a count as the public may see it: None where it is from one to four; nobody is hidden behind a zero."""
    return count if count == 0 or count >= HIDDEN_BELOW else None


def published_cells(cells: Mapping[str, int]) -> dict[str, int | None]:
    """Give the cells of one printed total as the public may see them.

    One hidden cell alone could be found by subtraction; a second one is hidden then: the smallest of the others that
    is not zero. Ties fall to the first by name, so that two runs print the same.
    """
    shown: dict[str, int | None] = {name: published(count) for name, count in cells.items()}
    hidden = [name for name, count in shown.items() if count is None]
    if len(hidden) == 1:
        others = sorted((count, name) for name, count in cells.items() if name not in hidden and count > 0)
        if others:
            shown[others[0][1]] = None
    return shown


class Audience(StrEnum):
    """Who looks: staff at figures of the own unit, or everybody."""

    STAFF = "staff"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Share:
    """A share in per cent; `bound` is < or > where only that may be said."""

    per_cent: float
    bound: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What an audience may see of one block of counts: exact for staff, in fives for the public.

    Whatever else is told of the block, shares, means and scores, is computed from these counts, so that it tells no
    more than they do. `effective` is how many people the block is worth (fewer than it has where they are weighted).
    """

    audience: Audience
    people: int
    counts: Mapping[str, int]
    effective: float

    def count(self, *names: str) -> int:
        """Add up counts."""
        return sum(self.counts.get(name, 0) for name in names)

    def tells(self, whole: int | None = None) -> bool:
        """Tell whether shares and scores may be told: of the people, or of another whole of this block.

        The public's other wholes are rounded already, so the fewest people that they can stand for decide.
        """
        if self.audience is Audience.STAFF:
            return (self.people if whole is None else whole) > 0
        certain = self.effective if whole is None else min(self.effective, whole - ROUNDED_TO // 2)
        return certain >= SHARES_FROM

    def share(self, part: int, whole: int | None = None) -> Share | None:
        """Give what part of the people, or of another whole of this block, a count is; None where that stays hidden."""
        if not self.tells(whole):
            return None
        of = self.people if whole is None else whole
        if self.audience is Audience.STAFF:
            return Share(100 * part / of)
        return _told(round(100 * min(part, of) / of), min(self.effective, of))

    def estimated(self, part: float) -> Share | None:
        """Give a part of the people that was estimated, such as a weighted one: to the public as if it were counted."""
        if self.audience is Audience.STAFF:
            return Share(100 * part) if self.tells() else None
        return self.share(self._counted(part))

    def weighted(self, parts: Mapping[str, float], worth: float) -> "Figures | None":
        """Give this block as weights would have it: parts of the people as if they were counted, in fives.

        `worth` is how many unweighted people these are worth (Kish). None where that is too few for shares. Only what
        is told unweighted is told weighted, so that a weight lifts nobody out of what rounds to nought.
        """
        assert self.audience is Audience.PUBLIC, "staff see weighted shares as they are"
        counts = {name: self._counted(part) for name, part in parts.items() if self.counts.get(name)}
        found = replace(self, counts=counts, effective=min(self.effective, worth))
        return found if found.tells() else None

    def _counted(self, part: float) -> int:
        return in_fives(round(part * self.people))


def _told(per_cent: int, people: float) -> Share:
    if people < EXTREMES_FROM and per_cent < LOWEST_SHARE:
        return Share(LOWEST_SHARE, "<")
    if people < EXTREMES_FROM and per_cent > HIGHEST_SHARE:
        return Share(HIGHEST_SHARE, ">")
    return Share(per_cent)


class Crowd:
    """The people behind a figure, told apart in several ways: by district, by how they answered, by version.

    Its audience may see everybody, and one part at a time: a district, or those on the web, but not those on the web
    of a district, because a table of two ways gives its small cells away too easily. Whoever sees several parts can add
    and subtract them. A part is hidden therefore when it has fewer than ten people; when a part of another way, or what
    is left without that one, has the same people but for fewer than ten (the smaller gives way); and when it is the
    smallest of the rest where the hidden ones have fewer than ten people together or are only one, so that subtraction
    does not give them back. Coincidences of more than two parts are not searched: files that leave the house need the
    auditor.
    """

    def __init__(self, sizes: Mapping[People, int]) -> None:
        self.total = sum(sizes.values())
        self._sizes = sizes
        ways = len(next(iter(sizes), ()))
        self._parts: list[Counter[str]] = [Counter() for _ in range(ways)]
        for kind, size in sizes.items():
            for way, word in zip(self._parts, kind, strict=True):
                way[word] += size

    def people(self, part: Part | None = None) -> int:
        """Tell how many people belong to a part, or in all."""
        if part is None:
            return self.total
        way, word = part
        return self._parts[way][word] if way < len(self._parts) else 0

    def shows(self, part: Part | None = None) -> bool:
        """Tell whether figures of a part may stand beside those of all the others."""
        return self.people(part) >= SURVEY_BASE and (part is None or part not in self._hidden)

    @cached_property
    def _hidden(self) -> frozenset[Part]:
        return frozenset((way, word) for way in range(len(self._parts)) for word in self._hidden_of(way))

    def _hidden_of(self, way: int) -> set[str]:
        sizes = {word: size for word, size in self._parts[way].items() if size > 0}
        hidden = {word for word, size in sizes.items() if size < SURVEY_BASE or self._gives_way((way, word))}
        for word in sorted(sizes.keys() - hidden, key=lambda word: (sizes[word], word)):
            if not hidden or (len(hidden) > 1 and sum(sizes[known] for known in hidden) >= SURVEY_BASE):
                break
            hidden.add(word)
        return hidden

    def _gives_way(self, part: Part) -> bool:
        """Tell whether a part of another way is so alike that one of the two has to go, and this one does."""
        others = ((way, word) for way, words in enumerate(self._parts) if way != part[0] for word in words)
        return any(self._yields(part, other) for other in others)

    def _yields(self, part: Part, other: Part) -> bool:
        size, others = self.people(part), self.people(other)
        if (others, other) <= (size, part) or others == self.total:
            return False  # a part with everybody in it is everybody under another name
        if others - size >= SURVEY_BASE and self.total - size - others >= SURVEY_BASE:
            return False  # they cannot be alike, whoever belongs to both
        apart = size + others - 2 * self._in_both(part, other)
        return 0 < apart < SURVEY_BASE or 0 < self.total - apart < SURVEY_BASE

    def _in_both(self, part: Part, other: Part) -> int:
        (way, word), (across, name) = part, other
        return sum(size for kind, size in self._sizes.items() if kind[way] == word and kind[across] == name)


def survey_figures(
    audience: Audience,
    counts: Mapping[str, int],
    crowd: Crowd,
    part: Part | None = None,
    *,
    effective: float | None = None,
) -> Figures | None:
    """Give what an audience may see of a survey's counts of a part, or None where the whole block is hidden.

    Every figure of a survey passes here: pages, commands, documents, files. `crowd` holds the people who were asked, of
    all kinds that this audience sees; `effective` is for weighted answers.
    """
    if not crowd.shows(part):
        return None
    people = crowd.people(part)
    worth = people if effective is None else min(people, effective)
    if audience is Audience.STAFF:
        return Figures(audience, people, dict(counts), worth)
    rounded = {name: in_fives(count) for name, count in counts.items()}
    return Figures(audience, in_fives(people), rounded, worth)


def in_fives(count: int) -> int:
    """Round a count to the nearest five: the difference of two such tables tells of nobody."""
    return ROUNDED_TO * round(count / ROUNDED_TO)
