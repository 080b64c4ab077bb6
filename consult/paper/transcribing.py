"""Writing what is typed in from sheets, and bringing the map up to it.

What stands of a sheet is one reading of it, and each field of the map with a category that somebody marked there is one
voice. Whatever changes which reading stands changes the map in the same transaction, by one function: `_follow`.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from consult.audit import operations as audit
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import now, today
from consult.db import db
from consult.districts import queries as districts
from consult.observations.models import Plane
from consult.observations.operations import Voice
from consult.paper import sampling, typed
from consult.paper.agreement import Mark
from consult.paper.models import PaperEntry, PaperForm, PaperMark, PaperSheet, SheetState, Turn
from consult.paper.operations import Author, FormClosed
from consult.paper.typed import SOURCE
from consult.period import day_of, midnight
from consult.threats import operations as threats
from consult.threats.turns import alone
from consult.web.errors import Conflict


class Decision(StrEnum):
    """What settles a sheet that two people read differently."""

    FIRST = "first"
    SECOND = "second"
    CORRECTED = "corrected"


STANDING = {Decision.FIRST: Turn.FIRST, Decision.SECOND: Turn.SECOND, Decision.CORRECTED: Turn.CORRECTED}


class TypedInBefore(Exception):
    """Somebody else has typed this sheet in by now."""


class SamePerson(Exception):
    """Whoever typed a sheet in first cannot be the second person, too."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the sheet since it was read."""


class NotPrinted(Exception):
    """No sheet of this number was printed."""


def type_in(
    author: Author, form: PaperForm, number: int, *, key: str, marks: Sequence[Mark], has_questionnaire: bool = False
) -> PaperSheet:
    """Write down the first reading of a sheet, once for its key; its marks go on the map, and the sample is drawn anew.

    Raises PlaceRefused before anything is written, NotPrinted, TypedInBefore, FormClosed.
    """
    digest = _digest(form, number, marks, has_questionnaire=has_questionnaire)
    _hold(form)
    if known := _known(key, digest):
        return known.sheet
    _check(form, marks)
    if not form.has_printed(number):
        raise NotPrinted
    if typed.sheet(form, number) is not None:
        raise TypedInBefore
    sheet = PaperSheet(form=form, number=number, has_questionnaire=has_questionnaire)
    db.session.add(sheet)
    _add(author, sheet, Turn.FIRST, key, digest, marks)
    _draw(form)
    _follow(author, sheet)
    audit.note(author.id, "type_in_sheet", "paper_sheet", sheet.id, sheet.unit_path, number=number)
    return sheet


def type_in_again(author: Author, sheet: PaperSheet, *, key: str, marks: Sequence[Mark]) -> PaperSheet:
    """Write down what a second person reads on a sheet; where both read the same, that settles it.

    Raises PlaceRefused before anything is written, SamePerson, TypedInBefore, ChangedMeanwhile, FormClosed.
    """
    digest = _digest(sheet.form, sheet.number, marks)
    _hold(sheet.form)
    if known := _known(key, digest):
        return known.sheet
    _check(sheet.form, marks)
    _take_up(sheet)
    if sheet.is_withdrawn:
        raise ChangedMeanwhile
    if sheet.first.author_id == author.id:
        raise SamePerson
    if sheet.is_compared:
        raise TypedInBefore
    _add(author, sheet, Turn.SECOND, key, digest, marks)
    if all(pair.agrees for pair in typed.pairs_of(sheet)):
        _settle(author, sheet, Turn.FIRST)
    audit.note(author.id, "type_in_sheet_again", "paper_sheet", sheet.id, sheet.unit_path)
    return sheet


def correct(
    author: Author,
    sheet: PaperSheet,
    *,
    key: str,
    version: int,
    marks: Sequence[Mark],
    has_questionnaire: bool = False,
) -> None:
    """Put right what was mistyped, as long as nobody has compared it: the map forgets the old voices.

    Raises PlaceRefused before anything is written, SamePerson for anybody but whoever typed it, TypedInBefore once it
    was compared, ChangedMeanwhile, FormClosed.
    """
    digest = _digest(sheet.form, sheet.number, marks, has_questionnaire=has_questionnaire)
    _hold(sheet.form)
    if known := _known(key, digest):
        assert known.sheet_id == sheet.id
        return
    _check(sheet.form, marks)
    _take_up(sheet, version)
    if sheet.is_withdrawn:
        raise ChangedMeanwhile
    if sheet.is_compared:
        raise TypedInBefore
    if sheet.first.author_id != author.id:
        raise SamePerson
    sheet.has_questionnaire = has_questionnaire
    _replace(author, sheet.first, key, digest, marks)
    _follow(author, sheet)
    audit.note(author.id, "correct_sheet", "paper_sheet", sheet.id, sheet.unit_path)


