"""No public answer, in any format, holds the exact place of a threat whose category is protected."""

import re
import sqlite3
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from consult.clock import now, today
from consult.geo import to_metres
from consult.open311 import operations
from consult.threats import queries
from tests.accounts.makers import head
from tests.debates import makers as debates
from tests.factories import LASK, admit, metres_away

pytestmark = pytest.mark.usefixtures("world")

PROTECTED = {
    "srodki_odurzajace": (2_137.0, 1_311.0),
    "zebractwo": (-3_219.0, 2_457.0),
    "znecanie_zwierzeta": (1_707.0, -4_093.0),
}
"""A category whose places are never or only coarsely public, and a spot that nothing else in this world has."""

PARAMETERS = ("", "?district=1003", "?edition=public")
DATA = re.compile(r"/api/|/police/|\.\w+$")
"""Addresses that answer with data, which parameters change most; of each page one look is enough."""

ARGUMENTS = {
    "anything": ["x"],
    "code": ["1003", "pl"],
    "force": ["10"],
    "form": ["json", "xml"],
    "neighbourhood": ["1003"],
    "period": ["2026-Q3", "2026"],
    "receipt": ["nothing"],
    "service_code": sorted(PROTECTED),
    "slug": ["x"],
    "token": ["x"],
}


@pytest.fixture
def planted():
    """Threats of protected categories at spots of their own, with a public one beside them."""
    spots = {category: metres_away(*away) for category, away in PROTECTED.items()}
    found = []
    for category, spot in spots.items():
        for step in range(5):  # enough of each that counts are published
            admit(category, at=spot, when=now() - timedelta(days=step), text="words of a resident")
        found.append(queries.of_observation(admit(category, at=spot, when=now() - timedelta(days=1))))
    admit("parkowanie", at=LASK, when=now() - timedelta(days=1))
    author = head()
    meeting = debates.meeting(author, held_on=today())
    said = debates.statement(author, meeting, category_code="zebractwo", place=spot_of(spots["zebractwo"]))
    debates.proposal(author, meeting, statement=said)
    return found


def spot_of(spot):
    from consult.geo import Place

    return Place.point(*spot)


def telling(threats):
    """A pattern of all that would betray a place: its degrees to four decimals (ten metres) and its metres."""
    cuts = set()
    for threat in threats:
        x, y = to_metres(threat.lon, threat.lat)
        for number, digits in ((threat.lon, 4), (threat.lat, 4), (x, 0), (y, 0)):
            cut = f"{abs(number):.9f}"
            cut = cut[: cut.index(".") + digits + bool(digits)]
            cuts.add(re.escape(cut).replace(re.escape("."), "[.,]"))
    return re.compile(rf"(?<!\d)(?:{'|'.join(sorted(cuts))})")


def addresses(app, ids):
    """All addresses that anybody may read, with every argument that this world knows."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in rule.methods or getattr(view, "audience", None) != "public":
            continue
        urls = [rule.rule]
        for _whole, name in re.findall(r"(<[^>:]*:(\w+)>)", rule.rule):
            known = ARGUMENTS.get(name, [str(one) for one in ids])
            urls = [re.sub(rf"<[^>:]*:{name}>", value, url) for url in urls for value in known]
        yield from urls


def texts(data):
    """What a file says: the file itself, what is packed in it, and what a GeoPackage's geometries hold."""
    yield data.decode("utf-8", "replace")
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for name in packed.namelist():
                yield packed.read(name).decode("utf-8", "replace")
    if data.startswith(b"SQLite"):
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        yield "\n".join(connection.iterdump())
        connection.close()


def test_no_public_answer_betrays_a_protected_place(app, client, planted):
    pattern = telling(planted)
    answered = set()
    for url in sorted(set(addresses(app, [threat.id for threat in planted]))):
        for more in PARAMETERS if DATA.search(url) else ("",):
            answer = client.get(url + more, buffered=True)
            answered |= {answer.mimetype} if answer.status_code == 200 else set()
            assert answer.status_code < 500 or url == "/ready", url + more  # 503 is how that one says: no worker runs
            for text in texts(answer.data):
                assert pattern.findall(text) == [], url + more
                assert "words of a resident" not in text, url + more
    assert len(answered) >= 8, "every format was looked at"


def test_the_sweep_would_notice(app, client, planted):
    """A control: the police's own edition holds these places, in each format."""
    from tests.accounts.makers import officer, sign_in, unit

    sign_in(client, officer(unit("1003")))
    pattern = telling(planted)
    for name in ("csv", "geojson", "gpkg", "xlsx"):
        data = client.get(f"/threats.{name}?edition=staff", buffered=True).data
        assert any(pattern.search(text) for text in texts(data)), name


def test_a_report_of_another_system_is_answered_without_its_place(app, client):
    secret = operations.create_key("Miasto", "pl")
    lon, lat = metres_away(*PROTECTED["srodki_odurzajace"])
    fields = {"api_key": secret, "service_code": "srodki_odurzajace", "lat": lat, "long": lon, "description": "x"}
    answer = client.post("/open311/v2/requests.json", data=fields)
    assert answer.status_code == 200
    assert f"{lon:.4f}" not in answer.text
