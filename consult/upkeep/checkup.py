"""A look over the whole installation: what is well, what will become trouble, and what is broken."""

import smtplib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
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
from consult.web.languages import file_size, number

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
MAKE_A_BACKUP = "flask backup create FILE"
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
    """What a look at one thing found: a sentence of the reader's language and, where one mends it, a command."""

    name: str
    state: State
    told: str
    command: str = ""

    @property
    def label(self) -> str:
        """What was looked at, in the reader's language."""
        return str(LABELS[self.name])


Told = tuple[State, str] | tuple[State, str, str]

LABELS = {
    "version": _l("Version"),
    "settings": _l("Settings"),
    "secret key": _l("Secret key"),
    "operator": _l("Who runs this site"),
    "security contact": _l("Contact for weaknesses"),
    "database": _l("Database"),
    "database role": _l("Role in the database"),
    "migrations": _l("Tables of this version"),
    "restore": _l("Restoring a backup"),
    "disk": _l("Room on the disk"),
    "clock": _l("Clocks"),
    "mail": _l("Mail"),
    "worker": _l("Worker"),
    "queue": _l("Queue of work"),
    "last backup": _l("Last backup"),
    "backup programs": _l("Programs for backups"),
    "boundaries": _l("Boundaries"),
    "categories": _l("Categories"),
    "translations": _l("Translations"),
    "styles and scripts": _l("Styles and scripts"),
    "printing": _l("Printing"),
    "audit trail": _l("Audit trail"),
}
SLOW = ("mail", "printing", "audit trail")
"""What takes seconds: a letter's server is asked, a page is printed, each entry of the trail is read."""


def findings(mail_to: str = "", left_out: Collection[str] = ()) -> list[Finding]:
    """Look at everything but what is left out. A check that breaks off is a finding itself."""
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
    return [_looked(name, check) for name, check in checks.items() if name not in left_out]


def _looked(name: str, check: Callable[[], Told]) -> Finding:
    try:
        return Finding(name, *check())
    except Exception as error:  # noqa: BLE001  # whatever it is, the other checks go on and the table tells
        db.session.rollback()
        return Finding(name, State.BROKEN, _("cannot be checked: %(error)s", error=type(error).__name__))


def _settings() -> Told:
    config = current_app.config
    url = urlsplit(config["PUBLIC_URL"])
    if url.hostname not in config["TRUSTED_HOSTS"] and f".{url.hostname}" not in config["TRUSTED_HOSTS"]:
        return State.BROKEN, _(
            "TRUSTED_HOSTS lacks %(host)s, the host of PUBLIC_URL: nobody gets an answer there", host=url.hostname
        )
    if url.scheme == "https" and not config["TRUSTED_PROXIES"]:
        return State.SOON, _("TRUSTED_PROXIES is empty: behind a proxy all residents share the limits of one address")
    return State.WELL, config["PUBLIC_URL"]


def _operator() -> Told:
    """Tell what the pages of the law lack; the declaration of accessibility is looked through once a year."""
    operator = current_app.config["OPERATOR"]
    if operator.missing:
        lacking = ", ".join(operator.missing)
        return State.SOON, _("operator.toml lacks %(names)s: pages of the law say so to everybody", names=lacking)
    if operator.accessibility.is_due(today()):
        return State.SOON, _("the declaration of accessibility is to be looked through every year by 31 March")
    return State.WELL, operator.name


def _security_contact() -> Told:
    contact = current_app.config["SECURITY_CONTACT"]
    if contact:
        return State.WELL, _("%(contact)s stands in /.well-known/security.txt", contact=contact)
    told = _(
        "SECURITY_CONTACT is empty: /.well-known/security.txt answers 404, nobody learns where to tell of a weakness"
    )
    return State.SOON if is_production(current_app.config["PUBLIC_URL"]) else State.WELL, told


def _key() -> Told:
    path = Path(current_app.config["INSTANCE"]) / "secret_key"
    if path.is_file() and path.stat().st_mode & 0o077:
        return State.SOON, _("its file can be read by others"), f"chmod 600 {path}"
    return State.WELL, _("in its own file") if path.is_file() else _("from the environment")


