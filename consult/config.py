"""Configuration: read once from the environment, checked before the first request, refused by name when wrong."""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from consult.operator import Operator, OperatorRefused

Network = IPv4Network | IPv6Network

ROOT = Path(__file__).resolve().parent.parent
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
"""The version of the product; pyproject.toml is the one place where it is written."""
GUESSED = ("secret", "change", "password", "default", "example", "development", "qwerty")
"""Words of keys that stand in examples and never were replaced."""
SHARED_DOMAINS = {"gov.pl", "com.pl", "edu.pl", "net.pl", "org.pl", "co.uk", "gov.uk", "com.ua", "gov.ua"}
KNOWN_KEYS = {"dev", "secret", "changeme", "change-me", "development"}


class ConfigurationRefused(Exception):
    """A setting holds a value the application cannot run with; the message begins with the setting's name."""


@dataclass(frozen=True)
class Config:
    """Everything an installation may set. Names in capitals are Flask's own or one of its extensions'."""

    SECRET_KEY: str
    SQLALCHEMY_DATABASE_URI: str
    INSTANCE: Path = ROOT / "instance"
    REPORTS_OUT: Path = ROOT / "reports_out"
    PUBLIC_URL: str = "http://127.0.0.1:8000"
    TRUSTED_HOSTS: list[str] = field(default_factory=lambda: ["localhost", "127.0.0.1"])
    MAIL_URL: str = ""
    SECURITY_CONTACT: str = ""
    QUEUE_URL: str = ""
    CHECKS_NEEDED: int = 3
    FILES_KEPT_DAYS: int = 90
    WORDS_KEPT_DAYS: int = 365
    ACCOUNTS_KEPT_DAYS: int = 730
    PARTNER_ANSWER_DAYS: int = 14
    DEADLINE_SOON_DAYS: int = 7
    DEADLINE_AGAIN_DAYS: int = 30
    BASEMAP: str = ""
    SECOND_STEP: str = "optional"
    BACKUPS_KEPT: int = 3
    DISK_FLOOR_MB: int = 200
    LOG_FORMAT: str = "text"
    OPERATOR: Operator = field(default_factory=Operator)
    METRICS_FROM: list[Network] = field(default_factory=lambda: _networks("METRICS_FROM", "127.0.0.1,::1"))
    TRUSTED_PROXIES: list[Network | str] = field(default_factory=list)
    TESTING: bool = False
    SESSION_COOKIE_NAME: str = "session"
    SESSION_COOKIE_SECURE: bool = False
    SESSION_COOKIE_HTTPONLY: bool = True
    SESSION_COOKIE_SAMESITE: str = "Lax"
    REMEMBER_COOKIE_DURATION: int = 0
    MAX_CONTENT_LENGTH: int = 6 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE: int = 2 * 1024 * 1024
    MAX_FORM_PARTS: int = 500
    WTF_CSRF_TIME_LIMIT: int | None = None
    BABEL_DEFAULT_LOCALE: str = "pl"
    BABEL_DEFAULT_TIMEZONE: str = "Europe/Warsaw"
    BABEL_TRANSLATION_DIRECTORIES: str = str(ROOT / "consult" / "translations")
    RATELIMIT_ENABLED: bool = True
    SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings of SURFACE's table; raise ConfigurationRefused on the first bad one."""
        env = os.environ if environment is None else environment
        instance = Path(env.get("INSTANCE_PATH", ROOT / "instance"))
        _refuse_in_production(env)
        public_url = _public_url(env.get("PUBLIC_URL", "http://127.0.0.1:8000"))
        is_secure = public_url.startswith("https://")
        return cls(
            SECRET_KEY=_secret_key(env.get("SECRET_KEY"), instance),
            SQLALCHEMY_DATABASE_URI=_database_url(env.get("DATABASE_URL"), instance),
            INSTANCE=instance,
            REPORTS_OUT=_folder("REPORTS_OUT", env.get("REPORTS_OUT", str(ROOT / "reports_out"))),
            PUBLIC_URL=public_url,
            TRUSTED_HOSTS=_hosts(env.get("TRUSTED_HOSTS", "localhost,127.0.0.1")),
            MAIL_URL=_mail_url(env.get("MAIL_URL", "")),
            SECURITY_CONTACT=_security_contact(env.get("SECURITY_CONTACT", "")),
            QUEUE_URL=_queue_url(env.get("QUEUE_URL", ""), env.get("DATABASE_URL", "")),
            BASEMAP=env.get("BASEMAP", ""),
            SECOND_STEP=_second_step(env.get("SECOND_STEP", "optional")),
            DISK_FLOOR_MB=_number("DISK_FLOOR_MB", env.get("DISK_FLOOR_MB", "200"), 0, 10_000_000),
            LOG_FORMAT=_log_format(env.get("LOG_FORMAT", "text")),
            OPERATOR=_operator(env.get("OPERATOR_FILE"), instance),
            METRICS_FROM=_networks("METRICS_FROM", env.get("METRICS_FROM", "127.0.0.1,::1")),
            TRUSTED_PROXIES=_proxies(env.get("TRUSTED_PROXIES", "")),
            BACKUPS_KEPT=_number("BACKUPS_KEPT", env.get("BACKUPS_KEPT", "3"), 0, 100),
            CHECKS_NEEDED=_checks(env.get("CHECKS_NEEDED", "3")),
            FILES_KEPT_DAYS=_number("FILES_KEPT_DAYS", env.get("FILES_KEPT_DAYS", "90"), 14, 3650),
            WORDS_KEPT_DAYS=_number("WORDS_KEPT_DAYS", env.get("WORDS_KEPT_DAYS", "365"), 30, 3650),
            ACCOUNTS_KEPT_DAYS=_number("ACCOUNTS_KEPT_DAYS", env.get("ACCOUNTS_KEPT_DAYS", "730"), 30, 3650),
            PARTNER_ANSWER_DAYS=_answer_days(env.get("PARTNER_ANSWER_DAYS", "14")),
            DEADLINE_SOON_DAYS=_reminder_days("DEADLINE_SOON_DAYS", env.get("DEADLINE_SOON_DAYS", "7")),
            DEADLINE_AGAIN_DAYS=_reminder_days("DEADLINE_AGAIN_DAYS", env.get("DEADLINE_AGAIN_DAYS", "30")),
            SESSION_COOKIE_NAME="__Host-session" if is_secure else "session",
            SESSION_COOKIE_SECURE=is_secure,
        )


THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
FEWEST_CHARACTERS = 12
"""So many different characters a key has at least that somebody drew and did not type."""
SAID_NO = {"", "0", "false", "no", "off"}


def is_production(public_url: str) -> bool:
    """Tell whether an installation is for real people: its address is https, or names another machine than this one."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or parts.hostname not in THIS_MACHINE


def _refuse_in_production(env: Mapping[str, str]) -> None:
    """Stop a start for real people that would be open to everybody; a laptop starts as it is."""
    if not is_production(_public_url(env.get("PUBLIC_URL", "http://127.0.0.1:8000"))):
        return
    key = env.get("SECRET_KEY")
    if key is not None and _can_be_guessed(key):
        raise ConfigurationRefused(
            "SECRET_KEY: can be guessed. Leave it out, and one is drawn and kept in the instance folder, or draw one "
            "with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if env.get("FLASK_DEBUG", "").strip().lower() not in SAID_NO:
        raise ConfigurationRefused("FLASK_DEBUG: shows every reader the inside of the program. Leave it out")
    if not env.get("TRUSTED_HOSTS", "").strip():
        raise ConfigurationRefused(
            "TRUSTED_HOSTS: say the host names under which this is reached, for example konsultacje.example.pl"
        )
    if any(_is_wide(host.strip()) for host in env["TRUSTED_HOSTS"].split(",")):
        raise ConfigurationRefused("TRUSTED_HOSTS: names hosts of others, too. Say your own, one by one")


def _can_be_guessed(key: str) -> bool:
    """Tell whether a key was typed rather than drawn: few characters, a piece that repeats, words of examples."""
    repeats = key in (key + key)[1:-1]
    return len(set(key)) < FEWEST_CHARACTERS or repeats or any(word in key.lower() for word in GUESSED)


def _is_wide(host: str) -> bool:
    """Tell whether a name stands for hosts of other people: a star, or all that ends in .pl or in .gov.pl."""
    return "*" in host or (host.startswith(".") and (host.count(".") < 2 or host[1:] in SHARED_DOMAINS))


def _secret_key(value: str | None, instance: Path) -> str:
    """Take the key from the environment, or create one of 256 bits once and keep it, readable by its owner only."""
    if value is not None:
        if len(value) < 32 or value.lower() in KNOWN_KEYS:
            raise ConfigurationRefused("SECRET_KEY: needs at least 32 characters that nobody can guess")
        return value
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _operator(value: str | None, instance: Path) -> Operator:
    """Read who runs the installation; without a setting from the instance folder, if there is such a file."""
    path = Path(value) if value else instance / "operator.toml"
    if not value and not path.exists():
        return Operator()
    try:
        return Operator.read(path)
    except OperatorRefused as refused:
        raise ConfigurationRefused(f"OPERATOR_FILE: {refused}") from refused


def _database_url(value: str | None, instance: Path) -> str:
    if not value:
        return f"sqlite+pysqlite:///{instance / 'consult.db'}"
    scheme, separator, rest = value.partition("://")
    known = {
        "sqlite": "sqlite+pysqlite",
        "sqlite+pysqlite": "sqlite+pysqlite",
        "postgres": "postgresql+psycopg",
        "postgresql": "postgresql+psycopg",
        "postgresql+psycopg": "postgresql+psycopg",
    }
    if not separator or scheme not in known:
        raise ConfigurationRefused("DATABASE_URL: begins with sqlite:/// or postgresql://")
    return f"{known[scheme]}://{rest}"


def _folder(name: str, value: str) -> Path:
    path = Path(value)
    if path.exists() and not path.is_dir():
        raise ConfigurationRefused(f"{name}: {value} is a file, a folder is needed")
    return path.resolve()


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ConfigurationRefused("PUBLIC_URL: an address such as https://konsultacje.example.pl is needed")
    return value.rstrip("/")


def _hosts(value: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not hosts or not all(re.fullmatch(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", host) for host in hosts):
        raise ConfigurationRefused("TRUSTED_HOSTS: host names separated by commas are needed, without ports")
    return hosts


def _mail_url(value: str) -> str:
    if value and urlsplit(value).scheme not in {"smtp", "smtps"}:
        raise ConfigurationRefused("MAIL_URL: an address such as smtp://user:password@host:587 is needed")
    return value


def _security_contact(value: str) -> str:
    """Read where weaknesses are told as the address that RFC 9116 wants: `mailto:` or https; without one empty."""
    if not value:
        return ""
    if re.fullmatch(r"[^@\s:/]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        return f"mailto:{value}"
    if re.fullmatch(r"https://[^\s/]+(/\S*)?", value):
        return value
    raise ConfigurationRefused("SECURITY_CONTACT: an e-mail address or one that begins with https:// is needed")


def _queue_url(value: str, database_url: str) -> str:
    """Read where word of background tasks goes: nowhere but to this host's workers, or to those of all hosts."""
    scheme = urlsplit(value).scheme
    if value and scheme not in {"postgres", "postgresql", "redis", "rediss"}:
        raise ConfigurationRefused(
            "QUEUE_URL: begins with postgresql:// or redis://. Without it the queue is a file in the instance folder"
        )
    if value and _server(value) == _server(database_url):
        raise ConfigurationRefused(
            "QUEUE_URL: is the database of DATABASE_URL, whose backups bring it back whole. The queue needs its own"
        )
    if scheme.startswith("redis") and find_spec("redis") is None:
        raise ConfigurationRefused(
            "QUEUE_URL: a queue on Redis needs a package that is not installed. Type: .venv/bin/pip install redis"
        )
    return value


