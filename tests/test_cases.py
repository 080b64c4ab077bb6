"""Every case of the plan has a row, which names its tests or says why there is none."""

import re
from pathlib import Path

ROWS = re.findall(
    r"^\| (S\d+) \|(.+)\|(.+)\|(.+)\|$", (Path(__file__).parents[1] / "docs/cases.md").read_text(), re.MULTILINE
)


def test_every_case_has_one_row_in_its_order():
    assert [row[0] for row in ROWS] == [f"S{number:02}" for number in range(1, 131)]


def test_a_row_names_a_test_or_says_that_there_is_none():
    for number, tried, answer, proof in ROWS:
        assert tried.strip(), number
        assert ("`tests/" in proof) or answer.strip().startswith("not tested: "), number


def test_a_test_that_names_a_case_in_its_name_stands_in_its_row():
    proofs = {number: proof for number, _tried, _answer, proof in ROWS}
    for path in (Path(__file__).parent / "cases").glob("test_*.py"):
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE):
            for number in re.findall(r"s(\d+)_", name.split("_", 1)[1]):
                assert path.name in proofs[f"S{int(number):02}"], name
