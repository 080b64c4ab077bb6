"""Recognising places in what an officer types: offers to confirm, the most exact first, never more exact than known.

Streets are known by their form and lie in the town that the sentence names, else in the town of the venue; the reach of
that town is their accuracy. Whatever lies outside the given districts is not offered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

import shapely

from consult.districts import queries as areas
from consult.districts import teryt
from consult.districts.atlas import Region
from consult.geo import Place, PlaceKind
from consult.places import features, inflection, queries, sentences, streets, towns
from consult.places.features import Feature, FeatureKind
from consult.places.inflection import Term
from consult.places.models import PlaceName
from consult.places.sentences import Sentence
from consult.places.towns import Window

MOST_OFFERS = 5
MOST_SPOTS = 2
TOWN = "miasto"
MOST_NAMESAKES = 2
MOST_WORDS_TO_TOWN = 6
LEAST_SECTION_SHARE = 0.2
"""A road between two villages strays from the straight line: by this share of its length, if not by more."""


class MentionKind(StrEnum):
    """What was recognised, the most exact first."""

    CROSSING = "crossing"
    STREET = "street"
    SPOT = "spot"
    SECTION = "section"
    WATER = "water"
    TOWN = "town"
    COMMUNE = "commune"


@dataclass(frozen=True)
class Mention:
    """One place to offer: where its words stand in the text, how it is called, and where it is as far as is known."""

    start: int
    end: int
    words: str
    kind: MentionKind
    label: str
    place: Place


def recognised(text: str, district_codes: Sequence[str], town: str = "", limit: int = MOST_OFFERS) -> list[Mention]:
    """Offer the places that a text speaks of in these districts; `town` is the one that the meeting is in."""
    return recognised_many([text], district_codes, town, limit)[0]


def recognised_many(
    texts: Sequence[str], district_codes: Sequence[str], town: str = "", limit: int = MOST_OFFERS
) -> list[list[Mention]]:
    """Offer the places of several texts, in their order, with the same two questions to the database as for one."""
    said = [sentences.sentence(text) for text in texts]
    read = [towns.windows(each) for each in said]
    venue = inflection.terms(town)[:1]
    adjectives = [term for each in said for term in _adjectives(each)]
    asked = [*(window.term for windows in read for window in windows), *venue, *adjectives]
    book = _Book(queries.named(asked, district_codes), _communes(district_codes), venue)
    return [_Reading(each, windows, book).mentions()[: max(limit, 0)] for each, windows in zip(said, read, strict=True)]


def _communes(district_codes: Collection[str]) -> list[Region]:
    return [region for region in areas.communes() if teryt.district_of(region.code) in district_codes]


def _adjectives(said: Sentence) -> Iterator[Term]:
    for feature in features.features(said):
        if feature.kind is FeatureKind.WATER:
            yield inflection.term_of_adjective(feature.name[-1].folded)


class _Book:
    """What the gazetteer and the boundaries know of the names in all texts."""

    def __init__(self, rows: Iterable[PlaceName], communes: Sequence[Region], venue: Sequence[Term]) -> None:
        self._by_stem: dict[str, list[PlaceName]] = defaultdict(list)
        for row in rows:
            self._by_stem[row.stem].append(row)
        self._communes = [(inflection.stem_of_name(region.name), region) for region in communes]
        self.venue: PlaceName | None = None
        self.venue = next(iter(self.named(*venue)), None) if venue else None

    def named(self, term: Term) -> list[PlaceName]:
        """List the places that words may name, the likeliest first: so called, of a high sort, near the venue."""
        found = {row.id: row for stem in term.stems for row in self._by_stem.get(stem, ())}
        return sorted(found.values(), key=lambda row: (row.folded != term.words, *self._rank(row)))

    def _rank(self, row: PlaceName) -> tuple[object, ...]:
        is_far = self.venue is not None and row.commune_code[:6] != self.venue.commune_code[:6]
        return *_sort(row), is_far, -(row.population or 0), row.id

    def commune_called(self, feature: Feature) -> tuple[Region, int] | None:
        """Find the commune whose name the words are, and of how many words it is."""
        for size in range(len(feature.name), 0, -1):
            term = inflection.term([word.folded for word in feature.name[:size]])
            if (found := next((region for stem, region in self._communes if stem in term.stems), None)) is not None:
                return found, size
        return None

    def commune_of(self, row: PlaceName | None) -> Region | None:
        """Find the commune that a place lies in."""
        code = row.commune_code[:6] if row is not None else ""
        return next((region for _stem, region in self._communes if code and region.code[:6] == code), None)


@dataclass(frozen=True)
class _Town:
    """A village or town that the words from `first` to `last` name; namesakes are the others that they may name."""

    first: int
    last: int
    rows: tuple[PlaceName, ...]

    @property
    def row(self) -> PlaceName:
        return self.rows[0]


class _Reading:
    """One text being read."""

    def __init__(self, said: Sentence, windows: Sequence[Window], book: _Book) -> None:
        self.said, self.book = said, book
        self.streets = streets.streets(said)
        self.features = features.features(said)
        self._windows: dict[int, list[Window]] = defaultdict(list)
        for window in windows:
            self._windows[window.first].append(window)
        self.towns = self._without_halves(list(self._towns(self._taken())))
        self.sections = list(self._sections())

    def mentions(self) -> list[Mention]:
        """List the offers, the most exact first, each place once."""
        found = [*self._street_mentions(), *self._feature_mentions(), *self._section_mentions(), *self._town_mentions()]
        order = list(MentionKind)
        found.sort(key=lambda mention: (order.index(mention.kind), self._is_direction(mention), mention.start))
        return list({(mention.kind, mention.label): mention for mention in reversed(found)}.values())[::-1]

    # Towns

    def _taken(self) -> set[int]:
        """List the words that already belong to a street, a lake or a commune."""
        spans = [(each.first, each.last) for each in self.streets]
        spans += [(each.first, each.first + len(each.name)) for each in features.offices(self.said)]
        for each in self.features:
            called = self.book.commune_called(each) if each.kind is FeatureKind.COMMUNE else None
            size = called[1] if called else len(each.name) if each.kind is FeatureKind.WATER else -1
            spans.append((each.first, each.first + size))
        return {index for first, last in spans for index in range(first, last + 1)}

    def _towns(self, taken: set[int]) -> Iterator[_Town]:
        free = 0
        for at in sorted(self._windows):
            if at < free:
                continue
            town = next(filter(None, (self._town(window, taken) for window in self._windows[at])), None)
            if town is not None:
                yield town
                free = town.last + 1

    def _without_halves(self, found: list[_Town]) -> list[_Town]:
        """Leave out a town that is half of a name with a hyphen: "Bielsko-Biała" is not Bielsko."""
        words, named = self.said.words, {index for town in found for index in range(town.first, town.last + 1)}
        joins = {index for index, word in enumerate(words) if word.gap == "-"}
        broken = {index for index in joins if index not in named or index - 1 not in named}
        return [town for town in found if town.first not in broken and town.last + 1 not in broken]

    def _town(self, window: Window, taken: set[int]) -> _Town | None:
        if taken & set(range(window.first, window.last + 1)):
            return None
        rows = [row for row in self.book.named(window.term) if self._is_meant(window, row)]
        exact = [row for row in rows if row.folded == window.term.words]
        rows = self._nearest(exact or rows)
        return _Town(window.first, window.last, tuple(rows[:MOST_NAMESAKES])) if rows else None

    def _is_meant(self, window: Window, row: PlaceName) -> bool:
        is_whole = row.sort in queries.WHOLE_PLACES
        return towns.is_meant(self.said, window, row.folded, is_whole=is_whole)

    def _nearest(self, rows: list[PlaceName]) -> list[PlaceName]:
        """Leave of namesakes those of the highest sort, and of these the one in the venue's commune, if any."""
        best = [row for row in rows if _sort(row) == _sort(rows[0])]
        venue = self.book.venue
        own = [row for row in best if venue is not None and row.commune_code[:6] == venue.commune_code[:6]]
        return own[:1] or best

    def _town_mentions(self) -> Iterator[Mention]:
        ends = {town.first for section in self.sections for town in section}
        for town in self.towns:
            for row in town.rows if town.first not in ends else ():
                yield self._mention(town.first, town.last, MentionKind.TOWN, _label(row), queries.place_of(row))

    def _is_direction(self, mention: Mention) -> bool:
        before = self.said.text[: mention.start].casefold().split()[-2:]
        return mention.kind is MentionKind.TOWN and any(word in {"kierunku", "stronę", "strone"} for word in before)

    # Sections of roads

    def _sections(self) -> Iterator[tuple[_Town, _Town]]:
        for one, other in zip(self.towns, self.towns[1:], strict=False):
            if one.row.id != other.row.id and self._is_section(one, other):
                yield one, other

    def _is_section(self, one: _Town, other: _Town) -> bool:
        """Tell "Przybrodzin – Powidz", "między Przybrodzinem a Powidzem" and "droga z Przybrodzina do Powidza"."""
        words = self.said.words
        between = [word.folded for word in words[one.last + 1 : other.first]]
        before = self.said.before(one.first)
        if not between:
            return words[other.first].gap.strip() in {"-", "–", "—"}
        if len(between) == 1 and before in {"miedzy", "pomiedzy"}:
            return between[0] in {"a", "i"}
        if between not in (["do"], ["w", "kierunku"]) or before not in {"z", "ze", "od"}:
            return False
        return any(word.folded.startswith(_ROADS) for word in words[max(0, one.first - 4) : one.first])

    def _section_mentions(self) -> Iterator[Mention]:
        for one, other in self.sections:
            label = f"odcinek: {one.row.name} – {other.row.name}"
            yield self._mention(one.first, other.last, MentionKind.SECTION, label, self._between(one.row, other.row))

    def _between(self, one: PlaceName, other: PlaceName) -> Place:
        """Give the line between two places; without both positions, their common commune as a whole."""
        words = f"{one.name} – {other.name}"
        commune = self.book.commune_of(one)
        if (one.lon is None or other.lon is None) and commune is not None and commune is self.book.commune_of(other):
            return replace(_whole(commune), words=words)
        ends = [queries.place_of(row) for row in (one, other)]
        line = shapely.LineString([end.lon_lat for end in ends])
        if not line.length:
            return replace(max(ends, key=lambda end: end.accuracy_m), words=words)
        place = Place.from_mapping({"type": "LineString", "coordinates": list(line.coords)}, 1.0, words)
        return replace(
            place, accuracy_m=max(*(end.accuracy_m for end in ends), place.metres.length * LEAST_SECTION_SHARE)
        )

    # Streets, lakes, spots, communes

    def _street_mentions(self) -> Iterator[Mention]:
        for street in self.streets:
            if (row := self._town_of(street.first, street.last)) is not None:
                kind = MentionKind.CROSSING if street.is_crossing else MentionKind.STREET
                yield self._within(street.first, street.last, kind, street.label, row)

    def _feature_mentions(self) -> Iterator[Mention]:
        for feature in self.features:
            if feature.kind is FeatureKind.COMMUNE:
                yield from self._commune_mention(feature)
            elif feature.kind is FeatureKind.WATER:
                yield from self._water_mention(feature)
        yield from islice(self._spot_mentions(), MOST_SPOTS)

    def _spot_mentions(self) -> Iterator[Mention]:
        """Offer "w parku" where nothing else was named; of what a town has several, none is meant for certain."""
        venue = self.book.venue
        if venue is None or self.streets or self.towns:
            return
        for feature in self.features:
            if feature.kind is FeatureKind.SPOT and not (
                venue.sort == TOWN and feature.label in features.SEVERAL_IN_A_TOWN
            ):
                yield self._within(feature.first, feature.last, MentionKind.SPOT, feature.label, venue)

    def _within(self, first: int, last: int, kind: MentionKind, label: str, row: PlaceName) -> Mention:
        """Offer what is known only by its town, with the reach of the town as its accuracy."""
        place = replace(queries.place_of(row), words=f"{label} ({row.name})")
        return self._mention(first, last, kind, f"{label}, {row.name}", place)

    def _town_of(self, first: int, last: int) -> PlaceName | None:
        """Find the town that something lies in: named right after it, or before it, or anywhere; else the venue's."""
        lies_in = [town for town in self.towns if self._says_where(town)]
        after = [town for town in lies_in if 0 < town.first - last <= MOST_WORDS_TO_TOWN]
        before = [town for town in lies_in if town.last < first]
        town = next(iter(after), None) or next(reversed(before), None) or next(iter(lies_in), None)
        return town.row if town is not None else self.book.venue

    def _says_where(self, town: _Town) -> bool:
        """Tell "w Orchowie" and "Orchowo, ul. Lipowa" from "w stronę Orchowa"."""
        before = self.said.before(town.first)
        return before in {"w", "we"} or before in sentences.INTRODUCERS or before not in sentences.PREPOSITIONS

    def _water_mention(self, feature: Feature) -> Iterator[Mention]:
        """Offer a lake with the whole commune of the town it is called after, else of the town it is near."""
        after = self.book.named(inflection.term_of_adjective(feature.name[-1].folded))
        row = next(iter(after), None) or self._town_of(feature.first, feature.last)
        if (commune := self.book.commune_of(row)) is not None:
            place = replace(_whole(commune), words=feature.label)
            label = f"{feature.label}, gmina {commune.name}"
            yield self._mention(feature.first, feature.last, MentionKind.WATER, label, place)
        elif row is not None:
            yield self._within(feature.first, feature.last, MentionKind.WATER, feature.label, row)

    def _commune_mention(self, feature: Feature) -> Iterator[Mention]:
        called = self.book.commune_called(feature)
        if called is not None:
            region, size = called
        elif feature.name or (found := self.book.commune_of(self.book.venue)) is None:
            return
        else:
            region, size = found, 0
        yield self._mention(
            feature.first, feature.first + size, MentionKind.COMMUNE, f"cała gmina {region.name}", _whole(region)
        )

    def _mention(self, first: int, last: int, kind: MentionKind, label: str, place: Place) -> Mention:
        start, end = self.said.words[first].start, self.said.words[last].end
        return Mention(start, end, self.said.text[start:end], kind, label, place)


_ROADS = ("drog", "drodz", "tras", "odcin", "szos", "jezdni", "chodnik", "sciezk")


def _sort(row: PlaceName) -> tuple[bool, int]:
    return bool(row.part_of), queries.sort_rank(row.sort)


def _whole(region: Region) -> Place:
    return Place.whole(PlaceKind.COMMUNE, region.code, region.lon, region.lat, region.reach_m, f"gmina {region.name}")


def _label(row: PlaceName) -> str:
    """Say what sort of place it is and where: "Zagórów, miasto, gmina Zagórów"."""
    sort = f"{row.sort} {row.part_of}" if row.part_of else row.sort
    return ", ".join(filter(None, (row.name, sort, f"gmina {row.commune_name}" if row.commune_name else "")))
