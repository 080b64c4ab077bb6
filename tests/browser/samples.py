"""An example of each thing that an address may name, taken from the demonstration."""

from datetime import timedelta

import shapely
from sqlalchemy import select

from consult.accounts import operations
from consult.accounts import queries as accounts
from consult.accounts.models import Account, LinkPurpose
from consult.allocation import operations as allocation
from consult.allocation.models import AllocationSheet
from consult.allocation.sheet import Kind
from consult.clock import now, today
from consult.db import db
from consult.demo import operations as demonstration
from consult.desk import operations as desk
from consult.desk.models import Banner
from consult.districts import queries as boundaries
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.districts.operations import record_set
from consult.observations.models import Observation
from consult.online_reports import letters, screening
from consult.online_reports.models import Decision, OnlineReport, Outcome, Says, Screening
from consult.online_reports.queries import SOURCE, stop_key
from consult.paper.models import PaperForm
from consult.partners.models import Partner
from consult.period import Period
from consult.receipts import hash_of
from consult.releases.models import Release
from consult.summaries import operations as summaries
from consult.summaries import readers as summary_readers
from consult.summaries import versions, writing_all
from consult.summaries.figures import Edition
from consult.summaries.models import LetterState, SummaryLetter, SummaryReader
from consult.summaries.shelf import Slot
from consult.threats import judgements
from consult.threats.models import HandOver, Link, StatusChange, Threat
from consult.threats.workflow import Status
from consult.web.roles import Role
from debates import queries as minutes
from debates.models import Commitment, Meeting, MeetingPlan, Proposal, Statement
from debates.operations import correcting, minuting, planning
from debates.stages import MeetingStage
from surveys.composing import Composition, Way, Written, sheets_of
from surveys.models import AnswerTemplate, Change, Coding, Feedback, Wish
from surveys.operations import coding, managing, theming
from surveys.queries import coding as texts_of
from surveys.queries import surveys
from surveys.themes import Turn
from tests.attachments.makers import photo
from tests.debates import makers
from tests.factories import LASK
from tests.online_reports import makers as reports
from tests.paper import makers as sheets

SURVEY = "poczucie-bezpieczenstwa"
"""The demonstration's survey that is open and has places."""

PUBLIC_STATES = ("new", "in_verification", "confirmed")


UNIT = "demo-lask"
"""The unit of the head who looks at the pages."""


def sample(rule, role=None):
    """Values for the variable parts of an address as a role opens it; None where the demonstration names nothing."""
    if role is Role.HEAD and rule.endpoint in CHANGED_FROM_ABOVE:
        return None
    if role not in {None, Role.HEAD} and rule.endpoint in OF_A_HEAD:
        return None
    chosen = {name: _value(rule.endpoint, name) for name in rule.arguments} | asked_with(rule.endpoint)
    return None if None in chosen.values() else chosen


CHANGED_FROM_ABOVE = ("units.edit_duties", "units.new_area", "units.end_area")
"""Pages that change a unit: its own head may not, the administrator looks at them."""

OF_A_HEAD = ("tasks.show",)
"""Pages of something that a head began and that is nobody else's."""

NAMED_NOWHERE = {
    "debates.check_import": "a file waits for whoever chose it: tests/debates/test_import_minutes.py looks at it",
    "debates.published_proposal": "leads on to the requests of its debate",
    "debates.statement": "leads on to the minutes",
    "editions.draft_file": "a file to take along, no page: a draft leads to it",
    "entering.receipt": "a receipt is secret, and the police of the demonstration entered no report for somebody",
    "following.outcome": "asked for two weeks after an end: tests/browser/test_walks.py brings one about",
    "handling.file": "the demonstration's reports have no files",
    "looking.file": "the demonstration's reports have no files",
    "police_records.check_import": "a file waits for whoever chose it: tests/police_records/test_import_figures.py",
    "paper.mark": "leads on to the sheet",
    "paper.scan": "the demonstration's sheets have no scans",
    "surveys.feedback_receipt": "a receipt is secret",
    "surveys.file": "answers for programs: tests/surveys/test_files.py takes them along",
    "surveys.receipt": "a receipt is secret",
    "threats.edit_reason_template": "a head and a coordinator keep different ones; a new one has the same form",
    "threats.recategorised": "tests/browser/test_recategorising.py brings one about",
}
"""Pages for which there is no value here, and why. What answers with a file or for a program needs none."""


