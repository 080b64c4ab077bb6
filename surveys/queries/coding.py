"""Reading texts to be coded: what waits for whom, what two people gave, what a question's themes come to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from consult.clock import now
from consult.db import db
from consult.disclosure import Audience
from surveys import coders, keyphrases, themes
from surveys.coders import Agreement
from surveys.keyphrases import Phrase
from surveys.models import Coding, OpenText, Quote, Survey, TextCode, Theme, ThemeEdition
from surveys.queries import mixing, results, rows
from surveys.questions import Question
from surveys.results import newest_first, series_of
from surveys.themes import Codes, Named, Quoted, Read, ThemeResult, Turn, may_be_coded


@dataclass(frozen=True)
class Progress:
    """How far the coding of a question is: texts in all, drawn for two people, read by each, differing, settled."""

    texts: int
    drawn: int
    first: int
    second: int
    differing: int
    settled: int

    @property
    def is_compared(self) -> bool:
        """Whether both have read all that two people read, so that they can be compared."""
        return self.drawn > 0 and self.second >= self.drawn and self.first >= self.texts

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to read or to settle."""
        return self.is_compared and not self.differing


@dataclass(frozen=True)
class Open:
    """A question of own words, and the work on it if it has begun."""

    question: Question
    coding: Coding | None


@dataclass(frozen=True)
class Difference:
    """A text that two people gave different codes."""

    text: OpenText
    first: Codes
    second: Codes
    hidden: tuple[str, ...]


def has_ended(survey: Survey) -> bool:
    """Tell whether a survey has ended and all its submissions are mixed: only then are texts read."""
    return survey.has_closed_at(now()) and not mixing.waiting(survey.id)


def questions(survey: Survey) -> list[Open]:
    """List the questions of a survey whose texts may be coded."""
    begun = {one.question: one for one in db.session.scalars(select(Coding).where(Coding.survey_id == survey.id))}
    editions = newest_first(results.editions(survey))
    named: dict[str, Question] = {}
    for edition in editions:
        for question in edition.definition.questions:
            if may_be_coded(question):
                named.setdefault(question.name, question)
    return [Open(question, begun.get(name)) for name, question in named.items()]


def of(survey: Survey, question: str) -> Coding:
    """Give the coding of a question, or raise NoResultFound."""
    chosen = select(Coding).where(Coding.survey_id == survey.id, Coding.question == question)
    return db.session.execute(chosen).scalar_one()


def question_of(coding: Coding) -> Question:
    """Give the question as its newest version asks it."""
    return series_of(results.editions(coding.survey), coding.question)[0]


def answers(survey: Survey, name: str) -> list[str]:
    """Give what people wrote to a question, of mixed submissions; raise KeyError where it was never asked."""
    _question, same = series_of(results.editions(survey), name)
    asking = {edition.id for edition in same}
    given = (row.answers.get(name) for row in rows.mixed(survey) if row.version_id in asking)
    return [words for words in (str(answer or "").strip() for answer in given) if words]


def theme(coding: Coding, number: int) -> Theme:
    """Give a theme of a question, or raise NoResultFound."""
    return db.session.execute(select(Theme).where(Theme.coding_id == coding.id, Theme.number == number)).scalar_one()


def editions(coding: Coding) -> Sequence[ThemeEdition]:
    """List how the themes stood after each change, the latest first."""
    chosen = select(ThemeEdition).where(ThemeEdition.coding_id == coding.id).order_by(ThemeEdition.number.desc())
    return db.session.scalars(chosen).all()


# Reading, text by text


def text(coding: Coding, key: str) -> OpenText:
    """Give a text of a question, or raise NoResultFound."""
    return db.session.execute(select(OpenText).where(OpenText.coding_id == coding.id, OpenText.id == key)).scalar_one()


def next_text(coding: Coding, turn: Turn) -> OpenText | None:
    """Find the next text that waits for a coder, in the random order of keys."""
    chosen = _of_turn(coding, turn).where(or_(TextCode.text_id.is_(None), TextCode.is_open))
    return db.session.scalars(chosen.order_by(OpenText.id).limit(1)).first()


def _of_turn(coding: Coding, turn: Turn) -> Select[OpenText]:
    given = and_(TextCode.text_id == OpenText.id, TextCode.turn == turn)
    chosen = select(OpenText).outerjoin(TextCode, given).where(OpenText.coding_id == coding.id)
    return chosen.where(OpenText.is_drawn) if turn is Turn.SECOND else chosen


def given(text: OpenText, turn: Turn) -> TextCode | None:
    """Give what somebody gave a text."""
    return db.session.get(TextCode, (text.id, turn))


def next_difference(coding: Coding) -> Difference | None:
    """Find the next text that two people gave different codes and nobody has settled."""
    merged = coding.merged
    for one, codes in _drawn(coding):
        if _waits(codes, merged):
            first, second = (themes.followed(codes[turn].codes, merged) for turn in (Turn.FIRST, Turn.SECOND))
            return Difference(one, first, second, _hidden(codes.values()))
    return None


def _drawn(coding: Coding) -> Iterator[tuple[OpenText, dict[Turn, TextCode]]]:
    yield from _texts(coding, OpenText.is_drawn.is_(True))


