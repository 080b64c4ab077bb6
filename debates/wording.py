"""What the codes of debates are called for people."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.attachments.sifting import Kind
from consult.geo import Place, PlaceKind
from consult.period import names_of
from consult.web.languages import day
from consult.web.place_field import FAULTS as PLACE_FAULTS
from consult.web.time_fields import times_in_words, weekdays_in_words
from debates.agenda import AgendaFault, AgendaRefused, Point, Theme
from debates.columns import ALONE
from debates.faults import Fault, FaultKind
from debates.models import (
    VENUE_FEATURES,
    AddresseeKind,
    Meeting,
    MeetingKind,
    MeetingLevel,
    MeetingPlan,
    Proposal,
    Statement,
    VenueFeature,
)
from debates.notes import KINDS, SPEAKERS, SpeakerRole, StatementKind
from debates.outcomes import Outcome, ProposalStatus
from debates.past_minutes import Minutes
from debates.stages import Hindrance, MeetingStage, SuggestionState

Choices = list[tuple[str, Any]]

_LISTED: Sequence[tuple[StrEnum, Any]] = (
    (MeetingKind.OPENING_DEBATE, _l("Opening debate")),
    (MeetingKind.EVALUATING_DEBATE, _l("Evaluating debate")),
    (MeetingKind.LOCAL_GOVERNMENT, _l("Meeting with local government")),
    (MeetingKind.SAFETY_COMMISSION, _l("Commission for safety and order")),
    (MeetingKind.COUNCIL, _l("Session of a council")),
    (MeetingKind.NGO, _l("Meeting with an organisation")),
    (MeetingKind.SCHOOL, _l("Meeting at a school")),
    (MeetingKind.RESIDENTS_HOURS, _l("Residents' hours")),
    (MeetingKind.WALK, _l("Walk around the area")),
    (MeetingLevel.VOIVODESHIP, _l("voivodeship")),
    (MeetingLevel.DISTRICT, _l("district")),
    (MeetingLevel.COMMUNE, _l("commune")),
    (MeetingLevel.LOCAL, _l("housing estate or village")),
    (MeetingStage.PLANNED, _l("Planned")),
    (MeetingStage.DRAFTING, _l("Minutes being written")),
    (MeetingStage.CORRECTING, _l("Minutes being corrected")),
    (MeetingStage.APPROVED, _l("Minutes approved")),
    (Hindrance.NO_CATEGORY, _l("Some threats have no category yet. Choose one for each of them.")),
    (
        Hindrance.NO_STATUS,
        _l("Some requests of the previous debate have no answer yet. Write down what became of each of them."),
    ),
    (
        Hindrance.UNANSWERED,
        _l("Some of those invited suggested other words and wait for an answer. Answer each of them."),
    ),
    (SuggestionState.WAITING, _l("Waiting for an answer")),
    (SuggestionState.TAKEN, _l("Taken over")),
    (SuggestionState.DECLINED, _l("Not taken over")),
    (VenueFeature.STEP_FREE, _l("step-free entrance")),
    (VenueFeature.TOILET, _l("accessible toilet")),
    (VenueFeature.INDUCTION_LOOP, _l("induction loop for people with hearing aids")),
    (VenueFeature.SIGN_LANGUAGE, _l("sign-language interpreter for whoever asks beforehand")),
    (VenueFeature.PARKING, _l("parking for disabled people")),
    (VenueFeature.PUBLIC_TRANSPORT, _l("a stop of public transport near by")),
    (Theme.WELCOME, _l("Welcome and introduction of the guests")),
    (Theme.SAFETY, _l("The state of safety in the area")),
    (Theme.MAP, _l("The National Map of Security Threats: what residents report")),
    (Theme.PREVIOUS, _l("What became of the requests of the previous debate")),
    (Theme.DISCUSSION, _l("Discussion: what troubles residents, and where")),
    (Theme.SUMMARY, _l("Summary: requests, and whom each of them is addressed to")),
    (Theme.QUESTIONNAIRES, _l("Anonymous questionnaires and the end")),
    (AgendaFault.NO_SUCH_HOUR, _l("there is no such hour")),
    (AgendaFault.NO_THEME, _l("the theme is missing")),
    (AgendaFault.THEME_TOO_LONG, _l("the theme is too long; shorten it to 200 characters")),
    (AgendaFault.HOURS_OUT_OF_ORDER, _l("the hour is earlier than in the line before")),
    (AgendaFault.TOO_MANY_POINTS, _l("there are too many points; 40 are the most")),
    (StatementKind.THREAT, _l("Threat")),
    (StatementKind.PROPOSAL, _l("Request")),
    (StatementKind.QUESTION, _l("Question")),
    (StatementKind.PRAISE, _l("Praise")),
    (StatementKind.INFORMATION, _l("Information")),
    (SpeakerRole.RESIDENT, _l("resident")),
    (SpeakerRole.VILLAGE_HEAD, _l("village head")),
    (SpeakerRole.COUNCILLOR, _l("councillor")),
    (SpeakerRole.LOCAL_GOVERNMENT, _l("mayor or someone else of local government")),
    (SpeakerRole.INSTITUTION, _l("someone from an institution")),
    (SpeakerRole.POLICE, _l("someone from the police")),
    (SpeakerRole.OTHER, _l("someone else")),
    (AddresseeKind.POLICE, _l("Police")),
    (AddresseeKind.COMMUNE, _l("Commune")),
    (AddresseeKind.DISTRICT, _l("District authorities")),
    (AddresseeKind.ROAD_OWNER, _l("Road manager")),
    (AddresseeKind.RAILWAY, _l("Railway")),
    (AddresseeKind.FORESTS, _l("State forests")),
    (AddresseeKind.SCHOOL, _l("School")),
    (AddresseeKind.OTHER, _l("Someone else")),
    (ProposalStatus.OPEN, _l("Waiting for an answer")),
    (ProposalStatus.ACCEPTED, _l("Accepted")),
    (ProposalStatus.IN_PROGRESS, _l("In progress")),
    (ProposalStatus.DONE, _l("Done")),
    (ProposalStatus.PARTLY_DONE, _l("Partly done")),
    (ProposalStatus.REFUSED, _l("Refused")),
    (ProposalStatus.HANDED_OVER, _l("Handed over")),
    (ProposalStatus.NO_ANSWER, _l("No answer came")),
    (Outcome.DONE, _l("Requests done")),
    (Outcome.PARTLY, _l("Requests partly done")),
    (Outcome.IN_PROGRESS, _l("Requests in progress")),
    (Outcome.REFUSED, _l("Requests refused, with the reasons")),
    (Outcome.PASSED_ON, _l("Passed on")),
    (Outcome.WAITING, _l("Waiting for an answer, the day has not passed")),
    (Outcome.NO_ANSWER, _l("Without an answer, the day has passed")),
)
_WORDS = {(type(code), code.value): words for code, words in _LISTED}
"""By kind and code, since codes of different kinds are the same text: a commune asked and a meeting for a commune."""

MINUTES: dict[MeetingStage, Any] = {
    MeetingStage.PLANNED: _l("not begun"),
    MeetingStage.DRAFTING: _l("being written"),
    MeetingStage.CORRECTING: _l("being corrected by those who were there"),
    MeetingStage.APPROVED: _l("approved"),
}
"""How far the minutes of a meeting are, to go on after the word for them."""

MARKS_OF_KINDS = [(mark, kind, _WORDS[type(kind), kind.value]) for mark, kind in KINDS.items()]
"""What the first character of a note's line says about it."""