def asked_with(endpoint):
    """What the page that leads here puts behind the question mark, where the page is none without it."""
    if endpoint == "surveys.code_text":
        return {"text": _coded_text()}
    if endpoint == "saved_views.new":
        return {"page": "threats.index", "arguments": "status=new"}
    return {"chosen": _crowded_threat()} if endpoint == "threats.recategorise" else {}


def _value(endpoint, name):
    makers = {
        "code": lambda: {"web.language_choice": "en"}.get(endpoint, "1003"),
        "threat_id": {
            "threats.hand_over": _confirmed_threat,
            "threats.new_partner_answer": lambda: _handed_over("threat_id"),
            "threats.letter_pdf": lambda: _handed_over("threat_id"),
        }.get(endpoint, _crowded_threat),
        "hand_over_id": lambda: _handed_over("id"),
        "observation_id": lambda: _reported() if endpoint.startswith("handling.") else _voice_of(_crowded_threat()),
        "meeting_id": {
            "debates.taken_over": _evaluating_debate,
            "debates.hold_after_all": _called_off,
            "debates.file": _with_file,
            "debates.withdraw_file": _with_file,
        }.get(endpoint, lambda: _meeting(STAGES.get(endpoint, MeetingStage.DRAFTING))),
        "statement_id": {"debates.write_again": _crossed_out}.get(
            endpoint, lambda: _statement(STAGES.get(endpoint, MeetingStage.DRAFTING))
        ),
        "proposal_id": lambda: None if endpoint == "debates.published_proposal" else _proposal(),
        "suggestion_id": _suggestion,
        "link_id": lambda: _correction_link().id,
        "commitment_id": lambda: _first(Commitment),
        "account_id": lambda: db.session.scalar(select(Account.id).where(Account.email.like("dzielnicowy.lask%"))),
        "receipt": _followed if endpoint in FOLLOWED else lambda: None,
        "key": {
            "following.stop_letters": lambda: stop_key(db.session.get(OnlineReport, _first(OnlineReport))),
            "surveys.quote": _coded_text,
        }.get(endpoint, lambda: None),
        "token": {
            "accounts.set_password": _link,
            "following.confirm_letters": _confirmation,
            "readers.stop": _stop_token,
            "debates.read_minutes": lambda: correcting.token_of(_correction_link().key),
            "debates.remark": lambda: correcting.token_of(_correction_link().key),
            "debates.suggest": lambda: correcting.token_of(_correction_link().key),
        }.get(endpoint, lambda: None),
        "feedback_id": lambda: _first(Feedback),
        "banner_id": lambda: _first(Banner) or _warning(),
        "set_id": _waiting_set,
        "partner_id": lambda: _first(Partner),
        "release_id": lambda: _first(Release),
        "unit_id": lambda: accounts.unit_by_code(UNIT).id,
        "area_id": lambda: accounts.unit_by_code(UNIT).areas[0].id,
        "outcome_id": lambda: _reply().id,
        "reader_id": lambda: _reader().id,
        "report_id": _kept_back if endpoint == "looking.kept_back" else lambda: _first(OnlineReport),
        "task_id": _task,
        "wish_id": lambda: _first(Wish),
        "change_id": lambda: _first(Change),
        # A head and a coordinator keep different answers to residents; the page of a new one is the same form.
        "template_id": lambda: None if endpoint.startswith("threats.") else _first(AnswerTemplate),
        "period": {"editions.internal": lambda: _written(Edition.INTERNAL).period}.get(endpoint, lambda: None),
        "version_id": lambda: _written(Edition.PUBLIC).id,
        "slug": lambda: _coded().survey.slug if endpoint in CODED else _written_survey(endpoint),
        "number": lambda: DIFFERING if endpoint.startswith("paper.") else 1,
        "form_id": _sheets,
        "sheet_id": _proposed_change,
        "section": lambda: "basics",
        "task": lambda: "report",
        "rows": lambda: "indicators",
        "sample_id": lambda: _judged().id,
        "pair_id": lambda: judgements.pairs_of(_judged(), ("1003",))[0].id,
        "question": lambda: _coded().question if endpoint in CODED else "walk_dark",
    }
    return makers[name]() if name in makers else None


