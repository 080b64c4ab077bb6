"""Taking a submission: once for each form, once for each invitation, and with nothing that says who or when.

Everything is written through SQLAlchemy Core in one transaction: the receipt, the place in the quota, the invitation
spent, the answers as one document, and the counters that every screen of results reads. The row of the survey is
locked before the answers are written, which keeps mixing and submissions from crossing.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import (
    Connection,
    Integer,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    delete,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from consult.clock import now, today
from consult.db import db
from surveys import codes, counting
from surveys.models import Access, Counter, DayCount, Draft, Invitation, Mode, Receipt, Submission, Survey
from surveys.questionnaire import Answers, Fault, Questionnaire, Wrong


class Shut(StrEnum):
    """Why a survey takes no answers."""

    NOT_YET = "not_yet"
    CLOSED = "closed"
    FULL = "full"


class SurveyShut(Exception):
    """The survey takes no answers now; `why` tells the reason."""

    def __init__(self, why: Shut) -> None:
        super().__init__(why)
        self.why = why


class InvitationSpent(Exception):
    """The code is not known, or somebody has answered with it."""


class OtherAnswers(Exception):
    """The same form was sent before, with other answers: those were taken."""


class AnswersRefused(ValueError):
    """The answers break rules of the questionnaire."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class Identified(Protocol):
    """A survey or a version, by its row."""

    @property
    def id(self) -> int: ...


class Answered(Identified, Protocol):
    """A survey that is answered."""

    @property
    def access(self) -> Access: ...


def submit(
    survey: Answered,
    version: Identified,
    definition: Any,
    answers: Mapping[str, Any],
    *,
    mode: Mode = Mode.WEB,
    language: str = "pl",
    key: str,
    code: str = "",
    draft_code: str = "",
) -> str:
    """Take a submission and give its receipt number; the same key again gives the same number and writes nothing.

    `definition` is what the version asks (a Definition or a Questionnaire). Raises AnswersRefused, OtherAnswers,
    SurveyShut, InvitationSpent; then nothing may be committed.
    """
    asking = definition if isinstance(definition, Questionnaire) else Questionnaire(definition)
    kept, asked, faults = asking.settled(answers)
    if wrong := [fault for fault in faults if not (mode is Mode.PAPER and fault.wrong is Wrong.REQUIRED)]:
        raise AnswersRefused(tuple(wrong))  # paper holds nobody up: what is missing there is missing
    secret = str(current_app.config["SECRET_KEY"])
    receipt = codes.receipt_of(key, secret)
    connection = db.session.connection()
    hmac = codes.hmac_of(receipt, secret, codes.RECEIPTS)
    body = _body_hmac(key, kept)
    new = {"survey_id": survey.id, "receipt_hmac": hmac, "body_hmac": body}
    if not connection.execute(_once(Receipt), new).rowcount:
        _check_repeat(connection, survey.id, hmac, body)
        return receipt
    _take_place(connection, survey.id)
    if survey.access is Access.INVITATION and mode is Mode.WEB:
        _spend(connection, survey.id, codes.hmac_of(code, secret, codes.INVITATIONS))
    district = counting.district_of(asking.definition, kept)
    _write(connection, survey.id, version.id, kept, mode=mode, language=language, district=district)
    _count(connection, version.id, counting.cells(asking.definition, kept, asked), mode, district)
    connection.execute(_added(DayCount), {"survey_id": survey.id, "day": today(), "mode": mode, "n": 1})
    if draft_code:
        gone = codes.hmac_of(draft_code, secret, codes.DRAFTS)
        connection.execute(delete(Draft).where(Draft.code_hmac == gone))
    return receipt


def _body_hmac(key: str, kept: Answers) -> str:
    """Seal answers under the form's own key: whoever does not have the form cannot try which answers they were."""
    return codes.hmac_of(json.dumps(kept, sort_keys=True), key, codes.BODIES)


def _check_repeat(connection: Connection, survey_id: int, hmac: str, body: str) -> None:
    """Raise OtherAnswers when a form that was taken comes again with other answers; once mixed, nobody can tell."""
    chosen = select(Receipt.body_hmac).where(Receipt.survey_id == survey_id, Receipt.receipt_hmac == hmac)
    if connection.execute(chosen).scalar_one() not in {None, body}:
        raise OtherAnswers


def is_known(survey: Identified, receipt: str) -> bool:
    """Tell whether a submission with this receipt number was taken."""
    hmac = codes.hmac_of(receipt, str(current_app.config["SECRET_KEY"]), codes.RECEIPTS)
    chosen = select(Receipt.survey_id).where(Receipt.survey_id == survey.id, Receipt.receipt_hmac == hmac)
    return db.session.execute(chosen).first() is not None


def check_invitation(survey: Identified, code: str) -> bool:
    """Tell whether an invitation with this code is there and not used; raise InvitationSpent when it is not there."""
    hmac = codes.hmac_of(code, str(current_app.config["SECRET_KEY"]), codes.INVITATIONS)
    chosen = select(Invitation.is_used).where(Invitation.survey_id == survey.id, Invitation.code_hmac == hmac)
    is_used = db.session.scalar(chosen)
    if is_used is None:
        raise InvitationSpent
    return not is_used


