"""Two people at once in the register of partners, in transactions that really commit."""

import threading
import uuid
from datetime import date

import pytest

from consult.db import db, read_only
from consult.partners import operations
from consult.partners.models import Partner, PartnerKind
from consult.partners.operations import NameTaken
from tests.apart import application
from tests.factories import two_districts


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with application(tmp_path_factory.mktemp("partners_at_once")) as app:
        two_districts()
        db.session.commit()
        yield app


def at_once(app, *acts):
    """Do two things in the same moment; give what became of each."""
    gate, found = threading.Barrier(len(acts)), []

    def do(act):
        with app.app_context():
            read_only(False)
            gate.wait()
            try:
                act()
                db.session.commit()
                found.append("done")
            except Exception as problem:  # noqa: BLE001  # whatever it is, its name is what the test looks at
                db.session.rollback()
                found.append(type(problem).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)


def entering(key, name):
    facts = ("urzad@lask.example", "", ["1003"], [], date(2020, 1, 1))
    return lambda: operations.enter(7, key, PartnerKind.ROAD, name, *facts)


@pytest.mark.parametrize("turn", range(3))
def test_two_clicks_at_once_are_one_partner_and_one_name_is_taken_once(apart, turn):
    key = uuid.uuid4().hex
    assert at_once(apart, entering(key, f"Zarząd {turn}"), entering(key, f"Zarząd {turn}")) == ["done", "done"]
    others = [entering(uuid.uuid4().hex, f"Gmina {turn}") for _ in range(2)]
    assert at_once(apart, *others) == sorted([NameTaken.__name__, "done"])
    with apart.app_context():
        names = db.session.scalars(db.select(Partner.name)).all()
        assert [names.count(f"{kind} {turn}") for kind in ("Zarząd", "Gmina")] == [1, 1]
        db.session.remove()
