"""A resident answers a survey by plain pages: forward, back, change of mind, stop and come back, send once."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.clock import now, today
from consult.db import db
from surveys import codes, sheets
from surveys.models import Access, Counter, DayCount, Draft, Invitation, Mode, Receipt, Submission
from surveys.operations import answering, drafts, managing
from tests.accounts.makers import coordinator, officer, sign_in
from tests.surveys import makers
from tests.surveys.walker import Walker

EVERYTHING = """
| survey |
| | type | name | label::Polski (pl) | label::English (en) | required | relevant | constraint | constraint_message::Polski (pl) | constraint_message::English (en) | appearance | choice_filter | parameters | kmzb::role | kmzb::missing | kmzb::max |
| | begin_group | g1 | Pierwsza | First | | | | | | | | | | | |
| | select_one yesno | safe | Bezpiecznie? | Safe? | yes | | | | | likert | | | | 98 | |
| | select_multiple things | what | Co przeszkadza? | What bothers you? | | | count-selected(.) <= 2 | Najwyżej dwie. | Two at most. | | | | | 98 | |
| | integer | years | Ile lat tu mieszkasz? | Years here? | | | . >= 0 and . <= 120 | Od 0 do 120. | From 0 to 120. | | | | | | |
| | decimal | km | Ile kilometrów? | Kilometres? | | | | | | | | | | | |
| | date | seen | Kiedy? | When? | | | . <= today() | Nie w przyszłości. | Not in the future. | | | | | | |
| | end_group | | | | | | | | | | | | | | |
| | begin_group | g2 | Druga | Second | | ${safe} = 'no' | | | | | | | | | |
| | text | why | Dlaczego? | Why? | | | | | | multiline | | max-length=50 | | | |
| | rank things | worst | Od najgorszego | Worst first | | | count-selected(.) <= 2 | | | | | | | | |
| | end_group | | | | | | | | | | | | | | |
| | begin_group | g3 | Gdzie | Where | | | | | | | | | | | |
| | select_one regions | region | Region | Region | | | | | | | | | | | |
| | select_one towns | town | Miejscowość | Town | | ${region} != '' | | | | | region=${region} | | | | |
| | end_group | | | | | | | | | | | | | | |
| | begin_repeat | spots | Miejsca | Places | | | | | | | | | | | 2 |
| | geopoint | spot | Gdzie to jest? | Where is it? | | | | | | | | | threat | | |
| | select_one kinds | kind | Co tam jest? | What is it? | yes | | | | | | | | category | | |
| | end_repeat | | | | | | | | | | | | | | |
| | begin_group | g4 | Ostatnia | Last | | | | | | | | | | | |
| | range | nps | Polecasz? | Recommend? | | | | | | | | start=0 end=10 step=1 | nps | | |
| | note | thanks | Dziękujemy | Thanks | | | | | | | | | | | |
| | calculate | twice | | | | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | | |
| choices |
| | list_name | name | label::Polski (pl) | label::English (en) | region |
| | yesno | yes | tak | yes | |
| | yesno | no | nie | no | |
| | yesno | 98 | trudno powiedzieć | hard to say | |
| | things | dark | ciemno | dark | |
| | things | dogs | psy | dogs | |
| | things | cars | auta | cars | |
| | things | 98 | trudno powiedzieć | hard to say | |
| | regions | a | Północ | North | |
| | regions | b | Południe | South | |
| | towns | x | Iksowo | Iksowo | a |
| | towns | y | Igrekowo | Igrekowo | b |
| | kinds | parkowanie | Parkowanie | Parking | |
| | kinds | none | Inne | Other | |
| settings |
| | form_title | form_id | default_language |
| | Wszystko | wszystko | Polski (pl) |
""".replace("| | calculate | twice | | | | | | | | | | | | | |\n", "")
"""A questionnaire with every way to answer."""

LASK_WORDS = "51.59, 19.13"
"""A position that the search of places understands without any gazetteer."""


@pytest.fixture
def everything(world):
    return makers.survey(EVERYTHING, slug="wszystko")


def submissions(survey):
    return list(db.session.scalars(select(Submission).where(Submission.survey_id == survey.id)))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_from_the_first_page_to_the_receipt(world, client):
    survey = makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why="Ciemno przy szkole")
    walk.send(marks="7")
    assert walk.answers() == {
        "Czy jest bezpiecznie?": "nie",
        "Dlaczego nie?": "Ciemno przy szkole",
        "Ile punktów?": "7",
    }
    assert count(Submission) == 0, "nothing is written before the end"
    walk.send("send")
    assert walk.status == 303
    assert walk.follow().status == 200
    [taken] = submissions(survey)
    assert taken.answers == {"safe": "no", "why": "Ciemno przy szkole", "marks": 7}
    assert (taken.received_on, taken.mode, taken.generation, taken.language) == (today(), Mode.WEB, 0, "pl")
    db.session.refresh(survey)
    assert survey.accepted == 1
    assert db.session.scalar(select(DayCount.n)) == 1


def test_a_submission_leaves_no_audit_line(world, client):
    makers.survey()
    before = count(AuditEntry)
    Walker(client, "krotka").send(safe="yes").send(marks="1").send("send")
    assert count(Submission) == 1
    assert count(AuditEntry) == before


def test_the_counters_are_written_with_the_submission(world, client):
    makers.survey()
    Walker(client, "krotka").send(safe="yes").send().send("send")
    cells = {(row.question, row.value): row.n for row in db.session.scalars(select(Counter))}
    assert cells["safe", "yes"] == 1
    assert cells["marks", "#missing"] == 1
    assert not [key for key in cells if key[0] == "why"], "who is not asked is not counted"


def test_a_question_does_not_stand_beside_one_that_it_depends_on(world, client):
    makers.survey()
    walk = Walker(client, "krotka")
    assert "why" not in walk.asked
    assert "why" in walk.send(safe="no").asked


def test_back_loses_nothing(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why="Ciemno").send("back", marks="3")
    assert walk.fields["why"] == "Ciemno"
    walk.send("back", why="Bardzo ciemno")
    assert walk.fields["safe"] == "no"
    walk.send().send()
    assert walk.fields["marks"] == "3"
    assert walk.send().answers()["Dlaczego nie?"] == "Bardzo ciemno"


def test_changing_an_early_answer_prunes_what_hung_on_it(world, client):
    survey = makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why="Ciemno").send(marks="5")
    walk.send("to:p1")
    walk.send(safe="yes")
    assert "why" not in walk.asked
    walk.send()
    assert "Dlaczego nie?" not in walk.answers()
    walk.send("send")
    assert submissions(survey)[0].answers == {"safe": "yes", "marks": 5}


def test_errors_stand_with_their_fields_and_keep_what_was_typed(everything, client):
    walk = Walker(client, "wszystko").send(what=["dark", "dogs", "cars"], years="sto", km="1,5", seen="32.05.2026")
    assert walk.status == 422
    assert len(walk.errors) == 4
    assert walk.soup.title.text.startswith(("Error", "Błąd"))
    assert walk.fields["years"] == "sto"
    assert walk.fields["km"] == "1,5"
    assert {box["value"] for box in walk.soup.select("input[name=what][checked]")} == {"dark", "dogs", "cars"}
    for link in walk.soup.select(".govuk-error-summary__list a"):
        assert walk.soup.select_one(link["href"]), link


def test_dont_know_stands_alone(everything, client):
    walk = Walker(client, "wszystko").send(safe="yes", what=["dark", "98"])
    assert walk.status == 422
    assert "trudno powiedzieć" in walk.errors[0]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"safe": "perhaps"}, "safe"),
        ({"safe": "yes", "what": "bombs"}, "what"),
        ({"safe": "yes", "seen": "2026-05-32"}, "seen"),
        ({"safe": "yes", "seen": "2999-01-01"}, "seen"),
        ({"safe": "yes", "years": "1e400"}, "years"),
        ({"safe": "yes", "years": "-1"}, "years"),
        ({"safe": "yes", "years": "1.5"}, "years"),
        ({"safe": "yes", "km": "NaN"}, "km"),
        ({"safe": "yes", "why": "an answer to a question that is not asked"}, "why"),
        ({"safe": "yes", "nps": "4"}, "nps"),
        ({"safe": ["yes", "no"]}, "safe"),
    ],
)
def test_crafted_posts_get_422_and_the_field(everything, client, sent, field):
    walk = Walker(client, "wszystko").send(**sent)
    assert walk.status == 422
    labels = {
        "safe": "Bezpiecznie",
        "what": "Co przeszkadza",
        "seen": "Kiedy",
        "years": "Ile lat",
        "km": "Ile kilometrów",
    }
    labels |= {"why": "Dlaczego", "nps": "Polecasz"}
    assert len(walk.errors) == 1
    assert walk.errors[0].startswith(labels[field])


def test_ten_thousand_characters_are_too_many(everything, client):
    walk = Walker(client, "wszystko").send(safe="no").send(why="x" * 10_000)
    assert walk.status == 422
    assert walk.fields["why"].strip() == "x" * 10_000
    assert "50" in walk.errors[0]


def test_control_characters_are_refused(everything, client):
    assert Walker(client, "wszystko").send(safe="no").send(why="a\x00b").status == 422


def test_a_ranking_takes_each_answer_once(everything, client):
    walk = Walker(client, "wszystko").send(safe="no")
    assert len([name for name in walk.asked if name.startswith("worst-")]) == 2, "its rule allows two places"
    walk.send(**{"worst-1": "dogs", "worst-2": "dogs"})
    assert walk.status == 422
    assert "psy" in walk.errors[0]
    walk.send(**{"worst-1": "", "worst-2": "dogs"})
    assert walk.status == 200
    assert walk.send("back").fields["worst-1"] == "dogs", "a gap closes up"


def test_choices_are_filtered_by_the_answer_before(everything, client):
    walk = Walker(client, "wszystko").send(safe="yes").send(region="b")
    assert [box["value"] for box in walk.soup.select("input[name=town]")] == ["y"]
    assert walk.send(town="x").status == 422


def to_places(client):
    return Walker(client, "wszystko").send(safe="yes").send()


def test_places_are_marked_by_search_and_several_may_be_named(everything, client):
    walk = to_places(client)
    walk.press(**{"spot-words": LASK_WORDS, "spot-search": "1"})
    assert walk.status == 200
    choice = walk.soup.select_one("input[name=spot-choice]")["value"]
    walk.send("add", **{"spot-choice": choice, "kind": "parkowanie"})
    assert walk.status == 200
    assert "-" not in walk.fields["kind"] if "kind" in walk.fields else True
    assert not walk.soup.select("button[value=add]"), "two at most"
    walk.press(**{"spot-words": "51.60, 19.14", "spot-search": "1"})
    walk.send(**{"spot-choice": walk.soup.select_one("input[name=spot-choice]")["value"], "kind": "none"})
    walk.send(nps="9").send("send")
    [taken] = submissions(everything)
    assert [one["kind"] for one in taken.answers["spots"]] == ["parkowanie", "none"]
    assert taken.answers["spots"][0]["spot"]["geometry"]["type"] == "Point"


def test_searching_keeps_what_was_chosen_on_the_page(everything, client):
    walk = to_places(client).press(**{"kind": "none", "spot-words": LASK_WORDS, "spot-search": "1"})
    assert walk.soup.select_one("input[name=kind][checked]")["value"] == "none"


def test_a_click_on_the_drawn_map_marks_a_place(everything, client):
    walk = to_places(client)
    frame = walk.fields["spot-view"]
    assert frame
    walk.press(**{"spot-map.x": "320", "spot-map.y": "220", "kind": "none"})
    assert walk.status == 200
    assert '"Point"' in walk.fields["spot"]


def test_no_place_is_no_round(everything, client):
    walk = to_places(client).send().send().send("send")
    assert walk.status == 303
    assert "spots" not in submissions(everything)[0].answers


def test_a_round_needs_its_required_answers_and_can_be_removed(everything, client):
    walk = to_places(client).press(**{"spot-words": LASK_WORDS, "spot-search": "1"})
    walk.send(**{"spot-choice": walk.soup.select_one("input[name=spot-choice]")["value"]})
    assert walk.status == 422
    assert walk.errors[0].startswith("Co tam jest")
    walk.send("add", kind="none").send("drop", kind="none")
    walk.send(nps="1").send("send")
    assert len(submissions(everything)[0].answers["spots"]) == 1


def test_a_place_outside_the_boundaries_is_said_beside_the_question(everything, client):
    walk = to_places(client).press(**{"spot-words": "54.35, 18.65", "spot-search": "1"})
    walk.send(**{"spot-choice": walk.soup.select_one("input[name=spot-choice]")["value"], "kind": "none"})
    assert walk.status == 422
    assert walk.errors[0].startswith("Gdzie to jest")


def test_the_language_changes_without_losing_answers(everything, client):
    walk = Walker(client, "wszystko").send("language:en", safe="no", years="7")
    assert walk.heading == "First"
    assert walk.fields["years"] == "7"
    assert walk.fields["safe"] == "no"
    assert walk.send().heading == "Second"
    assert BeautifulSoup(walk.text, "lxml").html["lang"] == "en"


def test_a_survey_can_be_opened_in_a_language(everything, client):
    assert Walker(client, "wszystko", language="en").heading == "First"
    assert Walker(client, "wszystko", language="uk").heading == "Pierwsza", "what it lacks is shown in Polish"


# Once


def test_two_clicks_and_a_resend_give_one_submission(world, client):
    survey = makers.survey()
    walk = Walker(client, "krotka").send(safe="yes").send(marks="1")
    data = {**walk.fields, "-go": "send"}
    first = client.post("/surveys/krotka/answer", data=data)
    second = client.post("/surveys/krotka/answer", data=data)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(Submission) == 1
    db.session.refresh(survey)
    assert survey.accepted == 1
    assert db.session.scalar(select(func.sum(DayCount.n))) == 1


def test_going_back_after_sending_changes_nothing(world, client):
    survey = makers.survey()
    walk = Walker(client, "krotka").send(safe="yes")
    kept = {**walk.fields}
    walk.send(marks="1").send("send")
    walk.post({**kept, "-go": "next", "marks": "9"})
    walk._take(client.post("/surveys/krotka/answer", data={**kept, "-go": "next", "marks": "9"})).send("send")
    assert [one.answers["marks"] for one in submissions(survey)] == [1], "what was sent first counts"


def test_a_receipt_is_shown_only_for_what_was_taken(world, client):
    makers.survey()
    assert client.get("/surveys/krotka/receipts/AN-0000-0000-0000").status_code == 404
    walk = Walker(client, "krotka").send(safe="yes").send().send("send").follow()
    assert walk.response.headers["Cache-Control"] == "no-store"


def test_a_receipt_does_not_lead_to_the_answers(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why="Zdanie-znak").send().send("send").follow()
    assert "Zdanie-znak" not in walk.text
    [receipt] = db.session.scalars(select(Receipt))
    [taken] = db.session.scalars(select(Submission))
    assert receipt.receipt_hmac[:32] != taken.id


# Forged and lost things


def test_what_was_not_signed_here_is_refused(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="yes")
    assert (
        client.post("/surveys/krotka/answer", data={**walk.fields, "-state": walk.state[:-2] + "xx"}).status_code == 400
    )
    assert client.post("/surveys/krotka/answer", data={"csrf_token": walk.fields["csrf_token"]}).status_code == 400


def test_answers_of_another_survey_do_not_fit(world, client):
    author = coordinator()
    makers.survey(author=author)
    makers.survey(slug="druga", author=author)
    walk = Walker(client, "krotka").send(safe="yes")
    assert client.post("/surveys/druga/answer", data={**walk.fields, "-go": "next"}).status_code == 404


def test_a_browser_without_cookies_loses_nothing(app, world, client, monkeypatch):
    makers.survey()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    walk = Walker(client, "krotka").send(safe="no")
    stranger = app.test_client()
    answer = stranger.post("/surveys/krotka/answer", data={**walk.fields, "why": "Ciemno", "-go": "next"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "lxml")
    assert "Ciemno" in page.select_one("[name=why]").text


def test_who_only_looks_at_a_survey_gets_no_cookie(app, world, client, monkeypatch):
    makers.survey()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    opened = client.get("/surveys/krotka/answer")
    assert "Set-Cookie" not in opened.headers
    walk = Walker(client, "krotka").send(safe="no")
    assert walk.fields["csrf_token"], "whoever answers has a token from the second page on"


def test_an_answer_is_sent_only_with_a_token(app, world, client, monkeypatch):
    survey = makers.survey()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    walk = Walker(client, "krotka").send(safe="no").send(why="Ciemno").send(marks="2")
    stranger = app.test_client()
    assert stranger.post("/surveys/krotka/answer", data={**walk.fields, "-go": "send"}).status_code == 422
    new = f"new.{survey.published.id}.pl.{'ab' * 16}"
    forged = {"-state": new, "-page": "check", "-go": "send", "safe": "yes"}
    assert stranger.post("/surveys/krotka/answer", data=forged).status_code == 422
    assert submissions(survey) == []


def test_an_interview_asks_for_its_token_from_the_first_page_on(app, world, client, monkeypatch):
    makers.survey()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    walk = Walker(sign_in(client, officer()), "krotka", door="interview")
    assert walk.fields["csrf_token"]


def test_a_page_that_does_not_exist_leads_to_the_first(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="yes")
    walk.post({**walk.fields, "-page": "p99.x", "-go": "next"})
    assert "safe" in walk.asked


def test_who_began_with_a_version_ends_with_it(world, client):
    author = coordinator()
    survey = makers.survey(author=author)
    first = survey.published.id
    walk = Walker(client, "krotka").send(safe="no")
    longer = makers.SMALL.replace(
        "|         | yesno     | yes  |",
        "|         | yesno     | 98   | trudno powiedzieć  | hard to say         |\n|         | yesno     | yes  |",
    )
    managing.publish(author, managing.draft(author, survey, sheets.read(longer.encode(), "form.md")), accept_gaps=True)
    db.session.commit()
    walk.send(why="Ciemno").send(marks="2")
    assert walk.send("send").status == 303
    assert [one.version_id for one in submissions(survey)] == [first]
    later = Walker(client, "krotka")
    assert "98" in [box["value"] for box in later.soup.select("input[name=safe]")]
    later.send(safe="98").send().send("send")
    assert len({one.version_id for one in submissions(survey)}) == 2


def test_an_unpublished_or_unknown_survey(world, client):
    makers.survey(slug="szkic", published=False)
    assert client.get("/surveys/szkic/answer").status_code == 200
    assert client.post("/surveys/szkic/answer", data={}).status_code == 410
    assert client.get("/surveys/nie-ma/answer").status_code == 404


# Open, closed, full


def test_a_closed_survey_says_so_clearly(world, client):
    survey = makers.survey()
    walk = Walker(client, "krotka").send(safe="yes").send(marks="1")
    survey.closed_at = now()
    db.session.commit()
    assert walk.send("send").status == 410
    assert count(Submission) == 0
    assert Walker(client, "krotka").soup.select("main form") == []


def test_before_and_after_its_time(world, client):
    author = coordinator()
    makers.survey(slug="jutro", author=author, opens_at=now() + timedelta(days=1))
    makers.survey(slug="wczoraj", author=author, closes_at=now() - timedelta(days=1))
    assert Walker(client, "jutro").soup.select("main form") == []
    assert Walker(client, "wczoraj").soup.select("main form") == []


def test_the_quota_is_exact(world, client):
    survey = makers.survey(quota=2)
    walks = [Walker(client, "krotka").send(safe="yes").send() for _ in range(3)]
    assert [walk.send("send").status for walk in walks] == [303, 303, 410]
    assert len(submissions(survey)) == 2
    assert count(Receipt) == 2, "nothing half-written stays"


def test_a_survey_of_staff_is_not_answered_on_the_web(world, client):
    makers.survey(access=Access.STAFF)
    assert Walker(client, "krotka").soup.select("main form") == []


# Invitations


@pytest.fixture
def invited(app, world):
    survey = makers.survey(access=Access.INVITATION)
    drawn = [codes.new_code() for _ in range(2)]
    for code in drawn:
        hmac = codes.hmac_of(code, app.config["SECRET_KEY"], codes.INVITATIONS)
        db.session.add(Invitation(survey_id=survey.id, code_hmac=hmac, area_code="1003"))
    db.session.commit()
    return survey, drawn


def test_a_code_opens_the_survey_once(client, invited):
    survey, (code, other) = invited
    walk = Walker(client, "krotka")
    assert walk.asked == []
    walk.post({**walk.fields, "-code": codes.shown(code).lower()})
    walk.send(safe="yes").send(marks="2").send("send")
    assert walk.status == 303
    again = Walker(client, "krotka")
    assert again.post({**again.fields, "-code": code}).status == 422
    db.session.refresh(survey)
    assert survey.accepted == 1
    [row] = db.session.scalars(select(Submission))
    assert code not in str(row.answers)
    free = Walker(client, "krotka")
    assert free.post({**free.fields, "-code": other}).status == 200


def test_a_code_used_meanwhile_is_refused_at_the_end(client, invited):
    _survey, (code, _other) = invited
    walks = []
    for _ in range(2):
        walk = Walker(client, "krotka")
        walk.post({**walk.fields, "-code": code})
        walks.append(walk.send(safe="yes").send())
    assert [walk.send("send").status for walk in walks] == [303, 422]
    assert count(Submission) == 1
    assert count(Receipt) == 1


def test_a_mistyped_code_is_told_from_an_unknown_one(client, invited):
    _survey, (code, _other) = invited
    walk = Walker(client, "krotka")
    mistyped = ("0" if code[0] != "0" else "1") + code[1:]
    said = [walk.post({**walk.fields, "-code": typed}).errors[0] for typed in (mistyped, codes.new_code(), "")]
    assert said[0] == said[2]
    assert said[0] != said[1]


def test_an_invitation_cannot_be_forged_into_the_state(client, invited):
    """The signed state holds the code; without one nothing is spent and nothing is taken."""
    survey, _codes = invited
    with pytest.raises(answering.InvitationSpent):
        answering.submit(survey, survey.published, makers.definition(survey), {"safe": "yes"}, key="k" * 32)
    db.session.rollback()


# Stop and come back


def test_stop_and_come_back(world, client, elsewhere):
    survey = makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send("save", why="Ciemno")
    code = walk.soup.select_one(".survey-code-shown").text
    assert code not in str(db.session.scalars(select(Draft.code_hmac)).all())
    later = Walker(elsewhere(), "krotka", door="resume")
    later.post({**later.fields, "-code": code.replace("-", " ").lower()})
    assert later.fields["why"] == "Ciemno"
    later.send(why="Ciemno i pusto").send(marks="4").send("send")
    assert submissions(survey)[0].answers["why"] == "Ciemno i pusto"
    assert count(Draft) == 0, "what was sent is not kept as a draft"


def test_saving_again_keeps_one_draft_under_one_code(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send("save", why="Raz")
    code = walk.soup.select_one(".survey-code-shown").text
    walk.send("stay")
    assert walk.send("save", why="Dwa").soup.select_one(".survey-code-shown").text == code
    assert count(Draft) == 1


def test_saving_never_argues_about_answers(world, client):
    makers.survey()
    assert Walker(client, "krotka").send("save").status == 200, "a required answer may still be missing"


def test_an_expired_draft_says_so_and_is_deleted(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send("save", safe="no")
    code = walk.soup.select_one(".survey-code-shown").text
    draft = db.session.scalar(select(Draft))
    assert draft.expires_on == today() + timedelta(days=14)
    draft.expires_on = today() - timedelta(days=1)
    db.session.commit()
    later = Walker(client, "krotka", door="resume")
    assert later.post({**later.fields, "-code": code}).status == 422
    assert drafts.delete_expired(today()) == 1
    assert count(Draft) == 0


def test_a_mistyped_draft_code(world, client):
    makers.survey()
    later = Walker(client, "krotka", door="resume")
    assert later.post({**later.fields, "-code": "ABCD"}).status == 422


# Interviews


def test_an_officer_asks_and_the_mode_is_kept(world, client):
    survey = makers.survey(access=Access.STAFF)
    assert client.get("/surveys/krotka/interview").status_code == 302
    sign_in(client, officer())
    walk = Walker(client, "krotka", door="interview").send(safe="yes").send(marks="3").send("send")
    assert walk.status == 303
    assert "again" in walk.location
    [taken] = submissions(survey)
    assert taken.mode is Mode.INTERVIEW


def test_an_interview_needs_no_invitation(client, invited):
    sign_in(client, officer())
    walk = Walker(client, "krotka", door="interview").send(safe="yes").send().send("send")
    assert walk.status == 303


def test_answers_of_another_unit_are_not_asked(world, client):
    makers.survey()
    from tests.accounts.makers import unit

    sign_in(client, officer(unit("1019", "Komenda w Zduńskiej Woli")))
    assert client.get("/surveys/krotka/interview").status_code == 404


# What the pages promise


def test_a_page_is_kept_in_the_browsers_history(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="yes")
    assert walk.response.headers["Cache-Control"] == "private, no-cache"


def test_words_that_mean_now_are_answered_with_112(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why="Właśnie teraz biją człowieka, pomocy!").send()
    assert walk.send("send").status == 422
    assert walk.soup.select_one("main a[href='tel:112']")
    assert walk.send("send").status == 303


def test_personal_data_in_words_is_pointed_out_before_sending(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why="Proszę dzwonić: 601 000 123").send()
    assert walk.soup.select("main .govuk-inset-text")
    walk.send("to:p2")
    walk.send(why="Jest ciemno").send()
    assert not walk.soup.select("main .govuk-inset-text")


def test_a_hurried_machine_is_asked_once_more(app, world, client, monkeypatch):
    makers.survey()
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    walk = Walker(client, "krotka").send(safe="yes").send()
    assert walk.send("send", **{"-homepage": "http://spam.example"}).status == 422
    assert walk.answers(), "nothing is lost"


def test_the_printed_page_is_filled_in_without_the_database_growing_queries(everything, client, queries_counted):
    client.get("/surveys/wszystko/answer")
    assert queries_counted(lambda: client.get("/surveys/wszystko/answer")) <= 1


def test_what_people_write_is_text(world, client):
    makers.survey()
    walk = Walker(client, "krotka").send(safe="no").send(why='<b>"x"</b>&amp;').send("back", marks="1")
    assert walk.fields["why"] == '<b>"x"</b>&amp;'
    assert walk.soup.select("main textarea b, main input b") == []
    assert walk.send().send().answers()["Dlaczego nie?"] == '<b>"x"</b>&amp;'
