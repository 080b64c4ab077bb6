"""The product as it is, without its rate limits.

`LIMITED=1` turns them on again; `RELAXED=1` lets the database confirm before the disk has written.
"""

import os
from dataclasses import replace

from sqlalchemy import event

from consult.app import create_app
from consult.config import Config
from consult.db import db

app = create_app(replace(Config.from_environment(), RATELIMIT_ENABLED=bool(os.environ.get("LIMITED"))))

if os.environ.get("RELAXED"):
    with app.app_context():

        @event.listens_for(db.engine, "connect")
        def relax(connection, _record):
            statement = (
                "PRAGMA synchronous = NORMAL" if "sqlite" in str(db.engine.url) else "SET synchronous_commit = off"
            )
            cursor = connection.cursor()
            cursor.execute(statement)
            cursor.close()
            if hasattr(connection, "commit"):
                connection.commit()
