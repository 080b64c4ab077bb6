"""What a browser computes before it sends a form."""

import base64
import hashlib
import json
from itertools import count

from consult.web import proof_of_work


def key(terms, counter):
    password = bytes.fromhex(terms["nonce"]) + counter.to_bytes(4, "big")
    return hashlib.pbkdf2_hmac("sha256", password, bytes.fromhex(terms["salt"]), terms["cost"], 32).hex()


def sealed(given, **solution):
    return base64.b64encode(json.dumps({"challenge": given, "solution": solution}).encode()).decode()


def counter_of(given):
    terms = given["parameters"]
    return next(k for k in count() if key(terms, k).startswith(terms["keyPrefix"]))


def solved(given=None):
    """What a browser sends for a challenge."""
    given = given or proof_of_work.challenge()
    counter = counter_of(given)
    return sealed(given, counter=counter, derivedKey=key(given["parameters"], counter), time=12.5)
