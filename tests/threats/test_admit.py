"""Admitting one voice: a link, a suggestion, or a new threat."""

import pytest

from consult.geo import Place, PlaceFault, PlaceKind, PlaceRefused
from consult.observations.models import Plane
from consult.threats import operations, queries
from consult.threats.models import LinkedBy, Verdict
from consult.threats.workflow import ChangeRefused, Status
from tests.factories import LASK, admit, days_later, looked_in_vain, metres_away, voice

pytestmark = pytest.mark.usefixtures("world")


def threat_of(observation):
    return queries.of_observation(observation)


def test_the_first_voice_begins_a_threat():
    threat = threat_of(admit("parkowanie", text="auta na chodniku"))
    assert (threat.category_code, threat.status, threat.observations, threat.independent) == (
        "parkowanie",
        Status.NEW,
        1,
        1,
    )
    assert threat.district_code == "1003"
    assert threat.planes == ("online",)


def test_ten_reports_of_one_bench_are_one_threat_with_ten_voices():
    spots = [metres_away(k % 3 * 4, k % 4 * 3) for k in range(10)]
    seen = [
        admit(
            "alkohol",
            at=spot,
            when=days_later(k % 4),
            text="piją alkohol na ławce przy fontannie",
            voice_key=f"{k:015x}",
        )
        for k, spot in enumerate(spots)
    ]
    found = {threat_of(observation).id for observation in seen}
    assert len(found) == 1
    threat = threat_of(seen[0])
    assert (threat.observations, threat.independent) == (10, 10)


def test_one_diligent_person_is_one_voice():
    for k in range(5):
        last = admit("alkohol", when=days_later(k % 2), text="piją na ławce", voice_key="abcdef0123456789")
    assert threat_of(last).observations == 5
    assert threat_of(last).independent == 1


def test_two_places_far_apart_are_two_threats():
    one, other = admit(), admit(at=metres_away(900, 0))
    assert threat_of(one).id != threat_of(other).id


def test_another_kind_of_threat_at_the_same_place_is_another_threat():
    one, other = admit("parkowanie"), admit("dzikie_wysypiska")
    assert threat_of(one).id != threat_of(other).id


def test_a_link_keeps_its_reasons():
    admit("alkohol", text="piją na ławce przy fontannie")
    second = admit("alkohol", at=metres_away(8, 0), text="przy fontannie na ławce piją alkohol")
    link = queries.open_link(second.id)
    assert link.made_by is LinkedBy.MACHINE
    assert {reason["kind"] for reason in link.reasons} >= {"distance", "time", "category", "text"}


def test_a_debate_and_an_online_report_meet_in_one_threat():
    admit("predkosc", text="pędzą koło szkoły na ulicy Lipowej", plane=Plane.DIRECT_CONTACT, accuracy_m=60)
    report = admit("predkosc", at=metres_away(20, 10), text="koło szkoły pędzą samochody, ulica Lipowa")
    assert threat_of(report).planes == ("direct_contact", "online")


def test_a_whole_commune_never_joins_by_distance():
    place = Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, accuracy_m=8_000)
    one, other = admit("alkohol", at=place), admit("alkohol")
    assert threat_of(one).id != threat_of(other).id
    assert threat_of(one).is_whole_area


def test_the_same_voice_twice_is_one_row():
    one, again = admit(key="same"), admit(key="same")
    assert one.id == again.id
    assert threat_of(one).observations == 1


def test_a_place_in_no_district_is_refused():
    with pytest.raises(PlaceRefused) as refused:
        admit(at=(22.5, 50.0))
    assert refused.value.fault is PlaceFault.OUTSIDE_BOUNDARIES


def test_i_see_it_too_counts_a_voice_without_a_place_of_its_own():
    threat = threat_of(admit())
    operations.admit(voice(at=metres_away(300, 0)), belongs_to=threat)
    assert threat.observations == 2


def test_a_withdrawn_voice_counts_no_more_and_its_row_stays():
    observation = admit()
    threat = threat_of(observation)
    operations.withdraw(observation, 0, "withdrawn by the resident")
    assert threat.observations == 0
    assert observation.withdrawn_at is not None
    assert queries.past_links_of(threat)[0].end_reason == "withdrawn by the resident"


def test_a_voice_taken_out_by_a_person_never_comes_back():
    first, second = admit(text="na ławce piją"), admit(at=metres_away(5, 0), text="na ławce piją")
    before = threat_of(first)
    assert threat_of(second).id == before.id
    after = operations.detach(second, actor_id=7, reason="another bench")
    assert (before.observations, after.observations) == (1, 1)
    assert queries.rulings(Verdict.APART)


def test_a_moved_voice_brings_its_figures_along():
    here, there = admit(), admit(at=metres_away(2_000, 0))
    target = threat_of(there)
    source = threat_of(here)
    operations.move(here, target, 7, "the same lorry")
    assert (source.observations, target.observations) == (0, 2)
    assert source.successor_id == target.id


def test_a_status_changes_only_as_the_table_allows():
    threat = threat_of(admit())
    with pytest.raises(ChangeRefused):
        operations.change_status(threat, Status.ELIMINATED, "done", 7)
    operations.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    with pytest.raises(ChangeRefused) as refused:
        operations.change_status(threat, Status.NOT_CONFIRMED, "nothing found", 7)
    assert refused.value.fault == "no_checks"
    looked_in_vain(threat)
    change = operations.change_status(threat, Status.NOT_CONFIRMED, "nothing found in three checks", 7)
    assert (threat.status, change.checks, threat.is_settled) == (Status.NOT_CONFIRMED, 3, True)
