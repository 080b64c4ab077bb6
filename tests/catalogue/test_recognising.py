"""Categories are proposed from the words of a statement, for a person to choose from."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.catalogue import lexicon, queries
from consult.catalogue.recognising import proposed_categories, proposed_for_each

DAY = date(2026, 7, 15)
pytestmark = pytest.mark.usefixtures("world")


def said():
    with Path(__file__).with_name("said.csv").open(encoding="utf-8", newline="") as file:
        return [(row["code"], row["sentence"]) for row in csv.DictReader(file, delimiter=";")]


def missed(pairs):
    proposed = proposed_for_each([sentence for _code, sentence in pairs], DAY)
    return [pair for pair, codes in zip(pairs, proposed, strict=True) if pair[0] not in codes]


def test_the_lexicon_speaks_of_every_category_of_the_catalogue():
    assert {entry.code for entry in lexicon.lexicon()} == {category.code for category in queries.everything()}
    clues = [part for entry in lexicon.lexicon() for clue in (*entry.strong, *entry.weak) for part in clue]
    assert all(part.isascii() and part == part.lower() for part in clues)


def test_the_right_category_is_among_three_for_what_people_say():
    pairs = said()
    assert len(missed(pairs)) <= len(pairs) / 10, missed(pairs)


def test_of_nothing_known_nothing_is_proposed_and_what_has_ended_is_not():
    assert proposed_categories("Dziękujemy za spotkanie", DAY) == []
    assert proposed_categories("Piją piwo pod sklepem", date(2016, 6, 30)) == []


def test_many_texts_cost_as_many_queries_as_one(queries_counted):
    one = queries_counted(lambda: proposed_for_each(["piwo"], DAY))
    assert queries_counted(lambda: proposed_for_each(["piwo"] * 40, DAY)) <= one


@given(st.text(max_size=300))
def test_any_text_is_weighed(text):
    assert all(weight > 0 for weight in lexicon.weights(text).values())


@pytest.mark.shared
def test_the_right_category_is_among_three_for_requests_of_real_debates(shared):
    requests = json.loads((shared / "debates" / "police_debate_requests.json").read_text(encoding="utf-8"))
    pairs = [
        (queries.by_name(request["kmzb_category_by_us"]).code, request["request"])
        for request in requests
        if request["kmzb_category_by_us"]
    ]
    assert len(missed(pairs)) <= 2, missed(pairs)
