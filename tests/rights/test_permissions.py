"""Who gets what at every address is what `permissions.txt` says, and nothing of one whole is found under another.

`RENEW_PERMISSIONS=1` writes the file anew: then read its diff as somebody who wants in. With it PostgreSQL is asked, too.
"""

import os

import pytest

from tests.conftest import IS_FIRST_PASS
from tests.rights import addresses, golden
from tests.rights.asking import ROLES, Asker, methods, undrawn

OFFICER = ROLES[1]
RENEWS = "RENEW_PERMISSIONS" in os.environ


@pytest.fixture(scope="module")
def asker(world, client_of, crawler, crawled):
    """Whoever sends the forms that the crawl met."""
    assert crawled
    with undrawn(world.app):
        yield Asker(world, client_of, crawler.forms)


@pytest.fixture(scope="module")
def table(asker):
    """The table as it is now. Who gets what is decided before a database is asked, so the gate asks one of them."""
    if not (IS_FIRST_PASS or RENEWS):
        pytest.skip("the pass on SQLite does it for both")
    found = asker.table()
    if RENEWS:
        golden.FILE.write_text(golden.written(found))
    return found


def test_everybody_gets_what_the_golden_table_says(table):
    """S53: every address and method as every role of the own unit and of others; S51: writing what is another's."""
    kept = golden.read(golden.FILE.read_text())
    assert list(golden.changes(kept, table)) == []
    assert golden.FILE.read_text() == golden.written(table)


SHUT = {
    "/.well-known/security.txt": "an installation names no contact here",
    "/accounts/own/sessions/<string:handle>/end": "nobody has another session here: tests/accounts/test_sessions.py",
    "/api/<path:anything>": "answers what the API does not have",
    "/api/threats/<int:threat_id> protected_threat": "programs are told as little of it as everybody",
    "/basemap/<int:z>/<int:x>/<int:y>": "there is no background here",
    "/online-reports/place.json": "wants to know where",
    "/open311/v2/<path:anything>": "answers what Open311 does not have",
    "/open311/v2/requests.<any(json, xml):form>": "needs a key: tests/open311",
    "/open311/v2/tokens/<string:token>.<any(json, xml):form>": "tests/open311 sends a report and asks for its token",
    "/paper/preview.svg": "wants to know where",
    "/police/locate-neighbourhood": "wants to know where",
    "/ready": "says what is missing here",
    "/saved-views/new": "wants to know which list",
    "/summaries/<string:period>/<string:code>.pdf?lang=en": "was written in one language here",
    "/threats.atom": "wants to know which district",
}
"""Addresses that nobody gets through, and why."""

THROUGH = {"in", "on", "422", "409"}


def test_somebody_gets_through_everywhere_or_it_is_said_why_not(table):
    """A row of refusals alone would stay the same whoever were let in."""
    shut = {called for (called, _method), cells in table.items() if not THROUGH & set(golden.told(cells).values())}
    assert shut == set(SHUT)


WHOLES = {"meeting_id": "evaluating", "threat_id": "other_threat", "sample_id": "other sample"}
"""Another whole of the same unit, and of the same kind, which does not hold the part that the world's addresses name."""

PARTS = {"statement_id", "suggestion_id", "link_id", "check_id", "hand_over_id", "observation_id", "pair_id"}


def crossed(app, names):
    """Addresses that name a part under a whole which it does not belong to, each with the one it is taken from."""
    for rule in app.url_map.iter_rules():
        given = addresses.values_of(rule, names)
        wholes = {name: names[other] for name, other in WHOLES.items() if name in rule.arguments}
        if rule.endpoint == "debates.suggest":
            wholes = {"statement_id": names["statement of drafting"]}
        if wholes and PARTS & rule.arguments:
            for method in set(methods(app)) & rule.methods:
                yield rule, method, rule.build(given)[1], rule.build(given | wholes)[1]


def test_a_part_is_not_found_under_another_whole(world, asker):
    """Who may open the one by its number must not come by it to the other: rights are asked of the whole."""
    found, own = {}, (OFFICER, "own")
    for rule, method, right, url in crossed(world.app, world.names):
        assert asker.outcome(own, rule, method, right) in THROUGH, f"{method} {rule.rule}"
        found[method, rule.rule] = asker.outcome(own, rule, method, url, sent_to=right)
    assert len(found) > 20
    assert {what: word for what, word in found.items() if word != "404"} == {}


def test_a_changed_cell_is_told_in_words():
    """The comparison is not blind."""
    kept = {("/a", "GET"): ("sign-in", "in/in/404/404/404", "in", "403", "403"), ("/b", "POST"): ("in",) * 5}
    found = {("/a", "GET"): ("sign-in", "in/in/404/in/404", "in", "403", "403"), ("/c", "GET"): ("404",) * 5}
    one, two, three = golden.changes(kept, found)
    assert one == "GET /a: the officer of the sibling unit gets in, no longer 404"
    assert two == "POST /b is no more"
    assert three.startswith("GET /c is new: ")
    assert golden.read(golden.written(kept)) == kept
