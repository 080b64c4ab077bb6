"""Reading boundaries from a file as offices publish them: GeoJSON, GeoPackage or Shapefile, in EPSG:4326 or 2180.

Such files come without an authority code for their coordinates, without a code page for their letters, with rings that
cross themselves, with the whole and its parts in one layer. What can be mended is mended and named; the rest is
refused with its rows, and then nothing of the file is taken.
"""

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from consult.districts import teryt
from consult.geo import POLAND, shape_to_metres, to_degrees
from consult.words import control_characters

BEGINNINGS = {
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".shp": (b"\x00\x00\x27\x0a",),
}
"""How a file of each format begins: the reader opens far more formats, some of which lead to other files."""

DRIVERS = ("GeoJSON", "GPKG", "ESRI Shapefile")
MAX_BYTES = 600 * 1024 * 1024
MAX_TEXT_BYTES = 200 * 1024 * 1024
MAX_AREAS = 20_000
MAX_VERTICES = 20_000_000
CODE_COLUMNS = ("terc", "jpt_kod_je", "teryt", "code", "kod")
NAME_COLUMNS = ("name", "nazwa", "jpt_nazwa_")
CODE_PAGES = ("UTF-8", "CP1250", "ISO-8859-2")
METRES = (130_000.0, 90_000.0, 910_000.0, 850_000.0)
"""West, south, east and north of the country in EPSG:2180, with room to spare."""

MARGIN_DEGREES = 0.3
OVERLAP_SHARE = 0.05
"""Two areas overlap when they share more than this of the smaller one; neighbours that fit badly share slivers."""

_LETTERS = frozenset("aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż0123456789 -.,()'’/–")
_DEGREES_EPSG = {4326, 4258}
_WIDTHS = {"voivodeship": 2, "district": 4, "commune": 7}


class FaultKind(StrEnum):
    """What can be wrong with a file of boundaries or one of its rows."""

    FORMAT = "format"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NO_LAYER = "no_layer"
    SEVERAL_LAYERS = "several_layers"
    NO_AREAS = "no_areas"
    NO_CODE_COLUMN = "no_code_column"
    UNKNOWN_CRS = "unknown_crs"
    SWAPPED = "swapped"
    OUTSIDE = "outside"
    ELSEWHERE = "elsewhere"
    NO_CODE = "no_code"
    NOT_A_CODE = "not_a_code"
    NOT_A_NAME = "not_a_name"
    TWICE = "twice"
    NO_SHAPE = "no_shape"
    NOT_AN_AREA = "not_an_area"
    NOT_FINITE = "not_finite"
    WHOLE_AND_PARTS = "whole_and_parts"
    OVERLAP = "overlap"


@dataclass(frozen=True)
class Fault:
    """One fault; `row` counts the areas of the layer from 1, 0 means the whole file."""

    kind: FaultKind
    row: int = 0
    detail: str = ""


class BoundariesRefused(ValueError):
    """The file cannot be taken; `faults` tells every one found, `read` how many areas there were."""

    def __init__(self, faults: Sequence[Fault], read: int = 0) -> None:
        super().__init__("; ".join(f"{fault.kind.value} {fault.row} {fault.detail}" for fault in faults[:3]))
        self.faults = tuple(faults)
        self.read = read


@dataclass(frozen=True)
class Outline:
    """One area of a file: code, name and polygon in EPSG:2180; `mended` when its rings were repaired."""

    row: int
    code: str
    name: str
    shape: BaseGeometry
    mended: bool = False


@dataclass(frozen=True)
class _Raw:
    """What a layer holds before it is judged."""

    codes: list[str]
    names: list[str]
    shapes: NDArray[np.object_]
    crs: str | None


