"""The counts of the map's cells: they are those of the voices that stand, whatever happened to the voices."""

import re
from collections import Counter
from datetime import date
from random import Random

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from consult import tiles
from consult.app import create_app
from consult.config import Config
from consult.db import db
from consult.districts import moving
from consult.geo import Place, PlaceKind
from consult.observations import counting, pyramid
from consult.observations.models import Observation, PyramidCell
from consult.observations.pyramid import STORED
from consult.threats import operations
from tests.districts import makers
from tests.districts.test_moving import reformed, spot
from tests.factories import LASK, admit, catalogue_of_27, metres_away, two_districts, voice

CATEGORIES = ("parkowanie", "predkosc", "bezdomny_pomoc", "alkohol")


def cells(zoom, category="parkowanie"):
    """What the pyramid says of a zoom: the voices of each cell and area."""
    db.session.commit()
    chosen = select(PyramidCell).where(PyramidCell.zoom == zoom, PyramidCell.category_code == category)
    return {(row.cell, row.area_code): row.observations for row in db.session.scalars(chosen).all()}


def standing(zoom):
    """The same of all kinds, counted one by one from the voices themselves."""
    chosen = select(Observation).where(Observation.withdrawn_at.is_(None), Observation.cell.is_not(None))
    found = Counter()
    for one in db.session.scalars(chosen):
        over = tiles.tiles_over((one.lon, one.lat, one.lon, one.lat), zoom + 5)
        found[tiles.interleaved(over.west, over.north), one.commune_code] += 1
    return dict(found)


def test_a_voice_stands_in_one_cell_of_every_zoom(world):
    admit()
    db.session.commit()
    rows = db.session.scalars(select(PyramidCell).order_by(PyramidCell.zoom)).all()
    own = [row for row in rows if row.category_code == "parkowanie"]
    assert [row.zoom for row in own] == list(pyramid.STORED)
    assert [row.zoom for row in rows if row.category_code == pyramid.EVERY_KIND] == list(pyramid.STORED)
    assert {(row.observations, row.area_code) for row in rows} == {(1, "1003023")}
    for row in own:
        x, y = tiles.units_of(*LASK)
        width = 1 << 21 - row.zoom
        assert tiles.deinterleaved(row.cell) == (x // width, y // width)
        assert (row.east, row.south) == (x % width, y % width)


def test_what_is_withdrawn_leaves_nothing_behind(world):
    first, second = admit(), admit(at=metres_away(3, 5))
    operations.withdraw(first, 7, "said so")
    assert sum(cells(4).values()) == 1
    operations.withdraw(second, 7, "said so")
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(PyramidCell)) == 0
    operations.restore(first, 7)
    assert sum(cells(14).values()) == 1
    assert counting.differences() == 0


def test_a_whole_commune_and_a_vague_place_are_in_no_cell(world):
    admit(at=Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, 8_000))
    admit(accuracy_m=2_000)
    assert cells(4) == {}


def test_what_is_rolled_back_was_never_counted(world):
    db.session.commit()
    admit()
    db.session.rollback()
    assert cells(4) == {}


def test_a_savepoint_counts_only_when_it_holds(world):
    admit()
    undone = db.session.begin_nested()
    admit(at=metres_away(900, 0))
    undone.rollback()
    with db.session.begin_nested():
        admit(at=metres_away(2_000, 0))
    assert sum(cells(14).values()) == 2
    assert counting.differences() == 0


def test_the_voice_of_a_transaction_is_counted_at_its_end_by_one_statement(world):
    written = []

    def note(_connection, _cursor, statement, *_more):
        if "pyramid_cell" in statement:
            written.append(statement)

    db.event.listen(db.engines[None], "before_cursor_execute", note)
    try:
        admit()
        operations.withdraw(admit(), 7, "said so")
        assert written == []
        db.session.commit()
    finally:
        db.event.remove(db.engines[None], "before_cursor_execute", note)
    assert len(written) == 1


def test_one_voice_and_many_take_the_rows_of_the_cells_in_one_order(world):
    """The finest zoom first, within it area, cell and category: else two writers could wait for each other."""
    taken = []

    def note(_connection, _clause, rows, *_more):
        if rows and "zoom" in rows[0]:
            taken.extend((-row["zoom"], row["area_code"], row["cell"], row["category_code"]) for row in rows)

    db.event.listen(db.engines[None], "before_execute", note)
    try:
        operations.admit_many([voice(code, at=metres_away(at, 0)) for code in CATEGORIES for at in (0, 30, 5_000)])
        db.session.commit()
    finally:
        db.event.remove(db.engines[None], "before_execute", note)
    assert taken == sorted(set(taken))
    of_one = re.findall(r"\((\d+), ('|NULL)", counting._LEVEL)
    own_after_all = [(-zoom, mark) for zoom in STORED for mark in ("'", "NULL")]
    assert [(-int(zoom), mark) for zoom, mark in of_one] == sorted(own_after_all)


