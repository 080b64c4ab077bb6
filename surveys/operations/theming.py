"""Writing the themes of a question: new ones, other words, two made one and parted again, one made several.

After each change the whole list is kept as an edition. Codes that were given stay: a merged theme is followed to the
one that it became; texts of a split one are read again.
"""

from collections.abc import Sequence

from sqlalchemy import select

from consult.clock import now
from consult.db import db
from surveys.models import Coding, OpenText, Quote, TextCode, Theme, ThemeAct, ThemeEdition
from surveys.operations.coding import Coder, hold, note


class NameTaken(Exception):
    """Another theme in force has this name."""


class NotInForce(Exception):
    """The theme was merged or split, or is no other one."""


def add(
    author: Coder, coding: Coding, *, name: str, belongs: str = "", belongs_not: str = "", example: str = ""
) -> Theme:
    """Add a theme. Raises CodingFinished and NameTaken."""
    hold(coding)
    made = _added(coding, name, belongs, belongs_not, example)
    _keep(author, coding, ThemeAct.ADDED, made)
    return made


def _added(
    coding: Coding, name: str, belongs: str = "", belongs_not: str = "", example: str = "", origin: Theme | None = None
) -> Theme:
    _refuse_taken(coding, name)
    made = Theme(
        coding_id=coding.id,
        number=max((one.number for one in coding.themes), default=0) + 1,
        name=name,
        belongs=belongs,
        belongs_not=belongs_not,
        example=example,
        origin_id=origin.id if origin else None,
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(coding, ["themes"])
    return made


def _refuse_taken(coding: Coding, name: str, besides: Theme | None = None) -> None:
    if any(one.name.casefold() == name.casefold() for one in coding.in_force if one is not besides):
        raise NameTaken


def change(
    author: Coder, theme: Theme, *, name: str, belongs: str = "", belongs_not: str = "", example: str = ""
) -> None:
    """Give a theme other words. Raises CodingFinished, NotInForce and NameTaken."""
    hold(theme.coding)
    _refuse_gone(theme)
    _refuse_taken(theme.coding, name, theme)
    before = (theme.name, theme.belongs, theme.belongs_not, theme.example)
    if before == (name, belongs, belongs_not, example):
        return
    theme.name, theme.belongs, theme.belongs_not, theme.example = name, belongs, belongs_not, example
    _keep(author, theme.coding, ThemeAct.CHANGED, theme)


def _refuse_gone(*themes: Theme) -> None:
    for theme in themes:
        db.session.refresh(theme)
    if not all(theme.is_in_force for theme in themes):
        raise NotInForce


def merge(author: Coder, theme: Theme, *, into: Theme) -> None:
    """Let a theme count as another one, until somebody parts them. Raises CodingFinished and NotInForce."""
    hold(theme.coding)
    _refuse_gone(theme, into)
    if into is theme or into.coding_id != theme.coding_id:
        raise NotInForce
    theme.merged_into_id = into.id
    _keep(author, theme.coding, ThemeAct.MERGED, theme)


def separate(author: Coder, theme: Theme) -> None:
    """Take a merge back: what was coded with the theme is the theme's again.

    Raises CodingFinished, NotInForce where it is not merged, and NameTaken.
    """
    hold(theme.coding)
    db.session.refresh(theme)
    if theme.merged_into_id is None:
        raise NotInForce
    _refuse_taken(theme.coding, theme.name)
    theme.merged_into_id = None
    _keep(author, theme.coding, ThemeAct.SEPARATED, theme)


def split(author: Coder, theme: Theme, *, names: Sequence[str]) -> list[Theme]:
    """Make several themes of one; whoever gave a text the old one reads it again. Raises as the others do.

    Themes that were merged into it are split with it: their texts counted as its own.
    """
    hold(theme.coding)
    _refuse_gone(theme)
    for name in names:
        _refuse_taken(theme.coding, name, theme)
    theme.split_at = now()
    db.session.flush()
    made = [_added(theme.coding, name, origin=theme) for name in names]
    _read_again(theme)
    _keep(author, theme.coding, ThemeAct.SPLIT, theme)
    return made


def _read_again(theme: Theme) -> None:
    merged = theme.coding.merged
    chosen = select(TextCode).join(OpenText, OpenText.id == TextCode.text_id)
    for given in db.session.scalars(chosen.where(OpenText.coding_id == theme.coding_id)):
        if any(_leads_to(code, theme.code, merged) for code in given.codes):
            given.is_open = True
    for quote in db.session.scalars(select(Quote).where(Quote.theme_id == theme.id)):
        db.session.delete(quote)


def _leads_to(code: str, end: str, merged: dict[str, str]) -> bool:
    while code != end and code in merged:
        code = merged[code]
    return code == end


def _keep(author: Coder, coding: Coding, act: ThemeAct, theme: Theme) -> None:
    """Keep the list as it stands now."""
    db.session.flush()
    db.session.expire(coding, ["themes"])
    coding.edition += 1
    kept = [_record(one) for one in coding.themes]
    db.session.add(
        ThemeEdition(
            coding_id=coding.id,
            number=coding.edition,
            act=act,
            themes=kept,
            author_id=author.id,
            made_at=now(),
        )
    )
    db.session.flush()
    note(author, coding, f"{act.value}_theme", theme=theme.number, edition=coding.edition)


def _record(theme: Theme) -> dict[str, object]:
    return {
        "number": theme.number,
        "name": theme.name,
        "belongs": theme.belongs,
        "belongs_not": theme.belongs_not,
        "example": theme.example,
        "merged_into": theme.merged_into.number if theme.merged_into else None,
        "origin": theme.origin.number if theme.origin else None,
        "is_split": theme.split_at is not None,
    }
