"""Pages of drafts and of the edition for staff: who sees them, who releases, what everybody reads afterwards."""

import pytest

from consult.audit.models import AuditEntry
from consult.db import db
from consult.period import Period
from consult.summaries import operations, versions
from consult.summaries.figures import Edition
from consult.summaries.shelf import Slot
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page
from tests.summaries.makers import publish

QUARTER = Period.parse("2026-Q3")
SLOT = Slot("1003", "2026-Q3", Edition.PUBLIC, "pl")
FILE = "/summaries/2026-Q3/1003.pdf"


@pytest.fixture
def draft(shelf, renderer):
    admit()
    operations.write("1003", QUARTER, renderer=renderer)
    return versions.waiting(SLOT)


@pytest.fixture
def chief(client):
    return sign_in(client, head(unit("1003")))


def test_a_draft_is_taken_along_under_a_name_that_says_what_it_is(draft, chief):
    for kind in ("pdf", "json"):
        with chief.get(f"/summaries/drafts/{draft.id}.{kind}") as taken:
            assert taken.headers["Content-Disposition"].endswith(f"filename=1003-laski-2026-Q3-szkic.{kind}")


def test_an_officer_looks_and_the_head_releases(draft, client, app):
    page = Page(sign_in(client, officer(unit("1003"))), f"/summaries/drafts/{draft.id}")
    assert page.soup.find("table")
    assert page.send(f"/summaries/drafts/{draft.id}/look").status_code == 302
    assert not page.soup.find("a", href=f"/summaries/drafts/{draft.id}/release")
    assert client.get(f"/summaries/drafts/{draft.id}/release").status_code == 403
    everybody = app.test_client()
    assert everybody.get(FILE).status_code == 404
    release = Page(sign_in(app.test_client(), head(unit("1003"))), f"/summaries/drafts/{draft.id}/release")
    assert not release.soup.find("input", {"name": "looked"})
    assert release.send().status_code == 302
    with everybody.get(FILE) as answer:
        assert answer.data.startswith(b"%PDF-1.7")
    assert "komendant" in Page(everybody, "/districts/1003/statistics?period=2026-Q3").text
    assert client.get(f"/summaries/drafts/{draft.id}").status_code == 404


def test_a_head_who_has_not_looked_is_told_so(draft, chief):
    answer = Page(chief, f"/summaries/drafts/{draft.id}/release").send()
    assert answer.status_code == 422
    assert chief.get(FILE).status_code == 404


def test_a_correction_without_a_reason_is_refused_at_the_field(draft, chief, renderer):
    publish("1003", QUARTER, renderer=renderer)
    admit("alkohol", metres_away(900, 400))
    operations.write("1003", QUARTER, renderer=renderer)
    page = Page(chief, f"/summaries/drafts/{versions.waiting(SLOT).id}/release")
    refused = page.send(looked="y")
    assert refused.status_code == 422
    assert "because-error" in refused.text
    assert page.send(looked="y", because="Doszło spotkanie z 3 lipca.").status_code == 302
    words = Page(chief, "/districts/1003/statistics?period=2026-Q3").text
    assert "Doszło spotkanie z 3 lipca." in words
    assert f"{FILE}?version=1" in words


def test_all_that_are_shown_are_released_by_one_press(shelf, client, renderer):
    above = unit("10", "Komenda Wojewódzka", areas=[])
    unit("1003")
    unit("1019", "Komenda w Zduńskiej Woli")
    for code in ("1003", "1019"):
        operations.write(code, QUARTER, renderer=renderer)
    chief = sign_in(client, head(above))
    page = Page(chief, "/summaries/drafts?period=2026-Q3")
    form = page.soup.select_one("form[action='/summaries/drafts/release']")
    shown = [field["value"] for field in form.select("input[name=shown]")]
    assert len(shown) == 2
    token = form.select_one("input[name=csrf_token]")["value"]
    refused = chief.post("/summaries/drafts/release", data={"csrf_token": token, "shown": shown})
    assert refused.status_code == 422
    assert chief.get(FILE).status_code == 404
    sent = {"csrf_token": token, "shown": [shown[0], "77 x", "x y"], "looked": "y"}
    assert chief.post("/summaries/drafts/release", data=sent).status_code == 302
    for code, status in (("1003", 200), ("1019", 404)):
        with chief.get(f"/summaries/2026-Q3/{code}.pdf") as answer:
            assert answer.status_code == status