@pytest.mark.parametrize("seed", range(6))
def test_the_pyramid_is_the_count_of_the_voices_that_stand(world, seed):
    """Whatever comes, goes, returns or is undone, one by one or many at once."""
    dice = Random(seed)
    db.session.commit()

    def anywhere():
        return metres_away(dice.uniform(-14_000, 35_000), dice.gauss(0, 3_000))

    def many():
        operations.admit_many([voice(dice.choice(CATEGORIES), at=anywhere()) for _ in range(dice.randrange(9))])

    def some(is_withdrawn):
        gone = Observation.withdrawn_at.is_not(None) if is_withdrawn else Observation.withdrawn_at.is_(None)
        found = db.session.scalars(select(Observation).where(gone).order_by(Observation.order_key)).all()
        return dice.choice(found) if found else None

    for _step in range(14):
        act = dice.choice(("admit", "many", "withdraw", "restore", "take back"))
        one = some(act == "restore")
        if act == "many":
            many()
        elif act == "admit" or one is None:
            admit(dice.choice(CATEGORIES), at=anywhere())
        elif act == "restore":
            operations.restore(one, 7)
        else:
            operations.withdraw(one, 7, "said so")
        db.session.rollback() if act == "take back" else db.session.commit()
    assert counting.differences() == 0
    for zoom in (4, 8, 14):
        assert cells(zoom, pyramid.EVERY_KIND) == standing(zoom)


def test_counting_anew_gives_the_same_and_mends_what_is_wrong(world):
    for east in range(0, 4_000, 400):
        admit(at=metres_away(east, 0))
    db.session.commit()
    kept = db.session.execute(select(PyramidCell.__table__)).all()
    assert counting.rebuild() == len(kept) == counting.size()
    assert sorted(db.session.execute(select(PyramidCell.__table__)).all()) == sorted(kept)
    broken = db.session.scalars(select(PyramidCell)).first()
    broken.observations += 1
    db.session.flush()
    assert counting.differences() == 1
    counting.rebuild()
    assert counting.differences() == 0


def test_under_new_boundaries_voices_are_counted_where_they_lie_now(app):
    """The district of the middle is split between its neighbour and a new one; the withdrawn voice moves uncounted."""
    catalogue_of_27()
    makers.boundaries()
    admitted = [operations.admit(voice(at=spot(column))) for column in (1.25, 1.75, 1.8, 2.5)]
    operations.withdraw(admitted[2], 7, "said so")
    moving.apply()
    db.session.commit()
    makers.boundaries(outlines=reformed(), valid_from=date(2017, 1, 1))
    moving.apply()
    assert sorted(area for _cell, area in cells(14)) == ["1001", "1008", "1030"]
    assert counting.differences() == 0


def test_the_migration_counts_the_voices_that_are_there(tmp_path):
    config = Config(
        SECRET_KEY="k" * 40,
        SQLALCHEMY_DATABASE_URI=f"sqlite+pysqlite:///{tmp_path / 'm.db'}",
        INSTANCE=tmp_path,
        TESTING=True,
    )
    with create_app(config).app_context():
        upgrade()
        catalogue_of_27()
        two_districts()
        for east in range(0, 30_000, 3_000):
            admit("predkosc" if east % 2_000 else "parkowanie", at=metres_away(east - 9_000, east / 3))
        operations.withdraw(admit(), 7, "said so")
        admit(accuracy_m=2_000)
        db.session.commit()
        counted = counting.size()
        db.session.remove()
        downgrade(revision="0019")
        upgrade()
        assert (counting.size(), counting.differences()) == (counted, 0)
        db.session.remove()
        db.engine.dispose()


def test_counting_anew_counts_what_waits_to_be_counted_once(world):
    admit()
    counting.rebuild()
    db.session.commit()
    assert counting.differences() == 0


def test_the_command_counts_anew_and_checks(world):
    admit()
    db.session.commit()
    run = world.test_cli_runner().invoke
    assert run(args=["threats", "pyramid", "--check"]).output.endswith('{"cells": 14, "differences": 0}\n')
    db.session.execute(db.delete(PyramidCell).where(PyramidCell.zoom == 14))
    checked = run(args=["threats", "pyramid", "--check"])
    assert (checked.exit_code, '"differences": 2}' in checked.output) == (1, True)
    assert run(args=["threats", "pyramid"]).output.endswith('{"cells": 14}\n')
    assert counting.differences() == 0
