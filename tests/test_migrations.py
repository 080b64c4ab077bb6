"""Migrations with rows in the tables: what was there before a step is there after it, and nothing secret gets out."""

import uuid
from datetime import date

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import DatabaseError

from consult.accounts.models import AccountUse
from consult.audit import operations as audit
from consult.audit.operations import note
from consult.catalogue import queries as catalogue
from consult.clock import now
from consult.db import Moment, db, read_only
from consult.districts.models import BoundarySet
from consult.observations.models import Observation
from consult.online_reports.models import FileDecision, FileScreening
from consult.partners.models import PartnerKind
from consult.threats import queries, recategorising
from consult.threats.models import FittedRule, Threat
from consult.threats.workflow import Status
from debates.models import CommitmentChange, ProposalChange, Statement
from debates.operations import approving, asking
from debates.outcomes import ProposalStatus
from tests.accounts.makers import officer
from tests.apart import application
from tests.debates import makers as debates
from tests.factories import admit, catalogue_of_27, metres_away, two_districts
from tests.online_reports.makers import report
from tests.partners import makers as partners

AREAS = ("1003", "1019")
NEW_TABLES = {
    "recategorisation", "recategorised", "fitted_rule", "file_screening",
    "partner", "partner_area", "partner_group", "hand_over", "partner_answer",
}  # fmt: skip
MINUTES = "0024"
"""The step before minutes had editions and could be withheld."""
LATER_TABLES = {
    "pyramid_cell", "proposal_change", "minutes_edition", "correction_link", "minutes_suggestion", "meeting_plan",
    "deadline_reminder", "threat_hint", "debates_threats_read",
    "paper_form", "paper_sheet", "paper_entry", "paper_mark", "commitment_change", "meeting_file",
    "joining_thresholds", "judged_pair", "judged_sample", "figure_release",
    "figure_file", "figure_revision", "land_area", "population", "recorded_measure", "recorded_figure",
    "allocation_sheet", "allocation_version",
    "survey_method", "survey_weighting",
    "survey_coding", "survey_open_text", "survey_theme", "survey_theme_edition", "survey_text_code", "survey_theme_quote",
    "summary_version", "summary_reader", "summary_letter",
    "survey_letters", "second_step", "recovery_code", "account_use", "audit_check", "task", "task_part", "erasure", "saved_view",
}  # fmt: skip
NEW_COLUMNS = {
    ("threat", "chosen_category_code"), ("boundary_set", "applied_at"), ("survey", "sample"),
    ("online_report", "words_erased_at"), ("audit_entry", "prev"), ("audit_entry", "hash"),
    ("statement", "added_in_correction"),
}  # fmt: skip


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with application(tmp_path_factory.mktemp("migrations")) as app:
        catalogue_of_27()
        two_districts()
        db.session.commit()
        yield app


@pytest.fixture
def world(apart):
    """The small world in a database of its own; no transaction of the test stands in the way of a migration."""
    with apart.app_context():
        read_only(False)
        yield apart
        db.session.remove()


def rename(threat, code):
    chosen = catalogue.by_code(code)
    shown = recategorising.plan([threat.id], chosen, AREAS)
    whose = {"actor_id": 7, "unit_path": "pl/10/1003/"}
    return recategorising.recategorise(uuid.uuid4().hex, [threat.id], chosen, "inaczej", shown.mark, AREAS, **whose)


def rows(without=()):
    """All rows of all tables, by the tables' names."""
    db.session.remove()  # on SQLite whoever may write keeps others out
    known = sa.MetaData()
    with db.engine.connect() as connection:
        known.reflect(connection)
        return {
            table.name: sorted(repr(row) for row in connection.execute(sa.select(*_kept(table, without))))
            for table in known.tables.values()
            if table.name != "alembic_version"
        }


def _kept(table, without):
    return [column for column in table.c if (table.name, column.name) not in without]


def step(way, to):
    db.session.remove()
    way(revision=to)


def version():
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def test_what_a_person_has_protected_is_not_shown_by_going_back(world, caplog):
    """The step before knows no choice: the next voice would give the threat its category, and the public its place."""
    threat = queries.of_observation(admit("parkowanie", at=metres_away(-4_000, 0)))
    act_id, number = rename(threat, "srodki_odurzajace").id, threat.id
    db.session.commit()
    newest, before = version(), rows()
    with pytest.raises(SystemExit):
        step(downgrade, "0014")
    assert "Threats that only a category chosen by a person protects (1)" in caplog.text
    assert (version(), rows()) == (newest, before)
    recategorising.undo(recategorising.act(act_id), AREAS, 8)
    db.session.commit()
    step(downgrade, "0014")
    step(upgrade, "head")
    assert db.session.get(Threat, number).category_code == "parkowanie"


def everything():
    """A row in every table, and a value in every column, that the steps 0015 to 0019 brought."""
    number = admit("parkowanie", at=metres_away(2_000, 0)).id
    rename(queries.of_observation(db.session.get(Observation, number)), "alkohol")
    office = partners.partner(groups=("greenery",), kind=PartnerKind.NATURE)
    handed = partners.handed_over(partners.confirmed(at=metres_away(-2_000, 0)), partner_id=office.id)
    partners.said(handed)
    screened = report()
    facts = {"file_name": uuid.uuid4().hex, "decision": FileDecision.WITHHELD, "actor_id": 7, "decided_at": now()}
    db.session.add(FileScreening(report_id=screened.id, **facts))
    numbers = {"share": 0.5, "voices": 9, "pairs": 8, "controls": 7}
    learnt = {"weights": {"a": 1}, "accuracies": {}, "calibration": [], "kept": ["text"]}
    db.session.add(FittedRule(fitted_at=now(), digest="d" * 64, **numbers, **learnt))
    for boundaries in db.session.scalars(sa.select(BoundarySet)):
        boundaries.applied_at = now()
    db.session.commit()
    return number, handed.threat_id


