"""`flask accounts`: units and first accounts."""

import re

import pytest

from consult.accounts import queries
from consult.clock import today
from consult.db import db
from consult.web.roles import Role
from tests.accounts.makers import PASSWORD, sign_in, unit
from tests.pages import Page


@pytest.fixture
def run(app):
    """Run a command of the application, as from a shell."""

    def run(*arguments):
        return app.test_cli_runner().invoke(args=["accounts", *arguments])

    return run


def test_a_new_account_prints_the_link_of_its_first_password(run, client, letters):
    unit("1003")
    result = run("create", "Jan.Kowalski@policja.example", "--role", "officer", "--unit", "1003")
    assert result.exit_code == 0
    token = re.fullmatch(r"http://127\.0\.0\.1:8000/accounts/set-password/(\S{43})\n", result.output)[1]
    person = queries.by_email("jan.kowalski@policja.example")
    assert person.role is Role.OFFICER
    Page(client, f"/accounts/set-password/{token}").send(password=PASSWORD, again=PASSWORD).close()
    sign_in(client, person)


def test_the_unit_of_a_district_is_entered_on_the_way(run):
    unit("30", "Komenda Wojewódzka Policji w Poznaniu")
    result = run("create", "a@policja.example", "--role", "head", "--unit", "3023", "--unit-name", "KPP w Słupcy")
    assert result.exit_code == 0
    made = queries.unit_by_code("3023")
    assert (made.name, made.path, made.area_codes(today())) == ("KPP w Słupcy", "pl/30/3023/", ("3023",))


def test_a_unit_is_entered_with_its_place_and_areas(run):
    result = run("unit", "KPP-LASK", "KPP w Łasku", "--path", "lodzkie/lask/", "--area", "1003")
    assert result.exit_code == 0
    assert queries.unit_by_code("KPP-LASK").area_codes(today()) == ("1003",)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "anna", "--role", "officer", "--unit", "1003"), "EMAIL"),
        (("create", "taken@policja.example", "--role", "officer", "--unit", "1003"), "EMAIL"),
        (("create", "a@policja.example", "--role", "officer", "--unit", "../1"), "CODE"),
        (("unit", "1003", "KPP", "--path", "other/"), "CODE"),
        (("unit", "new", "KPP", "--path", "pl/10/1003/"), "CODE"),
        (("unit", "new", "KPP", "--path", "lodzkie/lask"), "--path"),
        (("unit", "new", "KPP", "--path", "lodz%/"), "--path"),
        (("unit", "new", "KPP", "--path", "lask/", "--area", "10"), "--area"),
    ],
)
def test_what_is_refused_is_named_and_leaves_nothing(run, arguments, said):
    unit("1003")
    run("create", "taken@policja.example", "--role", "officer", "--unit", "1003")
    db.session.commit()
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""
    assert queries.by_email("a@policja.example") is None
    assert queries.unit_by_code("new") is None


@pytest.mark.parametrize("arguments", [("create",), ("create", "a@policja.example", "--role", "king", "--unit", "1")])
def test_wrong_usage_is_exit_two(run, arguments):
    assert run(*arguments).exit_code == 2
