"""How a release is written down so that anybody can check it: one text for the same figures, and its digest."""

import hashlib
import json
from typing import Any

Record = dict[str, Any]


def written(record: Record) -> str:
    """Write figures as canonical JSON: keys in order, no spaces, UTF-8 without escapes."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """Give the SHA-256 of a text, as `sha256sum` gives it for its file."""
    return hashlib.sha256(text.encode()).hexdigest()
