"""From mixed answers to themes in the results: two people read, a third one settles, nothing leads back to anybody."""

import csv
import secrets
from itertools import cycle

import pytest

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.disclosure import Audience
from consult.releases import queries as releases
from consult.releases.operations import AlreadyReleased
from surveys.models import Coding, OpenText, Submission, TextCode
from surveys.operations import answering, managing, mixing, theming
from surveys.operations import coding as operations
from surveys.operations.releasing import release
from surveys.queries import coding as queries
from surveys.queries import releases as releases_of_surveys
from surveys.themes import Turn
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.pages import Page, check_page
from tests.surveys import makers
from tests.surveys.seizure import joined

pytestmark = pytest.mark.usefixtures("world")

FORM = """
| survey |
|  | type             | name       | label::Polski (pl)     | kmzb::role | kmzb::max | kmzb::publish |
|  | select_one yesno | safe       | Czy jest bezpiecznie?  |            |           |  |
|  | text             | why        | Dlaczego?              |            |           |  |
|  | text             | needs      | Czego potrzeba?        |            |           | no |
|  | text             | wish       | Czego brak na mapie?   | wish       |           |  |
|  | begin_repeat     | spots      | Miejsca                |            | 3         |  |
|  | text             | spot_words | Co się tam dzieje?     |            |           |  |
|  | end_repeat       |            |                        |            |           |  |
| choices |
|  | list_name | name | label::Polski (pl) |
|  | yesno     | yes  | tak                |
|  | yesno     | no   | nie                |
| settings |
|  | form_title | form_id | default_language |
|  | Okolica    | okolica | Polski (pl)      |
"""
WORDS = ("Ciemno przy szkole, lampy nie świecą", "Kierowcy jadą za szybko", "Ciemno, a oni jadą za szybko", "Dziękuję")
CODES = {WORDS[0]: {"1"}, WORDS[1]: {"2"}, WORDS[2]: {"1", "2"}, WORDS[3]: {"none"}}


def answered(count, made, words=WORDS, **more):
    for _number, said in zip(range(count), cycle(words), strict=False):
        sent = {"safe": "no", "why": said, **more}
        answering.submit(
            made, made.published, makers.definition(made), sent, mode=answering.Mode.WEB, key=secrets.token_hex(16)
        )
    db.session.commit()


@pytest.fixture
def chief():
    return coordinator(email="szefowa@policja.example")


@pytest.fixture
def ended(chief):
    """A survey that 40 people answered, has ended and is mixed."""
    made = makers.survey(FORM, "okolica", author=chief)
    answered(40, made)
    managing.close(chief, made)
    mixing.mix(made)
    db.session.commit()
    return made


@pytest.fixture
def coding(chief, ended):
    """Its question with two themes."""
    made = operations.begin(chief, ended, "why")
    theming.add(chief, made, name="Światło", belongs="lampy, ciemność")
    theming.add(chief, made, name="Prędkość")
    db.session.commit()
    return made


def texts(coding):
    return db.session.scalars(db.select(OpenText).where(OpenText.coding_id == coding.id).order_by(OpenText.id)).all()


def read_all(coder, coding, turn, codes=CODES, but=None):
    """Somebody reads everything of a turn; `but` are texts that this person reads in another way."""
    operations.take_turn(coder, coding, turn)
    count = 0
    while (text := queries.next_text(coding, turn)) is not None:
        said = (but or {}).get(count) or codes[text.words]
        operations.code(coder, text, coding, codes=said)
        count += 1
    db.session.commit()
    return count


@pytest.fixture
def finished(chief, coding):
    read_all(officer(), coding, Turn.FIRST)
    read_all(officer(), coding, Turn.SECOND)
    operations.finish(chief, coding)
    db.session.commit()
    return coding


# Texts


def test_texts_come_alone_and_in_random_order(coding):
    kept = texts(coding)
    assert sorted(one.words for one in kept) == sorted(WORDS * 10)
    assert set(OpenText.__table__.columns.keys()) == {"id", "coding_id", "words", "is_drawn"}
    keys = set(db.session.scalars(db.select(Submission.id)))
    assert keys.isdisjoint(one.id for one in kept)
    in_answers = [row.answers["why"] for row in db.session.scalars(db.select(Submission).order_by(Submission.id))]
    assert [one.words for one in kept] != in_answers
    assert sum(one.is_drawn for one in kept) == 40, "of fewer than fifty all are read twice"


