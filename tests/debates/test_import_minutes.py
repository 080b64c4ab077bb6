"""Past minutes through the page: what the file would enter is shown first, and exactly that is entered, once."""

import io
import json
import re
import threading
import uuid
from datetime import date, time

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from consult.accounts import queries as accounts
from consult.attachments import queries as held_files
from consult.db import db, read_only
from consult.geo import Place
from debates import columns, importing, tables, transcript
from debates.faults import FaultKind, FileRefused
from debates.forms import importing as importing_form
from debates.models import (
    AddresseeKind,
    Meeting,
    MeetingKind,
    MeetingLevel,
    Proposal,
    Statement,
)
from debates.notes import SpeakerRole, StatementKind
from debates.operations import asking
from debates.outcomes import ProposalStatus
from debates.stages import MeetingStage
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.apart import application
from tests.debates import makers
from tests.factories import LASK, catalogue_of_27, metres_away, two_districts

HEAD = "jednostka policji;teryt powiatu;miejscowość;data;rodzaj;treść;kategoria;miejsce;liczba głosów;kto mówił;adresat"
TABLE = f"""{HEAD}
1003;1003;Łask;12.03.2026;zagrożenie;Auta na chodniku;Nieprawidłowe parkowanie;;7;sołtys;
1003;1003;Łask;12.03.2026;wniosek;Próg przy szkole;;;;wójt;Wójt gminy Łask
1003;1003;Łask;12.03.2026;pytanie;Kiedy będzie patrol?;;;;;
"""
KEY = "7" * 32
BOOKED = {"meeting": "1", "police_unit": "1003", "powiat_teryt": "1003", "debate_place": "Łask", "date": "2026-03-12"}


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def form_of(page):
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    named = [(re.search(r'name="(\w+)"', one), re.search(r'value="([^"]*)"', one)) for one in fields]
    return {name[1]: value[1] for name, value in named if name and value}


def sent(desk, content, name="protokol.csv", **more):
    """Choose a file on the page and send it."""
    content = content.encode() if isinstance(content, str) else content
    form = {**form_of(desk.get("/debates/import")), "unit_code": "", "file": (io.BytesIO(content), name), **more}
    return desk.post("/debates/import", data=form, content_type="multipart/form-data", follow_redirects=False)


def shown(desk, content, **more):
    """Send a file that is right, and give the page that it leads to."""
    answer = sent(desk, content, **more)
    assert answer.status_code == 302, answer.text
    page = desk.get(answer.location)
    assert page.status_code == 200
    return answer.location, page


def confirmed(desk, where, page):
    return desk.post(where, data=form_of(page))


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_table_is_shown_before_anything_is_written_and_entered_when_its_reader_says_yes(desk):
    where, page = shown(desk, TABLE)
    assert count(Meeting) == 0
    for words in ("Auta na chodniku", "Nieprawidłowe parkowanie", "Wójt gminy Łask", "12 marca 2026"):
        assert words in page.text
    assert confirmed(desk, where, page).status_code == 302
    meeting = db.session.scalars(select(Meeting)).one()
    said = meeting.statements
    assert [one.kind for one in said] == [StatementKind.THREAT, StatementKind.PROPOSAL, StatementKind.QUESTION]
    assert [one.speaker for one in said] == [
        SpeakerRole.VILLAGE_HEAD,
        SpeakerRole.LOCAL_GOVERNMENT,
        SpeakerRole.RESIDENT,
    ]
    assert (said[0].voices, meeting.held_on) == (7, date(2026, 3, 12))
    asked = db.session.scalars(select(Proposal)).one()
    assert (asked.addressee, asked.addressee_name) == (AddresseeKind.COMMUNE, "Wójt gminy Łask")
    assert {one.author_id for one in said} == {meeting.author_id} != {0}