def _texts(coding: Coding, *conditions: ColumnElement[bool]) -> Iterator[tuple[OpenText, dict[Turn, TextCode]]]:
    """Give the texts of a question with what each person gave them, in the order of their keys."""
    own = (OpenText.coding_id == coding.id, *conditions)
    codes: dict[str, dict[Turn, TextCode]] = defaultdict(dict)
    for code in db.session.scalars(select(TextCode).join(OpenText, OpenText.id == TextCode.text_id).where(*own)):
        if not code.is_open:
            codes[code.text_id][code.turn] = code
    for one in db.session.scalars(select(OpenText).where(*own).order_by(OpenText.id)):
        yield one, codes[one.id]


def _waits(codes: Mapping[Turn, TextCode], merged: Mapping[str, str]) -> bool:
    """Tell whether a text was read by both, differently, and settled by nobody."""
    if Turn.THIRD in codes or Turn.FIRST not in codes or Turn.SECOND not in codes:
        return False
    first, second = (themes.followed(codes[turn].codes, merged) for turn in (Turn.FIRST, Turn.SECOND))
    return themes.differ(first, second)


def _hidden(codes: Iterable[TextCode]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece for code in codes for piece in code.hidden))


def progress(coding: Coding) -> Progress:
    """Tell how far a coding is."""
    own = OpenText.coding_id == coding.id
    many = select(OpenText.is_drawn, func.count()).where(own).group_by(OpenText.is_drawn)
    counts = dict(db.session.execute(many).all())
    read = select(TextCode.turn, func.count()).join(OpenText, OpenText.id == TextCode.text_id)
    done = dict(db.session.execute(read.where(own, ~TextCode.is_open).group_by(TextCode.turn)).all())
    merged = coding.merged
    differing = sum(_waits(codes, merged) for _text, codes in _drawn(coding))
    turns = [done.get(turn, 0) for turn in Turn]
    return Progress(sum(counts.values()), counts.get(True, 0), turns[0], turns[1], differing, turns[2])


# What it comes to


def agreement(coding: Coding) -> Agreement | None:
    """Compare the two people in the texts that both have read."""
    merged = coding.merged
    judged = [
        (themes.followed(codes[Turn.FIRST].codes, merged), themes.followed(codes[Turn.SECOND].codes, merged))
        for _text, codes in _drawn(coding)
        if Turn.FIRST in codes and Turn.SECOND in codes
    ]
    return coders.agreement(judged, [*(one.code for one in coding.in_force), *themes.APART])


def read(coding: Coding) -> list[tuple[OpenText, Read, tuple[str, ...]]]:
    """Give the texts that nobody has to look at any more, with what they came to and what is blacked out."""
    merged, found = coding.merged, []
    for one, codes in _texts(coding):
        told = {turn: themes.followed(code.codes, merged) for turn, code in codes.items()}
        came_to = themes.outcome(told, is_drawn=one.is_drawn)
        if came_to is not None:
            found.append((one, Read(one.id, came_to), _hidden(codes.values())))
    return found


def of_theme(coding: Coding, of: Theme) -> list[tuple[OpenText, Read]]:
    """List the texts of a theme that may be quoted."""
    found = [(one, came_to) for one, came_to, _hidden in read(coding) if of.code in came_to.codes]
    return [(one, came_to) for one, came_to in found if _quotable(one, came_to)]


def _quotable(one: OpenText, came_to: Read) -> bool:
    return themes.may_be_quoted(came_to, one.words)


def quotes(coding: Coding) -> Sequence[Quote]:
    """List the quotes that were chosen for the themes of a question."""
    chosen = select(Quote).join(Theme, Theme.id == Quote.theme_id).where(Theme.coding_id == coding.id)
    return db.session.scalars(chosen.order_by(Theme.number, Quote.id)).all()


def result(coding: Coding, audience: Audience) -> ThemeResult | None:
    """Give the themes of a question as an audience may see them; None while it is not finished."""
    if coding.finished_at is None:
        return None
    found = read(coding)
    may = {one.id: came_to for one, came_to, _hidden in found if _quotable(one, came_to)}
    merged = coding.merged
    chosen = [
        Quoted(code, quote.text_id, quote.words)
        for quote in quotes(coding)
        for code in themes.followed([quote.theme.code], merged)
        if quote.text_id in may and code in may[quote.text_id].codes
    ]
    named = [Named(one.code, one.name) for one in coding.in_force]
    return themes.results([came_to for _text, came_to, _hidden in found], named, chosen, agreement(coding), audience)


def found(survey: Survey, audience: Audience) -> dict[str, ThemeResult]:
    """Give the themes of all questions of a survey that are finished, by question."""
    codings = db.session.scalars(select(Coding).where(Coding.survey_id == survey.id).order_by(Coding.id)).all()
    told = {coding.question: result(coding, audience) for coding in codings}
    return {question: one for question, one in told.items() if one is not None}


def phrases(coding: Coding) -> list[Phrase]:
    """Propose phrases that stand out in a question's texts beside the survey's other texts; personal data aside."""
    own = db.session.scalars(select(OpenText.words).where(OpenText.coding_id == coding.id).order_by(OpenText.id)).all()
    others = [
        words
        for other in questions(coding.survey)
        if other.question.name != coding.question
        for words in answers(coding.survey, other.question.name)
    ]
    return keyphrases.proposals([themes.blacked(one) for one in own], [themes.blacked(one) for one in others])
