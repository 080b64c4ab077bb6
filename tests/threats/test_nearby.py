"""What is known near a place that somebody is about to report: public, near, likely, at most five."""

from datetime import timedelta

import pytest

from consult.catalogue import queries as catalogue
from consult.clock import now
from consult.geo import Place, PlaceKind
from consult.threats import joining, operations, publication, queries
from consult.threats.linking import Evidence
from consult.threats.models import Threat
from consult.threats.nearby import MOST, Seen, nearby
from consult.threats.operations import CannotJoin
from consult.threats.workflow import Status
from tests.factories import BEFORE, LASK, admit, days_later, metres_away, voice

pytestmark = pytest.mark.usefixtures("world")


def seen(category="parkowanie", at=LASK, when=BEFORE):
    place = at if isinstance(at, Place) else Place.point(*at)
    return Seen(catalogue.by_code(category), place, when, when)


def threat_of(observation):
    return queries.of_observation(observation)


def numbers(*args, **kwargs):
    return [entry.threat.id for entry in nearby(seen(*args, **kwargs), now())]


def test_a_threat_around_the_corner_is_found_with_its_reasons():
    threat = threat_of(admit())
    [found] = nearby(seen(at=metres_away(40, 0), when=days_later(3)), now())
    assert found.threat.id == threat.id
    assert [reason.kind for reason in found.reasons] == [Evidence.DISTANCE, Evidence.TIME, Evidence.CATEGORY]
    assert found.reasons[0].value == pytest.approx(40, abs=1)
    assert found.reasons[1].value == pytest.approx(3, abs=0.01)
    assert found.reasons[2].speaks_for


def test_what_lies_far_away_or_long_ago_is_not_shown():
    admit()
    assert numbers(at=metres_away(400, 0)) == []
    assert numbers(when=days_later(120)) == []


def test_another_kind_of_the_same_group_is_shown_and_another_group_is_not():
    threat = threat_of(admit("predkosc"))
    admit("dzikie_wysypiska")
    assert numbers("nielegalne_rajdy") == [threat.id]


def test_at_most_five_are_shown_the_likeliest_first():
    voices = [admit("predkosc", at=metres_away(15 * k, 0)) for k in range(7)]
    for one in voices[1:]:
        operations.detach(one, 7, "another")
    assert len({threat_of(one).id for one in voices}) > MOST
    found = nearby(seen("predkosc"), now())
    assert len(found) == MOST
    chances = [entry.probability for entry in found]
    assert chances == sorted(chances, reverse=True)


@pytest.mark.parametrize("category", ["bezdomny_pomoc", "znecanie_zwierzeta", "maloletni_demoralizacja", "zebractwo"])
def test_a_kind_whose_places_are_protected_is_never_shown_even_beside_its_own(category):
    admit(category, text="tuż obok")
    assert numbers(category) == []


def test_an_open_kind_never_finds_a_protected_one_of_its_group():
    admit("maloletni_demoralizacja")
    assert numbers("akty_wandalizmu") == []


@pytest.mark.parametrize(
    ("status", "days", "is_shown"),
    [
        (Status.JOKE, 0, False),
        (Status.ELIMINATED, 29, True),
        (Status.ELIMINATED, 31, False),
        (Status.NOT_CONFIRMED, 8, False),
        (Status.CONFIRMED, 300, True),
    ],
)
def test_what_the_public_map_does_not_show_is_not_shown_here(status, days, is_shown):
    threat = threat_of(admit())
    threat.status, threat.status_at = status, now() - timedelta(days=days)
    assert (numbers() == [threat.id]) is is_shown


def test_only_what_anyone_sees_is_compared():
    """Neither words nor the places of single voices: whoever asks often learns nothing that others wrote."""
    threat = threat_of([admit(text="na ławce przy fontannie") for _ in range(3)][-1])
    operations.admit(voice(at=metres_away(90, 0), text="koło apteki"), belongs_to=threat)
    before = [entry.reasons for entry in nearby(seen(at=metres_away(90, 0)), now())]
    assert before[0][0].value == pytest.approx(90, abs=2), "measured to the spot on the map, not to the other voice"
    assert {reason.kind for reason in before[0]} <= {Evidence.DISTANCE, Evidence.TIME, Evidence.CATEGORY}


def test_near_a_whole_commune_nothing_is_near():
    admit()
    place = Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, accuracy_m=8_000)
    assert numbers(at=place) == []
    assert numbers(at=Place.point(*LASK, accuracy_m=900)) == []


def test_a_threat_about_a_whole_commune_is_near_nothing():
    admit(at=Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, accuracy_m=8_000))
    assert numbers() == []


def test_a_drawn_street_is_near_what_lies_along_it():
    threat = threat_of(admit("predkosc", at=metres_away(560, 5)))
    corners = [list(metres_away(0, 0)), list(metres_away(600, 0))]
    road = Place.from_mapping({"type": "LineString", "coordinates": corners}, 20)
    assert numbers("predkosc", at=road) == [threat.id]


def test_a_look_asks_the_database_as_often_whatever_lies_around(queries_counted):
    admit("predkosc")
    asked = queries_counted(lambda: numbers("predkosc"))
    for k in range(6):
        admit("predkosc", at=metres_away(70 * k, 80))
    assert queries_counted(lambda: numbers("predkosc")) == asked


def test_i_see_it_too_stays_with_its_threat_when_all_are_joined_anew():
    threat = threat_of(admit())
    late = operations.admit(voice(when=days_later(200), text="znów to samo"), belongs_to=threat)
    joining.join()
    assert threat_of(late).id == threat.id


def test_i_see_it_too_of_a_threat_that_nobody_speaks_of_any_more_is_refused():
    observation = admit()
    threat = threat_of(observation)
    operations.withdraw(observation, 0, "a mistake")
    with pytest.raises(CannotJoin):
        operations.admit(voice(), belongs_to=threat)


def test_i_see_it_too_never_puts_a_protected_kind_into_an_open_one():
    threat = threat_of(admit("akty_wandalizmu"))
    with pytest.raises(CannotJoin):
        operations.admit(voice("maloletni_demoralizacja"), belongs_to=threat)


def test_a_key_has_spoken_of_a_threat_since_a_moment_and_no_longer():
    observation = admit(voice_key="ab" * 20)
    threat = threat_of(observation)
    assert queries.has_spoken(threat, "ab" * 20, now() - timedelta(hours=1))
    assert not queries.has_spoken(threat, "ab" * 20, now() + timedelta(hours=1))
    assert not queries.has_spoken(threat, "cd" * 20, now() - timedelta(hours=1))


def test_a_threat_whose_voices_went_elsewhere_leads_on():
    one, other = admit(), admit(at=metres_away(900, 0))
    before, after = threat_of(one), threat_of(other)
    operations.move(one, after, 7, "the same")
    assert publication.public_threat(before.id, now()).id == after.id
    after.status = Status.JOKE
    assert publication.public_threat(before.id, now()) is None
    assert isinstance(before, Threat)
