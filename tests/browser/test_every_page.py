"""Every page that exists, as its readers see it: no axe finding, no sideways scrolling, no stranger asked."""

import re

import pytest

from consult.web.roles import Role
from tests.browser.conftest import EVERYTHING
from tests.browser.samples import NAMED_NOWHERE, sample

WIDE, BETWEEN, NARROW = 1280, 660, 320
BY_RIGHTS = (Role.HEAD, Role.OFFICER, Role.COORDINATOR, Role.ADMINISTRATOR)
"""Roles of staff, from who may do most on the pages that several may open. A head may do all that an officer may."""

FILES = re.compile(r"\.(txt|pdf|svg|geojson|json|xml|atom|png|md|xlsx|docx|csv|gpkg|ics|mvt)(\?|$)")
FOR_PROGRAMS = ("api.", "basemap.", "open311.", "police.", "static", "upkeep.")


def looks(role, audience):
    """Tell whether a role looks at a page for all who may open it.

    What everybody may open looks alike to all of the police but for the header: one role looks at it for the others. A
    page of the police is looked at by the one who may do most there, and by the one who may do least.
    """
    if audience == "public":
        return EVERYTHING or role in {None, Role.HEAD}
    may_open = [one for one in BY_RIGHTS if one in audience]
    if EVERYTHING or not may_open:
        return role in may_open
    return role in {may_open[0], may_open[-1]} - ({Role.OFFICER} if Role.HEAD in audience else set())


def pages(site, role):
    """The addresses of all pages that a role looks at, one example each."""
    with site.app.app_context():
        found = {}
        for rule in site.app.url_map.iter_rules():
            audience = getattr(site.app.view_functions[rule.endpoint], "audience", ())
            if (
                rule.endpoint.startswith(("static", "upkeep."))
                or "GET" not in rule.methods
                or not looks(role, audience)
            ):
                continue
            values = sample(rule, role)
            if values is not None:
                found[rule.endpoint] = values
    return {name: site.address(name, **values) for name, values in sorted(found.items())}


def test_every_page_is_looked_at_or_it_is_said_why_not(site):
    with site.app.app_context():
        rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in rule.methods]
        ours = [rule for rule in rules if not rule.endpoint.startswith(FOR_PROGRAMS) and not FILES.search(rule.rule)]
        unnamed = {rule.endpoint for rule in ours if sample(rule) is None}
    assert unnamed == set(NAMED_NOWHERE)


def test_somebody_looks_at_every_page_of_the_police(site):
    rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "static"]
    audiences = {rule.endpoint: getattr(site.app.view_functions[rule.endpoint], "audience", ()) for rule in rules}
    unseen = {name for name, audience in audiences.items() if not any(looks(role, audience) for role in (None, *Role))}
    assert unseen == set()


def test_what_is_wrong_with_a_page_is_found(visit):
    window = visit(WIDE)
    window.page.set_content(
        "<!doctype html><html lang=en><title>One</title><main><h1>One</h1><img src='data:,'></main>"
    )
    assert [found for found in window.findings() if found.startswith("image-alt:")] != []


def is_page(response):
    return response is not None and "text/html" in response.headers.get("content-type", "")


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.HEAD, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_no_page_has_an_axe_finding_or_an_error(visit, site, role):
    window = visit(WIDE, role=role)
    trouble = {}
    for name, address in pages(site, role).items():
        if FILES.search(address) or name in {
            "web.language_choice",
            "accounts.sign_out",
        }:
            continue
        response = window.open(address)
        if not is_page(response):
            window.complaints.clear()  # what is for programs is tried by their tests
            continue
        found = window.findings() + window.complaints
        if response.status >= 400:
            found.append(f"status {response.status}")
        window.complaints.clear()
        if found:
            trouble[name] = found
    assert trouble == {}, "\n".join(f"{k}: {v}" for k, v in trouble.items())


@pytest.mark.parametrize("width", [NARROW, BETWEEN])
@pytest.mark.parametrize("role", [None, Role.HEAD, Role.ADMINISTRATOR])
def test_no_page_scrolls_sideways_or_cuts_off_its_words(visit, site, role, width):
    """On a small phone, and on the narrowest window in which tables are not stacked."""
    window = visit(width, 640, role=role)
    trouble = {}
    for name, address in pages(site, role).items():
        if FILES.search(address) or name == "web.language_choice":
            continue
        if is_page(window.open(address)):
            wide = window.overflow()
            found = window.troubles() + ([f"{wide} px too wide"] if wide > 0 else [])
            if found:
                trouble[name] = found
    assert trouble == {}, "\n".join(f"{k}: {v}" for k, v in trouble.items())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_public_pages_hold_in_dark_and_in_every_language(visit, site, scheme, language):
    window = visit(400, 800, color_scheme=scheme)
    window.open(site.address("web.language_choice", code=language, next="/"))
    trouble = {}
    for name in ("desk.home", "threats.index", "online_reports.new", "debates.proposals", "accounts.sign_in"):
        window.open(site.address(name))
        assert window.page.locator("html").get_attribute("lang") == language
        found = window.findings()
        if found:
            trouble[name] = found
    assert trouble == {}, "\n".join(f"{k}: {v}" for k, v in trouble.items())
