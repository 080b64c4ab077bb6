"""Two officers write one meeting's minutes at once, and each line is sent once or more: nothing is lost or doubled.

`INTERLEAVINGS` says how many rounds; `script/trial interleavings` runs a thousand.
"""

import os
import random
import threading

from sqlalchemy.exc import OperationalError

from consult.accounts import queries as accounts
from consult.db import db, read_only
from debates import queries
from debates.operations import minuting
from debates.operations.minuting import CorrectedMeanwhile
from tests.accounts.makers import officer
from tests.apart import application
from tests.debates.makers import meeting
from tests.factories import catalogue_of_27, two_districts

ROUNDS = int(os.environ.get("INTERLEAVINGS", "12"))
LINES = 3
ATTEMPTS = 20


def key_of(turn, writer, number):
    return f"{turn:08x}{writer:08x}{number:016x}"


def send(ids, key, move):
    """Send a line as a device does: in a transaction of its own, and once more when the database is busy."""
    for _attempt in range(ATTEMPTS):
        try:
            person, minutes = accounts.account(ids[0]), queries.meeting(ids[1])
            db.session.rollback()  # the page was read; writing begins anew
            made = minuting.record_statement(
                person, minutes, key=key, place=None, kind="information", text=key, category_code=None, speaker="other"
            )
            if move is not None:
                minuting.move_statement(person, made, earlier=move)
            db.session.commit()
        except OperationalError:
            db.session.rollback()
        except CorrectedMeanwhile:
            raise AssertionError("nobody crosses anything out here") from None
        else:
            return
    raise AssertionError("the database stayed busy")


def write(app, ids, work, faults):
    with app.app_context():
        read_only(False)
        try:
            for key, move in work:
                send(ids, key, move)
        except Exception as fault:  # noqa: BLE001  # a thread tells nobody of it by itself
            faults.append(fault)
        finally:
            db.session.remove()


def test_whatever_the_order_each_line_stands_once_and_the_numbers_have_no_gap(tmp_path):
    with application(tmp_path) as app:
        two_districts()
        catalogue_of_27()
        people = [officer().id, officer().id]
        for turn in range(ROUNDS):
            dice = random.Random(turn)
            made = meeting(accounts.account(people[0]), title=f"Debata {turn}").id
            shared = [key_of(turn, 9, number) for number in range(LINES)]  # two tabs of one device send the same
            faults, threads = [], []
            for writer, person in enumerate(people):
                own = [key_of(turn, writer, number) for number in range(LINES)]
                keys = [key for key in own + shared for _ in range(dice.randint(1, 2))]
                dice.shuffle(keys)
                work = [(key, dice.choice((None, None, True, False))) for key in keys]
                threads.append(threading.Thread(target=write, args=(app, (person, made), work, faults)))
            db.session.remove()
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            assert faults == []
            said = queries.statements_of(queries.meeting(made))
            wanted = [key_of(turn, writer, number) for writer in (0, 1, 9) for number in range(LINES)]
            assert sorted(one.text for one in said) == sorted(wanted)
            assert [one.position for one in said] == list(range(1, len(wanted) + 1))
