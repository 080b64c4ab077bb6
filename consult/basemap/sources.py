"""Where tiles come from: an MBTiles or PMTiles file, or the address of a tile server whose answers are kept."""

import gzip
import hashlib
import os
import re
import shutil
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urldefrag

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType

VECTOR = "application/vnd.mapbox-vector-tile"
MIMETYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "pbf": VECTOR,
    "mvt": VECTOR,
}
PMTILES_TYPES = {TileType.PNG: "png", TileType.JPEG: "jpg", TileType.WEBP: "webp", TileType.MVT: "mvt"}
GZIP = b"\x1f\x8b"

LARGEST = 2 * 1024 * 1024
"""Bytes of one tile; no honest one is larger."""

PATIENCE_S = 10
KEPT_FREE = 1024**3
"""Bytes that must stay free on the disk: below them answers of a server are passed on but not kept."""

HIGHEST = 20
ADDRESS = re.compile(
    r"https?://[^\s{}]+\{z\}[^\s{}]*\{x\}[^\s{}]*\{y\}[^\s{}]*\.(png|jpg|jpeg|webp|pbf|mvt)(\?[^\s{}]*)?"
)


class BasemapRefused(ValueError):
    """The background cannot be used; the message says why."""


class ServerSilent(Exception):
    """The tile server gave no tile and did not say that there is none."""


@dataclass(frozen=True)
class Sheet:
    """What a map must know of its background before it asks for a tile."""

    mimetype: str
    lowest: int
    highest: int
    attribution: str

    @property
    def is_vector(self) -> bool:
        """Whether tiles hold shapes, which the map draws itself."""
        return self.mimetype == VECTOR


class Source(Protocol):
    """A background. `tile` gives the bytes of a tile, gzipped or not, or None where there is none."""

    @property
    def sheet(self) -> Sheet: ...

    def tile(self, z: int, x: int, y: int) -> bytes | None: ...


def opened(basemap: str, kept_in: Path) -> Source | None:
    """Open what the setting BASEMAP names: nothing, a file by its ending, or an address. Raises BasemapRefused."""
    if not basemap:
        return None
    if basemap.startswith(("http://", "https://")):
        return Server(basemap, kept_in)
    path = Path(basemap)
    kinds: dict[str, Callable[[Path], Source]] = {".mbtiles": MBTiles, ".pmtiles": PMTiles}
    if path.suffix.lower() not in kinds:
        raise BasemapRefused("a file that ends in .pmtiles or .mbtiles, or an address with {z}, {x} and {y}, is needed")
    if not path.is_file():
        raise BasemapRefused(f"there is no file {path}")
    return kinds[path.suffix.lower()](path)


class MBTiles:
    """A file of the MBTiles specification 1.3: SQLite with tiles counted from the south."""

    def __init__(self, path: Path) -> None:
        self._address = f"file:{path.resolve()}?mode=ro&immutable=1"
        try:
            with sqlite3.connect(self._address, uri=True) as connection:
                told = dict(connection.execute("SELECT name, value FROM metadata"))
                edges = connection.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        except sqlite3.Error as error:
            raise BasemapRefused(f"{path} is no MBTiles file: {error}") from error
        self.sheet = _sheet(str(path), str(told.get("format", "")), edges, str(told.get("attribution", "")))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Give a tile of the file."""
        chosen = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        with sqlite3.connect(self._address, uri=True) as connection:
            row = connection.execute(chosen, (z, x, 2**z - 1 - y)).fetchone()
        return bytes(row[0]) if row else None


class PMTiles:
    """A file of the PMTiles specification 3."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._reader = Reader(MmapSource(file))  # type: ignore[no-untyped-call]
            header: Mapping[str, Any] = self._reader.header()  # type: ignore[no-untyped-call]
            told: Mapping[str, Any] = self._reader.metadata()  # type: ignore[no-untyped-call]
        except Exception as error:  # the reader raises whatever the bytes lead it to
            raise BasemapRefused(f"{path} is no PMTiles file: {error}") from error
        if header["tile_compression"] not in {Compression.NONE, Compression.GZIP}:
            raise BasemapRefused(f"{path} is packed in a way that browsers do not read")
        edges = header["min_zoom"], header["max_zoom"]
        kind = PMTILES_TYPES.get(header["tile_type"], "")
        self.sheet = _sheet(str(path), kind, edges, str(told.get("attribution", "")))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Give a tile of the file."""
        found: bytes | None = self._reader.get(z, x, y)  # type: ignore[no-untyped-call]
        return found


class Server:
    """A tile server. What must be said of the source stands after a `#`: "…/{z}/{x}/{y}.png#© OpenStreetMap"."""

    def __init__(self, address: str, kept_in: Path) -> None:
        self._template, attribution = urldefrag(address)
        found = ADDRESS.fullmatch(self._template)
        if found is None:
            raise BasemapRefused("the address needs {z}, {x} and {y}, and an ending such as .png or .pbf")
        self.sheet = _sheet(self._template, found[1], (0, HIGHEST - 1), attribution)
        self._kept = kept_in / hashlib.sha256(self._template.encode()).hexdigest()[:16]

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Give a tile that was kept, or ask for it and keep it. Raises ServerSilent."""
        path = self._kept / str(z) / str(x) / str(y)
        if path.is_file():
            return path.read_bytes()
        data = self._asked(z, x, y)
        if data is not None and _has_room(self._kept):
            _keep(path, data)
        return data

    def _asked(self, z: int, x: int, y: int) -> bytes | None:
        address = self._template.format(z=z, x=x, y=y)
        asked = urllib.request.Request(address, headers={"User-Agent": "consult-basemap"})  # noqa: S310  # http or https: see ADDRESS
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:  # noqa: S310
                data: bytes = answer.read(LARGEST + 1)
        except urllib.error.HTTPError as error:
            if error.code in {204, 404, 410}:
                return None
            raise ServerSilent(f"status {error.code}") from error
        except OSError as error:
            raise ServerSilent(type(error).__name__) from error
        if not data or len(data) > LARGEST:
            raise ServerSilent("an empty or endless tile")
        return data


def _sheet(name: str, kind: str, edges: tuple[int | None, int | None], attribution: str) -> Sheet:
    lowest, highest = edges
    if kind not in MIMETYPES or lowest is None or highest is None:
        raise BasemapRefused(f"{name} holds no tiles that a map can show")
    return Sheet(MIMETYPES[kind], lowest, min(highest, HIGHEST), attribution)


def _has_room(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free > KEPT_FREE


def _keep(path: Path, data: bytes) -> None:
    """Write a tile so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def unpacked(data: bytes) -> bytes:
    """Give the bytes of a tile for a browser that does not unpack them itself."""
    return gzip.decompress(data) if data.startswith(GZIP) else data
