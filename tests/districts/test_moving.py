"""New boundaries: what they would move is said before they count; then everything moves at once, and only once."""

from datetime import date, timedelta

import pytest
import shapely
from sqlalchemy import select

from consult.audit import queries as trail
from consult.clock import today
from consult.db import db
from consult.districts import moving, queries, reform
from consult.districts.boundary_file import Outline
from consult.districts.jobs import apply_boundaries
from consult.districts.models import BoundarySet, Level
from consult.districts.queries import Standing
from consult.geo import Place
from consult.observations.models import Observation
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats.models import Threat
from tests import factories
from tests.districts.makers import SIDE, SOUTH, WEST, boundaries, degrees, geojson, square, three_districts
from tests.factories import voice

DAY = date(2017, 1, 1)


def spot(column, row=0.5):
    """A place in the middle of a square's height, so many squares east of the first one's edge."""
    point = degrees(shapely.Point(WEST + column * SIDE, SOUTH + row * SIDE))
    return Place.point(point.x, point.y)


def reformed(gone="1003"):
    """The second district is split: its western half goes to the first, its eastern one to a new one, 1030."""
    west, south, east, north = square(1).bounds
    middle = (west + east) / 2
    return [
        Outline(1, "1001", "bełchatowski", shapely.union_all([square(0), shapely.box(west, south, middle, north)])),
        Outline(2, "1030", "nowy", shapely.box(middle, south, east, north)),
        Outline(3, "1008", "pabianicki", square(2)),
    ]


@pytest.fixture
def world(app):
    """Three squares with a voice in each half of the middle one and one in the third."""
    factories.catalogue_of_27()
    boundaries()
    voices = [threats.admit(voice(at=spot(column))) for column in (1.25, 1.75, 2.5)]
    moving.apply()
    db.session.commit()
    return [found.id for found in voices]


def where(ids):
    db.session.expire_all()
    return [db.session.get(Observation, found).district_code for found in ids]


def threat_districts():
    db.session.expire_all()
    return sorted(db.session.scalars(select(Threat.district_code)))


def file_of(path, outlines):
    rows = [({"terc": one.code, "name": one.name}, degrees(one.shape)) for one in outlines]
    return geojson(path / "new.geojson", *rows)


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["districts", *map(str, arguments)])


def imported(app, file, *more, day=DAY):
    return run(app, "import", file, "--level", "district", "--valid-from", day, *more)


def test_a_set_in_force_moves_every_voice_and_threat_and_keeps_their_numbers(world):
    numbers = list(db.session.scalars(select(Threat.id).order_by(Threat.id)))
    boundaries(outlines=reformed(), valid_from=DAY)
    observations, heart, *_rest = moving.apply()
    assert where(world) == ["1001", "1030", "1008"]
    assert threat_districts() == ["1001", "1008", "1030"]
    assert observations.pairs == heart.pairs == {("1003", "1001"): 1, ("1003", "1030"): 1}
    assert list(db.session.scalars(select(Threat.id).order_by(Threat.id))) == numbers


def test_what_is_written_is_what_admitting_would_write(world):
    boundaries(outlines=reformed(), valid_from=DAY)
    moving.apply()
    for found in db.session.scalars(select(Observation)).all():
        located = queries.containing(found.place)
        assert (found.district_code, found.commune_code) == (located.district, located.commune)
        assert (found.border_m, found.neighbour_code) == (located.border_m, located.neighbour)
        assert found.boundary_digest == located.digest


def test_a_second_time_nothing_happens(world):
    boundaries(outlines=reformed(), valid_from=DAY)
    assert moving.apply()
    entries = len(trail.of_object("boundary_set", queries.in_force(Level.DISTRICT).id))
    assert moving.apply() == []
    assert apply_boundaries() == ""
    assert len(trail.of_object("boundary_set", queries.in_force(Level.DISTRICT).id)) == entries == 1


def test_the_trail_says_how_many_moved(world):
    boundaries(outlines=reformed(), valid_from=DAY)
    moving.apply(7)
    (entry,) = trail.of_object("boundary_set", queries.in_force(Level.DISTRICT).id)
    assert (entry.actor_id, entry.act) == (7, "apply_boundaries")
    assert (entry.detail["observations_moved"], entry.detail["threats_moved"]) == (2, 2)


def test_lists_of_an_area_find_what_moved_there(world):
    boundaries(outlines=reformed(), valid_from=DAY)
    moving.apply()
    inside = {
        code: db.session.scalars(select(Threat.id).where(threat_queries.in_area(Threat.district_code, code))).all()
        for code in ("1001", "1003", "1008", "1030", "10")
    }
    assert {code: len(found) for code, found in inside.items()} == {"1001": 1, "1003": 0, "1008": 1, "1030": 1, "10": 3}


def test_a_set_that_waits_moves_nothing_before_its_day(world, monkeypatch):
    day = today() + timedelta(days=3)
    boundaries(outlines=reformed(), valid_from=day)
    waiting = queries.sets()[-1]
    assert queries.standing(waiting) is Standing.WAITING
    assert moving.apply() == []
    assert where(world) == ["1003", "1003", "1008"]
    said = moving.compare(waiting, queries.set_before(waiting), [("KPP Łask", "1003"), ("KPP Pabianice", "1008")])
    assert said.tallies[0].pairs == {("1003", "1001"): 1, ("1003", "1030"): 1}
    assert said.homeless_units == (("KPP Łask", "1003"),)
    for module in ("consult.districts.moving.today", "consult.districts.queries.now"):
        monkeypatch.setattr(module, lambda day=day, module=module: _at(day, module))
    assert apply_boundaries().startswith("observations 2, threats 2")
    assert where(world) == ["1001", "1030", "1008"]


