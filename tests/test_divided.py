"""What is asked of one database alone, and that nothing is asked of none."""

import pytest

from tests import divided


@pytest.fixture
def in_the_gate(monkeypatch):
    """Answer as a pass of the gate: `in_the_gate(second=True)`."""

    def answers(second):
        monkeypatch.setattr(divided, "SECOND_PASS", second)
        monkeypatch.setattr(divided, "DIVIDES_CASES", True)

    return answers


def test_every_test_is_asked_of_somebody(request, in_the_gate):
    left = []
    for second in (False, True):
        in_the_gate(second)
        left.append(set(divided.divide(request.session.items)[1]))
    assert left[0] & left[1] == set()


def test_what_reaches_no_database_is_asked_once(request, in_the_gate):
    in_the_gate(second=True)
    assert divided.divide([request.node]) == ([], [request.node])
    in_the_gate(second=False)
    assert divided.divide([request.node]) == ([request.node], [])


@pytest.mark.parametrize("case", ["first", "further"])
def test_of_several_cases_both_are_asked_the_first(app, request, in_the_gate, case):
    in_the_gate(second=False)
    assert divided.is_asked_by_the_other(request.node) == (case == "further")
    in_the_gate(second=True)
    assert not divided.is_asked_by_the_other(request.node)


def test_a_fixture_or_an_import_may_bring_a_database():
    from tests.demo import conftest
    from tests.rights import golden

    assert divided.makes_databases(conftest)
    assert not divided.makes_databases(golden)
