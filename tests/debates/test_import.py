"""Past minutes from files: all or nothing, nothing twice, no day and no place that nobody wrote down."""

import json

import pytest
from sqlalchemy import func, select

from consult.db import db
from consult.observations.models import Observation
from consult.places.gazetteer import Entry
from consult.places.operations import Around, import_names
from debates.models import AddresseeKind, Meeting, Proposal, Statement
from debates.outcomes import ProposalStatus
from debates.past_minutes import day_in, result_of
from tests.accounts.makers import unit
from tests.debates.makers import DAY
from tests.factories import LASK, metres_away

pytestmark = pytest.mark.usefixtures("world")

VILLAGE = metres_away(-4000, 2000)
SOURCE = "https://lask.policja.gov.pl/12,Realizacje-wnioskow-z-debaty-z-dnia-16-marca-2016.html"
RECORD = {
    "source": SOURCE,
    "police_unit": "Komenda Powiatowa Policji w Łasku",
    "powiat_teryt": "1003",
    "debate_place": "Łask",
    "request": "Auta parkują na trawniku przy ul. Ogrodowej",
    "places": [{"form": "ul. Ogrodowej", "lemma": "ul. Ogrodowa", "kind": "ulica"}],
    "kmzb_category_by_us": "Nieprawidłowe parkowanie",
    "follow_up_published": "stosowne zadania wpisano do zadań patroli",
}


@pytest.fixture(autouse=True)
def _gazetteer(world):
    unit()
    commune = Around("1003023", "Łask", "1003", "powiat łaski", *LASK, 15_000)
    import_names([_village("1", "Łask", LASK), _village("2", "Wiewiórczyn", VILLAGE)], [commune, commune])
    db.session.commit()


def _village(key, name, at):
    return Entry("geonames", key, name, "wieś", "100302", lon=at[0], lat=at[1], population=1000)


@pytest.fixture
def bring(app, tmp_path):
    """Run the command on records or a text; give its exit code, its last line as figures and what it complained of."""

    def run(content, *options, name="minutes.json"):
        path = tmp_path / name
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        result = app.test_cli_runner().invoke(args=["debates", "import", str(path), *options])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        db.session.expire_all()
        return result.exit_code, json.loads(result.stdout.strip().splitlines()[-1]), result.stderr

    return run


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def figures(read, new=0, unchanged=0, refused=0):
    return {"read": read, "new": new, "unchanged": unchanged, "refused": refused}


def test_a_record_becomes_a_meeting_a_statement_and_a_proposal_with_its_answer(bring):
    assert bring([RECORD])[:2] == (0, figures(1, new=1))
    meeting = db.session.scalars(select(Meeting)).one()
    asked = db.session.scalars(select(Proposal)).one()
    assert (meeting.held_on.isoformat(), meeting.is_year_only, meeting.district_codes) == (
        "2016-03-16",
        False,
        ("1003",),
    )
    assert (asked.addressee, asked.status) == (AddresseeKind.POLICE, ProposalStatus.IN_PROGRESS)
    assert asked.answer == "stosowne zadania wpisano do zadań patroli"


def test_a_street_stands_for_its_town_and_says_so(bring):
    bring([RECORD])
    said = db.session.scalars(select(Statement)).one()
    assert said.place.words == "ul. Ogrodowa (Łask)"
    assert said.place.accuracy_m > 500
    assert said.observation.cell is None, "too vague to be joined by distance"


def test_a_village_that_is_named_is_the_place(bring):
    bring([{**RECORD, "places": [{"lemma": "Wiewiórczyn", "kind": "miejscowość", "simc": [{"gmina": "1003023"}]}]}])
    said = db.session.scalars(select(Statement)).one()
    assert said.place.words == "Wiewiórczyn"
    assert said.place.lon_lat == pytest.approx(VILLAGE, abs=1e-5)


def test_a_commune_that_is_named_is_meant_whole_and_without_any_name_there_is_no_place(bring):
    bring(
        [
            {**RECORD, "places": [], "request": "Więcej patroli w gminie Widawa"},
            {**RECORD, "places": [], "request": "Więcej patroli"},
        ]
    )
    places = [said.place for said in db.session.scalars(select(Statement).order_by(Statement.position))]
    assert (places[0].code, places[1]) == ("1003042", None)


def test_the_same_file_twice_changes_nothing(bring):
    bring([RECORD])
    assert bring([RECORD])[1] == figures(1, unchanged=1)
    assert (count(Meeting), count(Statement), count(Proposal), count(Observation)) == (1, 1, 1, 1)


def test_a_correction_by_a_person_outlives_the_next_import(bring):
    bring([RECORD])
    db.session.scalars(select(Statement)).one().text = "Auta parkują na trawniku"
    db.session.commit()
    assert bring([RECORD])[1] == figures(1, unchanged=1)
    assert db.session.scalars(select(Statement)).one().text == "Auta parkują na trawniku"


def test_requests_of_one_debate_stand_in_one_meeting(bring):
    bring([RECORD, {**RECORD, "request": "Za mało patroli wieczorem"}, {**RECORD, "debate_place": "Widawa"}])
    assert (count(Meeting), count(Statement)) == (2, 3)


