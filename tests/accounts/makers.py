"""Units and accounts for tests, and signing in as a person does."""

import re
from functools import cache
from itertools import count

from flask import session

from consult.accounts import operations, passwords, queries
from consult.accounts.sign_in import begin_session
from consult.db import db
from consult.web.roles import Role
from tests.pages import Page

PASSWORD = "seven quiet herons cross the ford"
_numbers = count(1)


@cache
def _kept():
    return passwords.hashed(PASSWORD)


def unit(code="1003", name="Komenda Powiatowa Policji w Łasku", path=None, areas=None):
    """A unit of this code, made once: 1003 has the path pl/10/1003/ and serves district 1003."""
    path = path or {2: f"pl/{code}/", 4: f"pl/{code[:2]}/{code}/"}.get(len(code), f"pl/{code.lower()}/")
    areas = areas if areas is not None else ([code] if len(code) in {4, 6} and code.isdigit() else [])
    made = queries.unit_by_code(code) or operations.create_unit(code, name, path, areas)
    db.session.commit()
    return made


def account(role=Role.OFFICER, unit=None, email=None, function="dzielnicowy"):
    """An account whose password is PASSWORD, committed so that the pages see it; of unit 1003 when no unit is given."""
    email = email or f"{role.value}{next(_numbers)}@policja.example"
    made = operations.create(email, function, role, unit or _unit())
    made.password_hash = _kept()
    db.session.commit()
    return made


_unit = unit


def officer(unit=None, **facts):
    return account(Role.OFFICER, unit, **facts)


def head(unit=None, **facts):
    return account(Role.HEAD, unit, function="komendant", **facts)


def coordinator(unit=None, **facts):
    return account(Role.COORDINATOR, unit, function="koordynator", **facts)


def administrator(unit=None, **facts):
    return account(Role.ADMINISTRATOR, unit, function="administrator", **facts)


def without_tokens(page, *names):
    """A page's text without the tokens of its forms and some names, to compare two answers."""
    text = re.sub(r'name="csrf_token"[^>]*>', "", page)
    for name in names:
        text = text.replace(name, "")
    return text


def sign_in(client, account):
    """Let an account in without its password; gives the client back: `page = Page(sign_in(client, officer()), "/debates")`.

    The session, the trail and the account's refused attempts are as after the page, which `sign_in_by_page` goes
    through: the hash of a password is slow by design, and most tests are not about it.
    """
    with client.application.test_request_context("/accounts/sign-in", environ_overrides=client.environ_base):
        begin_session(account)
        operations.sign_in(account)
        db.session.commit()
        begun = dict(session)
    with client.session_transaction() as kept:
        kept.clear()
        kept.update(begun)
    return client


def sign_in_by_page(client, account, password=PASSWORD):
    """Sign in as a person does; gives the client back."""
    answer = Page(client, "/accounts/sign-in").send(email=account.email, password=password)
    assert answer.status_code == 302, answer.text
    return client
