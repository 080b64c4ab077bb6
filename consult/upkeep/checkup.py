"""A look over the whole installation: what is well, what will become trouble, and what is broken."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_mailman import EmailMessage
from sqlalchemy import text

from consult.audit import operations as trail
from consult.audit import queries as entries
from consult.catalogue import queries as catalogue
from consult.clock import now, today
from consult.config import ROOT, VERSION, is_production
from consult.db import db, has_safe_log, is_sqlite
from consult.districts import queries as districts
from consult.documents.rendering import DocumentRefused, pdf
from consult.jobs import queue
from consult.upkeep import postgresql_copy, restoring, standing
from consult.web import room

OLDEST_POSTGRESQL = 13
FIRST_ROLE = 10
"""The number of the role that a cluster was made with, in every release of PostgreSQL."""
TOO_MUCH = ("SUPERUSER", "BYPASSRLS", "CREATEDB", "CREATEROLE", "REPLICATION")
"""Attributes of a role that the product never uses, and whoever gets hold of its password would."""
ROLE = text("""
    SELECT oid, rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication
    FROM pg_roles WHERE rolname = session_user
""")
BACKUP_AGE = timedelta(days=2)
SKEW_S = 5.0
LANGUAGES = ("pl", "en", "uk")
SAMPLE = "<html lang=pl><head><title>Próba</title></head><body><h1>Zażółć gęślą jaźń</h1></body></html>"


class State(StrEnum):
    """How a thing stands."""

    WELL = "ok"
    SOON = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What a look at one thing found."""

    name: str
    state: State
    told: str


Told = tuple[State, str]


def findings(mail_to: str = "") -> list[Finding]:
    """Look at everything. A check that breaks off is a finding itself."""
    checks: dict[str, Callable[[], Told]] = {
        "version": lambda: (State.WELL, VERSION),
        "settings": _settings,
        "secret key": _key,
        "operator": _operator,
        "security contact": _security_contact,
        "database": _database,
        "database role": _role,
        "migrations": _migrations,
        "restore": _restore,
        "disk": _disk,
        "clock": _clock,
        "mail": lambda: _mail(mail_to),
        "worker": _worker,
        "queue": _queue,
        "last backup": _backup,
        "backup programs": _programs,
        "boundaries": _boundaries,
        "categories": _categories,
        "translations": _translations,
        "styles and scripts": _assets,
        "printing": _printing,
        "audit trail": _trail,
    }
    return [_looked(name, check) for name, check in checks.items()]


def _looked(name: str, check: Callable[[], Told]) -> Finding:
    try:
        state, told = check()
    except Exception as error:  # noqa: BLE001  # whatever it is, the other checks go on and the table tells
        db.session.rollback()
        state, told = State.BROKEN, f"cannot be checked: {type(error).__name__}"
    return Finding(name, state, told)


def _settings() -> Told:
    config = current_app.config
    url = urlsplit(config["PUBLIC_URL"])
    if url.hostname not in config["TRUSTED_HOSTS"] and f".{url.hostname}" not in config["TRUSTED_HOSTS"]:
        return State.BROKEN, f"TRUSTED_HOSTS lacks {url.hostname}, the host of PUBLIC_URL: nobody gets an answer there"
    if url.scheme == "https" and not config["TRUSTED_PROXIES"]:
        return State.SOON, "TRUSTED_PROXIES is empty: behind a proxy all residents share the limits of one address"
    return State.WELL, config["PUBLIC_URL"]


def _operator() -> Told:
    """Tell what the pages of the law lack; the declaration of accessibility is looked through once a year."""
    operator = current_app.config["OPERATOR"]
    if operator.missing:
        return State.SOON, f"operator.toml lacks {', '.join(operator.missing)}: pages of the law say so to everybody"
    if operator.accessibility.is_due(today()):
        return State.SOON, "the declaration of accessibility is to be looked through every year by 31 March"
    return State.WELL, operator.name


