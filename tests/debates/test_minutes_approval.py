"""From minutes that are written to minutes that everybody reads: correction, approval, versions, what stays hidden."""

import io
import re
import threading
import uuid
import zipfile
from datetime import timedelta

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db, read_only
from consult.geo import Place
from debates import freezing, printing, queries
from debates.editions import digest_of
from debates.models import CorrectionLink, MeetingKind, MinutesEdition, MinutesSuggestion, Statement
from debates.notes import StatementKind
from debates.operations import approving, convening, correcting, minuting
from debates.stages import Hindrance, MeetingStage, MinutesApproved, StageRefused, SuggestionState
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.apart import application
from tests.debates.makers import meeting, proposal, statement
from tests.factories import LASK, catalogue_of_27, two_districts
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

SECRETS = (
    "NARKOTYK-ZNAK",
    "WSTRZYMANE-ZNAK",
    "SKRESLONE-ZNAK",
    "BYPOL-ZNAK",
    "POSTULAT-ZNAK",
    "Kowalski",
    "u pani Zosi",
)


@pytest.fixture
def chief(account):
    return head()


@pytest.fixture
def minutes(account):
    made = meeting(
        account,
        officials="podinsp. Jan Kowalski, komendant powiatowy\nburmistrz Łasku",
        residents=23,
        case_sign="PR-0152/7/26",
        jrwa_symbol="0152",
        archival_category="B5",
    )
    statement(account, made, "Auta stoją na chodniku przy szkole", answer="Będą kontrole")
    return made


def correcting_stage(account, minutes):
    convening.change_stage(account, minutes, MeetingStage.CORRECTING)
    db.session.commit()


def correcting_without(account, minutes):
    convening.change_stage(account, minutes, MeetingStage.CORRECTING, leave_out=True)
    db.session.commit()


def approved(account, chief, minutes):
    correcting_stage(account, minutes)
    edition = approving.approve(chief, minutes)
    db.session.commit()
    return edition


def secretive(account, minutes):
    """Say at a meeting what nobody but the police may read."""
    drugs = statement(account, minutes, "NARKOTYK-ZNAK pod blokiem", category_code="srodki_odurzajace")
    proposal(account, minutes, "POSTULAT-ZNAK o patrole", statement=drugs)
    withheld = statement(account, minutes, "WSTRZYMANE-ZNAK o sąsiedzie")
    approving.withhold_statement(account, withheld, reason="BYPOL-ZNAK wskazuje osobę")
    crossed = statement(account, minutes, "SKRESLONE-ZNAK")
    minuting.withdraw_statement(account, crossed, reason="pomyłka")
    statement(account, minutes, "Wiata jest zniszczona", place=Place.point(*LASK, words="u pani Zosi"))
    db.session.commit()


def text_of_pdf(answer):
    assert answer.mimetype == "application/pdf", answer.status
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "\n".join(page.extract_text() for page in pages)


def text_of_docx(content):
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_minutes_go_from_writing_to_correction_and_the_head_approves_them(desk, client, account, chief, minutes):
    page = Page(desk, f"/debates/{minutes.id}")
    assert f"/debates/{minutes.id}/send-for-correction" in page.text
    assert Page(desk, f"/debates/{minutes.id}/send-for-correction").send().status_code == 302
    assert minutes.stage is MeetingStage.CORRECTING
    assert f"/debates/{minutes.id}/approve" not in Page(desk, f"/debates/{minutes.id}").text
    assert desk.get(f"/debates/{minutes.id}/approve").status_code == 403
    sign_in(client, chief)
    assert Page(client, f"/debates/{minutes.id}/approve").send().status_code == 302
    assert minutes.stage is MeetingStage.APPROVED
    assert queries.newest_edition(minutes.id).approved_by == "komendant"


def test_the_head_approves_what_was_shown_and_nothing_that_was_changed_meanwhile(client, account, chief, minutes):
    sign_in(client, chief)
    page = Page(client, f"/debates/{minutes.id}/approve")
    minuting.correct_statement(
        account, minutes.statements[0], **(minuting.said_of(minutes.statements[0]) | {"text": "Zmienione po cichu"})
    )
    db.session.commit()
    refused = page.send()
    assert refused.status_code == 409
    assert "zmieniono" in refused.text
    assert queries.editions_of(minutes) == []
    assert Page(client, f"/debates/{minutes.id}/approve").send().status_code == 302
    assert queries.newest_edition(minutes.id).public["statements"][0]["text"] == "Zmienione po cichu"


