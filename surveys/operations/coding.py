"""Coding what people wrote: taking texts out of mixed submissions, reading them twice, settling, quoting, finishing.

Texts are taken once, when the survey has ended and all is mixed: so they have one day, one batch and a random order.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.personal_data import marks
from surveys import themes
from surveys.models import Coding, OpenText, Quote, Survey, TextCode, Theme
from surveys.queries import coding as queries
from surveys.themes import FEWEST_TEXTS, PERSONAL, Turn

PIECES = 20
"""Pieces of one text that may be blacked out."""


class NotEnded(Exception):
    """The survey is open, or not all of it is mixed."""


class NotOwnWords(Exception):
    """The question is none whose texts are coded."""


class TooFewTexts(Exception):
    """Fewer than ten people wrote something."""


class TurnTaken(Exception):
    """Somebody else codes in this turn already, or the same person in the other one."""


class CodingFinished(Exception):
    """The coding is finished: nothing of it changes."""


class NotComplete(Exception):
    """Something is left to read or to settle, or there are no themes."""


class ThemesChanged(Exception):
    """A code is no theme in force any more."""


class NotAThirdPerson(Exception):
    """Who coded may not settle."""


class NoQuote(Exception):
    """The words are not the text's, look like personal data, or the text may not be quoted for this theme."""


class Coder(Protocol):
    """Whoever works on the texts."""

    @property
    def id(self) -> int: ...

    @property
    def scope(self) -> str: ...


def begin(author: Coder, survey: Survey, question: str) -> Coding:
    """Take the texts of a question out of the mixed submissions, and draw those that two people read.

    Begun twice, it is the one that there is. Raises NotEnded, NotOwnWords and TooFewTexts.
    """
    db.session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    known = next((one for one in queries.questions(survey) if one.question.name == question), None)
    if known is None:
        raise NotOwnWords
    if known.coding is not None:
        return known.coding
    if not queries.has_ended(survey):
        raise NotEnded
    words = queries.answers(survey, question)
    if len(words) < FEWEST_TEXTS:
        raise TooFewTexts
    made = Coding(survey_id=survey.id, question=question, author_id=author.id, begun_at=now())
    made.survey = survey
    db.session.add(made)
    db.session.flush()
    write_texts(made, words)
    note(author, made, "begin_coding", texts=len(words))
    return made


def write_texts(coding: Coding, words: Sequence[str]) -> None:
    """Write texts under random keys in the order of these, so that nothing tells how they lay in the submissions."""
    keys = sorted(secrets.token_hex(16) for _ in words)
    mixed = secrets.SystemRandom().sample(list(words), len(words))
    drawn = set(secrets.SystemRandom().sample(keys, themes.drawn_number(len(keys))))
    lines = [
        {"id": key, "coding_id": coding.id, "words": said, "is_drawn": key in drawn}
        for key, said in zip(keys, mixed, strict=True)
    ]
    db.session.execute(insert(OpenText), lines)


def note(actor: Coder, coding: Coding, act: str, **detail: object) -> None:
    """Leave a line in the audit trail: codes and numbers, never words."""
    where = f"{coding.survey.slug}/{coding.question}"
    audit.note(actor.id, act, "survey_coding", where, coding.survey.unit_path, **detail)


def hold(coding: Coding) -> None:
    """Let nobody else change the coding meanwhile. Raises CodingFinished."""
    db.session.flush()
    db.session.execute(select(Coding.id).where(Coding.id == coding.id).with_for_update())
    db.session.refresh(coding)
    if coding.finished_at is not None:
        raise CodingFinished


def take_turn(coder: Coder, coding: Coding, turn: Turn) -> None:
    """Become the first or the second coder. Raises CodingFinished and TurnTaken."""
    hold(coding)
    has = coding.turn_of(coder.id)
    if has is turn:
        return
    taken = coding.first_coder_id if turn is Turn.FIRST else coding.second_coder_id
    if has is not None or taken is not None or turn is Turn.THIRD:
        raise TurnTaken
    if turn is Turn.FIRST:
        coding.first_coder_id = coder.id
    else:
        coding.second_coder_id = coder.id
    db.session.flush()
    note(coder, coding, "take_coding", turn=turn.value)