def test_begun_twice_it_is_one(chief, ended, coding):
    assert operations.begin(chief, ended, "why") is coding
    assert len(texts(coding)) == 40


def test_nothing_is_taken_out_before_the_end_and_the_mixing(chief):
    made = makers.survey(FORM, "okolica", author=chief)
    answered(12, made)
    mixing.mix(made)
    with pytest.raises(operations.NotEnded):
        operations.begin(chief, made, "why")
    answered(2, made)
    managing.close(chief, made)
    with pytest.raises(operations.NotEnded):
        operations.begin(chief, made, "why")
    mixing.mix(made)
    assert len(texts(operations.begin(chief, made, "why"))) == 14


def test_few_texts_and_other_questions_are_not_read(chief):
    made = makers.survey(FORM, "okolica", author=chief)
    answered(9, made, wish="Lupa")
    managing.close(chief, made)
    mixing.mix(made)
    with pytest.raises(operations.TooFewTexts):
        operations.begin(chief, made, "why")
    for name in ("wish", "safe", "spot_words", "nothing"):
        with pytest.raises(operations.NotOwnWords):
            operations.begin(chief, made, name)
    assert db.session.scalar(db.select(db.func.count()).select_from(Coding)) == 0


def test_two_questions_share_nothing_that_joins_two_answers_of_one_person(chief):
    made = makers.survey(FORM, "okolica", author=chief)
    for number in range(40):
        answered(1, made, [f"dlaczego {number}"], needs=f"trzeba {number}")
    managing.close(chief, made)
    mixing.mix(made)
    taken = [texts(operations.begin(chief, made, name)) for name in ("why", "needs")]
    orders = [[int(one.words.split()[1]) for one in found] for found in taken]
    alike = sum(one == other for one, other in zip(*orders, strict=True))
    assert alike <= 7, "two random orders agree in one place on average"


def test_nothing_but_the_words_themselves_is_in_a_text_and_in_its_submission(chief):
    """Every pair of columns is tried that could tie one text to one submission by an equal value."""
    made = makers.survey(FORM, "okolica", author=chief)
    for number in range(20):
        answered(1, made, [f"dlaczego {number}"], needs=f"trzeba {number}")
    managing.close(chief, made)
    mixing.mix(made)
    kept = {name: texts(operations.begin(chief, made, name)) for name in ("why", "needs")}
    columns = [one.name for one in Submission.__table__.columns if one.name != "answers"]
    rows = db.session.scalars(db.select(Submission)).all()
    submissions = [{name: getattr(row, name) for name in columns} | row.answers for row in rows]
    for name, found in kept.items():
        alone = [{one.name: getattr(text, one.name) for one in OpenText.__table__.columns} for text in found]
        assert set(joined(alone, submissions)) == {("words", name)}
    assert not joined(*([{"id": one.id, "words": one.words} for one in found] for found in kept.values()))


# Reading


def test_two_different_people_read_and_the_second_one_the_drawn_texts_alone(chief, coding):
    first, second = officer(), officer()
    texts(coding)[0].is_drawn = False
    db.session.flush()
    assert read_all(first, coding, Turn.FIRST) == 40
    with pytest.raises(operations.TurnTaken):
        operations.take_turn(first, coding, Turn.SECOND)
    with pytest.raises(operations.TurnTaken):
        operations.take_turn(second, coding, Turn.FIRST)
    assert read_all(second, coding, Turn.SECOND) == 39
    with pytest.raises(operations.TurnTaken):
        operations.code(second, texts(coding)[0], coding, codes={"1"})
    with pytest.raises(operations.TurnTaken):
        operations.code(chief, texts(coding)[0], coding, codes={"1"})