@pytest.fixture
def asked(account, minutes):
    """A request that was written down and is in no list."""
    return statement(account, minutes, "Prosimy o próg przy szkole", kind=StatementKind.PROPOSAL)


def notice(page):
    """What a page says of requests that are in no list, and the one press that adds them."""
    shown = page.soup.select_one("section[aria-labelledby=unlisted]")
    return shown and (shown.h3 or shown.h2).text, shown and shown.form


def test_a_request_in_no_list_is_not_called_nothing_and_one_press_adds_it(desk, minutes, asked):
    page = Page(desk, f"/debates/{minutes.id}")
    assert "Nie zgłoszono wniosków" not in page.text
    words, press = notice(page)
    assert words.startswith("1 wniosku ze sprawozdania nie ma jeszcze na liście")
    assert desk.post(press["action"], data=page.fields(press)).location == f"/debates/{minutes.id}/requests"
    assert [(one.text, one.statement_id) for one in minutes.proposals] == [("Prosimy o próg przy szkole", asked.id)]
    assert notice(Page(desk, f"/debates/{minutes.id}")) == (None, None)


def test_a_request_written_into_the_list_by_itself_is_not_added_a_second_time(account, minutes, asked):
    other = meeting(account, "Debata w Widawie")
    proposal(account, other, asked.text)
    assert queries.unasked(minutes) == [asked], "another debate's list is another list"
    proposal(account, minutes, asked.text)
    assert queries.unasked(minutes) == []


@pytest.mark.usefixtures("asked")
def test_minutes_go_on_without_a_request_only_by_decision(client, desk, account, chief, minutes):
    def stage(browser, step, **ticks):
        page = Page(browser, f"/debates/{minutes.id}/{step}")
        assert notice(page)[0], "it stands on the page before anything is pressed"
        form = page.soup.select_one(f"main form[action$='/{step}']")
        return Page.of(browser, page.url, browser.post(page.url, data=page.fields(form) | ticks)), minutes.stage

    page, after = stage(desk, "send-for-correction")
    assert after is MeetingStage.DRAFTING
    assert page.soup.select_one(".govuk-error-summary a[href='#leave_out']")
    assert stage(desk, "send-for-correction", leave_out="y")[1] is MeetingStage.CORRECTING
    sign_in(client, chief)
    assert stage(client, "approve")[1] is MeetingStage.CORRECTING
    assert stage(client, "approve", leave_out="y")[1] is MeetingStage.APPROVED
    decided = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "leave_requests_out")).all()
    assert [(one.actor_id, one.detail) for one in decided] == [
        (account.id, {"requests": 1}),
        (chief.id, {"requests": 1}),
    ]
    for text in (
        Page(client, f"/debates/{minutes.id}/minutes").text,
        text_of_docx(client.get(f"/debates/{minutes.id}/minutes/full.docx").data),
    ):
        assert "Nie zgłoszono wniosków" not in text


@pytest.mark.usefixtures("asked")
def test_who_adds_the_requests_before_the_approval_comes_back_to_it(client, account, chief, minutes):
    correcting_without(account, minutes)
    sign_in(client, chief)
    page = Page(client, f"/debates/{minutes.id}/approve")
    press = notice(page)[1]
    assert client.post(press["action"], data=page.fields(press)).location == f"/debates/{minutes.id}/approve"
    page = Page(client, f"/debates/{minutes.id}/approve")
    assert "leave_out" not in page.text
    assert page.send().status_code == 302
    assert [one["text"] for one in queries.newest_edition(minutes.id).public["proposals"]] == [
        "Prosimy o próg przy szkole"
    ]


@pytest.mark.usefixtures("asked")
def test_a_request_that_came_while_the_head_was_reading_is_not_left_out_by_an_older_tick(
    client, account, chief, minutes
):
    correcting_without(account, minutes)
    sign_in(client, chief)
    page = Page(client, f"/debates/{minutes.id}/approve")
    form = page.soup.select_one("main form[action$='/approve']")
    statement(account, minutes, "Patrole", kind=StatementKind.PROPOSAL, category_code="srodki_odurzajace")
    assert client.post(page.url, data=page.fields(form) | {"leave_out": "y"}).status_code == 409
    assert minutes.stage is MeetingStage.CORRECTING


