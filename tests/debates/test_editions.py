"""Rules of an edition: what two texts differ in, who stands there by function, what is counted and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.disclosure import HIDDEN_BELOW
from debates.editions import Difference, Piece, Unsaid, by_function, compared, digest_of, pieces

texts = st.text("abą ,.\n", max_size=40)
few = st.integers(0, 12)


@given(texts, texts)
def test_a_comparison_holds_both_texts_wholly(before, after):
    cut = pieces(before, after)
    assert "".join(text for text, piece in cut if piece is not Piece.ADDED) == before
    assert "".join(text for text, piece in cut if piece is not Piece.REMOVED) == after


def test_neighbouring_changed_words_are_one_change():
    cut = pieces("Potrzebna jest lampa przy sklepie od zaraz", "Potrzebny był próg przy sklepie od zaraz")
    assert [text for text, _piece in cut] == ["Potrzebna jest lampa", "Potrzebny był próg", " przy sklepie od zaraz"]


def test_things_are_compared_by_their_keys_and_what_went_stands_where_it_was():
    before = [{"key": key, "number": number, "text": key} for number, key in enumerate("abc", 1)]
    after = [
        {"key": "a", "number": 1, "text": "a"},
        {"key": "c", "number": 2, "text": "C"},
        {"key": "d", "number": 3, "text": "d"},
    ]
    found = compared(before, after, {"text": lambda one: one["text"]})
    assert [(one.number, one.difference) for one in found] == [
        (1, Difference.SAME),
        (2, Difference.REMOVED),
        (2, Difference.CHANGED),
        (3, Difference.ADDED),
    ]


@given(few, few)
def test_no_small_count_is_told_nor_found_by_subtraction(withheld, protected):
    told = Unsaid.counting(withheld=withheld, protected=protected)
    for real, shown in ((withheld, told.withheld), (protected, told.protected)):
        assert shown is None or shown == real
        assert real == 0 or shown is None or real >= HIDDEN_BELOW
    assert [told.withheld, told.protected].count(None) != 1, "all of a meeting's statements are counted elsewhere"


@pytest.mark.parametrize(
    ("line", "function"),
    [
        ("podinsp. Jan Kowalski, komendant powiatowy", "komendant powiatowy"),
        ("mł. asp. Piotr Wiśniewski – dzielnicowy", "dzielnicowy"),
        ("starosta Anna Nowak-Zielińska", "starosta"),
        ("kierownik posterunku (asp. szt. Maria Lis)", "kierownik posterunku"),
        ("Powiatowy Zarząd Dróg", "Powiatowy Zarząd Dróg"),
        ("Szkoła im. Jana Kochanowskiego", "Szkoła im. Jana Kochanowskiego"),
        ("komendant powiatowy", "komendant powiatowy"),
    ],
)
def test_who_was_there_stands_by_function(line, function):
    assert by_function(line) == ([function], 0)


def test_a_line_with_a_name_alone_is_counted_and_not_shown():
    assert by_function("Krzysztof Mazur\nburmistrz\n\nks. Nowak") == (["burmistrz"], 2)


def test_the_order_of_values_makes_no_other_digest():
    assert digest_of({"a": 1, "b": [1.5, "ą"]}) == digest_of({"b": [1.5, "ą"], "a": 1})
