"""Publishing a version: what stands against it, what it changes, and that it never changes afterwards."""

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from consult.audit.models import AuditEntry
from consult.db import db, is_sqlite
from surveys import sheets
from surveys.conditions import Teller
from surveys.models import SurveyVersion, VersionState
from surveys.operations import managing
from surveys.queries import editions
from surveys.queries import surveys as queries
from surveys.queries.editions import Obstacle
from surveys.sheets import DefinitionRefused
from tests.accounts.makers import coordinator, sign_in, unit
from tests.apart import application
from tests.factories import two_districts
from tests.pages import Page
from tests.surveys.makers import SMALL, defined, survey

pytestmark = pytest.mark.usefixtures("world")

WHOLE = SMALL.replace("form_title  |", "kmzb::title::Polski (pl) | kmzb::title::English (en) |").replace(
    "Krótka ankieta |", "Krótka ankieta | A short survey |"
)
OLD_FORM = WHOLE.replace("form_title", "")
COMMUNES = """
| survey |
|        | type                | name | label                 |
|        | select_one communes | home | W której gminie mieszkasz? |
| settings |
|          | form_title |
|          | Gminy      |
"""


def read(form):
    return sheets.read(form.encode(), "form.md")


def version_2(made, form, author=None):
    return managing.draft(author or coordinator(), made, read(form))


def refused(version, **facts):
    with pytest.raises(managing.PublicationRefused) as caught:
        managing.publish(coordinator(), version, **facts)
    assert version.state is VersionState.DRAFT
    return list(caught.value.obstacles)


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


def publish(desk, number, **values):
    page = Page(desk, f"/surveys/krotka/versions/{number}")
    form = page.soup.select_one("form[action$='/publish']")
    return desk.post(form["action"], data=page.fields(form) | values)


# What stands against it


def test_a_whole_questionnaire_is_published():
    made = survey(WHOLE, published=False)
    managing.publish(coordinator(), made.draft)
    assert (made.published.number, made.draft) == (1, None)
    assert made.published.published_at is not None


def test_missing_translations_need_a_word():
    made = survey(published=False)
    assert refused(made.draft) == [Obstacle.GAPS]
    managing.publish(coordinator(), made.draft, accept_gaps=True)
    assert made.published is not None


def test_the_page_lists_gaps_and_asks_for_the_word(desk):
    survey(published=False)
    page = Page(desk, "/surveys/krotka/versions/1")
    assert len(page.soup.select("#gaps + ul li")) == 1
    assert publish(desk, 1).status_code == 422
    assert publish(desk, 1, accept_gaps="y").status_code == 302


def test_a_breaking_change_is_refused_with_the_name_of_its_question(desk):
    made = survey(WHOLE)
    version_2(made, WHOLE.replace("| range               | marks", "| text                | marks"))
    db.session.commit()
    assert refused(made.draft) == [Obstacle.BREAKING]
    page = Page(desk, "/surveys/krotka/versions/2")
    assert "marks" in page.soup.select_one("#changes ~ ul").text
    assert not page.soup.select("form[action$='/publish']"), "there is no button that could not work"
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    answer = desk.post("/surveys/krotka/versions/2/publish", data={"csrf_token": token, "accept_gaps": "y"})
    assert answer.status_code == 422
    db.session.expire_all()
    assert made.published.number == 1


def test_a_breaking_change_goes_under_a_new_name():
    made = survey(WHOLE)
    version_2(made, WHOLE.replace("| range               | marks", "| text                | points"))
    managing.publish(coordinator(), made.draft)
    assert {change["what"] for change in made.published.changes} == {"added", "removed"}
    assert [one.state for one in made.versions] == [VersionState.RETIRED, VersionState.PUBLISHED]


def test_a_question_that_comes_back_means_what_it_meant():
    made = survey(WHOLE)
    marks = "| range               | marks"
    version_2(made, WHOLE.replace(marks, "| text                | points"))
    managing.publish(coordinator(), made.draft)
    version_2(made, WHOLE.replace(marks, "| integer             | marks"))
    assert refused(made.draft) == [Obstacle.BREAKING]
    version_2(made, WHOLE)
    managing.publish(coordinator(), made.draft)
    assert made.published.number == 3


def test_harmless_changes_are_kept_with_the_version(desk):
    made = survey(WHOLE)
    version_2(made, WHOLE.replace("Ile punktów?", "Ile punktów dajesz?"))
    db.session.commit()
    assert publish(desk, 2).status_code == 302
    db.session.expire_all()
    (change,) = made.published.changes
    assert (change["kind"], change["question"]) == ("harmless", "marks")
    assert "Ile punktów dajesz?" in Page(desk, "/surveys/krotka").text
    assert "Ile punktów dajesz?" in Page(desk, "/surveys/krotka/versions/2").soup.select_one("#changes ~ ul").text


def test_what_is_published_already_is_not_published_again():
    made = survey(WHOLE)
    version_2(made, WHOLE)
    assert refused(made.draft) == [Obstacle.UNCHANGED]


