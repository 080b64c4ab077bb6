"""How far two coders agree who read the same texts without seeing each other's codes.

Each theme is a question of its own, yes or no for each text: a table of two by two, Cohen's kappa (1960) with the
large-sample interval of Fleiss, Cohen and Everitt (1969). All themes together are told by the pooled kappa (de Vries
and others, 2008), whose interval is a percentile bootstrap over texts with a fixed seed. Where nearly all texts have a
theme or lack it, kappa is low although the coders hardly differ (Feinstein and Cicchetti, 1990): such a kappa is marked
and the adjusted one (Byrt, Bishop and Carlin, 1993) stands beside it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import sqrt

import numpy as np

from consult.estimates.intervals import Z_95, wilson

ODD_FROM = 0.8
"""From this prevalence index on a kappa is marked: at most one text in ten has the theme, or lacks it."""

CERTAIN = 1e-9
"""A standard error below this is nought."""

RESAMPLES = 2_000
SEED = 19_690

Interval = tuple[float, float]
Judged = tuple[AbstractSet[str], AbstractSet[str]]
"""What the two gave one text."""

Kinds = Mapping[tuple[frozenset[str], frozenset[str]], int]
"""How often they gave a text just this."""


@dataclass(frozen=True, slots=True)
class Table:
    """One theme in texts that two people read: both gave it, only the first, only the second, neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def texts(self) -> int:
        """All texts."""
        return self.both + self.first + self.second + self.neither

    @property
    def observed(self) -> float:
        """The share of texts in which they agree."""
        return (self.both + self.neither) / self.texts

    @property
    def expected(self) -> float:
        """The share in which chance alone would make them agree."""
        ours, theirs = self.both + self.first, self.both + self.second
        return (ours * theirs + (self.texts - ours) * (self.texts - theirs)) / self.texts**2

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance; None where nothing was read, or chance alone would agree."""
        if not self.texts or self._is_certain:
            return None
        return (self.observed - self.expected) / (1 - self.expected)

    @property
    def _is_certain(self) -> bool:
        """Whether both gave it to every text, or both to none."""
        return self.texts in {self.both, self.neither}

    @property
    def error(self) -> float | None:
        """The large-sample standard error of kappa; None where there is no kappa."""
        kappa = self.kappa
        if kappa is None:
            return None
        n, agreed, chance = self.texts, self.observed, self.expected
        ours, theirs = (self.both + self.first) / n, (self.both + self.second) / n
        same = self.both / n * ((1 - chance) - (ours + theirs) * (1 - agreed)) ** 2
        same += self.neither / n * ((1 - chance) - (2 - ours - theirs) * (1 - agreed)) ** 2
        # A text that only the first gave the theme lies in row "yes", column "no": p(.yes) + p(no.)
        apart = self.first / n * (theirs + 1 - ours) ** 2 + self.second / n * (1 - theirs + ours) ** 2
        variance = same + (1 - agreed) ** 2 * apart - (agreed * chance - 2 * chance + agreed) ** 2
        return sqrt(max(variance, 0.0) / n) / (1 - chance) ** 2

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of kappa; None where the formula gives one of no width.

        That is so where they never differ, and where one of them never gave the theme.
        """
        kappa, error = self.kappa, self.error
        if kappa is None or error is None or error < CERTAIN:
            return None
        return max(kappa - Z_95 * error, -1.0), min(kappa + Z_95 * error, 1.0)

    @property
    def prevalence(self) -> float:
        """The prevalence index: 0 where half of the texts have the theme, 1 where all or none have it."""
        return abs(self.both - self.neither) / self.texts

    @property
    def adjusted(self) -> float:
        """Kappa adjusted for prevalence and bias: twice the observed agreement, less one."""
        return 2 * self.observed - 1

    @property
    def is_odd(self) -> bool:
        """Whether prevalence makes kappa say little."""
        return self.kappa is not None and self.prevalence >= ODD_FROM


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two coders agree: by theme, on whole texts, and pooled."""

    tables: Mapping[str, Table]
    alike: int
    texts: int
    pooled: float | None
    pooled_interval: Interval | None

    @property
    def share(self) -> float:
        """The share of texts to which both gave just the same."""
        return self.alike / self.texts

    @property
    def share_interval(self) -> Interval:
        """Its 95 % interval (Wilson)."""
        return wilson(self.alike, self.texts)

    @property
    def is_odd(self) -> bool:
        """Whether the prevalence of any theme makes its kappa say little."""
        return any(table.is_odd for table in self.tables.values())


def agreement(judged: Sequence[Judged], codes: Sequence[str]) -> Agreement | None:
    """Compare what two people gave the same texts, code by code; None where there is nothing to compare."""
    if not judged or not codes:
        return None
    kinds = Counter((frozenset(codes) & one, frozenset(codes) & other) for one, other in judged)
    tables = {code: _table(kinds, code) for code in codes}
    alike = sum(count for (one, other), count in kinds.items() if one == other)
    pooled = pooled_kappa(list(tables.values()))
    return Agreement(tables, alike, len(judged), pooled, _bootstrap(kinds, codes) if alike < len(judged) else None)


def _table(kinds: Kinds, code: str) -> Table:
    cells = Counter[tuple[bool, bool]]()
    for (one, other), count in kinds.items():
        cells[code in one, code in other] += count
    return Table(cells[True, True], cells[True, False], cells[False, True], cells[False, False])


def pooled_kappa(tables: Sequence[Table]) -> float | None:
    """Give one kappa of several themes: from the means of what is observed and what chance would give."""
    observed = sum(table.observed for table in tables) / len(tables)
    expected = sum(table.expected for table in tables) / len(tables)
    if all(table.kappa is None for table in tables):
        return None
    return (observed - expected) / (1 - expected)


def _bootstrap(kinds: Kinds, codes: Sequence[str]) -> Interval | None:
    """Draw texts anew with a fixed seed, and give the middle 95 % of the pooled kappas."""
    patterns = sorted(kinds, key=lambda pair: (sorted(pair[0]), sorted(pair[1])))
    weights = np.array([kinds[pattern] for pattern in patterns], dtype=float)
    ours = np.array([[code in one for code in codes] for one, _other in patterns], dtype=float)
    theirs = np.array([[code in other for code in codes] for _one, other in patterns], dtype=float)
    whole = int(weights.sum())
    drawn = np.random.default_rng(SEED).multinomial(whole, weights / whole, size=RESAMPLES) / whole
    first, second = drawn @ ours, drawn @ theirs
    observed = (drawn @ (ours == theirs)).mean(axis=1)
    expected = (first * second + (1 - first) * (1 - second)).mean(axis=1)
    told = expected < 1 - 1e-12
    if not told.any():
        return None
    low, high = np.percentile((observed[told] - expected[told]) / (1 - expected[told]), [2.5, 97.5])
    return float(low), float(high)
