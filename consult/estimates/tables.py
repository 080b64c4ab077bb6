"""Whether two questions go together: Pearson's test of a table, corrected for the design (Rao and Scott, 1984).

The second-order correction with an F distribution (Thomas and Rao, 1987), as `svychisq` of R's survey package computes
it by default. A plain chi-squared test takes people of one cluster, or with uneven weights, for more than they are.
"""

from dataclasses import dataclass

import numpy as np

from consult.estimates.designs import Codes, Floats
from consult.estimates.measures import Sample


@dataclass(frozen=True, slots=True)
class Association:
    """The test of a table: Pearson's figure, F with its degrees of freedom, and how probable such an F is by chance."""

    pearson: float
    statistic: float
    numerator: float
    denominator: float
    probability: float


def association(sample: Sample, rows: Codes, columns: Codes) -> Association | None:
    """Test whether two ways of dividing people go together; None where a table has only one row or column.

    -1 in either stands for people who are not in the table.
    """
    inside = (rows >= 0) & (columns >= 0)
    row, column = _renumbered(rows, inside), _renumbered(columns, inside)
    height, width = int(row.max()) + 1, int(column.max()) + 1
    if height < 2 or width < 2:
        return None
    cells = np.where(inside, row * width + column, -1)
    shares, covariance = sample.shares(cells, height * width)
    return _tested(shares, covariance, (height, width), int(inside.sum()), sample.design.degrees_of(inside))


def _renumbered(codes: Codes, inside: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> Codes:
    """Number the codes in use from 0 without gaps."""
    found = np.full(len(codes), -1, dtype=np.int64)
    found[inside] = np.unique(codes[inside], return_inverse=True)[1]
    return found


def _tested(
    shares: Floats, covariance: Floats, shape: tuple[int, int], people: int, degrees: int
) -> Association | None:
    from scipy.special import fdtrc  # a third of a second to load, and most pages need none of it

    grid = shares.reshape(shape)
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0)).reshape(-1)
    pearson = people * float(((shares - expected) ** 2 / expected).sum())
    effects = _effects(shares, covariance, shape, people)
    trace = float(np.trace(effects))
    if trace <= 0 or degrees <= 0:
        return None  # a census, or a design without any spread: there is nothing to be tested
    numerator = trace**2 / float(np.trace(effects @ effects))
    statistic = pearson / trace
    denominator = numerator * degrees
    return Association(pearson, statistic, numerator, denominator, float(fdtrc(numerator, denominator, statistic)))


def _effects(shares: Floats, covariance: Floats, shape: tuple[int, int], people: int) -> Floats:
    """Give the matrix of generalised design effects of the interactions."""
    main, interactions = _contrasts(shape)
    contrasts = interactions - main @ np.linalg.lstsq(main, interactions, rcond=None)[0]
    inverse = np.where(shares > 0, 1 / np.where(shares > 0, shares, 1.0), 0.0)
    scaled = contrasts * inverse[:, None]
    return np.asarray(np.linalg.solve(contrasts.T @ (scaled / people), scaled.T @ covariance @ scaled))


def _contrasts(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Give the columns of the main effects and of the interactions, the first row and column being the reference."""
    height, width = shape
    row, column = np.divmod(np.arange(height * width), width)
    rows = (row[:, None] == np.arange(1, height)).astype(float)
    columns = (column[:, None] == np.arange(1, width)).astype(float)
    main = np.concatenate([np.ones((height * width, 1)), rows, columns], axis=1)
    both = (rows[:, :, None] * columns[:, None, :]).reshape(height * width, -1)
    return main, both
