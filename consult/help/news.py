"""What is new, in the words of those who use it: the pieces of CHANGELOG.md that change somebody's day.

CHANGELOG.md tells whoever runs or builds the product everything, in English. These are a choice, told by what one can
do now, in every language of the pages. Each names the line of CHANGELOG.md that it tells of, and its version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from consult.web.roles import Role

RESIDENTS = (None,)
FIELD = (Role.OFFICER, Role.HEAD)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
EVERYBODY = (None, *Role)


@dataclass(frozen=True)
class Piece:
    """Something new: its number in the order of telling, since when, for whom (`None` are residents), where it is.

    `tells` begins the line of CHANGELOG.md, under `version`.
    """

    number: int
    on: date
    whose: tuple[Role | None, ...]
    title: Any
    words: Any
    page: str
    version: str
    tells: str


NEWS = (
    Piece(
        18,
        date(2026, 11, 28),
        (Role.ADMINISTRATOR,),
        _l("State of the system"),
        _l("One page tells what does not work or needs attention, and which command mends it."),
        "system.index",
        "Unreleased",
        "Administrators read at `/system`",
    ),
    Piece(
        17,
        date(2026, 11, 28),
        tuple(Role),
        _l("Your filters under a name"),
        _l("Choose filters above a list and press “Save this view”: from then on it stands above the list."),
        "saved_views.index",
        "Unreleased",
        "Staff keep lists with their filters under a name",
    ),
    Piece(
        16,
        date(2026, 11, 28),
        tuple(Role),
        _l("What is new stands on a page"),
        _l(
            "“Today” says when something new is there for your work, until you have seen it. The page is in Help and "
            "at the foot of every page."
        ),
        "help.news",
        "Unreleased",
        "What is new stands on a page of Help",
    ),
    Piece(
        15,
        date(2026, 11, 28),
        EVERYBODY,
        _l("Another language loses nothing"),
        _l("You can change the language in the middle of a form: what you have typed stays."),
        "online_reports.new",
        "Unreleased",
        "Another language in the middle of a form",
    ),
    Piece(
        14,
        date(2026, 11, 28),
        EVERYBODY,
        _l("Help for each task"),
        _l(
            "Every page leads to a short help for what is done there. Press ? to see the keys. All of it is a PDF, too."
        ),
        "help.index",
        "Unreleased",
        "Help: a short page for each task",
    ),
    Piece(
        13,
        date(2026, 11, 28),
        RESIDENTS,
        _l("The first page asks what you want to do"),
        _l("Report a threat, answer a survey, or see what people asked for and what came of it."),
        "desk.home",
        "Unreleased",
        "The first page asks what to do",
    ),
    Piece(
        12,
        date(2026, 11, 28),
        (Role.COORDINATOR,),
        _l("A template for your own questionnaire"),
        _l("A workbook with a row of each kind of question and a word about it. Fill it in and upload it."),
        "surveys.index",
        "Unreleased",
        "Whoever begins a survey or its next version finds a template",
    ),
    Piece(
        11,
        date(2026, 11, 27),
        READERS,
        _l("All summaries by one press"),
        _l("They are written in the background. You see how far it is, can break off, and ask again for what failed."),
        "summaries.index",
        "Unreleased",
        "All summaries of a unit are written by one press",
    ),
    Piece(
        10,
        date(2026, 11, 27),
        tuple(Role),
        _l("Sign in with a second step"),
        _l("A code from an app protects your account, also when somebody knows your password. Set it up on your page."),
        "accounts.own",
        "Unreleased",
        "A second step of signing in",
    ),
    Piece(
        9,
        date(2026, 11, 27),
        tuple(Role),
        _l("Nothing typed is lost when a session ends"),
        _l("After half an hour without a press you sign in again, find what you had typed and can send it."),
        "accounts.own_sessions",
        "Unreleased",
        "Sessions of staff are kept by the server",
    ),
    Piece(
        8,
        date(2026, 11, 27),
        READERS,
        _l("Hot spots and trends"),
        _l("Where more different people speak of something than chance explains, and when. Often nothing stands out."),
        "hot_spots.index",
        "Unreleased",
        "Hot spots and trends for the police",
    ),
    Piece(
        7,
        date(2026, 11, 27),
        READERS,
        _l("Where a police post would serve most"),
        _l("Sheets of proposed changes, and places within reach of most threats that several people speak of."),
        "allocation.index",
        "Unreleased",
        "Candidate places for a police post",
    ),
    Piece(
        6,
        date(2026, 11, 27),
        EVERYBODY,
        _l("What the police recorded"),
        _l("The page of a district shows counts and rates, and what residents speak of beside them."),
        "statistics.index",
        "Unreleased",
        "Police records, the fourth door",
    ),
    Piece(
        5,
        date(2026, 11, 27),
        READERS,
        _l("A questionnaire for each debate"),
        _l("One press makes it, with a poster for the door and slips with codes. Its results stand with the debate."),
        "debates.index",
        "Unreleased",
        "A debate gets its questionnaire with one press",
    ),
    Piece(
        4,
        date(2026, 11, 27),
        READERS,
        _l("Sheets with a map for people without a telephone"),
        _l("Print them for a debate, give them out, and type the marked fields in by keyboard."),
        "paper.index",
        "Unreleased",
        "Sheets with a map for people without a telephone",
    ),
    Piece(
        3,
        date(2026, 11, 26),
        FIELD,
        _l("Minutes while people speak"),
        _l("Enter saves a line and begins the next. Without a connection lines wait on the device and are sent later."),
        "debates.index",
        "Unreleased",
        "Live minutes of a debate",
    ),
    Piece(
        2,
        date(2026, 11, 26),
        (Role.HEAD, Role.COORDINATOR),
        _l("Many threats under another category at once"),
        _l("Choose them in the list. You see first what would change, and can undo it."),
        "threats.index",
        "Unreleased",
        "Heads and coordinators put up to 1,000 threats",
    ),
    Piece(
        1,
        date(2026, 11, 26),
        RESIDENTS,
        _l("Say whether it is gone"),
        _l("When your report is closed, you have two weeks to say how it is. If it is not well, the head looks again."),
        "help.index",
        "Unreleased",
        "After a report: what was done in plain words",
    ),
)
"""The newest first."""


def news_for(role: Role | None) -> Sequence[Piece]:
    """List what is new for a reader: for residents, or for a role."""
    return [piece for piece in NEWS if role in piece.whose]