MARKS_OF_SPEAKERS = [(f"@{letter}", role, _WORDS[type(role), role.value]) for letter, role in SPEAKERS.items()]
"""Who spoke, as a note's line marks it."""

MARKS: dict[ProposalStatus, str] = {
    ProposalStatus.OPEN: "new",
    ProposalStatus.ACCEPTED: "in_verification",
    ProposalStatus.IN_PROGRESS: "in_verification",
    ProposalStatus.DONE: "eliminated",
    ProposalStatus.PARTLY_DONE: "eliminated",
    ProposalStatus.REFUSED: "not_confirmed",
    ProposalStatus.HANDED_OVER: "handed_over",
    ProposalStatus.NO_ANSWER: "not_confirmed",
}
"""Which of the drawn marks stands beside a proposal's state."""


FAULTS: dict[FaultKind, Any] = {
    FaultKind.NOT_UTF8: _l("the file is not in UTF-8; save it as “CSV UTF-8”"),
    FaultKind.NUL: _l("the file has empty bytes, so it is damaged or no text; save it again as “CSV UTF-8” or .xlsx"),
    FaultKind.NOT_JSON: _l("this is no JSON that can be read"),
    FaultKind.NOT_A_LIST: _l("the file must hold a list of records"),
    FaultKind.NOT_A_RECORD: _l("this is no record with named fields"),
    FaultKind.NOT_A_TABLE: _l("this is no table; copy its words into our template and choose that file"),
    FaultKind.NOT_A_WORKBOOK: _l("this is no Excel workbook that can be read; save it once more as .xlsx"),
    FaultKind.OLD_WORKBOOK: _l("this is an Excel workbook of the old kind; save it as .xlsx"),
    FaultKind.MACROS: _l("the workbook has macros; save it as .xlsx without macros"),
    FaultKind.ENTITIES: _l("the workbook holds something that no spreadsheet writes; save it once more as .xlsx"),
    FaultKind.TOO_LARGE: _l("the file is too large; divide it into parts of at most 20,000 records"),
    FaultKind.TOO_MANY_HERE: _l("the file has more than 300 rows; divide it into several files"),
    FaultKind.NO_RECORDS: _l("the file has no records"),
    FaultKind.NO_COLUMN: _l("the column is missing from the header"),
    FaultKind.COLUMN_TWICE: _l("the column is there twice; take one of them away"),
    FaultKind.TOO_MANY_CELLS: _l("the row has more cells than the header"),
    FaultKind.UNCLOSED: _l(
        "a quotation mark begins a cell of this row and does not end it where the cell ends; take it away, or double "
        "it where it belongs to the words"
    ),
    FaultKind.EXAMPLE: _l("this is the example of the template; delete this row"),
    FaultKind.EMPTY: _l("the field is empty"),
    FaultKind.TOO_LONG: _l("the text is too long"),
    FaultKind.CONTROL_CHARACTERS: _l("the text holds control characters"),
    FaultKind.NOT_TEXT: _l("this is no text"),
    FaultKind.NOT_A_DISTRICT: _l("this is no TERYT code of a district: four digits, such as 1003"),
    FaultKind.NOT_A_DAY: _l("this is no date of the form 2016-03-16 or 2016"),
    FaultKind.NOT_AN_HOUR: _l("this is no hour of the form 17:30"),
    FaultKind.NOT_YET: _l("this day has not come yet"),
    FaultKind.NOT_AN_ADDRESS: _l("this is no address of a page that begins with http:// or https://"),
    FaultKind.NOT_A_NUMBER: _l("this is no number"),
    FaultKind.NOT_A_COUNT: _l("this is no whole number that may stand here"),
    FaultKind.NOT_A_CHOICE: _l("this word may not stand here"),
    FaultKind.NOT_A_CLASS: _l("enter A, BC, or B or BE with a number of years, such as B5 or BE10"),
    FaultKind.NO_ANSWER: _l("a state that tells a result needs its words; write what was decided and why"),
    FaultKind.NO_REQUEST: _l(
        "there is no request above to which the promise could belong; put the row below its request"
    ),
    FaultKind.NO_PROMISE: _l("a promise says what, by whom and, once it was kept, how; fill this in"),
    FaultKind.HOURS: _l("the end is before the beginning"),
    FaultKind.BEFORE_THE_MEETING: _l("this day is before the meeting"),
    FaultKind.AFTER_THE_MEETING: _l("this day is later than the meeting"),
    FaultKind.DIFFERS: _l(
        "another row of the same meeting says something else; correct one of them, or give each meeting a name of its "
        "own in the column “meeting” (“debata”)"
    ),
    FaultKind.SAME_SIGN: _l(
        "another row of the same meeting has this name, or the same words, and says something else beside; give each a "
        "name of its own in the column “id” (“identyfikator”)"
    ),
    FaultKind.OTHER_DAY: _l(
        "the meeting of this name, or of this town and year, that is here already was held on another day; correct the "
        "day, or give this one a name of its own in the column “meeting” (“debata”)"
    ),
    FaultKind.TOO_MANY_PLACES: _l("one row names at most 50 places; leave out some of them"),
    FaultKind.NO_CATEGORY: _l("there is no such category in the catalogue"),
    FaultKind.CATEGORY_ENDED: _l("the category was no longer in force on the day of the debate"),
    FaultKind.NO_UNIT: _l(
        "there is no such unit. Enter it with “flask accounts unit CODE NAME --path PATH --area TERYT” "
        "or put all records under one unit with --unit CODE"
    ),
    FaultKind.OTHER_UNIT: _l("this unit is not one of yours; leave the row out, or let that unit enter it"),
    FaultKind.FAR_DISTRICT: _l("this district is not in the voivodeship of the unit; check its code"),
    FaultKind.NO_AREA: _l("there is no commune or district with this TERYT code"),
    FaultKind.OTHER_MEETING: _l("this belongs to another meeting already; leave the cell empty"),
    FaultKind.MEETING_OF_ANOTHER: _l(
        "the meeting of this name, or of this town and year, that is here already was held by another unit; give this "
        "one a name of its own in the column “meeting” (“debata”)"
    ),
    FaultKind.APPROVED: _l("the minutes of this meeting are approved; open them again first, or leave the row out"),
    FaultKind.PLANNED: _l("this meeting is still planned; begin its minutes first"),
    FaultKind.NO_DISTRICT: _l(
        "there are no boundaries of this district. Import them with “flask districts import FILE”"
    ),
}