def code(coder: Coder, text: OpenText, coding: Coding, *, codes: Collection[str], hidden: Iterable[str] = ()) -> None:
    """Give a text its codes, as one of the two coders. Raises CodingFinished, TurnTaken and ThemesChanged."""
    hold(coding)
    turn = coding.turn_of(coder.id)
    if turn is None or (turn is Turn.SECOND and not text.is_drawn):
        raise TurnTaken
    if _give(coder, text, coding, turn, codes, hidden):
        settled = queries.given(text, Turn.THIRD)
        if settled is not None:  # whoever settled had other codes before
            db.session.delete(settled)
    db.session.flush()


def settle(coder: Coder, text: OpenText, coding: Coding, *, codes: Collection[str], hidden: Iterable[str] = ()) -> None:
    """Decide on a text that two people gave different codes. Raises as coding does, and NotAThirdPerson."""
    hold(coding)
    if coding.turn_of(coder.id) is not None:
        raise NotAThirdPerson
    _give(coder, text, coding, Turn.THIRD, codes, hidden)
    note(coder, coding, "settle_text")


def _give(
    coder: Coder, text: OpenText, coding: Coding, turn: Turn, codes: Collection[str], hidden: Iterable[str]
) -> bool:
    """Write down what somebody gives a text, and tell whether it is something else than before."""
    db.session.expire(coding, ["themes"])
    if themes.misfit(frozenset(codes), {one.code for one in coding.in_force}) is not None:
        raise ThemesChanged
    pieces = list(dict.fromkeys(hidden))
    said = sorted({*codes, PERSONAL} if pieces else set(codes))
    known = queries.given(text, turn)
    if known is None:
        db.session.add(
            TextCode(text_id=text.id, turn=turn, codes=said, hidden=pieces, coder_id=coder.id, edition=coding.edition)
        )
        db.session.flush()
        return False
    is_other = known.codes != said or known.is_open
    known.codes, known.hidden, known.coder_id = said, pieces, coder.id
    known.edition, known.is_open = coding.edition, False
    db.session.flush()
    return is_other


# Quotes


def choose_quote(author: Coder, theme: Theme, text: OpenText, *, words: str) -> None:
    """Let words of a text stand for a theme; chosen again, the new words stand. Raises CodingFinished and NoQuote."""
    hold(theme.coding)
    fitting = {one.id: came_to for one, came_to in queries.of_theme(theme.coding, theme)}
    if text.id not in fitting or marks(words) or not themes.is_quote_of(words, text.words):
        raise NoQuote
    chosen = select(Quote).where(Quote.theme_id == theme.id, Quote.text_id == text.id)
    known = db.session.scalars(chosen).first()
    if known is None:
        try:
            with db.session.begin_nested():
                db.session.add(Quote(theme_id=theme.id, text_id=text.id, words=words, author_id=author.id))
        except IntegrityError:
            return  # the same form came twice at once
    else:
        known.words, known.author_id = words, author.id
    note(author, theme.coding, "choose_quote", theme=theme.number)


def withdraw_quote(author: Coder, theme: Theme, text: OpenText) -> None:
    """Take a quote away. Raises CodingFinished."""
    hold(theme.coding)
    for known in db.session.scalars(select(Quote).where(Quote.theme_id == theme.id, Quote.text_id == text.id)):
        db.session.delete(known)
        note(author, theme.coding, "withdraw_quote", theme=theme.number)
    db.session.flush()


# The end


def finish(author: Coder, coding: Coding) -> None:
    """Let the themes stand in the results. Raises CodingFinished and NotComplete."""
    hold(coding)
    if not coding.in_force or not queries.progress(coding).is_complete:
        raise NotComplete
    coding.finished_at, coding.finished_by_id = now(), author.id
    db.session.flush()
    note(author, coding, "finish_coding")


def reopen(author: Coder, coding: Coding) -> None:
    """Let codes and themes be changed again; the results show none meanwhile, and what was published stays."""
    db.session.execute(select(Coding.id).where(Coding.id == coding.id).with_for_update())
    db.session.refresh(coding)
    if coding.finished_at is None:
        return
    coding.finished_at = coding.finished_by_id = None
    db.session.flush()
    note(author, coding, "reopen_coding")
