"""Taking what residents write about the application itself. Nothing of who wrote it is kept, and no trail is left."""

from sqlalchemy.exc import IntegrityError

from consult.clock import today
from consult.config import VERSION
from consult.db import db
from consult.receipts import hash_of
from consult.web.errors import Conflict
from surveys.models import Feedback, FeedbackSource
from surveys.queries import feedback as queries


def submit(
    receipt: str,
    *,
    rating: int | None,
    words: str,
    page: str = "",
    language: str = "pl",
    voice_key: str,
    app_version: str = VERSION,
) -> Feedback:
    """Take an opinion; the same again under the same receipt is the one that is there.

    Raises Conflict when the receipt stands for another opinion.
    """
    sent = Feedback(
        receipt_hash=hash_of(receipt),
        source=FeedbackSource.PAGE,
        rating=rating,
        words=words,
        page=page,
        app_version=app_version,
        language=language,
        voice_key=voice_key,
        received_on=today(),
    )
    try:
        with db.session.begin_nested():  # of two clicks at once only one adds it
            db.session.add(sent)
    except IntegrityError:
        return _same(queries.by_receipt(receipt), rating, words, page)
    return sent


def _same(known: Feedback, rating: int | None, words: str, page: str) -> Feedback:
    if (known.rating, known.words, known.page) != (rating, words, page):
        raise Conflict
    return known
