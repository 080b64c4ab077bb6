"""The coordinator's work on opinions: triage, answers, wishes, and what was changed because of them.

Nothing that looks like personal data is published: an answer, a change and a wish's title are refused with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from sqlalchemy import BigInteger, ColumnElement, delete, exists, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db, take_turn
from consult.personal_data import marks
from surveys.models import AnswerTemplate, Change, ChangeLink, Feedback, FeedbackState, Wish, WishKind, WishLink
from surveys.queries import feedback as queries

ON_THE_WAY = (FeedbackState.NEW, FeedbackState.READ, FeedbackState.PLANNED)
"""What a published change brings to its end."""


CHANGES = 0x6368616E676573
"""The turn of whoever writes down a change: of two clicks at once the second finds what the first one wrote."""


class Reviewer(Protocol):
    """The coordinator who decides."""

    @property
    def id(self) -> int: ...

    @property
    def scope(self) -> str: ...


class TitleTaken(Exception):
    """Another one has this title already."""


class HoldsPersonalData(Exception):
    """What was to be published looks as if it named or reached somebody."""


def review(
    author: Reviewer,
    opinion: Feedback,
    *,
    state: FeedbackState,
    wish_ids: Iterable[int] = (),
    wish_kind: WishKind = WishKind.FEATURE,
    wish_title: str = "",
    change_ids: Iterable[int] = (),
    answer: str = "",
    note: str = "",
) -> None:
    """Write down what the coordinator decided about an opinion. Joining it to a published change makes it done."""
    _refuse_personal(answer)
    before, answered_before = opinion.state, {change.id for change in opinion.changes}
    opinion.state, opinion.answer, opinion.note = state, answer, note
    opinion.wishes = _wishes(author, wish_ids, wish_kind, wish_title)
    opinion.changes = [queries.change(change_id) for change_id in sorted(set(change_ids))]
    fresh = [change for change in opinion.changes if change.id not in answered_before and change.is_published]
    if fresh and opinion.state in ON_THE_WAY:
        opinion.state = FeedbackState.DONE
    opinion.reviewed_at, opinion.reviewer_id = now(), author.id
    _note(author, "review_feedback", "feedback", opinion.id, before=before.value, after=opinion.state.value)


def _wishes(author: Reviewer, wish_ids: Iterable[int], kind: WishKind, title: str) -> list[Wish]:
    chosen = {wish_id: queries.wish(wish_id) for wish_id in wish_ids}
    if title:
        typed = wish_for(author, kind, title)
        chosen[typed.id] = typed
    return [chosen[wish_id] for wish_id in sorted(chosen)]


def wish_for(author: Reviewer, kind: WishKind, title: str) -> Wish:
    """Give the wish of this title, a new one if nobody has wished for it yet."""
    _refuse_personal(title)
    known = queries.wish_titled(kind, title)
    if known:
        return known
    wish = Wish(kind=kind, title=title, created_at=now())
    try:
        with db.session.begin_nested():
            db.session.add(wish)
    except IntegrityError:  # somebody typed it at the same moment
        return db.session.execute(select(Wish).filter_by(kind=kind, title=title)).scalar_one()
    _note(author, "create_wish", "wish", wish.id)
    return wish


def rename_wish(author: Reviewer, wish: Wish, *, kind: WishKind, title: str) -> None:
    """Give a wish another title or kind. Raises TitleTaken when there is such a wish: then the two are merged."""
    _refuse_personal(title)
    known = queries.wish_titled(kind, title)
    if known is not None and known is not wish:
        raise TitleTaken
    with _titled(wish):
        wish.kind, wish.title = kind, title
    _note(author, "rename_wish", "wish", wish.id)


def merge_wishes(author: Reviewer, wish: Wish, *, into: Wish) -> None:
    """Make two wishes one: all opinions and changes of the first belong to the other, and the first is gone."""
    assert wish.id != into.id, "a wish is not merged with itself"
    gone = wish.id
    db.session.scalars(select(Wish.id).where(Wish.id.in_((gone, into.id))).order_by(Wish.id).with_for_update()).all()
    already = select(WishLink.feedback_id).where(WishLink.wish_id == into.id)
    moving = (WishLink.wish_id == gone, WishLink.feedback_id.not_in(already))
    db.session.execute(update(WishLink).where(*moving).values(wish_id=into.id), execution_options=_UNTRACKED)
    db.session.execute(delete(WishLink).where(WishLink.wish_id == gone), execution_options=_UNTRACKED)
    db.session.execute(update(Change).where(Change.wish_id == gone).values(wish_id=into.id))
    db.session.execute(delete(Wish).where(Wish.id == gone), execution_options=_UNTRACKED)
    db.session.expunge(wish)
    db.session.expire_all()
    _note(author, "merge_wishes", "wish", into.id, wish=gone)


def write_template(author: Reviewer, template: AnswerTemplate | None, *, title: str, text: str) -> AnswerTemplate:
    """Write an answer template, a new one or another text of one. Raises TitleTaken."""
    _refuse_personal(text)
    written = template or AnswerTemplate()
    with _titled(written):
        written.title, written.text = title, text
    _note(author, "write_answer_template", "answer_template", written.id)
    return written


def record_change(
    author: Reviewer, *, title: str, text: str, app_version: str, changed_on: date, wish_id: int | None
) -> Change:
    """Write down what was changed, for nobody to see yet; the same once more is the one that is there."""
    written = {
        "title": title,
        "text": text,
        "app_version": app_version,
        "changed_on": changed_on,
        "wish_id": wish_id,
    }
    take_turn(CHANGES)
    known = queries.same_change(**written)
    if known:
        return known
    change = Change(**written, author_id=author.id, created_at=now())
    db.session.add(change)
    db.session.flush()  # the trail needs its id
    _note(author, "record_change", "change", change.id)
    return change


def correct_change(
    author: Reviewer,
    change: Change,
    *,
    title: str,
    text: str,
    app_version: str,
    changed_on: date,
    wish_id: int | None,
) -> None:
    """Correct what a change says. One that everybody sees is published anew, with the opinions of its wish."""
    change.title, change.text, change.app_version, change.changed_on = title, text, app_version, changed_on
    change.wish_id = wish_id
    db.session.flush()
    db.session.expire(change, ["wish"])
    _note(author, "correct_change", "change", change.id)
    if change.is_published:
        publish_change(author, change)


def publish_change(author: Reviewer, change: Change) -> None:
    """Show everybody what was changed, joined to the opinions that asked for it; those are done now.

    Raises HoldsPersonalData, and then nothing is published.
    """
    _refuse_personal(change.title, change.text, change.wish.title if change.wish else "")
    if change.wish_id:
        _join(change, change.wish_id)
    change.is_published = True
    _move(change, ON_THE_WAY, FeedbackState.DONE)
    _note(author, "publish_change", "change", change.id)


def withdraw_change(author: Reviewer, change: Change) -> None:
    """Show a change no more. Opinions that no other change answers are planned again."""
    change.is_published = False
    db.session.flush()
    _move(change, (FeedbackState.DONE,), FeedbackState.PLANNED)
    _note(author, "withdraw_change", "change", change.id)


_UNTRACKED = {"synchronize_session": False}


def _refuse_personal(*texts: str) -> None:
    if any(marks(text) for text in texts):
        raise HoldsPersonalData


def _note(author: Reviewer, act: str, kind: str, number: int, **detail: object) -> None:
    audit.note(author.id, act, kind, number, author.scope, **detail)


@contextmanager
def _titled(written: Wish | AnswerTemplate) -> Iterator[None]:
    """Save what the block writes, or raise TitleTaken."""
    try:
        with db.session.begin_nested():
            yield
            db.session.add(written)
    except IntegrityError:
        raise TitleTaken from None


def _join(change: Change, wish_id: int) -> None:
    """Join a change to all opinions that ask for a wish, spam aside."""
    joined = exists().where(ChangeLink.change_id == change.id, ChangeLink.feedback_id == Feedback.id)
    chosen = (
        select(literal(change.id, BigInteger), Feedback.id)
        .join(WishLink, WishLink.feedback_id == Feedback.id)
        .where(WishLink.wish_id == wish_id, Feedback.state != FeedbackState.SPAM, ~joined)
    )
    db.session.execute(insert(ChangeLink).from_select(["change_id", "feedback_id"], chosen))


def _move(change: Change, before: Sequence[FeedbackState], after: FeedbackState) -> None:
    """Bring the opinions of a change to another state, unless another published change answers them too."""
    others = select(ChangeLink.feedback_id).join(Change)
    others = others.where(Change.is_published, Change.id != change.id, ChangeLink.feedback_id == Feedback.id)
    mine = select(ChangeLink.feedback_id).where(ChangeLink.change_id == change.id)
    chosen: list[ColumnElement[bool]] = [Feedback.id.in_(mine), Feedback.state.in_(before)]
    if after is not FeedbackState.DONE:
        chosen.append(~others.exists())
    db.session.execute(update(Feedback).where(*chosen).values(state=after), execution_options=_UNTRACKED)
    db.session.expire_all()
