"""How fast a survey is opened and sent: requests per second beside a bare Flask answer and beside the textbook's way.

    .venv/bin/python -m benchmarks.survey_answers [--postgresql URL] [--seconds 4] [--rounds 3]

gunicorn with two sync workers on this machine, `wrk` (a Debian package) with eight connections on the same cores.
The URL names an empty database that may be filled. Durable: SQLite with a full sync, PostgreSQL waiting for its disk.
"""

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

QUESTIONS = 15
POSTS = 60_000
LUA = """
local bodies, at = {}, 0
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
request = function()
  at = at % #bodies + 1
  local headers = {["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = os.getenv("COOKIE")}
  return wrk.format("POST", nil, headers, bodies[at])
end
local other = {}
response = function(status) if status ~= 303 then other[status] = (other[status] or 0) + 1 end end
"""
DONE = """
done = function(summary, latency)
  io.write(string.format('{"requests": %d, "us": %d, "errors": %d, "p50": %.3f, "p95": %.3f, "p99": %.3f}',
    summary.requests, summary.duration, summary.errors.status + summary.errors.timeout + summary.errors.read,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
"""


def sheets():
    rows = ["| survey |", "| | type | name | label::Polski (pl) | required |", "| | begin_group | g | Ankieta | |"]
    rows += [f"| | select_one five | q{n} | Pytanie {n} | yes |" for n in range(QUESTIONS)]
    rows += ["| | end_group | | | |", "| choices |", "| | list_name | name | label::Polski (pl) |"]
    rows += [f"| | five | {n} | odpowiedź {n} |" for n in range(1, 6)]
    rows += ["| settings |", "| | form_title | form_id |", "| | Pomiar | pomiar |"]
    from surveys import sheets as xlsform

    return xlsform.read("\n".join(rows).encode(), "form.md")


def prepare(environment, folder):
    """Fill the database with one survey and write the bodies of posts that send it, each with a key of its own."""
    os.environ.update(environment)
    from flask_migrate import upgrade
    from sqlalchemy import text

    from consult.accounts import operations as accounts
    from consult.app import create_app
    from consult.config import Config
    from consult.db import db
    from surveys.carried import Carried
    from surveys.operations import managing

    app = create_app(Config.from_environment())
    with app.app_context():
        upgrade()
        unit = accounts.create_unit("1003", "KPP", "pl/1003/", ["1003"])
        machine = type("Machine", (), {"id": 0})()
        survey = managing.create(machine, slug="pomiar", unit=unit, sheets=sheets())
        managing.publish(machine, survey.draft)
        db.session.commit()
        version, secret = survey.published.id, app.config["SECRET_KEY"]
        key = "INTEGER PRIMARY KEY" if db.engine.dialect.name == "sqlite" else "bigserial PRIMARY KEY"
        db.session.execute(text(f"CREATE TABLE bare_row (id {key}, body text)"))
        db.session.commit()
    client = app.test_client()
    from urllib.parse import urlencode

    answers = {f"q{n}": str(n % 5 + 1) for n in range(QUESTIONS)}
    first = {"-state": Carried(version, "pl", {}, key="ab" * 16, opened=0).signed(secret), "-page": "p1", "-go": "next"}
    page = client.post("/surveys/pomiar/answer", data=first | answers)  # the first page has neither token nor cookie
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    with (folder / "product").open("w") as out:
        for _ in range(POSTS):
            carried = Carried(version, "pl", answers, key=secrets.token_hex(16), opened=0)
            fields = {"csrf_token": token, "-state": carried.signed(secret), "-page": "check", "-go": "send"}
            out.write(urlencode(fields) + "\n")
    with (folder / "pages").open("w") as out:
        out.write(urlencode({"csrf_token": token, **first, **answers}) + "\n")
    (folder / "textbook").write_text(urlencode({"csrf_token": token, **answers}) + "\n")
    return cookie


class Server:
    def __init__(self, module, port, environment):
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "gunicorn", f"benchmarks.serving.{module}:app", "-b", f"127.0.0.1:{port}"]
        command += ["-w", "2", "--log-level", "error", "--no-control-socket"]
        self.process = subprocess.Popen(command, env={**os.environ, **environment})
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{self.url}{'/' if module == 'hello' else '/health'}").read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit(f"{module} did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(url, seconds, folder, bodies=None, cookie=""):
    script = folder / "load.lua"
    script.write_text((LUA if bodies else "") + DONE)
    environment = {**os.environ, "BODIES": str(folder / bodies) if bodies else "", "COOKIE": cookie}
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "-s", str(script), url]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = json.loads(out[out.index('{"requests"') :])
    return {"rps": found["requests"] / found["us"] * 1e6, **found}


