"""SQL that goes past the models stands in few places, each with the scope that it carries or the reason why it needs none.

S55. What goes past the models goes past everything that could be hung on them.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("consult", "surveys", "debates")
BY_NAME = {"exec_driver_sql", "raw_connection", "executescript"}
NO_PAGES = ("views", "forms", "templates", "commands")

ONE = "of one row, whose page has looked at the right already; a condition in the statement keeps a second one out"
OWN = "reads a file that is not our database"
ALL = "reads all of the installation, from a command of its operator"
PARTIAL = "the condition of an index"

REASONS = {
    "consult/demo/country.py": "tells what the police did about invented threats, all of them",
    "consult/upkeep/upgrading.py": "takes a lock while the tables change, and reads no row",
    "consult/upkeep/checkup.py": "asks the database for its version, settings and clock: no row of anybody",
    "consult/accounts/operations.py": ONE,
    "consult/accounts/second_step.py": ONE,
    "consult/accounts/sessions.py": "asked by the hash of a cookie or the number of an account",
    "consult/accounts/unused.py": "the nightly job about accounts that nobody uses, of all units",
    "consult/attachments/models.py": PARTIAL,
    "consult/audit/chaining.py": "writes the next entries of the trail and reads the digest of the last one",
    "consult/basemap/sources.py": OWN,
    "consult/db.py": "writes tables anew after rows were deleted, and sets up connections",
    "consult/districts/figures.py": "official figures, which everybody may read",
    "consult/observations/counting.py": "counts for the map of everybody, by cell and category; no row of a unit comes out",
    "consult/observations/models.py": PARTIAL,
    "consult/observations/queries.py": "joining reads voices of all doors; pages pass the areas of the reader",
    "consult/online_reports/asking.py": ONE,
    "consult/online_reports/letters.py": "asked by the hash of a link, or what is past its day",
    "consult/online_reports/models.py": PARTIAL,
    "consult/online_reports/outcomes.py": ONE,
    "consult/places/operations.py": "names of places, which everybody may read",
    "consult/threats/editions.py": "writes a file for whoever asked, of rows chosen by the reader's areas",
    "consult/threats/joining.py": "joins voices of whole districts, whoever reads them",
    "consult/threats/models.py": PARTIAL,
    "consult/threats/queries.py": "the map of everybody, and lists that carry the areas of the reader",
    "consult/upkeep/postgresql_copy.py": ALL,
    "consult/upkeep/sqlite_copy.py": ALL,
    "consult/upkeep/standing.py": "the number of the last migration and the size of the database; no row comes out",
    "consult/web/room.py": "where the database's files lie, to measure the room that is left",
    "consult/web/traffic.py": "counters and sessions, which belong to no unit",
    "debates/models.py": PARTIAL,
    "debates/operations/writing.py": ONE,
    "surveys/operations/answering.py": "takes the answers of one survey, of which the sender reads nothing",
    "surveys/operations/mixing.py": "writes the answers of one survey anew, in no order",
    "surveys/queries/answering.py": "the head of one survey by its address, which everybody may open",
    "surveys/queries/results.py": "counts of one survey; who sees it and of which areas is asked before and passed on",
}
"""The modules that may, and why."""


def past_the_models(tree):
    """What of a module goes past the models: statements in words, tables of the core, a connection of its own."""
    words = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for name in node.names
        if name.name == "text"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "__table__":
            yield "__table__"
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in words | BY_NAME or (
                isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "db.text"
            ):
                yield name
            if name == "execute" and ast.unparse(node.func) not in {"db.session.execute", "execute"}:
                yield ast.unparse(node.func)


def modules():
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def test_only_modules_that_say_why_go_past_the_models():
    """S55"""
    found = {str(path.relative_to(ROOT)) for path in modules() if list(past_the_models(ast.parse(path.read_text())))}
    assert found - set(REASONS) == set(), "say in REASONS what scope the statement carries, or ask by the models"
    assert set(REASONS) - found == set(), "these need no reason any more"


def test_no_page_and_no_form_does():
    """S55: a page that asked the database by itself would have to know every scope by itself."""
    for name in REASONS:
        parts = Path(name).with_suffix("").parts
        assert not [part for part in parts if part.endswith(NO_PAGES)], name


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import text\nasked = text('SELECT 1')",
        "from sqlalchemy import text as words\nasked = words('SELECT 1')",
        "db.session.connection().execute(asked)",
        "connection.exec_driver_sql('SELECT 1')",
        "db.engine.raw_connection()",
        "rows = select(Threat.__table__)",
        "db.session.scalar(db.text('SELECT 1'))",
    ],
)
def test_each_way_past_the_models_is_seen(code):
    assert list(past_the_models(ast.parse(code)))


def test_asking_by_the_models_needs_no_reason():
    assert list(past_the_models(ast.parse("db.session.execute(select(Threat))\ntext = form.text(1)"))) == []
