"""Reading opinions about the application: the coordinator's inbox, what is wished for, what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from consult.db import db
from consult.disclosure import Audience, Crowd, survey_figures
from consult.receipts import hash_of
from consult.words import folded
from surveys.models import (
    AnswerTemplate,
    Change,
    ChangeLink,
    Feedback,
    FeedbackSource,
    FeedbackState,
    Wish,
    WishKind,
    WishLink,
)

PAGE_SIZE = 25
NEWEST = (Feedback.received_on.desc(), Feedback.id.desc())
UNRATED = 0
"""Asks the inbox for opinions without a rating."""


@dataclass(frozen=True)
class Filters:
    """What the coordinator looks for; None and empty narrow nothing, but spam is only shown to who asks for it."""

    state: FeedbackState | None = None
    source: FeedbackSource | None = None
    wish_id: int | None = None
    rating: int | None = None
    has_words: bool | None = None
    version: str = ""
    words: str = ""


@dataclass(frozen=True)
class Wanted:
    """A wish with its weight: how many opinions ask for it, and how many independent voices stand behind them."""

    wish: Wish
    opinions: int
    voices: int


@dataclass(frozen=True)
class Neighbours:
    """The opinions beside one, in the filtered list."""

    newer: int | None
    older: int | None


# One resident's


def by_receipt(receipt: str) -> Feedback:
    """Give the opinion of a receipt, or raise NoResultFound."""
    return db.session.execute(select(Feedback).where(Feedback.receipt_hash == hash_of(receipt))).scalar_one()


def is_known(receipt: str) -> bool:
    """Tell whether an opinion has this receipt."""
    return bool(db.session.scalar(select(exists().where(Feedback.receipt_hash == hash_of(receipt)))))


def answering(opinion: Feedback) -> Sequence[Change]:
    """List the published changes that answer an opinion, the newest first."""
    chosen = select(Change).join(ChangeLink).where(ChangeLink.feedback_id == opinion.id, Change.is_published)
    return db.session.scalars(chosen.order_by(Change.changed_on.desc(), Change.id.desc())).all()


# The inbox


def opinion(feedback_id: int) -> Feedback:
    """Give an opinion, or raise NoResultFound."""
    return db.session.execute(select(Feedback).where(Feedback.id == feedback_id)).scalar_one()


def inbox(filters: Filters, page: int = 1) -> Pagination:
    """List the opinions that the coordinator looks for, the newest first, page by page."""
    chosen = select(Feedback).where(*_conditions(filters)).options(selectinload(Feedback.wishes)).order_by(*NEWEST)
    return db.paginate(chosen, page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def neighbours(of: Feedback, filters: Filters) -> Neighbours:
    """Find the opinions beside one in the filtered list; it need not belong to the list itself."""
    its_turn, this_one = tuple_(Feedback.received_on, Feedback.id), tuple_(literal(of.received_on), literal(of.id))
    newer, older = its_turn > this_one, its_turn < this_one
    return Neighbours(
        db.session.scalar(_ids(filters, newer).order_by(Feedback.received_on, Feedback.id).limit(1)),
        db.session.scalar(_ids(filters, older).order_by(*NEWEST).limit(1)),
    )


def _ids(filters: Filters, beside: ColumnElement[bool]) -> Select[int]:
    return select(Feedback.id).where(beside, *_conditions(filters))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    state = Feedback.state == filters.state if filters.state else Feedback.state != FeedbackState.SPAM
    found: list[ColumnElement[bool]] = [state]
    if filters.source:
        found.append(Feedback.source == filters.source)
    if filters.wish_id:
        found.append(Feedback.id.in_(select(WishLink.feedback_id).where(WishLink.wish_id == filters.wish_id)))
    if filters.rating is not None:
        found.append(Feedback.rating.is_(None) if filters.rating == UNRATED else Feedback.rating == filters.rating)
    if filters.has_words is not None:
        found.append(Feedback.words != "" if filters.has_words else Feedback.words == "")
    if filters.version:
        found.append(Feedback.app_version == filters.version)
    if filters.words:
        found.append(_says(filters.words))
    return found


def _says(words: str) -> ColumnElement[bool]:
    """Look for words whatever their case; SQLite folds plain letters only, so Polish ones are tried in each case."""
    spellings = {words, words.lower(), words.upper(), words.capitalize()}
    return or_(*(Feedback.words.icontains(spelling, autoescape=True) for spelling in sorted(spellings)))


def versions() -> Sequence[str]:
    """List the versions of the application that opinions came from, the latest heard of first."""
    chosen = select(Feedback.app_version).where(Feedback.app_version != "").group_by(Feedback.app_version)
    return db.session.scalars(chosen.order_by(func.max(Feedback.received_on).desc(), Feedback.app_version.desc())).all()


# Wishes


def wish(wish_id: int) -> Wish:
    """Give a wish, or raise NoResultFound."""
    return db.session.execute(select(Wish).where(Wish.id == wish_id)).scalar_one()


def wishes() -> Sequence[Wish]:
    """List all wishes by their titles."""
    return db.session.scalars(select(Wish).order_by(Wish.title)).all()


def wish_titled(kind: WishKind, title: str) -> Wish | None:
    """Find a wish by its kind and title, letter case and accents aside."""
    wanted = folded(title)
    of_kind = db.session.scalars(select(Wish).where(Wish.kind == kind).order_by(Wish.id))
    return next((known for known in of_kind if folded(known.title) == wanted), None)


def ranking() -> dict[WishKind, list[Wanted]]:
    """List the wishes of each kind by independent voices, the most wanted first; spam counts nowhere."""
    opinions, voices = func.count(Feedback.id), func.count(Feedback.voice_key.distinct())
    heard = and_(Feedback.id == WishLink.feedback_id, Feedback.state != FeedbackState.SPAM)
    chosen = select(Wish, opinions, voices).outerjoin(WishLink, WishLink.wish_id == Wish.id).outerjoin(Feedback, heard)
    found = db.session.execute(chosen.group_by(Wish.id).order_by(voices.desc(), opinions.desc(), Wish.title))
    ranked: dict[WishKind, list[Wanted]] = {kind: [] for kind in WishKind}
    for entry, count, independent in found:
        ranked[entry.kind].append(Wanted(entry, count, independent))
    return ranked


# Answers and changes


def template(template_id: int) -> AnswerTemplate:
    """Give an answer template, or raise NoResultFound."""
    return db.session.execute(select(AnswerTemplate).where(AnswerTemplate.id == template_id)).scalar_one()


def templates() -> Sequence[AnswerTemplate]:
    """List the answer templates by their titles."""
    return db.session.scalars(select(AnswerTemplate).order_by(AnswerTemplate.title)).all()


def change(change_id: int) -> Change:
    """Give a change, or raise NoResultFound."""
    return db.session.execute(select(Change).where(Change.id == change_id)).scalar_one()


def changes(page: int = 1, *, published_only: bool = False) -> Pagination:
    """List what was changed, the newest first, page by page."""
    chosen = select(Change).options(joinedload(Change.wish)).order_by(Change.changed_on.desc(), Change.id.desc())
    if published_only:
        chosen = chosen.where(Change.is_published)
    return db.paginate(chosen, page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def latest_changes(limit: int = 20) -> Sequence[Change]:
    """List the latest changes, to join an opinion to."""
    return db.session.scalars(select(Change).order_by(Change.changed_on.desc(), Change.id.desc()).limit(limit)).all()


def same_change(**written: object) -> Change | None:
    """Find a change that says just this: a form that is sent twice writes one."""
    return db.session.scalars(select(Change).filter_by(**written).order_by(Change.id).limit(1)).first()


def voices_of(found: Sequence[Change]) -> dict[int, int]:
    """Count the independent voices behind each of some changes, in one query."""
    chosen = select(ChangeLink.change_id, func.count(Feedback.voice_key.distinct())).join(Feedback)
    ids = [entry.id for entry in found]
    chosen = chosen.where(ChangeLink.change_id.in_(ids), Feedback.state != FeedbackState.SPAM)
    return {row[0]: row[1] for row in db.session.execute(chosen.group_by(ChangeLink.change_id))}


def told_voices_of(found: Sequence[Change]) -> dict[int, int | None]:
    """Give the voices behind changes as everybody may see them: in fives from ten on, None for fewer."""
    shown = {
        change: survey_figures(Audience.PUBLIC, {}, Crowd({(): count})) for change, count in voices_of(found).items()
    }
    return {change: figures.people if figures else None for change, figures in shown.items()}
