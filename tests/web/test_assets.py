"""Files that pages load: compressed, kept until they change, never from outside the folder."""

import gzip

import pytest

from consult.web import assets
from tests.web.showroom.app import make


@pytest.fixture
def client(tmp_path):
    app = make()
    app.static_folder = str(tmp_path)
    (tmp_path / "site.css").write_text("body{color:red}")
    (tmp_path / "site.css.gz").write_bytes(gzip.compress(b"body{color:red}", mtime=0))
    (tmp_path / "mark.svg").write_text("<svg/>")
    return app.test_client()


def test_a_browser_that_takes_brotli_gets_the_smallest_file(client, tmp_path):
    (tmp_path / "site.css.br").write_bytes(b"smaller")
    with client.get("/static/site.css", headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert answer.mimetype == "text/css"
        assert answer.data == b"smaller"


def test_a_browser_that_takes_gzip_gets_the_compressed_file(client):
    with client.get("/static/site.css", headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.mimetype == "text/css"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == b"body{color:red}"


@pytest.mark.parametrize("takes", ["", "br", "gzip;q=0"])
def test_another_gets_the_plain_one(client, takes):
    with client.get("/static/site.css", headers={"Accept-Encoding": takes}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.data == b"body{color:red}"


def test_a_file_with_its_version_is_kept_and_one_without_is_not(client):
    with client.get("/static/mark.svg?v=1") as kept, client.get("/static/mark.svg") as asked:
        assert "immutable" in kept.headers["Cache-Control"]
        assert "no-cache" not in kept.headers["Cache-Control"]
        assert "immutable" not in asked.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/none.css"])
def test_nothing_outside_the_folder_is_sent(client, path):
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 404


def test_the_address_of_a_file_changes_with_the_file(client, tmp_path):
    with client.application.test_request_context():
        before = assets.asset("mark.svg")
        (tmp_path / "mark.svg").write_text("<svg></svg>")
        assert assets.asset("mark.svg") != before
        assert "v=" not in assets.asset("none.svg")
