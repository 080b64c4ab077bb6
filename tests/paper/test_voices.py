"""Sheets and the map: whatever is typed, corrected, compared, settled and withdrawn, the map says what stands."""

import uuid
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from consult.db import db
from consult.geo import PlaceKind, PlaceRefused
from consult.observations import counting
from consult.observations.models import Observation, Plane
from consult.paper import transcribing, typed
from consult.paper.models import SheetState, Turn
from consult.paper.operations import FormClosed
from consult.paper.transcribing import (
    ChangedMeanwhile,
    Decision,
    NotPrinted,
    SamePerson,
    TypedInBefore,
)
from consult.period import Period
from consult.summaries import queries as summaries
from consult.threats.models import Link
from consult.web.errors import Conflict
from tests.debates import makers as debates
from tests.factories import metres_away
from tests.paper.makers import form, mark, marks, sheet, type_in, type_in_again

pytestmark = pytest.mark.usefixtures("world")


def on_the_map():
    db.session.expire_all()
    chosen = select(Observation).where(Observation.withdrawn_at.is_(None), Observation.source == typed.SOURCE)
    return db.session.scalars(chosen.order_by(Observation.id)).all()


def said(voices, made):
    return sorted((made.grid.at(voice.x, voice.y), voice.category_code) for voice in voices)


def test_a_mark_is_a_voice_whose_place_is_the_field_and_as_exact_as_the_field(account):
    made = form(account, meeting=debates.meeting(account))
    type_in(account, made, 1, ("C7", "predkosc", 31, 4, "przy szkole"))
    (voice,) = on_the_map()
    assert voice.place.kind is PlaceKind.AREA
    assert voice.accuracy_m == pytest.approx(200 * 2**0.5 / 2)
    assert voice.place.metres.area == pytest.approx(200 * 200, rel=1e-3)
    assert made.grid.at(voice.x, voice.y) == "C7"
    assert (voice.plane, voice.source) == (Plane.DIRECT_CONTACT, "paper.mark")
    assert (voice.weekdays, voice.times_of_day, voice.words) == (31, 4, "przy szkole")
    assert voice.observed_from.astimezone().date() <= debates.DAY <= voice.observed_to.date()
    assert voice.voices == 1


def test_the_day_is_that_of_the_meeting_else_of_the_form(account):
    with_meeting, without = form(account, meeting=debates.meeting(account)), form(account)
    type_in(account, with_meeting, 1, "A1")
    type_in(account, without, 1, "A2")
    first, second = on_the_map()
    assert first.observed_to.date() == debates.DAY
    assert second.observed_to.date() >= without.created_at.date()


def test_one_person_is_one_voice_in_a_field_and_one_independent_voice_in_all(account):
    made = form(account)
    type_in(
        account,
        made,
        1,
        ("C7", "predkosc", 1, 4, "szybko"),
        ("D1", "predkosc"),
        ("C7", "predkosc", 2, 0, "nadal"),
        "C7",
    )
    voices = on_the_map()
    assert said(voices, made) == [("C7", "parkowanie"), ("C7", "predkosc"), ("D1", "predkosc")]
    assert (voices[0].weekdays, voices[0].times_of_day, voices[0].words) == (3, 4, "szybko\nnadal")
    assert len({voice.voice_key for voice in voices}) == 1


def test_a_line_without_a_category_is_kept_and_is_not_on_the_map(account):
    made = form(account)
    type_in(account, made, 1, ("C7", None))
    assert [one.cell for one in sheet(made, 1).first.marks] == ["C7"]
    assert on_the_map() == []


def test_an_empty_sheet_is_a_sheet(account):
    made = form(account)
    assert type_in(account, made, 1).state is SheetState.AWAITED
    assert on_the_map() == []


def test_what_is_sent_twice_is_saved_once_and_other_words_under_the_key_are_refused(account):
    made = form(account)
    key = uuid.uuid4().hex
    first = transcribing.type_in(account, made, 1, key=key, marks=marks("C7"))
    assert transcribing.type_in(account, made, 1, key=key, marks=marks("C7")) is first
    with pytest.raises(Conflict):
        transcribing.type_in(account, made, 1, key=key, marks=marks("C8"))
    with pytest.raises(TypedInBefore):
        transcribing.type_in(account, made, 1, key=uuid.uuid4().hex, marks=marks("C7"))
    assert said(on_the_map(), made) == [("C7", "parkowanie")]


def test_a_sheet_that_was_never_printed_and_a_closed_form_are_refused(account):
    made = form(account, copies=5)
    with pytest.raises(NotPrinted):
        type_in(account, made, 6, "C7")
    made.closed_at = made.created_at
    db.session.commit()
    with pytest.raises(FormClosed):
        type_in(account, made, 1, "C7")
    assert typed.sheets_of(made) == []


