"""The catalogue: categories from a sheet, the 27 official ones among them, renamed by date, refused by row and column."""

import csv
import io
import json
from datetime import date

import pytest

from consult.catalogue import operations, queries, sheet
from consult.catalogue.commands import CATEGORIES
from consult.catalogue.models import Precision
from consult.catalogue.sheet import CatalogueRefused, FaultKind
from tests.catalogue.makers import in_force, in_sheet

TODAY = date(2026, 11, 21)
OFFICIAL = {
    "akty_wandalizmu", "dzikie_kapieliska", "dzikie_wysypiska", "maloletni_demoralizacja", "klusownictwo",
    "niebezpieczne_tereny_wodne", "niebezpieczne_na_wodach", "niebezpieczna_rozrywka", "wycinka_drzew",
    "nielegalne_rajdy", "parkowanie", "przejscie_tory", "przejazd_kolejowy", "infrastruktura_drogowa",
    "niszczenie_zieleni", "bezdomny_pomoc", "quady_lasy", "predkosc", "alkohol", "utoniecia", "srodki_odurzajace",
    "bezpanskie_psy", "wypalanie_traw", "zwierzeta_lesne_drogi", "znecanie_zwierzeta", "organizacja_ruchu",
    "zebractwo",
}  # fmt: skip
"""The 27 categories of the National Map of Security Threats: they stay, whatever is added."""


@pytest.fixture
def catalogue(app):
    operations.load(sheet.read(CATEGORIES.read_bytes()), TODAY)


def edited(code, /, **cells):
    """The product's own sheet with some cells of one row changed."""
    rows = list(csv.DictReader(io.StringIO(CATEGORIES.read_text(encoding="utf-8"))))
    for row in rows:
        if row["code"] == code:
            row.update(cells)
    return written(rows)


def written(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def faults(content):
    with pytest.raises(CatalogueRefused) as refused:
        sheet.read(content)
    return {(fault.row, fault.column, fault.kind) for fault in refused.value.faults}


def summary(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_the_27_official_categories_are_there_in_their_seven_groups(catalogue):
    found = [category for category in queries.everything() if category.code in OFFICIAL]
    assert len(found) == len(OFFICIAL) == 27
    assert {group.letter for group in queries.groups()} >= set("ABCDEFG")


def test_every_category_of_the_sheet_is_loaded_in_its_order(catalogue):
    assert [category.code for category in queries.everything()] == in_sheet()
    assert {category.code for category in queries.valid_on(TODAY)} == set(in_force(TODAY))


def test_codes_and_names_are_the_official_ones(catalogue, shared):
    official = json.loads((shared / "kmzb" / "categories.json").read_text(encoding="utf-8"))
    for entry in official:
        category = queries.by_code(entry["code"])
        assert (category.name("pl"), category.name("en")) == (entry["name_pl"], entry["name_en"])
        assert (category.group_code, category.precision) == (entry["group"], entry["public_precision_design"])


def test_every_name_of_the_shorter_list_is_known(catalogue, shared):
    shorter = json.loads((shared / "kmzb" / "kmzb_layer_vocabulary.json").read_text(encoding="utf-8"))["types_24"]
    assert len({queries.by_name(name).code for name in shorter}) == 24


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("nieprawidlowe PARKOWANIE", "parkowanie"),
        ("Improper parking", "parkowanie"),
        ("Неправильне паркування", "parkowanie"),
        ("parkowanie", "parkowanie"),
        ("  Miejsca niebezpieczne   na wodach ", "niebezpieczne_na_wodach"),
        ("Bezdomność", "bezdomny_pomoc"),
    ],
)
def test_a_category_is_found_by_any_name_it_goes_by(catalogue, said, code):
    assert queries.by_name(said).code == code


def test_an_unknown_name_finds_nothing(catalogue):
    assert queries.by_name("hałas") is None
    assert queries.by_name("") is None
    assert queries.by_code("halas") is None