def read(path: Path, level: str, layer: str | None = None) -> list[Outline]:
    """Read the areas of a level in the order of their codes, or raise BoundariesRefused with every fault."""
    _check_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader's remarks on a file's dialect; what matters is judged here
        raw = _raw(path, level, _layer(path, layer))
    count = len(raw.shapes)
    faults = [*_faulty_codes(raw, level), *_faulty_names(raw), *_faulty_shapes(raw.shapes)]
    shapes, mended = _mended(raw.shapes)
    faults += [Fault(FaultKind.NO_SHAPE, int(row) + 1) for row in np.nonzero(mended & shapely.is_empty(shapes))[0]]
    if any(fault.kind in {FaultKind.NO_SHAPE, FaultKind.NOT_FINITE, FaultKind.NOT_AN_AREA} for fault in faults):
        raise BoundariesRefused(_in_order(faults), count)
    shapes = _in_metres(shapes, raw.crs, count)
    faults += _overlapping(shapes, raw.names)
    if not faults:
        faults = _misplaced(raw.codes, shapes, level)
    if faults:
        raise BoundariesRefused(_in_order(faults), count)
    outlines = zip(range(1, count + 1), raw.codes, raw.names, shapes, mended, strict=True)
    return sorted((Outline(*outline) for outline in outlines), key=lambda outline: outline.code)


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Put what happens once before what every row repeats."""
    counts = Counter(fault.kind for fault in faults)
    return sorted(faults, key=lambda fault: (counts[fault.kind], fault.row))


# The file and its layer


def _check_file(path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix not in BEGINNINGS:
        raise BoundariesRefused([Fault(FaultKind.FORMAT, detail=path.suffix or path.name)])
    limit = MAX_TEXT_BYTES if suffix in {".json", ".geojson"} else MAX_BYTES
    if path.stat().st_size > limit:
        raise BoundariesRefused([Fault(FaultKind.TOO_LARGE, detail=f"{limit // 1024 // 1024} MB")])
    with path.open("rb") as file:
        beginning = file.read(200).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not beginning.startswith(BEGINNINGS[suffix]):
        raise BoundariesRefused([Fault(FaultKind.UNREADABLE)])


def _layer(path: Path, wanted: str | None) -> str:
    """Choose the layer that holds areas."""
    import pyogrio  # loads pandas, nearly half a second

    try:
        found = pyogrio.list_layers(path)
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise BoundariesRefused([Fault(FaultKind.UNREADABLE, detail=_short(error))]) from error
    layers = [str(name) for name, kind in found if kind is not None and "Point" not in str(kind)]
    if wanted is not None and wanted in layers:
        return wanted
    if wanted is not None or not layers:
        raise BoundariesRefused([Fault(FaultKind.NO_LAYER, detail=wanted or "")])
    if len(layers) > 1:
        raise BoundariesRefused([Fault(FaultKind.SEVERAL_LAYERS, detail=", ".join(layers[:10]))])
    return layers[0]


def _raw(path: Path, level: str, layer: str) -> _Raw:
    import pyogrio

    try:
        return _columns(path, level, layer)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        shapely.errors.GEOSException,
        UnicodeDecodeError,
    ) as error:
        raise BoundariesRefused([Fault(FaultKind.UNREADABLE, detail=_short(error))]) from error


def _columns(path: Path, level: str, layer: str) -> _Raw:
    """Read codes, names and shapes; a layer without a code column gives empty codes."""
    import pyogrio

    about = pyogrio.read_info(path, layer=layer)
    if about["driver"] not in DRIVERS:
        raise BoundariesRefused([Fault(FaultKind.FORMAT, detail=about["driver"])])
    fields = [str(name) for name in about["fields"]]
    code, name = _column(fields, CODE_COLUMNS), _column(fields, NAME_COLUMNS)
    columns = [column for column in (code, name) if column]
    meta, shapes, data = _table(path, layer, columns)
    if not len(shapes):
        raise BoundariesRefused([Fault(FaultKind.NO_AREAS)])
    values = dict(zip((str(field) for field in meta["fields"]), data, strict=True))
    nothing = np.full(len(shapes), "", dtype=object)
    codes = [_code_text(value, level) for value in values.get(code or "", nothing)]
    names = [teryt.plain_name(_text(value)) for value in values.get(name or "", nothing)]
    return _Raw(codes, names if name else list(codes), shapes, meta["crs"])


def _column(fields: list[str], wanted: tuple[str, ...]) -> str | None:
    """Find a column by its name in capitals or small letters, the most telling name first."""
    known = {field.lower(): field for field in reversed(fields)}
    return next((known[name] for name in wanted if name in known), None)


def _table(path: Path, layer: str, columns: list[str]) -> tuple[dict[str, Any], NDArray[np.object_], list[Any]]:
    """Read a layer's columns and shapes, never more than the limits allow."""
    import pyogrio

    data: list[Any] = []
    for page in _code_pages(path):
        try:
            meta, _fids, wkb, data = pyogrio.raw.read(
                path, layer=layer, columns=columns, force_2d=True, max_features=MAX_AREAS + 1, encoding=page
            )
        except UnicodeDecodeError:
            continue
        if page is None or page == CODE_PAGES[-1] or _reads_polish(data):
            break
    if len(wkb) > MAX_AREAS:
        raise BoundariesRefused([Fault(FaultKind.TOO_LARGE, detail=f"{MAX_AREAS}")])
    shapes = shapely.from_wkb(wkb)
    if shapely.get_num_coordinates(shapes).sum() > MAX_VERTICES:
        raise BoundariesRefused([Fault(FaultKind.TOO_LARGE, detail=f"{MAX_VERTICES}")])
    return meta, shapes, data