def test_a_field_outside_the_boundaries_is_refused_before_anything_is_written(account):
    made = form(account, middle=metres_away(60_000, 0))
    with pytest.raises(PlaceRefused):
        type_in(account, made, 1, "A1")
    assert typed.sheets_of(made) == []


def test_a_corrected_sheet_forgets_what_was_mistyped(account):
    made = form(account)
    one = type_in(account, made, 1, ("C7", "predkosc", 0, 0, "u Nowaka"), "D1")
    transcribing.correct(
        account, one, key="a" * 32, version=one.version, marks=[mark(1, "C8", "predkosc", words="u sąsiada")]
    )
    db.session.commit()
    assert said(on_the_map(), made) == [("C8", "predkosc")]
    words = db.session.scalars(select(Observation.words)).all()
    assert sorted(words) == ["", "", "u sąsiada"]
    with pytest.raises(ChangedMeanwhile):
        transcribing.correct(account, one, key="b" * 32, version=1, marks=marks("A1"))


def test_nobody_but_who_typed_it_corrects_a_sheet_and_nobody_at_all_once_it_was_compared(account, colleague):
    made = form(account)
    one = type_in(account, made, 1, "C7")
    with pytest.raises(SamePerson):
        transcribing.correct(colleague, one, key="a" * 32, version=one.version, marks=marks("A1"))
    db.session.rollback()
    type_in_again(colleague, one, "C8")
    with pytest.raises(TypedInBefore):
        transcribing.correct(account, one, key="a" * 32, version=one.version, marks=marks("A1"))


def test_the_second_person_is_another_one(account, colleague):
    made = form(account)
    one = type_in(account, made, 1, "C7")
    with pytest.raises(SamePerson):
        type_in_again(account, one, "C7")
    db.session.rollback()
    assert type_in_again(colleague, one, "C7").state is SheetState.SETTLED
    with pytest.raises(TypedInBefore):
        type_in_again(colleague, one, "C7")


def test_two_readings_that_differ_wait_for_a_decision_and_the_map_follows_it_back_and_forth(account, colleague):
    made = form(account)
    one = type_in(account, made, 1, "C7", ("D1", "predkosc"))
    type_in_again(colleague, one, "C8", ("D1", "predkosc"))
    assert one.state is SheetState.DIFFERING
    assert said(on_the_map(), made) == [("C7", "parkowanie"), ("D1", "predkosc")]

    def decide(decision, *cells):
        db.session.refresh(one)
        facts = {"key": uuid.uuid4().hex, "version": one.version, "marks": marks(*cells)}
        transcribing.settle(colleague, one, decision=decision, **facts)
        db.session.commit()
        return said(on_the_map(), made)

    assert decide(Decision.SECOND) == [("C8", "parkowanie"), ("D1", "predkosc")]
    assert decide(Decision.FIRST) == [("C7", "parkowanie"), ("D1", "predkosc")]
    assert decide(Decision.CORRECTED, "B2") == [("B2", "parkowanie")]
    assert decide(Decision.CORRECTED, "B3", "B3") == [("B3", "parkowanie")]
    assert decide(Decision.SECOND) == [("C8", "parkowanie"), ("D1", "predkosc")]
    assert one.state is SheetState.SETTLED
    assert one.standing_turn == Turn.SECOND
    found = typed.agreement_of(typed.sheets_of(made))
    assert (found.sheets.compared, found.fields.agreeing, found.fields.compared) == (1, 6, 7)


def test_the_second_of_two_who_decide_at_once_is_told(account, colleague):
    made = form(account)
    one = type_in(account, made, 1, "C7")
    type_in_again(colleague, one, "C8")
    seen = one.version
    transcribing.settle(account, one, key="a" * 32, version=seen, decision=Decision.SECOND)
    transcribing.settle(account, one, key="a" * 32, version=seen, decision=Decision.SECOND)
    with pytest.raises(ChangedMeanwhile):
        transcribing.settle(colleague, one, key="b" * 32, version=seen, decision=Decision.FIRST)


def test_a_withdrawn_sheet_leaves_the_map_and_comes_back_as_it_was(account):
    made = form(account)
    one = type_in(account, made, 1, "C7", "D1")
    transcribing.withdraw(account, one, version=one.version, reason="żart")
    transcribing.withdraw(account, one, version=one.version, reason="żart")
    db.session.commit()
    assert on_the_map() == []
    assert not one.is_sampled
    assert "żart" in db.session.scalars(select(Link.end_reason)).all()
    transcribing.restore(account, one)
    db.session.commit()
    assert said(on_the_map(), made) == [("C7", "parkowanie"), ("D1", "parkowanie")]
    assert len(db.session.scalars(select(Observation.id)).all()) == 2, "nothing was written anew"


