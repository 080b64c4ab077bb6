"""What a change of a unit would do: who answers for open threats, and that nobody is left without a unit unseen."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.accounts import operations
from consult.catalogue import queries as catalogue
from consult.clock import now, today
from consult.db import db
from consult.districts import queries as districts
from consult.threats import queries
from consult.threats.reassigning import Gap, Proposal, effect
from consult.threats.routing import codes_around
from consult.threats.workflow import Status
from tests.accounts.makers import unit
from tests.factories import admit, metres_away

pytestmark = pytest.mark.usefixtures("world")


def threat(category="parkowanie", east=0):
    return queries.of_observation(admit(category, at=metres_away(east, 0), when=now() - timedelta(days=3)))


def answered(found):
    return queries.answering_unit(found, today()).id


def test_a_duty_takes_its_threats_from_the_station_and_leaves_the_others():
    traffic, other = threat(), threat("alkohol", east=2_000)
    closed = threat(east=4_000)
    closed.status = Status.ELIMINATED
    station, road = unit("1003"), unit("RD-1003", "Drogówka", areas=["1003"])
    operations.set_duties(road, ["water"], 7)
    found = effect(Proposal(road, today(), duties=frozenset({"traffic"})))
    assert found.moved == {(station.id, road.id): 1}
    assert found.gaps == (), "the station answers for water again"
    operations.set_duties(road, ["traffic"], 7)
    assert (answered(traffic), answered(other)) == (road.id, station.id)


def test_the_last_area_that_ends_leaves_a_gap_for_the_whole_district():
    threat()
    station = unit("1003")
    found = effect(Proposal(station, today(), lost="1003"))
    groups = tuple(group.code for group in catalogue.groups())
    assert found.gaps == (Gap("1003", is_whole_district=False, groups=groups, is_everything=True),)
    assert found.moved == {(station.id, None): 1}


def test_a_station_of_a_commune_leaves_a_gap_only_beside_it():
    headquarters = unit("1003")
    unit("KP-1", "Komisariat w Łasku", areas=["100302"])
    found = effect(Proposal(headquarters, today(), lost="1003"))
    assert [(gap.area_code, gap.is_whole_district) for gap in found.gaps] == [("1003042", False), ("1003", True)]


def test_a_new_area_takes_over_and_leaves_no_gap():
    here = threat()
    headquarters, station = unit("1003"), unit("KP-1", "Komisariat w Łasku", areas=[])
    found = effect(Proposal(station, today(), gained="100302"))
    assert (found.moved, found.gaps) == ({(headquarters.id, station.id): 1}, ())
    operations.add_area(station, "100302", today(), 7)
    assert answered(here) == station.id


def test_a_unit_of_a_voivodeship_leaves_gaps_only_where_no_district_has_its_own():
    command = unit("KWP", "KWP w Łodzi", areas=["10"])
    unit("1003")
    found = effect(Proposal(command, today(), duties=frozenset({"water"})))
    assert {(gap.area_code, gap.is_everything, "water" in gap.groups) for gap in found.gaps} == {("1019", False, False)}


def test_only_units_of_the_day_count():
    station, later = unit("1003"), unit("KP-2", "Nowa jednostka", areas=[])
    operations.add_area(later, "1003", today() + timedelta(days=30), 7)
    assert effect(Proposal(station, today(), lost="1003")).gaps
    assert not effect(Proposal(station, today() + timedelta(days=30), lost="1003")).gaps


def test_the_mark_tells_proposals_apart():
    station = unit("1003")
    marks = {
        effect(Proposal(station, today(), gained="1019")).mark,
        effect(Proposal(station, today(), gained="101904")).mark,
        effect(Proposal(station, today() + timedelta(days=1), gained="1019")).mark,
        effect(Proposal(station, today(), duties=frozenset({"water"}))).mark,
    }
    assert len(marks) == 4


AREAS = ("10", "1003", "1019", "100302", "100304", "101904")
GROUPS = ("traffic", "water", "greenery")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    units=st.lists(
        st.tuples(st.sets(st.sampled_from(AREAS), max_size=3), st.sets(st.sampled_from(GROUPS), max_size=2)),
        min_size=1,
        max_size=4,
    ),
    duties=st.sets(st.sampled_from(GROUPS)),
)
def test_gaps_are_exactly_the_places_that_lose_their_last_unit(world, units, duties):
    """Compared with asking the database before and after, place by place."""
    savepoint = db.session.begin_nested()
    made = [
        operations.create_unit(f"u{k}", f"u{k}", f"pl/u{k}/", sorted(areas), sorted(groups))
        for k, (areas, groups) in enumerate(units)
    ]
    changed = made[0]
    spots = [(region.code[:4], region.code) for region in districts.communes()] + [("1003", None), ("1019", None)]
    codes = {code for spot in spots for code in codes_around(*spot)}
    found = effect(Proposal(changed, today(), duties=frozenset(duties)))
    before = served(codes, spots)
    operations.set_duties(changed, duties, 7)
    lost = before - served(codes, spots)
    told = set()
    for gap in found.gaps:
        for district, commune in spots:
            within = (commune or district).startswith(gap.area_code) if not gap.is_whole_district else (
                (district, commune) == (gap.area_code, None)
            )  # fmt: skip
            told |= {(district, commune, group) for group in gap.groups if within}
    own = changed.area_codes(today())
    assert told == {spot for spot in lost if any(code in own for code in codes_around(*spot[:2]))}
    savepoint.rollback()
    db.session.expire_all()


def served(codes, spots):
    from consult.threats.routing import Routes

    routes = Routes.of(queries.serving_in(codes, today()))
    groups = [group.code for group in catalogue.groups()]
    return {(*spot, group) for spot in spots for group in groups if routes.answering(*spot, group)}
