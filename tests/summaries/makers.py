"""Material of summaries for tests, as plain facts and as a little world in the database."""

from datetime import UTC, date, datetime, timedelta

from consult.period import Period
from consult.summaries import operations, releasing, versions
from consult.summaries.figures import Edition
from consult.summaries.material import Answer, Asked, Case, District, Held, Kind, Material, Named, Voice
from consult.summaries.shelf import Slot
from consult.threats.workflow import Status
from consult.web.roles import Role
from tests.accounts import makers as accounts

QUARTER = Period.parse("2026-Q3")
LATER = date(2026, 11, 21)
JULY = datetime(2026, 7, 10, 12, tzinfo=UTC)
KINDS = (
    Kind("parkowanie", "Nieprawidłowe parkowanie", "A", "exact"),
    Kind("alkohol", "Spożywanie alkoholu", "F", "exact"),
    Kind("narkotyki", "Używanie środków odurzających", "F", "generalised"),
    Kind("maloletni", "Grupowanie się małoletnich", "D", "generalised"),
    Kind("bezdomny", "Osoba bezdomna", "E", "never"),
)


def a_district(**facts):
    known = {
        "code": "1003",
        "name": "łaski",
        "label": "powiat łaski",
        "voivodeship": "łódzkie",
        "is_approximate": False,
        "boundaries": "two squares",
        "communes": {"100302": "Łask"},
        "neighbours": {"1019": "powiat zduńskowolski"},
    }
    return District(**{**known, **facts})


def a_case(threat_id, category="parkowanie", status=Status.NEW, **facts):
    known = {
        "status_at": JULY,
        "first_at": JULY,
        "last_at": JULY,
        "lon": 19.13,
        "lat": 51.59,
        "x": 500_000.0,
        "y": 400_000.0,
        "accuracy_m": 30.0,
        "is_whole_area": False,
        "commune": "1003023",
    }
    return Case(threat_id, category, status, **{**known, **facts})


def a_voice(threat_id, who=None, when=JULY, plane="online", **facts):
    known = {"people": 1, "neighbour": None, "admitted_at": when + timedelta(hours=1)}
    return Voice(
        threat_id=threat_id,
        plane=plane,
        since=when,
        until=facts.pop("until", when),
        who=who or f"{threat_id} {when} {plane}",
        **{**known, **facts},
    )


def a_meeting(meeting_id=1, **facts):
    known = {
        "kind": "opening_debate",
        "title": "Debata",
        "venue": "Sala OSP",
        "held_on": date(2026, 8, 1),
        "is_year_only": False,
        "residents": 40,
        "statements": 6,
        "without_place": 1,
        "proposals": 3,
        "answered": 2,
        "districts": 1,
        "created_at": JULY,
    }
    return Held(meeting_id, **{**known, **facts})


def a_proposal(proposal_id=1, **facts):
    known = {
        "held_on": date(2026, 8, 1),
        "text": "Próg zwalniający",
        "addressee": "commune",
        "addressee_name": "Gmina Łask",
        "due_on": date(2026, 9, 15),
        "status": "open",
        "is_unfinished": True,
        "answer": "",
        "answered_on": None,
        "category": None,
        "is_withheld": False,
        "created_at": JULY,
    }
    return Asked(proposal_id, **{**known, **facts})


def some_material(cases=(), voices=(), **facts):
    """Material of a quarter that is over; voices are made for cases that have none."""
    heard = {voice.threat_id for voice in voices}
    more = tuple(a_voice(case.threat_id) for case in cases if case.threat_id not in heard)
    known = {
        "district": a_district(),
        "period": QUARTER,
        "language": "pl",
        "today": LATER,
        "kinds": KINDS,
        "cases": tuple(cases),
        "voices": (*voices, *more),
        "answers": {},
        "places": (),
        "meetings": (),
        "earlier_meetings": (),
        "proposals": (),
        "not_joined": 0,
        "is_demonstration": False,
    }
    return Material(**{**known, **facts})


def an_answer(words="Sprawdzono.", checks=2):
    return Answer(JULY, words, checks)


def a_place(name, x, y):
    return Named(name, x, y)


def publish(code, period, edition=Edition.PUBLIC, language="pl", renderer=None, because="Uzupełniono dane."):
    """Write a summary and, when it is for everybody, let the head of a unit look at it and release it."""
    written = operations.write(code, period, edition, language, renderer)
    slot = Slot(code, period.code, edition, language)
    if isinstance(written, operations.Unchanged) and written.is_released:
        path = slot.find(operations.shelf_folder())
        return operations.Written(code, path, path.with_suffix(".json"))
    if edition is Edition.INTERNAL:
        return written
    (draft,) = [one for one in versions.drafts([code], period.code) if one.language == language]
    head = accounts.account(Role.HEAD, accounts.unit(code))
    because = because if draft.is_correction else ""
    releasing.release(head, draft, seen=draft.pdf_digest, because=because, looked=True)
    files = operations.files_released(slot, draft.stem)
    return operations.Written(code, files.pdf, files.data)
