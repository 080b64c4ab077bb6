"""The header of the police: few groups, nothing lost for any role, and it says where its reader is."""

import pytest

from consult.desk.navigation import BELONGS, STAFF
from consult.web.roles import Role
from tests.accounts import makers
from tests.pages import Page

EVERYWHERE = {"/today", "/", "/threats", "/police-records"}
READS = {
    "/threats/suggestions",
    "/debates",
    "/surveys",
    "/summaries",
    "/tasks",
    "/hot-spots",
    "/allocation",
    "/threats/observations",
    "/threats/waiting-times",
    "/online-reports/replies",
    "/partners",
}
OFFERED = {
    Role.OFFICER: EVERYWHERE | READS | {"/online-reports/screening", "/online-reports/enter"},
    Role.HEAD: EVERYWHERE | READS
    | {"/online-reports/screening", "/online-reports/enter", "/threats/reason-templates", "/units", "/accounts"},
    Role.COORDINATOR: EVERYWHERE | READS | {"/feedback", "/banners", "/threats/reason-templates"},
    Role.ADMINISTRATOR: EVERYWHERE | {"/units", "/accounts", "/districts/sets", "/system"},
}  # fmt: skip


@pytest.fixture
def opened(app, world):
    """Open a page as somebody of a role."""

    def open_as(role, path="/today", status=200):
        makers.unit()
        person = {
            Role.OFFICER: makers.officer,
            Role.HEAD: makers.head,
            Role.COORDINATOR: makers.coordinator,
            Role.ADMINISTRATOR: makers.administrator,
        }[role]()
        return Page(makers.sign_in(app.test_client(), person), path, status=status)

    return open_as


def links(page):
    return [link["href"] for link in page.soup.select("#staff-navigation a")]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_pages_once_in_at_most_five_groups_and_may_open_them(opened, role):
    page = opened(role)
    found = links(page)
    assert sorted(found) == sorted(OFFERED[role])
    assert len(page.soup.select("#staff-navigation > li")) <= 5
    assert [path for path in found if page.client.get(path).status_code != 200] == []


@pytest.mark.parametrize("role", list(Role))
def test_a_group_of_one_page_is_that_page(opened, role):
    page = opened(role)
    for part in page.soup.select("#staff-navigation > li"):
        assert (part.details is None) == (len(part.select("a")) == 1)
        assert part.details is None or part.details.find(recursive=False).name == "summary"


@pytest.mark.parametrize(
    ("path", "group", "entry", "standing"),
    [
        ("/today", None, "/today", "page"),
        ("/threats/suggestions", "Map and threats", "/threats/suggestions", "page"),
        ("/debates/new", "Voices of residents", "/debates", "true"),
        ("/online-reports/screening/decided", "Voices of residents", "/online-reports/screening", "true"),
        ("/online-reports/entered", "Voices of residents", "/online-reports/enter", "true"),
        ("/threats/reason-templates/new", "Administration", "/threats/reason-templates", "true"),
        ("/accounts/new", "Administration", "/accounts", "true"),
        ("/partners/new", "Administration", "/partners", "true"),
        ("/units", "Administration", "/units", "page"),
    ],
)
def test_the_menu_says_where_its_reader_is(opened, path, group, entry, standing):
    page = opened(Role.HEAD, path)
    [current] = page.soup.select("#staff-navigation [aria-current]")
    assert (current["href"], current["aria-current"]) == (entry, standing)
    [part] = page.soup.select(".staff-menu__part--current")
    assert part.select_one(f"a[href='{entry}']")
    assert (part.summary is None) == (group is None)


def test_a_page_that_stands_in_no_menu_marks_nothing(opened):
    page = opened(Role.OFFICER, "/search")
    assert page.soup.select("#staff-navigation [aria-current]") == []


def test_the_search_is_in_the_header_of_those_who_may_search(opened):
    page = opened(Role.OFFICER)
    form = page.soup.select_one("header form[role=search]")
    answer = page.client.post(form["action"], data=page.fields(form) | {"text": "ZG-2026-000001"})
    assert answer.status_code == 200
    assert "ZG-2026-000001" in answer.text
    assert opened(Role.OFFICER, "/search").soup.select("header form[role=search]") == []
    assert opened(Role.ADMINISTRATOR).soup.select("header form[role=search]") == []


def test_every_entry_is_in_one_group_only():
    names = [entry.endpoint for group in STAFF for entry in group.entries]
    assert len(names) == len(set(names))


def test_the_menu_names_only_pages_that_exist(app):
    named = {entry.endpoint for group in STAFF for entry in group.entries} | set(BELONGS)
    named.update(page for pages in BELONGS.values() for page in pages)
    assert named - set(app.view_functions) == set()


def test_what_the_coordinator_does_with_opinions_stands_under_them():
    assert {"surveys.review", "surveys.new_change", "surveys.edit_wish", "surveys.satisfaction"} <= set(
        BELONGS["surveys.feedback"]
    )
