"""Rate limits: how often one network may knock. Exact with any number of processes, and no address is kept.

A view wears `@limited("20/hour")` below its `@public`; only what it is asked to do is counted, not how often its page
is looked at. Windows are fixed, and all of them end with the day, because the key of a network does.
"""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_login import current_user
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from consult.web import traffic

PRINTS = "40/10 minutes"

View = TypeVar("View", bound=Callable[..., Any])


class TrafficStorage(Storage):
    """The counters of `consult.web.traffic` in the shape that the limits library asks for."""

    STORAGE_SCHEME = ["traffic"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return traffic.hit(key, expiry, amount)

    def get(self, key: str) -> int:
        return traffic.hits(key)[0]

    def get_expiry(self, key: str) -> float:
        return traffic.hits(key)[1]

    def check(self) -> bool:
        return traffic.hits("")[0] == 0

    def reset(self) -> int | None:
        return traffic.forget_all()

    def clear(self, key: str) -> None:
        traffic.forget(key)


def network() -> str:
    """Tell the network a request came from: one IPv4 address, or the /64 that one IPv6 household has."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def network_key() -> str:
    """Give the key of the request's network: a hash that nobody can repeat tomorrow."""
    return traffic.key_of("network", network())


def field_key(name: str, *, with_network: bool) -> Callable[[], str]:
    """Count by what a field of the form says, letter case aside: for everyone, or for each network by itself."""

    def key() -> str:
        value = request.form.get(name, "").strip().lower()
        return traffic.key_of("field", name, value, network() if with_network else "")

    return key


def person_key() -> str:
    """Count for whoever is signed in, wherever from; for the network where nobody is."""
    return traffic.key_of("person", current_user.get_id()) if current_user.is_authenticated else network_key()


limiter = Limiter(network_key, storage_uri="traffic://", strategy="fixed-window")
"""Flask-Limiter itself, for what `limited` does not cover."""


def limited(
    rate: str,
    key: Callable[[], str] = network_key,
    *,
    methods: tuple[str, ...] = ("POST",),
    counts: Callable[[Response], bool] | None = None,
) -> Callable[[View], View]:
    """Let a view be used only so often ("5/minute"); `counts` tells from the answer whether a use counts at all."""

    def decorate(view: View) -> View:
        return cast("View", limiter.limit(rate, key_func=key, methods=list(methods), deduct_when=counts)(view))

    return decorate


def prints(*methods: str) -> Callable[[View], View]:
    """Let a view print documents while its reader has printed fewer than `PRINTS`, of all kinds together.

    A document takes a second of a processor: without a bound one reader's script would let all others wait.
    """

    def decorate(view: View) -> View:
        bound = limiter.shared_limit(
            PRINTS, scope="prints", key_func=person_key, methods=list(methods or ("GET", "HEAD"))
        )
        return cast("View", bound(view))

    return decorate


def init_app(app: Flask) -> None:
    """Count the requests of an application, unless its configuration says not to."""
    traffic.init_app(app)
    if app.config["RATELIMIT_ENABLED"]:
        limiter.init_app(app)
        app.after_request(_say_when_to_come_back)


@limiter.request_filter
def _is_off() -> bool:
    return not current_app.config["RATELIMIT_ENABLED"]


def _say_when_to_come_back(response: Response) -> Response:
    breached = limiter.current_limit
    if response.status_code == 429 and breached:
        response.headers["Retry-After"] = str(max(1, int(breached.reset_at - time.time()) + 1))
    return response
