"""Scanners that know nothing of us: schemathesis asks the API, wapiti the whole site, bandit reads the code.

    script/trial scanners [--minutes 10] [--examples 200]

Each is installed into a folder of its own that goes away with the trial: wapiti pins versions that are not ours. The
site is the demonstration, served without rate limits; wapiti walks it as nobody and as an officer. What is left out
stands below with its reason. The trial fails when anything is found, or when an answer was a 5xx.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

from consult.app import create_app
from consult.config import ROOT, Config
from tests.faults.load import Browser, Server

CODE = ("consult", "surveys", "debates")
API = ("/api/openapi.json",)
CHECKS_LEFT_OUT = {
    "positive_data_acceptance": "no schema can say that the west of a rectangle lies west of its east; others get 400",
}
ATTACKS = (
    "backup", "cookieflags", "crlf", "csp", "csrf", "file", "http_headers", "htaccess", "inconsistent_redirection",
    "methods", "permanentxss", "redirect", "sql", "timesql", "upload", "xss",
)  # fmt: skip
"""Modules of wapiti; others look for other products, or need a host of theirs on the network."""

EXPLAINED = {
    r"Secure flag is not set": "the trial serves http; with an https address cookies are Secure (tests/cases)",
    r"POST /surveys/[^ ]+/answer CSRF token": "the first page of a questionnaire has no token yet: its button turns "
    "the page and writes nothing; sending and saving are refused without one",
}
"""What wapiti says of pages that are as they should be, and why."""

BUILT = "consult/observations/counting.py"
"""Its statements are put together of constants of the module; values are bound."""

STATUS = re.compile(r"\bstatus=(\d{3})\b")


def installed(folder, listed):
    """Make an environment with the packages of a list; return where its programs are."""
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    words = ("install", "--quiet", "--disable-pip-version-check", "--requirement", ROOT / "script" / "parts" / listed)
    subprocess.run([programs / "pip", *words], check=True, stderr=subprocess.DEVNULL)  # says where packages lie
    return programs


def read_code(programs):
    """What bandit finds of medium severity and above, those aside that the code itself gives a reason for."""
    words = (programs / "bandit", "-q", "-r", "-f", "json", "-ll", *CODE)
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    found = json.loads(ran.stdout)
    open_ones = [one for one in found["results"] if not _has_reason(one)]
    lines = found["metrics"]["_totals"]["loc"]
    seen, left = len(found["results"]), len(open_ones)
    print(f"bandit: {lines:,} lines, {seen} places looked at, {left} without a reason", flush=True)
    return [f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}" for one in open_ones]


def _has_reason(one):
    lines = (ROOT / one["filename"]).read_text(encoding="utf-8").splitlines()
    said = lines[one["line_number"] - 1 : max(one["line_range"])]
    return one["filename"] == BUILT or any("# noqa: S" in line for line in said)


def ask_api(programs, folder, address, examples):
    """Let schemathesis ask the API all that its own description allows, and what it forbids."""
    failures = []
    for path in API:
        words = ("run", address + path, "--checks", "all", "--max-examples", str(examples), "--no-color")
        left_out = ("--exclude-checks", ",".join(CHECKS_LEFT_OUT))
        command = [programs / "schemathesis", *words, *left_out]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        cases = re.search(r"^\s*(\d+) generated.*$", ran.stdout, re.MULTILINE)
        print(f"schemathesis: {path}: {cases[0].strip() if cases else 'no count'}", flush=True)
        if ran.returncode:
            failures.append(ran.stdout[-2_000:])
    return failures


def walk(programs, folder, server, name, cookies, minutes):
    """Let wapiti walk the site and attack what it finds."""
    report = folder / f"{name}.json"
    words = [
        "-u", f"http://127.0.0.1:{server.port}/", "--scope", "domain", "-d", "4", "--max-links-per-page", "80",
        "--max-scan-time", str(minutes * 60), "--max-attack-time", "60", "--flush-session", "--no-bugreport",
        "-m", ",".join(ATTACKS), "-f", "json", "-o", report, "--store-session", folder / f"{name}.session",
    ]  # fmt: skip
    if cookies:
        words += ["--cookie-value", "; ".join(f"{key}={value}" for key, value in cookies.items())]
        words += ["-x", f"http://127.0.0.1:{server.port}/accounts/sign-out"]
    subprocess.run([programs / "wapiti", *map(str, words)], capture_output=True, check=False)
    found = json.loads(report.read_text())
    findings = [
        f"{kind}: {one['method']} {one['path']} {one['info']}"
        for part in ("vulnerabilities", "anomalies")
        for kind, several in found[part].items()
        for one in several
    ]
    explained = [one for one in findings if any(re.search(pattern, one) for pattern in EXPLAINED)]
    pages = found["infos"].get("crawled_pages_nbr")
    print(f"wapiti as {name}: {pages} pages, {len(findings)} findings, {len(explained)} of them explained", flush=True)
    return [one for one in findings if one not in explained]


def signed_in(server, person):
    """The cookies of somebody who has signed in."""
    browser = Browser(server.port)
    token = browser.token("/accounts/sign-in")
    browser.post("/accounts/sign-in", {"email": person["email"], "password": person["password"], "csrf_token": token})
    return browser.cookies


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--examples", type=int, default=200)
    chosen = parser.parse_args()
    for name, reason in (CHECKS_LEFT_OUT | EXPLAINED).items():
        print(f"explained: {name}: {reason}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        scanners = installed(folder / "scanners", "scanners.txt")
        crawlers = installed(folder / "crawlers", "crawlers.txt")
        found = read_code(scanners)
        os.environ |= {"INSTANCE_PATH": str(folder / "instance"), "REPORTS_OUT": str(folder / "out")}
        for words in (("db", "upgrade"), ("demo", "load")):
            subprocess.run([ROOT / ".venv" / "bin" / "flask", *words], cwd=ROOT, check=True, capture_output=True)
        people = json.loads((folder / "instance" / "demonstration_sign_in.txt").read_text(encoding="utf-8"))
        with Server(create_app(Config.from_environment())).running() as server:
            found += ask_api(scanners, folder, f"http://127.0.0.1:{server.port}", chosen.examples)
            found += walk(crawlers, folder, server, "nobody", {}, chosen.minutes)
            found += walk(crawlers, folder, server, "officer", signed_in(server, people[0]), chosen.minutes)
        answers = Counter(STATUS.findall((folder / "instance" / "server.log").read_text(errors="replace")))
    broken = sum(count for status, count in answers.items() if status.startswith("5"))
    print(f"answers of the site: {sum(answers.values()):,}, of them 5xx: {broken}; findings: {len(found)}")
    print("\n".join(found))
    sys.exit(bool(found or broken))


if __name__ == "__main__":
    main()
