"""The pages on which sheets are typed in, as the two officers see them."""

import io
import re
import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from consult.attachments import operations as attachments
from consult.attachments.models import Attachment
from consult.attachments.sifting import sift
from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.paper import scans, transcribing, typed
from consult.paper.models import PaperEntry, PaperSheet, SheetState
from surveys.models import Submission
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.attachments.makers import photo
from tests.debates import makers as debates
from tests.pages import Page
from tests.paper.makers import form, marks, sheet, type_in, type_in_again
from tests.surveys.makers import survey

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def pile(account):
    return form(account)


@pytest.fixture
def other(elsewhere, colleague):
    """The browser of the second officer."""
    return sign_in(elsewhere(), colleague)


def address(pile, number):
    return f"/paper/{pile.id}/sheets/{number}"


def rows(*lines):
    """What is typed in rows: field, category, when, words."""
    if not lines:
        return {}
    columns = zip(*[(*line, "", "", "", "")[:4] for line in lines], strict=True)
    return {
        f"row-{part}": list(column) for part, column in zip(("cell", "category", "when", "words"), columns, strict=True)
    }


def send(client, at, *lines, press="save", **fields):
    page = Page(client, at)
    return page.send(**{**rows(*lines), press: "1", **fields})


def main(response):
    return Page.of(None, "", response).soup.main


def test_a_sheet_is_typed_in_and_the_next_one_waits_with_the_focus_in_its_first_field(desk, pile):
    answer = send(desk, address(pile, 1), ("c7", "2", "pn-pt w", "przy szkole"), ("D1", "1"))
    assert (answer.status_code, answer.location) == (302, address(pile, 2))
    assert [(one.cell, one.category_code) for one in sheet(pile, 1).first.marks] == [
        ("C7", "predkosc"),
        ("D1", "parkowanie"),
    ]
    page = Page(desk, answer.location)
    said = page.soup.select_one(".govuk-notification-banner").text
    assert re.findall(r"\d+", said) == ["1", "2"]
    assert page.soup.select_one("[autofocus]")["id"] == "row-1-cell"


def test_a_check_saves_nothing_and_tells_what_each_row_was_read_as(desk, pile):
    answer = send(desk, address(pile, 1), ("c7", "2", "135"), press="check")
    assert answer.status_code == 200
    read = main(answer).select_one("[data-mark-row='1'] [data-row-read]").text
    assert read.startswith("C7")
    lit = main(answer).select(".board__cell--lit")
    assert [one["data-cell"] for one in lit] == ["C7"]
    assert db.session.scalar(select(PaperSheet.id)) is None


def test_a_field_that_is_not_on_the_sheet_is_marked_at_its_row_and_what_was_typed_stays(desk, pile):
    answer = send(desk, address(pile, 1), ("C7", "1"), ("Z9", "44", "xx", "słowa"))
    assert answer.status_code == 422
    page = main(answer)
    assert page.select_one("#row-2-cell")["value"] == "Z9"
    assert page.select_one("#row-2-cell")["aria-invalid"] == "true"
    assert [link["href"] for link in page.select(".govuk-error-summary a")] == [
        "#row-2-cell",
        "#row-2-category",
        "#row-2-when",
    ]
    assert page.select_one("#row-2-words")["value"] == "słowa"
    assert sheet(pile, 1) is None


def test_more_rows_keep_what_was_typed(desk, pile):
    answer = send(desk, address(pile, 1), ("C7", "1"), press="more")
    page = main(answer)
    assert len(page.select("[data-mark-row]")) > 6
    assert page.select_one("#row-1-cell")["value"] == "C7"


def test_an_empty_sheet_takes_one_press_and_nothing_else_does(desk, pile):
    assert send(desk, address(pile, 1)).status_code == 422
    assert send(desk, address(pile, 1), ("C7", "1"), press="empty").status_code == 422
    assert send(desk, address(pile, 1), press="empty").status_code == 302
    assert sheet(pile, 1).first.marks == []


def test_an_empty_sheet_is_said_to_be_empty_and_not_to_have_no_marks(desk, pile):
    assert send(desk, address(pile, 1), press="empty").status_code == 302
    said = Page(desk, address(pile, 2)).soup.select_one(".govuk-notification-banner").text
    assert re.findall(r"\d+", said) == ["1"]