def _security_contact() -> Told:
    contact = current_app.config["SECURITY_CONTACT"]
    if contact:
        return State.WELL, f"{contact} stands in /.well-known/security.txt"
    told = "SECURITY_CONTACT is empty: /.well-known/security.txt answers 404, nobody learns where to tell of a weakness"
    return State.SOON if is_production(current_app.config["PUBLIC_URL"]) else State.WELL, told


def _key() -> Told:
    path = Path(current_app.config["INSTANCE"]) / "secret_key"
    if path.is_file() and path.stat().st_mode & 0o077:
        return State.SOON, f"{path} can be read by others: chmod 600"
    return State.WELL, "in its own file" if path.is_file() else "from the environment"


def _database() -> Told:
    if not is_sqlite():
        return _postgresql()
    version = db.session.execute(text("SELECT sqlite_version()")).scalar_one()
    mode = db.session.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode == "wal" and not has_safe_log(version):
        return State.BROKEN, f"SQLite {version} can lose commits in its write-ahead log: install a newer pysqlite3"
    return State.WELL, f"SQLite {version}, journal {mode}, {standing.database_bytes():,} bytes"


def _postgresql() -> Told:
    names = ("server_version_num", "fsync", "synchronous_commit", "full_page_writes")
    found = {name: str(db.session.scalar(text("SELECT current_setting(:name)"), {"name": name})) for name in names}
    version = int(found.pop("server_version_num")) // 10_000
    off = [name for name, value in found.items() if value == "off"]
    if off:
        return State.BROKEN, f"PostgreSQL {version} with {', '.join(off)} off: a power cut loses what was saved"
    if version < OLDEST_POSTGRESQL:
        return State.SOON, f"PostgreSQL {version} is not maintained any more"
    return State.WELL, f"PostgreSQL {version}, {standing.database_bytes():,} bytes"


def _role() -> Told:
    """Tell whether PostgreSQL lets the product do more than own its tables, and what takes that away."""
    if is_sqlite():
        return State.WELL, "none: a file"
    number, name, *has = db.session.execute(ROLE).one()
    too_much = [attribute for attribute, has_it in zip(TOO_MUCH, has, strict=True) if has_it]
    if not too_much:
        return State.WELL, f"{name} may do what the product needs, and nothing more"
    told = f"{name} is more than the product needs ({', '.join(too_much)})"
    if number == FIRST_ROLE:
        return State.SOON, f"{told}, and PostgreSQL was set up with it: docs/operate.md, “The database's role”"
    quoted = db.engine.dialect.identifier_preparer.quote(name)
    taken = " ".join(f"NO{attribute}" for attribute in too_much)
    return State.SOON, f"{told}; as an administrator of PostgreSQL: psql --command='ALTER ROLE {quoted} {taken}'"


def _migrations() -> Told:
    present, newest = standing.present_migration(), standing.newest_migration()
    if present != newest:
        return State.BROKEN, f"the tables are at {present or 'none'}, this version needs {newest}: flask db upgrade"
    return State.WELL, newest


def _restore() -> Told:
    if restoring.is_under_way():
        return State.BROKEN, "one was broken off: type the same flask backup restore again"
    return State.WELL, "none is under way"


def _disk() -> Told:
    free = room.free_bytes()
    told = ", ".join(f"{name} {size // 1_000_000:,} MB" for name, size in free.items())
    floor = current_app.config["DISK_FLOOR_MB"] * 1_000_000
    least = min(free.values(), default=0)
    if least < floor:
        return State.BROKEN, f"nothing is written any more: {told}"
    return (State.SOON, f"little is left: {told}") if least < 5 * floor else (State.WELL, told)


def _clock() -> Told:
    if is_sqlite():
        return State.WELL, "one machine"
    there: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew_s = abs((there - now()).total_seconds())
    told = f"the database's clock differs by {skew_s:.1f} s"
    return (State.BROKEN if skew_s > SKEW_S else State.WELL), told


