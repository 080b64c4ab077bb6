"""How letters leave: through the SMTP server of MAIL_URL, or, where none is set, into a folder to read them from.

smtps://user:password@host speaks TLS from the first byte. smtp://… with a user, or on port 587, starts TLS before it
says the password, and checks the server's certificate; without either it is a relay of the same network.
"?from=address" names the sender.
"""

import smtplib
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from flask import Flask
from flask_mailman import EmailMessage, Mail
from flask_mailman.backends.base import BaseEmailBackend
from flask_mailman.backends.smtp import EmailBackend as SmtpEmailBackend

from consult.clock import now

SUBMISSION_PORT = 587
TIMEOUT_S = 20


class CheckedSmtp(smtplib.SMTP):
    """SMTP that believes no server without a certificate; the library's default believes every one."""

    def starttls(  # type: ignore[override]  # files of keys went out of Python after 3.11
        self, *, context: ssl.SSLContext | None = None
    ) -> tuple[int, bytes]:
        return super().starttls(context=context or ssl.create_default_context())


class CheckedEmailBackend(SmtpEmailBackend):  # type: ignore[misc]  # Flask-Mailman has no types
    """Letters by SMTP."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else CheckedSmtp


class FolderEmailBackend(BaseEmailBackend):  # type: ignore[misc]  # Flask-Mailman has no types
    """Letters as files that any mail program opens, readable by their owner only: some hold a one-time link."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        folder = Path(self.mailman.file_path)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            path = folder / f"{now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.eml"
            path.touch(mode=0o600)
            path.write_bytes(message.message().as_bytes())
        return len(messages)


def init_app(app: Flask) -> None:
    """Choose the way of the letters from MAIL_URL."""
    app.config.update(_settings(app.config["MAIL_URL"], app.config["PUBLIC_URL"]))
    app.config.update(MAIL_FILE_PATH=str(app.config["INSTANCE"] / "mail"), MAIL_TIMEOUT=TIMEOUT_S)
    if app.testing:
        app.config["MAIL_BACKEND"] = "locmem"
    Mail(app)


def _settings(mail_url: str, public_url: str) -> dict[str, Any]:
    """Translate MAIL_URL into Flask-Mailman's settings."""
    sender = f"no-reply@{urlsplit(public_url).hostname}"
    if not mail_url:
        return {"MAIL_BACKEND": FolderEmailBackend, "MAIL_DEFAULT_SENDER": sender}
    url = urlsplit(mail_url)
    is_tls = url.scheme == "smtps"
    port = url.port or (465 if is_tls else SUBMISSION_PORT if url.username else 25)
    return {
        "MAIL_BACKEND": CheckedEmailBackend,
        "MAIL_SERVER": url.hostname,
        "MAIL_PORT": port,
        "MAIL_USERNAME": unquote(url.username) if url.username else None,
        "MAIL_PASSWORD": unquote(url.password) if url.password else None,
        "MAIL_USE_SSL": is_tls,
        "MAIL_USE_TLS": not is_tls and (bool(url.username) or port == SUBMISSION_PORT),
        "MAIL_DEFAULT_SENDER": parse_qs(url.query).get("from", [sender])[0],
    }
