"""Requests of real debates as one story in Chromium: typed on the live screen, answered, approved, read by everybody.

    script/trial requests [--pictures FOLDER]

An officer of each unit enters the debates of the reference data beside the repository, every other one without a
connection and with a browser started anew; confirms what the product recognised; asks somebody for each request, writes
the answers that were published; the head approves; everybody reads. Last, an evaluating debate is planned, and its
briefing printed. The days of the debates are the trial's own, since only their years are known. Counts what came to be,
and fails when a line is lost, doubled or not read. Where the reference data are absent, it says so and tries nothing.
"""

import argparse
import json
import logging
import secrets
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import url_for
from flask_migrate import upgrade
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import func, select
from werkzeug.serving import make_server

from benchmarks.place_recognition import COUNTRY, REQUESTS
from consult.accounts import operations as accounts
from consult.accounts.models import LinkPurpose
from consult.app import create_app
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.config import Config
from consult.db import db, transaction
from consult.observations.models import Observation
from consult.web.roles import Role
from debates.models import Meeting, Proposal, Statement
from debates.outcomes import ProposalStatus
from tests.browser.conftest import CHROMIUM, FLAGS, finishing

IMPORTS = (("catalogue", "load"), *COUNTRY)
PASSED_ON = "zarządc"
GIVEN_BY = {"wójt": "wójt gminy", "komendanta powiatowego psp": "zastępca komendanta powiatowego PSP"}
PHONE, DESK = {"width": 360, "height": 800}, {"width": 1280, "height": 900}


@dataclass
class Debate:
    """A debate of the reference data: where, whose, what was asked for, and what was published about it."""

    unit: str
    district: str
    town: str
    requests: list[dict]
    meeting_id: int = 0

    @property
    def title(self):
        return f"Debata społeczna: {self.town}"


@dataclass
class Trial:
    """The served product, the browser, and where pictures go."""

    app: object
    url: str
    playwright: object
    folder: Path
    pictures: Path | None
    people: dict = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)

    def address(self, endpoint, **values):
        with self.app.test_request_context():
            return self.url + url_for(endpoint, **values)

    def device(self, unit, role):
        """Switch a person's own computer on; what it keeps stays on its disk."""
        context = self.playwright.chromium.launch_persistent_context(
            self.folder / f"{unit}-{role}", executable_path=CHROMIUM, args=FLAGS, locale="pl-PL", viewport=DESK
        )
        context.set_default_timeout(20_000)
        return context

    def sign_in(self, context, unit, role):
        page = context.pages[0]
        email, password = self.people[unit, role]
        page.goto(self.address("accounts.sign_in"))
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_load_state()
        return page

    def picture(self, page, name):
        """Take the page as a phone and as a desk show it."""
        if self.pictures is None:
            return
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.screenshot(path=self.pictures / f"{name}-{size['width']}.png", full_page=True)

    def keep(self, content, name):
        if self.pictures is not None:
            (self.pictures / name).write_bytes(content)


def debates():
    """The debates of the file, each with its requests in their order."""
    found = {}
    for one in json.loads(REQUESTS.read_text(encoding="utf-8")):
        place = one["police_unit"], one["powiat_teryt"], one["debate_place"]
        found.setdefault(place, Debate(*place, [])).requests.append(one)
    return list(found.values())


def begin(trial, all_debates):
    """Load the country's boundaries and names, and open accounts of an officer and a head in each unit."""
    with trial.app.app_context():
        upgrade()
        db.session.remove()
    for words in IMPORTS:
        ran = trial.app.test_cli_runner().invoke(args=list(words))
        assert ran.exit_code == 0, ran.output
    districts = {debate.unit: debate.district for debate in all_debates}
    with trial.app.app_context():
        for number, (name, district) in enumerate(districts.items(), 1):
            open_accounts(trial, name, f"U{number}", district)
        db.session.remove()


def open_accounts(trial, name, code, district):
    with transaction():
        unit = accounts.create_unit(code, name, f"{code}/", [district])
        for role in (Role.OFFICER, Role.HEAD):
            email, password = f"{role.value}@{code}.example".lower(), secrets.token_urlsafe(18)
            account = accounts.create(email, "funkcja z próby", role, unit)
            accounts.set_password(accounts.issue_link(account, LinkPurpose.FIRST_PASSWORD, account.id), password)
            trial.people[name, role] = email, password


