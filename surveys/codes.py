"""Codes that people type: invitations on letters, codes to come back to a draft, receipt numbers.

A code is written in the 32 letters and digits that cannot be taken for one another. Its last two characters check the
others, so that a mistyped code is told from an unknown one: any one wrong character and any two exchanged ones are
found. Only the HMAC of a code is ever kept, and each purpose has HMACs of its own.
"""

import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, which look like 1 and 0, and no U."""

GROUP = 4
CHECK_LENGTH = 2
CODE_LENGTH = 28
"""An invitation: seven groups, 130 random bits and the check."""

DRAFT_CODE_LENGTH = 20
"""A code to come back with: five groups, 90 random bits and the check; it lives for fourteen days only."""

LENGTHS = frozenset({CODE_LENGTH, DRAFT_CODE_LENGTH})
RECEIPT_PREFIX, RECEIPT_LENGTH = "AN", 12

INVITATIONS, DRAFTS, RECEIPTS, BODIES = "invitation", "draft", "receipt", "answers"
"""Purposes: one code never has the same HMAC in two tables."""

_PRIME = 1021
"""The greatest prime that two characters can hold: the whole code, read as a number, leaves 1 when divided by it."""

_LOOK_ALIKES = str.maketrans("OIL", "011")
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def new_code() -> str:
    """Draw the code of an invitation."""
    return _drawn(CODE_LENGTH)


def new_draft_code() -> str:
    """Draw the code of a draft."""
    return _drawn(DRAFT_CODE_LENGTH)


def normalised(text: str) -> str:
    """Give a typed code as it was drawn: blanks and dashes go, case does not matter, O is 0, I and L are 1."""
    return "".join(letter for letter in text.upper() if letter.isalnum()).translate(_LOOK_ALIKES)


def is_well_formed(code: str) -> bool:
    """Tell whether a normalised code could be one of ours; otherwise somebody mistyped it."""
    return len(code) in LENGTHS and set(code) <= _VALUES.keys() and _number(code) % _PRIME == 1


def shown(code: str) -> str:
    """Give a code in groups of four, as it is printed and read aloud."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def hmac_of(code: str, secret: str, purpose: str) -> str:
    """Give what is kept of a code (normalise it first) or of another secret text: 64 hexadecimal digits."""
    return hmac.digest(secret.encode(), f"{purpose}\0{code}".encode(), "sha256").hex()


def receipt_of(key: str, secret: str) -> str:
    """Give the receipt number of a submission sent with a form's key; the same key always gives the same number."""
    number = int(hmac_of(key, secret, "receipt number"), 16) % len(ALPHABET) ** RECEIPT_LENGTH
    return f"{RECEIPT_PREFIX}-{shown(_letters(number, RECEIPT_LENGTH))}"


def _drawn(length: int) -> str:
    data = secrets.randbelow(len(ALPHABET) ** (length - CHECK_LENGTH)) * len(ALPHABET) ** CHECK_LENGTH
    return _letters(data + (1 - data) % _PRIME, length)


def _letters(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, value = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[value])
    return "".join(reversed(letters))


def _number(code: str) -> int:
    number = 0
    for letter in code:
        number = number * len(ALPHABET) + _VALUES[letter]
    return number
