"""Writing reports: what a resident sends, what is taken back, and what files bring."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from consult.attachments import operations as attachments
from consult.attachments import queries as attachment_queries
from consult.audit import operations as audit
from consult.audit.operations import MACHINE
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import now, today
from consult.db import db
from consult.districts import queries as districts
from consult.geo import Place, PlaceFault, PlaceRefused
from consult.observations.models import Observation, Plane
from consult.observations.operations import Voice
from consult.online_reports import letters, queries, rows
from consult.online_reports.models import SPOKEN, Channel, OnlineReport
from consult.online_reports.queries import SOURCE
from consult.online_reports.rows import Draft, Seen
from consult.online_reports.rules import Fault, Wrong, window
from consult.period import midnight
from consult.receipts import hash_of
from consult.threats import joining
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats.models import Threat
from consult.threats.operations import CannotJoin as CannotJoin  # noqa: PLC0414  # the page tells of it

WITHDRAWAL = timedelta(minutes=15)
"""How long a report may be taken back by whoever sent it."""

WITHDRAWN = "report"
"""What a restored backup is told of reports that were taken back (`audit.note_erasure`)."""

MOST_JOINED = 200_000
"""Up to so many voices an import joins everything; beyond, only the districts that its reports lie in."""

MOST_DISTRICTS = 30
"""So many of them at the most: each reads all links anew, so that from there on joining everything takes less."""

BATCH = 5_000
"""So many rows of a file are checked, and written, at a time."""


class OtherContent(Exception):
    """The same receipt was given before for a report that says something else."""


class AlreadySaid(Exception):
    """The same voice has spoken of the same threat today."""


class TooLate(Exception):
    """The time in which a report may be taken back is over."""


def report(
    receipt: str,
    *,
    category: Category,
    place: Place,
    observed_on: date,
    weekdays: int = 0,
    times_of_day: int = 0,
    description: str = "",
    language: str = "pl",
    voice_key: str | None = None,
    channel: Channel = Channel.PAGE,
) -> OnlineReport:
    """Take a resident's report and join its voice; the same again under the same receipt is the report that is there.

    The files that wait under its key go with it. Raises OtherContent when the receipt stands for another content,
    PlaceRefused when the place lies in no district.
    """
    return _sent(
        _under(
            receipt,
            observed_on,
            channel=channel,
            body_digest=rows.digest(category.code, place, observed_on, weekdays, times_of_day, description),
            category_code=category.code,
            place=place,
            weekdays=weekdays,
            times_of_day=times_of_day,
            description=description,
            language=language,
            voice_key=voice_key,
        ),
        category,
    )


def enter(
    officer_id: int, unit_path: str, receipt: str, *, channel: Channel, category: Category, place: Place, **said: Any
) -> OnlineReport:
    """Write down what somebody reported by phone, letter or visit; whoever enters it has looked at the words already.

    The rest of what was said is as for `report`, which raises the same.
    """
    assert channel in SPOKEN, "only what was said directly is entered by the police"
    is_new = not queries.is_known(receipt)
    entered = report(receipt, category=category, place=place, channel=channel, **said)
    if is_new:
        entered.screened_at = entered.sent_at
        audit.note(officer_id, "enter_report", "online_report", entered.id, unit_path, channel=channel.value)
    return entered


def join_in(
    receipt: str,
    threat: Threat,
    *,
    observed_on: date,
    weekdays: int = 0,
    times_of_day: int = 0,
    description: str = "",
    language: str = "pl",
    voice_key: str | None = None,
) -> OnlineReport:
    """Take "I see it too": a report without a place of its own, whose voice belongs to the threat.

    The files that wait under its key go with it. The same again under the same receipt is the report that is there.
    Raises AlreadySaid when this voice spoke of the threat today, OtherContent when the receipt stands for another
    content, CannotJoin when the threat is none any more.
    """
    if voice_key and not queries.is_known(receipt) and threat_queries.has_spoken(threat, voice_key, midnight(today())):
        raise AlreadySaid
    return _sent(
        _under(
            receipt,
            observed_on,
            channel=Channel.PAGE,
            body_digest=rows.voice_digest(threat.id, observed_on, weekdays, times_of_day, description),
            category_code=threat.category_code,
            place=Place.point(threat.lon, threat.lat, threat.accuracy_m),
            weekdays=weekdays,
            times_of_day=times_of_day,
            description=description,
            language=language,
            voice_key=voice_key,
            joined_threat_id=threat.id,
        ),
        threat.category,
        threat,
    )


def _under(receipt: str, observed_on: date, **said: Any) -> OnlineReport:
    """Put what was said under its receipt: seen on a day, sent now."""
    first, last = window(observed_on)
    key = hash_of(receipt)
    return OnlineReport(natural_key=key, receipt_hash=key, observed_from=first, observed_to=last, sent_at=now(), **said)


def _sent(report: OnlineReport, category: Category, belongs_to: Threat | None = None) -> OnlineReport:
    """Add a report with its voice and its files, or give the one that came first."""
    sent, is_new = _claimed(report)
    if is_new:
        threats.admit(_voice(sent, category), belongs_to)
        attachments.bind(SOURCE, sent.natural_key)
    elif sent.withdrawn_at is None and attachment_queries.brings_other_files(SOURCE, sent.natural_key):
        raise OtherContent
    return sent


def _claimed(sent: OnlineReport) -> tuple[OnlineReport, bool]:
    """Add a report, or find the one that came first under the same key: of two clicks at once only one adds it."""
    try:
        with db.session.begin_nested():
            db.session.add(sent)
    except IntegrityError:
        known = queries.by_natural_key(sent.natural_key)
        if known is None:
            raise
        if known.body_digest != sent.body_digest:
            raise OtherContent from None
        return known, False
    return sent, True


def _voice(sent: OnlineReport, category: Category) -> Voice:
    return Voice(
        source=SOURCE,
        source_key=sent.natural_key,
        plane=Plane.DIRECT_CONTACT if sent.channel in SPOKEN else Plane.ONLINE,
        category=category,
        place=sent.place,
        observed_from=sent.observed_from,
        observed_to=sent.observed_to,
        weekdays=sent.weekdays,
        times_of_day=sent.times_of_day,
        voice_key=sent.voice_key,
        text=sent.description,
    )


def may_withdraw(sent: OnlineReport, at: datetime) -> bool:
    """Tell whether whoever sent a report may still take it back."""
    return sent.withdrawn_at is None and sent.channel is not Channel.IMPORT and at < sent.sent_at + WITHDRAWAL


def withdraw(sent: OnlineReport) -> None:
    """Take a report back: its voice leaves the threat and its files are erased; the report stays. Raises TooLate."""
    if sent.withdrawn_at is not None:
        return
    if not may_withdraw(sent, now()):
        raise TooLate
    _take_back(sent)


def take_back_again(natural_key: str) -> None:
    """Take a report back that a restored backup holds although it was withdrawn since."""
    sent = queries.by_natural_key(natural_key)
    if sent is not None and sent.withdrawn_at is None:
        _take_back(sent)


def _take_back(sent: OnlineReport) -> None:
    sent.withdrawn_at = now()
    audit.note_erasure(WITHDRAWN, sent.natural_key)
    attachments.erase(SOURCE, sent.natural_key)
    letters.end(sent)
    observation = queries.observation_of(sent)
    if observation is not None:
        threats.withdraw(observation, MACHINE, "withdrawn by the person who sent it")


@dataclass(frozen=True)
class Plan:
    """What a part of a file would do: reports to add with their keys, how many are there already, what is refused."""

    new: Sequence[tuple[str, Draft]]
    unchanged: int
    refused: Sequence[tuple[int, Fault]]
    districts: frozenset[str]


def plan(drafts: Sequence[Draft], seen: Seen) -> Plan:
    """Compare drafts with what was imported before, with the rows above and with the boundaries; nothing is written."""
    refused = {draft.row: fault for draft in drafts if (fault := seen.repeated(draft))}
    keys = [seen.key_of(draft) for draft in drafts]
    known = queries.known_digests(keys)
    new, unchanged = [], 0
    for key, draft in zip(keys, drafts, strict=True):
        if key not in known:
            new.append((key, draft))
        elif known[key] == draft.digest:
            unchanged += 1
        else:
            refused.setdefault(draft.row, Fault("id", Wrong.OTHER_CONTENT, {"value": draft.id}))
    codes, outside = _located([draft for _key, draft in new])
    return Plan(new, unchanged, sorted((outside | refused).items()), codes)


def _located(drafts: Sequence[Draft]) -> tuple[frozenset[str], dict[int, Fault]]:
    """Find the districts of drafts, and those that lie in none."""
    codes = _districts_of([draft.place for draft in drafts]) if drafts else []
    fault = Fault("place", Wrong.PLACE, {"fault": PlaceFault.OUTSIDE_BOUNDARIES})
    outside = {draft.row: fault for draft, code in zip(drafts, codes, strict=True) if not code}
    return frozenset(filter(None, codes)), outside


def _districts_of(places: Sequence[Place]) -> list[str]:
    """Name the district of each place, empty outside of all; where no boundaries are loaded, everything is outside."""
    lon, lat = zip(*(place.lon_lat for place in places), strict=True)
    try:
        located = districts.containing_many(np.array(lon), np.array(lat))
    except PlaceRefused:
        return [""] * len(places)
    return [str(code) for code in located.district]


def add(planned: Plan) -> None:
    """Add the new reports of a part and their voices; `join` follows, once for the whole file."""
    assert not planned.refused, "an import is all or nothing"
    if not planned.new:
        return
    moment = now()
    # Rows with and without a status go in one statement.
    adding = insert(OnlineReport).execution_options(render_nulls=True)
    db.session.execute(adding, [_imported(key, draft, moment) for key, draft in planned.new])
    categories = {category.code: category for category in catalogue.everything()}
    threats.admit_many([_imported_voice(key, draft, categories[draft.category_code]) for key, draft in planned.new])


def join(district_codes: Collection[str]) -> bool:
    """Join the voices that a file brought to these districts.

    Return whether all voices were joined; if not, those across district borders wait for the next joining of all.
    """
    if not district_codes:  # it brought none
        return True
    known = db.session.scalar(select(func.count(Observation.id))) or 0
    if known <= MOST_JOINED or len(district_codes) > MOST_DISTRICTS:
        joining.join()
        return True
    for code in sorted(district_codes):
        joining.join(code)
    return False


def _imported(key: str, draft: Draft, moment: datetime) -> dict[str, object]:
    first, last = window(draft.when)
    return {
        "channel": Channel.IMPORT,
        "natural_key": key,
        "body_digest": draft.digest,
        "category_code": draft.category_code,
        "place": draft.place,
        "observed_from": first,
        "observed_to": last,
        "weekdays": draft.weekdays,
        "times_of_day": draft.times_of_day,
        "description": draft.description,
        "imported_status": draft.status,
        "sent_at": moment,
    }


def _imported_voice(key: str, draft: Draft, category: Category) -> Voice:
    first, last = window(draft.when)
    return Voice(
        source=SOURCE,
        source_key=key,
        plane=Plane.ONLINE,
        category=category,
        place=draft.place,
        observed_from=first,
        observed_to=last,
        weekdays=draft.weekdays,
        times_of_day=draft.times_of_day,
        text=draft.description,
    )