def test_nobody_sees_or_releases_drafts_of_other_districts(draft, client, app):
    unit("1019", "Komenda w Zduńskiej Woli")
    stranger = sign_in(client, head(unit("1019", "Komenda w Zduńskiej Woli")))
    for address in ("", ".pdf", ".json", "/map.svg", "/release"):
        assert stranger.get(f"/summaries/drafts/{draft.id}{address}").status_code == 404
    assert not Page(stranger, "/summaries/drafts").soup.find("table")
    everybody = app.test_client()
    for address in ("", ".pdf", ".json", "/map.svg"):
        assert everybody.get(f"/summaries/drafts/{draft.id}{address}").status_code == 302
    for address in ("/summaries/drafts/2026-Q3/1003.pdf", "/summaries/drafts.pdf"):
        assert everybody.get(address).status_code == 404


def test_a_coordinator_reads_drafts_and_releases_none(draft, client):
    page = Page(sign_in(client, coordinator(unit("1003"))), "/summaries/drafts")
    assert page.soup.find("a", href=f"/summaries/drafts/{draft.id}")
    assert client.get(f"/summaries/drafts/{draft.id}/release").status_code == 403
    assert client.post("/summaries/drafts/release").status_code in {400, 403}


def test_files_and_drawings_of_a_draft_are_kept_by_no_browser(draft, chief):
    for address in ("", ".pdf", ".json", "/map.svg", "/states.svg", "/change.svg"):
        with chief.get(f"/summaries/drafts/{draft.id}{address}") as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_edition_for_staff_is_a_page_too_and_its_readers_are_noted(shelf, renderer, chief):
    admit("bezdomny_pomoc")
    operations.write("1003", QUARTER, Edition.INTERNAL, renderer=renderer)
    page = Page(chief, "/summaries/internal/2026-Q3/1003")
    assert page.soup.find("table")
    for name in ("map", "states", "change"):
        assert chief.get(f"/summaries/internal/2026-Q3/1003/{name}.svg").status_code == 200
    assert chief.get("/summaries/internal/2026-Q3/1019").status_code == 404
    assert chief.get("/summaries/internal/2026-Q2/1003").status_code == 404
    noted = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "open")).all()
    assert [one.object_kind for one in noted] == ["internal_summary"]


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["summaries", *arguments])


def test_the_command_releases_what_a_head_decided(draft, app):
    chief = head(unit("1003"))
    assert run(app, "release", "1003", "--period", "2026-Q3", "--by", "nobody@policja.example").exit_code == 1
    assert run(app, "release", "1019", "--period", "2026-Q3", "--by", chief.email).exit_code == 1
    done = run(app, "release", "--all", "--period", "2026-Q3", "--by", chief.email)
    assert (done.exit_code, done.stdout) == (0, '{"released": 1, "unchanged": 0, "refused": 0}\n')
    with app.test_client().get(FILE) as answer:
        assert answer.status_code == 200
    again = run(app, "release", "--all", "--period", "2026-Q3", "--by", chief.email)
    assert again.stdout == '{"released": 0, "unchanged": 1, "refused": 0}\n'


def test_the_command_refuses_a_correction_without_a_reason(draft, app, renderer):
    publish("1003", QUARTER, renderer=renderer)
    admit("alkohol", metres_away(900, 400))
    operations.write("1003", QUARTER, renderer=renderer)
    chief = head(unit("1003"))
    asked = ("release", "1003", "--period", "2026-Q3", "--by", chief.email)
    refused = run(app, *asked)
    assert refused.exit_code == 1
    assert "1003" in refused.stderr
    assert run(app, *asked, "--reason", "Doszło spotkanie.").exit_code == 0