def test_a_faulty_draft_is_not_even_kept():
    made = survey(WHOLE)
    with pytest.raises(DefinitionRefused):
        version_2(made, WHOLE.replace("${safe}='no'", "${marks}='no'"))
    assert made.draft is None


def test_faults_that_a_later_edition_of_the_rules_finds_are_named(monkeypatch):
    """A draft was fine when it was kept; since then the rules have become stricter."""
    made = survey(WHOLE, published=False)
    asked_nothing = read("| survey |\n| | type | name | label |\n| | note | a | A |")
    for form, obstacle in (
        (asked_nothing, Obstacle.NO_QUESTIONS),
        (read("| survey |\n| | type |"), Obstacle.NO_QUESTIONS),
    ):
        made.draft.sheets = form
        assert refused(made.draft) == [obstacle]
    made.draft.sheets = {**read(WHOLE), "choices": []}
    assert refused(made.draft) == [Obstacle.FAULTS]


def test_a_draft_that_the_rules_refuse_by_now_shows_its_faults(desk):
    made = survey(WHOLE, published=False)
    made.draft.sheets, made.draft.digest = {**read(WHOLE), "choices": []}, "x"
    db.session.commit()
    for url in ("/surveys", "/surveys/krotka"):
        Page(desk, url)
    page = Page(desk, "/surveys/krotka/versions/1")
    assert page.soup.select("#faults + table tbody tr")
    assert not page.soup.select("form[action$='/publish']")
    Page(desk, "/surveys/krotka/versions/1/preview", 404)


def test_a_draft_that_was_replaced_meanwhile_is_not_published_unseen(desk):
    made = survey(WHOLE, published=False)
    page = Page(desk, "/surveys/krotka/versions/1")
    form = page.soup.select_one("form[action$='/publish']")
    sent = page.fields(form)
    version_2(made, WHOLE.replace("Dlaczego nie?", "A dlaczego?"))
    db.session.commit()
    assert desk.post(form["action"], data=sent).status_code == 422
    db.session.expire_all()
    assert made.published is None
    assert publish(desk, 1).status_code == 302


# The communes of its areas


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({}, ["Łask", "Widawa"]),
        ({"area_codes": ["1003042"]}, ["Widawa"]),
        ({"area_codes": ["1003", "1019052"]}, ["Łask", "Widawa", "Zapolice"]),
        ({"area_codes": ["10"]}, ["Łask", "Szadek", "Widawa", "Zapolice"]),
    ],
    ids=["of the unit", "one commune", "a district and a commune", "a voivodeship"],
)
def test_publication_fills_in_the_communes(facts, names):
    made = survey(COMMUNES, **facts)
    (question,) = queries.definition_of(made.published).questions
    assert sorted(choice.labels["pl"].removeprefix("gmina ") for choice in question.choices) == sorted(names)
    assert all(len(choice.name) == 7 for choice in question.choices)


def test_without_boundaries_there_are_no_communes_to_choose(app):
    made = survey(COMMUNES, published=False, area_codes=["0201"])
    assert refused(made.draft) == [Obstacle.NO_COMMUNES]


def test_a_form_without_the_question_gets_no_communes():
    made = survey(WHOLE)
    assert made.published.sheets == read(WHOLE)


def test_the_form_goes_out_without_the_communes(client):
    survey(COMMUNES)
    found = sign_in(client, coordinator()).get("/surveys/krotka/versions/1/form.md")
    assert "Widawa" not in found.text


def test_a_draft_goes_to_odk_with_the_communes_of_today(desk):
    survey(COMMUNES, published=False)
    assert "Widawa" in desk.get("/surveys/krotka/versions/1/form.xml").text


def test_what_odk_could_not_read_is_not_given(desk):
    survey(COMMUNES, published=False, area_codes=["0201"])
    answer = desk.get("/surveys/krotka/versions/1/form.xml")
    assert (answer.status_code, answer.location) == (302, "/surveys/krotka/versions/1")


# Once, and for ever


