"""Mixing: after it nothing tells any more who gave which answers.

Whatever was written in one transaction with a submission bears its number on PostgreSQL, and in the file of either
database rows lie as they came. So everything that a submission wrote is written anew in one transaction, in random
order: submissions under new random keys, invitations, receipts, counters and counts of days. Marked places and words
about the application leave the answers; they are handed over in transactions of their own, again in random order.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal,
    null,
    select,
    tuple_,
    update,
)

from consult.catalogue import queries as catalogue
from consult.clock import now, today
from consult.db import Model, db, is_sqlite
from consult.districts import queries as districts
from consult.geo import Place, PlaceKind, PlaceRefused, coarsened
from consult.observations.models import Plane
from consult.period import Period, midnight
from consult.threats import operations as threats
from consult.threats.operations import Voice
from surveys.loosening import Loosened, leaving, loosened
from surveys.models import (
    Counter,
    DayCount,
    Draft,
    Feedback,
    FeedbackSource,
    Invitation,
    LooseEnd,
    LooseKind,
    Receipt,
    Submission,
    Survey,
    SurveyVersion,
    VersionState,
)
from surveys.queries import mixing as queries
from surveys.queries import surveys
from surveys.queries.mixing import SMALLEST_BATCH, SOURCE

READ_AT_ONCE = 1_000

Rows = Sequence[Any]
"""Rows of submissions: key, language, answers."""

_WRITTEN = (Submission, Invitation, Receipt, Counter, DayCount, LooseEnd, Draft, Survey)

TABLES = tuple(Model.metadata.tables[model.__tablename__] for model in _WRITTEN)
"""Where rewriting and deleting leave something behind (`consult.db.forget_deleted`)."""


def mix(survey: Survey) -> int:
    """Mix a survey's submissions, all of them, and tell how many were mixed for the first time.

    While it is open nothing happens before ten new ones wait. All that are mixed for the first time get one date.
    """
    _hold(survey)
    fresh = queries.waiting(survey.id)
    if not queries.may_be_mixed(survey, now()):
        return 0
    day = _day_of_batch(survey, fresh)
    _loosen(survey, day)
    _date(survey, day)
    _write_anew(survey)
    survey.generation += 1
    db.session.flush()  # the survey's row, too, bears the number of this transaction from now on
    db.session.expire_all()  # no submission is what the session remembers
    return fresh


def _hold(survey: Survey) -> None:
    """Let no submission come between: each one counts itself in the survey's row before anything else."""
    db.session.flush()
    db.session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    db.session.refresh(survey)


def _day_of_batch(survey: Survey, fresh: int) -> date:
    """Choose the date of a batch: its last, or that of the batch before when too few are left at the close."""
    own = select(func.max(Submission.received_on)).where(Submission.survey_id == survey.id)
    before = db.session.scalar(own.where(Submission.generation > 0))
    last = db.session.execute(own.where(Submission.generation == 0)).scalar_one()
    return before if before is not None and fresh < SMALLEST_BATCH else last


def _date(survey: Survey, day: date) -> None:
    """Give all that were never mixed before the date of their batch."""
    fresh = (Submission.survey_id == survey.id, Submission.generation == 0)
    db.session.execute(update(Submission).where(*fresh).values(received_on=day))


# Writing anew


def _write_anew(survey: Survey) -> None:
    """Write everything that submissions have written once more, all in this transaction."""
    submissions, invitations, receipts, counters, days = TABLES[:5]
    own = submissions.c.survey_id == survey.id
    _reshuffle(submissions, own, id=_drawn_key(), generation=literal(survey.generation + 1))
    _reshuffle(invitations, invitations.c.survey_id == survey.id)
    _reshuffle(receipts, receipts.c.survey_id == survey.id, body_hmac=null())
    _reshuffle(counters, counters.c.version_id.in_([version.id for version in survey.versions]))
    _reshuffle(days, days.c.survey_id == survey.id)


