"""Past minutes from a page: a file is held, shown as what it would enter, and entered when its reader says yes.

The file waits on disk under the key of its form and the account that sent it, for a day. What is entered is named by a
digest of all that was shown, so that nothing else is entered when the file or the database says another thing by then.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from consult.accounts.models import Account
from consult.attachments import operations as files
from consult.attachments import queries as held_files
from consult.audit import operations as audit
from consult.clock import today
from consult.personal_data import pieces
from consult.web.languages import day, language
from debates import queries, tables, transcription
from debates.columns import ALONE, FURTHER_REQUEST, PROMISE, polish_name
from debates.faults import Fault, FaultKind, FileRefused
from debates.models import AddresseeKind, Meeting
from debates.notes import StatementKind
from debates.operations.asking import addressed
from debates.past_minutes import Record, read
from debates.transcription import Entry, Gathering, Limit, Plan
from debates.wording import held, in_words, remarks_in_words, what_is_wrong, where

SOURCE = "debates.import"
MOST_RECORDS = 300
"""So many are entered within half a minute, in which nobody else writes on SQLite."""

SHOWN_ROWS = 200
SHOWN_FAULTS = 100


class Gone(Exception):
    """The file does not wait any more: its day is over, or it never came."""


class Changed(Exception):
    """What would be entered now is not what was shown."""


def hold(author: Account, *, key: str, content: bytes, unit_code: str) -> None:
    """Let a file wait for its reader's word. Raises OSError when the disk refuses."""
    files.lay_aside(SOURCE, _owner(author, key), f"{unit_code}\n".encode() + content)


def planned(author: Account, key: str) -> Plan:
    """Say all that the waiting file would enter; raises Gone or FileRefused."""
    waiting = held_files.laid_aside(SOURCE, _owner(author, key))
    if waiting is None:
        raise Gone
    unit_code, _line, content = waiting.partition(b"\n")
    table = tables.taken_apart(content, tables.format_of(content))
    if len(table.records) > MOST_RECORDS:
        raise FileRefused([Fault(FaultKind.TOO_MANY_HERE)], len(table.records))
    return transcription.planned(read(table, today()), unit_code.decode() or None, Limit(author.scope))


def enter(author: Account, key: str, digest: str) -> Plan:
    """Enter what was shown, wholly, and give the plan; what is there already by now is not entered again.

    Raises Gone, FileRefused, Changed.
    """
    plan = planned(author, key)
    if not plan.new:
        return plan
    if plan.digest != digest:
        raise Changed
    transcription.enter(plan, author)
    facts = {"read": plan.read, "new": plan.new, "digest": plan.digest[:12]}
    audit.note(author.id, "import_minutes", "minutes_file", key, author.scope, **facts)
    return plan


def meetings_of(plan: Plan) -> list[Meeting]:
    """Give the meetings of a plan that was carried out."""
    return [found for one in plan.gatherings if (found := queries.meeting_by_key(one.key)) is not None]


def _owner(author: Account, key: str) -> str:
    return f"{author.id} {key}"


# What is shown


@dataclass(frozen=True)
class ShownRow:
    """A record as a reader sees it before it is entered."""

    number: int
    kind: str
    text: str
    details: tuple[tuple[str, str], ...]
    state: str


@dataclass(frozen=True)
class ShownMeeting:
    """A meeting of the file as a reader sees it."""

    gathering: Gathering
    when: str
    counts: tuple[tuple[str, int], ...]
    rows: tuple[ShownRow, ...]

    @property
    def is_cut(self) -> bool:
        """Whether it has more rows than are shown."""
        return len(self.rows) < len(self.gathering.entries)


def shown(plan: Plan) -> list[ShownMeeting]:
    """Put a plan into words, meeting by meeting; of a long file the first rows alone."""
    left = SHOWN_ROWS
    found = []
    for gathering in plan.gatherings:
        entries = gathering.entries[:left]
        left -= len(entries)
        found.append(ShownMeeting(gathering, _when(gathering), tuple(_counted(gathering)), tuple(map(_row, entries))))
    return found