def test_a_third_person_settles_what_two_read_differently(chief, coding):
    first, second = officer(), officer()
    read_all(first, coding, Turn.FIRST)
    read_all(second, coding, Turn.SECOND, but={0: {"unreadable"}, 1: {"unreadable", "personal"}, 2: {"unreadable"}})
    found = queries.progress(coding)
    assert found.is_compared
    assert found.differing == 3
    with pytest.raises(operations.NotComplete):
        operations.finish(chief, coding)
    differing = queries.next_difference(coding)
    with pytest.raises(operations.NotAThirdPerson):
        operations.settle(second, differing.text, coding, codes={"1"})
    while (differing := queries.next_difference(coding)) is not None:
        operations.settle(chief, differing.text, coding, codes={"2"})
    assert queries.progress(coding).is_complete
    agreed = queries.agreement(coding)
    assert (agreed.texts, agreed.alike) == (40, 37)
    assert agreed.pooled < 1


def test_who_reads_a_settled_text_otherwise_opens_it_again(chief, coding):
    first = officer()
    read_all(first, coding, Turn.FIRST)
    read_all(officer(), coding, Turn.SECOND, but={0: {"unreadable"}})
    text = queries.next_difference(coding).text
    operations.settle(chief, text, coding, codes={"1"})
    assert queries.progress(coding).differing == 0
    operations.code(first, text, coding, codes=CODES[text.words])
    assert queries.progress(coding).differing == 0, "the same codes again change nothing"
    operations.code(first, text, coding, codes={"none"} if CODES[text.words] != {"none"} else {"1"})
    assert queries.progress(coding).differing == 1


def test_codes_of_themes_that_are_gone_are_refused(chief, coding):
    coder = officer()
    operations.take_turn(coder, coding, Turn.FIRST)
    theming.merge(chief, coding.themes[1], into=coding.themes[0])
    with pytest.raises(operations.ThemesChanged):
        operations.code(coder, texts(coding)[0], coding, codes={"2"})


def test_pieces_that_are_blacked_out_make_a_text_personal(coding):
    coder, text = officer(), texts(coding)[0]
    operations.take_turn(coder, coding, Turn.FIRST)
    operations.code(coder, text, coding, codes={"1"}, hidden=["szkole"])
    assert queries.given(text, Turn.FIRST).codes == ["1", "personal"]


# Themes


def counts(coding):
    found = queries.result(coding, Audience.STAFF)
    return {line.code: line.count for line in found.lines}


def test_a_merge_counts_together_and_comes_apart_again(chief, finished):
    assert counts(finished) == {"1": 20, "2": 20}
    with pytest.raises(operations.CodingFinished):
        theming.merge(chief, finished.themes[1], into=finished.themes[0])
    operations.reopen(chief, finished)
    theming.merge(chief, finished.themes[1], into=finished.themes[0])
    operations.finish(chief, finished)
    assert counts(finished) == {"1": 30}, "who spoke of both counts once"
    operations.reopen(chief, finished)
    theming.separate(chief, finished.themes[1])
    operations.finish(chief, finished)
    assert counts(finished) == {"1": 20, "2": 20}
    assert [edition.act.value for edition in queries.editions(finished)] == ["separated", "merged", "added", "added"]
    assert queries.editions(finished)[1].themes[1]["merged_into"] == 1


def test_texts_of_a_split_theme_are_read_again(chief, finished):
    operations.reopen(chief, finished)
    theming.split(chief, finished.themes[0], names=["Brak lamp", "Zepsute lampy"])
    found = queries.progress(finished)
    assert (found.first, found.second) == (20, 20)
    with pytest.raises(operations.NotComplete):
        operations.finish(chief, finished)
    codes = {WORDS[0]: {"3"}, WORDS[2]: {"3", "2"}}
    for coder, turn in ((finished.first_coder_id, Turn.FIRST), (finished.second_coder_id, Turn.SECOND)):
        person = type("Person", (), {"id": coder, "scope": "pl/10/1003/"})()
        assert read_all(person, finished, turn, codes) == 20
    operations.finish(chief, finished)
    assert counts(finished) == {"2": 20, "3": 20, "4": 0}