def _server(url: str) -> tuple[str | None, int | None, str]:
    """Tell which database an address names, whoever opens it."""
    parts = urlsplit(url)
    return parts.hostname, parts.port, parts.path


def _second_step(value: str) -> str:
    """Read whether staff may sign in by the password alone."""
    if value not in {"optional", "required"}:
        raise ConfigurationRefused("SECOND_STEP: optional or required is needed")
    return value


def _checks(value: str) -> int:
    """Read how many checks a threat needs before it is called not confirmed; "several" is at least two."""
    if not re.fullmatch(r"[0-9]{1,2}", value) or not 2 <= int(value) <= 20:
        raise ConfigurationRefused("CHECKS_NEEDED: a number from 2 to 20 is needed")
    return int(value)


def _answer_days(value: str) -> int:
    """Read within how many working days an office is asked to answer what was handed over to it."""
    if not re.fullmatch(r"[0-9]{1,2}", value) or not 1 <= int(value) <= 90:
        raise ConfigurationRefused("PARTNER_ANSWER_DAYS: a number from 1 to 90 is needed")
    return int(value)


def _reminder_days(name: str, value: str) -> int:
    """Read how many days before or after a deadline of a request somebody is reminded of it."""
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= 180:
        raise ConfigurationRefused(f"{name}: a number of days from 1 to 180 is needed")
    return int(value)


def _number(name: str, value: str, least: int, most: int) -> int:
    """Read a whole number within bounds."""
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise ConfigurationRefused(f"{name}: a number from {least} to {most} is needed")
    return int(value)


def _log_format(value: str) -> str:
    if value not in {"text", "json"}:
        raise ConfigurationRefused("LOG_FORMAT: text or json is needed")
    return value


def _networks(name: str, value: str) -> list[Network]:
    """Read addresses and networks; nothing means nobody."""
    try:
        return [ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip()]
    except ValueError as error:
        raise ConfigurationRefused(f"{name}: addresses such as 127.0.0.1,10.0.0.0/8 are needed") from error


def _proxies(value: str) -> list[Network | str]:
    """Read whose X-Forwarded-For is believed: addresses, or "unix" for whoever comes by a socket of this machine."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    networks = _networks("TRUSTED_PROXIES", ",".join(part for part in parts if part != "unix"))
    if any(network.prefixlen == 0 for network in networks):
        raise ConfigurationRefused("TRUSTED_PROXIES: names everybody, who could then say any address")
    return [*networks, *(part for part in parts if part == "unix")]
