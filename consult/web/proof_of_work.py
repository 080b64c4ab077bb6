"""Proof of work by the protocol of ALTCHA (version 2, PBKDF2): before it sends a form, a browser computes a second.

Whoever sends one form does not notice it; whoever sends ten thousand pays for each. Nobody is asked a riddle, nobody
else's server is asked, and nothing is known of the visitor afterwards. It prices abuse and does not end it, so it only
decides how much one network may send in an hour.

A challenge carries its terms, signed under a key of the day. The counters of `traffic` remember which ones were spent;
they and the key end with the same day, so a spent challenge never counts again.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from consult.web import traffic

ALGORITHM = "PBKDF2/SHA-256"
COST = 5_000
"""Rounds of one try: some milliseconds."""

PREFIX = "00"
"""How the key of a try must begin: one try in 256 on average, about a second in all on a phone."""

LASTS_S = 3600
LONGEST = 2_000
"""No solution is longer, in characters."""


def challenge() -> dict[str, Any]:
    """Draw a challenge: the terms and their signature."""
    terms = {
        "algorithm": ALGORITHM,
        "cost": COST,
        "expiresAt": int(time.time()) + LASTS_S,
        "keyLength": 32,
        "keyPrefix": PREFIX,
        "nonce": secrets.token_hex(16),
        "salt": secrets.token_hex(16),
    }
    return {"parameters": terms, "signature": _signature(terms)}


def is_done(solution: str) -> bool:
    """Tell whether a solution is right, in time and the first one of its challenge, which it spends."""
    read = _read(solution)
    if read is None:
        return False
    terms, signature, counter = read
    if not hmac.compare_digest(signature.encode(), _signature(terms).encode()):
        return False
    left_s = terms["expiresAt"] - time.time()
    if left_s <= 0 or not _key(terms, counter).hex().startswith(terms["keyPrefix"]):
        return False
    return traffic.hit(f"work {terms['nonce']}", int(left_s) + 1) == 1


def _read(solution: str) -> tuple[Any, str, int] | None:
    """Take a solution apart; nothing of it is believed before the signature is checked."""
    if len(solution) > LONGEST:
        return None
    try:
        sent = json.loads(base64.b64decode(solution, validate=True))
        terms, signature = sent["challenge"]["parameters"], sent["challenge"]["signature"]
        counter = sent["solution"]["counter"]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        return None
    is_counter = type(counter) is int and 0 <= counter < 2**32
    return (terms, signature, counter) if is_counter and isinstance(signature, str) else None


def _signature(terms: Any) -> str:
    """Sign terms in the one form that both sides write: keys in order, no blanks."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"))
    return hmac.digest(traffic.key_of("proof of work").encode(), text.encode(), "sha256").hex()


def _key(terms: dict[str, Any], counter: int) -> bytes:
    password = bytes.fromhex(terms["nonce"]) + counter.to_bytes(4, "big")
    salt = bytes.fromhex(terms["salt"])
    return hashlib.pbkdf2_hmac("sha256", password, salt, terms["cost"], terms["keyLength"])