def test_no_two_themes_in_force_share_a_name(chief, coding):
    with pytest.raises(theming.NameTaken):
        theming.add(chief, coding, name="światło")
    with pytest.raises(theming.NameTaken):
        theming.change(chief, coding.themes[1], name="Światło")
    with pytest.raises(theming.NameTaken):
        theming.split(chief, coding.themes[0], names=["Lampy", "Prędkość"])
    assert coding.themes[0].is_in_force
    theming.merge(chief, coding.themes[1], into=coding.themes[0])
    theming.add(chief, coding, name="Prędkość")
    with pytest.raises(theming.NameTaken):
        theming.separate(chief, coding.themes[1])
    with pytest.raises(theming.NotInForce):
        theming.merge(chief, coding.themes[0], into=coding.themes[1])


def test_phrases_come_from_the_texts(coding):
    assert "jadą za szybko" not in [phrase.words for phrase in queries.phrases(coding)]
    assert {"ciemno", "szybko"} & {phrase.words.split()[-1] for phrase in queries.phrases(coding)}


# Quotes and results


def test_only_words_of_a_text_of_the_theme_are_a_quote(chief, finished):
    operations.reopen(chief, finished)
    light, speed = finished.themes
    dark = next(one for one in texts(finished) if one.words == WORDS[0])
    for theme, words in ((light, "Ciemno przy kościele"), (light, "tel. 600 100 200"), (speed, WORDS[0])):
        with pytest.raises(operations.NoQuote):
            operations.choose_quote(chief, theme, dark, words=words)
    operations.choose_quote(chief, light, dark, words="Ciemno przy szkole […]")
    operations.choose_quote(chief, light, dark, words="Ciemno […]")
    operations.finish(chief, finished)
    assert queries.result(finished, Audience.STAFF).lines[0].quotes == ("Ciemno […]",)
    operations.reopen(chief, finished)
    coder = type("Person", (), {"id": finished.first_coder_id, "scope": "pl/10/1003/"})()
    operations.code(coder, dark, finished, codes={"1", "personal"})
    operations.finish(chief, finished)
    assert queries.result(finished, Audience.STAFF).lines[0].quotes == (), "somebody has seen personal data since"


def test_the_results_show_themes_once_they_are_finished(client, chief, coding):
    sign_in(client, chief)
    page = Page(client, "/surveys/okolica/results")
    assert "Światło" not in page.text
    read_all(officer(), coding, Turn.FIRST)
    read_all(officer(), coding, Turn.SECOND)
    operations.finish(chief, coding)
    db.session.commit()
    page = Page(client, "/surveys/okolica/results")
    check_page(page.text)
    assert "Światło" in page.text
    assert "Światło" not in Page(client, "/surveys/okolica/results?only=mode:web").text


def test_a_release_after_coding_holds_the_themes(monkeypatch, client, chief, coding):
    release(coding.survey)
    db.session.commit()
    read_all(officer(), coding, Turn.FIRST)
    read_all(officer(), coding, Turn.SECOND)
    dark = next(one for one in texts(coding) if one.words == WORDS[0])
    operations.choose_quote(chief, coding.themes[0], dark, words=WORDS[0])
    operations.finish(chief, coding)
    db.session.commit()
    day = releases_of_surveys.today().replace(year=releases_of_surveys.today().year + 1)
    monkeypatch.setattr(releases_of_surveys, "today", lambda: day)
    made = release(coding.survey)
    db.session.commit()
    told = {question["name"]: question["themes"] for question in releases.figures(made)["questions"]}
    assert told["safe"] is None
    assert told["why"] == {
        "people": 40, "reaches": 30, "counts": {"1": 20, "2": 20, "none": 10}, "names": {"1": "Światło", "2": "Prędkość"},
        "quotes": {"1": [WORDS[0]]}, "kappa": 1.0,
    }  # fmt: skip
    page = client.get(f"/releases/{made.id}")
    check_page(page.text)
    assert WORDS[0] in page.text
    assert "Prędkość" in page.text
    rows = list(
        csv.DictReader(client.get(f"/releases/{made.id}.csv").text.removeprefix("\ufeff").splitlines(), delimiter=";")
    )
    assert [row["count"] for row in rows if row["answer"].startswith("theme:")] == ["20", "20", "10"]
    monkeypatch.setattr(releases_of_surveys, "today", lambda: day.replace(year=day.year + 1))
    with pytest.raises(AlreadyReleased):
        release(coding.survey)