def test_two_presses_and_the_same_file_again_enter_nothing_twice(desk):
    where, page = shown(desk, TABLE)
    assert confirmed(desk, where, page).status_code == 302
    assert confirmed(desk, where, page).status_code == 302
    where, page = shown(desk, TABLE)
    assert 'name="digest"' not in page.text, "there is nothing to confirm"
    assert confirmed(desk, where, page).status_code in {302, 400}
    assert (count(Meeting), count(Statement), count(Proposal)) == (1, 3, 1)


def press(app, person, digest, faults):
    """Press the button as a browser does, once more when the database is busy."""
    with app.app_context():
        read_only(False)
        try:
            for _attempt in range(20):
                try:
                    importing.enter(accounts.account(person), KEY, digest)
                    db.session.commit()
                    break
                except OperationalError:
                    db.session.rollback()
            else:
                faults.append("busy")
        except Exception as fault:  # noqa: BLE001  # a thread tells nobody of it by itself
            faults.append(fault)
        finally:
            db.session.remove()


def test_two_presses_at_once_enter_nothing_twice(tmp_path):
    with application(tmp_path) as app:
        two_districts()
        catalogue_of_27()
        person = officer()
        importing.hold(person, key=KEY, content=TABLE.encode(), unit_code="")
        digest, faults = importing.planned(person, KEY).digest, []
        presses = [threading.Thread(target=press, args=(app, person.id, digest, faults)) for _ in range(3)]
        db.session.remove()
        [one.start() for one in presses]
        [one.join() for one in presses]
        assert faults == []
        assert (count(Meeting), count(Statement), count(Proposal)) == (1, 3, 1)


def test_what_changed_meanwhile_is_shown_once_more_and_not_entered(desk, account):
    where, page = shown(desk, TABLE)
    key = where.rpartition("/")[2]
    held = held_files.laid_aside("debates.import", f"{account.id} {key}")
    folder = held_files.folder()
    folder.lay_aside(held_files.owner_of("debates.import", f"{account.id} {key}"), held.replace(b"Auta", b"Psy"))
    answer = confirmed(desk, where, page)
    assert answer.status_code == 409
    assert "Psy" in answer.text
    assert count(Meeting) == 0
    assert confirmed(desk, where, answer).status_code == 302
    assert count(Statement) == 3


def test_a_file_waits_for_whoever_sent_it_and_for_nobody_else(client, desk, account):
    where, _page = shown(desk, TABLE)
    colleague = sign_in(client, officer())
    answer = colleague.get(where)
    assert answer.status_code == 302
    assert count(Meeting) == 0
    assert colleague.get(f"{where}/faults.csv").status_code == 404


def test_an_officer_enters_for_own_units_alone(desk):
    unit("1019", "KPP w Zduńskiej Woli", "1019/", "1019")
    db.session.commit()
    answer = sent(desk, TABLE.replace("\n1003;1003;Łask;12.03.2026;pytanie", "\n1019;1019;Szadek;12.03.2026;pytanie"))
    assert answer.status_code == 422
    assert ">4<" in answer.text, "the row"
    assert "KPP w Zduńskiej Woli" in answer.text
    assert count(Meeting) == 0


def test_a_coordinator_reads_and_enters_nothing(client, world):
    assert sign_in(client, coordinator()).get("/debates/import").status_code == 403