def test_whoever_typed_the_sheets_learns_that_somebody_else_goes_on_and_the_other_one_gets_the_button(
    desk, other, account
):
    small = form(account, copies=2)
    type_in(account, small, 1, "C7")
    at = f"/paper/{small.id}/sheets"
    assert Page(desk, at).soup.select_one("main a.govuk-button")["href"] == address(small, 2)
    type_in(account, small, 2, "C7")
    own, second = Page(desk, at).soup.main, Page(other, at).soup.main
    assert own.select_one("a.govuk-button") is None
    assert second.select_one("a.govuk-button")["href"] == address(small, 1)
    assert len(own.select("p.govuk-body")) == len(second.select("p.govuk-body"))
    assert Page(desk, address(small, 1)).soup.select_one("main .page-head a.govuk-button") is None


def test_the_way_back_leads_over_the_debate_of_the_form(desk, account):
    debate = debates.meeting(account)
    of_debate = form(account, meeting=debate)
    for at in (f"/paper/{of_debate.id}", f"/paper/{of_debate.id}/sheets", address(of_debate, 1)):
        way = [one["href"] for one in Page(desk, at).soup.select(".govuk-breadcrumbs a")]
        assert way[:3] == ["/debates", f"/debates/{debate.id}", f"/paper/meetings/{debate.id}"]


def test_words_that_look_like_personal_data_are_confirmed_or_left_out(desk, pile):
    line = ("C7", "1", "", "dzwonić 602 123 456")
    answer = send(desk, address(pile, 1), line)
    assert answer.status_code == 422
    assert "602 123 456" in main(answer).select_one("#row-1-words-error").text
    page = Page.of(desk, address(pile, 1), answer)
    confirmed = page.soup.select_one("#confirmed")["value"]
    other_words = page.send(**rows((*line[:3], "dzwonić 602 123 457")), save="1", confirmed=confirmed)
    assert other_words.status_code == 422, "other words were not confirmed"
    assert page.send(**rows(line), save="1", confirmed=confirmed).status_code == 302


def test_a_sheet_sent_twice_is_saved_once_and_other_content_under_its_key_is_a_conflict(desk, pile):
    page = Page(desk, address(pile, 1))
    sent = {**page.fields(), **rows(("C7", "1")), "save": "1"}
    assert desk.post(address(pile, 1), data=sent).status_code == 302
    assert desk.post(address(pile, 1), data=sent).status_code == 302
    assert desk.post(address(pile, 1), data={**sent, **rows(("C8", "1"))}).status_code == 409
    assert len(db.session.scalars(select(PaperEntry)).all()) == 1
    assert len(db.session.scalars(select(Observation)).all()) == 1


def test_the_second_person_sees_nothing_of_the_first_reading(desk, other, pile, account):
    type_in(account, pile, 1, ("C7", "predkosc", 0, 0, "przy szkole"))
    page = Page(other, address(pile, 1))
    assert "przy szkole" not in page.text
    assert "board__cell--lit" not in page.text
    assert [field["value"] for field in page.soup.select("[data-mark-row] input")] == [""] * 24
    assert "przy szkole" in Page(desk, address(pile, 1)).text, "whoever typed it sees it"
    assert other.get(f"{address(pile, 1)}/edit").status_code == 404


def test_a_closed_form_shows_what_was_not_drawn_and_keeps_the_rest_for_the_second_person(other, pile, account):
    for number in range(1, 8):
        type_in(account, pile, number, ("C7", "predkosc", 0, 0, "przy szkole"))
    pile.closed_at = now()
    db.session.commit()
    seen = {one.number for one in typed.sheets_of(pile) if "przy szkole" in Page(other, address(pile, one.number)).text}
    assert seen == {one.number for one in typed.sheets_of(pile) if not one.is_sampled}
    assert len(seen) == 2


def test_whoever_typed_a_sheet_first_is_refused_as_the_second_person(desk, pile, account, other):
    type_in(account, pile, 1, "C7")
    as_second = Page(other, address(pile, 1)).fields()
    token = Page(desk, address(pile, 2)).fields()
    sent = {**as_second, "csrf_token": token["csrf_token"], "key": uuid.uuid4().hex, **rows(("C7", "1")), "save": "1"}
    answer = desk.post(address(pile, 1), data=sent)
    assert answer.status_code == 403
    assert len(sheet(pile, 1).entries) == 1
    assert main(answer).select_one(".govuk-notification-banner--error")


