"""Opening accounts, signing in, passwords, leaving and handing over."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, select, text, update
from sqlalchemy.exc import IntegrityError

from consult.accounts import passwords, queries, second_step, sessions
from consult.accounts.models import Account, LinkPurpose, OneTimeLink, SavedView, Unit, UnitArea, UnitDuty
from consult.audit.operations import MACHINE, note
from consult.clock import now
from consult.db import Moment, db
from consult.web import traffic
from consult.web.roles import Role

DISTRICTS_SINCE = date(1999, 1, 1)
"""Today's districts of Poland began on this day; a unit serves its area since then unless something else is said."""
USED = text("""
    INSERT INTO account_use (account_id, last_used_at) VALUES (:account_id, :at)
    ON CONFLICT (account_id) DO UPDATE SET last_used_at = excluded.last_used_at, warned_at = NULL
""").bindparams(bindparam("at", type_=Moment()))
NEWS_SEEN = text("""
    INSERT INTO account_use (account_id, last_used_at, news_seen) VALUES (:account_id, :at, :number)
    ON CONFLICT (account_id) DO UPDATE SET news_seen = excluded.news_seen
    WHERE coalesce(account_use.news_seen, 0) < excluded.news_seen
""").bindparams(bindparam("at", type_=Moment()))
SAVE_VIEW = text("""
    INSERT INTO saved_view (account_id, page, name, arguments) VALUES (:account_id, :page, :name, :arguments)
    ON CONFLICT (account_id, page, name) DO UPDATE SET arguments = excluded.arguments
""")
"""Two presses at once keep one view."""
MOST_VIEWS = 12
LINK_LIFE = {LinkPurpose.FIRST_PASSWORD: timedelta(hours=72), LinkPurpose.FORGOTTEN_PASSWORD: timedelta(hours=1)}


class AddressTaken(Exception):
    """There is an account with this address already."""


class CodeTaken(Exception):
    """There is a unit with this code or path already."""


class AlreadyServed(Exception):
    """The unit serves the area on that day or later."""


class AreaEnded(Exception):
    """The unit serves the area only until a day that somebody has set already."""


class TooManyViews(Exception):
    """There is no room for another saved view of the list."""


class LinkSpent(Exception):
    """The one-time link was used, has expired or never was."""


def create_unit(
    code: str,
    name: str,
    path: str,
    areas: Iterable[str] = (),
    groups: Iterable[str] = (),
    valid_from: date = DISTRICTS_SINCE,
    actor_id: int = MACHINE,
) -> Unit:
    """Enter a unit with the areas it serves since a day, and the groups of categories that it alone answers for."""
    served = [UnitArea(area_code=area, valid_from=valid_from, valid_to=None) for area in areas]
    duties = [UnitDuty(group_code=group) for group in groups]
    unit = Unit(code=code, name=name, path=path, areas=served, duties=duties)
    _insert(unit, CodeTaken(code))
    note(actor_id, "create_unit", "unit", unit.id, unit.path, code=code)
    return unit


def set_duties(unit: Unit, groups: Iterable[str], actor_id: int) -> None:
    """Let a unit answer for these groups of categories alone, or for all of them when none is named."""
    _lock(unit)
    before, after = sorted(duty.group_code for duty in unit.duties), sorted(set(groups))
    if before == after:
        return
    unit.duties = [UnitDuty(group_code=group) for group in after]
    db.session.flush()  # who answers is asked of the database
    told = {"duties_before": ",".join(before), "duties_after": ",".join(after)}
    note(actor_id, "set_duties", "unit", unit.id, unit.path, **told)


def add_area(unit: Unit, area_code: str, valid_from: date, actor_id: int) -> UnitArea:
    """Let a unit serve a district or commune from a day on. Raises AlreadyServed when it does then or later."""
    _lock(unit)
    if unit.serves_from(area_code, valid_from):
        raise AlreadyServed(area_code)
    area = UnitArea(area_code=area_code, valid_from=valid_from, valid_to=None)
    unit.areas.append(area)
    db.session.flush()  # who answers is asked of the database
    note(actor_id, "add_area", "unit", unit.id, unit.path, area=area_code, since=valid_from.isoformat())
    return area