def test_what_is_not_to_be_published_has_no_themes_outside(chief):
    made = makers.survey(FORM, "okolica", author=chief)
    answered(12, made, needs="Lampy")
    managing.close(chief, made)
    mixing.mix(made)
    coding = operations.begin(chief, made, "needs")
    theming.add(chief, coding, name="Lampy")
    for turn in (Turn.FIRST, Turn.SECOND):
        read_all(officer(), coding, turn, {"Lampy": {"1"}})
    operations.finish(chief, coding)
    assert queries.found(made, Audience.STAFF)
    assert releases_of_surveys.polled(made).themes == {}


# Pages

BASE = "/surveys/okolica/open-text"


def test_from_the_first_page_to_the_results_by_pages_alone(client, chief, ended):
    sign_in(client, chief)
    page = Page(client, BASE)
    check_page(page.text)
    answer = client.post(f"{BASE}/why/begin", data=token(page))
    assert answer.headers["Location"].endswith(f"{BASE}/why")
    page = Page(client, f"{BASE}/why/phrases")
    check_page(page.text)
    page = Page(client, f"{BASE}/why/themes/new?name=ciemno")
    assert page.soup.find(id="name")["value"] == "ciemno"
    sent(page, name="Światło", belongs="lampy")
    sent(Page(client, f"{BASE}/why/themes/new"), name="Prędkość")
    coders = [officer(), head()]
    for coder, turn in zip(coders, ("first", "second"), strict=True):
        sign_in(client, coder)
        client.post(f"{BASE}/why/take/{turn}", data=token(Page(client, f"{BASE}/why")))
        for _ in range(3):
            page = Page(client, f"{BASE}/why/code")
            words = page.soup.find("blockquote").get_text(strip=True)
            typed = " ".join({"none": "0"}.get(code, code) for code in CODES[words])
            assert sent(page, typed=typed).status_code == 302
        check_page(page.text)
        read_all(coder, queries.of(ended, "why"), Turn(turn))
        assert client.get(f"{BASE}/why/code").status_code == 302
    sign_in(client, chief)
    page = Page(client, f"{BASE}/why")
    check_page(page.text)
    client.post(f"{BASE}/why/finish", data=token(page))
    assert queries.of(ended, "why").finished_at is not None
    check_page(Page(client, f"{BASE}/why").text)


def token(page):
    return {"csrf_token": page.soup.find("input", attrs={"name": "csrf_token"})["value"]}


def sent(page, **fields):
    address = page.soup.select_one("form.form-body")["action"]
    hidden = page.soup.select_one("form.form-body input[name=text]")
    extra = {"text": hidden["value"]} if hidden else {}
    return page.client.post(address, data={**token(page), **extra, **fields})


def test_wrong_codes_come_back_with_the_page(client, coding):
    coder = officer()
    operations.take_turn(coder, coding, Turn.FIRST)
    db.session.commit()
    sign_in(client, coder)
    page = Page(client, f"{BASE}/why/code")
    for fields in ({}, {"typed": "9"}, {"typed": "1 0"}, {"typed": "1", "hidden": "nie ma tego"}):
        answer = sent(page, **fields)
        assert answer.status_code == 422, fields
        check_page(answer.text)
    assert db.session.scalar(db.select(db.func.count()).select_from(TextCode)) == 0


def test_no_coder_sees_what_the_other_one_gave(client, coding):
    first, second = officer(), officer()
    read_all(first, coding, Turn.FIRST)
    operations.take_turn(second, coding, Turn.SECOND)
    db.session.commit()
    sign_in(client, second)
    page = Page(client, f"{BASE}/why/code")
    assert not page.soup.select("input[type=checkbox][checked]")
    assert "kappa" not in Page(client, f"{BASE}/why").text.casefold()
    assert client.get(f"{BASE}/why/settle").status_code == 302


