"""What everybody reads of a meeting to come: the list, the announcement, the calendar file, the poster."""

from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import icalendar
import pytest
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from consult.clock import retelling
from consult.db import db
from consult.geo import Place
from debates.agenda import Theme
from debates.calendar_file import Announced, calendar_of
from debates.models import MeetingKind
from debates.operations import planning
from debates.wording import in_words
from tests.debates.makers import planned
from tests.factories import LASK
from tests.pages import Page

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture(autouse=True)
def september():
    with retelling(datetime(2026, 9, 1, 8, tzinfo=UTC)):
        yield


def text_of(client, address):
    return Page(client, address).soup.main.text


def test_everybody_reads_what_is_announced_and_nothing_of_the_police(client, account):
    one = planned(
        account,
        place=Place.point(*LASK),
        features=0b000101,
        access_note="wejście od podwórza",
        directions="autobus 1 i 3",
        agenda="17:00 Powitanie\nDyskusja",
        officials="tylko dla policji",
        announced="tylko dla policji",
    )
    text = text_of(client, f"/debates/{one.id}/announcement")
    for words in ("22 września 2026, 17:00–19:00", "Dom kultury", "wejście bez stopni", "pętla indukcyjna"):
        assert words in text
    for words in ("wejście od podwórza", "autobus 1 i 3", "Powitanie", "burmistrz", "powiat łaski"):
        assert words in text
    assert "tylko dla policji" not in text
    assert "Popraw" not in text
    assert f"/debates/{one.id}/plan" not in client.get(f"/debates/{one.id}/announcement").text
    drawn = client.get(f"/debates/{one.id}/announcement.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert "Dom kultury" in drawn.text


def test_where_nothing_is_known_of_the_venue_the_page_says_so(client, account):
    one = planned(account)
    assert "Nie wiadomo jeszcze" in text_of(client, f"/debates/{one.id}/announcement")
    assert client.get(f"/debates/{one.id}/announcement.svg").status_code == 404


def test_the_list_has_what_is_to_come_by_district_the_next_one_first(client, account):
    planned(account, "Debata późniejsza", held_on=date(2026, 10, 5))
    planned(account, "Debata wcześniejsza")
    planned(account, "Debata sąsiednia", district_codes=["1019"])
    planned(account, "Posiedzenie komisji", is_open=False, kind=MeetingKind.SAFETY_COMMISSION)
    text = text_of(client, "/debates/upcoming?district=1003")
    assert text.index("Debata wcześniejsza") < text.index("Debata późniejsza")
    assert "Debata sąsiednia" not in text
    assert "Posiedzenie komisji" not in client.get("/debates/upcoming").text
    assert "Debata wcześniejsza" in text_of(client, "/districts/1003")
    with retelling(datetime(2026, 9, 30, 9, tzinfo=UTC)):
        assert "Debata wcześniejsza" not in client.get("/debates/upcoming").text


def test_what_is_not_announced_does_not_exist(client, account):
    closed = planned(account, is_open=False)
    for page in ("announcement", "announcement.ics", "announcement.svg"):
        assert client.get(f"/debates/{closed.id}/{page}").status_code == 404
        assert client.get(f"/debates/4711/{page}").status_code == 404


def test_an_announcement_of_a_held_meeting_leads_on_to_what_was_asked_for(client, account):
    one = planned(account)
    with retelling(datetime(2026, 9, 22, 20, tzinfo=UTC)):
        planning.begin_minutes(account, one, residents=3)
        db.session.commit()
        page = Page(client, f"/debates/{one.id}/announcement")
        assert "To spotkanie się odbyło" in page.soup.main.text
        assert page.soup.main.find("a", href="/proposals?district=1003")
        assert client.get(f"/debates/{one.id}/announcement.ics").status_code == 404


def event_of(client, meeting):
    answer = client.get(f"/debates/{meeting.id}/announcement.ics")
    assert answer.mimetype == "text/calendar"
    return icalendar.Calendar.from_ical(answer.data).events[0]


def test_a_calendar_learns_of_a_correction_and_of_the_calling_off(client, account):
    one = planned(account)
    first = event_of(client, one)
    assert (first["SEQUENCE"], first["STATUS"]) == (0, "CONFIRMED")
    with retelling(datetime(2026, 9, 2, 8, tzinfo=UTC)):
        planning.call_off(account, one, reason="Sala jest zamknięta.")
        db.session.commit()
    second = event_of(client, one)
    assert (second["UID"], second["SEQUENCE"], second["STATUS"]) == (first["UID"], 1, "CANCELLED")
    assert second["DTSTAMP"].dt == datetime(2026, 9, 2, 8, tzinfo=UTC) > first["DTSTAMP"].dt
    assert "Sala jest zamknięta." in second["DESCRIPTION"]
    text = text_of(client, f"/debates/{one.id}/announcement")
    assert "Sala jest zamknięta." in text
    assert "Odwołane" in text_of(client, "/debates/upcoming")


def test_a_meeting_that_is_held_after_all_says_so_in_announcement_list_and_calendar(client, account):
    one = planned(account)
    planning.call_off(account, one, reason="Sala jest zamknięta.")
    with retelling(datetime(2026, 9, 3, 8, tzinfo=UTC)):
        planning.hold_after_all(account, one)
        db.session.commit()
    event = event_of(client, one)
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CONFIRMED")
    assert event["DTSTAMP"].dt == datetime(2026, 9, 3, 8, tzinfo=UTC)
    page = Page(client, f"/debates/{one.id}/announcement").soup.main
    assert "3 września 2026" in page.select_one(".govuk-inset-text").text
    assert "Sala jest zamknięta." not in page.text + event["DESCRIPTION"]
    assert page.select_one(".govuk-warning-text") is None
    assert Page(client, "/debates/upcoming").soup.select_one(".result strong")
    assert client.get(f"/debates/{one.id}/announcement.ics").data.count(b"STATUS") == 1


def test_the_usual_agenda_stands_in_the_readers_language_and_typed_points_as_typed(client, account):
    one = planned(account)
    one.plan.agenda += "\n19:00 Pokaz psa służbowego"
    db.session.commit()
    client.get("/language/uk")
    points = [item.text for item in Page(client, f"/debates/{one.id}/announcement").soup.select("#agenda + ul li")]
    assert len(points) == 8
    assert points[-1] == "19:00 Pokaz psa służbowego"
    with force_locale("uk"):
        assert points[0] == f"17:00 {in_words(Theme.WELCOME)}"
        assert points[4] == f"17:40 {in_words(Theme.DISCUSSION)}"
        assert f"17:00 {in_words(Theme.WELCOME)}" in event_of(client, one)["DESCRIPTION"]
    client.get("/language/pl")
    assert "17:00 Powitanie" in text_of(client, f"/debates/{one.id}/announcement")


def announced(day, starts_at=time(17), ends_at=time(19), **facts):
    said = {
        "uid": "a@b",
        "sequence": 0,
        "changed_at": datetime(2026, 9, 1, tzinfo=UTC),
        "title": "Debata",
        "description": "",
        "location": "",
        "url": "https://mapa.example.pl/debates/1/announcement",
        "lon_lat": None,
        "is_called_off": False,
        **facts,
    }
    return Announced(day=day, starts_at=starts_at, ends_at=ends_at, **said)


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)), st.times())
def test_the_file_carries_the_time_of_poland_on_every_day(day, hour):
    read = icalendar.Calendar.from_ical(
        calendar_of(announced(day, hour.replace(second=0, microsecond=0, fold=0), None))
    )
    start = read.events[0]["DTSTART"]
    assert start.params["TZID"] == "Europe/Warsaw"
    assert start.dt.astimezone(UTC) == datetime.combine(day, hour.replace(second=0, microsecond=0), WARSAW).astimezone(
        UTC
    )