def end_area(area: UnitArea, valid_to: date, actor_id: int) -> None:
    """Let a unit serve an area no longer from a day on; what it served before stays known.

    The same day again changes nothing. Raises AreaEnded when it was ended by another day already.
    """
    _lock(area.unit)
    if area.valid_to == valid_to:
        return
    if area.valid_to is not None:
        raise AreaEnded(area.area_code)
    area.valid_to = valid_to
    db.session.flush()  # who answers is asked of the database
    told = {"area": area.area_code, "until": valid_to.isoformat()}
    note(actor_id, "end_area", "unit", area.unit_id, area.unit.path, **told)


def _lock(unit: Unit) -> None:
    """Let nobody else change a unit until this transaction ends, and see what whoever came first did."""
    db.session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())
    db.session.refresh(unit, ["areas", "duties"])
    own = select(UnitArea).where(UnitArea.unit_id == unit.id)
    db.session.scalars(own.execution_options(populate_existing=True)).all()


def create(email: str, function: str, role: Role, unit: Unit, actor_id: int = MACHINE) -> Account:
    """Open an account without a password; a one-time link sets the first one."""
    account = Account(
        email=email.strip().lower(),
        function=function,
        role=role,
        unit=unit,
        session_key=_new_key(),
        created_at=now(),
    )
    _insert(account, AddressTaken(email))
    note(actor_id, "create_account", "account", account.id, unit.path, role=role.value)
    return account


def _insert(row: Unit | Account, taken: Exception) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise taken from error


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def issue_link(account: Account, purpose: LinkPurpose, actor_id: int) -> str:
    """Make a one-time link, the only one for its purpose, and give its token, which is kept nowhere."""
    _void_links(account, OneTimeLink.purpose == purpose)
    token = _new_key()
    expires_at = now() + LINK_LIFE[purpose]
    made = OneTimeLink(account=account, purpose=purpose, token_hash=queries.token_hash(token), expires_at=expires_at)
    db.session.add(made)
    note(actor_id, "issue_link", "account", account.id, account.unit_path, purpose=purpose.value)
    return token


def _void_links(account: Account, *which: ColumnElement[bool]) -> None:
    unused = (OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None), *which)
    db.session.execute(update(OneTimeLink).where(*unused).values(used_at=now()))


def is_open(link: OneTimeLink) -> bool:
    """Tell whether a link still sets a password."""
    return link.is_open_at(now())


