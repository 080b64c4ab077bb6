"""Gazetteers from files: the register's names, GeoNames' positions, each place once whatever comes first."""

import gzip
import json

import pytest
from sqlalchemy import select

from consult.db import db
from consult.demo.boundaries import load_boundaries
from consult.demo.place_names import load_places
from consult.districts.models import Level
from consult.places import gazetteer, queries
from consult.places.gazetteer import FaultKind, GazetteerRefused
from consult.places.models import PlaceName
from tests.districts.makers import boundaries
from tests.places.makers import gazetteer as names
from tests.places.makers import positions, register

SIMC = (
    "WOJ;POW;GMI;RODZ_GMI;RM;MZ;NAZWA;SYM;SYMPOD;STAN_NA\n"
    "10;03;02;4;96;1;Łask;0975800;0975800;2020-01-01\n"
    "10;03;02;4;99;1;Kolumna;0975846;0975800;2020-01-01\n"
    "10;03;01;2;01;1;Buczek;0704080;0704080;2020-01-01\n"
)
GEONAMES = "geonameid,name,lat,lon,population,alternatenames\n3093902,Łask,51.53,19.0,18577,Lask|Łask\n"


@pytest.fixture
def areas(app):
    boundaries()
    boundaries(Level.COMMUNE)


def faults(text, kind="simc"):
    with pytest.raises(GazetteerRefused) as refused:
        gazetteer.read(text if isinstance(text, bytes) else text.encode(), kind)
    return {(fault.row, fault.kind) for fault in refused.value.faults}


def stored():
    return {row.name: row for row in db.session.scalars(select(PlaceName).order_by(PlaceName.id))}


def run(app, path, *arguments):
    return app.test_cli_runner().invoke(args=["places", "import", str(path), *arguments])


def summary(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_the_registers_file_is_read_plain_and_compressed():
    plain, packed = gazetteer.read(SIMC.encode(), "simc"), gazetteer.read(gzip.compress(SIMC.encode()), "simc")
    assert plain == packed
    assert [(entry.name, entry.sort, entry.commune, entry.part_of) for entry in plain] == [
        ("Łask", "miasto", "100302", ""),
        ("Kolumna", "część miasta", "100302", "Łask"),
        ("Buczek", "wieś", "100301", ""),
    ]


def test_geonames_is_read_as_csv_and_as_its_own_file():
    cells = [
        "3093902",
        "Łask",
        "Lask",
        "Lask,Łask",
        "51.59056",
        "19.13278",
        "P",
        "PPLA2",
        "PL",
        *[""] * 5,
        "18577",
        "",
        "",
    ]
    dump = "\t".join(cells) + "\n" + "\t".join(["1", "Jezioro", "", "", "52", "18", "H", *[""] * 10])
    [own] = gazetteer.read(dump.encode(), "geonames")
    [table] = gazetteer.read(GEONAMES.encode(), "geonames")
    assert (
        (own.name, own.population, own.sort) == (table.name, table.population, table.sort) == ("Łask", 18577, "miasto")
    )
    assert "Łask" in own.aliases


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("10;03;01", "10;3;01", (4, FaultKind.NOT_A_CODE)),
        ("Buczek", "", (4, FaultKind.NOT_A_NAME)),
        ("Buczek", "Bu\x07czek", (4, FaultKind.NOT_A_NAME)),
        ("Buczek", "B" * 200, (4, FaultKind.NOT_A_NAME)),
        (";01;1;Buczek", ";77;1;Buczek", (4, FaultKind.NOT_A_SORT)),
        ("0704080;0704080", "0975800;0975800", (4, FaultKind.TWICE)),
        ("0704080;0704080", "'--;0704080", (4, FaultKind.NOT_A_KEY)),
        (";RM;", ";RX;", (1, FaultKind.NO_COLUMN)),
    ],
)
def test_a_faulty_row_of_the_register_is_named(old, new, fault):
    assert fault in faults(SIMC.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("51.53", "nan", FaultKind.NOT_A_POSITION),
        ("51.53", "1e309", FaultKind.NOT_A_POSITION),
        ("51.53,19.0", "19.0,51.53", FaultKind.NOT_A_POSITION),
        ("51.53", "far", FaultKind.NOT_A_POSITION),
        ("18577", "many", FaultKind.NOT_A_NUMBER),
    ],
)
def test_a_faulty_position_is_named(old, new, kind):
    assert faults(GEONAMES.replace(old, new), "geonames") == {(2, kind)}


