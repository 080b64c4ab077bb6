"""Who may do what with whose: the whole table, for every role, action and place of the thing among the units."""

import csv
from dataclasses import dataclass
from io import StringIO
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.accounts.rights import Action, can, is_within, may_appoint, may_change_unit
from consult.web.roles import Role

OWN = "pl/10/1003/"
PLACES = {
    "own": OWN,
    "child": "pl/10/1003/lask/",
    "parent": "pl/10/",
    "sibling": "pl/10/1008/",
    "twin": "pl/10/10030/",
    "elsewhere": "pl/30/3023/",
}
"""Where a thing can lie, seen from unit 1003; the twin's path begins with the same letters."""

GRANTED = """
role,see,edit,decide,administer
officer,own child,own child,own child,
head,own child,own child,own child,own child
coordinator,own child,,own child,
administrator,,,,own child
"""
"""What is allowed; whatever does not stand here is not."""


@dataclass(frozen=True)
class Person:
    role: Role
    scope: str = OWN
    is_active: bool = True


@dataclass(frozen=True)
class Thing:
    unit_path: str


CASES = list(product(Role, Action, PLACES))
TABLE = {Role(row["role"]): row for row in csv.DictReader(StringIO(GRANTED.strip()))}


@pytest.mark.parametrize(("role", "action", "place"), CASES)
def test_a_role_may_do_what_the_table_grants_and_nothing_else(role, action, place):
    granted = place in TABLE[role][action.value].split()
    assert can(Person(role), action, Thing(PLACES[place])) is granted


@pytest.mark.parametrize(("role", "action", "place"), CASES)
def test_whoever_has_left_may_do_nothing(role, action, place):
    assert not can(Person(role, is_active=False), action, Thing(PLACES[place]))


def test_every_role_and_action_stands_in_the_table():
    assert set(TABLE) == set(Role)
    assert all(set(row) == {"role", *(action.value for action in Action)} for row in TABLE.values())


@pytest.mark.parametrize("role", Role)
def test_nobody_raises_another_above_the_own_role(role):
    given = {
        Role.OFFICER: (),
        Role.HEAD: (Role.OFFICER, Role.HEAD),
        Role.COORDINATOR: (),
        Role.ADMINISTRATOR: tuple(Role),
    }
    assert may_appoint(Person(role)) == given[role]
    assert may_appoint(Person(role, is_active=False)) == ()


NAMES = st.lists(st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True), min_size=1, max_size=4)


@given(NAMES, NAMES)
def test_a_scope_covers_a_path_exactly_when_its_names_come_first(path, scope):
    within = path[: len(scope)] == scope
    assert is_within("/".join(path) + "/", "/".join(scope) + "/") is within


@pytest.mark.parametrize("role", list(Role))
def test_heads_change_units_below_and_administrators_all_of_the_scope(role):
    places = {Role.HEAD: {"child"}, Role.ADMINISTRATOR: {"own", "child"}}
    assert {place for place, path in PLACES.items() if may_change_unit(Person(role), path)} == places.get(role, set())
    assert not may_change_unit(Person(role, is_active=False), PLACES["child"])