def set_password(token: str, password: str) -> Account:
    """Set the password a one-time link is for, or raise LinkSpent: of two attempts at once one comes too late."""
    link = queries.link(token)
    if link is None or not is_open(link):
        raise LinkSpent
    unused = (OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
    spent = db.session.connection().execute(update(OneTimeLink).where(*unused).values(used_at=now()))
    if spent.rowcount != 1:
        raise LinkSpent
    _void_links(link.account)
    _keep_password(link.account, passwords.hashed(password))
    sessions.end_all(link.account)
    note(
        link.account_id, "set_password", "account", link.account_id, link.account.unit_path, purpose=link.purpose.value
    )
    return link.account


def change_password(account: Account, password: str) -> None:
    """Replace the own password; every session of the account ends that does not get a new id."""
    _void_links(account)
    _keep_password(account, passwords.hashed(password))
    note(account.id, "change_password", "account", account.id, account.unit_path)


def _keep_password(account: Account, kept: str) -> None:
    account.password_hash = kept
    _end_epoch(account)


def _end_epoch(account: Account) -> None:
    """Let no session of before hold any more."""
    account.session_key = _new_key()


def authenticate(email: str, password: str) -> Account | None:
    """Find who signs in with a name and a password; an unknown name costs as much time as a wrong password."""
    known = queries.by_email(email)
    account_id, kept = (known.id, known.password_hash) if known and known.is_active else (0, None)
    # The slow part runs outside of any transaction: on SQLite a guesser would otherwise hold the one write lock.
    db.session.rollback()
    if not passwords.matches(kept, password):
        traffic.note_refused_sign_in(account_id)
        return None
    account = queries.account(account_id)
    # Meanwhile the account may have been closed, or its password replaced because somebody else knew it.
    return account if account.is_active and account.password_hash == kept else None


def refuse_code(account: Account) -> None:
    """Count a wrong code as a wrong password is: the owner hears of it."""
    traffic.note_refused_sign_in(account.id)


def sign_in(account: Account) -> int:
    """Note a sign-in; tell how many were refused since the last one."""
    refused = traffic.take_refused_sign_ins(account.id)
    told = {"refused_before": refused} if refused else {}
    db.session.execute(USED, {"account_id": account.id, "at": now()})
    note(account.id, "sign_in", "account", account.id, account.unit_path, **told)
    return refused


def sign_out(account: Account) -> None:
    """Note that somebody signed out; the session itself ends apart."""
    note(account.id, "sign_out", "account", account.id, account.unit_path)


def see_news(account_id: int, number: int) -> None:
    """Remember the newest piece of news that somebody has seen; an older page sent late forgets none."""
    db.session.execute(NEWS_SEEN, {"account_id": account_id, "number": number, "at": now()})


def save_view(account_id: int, page: str, name: str, arguments: str) -> None:
    """Keep a list with its filters under a name; under a name that is there, in its place.

    Raises TooManyViews when somebody has as many as a list can show.
    """
    names = {view.name for view in queries.saved_views(account_id, page)}
    if len(names | {name}) > MOST_VIEWS:
        raise TooManyViews
    sent = {"account_id": account_id, "page": page, "name": name, "arguments": arguments}
    db.session.execute(SAVE_VIEW, sent)


def remove_view(account_id: int, view_id: int) -> None:
    """Remove a saved view of somebody; one that is gone or another's is left alone."""
    db.session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.account_id == account_id))


def end_sessions(account: Account, actor_id: int) -> None:
    """End every session of an account at once: a copied cookie opens nothing any more."""
    _end_epoch(account)
    sessions.end_all(account)
    note(actor_id, "end_sessions", "account", account.id, account.unit_path)


def forget_second_step(account: Account, actor_id: int) -> bool:
    """Let an account in by its password alone, and sign it out everywhere; tell whether it had a second step."""
    had = second_step.forget(account, actor_id)
    if had:
        _end_epoch(account)
        sessions.end_all(account)
    return had


def end_other_sessions(account: Account, token: str) -> None:
    """End all sessions of the own account but the one of an id."""
    sessions.end_all(account, but=token)
    note(account.id, "end_sessions", "account", account.id, account.unit_path)


def leave(account: Account, successor: Account | None, actor_id: int, act: str = "end_account") -> None:
    """End an account at once; its open work goes to a colleague, now or, asked again, when one is named."""
    if account.is_active:
        account.left_at = now()
        _end_epoch(account)
        sessions.end_all(account)
        _void_links(account)
        note(actor_id, act, "account", account.id, account.unit_path)
    if successor is not None:
        _hand_over(account, successor, actor_id)


def reopen(account: Account, actor_id: int) -> None:
    """Open a closed account again, as new: a link sets its password. Nobody else has its open work any more."""
    assert not account.is_active
    account.left_at, account.successor, account.password_hash = None, None, None
    _end_epoch(account)
    second_step.forget(account, actor_id)
    db.session.execute(USED, {"account_id": account.id, "at": now()})
    note(actor_id, "reopen_account", "account", account.id, account.unit_path)


def _hand_over(account: Account, successor: Account, actor_id: int) -> None:
    """Record who answers for the open work from now on; other parts ask `queries.responsible_for`."""
    assert successor.is_active
    account.successor = successor
    note(actor_id, "hand_over", "account", account.id, account.unit_path, successor=successor.id)