def test_faults_are_told_by_row_and_column_and_given_as_a_table_that_computes_nothing(desk):
    rows = TABLE.replace("zagrożenie;Auta", "ufo;Auta").replace(";7;", ";=1+1;")
    answer = sent(desk, rows)
    assert answer.status_code == 422
    for words in ("rodzaj (kind)", "liczba głosów (voices)", "=1+1", "zagrożenie, wniosek, pytanie"):
        assert words in answer.text
    key = re.search(r"/debates/import/(\w{32})/faults.csv", answer.text)[1]
    table = desk.get(f"/debates/import/{key}/faults.csv")
    assert table.headers["Cache-Control"] == "no-store"
    assert "'=1+1" in table.text
    assert count(Meeting) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, ".xlsx"),
        (b"PK\x03\x04 nothing more", ".xlsx"),
        ((HEAD + "\n1003;1003;\0Łask").encode(), "UTF-8"),
        ((HEAD + "\n1003;1003;Łódź;;;Próg").encode("iso-8859-2"), "UTF-8"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a;b\n1;2\n", "request"),
        ((HEAD + "\n").encode(), ""),
        ((HEAD + ";treść\n1003").encode(), "request"),
        (b"[1]", ""),
        (b"", ""),
        ((HEAD + "\n" + "1003;1003;Łask;2026;;Próg;;;;;\n" * 301).encode(), "300"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(desk, content, said):
    answer = sent(desk, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert count(Meeting) == 0


def test_a_file_larger_than_a_page_takes_is_refused(desk, monkeypatch):
    monkeypatch.setattr(importing_form, "MOST_BYTES", 100)
    answer = sent(desk, TABLE)
    assert (answer.status_code, "5 MB" in answer.text) == (422, True)


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_a_table_is_read_as_a_polish_spreadsheet_writes_it(desk, written):
    _where, page = shown(desk, TABLE.replace("\n", "\r\n").encode(written))
    assert "Próg przy szkole" in page.text
    assert ("Windows-1250" in page.text) is (written == "cp1250")


def test_a_workbook_says_the_same_with_real_days_and_numbers(desk):
    head = HEAD.split(";")
    row = [1003.0, 1003, "Łask", date(2026, 3, 12), "Zagrożenie", "Auta", "parkowanie", "", 7, "SOŁTYS", None]
    second = [None] * 11
    third = ["1003", "1003", "Łask", "12.03.2026 r.", "pochwała", "Dobra robota", "", "", "", "", ""]
    where, page = shown(desk, workbook(head, row, second, third))
    confirmed(desk, where, page)
    meeting = db.session.scalars(select(Meeting)).one()
    assert meeting.held_on == date(2026, 3, 12)
    assert [one.kind for one in meeting.statements][-1] is StatementKind.PRAISE


def test_meetings_of_one_week_stand_apart_when_the_file_names_them_and_are_refused_when_it_does_not(desk):
    rows = [{**BOOKED, "date": f"2026-03-{day:02}", "request": f"Próg {day}"} for day in range(9, 14)]
    for row in rows:
        del row["meeting"]
    answer = sent(desk, json.dumps(rows), name="a.json")
    assert answer.status_code == 422
    assert "data (date)" in answer.text
    assert ">1<" not in answer.text, "the first row is right, the others differ from it"
    named = [{**row, "meeting": str(number), "series": "Tydzień debat"} for number, row in enumerate(rows)]
    where, page = shown(desk, json.dumps(named), name="a.json")
    confirmed(desk, where, page)
    assert [one.held_on.day for one in db.session.scalars(select(Meeting).order_by(Meeting.held_on))] == [
        9,
        10,
        11,
        12,
        13,
    ]


def test_an_approved_meeting_takes_nothing_more_and_says_so_at_the_row(desk):
    confirmed(desk, *shown(desk, TABLE))
    meeting = db.session.scalars(select(Meeting)).one()
    meeting.stage = MeetingStage.APPROVED
    db.session.commit()
    shown(desk, TABLE)
    answer = sent(desk, TABLE + "1003;1003;Łask;12.03.2026;informacja;Nowy radiowóz;;;;;\n")
    assert answer.status_code == 422
    assert ">5<" in answer.text
    assert count(Statement) == 3


def test_a_file_that_holds_data_of_a_person_says_so(desk):
    _where, page = shown(desk, TABLE.replace("Kiedy będzie patrol?", "Proszę dzwonić 601 234 567"))
    assert "4" in re.search(r"govuk-inset-text.*?</div>", page.text, re.DOTALL)[0]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_the_template_reads_but_for_its_example(desk, ending):
    content = desk.get(f"/debates/import/template.{ending}").data
    answer = sent(desk, content)
    assert answer.status_code == 422
    assert "debata (meeting)" in answer.text


def test_a_column_has_one_meaning_by_any_of_its_names():
    names = [columns.plain(name) for column, others in columns.NAMES.items() for name in (column, *others)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (columns.MEETING_KINDS, MeetingKind),
        (columns.LEVELS, MeetingLevel),
        (columns.SPEAKERS, SpeakerRole),
        (columns.ADDRESSEES, AddresseeKind),
        (columns.STATES, ProposalStatus),
    ],
)
def test_the_words_of_a_choice_are_all_its_codes(words, codes):
    assert set(words) == {code.value for code in codes}
    said = [columns.plain(name) for code, names in words.items() for name in (code, *names)]
    assert len(said) == len(set(said))


def whole_meeting(account):
    """A meeting with everything that minutes may hold."""
    meeting = makers.meeting(
        account,
        "=Debata w dwóch powiatach",
        place=Place.point(*LASK, accuracy_m=40, words="Łask"),
        district_codes=["1003", "1019"],
        starts_at=time(17),
        ends_at=time(19, 30),
        kind=MeetingKind.SCHOOL,
        level=MeetingLevel.LOCAL,
        series="Tydzień",
        venue="Szkoła nr 1",
        officials="wójt\nzarządca drogi",
        residents=152,
        themes="Droga",
        questionnaires=9,
        case_sign="A-1/26",
        archival_category="B5",
    )
    line = Place.from_mapping(
        {"type": "LineString", "coordinates": [list(LASK), list(metres_away(300, 100))]}, 50, "ul. Łaska"
    )
    makers.statement(account, meeting, "Za szybko", category_code="predkosc", place=line, voices=90, weekdays=5)
    makers.statement(account, meeting, "Auta", speaker=SpeakerRole.LOCAL_GOVERNMENT, answer="Sprawdzimy")
    for kind in (StatementKind.QUESTION, StatementKind.PRAISE, StatementKind.INFORMATION):
        makers.statement(account, meeting, "To samo", place=None, category_code=None, kind=kind)
    makers.statement(account, meeting, "To samo", place=None, category_code=None, kind=StatementKind.PRAISE)
    asked = makers.statement(account, meeting, "Próg", kind=StatementKind.PROPOSAL, category_code=None)
    first = makers.proposal(
        account, meeting, "Próg przy szkole", statement=asked, addressee_name="Wójt", due_on=date(2026, 9, 1)
    )
    makers.answer(account, first, ProposalStatus.HANDED_OVER, "Przekazano", answered_on=date(2026, 8, 1))
    makers.proposal(account, meeting, "Więcej patroli", addressee=f"unit:{account.unit_id}")
    for what in ("Sprawdzimy", "Zapytamy"):
        made = asking.record_commitment(account, first, key=uuid.uuid4().hex, who="Wójt", what=what, due_on=None)
    asking.close_commitment(
        account, made, key=uuid.uuid4().hex, version=1, kept_on=date(2026, 8, 2), outcome="Zapytano"
    )
    db.session.commit()
    return meeting


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_a_whole_meeting_goes_out_and_comes_in_again_the_same(desk, account, ending):
    meeting = whole_meeting(account)
    before = transcript.rows_of(meeting)
    assert {row["kind"] for row in before} > {"threat", "proposal", "question", "praise", "information", "promise"}
    content = desk.get(f"/debates/{meeting.id}/transcript.{ending}").data
    assert 'name="digest"' not in shown(desk, content)[1].text, "here it is already"
    for table in (
        "commitment_change",
        "commitment",
        "proposal_change",
        "proposal",
        "statement",
        "meeting_district",
        "meeting",
    ):
        db.session.execute(db.metadata.tables[table].delete())
    db.session.commit()
    where, page = shown(desk, content)
    assert confirmed(desk, where, page).status_code == 302
    again = db.session.scalars(select(Meeting)).one()
    assert transcript.rows_of(again) == before
    assert again.stage is MeetingStage.DRAFTING


@pytest.mark.parametrize(("content", "kind"), [(b"\xef\xbb\xbf [", "json"), (b"a;b", "csv"), (b"PK\x03\x04", "xlsx")])
def test_a_file_is_known_by_its_first_characters(content, kind):
    assert tables.format_of(content) == kind


def test_the_real_requests_are_shown_and_entered_as_they_were_published(desk, shared):
    content = (shared / "debates" / "police_debate_requests.json").read_bytes()
    records = json.loads(content)
    world = [{**record, "powiat_teryt": "1003", "kmzb_category_by_us": None} for record in records]
    where, page = shown(desk, json.dumps(world), name="police_debate_requests.json", unit_code="1003")
    for record in records:
        assert record["request"].split()[0] in page.text
    assert confirmed(desk, where, page).status_code == 302
    assert count(Proposal) == len(records) == 15
    towns = {(record["police_unit"], record["debate_place"]) for record in records}
    assert count(Meeting) == len(towns)
    answered = db.session.scalars(select(Proposal).where(Proposal.status != ProposalStatus.OPEN)).all()
    assert answered


def test_a_debate_of_the_same_town_and_year_in_another_file_is_not_added_to_the_first(desk):
    confirmed(desk, *shown(desk, TABLE))
    answer = sent(desk, TABLE.replace("12.03.2026", "09.04.2026").replace("Próg przy", "Lampa przy"))
    assert answer.status_code == 422
    assert "debata" in answer.text
    assert (count(Meeting), count(Statement)) == (1, 3)
    alone = TABLE.splitlines()[0] + "\n1003;1003;Łask;09.04.2026;samo spotkanie;;;;;;\n"
    assert sent(desk, alone).status_code == 422, "nor is a meeting without a word taken for that one"


def test_meetings_that_two_files_number_alike_are_told_apart_by_their_days(desk):
    confirmed(desk, *shown(desk, json.dumps([{**BOOKED, "request": "Próg"}]), name="a.json"))
    other = {**BOOKED, "date": "2025-10-02", "debate_place": "Sędziejowice", "request": "Lampa"}
    assert sent(desk, json.dumps([other]), name="a.json").status_code == 422
    where, page = shown(desk, json.dumps([{**BOOKED, "date": "2026", "request": "Lampa"}]), name="a.json")
    assert "12 marca 2026" in page.text, "the meeting that is there, as it is written down"
    assert confirmed(desk, where, page).status_code == 302
    assert (count(Meeting), count(Statement)) == (1, 2)


def test_a_meeting_of_another_unit_takes_nothing_though_both_are_of_one_scope(desk, account):
    unit("1003-1", "Komisariat w Widawie", f"{account.unit.path}widawa/")
    db.session.commit()
    rows = [{**BOOKED, "request": "Próg"}]
    del rows[0]["meeting"], rows[0]["police_unit"]
    confirmed(desk, *shown(desk, json.dumps(rows), name="a.json", unit_code="1003"))
    rows[0]["request"] = "Lampa"
    answer = sent(desk, json.dumps(rows), name="a.json", unit_code="1003-1")
    assert answer.status_code == 422
    assert count(Statement) == 1


def test_rows_with_the_same_words_at_two_places_are_not_taken_for_one(desk):
    rows = [{**BOOKED, "request": "Za szybko", "lon": LASK[0], "lat": lat} for lat in (LASK[1], LASK[1] + 0.01)]
    answer = sent(desk, json.dumps(rows), name="a.json")
    assert answer.status_code == 422
    assert "identyfikator (id)" in answer.text
    named = [{**row, "id": str(number)} for number, row in enumerate(rows)]
    confirmed(desk, *shown(desk, json.dumps(named), name="a.json"))
    assert count(Statement) == 2


def test_two_rows_under_one_name_are_refused_and_the_same_row_twice_is_one(desk):
    asked = {**BOOKED, "id": "1", "request": "Próg", "addressee": "policja"}
    promised = {**BOOKED, "id": "1", "kind": "promise", "promise": "Postawimy", "promised_by": "Wójt"}
    answer = sent(desk, json.dumps([asked, promised]), name="a.json")
    assert answer.status_code == 422
    assert "identyfikator (id)" in answer.text
    confirmed(desk, *shown(desk, json.dumps([asked, {**asked, "request": " próg "}]), name="a.json"))
    assert count(Statement) == 1


def test_a_row_copied_into_another_meeting_with_its_key_is_refused_and_not_lost(desk):
    said = {**BOOKED, "id": "a" * 32, "request": "Próg"}
    answer = sent(desk, json.dumps([said, {**said, "meeting": "2"}]), name="a.json")
    assert answer.status_code == 422
    assert "identyfikator (id)" in answer.text


def test_rows_that_name_a_unit_in_two_ways_may_not_contradict_each_other(desk, account):
    rows = [
        {**BOOKED, "request": "Próg"},
        {**BOOKED, "police_unit": account.unit.name, "date": "2026-04-09", "request": "Lampa"},
    ]
    answer = sent(desk, json.dumps(rows), name="a.json")
    assert answer.status_code == 422
    assert "data (date)" in answer.text


def test_a_promise_whose_request_is_not_there_is_refused_and_not_lost(desk):
    said = {**BOOKED, "id": "1", "kind": "question", "request": "Kiedy próg?"}
    confirmed(desk, *shown(desk, json.dumps([said]), name="a.json"))
    promised = {**BOOKED, "kind": "promise", "promise": "Postawimy", "promised_by": "Wójt"}
    answer = sent(desk, json.dumps([{**said, "kind": "proposal"}, promised]), name="a.json")
    assert answer.status_code == 422
    assert "rodzaj (kind)" in answer.text


@pytest.mark.parametrize(
    "odd",
    [
        {"starts_at": "9" * 30},
        {"ends_at": 10**19},
        {"request": "\ud800"},
        {"\udfff": "Próg"},
        {"places": [{"lemma": f"Wieś {number}"} for number in range(51)]},
    ],
    ids=["hour", "number", "half a letter", "half a name", "places"],
)
def test_what_nothing_can_write_or_look_up_is_refused_with_a_sentence(desk, odd):
    answer = sent(desk, json.dumps([{**BOOKED, "request": "Próg", **odd}]), name="a.json")
    assert answer.status_code == 422
    assert count(Meeting) == 0


def test_a_cell_that_is_never_closed_does_not_swallow_the_rows_below(desk):
    answer = sent(desk, TABLE.replace("Próg przy", '"Próg przy'))
    assert answer.status_code == 422
    assert ">3<" in answer.text, "the row where it begins"
    paired = TABLE.replace("Auta na", '"Auta na').replace("Kiedy będzie", '"Kiedy będzie')
    assert sent(desk, paired).status_code == 422, "two such cells are no single one"
    closed = TABLE.replace("Próg przy szkole", '"Próg ""zwalniający""\nprzy szkole"').rstrip("\n")
    confirmed(desk, *shown(desk, closed))
    assert count(Statement) == 3


def test_many_long_names_of_places_are_kept_whole(desk):
    places = [{"lemma": f"{number} {'wieś ' * 30}", "kind": "miejscowość"} for number in range(50)]
    where, page = shown(desk, json.dumps([{**BOOKED, "request": "Próg", "places": places}]), name="a.json")
    assert confirmed(desk, where, page).status_code == 302


def test_a_header_of_a_million_columns_is_refused_at_once():
    with pytest.raises(FileRefused) as refused:
        tables.taken_apart((HEAD + ";data" * 900_000).encode(), "csv")  # comparing each with each would take an hour
    assert (FaultKind.COLUMN_TWICE, "date") in {(one.kind, one.field) for one in refused.value.faults}