def _database() -> Told:
    if not is_sqlite():
        return _postgresql()
    version = db.session.execute(text("SELECT sqlite_version()")).scalar_one()
    mode = db.session.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode == "wal" and not has_safe_log(version):
        return State.BROKEN, _(
            "SQLite %(version)s can lose commits in its write-ahead log: install a newer pysqlite3", version=version
        )
    return State.WELL, _(
        "SQLite %(version)s, journal %(mode)s, %(size)s",
        version=version,
        mode=mode,
        size=file_size(standing.database_bytes()),
    )


def _postgresql() -> Told:
    names = ("server_version_num", "fsync", "synchronous_commit", "full_page_writes")
    found = {name: str(db.session.scalar(text("SELECT current_setting(:name)"), {"name": name})) for name in names}
    version = int(found.pop("server_version_num")) // 10_000
    off = [name for name, value in found.items() if value == "off"]
    if off:
        return State.BROKEN, _(
            "PostgreSQL %(version)s with %(names)s off: a power cut loses what was saved",
            version=version,
            names=", ".join(off),
        )
    if version < OLDEST_POSTGRESQL:
        return State.SOON, _("PostgreSQL %(version)s is not maintained any more", version=version)
    return State.WELL, f"PostgreSQL {version}, {file_size(standing.database_bytes())}"


def _role() -> Told:
    """Tell whether PostgreSQL lets the product do more than own its tables, and what takes that away."""
    if is_sqlite():
        return State.WELL, _("none: a file")
    identity, name, *has = db.session.execute(ROLE).one()
    too_much = [attribute for attribute, has_it in zip(TOO_MUCH, has, strict=True) if has_it]
    if not too_much:
        return State.WELL, _("%(role)s may do what the product needs, and nothing more", role=name)
    attributes = ", ".join(too_much)
    if identity == FIRST_ROLE:
        return State.SOON, _(
            "%(role)s is more than the product needs (%(attributes)s), and PostgreSQL was set up with it: "
            "docs/operate.md, “The database's role”",
            role=name,
            attributes=attributes,
        )
    quoted = db.engine.dialect.identifier_preparer.quote(name)
    taken = " ".join(f"NO{attribute}" for attribute in too_much)
    told = _(
        "%(role)s is more than the product needs (%(attributes)s); as an administrator of PostgreSQL",
        role=name,
        attributes=attributes,
    )
    return State.SOON, told, f"psql --command='ALTER ROLE {quoted} {taken}'"


def _migrations() -> Told:
    present, newest = standing.present_migration(), standing.newest_migration()
    if present != newest:
        told = _("the tables are at %(present)s, this version needs %(newest)s", present=present or "–", newest=newest)
        return State.BROKEN, told, "flask db upgrade"
    return State.WELL, newest


def _restore() -> Told:
    if restoring.is_under_way():
        return State.BROKEN, _("one was broken off: type the same command again"), "flask backup restore"
    return State.WELL, _("none is under way")


def _disk() -> Told:
    free = room.free_bytes()
    told = ", ".join(f"{name} {file_size(size)}" for name, size in free.items())
    floor = current_app.config["DISK_FLOOR_MB"] * 1_000_000
    least = min(free.values(), default=0)
    if least < floor:
        return State.BROKEN, _("nothing is written any more: %(room)s", room=told)
    return (State.SOON, _("little is left: %(room)s", room=told)) if least < 5 * floor else (State.WELL, told)


def _clock() -> Told:
    if is_sqlite():
        return State.WELL, _("one machine")
    there: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew_s = abs((there - now()).total_seconds())
    told = _("the database's clock differs by %(seconds)s s", seconds=number(round(skew_s, 1)))
    return (State.BROKEN if skew_s > SKEW_S else State.WELL), told


