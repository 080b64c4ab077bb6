"""A small country whose one unit has something of everything, and the people who look at it from all sides.

Everything belongs to the unit 1003; what differs is where the reader's unit stands to it. So one set of things shows
every relation: what a sibling's officer sees of unit 1003 is what ours would see of a sibling.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

from consult.accounts import operations as accounts
from consult.accounts.models import Account, LinkPurpose
from consult.allocation import operations as allocation
from consult.allocation.sheet import Kind as SheetKind
from consult.attachments import operations as attachments
from consult.attachments.sifting import sift
from consult.audit.models import AuditEntry
from consult.catalogue import queries as catalogue
from consult.clock import now, today
from consult.db import db
from consult.geo import Place
from consult.observations.models import Observation
from consult.online_reports import letters, looking, screening
from consult.online_reports.models import Decision, FileDecision
from consult.online_reports.queries import SOURCE
from consult.paper import scans, transcribing
from consult.paper.models import PaperForm
from consult.period import Period
from consult.police_records import importing as figures
from consult.police_records import queries as police_records
from consult.receipts import hash_of, receipt_of
from consult.summaries import operations as summaries
from consult.summaries import releasing as summary_releasing
from consult.summaries import versions, writing_all
from consult.summaries.figures import Edition
from consult.threats import judgements, recategorising, response
from consult.threats import operations as joining
from consult.threats import queries as threats
from consult.threats import releasing as months
from consult.threats.models import ReasonTemplate, Suggestion
from consult.threats.workflow import Status
from consult.web.roles import Role
from debates import importing
from debates import queries as minutes
from debates.models import Meeting
from debates.operations import approving, convening, correcting, filing, minuting, planning
from debates.stages import MeetingStage
from surveys.models import Mode
from surveys.operations import answering, coding, theming
from surveys.operations.releasing import release as release_survey
from surveys.themes import Turn
from tests.accounts import makers
from tests.attachments.makers import photo
from tests.debates import makers as debates
from tests.factories import admit, catalogue_of_27, metres_away, two_districts
from tests.online_reports import makers as reports
from tests.paper import makers as sheets
from tests.partners import makers as partners
from tests.police_records import makers as records
from tests.rights import planting
from tests.rights.matrix import EVERYWHERE
from tests.surveys import makers as surveys

OWN = "pl/10/1003/"
UNITS = {
    "own": ("1003", OWN, ["1003"]),
    "parent": ("10", "pl/10/", ["10"]),
    "child": ("100302", "pl/10/1003/100302/", ["100302"]),
    "sibling": ("1019", "pl/10/1019/", ["1019"]),
    "twin": ("10030", "pl/10/10030/", ["1019"]),
}
"""Where a reader's unit stands to unit 1003. The twin's path begins with the same letters; the child has one commune."""

SPOT = metres_away(3_000, 0)
"""In district 1003, in the commune that the child does not serve."""

ELSEWHERE = metres_away(14_000, 0)
"""In the sibling's district."""


@dataclass(frozen=True)
class Reader:
    """Somebody who opens addresses: a role at a unit, or nobody in particular."""

    role: Role | None
    relation: str
    account_id: int = 0

    @property
    def name(self):
        return f"{self.role.value} of {self.relation}" if self.role else "anonymous"

    @property
    def scope(self):
        return UNITS[self.relation][1] if self.role else ""


@dataclass
class World:
    """The country: its readers, and what the addresses name."""

    app: object
    readers: list[Reader] = field(default_factory=list)
    names: dict = field(default_factory=dict)
    unpublished: set = field(default_factory=set)
    paths: dict = field(default_factory=dict)

    def path_of(self, table, number):
        """The unit whose row it is: ours, unless the row says another."""
        return self.paths.get((table, number), OWN)