def _mail(mail_to: str) -> Told:
    if not current_app.config["MAIL_URL"]:
        waiting = len(list(Path(current_app.config["MAIL_FILE_PATH"]).glob("*.eml")))
        return State.SOON, f"MAIL_URL is not set: letters are put into instance/mail/ ({waiting} there)"
    message = EmailMessage(subject="flask doctor", body="This letter was sent by flask doctor.\n", to=[mail_to])
    connection: Any = message.get_connection()
    try:
        connection.open()
        if mail_to:
            message.send()
    except (OSError, smtplib.SMTPException) as error:
        return State.BROKEN, f"the mail server refuses: {type(error).__name__}"
    finally:
        connection.close()
    return State.WELL, f"a letter was sent to {mail_to}" if mail_to else "the mail server answers"


def _worker() -> Told:
    seen = standing.worker_seen_at()
    if seen is None:
        return State.BROKEN, "was never seen: start flask worker"
    told = f"seen {_age(seen)} ago"
    return (State.WELL, told) if standing.is_worker_there() else (State.BROKEN, f"{told}: start flask worker")


def _queue() -> Told:
    try:
        waiting = queue.size()
    except Exception as error:  # noqa: BLE001  # each kind of queue has errors of its own
        return State.BROKEN, f"QUEUE_URL cannot be reached: {type(error).__name__}; tasks begin half a minute late"
    return State.WELL, f"{waiting} messages wait"


def _backup() -> Told:
    made = standing.last_backup_at()
    if made is None:
        return State.SOON, "none was made: flask backup create FILE"
    told = f"{_age(made)} ago"
    return (State.WELL, told) if made > now() - BACKUP_AGE else (State.SOON, told)


def _age(moment: datetime) -> str:
    minutes = int((now() - moment).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 60 * 48 else f"{minutes // 1440} days"


def _programs() -> Told:
    if is_sqlite():
        return State.WELL, "none needed"
    version = postgresql_copy.server_version(db.session.connection())
    try:
        for name in ("pg_dump", "pg_restore", "psql"):
            postgresql_copy.program(name, version)
    except postgresql_copy.ProgramMissing as missing:
        return State.BROKEN, str(missing)
    return State.WELL, "pg_dump, pg_restore and psql"


def _boundaries() -> Told:
    number, communes = len(districts.districts()), len(districts.communes())
    if not number:
        return State.BROKEN, "none are in force today: flask districts import"
    return State.WELL, f"{number} districts and {communes} communes in force today"


def _categories() -> Told:
    number = len(catalogue.valid_on(today()))
    return (State.WELL, f"{number} in force today") if number else (State.BROKEN, "none: flask catalogue load")


def _translations() -> Told:
    folder = Path(current_app.config["BABEL_TRANSLATION_DIRECTORIES"])
    missing = [code for code in LANGUAGES if not (folder / code / "LC_MESSAGES" / "messages.mo").is_file()]
    if missing:
        return State.BROKEN, f"not compiled: {', '.join(missing)} (script/setup)"
    return State.WELL, ", ".join(LANGUAGES)


def _assets() -> Told:
    made = ROOT / "consult" / "static" / "dist" / "site.css"
    return (State.WELL, "built") if made.is_file() else (State.BROKEN, "not built: script/setup")


def _printing() -> Told:
    try:
        printed = pdf(SAMPLE, title="Próba")
    except DocumentRefused as refused:
        return State.BROKEN, f"no page could be printed: {refused}"
    is_pdf = printed.startswith(b"%PDF")
    return (State.WELL, "a page was printed, with its fonts") if is_pdf else (State.BROKEN, "what came is no PDF")


def _trail() -> Told:
    verdict = trail.verify()
    if verdict.is_intact:
        return State.WELL, f"{entries.count():,} entries, as they were written"
    return State.BROKEN, f"entry {verdict.broken_at} is not as it was written: flask audit verify tells what to do"
