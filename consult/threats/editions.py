"""Threats as a table in a file: CSV, Excel, GeoJSON (RFC 7946) and GeoPackage (OGC 12-128r19).

Rows come one by one and go straight into the file, so that fifty thousand need no more memory than a few. A
spreadsheet takes what begins with one of a few signs for a formula; in these files it is text.
"""

import csv
import io
import json
import re
import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO, Any

IN_MEMORY = 1024 * 1024
"""A file up to so many bytes is never on disk; beyond, it lies there without a name."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DECIMALS = 6
WGS84 = 4326
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A threat as a row: codes beside names, days of Europe/Warsaw. A whole area has no position."""

    id: int
    category: str
    category_name: str
    status: str
    status_name: str
    status_since: date
    planes: str
    observations: int
    independent_voices: int
    first_on: date
    last_on: date
    district: str
    district_name: str
    commune: str
    commune_name: str
    lon: float | None
    lat: float | None
    accuracy_m: int | None
    answer: str
    url: str

    @property
    def facts(self) -> dict[str, Any]:
        """The row by the names of its columns, days as text."""
        return {name: plain_value(getattr(self, name)) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(Line))
POSITION = ("lon", "lat")


def plain_value(value: Any) -> Any:
    """Give a value as a cell or JSON holds it: days as text, positions rounded, nothing that no file may hold."""
    if isinstance(value, str):
        return value if value.isprintable() else printable(value)
    if isinstance(value, date):
        return value.isoformat()
    return round(value, DECIMALS) if isinstance(value, float) else value


def printable(text: str) -> str:
    """Replace what no XML and no cell may hold by U+FFFD."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def guarded(text: str) -> str:
    """Keep a spreadsheet from computing a text."""
    return f"'{text}" if text.startswith(FORMULA) else text


def written_csv(lines: Iterable[Line]) -> IO[bytes]:
    """Write the threats as a table that a Polish spreadsheet opens."""
    return written_table(COLUMNS, (line.facts.values() for line in lines))


def written_table(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> IO[bytes]:
    """Write any table that a Polish spreadsheet opens: UTF-8 with its mark, semicolons, decimal commas."""

    def write(file: IO[bytes]) -> None:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text, delimiter=";")
        writer.writerow(columns)
        writer.writerows([_csv_cell(value) for value in row] for row in rows)
        text.detach()

    return _written(write)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.{DECIMALS}f}".replace(".", ",")
    return guarded(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, the headings of its columns, and its rows."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Iterable[Any]]


def written_workbook(lines: Iterable[Line], headings: Mapping[str, str]) -> IO[bytes]:
    """Write the threats as a workbook with one sheet, its columns headed in the reader's words."""
    rows = (line.facts.values() for line in lines)
    return written_sheets([Sheet("Zagrożenia", [headings[name] for name in COLUMNS], rows)])


def written_sheets(sheets: Iterable[Sheet]) -> IO[bytes]:
    """Write a workbook; what looks like a formula is text in it."""
    from openpyxl import Workbook  # it takes a while to load and few pages need it

    def write(file: IO[bytes]) -> None:
        book = Workbook(write_only=True)
        try:
            for sheet in sheets:
                page = book.create_sheet(_sheet_name(sheet.name))
                page.freeze_panes = "A2"
                page.append([_sheet_cell(page, heading) for heading in sheet.headings])
                for row in sheet.rows:
                    page.append([_sheet_cell(page, value) for value in row])
        finally:
            book.save(file)  # when a row fails, too: only saving clears the library's own files away

    return _written(write)


def _sheet_name(name: str) -> str:
    """Bring a name into what a spreadsheet takes: at most 31 characters, none of which mean something in formulas."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip()


def _sheet_cell(page: Any, value: Any) -> Any:
    """Make a cell; a text that begins with = is text as well, no formula."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page, value or None)
    if value:
        cell.data_type = "s"
    return cell


def written_geojson(lines: Iterable[Line]) -> IO[bytes]:
    """Write a FeatureCollection; what has no position is a feature without a geometry, as RFC 7946 (3.2) allows."""

    def write(file: IO[bytes]) -> None:
        file.write(b'{"type": "FeatureCollection", "features": [')
        for number, line in enumerate(lines):
            feature = json.dumps(_feature(line), ensure_ascii=False, allow_nan=False)
            file.write((",\n" if number else "\n").encode() + feature.encode())
        file.write(b"\n]}\n")

    return _written(write)


