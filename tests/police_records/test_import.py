"""`flask police-records import`: sheets and tables in, nothing twice, changes with a trace, faults row by row."""

import json

import pytest
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.db import db
from consult.districts import inhabitants
from consult.districts.models import FigureFile, FigureRevision, LandArea, Population
from consult.districts.official import FigureKind, Sex, age_of, area_code, sex_of
from consult.police_records.faults import FaultKind, FileRefused
from consult.police_records.measures import Unit, measure
from consult.police_records.models import RecordedFigure, RecordedMeasure
from tests.police_records import makers
from tests.police_records.makers import CRIMINAL, OFFENCES, RATE

TABLE = "code;period;measure;count;place\n"


@pytest.fixture
def run(world, tmp_path):
    """Run the command on some content and give its exit code, its figures and its messages."""

    def run(content, kind="offences", *options, name="figures.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        result = world.test_cli_runner().invoke(args=["police-records", "import", str(path), "--kind", kind, *options])
        return result.exit_code, json.loads(result.stdout.splitlines()[-1]), result.stderr

    return run


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def figure(code, period, name="criminal", place=""):
    chosen = select(RecordedFigure).where(RecordedFigure.area_code == code, RecordedFigure.period == period)
    return db.session.scalar(
        chosen.where(RecordedFigure.measure_code == name, RecordedFigure.place == place).execution_options(
            populate_existing=True
        )
    )


def test_a_sheet_comes_in_once(run):
    said = {"read": 32, "new": 32, "unchanged": 0, "refused": 0, "changed": 0}
    content = makers.offences()  # a workbook holds the second in which it was made
    assert run(content, name="a.xlsx") == (0, said, "")
    assert run(content, name="a.xlsx") == (0, said | {"new": 0, "unchanged": 32}, "")
    [file] = db.session.scalars(select(FigureFile))
    assert (file.source, file.updated_on.isoformat(), file.new) == (
        "GUS, Bank Danych Lokalnych: Wymyślone liczby do testów",
        "2025-05-15",
        32,
    )
    assert db.session.scalars(select(AuditEntry.act)).all() == ["import_figures"]
    assert figure("1003", "2024").value == 424
    assert figure("00", "2024", "criminal_per_1000").value == 10.3
    assert db.session.get(RecordedMeasure, "criminal_per_1000").unit is Unit.PER_1000


def test_a_sign_an_empty_cell_and_a_zero_are_three_things(run):
    run(makers.offences(), name="a.xlsx")
    assert (figure("1003", "2023").value, figure("1003", "2023").flag) == (None, "-")
    assert (figure("1003", "2023", "criminal_per_1000").value, figure("1003", "2023", "criminal_per_1000").flag) == (
        None,
        "empty",
    )
    assert (figure("1019", "2022").value, figure("1019", "2022").flag) == (0, "")


def test_a_dry_run_writes_nothing(run):
    assert run(makers.offences(), "offences", "--dry-run", name="a.xlsx")[1]["new"] == 32
    assert (count(RecordedFigure), count(RecordedMeasure), count(FigureFile)) == (0, 0, 0)


def test_a_published_figure_that_changes_leaves_a_trace(run):
    run(makers.offences(), name="a.xlsx")
    later = OFFENCES | {("1003000", "Powiat łaski"): {CRIMINAL: (400, 410, 415, 430), RATE: (8.0, 8.2, None, 8.48)}}
    code, said, message = run(makers.offences(later, updated="15.05.2026"), name="b.xlsx")
    assert (code, said) == (0, {"read": 32, "new": 0, "unchanged": 30, "refused": 0, "changed": 2})
    assert "2" in message
    assert figure("1003", "2024").value == 430
    told = [
        (one.area_code, one.period, one.before, one.before_flag, one.after, one.before_file.name, one.file.name)
        for one in db.session.scalars(select(FigureRevision).order_by(FigureRevision.period))
    ]
    assert told == [
        ("1003", "2023", None, "-", 415, "a.xlsx", "b.xlsx"),
        ("1003", "2024", 424, "", 430, "a.xlsx", "b.xlsx"),
    ]


def test_an_older_file_changes_figures_back_but_not_in_silence(run):
    later = OFFENCES | {("1003000", "Powiat łaski"): OFFENCES["1019000", "Powiat zduńskowolski"]}
    run(makers.offences(later, updated="15.05.2026"), name="b.xlsx")
    _code, said, message = run(makers.offences(updated="15.05.2025"), name="a.xlsx")
    assert said["changed"] > 0
    assert len(message.splitlines()) == 2


def test_a_long_table_with_places_and_measures_of_its_own(run):
    rows = "1003;2024-Q3;kradzież roweru;4;Park Miejski\n1003023;2024;Nieprawidłowe parkowanie;1 234;\n003;2024;x;;\n"
    code, said, message = run(TABLE + rows.replace("003;2024;x;;\n", "10;2024;x;;\n"), "offences", "--source", "KWP")
    assert (code, said["new"]) == (0, 3), message
    assert figure("1003", "2024-Q3", "kradziez_roweru", "Park Miejski").value == 4
    assert figure("100302", "2024", "parkowanie").value == 1234
    assert figure("10", "2024", "x").flag == "empty"
    assert db.session.scalar(select(FigureFile.source)) == "KWP"


def test_population_and_land_stand_on_the_floor(run):
    assert run(makers.population(), "population", name="p.xlsx")[1]["new"] == 2 * 4 * 4
    assert run(makers.land(), "area", name="l.xlsx")[1]["new"] == 8
    assert (count(Population), count(LandArea)) == (32, 8)
    assert inhabitants.totals(["1003"], [2024]) == {("1003", 2024): 50_000}
    assert inhabitants.mid_years(["1003"], [2021, 2022]) == {("1003", 2022): 50_500}
    assert [(one.sex, one.age, one.count) for one in inhabitants.groups("1003", 2024)] == [
        (Sex.MEN, "all", 24_000),
        (Sex.WOMEN, "all", 26_000),
        (Sex.MEN, "15-19", 1_200),
        (Sex.WOMEN, "15-19", 1_300),
    ]
    assert inhabitants.land_km2("1003", 2024) == 618


def test_a_sum_needs_all_its_parts(run):
    """Łódzkie has 24 districts: two of them are no sum, all of them are; a file's own figure goes before it."""
    run(makers.population(), "population", name="p.xlsx")
    assert inhabitants.totals(["10", "00"], [2024]) == {}
    codes = [f"10{number:02}" for number in [*range(1, 22), 61, 62, 63]]
    rows = "".join(f"{code};2020;{100 + place};\n" for place, code in enumerate(codes))
    run("kod;rok;liczba;wiek\n" + rows, "population")
    assert inhabitants.totals(["10"], [2020]) == {("10", 2020): sum(range(100, 124))}
    run("kod;rok;liczba\n10;2020;9999\n", "population")
    assert inhabitants.totals(["10", "00"], [2020]) == {("10", 2020): 9999}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("9903;2024;kradzież;1;", FaultKind.NOT_AN_AREA),
        ("1003;2024-13;kradzież;1;", FaultKind.NOT_A_PERIOD),
        ("1003;2099;kradzież;1;", FaultKind.NOT_YET),
        ("1003;2024;;1;", FaultKind.NOT_A_MEASURE),
        ("1003;2024;kradzież;1,5;", FaultKind.NOT_A_COUNT),
        ("1003;2024;kradzież;-1;", FaultKind.NOT_A_COUNT),
        ("1003;2024;kradzież;dużo;", FaultKind.NOT_A_NUMBER),
        ("1003;2024;kradzież;1;Jan, PESEL 44051401359", FaultKind.PERSONAL),
        ("1003;2024;tel. 601 234 567;1;", FaultKind.PERSONAL),
        ("1003;2024;kradzież;1;" + "a" * 161, FaultKind.TOO_LONG),
        ("1019;2024;kradzież;7;", FaultKind.TWICE),
        ("1003;2024;kradzież;1;;1", FaultKind.TOO_MANY_CELLS),
        ('1003;2024;"kradzież;1;', FaultKind.UNCLOSED),
    ],
)
def test_a_fault_is_told_with_its_row_and_nothing_is_written(run, row, kind):
    content = TABLE + "1019;2024;kradzież;6;\n" + row + "\n"
    code, said, message = run(content)
    assert (code, said["new"], count(RecordedFigure), count(FigureFile)) == (1, 0, 0, 0)
    assert "3" in message.splitlines()[0]
    assert "44051401359" not in message
    with pytest.raises(FileRefused) as refused:
        makers.taken(content, FigureKind.OFFENCES)
    db.session.rollback()
    assert [(fault.kind, fault.row) for fault in refused.value.faults] == [(kind, 3)]


