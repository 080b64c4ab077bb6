"""Surveys as their coordinator manages them: begun from a preset or a file, timed, closed; seen by whom they concern."""

import io
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.period import midnight
from surveys import presets, sheets, workbooks
from surveys.models import Access, DayCount, Invitation, Mode, Submission, Survey, VersionState
from surveys.operations import managing
from surveys.queries import surveys as queries
from surveys.queries.surveys import Phase
from surveys.questions import SampleKind
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.pages import Page
from tests.surveys.makers import SMALL, survey

pytestmark = pytest.mark.usefixtures("world")

PLAIN = """
| survey |
|        | type    | name | label             |
|        | integer | age  | Ile masz lat?     |
|        | text    | job  | Co robisz?        |
| settings |
|          | form_title     |
|          | Żółta ankieta! |
"""
FAULTY = PLAIN.replace("integer | age ", "image   | age ")


def upload(text, name="form.md"):
    return (io.BytesIO(text.encode() if isinstance(text, str) else text), name)


@pytest.fixture
def boss(world):
    return coordinator()


@pytest.fixture
def desk(client, boss):
    return sign_in(client, boss)


def count():
    return db.session.scalar(select(func.count(Survey.id)))


def the_survey():
    db.session.expire_all()
    return db.session.scalars(select(Survey)).unique().one()


def acts():
    return list(db.session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "survey")))


def submission(made, generation=0):
    """One person has answered."""
    made.accepted += 1
    facts = {"version_id": made.published.id, "received_on": date(2026, 11, 1), "mode": Mode.WEB, "language": "pl"}
    row = Submission(id=f"{made.accepted:032x}", survey_id=made.id, answers={}, generation=generation, **facts)
    db.session.add(row)
    db.session.commit()


def press(desk, url, form):
    """Press the button of a page's form whose address ends so."""
    page = Page(desk, url)
    found = page.soup.select_one(f"form[action$='{form}']")
    return desk.post(found["action"], data=page.fields(found))


# A new survey


def test_a_survey_begins_with_a_preset(desk):
    answer = Page(desk, "/surveys/new").send(start="safety_perception", slug="bezpieczna-okolica")
    made = the_survey()
    assert (answer.status_code, answer.location) == (302, "/surveys/bezpieczna-okolica/versions/1")
    assert (made.unit.code, made.access, made.versions[0].state) == ("1003", Access.OPEN, VersionState.DRAFT)
    assert made.versions[0].digest == sheets.digest(sheets.read(presets.content("safety_perception"), "p.md"))
    assert acts() == ["create_survey"]


@pytest.mark.parametrize("preset", [preset.name for preset in presets.PRESETS])
def test_every_preset_can_be_begun_looked_over_and_published(desk, preset):
    answer = Page(desk, "/surveys/new").send(start=preset)
    assert press(desk, answer.location, "/publish").status_code == 302
    assert the_survey().published is not None


def test_a_survey_begins_with_a_file_and_takes_its_name_from_the_title(desk):
    answer = Page(desk, "/surveys/new").send(start="file", file=upload(PLAIN), sample="opt-in")
    assert answer.location == "/surveys/zolta-ankieta/versions/1"


def test_a_workbook_is_a_file_too(desk):
    book = sheets.to_xlsx(sheets.read(SMALL.encode(), "form.md"))
    answer = Page(desk, "/surveys/new").send(start="file", file=upload(book, "Krótka.xlsx"), sample="opt-in")
    assert answer.location == "/surveys/krotka-ankieta/versions/1"


def test_everything_that_is_filled_in_is_kept(desk):
    Page(desk, "/surveys/new").send(
        start="file",
        file=upload(PLAIN),
        access="invitation",
        sample="probability",
        area_codes="1003042",
        meeting_code="a3f",
        opens_on="2027-03-01",
        opens_hour="08:30",
        closes_on="2027-03-31",
        quota="500",
    )
    made = the_survey()
    assert (made.access, made.area_codes, made.meeting_code, made.quota) == (Access.INVITATION, ["1003042"], "a3f", 500)
    assert made.sample is SampleKind.PROBABILITY
    assert made.opens_at == datetime(2027, 3, 1, 7, 30, tzinfo=UTC)
    assert made.closes_at == midnight(date(2027, 4, 1)), "the last day is a whole day, whatever the clocks do in it"


