"""Attackers of the tests' own: they share no line with the product's, so that both would have to be wrong alike."""

import os
from itertools import product

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import linprog

ATTACKS = int(os.environ.get("ATTACKS", "8"))
"""Tables that are attacked: few in the gate, many by `script/trial disclosure`."""

many = settings(max_examples=ATTACKS, deadline=None)
counts = st.one_of(st.integers(0, 6), st.integers(0, 60))


@st.composite
def countries(draw, columns=("a", "b", "c"), most=3):
    """Counts of some districts of some voivodeships by column."""
    found = {}
    for voivodeship in range(1, draw(st.integers(1, most)) + 1):
        for district in range(1, draw(st.integers(1, most)) + 1):
            for column in columns:
                found[f"{voivodeship * 2:02}{district:02}", column] = draw(counts)
    return found


def true_cells(counts):
    """Every figure of the release as it really is: areas × columns, with all totals."""
    found = {}
    for (district, column), count in counts.items():
        for area, name in product(("PL", district[:2], district), (column, "#together")):
            found[area, name] = found.get((area, name), 0) + count
    return found


def bounds(shown, districts, columns):
    """Work out what every hidden leaf may be, from the printed figures alone; a leaf that is hidden is one at least.

    `shown` maps (area, column) to a number or None; leaves are districts × columns.
    """
    leaves = [(district, column) for district in districts for column in columns]
    place = {leaf: number for number, leaf in enumerate(leaves)}
    rows, right, low, high = [], [], [], []
    for leaf in leaves:
        printed = shown[leaf]
        low.append(1 if printed is None else printed)
        high.append(None if printed is None else printed)
    for (area, column), printed in shown.items():
        if printed is None or (area, column) in place:
            continue
        inside = [
            leaf for leaf in leaves if (area == "PL" or leaf[0].startswith(area)) and column in {leaf[1], "#together"}
        ]
        row = np.zeros(len(leaves))
        row[[place[leaf] for leaf in inside]] = 1
        rows.append(row)
        right.append(printed)
    limits = list(zip(low, high, strict=True))

    def extreme(cells, sign):
        aim = np.zeros(len(leaves))
        aim[[place[leaf] for leaf in cells]] = sign
        done = linprog(aim, A_eq=np.array(rows) if rows else None, b_eq=right or None, bounds=limits, method="highs")
        if done.status == 3:
            return float("inf")
        assert done.status == 0, done.message
        return sign * done.fun

    found = {}
    for (area, column), printed in shown.items():
        if printed is None:
            inside = [
                leaf
                for leaf in leaves
                if (area == "PL" or leaf[0].startswith(area)) and column in {leaf[1], "#together"}
            ]
            found[area, column] = (extreme(inside, 1), extreme(inside, -1), len([x for x in inside if shown[x] != 0]))
    return found