def convene(trial, page, debate, day):
    """Enter the record of a debate; the next page is the live screen."""
    page.goto(trial.address("debates.new"))
    page.locator("[name=kind]").first.wait_for(state="attached")
    choose(page, "kind", "opening_debate")
    page.locator("input[name=title]").fill(debate.title)
    page.locator("input[name=held_on]").fill(day.isoformat())
    page.locator("input[name=venue]").fill(debate.town)
    submit(page)
    debate.meeting_id = int(page.url.split("/debates/")[1].split("/")[0])


def choose(page, name, value):
    field = page.locator(f"[name={name}]").first
    if field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(value)
    else:
        page.locator(f"[name={name}][value='{value}']").check()


def submit(page):
    with page.expect_navigation():
        page.locator("main form .govuk-button:not(.govuk-button--secondary)[type=submit]").last.click()


def type_lines(trial, context, page, debate, *, online):
    """Type what was asked for; without a connection the browser is started anew before it sends."""
    page.goto(trial.address("debates.statements", meeting_id=debate.meeting_id))
    page.locator("[data-live][data-waits]").wait_for(state="attached")
    page.locator(".live__ready").wait_for()
    if not online:
        context.set_offline(True)
    text = page.locator("[data-live] textarea[name=text]")
    for one in debate.requests:
        line = f"> {one['request']}"
        text.fill(line)
        if online:
            take_offers(trial, page)
        text.press("Enter")
        expect(text).to_have_value("")
    if online:
        page.locator("[data-live][data-waits='0']").wait_for(state="attached")
        trial.picture(page, f"1-live-{debate.meeting_id}")
        return context, page
    expect(page.locator(".outbox__line--kept")).to_have_count(len(debate.requests))
    trial.picture(page, f"1-offline-{debate.meeting_id}")
    context.close()
    context = trial.device(debate.unit, Role.OFFICER)
    page = trial.sign_in(context, debate.unit, Role.OFFICER)
    page.goto(trial.address("debates.statements", meeting_id=debate.meeting_id))
    page.locator("[data-live][data-waits='0']").wait_for(state="attached")
    return context, page


def take_offers(trial, page):
    """Take the first place and the first category that the words were recognised to mean, by keyboard."""
    with page.expect_response(lambda got: "/offers" in got.url):
        pass
    for name, row in (("places", "Miejsce"), ("categories", "Kategoria")):
        button = page.locator(f".live__offer-row:has-text('{row}') button").first
        if button.count():
            button.press("Enter")
            trial.counts[f"{name} taken while typing"] += 1
        else:
            trial.counts[f"{name} not recognised while typing"] += 1


def complete(trial, page, debate):
    """Confirm in the list what the words name, and give a category to what has none."""
    page.goto(trial.address("debates.statements", meeting_id=debate.meeting_id))
    expect(page.locator("#minutes li.result")).to_have_count(len(debate.requests))
    while (offers := page.locator("#minutes .complete:not(form) button")).count():
        with page.expect_navigation():
            offers.first.click()
        trial.counts["places confirmed in the list"] += 1
    with trial.app.app_context():
        chosen = select(Statement.id, Statement.text, Statement.category_code).where(
            Statement.meeting_id == debate.meeting_id
        )
        lacking = [(number, text) for number, text, code in db.session.execute(chosen) if code is None]
        codes = {one.name("pl"): one.code for one in catalogue.everything()}
        db.session.remove()
    named = {one["request"]: codes.get(one["kmzb_category_by_us"]) for one in debate.requests}
    for number, text in lacking:
        if named.get(text):
            page.goto(trial.address("debates.edit_statement", meeting_id=debate.meeting_id, statement_id=number))
            page.locator("select[name=category_code]").select_option(named[text])
            submit(page)
            trial.counts["categories given in the list"] += 1
    page.goto(trial.address("debates.statements", meeting_id=debate.meeting_id))
    trial.picture(page, f"2-completed-{debate.meeting_id}")


