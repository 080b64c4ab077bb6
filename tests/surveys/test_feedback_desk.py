"""The coordinator's desk: an inbox to work through, wishes ranked by voices, and nothing personal published."""

import re
import secrets

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.db import db
from consult.web.roles import Role
from surveys.models import AnswerTemplate, Feedback, FeedbackSource, FeedbackState, Mode, Wish, WishKind
from surveys.operations import answering, reviewing
from surveys.operations.reviewing import HoldsPersonalData, TitleTaken
from surveys.queries import feedback as queries
from tests.accounts import makers
from tests.pages import Page
from tests.surveys import makers as surveys
from tests.surveys.opinions import change, opinion, seen, state_of, wish

DESK = ("/feedback", "/feedback/wishes", "/feedback/changes", "/feedback/satisfaction", "/feedback/templates")


@pytest.fixture
def desk(client, app):
    """A client in which the coordinator is signed in."""
    return makers.sign_in(client, makers.coordinator())


def listed(page):
    return [int(re.search(r"/reviews/(\d+)", link["href"])[1]) for link in page.soup.select(".result h2 a")]


def acts():
    return db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()


def errors(answer):
    return BeautifulSoup(answer.text, "lxml").select_one(".govuk-error-summary").text


@pytest.mark.parametrize("address", [*DESK, "/feedback/changes/new", "/feedback/templates/new"])
def test_only_coordinators_open_the_desk(app, address):
    assert app.test_client().get(address).status_code == 302
    for role in set(Role) - {Role.COORDINATOR}:
        assert makers.sign_in(app.test_client(), makers.account(role)).get(address).status_code == 403
    assert makers.sign_in(app.test_client(), makers.coordinator()).get(address).status_code == 200


def test_every_coordinator_sees_all_opinions(app):
    """Opinions speak of the application, which is one for the whole country."""
    first = opinion()
    elsewhere = makers.coordinator(makers.unit("3023", "Komenda Powiatowa Policji w Słupcy"))
    assert listed(Page(makers.sign_in(app.test_client(), elsewhere), "/feedback")) == [first.id]


def test_staff_without_the_role_have_no_link_to_it(app, client):
    assert 'href="/feedback"' not in makers.sign_in(app.test_client(), makers.officer()).get("/today").text
    assert 'href="/feedback"' in makers.sign_in(client, makers.coordinator()).get("/today").text


# The inbox


def test_the_newest_opinion_comes_first(desk):
    old, new, same_day = opinion(days_ago=3), opinion(), opinion()
    assert listed(Page(desk, "/feedback")) == [same_day.id, new.id, old.id]


def test_an_empty_inbox_says_where_opinions_come_from(desk):
    assert Page(desk, "/feedback").soup.select_one(".empty-state")
    opinion()
    assert Page(desk, "/feedback?rating=1").soup.select_one(".empty-state a[href='/feedback']")


@pytest.fixture
def mixed(app):
    """Opinions that differ in one thing each; their ids by that thing."""
    dark = wish()
    made = {
        "plain": opinion("Dobra mapa", 5),
        "state": opinion("a", 5, state=FeedbackState.PLANNED),
        "source": opinion("b", None, source=FeedbackSource.SURVEY, app_version=""),
        "wish": opinion("c", 5, wishes=[dark]),
        "rating": opinion("d", 1),
        "version": opinion("e", 5, app_version="0.9"),
        "words": opinion("Łóżko, ŻÓŁW i 100%_pewności", 5),
        "bare": opinion("", 3),
        "spam": opinion("f", 5, state=FeedbackState.SPAM),
    }
    return {name: one.id for name, one in made.items()} | {"dark": dark.id}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=planned", {"state"}),
        ("state=spam", {"spam"}),
        ("source=survey", {"source"}),
        ("rating=1", {"rating"}),
        ("rating=0", {"source"}),
        ("version=0.9", {"version"}),
        ("written=rating", {"bare"}),
        ("written=words&rating=1", {"rating"}),
        ("words=dobra", {"plain"}),
        ("words=żółw", {"words"}),
        ("words=100%25_p", {"words"}),
        ("state=new&rating=1", {"rating"}),
        ("state=done", set()),
    ],
)
def test_filters_in_the_address_narrow_the_list(desk, mixed, asked, found):
    assert set(listed(Page(desk, f"/feedback?{asked}"))) == {mixed[name] for name in found}


