"""Everybody reads every address there is: no words come out but those that the field matrix lets them read."""

import sys
from collections import defaultdict
from contextlib import suppress

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.rights import matrix, planting


def test_every_column_that_holds_words_has_a_class():
    """Whoever adds a text to a table says whose eyes it is for."""
    assert matrix.texts() == set(matrix.CLASSES)


NOWHERE_PLANTED = {
    ("meeting", "opened_again_because"): "tests/debates/test_minutes_approval.py opens minutes again",
    ("hand_over", "map_svg"): "a drawing that holds no words of anybody",
    ("survey_loose_end", "content"): "rests for a moment between mixing and the map; its words come from answers",
}
"""Columns without a marker, and why."""


def test_every_private_column_holds_a_marker(world):
    planted = planting.planted()
    empty = {column for column, numbers in planted.items() if not numbers}
    assert empty == set(NOWHERE_PLANTED)


def leaks(world, answers):
    """What came out to somebody who may not read it: by endpoint and column, who read it in which rows."""
    found = defaultdict(set)
    for (reader, endpoint, _url), answer in answers.items():
        for table, column, number in answer.markers:
            if not may_read(world, reader, endpoint, table, column, number):
                found[endpoint, f"{table}.{column}"].add((reader.name, number))
        for secret in answer.secrets:
            found[endpoint, secret].add(reader.name)
    return dict(found)


def may_read(world, reader, endpoint, table, column, number):
    if (table, column) in matrix.ON_PURPOSE.get(endpoint, ()) or (table, number) == ("account", str(reader.account_id)):
        return True
    is_published = (table, number) not in world.unpublished
    path = world.path_of(table, number)
    return matrix.may_read(matrix.MATRIX[table, column], reader.role, reader.scope, path, is_published=is_published)


def test_no_words_come_out_but_those_that_the_matrix_allows(world, crawled):
    """The canary crawl: every address, download, document and answer for programs, as everybody who may open it."""
    assert leaks(world, crawled) == {}


def test_markup_in_any_text_is_text_on_every_page(crawled):
    """S01, S02: markup that somebody typed becomes no element in a page, a drawing, a feed or a printed document."""
    assert {endpoint for (_reader, endpoint, _url), answer in crawled.items() if answer.holds_markup} == set()


def test_no_page_leads_its_reader_to_what_is_refused_to_them(world, crawled):
    """A link or a button that ends in "you may not" tells its reader that they have done something wrong."""
    routes = world.app.url_map.bind("localhost")
    trouble, followed = {}, 0
    for (reader, endpoint, _url), answer in crawled.items():
        for method, path in answer.links if answer.status == 200 else ():
            with suppress(HTTPException, RequestRedirect):
                aim, _values = routes.match(path, method=method)
                audience = world.app.view_functions[aim].audience if aim != "static" else "public"
                followed += 1
                if audience != "public" and reader.role not in audience:
                    trouble.setdefault((endpoint, aim), set()).add(reader.role)
    assert followed > 10_000
    assert trouble == {}


SAYS_SO = {"upkeep.ready"}
"""Whose 503 is its answer: what is missing before requests can be sent here."""


def test_no_address_fails(crawled):
    failed = {endpoint for (_reader, endpoint, _url), answer in crawled.items() if answer.status >= 500}
    assert failed - SAYS_SO == set()


LEADS_ON = {
    "accounts.second_step": "stands between a password and its code alone: tests/accounts/test_second_step.py",
    "api.unknown": "answers what the API does not have",
    "basemap.tile": "there is no background here: tests/basemap",
    "debates.published_proposal": "leads on to the requests of its debate",
    "debates.statement": "leads on to the minutes",
    "legal.security": "is 404 until an installation names a contact: tests/cases/test_security_contact.py",
    "open311.token": "tests/open311 sends a report and asks for its token",
    "open311.unknown": "answers what Open311 does not have",
    "paper.go_to_sheet": "leads on to the sheet",
    "paper.mark": "leads on to the sheet",
    "paper.next_sheet": "leads on to the sheet",
    "surveys.rewrite": "leads to the file of a survey that holds more than the screen shows: tests/surveys/test_write.py",
    "surveys.settle_text": "leads back until two people have read all: tests/surveys/test_coding.py",
    "threats.next_pair": "leads on to the pair",
    "web.language_choice": "leads back",
}
"""Addresses that show nothing of their own here, and why."""

REACHED = {200, 422}


def test_somebody_reaches_every_address_or_it_is_said_why_not(world, crawled, capsys):
    """An address that nobody reached has not been looked at, whatever stands there."""
    all_of_them = {rule.endpoint for rule in world.app.url_map.iter_rules() if "GET" in rule.methods}
    reached = {endpoint for (_reader, endpoint, _url), answer in crawled.items() if answer.status in REACHED}
    with capsys.disabled():
        sys.stdout.write(f"\n{len(crawled)} answers; {len(reached)} of {len(all_of_them)} addresses reached\n")
    assert all_of_them - reached - SAYS_SO == set(LEADS_ON)


SEEN_NOWHERE = {
    ("api_key", "name"), ("commitment_change", "outcome"), ("hand_over", "facts"), ("hand_over", "map_svg"),
    ("job_run", "result"), ("link", "end_reason"), ("meeting", "opened_again_because"), ("minutes_edition", "full"),
    ("minutes_edition", "public"), ("paper_sheet", "withdrawn_because"), ("partner_answer", "passed_to"),
    ("report_outcome", "review"), ("ruling", "reason"), ("survey_loose_end", "content"),
    ("survey_submission", "answers"), ("survey_theme_edition", "themes"),
}  # fmt: skip
"""Columns whose markers nobody meets: commands alone show them, or they are copies that name other columns."""


def test_the_markers_of_all_other_columns_are_met_by_somebody(crawled):
    """The crawl is not blind: what may be read is found where it stands."""
    met = {marker[:2] for answer in crawled.values() for marker in answer.markers}
    assert set(matrix.MATRIX) - met <= SEEN_NOWHERE


def test_a_planted_leak_is_found(world, client_of, crawler, monkeypatch):
    """A page that shows everybody a note of the police is caught, in small letters and in pieces no less."""
    note = planting.marker("threat_note", "text", 1)
    secret = max(planting.secrets(), key=len)
    shown = f"<p>{note.lower()}</p><svg><tspan>{note[:12]}</tspan> <tspan>{note[12:]}</tspan></svg>{secret}{planting.MARKUP}"
    monkeypatch.setitem(world.app.view_functions, "upkeep.health", lambda: shown)
    anybody = world.readers[0]
    answer = crawler.read(client_of(anybody), "/health")
    found = leaks(world, {(anybody, "upkeep.health", "/health"): answer})
    assert answer.holds_markup
    assert found == {
        ("upkeep.health", "threat_note.text"): {("anonymous", "1")},
        ("upkeep.health", secret): {"anonymous"},
    }
