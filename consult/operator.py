"""Who runs an installation, as its pages of the law name them: read from one file, checked before the first request."""

import tomllib
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

MOST_CHARACTERS = 2_000


class OperatorRefused(Exception):
    """The file says something that no page can show; the message names the line's key."""


class Conformity(StrEnum):
    """How far the site meets the act on digital accessibility, as its operator found."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True)
class Contact:
    """Where somebody is reached; nobody is named, for a function outlives its holder."""

    function: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is a way to reach them."""
        return bool(self.email or self.phone)


@dataclass(frozen=True)
class Accessibility:
    """What the declaration of accessibility says beside what the product knows itself.

    Structure and identifiers: technical conditions of publishing a declaration of accessibility, version 2.0 of 31 July
    2024, issued under art. 12 (7) of the act of 4 April 2019 (Dz.U. 2023 poz. 1440).
    """

    published: date | None = None
    changed: date | None = None
    made: date | None = None
    reviewed: date | None = None
    conformity: Conformity | None = None
    made_by: str = ""
    inaccessible: tuple[str, ...] = ()
    building: str = ""
    contact: Contact = field(default_factory=Contact)

    def is_due(self, day: date) -> bool:
        """Tell whether the yearly look at the declaration is late: the act asks for one by each 31 March."""
        looked = max((one for one in (self.made, self.reviewed) if one), default=None)
        term = date(day.year, 3, 31)
        return looked is None or looked.year < (day.year if day > term else day.year - 1)


@dataclass(frozen=True)
class Operator:
    """The public body that runs the installation. What it did not enter stays empty, and the pages say so."""

    name: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    bip: str = ""
    controller: str = ""
    controller_address: str = ""
    data_protection: Contact = field(default_factory=Contact)
    coordinator: Contact = field(default_factory=Contact)
    accessibility: Accessibility = field(default_factory=Accessibility)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file; raise OperatorRefused when it cannot be read, or holds what no page can show."""
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise OperatorRefused(f"{path} cannot be read") from error
        except tomllib.TOMLDecodeError as error:
            raise OperatorRefused(f"{path} is no TOML: {error}") from error
        said["data_protection"] = _contact(said, "data_protection")
        said["coordinator"] = _contact(said, "coordinator")
        said["accessibility"] = _accessibility(said)
        made: Self = _made(cls, said, "")
        if made.bip and urlsplit(made.bip).scheme not in {"http", "https"}:
            raise OperatorRefused("bip: begins with https://")
        return made

    @property
    def missing(self) -> list[str]:
        """List what the law asks for and the file does not say."""
        asked = {
            "name": self.name,
            "address": self.address,
            "controller": self.controller,
            "data_protection": self.data_protection.is_known,
            "coordinator": self.coordinator.is_known,
            "accessibility.published": self.accessibility.published,
            "accessibility.made": self.accessibility.made,
            "accessibility.conformity": self.accessibility.conformity,
            "accessibility.contact": self.accessibility.contact.is_known,
            "accessibility.building": self.accessibility.building,
        }
        return [name for name, value in asked.items() if not value]


def _contact(said: dict[str, Any], name: str) -> Contact:
    return _made(Contact, _table(said, name), f"{name}.")


def _accessibility(said: dict[str, Any]) -> Accessibility:
    table = dict(_table(said, "accessibility"))
    table["contact"] = _made(Contact, _table(table, "contact"), "accessibility.contact.")
    for name in ("published", "changed", "made", "reviewed"):
        if not isinstance(table.get(name, date.min), date):
            raise OperatorRefused(f"accessibility.{name}: a day such as 2026-03-31, without quotes")
    if "conformity" in table:
        try:
            table["conformity"] = Conformity(table["conformity"])
        except ValueError as error:
            raise OperatorRefused("accessibility.conformity: one of full, partial, none") from error
    listed = table.get("inaccessible", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
        raise OperatorRefused("accessibility.inaccessible: a list of sentences")
    table["inaccessible"] = tuple(listed)
    return _made(Accessibility, table, "accessibility.")


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    table = said.get(name, {})
    if not isinstance(table, dict):
        raise OperatorRefused(f"{name}: a table")
    return table


def _made(kind: Any, said: dict[str, Any], within: str) -> Any:
    known = {one.name: one for one in fields(kind)}
    for name, value in said.items():
        if name not in known:
            raise OperatorRefused(f"{within}{name}: no such entry; there are {', '.join(known)}")
        if known[name].type is str and not (isinstance(value, str) and len(value) <= MOST_CHARACTERS):
            raise OperatorRefused(f"{within}{name}: a text of at most {MOST_CHARACTERS} characters")
        if name == "email" and value and "@" not in value:
            raise OperatorRefused(f"{within}email: an e-mail address")
    return kind(**said)
