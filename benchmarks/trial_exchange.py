"""Outside programs read the product: georeport (Open311), police-api-client (data.police.uk), schemathesis (API).

    script/trial exchange [--examples N]

The demonstration is served by the product's own server; the programs are installed into an environment of their own,
which is gone afterwards. Each prints what it read; any of them failing is a failure.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("georeport==0.3.1", "police-api-client==1.2.2", "schemathesis==4.32.5")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
"""That a wrong order of a rectangle's edges is refused no schema can say, so what is refused is not looked at."""

OPEN311 = """
import sys
from georeport import GeoReport

read = {}
for form in ("json", "xml"):
    city = GeoReport(sys.argv[1] + "/open311/v2", output_format=form)
    services, requests = city.get_service_list(), city.get_service_requests()
    definition = city.get_service_definition(services[0]["service_code"])
    one = city.get_service_request(requests[0]["service_request_id"])
    assert definition["service_code"] == services[0]["service_code"], definition
    assert one["service_request_id"] == requests[0]["service_request_id"], one
    closed = city.get_service_requests(status="closed")
    assert {row["status"] for row in closed} == {"closed"}
    read[form] = [row["service_request_id"] for row in requests]
    print(f"georeport, {form}: {len(services)} services, {len(requests)} requests, {len(closed)} of them closed")
assert read["json"] == read["xml"], "the two formats differ"
"""
POLICE = """
import sys
from police_api import PoliceAPI

api = PoliceAPI(base_url=sys.argv[1] + "/police/")
areas = [area for force in api.get_forces() for area in force.neighbourhoods]
corners = sum(len(area.boundary) for area in areas)
priorities, events = (sum(len(getattr(area, name)) for area in areas) for name in ("priorities", "events"))
found = api.locate_neighbourhood(51.59, 19.13)
assert found.id == "1003", found
assert priorities and events
print(f"police-api-client: {len(areas)} districts, {corners} corners, {priorities} priorities, {events} events")
"""


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    """Whether the server is there."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The demonstration on a server of its own; gives its address."""
    address = f"http://127.0.0.1:{free_port()}"
    settings = {
        "INSTANCE_PATH": str(folder / "instance"),
        "REPORTS_OUT": str(folder / "out"),
        "PUBLIC_URL": address,
        "DATABASE_URL": "",
    }
    environment = {**os.environ, **settings}
    programs = Path(sys.executable).parent
    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run([programs / "flask", *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    server = subprocess.Popen(
        [programs / "gunicorn", "--workers", "2", "--bind", address.removeprefix("http://"), "wsgi:app"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _attempt in range(120):
            if answers(address):
                break
            time.sleep(0.5)
        else:
            sys.exit("the server did not start")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def installed(folder: Path) -> Path:
    """An environment with the outside programs; gives the folder of its commands."""
    venv.create(folder, with_pip=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, *PROGRAMS], check=True)
    return folder / "bin"


def run(folder: str, *command: object) -> bool:
    """Run a program in a folder and tell whether it was content; what it printed is shown."""
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    print(done.stdout.strip() or done.stderr.strip())
    if done.returncode:
        print(done.stderr.strip())
    return done.returncode == 0


def main() -> int:
    """Serve the demonstration and let the programs read it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100)
    examples = parser.parse_args().examples
    with tempfile.TemporaryDirectory(prefix="consult-exchange-") as name:
        programs = installed(Path(name) / "programs")
        with served(Path(name)) as address:
            content = [
                run(name, programs / "python", "-c", OPEN311, address),
                run(name, programs / "python", "-c", POLICE, address),
                run(
                    name, programs / "schemathesis", "--no-color", "run", f"{address}/api/openapi.json", "--seed", "1",
                    "--max-examples", examples, "--phases", "coverage,fuzzing", "--checks", CHECKS,
                ),
            ]  # fmt: skip
    print(f"programs: {len(content)}, content: {sum(content)}")
    return 0 if all(content) else 1


if __name__ == "__main__":
    sys.exit(main())