def settle(
    author: Author, sheet: PaperSheet, *, key: str, version: int, decision: Decision, marks: Sequence[Mark] = ()
) -> None:
    """Decide what stands on a sheet that two people have typed in; the map follows. `marks` are what was corrected.

    Raises PlaceRefused before anything is written, ChangedMeanwhile.
    """
    digest = _digest(sheet.form, sheet.number, marks, has_questionnaire=sheet.has_questionnaire)
    _hold(sheet.form, is_open=False)
    turn = STANDING[decision]
    if turn is Turn.CORRECTED and (known := _known(key, digest)):
        assert known.sheet_id == sheet.id
        return
    _check(sheet.form, marks)
    _take_up(sheet, None if _is_settled_so(sheet, turn) else version)
    if sheet.is_withdrawn or not sheet.is_compared:
        raise ChangedMeanwhile
    if turn is Turn.CORRECTED:
        third = sheet.reading(Turn.CORRECTED)
        if third is None:
            _add(author, sheet, Turn.CORRECTED, key, digest, marks)
        else:
            _replace(author, third, key, digest, marks)
    _settle(author, sheet, turn)
    _follow(author, sheet)
    audit.note(author.id, "settle_sheet", "paper_sheet", sheet.id, sheet.unit_path, decision=decision.value)


def withdraw(author: Author, sheet: PaperSheet, *, version: int, reason: str) -> None:
    """Let a sheet count nowhere, such as a joke: it stays with the reason, and its voices leave the map.

    Raises ChangedMeanwhile when somebody else changed it since it was read.
    """
    _hold(sheet.form, is_open=False)
    db.session.refresh(sheet)
    if sheet.is_withdrawn:
        return
    _take_up(sheet, version)
    sheet.withdrawn_at, sheet.withdrawn_because = now(), reason
    _draw(sheet.form)
    _follow(author, sheet)
    audit.note(author.id, "withdraw_sheet", "paper_sheet", sheet.id, sheet.unit_path)


def restore(author: Author, sheet: PaperSheet) -> None:
    """Let a withdrawn sheet count again, with what stood of it."""
    _hold(sheet.form, is_open=False)
    db.session.refresh(sheet)
    if not sheet.is_withdrawn:
        return
    _take_up(sheet)
    sheet.withdrawn_at, sheet.withdrawn_because = None, ""
    _draw(sheet.form)
    _follow(author, sheet)
    audit.note(author.id, "restore_sheet", "paper_sheet", sheet.id, sheet.unit_path)


# What all of them share


def _hold(form: PaperForm, *, is_open: bool = True) -> None:
    """Let one person at a time write about a form; raises FormClosed when nothing may be typed in any more."""
    db.session.execute(select(PaperForm.id).where(PaperForm.id == form.id).with_for_update())
    db.session.refresh(form, ["closed_at", "copies"])
    if is_open and form.is_closed:
        raise FormClosed


def _take_up(sheet: PaperSheet, version: int | None = None) -> None:
    """Read a sheet as it stands now, and count the change; refuse another version than the author read."""
    db.session.refresh(sheet)
    if version is not None and version != sheet.version:
        raise ChangedMeanwhile
    sheet.version += 1


def _known(key: str, digest: str) -> PaperEntry | None:
    """Find what the same form saved before, or raise Conflict when it says something else now."""
    known = db.session.scalar(select(PaperEntry).where(PaperEntry.key == key))
    if known is not None and known.body_digest != digest:
        raise Conflict
    return known


def _digest(form: PaperForm, number: int, marks: Sequence[Mark], *, has_questionnaire: bool = False) -> str:
    lines = [[mark.position, mark.cell, mark.category, *mark.when, mark.words] for mark in marks]
    said = [form.key, number, has_questionnaire, lines]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _check(form: PaperForm, marks: Sequence[Mark]) -> None:
    """Refuse a field that lies in no known district before anything is written."""
    for cell in sorted({mark.cell for mark in marks}):
        districts.containing(form.grid.place(cell))


def _add(author: Author, sheet: PaperSheet, turn: Turn, key: str, digest: str, marks: Sequence[Mark]) -> None:
    stored = [_stored(mark) for mark in marks]
    entry = PaperEntry(sheet=sheet, turn=turn, key=key, body_digest=digest, author_id=author.id, made_at=now())
    entry.marks = stored
    db.session.add(entry)
    db.session.flush()  # the map and the trail name its rows
    db.session.refresh(sheet, ["entries"])


def _replace(author: Author, entry: PaperEntry, key: str, digest: str, marks: Sequence[Mark]) -> None:
    """Put other marks in the place of what was typed; their voices leave the map, and their words the heart."""
    after = [_stored(mark) for mark in marks]
    _in_turn([*entry.marks, *after])
    for mark in entry.marks:
        if mark.observation is not None:
            threats.withdraw(mark.observation, author.id, str(_("Corrected on the sheet")))
            threats.withhold(mark.observation)
    entry.marks.clear()
    db.session.flush()  # a line number is free again before it is given anew
    entry.key, entry.body_digest, entry.author_id, entry.made_at = key, digest, author.id, now()
    entry.marks = after
    db.session.flush()


