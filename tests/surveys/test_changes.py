"""What was changed: joined to the opinions that asked for it, shown to everybody, and saying of nobody who asked."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.clock import today
from consult.db import db
from surveys.models import Change, FeedbackState
from surveys.operations import reviewing
from surveys.operations.reviewing import HoldsPersonalData
from surveys.queries import feedback as queries
from tests.accounts import makers
from tests.pages import Page
from tests.surveys.opinions import change, opinion, seen, state_of, wish

RIGHT = {
    "title": "Tryb ciemny",
    "text": "Strona dostosowuje się do ustawień urządzenia.",
    "app_version": "1.1",
    "changed_on": "2026-10-01",
}


@pytest.fixture
def desk(client, app):
    """A client in which the coordinator is signed in."""
    return makers.sign_in(client, makers.coordinator())


def count():
    return db.session.scalar(select(func.count()).select_from(Change))


def public_results(app):
    return Page(app.test_client(), "/changes").soup.select(".result")


def test_without_changes_the_public_page_says_so(client, app):
    assert Page(client, "/changes").soup.select_one(".empty-state")


def test_a_change_is_written_down_for_nobody_to_see_yet(desk, app):
    answer = Page(desk, "/feedback/changes/new").send(**RIGHT)
    assert answer.status_code == 302
    assert public_results(app) == []
    [made] = db.session.scalars(select(Change)).all()
    assert (made.title, made.app_version, made.is_published) == ("Tryb ciemny", "1.1", False)


def test_sending_it_twice_writes_one(desk):
    page = Page(desk, "/feedback/changes/new")
    page.send(**RIGHT)
    page.send(**RIGHT)
    assert count() == 1


def test_a_published_change_stands_on_the_public_page(desk, app):
    dark = wish()
    for _ in range(11):
        opinion(wishes=[dark])
    Page(desk, f"/feedback/changes/new?wish={dark.id}").send(**RIGHT, publish="1")
    [shown] = public_results(app)
    for words in ("Tryb ciemny", "ustawień urządzenia", "1.1", "2026"):
        assert words in shown.text
    assert " 10 " in shown.text


def test_the_form_knows_the_wish_that_the_address_names(desk):
    dark = wish()
    assert Page(desk, f"/feedback/changes/new?wish={dark.id}").fields()["wish_id"] == str(dark.id)
    assert Page(desk, "/feedback/changes/new?wish=odd").fields()["wish_id"] == ""


@pytest.mark.parametrize(("voices", "digits"), [(1, False), (9, False), (10, True), (23, True)])
def test_few_voices_are_told_in_words_and_many_in_fives(app, voices, digits):
    dark = wish()
    for _ in range(voices):
        opinion(wishes=[dark])
    change(wish=dark, published=True, title="Nowe kolory", app_version="", text="Opis")
    asked = public_results(app)[0].select_one(".muted").text
    assert any(character.isdigit() for character in asked) is digits
    assert str(voices) not in asked or voices % 5 == 0


def test_an_opinion_of_the_wish_is_done_and_its_receipt_shows_the_change(app, client):
    dark = wish()
    sent = Page(client, "/feedback/new").send(rating="2", words="Za jasno")
    one = queries.by_receipt(sent.location.rpartition("/")[2])
    one.wishes = [dark]
    db.session.commit()
    made = change(wish=dark)
    assert "ustawień urządzenia" not in Page(client, sent.location).text
    reviewing.publish_change(makers.coordinator(), made)
    db.session.commit()
    assert state_of(one) is FeedbackState.DONE
    assert "ustawień urządzenia" in Page(client, sent.location).text


@pytest.mark.parametrize("state", [FeedbackState.DECLINED, FeedbackState.SPAM])
def test_what_the_coordinator_refused_stays_so(app, state):
    dark = wish()
    one = opinion(wishes=[dark], state=state)
    change(wish=dark, published=True)
    assert state_of(one) is state


def test_spam_is_joined_to_nothing_and_counts_nowhere(app):
    dark = wish()
    opinion(wishes=[dark], state=FeedbackState.SPAM)
    made = change(wish=dark, published=True)
    assert queries.voices_of([made]) == {}


def test_an_opinion_may_be_joined_by_itself(desk):
    made, one = change(published=True), opinion()
    Page(desk, f"/feedback/reviews/{one.id}").send(change_ids=[made.id], state="planned")
    assert state_of(one) is FeedbackState.DONE
    assert queries.voices_of([made]) == {made.id: 1}


def test_joined_to_a_change_that_nobody_sees_it_waits(desk):
    made, one = change(), opinion()
    Page(desk, f"/feedback/reviews/{one.id}").send(change_ids=[made.id], state="planned")
    assert state_of(one) is FeedbackState.PLANNED


def test_publishing_twice_is_publishing_once(app):
    dark = wish()
    opinion(wishes=[dark])
    made = change(wish=dark, published=True)
    reviewing.publish_change(makers.coordinator(), made)
    db.session.commit()
    assert queries.voices_of([made]) == {made.id: 1}


def test_a_published_change_that_is_corrected_takes_in_its_new_wish(desk):
    dark, fast = wish(), wish("Szybciej")
    one = opinion(wishes=[fast])
    made = change(wish=dark, published=True)
    Page(desk, f"/feedback/changes/{made.id}").send(wish_id=fast.id)
    assert state_of(one) is FeedbackState.DONE


def test_a_withdrawn_change_is_seen_by_nobody_and_its_opinions_are_planned_again(desk, app):
    dark = wish()
    one, twice = opinion(wishes=[dark]), opinion(wishes=[dark])
    made = change(wish=dark, published=True)
    other = change("Inna zmiana", published=True)
    reviewing.review(
        makers.coordinator(), twice, state=FeedbackState.DONE, wish_ids=[dark.id], change_ids=[made.id, other.id]
    )
    db.session.commit()
    page = Page(desk, f"/feedback/changes/{made.id}")
    form = page.soup.select_one("form[action$=withdraw]")
    assert desk.post(form["action"], data=page.fields(form)).status_code == 302
    assert [result.h2.text for result in public_results(app)] == ["Inna zmiana"]
    assert state_of(one) is FeedbackState.PLANNED
    assert state_of(twice) is FeedbackState.DONE


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": " "},
        {"title": "x" * 161},
        {"text": ""},
        {"text": "x" * 2_001},
        {"changed_on": "2026-05-32"},
        {"changed_on": ""},
        {"app_version": "x" * 41},
        {"wish_id": "999"},
        {"wish_id": "x"},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_a_wrong_change_is_refused(desk, wrong):
    assert Page(desk, "/feedback/changes/new").send(**{**RIGHT, **wrong}).status_code == 422
    assert count() == 0


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_change_with_personal_data_may_be_kept_but_not_published(desk, app, field):
    personal = {**RIGHT, field: "Na prośbę pani spod 601 602 603"}
    refused = Page(desk, "/feedback/changes/new").send(**personal, publish="1")
    assert refused.status_code == 422
    summary = BeautifulSoup(refused.text, "lxml").select_one(".govuk-error-summary")
    assert "601 602 603" in summary.text
    assert count() == 0
    assert Page(desk, "/feedback/changes/new").send(**personal).status_code == 302
    made = db.session.scalars(select(Change)).one()
    assert Page(desk, f"/feedback/changes/{made.id}").send(publish="1").status_code == 422
    assert public_results(app) == []


def test_a_published_change_cannot_be_given_personal_data(desk, app):
    made = change(published=True)
    assert Page(desk, f"/feedback/changes/{made.id}").send(text="jan@example.pl").status_code == 422
    assert "jan@example.pl" not in seen(Change, made.id).text


def test_the_operation_refuses_personal_data_too(app):
    made = change(text="jan@example.pl")
    with pytest.raises(HoldsPersonalData):
        reviewing.publish_change(makers.coordinator(), made)


def test_every_act_leaves_its_trail(desk):
    Page(desk, "/feedback/changes/new").send(**RIGHT)
    made = db.session.scalars(select(Change)).one()
    Page(desk, f"/feedback/changes/{made.id}").send(publish="1")
    page = Page(desk, f"/feedback/changes/{made.id}")
    form = page.soup.select_one("form[action$=withdraw]")
    desk.post(form["action"], data=page.fields(form))
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "change").order_by(AuditEntry.id))
    assert list(acts) == ["record_change", "correct_change", "publish_change", "withdraw_change"]


def test_the_latest_change_comes_first_and_pages_follow(app):
    for k in range(27):
        change(f"Zmiana {k}", published=True, changed_on=today() - timedelta(days=k))
    titles = [result.h2.text for result in public_results(app)]
    assert (len(titles), titles[0]) == (25, "Zmiana 0")
    assert len(Page(app.test_client(), "/changes?page=2").soup.select(".result")) == 2


def test_what_was_written_is_shown_as_text(app):
    change("<b>Mapa</b> {{7*7}}", published=True, text="<script>alert(1)</script>")
    [shown] = public_results(app)
    assert "<b>Mapa</b> {{7*7}}" in shown.text
    assert not shown.select("script, h2 b")


def test_more_changes_need_no_more_queries(app, client, queries_counted):
    for k in range(2):
        change(f"Zmiana {k}", wish(f"Życzenie {k}"), published=True)
    few = queries_counted(lambda: Page(client, "/changes"))
    for k in range(2, 12):
        change(f"Zmiana {k}", wish(f"Życzenie {k}"), published=True)
    assert queries_counted(lambda: Page(client, "/changes")) == few
