"""Backgrounds: what each kind of file and a server give, what is kept, and what is refused before the start."""

import pytest
from pmtiles.tile import Compression, TileType

from consult.basemap import sources
from consult.basemap.sources import BasemapRefused, MBTiles, PMTiles, Server, ServerSilent, opened
from tests.basemap import makers

Z, X, Y = makers.LASK_TILE


def test_without_a_setting_there_is_no_background(tmp_path):
    assert opened("", tmp_path) is None


def test_an_mbtiles_file_counts_its_rows_from_the_south(tmp_path):
    found = opened(str(makers.mbtiles(tmp_path / "a.mbtiles", attribution="© Ktoś")), tmp_path)
    assert isinstance(found, MBTiles)
    assert found.tile(Z, X, Y) == makers.picture()
    assert found.tile(Z, X, Y + 1) is None
    sheet = found.sheet
    assert (sheet.mimetype, sheet.lowest, sheet.highest, sheet.attribution) == ("image/png", Z, Z, "© Ktoś")
    assert not sheet.is_vector


def test_a_pmtiles_file_gives_its_tiles_as_they_are_packed(tmp_path):
    file = makers.pmtiles(tmp_path / "a.pmtiles", makers.packed(), attribution="© OpenStreetMap")
    found = opened(str(file), tmp_path)
    assert isinstance(found, PMTiles)
    assert found.tile(Z, X, Y) == makers.packed()
    assert found.tile(Z, X + 1, Y) is None
    assert found.sheet.is_vector
    assert found.sheet.attribution == "© OpenStreetMap"


@pytest.mark.parametrize(
    "setting",
    ["map.zip", "/nowhere/map.mbtiles", "http://tiles.example/{z}/{x}.png", "https://tiles.example/{z}/{x}/{y}",
     "https://tiles.example/{z}/{x}/{y}.svg", "ftp://tiles.example/{z}/{x}/{y}.png"],
)  # fmt: skip
def test_a_setting_that_names_no_background_is_refused(tmp_path, setting):
    with pytest.raises(BasemapRefused):
        opened(setting, tmp_path)


@pytest.mark.parametrize("ending", [".mbtiles", ".pmtiles"])
@pytest.mark.parametrize(
    "data", [b"", b"no map at all", b"SQLite format 3\0" + b"\0" * 200, b"PMTiles\x03" + b"\xff" * 200]
)
def test_a_damaged_file_is_refused(tmp_path, ending, data):
    file = tmp_path / f"a{ending}"
    file.write_bytes(data)
    with pytest.raises(BasemapRefused, match=r"a\.(mb|pm)tiles"):
        opened(str(file), tmp_path)


def test_tiles_that_browsers_cannot_read_are_refused(tmp_path):
    with pytest.raises(BasemapRefused):
        opened(str(makers.mbtiles(tmp_path / "a.mbtiles", kind="tiff")), tmp_path)
    with pytest.raises(BasemapRefused):
        opened(str(makers.pmtiles(tmp_path / "b.pmtiles", b"x", packing=Compression.BROTLI)), tmp_path)
    with pytest.raises(BasemapRefused):
        opened(str(makers.pmtiles(tmp_path / "c.pmtiles", b"x", kind=TileType.AVIF)), tmp_path)


def test_a_server_is_asked_once_for_a_tile_and_its_attribution_stands_after_the_number_sign(tmp_path):
    with makers.served({f"/{Z}/{X}/{Y}.png": (200, makers.picture())}) as (address, asked):
        found = opened(f"{address}/{{z}}/{{x}}/{{y}}.png#© OpenStreetMap", tmp_path)
        assert isinstance(found, Server)
        assert found.sheet.attribution == "© OpenStreetMap"
        assert [found.tile(Z, X, Y) for _ in range(3)] == [makers.picture()] * 3
        assert found.tile(Z, X + 1, Y) is None
        assert asked == [f"/{Z}/{X}/{Y}.png", f"/{Z}/{X + 1}/{Y}.png"]


@pytest.mark.parametrize("answer", [(500, b"oh"), (403, b"no"), (200, b""), (200, b"x" * (sources.LARGEST + 1))])
def test_a_server_that_gives_no_honest_tile_is_silent_and_nothing_is_kept(tmp_path, answer):
    with makers.served({f"/{Z}/{X}/{Y}.png": answer}) as (address, _asked):
        found = opened(f"{address}/{{z}}/{{x}}/{{y}}.png", tmp_path)
        with pytest.raises(ServerSilent):
            found.tile(Z, X, Y)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_a_server_that_is_gone_is_silent(tmp_path):
    with makers.served({}) as (address, _asked):
        found = opened(f"{address}/{{z}}/{{x}}/{{y}}.png", tmp_path)
    with pytest.raises(ServerSilent):
        found.tile(Z, X, Y)


def test_a_nearly_full_disk_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "KEPT_FREE", 2**62)
    with makers.served({f"/{Z}/{X}/{Y}.png": (200, b"tile")}) as (address, asked):
        found = opened(f"{address}/{{z}}/{{x}}/{{y}}.png", tmp_path)
        assert [found.tile(Z, X, Y), found.tile(Z, X, Y)] == [b"tile", b"tile"]
        assert len(asked) == 2
