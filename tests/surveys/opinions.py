"""Opinions for tests: written by whom a test wants, wishing for what it wants."""

from datetime import timedelta
from itertools import count

from consult.clock import today
from consult.db import db
from surveys.models import Feedback, FeedbackSource, FeedbackState, WishKind
from surveys.operations import reviewing
from tests.accounts.makers import coordinator

_numbers = count(1)


def opinion(words="Brakuje trybu ciemnego", rating=4, voice=None, days_ago=0, wishes=(), **facts):
    """An opinion of a voice of its own, committed."""
    number = next(_numbers)
    made = Feedback(
        receipt_hash=f"{number:064}",
        source=facts.pop("source", FeedbackSource.PAGE),
        rating=rating,
        words=words,
        page=facts.pop("page", "desk.home"),
        app_version=facts.pop("app_version", "1.0"),
        voice_key=voice or f"voice {number}",
        received_on=today() - timedelta(days=days_ago),
        state=facts.pop("state", FeedbackState.NEW),
        wishes=list(wishes),
        **facts,
    )
    db.session.add(made)
    db.session.commit()
    return made


def wish(title="Tryb ciemny", kind=WishKind.FEATURE):
    """A wish, made once."""
    made = reviewing.wish_for(coordinator(), kind, title)
    db.session.commit()
    return made


def change(title="Tryb ciemny", wish=None, published=False, **facts):
    """A change, published if the test says so."""
    author = coordinator()
    made = reviewing.record_change(
        author,
        title=title,
        text=facts.pop("text", "Strona dostosowuje się do ustawień urządzenia."),
        app_version=facts.pop("app_version", "1.1"),
        changed_on=facts.pop("changed_on", today()),
        wish_id=wish.id if wish else None,
    )
    if published:
        reviewing.publish_change(author, made)
    db.session.commit()
    return made


def state_of(one):
    """The state of an opinion as the database has it."""
    db.session.expire_all()
    return db.session.get(Feedback, one.id).state


def seen(kind, number):
    """A row as the database has it."""
    db.session.expire_all()
    return db.session.get(kind, number)