MOST_NUMBERS = 10


def fault_in_words(fault: Fault, records: Sequence[int]) -> str:
    """Say what is wrong in a file: in which records, the field, the value, the fault."""
    numbers = ", ".join(str(record) for record in records[:MOST_NUMBERS] if record)
    numbers += " …" if len(records) > MOST_NUMBERS else ""
    said = what_is_wrong(fault)
    parts = (
        _("record %(record)s", record=numbers) if numbers else "",
        _("field %(field)s", field=fault.field) if fault.field else "",
        f"„{fault.value}”" if fault.value else "",
    )
    at = ", ".join(part for part in parts if part)
    return f"{at}: {said}" if at else said


FILE_KINDS = {Kind.PHOTO: _l("photo"), Kind.PDF: _l("PDF document, only to be saved")}


def file_kind(kind: Kind) -> str:
    """Say what kind of file belongs to minutes, and how it is opened."""
    return str(FILE_KINDS[kind])


def what_is_wrong(fault: Fault) -> str:
    """Say what is wrong and what to do, without where it stands."""
    said = str(PLACE_FAULTS[fault.place]) if fault.place else str(FAULTS[fault.kind])
    if not fault.detail:
        return said
    if fault.kind in {FaultKind.DIFFERS, FaultKind.SAME_SIGN}:
        about = _("see row %(row)s", row=fault.detail)
    elif fault.kind is FaultKind.TOO_LONG:
        about = _("at most %(most)s characters", most=fault.detail)
    else:
        about = _("what may stand there: %(words)s", words=fault.detail)
    return f"{said} ({about})"


