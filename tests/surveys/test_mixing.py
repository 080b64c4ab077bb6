"""Before mixing, whoever has the database finds who answered what; after it nobody does.

The proof seizes the whole database with its hidden columns and the order of rows in the file, and tries every join.
"""

import random
import secrets
import threading
from collections import Counter as Counted
from datetime import date, timedelta

import pytest
from flask import current_app

from consult.clock import now, retelling
from consult.db import db, forget_deleted, is_sqlite, read_only, transaction
from consult.geo import COARSE_CELL_M, Place, PlaceKind, to_degrees, to_metres
from consult.observations.models import Observation, Plane
from consult.upkeep import retention
from surveys import codes, jobs
from surveys.models import (
    Access,
    Counter,
    Draft,
    Feedback,
    FeedbackSource,
    Invitation,
    LooseEnd,
    Receipt,
    Submission,
    Survey,
)
from surveys.operations import answering, mixing
from surveys.queries import mixing as queries
from tests.apart import application
from tests.factories import LASK, catalogue_of_27, metres_away, two_districts
from tests.surveys import makers
from tests.surveys.seizure import bytes_of, correlation, joined, order_within_pages, seized

PEOPLE = 200
CHANCE = 0.35
"""With 200 people a rank correlation of nothing has a standard deviation of 1/√199 = 0.071: this is five of them."""

LUCK = 7
"""Two random orders agree in one place on average (Poisson): more than seven is a chance of one in 100,000."""

FIRST_MARK = 100_000
"""Each person answers a number of their own, by which the test, and only the test, knows who they are."""

FORM = """
| survey |
|  | type             | name  | label::Polski (pl)      | kmzb::role | kmzb::max | required |
|  | begin_group      | first | Na początek             |            |           |          |
|  | integer          | mark  | Jaki numer?             |            |           |          |
|  | select_one yesno | safe  | Czy jest bezpiecznie?   |            |           |          |
|  | end_group        |       |                         |            |           |          |
|  | begin_repeat     | spots | Miejsca                 |            | 5         |          |
|  | geopoint         | spot  | Gdzie?                  | threat     |           |          |
|  | select_one kinds | kind  | Co się dzieje?          | category   |           |          |
|  | end_repeat       |       |                         |            |           |          |
|  | begin_group      | last  | Na koniec               |            |           |          |
|  | text             | wish  | Czego brakuje na mapie? | wish       |           |          |
|  | end_group        |       |                         |            |           |          |
| choices |
|  | list_name | name              | label::Polski (pl) |
|  | yesno     | yes               | tak                |
|  | yesno     | no                | nie                |
|  | kinds     | akty_wandalizmu   | wandalizm          |
|  | kinds     | dzikie_kapieliska | kąpielisko         |
|  | kinds     | other             | coś innego         |
| settings |
|  | form_title | form_id | default_language |
|  | Okolica    | okolica | Polski (pl)      |
"""


def spot(east=0.0, north=0.0, kind="akty_wandalizmu", origin=LASK):
    return {"spot": Place.point(*metres_away(east, north, origin)).record, "kind": kind}


def answers(number, **more):
    return {"mark": FIRST_MARK + number, "safe": "yes" if number % 3 else "no"} | more


def rich(number):
    """Answers of which some hold places and words."""
    more = {}
    if number % 4 == 0:
        more["spots"] = [spot(number * 20, number * 7), spot(-number * 20, 300)]
    if number % 5 == 0:
        more["wish"] = f"słowa osoby {FIRST_MARK + number}"
    return answers(number, **more)


