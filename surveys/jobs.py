"""What surveys do by themselves: mixing at the close and by night, and forgetting drafts.

`mixed` is what the command does too. Each survey has transactions of its own: one for mixing, then one for every few
places and words that are handed over, so that a dying process loses nothing and nobody waits long for the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from consult.clock import now
from consult.db import db, forget_deleted, transaction
from consult.jobs.retention import Regime, Rule
from consult.jobs.schedule import Job
from consult.period import day_of
from surveys.models import Survey
from surveys.operations import drafts, mixing
from surveys.operations.releasing import release
from surveys.queries import mixing as queries
from surveys.queries import releases

RELEASED_AT_ONCE = 50
"""Joining is slow where many places lie close together, and on SQLite everybody waits for it."""


class FilesInUse(Exception):
    """Somebody was reading: the database's files still hold what was rewritten. The next run clears them."""


@dataclass(frozen=True)
class Mixed:
    """What was mixed and handed over; `kept` counts places without a known category or district, which stay."""

    submissions: int = 0
    places: int = 0
    words: int = 0
    kept: int = 0
    drafts: int = 0

    def __add__(self, other: "Mixed") -> "Mixed":
        """Add up what happened to two surveys."""
        sums = {name: number + getattr(other, name) for name, number in asdict(self).items()}
        return Mixed(**sums)

    @property
    def told(self) -> str:
        """Say in one line what was done; nothing when nothing was."""
        done = {name: number for name, number in asdict(self).items() if number and name != "kept"}
        return ", ".join(f"{name} {number}" for name, number in done.items())


def mixed(surveys: Iterable[Survey]) -> Mixed:
    """Mix surveys one by one and hand over what left their answers; one that fails keeps no other from it."""
    total, failures = Mixed(), []
    for survey_id in [survey.id for survey in surveys]:
        try:
            total += _mixed(survey_id)
        except Exception as error:  # noqa: BLE001  # raised below, after the others
            failures.append(error)
    if failures:
        raise failures[0]
    return total


def _mixed(survey_id: int) -> Mixed:
    with transaction():
        survey = db.session.get_one(Survey, survey_id)
        fresh = mixing.mix(survey)
        ended = drafts.delete_of(survey.id) if survey.has_closed_at(now()) else 0
    return replace(_released(survey_id), submissions=fresh, drafts=ended)


def _released(survey_id: int) -> Mixed:
    places = words = 0
    for keys in _portions(queries.loose_ends(survey_id)):
        with transaction():
            handed = mixing.release(db.session.get_one(Survey, survey_id), keys)
        places, words = places + handed[0], words + handed[1]
    return Mixed(places=places, words=words, kept=len(queries.loose_ends(survey_id)))


def _portions(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + RELEASED_AT_ONCE] for start in range(0, len(keys), RELEASED_AT_ONCE))


def mix_by_night() -> str:
    """Mix all that is due, hand over what was left, and clear the files, even of what another night left there."""
    waiting = {survey.id: survey for survey in (*queries.due(now()), *queries.with_loose_ends())}
    told = mixed(waiting.values()).told
    if not forget_deleted(mixing.TABLES):
        raise FilesInUse
    return told


def mix_ended() -> str:
    """Mix the surveys that have just ended; the night clears the files when somebody is reading them now."""
    told = mixed(queries.ended(now())).told
    if told:
        forget_deleted(mixing.TABLES)
    return told


def release_ended() -> str:
    """Publish what people said of debates, once their questionnaires have ended and are mixed; others keep none."""
    told, failures = [], []
    for survey_id in [survey.id for survey in releases.waiting(now())]:
        try:
            with transaction():
                told.append(release(db.session.get_one(Survey, survey_id)).subject)
        except Exception as error:  # noqa: BLE001  # raised below, after the others
            failures.append(error)
    if failures:
        raise failures[0]
    return ", ".join(told)


JOBS = (
    Job("mix ended surveys", mix_ended, is_watching=True),
    Job("release ended surveys", release_ended, is_watching=True),
    Job("mix surveys", mix_by_night, at_hour=3),
)

RETENTION = (
    Rule("drafts", Regime.RODO, lambda: drafts.KEPT_DAYS, lambda at, _days: drafts.delete_expired(day_of(at))),
)
