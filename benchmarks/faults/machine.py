"""The machine that faults are tried on: both databases as they really run, small disks, broken calls, wrong clocks."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from consult.audit import operations as audit
from tests.apart import application
from tests.faults.load import held

KILLS, CLUSTER_KILLS, PEOPLE = 12, 5, 16
MORE = 30
HERE = Path(__file__).parent
COUNTED = Counter()
"""What all faults of this run came to."""


class NotRun(Exception):
    """This machine cannot do it; the words say why."""


# PostgreSQL as it is run for real


class Cluster:
    """A temporary PostgreSQL with every sync on, in a folder of its own, reached through its socket alone."""

    def __init__(self, folder=None, *initdb):
        self.wrapper = ()
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            raise NotRun("PostgreSQL is not installed")
        self.binaries = found[-1]
        self.folder = Path(folder or tempfile.mkdtemp(prefix="faults-pg."))
        self.user = "postgres" if os.geteuid() == 0 else ""
        if self.user:
            shutil.chown(self.folder, self.user)
            self.folder.chmod(0o755)
        self._run("initdb", f"--pgdata={self.data}", "--username=consult", "--auth=trust", "--locale=C.UTF-8", *initdb)
        self.start()
        self._run("createdb", f"--host={self.folder}", "--username=consult", "consult_test")

    @property
    def data(self):
        return self.folder / "data"

    @property
    def url(self):
        return f"postgresql+psycopg://consult@/consult_test?host={self.folder}"

    def _run(self, program, *words, check=True):
        command = [*(self.wrapper if "start" in words else ()), str(self.binaries / program), *words]
        if self.user:
            command = ["runuser", "-u", self.user, "--", *command]
        return subprocess.run(command, cwd="/", capture_output=True, text=True, check=check)

    def start(self, attempts=20):
        """Start it, also where processes of a killed one still end: a machine that comes back has none."""
        settings = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=60"
        words = (f"--pgdata={self.data}", f"--log={self.folder}/log", "--wait", "start", "-o", settings)
        for _attempt in range(attempts):
            if self._run("pg_ctl", *words, check=False).returncode == 0:
                return
            time.sleep(0.5)
        raise AssertionError("PostgreSQL does not start again")

    def kill(self):
        """Kill the postmaster and every process of its session, as a machine that stops does."""
        family = self.processes()
        for number in family:
            with already_gone():
                os.kill(number, signal.SIGKILL)
        until = time.monotonic() + 20
        while any(is_alive(number) for number in family) and time.monotonic() < until:
            time.sleep(0.05)

    def processes(self):
        """The postmaster, and the processes it has started; none where it has ended."""
        try:
            leader = int((self.data / "postmaster.pid").read_text().split()[0])
            is_ours = str(self.data) in Path(f"/proc/{leader}/cmdline").read_text()
            return [leader, *(int(one) for one in children(leader))] if is_ours else []
        except FileNotFoundError:
            return []

    def restart(self):
        """Restart it as an administrator does: whoever is connected is cut off."""
        log = f"--log={self.folder}/log"  # or it would hold on to what is read here until it ends
        self._run("pg_ctl", f"--pgdata={self.data}", log, "--mode=fast", "--wait", "restart")

    def is_running(self):
        return self._run("pg_ctl", f"--pgdata={self.data}", "status", check=False).returncode == 0

    def said(self, words):
        return (self.folder / "log").read_text(errors="replace").count(words)

    def close(self):
        self._run("pg_ctl", f"--pgdata={self.data}", "--mode=immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def already_gone():
    try:
        yield
    except ProcessLookupError:
        return


def children(number):
    return Path(f"/proc/{number}/task/{number}/children").read_text().split()


def is_alive(number):
    """Whether a process still runs: one that ended and was not asked for its status does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def cluster(folder=None, *initdb):
    made = Cluster(folder, *initdb)
    before = os.environ.get("TEST_DATABASE_URL")
    os.environ["TEST_DATABASE_URL"] = made.url
    try:
        yield made
    finally:
        if before is None:
            del os.environ["TEST_DATABASE_URL"]
        else:
            os.environ["TEST_DATABASE_URL"] = before
        made.close()


@contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="faults.") as name:
        yield Path(name)


@contextmanager
def product(where=None):
    """The product on an empty database: of the cluster that runs, or else a file."""
    with folder() as own, application(where or own) as app:
        yield app


def databases():
    """Give each database by its name, with what has to stand around a trial on it."""

    @contextmanager
    def nothing():
        yield None

    yield "sqlite", nothing
    yield "postgresql", cluster


# Disks and tools


@contextmanager
def small_disk(megabytes):
    if os.geteuid() != 0:
        raise NotRun("mounting a small disk needs root")
    with folder() as where:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(where)],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode:
            raise NotRun(f"mounting a small disk is refused: {mounted.stderr.strip()}")
        try:
            yield where
        finally:
            subprocess.run(["umount", "--lazy", str(where)], check=False)


def fill(where):
    """Write until nothing more fits."""
    with (where / "filler").open("ab", buffering=0) as filler:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue


def mounted_again(where, how):
    """Let a small disk be only read ("ro") from now on, or written again ("rw")."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(where)], check=True)


@contextmanager
def failing_calls(call, of_1000, error):
    """What a command is begun with so that so many of its writes ("pwrite") or syncs ("sync") fail with an error."""
    with folder() as where:
        where.chmod(0o755)  # the database runs as somebody else
        library = _compiled("calls.c", where / "calls.so")
        told = {"FAILING_CALL": call, "FAILING_OF_1000": of_1000, "FAILING_WITH": error, "LD_PRELOAD": library}
        yield ("env", *(f"{name}={value}" for name, value in told.items()))


def wrong_clock(told):
    """The environment in which a process's clock is off by the seconds that a file tells, at every moment."""
    return {"LD_PRELOAD": str(_compiled("clock.c", told.with_suffix(".so"))), "CLOCK_OFF_BY": str(told)}


def _compiled(source, library):
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotRun("there is no compiler for what stands before the system's calls: apt-get install gcc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, HERE / source], check=True)
    return library


# Counting


def end(load):
    """Let everybody end, and wait for them."""
    load.ending.set()
    for thread in load.threads:
        thread.join(2 * load.patience_s)


def whole(world, load, words):
    """Compare what people were told with what is there, the trail with it; count it in, and put it into words."""
    return judged(held(world, load.tally), load.tally, words)


def judged(found, tally, words):
    """Count in what was found, and put it into words."""
    is_chained = audit.verify().is_intact
    counters = ("acknowledged", "lost", "duplicated", "leaked", "half")
    COUNTED.update({name: getattr(found, name) for name in counters})
    states = ", ".join(f"{state or 'no answer'}: {n}" for state, n in sorted(tally.states.items()))
    strange = f"; UNEXPECTED {tally.strange[:3]}" if tally.strange else ""
    told = f"{words}; {found}, trail {'whole' if is_chained else 'BROKEN'}; {states}{strange}"
    return found.is_whole and is_chained and not tally.strange, told