def test_only_the_head_of_the_scope_approves(client, account, minutes):
    correcting_stage(account, minutes)
    for person, status in ((officer(), 403), (coordinator(), 403), (head(unit("1019", "KPP w Zduńskiej Woli")), 404)):
        sign_in(client, person)
        assert client.get(f"/debates/{minutes.id}/approve").status_code == status
        assert client.get(f"/debates/{minutes.id}/open-again").status_code == status
    assert db.session.scalars(select(MinutesEdition)).all() == []


def test_what_hinders_leads_to_where_it_is_mended(desk, account, minutes):
    said = statement(account, minutes, "Ktoś pali śmieci", category_code=None, place=None)
    page = Page(desk, f"/debates/{minutes.id}/send-for-correction")
    assert f"/debates/{minutes.id}/statements/{said.id}/edit" in page.text
    assert page.soup.select("main form") == []
    answer = page.client.post(page.url, data=Page(desk, "/debates/new").fields())
    assert answer.status_code == 409
    assert minutes.stage is MeetingStage.DRAFTING


def test_an_evaluating_debate_leads_to_the_requests_without_a_status(desk, account, minutes):
    asked = proposal(account, minutes)
    later = meeting(account, "Debata ewaluacyjna", kind=MeetingKind.EVALUATING_DEBATE, previous_id=minutes.id)
    assert f"/debates/{later.id}/taken-over#request-{asked.id}" in Page(desk, f"/debates/{later.id}").text


def test_approved_minutes_are_edited_by_nobody_while_answers_go_on(desk, account, chief, minutes):
    asked = proposal(account, minutes)
    approved(account, chief, minutes)
    for address in (
        f"/debates/{minutes.id}/edit",
        f"/debates/{minutes.id}/proposals/new",
        f"/debates/proposals/{asked.id}/edit",
    ):
        assert Page(desk, address, 409).soup.select("main form") == []
    with pytest.raises(MinutesApproved):
        convening.correct_meeting(account, minutes, unit_code="1003", district_codes=["1003"], place=None)
    with pytest.raises(MinutesApproved):
        statement(account, minutes)
    with pytest.raises(MinutesApproved):
        minuting.withdraw_statement(account, minutes.statements[0], reason="pomyłka")
    assert Page(desk, f"/debates/proposals/{asked.id}/answer").send(after="done", answer="Próg stoi").status_code == 302
    assert asked.answer == "Próg stoi"


def test_an_approved_edition_never_changes_when_statements_are_corrected_later(client, account, chief, minutes):
    first = approved(account, chief, minutes)
    sign_in(client, chief)
    assert Page(client, f"/debates/{minutes.id}/open-again").send(reason="").status_code == 422
    assert Page(client, f"/debates/{minutes.id}/open-again").send(reason="Zły adres szkoły").status_code == 302
    said = minutes.statements[0]
    minuting.correct_statement(account, said, **(minuting.said_of(said) | {"text": "Samochody stoją na chodniku"}))
    statement(account, minutes, "Brakuje lampy", category_code=None, kind=StatementKind.QUESTION, place=None)
    second = approving.approve(chief, minutes)
    db.session.commit()
    db.session.expire_all()
    assert [one["text"] for one in first.full["statements"]] == ["Auta stoją na chodniku przy szkole"]
    assert (first.full_digest, first.public_digest) == (digest_of(first.full), digest_of(first.public))
    assert (second.number, second.because) == (2, "Zły adres szkoły")
    page = Page(client, f"/debates/{minutes.id}/minutes/versions/2")
    assert [mark.text for mark in page.soup.select("main del")] == ["Auta", " przy szkole"]
    assert "Samochody" in [mark.text for mark in page.soup.select("main ins")]
    assert "Brakuje lampy" in page.soup.main.text


def test_the_public_reads_nothing_before_the_approval(client, desk, account, minutes):
    stranger = client.application.test_client()
    for ending in ("minutes", "minutes.pdf"):
        assert stranger.get(f"/debates/{minutes.id}/{ending}").status_code == 404
    for ending in ("minutes/full.pdf", "minutes/full.docx", "minutes/preview", "corrections"):
        assert stranger.get(f"/debates/{minutes.id}/{ending}").status_code == 302


