"""Searching the gazetteer: the reader's own district first, in any grammatical case, and positions typed as numbers."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.db import db
from consult.geo import Place, PlaceFault, PlaceKind, PlaceRefused, eighth, in_poland, to_metres
from consult.places import inflection
from consult.places.inflection import Term
from consult.places.models import PlaceName
from consult.places.sentences import sentence
from consult.places.streets import streets
from consult.web.place_field import Found

MOST_CANDIDATES = 150
MOST_STEMS = 4_000
LEAST_LIKENESS = 0.55
SHORTEST_PREFIX = 2
SHORTEST_WORD = 3
LONGEST_QUERY = 1_000
DEGREE_M = 111_000
EXACTEST_M = 30.0
LONGEST_ADDRESS = 8
"""Words: a longer text is somebody's sentence, of which not every word is a place."""

ONE_PLACE_M = 2_000
"""So near, two rows of one name in one commune are one village by two sources."""

SIDES = (
    _l("in the north of the commune"),
    _l("in the north-east of the commune"),
    _l("in the east of the commune"),
    _l("in the south-east of the commune"),
    _l("in the south of the commune"),
    _l("in the south-west of the commune"),
    _l("in the west of the commune"),
    _l("in the north-west of the commune"),
)
"""Clockwise from the north."""

WHOLE_PLACES = ("miasto", "wieś", "osada")

_SORT_RANKS = {"miasto": 0, "wieś": 1, "osada": 2, "kolonia": 3, "przysiółek": 4, "osada leśna": 5}
_NUMBER = r"(-?\d{1,3}(?:[.,]\d{1,10})?)\s*°?\s*[NSEWnsew]?"
_POSITION = re.compile(rf"\s*{_NUMBER}(?:\s*[,;]\s*|\s+){_NUMBER}\s*")


def search(words: str, district: str | None = None, limit: int = 8) -> list[Found]:
    """Find the places that words may mean, those of the reader's district first; at most `limit`.

    Raises PlaceRefused when the words are the numbers of a position outside Poland.
    """
    text = words[:LONGEST_QUERY]
    spot = _typed(text)
    if spot is not None:
        return [spot]
    terms = inflection.terms(text)
    if not terms:
        return []
    rows = _candidates(terms, district)
    ranked = [(rank, row) for row in rows if (rank := _rank(row, terms, district)) is not None]
    places = _each_once(row for _rank_of_row, row in sorted(ranked, key=lambda pair: pair[0]))
    return _told_apart(places[:limit])


def not_found(words: str, found: Sequence[Found]) -> str:
    """Give what of a search none of the found places answers to, as typed: "ul. Lipowa 5" of "Widawa, ul. Lipowa 5".

    Nothing when one of them answers to all of it. Of a longer text only its streets, since the gazetteer has none.
    """
    text = words[:LONGEST_QUERY]
    if _typed(text) is not None:
        return ""
    if len(text.split()) > LONGEST_ADDRESS:
        return ", ".join(street.label for street in streets(sentence(text)))
    rests = [inflection.rest(text, f"{place.label} {place.sublabel}") for place in found]
    return rests[0] if rests and all(rests) else ""


def towns_within(bounds: tuple[float, float, float, float], limit: int = 40) -> Sequence[PlaceName]:
    """List towns and villages in a frame of degrees (west, south, east, north), the most populous first."""
    west, south, east, north = bounds
    query = select(PlaceName).where(PlaceName.lon.between(west, east), PlaceName.lat.between(south, north))
    whole = query.where(PlaceName.sort.in_(WHOLE_PLACES), PlaceName.population.is_not(None))
    populous = whole.order_by(PlaceName.population.desc(), PlaceName.id)
    return db.session.scalars(populous.limit(limit)).all()


def named_within(bounds: tuple[float, float, float, float], limit: int = 60) -> Sequence[PlaceName]:
    """List everything that has a name and a position in a frame of degrees, towns first, then the most populous."""
    west, south, east, north = bounds
    inside = select(PlaceName).where(PlaceName.lon.between(west, east), PlaceName.lat.between(south, north))
    populous = (PlaceName.population.is_(None), PlaceName.population.desc(), PlaceName.part_of, PlaceName.id)
    found = db.session.scalars(inside.order_by(*populous).limit(limit)).all()
    return sorted(found, key=lambda row: (sort_rank(row.sort), -(row.population or 0), row.id))


