"""A list sends as many statements and fetches as many rows when there is twice as much: it reads what it shows."""

import uuid
from datetime import timedelta
from itertools import count

import sqlalchemy as sa
from flask import url_for
from sqlalchemy import event
from sqlalchemy.engine.cursor import BufferedRowCursorFetchStrategy, CursorFetchStrategy

from consult.audit import operations as audit
from consult.clock import now, today
from consult.db import Model, db
from consult.observations.models import Observation
from consult.online_reports.models import Channel, Decision
from consult.threats import queries as threats
from consult.web.roles import Role
from debates.operations import approving
from debates.outcomes import ProposalStatus
from tests.accounts.makers import account, sign_in, unit
from tests.debates import makers as debates
from tests.factories import admit, metres_away
from tests.online_reports.makers import report
from tests.paper import makers as paper
from tests.surveys.opinions import opinion

MORE = 120
"""More than any list shows on a page, so that twice as many fill the same page."""

TABLES = Model.metadata.tables
_numbers = count(1)


class Town:
    """One of everything that is listed, and copies of it."""

    def __init__(self):
        self.officer = account(Role.OFFICER, unit())
        made = report("x", at=metres_away(3_000, 0))
        db.session.flush()
        self.report, self.key = made.id, made.natural_key
        voice = db.session.scalar(sa.select(Observation).where(Observation.source_key == made.natural_key))
        self.voice, self.threat, self.link = voice.id, threats.of_observation(voice).id, threats.open_link(voice.id).id
        self.other = threats.of_observation(admit("parkowanie", at=metres_away(6_000, 0))).id
        held = debates.meeting(self.officer)
        self.statement = debates.statement(self.officer, held).id
        asked = debates.proposal(self.officer, held)
        self.proposal, self.proposal_change = asked.id, debates.answer(self.officer, asked, ProposalStatus.ACCEPTED).id
        approving.approve(self.officer, held)
        self.meeting = held.id
        self.planned = debates.planned(self.officer, held_on=today() + timedelta(days=30)).id
        self.opinion, self.form = opinion().id, paper.form(self.officer).id
        db.session.commit()

    def grow(self):
        """Write as many more of all as fill a page, each naming the others of its kind."""
        threat = copies("threat", self.threat)
        keys = [uuid.uuid4().hex for _ in range(MORE)]
        voice = copies("observation", self.voice, source_key=keys, order_key=[next(_numbers) for _ in keys])
        channel = [Channel.PAGE, Channel.PHONE] * (MORE // 2)
        sent = copies("online_report", self.report, natural_key=keys, channel=channel)
        seen = {"decision": Decision.FIT, "actor_id": self.officer.id, "decided_at": now()}
        db.session.execute(sa.insert(TABLES["screening"]), [{"report_id": one, **seen} for one in sent])
        copies("link", self.link, threat_id=threat, observation_id=voice)
        rows = [
            {"observation_id": one, "threat_id": self.other, "score": 0.5, "reasons": {}, "made_at": now()}
            for one in voice
        ]
        db.session.execute(sa.insert(TABLES["suggestion"]), rows)
        meeting = self.meetings(self.meeting)
        copies("statement", self.statement, meeting_id=meeting)
        copies(
            "proposal_change", self.proposal_change, proposal_id=copies("proposal", self.proposal, meeting_id=meeting)
        )
        copies("meeting_plan", self.planned, meeting_id=self.meetings(self.planned))
        copies("feedback", self.opinion)
        copies("paper_form", self.form)
        copies("account", self.officer.id)
        for number in threat:
            audit.note(self.officer.id, "see_threat", "threat", number)
        db.session.commit()

    def meetings(self, number):
        """Copy a meeting, with its district."""
        made = copies("meeting", number)
        places = [{"meeting_id": one, "district_code": "1003"} for one in made]
        db.session.execute(sa.insert(TABLES["meeting_district"]), places)
        return made


def copies(name, number, **given):
    """Copy a row of a table; what is unique is made anew, and `given` has the values of the copies by column."""
    table = TABLES[name]
    (key,) = table.primary_key.columns
    row = dict(db.session.execute(sa.select(table).where(key == number)).mappings().one())
    if key.name not in given:
        del row[key.name]
    fresh = [column.name for column in table.columns if is_unique(column) and row.get(column.name)]
    rows = [
        row | {name: uuid.uuid4().hex for name in fresh} | {name: values[k] for name, values in given.items()}
        for k in range(MORE)
    ]
    return db.session.scalars(sa.insert(table).returning(key, sort_by_parameter_order=True), rows).all()


def is_unique(column):
    """Tell whether a text may stand only once in its table."""
    alone = (one for one in column.table.constraints if isinstance(one, sa.UniqueConstraint) and len(one.columns) == 1)
    indexes = (one for one in column.table.indexes if one.unique and len(one.columns) == 1)
    return isinstance(column.type, sa.String) and any(column in set(one.columns) for one in (*alone, *indexes))


class Counter:
    """Counts the statements that an action sends and the rows that it fetches."""

    def __init__(self, monkeypatch):
        self.statements = self.rows = 0
        event.listen(db.engines[None], "before_cursor_execute", self._sent)
        for kind in (CursorFetchStrategy, BufferedRowCursorFetchStrategy):
            for name in ("fetchone", "fetchmany", "fetchall"):
                monkeypatch.setattr(kind, name, self._counting(vars(kind)[name]))

    def _sent(self, *_):
        self.statements += 1

    def _counting(self, fetch):
        def fetched(strategy, *args, **kwargs):
            found = fetch(strategy, *args, **kwargs)
            self.rows += len(found) if isinstance(found, list) else found is not None
            return found

        return fetched

    def of(self, action):
        """The statements sent and the rows fetched by an action."""
        self.statements = self.rows = 0
        action()
        return self.statements, self.rows


LISTS = [
    (None, "api.meetings", {"page_size": 20}, 0),
    (None, "api.proposals", {"page_size": 20}, 0),
    (None, "api.threats", {"page_size": 20}, 0),
    (None, "debates.outcomes_feed", {}, 0),
    (None, "debates.proposals", {}, 1),  # to choose one of the last debates from, up to 50
    (None, "debates.proposals", {"words": "nic takiego"}, 1),
    (None, "debates.proposals", {"district": "1003"}, 1),  # to choose a debate from, up to 200
    (None, "debates.upcoming", {}, 0),
    (None, "desk.district", {"code": "1003"}, 4),  # the year's debates, each with its numbers
    (None, "desk.home", {}, 0),
    (None, "threats.feed", {"district": "1003"}, 0),
    (None, "threats.index", {}, 0),
    (None, "threats.index", {"district": "1003"}, 0),
    (Role.OFFICER, "debates.index", {}, 2),  # all that are planned, each with its district
    (
        Role.OFFICER,
        "debates.open_proposals",
        {},
        3,
    ),  # all without a result, each with what came of it and its debate's district
    (Role.OFFICER, "desk.due_today", {}, 0),
    (Role.OFFICER, "entering.index", {}, 0),
    (Role.OFFICER, "online_reports.decided", {}, 0),
    (Role.OFFICER, "online_reports.screening", {}, 0),
    (Role.OFFICER, "paper.index", {}, 0),
    (Role.OFFICER, "threats.index", {"edition": "staff"}, 0),
    (Role.OFFICER, "threats.suggestions", {}, 0),
    (Role.HEAD, "accounts.index", {}, 0),
    (Role.HEAD, "audit.index", {}, 0),
    (Role.COORDINATOR, "surveys.feedback", {}, 0),
]
"""Who reads which list, and how many rows it fetches for one thing more: none where it is shown page by page."""


def test_lists_read_what_they_show(world, monkeypatch):
    """One town for all lists, since making it takes longer than reading it."""
    town, counter = Town(), Counter(monkeypatch)
    clients = {role: world.test_client() for role in (None, Role.OFFICER, Role.HEAD, Role.COORDINATOR)}
    for role, client in clients.items():
        if role:
            sign_in(client, account(role, unit()))
    with world.test_request_context():
        urls = [(role, url_for(endpoint, **values), more) for role, endpoint, values, more in LISTS]

    def asked():
        for role, url, _more in urls:
            assert clients[role].get(url).status_code == 200, url  # what is kept between requests is there then
            yield counter.of(lambda role=role, url=url: clients[role].get(url))

    town.grow()
    before = list(asked())
    town.grow()
    grown = [
        f"{role or 'anybody'} at {url}: {first} statements and rows became {then}"
        for (role, url, more), first, then in zip(urls, before, asked(), strict=True)
        if then[0] > first[0] or then[1] > first[1] + more * MORE
    ]
    assert not grown, "\n".join(grown)
