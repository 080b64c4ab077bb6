"""The rule of joining in force: weights, thresholds and how exact each kind of place has proved to be.

A kind of place is a plane of information and the accuracy that is claimed, by doublings of ten metres: the pins that
residents set and say to be exact to 30 m are one kind, streets named at meetings another. What a kind has proved to be
stands for what it claims, so that nobody's optimism counts as evidence.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from consult.observations.table import PLANES
from consult.threats.fitting import accurate
from consult.threats.linking import DEFAULT_THRESHOLDS, DEFAULT_WEIGHTS, FINEST_M, Floats, Integers, Thresholds, Weights

CLASSES = 16
"""More doublings of FINEST_M than any place on earth needs."""


class Claimed(Protocol):
    """Columns of voices, such as a Table: the plane of each by its number, and the metres that its place claims."""

    @property
    def plane(self) -> Integers: ...

    @property
    def accuracy_m(self) -> Floats: ...


@dataclass(frozen=True)
class Rule:
    """How two voices are compared, and from which score on the machine links or asks.

    `accuracies` gives metres by kind of place, named as `named` does. `fitted_at` is None for the weights that
    come with the product.
    """

    weights: Weights = DEFAULT_WEIGHTS
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    accuracies: Mapping[str, float] = field(default_factory=dict)
    fitted_at: datetime | None = None

    @property
    def is_fitted(self) -> bool:
        """Whether the weights were learnt from the voices here, so that a score may be read as a probability."""
        return self.fitted_at is not None

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that name the rule beside what it did."""
        said: dict[str, Any] = {"weights": self.weights.record, "accuracies": dict(self.accuracies)}
        if self.thresholds != DEFAULT_THRESHOLDS:
            said["thresholds"] = asdict(self.thresholds)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def accuracy_m(self, voices: Claimed) -> Floats:
        """Return the accuracy of each voice's place in metres: the proved one of its kind, else the claimed one."""
        if not self.accuracies:
            return voices.accuracy_m
        kinds = kinds_of(voices)
        names = named(kinds)
        proved = {kind: self.accuracies[name] for kind, name in names.items() if name in self.accuracies}
        return accurate(voices.accuracy_m, kinds, proved)


DEFAULT_RULE = Rule()


def kinds_of(voices: Claimed) -> Integers:
    """Number the kind of place of each voice."""
    doubling = np.floor(np.log2(np.maximum(voices.accuracy_m, FINEST_M) / FINEST_M)).astype(np.int64)
    return np.asarray(voices.plane * CLASSES + np.minimum(doubling, CLASSES - 1))


def named(kinds: Integers) -> dict[int, str]:
    """Name the kinds of places there are, such as "online 40": a plane, and the metres that the claim stays below.

    Places said to be more exact than FINEST_M count as those that claim FINEST_M.
    """
    return {
        kind: f"{PLANES[kind // CLASSES]} {FINEST_M * 2 ** (kind % CLASSES + 1):.0f}"
        for kind in np.unique(kinds).tolist()
    }