def _take_place(connection: Connection, survey_id: int) -> None:
    """Count the submission and lock its survey, or tell why it takes none."""
    if connection.execute(_PLACE, {"key": survey_id, "moment": now()}).rowcount:
        return
    chosen = select(Survey.opens_at, Survey.closes_at, Survey.closed_at).where(Survey.id == survey_id)
    row = connection.execute(chosen).one()
    raise SurveyShut(why_shut(row.opens_at, row.closes_at, row.closed_at, now()) or Shut.FULL)


def why_shut(
    opens_at: datetime | None, closes_at: datetime | None, closed_at: datetime | None, moment: datetime
) -> Shut | None:
    """Tell why a survey with these times takes no answers at a moment, its quota aside."""
    if closed_at is not None or (closes_at is not None and closes_at <= moment):
        return Shut.CLOSED
    return Shut.NOT_YET if opens_at is not None and opens_at > moment else None


def _place() -> Update:
    moment = bindparam("moment", type_=Survey.opens_at.type)
    return (
        update(Survey.__table__)  # type: ignore[arg-type]
        .where(
            Survey.id == bindparam("key"),
            Survey.closed_at.is_(None),
            or_(Survey.opens_at.is_(None), Survey.opens_at <= moment),
            or_(Survey.closes_at.is_(None), Survey.closes_at > moment),
            or_(Survey.quota.is_(None), Survey.accepted < Survey.quota),
        )
        .values(accepted=Survey.accepted + 1)
    )


_PLACE = _place()


def _spend(connection: Connection, survey_id: int, hmac: str) -> None:
    """Use an invitation up: of many posts at once exactly one finds it unused."""
    if not connection.execute(_SPEND, {"survey": survey_id, "hmac": hmac}).rowcount:
        raise InvitationSpent


_SPEND = (
    update(Invitation.__table__)  # type: ignore[arg-type]
    .where(
        Invitation.survey_id == bindparam("survey"),
        Invitation.code_hmac == bindparam("hmac"),
        Invitation.is_used.is_(False),
    )
    .values(is_used=True)
)


def _write(
    connection: Connection, survey_id: int, version_id: int, kept: Answers, *, mode: Mode, language: str, district: str
) -> None:
    row = {
        "id": secrets.token_hex(16),
        "survey_id": survey_id,
        "version_id": version_id,
        "received_on": today(),
        "mode": mode,
        "language": language,
        "district_code": district,
        "answers": kept,
        "generation": 0,
    }
    connection.execute(_INSERT, row)


_INSERT = Submission.__table__.insert()  # type: ignore[attr-defined]


def _count(
    connection: Connection, version_id: int, cells: Mapping[tuple[str, str], int], mode: Mode, district: str
) -> None:
    """Add to the counters, always in one order, so that two submissions never wait for each other crosswise.

    All cells go as one document into one statement: whoever answers next waits for these rows, and thirty statements
    would keep them ten times as long.
    """
    rows = json.dumps([[name, value, n] for (name, value), n in sorted(cells.items())])
    facts = {"version_id": version_id, "district_code": district, "mode": mode, "cells": rows}
    connection.execute(_counting(db.engine.dialect.name), facts)


@cache
def _counting(engine: str) -> Any:
    """Write the statement that spreads a document of cells over the counters."""
    table: Any = Counter.__table__
    name: Any
    value: Any
    n: Any
    cells = bindparam("cells", type_=Text)
    if engine == "sqlite":
        each = func.json_each(cells).table_valued("key", "value")
        name, value, n = (func.json_extract(each.c.value, f"$[{at}]") for at in range(3))
    else:
        spread = func.jsonb_array_elements(cast(cells, postgresql.JSONB))
        each = spread.table_valued(column("value", postgresql.JSONB), with_ordinality="key").render_derived()
        name, value, n = each.c.value[0].astext, each.c.value[1].astext, cast(each.c.value[2].astext, Integer)
    given = (bindparam(key, type_=table.c[key].type) for key in ("version_id", "district_code", "mode"))
    chosen = select(*given, name, value, n).where(true()).order_by(each.c.key)
    columns = ["version_id", "district_code", "mode", "question", "value", "n"]
    return _adding(_insert(table).from_select(columns, chosen), table)


def _insert(table: Table) -> Any:
    """Make an insert that knows what to do about a row that is there; each engine has its own."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(table)


def _once(model: Any) -> Any:
    return _once_on(model, db.engine.dialect.name)


def _added(model: Any) -> Any:
    return _added_on(model, db.engine.dialect.name)


@cache
def _once_on(model: Any, _engine: str) -> Any:
    # without this option PostgreSQL's driver is not asked whether the row was new
    return _insert(model.__table__).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


@cache
def _added_on(model: Any, _engine: str) -> Any:
    """Write a count, or add to the one that is there."""
    return _adding(_insert(model.__table__), model.__table__)


def _adding(statement: Any, table: Any) -> Any:
    keys = [key.name for key in table.primary_key]
    return statement.on_conflict_do_update(index_elements=keys, set_={"n": table.c.n + statement.excluded.n})
