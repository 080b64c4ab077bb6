"""Two officers type the same sheets in at once: each sheet has one first reading, and the map no voice twice."""

import threading
from collections import Counter

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from consult.accounts import queries as accounts
from consult.db import db, read_only
from consult.observations.models import Observation
from consult.paper import transcribing, typed
from consult.paper.transcribing import TypedInBefore
from tests.accounts.makers import officer
from tests.apart import application
from tests.factories import catalogue_of_27, two_districts
from tests.paper.makers import form, marks

SHEETS, ATTEMPTS = 8, 40


def type_one(person_id, form_id, number, key):
    """Type a sheet in as a page does: in a transaction of its own, and once more when the database is busy."""
    for _attempt in range(ATTEMPTS):
        try:
            person, pile = accounts.account(person_id), typed.form_of_sheets(form_id)
            db.session.rollback()  # the page was read; writing begins anew
            transcribing.type_in(person, pile, number, key=key, marks=marks("C7", ("D1", "predkosc")))
            db.session.commit()
        except TypedInBefore:
            db.session.rollback()
            return "late"
        except OperationalError:
            db.session.rollback()
        else:
            return "saved"
    raise AssertionError("the database stayed busy")


def work(app, person_id, form_id, order, said):
    with app.app_context():
        read_only(False)
        try:
            said += [
                (number, type_one(person_id, form_id, number, f"{person_id:016x}{number:016x}")) for number in order
            ]
        except Exception as fault:  # noqa: BLE001  # a thread tells nobody of it by itself
            said.append((0, repr(fault)))
        finally:
            db.session.remove()


def test_of_two_who_type_one_sheet_at_once_one_is_first_and_nothing_stands_twice(tmp_path):
    with application(tmp_path) as app:
        two_districts()
        catalogue_of_27()
        pile = form(officer())
        people = [officer().id, officer().id]
        form_id, said = pile.id, []
        db.session.remove()
        numbers = list(range(1, SHEETS + 1))
        threads = [
            threading.Thread(target=work, args=(app, person, form_id, order, said))
            for person, order in zip((*people, people[0]), (numbers, numbers, numbers), strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {words for _number, words in said} <= {"saved", "late"}
        sheets = typed.sheets_of(typed.form_of_sheets(form_id))
        assert [(one.number, len(one.entries)) for one in sheets] == [(number, 1) for number in numbers]
        voices = Counter(typed.sheet_of_voice(one.source_key)[1] for one in db.session.scalars(select(Observation)))
        assert voices == dict.fromkeys(numbers, 2)
        assert sum(one.is_sampled for one in sheets) == 5