def _code_pages(path: Path) -> tuple[str | None, ...]:
    """A shapefile without a .cpg does not say how its letters are written: try what Polish offices use."""
    alone = path.suffix.lower() == ".shp" and not any(path.with_suffix(end).exists() for end in (".cpg", ".CPG"))
    return CODE_PAGES if alone else (None,)


def _reads_polish(data: list[Any]) -> bool:
    """Tell whether texts consist of letters that occur in Polish names."""
    texts = (value for column in data for value in column if isinstance(value, str))
    return all(_LETTERS.issuperset(text.lower()) for text in texts)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _code_text(value: Any, level: str) -> str:
    """Write a code as text; a column of numbers has lost the leading zero."""
    if isinstance(value, (int, float, np.integer, np.floating)):
        if not np.isfinite(value) or value != int(value):
            return ""
        return str(int(value)).rjust(_WIDTHS.get(level, 0), "0") if value > 0 else ""
    return _text(value)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


# Codes and names


def _faulty_codes(raw: _Raw, level: str) -> Iterator[Fault]:
    """Find missing, wrong and repeated codes; and put the right ones in their short form."""
    if not any(raw.codes):
        yield Fault(FaultKind.NO_CODE_COLUMN, detail=", ".join(CODE_COLUMNS))
    for row, text in enumerate(raw.codes, 1):
        code = _code(text, level)
        if code is None:
            yield Fault(FaultKind.NOT_A_CODE if text else FaultKind.NO_CODE, row, text or raw.names[row - 1])
        else:
            raw.codes[row - 1] = code
    counts = Counter(_identity(code, level) for code in raw.codes if code)
    for row, code in enumerate(raw.codes, 1):
        if counts[_identity(code, level)] > 1:
            yield Fault(FaultKind.TWICE, row, code)


def _code(text: str, level: str) -> str | None:
    if level == "voivodeship":
        return teryt.voivodeship_code(text)
    if level == "district":
        return teryt.district_code(text)
    if level == "commune":
        return teryt.commune_code(text)
    return text if text and len(text) <= 20 and text.isascii() and text.isprintable() else None


def _identity(code: str, level: str) -> str:
    return code[:6] if level == "commune" else code


def _faulty_names(raw: _Raw) -> Iterator[Fault]:
    for row, name in enumerate(raw.names, 1):
        if len(name) > 160 or control_characters(name):
            yield Fault(FaultKind.NOT_A_NAME, row, name[:40])


# Shapes


def _faulty_shapes(shapes: NDArray[np.object_]) -> Iterator[Fault]:
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    areas = np.isin(shapely.get_type_id(shapes), (3, 6))
    for row, shape in enumerate(shapes, 1):
        if empty[row - 1]:
            yield Fault(FaultKind.NO_SHAPE, row)
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            yield Fault(FaultKind.NOT_FINITE, row)
        elif not areas[row - 1]:
            yield Fault(FaultKind.NOT_AN_AREA, row, shape.geom_type)


