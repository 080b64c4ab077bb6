"""What the codes of managing surveys are called for people, and names in addresses."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.period import WARSAW, day_of
from consult.web.languages import day, moment
from consult.words import folded
from surveys.answer_files import Labels
from surveys.composing import Way
from surveys.models import Access, Mode, VersionState
from surveys.queries.editions import Obstacle
from surveys.queries.surveys import Phase
from surveys.questions import Kind, SampleKind

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60

_LISTED: tuple[tuple[StrEnum, Any], ...] = (
    (Access.OPEN, _l("everybody")),
    (Access.INVITATION, _l("people with a letter and a code")),
    (Access.STAFF, _l("police officers, for residents they talk to")),
    (SampleKind.OPT_IN, _l("Whoever wants to answers: respondents select themselves")),
    (SampleKind.PROBABILITY, _l("People who were drawn at random are asked, each with a known chance")),
    (SampleKind.CENSUS, _l("Everybody whom the survey concerns is asked")),
    (Mode.WEB, _l("on the web")),
    (Mode.PAPER, _l("on paper")),
    (Mode.INTERVIEW, _l("in an interview")),
    (VersionState.DRAFT, _l("not published yet")),
    (VersionState.PUBLISHED, _l("published")),
    (VersionState.RETIRED, _l("replaced by a later one")),
    (Phase.DRAFT, _l("Not published yet")),
    (Phase.SCHEDULED, _l("Opens later")),
    (Phase.OPEN, _l("Open")),
    (Phase.FULL, _l("Quota reached")),
    (Phase.CLOSED, _l("Closed")),
    (Kind.SELECT_ONE, _l("one answer to choose")),
    (Kind.SELECT_MULTIPLE, _l("several answers to choose")),
    (Kind.RANK, _l("answers to put in order")),
    (Kind.RANGE, _l("a number on a scale")),
    (Kind.INTEGER, _l("a whole number")),
    (Kind.DECIMAL, _l("a number")),
    (Kind.DATE, _l("a date")),
    (Kind.TEXT, _l("own words")),
    (Kind.NOTE, _l("only shown")),
    (Kind.CALCULATE, _l("computed, not shown")),
    (Kind.GEOPOINT, _l("a point on the map")),
    (Kind.GEOTRACE, _l("a line on the map")),
    (Kind.GEOSHAPE, _l("an area on the map")),
    (Way.ONE, _l("One answer from a list")),
    (Way.SEVERAL, _l("Several answers from a list")),
    (Way.ORDER, _l("Answers of a list, put in order")),
    (Way.YES_NO, _l("Yes, no, hard to say")),
    (Way.FROM_1_TO_5, _l("A mark from 1 to 5")),
    (Way.FROM_0_TO_10, _l("A mark from 0 to 10")),
    (Way.WORDS, _l("Own words")),
    (Way.NUMBER, _l("A whole number")),
    (Way.DAY, _l("A date")),
    (Way.POINT, _l("A point on the map")),
    (Way.READ, _l("Nothing: a text to read only")),
    (
        Obstacle.NO_COMMUNES,
        _l("The survey asks for the commune, but no boundaries are loaded for its areas. Load them first."),
    ),
    (
        Obstacle.NO_SAMPLE,
        _l("Nobody has said how people come to this survey: drawn at random, all of them, or whoever wants to."),
    ),
    (Obstacle.FAULTS, _l("The questionnaire has faults. Correct them in the file and upload it again.")),
    (Obstacle.NO_QUESTIONS, _l("The questionnaire asks nothing. Add a question.")),
    (
        Obstacle.BREAKING,
        _l("Some changes would mix up answers of different meaning. Give each changed question a new name."),
    ),
    (Obstacle.GAPS, _l("Some texts are not translated. Confirm that they may stay so, or complete the file.")),
    (Obstacle.UNCHANGED, _l("This draft equals the published version. There is nothing to publish.")),
)
_WORDS = {(type(code), code.value): words for code, words in _LISTED}

MARKS: dict[Phase, str] = {
    Phase.DRAFT: "joke",
    Phase.SCHEDULED: "in_verification",
    Phase.OPEN: "new",
    Phase.FULL: "handed_over",
    Phase.CLOSED: "not_confirmed",
}
"""The shape and colour in which a phase is drawn, as those of a threat are."""


def in_words(code: StrEnum) -> Any:
    """Name a code in the reader's language."""
    return _WORDS[type(code), code.value]


def choices(codes: type[StrEnum]) -> list[tuple[str, Any]]:
    """List all codes of a kind with their words, for a form."""
    return [(code.value, in_words(code)) for code in codes]


def opening(begins: datetime) -> str:
    """Write when a survey opens: the day, with the hour unless it is midnight."""
    return moment(begins) if begins.astimezone(WARSAW).time() != time() else day(day_of(begins))


def closing(ends: datetime) -> str:
    """Write until when a survey is open: the hour, or the whole last day where it ends at midnight."""
    return moment(ends) if ends.astimezone(WARSAW).time() != time() else day(day_of(ends) - timedelta(days=1))


def mark(phase: Phase) -> str:
    """Give the mark in which a phase is drawn."""
    return MARKS[phase]


def is_slug(text: str) -> bool:
    """Tell whether a text can stand in an address as the name of a survey."""
    return len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None


def slug_of(title: str) -> str:
    """Make a name for the address of a title: "Ankieta o bezpieczeństwie" gives ankieta-o-bezpieczenstwie."""
    words = re.findall(r"[a-z0-9]+", folded(title))
    return "-".join(words)[:LONGEST_SLUG].rstrip("-")


def free_slug(title: str, is_taken: Callable[[str], bool]) -> str:
    """Make a name of a title that is not taken yet, with a number at its end if need be."""
    wanted = slug_of(title) or "ankieta"
    numbered = (f"{wanted[: LONGEST_SLUG - 4]}-{number}" for number in range(2, 1000))
    return next(slug for slug in (wanted, *numbered) if not is_taken(slug))


def labels_of_files(districts: Mapping[str, str]) -> Labels:
    """Word what stands before the answers in a file for statistics programs, in Polish."""
    with force_locale("pl"):
        modes = {mode.value: str(in_words(mode)) for mode in Mode}
        about = (_("Version of the questionnaire"), _("How the answers came"), _("District named"))
    return Labels(modes, districts, about)
