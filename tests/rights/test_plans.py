"""No statement reads a table from end to end that grows with what residents and officers write.

The crawl of all addresses, the making of its world and the jobs of a night send what is looked at here: pages, answers
for programs, exports, reports, answers to surveys, minutes, joining, counting. What is read whole on purpose is named.
"""

import sys

import pytest

from consult.app import JOBS
from consult.db import db
from consult.threats import queries
from tests.plans.plan import GROWING, plans_of
from tests.plans.sent import Recorder

GONE = "shelf"
"""The table in which mixing holds rows for a moment; its statements are led by the number of the survey."""

NOT_HERE = {"mix surveys"}
"""Jobs that the world stands in the way of: its answers hold markers where places should be. It was mixed when made."""


@pytest.fixture(scope="module")
def heard(world, crawled, sent):
    """All statements, each with the growing tables that it reads whole; what the night did is undone."""
    connection, growing = db.engines[None], {table.name for table in GROWING}
    db.session.commit()
    with connection.begin_nested() as night:
        for job in JOBS:
            if job.name not in NOT_HERE:
                job.run()
        db.session.remove()
        plans = plans_of(connection)
        found = [
            (one, plans.read_whole(one.text, one.parameters) & growing)
            for one in sent.statements.values()
            if f" {GONE}" not in one.text
        ]
        night.rollback()
    return found


COUNT = "says how many there are in the country, or in an area that has no index of its own: no row leaves the database"
FIRST_PAGE = "reads in the order of an index and stops when its page is full"
ALL_OF_IT = "an export or a statistic of the country, which speaks of all of it"
JOINING = "joins the country anew: a command, or the night after the rule changed"
BOUNDARIES = "looks where everything lies after districts got other boundaries"
NIGHT = "a job of the night"
OPERATOR = "the operator's figures"
ONCE = "the first time only, before anything was read"

ON_PURPOSE = {
    "consult/accounts/leaving.py:forget": NIGHT,
    "consult/accounts/queries.py:accounts_within": "looks for a part of a word in names and addresses",
    "consult/accounts/queries.py:counted": COUNT,
    "consult/accounts/trail.py:entries": FIRST_PAGE,
    "consult/accounts/unused.py:unused": NIGHT,
    "consult/api/queries.py:_count": COUNT,
    "consult/audit/chaining.py:_last": FIRST_PAGE,
    "consult/hot_spots/queries.py:_by_month": ALL_OF_IT,
    "consult/hot_spots/queries.py:_tallies": ALL_OF_IT,
    "consult/hot_spots/queries.py:known_from": ALL_OF_IT,
    "consult/observations/moving.py:spots": BOUNDARIES,
    "consult/online_reports/letters.py:_read_so_far": ONCE,
    "consult/online_reports/letters.py:_untold": FIRST_PAGE,
    "consult/open311/queries.py:service_requests": FIRST_PAGE,
    "consult/paper/scans.py:erase_old": NIGHT,
    "consult/police_records/queries.py:periods": "names the periods of official figures, which grow by a file a year",
    "consult/threats/cells.py:_found": ALL_OF_IT,
    "consult/threats/cells.py:placeless": COUNT,
    "consult/threats/joining.py:_suggestions_now": JOINING,
    "consult/threats/moving.py:spots": BOUNDARIES,
    "consult/threats/queries.py:_counted": COUNT,
    "consult/threats/queries.py:count_suggestions": COUNT,
    "consult/threats/queries.py:each": ALL_OF_IT,
    "consult/threats/queries.py:_page_of": FIRST_PAGE,
    "consult/threats/queries.py:rulings": JOINING,
    "consult/threats/queries.py:settled_threats": JOINING,
    "consult/threats/queries.py:standing_voices": JOINING,
    "consult/threats/queries.py:suggestions": "reads what waits for a person: a row goes when it is decided",
    "consult/upkeep/standing.py:observations_by_plane": OPERATOR,
    "consult/upkeep/standing.py:online_reports": OPERATOR,
    "consult/upkeep/standing.py:submissions": OPERATOR,
    "debates/moving.py:spots": BOUNDARIES,
    "debates/queries.py:districts_with_proposals": "names the districts of all meetings, out of an index alone",
    "surveys/queries/feedback.py:inbox": COUNT,
    "surveys/queries/feedback.py:versions": ALL_OF_IT,
    "surveys/queries/satisfaction.py:_rows": ALL_OF_IT,
}
"""The functions that read a growing table whole, and why they may."""


def test_no_statement_reads_a_growing_table_whole_but_those_that_are_named(heard, capsys):
    with capsys.disabled():
        sys.stdout.write(f"\n{len(heard)} statements\n")
    found = [
        f"{sender} ({', '.join(sorted(filter(None, pages))) or 'no page'}) reads all of {', '.join(sorted(tables))}: {one.text}"
        for one, tables in heard
        for sender, pages in one.senders.items()
        if tables and sender not in ON_PURPOSE
    ]
    assert not found, "\n\n".join(found)


def test_whoever_may_read_all_is_still_there(heard):
    """A name that no function has any more lets the next one of that name through."""
    assert ON_PURPOSE.keys() <= {sender for one, _tables in heard for sender in one.senders}


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("SELECT id FROM threat_note WHERE text = 'x'", {"threat_note"}),
        ("SELECT n.id FROM threat_note AS n WHERE n.threat_id = 1", set()),
        ("SELECT count(*) FROM observation WHERE withdrawn_at IS NULL", {"observation"}),
        ("SELECT threat.id FROM threat JOIN link ON link.score = threat.lon WHERE threat.id = 7", {"link"}),
        ("UPDATE statement SET text = 'x' WHERE text = 'y'", {"statement"}),
        ("SELECT id FROM link WHERE observation_id = 7 AND ended_at IS NULL", set()),
    ],
)
def test_a_statement_without_an_index_is_found(world, text, tables):
    """The reader of plans is not blind."""
    connection = db.engines[None]
    with connection.begin_nested() as apart:
        assert plans_of(connection).read_whole(text, ()) == tables
        apart.rollback()


def test_the_recorder_names_whoever_sends(world):
    recorder = Recorder()
    recorder.listen(db.engines[None])
    queries.settled_threats()
    recorder.stop(db.engines[None])
    (one,) = recorder.statements.values()
    assert dict(one.senders) == {"consult/threats/queries.py:settled_threats": {None}}
