"""The demonstration's opinions: an inbox with something to do, wishes with voices, one change that people asked for."""

from datetime import timedelta

from sqlalchemy import func, select

from consult.clock import today
from consult.db import db
from consult.period import midnight
from consult.personal_data import marks
from surveys.models import Change, Feedback, FeedbackState, WishKind
from surveys.queries import feedback as queries
from surveys.queries.satisfaction import satisfaction


def test_every_state_but_refusal_occurs(loaded):
    states = set(db.session.scalars(select(Feedback.state)))
    assert states == set(FeedbackState) - {FeedbackState.DECLINED, FeedbackState.PLANNED}


def test_wishes_are_ranked_by_voices(loaded):
    ranked = queries.ranking()
    assert all(ranked.values())
    first = ranked[WishKind.FEATURE][0]
    assert (first.wish.title, first.voices) == ("Ciemny wygląd strony", 5)
    assert ranked[WishKind.CATEGORY][0].voices == 2


def test_the_change_answers_those_who_asked(loaded):
    [change] = db.session.scalars(select(Change)).all()
    assert change.is_published
    assert queries.voices_of([change]) == {change.id: 5}
    done = select(func.count()).select_from(Feedback).where(Feedback.state == FeedbackState.DONE)
    assert db.session.scalar(done) == 5


def test_two_versions_have_figures_and_the_later_pleases_more(loaded):
    later, earlier = satisfaction().versions
    assert later.name > earlier.name
    assert later.satisfied.per_cent > earlier.satisfied.per_cent


def test_a_personal_number_waits_to_be_noticed(loaded):
    fresh = db.session.scalars(select(Feedback.words).where(Feedback.state == FeedbackState.NEW))
    assert sum(bool(marks(words)) for words in fresh) == 1


def test_nothing_lies_in_the_future(loaded):
    assert db.session.scalar(select(func.max(Feedback.received_on))) < today()
    assert db.session.scalar(select(func.max(Feedback.reviewed_at))) <= midnight(today() + timedelta(days=1))
