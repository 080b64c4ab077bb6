"""Many voices as numpy columns: what joining and counting read, for one voice or for a million."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
PLANES = ("police_records", "direct_contact", "online")

Column = NDArray[Any]


@dataclass(eq=False)
class Codes:
    """Short texts as numbers: the n-th different text has the number n; None is -1."""

    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str | None) -> int:
        """Give the number of a text, a new one when it is new."""
        if text is None:
            return -1
        if text not in self.numbers:
            self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return self.numbers[text]

    def text(self, number: int) -> str | None:
        """Give the text of a number."""
        return None if number < 0 else self.texts[number]


@dataclass(frozen=True, eq=False)
class Table:
    """Voices in the order of their keys, a numpy array for each column of `observations.queries.COLUMNS`.

    `start_day` and `end_day` are days since 1970-01-01 UTC; `voice` is one number for each independent voice;
    `category`, `group`, `district` and `commune` are numbers of the codes beside them.
    """

    id: Column
    order_key: Column
    category: Column
    group: Column
    start_day: Column
    end_day: Column
    weekdays: Column
    times_of_day: Column
    voices: Column
    voice: Column
    plane: Column
    words_mask: Column
    street_code: Column
    accuracy_m: Column
    lon: Column
    lat: Column
    x: Column
    y: Column
    has_spot: Column
    extent_m: Column
    district: Column
    commune: Column
    categories: Codes
    groups: Codes
    districts: Codes
    communes: Codes

    @classmethod
    def of(cls, partitions: Iterable[Sequence[Any]]) -> Self:
        """Make columns of rows that come in parts, so that no two copies of a million rows stand in memory."""
        codes = {name: Codes() for name in ("categories", "groups", "districts", "communes")}
        parts = [_arrays(rows, codes) for rows in partitions if rows] or [_arrays([], codes)]
        names = [entry.name for entry in fields(cls) if entry.name not in codes]
        columns: dict[str, Any] = {name: _one([part[name] for part in parts]) for name in names}
        columns.update(codes)
        return cls(**columns)

    def __len__(self) -> int:
        return len(self.id)


def _one(parts: Sequence[Column]) -> Column:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _arrays(rows: Sequence[Any], codes: dict[str, Codes]) -> dict[str, Column]:
    def ints(values: Iterable[Any]) -> Column:
        return np.fromiter(values, dtype=np.int64, count=len(rows))

    def floats(values: Iterable[Any]) -> Column:
        return np.fromiter(values, dtype=np.float64, count=len(rows))

    return {
        "id": ints(row.id for row in rows),
        "order_key": ints(row.order_key for row in rows),
        "category": ints(codes["categories"].number(row.category_code) for row in rows),
        "group": ints(codes["groups"].number(row.group_code) for row in rows),
        "start_day": floats(row.observed_from.timestamp() / DAY_S for row in rows),
        "end_day": floats(row.observed_to.timestamp() / DAY_S for row in rows),
        "weekdays": ints(row.weekdays for row in rows),
        "times_of_day": ints(row.times_of_day for row in rows),
        "voices": ints(row.voices for row in rows),
        "voice": ints(_voice(row) for row in rows),
        "plane": ints(PLANES.index(row.plane) for row in rows),
        "words_mask": ints(row.words_mask for row in rows),
        "street_code": ints(row.street_code for row in rows),
        "accuracy_m": floats(row.accuracy_m for row in rows),
        "lon": floats(row.lon for row in rows),
        "lat": floats(row.lat for row in rows),
        "x": floats(row.x for row in rows),
        "y": floats(row.y for row in rows),
        "has_spot": np.fromiter((row.cell is not None for row in rows), dtype=np.bool_, count=len(rows)),
        "extent_m": floats(row.extent_m for row in rows),
        "district": ints(codes["districts"].number(row.district_code) for row in rows),
        "commune": ints(codes["communes"].number(row.commune_code) for row in rows),
    }


def _voice(row: Any) -> int:
    """Number an independent voice: by its key where it has one, else each observation is a voice of its own."""
    if row.voice_key is None:
        return -int(row.id) - 1
    return int(row.voice_key[:15], 16) if _is_hex(row.voice_key[:15]) else _spread(row.voice_key)


def _is_hex(text: str) -> bool:
    return len(text) == 15 and all(character in "0123456789abcdef" for character in text)


def _spread(text: str) -> int:
    """Turn any key into a number that is the same on every machine (FNV-1a, 63 bits)."""
    number = 0xCBF29CE484222325
    for byte in text.encode():
        number = ((number ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return number >> 1