def test_opinions_of_one_wish_are_found(desk, mixed):
    assert listed(Page(desk, f"/feedback?wish={mixed['dark']}")) == [mixed["wish"]]


@pytest.mark.parametrize(
    "odd",
    [
        "state=odd",
        "rating=9",
        "rating=x",
        "wish=x",
        "wish=-1",
        f"wish={2**70}",
        "source=%00",
        "written=odd",
        "page=-3",
        "page=x",
    ],
)
def test_filters_that_make_no_sense_narrow_nothing(desk, mixed, odd):
    assert len(listed(Page(desk, f"/feedback?{odd}"))) == 8


def test_spam_is_shown_to_who_asks_for_it(desk, mixed):
    assert mixed["spam"] not in listed(Page(desk, "/feedback"))


def test_twenty_five_stand_on_a_page_and_filters_stay(desk):
    for _ in range(27):
        opinion(rating=2)
    opinion(rating=5)
    first, second = Page(desk, "/feedback?rating=2"), Page(desk, "/feedback?rating=2&page=2")
    assert (len(listed(first)), len(listed(second))) == (25, 2)
    assert first.soup.select_one(".govuk-pagination__next a")["href"] == "/feedback?page=2&rating=2"
    assert "rating=2" in first.soup.select_one(".result h2 a")["href"]


@pytest.mark.parametrize("address", ["/feedback", "/feedback/wishes", "/feedback/changes"])
def test_more_rows_need_no_more_queries(desk, queries_counted, address):
    def fill(number):
        for k in range(number):
            dark = wish(f"Życzenie {number} {k}")
            opinion(wishes=[dark])
            change(f"Zmiana {number} {k}", dark)

    fill(2)
    few = queries_counted(lambda: Page(desk, address))
    fill(12)
    assert queries_counted(lambda: Page(desk, address)) == few


# One opinion


def test_what_is_personal_is_marked_in_the_words(desk):
    one = opinion("Proszę dzwonić 601 602 603 <b>pilne</b>")
    page = Page(desk, f"/feedback/reviews/{one.id}")
    [mark] = page.soup.select("blockquote mark")
    assert mark.text == "601 602 603"
    assert "601 602 603 <b>pilne</b>" in page.soup.select_one("blockquote").text
    assert Page(desk, "/feedback").soup.select_one(".result__meta strong")


def test_a_review_is_saved_with_everything_in_it(desk):
    dark, one = wish(), opinion()
    answer = Page(desk, f"/feedback/reviews/{one.id}").send(
        state="planned",
        wish_ids=[dark.id],
        wish_kind="category",
        wish_title="Hałas nocny",
        answer="Pracujemy nad tym.",
        note="Porównać z debatą",
    )
    assert answer.status_code == 302
    saved = seen(Feedback, one.id)
    assert (saved.state, saved.answer, saved.note) == (FeedbackState.PLANNED, "Pracujemy nad tym.", "Porównać z debatą")
    assert {(entry.kind, entry.title) for entry in saved.wishes} == {
        (WishKind.FEATURE, "Tryb ciemny"),
        (WishKind.CATEGORY, "Hałas nocny"),
    }
    assert saved.reviewed_at is not None
    assert acts()[-2:] == ["create_wish", "review_feedback"]


def test_opening_an_opinion_changes_nothing_and_offers_to_call_it_read(desk):
    one = opinion()
    page = Page(desk, f"/feedback/reviews/{one.id}")
    assert page.fields()["state"] == "read"
    assert state_of(one) is FeedbackState.NEW


def test_what_was_chosen_before_is_chosen_again(desk):
    dark, one = wish(), opinion()
    Page(desk, f"/feedback/reviews/{one.id}").send(wish_ids=[dark.id], answer="Tak", state="declined")
    page = Page(desk, f"/feedback/reviews/{one.id}")
    assert (page.fields()["state"], page.fields()["wish_ids"], page.fields()["answer"]) == (
        "declined",
        str(dark.id),
        "Tak",
    )
    page.send(answer="Nie")
    assert [entry.id for entry in seen(Feedback, one.id).wishes] == [dark.id]


