"""Each ready questionnaire from its first page to the receipt, without scripts, in three languages and two moods."""

import pytest
from sqlalchemy import select

from consult.db import db
from surveys.models import Access, Submission, Survey
from surveys.operations import managing
from surveys.presets import PRESETS, content
from surveys.queries import surveys as queries
from surveys.questionnaire import Questionnaire
from tests.accounts.makers import coordinator, unit
from tests.surveys import makers  # noqa: F401  # sheets are read as in all tests of surveys
from tests.surveys.walker import Walker

NAMES = [preset.name for preset in PRESETS]


@pytest.fixture
def published(world):
    """Publish a preset for district 1003."""
    from surveys import sheets

    def publish(name):
        author = coordinator()
        read = sheets.read(content(name), f"{name}.md")
        made = managing.create(
            author, slug=name.replace("_", "-"), unit=unit(), sheets=read, access=Access.OPEN, area_codes=["1003"]
        )
        managing.publish(author, made.draft)
        db.session.commit()
        return made

    return publish


def walk_to_check(walk, mood, limit=60):
    """Answer every page until the check; give the pages that were seen."""
    seen = []
    for _ in range(limit):
        page = walk.fields["-page"]
        if page == "check":
            return seen
        seen.append(page)
        walk.send(**walk.some_answers(mood))
        assert walk.status == 200, (page, walk.errors)
    raise AssertionError("the questionnaire does not end")


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mood", [0, 1])
def test_a_preset_from_start_to_end(published, client, name, language, mood):
    survey = published(name)
    walk = Walker(client, survey.slug, language=language)
    assert walk.soup.html["lang"] == language
    seen = walk_to_check(walk, mood)
    assert len(seen) == len(set(seen)) > 1
    assert walk.soup.html["lang"] == language
    walk.send("send")
    assert walk.status == 303, walk.errors
    assert walk.follow().status == 200
    taken = db.session.scalar(select(Submission).where(Submission.survey_id == survey.id))
    assert taken.language == language
    asking = Questionnaire(queries.definition_of(survey.published))
    assert asking.settled(taken.answers)[2] == ()
    assert asking.pruned(taken.answers) == taken.answers


@pytest.mark.parametrize("name", NAMES)
def test_back_from_the_check_to_the_start_and_forward_again(published, client, name):
    survey = published(name)
    walk = Walker(client, survey.slug)
    seen = walk_to_check(walk, 0)
    before = walk.answers()
    walk.send("back")
    back = [walk.fields["-page"]]
    while walk.soup.select("button[value=back]"):
        walk.send("back")
        back.append(walk.fields["-page"])
    assert back == seen[::-1]
    for _ in seen:
        walk.send()
        assert walk.status == 200, walk.errors
    assert walk.answers() == before


@pytest.mark.parametrize("name", NAMES)
def test_another_mood_prunes_what_is_not_asked_any_more(published, client, name):
    survey = published(name)
    walk = Walker(client, survey.slug)
    walk_to_check(walk, 0)
    while walk.soup.select("button[value=back]"):
        walk.send("back")
    walk_to_check(walk, 1)
    walk.send("send")
    taken = db.session.scalar(select(Submission).where(Submission.survey_id == survey.id))
    asking = Questionnaire(queries.definition_of(survey.published))
    assert set(taken.answers) - {p.repeat.name for p in asking.definition.pages if p.repeat} <= asking.asked(
        taken.answers
    ) | {q.name for q in asking.definition.questions if not q.is_asked}


@pytest.mark.parametrize("name", NAMES)
def test_stop_in_the_middle_and_come_back(published, client, elsewhere, name):
    survey = published(name)
    walk = Walker(client, survey.slug)
    for _ in range(3):
        walk.send(**walk.some_answers(0))
    page, state = walk.fields["-page"], walk.send("save").soup.select_one(".survey-code-shown").text
    later = Walker(elsewhere(), survey.slug, door="resume")
    later.post({**later.fields, "-code": state})
    assert later.fields["-page"] == page
    walk_to_check(later, 0)
    assert later.send("send").status == 303
    assert db.session.scalar(select(Survey.accepted).where(Survey.id == survey.id)) == 1
