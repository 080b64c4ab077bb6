"""Seeds of one-time codes, sealed: a copy of the database alone makes no codes.

The key is derived from SECRET_KEY; with another SECRET_KEY no seed can be read any more, and everybody sets up the
second step anew. A seal names its purpose and its account, so what was sealed for one is none for another.
"""

import base64
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

OFFER_LIFE_S = 3600
"""So long a page that offers a seed can be used."""


class Purpose(StrEnum):
    """What a sealed seed is for: a page offers it, or an account has it."""

    OFFERED = "offered"
    KEPT = "kept"


def sealed(seed: str, account_id: int, purpose: Purpose, secret: str) -> str:
    """Seal the seed of an account."""
    return _fernet(purpose, secret).encrypt(f"{account_id} {seed}".encode()).decode()


def opened(seal: str, account_id: int, purpose: Purpose, secret: str) -> str | None:
    """Open a seal; None when it is none of ours for this account and purpose, or an offer that is too old."""
    life = OFFER_LIFE_S if purpose is Purpose.OFFERED else None
    try:
        whose, _, seed = _fernet(purpose, secret).decrypt(seal.encode(), ttl=life).decode().partition(" ")
    except (InvalidToken, ValueError):
        return None
    return seed if whose == str(account_id) else None


def _fernet(purpose: Purpose, secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seed of one-time codes, {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