def test_a_typed_wish_that_is_known_is_joined_whatever_its_case(desk):
    dark, one = wish("Tryb ciemny"), opinion()
    Page(desk, f"/feedback/reviews/{one.id}").send(wish_title="  tryb CIEMNY ", wish_kind="feature")
    assert [entry.id for entry in seen(Feedback, one.id).wishes] == [dark.id]


def test_the_next_of_the_filtered_list_opens_after_saving(desk):
    third, second, first = opinion(rating=1, days_ago=2), opinion(rating=1, days_ago=1), opinion(rating=1)
    opinion(rating=5, days_ago=1)
    page = Page(desk, f"/feedback/reviews/{first.id}?rating=1&state=new")
    answer = page.send(state="read")
    assert answer.location == f"/feedback/reviews/{second.id}?state=new&rating=1"
    middle = Page(desk, f"/feedback/reviews/{second.id}?rating=1")
    links = {link["rel"][0]: link["href"] for link in middle.soup.select("a[rel]")}
    assert links == {
        "prev": f"/feedback/reviews/{first.id}?rating=1",
        "next": f"/feedback/reviews/{third.id}?rating=1",
    }
    last = Page(desk, f"/feedback/reviews/{third.id}?rating=1").send(state="read")
    assert last.location == "/feedback?rating=1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "odd"},
        {"wish_ids": "999"},
        {"change_ids": "999"},
        {"wish_kind": "odd"},
        {"wish_title": "x" * 121},
        {"wish_title": "dzwonek \x07"},
        {"template_id": "999"},
        {"answer": "x" * 2_001},
        {"note": "x" * 10_000},
    ],
    ids=str,
)
def test_a_crafted_review_is_refused(desk, wrong):
    one = opinion()
    answer = Page(desk, f"/feedback/reviews/{one.id}").send(**wrong)
    assert answer.status_code == 422
    assert errors(answer)
    assert state_of(one) is FeedbackState.NEW


@pytest.mark.parametrize("field", ["answer", "wish_title"])
def test_words_that_others_read_hold_nothing_personal(desk, field):
    one = opinion()
    answer = Page(desk, f"/feedback/reviews/{one.id}").send(**{field: "Pisać do jan@example.pl"})
    assert answer.status_code == 422
    assert "jan@example.pl" in errors(answer)
    saved = seen(Feedback, one.id)
    assert (saved.answer, saved.wishes) == ("", [])


def test_an_internal_note_may_hold_what_it_needs(desk):
    one = opinion()
    assert Page(desk, f"/feedback/reviews/{one.id}").send(note="Dzwonić: 601 602 603").status_code == 302


def test_operations_refuse_personal_data_whoever_calls_them(app):
    one = opinion()
    with pytest.raises(HoldsPersonalData):
        reviewing.review(makers.coordinator(), one, state=FeedbackState.READ, answer="jan@example.pl")


def test_a_template_is_put_into_the_answer_and_nothing_is_saved(desk):
    template = reviewing.write_template(makers.coordinator(), None, title="Dziękujemy", text="Dziękujemy za opinię.")
    db.session.commit()
    one = opinion()
    answer = Page(desk, f"/feedback/reviews/{one.id}").send(
        template_id=template.id, insert="1", answer="Dzień dobry.", state="planned", note="n"
    )
    assert answer.status_code == 200
    again = BeautifulSoup(answer.text, "lxml")
    assert again.select_one("#answer").text.strip() == "Dzień dobry.\n\nDziękujemy za opinię."
    assert again.select_one("input[name=state][checked]")["value"] == "planned"
    assert state_of(one) is FeedbackState.NEW


def test_an_unknown_opinion_is_no_page(desk):
    Page(desk, "/feedback/reviews/999999", status=404)


# Wishes