def made(app):
    """Build it all."""
    catalogue_of_27()
    two_districts()
    world = World(app)
    world.readers = [Reader(None, "anybody")]
    people = {}
    for relation, (code, path, areas) in UNITS.items():
        unit = makers.unit(code, f"Jednostka {code}", path, areas)
        for role in Role:
            person = makers.account(role, unit, function="x")
            people[relation, role] = person
            world.readers.append(Reader(role, relation, person.id))
    ours = SimpleNamespace(**{role.value: people["own", role] for role in Role})
    names = world.names
    threats_of(ours, names)
    meetings_of(ours, names)
    reports_of(ours, names)
    surveys_of(ours, names)
    desk_of(ours, names)
    planting.mark()
    frozen(ours, names)
    planting.plant(guesses(ours, names))
    planting.mark()
    db.session.commit()
    world.unpublished, world.paths = unpublished(), paths()
    return world


def threats_of(ours, names):
    """Threats in every state, with voices, a hand-over, notes, checks and suggestions."""
    first = admit("parkowanie", at=SPOT, when=now() - timedelta(days=2), text="x")
    admit("parkowanie", at=SPOT, when=now() - timedelta(days=1), text="x")
    threat = threats.of_observation(first)
    names["threat"], names["voice"] = threat.id, first.id
    secret = admit("srodki_odurzajace", at=metres_away(5_000, 900), when=now() - timedelta(days=2), text="x")
    names["protected_threat"] = threats.of_observation(secret).id
    other = threats.of_observation(admit("parkowanie", at=metres_away(3_400, 0), text="x", when=now()))
    names["other_threat"] = other.id
    suggestion = Suggestion(observation_id=first.id, threat_id=other.id, score=0.5, reasons={}, made_at=now())
    db.session.add(suggestion)
    db.session.flush()
    names["suggestion"] = suggestion.id
    confirmed = partners.confirmed(at=metres_away(4_000, 2_000))
    names["confirmed_threat"] = confirmed.id
    names["partner"] = partners.partner().id
    handed = partners.confirmed(at=metres_away(4_000, 4_000))
    made_over = partners.handed_over(handed, actor_id=ours.officer.id)
    names["handed_threat"], names["hand_over"] = handed.id, made_over.id
    answered = partners.handed_over(partners.confirmed(at=metres_away(4_000, 6_000)), actor_id=ours.officer.id)
    partners.said(answered, actor_id=ours.officer.id)
    names["answered_threat"] = answered.threat_id
    sample = judgements.draw(("1003",), OWN, 20, "7" * 32, ours.officer.id)
    names["sample"], names["pair"] = sample.id, judgements.pairs_of(sample, ("1003",))[0].id
    again = judgements.draw(("1003",), OWN, 20, "8" * 32, ours.officer.id)
    names["other sample"] = again.id
    act = recategorised(ours, other)
    names["act"] = act.id
    elsewhere = admit("parkowanie", at=ELSEWHERE, when=now() - timedelta(days=2), text="x")
    names["foreign_threat"] = threats.of_observation(elsewhere).id


def recategorised(ours, threat):
    """An act that put a threat under another category."""
    category = catalogue.by_code("predkosc")
    plan = recategorising.plan([threat.id], category, ["1003"])
    return recategorising.recategorise(
        "5" * 32, [threat.id], category, "x", plan.mark, ["1003"], actor_id=ours.head.id, unit_path=OWN
    )


