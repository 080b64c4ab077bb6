"""Candidate places: what is chosen equals spopt and brute force; the page decides nothing and refuses below ten voices."""

from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.allocation import queries
from consult.allocation.coverage import (
    Candidate,
    Demand,
    Question,
    TooFewVoices,
    Variation,
    answer,
    distances,
    maximal_covering,
    p_median,
)
from consult.clock import now, today
from consult.db import db
from consult.geo import Place, PlaceKind
from consult.threats.models import Threat
from consult.threats.workflow import Status
from tests.accounts.makers import administrator, officer, sign_in, unit
from tests.factories import LASK, admit, metres_away
from tests.pages import Page


def spread_out(posts, reach_m=3_000.0):
    """Thirty demands and eight candidates in ten kilometres, drawn from a fixed seed."""
    drawn = np.random.default_rng(7)
    spots, places, voices = (
        drawn.integers(0, 10_000, (30, 2)),
        drawn.integers(0, 10_000, (8, 2)),
        drawn.integers(1, 9, 30),
    )
    return Question(
        tuple(Candidate(str(k), *map(float, place)) for k, place in enumerate(places)),
        tuple(Demand(*map(float, spot), int(many), "abc"[k % 3]) for k, (spot, many) in enumerate(zip(spots, voices, strict=True))),
        posts,
        reach_m,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("posts", "covered", "nearest", "way"),
    [
        (1, 54, (6,), 589968.2681346908),
        (2, 78, (0, 6), 464558.85950804764),
        (3, 89, (0, 4, 5), 393888.24715133087),
    ],
)
def test_what_is_chosen_equals_spopt(posts, covered, nearest, way):
    """spopt 0.7.0 with CBC: MCLP and PMedian on the same distances."""
    question = spread_out(posts)
    assert question.voices == 142
    assert maximal_covering(question).covered == covered
    median = p_median(question)
    assert median.places == nearest
    assert median.mean_m * question.voices == pytest.approx(way)


def by_hand(question):
    """The most that can be covered, and the least way, over every choice there is."""
    ways, voices = distances(question), np.array([one.voices for one in question.demands])
    choices = [
        ways[:, list(places)].min(axis=1) for places in combinations(range(len(question.candidates)), question.posts)
    ]
    return max(int(voices[way <= question.reach_m].sum()) for way in choices), min(
        float((way * voices).sum()) for way in choices
    )


spots = st.tuples(st.integers(0, 9_000), st.integers(0, 9_000))


@settings(max_examples=12)
@given(
    st.lists(spots, min_size=1, max_size=6, unique=True),
    st.lists(st.tuples(spots, st.integers(1, 9)), min_size=1, max_size=12),
    st.integers(1, 3),
    st.integers(500, 6_000),
)
def test_nothing_better_could_be_chosen(places, heard, posts, reach_m):
    question = Question(
        tuple(Candidate("", *map(float, place)) for place in places),
        tuple(Demand(*map(float, spot), voices, "a") for spot, voices in heard),
        min(posts, len(places)),
        float(reach_m),
    )
    most, least = by_hand(question)
    covering, median = maximal_covering(question), p_median(question)
    assert len(covering.places) == len(median.places) == question.posts
    assert covering.covered == most
    assert median.mean_m * question.voices == pytest.approx(least)


def test_every_question_is_asked_differently_too():
    found = answer(spread_out(2))
    assert [(one.variation, one.category) for one in found.tried] == [
        (Variation.AS_ASKED, ""), (Variation.NEARER, ""), (Variation.FARTHER, ""), (Variation.FEWER, ""),
        (Variation.MORE, ""), (Variation.WITHOUT, "a"), (Variation.WITHOUT, "b"), (Variation.WITHOUT, "c"),
    ]  # fmt: skip
    assert [one.question.reach_m for one in found.tried[:3]] == pytest.approx([3000, 2400, 3600])
    assert sum(found.covering_of) == sum(len(one.covering.places) for one in found.tried)
    assert max(found.median_of) <= len(found.tried)
    assert found.alone[6].covered == 54