@pytest.mark.parametrize(
    ("content", "kind", "fault"),
    [
        (b"", FigureKind.OFFENCES, FaultKind.NO_ROWS),
        (TABLE.encode(), FigureKind.OFFENCES, FaultKind.NO_ROWS),
        (b"code;period;count\n1003;2024;1\n", FigureKind.OFFENCES, FaultKind.NO_COLUMN),
        (b"code;kod;period;measure;count\n1;1;1;1;1\n", FigureKind.OFFENCES, FaultKind.COLUMN_TWICE),
        ("code;period;measure;count\n1003;2024;kradzież;1\n".encode("cp1250"), FigureKind.OFFENCES, FaultKind.NOT_UTF8),
        (b"PK\x03\x04 no workbook", FigureKind.OFFENCES, FaultKind.NOT_A_WORKBOOK),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FigureKind.OFFENCES, FaultKind.OLD_WORKBOOK),
        (makers.population(), FigureKind.OFFENCES, FaultKind.OTHER_KIND),
        (makers.offences(), FigureKind.POPULATION, FaultKind.OTHER_KIND),
        (makers.offences(), FigureKind.AREA, FaultKind.OTHER_KIND),
        (makers.offences(names=("Code", "Name")), FigureKind.OFFENCES, FaultKind.NO_HEADER),
        (makers.offences(table="DANE"), FigureKind.OFFENCES, FaultKind.NO_TABLE),
        (makers.offences(years=("a", "b", "c", "d")), FigureKind.OFFENCES, FaultKind.NO_YEARS),
        (b"kod;rok;liczba;plec\n1003;2024;5;kot\n", FigureKind.POPULATION, FaultKind.NOT_AN_AGE),
        (b"kod;rok;liczba;wiek\n1003;2024;5;20-15\n", FigureKind.POPULATION, FaultKind.NOT_AN_AGE),
        (b"kod;okres;liczba\n1003;2024-Q1;5\n", FigureKind.POPULATION, FaultKind.NOT_A_YEAR),
    ],
)
def test_what_is_no_such_file_is_refused(world, content, kind, fault):
    with pytest.raises(FileRefused) as refused:
        makers.taken(content, kind)
    db.session.rollback()
    assert refused.value.faults[0].kind is fault


