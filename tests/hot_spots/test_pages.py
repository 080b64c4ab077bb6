"""The pages of hot spots and trends: staff alone, within their areas; counts are of different people."""

from datetime import UTC, date, datetime

import pytest

from consult.clock import retelling
from consult.db import db
from consult.geo import Place, PlaceKind
from consult.hot_spots import queries
from consult.hot_spots.material import Against, Asked, Cut
from consult.hot_spots.stability import Standing
from consult.observations import operations as observations
from consult.observations.models import Plane
from consult.period import Period
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.factories import LASK, admit, metres_away, voice
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

YEAR = Period.parse("2025")
NOT_OVER = date(2026, 2, 1)
LOUD = ((500, 500), (1500, 500))
"""Two squares side by side, as metres from the position of the small world."""


@pytest.fixture
def later():
    """The first of February 2026, so that 2025 is over and is looked at by default."""
    with retelling(datetime(2026, 2, 1, 12, tzinfo=UTC)):
        yield


def spoken(east, north, people, month=3, year=2025, category="parkowanie", plane=Plane.ONLINE, who=None):
    """So many people speak of one place; nothing here asks which voices belong together, so none is joined."""
    at = metres_away(east, north)
    keys = [who or f"{east} {north} {month} {year} {plane} {number}" for number in range(people)]
    days = [datetime(year, month, 1 + number % 28, 12, tzinfo=UTC) for number in range(people)]
    pairs = zip(keys, days, strict=True)
    observations.record_many([voice(category, at, when, plane=plane, voice_key=key) for key, when in pairs])


def scattered(people):
    """Each of so many people speaks of a place of their own, here and there over district and year."""
    for number in range(people):
        spoken(-14_000 + number * 7_919 % 23_000, -19_000 + number * 12_281 % 38_000, 1, month=1 + number % 12)


@pytest.fixture
def heard():
    """A voice here and there in every quarter, and two squares of which many speak, all year, through two planes."""
    scattered(24)
    for east, north in LOUD:
        for month, plane in (
            (2, Plane.ONLINE),
            (5, Plane.DIRECT_CONTACT),
            (8, Plane.ONLINE),
            (11, Plane.DIRECT_CONTACT),
        ):
            spoken(east, north, 4, month, plane=plane)
    db.session.commit()


def squares(**more):
    return Asked(**({"area": "1003", "cut": Cut.KILOMETRE, "period": YEAR, "until": NOT_OVER} | more))


def test_squares_of_which_many_speak_all_year_are_hot(heard):
    found = queries.hot_spots(squares())
    hot = [spot for spot in found.spots if spot.standing is Standing.HOT]
    assert sorted(spot.voices for spot in hot) == [16, 16]
    assert found.against is Against.ALIKE
    assert found.voices == 24 + 32
    assert found.places == 25 * 40
    assert set(found.planes) == {"online", "direct_contact"}
    assert {spot.change.before for spot in hot} == {0}
    assert not found.is_compared, "nobody gathered voices a year before"
    assert not any(spot.is_changed for spot in hot)
    assert found == queries.hot_spots(squares()), "the same voices give the same answer"


def test_places_are_compared_with_a_year_in_which_voices_were_gathered(heard):
    spoken(0, -9000, 2, month=1, year=2024)
    found = queries.hot_spots(squares())
    assert found.is_compared
    assert (found.change.now, found.change.before) == (56, 2)
    assert sorted(spot.voices for spot in found.changed) == [16, 16]
    assert all(spot.is_changed for spot in found.spots)


def test_ten_reports_of_one_person_are_one_voice(heard):
    for (east, north), who in zip(LOUD, "ab", strict=True):
        spoken(east + 5000, north, 20, month=6, who=who)
    found = queries.hot_spots(squares())
    assert found.voices == 24 + 32 + 2


def test_what_one_source_says_alone_is_not_certain(heard):
    for east, north in ((-5500, -10500), (-4500, -10500)):
        for month in (1, 4, 7, 10):
            spoken(east, north, 4, month, plane=Plane.POLICE_RECORDS)
    found = queries.hot_spots(squares())
    lone = [spot for spot in found.spots if any(need.name == "police_records" for need in spot.needs)]
    assert [spot.voices for spot in lone] == [16, 16], [(s.code, s.standing, s.voices, s.needs) for s in found.spots]
    assert all(spot.standing is not Standing.HOT for spot in lone)


def test_voices_of_whole_areas_are_counted_apart(heard):
    admit(at=Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, 8_000), when=datetime(2025, 3, 1, tzinfo=UTC))
    found = queries.hot_spots(squares())
    assert (found.voices, found.unplaced) == (56, 1)
    by_commune = queries.hot_spots(squares(cut=Cut.COMMUNES))
    assert (by_commune.voices, by_commune.unplaced) == (57, 0)
    assert not by_commune.is_enough, "two communes are no background"


def test_a_period_that_is_not_over_is_compared_with_the_same_days(heard):
    asked = squares(period=Period.parse("2026"), until=date(2026, 1, 15))
    assert asked.year_before == (date(2025, 1, 1), date(2025, 1, 15))
    assert [part.code for part in asked.parts] == ["2026-Q1"]
    spoken(0, 0, 3, month=1, year=2026)
    spoken(0, 0, 20, month=2, year=2026)
    assert queries.hot_spots(asked).change.now == 3
    assert squares(period=Period.parse("2024"), until=date(2024, 3, 1)).year_before[1] == date(2023, 3, 1)
    assert squares(period=Period.parse("2024"), until=date(2024, 2, 29)).year_before[1] == date(2023, 3, 1)