def remarks_in_words(minutes: Minutes) -> list[str]:
    """Say how a file was read, and what of it stays off the map for want of a date."""
    undated = sum(record.held_on is None for record in minutes.records if record.kind != ALONE)
    remarks = []
    if minutes.is_guessed:
        remarks.append(
            _("The file does not say in which letters it is written; it was read as Windows-1250. Check ą and ś.")
        )
    if minutes.unread:
        remarks.append(_("Not read, since no column is called so: %(names)s.", names=", ".join(minutes.unread)))
    if undated:
        remarks.append(
            ngettext(
                "%(num)d request has no date: it stays in the minutes until the meeting's date is entered.",
                "%(num)d requests have no date: they stay in the minutes until the meetings' dates are entered.",
                undated,
            )
        )
    return [str(remark) for remark in remarks]


def in_words(code: StrEnum) -> str:
    """Name a code of this part."""
    return str(_WORDS[type(code), code.value])


def mark(status: ProposalStatus) -> str:
    """Name the drawn mark of a proposal's state."""
    return MARKS[status]


def choices(codes: type[StrEnum]) -> Choices:
    """List the codes of a kind with their words, for a form."""
    return [(code.value, _WORDS[codes, code.value]) for code in codes]


def held(meeting: Meeting) -> str:
    """Say when a meeting was held, as exactly as is known."""
    if meeting.held_on is None:
        return str(_("date unknown"))
    return str(meeting.held_on.year) if meeting.is_year_only else day(meeting.held_on)


def agenda_fault_in_words(refused: AgendaRefused) -> str:
    """Say what is wrong in an agenda, and where."""
    return str(_("Line %(line)s: %(fault)s.", line=refused.line, fault=in_words(refused.fault)))


def in_own_words(agenda: Sequence[Point]) -> list[Point]:
    """Put an agenda into the reader's language, as far as it is the usual one; what people typed stays as they did."""
    with force_locale("pl"):
        usual = {in_words(theme): theme for theme in Theme}
    return [replace(point, theme=in_words(usual[point.theme])) if point.theme in usual else point for point in agenda]


def access_in_words(plan: MeetingPlan) -> list[str]:
    """List what is known of how people can get into a venue and take part there."""
    known = [in_words(VenueFeature(name)) for name in names_of(plan.features, VENUE_FEATURES)]
    return [*known, plan.access_note] if plan.access_note else known


def asked_of(proposal: Proposal) -> str:
    """Say who is asked: by name, else by kind."""
    return proposal.addressee_name or in_words(proposal.addressee)


def hours(meeting: Meeting) -> str:
    """Say from when to when a meeting lasted."""
    ends = [moment.strftime("%H:%M") for moment in (meeting.starts_at, meeting.ends_at) if moment]
    return "–".join(ends)


def where(place: Place | None) -> str:
    """Say where something is: as people called it, else its position."""
    if place is None:
        return str(_("no place"))
    if place.words:
        return place.words
    lon, lat = place.lon_lat
    drawn = {PlaceKind.LINE: _("line on the map"), PlaceKind.AREA: _("area on the map")}
    kind = drawn.get(place.kind, _("point on the map"))
    return f"{kind} ({lat:.5f}, {lon:.5f})"


def time_pattern(statement: Statement) -> str:
    """Say on which days and at what time of day it happens."""
    parts = (weekdays_in_words(statement.weekdays), times_in_words(statement.times_of_day))
    return ", ".join(part for part in parts if part)


def summary(statement: Statement, length: int = 80) -> str:
    """Give the beginning of what was said."""
    line = " ".join(statement.text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
