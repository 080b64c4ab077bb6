"""Typing sheets in: codes become answers, rules are those of the web, and nothing of a saved sheet stays on the page."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from consult.db import db
from surveys import paper, presets, transcription
from surveys.models import Access, DayCount, Mode, Submission
from surveys.operations import managing
from surveys.questionnaire import Questionnaire, Wrong
from surveys.questions import Kind
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.pages import Page
from tests.surveys.makers import defined, survey

RICH = """
| survey |
|  | type | name | label::Polski (pl) | label::English (en) | required | relevant | constraint | choice_filter | kmzb::missing | kmzb::max | parameters |
|  | begin_group | first | Pierwsza | First | | | | | | | |
|  | select_one yesno | safe | Bezpiecznie? | Safe? | yes | | | | 98 | | |
|  | select_multiple things | fears | Czego się boisz? | What do you fear? | | ${safe}='no' | | | 99 | | |
|  | rank things | order | Co najważniejsze? | What matters most? | | | | | | | |
|  | range | marks | Ile punktów? | How many points? | | | | | | | start=0 end=10 step=1 |
|  | integer | years | Ile lat? | How many years? | | | . &lt; 100 | | | | |
|  | date | day | Kiedy? | When? | | | | | | | |
|  | text | words | Co jeszcze? | What else? | | | | | | | max-length=20 |
|  | select_one towns | town | Miasto | Town | | | | area=${area} | | | |
|  | end_group | | | | | | | | | | |
|  | begin_repeat | spots | Miejsca | Places | | ${safe}='no' | | | | 5 | |
|  | geopoint | spot | Gdzie? | Where? | | | | | | | |
|  | select_one yesno | dark | Ciemno? | Dark? | yes | | | | 98 | | |
|  | text | why | Co tam? | What is there? | | ${dark}='yes' | | | | | |
|  | end_repeat | | | | | | | | | | |
| choices |
|  | list_name | name | label::Polski (pl) | label::English (en) | area |
|  | yesno | yes | tak | yes | |
|  | yesno | no | nie | no | |
|  | yesno | 98 | trudno powiedzieć | hard to say | |
|  | things | dogs | psy | dogs | |
|  | things | cars | auta | cars | |
|  | things | noise | hałas | noise | |
|  | things | 99 | nie odpowiem | no answer | |
|  | towns | lask | Łask | Łask | a |
|  | towns | widawa | Widawa | Widawa | b |
| settings |
|  | form_title | form_id | default_language |
|  | Bogata | bogata | Polski (pl) |
""".replace("&lt;", "<").replace("| area=${area} |", "| area='a' |")

ASKED = defined(RICH)


def typed(**entries):
    entries = {name.replace("__", "."): value for name, value in entries.items()}
    return transcription.read(ASKED, entries, {})


def checked(**entries):
    return transcription.check(Questionnaire(ASKED), typed(**entries))


def faults(found):
    return {key: fault.wrong for key, fault in found.faults.items()}


# --- fields ------------------------------------------------------------------------------------------------------------


def test_fields_follow_the_paper_round_by_round():
    keys = [one.key for one in transcription.fields(ASKED)]
    assert keys[:8] == ["safe", "fears", "order", "marks", "years", "day", "words", "town"]
    assert keys[8:] == [f"{name}.{at}" for at in range(3) for name in ("spot", "dark", "why")]


# --- what is typed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        ("safe", "1", "yes"),
        ("safe", " 02 ", "no"),
        ("safe", "98", "98"),
        ("safe", "Trudno powiedzieć", "98"),
        ("safe", "", None),
        ("fears", "1 3", ["dogs", "noise"]),
        ("fears", "3,1", ["dogs", "noise"]),
        ("fears", "99", ["99"]),
        ("order", "2 1 -", ["cars", "dogs"]),
        ("order", "3, 1, 2", ["cars", "noise", "dogs"]),
        ("order", "- - 1", ["noise"]),
        ("order", "1 3", ["dogs", "cars"]),
        ("marks", "7", 7),
        ("years", "12", 12),
        ("day", "31.05.2026", "2026-05-31"),
        ("day", "2026-05-31", "2026-05-31"),
        ("words", " Ławka ", "Ławka"),
        ("town", "lask", "lask"),
    ],
)
def test_what_is_typed_becomes_an_answer(name, entry, value):
    found = typed(**{name: entry})
    assert found.faults == {}
    assert found.answers.get(name) == value


@pytest.mark.parametrize(
    ("name", "entry", "wrong"),
    [
        ("safe", "3", Wrong.UNLISTED),
        ("safe", "yes!", Wrong.UNLISTED),
        ("safe", "1 2", Wrong.UNLISTED),
        ("fears", "1 7", Wrong.UNLISTED),
        ("fears", "13", Wrong.UNLISTED),
        ("fears", "1 99", Wrong.EXCLUSIVE),
        ("order", "1 1", Wrong.TWICE),
        ("order", "1 2 3 4 5", Wrong.UNLISTED),
        ("order", "9", Wrong.UNLISTED),
        ("order", "x", Wrong.UNLISTED),
        ("marks", "11", Wrong.OUT_OF_RANGE),
        ("years", "kilka", Wrong.NOT_A_NUMBER),
        ("years", "1,5", Wrong.NOT_WHOLE),
        ("day", "32.05.2026", Wrong.NOT_A_DATE),
        ("words", "x" * 21, Wrong.TOO_LONG),
        ("words", "a\x07", Wrong.CONTROL),
    ],
)
def test_what_cannot_be_read_is_a_fault_and_no_answer(name, entry, wrong):
    found = typed(**{name: entry})
    assert faults(found) == {name: wrong}
    assert name not in found.answers


def test_an_entry_code_is_read_back_as_its_box():
    """For every box on paper, its code is its answer."""
    for one in transcription.fields(ASKED):
        for box in one.boxes if one.question.kind is not Kind.RANK else ():
            value = transcription.read(ASKED, {one.key: box.code}, {})
            answer = value.answers[one.question.repeat][0] if one.question.repeat else value.answers
            expected = [box.choice.name] if one.question.kind is Kind.SELECT_MULTIPLE else box.choice.name
            assert answer[one.question.name] == expected


@given(st.dictionaries(st.sampled_from([one.key for one in transcription.fields(ASKED)]), st.text(max_size=30)))
def test_whatever_is_typed_only_possible_answers_survive(entries):
    asking = Questionnaire(ASKED)
    found = transcription.check(asking, transcription.read(ASKED, entries, {}))
    kept, _asked, _wrong = asking.settled(found.answers)
    assert kept == found.answers
    if not found.faults:
        assert {fault.wrong for fault in _wrong} <= {Wrong.REQUIRED}


# --- the rules of the web ----------------------------------------------------------------------------------------------


def test_constraints_hold_on_paper_too():
    assert faults(checked(safe="1", years="100")) == {"years": Wrong.CONSTRAINT}


def test_a_choice_that_a_filter_does_not_let_through_is_a_fault():
    assert faults(checked(safe="1", town="2")) == {"town": Wrong.UNLISTED}


def test_answers_to_what_was_to_be_left_out_are_named():
    found = checked(safe="1", fears="1", why__0="ciemno", dark__0="1")
    assert [one.key for one in found.needless] == ["fears", "dark.0", "why.0"]
    assert found.faults == {}
    assert found.answers == {"safe": "yes"}


def test_each_round_is_checked_by_itself():
    found = checked(safe="2", dark__0="2", why__0="drop me", why__2="no answer before")
    assert [one.key for one in found.needless] == ["why.0", "why.2"]
    assert found.answers["spots"] == [{"dark": "no"}]
    found = checked(safe="2", dark__0="1", why__0="a", dark__2="1", why__2="b")
    assert found.answers["spots"] == [{"dark": "yes", "why": "a"}, {"dark": "yes", "why": "b"}]
    assert found.needless == ()


def test_a_round_with_a_place_needs_what_is_required_there():
    place = {"kind": "commune"}
    found = transcription.check(
        Questionnaire(ASKED), transcription.read(ASKED, {"safe": "2", "dark.0": "1"}, {"spot.1": place})
    )
    assert faults(found) == {}
    assert [one.key for one in found.blank] == ["dark.1"]


def test_what_needs_an_answer_and_has_none_is_named():
    found = checked(years="5")
    assert faults(found) == {}
    assert [one.key for one in found.blank] == ["safe"]
    assert found.answers == {"years": 5}


# --- the page ----------------------------------------------------------------------------------------------------------

URL = "/surveys/krotka/transcribe"


@pytest.fixture
def page(world, client):
    made = survey()
    return made, Page(sign_in(client, officer()), URL)


def kept():
    return db.session.scalars(select(Submission)).all()


def test_a_sheet_is_typed_saved_and_gone(page, client):
    _made, sheet = page
    answer = sheet.send(**{"q-safe": "2", "q-why": "Ciemno na Kwiatowej", "q-marks": "3", "save": "1"})
    assert answer.status_code == 302
    (one,) = kept()
    assert (one.mode, one.answers) == (Mode.PAPER, {"safe": "no", "why": "Ciemno na Kwiatowej", "marks": 3})
    after = Page(client, answer.location)
    assert "Kwiatowej" not in after.text
    assert after.fields()["q-safe"] == ""
    assert after.soup.select_one("[autofocus]")["id"] == "q-safe"
    assert re.search(r"\b1\b", after.soup.select_one(".govuk-notification-banner").text)
    assert after.fields()["key"] != sheet.fields()["key"]
    again = Page(client, after.send(**{"q-safe": "1", "save": "1"}).location)
    assert re.search(r"\b2\b", again.soup.select_one(".govuk-notification-banner").text)
    assert len(kept()) == 2


def test_two_clicks_save_one_sheet(page):
    _made, sheet = page
    first = sheet.send(**{"q-safe": "1", "save": "1"})
    second = sheet.send(**{"q-safe": "1", "save": "1"})
    assert first.location == second.location
    assert len(kept()) == 1


def test_nothing_says_who_typed_it(page):
    made, sheet = page
    before = db.session.execute(text("SELECT count(*) FROM audit_entry")).scalar()
    key = sheet.fields()["key"]
    sheet.send(**{"q-safe": "1", "save": "1"})
    assert db.session.execute(text("SELECT count(*) FROM audit_entry")).scalar() == before
    (one,) = kept()
    assert key not in str(vars(one))
    assert db.session.get(DayCount, (made.id, one.received_on, Mode.PAPER)).n == 1


def test_a_wrong_sheet_keeps_everything_typed(page):
    _made, sheet = page
    answer = sheet.send(**{"q-safe": "7", "q-marks": "3", "save": "1"})
    assert answer.status_code == 422
    assert kept() == []
    soup = BeautifulSoup(answer.text, "lxml")
    assert soup.select_one("#q-safe")["value"] == "7"
    assert soup.select_one("#q-marks")["value"] == "3"
    assert soup.select_one("#q-safe-error")
    assert soup.select_one('.govuk-error-summary a[href="#q-safe"]')
    assert not soup.select_one("#q-marks-error")


def test_answers_to_be_left_out_are_dropped_only_when_agreed(page):
    _made, sheet = page
    filled = {"q-safe": "1", "q-why": "bo tak", "save": "1"}
    answer = sheet.send(**filled)
    assert answer.status_code == 422
    assert 'id="agreed"' in answer.text
    assert "bo tak" in answer.text
    assert kept() == []
    assert sheet.send(**filled, agreed="marks").status_code == 422
    assert sheet.send(**filled, agreed="why").status_code == 302
    assert kept()[0].answers == {"safe": "yes"}


def test_enter_without_scripts_checks_and_saves_nothing(page):
    """The first button of the form is what a browser presses on Enter."""
    _made, sheet = page
    assert sheet.soup.select_one("main form button")["name"] == "check"
    answer = sheet.send(**{"q-safe": "1", "check": "1"})
    assert answer.status_code == 200
    assert kept() == []
    assert sheet.send(**{"q-safe": "", "check": "1"}).status_code == 422


def test_an_empty_sheet_is_not_saved(page):
    _made, sheet = page
    assert sheet.send(save="1").status_code == 422
    assert kept() == []


def test_a_place_is_a_commune_and_words(world, client):
    survey(RICH, slug="bogata")
    sheet = Page(sign_in(client, officer()), "/surveys/bogata/transcribe")
    sent = {"q-safe": "2", "q-dark.0": "2", "q-spot.0-words": "przy szkole", "save": "1"}
    assert sheet.send(**sent).status_code == 422
    assert sheet.send(**sent, **{"q-spot.0": "9999999"}).status_code == 422
    assert sheet.send(**sent, **{"q-spot.0": "1003042"}).status_code == 302
    place = kept()[0].answers["spots"][0]["spot"]
    assert (place["kind"], place["code"], place["words"]) == ("commune", "1003042", "przy szkole")


def test_an_older_sheet_is_typed_into_its_own_version(page, client):
    made, _sheet = page
    managing.draft(coordinator(), made, {**made.published.sheets, "settings": [{"form_title": "Nowy tytuł"}]})
    managing.publish(coordinator(), made.draft, accept_gaps=True)
    db.session.commit()
    old = Page(client, f"{URL}?version=1")
    assert old.send(f"{URL}?version=1", **{"q-safe": "1", "save": "1"}).status_code == 302
    (one,) = kept()
    assert db.session.get(type(made.versions[0]), one.version_id).number == 1
    assert client.get(f"{URL}?version=3").status_code == 404


def test_the_language_of_the_sheet_is_kept(page, client):
    _made, _sheet = page
    english = Page(client, f"{URL}?language=en")
    assert "Is it safe?" in english.text
    english.send(f"{URL}?language=en", **{"q-safe": "1", "save": "1"})
    assert kept()[0].language == "en"


def test_a_survey_that_has_closed_says_so_and_keeps_the_sheet(page):
    made, sheet = page
    managing.close(coordinator(), made)
    db.session.commit()
    answer = sheet.send(**{"q-safe": "1", "q-marks": "4", "save": "1"})
    assert answer.status_code == 422
    assert 'value="4"' in answer.text
    assert kept() == []


def test_a_survey_by_invitation_takes_sheets_without_a_code(world, client):
    survey(access=Access.INVITATION)
    sheet = Page(sign_in(client, head()), URL)
    assert sheet.send(**{"q-safe": "1", "save": "1"}).status_code == 302
    assert len(kept()) == 1


def test_who_may_type_in(world, client, elsewhere):
    survey()
    survey(slug="draft", published=False)
    assert sign_in(client, coordinator()).get(URL).status_code == 200
    assert client.get("/surveys/draft/transcribe").status_code == 404
    assert sign_in(elsewhere(), officer(unit("1019"))).get(URL).status_code == 404
    assert sign_in(elsewhere(), officer(unit("pl-10", path="pl/10/"))).get(URL).status_code == 200
    assert elsewhere().get(URL).status_code == 302


@pytest.mark.parametrize("field", ["key", "saved"])
def test_a_forged_form_is_refused(page, field):
    _made, sheet = page
    assert sheet.send(**{"q-safe": "1", "save": "1", field: "x'"}).status_code == 422
    assert kept() == []


def test_every_preset_can_be_typed_in(world, client):
    sign_in(client, officer())
    for path in sorted(Path(presets.__file__).parent.glob("*.md")):
        slug = path.stem.replace("_", "-")
        survey(path.read_text(), slug=slug)
        sheet = Page(client, f"/surveys/{slug}/transcribe")
        labels = [label.text for label in sheet.soup.select("main form label")]
        assert len(labels) >= len(paper.numbers(defined(path.read_text())))
        assert sheet.send(check="1").status_code == 422