def test_dangerous_entertainment_began_in_january_2019_and_needs_a_description(catalogue):
    category = queries.by_code("niebezpieczna_rozrywka")
    assert category.requires_description
    assert category not in queries.valid_on(date(2019, 1, 19))
    assert category in queries.valid_on(date(2019, 1, 20))


def test_people_in_need_are_never_shown_on_the_public_map(catalogue):
    assert queries.by_code("bezdomny_pomoc").precision is Precision.NEVER


def test_photos_are_taken_unless_they_would_show_people_in_need(catalogue):
    closed = [category.code for category in queries.valid_on(TODAY) if not category.allows_photo]
    assert sorted(closed) == ["bezdomny_pomoc", "maloletni_demoralizacja", "zebractwo"]


def test_a_sheet_that_says_nothing_of_photos_takes_them(catalogue):
    operations.load(sheet.read(edited("zebractwo", allows_photo="")), TODAY)
    assert queries.by_code("zebractwo").allows_photo


def test_parking_joins_within_50_metres_and_dumps_within_500(catalogue):
    assert queries.by_code("parkowanie").radius_m == 50
    assert queries.by_code("dzikie_wysypiska").radius_m == 500


def test_loading_twice_changes_nothing(catalogue):
    again = operations.load(sheet.read(CATEGORIES.read_bytes()), TODAY)
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(in_sheet()))


def test_a_renamed_category_keeps_its_code_and_its_former_name(catalogue):
    content = edited("parkowanie", name_pl="Złe parkowanie", name_from="2027-01-01")
    assert operations.load(sheet.read(content), TODAY).changed == 1
    category = queries.by_code("parkowanie")
    assert category.name("pl") == "Złe parkowanie"
    assert category.name("pl", on=date(2026, 12, 31)) == "Nieprawidłowe parkowanie"
    assert queries.by_name("nieprawidłowe parkowanie") is category
    assert operations.load(sheet.read(content), TODAY).changed == 0


def test_a_rename_without_a_date_holds_from_today(catalogue):
    operations.load(sheet.read(edited("alkohol", name_pl="Picie alkoholu")), TODAY)
    assert queries.by_code("alkohol").names[-1].valid_from == TODAY


def test_a_name_cannot_begin_before_the_one_it_follows(catalogue):
    content = edited("parkowanie", name_pl="Złe parkowanie", name_from="2010-01-01")
    with pytest.raises(CatalogueRefused) as refused:
        operations.load(sheet.read(content), TODAY)
    assert refused.value.faults[0].kind is FaultKind.EARLIER_NAME


def test_a_category_ends_by_its_date_and_a_new_one_needs_no_code(catalogue):
    operations.load(sheet.read(edited("utoniecia", valid_to="2026-01-01")), TODAY)
    assert "utoniecia" not in {category.code for category in queries.valid_on(TODAY)}
    rows = list(csv.DictReader(io.StringIO(CATEGORIES.read_text(encoding="utf-8"))))
    more = [*rows, rows[0] | {"code": "halas", "name_pl": "Hałas", "valid_from": "2026-06-01"}]
    assert operations.load(sheet.read(written(more)), TODAY).new == 1
    assert queries.by_name("hałas").code == "halas"


