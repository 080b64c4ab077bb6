"""Which unit answers: one for each place and category, wherever any unit serves it."""

from hypothesis import given
from hypothesis import strategies as st

from consult.threats.routing import Serving, answering, codes_around, paths_above

HEADQUARTERS = Serving(1, "pl/10/1003/", "1003")
STATION = Serving(2, "pl/10/1003/lask/", "100302")
ROAD_POLICE = Serving(3, "pl/10/1003/rd/", "1003", frozenset({"traffic"}))
VOIVODESHIP = Serving(4, "pl/10/", "10")


def test_the_most_local_unit_answers():
    assert answering([HEADQUARTERS, STATION, VOIVODESHIP], "animals") is STATION
    assert answering([HEADQUARTERS, VOIVODESHIP], "animals") is HEADQUARTERS


def test_a_unit_whose_duty_it_is_goes_first_and_others_never_reach_it():
    assert answering([HEADQUARTERS, STATION, ROAD_POLICE], "traffic") is ROAD_POLICE
    assert answering([HEADQUARTERS, STATION, ROAD_POLICE], "animals") is STATION
    assert answering([ROAD_POLICE], "animals") is None


def test_nobody_is_an_answer_too():
    assert answering([], "traffic") is None


def test_a_place_without_a_commune_lies_in_a_district_and_a_voivodeship():
    assert codes_around("1003", None) == ["10", "1003"]
    assert codes_around("1003", "1003023") == ["10", "1003", "100302"]


def test_people_above_may_decide_as_well():
    assert paths_above(["pl/10/1003/"]) == ["pl/", "pl/10/", "pl/10/1003/"]


served = st.lists(
    st.builds(
        Serving,
        st.integers(1, 9),
        st.sampled_from(["pl/", "pl/10/", "pl/10/1003/", "pl/10/1003/a/"]),
        st.sampled_from(["10", "1003", "100302"]),
        st.frozensets(st.sampled_from(["traffic", "animals"])),
    ),
    max_size=6,
)


@given(served, st.sampled_from(["traffic", "animals", "water"]), st.randoms())
def test_somebody_answers_wherever_anybody_can_in_whatever_order(units, group, random):
    chosen = answering(units, group)
    assert (chosen is None) == (not any(not one.duties or group in one.duties for one in units))
    random.shuffle(units)
    again = answering(units, group)
    assert (again and (again.path, again.area_code)) == (chosen and (chosen.path, chosen.area_code))