@pytest.mark.usefixtures("world")
def test_the_land_of_two_sets_is_compared_once_and_their_places_each_time(monkeypatch):
    boundaries(outlines=reformed(), valid_from=today() + timedelta(days=3))
    waiting = queries.sets()[-1]
    first = moving.compare(waiting, queries.set_before(waiting), [])
    assert first.reform == reform.between(queries.regions_of(queries.set_before(waiting)), queries.regions_of(waiting))
    monkeypatch.setattr(reform, "between", lambda *_regions: pytest.fail("compared again"))
    threats.admit(voice(at=spot(2.6)))
    again = moving.compare(waiting, queries.set_before(waiting), [])
    assert again.reform == first.reform
    assert again.tallies[0].total == first.tallies[0].total + 1


def _at(day, module):
    from datetime import UTC, datetime, time

    return day if module.endswith("today") else datetime.combine(day, time(12), UTC)


def test_a_set_that_comes_back_moves_everything_back(world):
    boundaries(outlines=reformed(), valid_from=DAY)
    moving.apply()
    boundaries(valid_from=DAY)
    moving.apply()
    assert where(world) == ["1003", "1003", "1008"]
    boundaries(outlines=reformed(), valid_from=DAY)
    moving.apply()
    assert where(world) == ["1001", "1030", "1008"]
    applied = db.session.scalars(select(BoundarySet).where(BoundarySet.applied_at.is_not(None))).all()
    assert [found.id for found in applied] == [queries.in_force(Level.DISTRICT).id]


def test_moving_is_whole_or_not_at_all(world, app, monkeypatch):
    boundaries(outlines=reformed(), valid_from=DAY)
    db.session.commit()

    def broken(_move):
        raise OSError("the disk is full")

    first, second, *rest = app.extensions["holdings"]
    failing = moving.Holding(second.kind, second.spots, broken)
    monkeypatch.setitem(app.extensions, "holdings", (first, failing, *rest))
    with pytest.raises(OSError, match="disk"):
        apply_boundaries()
    assert where(world) == ["1003", "1003", "1008"]
    assert moving.unapplied()


def test_the_command_says_what_would_move_and_writes_nothing(world, app, tmp_path):
    result = imported(app, file_of(tmp_path, reformed()), "--dry-run")
    assert result.exit_code == 0, result.stderr
    for words in ("1003 → 1001: 1", "1003 → 1030: 1", "1030", "100.00 → 150.00 km²"):
        assert words in result.stdout, words
    assert where(world) == ["1003", "1003", "1008"]
    assert len(queries.sets()) == 1


def test_the_command_moves_at_once_what_is_in_force_already(world, app, tmp_path):
    file = file_of(tmp_path, reformed())
    assert imported(app, file).exit_code == 0
    assert where(world) == ["1001", "1030", "1008"]
    assert imported(app, file).exit_code == 0
    assert where(world) == ["1001", "1030", "1008"]


def test_a_waiting_set_is_compared_by_the_command(world, app, tmp_path):
    assert "1003 → 1030" not in run(app, "compare").stdout
    assert imported(app, file_of(tmp_path, reformed()), day=today() + timedelta(days=9)).exit_code == 0
    assert "1003 → 1030: 1" in run(app, "compare").stdout
    assert where(world) == ["1003", "1003", "1008"]


def test_what_would_lie_nowhere_is_counted_and_refused(world, app, tmp_path):
    file = file_of(tmp_path, three_districts()[:2])
    result = imported(app, file)
    assert result.exit_code == 1
    assert len(queries.sets()) == 1
    allowed = imported(app, file, "--allow-uncovered")
    assert allowed.exit_code == 0, allowed.stderr
    assert where(world) == ["1003", "1003", "1008"]


def regions(outlines, day):
    boundaries(outlines=outlines, valid_from=day)
    return queries.regions_of(queries.in_force(Level.DISTRICT))


def test_the_land_is_compared(app):
    before, after = regions(three_districts(), date(2016, 1, 1)), regions(reformed()[:2], DAY)
    found = reform.between(before, after)
    assert {change.code: change.kind for change in found.changes} == {
        "1001": "redrawn",
        "1003": "gone",
        "1008": "gone",
        "1030": "new",
    }
    assert {(one.before, one.after): round(one.km2) for one in found.pieces} == {
        ("1003", "1001"): 50,
        ("1003", "1030"): 50,
        ("1008", ""): 100,
    }
    assert round(found.lost_km2) == 100
    assert found.changes[0].share == pytest.approx(0.5)
    assert reform.heirs(found)["1003"] in {"1001", "1030"}


def test_a_new_name_alone_is_a_change_and_the_same_land_is_none(app):
    before = regions(three_districts(), date(2016, 1, 1))
    assert reform.between(before, before) == reform.Reform((), ())
    renamed = [Outline(1, "1001", "nowa nazwa", square(0)), *three_districts()[1:]]
    (change,) = reform.between(before, regions(renamed, DAY)).changes
    assert (change.kind, change.moved_km2) == ("renamed", 0)


def test_an_area_that_goes_while_all_others_stay_leaves_its_land_in_none(app):
    before = regions(three_districts(), date(2016, 1, 1))
    found = reform.between(before, regions(three_districts()[:2], DAY))
    assert [(change.code, change.kind) for change in found.changes] == [("1008", "gone")]
    assert [(one.before, one.after, round(one.km2)) for one in found.pieces] == [("1008", "", 100)]
    assert reform.between((), before).pieces == reform.between(before, ()).pieces == ()
