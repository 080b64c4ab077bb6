"""A world that many tests begin with is made once by the doors, and its rows are put back for the tests that follow."""

from functools import wraps

from sqlalchemy import func, insert, select

from consult.db import db


def made_once(*models):
    """Decorate a function that fills the tables of these models, parents first; with rows in them it is called anew."""

    def decorated(make):
        kept = {}

        @wraps(make)
        def made():
            tables = [model.__table__ for model in models]
            if any(db.session.scalar(select(func.count()).select_from(table)) for table in tables):
                make()
            elif not kept:
                make()
                db.session.flush()
                for table in tables:
                    kept[table] = [dict(row._mapping) for row in db.session.execute(select(table))]
            else:
                for table, rows in kept.items():
                    db.session.execute(insert(table), rows)

        return made

    return decorated
