"""An edition of minutes in words: the same on a page, in print and in an office program, in the reader's language."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.attachments.sifting import Kind
from consult.disclosure import HIDDEN_BELOW
from consult.geo import Place, PlaceKind
from consult.web.languages import day, language, number
from consult.web.time_fields import times_in_words, weekdays_in_words
from debates.editions import Compared, Record, compared
from debates.models import AddresseeKind, MeetingKind, MeetingLevel
from debates.notes import SpeakerRole, StatementKind
from debates.outcomes import ProposalStatus
from debates.wording import in_words, where

Rows = list[tuple[str, str]]
POSITION = "0.00000"


def worded(record: Record) -> dict[str, Any]:
    """Put an edition into words: its head, what was said, what was asked for, and what is left unsaid."""
    return {
        "record": record,
        "kind": in_words(MeetingKind(record["kind"])),
        "when": ", ".join(filter(None, (held(record), hours(record)))),
        "head": [row for row in _head(record) if row[1]],
        "as_written": _as_written(record),
        "filed": [row for row in _filed(record) if row[1]],
        "statements": [_statement(one) for one in record["statements"]],
        "proposals": [_proposal(one) for one in record["proposals"]],
        "files": [f"{one['number']}. {_file(one)}" for one in record.get("files", [])],
        "unsaid": unsaid(record),
        "no_requests": no_requests(record),
    }


def _as_written(record: Record) -> set[str]:
    """The values of the head that somebody wrote in Polish, whatever the language of the page."""
    lists = ("\n".join(record[name]) for name in ("organisers", "invited", "officials"))
    return {*lists, *(record[name] for name in ("series", "venue", "themes", "announced", "previous"))}


def held(record: Record) -> str:
    """Say when the meeting was held, as exactly as is known."""
    if not record["held_on"]:
        return str(_("date unknown"))
    first = date.fromisoformat(record["held_on"])
    return str(first.year) if record["is_year_only"] else day(first)


def hours(record: Record) -> str:
    """Say from when to when the meeting lasted."""
    return "–".join(filter(None, (record["starts_at"], record["ends_at"])))


def _head(record: Record) -> Rows:
    unnamed = record.get("officials_unnamed", 0)
    more = ngettext("%(num)d person without a function", "%(num)d persons without a function", unnamed)
    return [
        (_("Kind of meeting"), in_words(MeetingKind(record["kind"]))),
        (_("For whom"), in_words(MeetingLevel(record["level"]))),
        (_("Series"), record["series"]),
        (_("Date"), held(record)),
        (_("Hours"), hours(record)),
        (_("Venue"), record["venue"]),
        (_("Counts in districts"), ", ".join(record["districts"])),
        (_("Organisers"), "\n".join(record["organisers"])),
        (_("Who was invited"), "\n".join(record["invited"])),
        (_("Officials present"), "\n".join([*record["officials"], *([more] if unnamed else [])])),
        (_("Number of residents"), "" if record["residents"] is None else number(record["residents"])),
        (_("Themes"), record["themes"]),
        (_("How it was announced"), record["announced"]),
        (_("Previous debate"), record["previous"]),
        (_("Questionnaires filled in"), "" if record["questionnaires"] is None else number(record["questionnaires"])),
    ]


def _filed(record: Record) -> Rows:
    until = record["retain_until"]
    return [
        (_("Case sign"), record["case_sign"]),
        (_("JRWA symbol"), record["jrwa_symbol"]),
        (_("Archival category"), record["archival_category"]),
        (_("Kept until"), day(date.fromisoformat(until)) if until else ""),
    ]


def _statement(one: Record) -> dict[str, Any]:
    return {
        "number": one["number"],
        "kind": in_words(StatementKind(one["kind"])),
        "category": one["category"][language()] if one["category"] else "",
        "text": one["text"],
        "answer": one["answer"],
        "facts": [row for row in _facts(one) if row[1]],
        "withheld_because": one.get("withheld_because", ""),
    }


def _facts(one: Record) -> Rows:
    said_of = one["said_of"]
    times = (weekdays_in_words(one["weekdays"]), times_in_words(one["times_of_day"]))
    return [
        (_("Where"), place_in_words(one["place"])),
        (_("When"), ", ".join(filter(None, (day(date.fromisoformat(said_of)) if said_of else "", *times)))),
        (_("Speaker"), in_words(SpeakerRole(one["speaker"]))),
        (_("Voices"), number(one["voices"]) if one["voices"] > 1 else ""),
        (_("Added"), _("while the minutes were being corrected") if one.get("added_in_correction") else ""),
    ]


def place_in_words(place: Record | None) -> str:
    """Say where something is: as people called it for staff, as the map shows it for everybody."""
    if place is None:
        return ""
    if "geometry" in place:
        return where(Place.from_record(place))
    return ", ".join(filter(None, (place["area"], _spot(place))))


def _spot(place: Record) -> str:
    if place["lon"] is None:
        return str(_("the whole area"))
    drawn = {PlaceKind.LINE.value: _("line on the map"), PlaceKind.AREA.value: _("area on the map")}
    kind = drawn.get(place["kind"], _("point on the map"))
    return f"{kind} ({format_decimal(place['lat'], POSITION)}; {format_decimal(place['lon'], POSITION)})"


def _proposal(one: Record) -> dict[str, Any]:
    return {
        "number": one["number"],
        "text": one["text"],
        "addressee_name": one["addressee_name"],
        "addressee": one["addressee_name"] or in_words(AddresseeKind(one["addressee"])),
        "due": day(date.fromisoformat(one["due_on"])) if one["due_on"] else "",
        "status": in_words(ProposalStatus(one["status"])),
        "answer": one["answer"],
        "answered": day(date.fromisoformat(one["answered_on"])) if one["answered_on"] else "",
        "commitments": [_commitment(each) for each in one.get("commitments", [])],
    }


def _commitment(one: Record) -> str:
    """Say in a line who promised what by when, and what came of it."""
    due = _("by %(day)s", day=day(date.fromisoformat(one["due_on"]))) if one["due_on"] else ""
    kept = _("kept on %(day)s", day=day(date.fromisoformat(one["kept_on"]))) if one["kept_on"] else ""
    told = ", ".join(filter(None, (one["what"], due, kept, one["outcome"])))
    return f"{one['who']}: {told}"


def _file(one: Record) -> str:
    """Say what a file of the minutes is: editions of an earlier form list none."""
    return f"{one['description']} ({_FILES[one['kind']]})"


_FILES = {Kind.PHOTO.value: _l("photo"), Kind.PDF.value: "PDF"}


def unsaid(record: Record) -> list[str]:
    """Say how many statements and requests everybody is not shown, and why; nothing for the edition of staff."""
    told = [*_unsaid(record["unsaid"])] if "unsaid" in record else []
    unasked = record.get("unasked", 0)
    if unasked != 0:
        told.append(_("Not shown of what was asked for: %(number)s, for the same reasons.", number=_count(unasked)))
    if record.get("taken_off"):
        told.append(_("Something was taken off this page after it was published."))
    return told


def no_requests(record: Record) -> str:
    """Say in place of an empty list of requests whether nobody asked for anything, none is shown, or none is listed."""
    if record.get("unasked", 0) != 0 or record.get("taken_off"):
        return str(_("No request is published."))
    if any(one["kind"] == StatementKind.PROPOSAL for one in record["statements"]):
        return str(_("No list of requests was made; they stand among what was said."))
    return str(_("Nothing was asked for."))


def _unsaid(counts: Record) -> list[str]:
    if "lone" in counts:
        return [_("One resident came. What was said is not published, since it would lead back to that person.")]
    if counts["total"] == 0:
        return []
    withheld, protected = counts["withheld"], counts["protected"]
    why = []
    if withheld != 0:
        why.append(_("the police unit withheld them") + _in_brackets(withheld))
    if protected != 0:
        why.append(_("they speak of threats whose places are not shown to the public") + _in_brackets(protected))
    reasons = "; ".join(why)
    return [_("Statements not shown: %(number)s. Why: %(reasons)s.", number=_count(counts["total"]), reasons=reasons)]


def _in_brackets(count: int | None) -> str:
    return f" ({count})" if count else ""


def _count(count: int | None) -> str:
    return number(count) if count is not None else str(_("fewer than %(number)s", number=HIDDEN_BELOW))


def statements_compared(before: Record, after: Record) -> list[Compared]:
    """Compare what was said in two editions, statement by statement."""
    lines = {
        _("What was it?"): lambda one: in_words(StatementKind(one["kind"])),
        _("Category"): lambda one: one["category"][language()] if one["category"] else "",
        _("What was said"): _text("text"),
        _("Answer on the spot"): _text("answer"),
        _("Details"): lambda one: "; ".join(f"{name}: {value}" for name, value in _facts(one) if value),
        _("Withheld from the public"): _text("withheld_because"),
    }
    return compared(before["statements"], after["statements"], lines)


def proposals_compared(before: Record, after: Record) -> list[Compared]:
    """Compare what was asked for in two editions, request by request."""
    lines = {
        _("What was asked for"): _text("text"),
        _("Asked of"): lambda one: _proposal(one)["addressee"],
        _("Deadline"): lambda one: _proposal(one)["due"],
        _("Answer"): lambda one: ", ".join(filter(None, (_proposal(one)["status"], one["answer"]))),
    }
    return compared(before["proposals"], after["proposals"], lines)


def files_compared(before: Record, after: Record) -> list[Compared]:
    """Compare which files two editions list."""
    return compared(before.get("files", []), after.get("files", []), {_("What is it?"): _file})


def head_compared(before: Record, after: Record) -> list[Compared]:
    """Compare the heads of two editions, all of their lines as one thing."""
    names = dict.fromkeys(name for record in (before, after) for name, _value in (*_head(record), *_filed(record)))
    one, other = ({"key": "head", "number": 0, **dict((*_head(record), *_filed(record)))} for record in (before, after))
    return compared([one], [other], {name: _text(name) for name in ("", *names) if name})


def _text(name: str) -> Callable[[Record], str]:
    return lambda one: str(one[name])