def _proposed_change():
    """A sheet of a proposed change; the demonstration has none, so one is begun."""
    known = _first(AllocationSheet)
    if known is None:
        unit = accounts.unit_by_code(UNIT)
        words = {"title": "Posterunek w Widawie", "proposal": "Otworzyć posterunek."}
        known = allocation.propose(1, unit, area_code="1003", kind=Kind.OPEN, **words).id
        db.session.commit()
    return known


def _kept_back():
    """A report whose words two people withheld; the demonstration withholds nothing for good, so one is made."""
    known = db.session.scalar(select(Screening.report_id).where(Screening.confirmed_at.is_not(None)))
    if known is None:
        first, second = db.session.scalars(select(Account).where(Account.role != Role.ADMINISTRATOR).limit(2))
        made = reports.report()
        screening.confirm(second, screening.decide(first, made, Decision.PERSONAL, reason=""))
        db.session.commit()
        known = made.id
    return known


def _evaluating_debate():
    return db.session.scalar(select(Meeting.id).where(Meeting.previous_id.is_not(None)).order_by(Meeting.id))


FOLLOWED = ("online_reports.receipt", "following.answer", "following.letters")


STAGES = {
    "debates.announcement": MeetingStage.PLANNED,
    "debates.announcement_ics": MeetingStage.PLANNED,
    "debates.announcement_svg": MeetingStage.PLANNED,
    "debates.begin": MeetingStage.PLANNED,
    "debates.briefing": MeetingStage.PLANNED,
    "debates.call_off": MeetingStage.PLANNED,
    "debates.edit_plan": MeetingStage.PLANNED,
    "debates.show_plan": MeetingStage.PLANNED,
    "debates.minutes": MeetingStage.APPROVED,
    "debates.minutes_pdf": MeetingStage.APPROVED,
    "debates.open_again": MeetingStage.APPROVED,
    "debates.versions": MeetingStage.APPROVED,
    "debates.version": MeetingStage.APPROVED,
    "debates.approve": MeetingStage.CORRECTING,
    "debates.corrections": MeetingStage.CORRECTING,
    "debates.new_correction_link": MeetingStage.CORRECTING,
    "debates.take_over_suggestion": MeetingStage.CORRECTING,
    "debates.decline_suggestion": MeetingStage.CORRECTING,
    "debates.suggest": MeetingStage.CORRECTING,
}
"""How far the minutes are that a page is about; all other pages are about minutes that are being written."""


def _meeting(stage):
    """The first meeting of the unit whose minutes are so far."""
    chosen = select(Meeting.id).where(Meeting.unit_id == accounts.unit_by_code(UNIT).id, Meeting.stage == stage)
    return db.session.scalar(chosen.order_by(Meeting.id))


def drafted():
    """The number of a meeting whose minutes are being written."""
    return _meeting(MeetingStage.DRAFTING)


def _proposal():
    """Something asked for in minutes that are being written."""
    asked = select(Proposal.id).where(Proposal.meeting_id == _meeting(MeetingStage.DRAFTING))
    return db.session.scalar(asked.order_by(Proposal.id))


