"""The shape of data.police.uk: requests and answers of a district, its debates, its border."""

from datetime import date, datetime, time

import pytest

from debates.outcomes import ProposalStatus
from tests.accounts.makers import head
from tests.debates import makers as debates
from tests.factories import LASK

pytestmark = pytest.mark.usefixtures("world")

SECRET = "words that a resident said"
FORM = "%Y-%m-%dT%H:%M:%S"


def get(client, path, status=200):
    answer = client.get(f"/police/{path}")
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    return answer.json


def test_forces_are_voivodeships_and_neighbourhoods_districts(client):
    assert get(client, "forces") == [{"id": "10", "name": "województwo łódzkie"}]
    assert get(client, "forces/10")["name"] == "województwo łódzkie"
    assert [area["id"] for area in get(client, "10/neighbourhoods")] == ["1003", "1019"]
    told = get(client, "10/1003")
    assert (told["id"], told["contact_details"]) == ("1003", {"telephone": "112"})
    assert told["url_force"].endswith("/districts/1003")


def test_a_priority_is_a_request_with_its_answer(client):
    author = head()
    asked = debates.proposal(author, debates.meeting(author, held_on=date(2026, 7, 15)))
    debates.answer(author, asked, after=ProposalStatus.DONE, answer="Próg stoi.", answered_on=date(2026, 8, 1))
    assert get(client, "10/1003/priorities") == [
        {
            "issue": "Próg zwalniający przy szkole",
            "issue-date": "2026-07-15T00:00:00",
            "action": "Próg stoi.",
            "action-date": "2026-08-01T00:00:00",
        }
    ]
    assert get(client, "10/1019/priorities") == []


def test_a_request_without_an_answer_has_no_action(client):
    author = head()
    debates.proposal(author, debates.meeting(author))
    (told,) = get(client, "10/1003/priorities")
    assert (told["action"], told["action-date"]) == (None, None)


def test_words_that_lead_back_to_a_person_are_no_priority(client):
    author = head()
    debates.proposal(author, debates.meeting(author, residents=1), SECRET)
    meeting = debates.meeting(author)
    said = debates.statement(author, meeting, SECRET, category_code="zebractwo")
    debates.proposal(author, meeting, SECRET, statement=said)
    assert get(client, "10/1003/priorities") == []


def test_an_event_is_a_meeting_with_its_hour(client):
    author = head()
    debates.meeting(author, starts_at=time(17, 30), ends_at=time(19), venue="Remiza OSP")
    (told,) = get(client, "10/1003/events")
    assert datetime.strptime(told["start_date"], FORM).isoformat() == "2026-07-15T17:30:00"
    assert (told["title"], told["type"], told["address"]) == ("Debata w Łasku", "Debata inicjująca", "Remiza OSP")
    assert told["end_date"] == "2026-07-15T19:00:00"


def test_a_meeting_without_a_day_is_no_event(client):
    author = head()
    meeting = debates.meeting(author)
    meeting.held_on = None
    debates.proposal(author, meeting)
    assert get(client, "10/1003/events") == get(client, "10/1003/priorities") == []


def test_the_border_is_a_closed_ring_around_the_district(client):
    ring = [(float(corner["longitude"]), float(corner["latitude"])) for corner in get(client, "10/1003/boundary")]
    assert ring[0] == ring[-1]
    assert min(lon for lon, _lat in ring) < LASK[0] < max(lon for lon, _lat in ring)
    assert min(lat for _lon, lat in ring) < LASK[1] < max(lat for _lon, lat in ring)


def test_a_position_leads_to_its_district(client):
    assert get(client, f"locate-neighbourhood?q={LASK[1]},{LASK[0]}") == {"force": "10", "neighbourhood": "1003"}
    get(client, "locate-neighbourhood?q=53.0,23.0", 404)
    get(client, "locate-neighbourhood?q=0,0", 404)


def test_nobody_is_named(client):
    assert get(client, "forces/10/people") == get(client, "10/1003/people") == []


@pytest.mark.parametrize(
    "path",
    [
        "forces/14",
        "14/neighbourhoods",
        "10/9999",
        "14/1003",
        "10/9999/events",
        "10/1/priorities",
        "10/1/boundary",
        "10/1/people",
    ],
)
def test_what_is_not_there_is_said_as_json(client, path):
    assert get(client, path, 404) == {"error": "Not Found"}


@pytest.mark.parametrize("query", ["", "?q=", "?q=x,y", "?q=51.6", "?q=nan,nan", "?q=1,2&q=3,4", "?lat=1"])
def test_a_wrong_position_is_named(client, query):
    get(client, f"locate-neighbourhood{query}", 400)


def test_the_number_of_queries_does_not_grow_with_the_rows(client, queries_counted):
    author = head()
    debates.proposal(author, debates.meeting(author))
    paths = ("10/1003/priorities", "10/1003/events")
    before = [queries_counted(lambda path=path: client.get(f"/police/{path}")) for path in paths]
    for step in range(4):
        debates.proposal(author, debates.meeting(author, f"Debata {step}"))
    after = [queries_counted(lambda path=path: client.get(f"/police/{path}?again")) for path in paths]
    assert [more <= few for few, more in zip(before, after, strict=True)] == [True, True]
