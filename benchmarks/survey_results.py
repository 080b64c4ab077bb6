"""Results of a survey under load: 200,000 submissions of 20 questions from 380 districts, read from the counters.

    .venv/bin/python -m benchmarks.survey_results [--submissions 200000] [--rounds 9] [--database URL]

Prints a table: a district's results of all questions, the cross table of one question by all districts (read from the
counters, and with what is shown of it), and all questions of the whole country; the median by the clock, and the CPU of
this process, since other work may share the machine (PostgreSQL's own is not in it). Beside each stands the floor: the
raw answers in memory as one array of small integers, counted by numpy's bincount. The counters are made of the same raw
answers, and the program fails when they do not count the same.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import insert

from consult.accounts import operations as accounts
from consult.app import create_app
from consult.clock import now
from consult.config import Config
from consult.db import db, transaction
from consult.disclosure import Audience
from surveys import reading, sheets
from surveys.counting import ALL, ASKED
from surveys.models import Access, Counter, Mode, Survey, SurveyVersion, VersionState
from surveys.queries import results as queries
from surveys.results import DISTRICT, cross_table, series_of

QUESTIONS, DISTRICTS, ANSWERS = 20, 380, 6
LARGE = 10_000
MODES = (Mode.WEB, Mode.PAPER)
CODES = [f"{number:04d}" for number in range(1001, 1001 + DISTRICTS)]


@dataclass(frozen=True)
class Raw:
    """The answers in memory: one row a person. Answer 0 is none."""

    district: np.ndarray
    mode: np.ndarray
    answers: np.ndarray


def answered(submissions):
    """Make raw answers: the first district has 10,000 people, the others share the rest."""
    random = np.random.default_rng(7)
    district = random.integers(1, DISTRICTS, submissions).astype(np.int16)
    district[:LARGE] = 0
    mode = (random.random(submissions) < 0.2).astype(np.int8)
    return Raw(district, mode, random.integers(0, ANSWERS, (submissions, QUESTIONS)).astype(np.int8))


def form():
    """Write a questionnaire of so many single choices of five answers."""
    asked = "".join(f"| | select_one scale | q{place} | Pytanie {place} | likert |\n" for place in range(QUESTIONS))
    offered = "".join(f"| | scale | {place} | odpowiedź {place} |\n" for place in range(1, ANSWERS))
    return (
        "| survey |\n| | type | name | label::Polski (pl) | appearance |\n" + asked
        + "| choices |\n| | list_name | name | label::Polski (pl) |\n" + offered
        + "| settings |\n| | form_title | form_id | default_language |\n| | Pomiar | pomiar | Polski (pl) |\n"
    )  # fmt: skip


def survey():
    """A published survey of that questionnaire."""
    made = sheets.read(form().encode(), "form.md")
    reading.definition(made)
    unit = accounts.create_unit("pl", "Komenda Główna", "pl/", [])
    asked = Survey(slug="pomiar", unit=unit, access=Access.OPEN, area_codes=[], author_id=0, created_at=now())
    facts = {"digest": sheets.digest(made), "changes": [], "author_id": 0, "created_at": now(), "published_by_id": 0}
    asked.versions.append(
        SurveyVersion(number=1, state=VersionState.PUBLISHED, sheets=made, published_at=now(), **facts)
    )
    db.session.add(asked)
    db.session.flush()
    return asked


def cells(raw):
    """Give the counters of all raw answers, by question."""
    shape = (DISTRICTS, len(MODES), ANSWERS)
    everybody = np.zeros(shape[:2], dtype=int)
    for place in range(QUESTIONS):
        key = np.ravel_multi_index((raw.district, raw.mode, raw.answers[:, place]), shape)
        counted = np.bincount(key, minlength=int(np.prod(shape))).reshape(shape)
        everybody = counted.sum(axis=2)
        yield f"q{place}", everybody, counted
    yield ALL, everybody, np.zeros(shape, dtype=int)


def rows(raw, version_id):
    """Give the rows of the table of counters."""
    for name, asked, counted in cells(raw):
        for district, code in enumerate(CODES):
            for kind, mode in enumerate(MODES):
                facts = {"version_id": version_id, "question": name, "district_code": code, "mode": mode}
                found = {ASKED: asked[district, kind], "#missing": counted[district, kind, 0]}
                found |= {str(value): counted[district, kind, value] for value in range(1, ANSWERS)}
                yield from ({**facts, "value": value, "n": int(n)} for value, n in found.items() if n)


def fill(raw, version_id):
    """Write the counters, in the order of their key."""
    made = sorted(rows(raw, version_id), key=itemgetter("question", "district_code", "mode", "value"))
    for start in range(0, len(made), 20_000):
        db.session.execute(insert(Counter), made[start : start + 20_000])
    return len(made)


def taken_ms(action, rounds):
    """Milliseconds of an action after one round to warm up: median by the clock, and least of this process's CPU."""
    action()
    wall, cpu = [], []
    for _ in range(rounds):
        db.session.rollback()
        start, used = time.perf_counter(), time.process_time()
        action()
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return statistics.median(wall), min(cpu)


