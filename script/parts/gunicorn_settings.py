"""How the production server is run: few workers from one loaded application, and a log that recognises no resident."""

import gc
import os
import re
import shutil
from pathlib import Path
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent.parent

workers = 3
threads = 1
timeout = 120
graceful_timeout = 10
preload_app = True
no_control_socket = True
loglevel = "warning"
accesslog = None  # the application writes a line for each request itself (consult/web/logs.py)

FIGURES = Path(os.environ.get("INSTANCE_PATH", ROOT / "instance")).resolve() / "metrics"


def _own_figures() -> None:
    """Give the workers of this server a folder for their counters, and take away those of servers that are gone."""
    for folder in FIGURES.glob("[0-9]*"):
        if not Path(f"/proc/{folder.name}").exists() or folder.name == str(os.getpid()):
            shutil.rmtree(folder, ignore_errors=True)
    mine = FIGURES / str(os.getpid())
    mine.mkdir(mode=0o700, parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(mine)


if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # a reload reads this file again, and must lose no counts
    _own_figures()


def child_exit(_server: Arbiter, worker: Any) -> None:
    """Keep what a worker counted; only what tells of its present goes with it."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_starting(server: Arbiter) -> None:
    """Bring the database up to date before the port opens, and let no worker inherit a connection.

    While a restore stands broken off nothing is served.
    """
    from flask_migrate import upgrade  # the application is loaded by now; before, this would only slow the start

    from consult.db import db

    app = server.app.wsgi()
    with app.app_context():
        if why := app.extensions["why_closed"]():
            raise SystemExit(why)
        upgrade()
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    gc.collect()
    gc.freeze()  # what is loaded once stays: no worker looks through it again, or copies its pages by doing so


class DiscreetLogger(Logger):  # type: ignore[misc]
    """Writes no client's address: gunicorn names it where it refuses what is no request."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Take the address out of a warning."""
        super().warning(re.sub(r"ip=\S*?(?=:? |$)", "ip=…", str(msg)), *args, **kwargs)


logger_class = DiscreetLogger
