"""The demonstration's surveys: answered by many in every way, mixed, and every answer one that its questionnaire takes."""

import pytest
from sqlalchemy import func, select

from consult.clock import now, today
from consult.db import db
from consult.demo import answers
from consult.demo.answers import Somebody, homes
from consult.demo.content import stories
from consult.observations.models import Observation, Plane
from debates.models import Meeting
from surveys import presets, reading, sheets
from surveys.models import Counter, Feedback, FeedbackSource, LooseEnd, Mode, Submission, Survey
from surveys.queries import mixing
from surveys.questionnaire import Questionnaire
from surveys.questions import Kind, Role

POLLS = answers.polls()
BY_PRESET = pytest.mark.parametrize("poll", POLLS, ids=lambda poll: poll.slug)


def asked_by(poll):
    rows = sheets.read(presets.content(poll.preset), f"{poll.preset}.md")
    return reading.definition(sheets.with_communes(rows, [("1003012", "Buczek"), ("3023011", "Słupca")]))


def survey(slug):
    return db.session.execute(select(Survey).where(Survey.slug == slug)).unique().scalar_one()


def counted(slug, question):
    chosen = select(Counter.value, func.sum(Counter.n)).where(
        Counter.version_id == survey(slug).published.id, Counter.question == question
    )
    return dict(db.session.execute(chosen.group_by(Counter.value)).all())


@BY_PRESET
def test_a_share_stands_for_every_choice_and_for_no_other(poll):
    read = asked_by(poll)
    drawn = {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANGE}
    chosen = {q.name: q for q in read.questions if q.kind in drawn and q.role not in {Role.UNIT, Role.CATEGORY}}
    assert set(poll.chosen) == set(chosen)
    for name, question in chosen.items():
        points = int(question.high - question.low) + 1 if question.kind is Kind.RANGE else len(question.choices)
        assert len(poll.chosen[name]) == points, name
        if question.kind is not Kind.SELECT_MULTIPLE:
            assert sum(poll.chosen[name]) == 100, name
    assert set(poll.words) == {question.name for question in read.questions if question.kind is Kind.TEXT}
    assert set(poll.numbers) == {question.name for question in read.questions if question.kind is Kind.INTEGER}


@BY_PRESET
def test_everybody_answers_what_the_questionnaire_takes(poll):
    read = asked_by(poll)
    towns = list(homes(stories(), lambda _town: "1003012"))
    for number in range(150):
        person = Somebody(poll, towns[number % len(towns)], str(number), answers.Counter())
        kept, asked, faults = Questionnaire(read).settled(person.answers(read))
        assert faults == ()
        assert len(kept) >= len(asked) / 2


def test_whoever_feels_safe_outside_feels_safe_at_home():
    poll = POLLS[0]
    read = asked_by(poll)
    town = next(homes(stories(), lambda _town: "1003012"))
    pairs = []
    for number in range(300):
        said = Somebody(poll, town, str(number), answers.Counter()).answers(read)
        pair = said.get("safe_dark", "98"), said.get("safe_home", "98")
        if not {"97", "98"} & set(pair):
            pairs.append(pair)
    at_home = [home == "1" for dark, home in pairs if dark == "1"]
    elsewhere = [home == "1" for dark, home in pairs if dark in {"3", "4"}]
    assert sum(at_home) / len(at_home) > 2 * sum(elsewhere) / len(elsewhere)


def test_three_surveys_are_answered_on_the_web_on_paper_and_in_interviews(loaded):
    rows = db.session.execute(select(Survey.slug, Survey.accepted)).all()
    assert dict(rows) == {"poczucie-bezpieczenstwa": 120, "ocena-mapy": 70, "ocena-debaty": 24}
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 214
    assert set(db.session.scalars(select(Submission.mode))) == set(Mode)
    assert set(db.session.scalars(select(Submission.language))) == {"pl", "en", "uk"}
    assert set(db.session.scalars(select(Submission.district_code))) == {"", "1003", "3023"}


def test_two_are_open_and_one_judges_a_debate_that_was_held(loaded):
    assert survey("poczucie-bezpieczenstwa").is_open_at(now())
    assert survey("ocena-mapy").is_open_at(now())
    judged = survey("ocena-debaty")
    assert judged.has_closed_at(now())
    meeting = db.session.scalars(select(Meeting).where(Meeting.key == judged.meeting_code)).one()
    assert meeting.kind == "evaluating_debate"
    assert meeting.held_on <= judged.closes_at.date()
    assert judged.unit_path == "demo/lask/"


def test_most_feel_safe_some_cannot_say_and_few_were_robbed(loaded):
    dark = counted("poczucie-bezpieczenstwa", "walk_dark")
    assert 0.55 <= (dark["1"] + dark["2"]) / dark["#asked"] <= 0.9
    assert dark["98"] > 0
    crimes = counted("poczucie-bezpieczenstwa", "crimes")
    assert crimes["none"] / crimes["#asked"] > 0.6
    assert counted("ocena-mapy", "#sus")["#asked"] >= 30


def test_what_is_mixed_keeps_neither_places_nor_words_for_the_desk(loaded):
    for slug in ("poczucie-bezpieczenstwa", "ocena-mapy", "ocena-debaty"):
        assert mixing.waiting(survey(slug).id) < mixing.SMALLEST_BATCH
        mixed = select(Submission.answers).where(Submission.survey_id == survey(slug).id, Submission.generation > 0)
        for answered in db.session.scalars(mixed):
            assert answered.keys().isdisjoint({"threat_place", "opinion", "wish", "missing_category"})
            assert all("spot_place" not in spot for spot in answered.get("spots", ()))
    assert mixing.waiting(survey("ocena-debaty").id) == 0
    assert db.session.scalar(select(func.count()).select_from(LooseEnd)) == 0


def test_marked_places_are_on_the_map_and_words_at_the_desk(loaded):
    placed = db.session.scalars(select(Observation).where(Observation.source == mixing.SOURCE)).all()
    assert len(placed) >= 30
    assert {one.plane for one in placed} == {Plane.DIRECT_CONTACT}
    assert {one.district_code for one in placed} == {"1003", "3023"}
    words = db.session.scalars(select(Feedback).where(Feedback.source == FeedbackSource.SURVEY)).all()
    assert len(words) >= 20
    assert all(one.received_on <= today() for one in words)