def test_one_in_ten_and_at_least_five_are_drawn_and_what_was_compared_stays_drawn(account, colleague):
    made = form(account)
    early = type_in(account, made, 60, "A1")
    type_in_again(colleague, early, "A1")
    for number in range(1, 26):
        type_in(account, made, number, "A1")
    sheets = typed.sheets_of(made)
    assert sheet(made, 60).is_sampled
    assert sum(one.is_sampled for one in sheets) in {5, 6}
    assert all(one.state is SheetState.AWAITED for one in typed.to_check(sheets, colleague.id))
    assert typed.to_check(sheets, account.id) == []


def test_the_agreement_is_of_the_sample_alone(account, colleague):
    """Who picks sheets to type in again picks the clean ones: only those that were drawn say how well all are typed."""
    made = form(account)
    for number in range(1, 31):
        type_in(account, made, number, "A1")
    sheets = typed.sheets_of(made)
    picked = next(one for one in sheets if not one.is_sampled)
    type_in_again(colleague, picked, "A1")
    assert typed.agreement_of(typed.sheets_of(made)).sheets.compared == 0
    drawn = next(one for one in sheets if one.is_sampled)
    type_in_again(colleague, drawn, "B1")
    found = typed.agreement_of(typed.sheets_of(made))
    assert (found.sheets.agreeing, found.sheets.compared) == (0, 1)


CELLS = st.sampled_from(["A1", "B2", "C7", "C8"])
READINGS = st.lists(st.tuples(CELLS, st.sampled_from(["parkowanie", "predkosc", None])), max_size=3)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["type_in", "type_in_again", "correct", "corrected"]), st.integers(1, 3), READINGS),
    st.tuples(st.sampled_from(["first", "second", "withdraw", "restore", "resend"]), st.integers(1, 3), st.just([])),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(ACTS, max_size=14))
def test_in_any_order_the_map_holds_exactly_what_stands_and_nothing_twice(acts, account, colleague):
    """A model of plain dictionaries says what stands; the map must say the same after every act."""
    made = form(account)
    stands, withdrawn, twice, last = {}, set(), set(), {}
    kept: dict[int, dict[str, list]] = {}
    for act, number, cells in acts:
        one, key = sheet(made, number), uuid.uuid4().hex
        if act == "type_in" and one is None:
            transcribing.type_in(account, made, number, key=key, marks=marks(*cells))
            stands[number], kept[number], last[number] = cells, {"first": cells}, (key, cells)
        elif act == "resend" and number in last:
            sent, before = last[number]
            transcribing.type_in(account, made, number, key=sent, marks=marks(*before))
        elif act == "type_in_again" and one is not None and number not in twice | withdrawn:
            transcribing.type_in_again(colleague, one, key=key, marks=marks(*cells))
            twice.add(number)
            kept[number]["second"] = cells
        elif act == "correct" and one is not None and number not in twice | withdrawn:
            transcribing.correct(account, one, key=key, version=one.version, marks=marks(*cells))
            stands[number] = kept[number]["first"] = cells
            last.pop(number, None)  # what was sent first has been replaced
        elif act in {"first", "second", "corrected"} and number in twice - withdrawn:
            transcribing.settle(account, one, key=key, version=one.version, decision=Decision(act), marks=marks(*cells))
            stands[number] = cells if act == "corrected" else kept[number][act]
        elif act == "withdraw" and one is not None and number not in withdrawn:
            transcribing.withdraw(account, one, version=one.version, reason="żart")
            withdrawn.add(number)
        elif act == "restore" and number in withdrawn:
            transcribing.restore(account, one)
            withdrawn.discard(number)
        db.session.commit()
        expected = Counter(
            (number, cell, category)
            for number, cells in stands.items()
            if number not in withdrawn
            for cell, category in set(cells)
            if category
        )
        own = [voice for voice in on_the_map() if voice.source_key.startswith(f"{made.id}.")]
        found = Counter((typed.sheet_of_voice(v.source_key)[1], made.grid.at(v.x, v.y), v.category_code) for v in own)
        assert found == expected
    assert counting.differences() == 0, "the map's own counts say the same"


def test_a_district_counts_the_people_of_its_sheets_as_direct_contact(account):
    """Two sheets are two independent voices, however many marks one person made."""
    made = form(account, meeting=debates.meeting(account))
    type_in(account, made, 1, "C7", "D1", ("C7", "predkosc"))
    type_in(account, made, 2, "C7")
    found = summaries.material("1003", Period.quarter_of(debates.DAY))
    voices = [one for one in found.voices if one.plane == Plane.DIRECT_CONTACT.value]
    assert len(voices) == 4
    assert len({one.who for one in voices}) == 2
    assert [one.plane for one in found.voices] == ["direct_contact"] * 4