def _statement(stage):
    """Something said there that everybody may read."""
    shown = minutes.publicly_said(db.session.get(Meeting, _meeting(stage)))
    return shown[0].id


def _officer():
    return db.session.scalar(select(Account).where(Account.email.like("dzielnicowy.lask%")))


def _called_off():
    """A meeting that will not be held."""
    known = db.session.scalar(select(MeetingPlan.meeting_id).where(MeetingPlan.called_off_at.is_not(None)))
    if known is not None:
        return known
    made = makers.planned(_officer(), "Spotkanie odwołane", held_on=today() + timedelta(days=30))
    planning.call_off(_officer(), made, reason="Sala jest zamknięta.")
    db.session.commit()
    return made.id


def _with_file():
    """Minutes that are being written and have a photo."""
    minutes_of = db.session.get(Meeting, drafted())
    if not minutes.files_of(minutes_of):
        makers.filed(_officer(), minutes_of, photo())
    return minutes_of.id


def _crossed_out():
    """Something said that somebody crossed out."""
    said = minutes.statements_of(db.session.get(Meeting, drafted()))
    known = next((one.id for one in said if one.withdrawn_at is not None), None)
    if known is not None:
        return known
    made = makers.statement(_officer(), db.session.get(Meeting, drafted()), "Zapisane dwa razy", place=None)
    minuting.withdraw_statement(_officer(), made, reason="Zapisane dwa razy")
    db.session.commit()
    return made.id


def _correction_link():
    """A link by which the village head corrects minutes."""
    meeting = db.session.get(Meeting, _meeting(MeetingStage.CORRECTING))
    link = correcting.invite(_officer(), meeting, key="5" * 32, function="sołtys wsi Wola").link
    db.session.commit()
    return link


def _suggestion():
    """Other words that the village head suggests."""
    statement = db.session.get(Statement, _statement(MeetingStage.CORRECTING))
    made = correcting.suggest(_correction_link(), statement, key="6" * 32, text="Chodzi o parking przy szkole.")
    db.session.commit()
    return made.id


def _followed():
    """The receipt that the demonstration gives to whoever wants to follow a report; the police ask its sender."""
    return demonstration.receipt_to_show()


def _warning():
    """A warning that will stand long after these tests."""
    first = today() + timedelta(days=300)
    banner = desk.announce(
        0, "", None, area_code="", text_pl="Uwaga.", text_en="", text_uk="", first_on=first, last_on=first
    )
    db.session.commit()
    return banner.id


def _written(edition):
    """A summary of this year that waits: a draft, or one for staff."""
    slot = Slot("1003", str(today().year), edition, "pl")
    if versions.waiting(slot) is None:
        summaries.write(slot.code, Period.parse(slot.period), edition)
        db.session.commit()
    return versions.waiting(slot)


def _task():
    """Work in the background that nobody has begun."""
    head = db.session.scalar(select(Account).where(Account.email.like("kierownik.lask%")))
    task = writing_all.ask(head, {"1003": "powiat łaski"}, Period.parse("2026-Q3"), Edition.PUBLIC, "pl")
    db.session.commit()
    return task.id


def _reader():
    """An office that is told of summaries."""
    known = _first(SummaryReader)
    if known is not None:
        return summary_readers.reader(known)
    head = db.session.scalar(select(Account).where(Account.email.like("kierownik.lask%")))
    words = {"function": "Starosta łaski", "email": "sekretariat@example.com", "languages": ["pl"]}
    made = summary_readers.enter(head, "1003", key="8" * 32, **words)
    db.session.commit()
    return made


def _stop_token():
    """The secret of a link in a letter about a summary that the mail server did not take."""
    token = "9" * 32
    if _first(SummaryLetter) is None:
        facts = {"version_id": _written(Edition.PUBLIC).id, "reader_id": _reader().id, "stop_hash": hash_of(token)}
        db.session.add(SummaryLetter(state=LetterState.REFUSED, tried_at=now(), **facts))
        db.session.commit()
    return token


