"""The public front page."""

from consult.clock import now
from tests.accounts.makers import officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page


def test_the_front_page_opens_for_everyone(client):
    assert Page(client, "/").soup.h1


def test_an_unknown_address_says_so_and_what_to_do(client):
    page = Page(client, "/no-such-page", status=404)
    assert page.soup.h1


def test_the_map_says_the_same_as_the_list_beside_it(client, world):
    for k in range(3):
        admit("parkowanie", at=metres_away(k * 900, 0), when=now())
    page = Page(client, "/?district=1003")
    assert len(page.soup.select("[data-feature-id]")) == 3
    assert page.soup.find("kmzb-map")["src"] == "/threats/cells.geojson?district=1003"


def test_a_district_has_a_page_and_an_unknown_one_does_not(client, world):
    admit("parkowanie", when=now())
    assert "powiat łaski" in Page(client, "/districts/1003").soup.h1.text
    Page(client, "/districts/9999", status=404)


def test_staff_see_what_is_due_and_residents_do_not(client, world):
    admit("parkowanie", when=now())
    assert client.get("/today").status_code == 302
    page = Page(sign_in(client, officer(unit("1003"))), "/today")
    assert page.soup.select_one(".key-figure__value").text.strip() == "1"


def test_staff_have_one_menu(client, world):
    assert "/online-reports/new" in Page(client, "/threats").soup.header.decode()
    staff = Page(sign_in(client, officer(unit("1003"))), "/threats").soup.header.decode()
    assert "/online-reports/new" not in staff
    assert "/today" in staff
