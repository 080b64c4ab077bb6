"""Reading the catalogue: what holds on a day, and a category by any name it goes by."""

from datetime import date

from sqlalchemy import select

from consult.catalogue.models import Category, CategoryGroup
from consult.db import db
from consult.words import folded


def everything() -> list[Category]:
    """List all categories ever, in the order of the catalogue."""
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.code)))


def valid_on(day: date) -> list[Category]:
    """List the categories under which something of a day may be put, in the order of the catalogue."""
    return [category for category in everything() if category.is_valid_on(day)]


def by_code(code: str) -> Category | None:
    """Find a category by its code."""
    return db.session.get(Category, code) if code.isprintable() else None  # PostgreSQL takes no NUL


def by_name(text: str) -> Category | None:
    """Find a category by its code or any name it has or had, in any language, without regard to case and accents."""
    wanted = _plain(text)
    return next((category for category in everything() if wanted in _known_as(category)), None)


def groups() -> list[CategoryGroup]:
    """List the groups of categories by their letters."""
    return list(db.session.scalars(select(CategoryGroup).order_by(CategoryGroup.letter, CategoryGroup.code)))


def _known_as(category: Category) -> set[str]:
    names = [name for entry in category.names for name in (entry.pl, entry.en, entry.uk)]
    return {_plain(name) for name in (category.code, *names, *category.aliases)}


def _plain(text: str) -> str:
    return " ".join(folded(text).split())
