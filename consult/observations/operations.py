"""Writing down a voice, taking it back. Only `threats.operations` calls this: no voice stays outside the joining."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import insert, select

from consult import geo, words
from consult.catalogue.models import Category
from consult.clock import now
from consult.db import db
from consult.districts import queries as districts
from consult.geo import Place
from consult.observations import counting
from consult.observations.models import Observation, Plane

BATCH = 5_000


@dataclass(frozen=True)
class Voice:
    """What a door knows of one voice about one place. Times are aware moments, masks those of `consult.period`."""

    source: str
    source_key: str
    plane: Plane
    category: Category
    place: Place
    observed_from: datetime
    observed_to: datetime
    weekdays: int = 0
    times_of_day: int = 0
    voices: int = 1
    voice_key: str | None = None
    text: str = ""


def record(voice: Voice, located: districts.Located) -> Observation:
    """Add the row of a voice whose district is known."""
    observation = Observation(**_columns(voice, located))
    db.session.add(observation)
    db.session.flush()  # the link that follows needs the row's id
    counting.count(counting.of_observation(observation))
    return observation


def record_many(voices: Sequence[Voice]) -> int:
    """Add the rows of many voices at once, those already there left alone; return how many are new.

    Raises PlaceRefused when a place lies in no district.
    """
    return sum(_record_part(voices[start : start + BATCH]) for start in range(0, len(voices), BATCH))


def _record_part(voices: Sequence[Voice]) -> int:
    known = _known(voices)
    fresh = [voice for voice in voices if (voice.source, voice.source_key) not in known]
    located = districts.containing_each([voice.place for voice in fresh])
    rows = [_columns(voice, located) for voice, located in zip(fresh, located, strict=True)]
    if rows:
        # Rows with and without a commune go in one statement.
        db.session.execute(insert(Observation).execution_options(render_nulls=True), rows)
    for row in rows:
        counting.count(counting.of_columns(row))
    return len(rows)


def withdraw(observation: Observation) -> None:
    """Let a voice that stands count no longer; its row stays."""
    observation.withdrawn_at = now()
    counting.count(counting.of_observation(observation), -1)


def restore(observation: Observation) -> None:
    """Let a withdrawn voice stand again."""
    observation.withdrawn_at = None
    counting.count(counting.of_observation(observation))


def _known(voices: Sequence[Voice]) -> set[tuple[str, str]]:
    """Tell which of these voices are there, by source and key."""
    keys: dict[str, list[str]] = {}
    for voice in voices:
        keys.setdefault(voice.source, []).append(voice.source_key)
    known = set()
    for source, named in keys.items():
        chosen = select(Observation.source_key).where(Observation.source == source, Observation.source_key.in_(named))
        known |= {(source, key) for key in db.session.scalars(chosen)}
    return known


def _columns(voice: Voice, located: districts.Located) -> dict[str, Any]:
    place = voice.place
    lon, lat = place.lon_lat
    x, y = place.x_y
    return {
        "source": voice.source,
        "source_key": voice.source_key,
        "order_key": order_key(voice.source, voice.source_key),
        "plane": voice.plane,
        "category_code": voice.category.code,
        "group_code": voice.category.join_group,
        "observed_from": voice.observed_from,
        "observed_to": voice.observed_to,
        "weekdays": voice.weekdays,
        "times_of_day": voice.times_of_day,
        "voices": voice.voices,
        "voice_key": voice.voice_key,
        "words": voice.text,
        "words_mask": words.mask(words.stems(voice.text)),
        "street_code": words.street_code(voice.text or place.words),
        "place": place,
        "accuracy_m": place.accuracy_m,
        "lon": lon,
        "lat": lat,
        "x": x,
        "y": y,
        "cell": None if place.is_whole_area else geo.cell(x, y),
        "extent_m": _extent_m(place, x, y),
        "district_code": located.district,
        "commune_code": located.commune,
        "border_m": located.border_m,
        "neighbour_code": located.neighbour,
        "boundary_digest": located.digest,
        "admitted_at": now(),
    }


def _extent_m(place: Place, x: float, y: float) -> float:
    if place.kind not in {geo.PlaceKind.LINE, geo.PlaceKind.AREA}:
        return 0.0
    west, south, east, north = shapely.bounds(place.metres)
    return float(max(x - west, east - x, y - south, north - y))


def order_key(source: str, source_key: str) -> int:
    """Draw a number of 63 bits from a natural key: it orders voices alike in whichever order they came."""
    digest = hashlib.sha256(f"{source}:{source_key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