def test_a_dry_run_writes_nothing(bring):
    assert bring([RECORD], "--dry-run")[:2] == (0, figures(1, new=1))
    assert count(Meeting) == 0


def test_one_bad_record_keeps_all_of_them_out(bring):
    code, told, complaint = bring([RECORD, {**RECORD, "request": ""}, {**RECORD, "kmzb_category_by_us": "UFO"}])
    assert (code, told) == (1, figures(3, refused=1))
    assert "2" in complaint
    assert "request" in complaint
    assert count(Meeting) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request", "a\x00b"),
        ("request", "a" * 2001),
        ("request", 5),
        ("powiat_teryt", "łaski"),
        ("powiat_teryt", "9999"),
        ("debate_place", None),
        ("police_unit", "KPP w Nigdzie"),
        ("category", "UFO"),
        ("date", "16.03.2016"),
        ("date", "2199-01-01"),
        ("date", "1899"),
        ("source", "javascript:alert(1)"),
        ("places", "x" * 200),
        ("places", [1]),
        ("lon", "NaN"),
        ("lon", "51,59"),
    ],
)
def test_a_fault_is_named_with_its_record_and_field(bring, field, value):
    wrong = {**RECORD, field: value, **({"lat": "19.13"} if field == "lon" else {})}
    if field == "category":
        del wrong["kmzb_category_by_us"]
    code, told, complaint = bring([RECORD, wrong])
    assert (code, told["new"], told["refused"]) == (1, 0, 1)
    assert field in complaint
    assert count(Meeting) == 0


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "[1]", "[" * 100_000, '[{"request": NaN}]', "zażółć".encode("cp1250"), b"\xff\xfe\x00"],
)
def test_a_file_that_cannot_be_read_is_refused(bring, content):
    code, told, complaint = bring(content)
    assert code == 1
    assert told["new"] == 0
    assert complaint


def test_a_unit_that_is_missing_can_be_named_for_all(bring):
    strange = {**RECORD, "police_unit": "Straż Miejska"}
    assert bring([strange])[0] == 1
    assert bring([strange], "--unit", "nowhere")[0] == 1
    assert bring([strange], "--unit", "1003")[:2] == (0, figures(1, new=1))
    assert db.session.scalars(select(Proposal)).one().addressee is AddresseeKind.OTHER


def test_a_table_says_the_same_as_the_records(bring):
    rows = [
        "police_unit;powiat_teryt;debate_place;date;request;place;category;follow_up",
        "1003;1003;Łask;2016-03-16;=Auta na trawniku;Wiewiórczyn;parkowanie;",
    ]
    assert bring("\ufeff" + "\r\n".join(rows), name="minutes.csv")[:2] == (0, figures(1, new=1))
    said = db.session.scalars(select(Statement)).one()
    assert (said.text, said.place.words, said.category_code) == ("=Auta na trawniku", "Wiewiórczyn", "parkowanie")
    assert db.session.scalars(select(Proposal)).one().status is ProposalStatus.OPEN


def test_a_table_without_a_column_is_refused_by_name(bring):
    code, _told, complaint = bring("powiat_teryt,request\n1003,Próg\n", name="minutes.csv")
    assert code == 1
    assert "debate_place" in complaint


def test_without_a_date_it_stays_in_the_minutes_until_someone_enters_it(bring):
    _code, _told, remark = bring([{**RECORD, "source": "https://example.pl/debata"}])
    said = db.session.scalars(select(Statement)).one()
    assert (said.meeting.held_on, said.observation) == (None, None)
    assert "1" in remark


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://a.pl/134873,z-debaty-z-dnia-16-marca-2016-w-Damaslawku.html", ("2016-03-16", False)),
        ("http://a.pl/120203,Sprawozdanie-zglaszanych-podczas-debat-w-2013-roku.html", ("2013-01-01", True)),
        ("https://a.pl/2014/19942,Podsumowanie-debaty.html", ("2014-01-01", True)),
        ("https://a.pl/2014/19942,Podsumowanie-debaty-w-2013-roku.html", (None, False)),
        ("https://a.pl/139543,Realizacje-wnioskow.html", (None, False)),
        ("https://a.pl/31-lutego-2016", ("2016-01-01", True)),
        ("https://a.pl/w-2099-roku", (None, False)),
    ],
)
def test_a_day_is_read_only_where_it_stands(source, expected):
    found, is_year_only = day_in(source, DAY)
    assert (found and found.isoformat(), is_year_only) == expected


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("", ProposalStatus.OPEN),
        ("próg został zamontowany, wniosek zrealizowany", ProposalStatus.DONE),
        ("wniosek nie został zrealizowany", ProposalStatus.IN_PROGRESS),
        ("Wysłano postulat i opinię do zarządcy drogi", ProposalStatus.HANDED_OVER),
        ("uwzględnione podczas planowania służby", ProposalStatus.ACCEPTED),
        ("odpowiedzi udzielił obecny na debacie Wójt", ProposalStatus.IN_PROGRESS),
    ],
)
def test_published_words_are_read_carefully(words, result):
    assert result_of(words) is result
