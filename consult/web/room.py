"""Room on the disk: below a floor nothing is written any more, and reading goes on.

A database that runs out of room stops for everybody (PostgreSQL's server ends, until somebody frees space and starts it
again), so we stop a little earlier by ourselves: whoever sends something is asked to come back, and keeps the text.
"""

import json
import shutil
import time
from pathlib import Path

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from consult.db import db
from consult.web.transactions import SAFE, only_reads
from consult.web.typed import SECRET_PART, Typed

LOOKED_FOR_S = 5.0
RETRY_AFTER_S = 300
GOES_ON = {"accounts.sign_in", "accounts.sign_out", "accounts.second_step"}
"""Pages whose forms are taken all the same: whoever has signed in can read, and what they write is small."""
LOCAL = {None, "", "localhost", "127.0.0.1", "::1"}


def init_app(app: Flask) -> None:
    """Mind the room of an application's volumes."""
    app.extensions["room"] = {}
    app.before_request(_guard)


def volumes() -> dict[str, Path]:
    """Tell which folders need room. The data of a PostgreSQL server on another host are its own to watch."""
    config = current_app.config
    found: dict[str, Path] = {"instance": config["INSTANCE"], "reports": config["REPORTS_OUT"]}
    url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    is_file = url.get_backend_name() == "sqlite"
    database = Path(url.database or "").parent if is_file else _server_folder(url)
    return found | ({"database": database} if database else {})


def _server_folder(url: URL) -> Path | None:
    """Find where a PostgreSQL server on this machine keeps its data, if it may tell us; asked once."""
    kept = current_app.extensions["room"]
    if "server" not in kept:
        kept["server"] = _asked_server(url)
    return Path(kept["server"]) if kept["server"] else None


def _asked_server(url: URL) -> str:
    host = url.host or url.query.get("host", "")
    if host not in LOCAL and not str(host).startswith("/"):
        return ""
    try:
        folder = str(db.session.scalar(text("SHOW data_directory")))
    except SQLAlchemyError:  # only a member of pg_read_all_settings is told
        db.session.rollback()
        return ""
    return folder if Path(folder).exists() else ""


def free_bytes() -> dict[str, int]:
    """Tell how much room each volume has."""
    return {name: free for name, folder in volumes().items() if (free := _free(folder)) is not None}


def _free(folder: Path) -> int | None:
    """Look at the nearest folder that is there already."""
    for path in (folder, *folder.parents):
        try:
            return shutil.disk_usage(path).free
        except OSError:
            continue
    return None


def has_room() -> bool:
    """Tell whether every volume has more than the floor; looked at once in some seconds."""
    floor = current_app.config["DISK_FLOOR_MB"] * 1_000_000
    if not floor:
        return True
    kept = current_app.extensions["room"]
    if kept.get("until", 0.0) < time.monotonic():
        kept["has_room"] = min(free_bytes().values(), default=floor) >= floor
        if not kept["has_room"]:
            current_app.logger.error("no room on the disk: nothing is written below %s bytes free", floor)
        kept["until"] = time.monotonic() + LOOKED_FOR_S
    return bool(kept["has_room"])


def _guard() -> ResponseReturnValue | None:
    if request.method in SAFE or request.endpoint in GOES_ON or has_room():
        return None
    answer = make_response(_said(), 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _said() -> str | Response:
    """Say it as the asker reads: a page that keeps what was typed, or a line for programs."""
    if request.accept_mimetypes and not request.accept_mimetypes.accept_html:
        return current_app.response_class(json.dumps({"error": "no room on the disk"}), mimetype="application/json")
    only_reads()
    return render_template("errors/no_room.html", kept=_kept())


def _kept() -> Typed | None:
    """Take what was typed along into the page, but for what belongs to signing in; its token has been checked."""
    if request.method != "POST" or (request.endpoint or "").startswith(SECRET_PART):
        return None
    return Typed.of_form(page=None)
