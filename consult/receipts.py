"""Receipts: the secret link that a resident keeps. The same form gives the same receipt, however often it is sent."""

import base64
import hashlib
import hmac
import re

BYTES = 20
"""160 bits, which make 32 letters and digits without padding."""

_RECEIPT = re.compile(r"(?<![a-z2-7])(?:[1-9][0-9]{0,17}-)?[a-z2-7]{32}(?![a-z2-7])", re.ASCII)


def receipt_of(purpose: str, key: str, secret: str) -> str:
    """Give the receipt of a form's key, another one for each purpose; whoever does not know the secret cannot."""
    sealed = hmac.digest(secret.encode(), f"{purpose} {key}".encode(), "sha256")
    return base64.b32encode(sealed[:BYTES]).decode().lower()


def receipt_in(text: str) -> str | None:
    """Find the receipt, or the key of a letter, in what somebody typed or copied: an address, or with blanks in it."""
    found = _RECEIPT.search(text.strip().lower()) or _RECEIPT.search("".join(text.lower().split()))
    return found.group() if found else None


def hash_of(receipt: str) -> str:
    """Give what is stored of a receipt."""
    return hashlib.sha256(receipt.lower().encode("utf-8", "replace")).hexdigest()
