"""From the table of voices to the columns that the pure rule reads."""

from collections.abc import Mapping

import numpy as np

from consult.geo import Place
from consult.observations.table import Table
from consult.threats.linking import Voices
from consult.threats.rule import DEFAULT_RULE, Rule


def voices_of(table: Table, radii: Mapping[str, int], places: Mapping[int, Place], rule: Rule = DEFAULT_RULE) -> Voices:
    """Make the columns of `linking` from a table; `places` holds those of lines and areas, by observation id.

    Places are as exact as the rule knows their kind to be.
    """
    reach = np.array([radii[code] for code in table.categories.texts], dtype=np.float64)
    reach_m = reach[table.category] if len(table) else np.empty(0)
    return Voices.of(
        key=table.order_key,
        x=table.x,
        y=table.y,
        accuracy_m=rule.accuracy_m(table),
        reach_m=np.where(table.has_spot, reach_m, 0.0),
        category=table.category,
        group=table.group,
        start_day=table.start_day,
        end_day=table.end_day,
        weekdays=table.weekdays,
        times_of_day=table.times_of_day,
        words=table.words_mask,
        street=table.street_code,
        geometry=_outlines(table, places) if places else None,
    )


def _outlines(table: Table, places: Mapping[int, Place]) -> list[object]:
    return [places[number].metres if number in places else None for number in table.id.tolist()]