def _when(gathering: Gathering) -> str:
    """Say when the meeting was held: the one that is there already, else as the file says."""
    if gathering.known is not None:
        return held(gathering.known)
    facts = gathering.facts
    if facts["held_on"] is None:
        return str(_("date unknown"))
    return str(facts["held_on"].year) if facts["is_year_only"] else day(facts["held_on"])


def _counted(gathering: Gathering) -> Iterator[tuple[str, int]]:
    """Count what will be entered, by kind, and how much of it has a place."""
    new = gathering.new
    counts = Counter(entry.record.kind for entry in new)
    for kind in StatementKind:
        if counts[kind.value]:
            yield in_words(kind), counts[kind.value]
    asked = sum(entry.record.is_asked for entry in new)
    promised = sum(bool(entry.record.promised.what) for entry in new)
    placed = sum(entry.place is not None for entry in new)
    for words, number in (
        (_("requests with an addressee"), asked),
        (_("promises"), promised),
        (_("places recognised"), placed),
    ):
        if number:
            yield str(words), number


def _row(entry: Entry) -> ShownRow:
    record = entry.record
    text = record.promised.what if record.kind == PROMISE else record.text
    return ShownRow(record.record, kind_in_words(record), text, tuple(_details(entry)), _state(entry))


def kind_in_words(record: Record) -> str:
    """Say what a record is."""
    if record.kind == ALONE:
        return str(_("Meeting"))
    if record.kind == PROMISE:
        return str(_("Promise"))
    return in_words(StatementKind.PROPOSAL if record.kind == FURTHER_REQUEST else StatementKind(record.kind))


def _details(entry: Entry) -> Iterator[tuple[str, str]]:
    """Say what was recognised: category, place, who is asked, what was promised."""
    record = entry.record
    if entry.category is not None:
        yield str(_("Category")), entry.category.name(language())
    if entry.place is not None:
        yield str(_("Place")), where(entry.place)
    elif record.is_said and record.places:
        yield str(_("Place")), str(_("not recognised"))
    if record.is_said and record.voices > 1:
        yield str(_("Voices")), str(record.voices)
    if record.is_asked:
        yield str(_("Who is asked")), _asked_of(entry)
        yield str(_("State")), in_words(record.asked.result)
    if record.promised.what:
        yield str(_("Who promised")), record.promised.who


def _asked_of(entry: Entry) -> str:
    told = addressed(entry.addressee, entry.addressee_name)
    kind = in_words(AddresseeKind(told["addressee"]))
    return f"{told['addressee_name']} ({kind})" if told["addressee_name"] else kind


def _state(entry: Entry) -> str:
    if entry.repeats:
        return str(_("says what row %(row)s says", row=entry.repeats))
    return str(_("there already")) if entry.is_known else ""


def remarks(plan: Plan) -> list[str]:
    """Say what a reader should look at before saying yes."""
    said = remarks_in_words(plan.minutes)
    naming = [record.record for record in plan.minutes.records if _names_somebody(record)]
    if naming:
        rows = ", ".join(map(str, naming[:10])) + (" …" if len(naming) > 10 else "")
        said.append(str(_("This looks like data of a person; take it out of the file: rows %(rows)s.", rows=rows)))
    return said


def _names_somebody(record: Record) -> bool:
    words = (record.text, record.answer, record.follow_up, record.promised.who, record.promised.what)
    return any(kind for text in words for _piece, kind in pieces(text))


def faults_table(faults: Sequence[Fault]) -> list[list[Any]]:
    """Put faults into rows: where, which column, what stands there, what is wrong and what to do."""
    return [[fault.record or "", column_in_words(fault.field), fault.value, what_is_wrong(fault)] for fault in faults]


def column_in_words(column: str) -> str:
    """Name a column in both of its languages, since the file may use either."""
    polish = polish_name(column) if column else ""
    return f"{polish} ({column})" if polish != column else column