def meetings_of(ours, names):
    """A meeting in each state, with what was said and asked for."""
    officer = ours.officer
    for stage in ("drafting", "correcting", "approved"):
        meeting = debates.meeting(officer, f"Debata {stage}", venue="x", organisers="x", officials="x", themes="x")
        said = debates.statement(officer, meeting, "x", place=None)
        debates.statement(officer, meeting, "x", answer="x")
        asked = debates.proposal(officer, meeting, "x", statement=said)
        names[stage] = meeting.id
        names[f"statement of {stage}"], names[f"proposal of {stage}"] = said.id, asked.id
    drafting = db.session.get(Meeting, names["drafting"])
    debates.filed(officer, drafting, photo(), photo(colour="red"))
    drafting.source_url = "x"
    debates.answer(officer, drafting.proposals[0])
    gone = debates.statement(officer, drafting, "x", place=None)
    minuting.withdraw_statement(officer, gone, reason="x")
    names["crossed out"] = gone.id
    convening.change_stage(officer, db.session.get(Meeting, names["correcting"]), MeetingStage.CORRECTING)
    planned = debates.planned(officer, held_on=today() + timedelta(days=30), place=Place.point(*SPOT))
    names["planned"] = planned.id
    after = debates.meeting(
        officer, "Ocena", kind=debates.MeetingKind.EVALUATING_DEBATE, previous_id=names["approved"],
        held_on=date(2026, 10, 15),
    )  # fmt: skip
    names["evaluating"] = after.id
    off = debates.planned(officer, "Odwołane", held_on=today() + timedelta(days=31))
    planning.call_off(officer, off, reason="x")
    names["called off"] = off.id
    link = correcting.invite(officer, db.session.get(Meeting, names["correcting"]), key="5" * 32, function="x").link
    names["correction link"], names["correction token"] = link.id, correcting.token_of("5" * 32)
    statement = db.session.get(debates.Statement, names["statement of correcting"])
    names["minutes suggestion"] = correcting.suggest(link, statement, key="6" * 32, text="x").id
    names["statement key"] = db.session.get(debates.Statement, names["statement of drafting"]).key
    form = sheets.form(officer, copies=3, meeting=db.session.get(Meeting, names["drafting"]), place_name="x")
    sheets.type_in(officer, form, 1, ("C7", "parkowanie", 0, 0, "x"))
    differing = sheets.type_in(officer, form, 2, ("C7", "parkowanie", 0, 0, "x"))
    sheets.type_in(officer, form, 3, ("D7", "parkowanie", 0, 0, "x"))
    sheets.type_in_again(ours.head, differing, ("C8", "predkosc", 0, 0, "x"))
    names["paper form"] = form.id
    names["mark key"] = db.session.scalar(db.select(Observation.source_key).where(Observation.source == "paper.mark"))
    attachments.hold(scans.SOURCE, scans.waiting_key(officer, "1" * 32), [sift(photo(colour="green"))])
    scans.add(officer, form, 1, key="1" * 32)
    names["scan"] = scans.of(form, 1)[0].name
    importing.hold(officer, key="2" * 32, content=b"nonsense;table\r\n1;2\r\n", unit_code="1003")
    names["import key"] = "2" * 32
    db.session.commit()


def reports_of(ours, names):
    """Reports of residents: one that waits to be screened, one that went on the map and has an open case."""
    waiting = reports.report("x", at=SPOT, category="zebractwo")
    report = reports.report("x y", at=metres_away(6_000, 500))
    db.session.flush()
    names["receipt"] = receipt_of("test", report.body_digest, "k")
    names["report"], names["waiting report"] = report.id, waiting.id
    found = db.select(Observation.id).where(Observation.source_key == report.natural_key)
    names["reported voice"] = db.session.scalar(found)
    for one, colour in ((waiting, "red"), (report, "blue")):
        attachments.hold(SOURCE, one.natural_key, [sift(photo(colour=colour))])
        attachments.bind(SOURCE, one.natural_key)
        (file,) = looking.files_of(one)
        names["waiting file" if one is waiting else "file"] = file.name
    looking.decide(ours.officer, report, file.name, FileDecision.SHOWN)
    asked = reports.report("y y", at=metres_away(7_000, 3_000))
    ended = reports.report("z z", at=metres_away(7_000, 6_000))
    db.session.flush()
    names["asked report"], names["asked"] = asked.id, receipt_of("test", asked.body_digest, "k")
    names["ended"] = receipt_of("test", ended.body_digest, "k")
    voice = db.session.scalar(db.select(Observation).where(Observation.source_key == ended.natural_key))
    threat = threats.of_observation(voice)
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED):
        response.change_status(threat, status, "x", ours.officer.id)
    personal = reports.report("y z", at=metres_away(7_000, 9_000))
    screening.decide(ours.officer, personal, Decision.PERSONAL, reason="")
    kept = reports.report("z y", at=metres_away(7_000, 12_000))
    screening.confirm(ours.head, screening.decide(ours.officer, kept, Decision.PERSONAL, reason=""))
    names["kept report"] = kept.id
    names["letters token"] = letters.subscribe(report, "anna.nowakowska@example.com", "pl")
    db.session.commit()