def test_wishes_are_ranked_by_independent_voices(desk):
    loud, wide = wish("Głośne"), wish("Szerokie")
    for _ in range(5):
        opinion(voice="one person", wishes=[loud])
    for _ in range(3):
        opinion(wishes=[wide])
    opinion(wishes=[loud], state=FeedbackState.SPAM)
    ranked = queries.ranking()[WishKind.FEATURE]
    assert [(one.wish.title, one.voices, one.opinions) for one in ranked] == [("Szerokie", 3, 3), ("Głośne", 1, 5)]
    rows = [row.select_one("th a").text for row in Page(desk, "/feedback/wishes").soup.select("tbody tr")]
    assert rows == ["Szerokie", "Głośne"]


def test_each_kind_is_ranked_by_itself(desk):
    wish("Hałas nocny", WishKind.CATEGORY)
    wish("Szybkość", WishKind.THEME)
    assert len(Page(desk, "/feedback/wishes").soup.select("table")) == 2


def test_two_wishes_become_one_with_all_their_voices(desk):
    stays, goes = wish("Tryb ciemny"), wish("Ciemne tło")
    both = opinion(wishes=[stays, goes])
    only = opinion(wishes=[goes])
    made = change(wish=goes)
    number = goes.id
    answer = Page(desk, f"/feedback/wishes/{number}/merge").send(into=stays.id)
    assert answer.status_code == 302
    assert seen(Wish, number) is None
    assert [[one.id for one in seen(Feedback, key).wishes] for key in (both.id, only.id)] == [[stays.id]] * 2
    assert queries.change(made.id).wish_id == stays.id
    assert acts()[-1] == "merge_wishes"


@pytest.mark.parametrize("into", ["", "999", "x"])
def test_a_wish_is_merged_into_one_that_exists(desk, into):
    one = wish()
    assert Page(desk, f"/feedback/wishes/{one.id}/merge").send(into=into).status_code == 422
    assert Page(desk, f"/feedback/wishes/{one.id}/merge").send(into=one.id).status_code == 422


def test_a_wish_gets_another_title(desk):
    one = wish()
    assert Page(desk, f"/feedback/wishes/{one.id}").send(title="Ciemne kolory", kind="theme").status_code == 302
    assert (seen(Wish, one.id).title, seen(Wish, one.id).kind) == ("Ciemne kolory", WishKind.THEME)
    assert acts()[-1] == "rename_wish"


@pytest.mark.parametrize("title", ["", "  ", "x" * 121, "Inne", "inne", "601 602 603"])
def test_a_title_that_is_taken_or_personal_is_refused(desk, title):
    one, _other = wish(), wish("Inne")
    assert Page(desk, f"/feedback/wishes/{one.id}").send(title=title).status_code == 422
    assert seen(Wish, one.id).title == "Tryb ciemny"


# Templates


def test_templates_are_written_and_corrected(desk):
    Page(desk, "/feedback/templates/new").send(title="Dziękujemy", text="Dziękujemy za opinię.")
    [template] = db.session.scalars(select(AnswerTemplate)).all()
    Page(desk, f"/feedback/templates/{template.id}").send(text="Dziękujemy!")
    assert seen(AnswerTemplate, template.id).text == "Dziękujemy!"
    assert "Dziękujemy!" in Page(desk, "/feedback/templates").text
    assert acts()[-2:] == ["write_answer_template"] * 2


@pytest.mark.parametrize("wrong", [{"title": ""}, {"text": ""}, {"text": "601 602 603"}, {"title": "Taki sam"}])
def test_a_wrong_template_is_refused(desk, wrong):
    reviewing.write_template(makers.coordinator(), None, title="Taki sam", text="a")
    db.session.commit()
    answer = Page(desk, "/feedback/templates/new").send(**{"title": "Nowy", "text": "b", **wrong})
    assert (answer.status_code, db.session.scalar(select(func.count()).select_from(AnswerTemplate))) == (422, 1)


def test_two_templates_share_no_title(app):
    author = makers.coordinator()
    reviewing.write_template(author, None, title="Taki sam", text="a")
    with pytest.raises(TitleTaken):
        reviewing.write_template(author, None, title="Taki sam", text="b")


# Satisfaction


