"""Which commune the names of a gazetteer lie in: the register tells by its codes, other sources by a position."""

from collections.abc import Sequence

import numpy as np

from consult.districts import queries, teryt
from consult.districts.atlas import Region
from consult.places.gazetteer import Entry
from consult.places.operations import Around


def around(entries: Sequence[Entry]) -> list[Around | None]:
    """Give every entry the commune that it lies in, or its district, or nothing outside all boundaries."""
    known = areas()
    codes = _codes(entries) if known else [""] * len(entries)
    return [known.get(code) or known.get(code[:4]) for code in codes]


def areas() -> dict[str, Around]:
    """Give every district of today by its code, and every commune by the first six digits of its own."""
    districts = {region.code: region for region in queries.districts()}
    known: dict[str, Around] = {code: _around(region, None) for code, region in districts.items()}
    for commune in queries.communes():
        if (district := districts.get(teryt.district_of(commune.code))) is not None:
            known[commune.code[:6]] = _around(district, commune)
    return known


def _codes(entries: Sequence[Entry]) -> list[str]:
    """Give the six digits of each entry's commune, or the four of its district."""
    placed = [entry for entry in entries if not entry.commune]
    lon = np.array([entry.lon for entry in placed], dtype=float)
    lat = np.array([entry.lat for entry in placed], dtype=float)
    located = queries.containing_many(lon, lat)
    found = iter(zip(located.district.tolist(), located.commune.tolist(), strict=True))
    return [entry.commune or _finest(*next(found)) for entry in entries]


def _finest(district: str, commune: str) -> str:
    return commune[:6] or district


def _around(district: Region, commune: Region | None) -> Around:
    area = commune or district
    return Around(
        commune_code=commune.code if commune else "",
        commune_name=commune.name if commune else "",
        district_code=district.code,
        district_name=district.label,
        lon=area.lon,
        lat=area.lat,
        reach_m=area.reach_m,
    )