def test_two_clicks_begin_one_survey(desk):
    page = Page(desk, "/surveys/new")
    first, second = page.send(start="debate_evaluation"), page.send(start="debate_evaluation")
    assert first.location == second.location
    assert count() == 1


def test_a_title_that_is_taken_gets_a_number(desk):
    survey(PLAIN, slug="zolta-ankieta")
    answer = Page(desk, "/surveys/new").send(start="file", file=upload(PLAIN), sample="opt-in")
    assert answer.location == "/surveys/zolta-ankieta-2/versions/1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", "none"),
        ("slug", "Wielkie Litery"),
        ("slug", "new"),
        ("slug", "zajeta"),
        ("slug", "a" * 61),
        ("slug", "-a"),
        ("unit_code", "1019"),
        ("access", "everybody"),
        ("area_codes", "1019042"),
        ("meeting_code", "dwa słowa"),
        ("opens_on", "32.05.2027"),
        ("opens_hour", "08:30"),
        ("closes_on", "2020-01-01"),
        ("closes_on", "9999-12-31"),
        ("quota", "0"),
        ("quota", "dużo"),
    ],
)
def test_a_crafted_or_mistaken_field_is_refused(desk, field, value):
    survey(slug="zajeta")
    facts = {"start": "debate_evaluation", "slug": "nowa"} | {field: value}
    answer = Page(desk, "/surveys/new").send(**facts)
    assert answer.status_code == 422
    assert count() == 1


def test_the_end_is_after_the_beginning(desk):
    answer = Page(desk, "/surveys/new").send(start="debate_evaluation", opens_on="2027-05-02", closes_on="2027-05-01")
    assert answer.status_code == 422


def test_a_page_of_a_debate_can_name_the_debate(desk):
    assert Page(desk, "/surveys/new?meeting=0a1b").fields()["meeting_code"] == "0a1b"


# A questionnaire with faults

