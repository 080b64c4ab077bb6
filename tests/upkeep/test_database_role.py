"""The role of PostgreSQL that the product signs in with: `flask doctor` says when it may do too much, and what mends it."""

import os
import subprocess

import pytest
import yaml
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url

from consult.config import ROOT
from consult.db import db, is_sqlite
from consult.upkeep import checkup, operations, restoring
from consult.upkeep.checkup import State
from tests.apart import application_on
from tests.upkeep.makers import checksums, fill

OPERATE = ROOT / "docs" / "operate"
NAME = "product_of_a_test"


@pytest.fixture
def server(app):
    """The tests' own cluster, as its administrator; what a test made there goes."""
    if is_sqlite():
        pytest.skip("a file has no roles")
    engine = create_engine(make_url(os.environ["TEST_DATABASE_URL"]), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {NAME}")
    engine.dispose()


@pytest.fixture
def made_by_the_image(server):
    """What the image of PostgreSQL runs on an empty volume has run; gives the address that the product would have."""
    url = server.engine.url
    words = {"DATABASE_NAME": NAME, "DATABASE_PASSWORD": "it's “so”", "POSTGRES_USER": url.username}
    subprocess.run(
        [OPERATE / "database.sh"], env=os.environ | {"PGHOST": url.query["host"]} | words, check=True, timeout=60
    )
    return url.set(username=NAME, database=NAME)


def test_sqlite_has_nothing_to_say(app):
    if not is_sqlite():
        pytest.skip("a matter of files")
    assert checkup._role()[0] is State.WELL


@pytest.mark.parametrize("attribute", checkup.TOO_MUCH)
def test_a_role_that_may_do_too_much_is_told_with_what_mends_it(made_by_the_image, server, tmp_path, attribute):
    server.exec_driver_sql(f"ALTER ROLE {NAME} {attribute}")
    with application_on(made_by_the_image.render_as_string(hide_password=False), tmp_path):
        state, told, command = checkup._role()
        assert (state, f"({attribute})" in told) == (State.SOON, True)
        command = command.removeprefix("psql --command='").removesuffix("'")
        server.exec_driver_sql(command)
        assert checkup._role()[0] is State.WELL


def test_the_role_that_a_cluster_was_made_with_needs_more_than_a_command(server):
    state, told = checkup._role()
    assert (state, "docs/operate.md" in told, "psql" in told) == (State.SOON, True, False)


def test_the_role_of_the_compose_file_is_enough_for_the_product(made_by_the_image, server, tmp_path):
    """It makes the tables, a backup and a restore, and its own doctor finds nothing to say of it."""
    with application_on(made_by_the_image.render_as_string(hide_password=False), tmp_path) as app:
        upgrade()
        fill(app)
        assert checkup._role()[0] is State.WELL
        before = checksums()
        operations.create(tmp_path / "of_it.zip")
        restoring.restore(tmp_path / "of_it.zip", replace=True)
        assert {name for name, of in checksums().items() if before[name] != of} == {"audit_entry"}  # tells of both
        db.session.remove()
        db.engine.dispose()
    found = server.exec_driver_sql("SELECT count(*) FROM pg_shadow WHERE usename = session_user AND passwd IS NULL")
    assert found.scalar_one() == 1


def test_the_compose_file_gives_the_product_no_role_of_an_administrator():
    services = yaml.safe_load((OPERATE / "compose.yaml").read_text(encoding="utf-8"))["services"]
    database, server = services["database"], services["server"]
    name = database["environment"]["DATABASE_NAME"]
    assert make_url(server["environment"]["DATABASE_URL"].replace("${DATABASE_PASSWORD:?say it}", "x")).username == name
    assert database["environment"].get("POSTGRES_USER", "postgres") != name
    assert "./database.sh:/docker-entrypoint-initdb.d/database.sh:ro" in database["volumes"]
    assert os.access(OPERATE / "database.sh", os.X_OK)