def named(terms: Iterable[Term], district_codes: Sequence[str]) -> Sequence[PlaceName]:
    """List the places of some districts that the terms may name; of very many terms, all places there are."""
    stems = sorted({stem for term in terms for stem in term.stems})
    if not stems or not district_codes:
        return []
    known = or_(PlaceName.lon.is_not(None), PlaceName.area_lon.is_not(None))
    within = select(PlaceName).where(PlaceName.district_code.in_(district_codes), known).order_by(PlaceName.id)
    narrowed = within.where(PlaceName.stem.in_(stems)) if len(stems) <= MOST_STEMS else within
    return db.session.scalars(narrowed).all()


def newest() -> int:
    """Number the newest name: what was drawn from the gazetteer is old when this is another."""
    return db.session.scalar(select(func.max(PlaceName.id))) or 0


# Candidates


def _candidates(terms: Sequence[Term], district: str | None) -> list[PlaceName]:
    """Read what may be meant: in the own district all that fits, elsewhere the larger places of it."""
    alike, begun = _alike(terms), _begun(terms)
    known = or_(PlaceName.lon.is_not(None), PlaceName.area_lon.is_not(None))
    own = _read(and_(PlaceName.district_code == district, known, or_(alike, begun))) if district else []
    elsewhere = [row for part in (alike, begun) for row in _read(and_(part, known))]
    return list({row.id: row for row in (*own, *elsewhere)}.values())


def _alike(terms: Sequence[Term]) -> ColumnElement[bool]:
    stems = sorted({stem for term in terms for stem in term.stems})
    return PlaceName.stem.in_(stems)


def _begun(terms: Sequence[Term]) -> ColumnElement[bool]:
    """Match names that the whole query begins: as written, or its stem with further words."""
    whole = terms[0]
    if len(whole.words) < SHORTEST_PREFIX:
        return false()
    ranges = [
        _from(PlaceName.folded, whole.words),
        *(_from(PlaceName.stem, f"{stem} ") for stem in sorted(whole.stems)),
    ]
    return or_(*ranges)