def surveys_of(ours, names):
    """A survey with answers, open texts, themes and a release."""
    survey = surveys.survey(author=ours.coordinator, area_codes=["1003"])
    names["survey"] = survey.slug
    definition = surveys.definition(survey)
    for number in range(12):
        answers = {"safe": "no", "why": planting.marker("survey_submission", "answers", number)}
        given = {"mode": Mode.WEB, "key": uuid.uuid4().hex}
        names["survey receipt"] = answering.submit(survey, survey.published, definition, answers, **given)
    closed = surveys.survey(
        surveys.SMALL.replace("krotka", "zamknieta"), slug="zamknieta", author=ours.coordinator, area_codes=["1003"]
    )
    from surveys.operations import managing, mixing

    for _number in range(12):
        words = {"safe": "no", "why": "za ciemno na ulicy"}
        answering.submit(closed, closed.published, definition, words, mode=Mode.WEB, key=uuid.uuid4().hex)
    managing.close(ours.coordinator, closed)
    mixing.mix(closed)
    made = coding.begin(ours.coordinator, closed, "why")
    theming.add(ours.coordinator, made, name="x", belongs="x", belongs_not="x", example="x")
    theming.add(ours.coordinator, made, name="y")
    coding.take_turn(ours.officer, made, Turn.FIRST)
    from surveys.queries import coding as texts_of

    text = texts_of.next_text(made, Turn.FIRST)
    coding.code(ours.officer, text, made, codes={"1"})
    names["coded survey"], names["text"] = closed.slug, text.id
    coding.take_turn(ours.head, made, Turn.SECOND)
    names["release"] = release_survey(closed).id
    db.session.commit()


def desk_of(ours, names):
    """Allocation, records, releases of months, and what hangs on accounts."""
    sheet = allocation.propose(
        ours.head.id, ours.head.unit, area_code="1003", kind=SheetKind.OPEN,
        title=planting.marker("allocation_version", "content", 1), proposal="x",
    )  # fmt: skip
    names["sheet"] = sheet.id
    records.everything()
    figures.hold(
        ours.coordinator, key="2" * 32, kind="offences", content=b"x", name="x.csv", source="x", updated_on=None
    )
    names["measure"] = police_records.measures()[0].code
    names["colleague"], names["unit"] = makers.officer(ours.officer.unit, function="x").id, ours.officer.unit_id
    gone = makers.officer(ours.officer.unit, function="x")
    accounts.leave(gone, None, ours.head.id)
    newcomer = accounts.create("nowa@example.com", "x", Role.OFFICER, ours.officer.unit, ours.head.id)
    names["gone"], names["newcomer"] = gone.id, newcomer.id
    names["unit area"] = ours.officer.unit.areas[0].id
    names["stop token"], names["feedback receipt"] = "9" * 32, "f" * 32
    months.write_month(Period.parse("2026-07"))
    names["password token"] = accounts.issue_link(
        db.session.get(Account, names["colleague"]), LinkPurpose.FORGOTTEN_PASSWORD, ours.head.id
    )
    db.session.commit()


