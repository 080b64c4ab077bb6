"""The address of tiles: what a map is told of its background and what it gets from it."""

import json

import pytest

from consult.app import create_app
from consult.basemap.sources import opened
from consult.config import Config, ConfigurationRefused
from consult.geo import POLAND
from consult.tiles import tiles_over
from tests.basemap import makers
from tests.pages import Page

Z, X, Y = makers.LASK_TILE


@pytest.fixture
def vector(app, tmp_path, monkeypatch):
    file = makers.pmtiles(tmp_path / "a.pmtiles", makers.packed(), attribution="© OpenStreetMap")
    monkeypatch.setitem(app.extensions, "basemap", opened(str(file), tmp_path))


def test_without_a_background_there_are_no_tiles(client, world):
    assert client.get(f"/basemap/{Z}/{X}/{Y}").status_code == 404
    assert Page(client, "/").soup.find("kmzb-map").get("basemap") is None


def test_a_map_is_told_of_its_background(client, world, vector):
    told = json.loads(Page(client, "/").soup.find("kmzb-map")["basemap"])
    assert told == {
        "tiles": "/basemap/{z}/{x}/{y}", "vector": True, "minzoom": Z, "maxzoom": Z, "attribution": "© OpenStreetMap",
    }  # fmt: skip


def test_a_packed_tile_is_unpacked_only_for_who_cannot(client, vector):
    answer = client.get(f"/basemap/{Z}/{X}/{Y}", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], answer.data) == ("gzip", makers.packed())
    plain = client.get(f"/basemap/{Z}/{X}/{Y}", headers={"Accept-Encoding": "identity"})
    assert (plain.headers.get("Content-Encoding"), plain.data) == (None, b"shapes")
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    again = client.get(
        f"/basemap/{Z}/{X}/{Y}", headers={"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip"}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "address", [f"{Z}/{X}/{Y + 1}", f"{Z + 1}/{X * 2}/{Y * 2}", f"{Z}/0/0", f"{Z}/999999999/1", "63/1/1"]
)
def test_where_there_is_no_tile_the_land_stays_as_it_is(client, vector, address):
    answer = client.get(f"/basemap/{address}")
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_silent_server_is_a_matter_of_a_minute(app, client, tmp_path, monkeypatch):
    with makers.served({f"/{Z}/{X}/{Y}.png": (500, b"")}) as (address, asked):
        monkeypatch.setitem(app.extensions, "basemap", opened(f"{address}/{{z}}/{{x}}/{{y}}.png", tmp_path))
        answer = client.get(f"/basemap/{Z}/{X}/{Y}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert client.get(f"/basemap/{Z}/0/0").status_code == 204
        assert len(asked) == 1, "nobody is asked for what lies outside Poland"


def test_a_background_that_cannot_be_used_stops_the_start(tmp_path):
    config = Config(
        SECRET_KEY="k" * 40, SQLALCHEMY_DATABASE_URI="sqlite+pysqlite:///:memory:", INSTANCE=tmp_path, BASEMAP="map.zip"
    )
    with pytest.raises(ConfigurationRefused, match="BASEMAP: a file that ends in"):
        create_app(config)


@pytest.mark.parametrize(("z", "x", "y"), [(0, 0, 0), (10, 566, 339), (6, 35, 21)])
def test_the_tiles_of_poland(z, x, y):
    assert (x, y) in tiles_over(POLAND, z)


def test_tiles_elsewhere_are_not_polands():
    assert (0, 0) not in tiles_over(POLAND, 10)
    assert (566, 200) not in tiles_over(POLAND, 10)
