"""`flask accounts …`: units and the accounts that nobody is there yet to open by a page."""

import re

import click
from flask.cli import AppGroup

from consult.accounts import letters, operations, queries
from consult.accounts.forms import is_address
from consult.accounts.models import LinkPurpose, Unit
from consult.audit.operations import MACHINE
from consult.db import transaction
from consult.web.roles import Role

PATH = re.compile(r"([a-z0-9-]{1,40}/){1,6}")
CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
AREA = re.compile(r"\d{4}|\d{6}")

group = AppGroup("accounts", help="Units and accounts of staff.")


@group.command("unit")
@click.argument("code")
@click.argument("name")
@click.option("--path", required=True, help="Place among the units, ending in a slash: lodzkie/lask/")
@click.option("--area", "areas", multiple=True, help="TERYT code of a district or commune the unit serves; repeatable.")
def unit(code: str, name: str, path: str, areas: tuple[str, ...]) -> None:
    """Enter a unit of the police."""
    with transaction():
        made = _make_unit(code, name, path, areas)
        click.echo(f"{made.code}: {made.name}, {made.path}")


@group.command("create")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", "code", required=True, help="Code of the unit; a district's TERYT code enters its unit, too.")
@click.option("--unit-name", default="", help="Name of a unit that is entered on the way.")
@click.option("--function", "function", default="", help="Position, for example: beat officer.")
def create(email: str, role: str, code: str, unit_name: str, function: str) -> None:
    """Open an account and print the link that sets its first password, once, within 72 hours."""
    if not is_address(email):
        raise click.ClickException(f"EMAIL: {email} is no e-mail address")
    with transaction():
        made = queries.unit_by_code(code) or _make_unit(code, unit_name or code, *_place_of(code))
        try:
            account = operations.create(email, function or role, Role(role), made)
        except operations.AddressTaken as error:
            raise click.ClickException(f"EMAIL: there is already an account with {email}") from error
        token = operations.issue_link(account, LinkPurpose.FIRST_PASSWORD, MACHINE)
    click.echo(letters.password_url(token))


@group.command("forget-second-step")
@click.argument("email")
def forget_second_step(email: str) -> None:
    """Let somebody sign in by the password alone, whose telephone and recovery codes are lost; a letter tells them."""
    with transaction():
        account = queries.by_email(email)
        if account is None:
            raise click.ClickException(f"EMAIL: there is no account with {email}")
        if not operations.forget_second_step(account, MACHINE):
            raise click.ClickException(f"EMAIL: {email} has no second step")
        account_id = account.id
    letters.send_second_step_changed(account_id, letters.News.FORGOTTEN, "pl")
    click.echo(f"{email} signs in by the password alone.")


def _make_unit(code: str, name: str, path: str, areas: tuple[str, ...]) -> Unit:
    if not CODE.fullmatch(code):
        raise click.ClickException(f"CODE: {code} may hold letters, digits and dashes")
    if not PATH.fullmatch(path):
        raise click.ClickException(f"--path: {path} is no path such as lodzkie/lask/")
    for area in areas:
        if not AREA.fullmatch(area):
            raise click.ClickException(f"--area: {area} has neither the four digits of a district nor six of a commune")
    try:
        return operations.create_unit(code, name, path, areas)
    except operations.CodeTaken as error:
        raise click.ClickException(f"CODE: a unit with the code {code} or the path {path} exists already") from error


def _place_of(code: str) -> tuple[str, tuple[str, ...]]:
    """Place a new unit by its code: 1003 below 10, serving district 1003."""
    above = queries.unit_by_code(code[:2]) if AREA.fullmatch(code) else None
    start = above.path if above else f"{code[:2]}/" if AREA.fullmatch(code) else ""
    return f"{start}{code.lower()}/", (code,) if AREA.fullmatch(code) else ()