def test_nothing_protected_stands_in_any_public_page_or_document(client, account, chief, minutes):
    secretive(account, minutes)
    approved(account, chief, minutes)
    page = Page(client, f"/debates/{minutes.id}/minutes")
    printed = text_of_pdf(client.get(f"/debates/{minutes.id}/minutes.pdf"))
    record = str(queries.newest_edition(minutes.id).public)
    for text in (page.text, printed, record, client.get("/proposals").text):
        assert [secret for secret in SECRETS if secret in text] == []
    for words in ("komendant powiatowy", "burmistrz Łasku", "Wiata jest zniszczona", "Będą kontrole", "PR-0152/7/26"):
        assert words in page.soup.main.text
    record = queries.newest_edition(minutes.id).public
    assert [one["number"] for one in record["statements"]] == [1, 2]
    assert record["unsaid"] == {"total": None, "withheld": None, "protected": None}


def test_residents_find_the_minutes_where_they_look_for_debates(client, account, chief, minutes):
    proposal(account, minutes)
    address = f'href="/debates/{minutes.id}/minutes"'
    assert address not in client.get("/proposals").text
    approved(account, chief, minutes)
    assert address in client.get("/proposals").text
    assert address in client.get("/districts/1003?year=2026").text


def test_a_lone_residents_words_are_never_published(client, account, chief):
    made = meeting(account, residents=1)
    statement(account, made, "SAMOTNE-ZNAK na przystanku")
    approved(account, chief, made)
    page = Page(client, f"/debates/{made.id}/minutes")
    assert "SAMOTNE-ZNAK" not in page.text
    assert queries.newest_edition(made.id).public["unsaid"] == {"lone": 1}


def test_what_is_withheld_after_the_approval_leaves_the_public_page_at_once(client, desk, account, chief, minutes):
    edition = approved(account, chief, minutes)
    said = minutes.statements[0]
    address = f"/debates/{minutes.id}/statements/{said.id}/withhold"
    assert Page(desk, address).send(reason="Wskazuje osobę").status_code == 302
    page = Page(client.application.test_client(), f"/debates/{minutes.id}/minutes")
    assert "Auta stoją" not in page.text
    assert edition.public["statements"][0]["text"] == "Auta stoją na chodniku przy szkole"
    preview = Page(desk, f"/debates/{minutes.id}/minutes/preview")
    assert "Wskazuje osobę" in preview.text
    release = preview.soup.select_one(f"form[action$='/statements/{said.id}/release']")
    assert desk.post(release["action"], data=preview.fields(release)).status_code == 302
    assert "Auta stoją" in Page(client.application.test_client(), f"/debates/{minutes.id}/minutes").text


def test_a_threat_without_a_category_is_kept_back_for_that_reason(desk, account, minutes):
    statement(account, minutes, "Coś się dzieje przy stawie", category_code=None)
    preview = Page(desk, f"/debates/{minutes.id}/minutes/preview")
    kept = preview.soup.find(string=re.compile("Coś się dzieje")).find_parent("li")
    assert "Nie ma jeszcze kategorii" in kept.text
    assert "których miejsc nie pokazujemy" not in kept.text


def test_minutes_whose_requests_are_all_kept_back_do_not_say_that_nobody_asked(client, account, chief, minutes):
    drugs = statement(account, minutes, "Handel pod blokiem", category_code="srodki_odurzajace")
    proposal(account, minutes, "Patrole pod blokiem", statement=drugs)
    approved(account, chief, minutes)
    page = Page(client, f"/debates/{minutes.id}/minutes")
    printed = text_of_pdf(client.get(f"/debates/{minutes.id}/minutes.pdf"))
    for text in (page.text, re.sub(r"\s+", " ", printed)):
        assert "Nie publikujemy żadnego wniosku." in text
        assert "Nie zgłoszono wniosków" not in text