@pytest.mark.parametrize(
    ("cells", "column", "kind"),
    [
        ({"code": "Parkowanie!"}, "code", FaultKind.NOT_A_CODE),
        ({"code": "alkohol"}, "code", FaultKind.TWICE),
        ({"name_uk": ""}, "name_uk", FaultKind.EMPTY),
        ({"name_pl": '=HYPERLINK("x")'}, "name_pl", FaultKind.NOT_A_NAME),
        ({"name_pl": "a\x07b"}, "name_pl", FaultKind.NOT_A_NAME),
        ({"radius_m": "1e309"}, "radius_m", FaultKind.NOT_A_NUMBER),
        ({"radius_m": "0"}, "radius_m", FaultKind.NOT_A_NUMBER),
        ({"precision": "roughly"}, "precision", FaultKind.NOT_A_CHOICE),
        ({"asks_time": "perhaps"}, "asks_time", FaultKind.NOT_A_CHOICE),
        ({"allows_photo": "perhaps"}, "allows_photo", FaultKind.NOT_A_CHOICE),
        ({"valid_from": "2026-02-30"}, "valid_from", FaultKind.NOT_A_DAY),
        ({"valid_to": "2016-07-01"}, "valid_to", FaultKind.ORDER),
        ({"verify_days": "1"}, "verify_days", FaultKind.ORDER),
        ({"group_pl": "Drogi"}, "group", FaultKind.OTHER_GROUP),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(cells, column, kind):
    assert (12, column, kind) in faults(edited("parkowanie", **cells))


def test_a_sheet_without_a_column_in_another_encoding_or_without_rows_is_refused():
    text = CATEGORIES.read_text(encoding="utf-8")
    assert faults(text.replace("radius_m", "radius").encode()) == {(1, "radius_m", FaultKind.NO_COLUMN)}
    polish = text.encode("cp1250", "replace")
    assert {kind for _row, _column, kind in faults(polish)} == {FaultKind.NOT_UTF8}
    assert faults(text.partition("\n")[0].encode()) == {(0, "", FaultKind.NO_ROWS)}
    assert faults(text.encode() + b'"' + b"a" * 200_000) == {(0, "", FaultKind.TOO_LARGE)}


def test_semicolons_and_a_byte_order_mark_are_read_too():
    rows = list(csv.reader(io.StringIO(CATEGORIES.read_text(encoding="utf-8"))))
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    assert len(sheet.read(b"\xef\xbb\xbf" + text.getvalue().encode())) == len(in_sheet())


def test_the_command_loads_once_and_says_what_it_did(app):
    runner = app.test_cli_runner()
    first = runner.invoke(args=["catalogue", "load"])
    again = runner.invoke(args=["catalogue", "load", "--quiet"])
    assert (first.exit_code, summary(first)["new"]) == (0, len(in_sheet()))
    read = len(in_sheet())
    assert summary(again) == {"read": read, "new": 0, "changed": 0, "unchanged": read, "refused": 0}


def test_the_command_names_categories_that_no_word_speaks_of(app, tmp_path):
    row = {**next(csv.DictReader(io.StringIO(CATEGORIES.read_text(encoding="utf-8")))), "code": "hulajnogi"}
    file = tmp_path / "categories.csv"
    file.write_bytes(written([row]))
    told = app.test_cli_runner().invoke(args=["catalogue", "load", str(file), "--quiet"])
    assert (told.exit_code, summary(told)["new"]) == (0, 1)
    assert "lexicon.csv: hulajnogi" in told.stderr
    assert app.test_cli_runner().invoke(args=["catalogue", "load", "--quiet"]).stderr == ""


def test_a_dry_run_writes_nothing(app):
    result = app.test_cli_runner().invoke(args=["catalogue", "load", "--dry-run"])
    assert summary(result)["new"] == len(in_sheet())
    assert queries.everything() == []


def test_the_command_refuses_a_bad_sheet_with_its_rows_and_writes_nothing(app, tmp_path):
    file = tmp_path / "categories.csv"
    file.write_bytes(edited("parkowanie", radius_m="far"))
    result = app.test_cli_runner().invoke(args=["catalogue", "load", str(file)])
    assert result.exit_code == 1
    assert "12" in result.stderr
    assert "radius_m" in result.stderr
    assert summary(result)["refused"] == 1
    assert queries.everything() == []


def test_a_file_that_is_not_there_is_wrong_usage(app):
    assert app.test_cli_runner().invoke(args=["catalogue", "load", "no-such.csv"]).exit_code == 2
