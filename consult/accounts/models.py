"""Tables of units with their dated areas, and of the people who sign in."""

from datetime import date, datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import BigKey, Key, Model
from consult.web.roles import Role


class Unit(Model):
    """A police unit. Its path ends in a slash, so that no unit's scope is the beginning of another's name."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("path LIKE '%/'", "path_ends_in_a_slash"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    path: Mapped[str] = mapped_column(String(200), unique=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    areas: Mapped[list["UnitArea"]] = relationship(back_populates="unit", lazy="selectin")
    duties: Mapped[list["UnitDuty"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def area_codes(self, day: date) -> tuple[str, ...]:
        """List the TERYT codes the unit serves on a day; it need not equal a district."""
        return tuple(sorted(area.area_code for area in self.areas if area.is_valid_on(day)))

    def serves_from(self, area_code: str, day: date) -> bool:
        """Tell whether the unit serves the very area on a day, or will later."""
        same = [area for area in self.areas if area.area_code == area_code]
        return any(area.valid_to is None or area.valid_to > day for area in same)


class UnitArea(Model):
    """A voivodeship (two digits), district (four) or commune (six) that a unit serves, with dates."""

    __tablename__ = "unit_area"

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    area_code: Mapped[str] = mapped_column(String(6))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    unit: Mapped[Unit] = relationship(back_populates="areas")

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the unit serves the area on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class UnitDuty(Model):
    """A group of categories for which a unit answers, such as road traffic; a unit without any answers for all."""

    __tablename__ = "unit_duty"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("category_group.code"), primary_key=True)


class Account(UserMixin, Model):  # type: ignore[misc]  # Flask-Login has no types
    """A person of the police who signs in. Residents never do."""

    __tablename__ = "account"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    function: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    session_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Names the time since which sessions hold: it changes, and all of them end, with a password and at the end."""
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)

    unit: Mapped[Unit] = relationship(lazy="joined")
    successor: Mapped["Account | None"] = relationship(remote_side="Account.id")

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.left_at is None

    @property
    def scope(self) -> str:
        """The path of the unit within which the role holds."""
        return self.unit.path

    @property
    def unit_path(self) -> str:
        """The path under which others may administer the account."""
        return self.unit.path


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_PASSWORD = "first_password"  # noqa: S105
    FORGOTTEN_PASSWORD = "forgotten_password"  # noqa: S105


class OneTimeLink(Model):
    """A link that sets a password once. Only the hash of its token is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()

    def is_open_at(self, moment: datetime) -> bool:
        """Tell whether the link still sets a password."""
        return self.used_at is None and moment < self.expires_at and self.account.is_active


class AccountUse(Model):
    """How an account is used: its last sign-in, the letter that says it will be closed, the newest news seen."""

    __tablename__ = "account_use"

    account_id: Mapped[int] = mapped_column(BigKey, ForeignKey("account.id"), primary_key=True, autoincrement=False)
    last_used_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    news_seen: Mapped[int | None]


class SavedView(Model):
    """A list with its filters as somebody wants to find it again, under a name of their own, for nobody else."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("account_id", "page", "name"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    page: Mapped[str] = mapped_column(String(60))
    """The endpoint of the list."""
    name: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[str] = mapped_column(String(600))
    """Its filters as they stand in an address: `status=new&district=1003`."""


class SecondStep(Model):
    """What an account is asked for after its password. The seed is sealed (`consult.accounts.seeds`)."""

    __tablename__ = "second_step"

    account_id: Mapped[int] = mapped_column(BigKey, ForeignKey("account.id"), primary_key=True, autoincrement=False)
    seed: Mapped[str] = mapped_column(String(300))
    set_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The half minute of the code that was taken last: none of it or of before is taken again."""


class RecoveryCode(Model):
    """A code on paper that stands in for the app once. Only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(BigKey, ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]
