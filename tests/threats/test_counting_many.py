"""How many threats there are: exact while they are few, some seconds old when they are the many of a country."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from consult.clock import now
from consult.db import db, is_sqlite
from consult.threats import publication, queries
from consult.threats.models import Threat
from consult.threats.queries import Filters
from consult.threats.workflow import Status
from tests.factories import BEFORE, admit, metres_away

SEVERAL = ("parkowanie", "predkosc")
"""One category alone has an index of its own."""


@pytest.fixture
def few(world, monkeypatch):
    monkeypatch.setattr(queries, "_kept", {})
    for east in range(0, 4_000, 1_000):
        admit("parkowanie", at=metres_away(east, 0))


def everywhere(at=None, **narrowed):
    return queries.count(Filters(visible=publication.public_condition(at or now()), **narrowed))


def test_a_number_of_few_is_exact_each_time(few):
    assert everywhere() == 4
    admit("parkowanie", at=metres_away(0, 2_000))
    assert everywhere() == 5


def test_many_are_counted_once_in_a_while_for_each_question(few, monkeypatch):
    monkeypatch.setattr(queries, "KEPT_FROM", 4)
    at = now()
    monkeypatch.setattr(queries, "now", lambda: at)
    assert everywhere(at) == 4
    admit("alkohol", at=metres_away(0, 2_000))
    assert everywhere(at) == 4
    assert everywhere(at, categories=("alkohol",)) == 1
    assert everywhere(at, district="1003") == 5
    at += timedelta(seconds=queries.KEPT_S)
    assert everywhere(at) == 5
    assert len(queries._kept) == 1


def counted_among(threats, filters):
    """Count, among so many threats of the country: PostgreSQL gives higher numbers than there are."""
    found = queries.count(filters)
    for key, known in queries._kept.items():
        queries._kept[key] = known._replace(of=threats)
    return found


A_PERIOD = {"since": BEFORE - timedelta(days=30), "until": BEFORE + timedelta(days=30)}


@pytest.mark.parametrize(
    ("narrowed", "of", "size", "filled"),
    [
        ({"categories": SEVERAL}, 64, 3, [3, 3, 0]),
        (A_PERIOD, 64, 1, [1, 1, 1]),
        ({"district": "10"}, 56, 1, [1, 0, 0]),
    ],
    ids=["categories", "a period", "a voivodeship"],
)
def test_a_page_of_what_many_threats_share_is_the_same_whichever_way_it_is_found(
    few, monkeypatch, narrowed, of, size, filled
):
    """The later pages would be looked for among more than are looked at to sort them all."""
    for number in range(60):
        admit(("parkowanie", "alkohol")[number % 3 == 0], at=metres_away(1_000 * (number % 8), 1_000 * (number // 8)))
    monkeypatch.setattr(queries, "KEPT_FROM", 1)
    at = now()
    monkeypatch.setattr(queries, "now", lambda: at)
    filters = Filters(visible=publication.public_condition(at), **narrowed)
    sorted_pages = [[one.id for one in queries.found(filters, page, size)] for page in (1, 2, 3)]
    asked = []
    beginning = queries._at_the_beginning
    monkeypatch.setattr(queries, "_at_the_beginning", lambda *words: asked.append(beginning(*words)) or asked[-1])
    assert counted_among(of, filters) > 40
    assert [[one.id for one in queries.found(filters, page, size)] for page in (1, 2, 3)] == sorted_pages
    assert [len(page) for page in asked] == filled


def test_what_stands_at_the_far_end_of_the_list_is_found_though_many_share_it(few, monkeypatch):
    for number in range(8):
        for voice in range(2):
            admit("alkohol", at=metres_away(1_000 * number, 5_000), key=f"{number} {voice}", voice_key=str(voice))
    for number in range(30):
        admit("parkowanie", at=metres_away(1_000 * (number % 8), -1_000 * (1 + number // 8)))
    monkeypatch.setattr(queries, "KEPT_FROM", 1)
    at = now()
    monkeypatch.setattr(queries, "now", lambda: at)
    filters = Filters(visible=publication.public_condition(at), categories=SEVERAL)
    assert counted_among(42, filters) > 25
    assert queries._at_the_beginning(filters, 1, 1) == (), "all with more voices stand before them"
    assert len(queries.found(filters, 1, 1)) == 1


def test_the_list_of_one_category_has_the_order_of_the_list(few):
    for number, category in enumerate(("parkowanie", "alkohol") * 4):
        for voice in range(number % 3):
            admit(category, at=metres_away(1_000 * number, 5_000), key=f"{number} {voice}", voice_key=str(voice))
    whole = queries.found(Filters())
    assert [one for one in whole if one.category_code == "alkohol"] == list(
        queries.found(Filters(categories=("alkohol",)))
    )
    assert len({one.independent for one in whole if one.category_code == "alkohol"}) > 1


def test_the_list_of_one_category_is_read_in_the_order_of_its_index(few):
    asked = Filters(visible=publication.public_condition(now()), categories=("parkowanie",))
    assert queries._is_of_one_category(asked)
    order = (Threat.independent.desc(), Threat.last_at.desc(), Threat.id.desc())
    plan = planned(queries.narrowed(sa.select(Threat.id), asked).order_by(*order).limit(50))
    assert "ix_threat_category_list" in plan
    assert "sort" not in plan.lower().replace("temp b-tree", "sort")


@pytest.mark.parametrize("more", [{"categories": ("parkowanie",)}, {"statuses": (Status.NEW,)}])
def test_of_an_area_only_its_own_threats_are_looked_at_whatever_else_is_chosen(few, more):
    admit("alkohol", at=metres_away(0, 2_000))
    asked = Filters(district="1003", **more)
    assert len(queries.found(asked)) == queries.count(asked) == (4 if "categories" in more else 5)
    if is_sqlite():  # PostgreSQL knows how many there are of each and decides itself
        assert "ix_threat_map" in planned(queries.narrowed(sa.select(Threat.id), asked))


def test_postgresql_can_tell_how_many_threats_the_public_sees(few):
    """Text put together says nothing to it: it took them for rare, and put half a country in order for a page."""
    asked = str(publication.public_condition(now()).compile(db.engine))
    assert ("||" in asked) == is_sqlite()


def planned(chosen):
    """How the running database means to answer, as if the table were large."""
    text = str(chosen.compile(db.engine, compile_kwargs={"literal_binds": True}))
    if is_sqlite():
        return "\n".join(row[-1] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
    for name in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
        db.session.execute(sa.text(f"SET LOCAL {name} = off"))
    return "\n".join(row[0] for row in db.session.connection().exec_driver_sql("EXPLAIN " + text.replace("%", "%%")))
