"""The operator's file: read whole, or refused with the name of what is wrong."""

from datetime import date

import pytest

from consult.config import ROOT, Config, ConfigurationRefused
from consult.operator import Accessibility, Conformity, Operator, OperatorRefused

WHOLE = """
name = "Komenda Przykładowa"
address = "ul. Próbna 1"
controller = "Komendant Przykładowy"
[data_protection]
email = "iod@example.pl"
[coordinator]
phone = "47 111 11 11"
[accessibility]
published = 2026-01-02
made = 2026-02-03
conformity = "partial"
inaccessible = ["Skany map."]
building = "Wejście bez schodów."
[accessibility.contact]
email = "dostepnosc@example.pl"
"""


def written(folder, text):
    path = folder / "operator.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_is_read(tmp_path):
    operator = Operator.read(written(tmp_path, WHOLE))
    assert operator.missing == []
    assert operator.accessibility.conformity is Conformity.PARTIAL
    assert operator.accessibility.contact.email == "dostepnosc@example.pl"


def test_what_is_left_out_is_named():
    assert {"name", "accessibility.made", "data_protection"} <= set(Operator().missing)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name = ", "is no TOML"),
        ("nmae = 'x'", "nmae: no such entry"),
        ("name = 5", "name: a text"),
        ("email = 'nobody'", "email: an e-mail address"),
        ("bip = 'javascript:alert(1)'", "bip: begins with"),
        ("coordinator = 'x'", "coordinator: a table"),
        ("[accessibility]\nmade = '2026-01-01'", "accessibility.made: a day"),
        ("[accessibility]\nconformity = 'nearly'", "accessibility.conformity: one of"),
        ("[accessibility]\ninaccessible = 'x'", "accessibility.inaccessible: a list"),
        ("[accessibility.contact]\nname = 'Jan'", "accessibility.contact.name: no such entry"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, text, named):
    with pytest.raises(OperatorRefused, match=named):
        Operator.read(written(tmp_path, text))


def test_a_start_with_a_wrong_file_names_the_setting(tmp_path):
    key = {"SECRET_KEY": "kQ3vTz8mWb5nXc7rYd9sZf2gAh4jBk6lq1We", "INSTANCE_PATH": str(tmp_path)}
    assert Operator() == Config.from_environment(key).OPERATOR
    written(tmp_path, "nmae = 'x'")
    with pytest.raises(ConfigurationRefused, match=r"^OPERATOR_FILE: nmae"):
        Config.from_environment(key)
    with pytest.raises(ConfigurationRefused, match=r"^OPERATOR_FILE: .* cannot be read"):
        Config.from_environment(key | {"OPERATOR_FILE": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("made", "reviewed", "day", "due"),
    [
        (None, None, date(2026, 1, 1), True),
        (date(2025, 6, 1), None, date(2026, 3, 31), False),
        (date(2025, 6, 1), None, date(2026, 4, 1), True),
        (date(2025, 6, 1), date(2026, 3, 30), date(2026, 4, 1), False),
        (date(2024, 6, 1), None, date(2026, 1, 1), True),
    ],
)
def test_the_declaration_is_looked_through_each_year_by_the_end_of_march(made, reviewed, day, due):
    assert Accessibility(made=made, reviewed=reviewed).is_due(day) is due


def test_the_example_names_every_entry_and_can_be_read():
    assert Operator.read(ROOT / "docs" / "operate" / "operator.toml.example").missing == []
