"""What a page of a questionnaire carries on to the next one: the answers so far, signed, inside the form itself.

Nothing of it is stored until it is sent (or until somebody asks us to keep it), so nothing is left behind by whoever
stops halfway. The signature lets places be trusted that were checked when they were marked; all else is checked again.
"""

import re
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from itsdangerous import BadData, URLSafeSerializer

SALT = "answers of a survey"
NEW = "new"
_BEGUN = re.compile(rf"{NEW}\.(\d{{1,18}})\.([a-z]{{2}})\.([0-9a-f]{{32}})", re.ASCII)
LARGEST = 256 * 1024
"""Characters of what a form may carry: more than any questionnaire's answers need."""


class NotOurs(ValueError):
    """What came back was not signed here."""


@dataclass(frozen=True)
class VersionKey:
    """A version by its row alone."""

    id: int


@dataclass(frozen=True)
class Carried:
    """Answers under way. `key` makes two clicks one submission; `opened` is when the form was begun, in seconds."""

    version_id: int
    language: str
    answers: dict[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=lambda: secrets.token_hex(16))
    code: str = ""
    draft_code: str = ""
    opened: int = field(default_factory=lambda: int(time.time()))

    @property
    def version(self) -> VersionKey:
        """The version that is answered, by its row."""
        return VersionKey(self.version_id)

    def with_answers(self, answers: dict[str, Any]) -> Self:
        """Carry other answers on."""
        return replace(self, answers=answers)

    @property
    def is_new(self) -> bool:
        """Whether nothing has been answered yet, and no code given."""
        return not (self.answers or self.code or self.draft_code)

    def signed(self, secret: str) -> str:
        """Write it for a hidden field. Who has answered nothing carries nothing that anybody could forge."""
        if self.is_new:
            return f"{NEW}.{self.version_id}.{self.language}.{self.key}"
        return str(_signer(secret).dumps(asdict(self)))

    @classmethod
    def read(cls, text: str, secret: str) -> Self:
        """Read it back, or raise NotOurs."""
        if len(text) > LARGEST:
            raise NotOurs
        if begun := _BEGUN.fullmatch(text):
            return cls(int(begun[1]), begun[2], key=begun[3])
        try:
            return cls(**_signer(secret).loads(text))
        except (BadData, TypeError) as error:
            raise NotOurs from error


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