def test_two_clicks_publish_once(desk):
    survey(WHOLE, published=False)
    page = Page(desk, "/surveys/krotka/versions/1")
    form = page.soup.select_one("form[action$='/publish']")
    answers = [desk.post(form["action"], data=page.fields(form)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    acts = select(func.count(AuditEntry.id)).where(AuditEntry.act == "publish_survey")
    assert db.session.scalar(acts) == 1


def test_of_publications_at_once_one_publishes(tmp_path):
    """Each thread has a connection and a transaction of its own, as each process of the server has."""
    with application(tmp_path) as app:
        two_districts()
        made = survey(WHOLE)
        version_2(made, WHOLE.replace("Ile punktów?", "Ile punktów dajesz?"))
        db.session.commit()
        start, failures, person, key = threading.Barrier(4), [], Person(made.author_id), made.draft.id
        db.session.rollback()

        def work():
            with app.app_context():
                start.wait(timeout=30)
                try:
                    draft = queries.version(key)
                    if not is_sqlite():  # there the second waits with its first word already
                        start.wait(timeout=30)
                    managing.publish(person, draft)
                    db.session.commit()
                except Exception as error:  # noqa: BLE001  # told below
                    failures.append(error)
                    db.session.rollback()
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        states = select(SurveyVersion.state).order_by(SurveyVersion.number)
        assert list(db.session.scalars(states)) == [VersionState.RETIRED, VersionState.PUBLISHED]
        acts = select(func.count(AuditEntry.id)).where(AuditEntry.act == "publish_survey")
        assert db.session.scalar(acts) == 2, "version 1, and version 2 once"


class Person:
    def __init__(self, number):
        self.id = number


CHANGES = {
    "its sheets": "sheets = '{}'",
    "its digest": "digest = 'x'",
    "its number": "number = 9",
    "its moment": "published_at = NULL, state = 'draft'",
    "whose word it was": "published_by_id = 7",
    "what it changed": "changes = '[1]'",
}


@pytest.mark.parametrize("state", [VersionState.PUBLISHED, VersionState.RETIRED])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_database_keeps_a_published_version(state, change):
    made = survey(WHOLE)
    if state is VersionState.RETIRED:
        version_2(made, WHOLE.replace("Ile punktów?", "Ile punktów dajesz?"))
        managing.publish(coordinator(), made.draft)
    key = made.versions[0].id
    assert made.versions[0].state is state
    _refused_by_the_database(text(f"UPDATE survey_version SET {change} WHERE id = :key"), key)


def test_the_database_lets_no_published_version_go():
    made = survey(WHOLE)
    _refused_by_the_database(text("DELETE FROM survey_version WHERE id = :key"), made.published.id)


def _refused_by_the_database(statement, key):
    with pytest.raises(DBAPIError) as caught, db.session.begin_nested():
        db.session.execute(statement, {"key": key})
    assert "never changes" in str(caught.value.orig)


def test_a_draft_may_still_change_and_go():
    made = survey(WHOLE, published=False)
    db.session.execute(text("UPDATE survey_version SET digest = 'x'"))
    db.session.execute(text("DELETE FROM survey_version"))
    db.session.expire_all()
    assert made.versions == []


def test_the_trail_says_who_published_what(client):
    author = coordinator()
    made = survey(WHOLE, author=author)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "publish_survey")).one()
    assert (entry.actor_id, entry.object_id, entry.unit_path) == (author.id, str(made.id), made.unit_path)
    assert entry.detail == {"version": 1, "digest": made.published.digest[:12]}


# Rules in words


TOLD = """
| survey |
|        | type                | name | label        | relevant | constraint | required |
|        | select_one yesno    | safe | Bezpiecznie? |          |            | yes      |
|        | select_multiple yesno | all | Wszystkie?  |          | count-selected(.) <= 2 | |
|        | integer             | age  | Wiek?        | {rule}   | . >= 18 and . <= 120 |  |
| choices |
|         | list_name | name | label |
|         | yesno     | yes  | tak   |
|         | yesno     | no   | nie   |
"""
WORDS = {
    "${safe} = 'no'": ("Bezpiecznie?", "nie"),
    "${safe}!='yes'": ("Bezpiecznie?", "tak"),
    "(selected(${all}, 'yes') or ${safe}='no')": ("Wszystkie?", "tak", "Bezpiecznie?", "nie"),
    "not(selected(${all}, 'no'))": ("Wszystkie?", "nie"),
    "${safe} = 'yes' and count-selected(${all}) >= 1": ("Bezpiecznie?", "tak", "Wszystkie?", "1"),
    "${safe} != ''": ("Bezpiecznie?",),
    "count-selected(${all}) > 0 and not(selected(${all}, 'no'))": ("Wszystkie?", "nie"),
    "not(selected(${all}, 'no') and count-selected(${all}) > 1)": ("Wszystkie?", "nie"),
}
RAW = ("${safe}='no' or ${safe}='yes' and ${safe}!=''", "string-length(${safe}) * 2 > 3", "if(${safe}='no', 1, 0) = 1")


@pytest.mark.parametrize("rule", WORDS)
def test_a_rule_is_told_in_words(rule):
    definition = defined(TOLD.format(rule=rule))
    question = definition.question("age")
    said = Teller(definition, "pl").told(question.relevant[0], question)
    assert said
    assert all(word in said for word in WORDS[rule])
    assert "${" not in said


@pytest.mark.parametrize("rule", RAW)
def test_a_rule_that_is_too_involved_stays_as_written(client, rule):
    form = TOLD.format(rule=rule)
    definition = defined(form)
    question = definition.question("age")
    assert Teller(definition, "pl").told(question.relevant[0], question) == ""
    survey(form)
    page = Page(sign_in(client, coordinator()), "/surveys/krotka/versions/1")
    assert rule in [code.text for code in page.soup.select("tbody code")]


def test_the_review_of_a_draft_changes_nothing():
    made = survey(COMMUNES, published=False)
    before = dict(made.draft.sheets)
    assert editions.review(made.draft).definition.questions[0].choices
    assert made.draft.sheets == before
    assert unit().area_codes
