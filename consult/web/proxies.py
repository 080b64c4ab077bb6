"""Who asks, when a proxy stands before us: its word counts only where TRUSTED_PROXIES names it.

Anybody can write an X-Forwarded-For header. So an address is taken from it from the right on, as long as whoever wrote
that part is a proxy of ours; the first address that is none is the visitor. Without TRUSTED_PROXIES nothing of it is
believed.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What proxies write; a request with one of them did not come here straight."""
CAME_BY = "consult.came_by_unknown_proxy"


class Proxies:
    """The application behind its proxies: REMOTE_ADDR is the visitor's address, as far as it can be known."""

    def __init__(self, application: "WSGIApplication", trusted: Sequence[Network | str]) -> None:
        self._application = application
        self._networks = [network for network in trusted if not isinstance(network, str)]
        self._takes_socket = "unix" in trusted

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        peer = environ.get("REMOTE_ADDR", "")
        if self._is_trusted(peer):
            environ["REMOTE_ADDR"] = self._visitor(peer, environ.get("HTTP_X_FORWARDED_FOR", ""))
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "")
            if scheme in {"http", "https"}:
                environ["wsgi.url_scheme"] = scheme
        else:
            environ[CAME_BY] = any(environ.get(header) for header in FORWARDED)
        return self._application(environ, start_response)

    def _is_trusted(self, peer: str) -> bool:
        address = _address(peer)
        if address is None:
            return self._takes_socket and not peer
        return any(address in network for network in self._networks)

    def _visitor(self, peer: str, forwarded: str) -> str:
        """Go back along the proxies; a part that is no address ends the way, and nobody is known beyond it."""
        visitor = peer
        for part in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            address = _address(part)
            if address is None:
                return visitor
            visitor = str(address)
            if not self._is_trusted(visitor):
                break
        return visitor


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_among(text: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address lies in one of some networks."""
    address = _address(text)
    return address is not None and any(address in network for network in networks)


def init_app(app: Flask) -> None:
    """Put the application behind its proxies."""
    app.wsgi_app = Proxies(app.wsgi_app, app.config["TRUSTED_PROXIES"])  # type: ignore[method-assign]