def test_the_whole_minutes_are_a_pdf_and_a_document_that_office_programs_edit(desk, account, chief, minutes):
    secretive(account, minutes)
    drafted = text_of_pdf(desk.get(f"/debates/{minutes.id}/minutes/full.pdf"))
    assert "NARKOTYK-ZNAK" in drafted
    approved(account, chief, minutes)
    printed = text_of_pdf(desk.get(f"/debates/{minutes.id}/minutes/full.pdf"))
    content = desk.get(f"/debates/{minutes.id}/minutes/full.docx").data
    for text in (printed, text_of_docx(content)):
        flat = re.sub(r"\s+", " ", text.replace("-\n", ""))
        for words in ("PR-0152/7/26", "NARKOTYK-ZNAK", "BYPOL-ZNAK", "dzielnicowy", "komendant"):
            assert words in flat, words
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
    assert Document(io.BytesIO(content)).core_properties.language == "pl-PL"


def test_the_document_has_real_headings_styles_numbered_pages_and_polish(account, minutes):
    proposal(account, minutes, "Próg", addressee_name="Zarząd dróg")
    document = Document(io.BytesIO(printing.office_document(freezing.full(minutes), None)))
    levels = [one.style.name for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert levels[:3] == ["Heading 1", "Heading 2", "Heading 2"]
    assert levels.count("Heading 3") == len(minutes.statements)
    assert not document.paragraphs[3].text.isupper(), "capitals are a look, so that a voice reads a word"
    footers = (document.sections[0].footer, document.sections[0].first_page_footer)
    for footer in footers:
        codes = [field.get(qn("w:instr")) for field in footer.paragraphs[0]._p.iter(qn("w:fldSimple"))]
        assert codes == ["PAGE", "NUMPAGES"]
    assert document.sections[0].first_page_header.paragraphs[0].text == ""
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {"pl-PL"}
    asked = document.tables[1]
    assert asked.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in asked.rows)
    assert {cell.paragraphs[0].style.name for row in asked.rows for cell in row.cells} != {"Normal"}


# Correction by those who were invited


def link(account, minutes, function="sołtys wsi Wola"):
    made = correcting.invite(account, minutes, key="a" * 32, function=function).link
    db.session.commit()
    return made, correcting.token_of("a" * 32)


def test_a_link_is_shown_once_and_kept_only_as_a_hash(desk, account, minutes):
    correcting_stage(account, minutes)
    page = Page(desk, f"/debates/{minutes.id}/corrections/new")
    first, second = page.send(function="sołtys wsi Wola"), page.send(function="sołtys wsi Wola")
    made = db.session.scalars(select(CorrectionLink)).one()
    token = re.search(r"/debates/corrections/([a-z2-7]{32})<", first.text).group(1)
    assert token in second.text
    assert token not in Page(desk, f"/debates/{minutes.id}/corrections").text
    assert token not in str([getattr(made, column.key) for column in CorrectionLink.__table__.c])
    assert timedelta(days=13) < made.ends_at - now() <= timedelta(days=14)


def test_two_clicks_send_one_letter(desk, account, minutes, letters):
    correcting_stage(account, minutes)
    page = Page(desk, f"/debates/{minutes.id}/corrections/new")
    answers = [page.send(function="radny", address="radny@example.com") for _ in range(2)]
    first, second = ((answer.text, answer.close())[0] for answer in answers)
    assert [letter.to for letter in letters] == [["radny@example.com"]]
    assert "radny@example.com" in first
    assert "radny@example.com" not in second, "no second letter is on its way"
    page.send(function="radny", address="inny@example.com").close()
    assert len(letters) == 1, "another address needs another link"
    Page(desk, page.url).send(function="radny", address="inny@example.com").close()
    assert len(letters) == 2


def test_a_letter_carries_the_link_and_the_address_is_not_kept(desk, account, minutes, letters):
    correcting_stage(account, minutes)
    Page(desk, f"/debates/{minutes.id}/corrections/new").send(function="radny", address="radny@example.com").close()
    (letter,) = letters
    assert letter.to == ["radny@example.com"]
    assert "/debates/corrections/" in letter.body
    assert Page(desk, f"/debates/{minutes.id}/corrections/new").send(function="radny", address="x").status_code == 422


