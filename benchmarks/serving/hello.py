"""The floors: what Flask itself costs, and what it costs with one row that is on the disk before the answer leaves."""

import os

from flask import Flask, redirect, request

app = Flask(__name__)


@app.get("/")
def hello():
    return "hello"


def connected():
    """A connection that waits for the disk: the driver alone, with the pragmas of the product."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite"):
        from pysqlite3 import dbapi2

        connection = dbapi2.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 10000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    import psycopg

    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


connections = []


@app.post("/row")
def row():
    """Keep the body as one row of one table and nothing else."""
    if not connections:
        connections.append(connected())
    mark = "?" if os.environ["DATABASE_URL"].startswith("sqlite") else "%s"
    connections[0].execute(f"INSERT INTO bare_row (body) VALUES ({mark})", (request.get_data(as_text=True),))
    return redirect("/", 303)
