"""Visitors: telling two voices apart without knowing either.

The first time somebody sends something, the voice is counted by the hash of the network under the secret of the day;
a browser that keeps our signed cookie carries that mark on, so that its voices stay one on later days and in other
networks. A client that throws its cookies away counts by its network and day again. So one person who speaks on two
days without the cookie counts as two voices, and two people who first speak behind one network on one day as one: the
limit that is printed beside counts of independent voices. Fresh cookies never make more voices than there are
networks. From a stored key nobody gets back to a cookie or an address.
"""

import hmac

from flask import current_app, session

from consult.web import limits

VISITOR = "visitor"


def voice_key() -> str:
    """Give the key under which this visitor's voices count as one."""
    mark = session.get(VISITOR) or limits.network_key()
    if session:  # the session came back with the token of a form: this browser keeps cookies
        session[VISITOR] = mark
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"visitor {mark}".encode(), "sha256").hex()[:40]
