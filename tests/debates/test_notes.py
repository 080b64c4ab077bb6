"""A line of a note becomes the parts of a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debates import notes
from debates.notes import Note, SpeakerRole, StatementKind

CATEGORIES = {
    "parkowanie": "Nieprawidłowe parkowanie",
    "alkohol": "Spożywanie alkoholu w miejscach niedozwolonych",
    "predkosc": "Przekraczanie dozwolonej prędkości",
    "przejscia": "Przechodzenie w miejscu niedozwolonym",
}


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("Auta na chodniku", Note("Auta na chodniku")),
        ("! Auta na chodniku", Note("Auta na chodniku", StatementKind.THREAT)),
        (">Próg przy szkole x12", Note("Próg przy szkole", StatementKind.PROPOSAL, voices=12)),
        ("? Kiedy? @s", Note("Kiedy?", StatementKind.QUESTION, speaker=SpeakerRole.VILLAGE_HEAD)),
        ("Piją piwo #alk w parku", Note("Piją piwo w parku", category_code="alkohol")),
        ("Piją #ALKOHOLU", Note("Piją", category_code="alkohol")),
        ("Auta #niep", Note("Auta", category_code="parkowanie")),
        ("Auta #p", Note("Auta #p")),
        ("Auta #nie", Note("Auta #nie")),
        ("Auta x3 // straż sprawdzi", Note("Auta", voices=3, answer="straż sprawdzi")),
        ("Zob. https://example.pl/a", Note("Zob. https://example.pl/a")),
        ("mail jan@s.pl", Note("mail jan@s.pl")),
        ("dom x1a", Note("dom x1a")),
        ("Ul. Lipowa 3", Note("Ul. Lipowa 3")),
        ("", Note("")),
        ("!", Note("", StatementKind.THREAT)),
    ],
)
def test_a_line_is_taken_apart(line, note):
    assert notes.read(line, CATEGORIES) == note


@given(st.text(max_size=200))
def test_no_line_is_too_strange_and_words_without_marks_stay(text):
    note = notes.read(text, CATEGORIES)
    assert len(note.text) + len(note.answer) <= len(text)
    plain = " ".join("".join(letter for letter in text if letter.isalpha() or letter == " ").split())
    if not plain.lower().startswith("x"):
        assert notes.read(plain, CATEGORIES).text == plain


def test_the_lines_of_a_note_are_those_with_words():
    assert notes.lines("a\n\n  b \r\n") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("Auta na chodniku. Piją w parku.", ("Auta na chodniku.", "Piją w parku.")),
        ("Auta\nPiją", ("Auta", "Piją")),
        ("Auta", ("Auta", "")),
    ],
)
def test_a_statement_is_cut_where_it_says_a_second_thing(text, halves):
    assert notes.halves(text) == halves