def test_the_zone_in_the_file_changes_the_hour_when_poland_does():
    read = icalendar.Calendar.from_ical(calendar_of(announced(date(2026, 10, 25))))
    zone = read.timezones[0].to_tz(lookup_tzid=False)
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 28)):
        for hour in range(24):
            moment = datetime.combine(day, time(hour))
            if day.month == 3 and hour == 2 and day.day in {28, 29}:
                continue  # on one of these days there is no such hour
            assert zone.utcoffset(moment) == WARSAW.utcoffset(moment), moment


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300))
def test_any_words_come_back_whole_from_the_file(words):
    read = icalendar.Calendar.from_ical(calendar_of(announced(date(2026, 9, 22), title=words, location=words)))
    assert (read.events[0]["SUMMARY"], read.events[0]["LOCATION"]) == (words, words)


def test_lines_of_the_file_are_as_long_as_the_standard_allows():
    written = calendar_of(announced(date(2026, 9, 22), title="ż" * 300))
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert timedelta(hours=2) == icalendar.Calendar.from_ical(written).events[0].duration


def test_the_poster_is_one_page_with_day_place_and_code(desk, account):
    one = planned(account, themes="O drodze do szkoły. " * 40, agenda="\n".join(f"17:{n:02} Punkt" for n in range(20)))
    answer = desk.get(f"/debates/{one.id}/poster.pdf")
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(BytesIO(answer.data)).pages
    assert len(pages) == 1
    text = " ".join(pages[0].extract_text().split())
    for words in ("22 września 2026", "Dom kultury", "112", f"debates/{one.id}/announcement"):
        assert words in text


def test_there_is_no_poster_of_what_nobody_may_come_to(desk, account):
    closed, off = planned(account, is_open=False), planned(account)
    planning.call_off(account, off, reason="Sala jest zamknięta.")
    db.session.commit()
    for one in (closed, off):
        assert desk.get(f"/debates/{one.id}/poster.pdf").status_code == 404
