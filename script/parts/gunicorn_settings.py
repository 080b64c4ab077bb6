"""How the production server is run: few workers from one loaded application, and a log that recognises no resident."""

import gc
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

workers = 3
threads = 1
timeout = 120
graceful_timeout = 10
preload_app = True
no_control_socket = True
loglevel = "warning"
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


def on_starting(server: Arbiter) -> None:
    """Bring the database up to date before the port opens, and let no worker inherit a connection."""
    from flask_migrate import upgrade  # the application is loaded by now; before, this would only slow the start

    from consult.db import db

    with server.app.wsgi().app_context():
        upgrade()
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    gc.collect()
    gc.freeze()  # what is loaded once stays: no worker looks through it again, or copies its pages by doing so


def without_secrets(path: str) -> str:
    """Only the first part of an address: what follows may be a receipt or a one-time link."""
    first, _, rest = path.lstrip("/").partition("/")
    return f"/{first}/…" if rest else f"/{first}"


class DiscreetLogger(Logger):  # type: ignore[misc]
    """Writes no client address, no query, no referrer and no secret part of an address."""

    def atoms(self, *request: Any) -> dict[str, Any]:
        """Replace the address before it reaches the log."""
        facts: dict[str, Any] = super().atoms(*request)
        return facts | {"U": without_secrets(str(facts["U"]))}


logger_class = DiscreetLogger
