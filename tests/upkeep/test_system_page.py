"""The page of how the installation stands: for administrators, in their language, the broken first."""

from consult.db import db
from consult.upkeep import checkup
from consult.upkeep.checkup import State
from tests.accounts.makers import administrator, head, sign_in, unit
from tests.pages import Page


def page(client, address="/system"):
    return Page(sign_in(client, administrator(unit("1003"))), address)


def shown(found):
    """Each thing that the page lists: its name, how it stands, and what mends it."""
    trouble = {
        one.h2.text.strip(): (one.select_one(".status").text.strip(), one.code.text if one.code else "")
        for one in found.soup.select("main .result")
    }
    return trouble | {one.text.strip(): ("W porządku", "") for one in found.soup.select("main dt")}


def test_what_does_not_work_stands_first_with_the_command_that_mends_it(world, client, monkeypatch):
    monkeypatch.setattr(checkup.districts, "districts", list)
    found = page(client)
    listed = shown(found)
    assert listed["Granice"] == ("Nie działa", "flask districts import")
    order = [state for state, _command in listed.values()]
    assert order == sorted(order, key=["Nie działa", "Wymaga uwagi", "W porządku"].index)
    assert f"{order.count('Nie działa')} rzecz" in found.text


def test_what_takes_seconds_is_looked_at_when_it_is_asked_for(world, client, monkeypatch):
    monkeypatch.setattr(checkup, "_printing", lambda: (State.WELL, "a page was printed"))
    quick = page(client)
    assert not {"Poczta", "Drukowanie", "Dziennik czynności"} & set(shown(quick))
    asked = quick.soup.select_one("main a[href='/system?whole=1']")["href"]
    whole = shown(Page(client, asked))
    assert {"Poczta", "Drukowanie", "Dziennik czynności"} <= set(whole)
    assert len(whole) == len(checkup.findings())


def test_a_check_that_breaks_off_is_a_line_and_not_an_error(world, client, monkeypatch):
    monkeypatch.setattr(checkup.districts, "districts", lambda: 1 / 0)
    found = page(client)
    assert shown(found)["Granice"][0] == "Nie działa"
    assert "ZeroDivisionError" in found.text


def test_it_is_no_business_of_others(world, client):
    sign_in(client, head(unit("1003")))
    db.session.commit()
    assert client.get("/system").status_code == 403