def test_a_group_is_compared_with_all_voices_of_the_place(heard):
    found = queries.hot_spots(squares(cut=Cut.COMMUNES, group="traffic"))
    assert found.against is Against.ALL_VOICES
    assert found.voices == 56
    assert queries.hot_spots(squares(cut=Cut.COMMUNES, group="water")).voices == 0


def test_squares_that_are_too_many_are_refused():
    with pytest.raises(queries.TooManySquares):
        queries.hot_spots(squares(cut=Cut.CLOSE))
    assert queries.hot_spots(squares(area="100304", cut=Cut.CLOSE)).places > 2000


def test_the_page_lists_what_the_map_shows(later, client, heard):
    page = Page(sign_in(client, officer(unit("1003"))), "/hot-spots?area=1003")
    names = [item.select_one("h2").text for item in page.soup.select(".result")]
    assert len(names) >= 2
    assert "Wyróżnia się razem z sąsiadami" in page.text or "Stands out with its neighbours" in page.text
    assert "2025" in page.text
    drawing = client.get(page.soup.select_one(".split img")["src"])
    assert drawing.mimetype == "image/svg+xml"
    assert all(f">{number}.".encode() in drawing.data for number in range(1, len(names) + 1))
    listed = client.get(page.soup.select_one(".result a")["href"])
    assert listed.status_code == 200


def test_nothing_that_stands_out_is_an_answer(later, client):
    scattered(60)
    page = Page(sign_in(client, officer(unit("1003"))), "/hot-spots?area=1003")
    assert not page.soup.select(".result"), page.soup.select_one(".split").text
    assert page.soup.select_one(".split__list .empty-state")


def test_too_little_is_said(later, client):
    spoken(0, 0, 9)
    page = Page(sign_in(client, officer(unit("1003"))), "/hot-spots?area=1003&cut=communes")
    assert page.soup.select_one(".empty-state")
    assert not page.soup.select_one(".split")
    assert Page(client, "/hot-spots?area=1003&cut=close").soup.select_one(".empty-state")
    assert client.get("/hot-spots.svg?area=1003&cut=close").status_code == 404


def test_a_reader_sees_the_own_areas_alone(later, client, elsewhere, heard):
    own = sign_in(client, officer(unit("1019", "KPP w Zduńskiej Woli")))
    page = Page(own, "/hot-spots?area=1003")
    assert [option["value"] for option in page.soup.select("#filter-area option")] == ["1019"]
    assert not page.soup.select(".result")
    both = sign_in(elsewhere(), coordinator(unit("KGP", "KGP", path="pl/", areas=["10"])))
    offered = [option["value"] for option in Page(both, "/hot-spots").soup.select("#filter-area option")]
    assert offered == ["pl", "10", "1019", "1003"]
    assert client.get("/hot-spots?area=%27&cut=%00&period=x&group=y").status_code == 200


@pytest.mark.parametrize("address", ["/hot-spots", "/hot-spots.svg", "/hot-spots/trends", "/hot-spots/trends.svg"])
def test_residents_and_administrators_see_nothing(client, elsewhere, address):
    assert client.get(address).status_code in {302, 303}
    keeper = sign_in(elsewhere(), administrator(unit("10", "KWP", areas=[])))
    assert keeper.get(address).status_code == 403


def test_whoever_has_no_area_is_told_so(client):
    nowhere = sign_in(client, officer(unit("KWP-W", "Wydział", path="pl/10/w/", areas=[])))
    assert Page(nowhere, "/hot-spots").soup.select_one(".empty-state")
    assert Page(nowhere, "/hot-spots/trends").soup.select_one(".empty-state")
    assert nowhere.get("/hot-spots.svg").status_code == nowhere.get("/hot-spots/trends.svg").status_code == 404


# Trends


def test_a_month_is_marked_only_when_it_differs_from_a_year_before():
    for year in (2024, 2025):
        for month in range(1, 13):
            spoken(0, 0, 3, month, year)
    spoken(0, 0, 15, 7, 2025, category="akty_wandalizmu")
    found = queries.monthly("1003", date(2026, 1, 1))
    assert [month.count for month in found.together.months] == [3] * 6 + [15] + [3] * 5, (
        "whoever spoke of two things is one person"
    )
    assert found.together.change.before == 36
    damage, parking = sorted(found.lines, key=lambda line: line.category)
    assert [month.first.month for month in damage.marked] == [7]
    assert not parking.marked
    assert not parking.is_marked
    assert queries.monthly("1019", date(2026, 1, 1)).together.change.now == 0


def test_the_last_month_is_compared_up_to_the_same_day():
    spoken(0, 0, 20, month=1, year=2025)
    spoken(0, 0, 5, month=1, year=2026)
    last = queries.monthly("1003", date(2026, 1, 11)).together.months[-1]
    assert (last.first, last.count, last.change.before) == (date(2026, 1, 1), 5, 10)


def test_the_page_of_trends_says_what_differs(later, client):
    spoken(0, 0, 25, month=7)
    page = Page(sign_in(client, officer(unit("1003"))), "/hot-spots/trends?area=1003")
    assert not page.soup.select("#marked ~ ul li"), "voices have not been gathered for two years"
    spoken(5000, 0, 1, month=1, year=2024)
    spoken(5000, 0, 1, month=1, year=2023)
    page = Page(sign_in(client, officer(unit("1003"))), "/hot-spots/trends?area=1003")
    assert page.soup.select("#marked ~ ul li")
    assert len(page.soup.select("details table tbody tr")) == 24
    drawn = client.get(page.soup.select_one("section img")["src"])
    assert drawn.mimetype == "image/svg+xml"
    assert b"25" in drawn.data


def test_the_number_of_statements_does_not_grow_with_the_places(heard, queries_counted):
    few = queries_counted(lambda: queries.hot_spots(squares()))
    scattered(60)
    assert queries_counted(lambda: queries.hot_spots(squares())) == few