def measure(name, database, arguments):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        environment = {"INSTANCE_PATH": temporary, "SECRET_KEY": "k" * 40, "PYTHONPATH": "."}
        environment["DATABASE_URL"] = database or f"sqlite:///{folder / 'bench.db'}"
        cookie = prepare(environment, folder)
        results = {}
        tables = [sys.executable, "-c", "import benchmarks.serving.textbook"]  # made once, before two workers want to
        subprocess.run(tables, env={**os.environ, **environment}, check=True)
        hello = Server("hello", 8701, environment)
        durable = Server("textbook", 8702, environment)
        relaxed = Server("product", 8703, {**environment, "RELAXED": "1"})
        jobs = {
            "hello GET": (hello.url + "/", None),
            "one bare row POST": (hello.url + "/row", "textbook"),
            "/health GET": (durable.url + "/health", None),
            "survey GET": (durable.url + "/surveys/pomiar/answer", None),
            "textbook GET": (durable.url + "/textbook", None),
            "a page POST": (durable.url + "/surveys/pomiar/answer", "pages"),
            "sending POST": (durable.url + "/surveys/pomiar/answer", "product"),
            "textbook POST": (durable.url + "/textbook", "textbook"),
            "sending POST, relaxed": (relaxed.url + "/surveys/pomiar/answer", "product"),
        }
        try:
            for number in range(arguments.rounds):
                rotate(folder, number)
                for job, (url, bodies) in jobs.items():
                    if "relaxed" in job:
                        rotate(folder, number + 7)
                    found = load(url, arguments.seconds, folder, bodies, cookie)
                    results.setdefault(job, []).append(found)
        finally:
            for server in (hello, durable, relaxed):
                server.stop()
        report(name, results, taken(environment))


def rotate(folder, number):
    """Begin with other keys than the round before, so that every post is a new submission."""
    lines = (folder / "product").read_text().splitlines()
    cut = 8_000 * (number + 1) % len(lines)
    (folder / "product").write_text("\n".join(lines[cut:] + lines[:cut]) + "\n")


def taken(_environment):
    from sqlalchemy import create_engine, text

    url = (
        os.environ["DATABASE_URL"]
        .replace("sqlite:///", "sqlite+pysqlite:///")
        .replace("postgresql://", "postgresql+psycopg://")
    )
    engine = create_engine(url)
    with engine.connect() as connection:
        accepted = connection.execute(text("SELECT accepted FROM survey")).scalar_one()
        rows = connection.execute(text("SELECT count(*) FROM survey_submission")).scalar_one()
        counted = connection.execute(
            text("SELECT sum(n) FROM survey_counter WHERE question = 'q0' AND value = '1'")
        ).scalar_one()
    return {"accepted": accepted, "rows": rows, "counted": counted}


def report(name, results, held):
    floor = {job: [one["rps"] for one in found] for job, found in results.items()}
    print(f"\n{name}  (median of rounds; × hello and × /health in the same round)")
    print(
        f"{'':24}{'req/s':>8}{'x hello':>9}{'x health':>9}{'x textbook':>11}{'p50':>8}{'p95':>8}{'p99':>8}{'errors':>8}"
    )
    for job, found in results.items():
        rates = floor[job]
        ratio = median(a / b for a, b in zip(rates, floor["hello GET"], strict=True))
        health = median(a / b for a, b in zip(rates, floor["/health GET"], strict=True))
        other = floor["textbook GET" if "GET" in job else "textbook POST"]
        textbook = median(a / b for a, b in zip(rates, other, strict=True))
        tail = "".join(f"{median(one[p] for one in found):8.1f}" for p in ("p50", "p95", "p99"))
        errors = sum(one["errors"] for one in found)
        print(f"{job:24}{median(rates):8.0f}{ratio:9.2f}{health:9.2f}{textbook:11.1f}{tail}{errors:8}")
    print(f"kept: {held}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", help="also on this database, for example postgresql://user@host/empty")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    measure("SQLite", "", given)
    if given.postgresql:
        measure("PostgreSQL", given.postgresql, given)
