"""What a threat is, told by its voices: figures of each cluster, computed alike for one threat and for all."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consult.observations.table import PLANES, Table

Column = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Gathered:
    """Figures of clusters, one row each, in the order of `labels` (ascending).

    `spot` is the row of the voice that stands for the cluster: the one nearest to the weighted middle, so that a
    threat lies where somebody saw it, in a real district. `category` is what most voices call it.
    """

    labels: Column
    observations: Column
    voices: Column
    independent: Column
    planes: Column
    first_day: Column
    last_day: Column
    category: Column
    spot: Column


def gather(table: Table, labels: Column) -> Gathered:
    """Compute the figures of the clusters that `labels` makes of the voices of `table`."""
    known, of = np.unique(labels, return_inverse=True)
    count = len(known)
    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(first, of, table.start_day)
    np.maximum.at(last, of, table.end_day)
    return Gathered(
        labels=known,
        observations=np.bincount(of, minlength=count),
        voices=np.bincount(of, weights=table.voices, minlength=count).astype(np.int64),
        independent=_independent(table, of, count),
        planes=np.column_stack([np.bincount(of[table.plane == k], minlength=count) for k in range(len(PLANES))]),
        first_day=first,
        last_day=last,
        category=_most_called(table, of, count),
        spot=_standing_for(table, of, count),
    )


def _independent(table: Table, of: Column, count: int) -> Column:
    """Count the different people of each cluster: ten reports of one hand are one voice."""
    pairs = np.unique(np.column_stack([of, table.voice]), axis=0)
    return np.bincount(pairs[:, 0], minlength=count)


def _most_called(table: Table, of: Column, count: int) -> Column:
    """Find the category most voices name, ties to the first code of the alphabet."""
    rank = np.argsort(np.argsort(table.categories.texts)) if table.categories.texts else np.empty(0, np.int64)
    pairs, votes = np.unique(np.column_stack([of, table.category]), axis=0, return_counts=True)
    order = np.lexsort((rank[pairs[:, 1]], -votes, pairs[:, 0]))
    best = pairs[order]
    heads = np.searchsorted(best[:, 0], np.arange(count))
    return np.asarray(best[heads, 1])


def _standing_for(table: Table, of: Column, count: int) -> Column:
    """Find the voice nearest to the middle of each cluster, exact places counting more; ties go by key.

    A voice about a whole area has no spot; it stands for a cluster only where nobody is more exact.
    """
    weight = np.where(table.has_spot, 1.0 / np.square(np.maximum(table.accuracy_m, 1.0)), 1e-12)
    total = np.bincount(of, weights=weight, minlength=count)
    x = np.bincount(of, weights=weight * table.x, minlength=count) / total
    y = np.bincount(of, weights=weight * table.y, minlength=count) / total
    away = np.round(np.hypot(table.x - x[of], table.y - y[of]), 3)
    order = np.lexsort((table.order_key, table.accuracy_m, away, ~table.has_spot, of))
    return order[np.searchsorted(of[order], np.arange(count))]