def _mended(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Repair rings that cross themselves, keeping only what has an area."""
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    mended = shapes.copy()
    mended[broken] = [_polygons(shapely.make_valid(shape)) for shape in shapes[broken]]
    return mended, broken


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts([shape]))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _in_metres(shapes: NDArray[np.object_], crs: str | None, count: int) -> NDArray[np.object_]:
    """Bring shapes to EPSG:2180, or refuse coordinates that are not what the file says, or lie outside Poland."""
    bounds = shapely.total_bounds(shapes)
    system = _system(crs, bounds)
    frame = POLAND if system == "degrees" else METRES
    if system == "degrees" and not _fits(bounds, frame) and _fits(bounds[[1, 0, 3, 2]], frame):
        raise BoundariesRefused([Fault(FaultKind.SWAPPED)], count)
    if not _fits(bounds, frame):
        raise BoundariesRefused([Fault(FaultKind.OUTSIDE, detail=", ".join(f"{b:.6g}" for b in bounds))], count)
    if system == "metres":
        return shapes
    # Corners that nearly touch may touch in metres.
    return _mended(np.array([shape_to_metres(shape) for shape in shapes], dtype=object))[0]


def _system(crs: str | None, bounds: NDArray[np.float64]) -> str:
    """Tell degrees from metres by what the file says, or by its numbers when it says nothing."""
    if not crs:
        return "degrees" if _fits(bounds, (-180, -180, 180, 180)) else "metres"
    try:
        known = CRS.from_user_input(crs)
    except CRSError as error:
        raise BoundariesRefused([Fault(FaultKind.UNKNOWN_CRS, detail=_short(error))]) from error
    epsg = known.to_epsg(min_confidence=20)
    if epsg in _DEGREES_EPSG or (known.is_geographic and "WGS 84" in known.name):
        return "degrees"
    if epsg == 2180:
        return "metres"
    raise BoundariesRefused([Fault(FaultKind.UNKNOWN_CRS, detail=f"EPSG:{epsg}" if epsg else known.name[:80])])


def _fits(bounds: NDArray[np.float64], frame: tuple[float, float, float, float]) -> bool:
    west, south, east, north = frame
    return bool(bounds[0] >= west and bounds[1] >= south and bounds[2] <= east and bounds[3] <= north)


def _overlapping(shapes: NDArray[np.object_], names: list[str]) -> list[Fault]:
    """Find areas that lie on each other: a layer holds either a whole or its parts."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    areas = shapely.area(shapes)
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other])) / np.minimum(areas[one], areas[other])
    parts: dict[int, list[int]] = {}
    for a, b in zip(one[shared > OVERLAP_SHARE], other[shared > OVERLAP_SHARE], strict=True):
        whole, part = (a, b) if areas[a] >= areas[b] else (b, a)
        parts.setdefault(int(whole), []).append(int(part))
    return [_lies_on(whole, found, names) for whole, found in sorted(parts.items())]


def _lies_on(whole: int, parts: list[int], names: list[str]) -> Fault:
    """Say which area covers which others."""
    covered = ", ".join(names[part] or str(part + 1) for part in sorted(parts)[:5]) + (" …" if len(parts) > 5 else "")
    kind = FaultKind.WHOLE_AND_PARTS if len(parts) > 1 else FaultKind.OVERLAP
    return Fault(kind, whole + 1, f"{names[whole]}: {covered}")


def _misplaced(codes: list[str], shapes: NDArray[np.object_], level: str) -> list[Fault]:
    """Find areas that lie far from the voivodeship of their code, as they do when the axes are swapped."""
    if level not in _WIDTHS:
        return []
    centres = shapely.centroid(shapes)
    away = [
        row for row, (code, spot) in enumerate(zip(codes, centres, strict=True)) if not _at_home(code, spot.x, spot.y)
    ]
    if away and all(_at_home(codes[row], centres[row].y, centres[row].x) for row in away):
        return [Fault(FaultKind.SWAPPED)]
    return [Fault(FaultKind.ELSEWHERE, row + 1, codes[row]) for row in away]


def _at_home(code: str, x: float, y: float) -> bool:
    west, south, east, north = teryt.FRAMES[teryt.voivodeship_of(code)]
    lon, lat = to_degrees(x, y)
    room = MARGIN_DEGREES
    return west - room <= lon <= east + room and south - room <= lat <= north + room