def shown_rows(page, table=0):
    rows = page.soup.select("table")[table].select("tbody tr")
    return {row.th.text.strip(): [cell.text.strip() for cell in row.select("td")[1:]] for row in rows}


def test_satisfaction_is_told_by_version(desk):
    for version, ratings in {"1.0": [5] * 6 + [4] * 4 + [1] * 10, "1.1": [5] * 12}.items():
        for rating in ratings:
            opinion("", rating, app_version=version, days_ago=5 if version == "1.0" else 0)
    opinion("", 1, app_version="1.1", state=FeedbackState.SPAM)
    opinion("Same słowa", None, app_version="1.1")
    page = Page(desk, "/feedback/satisfaction")
    assert shown_rows(page) == {
        "1.1": ["12", "12", "0", "0", "0", "0", "100\u00a0%"],
        "1.0": ["20", "6", "4", "0", "0", "10", "50\u00a0%"],
    }
    assert list(shown_rows(page)) == ["1.1", "1.0"]


def test_fewer_than_ten_ratings_show_nothing(desk):
    for _ in range(9):
        opinion("", 5)
    [cells] = shown_rows(Page(desk, "/feedback/satisfaction")).values()
    assert len(cells) == 1
    opinion("", 5)
    [cells] = shown_rows(Page(desk, "/feedback/satisfaction")).values()
    assert cells[0] == "10"


def test_a_small_page_cannot_be_found_by_subtraction(desk):
    for page, number in {"desk.home": 20, "threats.index": 15, "debates.index": 3}.items():
        for _ in range(number):
            opinion("", 5, page=page)
    told = [len(cells) > 1 for cells in shown_rows(Page(desk, "/feedback/satisfaction"), 1).values()]
    assert told == [True, False, False]


def test_without_ratings_the_page_says_where_they_come_from(desk):
    assert Page(desk, "/feedback/satisfaction").soup.select_one(".empty-state")


SCORING = """
| survey |
|  | type           | name  | label::Polski (pl) | kmzb::role | parameters |
|  | range          | nps   | Czy poleci?        | nps        | start=0 end=10 step=1 |
|  | select_one way | first | Czy łatwo?         |            |            |
| choices |
|  | list_name | name | label::Polski (pl) |
|  | way       | 1    | nie                |
|  | way       | 2    | tak                |
| settings |
|  | form_title | form_id | default_language |
|  | Ocena Mapy | ocena   | Polski (pl)      |
"""


def score_cells(page):
    [row] = page.soup.select("table")[-1].select("tbody tr")
    return [cell.text.strip() for cell in row.select("td")]


def answer(made, nps, count):
    for _ in range(count):
        sent = {"nps": nps, "first": "1"}
        definition = surveys.definition(made)
        answering.submit(made, made.published, definition, sent, mode=Mode.WEB, key=secrets.token_hex(16))
    db.session.commit()


def test_scores_of_surveys_stand_beside_ratings(desk, world):
    made = surveys.survey(SCORING, "ocena")
    answer(made, 10, 6)
    answer(made, 0, 3)
    assert score_cells(Page(desk, "/feedback/satisfaction")) == ["1", "–", "–"]
    answer(made, 8, 1)
    version, _usability, promoter = score_cells(Page(desk, "/feedback/satisfaction"))
    assert version == "1"
    assert promoter.startswith("30 ")
    assert "10" in promoter


def test_surveys_of_others_show_no_scores(client, world):
    answer(surveys.survey(SCORING, "ocena"), 10, 12)
    elsewhere = makers.sign_in(client, makers.coordinator(makers.unit("3023", "Komenda Powiatowa Policji w Słupcy")))
    assert not Page(elsewhere, "/feedback/satisfaction").soup.select("table")


def test_more_surveys_need_no_more_queries(desk, world, queries_counted):
    answer(surveys.survey(SCORING, "ocena"), 10, 12)
    Page(desk, "/feedback/satisfaction")
    few = queries_counted(lambda: Page(desk, "/feedback/satisfaction"))
    for number in range(3):
        answer(surveys.survey(SCORING, f"ocena-{number}"), 10, 12)
    assert queries_counted(lambda: Page(desk, "/feedback/satisfaction")) == few
