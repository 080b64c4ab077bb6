"""What people answered, as everybody sees it: rounded, by a release alone, and never of one to nine people."""

import json
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.releases import polls
from consult.releases import queries as releases
from consult.releases.operations import AlreadyReleased
from surveys import frozen, jobs
from surveys.frozen import GrewTooLittle
from surveys.models import Access, Mode
from surveys.operations import answering, managing, mixing
from surveys.operations import releasing as operations
from surveys.operations.releasing import NotForEverybody, NotMixed, TooFewPeople, release
from surveys.queries import releases as queries
from surveys.queries import surveys
from tests.accounts.makers import coordinator, officer, sign_in
from tests.pages import Page
from tests.surveys import makers

pytestmark = pytest.mark.usefixtures("world")

HOME = """
| survey |
|        | type                | name  | label::Polski (pl) | required | relevant | kmzb::role |
|        | select_one communes | home  | Gdzie mieszkasz?   |          |          | unit |
|        | select_one yesno    | safe  | Czy jest bezpiecznie? |       |          |      |
|        | text                | why   | Dlaczego nie?      |          | ${safe}='no' |  |
| choices |
|         | list_name | name | label::Polski (pl) |
|         | yesno     | yes  | tak                |
|         | yesno     | no   | nie                |
| settings |
|          | form_title | form_id | default_language |
|          | Pomiar     | pomiar  | Polski (pl) |
"""


@pytest.fixture
def survey():
    return makers.survey()


def answer(count, slug="krotka", **answers):
    made = surveys.by_slug(slug)
    for _ in range(count):
        given = {"safe": "yes", **answers}
        answering.submit(made, made.published, makers.definition(made), given, mode=Mode.WEB, key=secrets.token_hex(16))
    db.session.commit()
    return made


def tomorrow(monkeypatch, days=1):
    day = queries.today() + timedelta(days=days)
    monkeypatch.setattr(queries, "today", lambda: day)


def test_a_release_holds_fives_and_gives_them_back_as_results(survey):
    answer(21)
    answer(12, safe="no")
    made = release(answer(0))
    record = releases.figures(made)
    assert record["people"] == 35
    safe = record["questions"][0]
    assert (safe["people"], safe["counts"]["yes"], safe["counts"]["no"]) == (35, 20, 10)
    found = queries.released(survey)
    assert found.everybody.people == 35
    assert [(line.name, line.count) for line in found.questions[0].lines] == [("yes", 20), ("no", 10)]
    assert round(found.questions[0].lines[0].share.per_cent) == 57
    assert found.questions[1].figures.people == 10, "twelve were asked why not"
    assert made.bases["#all|"] == 33
    assert "33" not in made.figures


def test_shares_are_told_from_thirty_people_on_and_the_file_says_no_more(survey):
    answer(29)
    record = releases.figures(release(answer(0)))
    assert record["questions"][0]["reaches"] == 0
    assert queries.released(survey).questions[0].lines[0].share is None


def test_fewer_than_ten_people_are_not_told(survey):
    with pytest.raises(TooFewPeople):
        release(answer(9))
    release(answer(1))


def test_a_number_that_rounds_to_nought_is_not_even_named(survey):
    answer(20, marks="3")
    answer(1, marks="7")
    release(answer(0))
    counts = {one["name"]: one["counts"] for one in releases.figures(queries.last(survey))["questions"]}
    assert "3" in counts["marks"]
    assert "7" not in counts["marks"]


def test_the_next_release_waits_until_ten_more_people_have_answered(survey, monkeypatch):
    release(answer(20))
    with pytest.raises(AlreadyReleased):
        release(survey)
    tomorrow(monkeypatch)
    with pytest.raises(AlreadyReleased):
        release(survey)
    with pytest.raises(GrewTooLittle, match="#all"):
        release(answer(9))
    release(answer(1))
    assert queries.released(survey).everybody.people == 30


def test_the_question_of_which_few_more_were_asked_holds_the_release_up(survey, monkeypatch):
    answer(20)
    release(answer(12, safe="no"))
    tomorrow(monkeypatch)
    answer(10)
    with pytest.raises(GrewTooLittle, match=r"^why$"):
        release(answer(3, safe="no"))
    answer(7, safe="no")
    release(survey)