def frozen(ours, names):
    """What keeps copies of texts is made once these have their markers."""
    approving.approve(ours.head, db.session.get(Meeting, names["approved"]))
    drafting = db.session.get(Meeting, names["drafting"])
    approving.withhold_statement(ours.officer, drafting.statements[1], reason="x")
    filing.withdraw_file(ours.officer, minutes.files_of(drafting)[-1], reason="x")
    sheet = sheets.sheet(db.session.get(PaperForm, names["paper form"]), 3)
    transcribing.withdraw(ours.officer, sheet, version=sheet.version, reason="x")
    threat = db.session.get(threats.Threat, names["confirmed_threat"])
    handed = partners.confirmed(at=metres_away(4_000, 8_000))
    del threat
    planting.mark()
    lettered = partners.handed_over(handed, actor_id=ours.officer.id)
    names["handed_threat"], names["hand_over"] = handed.id, lettered.id
    detached = admit("parkowanie", at=metres_away(6_500, 2_000), text="x")
    joining.detach(detached, ours.officer.id, "x")
    db.session.commit()
    period = Period.parse("2026-Q3")
    summaries.write("1003", period, Edition.INTERNAL)
    summaries.write("1003", period, Edition.PUBLIC)
    (draft,) = versions.drafts(["1003"], period.code)
    summary_releasing.release(ours.head, draft, seen=draft.pdf_digest, because="", looked=True)
    summaries.write("1003", Period.parse("2026-08"), Edition.PUBLIC)
    (waiting,) = versions.drafts(["1003"], "2026-08")
    names["draft"], names["period"] = waiting.id, period.code
    names["task"] = writing_all.ask(ours.officer, {"1003": "x"}, period, Edition.PUBLIC, "pl").id
    template = ReasonTemplate(unit_id=ours.head.unit_id, status=Status.CONFIRMED, title="x", text="x")
    db.session.add(template)
    db.session.commit()
    names["own template"] = template.id


def guesses(ours, names):
    """What cannot be guessed of the rows that no maker wrote."""
    return {
        "banner": {"last_on": today() + timedelta(days=9), "first_on": today()},
        "feedback": {"rating": 4, "page": "threats.index", "receipt_hash": hash_of(names["feedback receipt"])},
        "summary_letter": {"stop_hash": hash_of(names["stop token"])},
        "summary_reader": {"languages": ["pl"], "ended_at": None},
        "saved_view": {"account_id": ours.officer.id, "page": "threats.index", "arguments": "status=new"},
        "second_step": {"account_id": names["colleague"]},
        "recovery_code": {"account_id": names["colleague"]},
        "ruling": {"second_id": db.session.scalar(db.text("SELECT max(id) FROM observation"))},
        "threat_assignment": {"account_id": ours.officer.id, "threat_id": names["threat"]},
        "threat_check": {"threat_id": names["threat"]},
        "threat_note": {"threat_id": names["threat"]},
        "report_question": [
            {"report_id": names["report"], "answered_at": now()},
            {"report_id": names["asked report"], "answer": None},
        ],
        "report_outcome": {"says": "still_there", "reviewed_at": now(), "reviewed_by_id": 1},
        "partner_area": {"partner_id": names["partner"]},
    }


UNPUBLISHED = {
    "meeting": "SELECT id FROM meeting WHERE stage IN ('drafting', 'correcting')",
    "statement": "SELECT s.id FROM statement s JOIN meeting m ON m.id = s.meeting_id WHERE m.stage <> 'approved'"
    " OR s.withdrawn_because <> '' OR s.withheld_because <> ''",
    "feedback_change": "SELECT id FROM feedback_change WHERE NOT is_published",
    "summary_version": "SELECT id FROM summary_version WHERE released_at IS NULL",
    "survey_theme_quote": "SELECT id FROM survey_theme_quote",
}
"""Rows that are for the police alone although others of their table are for everybody."""


def unpublished():
    """The rows of what is not published, as (table, number of the row)."""
    return {
        (table, str(number)) for table, asked in UNPUBLISHED.items() for number in db.session.scalars(db.text(asked))
    }


def paths():
    """The unit of each row that is not one of unit 1003."""
    found = {("account", str(one.id)): one.scope for one in db.session.scalars(db.select(Account)).unique()}
    entries = db.session.execute(db.select(AuditEntry.id, AuditEntry.unit_path))
    found |= {("audit_entry", str(row.id)): row.unit_path or EVERYWHERE for row in entries}
    national = db.session.scalars(db.select(ReasonTemplate.id).where(ReasonTemplate.unit_id.is_(None)))
    return found | {("reason_template", str(number)): EVERYWHERE for number in national}
