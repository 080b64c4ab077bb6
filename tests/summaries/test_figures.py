"""The figures of a summary: they add up, rank honestly, and let nothing out that has to stay hidden."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.summaries.figures import Edition, direction, nearest, summarise
from consult.threats.deadlines import Step
from consult.threats.workflow import Status
from tests.summaries.makers import (
    JULY,
    KINDS,
    a_case,
    a_meeting,
    a_place,
    a_proposal,
    a_voice,
    an_answer,
    some_material,
)

PUBLIC, INTERNAL = Edition.PUBLIC, Edition.INTERNAL
MONTHS = (7, 8, 9)


def in_month(month, day=10):
    return datetime(2026, month, day, 12, tzinfo=UTC)


def test_the_states_of_every_category_add_up_to_its_total_and_the_rows_to_the_last_one():
    cases = [
        a_case(number, category, status)
        for number, (category, status) in enumerate(
            [(category, status) for category in ("parkowanie", "alkohol") for status in Status for _again in range(3)]
        )
    ]
    summary = summarise(some_material(cases), PUBLIC)
    for row in (*summary.categories, summary.total):
        assert sum(row.statuses.values()) == row.total
    for status in Status:
        assert sum(row.statuses[status] for row in summary.categories) == summary.total.statuses[status]
    assert summary.total.total == summary.key_figures["threats"].value == len(cases)
    checked = ("confirmed", "eliminated", "handed_over")
    assert summary.key_figures["confirmed"].value == sum(summary.total.statuses[status] for status in checked)


def test_a_threat_counts_only_in_periods_in_which_somebody_spoke_of_it():
    spring = datetime(2026, 5, 1, tzinfo=UTC)
    cases = [a_case(1), a_case(2), a_case(3)]
    voices = [a_voice(1), a_voice(2, when=spring), a_voice(3, when=spring, until=JULY)]
    summary = summarise(some_material(cases, voices), PUBLIC)
    assert summary.key_figures["threats"].value == 2
    assert summary.key_figures["threats"].previous == 2
    assert {spot.threat_id for spot in summary.places} == {1, 3}


def test_the_last_moment_of_a_quarter_is_one_in_warsaw():
    last = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
    first_of_the_next = last + timedelta(minutes=1)
    summary = summarise(some_material([a_case(1)], [a_voice(1, when=last), a_voice(1, when=first_of_the_next)]), PUBLIC)
    assert summary.key_figures["observations"].value == 1


def test_change_is_measured_against_the_period_of_the_same_length():
    spring = datetime(2026, 4, 1, tzinfo=UTC)
    winter = datetime(2026, 3, 1, tzinfo=UTC)
    voices = [a_voice(1, "a"), a_voice(1, "b"), a_voice(1, "c", when=spring), a_voice(1, "d", when=winter)]
    figure = summarise(some_material([a_case(1)], voices), PUBLIC).key_figures["observations"]
    assert (figure.value, figure.previous, figure.change) == (2, 1, 1)


def test_the_worst_place_is_where_most_different_people_saw_something():
    loud = [a_voice(1, "one diligent person") for _again in range(50)]
    many = [a_voice(2, f"person {number}") for number in range(3)]
    summary = summarise(some_material([a_case(1), a_case(2)], [*loud, *many]), PUBLIC)
    assert [(spot.number, spot.threat_id, spot.independent) for spot in summary.places] == [(1, 2, 3), (2, 1, 1)]


def test_equal_voices_are_ordered_by_planes_and_then_by_the_latest():
    cases = [a_case(1), a_case(2), a_case(3, last_at=JULY + timedelta(days=9))]
    voices = [
        *(a_voice(1, who) for who in "ab"),
        *(a_voice(2, who, plane=plane) for who, plane in (("a", "online"), ("b", "direct_contact"))),
        *(a_voice(3, who) for who in "ab"),
    ]
    assert [spot.threat_id for spot in summarise(some_material(cases, voices), PUBLIC).places] == [2, 3, 1]


@pytest.mark.parametrize("status", [Status.JOKE, Status.NOT_CONFIRMED, Status.ELIMINATED])
def test_what_is_over_is_no_worst_place(status):
    summary = summarise(some_material([a_case(1, status=status)]), PUBLIC)
    assert summary.places == ()
    assert [spot.threat_id for spot in summary.done] == ([1] if status is Status.ELIMINATED else [])


def test_a_whole_commune_is_listed_without_a_place_in_the_ranking():
    summary = summarise(some_material([a_case(1, is_whole_area=True)]), PUBLIC)
    assert summary.places == summary.points == ()
    assert [spot.threat_id for spot in summary.whole_area] == [1]
    assert summary.limits.whole_area == 1


def test_a_show_of_hands_is_one_voice_with_its_people_beside_it():
    voices = [a_voice(1, plane="direct_contact", people=18), a_voice(1, "x")]
    summary = summarise(some_material([a_case(1)], voices), PUBLIC)
    contact = next(row for row in summary.planes if row.plane == "direct_contact")
    assert (contact.observations.value, contact.independent, contact.people, contact.threats) == (1, 1, 18, 1)
    assert summary.limits.several_planes == 1


def test_a_plane_without_any_source_says_so_instead_of_zero():
    rows = {row.plane: row for row in summarise(some_material([a_case(1)]), PUBLIC).planes}
    assert rows["police_records"].observations is None
    assert rows["direct_contact"].observations.value == 0


def test_one_person_in_two_planes_is_one_independent_voice():
    voices = [a_voice(1, "same"), a_voice(1, "same", plane="direct_contact")]
    summary = summarise(some_material([a_case(1)], voices), PUBLIC)
    assert summary.key_figures["independent"].value == 1
    assert [row.independent for row in summary.planes] == [0, 1, 1]


def test_meetings_and_requests_are_counted_with_what_they_are_a_part_of():
    meetings = (a_meeting(1), a_meeting(2, residents=None, proposals=1, answered=0))
    figures = summarise(some_material(meetings=meetings), PUBLIC).key_figures
    assert (figures["meetings"].value, figures["residents"].value, figures["residents"].of) == (2, 40, 1)
    assert (figures["answered"].value, figures["answered"].of) == (2, 4)


def test_a_request_is_overdue_once_its_day_passed_without_a_result():
    late = a_proposal(1, due_on=date(2026, 9, 29))
    done = a_proposal(2, due_on=date(2026, 9, 29), is_unfinished=False)
    rows = summarise(some_material(proposals=(late, done)), PUBLIC).proposals
    assert [row.is_overdue for row in rows] == [True, False]


def test_words_that_would_lead_to_a_person_stay_out_of_the_public_edition_only():
    lone = a_proposal(1, is_withheld=True, answer="Pomożemy pani z ul. Polnej.")
    sensitive = a_proposal(2, category="bezdomny")
    material = some_material(proposals=(lone, sensitive, a_proposal(3, category="parkowanie")))
    assert [row.text for row in summarise(material, PUBLIC).proposals] == [None, None, "Próg zwalniający"]
    assert [row.answer for row in summarise(material, PUBLIC).proposals] == [None, None, ""]
    assert None not in [row.text for row in summarise(material, INTERNAL).proposals]


def test_data_of_a_period_that_is_over_are_those_of_its_end_or_of_what_came_later():
    assert summarise(some_material([a_case(1)]), PUBLIC).head.frozen_on == date(2026, 9, 30)
    later = a_case(1, status_at=datetime(2026, 10, 5, tzinfo=UTC))
    assert summarise(some_material([later]), PUBLIC).head.frozen_on == date(2026, 10, 5)


def test_a_period_that_is_not_over_is_frozen_at_its_latest_entry():
    material = some_material([a_case(1)], today=date(2026, 8, 1))
    head = summarise(material, PUBLIC).head
    assert not head.is_over
    assert head.frozen_on == JULY.date()


def test_places_are_told_from_the_nearest_name():
    places = [a_place("Łask", 0, 0), a_place("Widawa", 9_000, 0)]
    assert nearest(100, 50, places).distance_m == 0
    near = nearest(0, 1_240, places)
    assert (near.name, near.distance_m, near.direction) == ("Łask", 1_200, "n")
    assert nearest(0, 90_000, places) is None
    assert nearest(0, 0, []) is None


@pytest.mark.parametrize(
    ("east", "north", "name"),
    [(0, 1, "n"), (1, 1, "ne"), (1, 0, "e"), (1, -1, "se"), (0, -1, "s"), (-1, -1, "sw"), (-1, 0, "w"), (-1, 1, "nw")],
)
def test_directions_are_the_eight_of_the_compass(east, north, name):
    assert direction(east, north) == name


def test_a_threat_tells_its_answer_and_its_border():
    voices = [a_voice(1, neighbour="1019")]
    material = some_material([a_case(1, accuracy_m=250.0)], voices, answers={1: an_answer("Patrol był.", 3)})
    (spot,) = summarise(material, PUBLIC).places
    assert (spot.answer.words, spot.answer.checks) == ("Patrol był.", 3)
    assert (spot.neighbour, spot.is_approximate, spot.accuracy_m) == ("powiat zduńskowolski", True, 250)


# What the public may not find out


def hidden_world(counts):
    """Threats of the protected categories: `counts[category][month]` of them, and one of an exact category."""
    cases, voices = [a_case(1)], [a_voice(1)]
    for category, months in sorted(counts.items()):
        for month, count in months.items():
            for _number in range(count):
                threat_id = len(cases) + 1
                cases.append(a_case(threat_id, category))
                voices.append(a_voice(threat_id, when=in_month(month)))
    return some_material(cases, voices)


def public_record(material):
    return json.dumps(summarise(material, PUBLIC).record, sort_keys=True)


def test_the_public_edition_counts_exact_categories_alone():
    material = hidden_world({"narkotyki": {7: 6}, "bezdomny": {8: 7}})
    public, internal = summarise(material, PUBLIC), summarise(material, INTERNAL)
    assert public.key_figures["threats"].value == public.total.total == 1
    assert public.key_figures["observations"].value == 1
    assert internal.key_figures["threats"].value == internal.total.total == 14
    assert internal.protected is None
    assert {row.code for row in public.categories} == {"parkowanie"}
    assert len(public.places) == 1


TOLD = {"2026-07": {"narkotyki": 6, "maloletni": None, "": None}, "2026-09": {"narkotyki": 0, "": 7}}


def test_protected_categories_are_told_as_they_were_released():
    protected = summarise(replace(hidden_world({"narkotyki": {7: 50}}), published=TOLD), PUBLIC).protected
    assert protected.months == ("2026-07", "2026-08", "2026-09")
    rows = {row.code: row.months for row in protected.rows}
    assert rows == {"narkotyki": (6, None, 0), "maloletni": (None, None, None)}
    assert protected.never == (None, None, 7)


def test_a_month_that_is_not_released_is_told_apart_from_a_hidden_number():
    protected = summarise(replace(hidden_world({}), published=TOLD), PUBLIC).protected
    assert protected.unfinished == ("2026-08",)


months = st.dictionaries(st.sampled_from(MONTHS), st.integers(0, 8), max_size=3)
worlds = st.fixed_dictionaries({"narkotyki": months, "maloletni": months, "bezdomny": months})


@settings(deadline=None, max_examples=30)
@given(counts=worlds, others=worlds)
def test_nothing_public_depends_on_protected_threats_but_what_was_released(counts, others):
    one, other = (replace(hidden_world(world), published=TOLD) for world in (counts, others))
    assert public_record(one) == public_record(other)


def test_the_record_is_plain_json_with_every_field():
    record = summarise(some_material([a_case(1)], meetings=(a_meeting(),), proposals=(a_proposal(),)), PUBLIC).record
    assert json.loads(json.dumps(record)) == record
    assert record["head"]["first"] == "2026-07-01"
    assert record["key_figures"]["threats"] == {"value": 1, "previous": 0, "of": None, "previous_of": None, "change": 1}


def test_nothing_at_all_is_a_summary_too():
    summary = summarise(some_material(kinds=KINDS), PUBLIC)
    assert summary.total.total == 0
    assert summary.categories == summary.places == summary.meetings == ()


def test_whoever_still_waits_counts_in_the_waiting_times_until_the_last_day_of_the_data():
    taken_up = {Step.TAKE_UP: JULY + timedelta(days=4)}
    cases = [a_case(number, arrived_at=JULY, done_at=taken_up if number <= 3 else {}) for number in range(1, 5)]
    before = a_case(9, arrived_at=datetime(2026, 6, 1, tzinfo=UTC))
    take_up, verify = summarise(some_material([*cases, before]), PUBLIC).waiting
    assert (take_up.step, take_up.count, take_up.open, take_up.median_days) == (Step.TAKE_UP, 4, 1, 4.0)
    assert (verify.count, verify.open, verify.median_days) == (4, 4, None)
    assert set(take_up.done.values()) == {None}, "too few for percentages"


def test_percentages_of_waiting_times_need_thirty_threats():
    def done(count):
        cases = [a_case(number, arrived_at=JULY, done_at={Step.TAKE_UP: JULY}) for number in range(count)]
        return summarise(some_material(cases), PUBLIC).waiting[0].done

    assert set(done(29).values()) == {None}
    assert set(done(30).values()) == {100}


def test_waiting_times_leave_out_protected_categories():
    cases = [
        a_case(1, arrived_at=JULY),
        a_case(2, "narkotyki", arrived_at=JULY),
        a_case(3, "bezdomny", arrived_at=JULY),
    ]
    assert summarise(some_material(cases), PUBLIC).waiting[0].count == 1
    assert summarise(some_material(cases), Edition.INTERNAL).waiting[0].count == 3
