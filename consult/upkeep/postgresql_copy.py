"""A copy of a PostgreSQL database by its own programs, of one snapshot that the counts share, and the same way back."""

import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, func, select, table, text

USUAL_PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
LOCK_TIMEOUT = "30s"
TRAFFIC = "traffic_"
"""Rate limits, which no backup holds: losing them harms nobody, and they count people."""

TABLES = text("""
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT starts_with(c.relname, :traffic)
    ORDER BY c.relname
""")
FUNCTIONS = text("""
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1
""")
OTHERS = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
""")


class ProgramMissing(Exception):
    """A program of PostgreSQL is not on this machine, or is older than the server; the message says which."""


class ProgramFailed(Exception):
    """A program of PostgreSQL refused; the message is what it said last."""


def program(name: str, oldest: int = 0) -> str:
    """Find a program of PostgreSQL of at least a version: the newest of PATH and the usual places."""
    found = sorted(((_version(path), path) for path in _places(name)), reverse=True)
    if not found:
        raise ProgramMissing(
            f"{name} is not on this machine: install PostgreSQL's client programs (postgresql-client)."
        )
    version, path = found[0]
    if version < oldest:
        needed = f"postgresql-client-{oldest}"
        raise ProgramMissing(f"{name} is of version {version}, the server of {oldest}: install {needed}.")
    return path


def _places(name: str) -> set[str]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for place in USUAL_PLACES:
        base = Path(place)
        folders += sorted(base.parent.glob(f"{base.name}*/*/bin")) + sorted(base.parent.glob(f"{base.name}*/bin"))
    return {str(path) for folder in folders if os.access(path := folder / name, os.X_OK) and path.is_file()}


def _version(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout  # noqa: S603
    number = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(number[1]) if number else 0


def server_version(connection: Connection) -> int:
    """Tell the server's version, such as 15."""
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def _access(url: URL) -> tuple[str, dict[str, str]]:
    """Say where the database is, for a command line, and its password, which no list of processes may show."""
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    where = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **query}
    known = {name: str(value) for name, value in where.items() if value is not None and name != "password"}
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    return make_conninfo(**known), dict(os.environ) | {"LC_ALL": "C"} | secret


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """Hold one moment of the database still, for us and for pg_dump."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        yield connection, str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        connection.rollback()


def tables(connection: Connection) -> list[str]:
    """List the tables that a backup holds."""
    return [name for (name,) in connection.execute(TABLES, {"traffic": TRAFFIC})]


def functions(connection: Connection) -> list[str]:
    """List the functions that the migrations made, with their arguments."""
    return [name for (name,) in connection.execute(FUNCTIONS)]


def counts(connection: Connection) -> dict[str, int]:
    """Count the rows of every table."""
    counting = {name: select(func.count()).select_from(table(name)) for name in tables(connection)}
    return {name: int(connection.execute(chosen).scalar_one()) for name, chosen in counting.items()}


def head(connection: Connection) -> str:
    """Tell the last migration of a database, empty without tables."""
    if "alembic_version" not in tables(connection):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def others(connection: Connection) -> int:
    """Count who else is connected."""
    return int(connection.execute(OTHERS).scalar_one())


@contextmanager
def dumped(url: URL, connection: Connection, moment: str) -> Iterator[IO[bytes]]:
    """Give what pg_dump writes of a moment, in its own form, which is packed. Raises ProgramFailed at the end."""
    where, environment = _access(url)
    schema = str(connection.execute(text("SELECT current_schema()")).scalar_one())
    command = [
        program("pg_dump", server_version(connection)), "--format=custom", "--no-owner", "--no-privileges",
        "--no-password", f"--snapshot={moment}", f"--schema={schema}", f"--exclude-table={TRAFFIC}*",
        f"--dbname={where}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment) as running:  # noqa: S603
            assert running.stdout is not None
            try:
                yield running.stdout
            except BaseException:
                running.kill()
                raise
        _judge("pg_dump", running.returncode, said)


def _judge(name: str, status: int, said: IO[bytes]) -> None:
    if status != 0:
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
        raise ProgramFailed(f"{name}: {lines[-1] if lines else f'ended with {status}'}")


def listed(dump: Path) -> list[str]:
    """Let pg_restore list what a copy holds. Raises ProgramFailed when it cannot."""
    with tempfile.TemporaryFile() as said:
        command = [program("pg_restore"), "--list", str(dump)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=said, check=False)  # noqa: S603
        _judge("pg_restore", done.returncode, said)
    return done.stdout.decode().splitlines()


def _chosen(dump: Path) -> str:
    """Choose what of a copy is put back: all but the schema itself, which is there."""
    return "\n".join(line for line in listed(dump) if " SCHEMA - " not in line and " - SCHEMA " not in line)


def counts_of(dump: Path) -> tuple[dict[str, int], str]:
    """Count the rows of each table in a copy, without a server, and tell its last migration."""
    found: Counter[str] = Counter()
    head_of, within = "", ""
    with _script(dump, "--data-only") as lines:
        for line in lines:
            if within and line == b"\\.\n":
                within = ""
            elif within:
                found[within] += 1
                head_of = line.decode().strip() if within == "alembic_version" else head_of
            elif named := re.match(rb'COPY (?:"?[\w$]+"?\.)?"?([\w$]+)"? \(', line):
                within = named[1].decode()
                found[within] += 0
    return dict(found), head_of


@contextmanager
def _script(dump: Path, *options: str) -> Iterator[Iterable[bytes]]:
    command = [program("pg_restore"), "--file=-", "--no-owner", "--no-privileges", *options, str(dump)]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as running:  # noqa: S603
            assert running.stdout is not None
            yield running.stdout
        _judge("pg_restore", running.returncode, said)


def put_in_place(url: URL, engine: Engine, dump: Path) -> None:
    """Let a copy become the database, in one transaction: all of it or nothing."""
    with tempfile.TemporaryFile() as script:
        with engine.connect() as connection:
            script.write(_clearing(connection).encode())
        _write_script(dump, script)  # whole before its first statement runs: a copy that breaks off changes nothing
        script.seek(0)
        _run_script(url, script)


def _write_script(dump: Path, script: IO[bytes]) -> None:
    with tempfile.NamedTemporaryFile("w") as chosen:
        chosen.write(_chosen(dump))
        chosen.flush()
        with _script(dump, f"--use-list={chosen.name}") as lines:
            script.writelines(lines)


def _run_script(url: URL, script: IO[bytes]) -> None:
    where, environment = _access(url)
    command = [
        program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-password",
        "--output=/dev/null", f"--dbname={where}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdin=script, stdout=said, stderr=said, env=environment, check=False)  # noqa: S603
        _judge("psql", done.returncode, said)


def _clearing(connection: Connection) -> str:
    """Write what takes the present tables and functions away. Rate limits stay."""
    quote = connection.dialect.identifier_preparer.quote
    present = [f"DROP TABLE {quote(name)} CASCADE;" for name in tables(connection)]
    present += [f"DROP FUNCTION {name} CASCADE;" for name in functions(connection)]
    return "\n".join([f"SET lock_timeout = '{LOCK_TIMEOUT}';", *present, ""])
