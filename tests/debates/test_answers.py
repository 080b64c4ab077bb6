"""What became of a request, told once more each time: history, two writers at once, evidence, who answered."""

from datetime import date

import pytest
from sqlalchemy import select

from consult.db import db
from debates.models import AddresseeKind, Proposal, ProposalChange
from debates.outcomes import ProposalStatus
from tests.accounts.makers import officer, unit
from tests.debates.makers import answer, meeting, proposal, statement
from tests.pages import Page
from tests.partners import makers as partners

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def minutes(account):
    return meeting(account)


@pytest.fixture
def asked(account, minutes):
    return proposal(account, minutes, addressee_name="Gmina Łask")


def page_of(asked):
    return f"/debates/proposals/{asked.id}/answer"


def told(asked):
    return [(change.before.value, change.after.value, change.answer) for change in asked.changes]


def test_every_answer_is_one_more_row_and_the_newest_stands(desk, asked):
    Page(desk, page_of(asked)).send(after="accepted", answer="Przyjęto")
    Page(desk, page_of(asked)).send(after="done", answer="Próg stoi", answered_on="2026-09-03")
    assert told(asked) == [("open", "accepted", "Przyjęto"), ("accepted", "done", "Próg stoi")]
    assert (asked.status, asked.answer, asked.answered_on) == (ProposalStatus.DONE, "Próg stoi", date(2026, 9, 3))
    text = Page(desk, f"/debates/proposals/{asked.id}").text
    assert text.index("Próg stoi") < text.index("Przyjęto")


def test_whoever_answers_second_sees_both_and_loses_nothing(desk, asked):
    first, second = Page(desk, page_of(asked)), Page(desk, page_of(asked))
    assert first.send(after="accepted", answer="Przyjęto do planu").status_code == 302
    late = second.send(after="refused", answer="Droga jest krajowa")
    assert late.status_code == 409
    assert "Przyjęto do planu" in late.text
    assert "Droga jest krajowa" in late.text
    assert told(asked) == [("open", "accepted", "Przyjęto do planu")]
    again = Page.of(desk, page_of(asked), late)
    assert again.send().status_code == 302
    assert told(asked)[1:] == [("accepted", "refused", "Droga jest krajowa")]


def test_two_clicks_are_one_answer(desk, asked):
    page = Page(desk, page_of(asked))
    assert page.send(after="done", answer="Gotowe").location == page.send(after="done", answer="Gotowe").location
    assert len(asked.changes) == 1


def test_a_correction_does_not_overwrite_what_somebody_else_corrected(desk, asked):
    address = f"/debates/proposals/{asked.id}/edit"
    first, second = Page(desk, address), Page(desk, address)
    assert first.send(text="Próg i lampa").status_code == 302
    late = second.send(text="Próg i znak")
    assert late.status_code == 409
    assert "Próg i lampa" in late.text
    assert "Próg i znak" in late.text
    assert asked.text == "Próg i lampa"


def test_an_officer_writes_down_what_the_mayor_answered(desk, client, asked):
    Page(desk, page_of(asked)).send(after="done", answer="Droga jest wyrównana", answered_by="Wójt Gminy Sędziejowice")
    assert asked.newest.answered_by == "Wójt Gminy Sędziejowice"
    assert "Wójt Gminy Sędziejowice" in Page(client, "/proposals").text


def test_what_is_passed_on_says_to_whom_since_when_and_why(desk, client, asked):
    assert Page(desk, page_of(asked)).send(after="handed_over", answer="Nie nasza droga").status_code == 422
    sent = Page(desk, page_of(asked)).send(
        after="handed_over",
        answer="Nie nasza droga",
        passed_to="Zarząd Dróg Wojewódzkich",
        legal_basis="art. 243 k.p.a.",
        answered_on="2026-08-20",
    )
    assert sent.status_code == 302
    text = Page(client, "/proposals").soup.main.text
    for words in ("Zarząd Dróg Wojewódzkich", "art. 243 k.p.a.", "20 sierpnia 2026"):
        assert words in text


def test_evidence_is_for_the_police_until_somebody_publishes_it(desk, client, asked):
    shown = {"evidence": "Protokół odbioru 17/2026", "evidence_url": "https://bip.example.pl/17"}
    assert Page(desk, page_of(asked)).send(after="done", answer="x", evidence_url="javascript://x").status_code == 422
    Page(desk, page_of(asked)).send(after="done", answer="Próg stoi", **shown)
    change = asked.newest
    assert "Protokół" not in Page(client, "/proposals").text
    page = Page(desk, f"/debates/proposals/{asked.id}")
    assert "Protokół" in page.text
    assert page.send(f"/debates/proposal-changes/{change.id}/evidence").status_code == 302
    assert "Protokół" in Page(client, "/proposals").text