def _reshuffle(table: Table, chosen: ColumnElement[bool], **changed: ColumnElement[Any]) -> None:
    """Write rows anew in random order, through a table that is gone with this function.

    All are deleted before the first is written, so that none lies beside those it came with.
    """
    shelf = Table("shelf", MetaData(), *(Column(one.name, one.type) for one in table.c), prefixes=["TEMPORARY"])
    connection = db.session.connection()
    shelf.create(connection)
    connection.execute(shelf.insert().from_select(table.c.keys(), select(table).where(chosen).with_for_update()))
    connection.execute(delete(table).where(_stands_on(table, shelf)))
    columns = [changed.get(one.name, one) for one in shelf.c]
    connection.execute(table.insert().from_select(table.c.keys(), select(*columns).order_by(_drawn())))
    shelf.drop(connection)


def _stands_on(table: Table, shelf: Table) -> ColumnElement[bool]:
    keys = [one.name for one in table.primary_key]
    return tuple_(*(table.c[key] for key in keys)).in_(select(*(shelf.c[key] for key in keys)))


def _drawn() -> ColumnElement[Any]:
    """Draw something for each row from the database's strong random numbers: nobody can compute the order again."""
    return func.randomblob(16) if is_sqlite() else func.gen_random_uuid()


def _drawn_key() -> ColumnElement[Any]:
    """Draw a key for each row, 32 hexadecimal digits."""
    return func.lower(func.hex(_drawn())) if is_sqlite() else func.replace(cast(_drawn(), Text), "-", "")


# What leaves the answers


def _loosen(survey: Survey, day: date) -> None:
    """Take places and words out of the answers that were never mixed before."""
    for version in survey.versions:
        if version.state is VersionState.DRAFT:
            continue
        definition = surveys.definition_of(version)
        for rows in _fresh(version, leaving(definition)):
            apart = [loosened(definition, row.answers) for row in rows]
            _keep_the_rest(rows, apart)
            _put_by(survey, rows, apart, Period(day.replace(day=1), 1))


def _fresh(version: SurveyVersion, names: frozenset[str]) -> Iterator[Rows]:
    """Read the answers under these names that were never mixed, a thousand submissions at a time, by their keys."""
    table = TABLES[0]
    chosen = select(table.c.id, table.c.language, table.c.answers).order_by(table.c.id).limit(READ_AT_ONCE)
    chosen = chosen.where(table.c.version_id == version.id, table.c.generation == 0)
    last = ""
    while names and (rows := db.session.connection().execute(chosen.where(table.c.id > last)).all()):
        yield [row for row in rows if not names.isdisjoint(row.answers)]
        last = rows[-1].id


def _keep_the_rest(rows: Rows, apart: Sequence[Loosened]) -> None:
    """Write the answers down without what has left them."""
    changed = [
        {"key": row.id, "kept": one.answers} for row, one in zip(rows, apart, strict=True) if one.answers != row.answers
    ]
    if changed:
        table = TABLES[0]
        write = update(table).where(table.c.id == bindparam("key")).values(answers=bindparam("kept"))
        db.session.connection().execute(write, changed)


def _put_by(survey: Survey, rows: Rows, apart: Sequence[Loosened], month: Period) -> None:
    """Keep what has left the answers until it is handed over, under random keys and in their order."""
    contents = [(LooseKind.PLACE, content) for content in _places(apart)]
    contents += [(LooseKind.WORDS, content) for content in _words(rows, apart)]
    ends = [
        {"id": secrets.token_hex(16), "survey_id": survey.id, "kind": kind, "content": content | {"month": month.code}}
        for kind, content in contents
    ]
    if ends:
        db.session.connection().execute(TABLES[5].insert(), sorted(ends, key=lambda one: str(one["id"])))


def _words(rows: Rows, apart: Sequence[Loosened]) -> Iterator[dict[str, Any]]:
    for row, one in zip(rows, apart, strict=True):
        for said in one.words:
            yield {"words": said.words, "role": said.role.value, "language": row.language}


