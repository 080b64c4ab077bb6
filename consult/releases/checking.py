"""Checking a release as anybody could: from what was published alone."""

from dataclasses import dataclass, field
from typing import Any

from consult.attack import Contradiction, Range
from consult.releases import cube, polls
from consult.releases.models import ReleaseKind
from consult.releases.sealing import Record, digest_of


@dataclass(frozen=True)
class Verdict:
    """What a check found: the digest differs, the figures contradict each other, or hidden cells can be worked out."""

    is_intact: bool
    agrees: bool = True
    worked_out: dict[str, Range] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return self.is_intact and self.agrees and not self.worked_out

    @property
    def facts(self) -> dict[str, Any]:
        """The verdict as plain values."""
        return {
            "intact": self.is_intact,
            "agrees": self.agrees,
            "worked_out": {name: [one.low, one.high] for name, one in self.worked_out.items()},
        }


def verdict(kind: ReleaseKind, text: str, digest: str, record: Record) -> Verdict:
    """Check a release: its text against its digest, its figures against each other, its hidden cells by an attack."""
    is_intact = digest_of(text) == digest
    try:
        found = cube.worked_out(record) if kind is ReleaseKind.THREATS else polls.worked_out(record)
    except Contradiction:
        return Verdict(is_intact, agrees=False)
    return Verdict(is_intact, worked_out=found)
