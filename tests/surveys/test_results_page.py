"""Results as staff see them: who sees which answers, what is hidden, and that the table says what the chart says."""

import base64
import json
import secrets

import pytest

from consult.db import db
from surveys import sheets
from surveys.models import Access
from surveys.operations import answering, managing
from surveys.queries import results as queries
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.pages import Page
from tests.surveys import makers

FORM = """
| survey |
|  | type                    | name   | label::Polski (pl)        | relevant     | kmzb::role | kmzb::missing | appearance | parameters |
|  | select_one communes     | home   | Gdzie Pani mieszka?       |              | unit       |               |            |            |
|  | select_one trust        | trust  | Czy ufa Pani Policji?     |              |            | 97            | likert     |            |
|  | select_multiple kinds   | kinds  | Co Pani widuje?           |              |            |               |            |            |
|  | rank ranks              | order  | Co najważniejsze?         |              |            |               |            |            |
|  | range                   | nps    | Czy poleci Pani Mapę?     |              | nps        |               |            | start=0 end=10 step=1 |
|  | integer                 | years  | Ile lat Pani tu mieszka?  |              |            |               |            |            |
|  | text                    | why    | Dlaczego?                 | ${trust}='1' |            |               |            |            |
| choices |
|  | list_name | name | label::Polski (pl)        |
|  | trust     | 1    | zdecydowanie nie          |
|  | trust     | 2    | raczej nie                |
|  | trust     | 3    | raczej tak                |
|  | trust     | 4    | zdecydowanie tak          |
|  | trust     | 97   | trudno powiedzieć         |
|  | kinds     | a    | psy <b>bez</b> smyczy     |
|  | kinds     | b    | hałas                     |
|  | ranks     | a    | psy                       |
|  | ranks     | b    | hałas                     |
| settings |
|  | form_title | form_id | default_language |
|  | Ankieta o Policji | policja | Polski (pl) |
"""
LASK, SZADEK = "1003023", "1019042"
BOX = 6
"""Statements that the box about the method reads; it stands under everybody's answers alone."""
THEMES = 1
"""Statements that look for finished themes, of everybody only."""

SHARED_FIELDS = {"kinds": ["a", "b"], "order": ["b", "a"], "nps": 9, "years": 12}


@pytest.fixture
def made(world):
    """A survey of a voivodeship's unit about two districts."""
    above = unit("10", "Komenda Wojewódzka Policji w Łodzi")
    return makers.survey(FORM, "policja", unit=above, area_codes=["1003", "1019"], author=coordinator(above))


def answer(made, count, *, home=LASK, mode="web", **answers):
    """So many people answer the same."""
    for _ in range(count):
        sent = {"home": home, "trust": "3", **SHARED_FIELDS, **answers}
        answering.submit(
            made, made.published, makers.definition(made), sent, mode=answering.Mode(mode), key=secrets.token_hex(16)
        )
    db.session.commit()


def above(client):
    return sign_in(client, coordinator(unit("10")))


def page(client, query="", status=200):
    return Page(client, f"/surveys/policja/results{query}", status)


def section(shown, words):
    return next(part for part in shown.soup.select(".outcome") if words in part.h2.text)


def cells(part):
    """The table of a question: answer to (people, share)."""
    rows = [[cell.text.strip() for cell in row.find_all(["th", "td"])] for row in part.select("tbody tr")]
    return {row[0]: tuple(row[1:]) for row in rows}


def figures(part, label):
    return part.find("dt", string=label).find_next("dd").text


def test_each_question_stands_with_its_base_its_chart_and_the_same_table(client, made):
    answer(made, 10, trust="4")
    answer(made, 5, trust="1", why="bo tak")
    answer(made, 5, trust="97")
    trust = section(page(above(client)), "Czy ufa")
    assert "20" in trust.select_one(".outcome__base").text
    assert cells(trust) == {
        "zdecydowanie nie": ("5", "25\u00a0%"), "raczej nie": ("0", "0\u00a0%"), "raczej tak": ("0", "0\u00a0%"),
        "zdecydowanie tak": ("10", "50\u00a0%"), "trudno powiedzieć": ("5", "25\u00a0%"), "brak odpowiedzi": ("0", "0\u00a0%"),
    }  # fmt: skip
    assert [row.th.text for row in trust.select(".outcome__apart")] == ["trudno powiedzieć", "brak odpowiedzi"]
    drawn = base64.b64decode(trust.img["src"].partition(",")[2]).decode()
    assert "50\u00a0%" in drawn
    assert trust.img["alt"]


