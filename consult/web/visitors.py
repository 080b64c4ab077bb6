"""Visitors: telling two voices apart without knowing either.

A browser that keeps our signed cookie carries a random number, and its voices count once however often it speaks; the
number is made when someone first sends something, never by looking. A client without cookies is counted by the hash
of its network under the secret of the day. So one person who speaks on two days without the cookie counts as two
voices, and two people behind one network without cookies on one day as one: the limit that is printed beside counts
of independent voices. From a stored key nobody gets back to a cookie or an address.
"""

import hmac
import secrets

from flask import current_app, session

from consult.web import limits

VISITOR = "visitor"


def voice_key() -> str:
    """Give the key under which this visitor's voices count as one."""
    if session and VISITOR not in session:
        # The session came back with the token of a form: this browser keeps cookies.
        session[VISITOR] = secrets.token_urlsafe(16)
    if VISITOR not in session:
        return limits.network_key()
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"visitor {session[VISITOR]}".encode(), "sha256").hex()[:40]
