"""Tables of the catalogue: groups, categories with their rules, and their names over time."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import Key, Model


class Precision(StrEnum):
    """How exactly the public may see where threats of a category are."""

    EXACT = "exact"
    GENERALISED = "generalised"
    NEVER = "never"


class CategoryGroup(Model):
    """Categories that people confuse with each other: the evidence, not the name, joins voices within one group."""

    __tablename__ = "category_group"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_pl: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    name_uk: Mapped[str] = mapped_column(String(120))
    letter: Mapped[str] = mapped_column(String(2))

    def name(self, language: str) -> str:
        """Give the name in a language."""
        return str(getattr(self, f"name_{language}"))


class Category(Model):
    """A kind of threat with its rules. The code is stable for ever; names change by date.

    `aliases` are other names under which letters and files of the police know it; `position` is its place in the list.
    """

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint("radius_m > 0 AND radius_m <= 1000", "radius_within_a_kilometre"),
        CheckConstraint("take_up_days > 0 AND verify_days >= take_up_days", "deadlines_in_order"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", "validity_in_order"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("category_group.code"))
    precision: Mapped[Precision]
    requires_description: Mapped[bool]
    asks_time: Mapped[bool]
    allows_photo: Mapped[bool] = mapped_column(default=True)
    radius_m: Mapped[int]
    take_up_days: Mapped[int]
    verify_days: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    position: Mapped[int]
    aliases: Mapped[list[str]]

    group: Mapped[CategoryGroup] = relationship(lazy="joined")
    names: Mapped[list["CategoryName"]] = relationship(lazy="selectin", order_by="CategoryName.valid_from")

    @property
    def join_group(self) -> str:
        """Name the voices this category may be joined with: its group, and only categories shown as exactly.

        A threat that anyone may see must never take in, or be taken into, one whose place would harm a person.
        """
        return self.group_code if self.precision is Precision.EXACT else f"{self.group_code}.{self.precision.value}"

    def is_valid_on(self, day: date) -> bool:
        """Tell whether something of a day may be put under this category."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def name(self, language: str = "pl", on: date | None = None) -> str:
        """Give the name in a language as it was on a day, by default the newest."""
        known = [entry for entry in self.names if on is None or entry.valid_from <= on] or self.names[:1]
        return str(getattr(known[-1], language))


class CategoryName(Model):
    """What a category is called from a day on."""

    __tablename__ = "category_name"

    id: Mapped[Key]
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"), index=True)
    valid_from: Mapped[date]
    pl: Mapped[str] = mapped_column(String(160))
    en: Mapped[str] = mapped_column(String(160))
    uk: Mapped[str] = mapped_column(String(160))