def test_words_are_never_shown_only_how_many_were_asked_and_answered(client, made):
    answer(made, 12, trust="1", why="tajemnica Kowalskiego")
    shown = page(above(client))
    assert "Kowalskiego" not in shown.text
    assert "12" in section(shown, "Dlaczego").text


def test_what_a_form_says_is_never_markup(client, made):
    answer(made, 12)
    shown = page(above(client))
    assert "psy &lt;b&gt;bez&lt;/b&gt; smyczy" in shown.text
    drawn = base64.b64decode(section(shown, "Co Pani widuje").img["src"].partition(",")[2]).decode()
    assert "<b>" not in drawn


def test_scores_and_positions_stand_beside_their_distributions(client, made):
    answer(made, 6)
    answer(made, 6, nps=0, order=["a", "b"], years=2)
    shown = page(above(client))
    assert section(shown, "Czy poleci").select_one(".outcome__facts").text.count("50\u00a0%") == 2
    assert cells(section(shown, "Co najważniejsze"))["hałas"] == ("1,5", "12", "6 (50\u00a0%)")
    assert "7" in figures(section(shown, "Ile lat"), "Mediana")


def test_nothing_is_shown_of_nine_people(client, made):
    answer(made, 9)
    signed = above(client)
    shown = page(signed)
    assert not shown.soup.select(".outcome")
    assert shown.soup.select_one(".empty-state")
    answer(made, 1)
    assert len(page(signed).soup.select(".outcome")) == 7


def test_nobody_has_answered_yet(client, made):
    assert page(above(client)).soup.select_one(".empty-state")


def test_a_survey_never_published_has_no_results_and_no_error(client, world):
    makers.survey(FORM, "policja", published=False, author=coordinator())
    assert page(sign_in(client, coordinator())).soup.select_one(".empty-state")


def test_a_filter_lives_in_the_address_and_shows_one_part(client, made):
    answer(made, 15)
    answer(made, 12, mode="paper", trust="1", why="x", home=SZADEK)
    signed = above(client)
    offered = [option["value"] for option in page(signed).soup.select("#filter-only option")]
    assert offered == ["", "mode:web", "mode:paper", "district:1003", "district:1019"]
    shown = page(signed, "?only=mode:paper")
    assert shown.soup.select_one("#filter-only option[selected]")["value"] == "mode:paper"
    assert cells(section(shown, "Czy ufa"))["zdecydowanie nie"] == ("12", "100\u00a0%")
    assert cells(section(page(signed, "?only=district:1003"), "Czy ufa"))["raczej tak"] == ("15", "100\u00a0%")


def test_a_filter_whose_rest_is_a_few_people_is_hidden(client, made):
    answer(made, 25)
    answer(made, 4, mode="paper")
    signed = above(client)
    for only in ("mode:web", "mode:paper"):
        shown = page(signed, f"?only={only}")
        assert not shown.soup.select(".outcome"), only
        assert shown.soup.select_one(".empty-state")
    assert len(page(signed).soup.select(".outcome")) == 7


@pytest.mark.parametrize(
    "only", ["mode:pigeon", "district:9999", "version:7", "nonsense", "district:", "'; drop table x"]
)
def test_a_filter_that_is_not_offered_is_none(client, made, only):
    answer(made, 12)
    assert len(page(above(client), f"?only={only}").soup.select(".outcome")) == 7


def test_officers_see_the_people_of_their_own_district_and_nobody_else(client, made):
    answer(made, 12)
    answer(made, 30, home=SZADEK, trust="1", why="x")
    shown = page(sign_in(client, officer(unit("1003"))))
    assert cells(section(shown, "Czy ufa"))["raczej tak"] == ("12", "100\u00a0%")
    assert shown.soup.select_one(".key-figure__value").text.strip() == "12"
    assert "powiat łaski" in shown.soup.main.text
    assert not [option for option in shown.soup.select("#filter-only option") if "1019" in option["value"]]


def test_a_unit_elsewhere_finds_no_results(client, made):
    answer(made, 12)
    page(sign_in(client, officer(unit("1465", "Komenda Stołeczna"))), status=404)