class Town:
    """A survey and the people who answer it, one transaction each; it remembers what the database must not know."""

    def __init__(self, access=Access.OPEN, slug="okolica"):
        self.survey_id = makers.survey(FORM, slug=slug, access=access).id
        self.invited, self.receipts, self.count = {}, {}, 0

    @property
    def survey(self):
        return db.session.get(Survey, self.survey_id)

    def answer(self, told, code=""):
        survey = self.survey
        version = survey.published
        key = secrets.token_hex(16)
        receipt = answering.submit(survey, version, makers.definition(survey), told, key=key, code=code)
        db.session.commit()
        self.receipts[self._hmac(receipt, codes.RECEIPTS)] = self.count
        self.count += 1

    def answered(self, people, make=answers):
        for number in range(self.count, self.count + people):
            self.answer(make(number))

    def invite(self, people):
        drawn = [codes.new_code() for _ in range(people)]
        rows = [{"survey_id": self.survey_id, "code_hmac": self._hmac(code, codes.INVITATIONS)} for code in drawn]
        db.session.execute(Invitation.__table__.insert(), rows)
        db.session.commit()
        return drawn

    def answer_by_invitation(self, people, a_day=10, spare=20):
        """People come in another order than their letters were written in, ten a day."""
        begin = now()
        drawn = self.invite(people + spare)
        for number, code in enumerate(random.Random(3).sample(drawn, people)):
            with retelling(begin + timedelta(days=number // a_day)):
                self.answer(rich(number), code)
            self.invited[self._hmac(code, codes.INVITATIONS)] = number

    def close(self):
        self.survey.closed_at = now()
        db.session.commit()

    def _hmac(self, code, purpose):
        return codes.hmac_of(code, current_app.config["SECRET_KEY"], purpose)

    def person(self, table, row):
        """Who a row is of, as the test knows."""
        return {
            "survey_invitation": lambda: self.invited.get(row["code_hmac"]),
            "survey_receipt": lambda: self.receipts[row["receipt_hmac"]],
            "survey_submission": lambda: int(row["answers.mark"]) - FIRST_MARK,
        }[table]()


def mix(town):
    with transaction():
        return mixing.mix(town.survey)


def release(town):
    with transaction():
        return mixing.release(town.survey)


def submissions(town):
    chosen = db.session.query(Submission).filter_by(survey_id=town.survey_id)
    return sorted(chosen, key=lambda one: one.answers["mark"])


@pytest.fixture
def apart(tmp_path):
    """An application with a database of its own and a small world."""
    with application(tmp_path) as app:
        catalogue_of_27()
        two_districts()
        db.session.commit()
        yield app


@pytest.fixture
def town(world):
    return Town()


# The proof


class Seized:
    """A seized database beside what only the test knows."""

    def __init__(self, town):
        self.town, self.rows = town, seized()

    def of(self, table):
        """The rows of people, each with its person, which is also the order in which they came."""
        found = [(row, self.town.person(table, row)) for row in self.rows[table]]
        return [(row, person) for row, person in found if person is not None]

    def orders(self, table):
        """How far each column, and the place of the row, tells the order in which people came."""
        rows, arrivals = zip(*self.of(table), strict=True)
        columns = {name for row in rows for name in row if all(name in other for other in rows)} - {"answers.mark"}
        found = {name: correlation([_sortable(row[name]) for row in rows], arrivals) for name in columns}
        found["place in its page"] = order_within_pages([row["place"] for row in rows], arrivals)
        return found

    def links(self, table, other="survey_submission"):
        """Each join by equal values that ties single people to single answers: how many pairs, how many of them true."""
        own, others = self.of(table), self.of(other)
        found = joined([row for row, _ in own], [row for row, _ in others])
        return {
            columns: (len(pairs), sum(own[one][1] == others[two][1] for one, two in pairs))
            for columns, pairs in found.items()
        }

    def tied(self, table, other):
        """The joins by equal values between single rows of any two tables."""
        return joined(self.rows[table], self.rows[other])

    def paired_by_place(self, table, other="survey_submission"):
        """How many people are told by laying the rows of both tables side by side as they lie in the file."""
        first, second = ([person for _, person in sorted(self.of(name), key=_place)] for name in (table, other))
        return sum(one == two for one, two in zip(first, second, strict=True))


def _place(found):
    return found[0]["place"]


def _sortable(value):
    if isinstance(value, tuple):
        return value
    return int(value) if str(value).isdigit() else str(value)


OF_PEOPLE = ("survey_invitation", "survey_receipt")


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """What is found before mixing, after it, and after the places and words were handed over."""
    with application(tmp_path_factory.mktemp("apart")) as app:
        catalogue_of_27()
        two_districts()
        db.session.commit()
        town = Town(Access.INVITATION)
        town.answer_by_invitation(PEOPLE)
        before = Seized(town)
        mix(town)
        loose = Seized(town)
        release(town)
        assert forget_deleted(mixing.TABLES)
        after = Seized(town)
        db.session.remove()
        yield {"before": before, "loose": loose, "after": after, "is_sqlite": is_sqlite(), "app": app}


@pytest.mark.parametrize("table", OF_PEOPLE)
def test_before_mixing_postgresql_ties_everybody_to_their_answers(evidence, table):
    """One transaction wrote both, so both bear its number. Without row numbers SQLite has nothing of the kind."""
    links = evidence["before"].links(table)
    if evidence["is_sqlite"]:
        assert links == {}
    else:
        assert links["_xmin", "_xmin"] == (PEOPLE, PEOPLE)


def test_before_mixing_rows_tell_when_they_were_written(evidence):
    """On PostgreSQL rows lie in the order in which people came; on SQLite the day of the answers tells it."""
    before = evidence["before"]
    assert before.orders("survey_submission")["received_on"] > 0.99
    if not evidence["is_sqlite"]:
        assert before.orders("survey_submission")["place"] > 0.99
        assert before.orders("survey_receipt")["place"] > 0.99
        assert before.orders("survey_invitation")["place in its page"] > 0.99
        assert before.paired_by_place("survey_receipt") > PEOPLE / 2


@pytest.mark.parametrize("moment", ["loose", "after"])
@pytest.mark.parametrize("table", OF_PEOPLE)
def test_after_mixing_no_value_ties_anybody_to_any_answer(evidence, table, moment):
    found = evidence[moment]
    assert found.links(table) == {}
    assert found.paired_by_place(table) <= LUCK


@pytest.mark.parametrize("moment", ["loose", "after"])
@pytest.mark.parametrize("table", [*OF_PEOPLE, "survey_submission"])
def test_after_mixing_no_column_and_no_place_tells_the_order_of_people(evidence, table, moment):
    told = {name: rho for name, rho in evidence[moment].orders(table).items() if abs(rho) >= CHANCE}
    assert told == {}


def test_after_mixing_everything_was_written_in_one_transaction(evidence):
    """A join by the transaction gives each person all answers, which is no information."""
    if evidence["is_sqlite"]:
        return  # nothing there bears the number of a transaction
    names = (*OF_PEOPLE, "survey_submission", "survey_counter", "survey_day", "survey")
    numbers = {row["_xmin"] for name in names for row in evidence["after"].rows[name]}
    assert len(numbers) == 1


@pytest.mark.parametrize("moment", ["loose", "after"])
@pytest.mark.parametrize("other", ["survey_loose_end", "observation", "feedback", "survey_counter", "survey_day"])
@pytest.mark.parametrize("table", [*OF_PEOPLE, "survey_submission"])
def test_after_mixing_nothing_else_leads_to_a_person(evidence, table, other, moment):
    """Places, words and counts share no single value with a person's row or with the answers that they were in.

    Numbers of rows are not compared: they begin at one in every table.
    """
    ties = evidence[moment].tied(table, other)
    assert {columns: pairs for columns, pairs in ties.items() if columns[1] not in {"id", "n", "value"}} == {}


def test_after_mixing_the_answers_are_all_there_and_only_they(evidence):
    """Nothing was lost or doubled on the way, and counters say what they said."""
    before, after = evidence["before"].rows, evidence["after"].rows
    said = [
        sorted((row["answers.mark"], row["answers.safe"]) for row in rows["survey_submission"])
        for rows in (before, after)
    ]
    assert said[0] == said[1]
    assert len(said[0]) == PEOPLE
    for table, columns in {
        "survey_invitation": ("code_hmac", "is_used", "area_code"),
        "survey_receipt": ("receipt_hmac",),
        "survey_counter": ("question", "value", "mode", "district_code", "n"),
        "survey_day": ("day", "mode", "n"),
    }.items():
        told = [Counted(tuple(str(row[name]) for name in columns) for row in rows[table]) for rows in (before, after)]
        assert told[0] == told[1], table
    assert {row["id"] for row in before["survey_submission"]}.isdisjoint(
        row["id"] for row in after["survey_submission"]
    )


def test_before_mixing_a_small_survey_lies_in_the_order_of_answering_even_on_sqlite(apart):
    """A dozen rows fit on one page, where each new one is put before the others: the file itself ties them together."""
    town = Town(Access.INVITATION)
    town.answer_by_invitation(12)
    before = Seized(town)
    assert before.paired_by_place("survey_receipt") == 12
    mix(town)
    after = Seized(town)
    assert after.links("survey_receipt") == after.links("survey_invitation") == {}
    assert after.paired_by_place("survey_receipt") <= LUCK


def test_the_files_keep_nothing_of_what_was_rewritten(apart):
    """Deleted rows stay in the files of both databases until something overwrites them."""
    town = Town()
    town.answered(12, rich)
    keys = [one.id.encode() for one in submissions(town)]
    words = b"osoby 100000"
    tables = [table.name for table in mixing.TABLES]
    db.session.remove()
    assert all(key in bytes_of(*tables) for key in keys), "the test can see them"
    assert words in bytes_of(*tables)
    mix(town)
    release(town)
    assert forget_deleted(mixing.TABLES)
    files = bytes_of(*tables)
    assert not any(key in files for key in keys)
    assert is_sqlite() or words not in files  # on SQLite the desk, in the same file, has them now


def test_files_that_somebody_reads_are_cleared_the_next_time(apart, monkeypatch):
    """A backup under way, for example."""
    monkeypatch.setattr("consult.db.LOCK_TIMEOUT_MS", 50)
    town = Town()
    town.answered(12)
    reader = db.engine.connect()
    read_only(True)
    reader.exec_driver_sql("SELECT count(*) FROM survey_submission").scalar_one()
    read_only(False)
    mix(town)
    _impatient()
    assert not forget_deleted(mixing.TABLES)
    with pytest.raises(jobs.FilesInUse):
        jobs.mix_by_night()
    reader.close()
    assert forget_deleted(mixing.TABLES)


def _impatient():
    """Let SQLite's connection, the one that is used again and again, wait for nobody."""
    if is_sqlite():
        db.session.connection().exec_driver_sql("PRAGMA busy_timeout = 50")
        db.session.rollback()


# When, and which day


def test_nine_wait_while_the_survey_is_open_and_go_at_the_close(town):
    town.answered(9)
    assert mix(town) == 0
    assert queries.waiting(town.survey_id) == 9
    assert queries.due(now()) == []
    town.close()
    assert [one.id for one in queries.due(now())] == [town.survey_id]
    assert mix(town) == 9
    assert queries.waiting(town.survey_id) == 0


def test_ten_are_a_batch(town):
    town.answered(10)
    assert [one.id for one in queries.due(now())] == [town.survey_id]
    assert queries.ended(now()) == []
    assert mix(town) == 10
    assert {one.generation for one in submissions(town)} == {1}


def test_a_second_run_changes_nothing(apart):
    town = Town()
    town.answered(10, rich)
    mix(town)
    release(town)
    before = seized()
    assert mix(town) == 0
    assert release(town) == (0, 0)
    after = seized()
    for table, rows in before.items():
        assert [_written(row) for row in rows] == [_written(row) for row in after[table]]


def test_the_next_batch_takes_all_rows_along(town):
    """Otherwise ten new receipts would lead to the ten new answers."""
    town.answered(10)
    mix(town)
    keys = {one.id for one in submissions(town)}
    town.answered(10)
    assert mix(town) == 10
    assert {one.generation for one in submissions(town)} == {2}
    assert keys.isdisjoint(one.id for one in submissions(town))
    assert town.survey.generation == 2


def test_a_batch_has_one_day_and_a_rest_takes_that_of_the_batch_before(town):
    begin = now()
    for number in range(12):
        with retelling(begin - timedelta(days=20 - number)):
            town.answered(1)
    mix(town)
    last = (begin - timedelta(days=9)).astimezone().date()
    assert len({one.received_on for one in submissions(town)}) == 1
    assert abs(submissions(town)[0].received_on - last) <= timedelta(days=1)
    days = {one.received_on for one in submissions(town)}
    town.answered(3)
    town.close()
    assert mix(town) == 3
    assert {one.received_on for one in submissions(town)} == days


def test_a_rest_without_a_batch_before_takes_its_own_last_day(town):
    with retelling(now() - timedelta(days=5)):
        town.answered(1)
    town.answered(1)
    last = submissions(town)[-1].received_on
    town.close()
    mix(town)
    assert {one.received_on for one in submissions(town)} == {last}


def test_surveys_are_mixed_apart(world):
    one, other = Town(), Town(slug="inna")
    one.answered(10)
    other.answered(3)
    kept = [(row.id, row.received_on) for row in submissions(other)]
    mix(one)
    assert [(row.id, row.received_on) for row in submissions(other)] == kept
    assert queries.waiting(other.survey_id) == 3


# Places and words


def test_places_become_voices_of_direct_contact_without_their_spot(town):
    town.answer(answers(0, spots=[spot(40, 90)]))
    town.close()
    mix(town)
    assert submissions(town)[0].answers == {"mark": FIRST_MARK, "safe": "no", "spots": [{}]}
    assert release(town) == (1, 0)
    (voice,) = queries.places(town.survey)
    assert (voice.plane, voice.category_code, voice.voices) == (Plane.DIRECT_CONTACT, "akty_wandalizmu", 1)
    assert voice.place.kind is PlaceKind.POINT
    assert voice.accuracy_m >= COARSE_CELL_M * 2**-0.5
    middle = [metre / COARSE_CELL_M % 1 for metre in (voice.x, voice.y)]
    assert middle == pytest.approx([0.5, 0.5], abs=0.001)
    assert voice.observed_from < now()
    assert voice.observed_to <= now()
    assert voice.words == voice.place.words == ""
    assert db.session.query(LooseEnd).count() == 0


def test_each_voice_has_a_key_of_its_own(town):
    """One person's places share nothing, not even a voice."""
    town.answer(answers(0, spots=[spot(), spot(2_000), spot(4_000)]))
    town.close()
    mix(town)
    release(town)
    voices = queries.places(town.survey)
    assert len({voice.voice_key for voice in voices}) == len({voice.source_key for voice in voices}) == 3


def test_one_persons_places_of_one_category_in_one_cell_count_once(town):
    same = [spot(), spot(1, 1), spot(kind="dzikie_kapieliska")]
    town.answer(answers(0, spots=same))
    town.answer(answers(1, spots=[spot()]))
    town.close()
    mix(town)
    assert release(town) == (3, 0)
    found = Counted(voice.category_code for voice in queries.places(town.survey))
    assert found == {"akty_wandalizmu": 2, "dzikie_kapieliska": 1}


def test_a_place_without_a_category_of_the_catalogue_stays_out_of_the_map_and_is_counted(town):
    town.answer(answers(0, spots=[spot(kind="other"), {"spot": spot()["spot"]}, spot()]))
    town.close()
    mix(town)
    assert release(town) == (1, 0)
    assert len(queries.loose_ends(town.survey_id)) == 2
    assert queries.places(town.survey)[0].category_code == "akty_wandalizmu"


def test_a_place_beyond_all_districts_waits_and_keeps_no_other_from_the_map(town):
    town.answer(answers(0, spots=[spot(origin=(16.0, 54.0))]))
    town.answer(answers(1, spots=[spot()]))
    town.close()
    mix(town)
    assert release(town) == (1, 0)
    (left,) = db.session.query(LooseEnd).all()
    assert Place.from_record(left.content["place"]).accuracy_m >= 177, "it waits blurred"
    assert release(town) == (0, 0)


def test_a_place_whose_cell_reaches_into_another_district_tells_its_commune(town):
    """The border of the two districts runs through a cell, whose middle lies 122 m east of it."""
    x, y = to_metres(*LASK)
    near = [to_degrees(x + 10_000 + east, y) for east in (-2, -1.5, -1, 5, 10, 15)]
    for number, origin in enumerate(near):
        town.answer(answers(number, spots=[spot(origin=origin)]))
    town.close()
    mix(town)
    release(town)
    voices = queries.places(town.survey)
    assert Counted((voice.district_code, voice.place.kind.value) for voice in voices) == {
        ("1003", "commune"): 3,
        ("1019", "point"): 3,
    }
    assert {voice.cell for voice in voices if voice.place.kind is PlaceKind.COMMUNE} == {None}


def test_words_about_the_application_come_to_the_desk(town):
    town.answer(answers(0, wish="mapa zimą"))
    town.answer(answers(1))
    town.close()
    mix(town)
    assert "wish" not in submissions(town)[0].answers
    assert release(town) == (0, 1)
    (opinion,) = db.session.query(Feedback).all()
    assert (opinion.words, opinion.source, opinion.survey_id) == ("mapa zimą", FeedbackSource.SURVEY, town.survey_id)
    assert opinion.received_on == submissions(town)[0].received_on.replace(day=1)
    assert opinion.rating is None


# Nothing is lost


def test_a_crash_between_mixing_and_handing_over_loses_nothing(apart, monkeypatch):
    town = Town()
    town.answered(20, rich)

    def crash(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(mixing, "release", crash)
    with pytest.raises(KeyboardInterrupt):
        jobs.mixed([town.survey])
    monkeypatch.undo()
    db.session.remove()
    assert db.session.query(Observation).count() == 0
    assert len(queries.loose_ends(town.survey_id)) == 10 + 4
    db.session.rollback()
    assert jobs.mix_by_night() == "places 10, words 4"
    assert db.session.query(Observation).count() == 10
    assert queries.with_loose_ends() == []


def test_a_crash_while_mixing_changes_nothing(apart, monkeypatch):
    town = Town()
    town.answered(20, rich)
    before = seized()

    def crash(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(mixing, "_write_anew", crash)
    with pytest.raises(KeyboardInterrupt):
        mix(town)
    after = seized()
    for table, rows in before.items():
        assert [_written(row) for row in rows] == [_written(row) for row in after[table]]


def _written(row):
    """A row without the marks of whoever only held it."""
    return {name: value for name, value in row.items() if name not in {"_xmax", "_cmin", "_cmax"}}


def test_submissions_that_come_while_mixing_are_not_lost(apart):
    """Three people answer without a pause while the survey is mixed again and again."""
    town = Town()
    town.answered(10)
    survey_id, problems = town.survey_id, []

    def answer(worker):
        with apart.app_context():
            try:
                for number in range(10):
                    survey = db.session.get(Survey, survey_id)
                    told = answers(1_000 * worker + number, spots=[spot(number * 10)])
                    key = secrets.token_hex(16)
                    answering.submit(survey, survey.published, makers.definition(survey), told, key=key)
                    db.session.commit()
            except Exception as error:
                problems.append(error)
                raise

    people = [threading.Thread(target=answer, args=(worker,)) for worker in range(1, 4)]
    for person in people:
        person.start()
    while any(person.is_alive() for person in people):
        jobs.mixed([town.survey])
    for person in people:
        person.join()
    assert problems == []
    marks = [one.answers["mark"] for one in submissions(town)]
    assert len(marks) == len(set(marks)) == 40
    assert db.session.query(Receipt).count() == 40
    everybody = (Counter.question == "#all", Counter.value == "#asked")
    assert db.session.query(Counter.n).filter(*everybody).scalar() == 40


def test_a_sent_form_finds_its_receipt_after_mixing(town):
    survey = town.survey
    key = secrets.token_hex(16)
    facts = (survey, survey.published, makers.definition(survey), answers(0))
    receipt = answering.submit(*facts, key=key)
    town.close()
    mix(town)
    assert answering.submit(*facts, key=key) == receipt
    assert len(submissions(town)) == 1


def test_a_used_invitation_stays_used(apart):
    town = Town(Access.INVITATION)
    codes_sent = town.invite(12)
    for number, code in enumerate(codes_sent[:10]):
        town.answer(answers(number), code)
    mix(town)
    used = [answering.check_invitation(town.survey, code) for code in codes_sent]
    assert used == [False] * 10 + [True] * 2
    with pytest.raises(answering.InvitationSpent):
        town.answer(answers(11), codes_sent[0])
    db.session.rollback()


# Jobs and the command


def test_the_night_mixes_what_is_due_and_leaves_the_rest(apart):
    due, few = Town(), Town(slug="mala")
    due.answered(10)
    few.answered(9)
    assert jobs.mix_by_night() == "submissions 10"
    assert queries.waiting(few.survey_id) == 9
    assert jobs.mix_by_night() == ""


def test_the_close_mixes_at_once_and_deletes_drafts(apart):
    town, other = Town(), Town(slug="mala")
    town.answered(3)
    for number, one in enumerate((town, other)):
        draft = Draft(code_hmac=f"{number:064}", survey_id=one.survey_id, state={}, expires_on=date(2100, 1, 1))
        db.session.add(draft)
    db.session.commit()
    assert jobs.mix_ended() == ""
    town.close()
    assert jobs.mix_ended() == "submissions 3, drafts 1"
    assert [draft.survey_id for draft in db.session.query(Draft)] == [other.survey_id]
    assert jobs.mix_ended() == ""


def test_a_survey_that_cannot_be_mixed_keeps_no_other_from_it(apart, monkeypatch):
    bad, good = Town(), Town(slug="mala")
    bad.answered(10)
    good.answered(10)
    real = mixing.mix

    def stumble(survey):
        if survey.id == bad.survey_id:
            raise ZeroDivisionError
        return real(survey)

    monkeypatch.setattr(mixing, "mix", stumble)
    with pytest.raises(ZeroDivisionError):
        jobs.mix_by_night()
    assert queries.waiting(good.survey_id) == 0
    assert queries.waiting(bad.survey_id) == 10


def test_drafts_expire_by_night(apart):
    town = Town()
    for number, day in enumerate((date(2026, 1, 1), date(2100, 1, 1))):
        db.session.add(Draft(code_hmac=f"{number:064}", survey_id=town.survey_id, state={}, expires_on=day))
    db.session.commit()
    assert retention.run(jobs.RETENTION, now()) == {"drafts": 1}
    assert retention.run(jobs.RETENTION, now()) == {"drafts": 0}


def test_surveys_mix_tells_what_it_did_in_one_line(apart):
    town = Town()
    town.answered(10, rich)
    runner = apart.test_cli_runner()
    told = runner.invoke(args=["surveys", "mix", "okolica"])
    assert told.exit_code == 0, told.output
    assert told.output.count("\n") == 1
    assert '"submissions": 10, "places": 6, "words": 2, "kept": 0' in told.output
    assert '"submissions": 0' in runner.invoke(args=["surveys", "mix"]).output


def test_surveys_mix_refuses_a_name_that_no_survey_has(apart):
    told = apart.test_cli_runner().invoke(args=["surveys", "mix", "nie-ma"])
    assert told.exit_code == 1
    assert "nie-ma" in told.output