def _from(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """Match texts that begin with a prefix, as a range of the index."""
    return and_(column >= prefix, column < prefix + "\x7f")


def _read(condition: ColumnElement[bool]) -> Iterable[PlaceName]:
    order = (PlaceName.population.is_(None), PlaceName.population.desc(), PlaceName.part_of, PlaceName.id)
    return db.session.scalars(select(PlaceName).where(condition).order_by(*order).limit(MOST_CANDIDATES))


# Order


def _rank(row: PlaceName, terms: Sequence[Term], district: str | None) -> tuple[object, ...] | None:
    """Say where a row stands in the list; None when it is only by chance alike."""
    fit = min((fit for term in terms if (fit := _fit(row, term, is_whole=term is terms[0])) is not None), default=None)
    if fit is None:
        return None
    far = district is not None and row.district_code != district
    sort = sort_rank(row.sort)
    return far, *fit, bool(row.part_of), sort, -(row.population or 0), row.lon is None, row.name, row.id


def _fit(row: PlaceName, term: Term, *, is_whole: bool) -> tuple[int, int, float] | None:
    """Tell how well a row fits a term: more words first, then exactly, by stem, by its beginning."""
    size = -len(term.words.split())
    if row.folded == term.words:
        return size, 0, 0.0
    if row.stem in term.stems and len(term.words) >= SHORTEST_WORD:
        alike = inflection.likeness(term.words, row.folded)
        if alike >= LEAST_LIKENESS:
            return size, 1, -round(alike, 2)
    return (size, 2, 0.0) if is_whole and _begins(row, term) else None


def _begins(row: PlaceName, term: Term) -> bool:
    return row.folded.startswith(term.words) or any(row.stem.startswith(f"{stem} ") for stem in term.stems)


# What is found


def _each_once(rows: Iterable[PlaceName]) -> list[PlaceName]:
    """Join what is one place by two sources, or two names of which nobody could tell which is where."""
    kept: dict[tuple[str, ...], list[PlaceName]] = {}
    places = []
    for row in rows:
        alike = kept.setdefault((row.folded, row.sort, row.part_of, row.commune_code or row.district_code), [])
        if not any(_is_one_place(row, other) for other in alike):
            alike.append(row)
            places.append(row)
    return places


def _is_one_place(row: PlaceName, other: PlaceName) -> bool:
    """Tell whether two rows of one name in one commune are one place; a row without a position may be any of them."""
    if row.lon is None or row.lat is None or other.lon is None or other.lat is None:
        return True
    return math.dist(to_metres(row.lon, row.lat), to_metres(other.lon, other.lat)) < ONE_PLACE_M


def _told_apart(rows: Sequence[PlaceName]) -> list[Found]:
    """Give rows as places found; those that would read alike say in which part of the commune they lie, or where."""
    found = [_found(row, _sublabel(row)) for row in rows]
    for more in (_part_of_commune, _position_in_words):
        read = Counter((one.label, one.sublabel) for one in found)
        found = [
            _found(row, ", ".join(filter(None, (one.sublabel, more(row)))))
            if read[one.label, one.sublabel] > 1
            else one
            for row, one in zip(rows, found, strict=True)
        ]
    return found


def _found(row: PlaceName, sublabel: str) -> Found:
    return Found(f"{row.source}-{row.source_key}", row.name, sublabel, place_of(row))


def _part_of_commune(row: PlaceName) -> str:
    """Say on which side of the commune's middle a place lies; nothing when one of both is not known."""
    if row.lon is None or row.lat is None or row.area_lon is None or row.area_lat is None:
        return ""
    x, y = to_metres(row.lon, row.lat)
    middle_x, middle_y = to_metres(row.area_lon, row.area_lat)
    return str(SIDES[eighth(x - middle_x, y - middle_y)])


def _position_in_words(row: PlaceName) -> str:
    return "" if row.lon is None or row.lat is None else f"{row.lat:.3f}° N, {row.lon:.3f}° E"


def sort_rank(sort: str) -> int:
    """Order the sorts of places, towns first."""
    return _SORT_RANKS.get(sort, 9)


def place_of(row: PlaceName) -> Place:
    """Give the place's own position, or its whole commune (or district) under its name."""
    if row.lon is not None and row.lat is not None:
        return Place.point(row.lon, row.lat, row.accuracy_m, row.name)
    assert row.area_lon is not None
    assert row.area_lat is not None
    kind = PlaceKind.COMMUNE if len(row.commune_code) > 4 else PlaceKind.DISTRICT
    code = row.commune_code or row.district_code
    return Place.whole(kind, code, row.area_lon, row.area_lat, row.accuracy_m, row.name)


def _sublabel(row: PlaceName) -> str:
    """Say what sort of place it is and where: "wieś, gmina Zagórów, powiat słupecki"."""
    sort = f"{row.sort} {row.part_of}" if row.part_of else row.sort
    commune = f"gmina {row.commune_name}" if row.commune_name and row.sort != "miasto" else ""
    position = _("shown at its commune") if row.lon is None else ""
    return ", ".join(part for part in (sort, commune, row.district_name, position) if part)


# Positions typed as numbers


def _typed(text: str) -> Found | None:
    """Read "51.59, 19.13": latitude and longitude in either order, since in Poland they cannot be confused.

    Raises PlaceRefused for a position elsewhere; whole numbers alone may be anything and are no position.
    """
    match = _POSITION.fullmatch(" ".join(text.split()))  # many blanks could be divided in very many ways
    if match is None:
        return None
    first, second = (float(number.replace(",", ".")) for number in match.groups())
    lon, lat = (second, first) if in_poland(second, first) else (first, second)
    if not in_poland(lon, lat):
        if all(re.search("[.,]", number) for number in match.groups()):
            raise PlaceRefused(PlaceFault.OUTSIDE_POLAND, f"{lat}, {lon}")
        return None
    decimals = min(len(re.sub(r"^-?\d+[.,]?", "", number)) for number in match.groups())
    accuracy_m = max(EXACTEST_M, round(DEGREE_M / 2 * 10.0**-decimals))
    label = f"{lat}, {lon}"
    return Found(f"position-{lat}-{lon}", label, _("latitude and longitude"), Place.point(lon, lat, accuracy_m, label))