def _mail(mail_to: str) -> Told:
    if not current_app.config["MAIL_URL"]:
        waiting = len(list(Path(current_app.config["MAIL_FILE_PATH"]).glob("*.eml")))
        return State.SOON, _(
            "MAIL_URL is not set: letters are put into instance/mail/ (there are %(waiting)s)", waiting=number(waiting)
        )
    message = EmailMessage(subject="flask doctor", body="This letter was sent by flask doctor.\n", to=[mail_to])
    connection: Any = message.get_connection()
    try:
        connection.open()
        if mail_to:
            message.send()
    except (OSError, smtplib.SMTPException) as error:
        return State.BROKEN, _("the mail server refuses: %(error)s", error=type(error).__name__)
    finally:
        connection.close()
    return State.WELL, _("a letter was sent to %(address)s", address=mail_to) if mail_to else _("the server answers")


def _worker() -> Told:
    seen = standing.worker_seen_at()
    if seen is None:
        return State.BROKEN, _("was never seen"), "flask worker"
    told = _("last seen: %(age)s", age=_age(seen))
    return (State.WELL, told) if standing.is_worker_there() else (State.BROKEN, told, "flask worker")


def _queue() -> Told:
    try:
        waiting = queue.size()
    except Exception as error:  # noqa: BLE001  # each kind of queue has errors of its own
        return State.BROKEN, _(
            "QUEUE_URL cannot be reached: %(error)s; tasks begin half a minute late", error=type(error).__name__
        )
    return State.WELL, ngettext("%(num)s message waits", "%(num)s messages wait", waiting)


def _backup() -> Told:
    made = standing.last_backup_at()
    if made is None:
        return State.SOON, _("none was made"), MAKE_A_BACKUP
    return (State.WELL, _age(made)) if made > now() - BACKUP_AGE else (State.SOON, _age(made), MAKE_A_BACKUP)


def _age(moment: datetime) -> str:
    return format_timedelta(moment - now(), add_direction=True)


def _programs() -> Told:
    if is_sqlite():
        return State.WELL, _("none needed")
    version = postgresql_copy.server_version(db.session.connection())
    try:
        for name in ("pg_dump", "pg_restore", "psql"):
            postgresql_copy.program(name, version)
    except postgresql_copy.ProgramMissing as missing:
        return State.BROKEN, str(missing)
    return State.WELL, "pg_dump, pg_restore, psql"


def _boundaries() -> Told:
    found = districts.districts()
    if not found:
        return State.BROKEN, _("none are in force today"), "flask districts import"
    return State.WELL, _(
        "in force today: districts %(districts)s, communes %(communes)s",
        districts=number(len(found)),
        communes=number(len(districts.communes())),
    )


def _categories() -> Told:
    found = catalogue.valid_on(today())
    if not found:
        return State.BROKEN, _("none are in force today"), "flask catalogue load"
    return State.WELL, _("in force today: %(count)s", count=number(len(found)))


def _translations() -> Told:
    folder = Path(current_app.config["BABEL_TRANSLATION_DIRECTORIES"])
    missing = [code for code in LANGUAGES if not (folder / code / "LC_MESSAGES" / "messages.mo").is_file()]
    if missing:
        return State.BROKEN, _("not compiled: %(languages)s", languages=", ".join(missing)), "script/setup"
    return State.WELL, ", ".join(LANGUAGES)


def _assets() -> Told:
    made = ROOT / "consult" / "static" / "dist" / "site.css"
    return (State.WELL, _("built")) if made.is_file() else (State.BROKEN, _("not built"), "script/setup")


def _printing() -> Told:
    try:
        printed = pdf(SAMPLE, title="Próba")
    except DocumentRefused as refused:
        return State.BROKEN, _("no page could be printed: %(reason)s", reason=str(refused))
    if not printed.startswith(b"%PDF"):
        return State.BROKEN, _("what came is no PDF")
    return State.WELL, _("a page was printed, with its fonts")


def _trail() -> Told:
    verdict = trail.verify()
    if verdict.is_intact:
        return State.WELL, _("as it was written; entries: %(count)s", count=number(entries.count()))
    told = _("entry %(entry)s is not as it was written; the command tells what to do", entry=verdict.broken_at)
    return State.BROKEN, told, "flask audit verify"