def test_a_third_person_sees_both_and_settles(client, chief, coding):
    read_all(officer(), coding, Turn.FIRST)
    read_all(officer(), coding, Turn.SECOND, but={0: {"unreadable"}})
    sign_in(client, chief)
    check_page(Page(client, f"{BASE}/why").text)
    page = Page(client, f"{BASE}/why/settle")
    check_page(page.text)
    assert sent(page, typed="").status_code == 422
    assert sent(page, typed="1").status_code == 302
    assert queries.progress(coding).is_complete


def test_quotes_are_chosen_and_taken_away_on_pages(client, chief, finished):
    operations.reopen(chief, finished)
    db.session.commit()
    sign_in(client, chief)
    page = Page(client, f"{BASE}/why/themes/1/quotes")
    check_page(page.text)
    dark = next(one for one in texts(finished) if one.words == WORDS[0])
    address = f"{BASE}/why/themes/1/quotes/{dark.id}"
    assert sent(Page(client, address), words="Nie ten tekst").status_code == 422
    assert sent(Page(client, address), words="Ciemno przy szkole").status_code == 302
    page = Page(client, f"{BASE}/why/themes/1/quotes")
    check_page(page.text)
    client.post(f"{address}/withdraw", data=token(page))
    assert not queries.quotes(finished)


def test_themes_are_changed_merged_and_split_on_pages(client, chief, coding):
    sign_in(client, chief)
    for name, fields in (("", {"name": "Oświetlenie"}), ("/merge", {"into": "2"}), ("/split", {"names": "A\nB"})):
        page = Page(client, f"{BASE}/why/themes/1{name}")
        check_page(page.text)
        assert sent(page, **fields).status_code == 302
        db.session.refresh(coding)
        check_page(Page(client, f"{BASE}/why").text)
        if name == "/merge":
            client.post(f"{BASE}/why/themes/1/separate", data=token(Page(client, f"{BASE}/why")))
    assert [theme.name for theme in coding.in_force] == ["Prędkość", "A", "B"]
    assert sent(Page(client, f"{BASE}/why/themes/3/split"), names="A").status_code == 422
    assert sent(Page(client, f"{BASE}/why/themes/new"), name="a").status_code == 422
    assert sent(Page(client, f"{BASE}/why/themes/new"), name="Dzwonić 600 100 200").status_code == 422


def test_a_file_of_texts_is_blacked_out_and_noted(client, chief, ended):
    made = operations.begin(chief, ended, "why")
    theming.add(chief, made, name="Światło")
    coder, other = officer(), officer()
    for person, turn in ((coder, Turn.FIRST), (other, Turn.SECOND)):
        operations.take_turn(person, made, turn)
        for text in texts(made):
            operations.code(person, text, made, codes={"1"}, hidden=["szkole"] if "szkole" in text.words else [])
    db.session.commit()
    sign_in(client, chief)
    answer = client.get(f"{BASE}/why/coded-texts.csv")
    rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert len(rows) == 40
    assert "szkole" not in answer.text
    assert {row["1. Światło"] for row in rows} == {"1"}
    assert sum(row["personal"] == "1" for row in rows) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    noted = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "download")).all()
    assert [entry.detail["rows"] for entry in noted] == [40]


def test_only_the_own_scope_reads_and_only_its_coordinator_decides(client, coding):
    sign_in(client, officer(unit("1019", "Komenda Powiatowa Policji w Zduńskiej Woli")))
    for path in ("", "/why", "/why/code", "/why/phrases"):
        assert client.get(BASE + path).status_code == 404
    sign_in(client, officer())
    check_page(Page(client, BASE).text)
    check_page(Page(client, f"{BASE}/why").text)
    assert client.get(f"{BASE}/why/themes/new").status_code == 403
    assert client.get(f"{BASE}/why/coded-texts.csv").status_code == 403
    assert client.get(f"{BASE}/nothing").status_code == 404
    client.get("/accounts/sign-out")


def test_a_finished_coding_is_changed_by_nobody(client, chief, finished):
    sign_in(client, chief)
    assert client.get(f"{BASE}/why/themes/new").status_code == 409
    page = Page(client, f"{BASE}/why")
    client.post(f"{BASE}/why/reopen", data=token(page))
    db.session.refresh(finished)
    assert finished.finished_at is None
    assert now() > finished.begun_at
