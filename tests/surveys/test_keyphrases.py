"""Phrases that stand out: computed by hand, the same each time, never one person's own."""

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.keyphrases import likelihood_ratio, proposals

LAMPS = [
    "Nie działa oświetlenie uliczne.",
    "brak oświetlenia ulicznego",
    "Oświetlenie uliczne do naprawy!",
    "za szybko",
]
OTHERS = ["za szybko jeżdżą", "szybko, bardzo szybko", "hałas", "psy bez smyczy"]


def test_inflected_words_are_one_phrase_and_the_longer_one_stands_for_its_parts():
    found = proposals(LAMPS, OTHERS)
    assert [(phrase.words, phrase.texts, phrase.elsewhere) for phrase in found] == [("oświetlenie uliczne", 3, 0)]


def test_what_other_texts_say_as_often_does_not_stand_out():
    assert proposals(["szybko jadą"] * 3 + ["lampa"], ["szybko"] * 4) == proposals(
        ["szybko jadą"] * 3 + ["lampa"], ["szybko"] * 4
    )
    assert "szybko" not in [phrase.words for phrase in proposals(["szybko"] * 3 + ["lampa"], ["szybko"] * 4)]


def test_without_other_texts_frequent_and_long_phrases_lead():
    found = proposals(["patrole nocne w parku"] * 3 + ["patrole w dzień"] * 2 + ["park"] * 2)
    assert [phrase.words for phrase in found][:2] == ["parku", "patrole"], "as they are mostly written"
    assert found[0].texts == 5
    assert "patrole nocne" in [phrase.words for phrase in found]


def test_a_phrase_of_two_texts_is_none():
    assert proposals(["zepsuta ławka"] * 2, ["park"] * 5) == []


def test_stop_words_and_punctuation_part_phrases():
    found = {phrase.words for phrase in proposals(["brak lamp, ciemno przy szkole"] * 3)}
    assert found == {"brak lamp", "ciemno", "szkole"}


def test_the_likelihood_ratio_by_hand():
    """Three of four texts here, none of four there: 1.5 and 2.5 of each four are expected."""
    by_hand = 2 * (3 * log(3 / 1.5) + 1 * log(1 / 2.5) + 4 * log(4 / 2.5))
    assert likelihood_ratio(3, 4, 0, 4) == pytest.approx(by_hand)
    assert likelihood_ratio(2, 4, 2, 4) == 0


TEXTS = st.lists(
    st.lists(st.sampled_from(["lampa", "ciemno", "park", "patrol", "szkoła", "i"]), max_size=5).map(" ".join),
    max_size=12,
)


@settings(max_examples=40)
@given(TEXTS, TEXTS)
def test_the_order_of_texts_changes_nothing_and_each_proposal_stands_where_it_says(texts, others):
    found = proposals(texts, others)
    assert found == proposals(texts[::-1], others[::-1])
    for phrase in found:
        assert 3 <= phrase.texts <= len(texts)
        assert 1 <= len(phrase.stems) <= 3
        assert phrase.score > 0
