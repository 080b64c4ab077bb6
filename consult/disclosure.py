"""What may be published of a count: the one gate that every public figure of generalised categories passes.

Staff see exact figures of their own unit. The public sees threats of exact categories one by one; of the others only
counts, from five on (`HIDDEN_BELOW`), and where one cell of a table is hidden, the next smallest is hidden with it, so
that a subtraction from the total does not give it back.
"""

from collections.abc import Mapping, Sequence

HIDDEN_BELOW = 5


def published(count: int) -> int | None:
    """Give a count as the public may see it: None where it is from one to four; nobody is hidden behind a zero."""
    return count if count == 0 or count >= HIDDEN_BELOW else None


def published_cells(cells: Mapping[str, int]) -> dict[str, int | None]:
    """Give the cells of one printed total as the public may see them.

    One hidden cell alone could be found by subtraction; a second one is hidden then: the smallest of the others that
    is not zero. Ties fall to the first by name, so that two runs print the same.
    """
    shown: dict[str, int | None] = {name: published(count) for name, count in cells.items()}
    hidden = [name for name, count in shown.items() if count is None]
    if len(hidden) == 1:
        others = sorted((count, name) for name, count in cells.items() if name not in hidden and count > 0)
        if others:
            shown[others[0][1]] = None
    return shown


def sums_safely(cells: Sequence[int]) -> bool:
    """Tell whether a total may stand beside its published cells: when none or at least two of them are hidden."""
    hidden = sum(1 for count in cells if published(count) is None)
    return hidden != 1 or sum(1 for count in cells if count > 0) > 1
