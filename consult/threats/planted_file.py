"""Reading voices whose true threats are known: a CSV file, also packed with gzip, for `flask threats evaluate`.

Columns: id, lon, lat, observed_at (ISO 8601), category, category_group, source, text, truth; `accuracy_m` if known.
Category, group, source and truth are any texts. Every row is read strictly; one faulty row refuses the file.
"""

import csv
import gzip
import io
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from consult import words
from consult.geo import arrays_to_metres, in_poland
from consult.observations.table import DAY_S, Codes
from consult.threats.linking import Integers, KeysRepeat, Voices

COLUMNS = ("id", "lon", "lat", "observed_at", "category", "category_group", "source", "text", "truth")
MAX_ROWS = 10_000_000
CLAIMED_M = 50.0
"""What every place is taken to be exact to before anything was learnt; the file need not say."""

REACH_M = 300.0
"""One radius for all: the file's categories are any texts, so the catalogue's radii do not apply."""

_GZIP = b"\x1f\x8b"


class FileRefused(Exception):
    """The file cannot be used; the sentence says why, and in which row where it is a row."""


@dataclass(frozen=True, eq=False)
class Planted:
    """Voices, the number of the source of each, the names of the sources, and the number of the true threat."""

    voices: Voices
    source: Integers
    sources: tuple[str, ...]
    truth: Integers


@dataclass
class _Columns:
    """The columns while they are read: a number a row in each, so that a million rows are no objects."""

    ids: list[str] = field(default_factory=list)
    numbers: dict[str, "array[Any]"] = field(
        default_factory=lambda: {
            name: array(kind)
            for name, kind in (("lon", "d"), ("lat", "d"), ("day", "d"), ("accuracy_m", "d"), ("category", "q"),
                               ("group", "q"), ("source", "q"), ("truth", "q"), ("words", "q"), ("street", "q"))
        }
    )  # fmt: skip
    codes: dict[str, Codes] = field(
        default_factory=lambda: {name: Codes() for name in ("category", "group", "source", "truth")}
    )

    def add(self, row: dict[str, str]) -> None:
        """Take one row in; raise ValueError with what is wrong."""
        lon, lat = _number(row, "lon"), _number(row, "lat")
        if not in_poland(lon, lat):
            raise ValueError(f"{lon}, {lat} does not lie in Poland")
        accuracy = _number(row, "accuracy_m") if row.get("accuracy_m") else CLAIMED_M
        if accuracy <= 0:
            raise ValueError("accuracy_m is not above 0")
        self.ids.append(row["id"])
        told = {
            "lon": lon,
            "lat": lat,
            "day": _moment(row["observed_at"]).timestamp() / DAY_S,
            "accuracy_m": accuracy,
            "category": self.codes["category"].number(row["category"]),
            "group": self.codes["group"].number(row["category_group"]),
            "source": self.codes["source"].number(row["source"]),
            "truth": self.codes["truth"].number(row["truth"]),
            "words": words.mask(words.stems(row["text"])),
            "street": words.street_code(row["text"]),
        }
        for name, value in told.items():
            self.numbers[name].append(value)

    def planted(self) -> Planted:
        """Make the columns that joining reads."""
        columns = {name: np.array(numbers) for name, numbers in self.numbers.items()}
        x, y = arrays_to_metres(columns["lon"], columns["lat"])
        voices = Voices.of(
            key=_keys(self.ids),
            x=x,
            y=y,
            accuracy_m=columns["accuracy_m"],
            reach_m=REACH_M,
            category=columns["category"],
            group=columns["group"],
            start_day=columns["day"],
            end_day=columns["day"],
            words=columns["words"],
            street=columns["street"],
        )
        return Planted(voices, columns["source"], tuple(self.codes["source"].texts), columns["truth"])


def read(path: Path) -> Planted:
    """Read a file, or raise FileRefused."""
    columns = _Columns()
    with _rows(path) as rows:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise FileRefused(f"the header lacks {', '.join(missing)}")
        for number, row in enumerate(rows, start=2):
            if number > MAX_ROWS:
                raise FileRefused(f"more than {MAX_ROWS:,} rows")
            if None in row.values():
                raise FileRefused(f"row {number}: too few fields")
            try:
                columns.add(row)
            except ValueError as fault:
                raise FileRefused(f"row {number}: {fault}") from None
    if not columns.ids:
        raise FileRefused("no rows")
    planted = columns.planted()
    try:
        _ = planted.voices.rank
    except KeysRepeat:
        raise FileRefused("two rows have the same id") from None
    return planted


@contextmanager
def _rows(path: Path) -> Iterator["csv.DictReader[str]"]:
    """Open a plain or a packed file; what cannot be read is refused."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            yield csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
    except UnicodeDecodeError:
        raise FileRefused("the text is not UTF-8") from None
    except (csv.Error, EOFError, OSError, zlib.error) as fault:
        raise FileRefused(f"cannot be read: {fault}") from None


def _number(row: dict[str, str], name: str) -> float:
    try:
        return float(row[name])
    except ValueError:
        raise ValueError(f"{name} is no number") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("observed_at is no date and time such as 2026-05-21T05:57:10") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _keys(ids: list[str]) -> np.ndarray[Any, Any]:
    """Order voices by their ids: as numbers where all are numbers, else as texts."""
    try:
        return np.array(ids, dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(ids)