def test_there_is_one_release_of_a_day(survey):
    release(answer(20))
    with pytest.raises(AlreadyReleased):
        release(answer(30))


def test_only_what_residents_could_answer_is_told():
    makers.survey(slug="wewnetrzna", access=Access.STAFF)
    with pytest.raises(NotForEverybody):
        release(answer(20, slug="wewnetrzna"))


def test_what_has_ended_is_mixed_first(survey):
    answer(20)
    managing.close(coordinator(), survey)
    db.session.commit()
    with pytest.raises(NotMixed):
        release(survey)
    mixing.mix(survey)
    release(survey)


def test_the_job_releases_ended_evaluations_of_debates_alone():
    made = makers.survey(slug="debata", meeting_code="a" * 32)
    makers.survey(slug="inna", meeting_code="b" * 32)
    makers.survey()
    for slug, count in (("debata", 15), ("inna", 9), ("krotka", 40)):
        managing.close(coordinator(), answer(count, slug=slug))
        mixing.mix(surveys.by_slug(slug))
    assert queries.waiting(now()) == [made]
    db.session.commit()
    assert jobs.release_ended() == "debata"
    assert jobs.release_ended() == ""


def test_areas_are_told_from_ten_people_on_and_never_give_the_small_ones_away():
    made = makers.survey(HOME, slug="pomiar", area_codes=["1003", "1019"])
    for commune, count in (("1003023", 30), ("1019042", 4)):
        answer(count, slug="pomiar", home=commune)
    answer(20, slug="pomiar")
    record = releases.figures(release(made))
    areas = {row["area"]: row["people"] for row in record["questions"][1]["areas"]}
    assert set(areas) == {"00", "0000", "10", "1003", "1019"}
    assert areas["1019"] is None
    assert areas["0000"] is None
    assert polls.worked_out(record) == {}


def test_the_release_is_a_page_for_everybody(survey, client):
    answer(25, safe="no", why="=boję się")
    made = release(answer(10))
    db.session.commit()
    page = Page(client, f"/releases/{made.id}")
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.soup.select("tbody tr")]
    assert ["nie", "25", "71\u00a0%"] in rows
    assert "boję" not in page.text + made.figures
    assert "Krótka ankieta" in Page(client, "/releases").text
    assert "nie;25" in client.get(f"/releases/{made.id}.csv").text


def test_the_command_publishes_or_says_why_not(survey, app):
    run = app.test_cli_runner().invoke
    assert run(args=["releases", "survey", "nieznana"]).exit_code == 1
    answer(9)
    refused = run(args=["releases", "survey", "krotka"])
    assert (refused.exit_code, refused.stdout) == (1, "")
    answer(9)
    done = run(args=["releases", "survey", "krotka"])
    assert json.loads(done.stdout)["survey"] == "krotka"
    assert run(args=["releases", "audit"]).exit_code == 0


def test_everything_about_a_release_is_in_its_bases(survey):
    made = release(answer(20))
    assert set(made.bases) == {polls.key("#all", frozen.COUNTRY), polls.key("safe", ""), polls.key("marks", "")}
    assert operations.queries.before(survey).growth("safe", "", 25) == 5


def test_the_coordinator_publishes_on_a_page_or_reads_what_hinders(survey, client):
    where = "/surveys/krotka/publish-results"
    boss = coordinator()
    sign_in(client, boss)
    answer(9)
    page = Page(client, where)
    refused = page.send()
    assert refused.status_code == 422
    assert "niż dziesięć" in Page.of(client, where, refused).soup.select_one(".govuk-error-summary").text
    assert queries.last(survey) is None
    answer(1)
    done = page.send()
    made = queries.last(survey)
    assert (done.status_code, done.location) == (302, f"/releases/{made.id}")
    (noted,) = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "release")).all()
    assert (noted.actor_id, noted.object_id) == (boss.id, str(made.id))
    again = Page(client, where)
    assert f"/releases/{made.id}" in again.text
    assert again.send().status_code == 422
    answer(3)
    assert Page(client, where).send().status_code == 422, "three came since"
    assert where in Page(client, "/surveys/krotka").text


def test_nobody_but_the_coordinator_publishes(survey, client):
    sign_in(client, officer())
    assert client.get("/surveys/krotka/publish-results").status_code == 403
