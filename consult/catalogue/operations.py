"""Writing the catalogue: a sheet's rows become categories, and a changed name becomes a new name from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from consult.catalogue.models import Category, CategoryGroup, CategoryName, Precision
from consult.catalogue.sheet import CatalogueRefused, Fault, FaultKind, Row
from consult.db import db


@dataclass(frozen=True)
class Loaded:
    """What a sheet did: rows read, categories new, changed and left as they were."""

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int = 0


def load(rows: Sequence[Row], today: date) -> Loaded:
    """Bring the catalogue to what the sheet says; categories that it does not name stay. Loading twice changes nothing.

    A category whose name differs gets a further name from the row's `name_from` on, or from today.
    """
    _load_groups(rows)
    known = {category.code: category for category in db.session.scalars(select(Category))}
    _check_names(rows, known)
    new = [_add(row, position) for position, row in enumerate(rows) if row.code not in known]
    old = [(position, row) for position, row in enumerate(rows) if row.code in known]
    changed = sum([_change(known[row.code], row, position, today) for position, row in old])
    db.session.flush()
    return Loaded(len(rows), len(new), changed, len(old) - changed)


def _load_groups(rows: Sequence[Row]) -> None:
    for code, letter, name_pl, name_en, name_uk in {row.group: None for row in rows}:
        group = db.session.get(CategoryGroup, code) or CategoryGroup(code=code)
        _set(group, {"letter": letter, "name_pl": name_pl, "name_en": name_en, "name_uk": name_uk})
        db.session.add(group)
    db.session.flush()


def _check_names(rows: Sequence[Row], known: dict[str, Category]) -> None:
    """Refuse a name that would begin before the one it follows."""
    faults = [
        Fault(FaultKind.EARLIER_NAME, row.number, "name_from", row.name_from.isoformat())
        for row in rows
        if row.name_from is not None
        and row.code in known
        and row.name_from < known[row.code].names[-1].valid_from
        and row.names != _newest(known[row.code])
    ]
    if faults:
        raise CatalogueRefused(faults, len(rows))


def _add(row: Row, position: int) -> Category:
    category = Category(code=row.code, position=position, **_rules(row))
    category.names = [_name(row, row.name_from or row.valid_from)]
    db.session.add(category)
    return category


def _change(category: Category, row: Row, position: int, today: date) -> bool:
    """Give an existing category the row's rules and, when its name differs, a further name."""
    ruled = _set(category, {**_rules(row), "position": position})
    renamed = row.names != _newest(category)
    if renamed:
        _rename(category, row, row.name_from or today)
    return ruled or renamed


def _rename(category: Category, row: Row, day: date) -> None:
    newest = category.names[-1]
    if newest.valid_from == day:
        newest.pl, newest.en, newest.uk = row.names
    else:
        category.names.append(_name(row, max(day, newest.valid_from)))


def _name(row: Row, day: date) -> CategoryName:
    name_pl, name_en, name_uk = row.names
    return CategoryName(valid_from=day, pl=name_pl, en=name_en, uk=name_uk)


def _newest(category: Category) -> tuple[str, str, str]:
    newest = category.names[-1]
    return newest.pl, newest.en, newest.uk


def _rules(row: Row) -> dict[str, Any]:
    return {
        "group_code": row.group[0],
        "precision": Precision(row.precision),
        "requires_description": row.requires_description,
        "asks_time": row.asks_time,
        "allows_photo": row.allows_photo,
        "radius_m": row.radius_m,
        "take_up_days": row.take_up_days,
        "verify_days": row.verify_days,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "aliases": list(row.aliases),
    }


def _set(thing: Any, values: dict[str, Any]) -> bool:
    """Set what differs and tell whether anything did."""
    different = {name: value for name, value in values.items() if getattr(thing, name) != value}
    for name, value in different.items():
        setattr(thing, name, value)
    return bool(different)