def _stored(mark: Mark) -> PaperMark:
    category = catalogue.by_code(mark.category) if mark.category else None
    assert category is not None or not mark.category, "a sheet numbers categories of the catalogue"
    return PaperMark(
        position=mark.position,
        cell=mark.cell,
        category=category,
        weekdays=mark.weekdays,
        times_of_day=mark.times_of_day,
        words=mark.words,
    )


def _is_settled_so(sheet: PaperSheet, turn: Turn) -> bool:
    """Tell whether a second click on the same decision changes nothing."""
    db.session.refresh(sheet)
    return turn is not Turn.CORRECTED and sheet.state is SheetState.SETTLED and sheet.standing_turn == turn


def _settle(author: Author, sheet: PaperSheet, turn: Turn) -> None:
    sheet.standing_turn, sheet.settled_at, sheet.settled_by_id = turn, now(), author.id
    db.session.flush()


def _draw(form: PaperForm) -> None:
    """Draw the sample anew; a sheet of it that was compared stays in it."""
    db.session.flush()  # the sheet at hand is one of them
    sheets = typed.sheets_of(form)
    standing = [one.number for one in sheets if not one.is_withdrawn]
    chosen = sampling.drawn(standing, form.key, str(current_app.config["SECRET_KEY"]))
    for one in sheets:
        one.is_sampled = one.number in chosen or (one.is_sampled and one.is_compared)


# The map


def _follow(author: Author, sheet: PaperSheet) -> None:
    """Bring the map up to what stands of a sheet: voices that do not stand leave it, those that do are on it."""
    db.session.flush()
    wanted = [] if sheet.is_withdrawn else _voices(sheet)
    marks = _marks(sheet)
    kept = {id(mark) for mark, _same in wanted}
    _in_turn(marks)
    reason = sheet.withdrawn_because or str(_("Another reading of the sheet stands"))
    for mark in marks:
        if mark.observation is not None and id(mark) not in kept:
            threats.withdraw(mark.observation, author.id, reason)
    for mark, same in wanted:
        if mark.observation is None:
            mark.observation = threats.admit(_voice(sheet, mark, same))
        elif mark.observation.withdrawn_at is not None:
            threats.restore(mark.observation, author.id)
    db.session.flush()


def _marks(sheet: PaperSheet) -> list[PaperMark]:
    return [mark for entry in sheet.entries for mark in entry.marks]


def _in_turn(marks: Sequence[PaperMark]) -> None:
    """Wait for everybody who joins voices of these kinds, in one order: two sheets never wait for each other."""
    groups = {mark.category.join_group for mark in marks if mark.category is not None}
    groups |= {mark.observation.group_code for mark in marks if mark.observation is not None}
    for group_code in sorted(groups):
        alone(group_code)


def _voices(sheet: PaperSheet) -> list[tuple[PaperMark, list[PaperMark]]]:
    """Gather the marks that stand: those of one field and category are one voice, which the first of them carries."""
    together: dict[tuple[str, Category], list[PaperMark]] = {}
    for mark in sheet.standing.marks:
        if mark.category is not None:
            together.setdefault((mark.cell, mark.category), []).append(mark)
    return [(same[0], same) for same in together.values()]


def _voice(sheet: PaperSheet, mark: PaperMark, same: Sequence[PaperMark]) -> Voice:
    """Say what the map needs of marks that are one voice; the place is the field, and as exact as the field."""
    assert mark.category is not None
    first, last = _days(sheet.form)
    weekdays = times_of_day = 0
    for one in same:
        weekdays, times_of_day = weekdays | one.weekdays, times_of_day | one.times_of_day
    return Voice(
        source=SOURCE,
        source_key=typed.natural_key(mark.entry, mark.position),
        plane=Plane.DIRECT_CONTACT,
        category=mark.category,
        place=sheet.form.grid.place(mark.cell),
        observed_from=midnight(first),
        observed_to=midnight(last + timedelta(days=1)) - timedelta(seconds=1),
        weekdays=weekdays,
        times_of_day=times_of_day,
        voice_key=f"paper:{sheet.form.key}:{sheet.number}",
        text="\n".join(dict.fromkeys(one.words for one in same if one.words)),
    )


def _days(form: PaperForm) -> tuple[date, date]:
    """Give the days on which the sheets were filled in: those of the meeting, else the day on which they were made."""
    days = form.meeting.days if form.meeting is not None else None
    first, last = days or (day_of(form.created_at), day_of(form.created_at))
    return min(first, today()), min(last, today())
