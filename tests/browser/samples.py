"""An example of each thing that an address may name, taken from the demonstration."""

from sqlalchemy import select

from consult.accounts import operations
from consult.accounts.models import Account, LinkPurpose
from consult.db import db
from consult.desk.models import Banner
from consult.observations.models import Observation
from consult.online_reports import letters
from consult.online_reports.models import OnlineReport
from consult.online_reports.queries import SOURCE
from consult.threats.models import Link, Threat
from debates.models import Commitment, Meeting, Proposal, Statement
from surveys.models import AnswerTemplate, Change, Feedback, Wish

SURVEY = "poczucie-bezpieczenstwa"
"""The demonstration's survey that is open and has places."""

PUBLIC_STATES = ("new", "in_verification", "confirmed")


def sample(rule, site):
    """Values for the variable parts of an address; None where the demonstration has nothing to name."""
    chosen = {name: _value(rule.endpoint, name) for name in rule.arguments} | asked_with(rule.endpoint)
    return None if None in chosen.values() else chosen


def asked_with(endpoint):
    """What the page that leads here puts behind the question mark, where the page is none without it."""
    return {"chosen": _crowded_threat()} if endpoint == "threats.recategorise" else {}


def _value(endpoint, name):
    makers = {
        "code": lambda: {"web.language_choice": "en"}.get(endpoint, "1003"),
        "threat_id": _crowded_threat,
        "observation_id": lambda: _reported() if endpoint.startswith("handling.") else _voice_of(_crowded_threat()),
        "meeting_id": lambda: _first(Meeting),
        "statement_id": lambda: db.session.scalar(
            select(Statement.id).where(Statement.withdrawn_at.is_(None)).order_by(Statement.id)
        ),
        "proposal_id": lambda: _first(Proposal),
        "commitment_id": lambda: _first(Commitment),
        "account_id": lambda: db.session.scalar(select(Account.id).where(Account.email.like("dzielnicowy.lask%"))),
        "receipt": lambda: None,  # a receipt is secret: tests/browser/test_reporting.py gets one of its own
        "token": {"accounts.set_password": _link, "following.confirm_letters": _confirmation}.get(
            endpoint, lambda: None
        ),
        "feedback_id": lambda: _first(Feedback),
        "banner_id": lambda: _first(Banner),
        "report_id": lambda: _first(OnlineReport),
        "wish_id": lambda: _first(Wish),
        "change_id": lambda: _first(Change),
        # A head and a coordinator keep different answers to residents; the page of a new one is the same form.
        "template_id": lambda: None if endpoint.startswith("threats.") else _first(AnswerTemplate),
        "period": lambda: None,
        "slug": lambda: SURVEY,
        "number": lambda: 1,
        "question": lambda: "walk_dark",
    }
    return makers[name]() if name in makers else None


def _link():
    """A one-time link that nobody has used yet."""
    account = db.session.scalar(select(Account).where(Account.email.like("dzielnicowy.lask%")))
    token = operations.issue_link(account, LinkPurpose.FORGOTTEN_PASSWORD, account.id)
    db.session.commit()
    return token


def _confirmation():
    """A link that confirms an address; nobody has opened it yet."""
    open_cases = select(OnlineReport).where(OnlineReport.receipt_hash.is_not(None), OnlineReport.withdrawn_at.is_(None))
    for report in db.session.scalars(open_cases.order_by(OnlineReport.id.desc())).unique():
        token = letters.subscribe(report, "anna.nowak@example.com", "pl")
        if token:
            db.session.commit()
            return token
    return None


def _reported():
    """A voice that a resident's report gave."""
    chosen = select(Observation.id).join(OnlineReport, OnlineReport.natural_key == Observation.source_key)
    own = (Observation.source == SOURCE, OnlineReport.receipt_hash.is_not(None), Observation.withdrawn_at.is_(None))
    return db.session.scalar(chosen.where(*own, Observation.district_code == "1003").order_by(Observation.id))


def _first(model):
    return db.session.scalar(select(model.id).order_by(model.id))


def _crowded_threat():
    chosen = select(Threat.id).where(Threat.observations > 1, Threat.status.in_(PUBLIC_STATES))
    chosen = chosen.where(Threat.district_code == "1003", Threat.category_code == "parkowanie")
    return db.session.scalar(chosen.order_by(Threat.observations.desc(), Threat.id))


def _voice_of(threat_id):
    return db.session.scalar(select(Link.observation_id).where(Link.threat_id == threat_id, Link.ended_at.is_(None)))