def test_somebody_invited_reads_what_may_be_shown_and_suggests_other_words(client, desk, account, minutes):
    secretive(account, minutes)
    correcting_stage(account, minutes)
    _made, token = link(account, minutes)
    guest = client.application.test_client()
    page = Page(guest, f"/debates/corrections/{token}")
    assert [secret for secret in SECRETS if secret in page.text] == []
    said = minutes.statements[0]
    words = "Auta z numerem EWI 12345 stoją przy szkole"
    assert Page(guest, f"/debates/corrections/{token}/suggest/{said.id}").send(text="x" * 1001).status_code == 422
    form = Page(guest, f"/debates/corrections/{token}/suggest/{said.id}")
    assert form.send(text=words).status_code == 302
    assert form.send(text=words).status_code == 302
    suggestion = db.session.scalars(select(MinutesSuggestion)).one()
    assert Hindrance.UNANSWERED in queries.hindrances(minutes)
    staff = Page(desk, f"/debates/{minutes.id}/corrections")
    assert staff.soup.select_one("blockquote mark").text == "EWI 12345"
    answer = Page(desk, f"/debates/{minutes.id}/corrections/{suggestion.id}/take-over").send(
        text="Auta stoją przy szkole"
    )
    assert answer.status_code == 302
    assert said.text == "Auta stoją przy szkole"
    assert Hindrance.UNANSWERED not in queries.hindrances(minutes)
    assert suggestion.state is SuggestionState.TAKEN
    assert words in Page(guest, f"/debates/corrections/{token}").soup.main.text


def test_a_suggestion_is_declined_with_a_reason_that_is_read(client, desk, account, minutes):
    correcting_stage(account, minutes)
    _made, token = link(account, minutes)
    guest = client.application.test_client()
    Page(guest, f"/debates/corrections/{token}/suggest").send(text="Brakuje godziny")
    suggestion = db.session.scalars(select(MinutesSuggestion)).one()
    address = f"/debates/{minutes.id}/corrections/{suggestion.id}/decline"
    assert Page(desk, address).send(reason="").status_code == 422
    assert Page(desk, address).send(reason="Godzina stoi w nagłówku").status_code == 302
    assert "Godzina stoi w nagłówku" in Page(guest, f"/debates/corrections/{token}").soup.main.text
    again = Page(desk, address).send(reason="Jednak nie")
    assert (again.status_code, suggestion.reason) == (302, "Godzina stoi w nagłówku")


def test_minutes_with_unanswered_suggestions_are_not_approved(client, account, chief, minutes):
    correcting_stage(account, minutes)
    made, _token = link(account, minutes)
    correcting.suggest(made, None, key="b" * 32, text="Brakuje godziny")
    db.session.commit()
    with pytest.raises(StageRefused):
        approving.approve(chief, minutes)


def test_a_link_ends_with_the_approval_by_hand_and_in_time(client, desk, account, chief, minutes):
    correcting_stage(account, minutes)
    made, token = link(account, minutes)
    guest, address = client.application.test_client(), f"/debates/corrections/{token}"
    assert guest.get(address).headers["Cache-Control"] == "no-store"
    assert guest.get("/debates/corrections/" + "a" * 32).status_code == 404
    made.ends_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert {guest.get(address).status_code, guest.get(f"{address}/suggest").status_code} == {410}
    made.ends_at = now() + timedelta(days=3)
    db.session.commit()
    page = Page(desk, f"/debates/{minutes.id}/corrections")
    form = page.soup.select_one("form[action$='/end']")
    desk.post(form["action"], data=page.fields(form))
    assert guest.get(address).status_code == 410
    made.ends_at = now() + timedelta(days=3)
    db.session.commit()
    approving.approve(chief, minutes)
    approving.open_again(chief, minutes, reason="Jeszcze raz")
    db.session.commit()
    assert guest.get(address).status_code == 410


def test_a_stranger_of_the_police_sees_no_minutes_of_another_unit(client, account, chief, minutes):
    approved(account, chief, minutes)
    stranger = sign_in(client, officer(unit("1019", "KPP w Zduńskiej Woli")))
    endings = ("preview", "versions", "versions/1", "full.pdf", "full.docx")
    addresses = [f"/debates/{minutes.id}/minutes/{ending}" for ending in endings]
    addresses += [f"/debates/{minutes.id}/corrections", f"/debates/{minutes.id}/send-for-correction"]
    assert {stranger.get(address).status_code for address in addresses} == {404}


ADDED = "w czasie poprawiania sprawozdania"


def acts_on(statement):
    chosen = select(AuditEntry.act).where(
        AuditEntry.object_kind == "statement", AuditEntry.object_id == str(statement.id)
    )
    return db.session.scalars(chosen.order_by(AuditEntry.id)).all()