def test_two_who_type_one_sheet_at_once_become_its_two_readings(desk, other, pile):
    first, second = Page(desk, address(pile, 1)), Page(other, address(pile, 1))
    assert first.send(**rows(("C7", "1")), save="1").status_code == 302
    late = second.send(**rows(("C7", "1")), save="1")
    assert late.status_code == 409
    assert main(late).select_one("#row-1-cell")["value"] == "C7"
    assert Page.of(other, address(pile, 1), late).send(**rows(("C7", "1")), save="1").status_code == 302
    assert sheet(pile, 1).state is SheetState.SETTLED


def test_readings_that_differ_are_shown_side_by_side_and_settled(desk, other, pile, account):
    type_in(account, pile, 1, "C7", "D1")
    assert send(other, address(pile, 1), ("C8", "1"), ("D1", "1")).status_code == 302
    page = Page(other, address(pile, 1))
    assert len(page.soup.select("main table tbody tr")) == 2
    second = next(one for one in page.soup.select("main form") if one.select_one("[value=second]"))
    assert other.post(second["action"], data=page.fields(second)).status_code == 302
    assert sheet(pile, 1).standing_turn == 2
    assert not Page(other, address(pile, 1)).soup.select("main form [value=second]"), "it stands already"
    first = next(one for one in page.soup.select("main form") if one.select_one("[value=first]"))
    stale = desk.post(
        first["action"], data={**page.fields(first), "csrf_token": Page(desk, address(pile, 2)).fields()["csrf_token"]}
    )
    assert stale.status_code == 409
    corrected = send(desk, f"{address(pile, 1)}/edit", ("B2", "3"))
    assert corrected.location == address(pile, 1)
    voices = db.session.scalars(select(Observation).where(Observation.withdrawn_at.is_(None))).all()
    assert [(pile.grid.at(one.x, one.y), one.category_code) for one in voices] == [("B2", "alkohol")]


def test_the_agreement_is_not_known_then_known_then_too_low(desk, pile, account, colleague):
    type_in(account, pile, 1, "C7", "D1")
    at = f"/paper/{pile.id}/sheets"
    assert Page(desk, at).soup.select_one("#agreement").find_next("strong").text in {
        "Jeszcze nie wiadomo.",
        "Not known yet.",
    }
    type_in_again(colleague, sheet(pile, 1), "C8", "D1")
    page = Page(desk, at)
    first = page.soup.select_one("#agreement").find_parent("section").select_one("tbody tr")
    assert "6" in first.text
    assert "7" in first.text
    assert page.soup.select_one("section .govuk-inset-text")


def test_what_was_mistyped_is_corrected_by_whoever_typed_it(desk, pile, account):
    type_in(account, pile, 1, ("C7", "predkosc", 5, 4, "słowa"))
    page = Page(desk, f"{address(pile, 1)}/edit")
    typed_again = [page.soup.select_one(f"#row-1-{part}")["value"] for part in ("cell", "category", "when", "words")]
    assert typed_again == ["C7", "2", "13 w", "słowa"]
    assert page.send(**rows(("C8", "2", "13 w", "słowa")), save="1").status_code == 302
    voices = db.session.scalars(select(Observation).where(Observation.withdrawn_at.is_(None))).all()
    assert [pile.grid.at(one.x, one.y) for one in voices] == ["C8"]


def test_a_joke_is_withdrawn_with_a_reason_and_counts_again(desk, pile, account):
    type_in(account, pile, 1, "C7")
    page = Page(desk, f"{address(pile, 1)}/withdraw")
    assert page.send().status_code == 422
    assert page.send(reason="żart").status_code == 302
    assert sheet(pile, 1).withdrawn_because == "żart"
    shown = Page(desk, address(pile, 1))
    assert "żart" in shown.text
    heads = Page(desk, f"/paper/{pile.id}/sheets").soup.select_one(".page-head__lead").text
    assert "1" not in heads, "a withdrawn sheet counts nowhere"
    again = next(one for one in shown.soup.select("main form") if one["action"].endswith("/restore"))
    assert desk.post(again["action"], data=shown.fields(again)).status_code == 302
    assert not sheet(pile, 1).is_withdrawn


