"""The first look at reports: what is marked, what each decision does, and that every one can be taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.audit import queries as audit
from consult.clock import now
from consult.db import db
from consult.online_reports import operations, queries, screening, waiting
from consult.online_reports.models import Decision, OnlineReport, Screening
from consult.receipts import receipt_of
from consult.threats import operations as threats
from consult.threats.workflow import Status
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import LASK, admit, metres_away
from tests.online_reports.makers import report
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

QUEUE = "/online-reports/screening"
SECRET = "Jan Kowalski handluje, tel. 601 602 603"


@pytest.fixture
def people():
    """Two officers and a head of unit 1003."""
    return officer(unit("1003")), officer(unit("1003")), head(unit("1003"))


@pytest.fixture
def queue(client, people):
    """Open the queue as the first officer."""
    sign_in(client, people[0])
    return lambda: Page(client, QUEUE)


def press(page, sent, decision, **more):
    return page.client.post(
        f"{QUEUE}/{sent.id}/decide",
        data={
            "csrf_token": page.soup.find("input", attrs={"name": "csrf_token"})["value"],
            "decision": decision,
            **more,
        },
    )


def on(page, path):
    return page.client.post(
        f"{QUEUE}/decisions/{path}",
        data={"csrf_token": page.soup.find("input", attrs={"name": "csrf_token"})["value"]},
    )


def last(sent):
    db.session.expire_all()
    return db.session.scalars(
        select(Screening).where(Screening.report_id == sent.id).order_by(Screening.id.desc())
    ).first()


def voice(sent):
    return queries.observation_of(sent)


def threat(sent):
    db.session.expire_all()
    return queries.threat_of(sent)


def another(client, account):
    return sign_in(client.application.test_client(), account)


def test_the_queue_tells_how_many_wait_and_since_when_the_oldest_first(queue):
    young, old = report(text="Auto na chodniku"), report(text="Drugie auto", at=metres_away(900, 0))
    old.sent_at = now() - timedelta(days=3)
    db.session.flush()
    page = queue()
    assert [one["id"] for one in page.soup.select("article")] == [f"report-{old.id}", f"report-{young.id}"]
    waiting_now = page.soup.select_one(".key-figure")
    assert waiting_now.select_one(".key-figure__value").text.strip() == "2"
    assert "3" in waiting_now.select_one(".key-figure__note").text


def test_today_says_how_many_reports_wait(client, queue):
    report(text="Auto na chodniku")
    queue()
    figure = Page(client, "/today").soup.find("a", href=QUEUE, class_="govuk-link")
    assert figure.text.strip() == "1"


def test_nothing_waiting_teaches_what_will_come(queue):
    page = queue()
    assert page.soup.select("article") == []
    assert page.soup.select_one(".empty-state")


def test_personal_data_a_joke_and_an_urgent_word_are_marked(queue):
    report(text=SECRET)
    report(text="hahaha test", at=metres_away(900, 0))
    report(text="Pomocy! Bije mnie", at=metres_away(1_800, 0))
    report(text="Auto na chodniku", at=metres_away(2_700, 0))
    page = queue()
    assert [mark.text for mark in page.soup.select("mark")] == ["Jan Kowalski", "601 602 603"]
    assert [len(card.select(".signs li")) for card in page.soup.select("article")] == [1, 1, 1, 0]


def test_a_place_near_the_border_names_the_neighbour(queue):
    report(at=metres_away(9_980, 0))
    assert "zduńskowolski" in queue().soup.select_one(".signs").text


def test_words_of_residents_are_escaped(queue):
    report(text="<script>alert(1)</script>")
    assert "<script>alert" not in queue().text


def test_fit_ends_the_waiting_and_changes_nothing_else(queue):
    sent = report(text="Auto na chodniku")
    answer = press(queue(), sent, "fit")
    assert answer.status_code == 303
    assert (last(sent).decision, threat(sent).status) == (Decision.FIT, Status.NEW)
    assert voice(sent).words == "Auto na chodniku"
    assert queue().soup.select("article") == []
    assert [entry.act for entry in audit.of_object("online_report", sent.id)] == ["screen"]


def test_the_next_report_follows_by_itself(queue):
    first, second = report(text="Pierwsze"), report(text="Drugie", at=metres_away(900, 0))
    page = queue()
    hidden = page.soup.select_one(f"#report-{first.id} input[name=next]")["value"]
    assert press(page, first, "fit", next=hidden).location == f"{QUEUE}#report-{second.id}"
    assert press(queue(), second, "fit", next="nonsense").location == f"{QUEUE}#queue"


def test_every_button_shows_its_key(queue):
    report()
    buttons = queue().soup.select("article button[name=decision]")
    assert [(one["value"], one["aria-keyshortcuts"], one["data-key"]) for one in buttons] == [
        (decision.value, str(k), str(k)) for k, decision in enumerate(Decision, 1)
    ]


def test_a_joke_ends_a_threat_that_nobody_else_speaks_of(client, queue):
    sent = report(text="smok na rynku")
    press(queue(), sent, "joke")
    assert threat(sent).status is Status.JOKE
    told = Page(client.application.test_client(), f"/online-reports/{receipt_of('test', sent.body_digest, 'k')}")
    assert "żart" in told.text.lower() or "joke" in told.text.lower()


def test_a_joke_among_other_voices_only_takes_its_own_away(client, queue):
    other = admit(when=now() - timedelta(hours=1), text="Auto na chodniku")
    sent = report(text="Auto na chodniku haha")
    kept = threat(sent)
    assert kept.observations == 2
    press(queue(), sent, "joke")
    db.session.expire_all()
    assert (kept.status, kept.observations) == (Status.NEW, 1)
    assert voice(sent).withdrawn_at is not None
    assert other.withdrawn_at is None
    page = Page(client.application.test_client(), f"/online-reports/{receipt_of('test', sent.body_digest, 'k')}")
    assert page.soup.select_one("section[aria-labelledby=result] p")


def test_a_threat_that_the_police_confirmed_is_no_joke(queue):
    sent = report()
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED):
        threats.change_status(threat(sent), status, "widać", 1)
    page = queue()
    assert press(page, sent, "joke").status_code == 303
    assert last(sent) is None
    assert "govuk-notification-banner--error" in queue().text


def test_a_joke_taken_back_is_verified_after_all(queue):
    sent = report()
    press(queue(), sent, "joke")
    assert on(queue(), f"{last(sent).id}/undo").status_code == 303
    assert threat(sent).status is Status.IN_VERIFICATION
    assert sent.screened_at is None
    assert last(sent).undone_at is not None


def test_a_voice_taken_away_comes_back_to_its_threat(queue):
    admit(when=now() - timedelta(hours=1), text="Auto na chodniku")
    sent = report(text="Auto na chodniku haha")
    before = threat(sent).id
    press(queue(), sent, "joke")
    assert threat(sent) is None
    on(queue(), f"{last(sent).id}/undo")
    assert (threat(sent).id, threat(sent).observations) == (before, 2)


def test_a_report_that_its_sender_took_back_stays_taken_back(people):
    sent = report()
    admit(when=now(), text="Auto na chodniku")
    one = screening.decide(people[0], sent, Decision.JOKE, reason="żart")
    operations.withdraw(sent)
    screening.undo(people[0], one, reason="jednak nie")
    assert queries.threat_of(sent) is None or voice(sent).withdrawn_at is not None


def test_withheld_words_are_hidden_at_once_from_every_other_page(client, queue, people):
    sent = report(text=SECRET)
    number = threat(sent).id
    assert SECRET in Page(client, f"/threats/{number}").text
    press(queue(), sent, "personal_data")
    shown = Page(client, f"/threats/{number}").text
    assert SECRET not in shown
    assert "601 602 603" not in shown
    assert (voice(sent).words, voice(sent).is_withheld) == ("", True)
    assert sent.description == SECRET


def test_the_page_of_the_report_hides_withheld_words_too(client, queue):
    sent = report(text=SECRET, place_words="u Kowalskiego, tel. 601 602 603")
    address = f"/online-reports/voices/{voice(sent).id}"
    queue()
    assert SECRET in Page(client, address).text
    press(queue(), sent, "personal_data")
    shown = Page(client, address).text
    assert "601 602 603" not in shown
    assert "Kowalsk" not in shown


def test_the_description_of_a_place_is_withheld_too(queue):
    sent = report(place_words="u Kowalskiego, tel. 601 602 603")
    press(queue(), sent, "personal_data")
    db.session.expire_all()
    assert voice(sent).place.words == ""
    on(queue(), f"{last(sent).id}/undo")
    db.session.expire_all()
    assert voice(sent).place.words == "u Kowalskiego, tel. 601 602 603"


def test_withholding_needs_a_second_person(client, queue, people):
    sent = report(text=SECRET)
    press(queue(), sent, "personal_data")
    one = last(sent)
    own = queue()
    assert SECRET in own.soup.select_one("#second").parent.get_text()
    on(own, f"{one.id}/confirm")
    assert last(sent).confirmed_at is None
    page = Page(another(client, people[1]), QUEUE)
    assert on(page, f"{one.id}/confirm").status_code == 303
    assert last(sent).confirmed_by_id == people[1].id
    assert Page(client, QUEUE).soup.select_one("#second") is None


def test_the_second_person_may_show_the_words_again(client, queue, people):
    sent = report(text=SECRET)
    press(queue(), sent, "personal_data")
    on(Page(another(client, people[1]), QUEUE), f"{last(sent).id}/undo")
    db.session.expire_all()
    assert voice(sent).words == SECRET
    assert [entry.act for entry in audit.of_object("online_report", sent.id)] == ["screen", "undo_screening"]


def test_words_that_stay_withheld_can_still_be_given_back(people):
    sent = report(text=SECRET)
    one = screening.decide(people[0], sent, Decision.PERSONAL, reason="")
    screening.confirm(people[1], one)
    screening.undo(people[2], one, reason="")
    assert voice(sent).words == SECRET


def test_a_place_near_the_border_is_passed_on_with_one_key(client, queue):
    sent = report(at=metres_away(9_980, 0))
    assert press(queue(), sent, "outside").location == f"{QUEUE}#queue"
    assert queue().soup.select("article") == []
    there = Page(another(client, officer(unit("1019"))), QUEUE)
    assert there.soup.select_one(f"#report-{sent.id}")
    assert press(there, sent, "fit").status_code == 303
    db.session.expire_all()
    assert (sent.screened_at is not None, sent.passed_to) == (True, "1019")


def test_what_was_passed_on_is_sent_back_with_one_key_too(client, queue):
    sent = report(at=metres_away(9_980, 0))
    press(queue(), sent, "outside")
    press(Page(another(client, officer(unit("1019"))), QUEUE), sent, "outside")
    assert queue().soup.select_one(f"#report-{sent.id}")


def test_far_from_every_border_the_district_is_asked_for(client, queue):
    sent = report()
    answer = press(queue(), sent, "outside")
    assert answer.location == f"{QUEUE}/{sent.id}/pass-on"
    page = Page(client, answer.location)
    assert page.send(passed_to="").status_code == 422
    assert page.send(passed_to="9999").status_code == 422
    assert page.send(passed_to="1019").status_code == 303
    db.session.expire_all()
    assert (sent.passed_to, sent.screened_at) == ("1019", None)


def test_passing_on_is_taken_back_until_somebody_decides(client, queue):
    sent = report(at=metres_away(9_980, 0))
    press(queue(), sent, "outside")
    passed = last(sent)
    on(queue(), f"{passed.id}/undo")
    db.session.expire_all()
    assert sent.passed_to is None
    assert queue().soup.select_one(f"#report-{sent.id}")
    press(queue(), sent, "outside")
    passed = last(sent)
    press(Page(another(client, officer(unit("1019"))), QUEUE), sent, "fit")
    on(queue(), f"{passed.id}/undo")
    db.session.expire_all()
    assert sent.passed_to == "1019"


def test_of_two_decisions_at_once_the_first_holds(client, queue, people):
    sent = report()
    page, other = queue(), Page(another(client, people[1]), QUEUE)
    press(page, sent, "urgent")
    press(other, sent, "joke")
    assert last(sent).decision is Decision.URGENT
    assert threat(sent).status is Status.NEW
    with pytest.raises(screening.AlreadyDecided):
        screening.decide(people[1], sent, Decision.FIT, reason="")


def test_a_decision_is_taken_back_once(people):
    one = screening.decide(people[0], report(), Decision.FIT, reason="")
    screening.undo(people[1], one, reason="")
    with pytest.raises(screening.AlreadyDecided):
        screening.undo(people[1], one, reason="")


@pytest.mark.parametrize("decision", ["", "erase", "FIT"])
def test_no_other_decision_is_taken(queue, decision):
    sent = report()
    assert press(queue(), sent, decision).status_code == 422
    assert last(sent) is None


def test_nobody_screens_another_area(client, queue):
    sent = report(at=metres_away(15_000, 0))
    page = queue()
    assert page.soup.select("article") == []
    assert press(page, sent, "fit").status_code == 404
    assert client.get(f"{QUEUE}/{sent.id}/pass-on").status_code == 404
    one = screening.decide(officer(unit("1019")), sent, Decision.FIT, reason="")
    assert on(page, f"{one.id}/undo").status_code == 404
    assert on(page, f"{one.id}/confirm").status_code == 404


@pytest.mark.parametrize("maker", [coordinator, administrator])
def test_only_officers_and_heads_read_words_before_they_are_screened(client, maker):
    report(text=SECRET)
    assert sign_in(client, maker(unit("1003"))).get(QUEUE).status_code == 403
    assert client.get(f"{QUEUE}/decided").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client):
    answer = client.get(QUEUE)
    assert answer.status_code == 302
    assert "/accounts/sign-in" in answer.location


def test_what_was_decided_is_listed_with_what_was_taken_back(client, queue, people):
    sent = report(text="Auto na chodniku")
    screening.undo(people[0], screening.decide(people[0], sent, Decision.JOKE, reason="żart"), reason="jednak nie")
    screening.decide(people[0], sent, Decision.FIT, reason="")
    queue()
    page = Page(client, f"{QUEUE}/decided")
    assert len(page.soup.select("article")) == 2
    assert len(page.soup.select("article form")) == 1


def test_what_a_person_decided_last_can_be_taken_back_from_the_queue(queue):
    sent = report()
    press(queue(), sent, "fit")
    page = queue()
    assert page.soup.select_one(".inline-undo form")["action"].endswith(f"/{last(sent).id}/undo")


def test_what_was_withdrawn_or_imported_does_not_wait(people):
    operations.withdraw(report())
    areas = ("1003",)
    assert waiting.backlog(areas).count == 0
    assert waiting.waiting(areas) == []


def test_a_unit_without_an_area_has_an_empty_queue(client):
    report()
    assert Page(sign_in(client, officer(unit("XYZ", areas=[]))), QUEUE).soup.select("article") == []


def test_the_queue_has_pages(queue, client):
    for k in range(waiting.PAGE_SIZE + 1):
        report(text=f"Auto {k}", at=metres_away(k * 400, 0))
    assert len(queue().soup.select("article")) == waiting.PAGE_SIZE
    assert len(Page(client, f"{QUEUE}?page=2").soup.select("article")) == 1
    assert Page(client, f"{QUEUE}?page=99999999999").soup.select("article") == []


def test_many_reports_ask_no_more_questions_than_one(client, queue, queries_counted):
    report()
    few = queries_counted(queue)
    for k in range(1, 8):
        report(text=SECRET, at=metres_away(k * 700, 300))
    assert queries_counted(queue) <= few


def test_withheld_words_ask_no_more_questions_either(queue, people, queries_counted):
    def withhold(k):
        screening.decide(people[0], report(text=SECRET, at=metres_away(k * 700, 300)), Decision.PERSONAL, reason="")

    withhold(1)
    few = queries_counted(queue)
    for k in range(2, 7):
        withhold(k)
    assert queries_counted(queue) <= few


def test_reports_of_before_wait_as_well(queue):
    """A report that came before screening was built has not been looked at: it waits like any other."""
    assert db.session.scalar(select(OnlineReport.screened_at).limit(1)) is None
    assert report(at=LASK).screened_at is None