ODD = {
    "no file": (b"", ""),
    "another format": (b"%PDF-1.7", "form.pdf"),
    "no workbook": (b"PK\x03\x04 broken", "form.xlsx"),
    "macros": (b"PK", "form.xlsm"),
    "not UTF-8": (b"| survey |\n| | type | \xff |", "form.md"),
    "nothing asked": (b"| survey |\n| | type | name | label |\n| | note | a | A |", "form.md"),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_a_file_that_is_no_questionnaire_is_refused(desk, content):
    answer = Page(desk, "/surveys/new").send(start="file", slug="moja", file=upload(*content))
    assert answer.status_code == 422
    assert count() == 0


def test_a_file_that_is_too_large_is_refused(desk, monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_BYTES", len(PLAIN.encode()) - 1)
    answer = Page(desk, "/surveys/new").send(start="file", slug="moja", file=upload(PLAIN))
    assert answer.status_code == 422
    assert count() == 0


ROWS = {
    "an unknown type": ("integer | age ", "image   | age ", "survey", 2, "type"),
    "a name with a blank": ("| age  |", "| a ge |", "survey", 2, "name"),
    "no text": ("Ile masz lat?", "             ", "survey", 2, "label"),
    "two rows of settings": ("Żółta ankieta! |", "Żółta ankieta! |\n|    | Druga          |", "settings", 3, ""),
}


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_a_fault_is_shown_with_its_sheet_row_and_column(desk, case):
    before, after, sheet, row, column = case
    answer = Page(desk, "/surveys/new").send(start="file", slug="moja", file=upload(PLAIN.replace(before, after)))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "lxml")
    cells = [cell.text.strip() for cell in page.select("#faults + table tbody tr:first-child td")]
    assert cells[:3] == [sheet, str(row), column or "–"]
    assert cells[3], "what is wrong is said"
    assert page.select_one("input[name=slug]")["value"] == "moja", "the other fields are kept"
    assert count() == 0


def test_a_fault_quotes_what_stands_there_as_text(desk):
    text = PLAIN.replace("integer | age ", "<b>x</b> | age ")
    answer = Page(desk, "/surveys/new").send(start="file", file=upload(text))
    assert answer.status_code == 422
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text


def test_a_version_with_faults_is_refused_too(desk):
    made = survey(PLAIN)
    answer = Page(desk, "/surveys/krotka/versions/new").send(file=upload(FAULTY))
    assert answer.status_code == 422
    assert "image" in answer.text
    db.session.expire_all()
    assert made.draft is None


# Who sees what

MANAGING = ("/surveys/new", "/surveys/krotka/edit", "/surveys/krotka/close", "/surveys/krotka/versions/new")
READING = ("/surveys/krotka", "/surveys/krotka/versions/1", "/surveys/krotka/versions/1/preview")
ACTS = ("versions/1/publish", "versions/1/discard", "reopen", "remove", "close", "edit", "versions/new")


@pytest.mark.parametrize("url", MANAGING)
@pytest.mark.parametrize("person", [officer, head, administrator])
def test_only_a_coordinator_manages(client, person, url):
    survey()
    Page(sign_in(client, person()), url, 403)


@pytest.mark.parametrize("url", [*MANAGING[1:], *READING])
def test_a_survey_of_another_unit_does_not_exist(client, url):
    survey()
    Page(sign_in(client, coordinator(unit("1019"))), url, 404)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", [officer, lambda: coordinator(unit("1019"))], ids=["officer", "other unit"])
def test_nobody_else_writes_by_a_crafted_post(client, person, act):
    made = survey(published=False)
    someone = person()
    token = Page(sign_in(client, someone), "/surveys").soup.select_one("input[name=csrf_token]")["value"]
    answer = client.post(f"/surveys/krotka/{act}", data={"csrf_token": token, "quota": "1"})
    assert answer.status_code == (403 if someone.role == "officer" else 404)
    db.session.expire_all()
    assert (made.published, made.closed_at, made.quota) == (None, None, None)


@pytest.mark.parametrize("url", READING)
@pytest.mark.parametrize("person", [officer, head, coordinator])
def test_staff_of_the_unit_see_it(client, person, url):
    survey()
    Page(sign_in(client, person()), url)


def test_officers_see_the_surveys_of_the_unit_above(client):
    survey(unit=unit("10"), slug="wojewodzka", author=coordinator(unit("10")))
    survey(unit=unit("1019"), slug="sasiednia", author=coordinator(unit("1019")))
    desk = sign_in(client, officer())
    page = Page(desk, "/surveys")
    assert [link["href"] for link in page.soup.select("table th a")] == ["/surveys/wojewodzka"]
    Page(desk, "/surveys/wojewodzka")
    Page(desk, "/surveys/sasiednia", 404)


def test_the_coordinator_of_a_unit_below_reads_but_does_not_manage(client):
    survey(unit=unit("10"), author=coordinator(unit("10")))
    desk = sign_in(client, coordinator())
    page = Page(desk, "/surveys/krotka")
    assert not page.soup.select("a[href$='/edit'], a[href$='/close'], a[href$='/versions/new']")
    Page(desk, "/surveys/krotka/edit", 404)


@pytest.mark.parametrize("url", [*MANAGING, *READING[1:]])
def test_a_stranger_is_asked_to_sign_in(client, url):
    survey()
    assert client.get(url).location.startswith("/accounts/sign-in")


@pytest.mark.parametrize(
    ("facts", "leads_to"),
    [
        ({}, "/surveys/krotka/answer"),
        ({"access": Access.INVITATION, "sample": SampleKind.PROBABILITY}, "/surveys/krotka/answer"),
        ({"access": Access.STAFF}, "/accounts/sign-in"),
        ({"published": False}, "/accounts/sign-in"),
        ({"slug": "inna"}, "/accounts/sign-in"),
    ],
)
def test_a_resident_at_the_address_of_a_survey_comes_to_its_questionnaire(client, facts, leads_to):
    survey(**facts)
    assert client.get("/surveys/krotka").location.startswith(leads_to)


def test_a_resident_at_the_address_of_a_closed_survey_reads_that_it_is_closed(client):
    made = survey()
    made.closed_at = now()
    db.session.commit()
    answer = client.get("/surveys/krotka", follow_redirects=True)
    assert "jest zamknięta" in BeautifulSoup(answer.text, "html.parser").h1.text


# The list


def test_everybody_sees_what_is_open(client):
    soon, past = now() + timedelta(days=1), now() - timedelta(days=1)
    survey(slug="otwarta")
    survey(slug="zaproszeni", access=Access.INVITATION)
    survey(slug="sluzbowa", access=Access.STAFF)
    survey(slug="szkic", published=False)
    survey(slug="przyszla", opens_at=soon)
    survey(slug="minela", closes_at=past)
    survey(slug="pelna", quota=1).accepted = 1
    managing.close(coordinator(), survey(slug="zamknieta"))
    db.session.commit()
    page = Page(client, "/surveys")
    assert {item["id"] for item in page.soup.select(".result")} == {"survey-otwarta", "survey-zaproszeni"}


def test_titles_are_in_the_language_of_the_reader(client):
    titled = "kmzb::title::Polski (pl) | kmzb::title::English (en)"
    survey(PLAIN.replace("form_title     ", titled).replace("Żółta ankieta!", "Żółta ankieta! | A yellow survey"))
    client.set_cookie("language", "en")
    assert Page(client, "/surveys").soup.select_one(".result h2").text.strip() == "A yellow survey"


def test_the_public_list_is_cut_by_district(client):
    survey(slug="laska")
    survey(slug="zdunska", unit=unit("1019"))
    survey(slug="czesc", unit=unit("10"), area_codes=["1003042"])
    listed = lambda query: [item["id"][7:] for item in Page(client, f"/surveys{query}").soup.select(".result")]  # noqa: E731
    assert listed("?district=1003") == ["laska", "czesc"]
    assert listed("?district=1019") == ["zdunska"]
    assert len(listed("?district=x")) == 3


def test_the_list_of_staff_is_cut_by_state_and_counts(desk):
    survey(slug="szkic", published=False)
    made = survey(slug="otwarta", quota=20)
    submission(made)
    page = Page(desk, f"/surveys?phase={Phase.OPEN}")
    (row,) = page.soup.select("tbody tr")
    assert row.a["href"] == "/surveys/otwarta"
    assert "1 z 20" in row.text
    assert len(Page(desk, "/surveys?phase=odd").soup.select("tbody tr")) == 2


def test_the_number_of_queries_does_not_grow_with_the_list(client, desk, queries_counted, elsewhere):
    survey(slug="pierwsza")
    few = [queries_counted(partial(one.get, "/surveys")) for one in (desk, elsewhere())]
    for number in range(8):
        survey(slug=f"kolejna-{number}")
    many = [queries_counted(partial(one.get, "/surveys")) for one in (desk, elsewhere())]
    assert many == few


def test_pages_of_a_long_list(desk):
    author = coordinator()
    for number in range(queries.PAGE_SIZE + 1):
        survey(slug=f"ankieta-{number}", author=author, published=False)
    assert len(Page(desk, "/surveys?page=2").soup.select("tbody tr")) == 1
    assert len(Page(desk, "/surveys?page=999999999999").soup.select("tbody tr")) == 1


# One survey


def test_a_survey_shows_its_versions_and_days(desk):
    made = survey()
    db.session.add(DayCount(survey_id=made.id, day=date(2026, 11, 2), mode=Mode.PAPER, n=7))
    db.session.add(DayCount(survey_id=made.id, day=date(2026, 11, 2), mode=Mode.WEB, n=5))
    db.session.commit()
    page = Page(desk, "/surveys/krotka")
    assert made.published.digest[:12] in page.text
    assert page.soup.find("a", href="/surveys/krotka/answer")
    (row,) = page.soup.select("#days + table tbody tr")
    assert [cell.text.strip() for cell in row.select("td")] == ["5", "7", "0", "12"]


@pytest.mark.parametrize(
    ("access", "there", "missing"),
    [
        (Access.OPEN, {"answer", "poster.pdf", "slips.pdf", "publish-results"}, {"invitations"}),
        (Access.INVITATION, {"answer", "invitations", "publish-results"}, {"poster.pdf", "slips.pdf"}),
        (Access.STAFF, {"interview"}, {"answer", "poster.pdf", "slips.pdf", "invitations"}),
    ],
)
def test_a_survey_leads_to_what_can_be_done_with_it(desk, access, there, missing):
    survey(access=access)
    links = Page(desk, "/surveys/krotka").soup.select("#collect + ul a")
    names = {link["href"].rpartition("/")[2] for link in links}
    assert there | {"interview", "paper.pdf", "transcribe", "results", "open-text", "files", "weights"} == names
    assert not missing & names
    for link in links:
        assert desk.get(link["href"]).status_code == 200


@pytest.mark.parametrize("url", ["/surveys/nie-ma", "/surveys/krotka/versions/9", "/surveys/krotka/versions/9/form.md"])
def test_what_does_not_exist_is_not_found(desk, url):
    survey()
    Page(desk, url, 404)


def test_the_form_comes_back_as_it_was_uploaded(desk):
    survey()
    found = desk.get("/surveys/krotka/versions/1/form.xlsx")
    form = sheets.read(found.data, "form.xlsx")
    assert sheets.digest(form) == sheets.digest(sheets.read(SMALL.encode(), "form.md"))
    text = desk.get("/surveys/krotka/versions/1/form.md")
    assert sheets.digest(sheets.read(text.data, "form.md")) == sheets.digest(form)
    assert b"<h:html" in desk.get("/surveys/krotka/versions/1/form.xml").data


def test_a_version_is_shown_in_every_language_with_its_rules(desk):
    survey()
    page = Page(desk, "/surveys/krotka/versions/1")
    for words in ("Czy jest bezpiecznie?", "Is it safe?", "tak", "yes"):
        assert words in page.soup.main.text
    assert not page.soup.select("form[action$=publish]")


@pytest.mark.parametrize(
    ("language", "place"), [("pl", "1"), ("en", "3"), ("uk", "2"), ("xx", "99"), ("pl", "-1"), ("en", "x")]
)
def test_the_preview_shows_a_page_whatever_is_asked_for(desk, language, place):
    survey()
    page = Page(desk, f"/surveys/krotka/versions/1/preview?language={language}&page={place}")
    assert page.soup.html["lang"] == (language if language in {"pl", "en"} else "pl")
    assert not page.soup.select("main form")


@pytest.mark.parametrize("preset", [preset.name for preset in presets.PRESETS])
def test_every_page_of_every_preset_can_be_previewed(desk, boss, preset):
    content = sheets.read(presets.content(preset), "preset.md")
    made = managing.create(boss, slug="gotowa", unit=unit(), sheets=content)
    db.session.commit()
    pages = len(queries.definition_of(made.draft).pages)
    for language in ("pl", "en", "uk"):
        for place in range(1, pages + 1):
            Page(desk, f"/surveys/gotowa/versions/1/preview?language={language}&page={place}")


# Times and the quota


def test_times_and_quota_are_set(desk):
    made = survey()
    answer = Page(desk, "/surveys/krotka/edit").send(
        closes_on="2027-06-30", closes_hour="18:00", quota="10", access="staff"
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert (made.closes_at, made.quota) == (datetime(2027, 6, 30, 16, tzinfo=UTC), 10)
    assert made.access is Access.STAFF
    assert acts()[-1] == "schedule_survey"


def test_the_form_of_times_shows_what_is_set(desk):
    opens, closes = datetime(2027, 1, 2, 7, 15, tzinfo=UTC), midnight(date(2027, 2, 1))
    survey(opens_at=opens, closes_at=closes, quota=40)
    fields = Page(desk, "/surveys/krotka/edit").fields()
    assert (fields["opens_on"], fields["opens_hour"]) == ("2027-01-02", "08:15")
    assert (fields["closes_on"], fields["closes_hour"], fields["quota"]) == ("2027-01-31", "", "40")


def test_saving_the_times_unchanged_changes_nothing(desk):
    opens, closes = datetime(2027, 1, 2, 7, 15, tzinfo=UTC), midnight(date(2027, 2, 1))
    made = survey(opens_at=opens, closes_at=closes, quota=40)
    Page(desk, "/surveys/krotka/edit").send()
    db.session.expire_all()
    assert (made.opens_at, made.closes_at, made.quota) == (opens, closes, 40)


@pytest.mark.parametrize(("quota", "status"), [("1", 422), ("2", 302), ("", 302)])
def test_a_quota_is_never_below_what_was_accepted(desk, quota, status):
    made = survey(quota=50)
    submission(made)
    submission(made)
    assert Page(desk, "/surveys/krotka/edit").send(quota=quota).status_code == status


def test_who_may_answer_is_fixed_by_the_first_answer(desk):
    made = survey()
    submission(made)
    page = Page(desk, "/surveys/krotka/edit")
    assert not page.soup.select("[name=access]")
    page.send(access="staff")
    db.session.expire_all()
    assert made.access is Access.OPEN
    with pytest.raises(managing.AccessFixed):
        managing.schedule(coordinator(), made, opens_at=None, closes_at=None, quota=None, access=Access.STAFF)


def test_a_past_end_can_stay_but_not_be_given(desk):
    survey(closes_at=midnight(date(2026, 1, 2)))
    page = Page(desk, "/surveys/krotka/edit")
    assert page.send(quota="10").status_code == 302
    assert page.send(closes_on="2026-02-01").status_code == 422


def test_a_later_end_opens_again_what_was_not_mixed_yet(desk):
    made = survey(closes_at=now() - timedelta(hours=1))
    submission(made)
    assert Page(desk, "/surveys/krotka/edit").send(closes_on="2027-06-30", closes_hour="").status_code == 302


def test_what_was_mixed_at_its_end_does_not_open_again(desk):
    made = survey(closes_at=now() - timedelta(hours=1))
    submission(made, generation=1)
    assert Page(desk, "/surveys/krotka/edit").send(closes_on="2027-06-30", closes_hour="").status_code == 422
    assert Page(desk, "/surveys/krotka/edit").send(closes_on="", closes_hour="").status_code == 422


# The end


def test_a_survey_is_closed_at_once_and_only_once(desk):
    made = survey()
    page = Page(desk, "/surveys/krotka/close")
    page.send()
    db.session.expire_all()
    first = made.closed_at
    assert first is not None
    page.send()
    db.session.expire_all()
    assert made.closed_at == first
    assert acts().count("close_survey") == 1
    assert queries.phase_of(made, now()) is Phase.CLOSED


def test_a_closed_survey_opens_again_while_its_last_submissions_wait(desk, boss):
    made = survey()
    submission(made)
    managing.close(boss, made)
    db.session.commit()
    press(desk, "/surveys/krotka", "/reopen")
    db.session.expire_all()
    assert made.closed_at is None
    assert acts()[-1] == "reopen_survey"


def test_a_closed_survey_stays_closed_once_it_is_mixed(desk, boss):
    made = survey()
    submission(made, generation=1)
    managing.close(boss, made)
    db.session.commit()
    page = Page(desk, "/surveys/krotka")
    assert not page.soup.select("form[action$='/reopen']")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    desk.post("/surveys/krotka/reopen", data={"csrf_token": token})
    db.session.expire_all()
    assert made.closed_at is not None
    with pytest.raises(managing.SurveyOver):
        managing.reopen(boss, made)


def test_a_draft_is_deleted_and_the_published_version_stays(desk, boss):
    made = survey()
    managing.draft(boss, made, sheets.read(PLAIN.encode(), "form.md"))
    db.session.commit()
    answer = press(desk, "/surveys/krotka/versions/2", "/discard")
    assert answer.status_code == 302
    db.session.expire_all()
    assert [(one.number, one.state) for one in made.versions] == [(1, VersionState.PUBLISHED)]
    with pytest.raises(managing.SurveyKept):
        managing.discard(boss, made.published)


def test_a_survey_that_was_never_published_can_be_deleted(desk, boss):
    made = survey(published=False)
    db.session.add(Invitation(survey_id=made.id, code_hmac="a" * 64))
    db.session.commit()
    answer = press(desk, "/surveys/krotka", "/remove")
    assert (answer.status_code, answer.location) == (302, "/surveys")
    assert count() == 0
    assert acts()[-1] == "remove_survey"


def test_a_published_survey_is_never_deleted(desk, boss):
    made = survey()
    page = Page(desk, "/surveys/krotka")
    assert not page.soup.select("form[action$='/remove']")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    desk.post("/surveys/krotka/remove", data={"csrf_token": token})
    with pytest.raises(managing.SurveyKept):
        managing.remove(boss, made)
    assert count() == 1
