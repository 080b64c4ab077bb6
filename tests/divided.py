"""Which tests are asked of which database: what a database could answer otherwise is asked of both.

What reaches no database, or only prints what came out of one, is left to the pass on SQLite. The gate also divides the
cases of a test that has several: the first is asked of both databases, the others of PostgreSQL, which takes less
(it knows types, lengths and signs that it refuses). Whoever names tests asks every case of both: `script/test tests`.
"""

import inspect
import os
import sys
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SECOND_PASS = os.environ.get("TEST_DATABASE_URL", "").startswith("postgresql")
DIVIDES_CASES = "DIVIDE_CASES" in os.environ
"""Whether both passes run, each with its share of the cases; `script/test` says so."""

OWN_DATABASES = ("tests.apart", "TEST_DATABASE_URL")
"""What stands in a module of the tests that makes databases beside the one that `migrated` gives."""


def divide(items):
    """Return the tests that this pass asks, and those that the other one asks for both."""
    kept, left = [], []
    for item in items:
        (left if is_asked_by_the_other(item) else kept).append(item)
    return kept, left


def is_asked_by_the_other(item):
    """Tell whether a test is left to the other pass."""
    if SECOND_PASS:
        return not reaches_a_database(item) or item.get_closest_marker("printed") is not None
    return is_asked_of_postgresql_alone(item)


def is_asked_of_postgresql_alone(item):
    """Tell whether a test is one of the further cases of its function that SQLite is not asked."""
    is_further_case = hasattr(item, "callspec") and any(item.callspec.indices.values())
    return (
        DIVIDES_CASES
        and is_further_case
        and "migrated" in item.fixturenames
        and item.get_closest_marker("printed") is None
        and not makes_databases(item.module)
    )


def reaches_a_database(item):
    """Tell whether a test, or a fixture that it asks for, has a database of any kind."""
    if "migrated" in item.fixturenames:
        return True
    definitions = [found for name in item.fixturenames for found in item._fixtureinfo.name2fixturedefs.get(name, ())]
    modules = {item.module, *(sys.modules[found.func.__module__] for found in definitions)}
    return any(makes_databases(one) for one in modules if is_of_the_tests(one))


@cache
def makes_databases(module):
    """Tell whether a module of the tests, or one that it takes something from, makes databases of its own."""
    seen, left = set(), {module}
    while left:
        one = left.pop()
        if any(name in inspect.getsource(one) for name in OWN_DATABASES):
            return True
        seen.add(one)
        left |= {other for other in taken_from(one) if is_of_the_tests(other)} - seen
    return False


def taken_from(module):
    """The modules that a module imports, or imports something from."""
    values = vars(module).values()
    names = {value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None) for value in values}
    return {sys.modules[name] for name in names if isinstance(name, str) and name in sys.modules}


def is_of_the_tests(module):
    """Tell whether a module stands in the folder of the tests; their own conftest decides nothing here."""
    file = Path(getattr(module, "__file__", None) or "/")
    return file.is_relative_to(FOLDER) and file not in {FOLDER / "conftest.py", Path(__file__)}