def test_the_steps_0015_to_0019_go_down_and_up_with_rows_and_keep_all_that_was_there_before(world):
    number, handed = everything()
    before = rows(without=NEW_COLUMNS)
    empty = [name for name in NEW_TABLES if not before[name]]
    assert empty == [], "each of them is tried with rows"
    for revision in ("0018", "0017", "0016", "0015", "0014"):
        step(downgrade, revision)
    older = {name: found for name, found in before.items() if name not in NEW_TABLES | LATER_TABLES}
    assert rows() == older
    step(upgrade, "head")
    after = rows(without=NEW_COLUMNS)
    assert after == before | {name: [] for name in NEW_TABLES}
    threat = queries.of_observation(db.session.get(Observation, number))
    assert (threat.category_code, threat.chosen_category_code) == ("alkohol", None)
    assert db.session.get(Threat, handed).status is Status.HANDED_OVER
    assert set(db.session.scalars(sa.select(BoundarySet.applied_at))) == {None}, "the job reads the places once more"
    office = partners.partner(valid_from=date(2020, 1, 1))
    assert partners.handed_over(partners.confirmed(at=metres_away(-6_000, 0)), partner_id=office.id).partner is office


def test_what_was_answered_so_far_is_the_first_row_of_its_history(world):
    author = officer()
    number = author.id
    meeting = debates.meeting(author)
    debates.answer(author, debates.proposal(author, meeting, "Próg"), answer="Próg stoi", answered_on=date(2026, 8, 1))
    debates.proposal(author, meeting, "Lampa")
    step(downgrade, "0023")
    step(upgrade, "head")
    known = db.session.scalars(sa.select(ProposalChange)).one()
    assert (known.before, known.after) == (ProposalStatus.OPEN, ProposalStatus.DONE)
    assert (known.answer, known.answered_on, known.actor_id) == ("Próg stoi", date(2026, 8, 1), number)
    assert known.proposal.newest is known


def test_what_came_of_a_promise_so_far_is_the_first_row_of_its_history(world):
    author = officer()
    number = author.id
    asked = debates.proposal(author, debates.meeting(author))
    promises = [
        asking.record_commitment(author, asked, key=uuid.uuid4().hex, who="Wójt", what=what, due_on=None)
        for what in ("Lampa", "Próg")
    ]
    told = {"key": uuid.uuid4().hex, "version": 1, "kept_on": date(2026, 8, 1), "outcome": "Świeci"}
    asking.close_commitment(author, promises[0], **told)
    db.session.commit()
    step(downgrade, "0028")
    step(upgrade, "head")
    known = db.session.scalars(sa.select(CommitmentChange)).one()
    assert (known.commitment.what, known.outcome, known.kept_on) == ("Lampa", "Świeci", date(2026, 8, 1))
    assert known.actor_id == number
    assert known.commitment.version == 1


def test_what_is_withheld_from_the_public_is_not_let_out_by_a_step_back(world):
    author = officer()
    said = debates.statement(author, debates.meeting(author))
    approving.withhold_statement(author, said, reason="wskazuje osobę")
    db.session.commit()
    number = said.id
    with pytest.raises(SystemExit):
        step(downgrade, MINUTES)
    said = db.session.get(Statement, number)
    approving.release_statement(officer(), said)
    db.session.commit()
    step(downgrade, MINUTES)
    step(upgrade, "head")
    assert db.session.get(Statement, number).withheld_because == ""


def test_statements_from_before_the_mark_of_corrections_stand_without_it(world):
    author = officer()
    number = debates.statement(author, debates.meeting(author)).id
    db.session.get(Statement, number).added_in_correction = True
    db.session.commit()
    before = rows(without={("statement", "added_in_correction")})
    step(downgrade, "0051")
    step(upgrade, "head")
    assert rows(without={("statement", "added_in_correction")}) == before
    assert db.session.get(Statement, number).added_in_correction is False


def test_when_an_account_was_last_used_is_read_from_the_trail(world):
    """Nobody's account looks unused on the night after the step."""
    number, moment = officer().id, now()
    db.session.commit()
    step(downgrade, "0039")
    said = "INSERT INTO audit_entry (at, actor_id, act, object_kind, object_id, unit_path, detail)"
    db.session.execute(
        sa.text(f"{said} VALUES (:at, :who, 'sign_in', 'account', '1', 'pl/', '{{}}')").bindparams(
            sa.bindparam("at", moment, Moment()), who=number
        )
    )
    db.session.commit()
    step(upgrade, "head")
    assert db.session.get(AccountUse, number).last_used_at == moment
    assert {use.account_id for use in db.session.scalars(sa.select(AccountUse))} == {number}


def test_entries_of_the_trail_are_chained_by_the_step_and_stay_when_it_is_taken_back(world):
    for number in range(3):
        note(7, "move", "threat", number, "pl/10/1003/", share=0.5, voices=[1, 2.0, "ą"])
        db.session.commit()
    written = rows()["audit_entry"]
    step(downgrade, "0042")
    with db.engine.begin() as connection:
        kept = connection.execute(sa.text("SELECT act, object_id FROM audit_entry ORDER BY id DESC LIMIT 3")).all()
        assert kept == [("move", "2"), ("move", "1"), ("move", "0")]
        connection.execute(sa.text("UPDATE audit_entry SET act = act"))  # before the step nothing refuses this
    step(upgrade, "head")
    assert rows()["audit_entry"] == written
    assert audit.verify().is_intact
    with pytest.raises(DatabaseError, match="the trail is only added to"), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit_entry SET act = act"))