def test_an_observation_leads_to_its_sheet(desk, pile, account, elsewhere):
    type_in(account, pile, 1, "C7")
    voice = db.session.scalars(select(Observation)).one()
    assert desk.get(f"/paper/marks/{voice.source_key}").location == address(pile, 1)
    assert desk.get("/paper/marks/nothing").status_code == 404
    stranger = sign_in(elsewhere(), officer(unit("1019", "Komenda w Zduńskiej Woli")))
    assert stranger.get(f"/paper/marks/{voice.source_key}").status_code == 404
    for at in (address(pile, 1), address(pile, 2), f"/paper/{pile.id}/sheets", f"{address(pile, 1)}/scans"):
        assert stranger.get(at).status_code == 404


def test_a_threat_shows_the_way_to_the_sheet(desk, pile, account):
    type_in(account, pile, 1, "C7")
    voice = db.session.scalars(select(Observation)).one()
    from consult.threats import queries as threats

    page = Page(desk, f"/threats/{threats.threats_of([voice.id])[voice.id]}")
    assert page.soup.select_one(f"a[href='/paper/marks/{voice.source_key}']")


def test_a_coordinator_reads_and_does_not_type(elsewhere, pile, account):
    type_in(account, pile, 1, "C7")
    reader = sign_in(elsewhere(), coordinator())
    assert reader.get(address(pile, 1)).status_code == 200
    assert reader.get(address(pile, 2)).status_code == 404
    assert reader.get(f"{address(pile, 1)}/withdraw").status_code == 403


def test_a_number_that_was_never_printed_is_no_page(desk, pile):
    assert desk.get(address(pile, 61)).status_code == 404
    assert desk.get(f"/paper/{pile.id}/sheets/by-number?number=61").location == f"/paper/{pile.id}/sheets"
    assert desk.get(f"/paper/{pile.id}/sheets/by-number?number=6").location == address(pile, 6)


def test_the_fields_lie_on_the_map_as_it_is_printed(desk, pile):
    """The board has the size of the printed map, and its first field begins where the frame of the map does."""
    page = Page(desk, address(pile, 1))
    board = page.soup.select_one("[data-board] svg")
    printed = BeautifulSoup(desk.get(f"/paper/{pile.id}/map.svg").text, "xml").svg
    assert [float(number) for number in board["viewbox"].split()] == [float(n) for n in printed["viewBox"].split()]
    first, frame = page.soup.select_one("[data-cell='A1'] rect"), printed.find("svg")
    assert (float(first["x"]), float(first["y"])) == (float(frame["x"]), float(frame["y"]))
    assert float(first["width"]) * pile.columns == float(frame["width"])


def test_a_scan_is_added_shown_beside_the_rows_and_removed(desk, pile, elsewhere):
    at = f"{address(pile, 1)}/scans"
    page = Page(desk, at)
    assert page.send().status_code == 422
    files = {"files": (io.BytesIO(photo()), "skan.jpg")}
    answer = desk.post(at, data={**page.fields(), **files}, content_type="multipart/form-data")
    assert answer.location == address(pile, 1)
    screen = Page(desk, address(pile, 1))
    picture = screen.soup.select_one(".scan__picture")["src"]
    shown = desk.get(picture)
    assert shown.mimetype == "image/jpeg"
    assert b"Exif" not in shown.data
    stranger = sign_in(elsewhere(), officer(unit("1019", "Komenda w Zduńskiej Woli")))
    assert stranger.get(picture).status_code == 404
    more = Page(desk, at)
    files = {"files": (io.BytesIO(photo(colour="red")), "skan.jpg")}
    desk.post(at, data={**more.fields(), **files}, content_type="multipart/form-data")
    assert len(db.session.scalars(select(Attachment).where(Attachment.gone_at.is_(None))).all()) == 2
    again = {"files": (io.BytesIO(photo(colour="red")), "skan.jpg")}
    desk.post(at, data={**more.fields(), **again}, content_type="multipart/form-data")
    assert len(db.session.scalars(select(Attachment).where(Attachment.gone_at.is_(None))).all()) == 2, "sent twice"
    listed = Page(desk, at)
    removal = next(one for one in listed.soup.select("main form") if one["action"].endswith("/remove"))
    assert desk.post(removal["action"], data=listed.fields(removal)).status_code == 302
    assert desk.get(picture).status_code == 404


