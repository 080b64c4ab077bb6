"""How long letters with codes take: drawn, printed, admitted, as `flask surveys invite` does it.

    .venv/bin/python -m benchmarks.letters [--letters 1000] [--workers 2]

Prints the clock, the processor's time of the printing processes and of this one, and the memory of the largest, since
other work may share the machine.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from flask_migrate import upgrade

from consult.accounts import operations as accounts
from consult.accounts import queries
from consult.app import create_app
from consult.config import Config
from consult.db import transaction
from consult.web.roles import Role
from surveys import sheets
from surveys.models import Access
from surveys.operations import managing
from surveys.questions import SampleKind

FORM = """
| survey |
|        | type | name | label::Polski (pl) |
|        | text | why  | Gdzie w okolicy jest niebezpiecznie? |
| settings |
|          | form_title | form_id | default_language | kmzb::intro::Polski (pl) |
|          | Bezpieczeństwo | okolica | Polski (pl) | Odpowiedzi pomogą zaplanować patrole i rozmowy z gminami. |
"""


def made_survey(folder):
    """Make an application with a published survey that takes codes."""
    url = f"sqlite+pysqlite:///{folder / 'benchmark.db'}"
    app = create_app(Config(SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=folder))
    with app.app_context():
        upgrade()
        with transaction():
            accounts.create_unit("1003", "Komenda Powiatowa Policji w Łasku", "pl/10/1003/", ["1003"])
        with transaction():
            unit = queries.unit_by_code("1003")
            author = accounts.create("k@policja.example", "koordynator", Role.COORDINATOR, unit)
            form = sheets.read(FORM.encode(), "form.md")
            made = managing.create(
                author, slug="letters", unit=unit, sheets=form, access=Access.INVITATION, sample=SampleKind.OPT_IN
            )
            managing.publish(author, made.draft)
    return app


def processor_s(who):
    """Tell how long the processor worked for this program or its children."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def main():
    """Print letters once and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = made_survey(folder)
        began, own = time.perf_counter(), processor_s(resource.RUSAGE_SELF)
        options = ["--count", str(chosen.letters), "--out", str(folder / "l.pdf"), "--workers", str(chosen.workers)]
        result = app.test_cli_runner().invoke(args=["surveys", "invite", "letters", *options])
        assert result.exit_code == 0, result.output
        files = json.loads(result.stdout)["files"]
        clock = time.perf_counter() - began
        own = processor_s(resource.RUSAGE_SELF) - own
        printing = processor_s(resource.RUSAGE_CHILDREN)
        size = sum(Path(file).stat().st_size for file in files)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    letter_ms = 1000 * (printing + own) / chosen.letters
    print(f"{chosen.letters} letters in {len(files)} files, {size / 1e6:.1f} MB: {clock:.1f} s by the clock")
    print(f"processor: printing {printing:.1f} s, the rest {own:.1f} s, together {letter_ms:.0f} ms a letter")
    print(f"memory of the largest printing process: {memory:.0f} MB")


if __name__ == "__main__":
    main()
