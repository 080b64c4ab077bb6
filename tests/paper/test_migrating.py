"""Back to the step before readings had three turns: what stands of a sheet is its first reading there."""

import uuid

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from consult.db import db
from consult.paper import transcribing
from consult.paper.transcribing import Decision
from tests.accounts.makers import officer
from tests.apart import application
from tests.factories import catalogue_of_27, two_districts
from tests.paper.makers import form, marks, type_in, type_in_again

BEFORE = "0030"
TYPED = sa.text(
    "SELECT s.number, e.turn, m.cell FROM paper_mark m JOIN paper_entry e ON e.id = m.entry_id "
    "JOIN paper_sheet s ON s.id = e.sheet_id ORDER BY s.number, e.turn, m.position"
)


def typed():
    db.session.remove()
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(TYPED)]


def test_what_stands_becomes_the_first_reading_and_goes_up_again(tmp_path):
    with application(tmp_path):
        two_districts()
        catalogue_of_27()
        first, second = officer(), officer()
        made = form(first)
        type_in(first, made, 1, "A1")
        for number, decision in ((2, Decision.SECOND), (3, Decision.CORRECTED), (4, Decision.CORRECTED)):
            one = type_in_again(second, type_in(first, made, number, "A1"), "B2")
            facts = {"key": uuid.uuid4().hex, "version": one.version, "marks": marks("C3")}
            transcribing.settle(first, one, decision=decision, **facts)
            db.session.commit()
        transcribing.settle(first, one, key=uuid.uuid4().hex, version=one.version, decision=Decision.FIRST)
        db.session.commit()
        db.session.remove()
        downgrade(revision=BEFORE)
        older = [(1, 1, "A1"), (2, 1, "B2"), (2, 2, "A1"), (3, 1, "C3"), (3, 2, "B2"), (4, 1, "A1"), (4, 2, "B2")]
        assert typed() == older
        db.session.remove()
        upgrade()
        assert typed() == older
