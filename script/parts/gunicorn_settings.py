"""How the production server is run: few workers, and an access log in which no resident can be recognised."""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

workers = 3
threads = 1
timeout = 120
graceful_timeout = 10
no_control_socket = True
loglevel = "warning"
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


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
