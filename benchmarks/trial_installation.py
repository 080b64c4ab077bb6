"""A fresh clone of the repository: how long the first and the second start take until a page is served."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_START_LIMIT_S = 1800
SECOND_START_LIMIT_S = 5.0


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether the first page is served."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def clone() -> Iterator[Path]:
    """The committed state in a temporary folder, without anything this machine has built."""
    folder = Path(tempfile.mkdtemp(prefix="consult-installation-"))
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
        yield folder / "clone"
    finally:
        shutil.rmtree(folder)


def start(folder: Path, output: Path) -> float:
    """Start script/server, wait until it serves, stop it as Ctrl-C does; the seconds it took."""
    port = free_port()
    began = time.monotonic()
    with output.open("wb") as log:
        server = subprocess.Popen(
            ["script/server", "--port", str(port)], cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
        try:
            while not answers(port):
                if server.poll() is not None or time.monotonic() - began > FIRST_START_LIMIT_S:
                    sys.exit(f"script/server did not start:\n{output.read_text(encoding='utf-8')}")
                time.sleep(0.05)
            return time.monotonic() - began
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGINT)
                server.wait(timeout=60)


def main() -> None:
    """Two starts of one fresh clone, and what they left."""
    with clone() as folder:
        log = folder.parent / "server.log"
        first = start(folder, log)
        print(f"first start, everything installed and the demonstration loaded: {first:.1f} s")
        pdfs = len(list((folder / "reports_out").rglob("*.pdf")))
        print(f"PDFs written by the first start: {pdfs}")
        second = start(folder, log)
        print(f"second start until a page is served: {second:.1f} s (limit {SECOND_START_LIMIT_S:.0f} s)")
    if second > SECOND_START_LIMIT_S or not pdfs:
        sys.exit("the promise of a quick second start with PDFs is not kept")


if __name__ == "__main__":
    main()