def test_a_request_is_asked_of_a_unit_or_an_office_of_the_register(desk, account, minutes):
    office = partners.partner(name="Zarząd Dróg Powiatowych w Łasku")
    address = f"/debates/{minutes.id}/proposals/new"
    Page(desk, address).send(text="Próg", addressee=f"partner:{office.id}")
    Page(desk, address).send(text="Patrole", addressee=f"unit:{account.unit_id}")
    assert Page(desk, address).send(text="Patrole", addressee="unit:999999").status_code == 422
    known = {one.text: one for one in db.session.scalars(select(Proposal))}
    assert (known["Próg"].partner, known["Próg"].addressee_name) == (office, "Zarząd Dróg Powiatowych w Łasku")
    assert (known["Patrole"].addressee, known["Patrole"].addressee_unit) == (AddresseeKind.POLICE, account.unit)
    assert Page(desk, f"/debates/proposals/{known['Próg'].id}/edit").fields()["addressee"] == f"partner:{office.id}"


def test_an_imported_or_ready_answer_is_the_first_row(account, minutes):
    ready = proposal(account, minutes, "Rondo", status=ProposalStatus.REFUSED, answer="Za drogo")
    assert told(ready) == [("open", "refused", "Za drogo")]


# The moderator's list


def test_the_moderator_fills_in_the_whole_list_at_once(desk, account, minutes):
    near, far = proposal(account, minutes, "Próg"), proposal(account, minutes, "Lampa")
    page = Page(desk, f"/debates/{minutes.id}/requests")
    sent = page.send(
        **{f"addressee_{near.id}": "road_owner", f"addressee_name_{near.id}": "ZDP", f"due_on_{far.id}": "2026-10-01"}
    )
    assert sent.status_code == 302
    assert (near.addressee, near.addressee_name, near.due_on) == (AddresseeKind.ROAD_OWNER, "ZDP", None)
    assert (far.addressee, far.due_on) == (AddresseeKind.COMMUNE, date(2026, 10, 1))
    assert (near.version, far.version) == (2, 2)


def test_one_row_that_somebody_else_changed_stops_the_whole_list_and_keeps_all_words(desk, account, minutes):
    near, far = proposal(account, minutes, "Próg"), proposal(account, minutes, "Lampa")
    page = Page(desk, f"/debates/{minutes.id}/requests")
    Page(desk, f"/debates/{minutes.id}/requests").send(**{f"addressee_name_{near.id}": "Urząd Gminy"})
    late = page.send(**{f"addressee_name_{near.id}": "Starostwo", f"due_on_{far.id}": "2026-10-01"})
    assert late.status_code == 409
    for words in ("Urząd Gminy", "Starostwo", "2026-10-01"):
        assert words in late.text
    assert (near.addressee_name, far.due_on) == ("Urząd Gminy", None)
    again = Page.of(desk, f"/debates/{minutes.id}/requests", late)
    assert again.send().status_code == 302
    assert (near.addressee_name, far.due_on) == ("Starostwo", date(2026, 10, 1))


def test_requests_of_the_minutes_become_proposals_with_one_button(desk, account, minutes):
    said = statement(account, minutes, "Prosimy o lampę", kind="proposal", category_code=None, place=None)
    statement(account, minutes, "Auta na chodniku")
    page = Page(desk, f"/debates/{minutes.id}/requests")
    assert "Prosimy o lampę" in page.text
    assert "Auta na chodniku" not in page.text
    for _click in range(2):
        assert page.send(f"/debates/{minutes.id}/requests/from-statements").status_code == 302
    made = db.session.scalars(select(Proposal)).one()
    assert (made.statement, made.text) == (said, "Prosimy o lampę")


def test_a_debate_without_requests_says_so(desk, client, minutes):
    assert Page(desk, f"/debates/{minutes.id}/requests").soup.select_one(".empty-state")
    assert Page(client, f"/proposals?meeting={minutes.id}").soup.select_one(".empty-state")


def test_the_list_of_another_unit_is_not_there(desk, minutes, account):
    other = meeting(officer(unit("1019", "KPP w Zduńskiej Woli")), district_codes=["1019"])
    for address in ("requests", "taken-over"):
        assert desk.get(f"/debates/{other.id}/{address}").status_code == 404
    change = answer(account, proposal(account, other))
    page = Page(desk, f"/debates/{minutes.id}/proposals/new")
    assert page.send(f"/debates/proposal-changes/{change.id}/evidence").status_code == 404
    assert db.session.scalars(select(ProposalChange)).one().evidence_is_public is False