def ask(trial, page, debate):
    """Put the requests of the minutes in the list, say who is asked, write the answers that were published."""
    page.goto(trial.address("debates.requests", meeting_id=debate.meeting_id))
    with page.expect_navigation():
        page.locator("form[action$='/requests/from-statements'] button").click()
    due = (today() + timedelta(days=30)).isoformat()
    for one in page.locator("input[name^=due_on_]").all():
        one.fill(due)
    submit(page)
    trial.picture(page, f"3-requests-{debate.meeting_id}")
    with trial.app.app_context():
        chosen = (
            select(Proposal.id, Proposal.text).where(Proposal.meeting_id == debate.meeting_id).order_by(Proposal.id)
        )
        proposals = [tuple(row) for row in db.session.execute(chosen)]
        db.session.remove()
    for number, text in proposals:
        published = next(one["follow_up_published"] for one in debate.requests if one["request"] == text)
        if published:
            answer(trial, page, number, published)


def answer(trial, page, proposal_id, words):
    folded = words.lower()
    page.goto(trial.address("debates.answer_proposal", proposal_id=proposal_id))
    state = ProposalStatus.HANDED_OVER if PASSED_ON in folded else ProposalStatus.DONE
    choose(page, "after", state.value)
    page.locator("[name=answer]").fill(words)
    page.locator("[name=answered_by]").fill(next((by for word, by in GIVEN_BY.items() if word in folded), "policja"))
    if state is ProposalStatus.HANDED_OVER:
        page.locator("details:has([name=passed_to]) summary").click()
        page.locator("[name=passed_to]").fill("zarządca drogi")
    submit(page)
    trial.counts["answers written"] += 1
    trial.picture(page, f"4-answer-{proposal_id}")


def approve(trial, page, debate):
    """Let the minutes be corrected; the head approves them."""
    page.goto(trial.address("debates.send_for_correction", meeting_id=debate.meeting_id))
    submit(page)
    context = trial.device(debate.unit, Role.HEAD)
    head = trial.sign_in(context, debate.unit, Role.HEAD)
    head.goto(trial.address("debates.approve", meeting_id=debate.meeting_id))
    trial.picture(head, f"5-approve-{debate.meeting_id}")
    submit(head)
    for endpoint, suffix in (("debates.full_pdf", "full.pdf"), ("debates.full_docx", "full.docx")):
        got = context.request.get(trial.address(endpoint, meeting_id=debate.meeting_id))
        assert got.status == 200, (endpoint, got.status)
        trial.keep(got.body(), f"6-minutes-{debate.meeting_id}-{suffix}")
        trial.counts[f"minutes as {suffix}"] += 1
    context.close()


def evaluate(trial, page, debate):
    """Plan the evaluating debate and print what its moderator takes along."""
    page.goto(trial.address("debates.plan", after=debate.meeting_id))
    page.locator("input[name=held_on]").fill((today() + timedelta(days=60)).isoformat())
    page.locator("input[name=starts_at]").fill("17:00")
    page.locator("input[name=venue]").fill(debate.town)
    if not page.locator("input[name=title]").input_value():
        page.locator("input[name=title]").fill(f"Debata ewaluacyjna: {debate.town}")
    submit(page)
    planned = int(page.url.split("/debates/")[1].split("/")[0])
    page.goto(trial.address("debates.briefing", meeting_id=planned))
    for one in debate.requests:
        expect(page.locator("main")).to_contain_text(one["request"][:60])
        trial.counts["requests on the next briefing"] += 1
    trial.picture(page, f"7-briefing-{planned}")
    got = page.context.request.get(trial.address("debates.briefing_pdf", meeting_id=planned))
    assert got.status == 200
    trial.keep(got.body(), f"7-briefing-{planned}.pdf")
    trial.counts["briefings as PDF"] += 1


