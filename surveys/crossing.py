"""Two questions together: how the answers to one divide within each group of the other.

Groups are told apart by the second question, and each is a block of figures of its own: a small one is hidden, and with
it another one where subtraction would give it back. Whether both go together is tested where people were drawn.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from consult.disclosure import SHARES_FROM, Audience, Crowd, Figures, Share, survey_figures
from consult.estimates import tables
from consult.estimates.designs import Codes
from consult.estimates.measures import kish
from consult.estimates.tables import Association
from surveys.counting import cell_name
from surveys.estimation import Basis

MOST_COLUMNS, MOST_ROWS = 12, 60
"""A wider table is none that anybody reads."""


@dataclass(frozen=True)
class Group:
    """A column: the people of one group, and the share of each answer among them; without figures it is hidden."""

    name: str
    figures: Figures | None
    shares: tuple[Share | None, ...] = ()


@dataclass(frozen=True)
class CrossTable:
    """Answers by groups, everybody beside them, and whether both go together."""

    answers: tuple[str, ...]
    groups: tuple[Group, ...]
    everybody: Group
    association: Association | None

    @property
    def shown(self) -> list[Group]:
        """The groups that may be seen."""
        return [group for group in self.groups if group.figures is not None]


def cross(
    basis: Basis,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    audience: Audience,
    districts: Collection[str] | None = None,
) -> CrossTable:
    """Cross two questions, each given with its answers that count; people outside some districts are left out."""
    some = basis.respondents.of(None, districts)
    answers = np.where(some, _codes(basis, rows), -1)
    groups = np.where(answers >= 0, _codes(basis, columns), -1)
    names = dict(enumerate(columns[1]))
    sizes: Counter[tuple[str, ...]] = Counter(
        (names.get(int(code), ""),) for code, answer in zip(groups, answers, strict=True) if answer >= 0
    )
    crowd = Crowd(sizes)
    found = [
        _group(basis, (rows[1], answers), groups == number, crowd, name, audience)
        for number, name in names.items()
        if crowd.people((0, name))
    ]
    everybody = _group(basis, (rows[1], answers), answers >= 0, crowd, "", audience)
    shown = [number for number, name in names.items() if any(one.name == name and one.figures for one in found)]
    return CrossTable(tuple(rows[1]), tuple(found), everybody, _association(basis, answers, groups, shown))


def _codes(basis: Basis, question: tuple[str, Sequence[str]]) -> Codes:
    name, answers = question
    return basis.respondents.codes(name, [cell_name(answer) for answer in answers])


def _group(
    basis: Basis,
    rows: tuple[Sequence[str], Codes],
    members: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
    crowd: Crowd,
    name: str,
    audience: Audience,
) -> Group:
    answers, codes = rows
    counts = {answer: int(((codes == number) & members).sum()) for number, answer in enumerate(answers)}
    weights = basis.sample.weights * members
    part = (0, name) if name else None
    figures = survey_figures(audience, counts, crowd, part, effective=kish(weights))
    if figures is None:
        return Group(name, None)
    whole = float(weights.sum())
    shares = (float(weights[codes == number].sum()) / whole for number in range(len(answers)))
    return Group(name, figures, tuple(figures.estimated(share) for share in shares))


def _association(basis: Basis, answers: Codes, groups: Codes, shown: Sequence[int]) -> Association | None:
    """Test a table of the groups that may be seen; none where nobody was drawn, or too few are left."""
    inside = np.isin(groups, shown)
    if not basis.has_intervals or not inside.any() or kish(basis.sample.weights[inside]) < SHARES_FROM:
        return None
    return tables.association(basis.sample, np.where(inside, answers, -1), np.where(inside, groups, -1))
