"""Small backgrounds for tests: files of both kinds with a few tiles, and a tile server on this machine."""

import gzip
import io
import sqlite3
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

LASK_TILE = (10, 566, 339)
"""A tile of Poland, as z, x, y from the north."""


def picture(colour="white"):
    made = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(made, "PNG")
    return made.getvalue()


def mbtiles(path, data=None, kind="png", **told):
    """An MBTiles file that holds one tile."""
    z, x, y = LASK_TILE
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE metadata (name text, value text)")
        connection.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", {"format": kind, **told}.items())
        connection.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (z, x, 2**z - 1 - y, data or picture()))
    connection.close()
    return path


def pmtiles(path, data, kind=TileType.MVT, packing=Compression.GZIP, attribution=""):
    """A PMTiles file that holds one tile."""
    z, x, y = LASK_TILE
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(z, x, y), data)
        header = {
            "tile_type": kind, "tile_compression": packing, "min_zoom": z, "max_zoom": z,
            "min_lon_e7": 140_000_000, "min_lat_e7": 489_000_000, "max_lon_e7": 242_000_000, "max_lat_e7": 550_000_000,
            "center_zoom": z, "center_lon_e7": 190_000_000, "center_lat_e7": 515_000_000,
        }  # fmt: skip
        writer.finalize(header, {"attribution": attribution})
    return path


def packed(data=b"shapes"):
    return gzip.compress(data, mtime=0)


@contextmanager
def served(answers):
    """A tile server: `answers` maps paths to (status, bytes); the list it gives back fills with the paths asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, data = answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