def test_the_unit_of_the_sheets_can_see_in_the_trail_who_opened_a_scan(desk, pile, elsewhere):
    at = f"{address(pile, 1)}/scans"
    files = {"files": (io.BytesIO(photo()), "skan.jpg")}
    desk.post(at, data={**Page(desk, at).fields(), **files}, content_type="multipart/form-data")
    picture = Page(desk, address(pile, 1)).soup.select_one(".scan__picture")["src"]
    above = sign_in(elsewhere(), coordinator(unit("10")))
    assert above.get(picture).status_code == 200
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "look_at_scan")).all()
    assert [entry.unit_path for entry in noted] == [pile.unit_path]


def test_scans_are_erased_so_many_days_after_their_form_was_closed_or_their_sheet_withdrawn(account, pile):
    still_open = form(account)
    for owner in (pile, still_open):
        for number in (1, 2):
            attachments.hold(scans.SOURCE, scans.waiting_key(account, "k"), [sift(photo())])
            scans.add(account, owner, number, key="k")
    withdrawn = type_in(account, still_open, 2)
    transcribing.withdraw(account, withdrawn, version=withdrawn.version, reason="żart")
    pile.closed_at = now()
    db.session.commit()
    assert scans.erase_old(now() + timedelta(days=89), 90) == 0
    assert scans.erase_old(now() + timedelta(days=91), 90) == 3
    assert scans.numbers_with(still_open) == {1}
    assert scans.numbers_with(pile) == set()


def test_the_back_is_typed_in_with_nothing_that_leads_to_the_sheet(desk, account):
    made = survey()
    pile = form(account, survey_version_id=made.published.id)
    answer = send(desk, address(pile, 1), ("C7", "1"), has_questionnaire="y")
    assert answer.location == f"/surveys/krotka/transcribe?version=1&paper={pile.id}"
    assert sheet(pile, 1).has_questionnaire
    page = Page(desk, answer.location)
    assert page.soup.select_one(f"a[href='/paper/{pile.id}/sheets/next']")
    saved = page.send(**{"q-safe": "1", "save": "1"})
    assert f"paper={pile.id}" in saved.location
    assert desk.get(f"/paper/{pile.id}/sheets/next").location == address(pile, 2)
    submission = db.session.scalars(select(Submission)).one()
    assert {column.key for column in Submission.__table__.columns} == {
        "id", "survey_id", "version_id", "received_on", "mode", "language", "district_code", "answers", "generation",
    }, "a day is the most that is kept of when; of the sheet nothing"  # fmt: skip
    assert str(sheet(pile, 1).first.key) not in str(submission.answers)


def test_the_list_asks_the_database_as_often_for_many_sheets_as_for_few(desk, pile, account, queries_counted):
    for number in range(1, 4):
        type_in(account, pile, number, "C7")
    few = queries_counted(lambda: desk.get(f"/paper/{pile.id}/sheets"))
    for number in range(4, 16):
        type_in(account, pile, number, "C7")
    assert queries_counted(lambda: desk.get(f"/paper/{pile.id}/sheets")) <= few


def test_done_when_a_marked_sheet_typed_twice_gives_the_figure_and_voices_as_exact_as_the_field(desk, other, pile):
    send(desk, address(pile, 1), ("C7", "1", "pn-pt r", "parkują"), ("A1", "2", "", ""))
    send(other, address(pile, 1), ("C7", "1", "12345 rano", "parkują na chodniku"), ("A1", "2"))
    page = Page(desk, f"/paper/{pile.id}/sheets")
    share = page.soup.select_one("#agreement").find_parent("section").select_one("tbody tr")
    assert "7" in share.text
    assert "100" in share.text
    found = typed.agreement_of(typed.sheets_of(pile))
    assert (found.fields.agreeing, found.fields.compared) == (7, 7)
    voices = db.session.scalars(select(Observation).where(Observation.withdrawn_at.is_(None))).all()
    assert {round(one.accuracy_m, 3) for one in voices} == {round(pile.grid.accuracy_m, 3)}
    assert len(voices) == len(marks("C7", "A1"))