def test_a_unit_that_serves_no_district_of_it_sees_that_it_sees_nothing(client, made):
    answer(made, 12)
    nowhere = unit("1003-x", "Wydział", path="pl/10/x/", areas=[])
    assert not page(sign_in(client, head(nowhere))).soup.select(".outcome")


def test_residents_find_no_results(client, made):
    answer(made, 12)
    assert client.get("/surveys/policja/results").status_code in {302, 401}


def test_the_page_says_how_many_wait_to_be_mixed_and_that_nobody_was_drawn(client, made):
    answer(made, 12)
    shown = page(above(client))
    note = shown.soup.select_one(".govuk-inset-text").text
    assert "kto chciał" in note
    assert "12" in note
    assert "±" not in shown.text


def test_an_invitation_is_no_random_sample_either(client, world):
    makers.survey(FORM, "policja", access=Access.INVITATION, area_codes=["1003"])
    made = makers.queries.by_slug("policja")
    for _ in range(10):
        sent = {"home": LASK, "trust": "3"}
        answering.submit(
            made, made.published, makers.definition(made), sent, mode=answering.Mode.PAPER, key=secrets.token_hex(16)
        )
    db.session.commit()
    note = page(sign_in(client, coordinator())).soup.select_one(".govuk-inset-text").text
    assert "kto chciał" not in note
    assert "błędu z próby" in note


def test_one_question_by_district_hides_the_small_ones(client, made):
    answer(made, 12)
    answer(made, 11, home=SZADEK)
    signed = above(client)
    shown = Page(signed, "/surveys/policja/results/trust")
    assert [row.th.text.strip() for row in shown.soup.select("tbody tr")] == [
        "powiat powiat łaski",
        "powiat powiat zduńskowolski",
    ]
    assert "100\u00a0%" in shown.soup.select_one("tbody tr").text
    for name in ("kinds", "order", "nps", "years", "why", "home"):
        Page(signed, f"/surveys/policja/results/{name}")
    Page(signed, "/surveys/policja/results/never", 404)


def test_a_small_district_hides_its_only_neighbour_too(client, made):
    answer(made, 12)
    answer(made, 3, home=SZADEK)
    shown = Page(above(client), "/surveys/policja/results/trust")
    assert not shown.soup.select("tbody tr")
    assert shown.soup.select_one(".empty-state")


def test_the_number_of_queries_does_not_grow_with_questions_or_answers(client, made, queries_counted):
    signed = above(client)
    answer(made, 12)
    few = queries_counted(lambda: page(signed))
    answer(made, 12, home=SZADEK, trust="1", why="x", years=30)
    assert queries_counted(lambda: page(signed)) == few
    assert queries_counted(lambda: page(signed, "?only=district:1003")) == few - BOX - THEMES + 3, (
        "all, each question, the conditional one"
    )


def test_counters_say_what_the_answers_say(made):
    """The counters of real submissions, against a count of the raw answers."""
    answer(made, 7)
    answer(made, 5, trust="1", why="x", home=SZADEK)
    of = queries.editions(made)
    counted = queries.counts(of)[made.published.id]
    assert {value: n for value, n in counted["trust"].items() if not value.startswith("#")} == {"3": 7, "1": 5}
    assert counted["why"]["#asked"] == counted["why"]["#answered"] == 5
    assert queries.counts(of, part=(0, "1019"))[made.published.id]["trust"]["1"] == 5
    assert queries.counts(of, ["1003"])[made.published.id]["trust"] == {"#asked": 7, "3": 7}
    assert queries.by_district(of, "trust")[0]["1019"]["1"] == 5
    who = queries.asked(of)[made.published.id]
    assert who["trust"] == who["#all"] == {("1003", "web"): 7, ("1019", "web"): 5}
    assert who["why"] == {("1019", "web"): 5}