def read(trial, all_debates):
    """Everybody reads what was asked for and what became of it."""
    browser = trial.playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    page = browser.new_page(locale="pl-PL", viewport=DESK)
    for debate in all_debates:
        page.goto(trial.address("debates.minutes", meeting_id=debate.meeting_id))
        shown = page.locator("main").inner_text()
        for one in debate.requests:
            if one["request"][:60] in shown:
                trial.counts["requests read in public minutes"] += 1
            else:  # it speaks of a threat whose place is protected: the page has to say that something is kept back
                assert "których nie pokazujemy" in shown, debate.title
                trial.counts["requests kept back from public minutes, and said to be"] += 1
        trial.picture(page, f"8-public-{debate.meeting_id}")
        got = page.context.request.get(trial.address("debates.minutes_pdf", meeting_id=debate.meeting_id))
        assert got.status == 200
        trial.keep(got.body(), f"8-public-{debate.meeting_id}.pdf")
        trial.counts["public minutes as PDF"] += 1
    page.goto(trial.address("debates.proposals"))
    trial.picture(page, "9-outcomes")
    page.goto(trial.address("threats.index"))
    trial.picture(page, "9-list")
    page.goto(trial.address("desk.home"))
    page.locator("kmzb-map").wait_for()
    trial.picture(page, "9-map")
    browser.close()


def count(trial, all_debates):
    """Compare what the database holds with what was typed."""
    typed = [one["request"] for debate in all_debates for one in debate.requests]
    with trial.app.app_context():
        said = db.session.scalars(select(Statement.text)).all()
        trial.counts["requests typed"] = len(typed)
        trial.counts["statements"] = len(said)
        trial.counts["statements with a place"] = total(Statement, Statement.place.is_not(None))
        trial.counts["categories as the reference gives them"] = right_categories(all_debates)
        trial.counts["statements with a category"] = total(Statement, Statement.category_code.is_not(None))
        trial.counts["observations on the map"] = total(Observation)
        trial.counts["requests in the lists"] = total(Proposal)
        trial.counts["meetings"] = total(Meeting)
        db.session.remove()
    for name, number in sorted(trial.counts.items()):
        print(f"{number:4}  {name}")
    lost, doubled = Counter(typed) - Counter(said), Counter(said) - Counter(typed)
    print(f"lost {sum(lost.values())}, doubled {sum(doubled.values())}")
    return not lost and not doubled


def right_categories(all_debates):
    """Count the statements whose category is the one that the reference data give."""
    given = {one["request"]: one["kmzb_category_by_us"] for debate in all_debates for one in debate.requests}
    said = db.session.scalars(select(Statement)).all()
    return sum(one.category is not None and one.category.name("pl") == given[one.text] for one in said)


def total(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def run(trial):
    """The story; tells whether nothing was lost or doubled."""
    all_debates = debates()
    begin(trial, all_debates)
    for number, debate in enumerate(all_debates):
        context = trial.device(debate.unit, Role.OFFICER)
        page = trial.sign_in(context, debate.unit, Role.OFFICER)
        convene(trial, page, debate, today() - timedelta(days=40 - number))
        context, page = type_lines(trial, context, page, debate, online=number % 2 == 0)
        complete(trial, page, debate)
        ask(trial, page, debate)
        approve(trial, page, debate)
        evaluate(trial, page, debate)
        context.close()
        print(f"{debate.unit}, {debate.town}: {len(debate.requests)} requests", flush=True)
    read(trial, all_debates)
    return count(trial, all_debates)


def main() -> int:
    """Serve the product to a browser on this machine; the exit code says whether the story was whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="keep a picture of each page, and each PDF, in this folder")
    chosen = parser.parse_args()
    if not REQUESTS.is_file():
        print("The reference data ../shared/data are not here: nothing was tried.")
        return 1
    if chosen.pictures:
        chosen.pictures.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        config = Config(
            SECRET_KEY=secrets.token_urlsafe(32),
            SQLALCHEMY_DATABASE_URI=f"sqlite+pysqlite:///{root / 'trial.db'}",
            INSTANCE=root,
            REPORTS_OUT=root / "reports_out",
            RATELIMIT_ENABLED=False,
        )
        app = create_app(config)
        server = make_server("127.0.0.1", 0, finishing(app), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        is_whole = run(Trial(app, url, playwright, root, chosen.pictures))
        server.shutdown()
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