def _places(apart: Sequence[Loosened]) -> Iterator[dict[str, Any]]:
    """Blur the places; one person's places of one category in one cell are one."""
    marked = [(person, mark) for person, one in enumerate(apart) for mark in one.places]
    distinct: dict[Any, dict[str, Any]] = {}
    for (person, mark), place in zip(marked, _blurred([mark.place for _, mark in marked]), strict=True):
        key = (person, mark.category, place.code, place.lon_lat)
        distinct.setdefault(key, {"place": place.record, "category": mark.category})
    yield from distinct.values()


def _blurred(places: Sequence[Place]) -> list[Place]:
    """Blur places inside their districts: where the middle of the cell lies in another one, the commune is told."""
    blurred = [coarsened(place) for place in places]
    drawn = [k for k, place in enumerate(places) if place.code is None]
    if drawn:
        before = _located([places[k] for k in drawn])
        after = _located([blurred[k] for k in drawn])
        for k, (district, commune), (other, _) in zip(drawn, before, after, strict=True):
            if district not in {"", other}:
                blurred[k] = _whole(district, commune)
    return blurred


def _located(places: Sequence[Place]) -> list[tuple[str, str]]:
    """Tell district and commune of each place; empty where there are none."""
    lon, lat = np.array([place.lon_lat for place in places]).T
    try:
        found = districts.containing_many(lon, lat)
    except PlaceRefused:  # no boundaries have come into force yet
        return [("", "")] * len(places)
    return list(zip(found.district.tolist(), found.commune.tolist(), strict=True))


def _whole(district: str, commune: str) -> Place:
    region = districts.commune(commune) if commune else districts.district(district)
    kind = PlaceKind.COMMUNE if commune else PlaceKind.DISTRICT
    return Place.whole(kind, region.code, region.lon, region.lat, region.reach_m)


# Handing over


def release(survey: Survey, keys: Sequence[str] | None = None) -> tuple[int, int]:
    """Hand loose ends of a survey over, all or those with these keys, and tell how many places and words there were.

    Places go to the map, words to the coordinator's desk, in the random order of their keys. A place of no known
    category or district stays, to be tried again: boundaries and categories come and go.
    """
    chosen = select(LooseEnd).where(LooseEnd.survey_id == survey.id).order_by(LooseEnd.id).with_for_update()
    ends = db.session.scalars(chosen if keys is None else chosen.where(LooseEnd.id.in_(keys))).all()
    gone = [one for one in ends if _handed_over(survey, one)]
    for one in gone:
        db.session.delete(one)
    db.session.flush()
    places = sum(one.kind is LooseKind.PLACE for one in gone)
    return places, len(gone) - places


def _handed_over(survey: Survey, loose: LooseEnd) -> bool:
    if loose.kind is LooseKind.PLACE:
        return _admitted(survey, loose)
    db.session.add(_opinion(survey, loose.content))
    return True


def _admitted(survey: Survey, loose: LooseEnd) -> bool:
    """Let a place be a voice of direct contact, of its month; its key is drawn, and it knows the survey only."""
    category = catalogue.by_code(loose.content["category"])
    if category is None:
        return False
    begin, end = Period.parse(loose.content["month"]).moments
    voice = Voice(
        source=SOURCE,
        source_key=f"{survey.slug}/{loose.id}",
        plane=Plane.DIRECT_CONTACT,
        category=category,
        place=Place.from_record(loose.content["place"]),
        observed_from=begin,
        observed_to=min(end - timedelta(seconds=1), max(begin, midnight(today()))),
        voice_key=secrets.token_hex(16),
    )
    try:
        threats.admit(voice)
    except PlaceRefused:  # it lies in no district of today
        return False
    return True


def _opinion(survey: Survey, content: dict[str, Any]) -> Feedback:
    """Make words an opinion at the desk: about no single page, of no day but their month, with a voice of its own."""
    return Feedback(
        receipt_hash=secrets.token_hex(32),
        source=FeedbackSource.SURVEY,
        survey_id=survey.id,
        words=content["words"],
        language=content["language"],
        voice_key=secrets.token_hex(32),
        received_on=Period.parse(content["month"]).first,
    )