def test_nothing_is_recommended_below_ten_voices():
    few = Question((Candidate("A", 0, 0),), (Demand(0, 0, 9, "a"),), 1, 1000.0)
    with pytest.raises(TooFewVoices):
        answer(few)


# The page

HERE, THERE = metres_away(-9_000, 0), metres_away(6_000, 3_000)


def typed(*spots):
    return "%0A".join(f"{lat:.5f},{lon:.5f}" for lon, lat in spots)


@pytest.fixture
def heard(world):
    """Twelve people speak of one place and six of another; one person of a third, and one of a whole commune."""
    moment = now() - timedelta(days=5)
    for number in range(18):
        admit(
            "parkowanie" if number < 12 else "alkohol",
            at=HERE if number < 12 else THERE,
            when=moment,
            voice_key=f"{number:02x}" * 20,
        )
    admit("predkosc", at=metres_away(0, -9_000), when=moment)
    admit("predkosc", at=Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, 8_000), when=moment)
    db.session.commit()


def test_only_corroborated_threats_count(heard):
    found = queries.heard("1003", today() - timedelta(days=365))
    assert sorted((one.category, one.voices) for one in found.demands) == [("alkohol", 6), ("parkowanie", 12)]
    assert (found.threats, found.uncorroborated, found.placeless) == (2, 1, 1)
    assert queries.heard("1019", today() - timedelta(days=365)).demands == ()
    assert queries.heard("1003", today()).demands == ()
    lone = db.session.scalars(
        db.select(Threat).where(Threat.category_code == "predkosc", Threat.is_whole_area.is_(False))
    ).one()
    lone.status = Status.CONFIRMED
    assert ("predkosc", 1) in {
        (one.category, one.voices) for one in queries.heard("1003", today() - timedelta(days=365)).demands
    }
    lone.status = Status.JOKE
    assert len(queries.heard("1003", today() - timedelta(days=365)).demands) == 2


def test_the_page_shows_each_place_and_what_other_questions_choose(client, heard):
    page = Page(
        sign_in(client, officer(unit("1003"))),
        f"/allocation/coverage?area=1003&reach=3000&places={typed(HERE, THERE)}%0ANigdzie",
    )
    alone, tried = page.soup.select("table")
    assert [row.select_one("td").text.split(" (")[0] for row in alone.select("tbody tr")] == ["12 z 18", "6 z 18"]
    assert len(tried.select("tbody tr")) == 5, (
        "as asked, two reaches, one more, without alcohol; six voices are too few"
    )
    assert any("Nigdzie" in words.text for words in page.soup.select("main p strong"))
    drawn = client.get(page.soup.select_one(".paper-map img")["src"])
    assert drawn.mimetype == "image/svg+xml"
    assert b">A<" in drawn.data
    assert b">B<" in drawn.data


def test_below_ten_voices_the_page_refuses(client, heard):
    own = sign_in(client, officer(unit("1019", "KPP w Zduńskiej Woli")))
    page = Page(own, f"/allocation/coverage?area=1003&places={typed(HERE)}")
    assert page.soup.select_one(".empty-state")
    assert not page.soup.select("table")
    assert [one["value"] for one in page.soup.select("#filter-area option")] == ["1019"]
    assert own.get("/allocation/coverage.svg?posts=x&reach=-1&places=%00").status_code == 200


@pytest.mark.parametrize("address", ["/allocation/coverage", "/allocation/coverage.svg"])
def test_it_is_for_staff_with_an_area(world, client, elsewhere, address):
    assert client.get(address).status_code == 302
    assert sign_in(elsewhere(), administrator(unit("10", "KWP", areas=[]))).get(address).status_code == 403
    nowhere = sign_in(client, officer(unit("KWP-W", "Wydział", path="pl/10/w/", areas=[])))
    assert nowhere.get(address).status_code == (404 if address.endswith("svg") else 200)