def _waiting_set():
    """Boundaries that count long after these tests: half of a district goes to its neighbour under a new code."""
    own = {region.code: region for region in boundaries.districts()}
    west, south, east, north = own["1003"].shape.bounds
    western = shapely.box(west, south, (west + east) / 2, north)
    shapes = {code: region.shape for code, region in own.items()}
    shapes["1001"] = shapely.union_all([shapes["1001"], shapely.intersection(shapes["1003"], western)])
    shapes["1030"] = shapely.difference(shapes.pop("1003"), western)
    outlines = [
        Outline(row, code, own[code].name if code in own else "nowy", shapes[code])
        for row, code in enumerate(sorted(shapes), 1)
    ]
    made = record_set(outlines, level=Level.DISTRICT, valid_from=today() + timedelta(days=300), source="test")
    db.session.commit()
    return boundaries.by_digest(made.digest).id


def _reply():
    """What somebody of the district says after an end: the threat is still there."""
    ended = select(StatusChange.id, OnlineReport.id).join(Threat, Threat.id == StatusChange.threat_id)
    ended = ended.join(Link, Link.threat_id == Threat.id).join(Observation, Observation.id == Link.observation_id)
    ended = ended.join(OnlineReport, OnlineReport.natural_key == Observation.source_key)
    ended = ended.where(StatusChange.after == Status.ELIMINATED, Threat.district_code == "1003")
    change_id, report_id = db.session.execute(ended.order_by(StatusChange.id, OnlineReport.id)).first()
    known = select(Outcome).where(Outcome.change_id == change_id, Outcome.report_id == report_id)
    reply = db.session.scalar(known) or Outcome(
        change_id=change_id, report_id=report_id, says=Says.STILL_THERE, words="Nadal.", said_at=now()
    )
    db.session.add(reply)
    db.session.commit()
    return reply


DIFFERING = 2
"""The sheet that two people read differently."""


def _sheets():
    """A form of sheets with a map, of which two were typed in, the second one differently by two people."""
    known = _first(PaperForm)
    if known is not None:
        return known
    people = [db.session.scalar(select(Account).where(Account.email.like(f"{who}.lask%"))) for who in STAFF_OF_LASK]
    made = sheets.form(people[0], middle=LASK)
    sheets.type_in(people[0], made, 1, "C7", ("D1", "predkosc", 31, 4, "Szybko przy szkole."))
    differing = sheets.type_in(people[0], made, DIFFERING, "C7", "D1")
    sheets.type_in_again(people[1], differing, "C8", ("D1", "predkosc"), "A1")
    return made.id


STAFF_OF_LASK = ("dzielnicowy", "kierownik")


CODED = tuple(
    f"surveys.{page}"
    for page in (
        "open_text", "coding", "code_text", "settle_text", "phrases", "new_theme", "edit_theme", "merge_theme",
        "split_theme", "quotes", "quote", "coded_texts_csv",
    )
)  # fmt: skip
"""Pages about what people wrote in their own words."""


def _written_survey(endpoint):
    """The survey that a page speaks of: the open one, and to go on writing one that was written on the screen."""
    if endpoint != "surveys.rewrite":
        return SURVEY
    author = db.session.scalar(select(Account).where(Account.role == Role.COORDINATOR).order_by(Account.id))
    asked = [
        Written(Way.YES_NO, {"pl": "Czy po zmroku park jest oświetlony?"}),
        Written(Way.WORDS, {"pl": "Co zmienić?"}),
    ]
    form = sheets_of(Composition({"pl": "Nasz park (demonstracja)"}, asked))
    if not surveys.known_slug("nasz-park"):
        managing.create(author, slug="nasz-park", unit=author.unit, sheets=form)
        db.session.commit()
    return "nasz-park"