def floor_all(raw, chosen=None):
    """Count all questions in memory, of everybody or of a district."""
    answers = raw.answers if chosen is None else raw.answers[raw.district == chosen]
    return [np.bincount(answers[:, place], minlength=ANSWERS) for place in range(QUESTIONS)]


def floor_one(raw):
    """Count one question by district in memory."""
    return np.bincount(raw.district.astype(np.int32) * ANSWERS + raw.answers[:, 3], minlength=DISTRICTS * ANSWERS)


def measured(asked, raw):
    """Give each task with its floor and its aim in milliseconds."""
    question, of = series_of(queries.editions(asked), "q3")

    def found(part=None, districts=None):
        return lambda: queries.found(asked, districts, part)

    def table():
        return cross_table(question, of, *queries.by_district(of, "q3"), Audience.STAFF)

    return [
        ("a district of 10,000, all questions", found((DISTRICT, CODES[0])), lambda: floor_all(raw, 0), 300),
        ("a usual district, all questions", found((DISTRICT, CODES[7])), lambda: floor_all(raw, 7), 300),
        ("the same, for an officer of that district", found(None, [CODES[7]]), lambda: floor_all(raw, 7), 300),
        ("one question by 380 districts, read", lambda: queries.by_district(of, "q3"), lambda: floor_one(raw), 10),
        ("one question by 380 districts, shown", table, lambda: floor_one(raw), ""),
        ("whole country, all questions", found(), lambda: floor_all(raw), 1500),
    ]


def check(asked, raw):
    """Fail when counters and raw answers disagree."""
    found = {result.question.name: result for result in queries.found(asked).questions}
    for place, counted in enumerate(floor_all(raw)):
        assert [line.count for line in found[f"q{place}"].lines] == counted[1:].tolist()
        assert found[f"q{place}"].missing.count == counted[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--database", help="An empty database; by default a new SQLite file.")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    url = chosen.database or f"sqlite+pysqlite:///{folder / 'survey.db'}"
    app = create_app(Config(SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=folder, REPORTS_OUT=folder))
    with app.app_context():
        upgrade()
        raw = answered(chosen.submissions)
        with transaction():
            asked = survey()
            written = fill(raw, asked.versions[0].id)
        check(asked, raw)
        size = f"{chosen.submissions:,} submissions x {QUESTIONS} questions, {DISTRICTS} districts"
        print(f"{size}: {written:,} counters")
        print("| task | by the clock, ms | CPU, ms | floor, CPU, ms | ratio | aim, ms |\n|---|---|---|---|---|---|")
        for name, action, floor, aim in measured(asked, raw):
            (wall, cpu), (_wall, least) = taken_ms(action, chosen.rounds), taken_ms(floor, chosen.rounds)
            print(f"| {name} | {wall:.1f} | {cpu:.1f} | {least:.2f} | {cpu / least:.0f} | {aim} |")


if __name__ == "__main__":
    main()
