"""Two worlds: everybody's pages are read, people come who must not be seen, and the pages are read again.

A page or file that counts protected threats, or answers to a survey, by itself would differ. What is on it comes from
the releases then, and from nowhere else.
"""

import re
import secrets

import pytest

from consult.clock import now
from consult.db import db
from consult.period import Period
from consult.threats import releasing
from surveys.models import Mode
from surveys.operations import answering, managing, mixing
from surveys.operations.releasing import release
from surveys.queries import surveys
from tests.accounts.makers import coordinator
from tests.conftest import unpacked
from tests.factories import LASK, admit, metres_away
from tests.surveys import makers

pytestmark = pytest.mark.usefixtures("world")

VALUES = {
    "code": ("1003",), "district": ("1003",), "slug": ("krotka",), "form": ("json", "xml"), "force": ("demo",),
    "period": ("2026-07",), "z": (8,), "x": (141,), "y": (84,), "release_id": (1,), "service_code": ("parkowanie",),
    "name": ("protected",),
}  # fmt: skip
DRAWN = {"statistics.drawing": {"name": "states"}}
ARGUMENTS = {
    "threats.feed": "?district=1003", "police.locate_neighbourhood": f"?q={LASK[1]},{LASK[0]}",
    "threats.index": "?district=1003", "statistics.index": "?voivodeship=10", "releases.show": "?voivodeship=10",
}  # fmt: skip
AS_EVERYBODY = re.compile(r'<input[^>]*type="hidden"[^>]*>')
"""Keys of forms differ from page to page without telling anything."""


def addresses(app):
    """Every address that everybody may open and that names nothing secret."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in rule.methods or getattr(view, "audience", "") != "public":
            continue
        if rule.arguments <= VALUES.keys():
            chosen = {name: VALUES[name][0] for name in rule.arguments} | DRAWN.get(rule.endpoint, {})
            with app.test_request_context():
                built = app.url_map.bind("localhost").build(rule.endpoint, chosen)
            yield built
            if rule.endpoint in ARGUMENTS:
                yield built + ARGUMENTS[rule.endpoint]


def read(app, client):
    found = {}
    for address in addresses(app):
        answer = client.get(address)
        assert answer.status_code < 500 or (address, answer.status_code) == ("/ready", 503), (
            address
        )  # no worker runs here
        is_text = answer.mimetype.startswith("text/") or answer.mimetype.endswith(("json", "xml"))
        content = unpacked(answer)
        found[address] = AS_EVERYBODY.sub("", content.decode()) if is_text else content
        answer.close()
    return found


def answer(survey, count):
    for _ in range(count):
        answering.submit(
            survey,
            survey.published,
            makers.definition(survey),
            {"safe": "yes"},
            mode=Mode.WEB,
            key=secrets.token_hex(16),
        )
    db.session.commit()


FIXED = ("/threats.xlsx", "/threats.gpkg", "/ready", "/health", "/metrics")
"""Files that carry the moment they were made at, and pages about the machine, the last for operators alone; /threats.csv has the same rows."""


def test_protected_threats_and_answers_change_no_public_page_but_by_a_release(app, client):
    for number in range(9):
        admit("srodki_odurzajace", metres_away(900 * number, 0))
    for number in range(3):
        admit("bezdomny_pomoc", metres_away(900 * number, 3_000))
    admit("parkowanie", metres_away(0, 5_000))
    survey = makers.survey()
    answer(survey, 37)
    releasing.write_month(Period.parse("2026-07"))
    release(survey)
    db.session.commit()
    before = read(app, client)
    assert len(before) > 40
    for number in range(2):
        admit("srodki_odurzajace", metres_away(900 * number, 6_000))
        admit("maloletni_demoralizacja", metres_away(900 * number, 7_000))
        admit("bezdomny_pomoc", metres_away(900 * number, 8_000))
        admit("zebractwo", metres_away(900 * number, 9_000))
    answer(surveys.by_slug("krotka"), 4)
    db.session.commit()
    after = read(app, client)
    different = [address for address in before if address not in FIXED and before[address] != after[address]]
    assert different == []


def test_the_canary_would_sing(app, client):
    """A voice that everybody may see changes pages: the comparison is not blind."""
    before = read(app, client)
    admit("parkowanie", when=now())
    db.session.commit()
    after = read(app, client)
    assert {address for address in before if before[address] != after[address]} >= {"/threats", "/threats.geojson"}


def test_what_was_closed_and_mixed_is_told_by_its_release_alone(app, client):
    survey = makers.survey()
    answer(survey, 12)
    managing.close(coordinator(), survey)
    mixing.mix(survey)
    db.session.commit()
    before = read(app, client)
    made = release(surveys.by_slug("krotka"))
    db.session.commit()
    after = read(app, client)
    assert {address for address in before if before[address] != after[address]} <= {
        "/releases", f"/releases/{made.id}", f"/releases/{made.id}?voivodeship=10",
        f"/releases/{made.id}.json", f"/releases/{made.id}.csv", *FIXED,
    }  # fmt: skip