def _coded():
    """The evaluation of a debate with texts that two people have read, one of them differently, and two themes."""
    survey = surveys.by_slug("ocena-debaty")
    known = db.session.scalar(select(Coding).where(Coding.survey_id == survey.id))
    if known is not None:
        return known
    second, first = (
        db.session.scalar(select(Account).where(Account.email.like(f"{who}.lask%"))) for who in STAFF_OF_LASK
    )
    made = Coding(survey=survey, question="missed", author_id=first.id, begun_at=now())
    db.session.add(made)
    db.session.flush()
    coding.write_texts(made, ["Za mało czasu na pytania z sali.", "Brakowało mapy."] * 6)
    theming.add(first, made, name="Czas", belongs="za krótko, za wcześnie", example="krótka dyskusja")
    theming.add(first, made, name="Mapa")
    for who, turn in ((first, Turn.FIRST), (second, Turn.SECOND)):
        coding.take_turn(who, made, turn)
        while (text := texts_of.next_text(made, turn)) is not None:
            is_other = turn is Turn.SECOND and not texts_of.progress(made).second
            coding.code(who, text, made, codes={"none"} if is_other else {"1" if "czasu" in text.words else "2"})
    db.session.commit()
    return made


def _coded_text():
    """A text of the first theme that both have read alike."""
    made = _coded()
    return texts_of.of_theme(made, made.themes[0])[0][0].id


def _judged():
    """Pairs of voices drawn for people to judge."""
    made = judgements.draw(("1003",), accounts.unit_by_code(UNIT).path, 20, "7" * 32, _officer().id)
    db.session.commit()
    return made


def _confirmed_threat():
    """A threat that may be handed over."""
    chosen = select(Threat.id).where(Threat.district_code == "1003", Threat.status == Status.CONFIRMED)
    return db.session.scalar(chosen.where(Threat.observations > 0).order_by(Threat.id))


def _handed_over(name):
    """What was handed over and is still awaited: its own number, or that of its threat."""
    chosen = (
        select(HandOver).join(HandOver.threat).where(Threat.district_code == "1003", HandOver.awaited_on.is_not(None))
    )
    found = db.session.scalars(chosen.where(Threat.status == Status.HANDED_OVER).order_by(HandOver.id)).first()
    return found and getattr(found, name)


def _link():
    """A one-time link that nobody has used yet."""
    account = db.session.scalar(select(Account).where(Account.email.like("dzielnicowy.lask%")))
    token = operations.issue_link(account, LinkPurpose.FORGOTTEN_PASSWORD, account.id)
    db.session.commit()
    return token


def _confirmation():
    """A link that confirms an address; nobody has opened it yet."""
    open_cases = select(OnlineReport).where(OnlineReport.receipt_hash.is_not(None), OnlineReport.withdrawn_at.is_(None))
    for report in db.session.scalars(open_cases.order_by(OnlineReport.id.desc())).unique():
        token = letters.subscribe(report, "anna.nowak@example.com", "pl")
        if token:
            db.session.commit()
            return token
    return None


def _reported():
    """A voice that a resident's report gave."""
    chosen = select(Observation.id).join(OnlineReport, OnlineReport.natural_key == Observation.source_key)
    own = (Observation.source == SOURCE, OnlineReport.receipt_hash.is_not(None), Observation.withdrawn_at.is_(None))
    return db.session.scalar(chosen.where(*own, Observation.district_code == "1003").order_by(Observation.id))


def _first(model):
    return db.session.scalar(select(model.id).order_by(model.id))


def _crowded_threat():
    chosen = select(Threat.id).where(Threat.observations > 1, Threat.status.in_(PUBLIC_STATES))
    chosen = chosen.where(Threat.district_code == "1003", Threat.category_code == "parkowanie")
    return db.session.scalar(chosen.order_by(Threat.observations.desc(), Threat.id))


def _voice_of(threat_id):
    return db.session.scalar(select(Link.observation_id).where(Link.threat_id == threat_id, Link.ended_at.is_(None)))
