"""One-time codes: six digits of an app, new every half minute (RFC 6238), and recovery codes on paper.

Which half minute a code belongs to is what lets it be taken once only; libraries tell no more than yes or no, and the
rule itself is a dozen lines.
"""

import base64
import hmac
import re
import secrets
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
SEED_BYTES = 20
EARLIER_AND_LATER = 1
"""A clock that is half a minute off is forgiven, and a code that was typed slowly."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for another one, or for a digit."""
LOOK_ALIKES = str.maketrans("OIL", "011")
RECOVERY_LENGTH = 24
"""120 bits: nobody guesses one, so a plain hash of it is enough."""
RECOVERY_CODES = 10


def new_seed() -> str:
    """Draw the secret that an app and we share, in the letters of base 32."""
    return base64.b32encode(secrets.token_bytes(SEED_BYTES)).decode()


def code_of(seed: str, step: int) -> str:
    """Give the code of a half minute, counted since 1970."""
    digest = hmac.digest(base64.b32decode(seed), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(seed: str, code: str, at: float) -> int | None:
    """Tell to which half minute around a moment a code belongs; None when it is of none of them."""
    typed = re.sub(r"[\s-]", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    now = int(at) // STEP_S
    steps = range(now - EARLIER_AND_LATER, now + EARLIER_AND_LATER + 1)
    fitting = [step for step in steps if hmac.compare_digest(code_of(seed, step), typed)]
    return fitting[-1] if fitting else None


def address(seed: str, owner: str, issuer: str) -> str:
    """Write what an app reads from a QR code."""
    return f"otpauth://totp/{quote(issuer)}:{quote(owner)}?" + urlencode({"secret": seed, "issuer": issuer})


def spelled(text: str) -> str:
    """Write a secret or a code in groups of four."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def new_recovery_codes() -> list[str]:
    """Draw the codes that stand in for a lost telephone."""
    return ["".join(secrets.choice(ALPHABET) for _letter in range(RECOVERY_LENGTH)) for _code in range(RECOVERY_CODES)]


def read_recovery_code(text: str) -> str:
    """Read what somebody typed from paper; empty when it is no recovery code."""
    code = re.sub(r"[\s-]", "", text).upper().translate(LOOK_ALIKES)
    return code if len(code) == RECOVERY_LENGTH and set(code) <= set(ALPHABET) else ""