def test_files_that_are_no_gazetteers_are_refused(monkeypatch):
    assert faults(SIMC.encode("cp1250")) == {(2, FaultKind.NOT_UTF8)}
    assert faults(b"") == {(1, FaultKind.NO_COLUMN)}
    assert faults(SIMC.splitlines()[0]) == {(0, FaultKind.NO_ROWS)}
    assert faults(gzip.compress(SIMC.encode())[:-9]) == {(0, FaultKind.UNREADABLE)}
    monkeypatch.setattr(gazetteer, "MAX_BYTES", 100)
    assert faults(gzip.compress(b"0" * 1000)) == {(0, FaultKind.TOO_LARGE)}


@pytest.mark.parametrize("order", [(register, positions), (positions, register)])
def test_each_place_is_kept_once_whichever_source_comes_first(areas, order):
    for source in order:
        names(source())
    rows = stored()
    assert len(rows) == len(register()) - 1  # two villages share a name
    assert (rows["Łask"].source, rows["Łask"].sort, rows["Łask"].population) == ("simc", "miasto", 18_577)
    assert rows["Łask"].position_key == "geonames:g1"
    assert rows["Kolumna"].lon is None


def test_taking_in_either_source_again_changes_nothing(areas):
    names(register())
    names(positions())
    for source in (register, positions):
        again = names(source())
        assert (again.new, again.changed, again.unchanged) == (0, 0, again.read)


def test_names_taken_in_before_the_boundaries_find_their_area_later(app):
    assert names().without_area == len(register())
    boundaries()
    boundaries(Level.COMMUNE)
    again = names()
    assert (again.changed, again.without_area) == (len(register()), 0)
    assert queries.search("Zielęcice")[0].place.code == "1003023"


def test_the_command_imports_once_and_says_what_it_did(areas, app, tmp_path):
    path = tmp_path / "simc.csv"
    path.write_text(SIMC, encoding="utf-8-sig")
    first, again = run(app, path, "--kind", "simc"), run(app, path, "--kind", "simc", "--quiet")
    assert (first.exit_code, summary(first)["new"]) == (0, 3)
    assert (summary(again)["new"], summary(again)["unchanged"]) == (0, 3)


def test_a_dry_run_and_a_refused_file_write_nothing(areas, app, tmp_path):
    path = tmp_path / "simc.csv"
    path.write_text(SIMC, encoding="utf-8")
    assert summary(run(app, path, "--kind", "simc", "--dry-run"))["new"] == 3
    path.write_text(SIMC.replace("Buczek", ""), encoding="utf-8")
    result = run(app, path, "--kind", "simc")
    assert result.exit_code == 1
    assert "4" in result.stderr
    assert summary(result)["refused"] == 1
    assert stored() == {}


def test_wrong_usage_ends_with_two(app, tmp_path):
    assert run(app, tmp_path / "none.csv", "--kind", "simc").exit_code == 2
    assert run(app, __file__, "--kind", "streets").exit_code == 2


def test_the_demonstration_knows_the_villages_of_its_districts(app):
    load_boundaries()
    first = load_places()
    assert first.new > 400
    assert load_places().unchanged == first.read
    assert queries.search("w Zagórowie", "3023")[0].place.kind.value == "point"
    assert queries.search("Przybrodzin", "3023")[0].place.code == "3023052"
    assert queries.search("do Marzenina", "1003")[0].label == "Marzenin"