def test_few_people_of_an_age_may_be_below_zero_but_not_all_of_them(world):
    """The statistical office warns of it."""
    makers.taken("kod;rok;liczba;wiek;plec\n1003023;2024;-1;85+;men\n", FigureKind.POPULATION)
    assert inhabitants.groups("100302", 2024) == []
    with pytest.raises(FileRefused):
        makers.taken("kod;rok;liczba\n1003023;2023;-1\n", FigureKind.POPULATION)


def test_names_of_official_tables_are_known():
    found = measure("wskaźnik wykrywalności sprawców przestępstw stwierdzonych przez Policję - przeciwko mieniu")
    assert (found.code, found.unit, found.of) == ("property_detected", Unit.PER_CENT, "property")
    with_sum = "przeciwko wolności, wolności sumienia, wolności seksualnej i obyczajności razem"
    in_rate = "przestępstwa stwierdzone przez Policję przeciwko wolności, wolności sumienia i wyznania, wolności seksualnej i obyczajności na 1000 mieszkańców"
    assert (measure(with_sum).code, measure(in_rate).code) == ("liberty", "liberty_per_1000")
    assert measure("criminal").code == "criminal"
    assert measure("Kradzież roweru").code == "kradziez_roweru"
    assert measure("!?") is None
    long = measure("a" * 100)
    assert len(long.code) == 60
    assert long.code != measure("a" * 101).code


def test_codes_sexes_and_ages_as_files_write_them():
    assert [area_code(text) for text in ("0000000", "PL", "1000000", "10", "1003000", "1003023", "9903", "x")] == [
        "00", "00", "10", "10", "1003", "100302", None, None,
    ]  # fmt: skip
    assert [sex_of(text) for text in ("Mężczyźni", "women", "", "kot")] == [Sex.MEN, Sex.WOMEN, Sex.ALL, None]
    assert [age_of(text) for text in ("ogółem", "15-19", "70 i więcej", "85+", "7", "20-15")] == [
        "all", "15-19", "70+", "85+", "7-7", None,
    ]  # fmt: skip