def _feature(line: Line) -> dict[str, Any]:
    facts = line.facts
    lon, lat = (facts.pop(name) for name in POSITION)
    geometry = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": line.id, "geometry": geometry, "properties": facts}


# GeoPackage

_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE threats (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, id INTEGER, category TEXT,
    category_name TEXT, status TEXT, status_name TEXT, status_since DATE, planes TEXT, observations INTEGER,
    independent_voices INTEGER, first_on DATE, last_on DATE, district TEXT, district_name TEXT, commune TEXT,
    commune_name TEXT, lon DOUBLE, lat DOUBLE, accuracy_m INTEGER, answer TEXT, url TEXT);
"""
_INSERT = """
INSERT INTO threats (geom, id, category, category_name, status, status_name, status_since, planes, observations,
    independent_voices, first_on, last_on, district, district_name, commune, commune_name, lon, lat, accuracy_m, answer,
    url)
VALUES (:geom, :id, :category, :category_name, :status, :status_name, :status_since, :planes, :observations,
    :independent_voices, :first_on, :last_on, :district, :district_name, :commune, :commune_name, :lon, :lat,
    :accuracy_m, :answer, :url)
"""
_CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id)
SELECT 'threats', 'features', 'threats', min(lon), min(lat), max(lon), max(lat), 4326 FROM threats
"""
_DEFINITION = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84", WGS84, "EPSG", WGS84, _DEFINITION, "longitude and latitude in degrees"),
)
APPLICATION_ID = "PRAGMA application_id = 1196444487"
"""The letters GPKG."""

VERSION = "PRAGMA user_version = 10300"


def written_geopackage(lines: Iterable[Line]) -> IO[bytes]:
    """Write a GeoPackage with one layer of points. SQLite needs a name while it writes; afterwards there is none."""
    with TemporaryDirectory(prefix="consult-geopackage-") as folder:
        path = Path(folder) / "threats.gpkg"
        connection = sqlite3.connect(path)
        try:
            _fill(connection, lines)
        finally:
            connection.close()
        return path.open("rb")


def _fill(connection: sqlite3.Connection, lines: Iterable[Line]) -> None:
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(APPLICATION_ID)
    connection.execute(VERSION)
    connection.executescript(_TABLES)
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
    connection.executemany(_INSERT, _features(lines))
    connection.execute(_CONTENTS)
    connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('threats', 'geom', 'POINT', 4326, 0, 0)")
    connection.commit()


def _features(lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    for line in lines:
        facts = line.facts
        yield {"geom": _geometry(facts["lon"], facts["lat"]), **facts}


def _geometry(lon: float | None, lat: float | None) -> bytes | None:
    """Write a point: GeoPackage's header (little-endian, without envelope), then well-known binary."""
    if lon is None or lat is None:
        return None
    return struct.pack("<2sBBi", b"GP", 0, 1, WGS84) + struct.pack("<BIdd", 1, 1, lon, lat)


def _written(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """Let a file be written and give it from its start; when the writing fails, nothing of it is left."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # whoever sends it closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


@dataclass(frozen=True)
class Edition:
    """A format of the table: how it is written, how many rows it takes, and about how long it gets.

    The sizes are those of the demonstration: bytes of an empty file and of one more row.
    """

    mimetype: str
    most_rows: int
    empty_bytes: int
    row_bytes: int
    write: Callable[[Iterable[Line], Mapping[str, str]], IO[bytes]]

    def bytes_about(self, rows: int) -> int:
        """Estimate the size of a file."""
        return self.empty_bytes + rows * self.row_bytes


EDITIONS: dict[str, Edition] = {
    "csv": Edition("text/csv", 50_000, 200, 300, lambda lines, _headings: written_csv(lines)),
    "xlsx": Edition(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 10_000, 5_250, 115, written_workbook
    ),
    "geojson": Edition("application/geo+json", 50_000, 60, 670, lambda lines, _headings: written_geojson(lines)),
    "gpkg": Edition(
        "application/geopackage+sqlite3", 50_000, 41_000, 345, lambda lines, _headings: written_geopackage(lines)
    ),
}


def formats_for(rows: int) -> Sequence[tuple[str, int]]:
    """List the formats that take so many rows, each with about how many bytes the file has."""
    return [(name, edition.bytes_about(rows)) for name, edition in EDITIONS.items() if rows <= edition.most_rows]