def test_versions_are_counted_together_until_a_question_is_asked_otherwise(client, made):
    answer(made, 12)
    more = FORM.replace(
        "|  | kinds     | b    | hałas                     |", "|  | kinds     | b    | hałas |\n|  | kinds | c | dym |"
    )
    author = coordinator(unit("10"))
    managing.draft(author, made, sheets.read(more.encode(), "form.md"))
    managing.publish(author, made.draft, accept_gaps=True)
    db.session.commit()
    answer(made, 15, trust="4", kinds=["c"])
    signed = above(client)
    shown = page(signed)
    assert cells(section(shown, "Czy ufa"))["raczej tak"] == ("12", "44\u00a0%")
    kinds = section(shown, "Co Pani widuje")
    assert cells(kinds)["dym"] == ("15", "100\u00a0%"), "the first version did not offer it"
    assert "W wersji 1" in kinds.text
    assert cells(section(page(signed, "?only=version:1"), "Co Pani widuje"))["hałas"] == ("12", "100\u00a0%")


REPEATED = """
| survey |
|  | type              | name   | label::Polski (pl) | kmzb::role | kmzb::max |
|  | begin_repeat      | places | Miejsca            |            | 3         |
|  | geopoint          | where  | Gdzie?             |            |           |
|  | select_one danger | fear   | Czy tam strach?    |            |           |
|  | end_repeat        |        |                    |            |           |
| choices |
|  | list_name | name | label::Polski (pl) |
|  | danger    | yes  | tak                |
|  | danger    | no   | nie                |
| settings |
|  | form_title | form_id | default_language |
|  | Miejsca | miejsca | Polski (pl) |
"""


def test_a_repeat_says_how_many_entries_and_how_many_people(client, world):
    made = makers.survey(REPEATED, "policja", author=coordinator())
    for _ in range(10):
        rounds = {"places": [{"fear": "yes"}, {"fear": "no"}, {"fear": "yes"}]}
        answering.submit(made, made.published, makers.definition(made), rounds, key=secrets.token_hex(16))
    db.session.commit()
    shown = page(sign_in(client, coordinator()))
    fear = section(shown, "Czy tam strach")
    assert "30" in fear.select_one(".outcome__base").text
    assert "10" in fear.select_one(".outcome__base").text
    assert cells(fear)["tak"] == ("20", "67\u00a0%")
    assert "0" in section(shown, "Gdzie").text


def command(app, *args):
    """What the command prints, and its exit status."""
    done = app.test_cli_runner().invoke(args=["surveys", "results", *args])
    return done.output, done.exit_code


def test_the_command_prints_the_figures_of_the_page(made, app):
    answer(made, 9, trust="4")
    answer(made, 3, trust="97")
    printed, status = command(app, "policja")
    assert status == 0
    row = next(line for line in printed.splitlines() if "zdecydowanie tak" in line)
    assert row.split()[-3:] == ["9", "75", "%"], "a space that does not break counts as one"


def test_the_command_gives_one_document_with_districts_and_nothing_hidden_in_it(made, app):
    answer(made, 12, why="", trust="4")
    answer(made, 14, home=SZADEK)
    answer(made, 3, mode="paper", trust="1", why="tajemnica")
    printed, status = command(app, "policja", "--json", "--by", "district")
    record = json.loads(printed)
    assert status == 0
    assert (record["survey"], record["people"]) == ("policja", 29)
    questions = {question["name"]: question for question in record["questions"]}
    trust = {entry["value"]: (entry["count"], entry["percent"]) for entry in questions["trust"]["answers"]}
    assert trust["4"] == (12, 41.4)
    assert questions["trust"]["scale"]["top"]["count"] == 26
    assert [(row["code"], row["people"]) for row in questions["trust"]["districts"]] == [("1003", 15), ("1019", 14)]
    assert questions["why"] == {
        "name": "why", "label": "Dlaczego?", "kind": "text", "versions": [1], "left_out": [], "people": None,
        "districts": [{"code": "1003", "people": None}],
    }  # fmt: skip
    assert "tajemnica" not in printed


def test_the_command_hides_what_the_page_hides(made, app):
    answer(made, 9)
    assert json.loads(command(app, "policja", "--json")[0])["people"] is None
    printed, status = command(app, "policja", "--by", "district")
    assert status == 0
    assert "raczej tak" not in printed


def test_the_command_refuses_a_survey_that_is_not_there(app):
    printed, status = command(app, "nigdzie")
    assert status == 1
    assert "nigdzie" in printed


def test_the_command_prints_each_question_by_district(made, app):
    answer(made, 12, trust="4")
    answer(made, 14, home=SZADEK)
    printed, status = command(app, "policja", "--by", "district")
    assert status == 0
    assert printed.count("powiat łaski") == 6, "the six questions that everybody was asked"
