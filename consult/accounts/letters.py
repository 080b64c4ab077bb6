"""Letters to people who sign in: links that set a password, and the news that one has changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from consult.accounts import operations, queries, second_step
from consult.accounts.models import Account, LinkPurpose
from consult.clock import now
from consult.db import transaction
from consult.mail.operations import send
from consult.web.addresses import public_url


class News(StrEnum):
    """What happened to the second step of an account."""

    SET = "set"
    ENDED = "ended"
    FORGOTTEN = "forgotten"
    CODES_RENEWED = "codes_renewed"
    RECOVERY_USED = "recovery_used"


def password_url(token: str) -> str:
    """Write the address that sets a password once."""
    return public_url("accounts.set_password", token=token)


def send_first_password(account_id: int, token: str, language: str) -> None:
    """Send the link for the first password."""
    account = queries.account(account_id)
    facts = {"email": account.email, "unit": account.unit.name, "url": password_url(token)}
    send(account.email, "mail/first_password", language, **facts)


def send_forgotten_password(email: str, language: str) -> None:
    """Send a link for a new password if somebody signs in under this address; nobody learns whether anybody does."""
    with transaction():
        account = queries.by_email(email)
        if account is None or not account.is_active:
            return
        token = operations.issue_link(account, LinkPurpose.FORGOTTEN_PASSWORD, account.id)
        address = account.email
    send(address, "mail/forgotten_password", language, email=address, url=password_url(token))


def send_password_changed(account_id: int, language: str) -> None:
    """Tell the owner that the password has changed."""
    account = queries.account(account_id)
    facts: dict[str, Any] = {
        "email": account.email,
        "changed_at": now(),
        "url": public_url("accounts.forgotten_password"),
    }
    send(account.email, "mail/password_changed", language, **facts)


def send_second_step_changed(account_id: int, news: News, language: str) -> None:
    """Tell the owner what happened to the second step."""
    account = queries.account(account_id)
    standing = second_step.standing(account)
    facts: dict[str, Any] = {
        "email": account.email,
        "news": news.value,
        "at": now(),
        "left": standing.codes_left if standing else 0,
        "url": public_url("accounts.forgotten_password"),
    }
    send(account.email, "mail/second_step_changed", language, **facts)


def send_unused(account: Account, closes_at: datetime) -> None:
    """Tell the owner that the account will be closed unless somebody signs in."""
    facts: dict[str, Any] = {"email": account.email, "closes_at": closes_at, "url": public_url("accounts.sign_in")}
    send(account.email, "mail/account_unused", **facts)