def test_what_is_added_while_minutes_are_corrected_says_so_everywhere(client, desk, account, chief, minutes):
    first = minutes.statements[0]
    assert first.added_in_correction is False
    approved(account, chief, minutes)
    approving.open_again(chief, minutes, reason="Zabrakło jednego głosu")
    db.session.commit()
    address = f"/debates/{minutes.id}/statements"
    page = Page(desk, address)
    assert "zostanie oznaczone" in page.text
    assert page.send(kind="question", text="Kiedy zaświeci lampa?").status_code == 302
    sixth = db.session.scalars(select(Statement).where(Statement.text == "Kiedy zaświeci lampa?")).one()
    assert acts_on(first) == ["record_statement"]
    assert acts_on(sixth) == ["add_in_correction"]
    said = Page(desk, address).soup
    assert ADDED in said.select_one(f"#statement-{sixth.id}").text
    assert ADDED not in said.select_one(f"#statement-{first.id}").text
    edition = approving.approve(chief, minutes)
    db.session.commit()
    public = Page(client.application.test_client(), f"/debates/{minutes.id}/minutes").text
    assert public.count(ADDED) == 1
    assert "Zabrakło" not in public, "the reason is for the police"
    assert "Zabrakło" in Page(desk, f"/debates/{minutes.id}/minutes/versions/2").text
    for record in (edition.full, edition.public):
        assert printing.document_of(record, edition).html.count(ADDED) == 1
        document = Document(io.BytesIO(printing.office_document(record, edition)))
        assert sum(ADDED in paragraph.text for paragraph in document.paragraphs) == 1


def test_a_statement_that_is_split_in_a_correction_is_added_only_where_its_words_are_new(account, minutes):
    correcting_stage(account, minutes)
    statement_ = minutes.statements[0]
    for rest, is_added in (("przy szkole", False), ("Nowe słowa", True)):
        parted = minuting.split_statement(
            account,
            statement_,
            key=uuid.uuid4().hex,
            version=statement_.version,
            text="Auta stoją na chodniku",
            rest=rest,
            rest_category_code="parkowanie",
        )
        db.session.commit()
        assert parted.added_in_correction is is_added


def test_an_edition_from_before_such_marks_is_read_as_it_was(desk, account, chief, minutes):
    edition = approved(account, chief, minutes)
    old = [
        {name: value for name, value in one.items() if name != "added_in_correction"}
        for one in edition.full["statements"]
    ]
    edition.full = edition.full | {"form": 2, "statements": old}
    db.session.commit()
    assert ADDED not in Page(desk, f"/debates/{minutes.id}/minutes/versions/1").text


def test_of_two_heads_who_approve_at_once_the_second_is_refused(tmp_path):
    with application(tmp_path) as app:
        two_districts()
        catalogue_of_27()
        chief, made = head(), meeting(officer())
        correcting_stage(chief, made)
        ids, outcomes, both = (chief.id, made.id), [], threading.Barrier(2)

        def approve():
            with app.app_context():
                read_only(False)
                from consult.accounts import queries as accounts

                person, minutes = accounts.account(ids[0]), queries.meeting(ids[1])
                db.session.rollback() if db.engine.dialect.name == "sqlite" else None
                both.wait()
                try:
                    approving.approve(person, minutes)
                    db.session.commit()
                    outcomes.append("approved")
                except StageRefused:
                    db.session.rollback()
                    outcomes.append("refused")
                db.session.remove()

        db.session.remove()
        threads = [threading.Thread(target=approve) for _ in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(outcomes) == ["approved", "refused"]
        assert [one.number for one in db.session.scalars(select(MinutesEdition))] == [1]


def test_the_archival_category_has_its_form(desk, account, minutes):
    address = f"/debates/{minutes.id}/edit"
    assert Page(desk, address).send(archival_category="C7").status_code == 422
    assert Page(desk, address).send(archival_category="be 10", retain_until="2037-01-01").status_code == 302
    assert (minutes.archival_category, minutes.retain_until.year) == ("BE10", 2037)
    assert Page(desk, address).fields()["jrwa_symbol"] == "0152"


def test_new_meetings_have_no_file_class_of_ours(desk, account):
    made = meeting(account)
    assert (made.case_sign, made.jrwa_symbol, made.archival_category, made.retain_until) == ("", "", "", None)
    assert db.session.scalars(select(Statement)).all() == []
