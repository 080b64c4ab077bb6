"""Signs in reports: what is marked as urgent, as naming somebody, as a joke; and what is not."""

import time

import pytest

from consult.online_reports.signs import Sign, reads_like_a_joke, signs_of


@pytest.mark.parametrize(
    "text",
    ["test", "To tylko test.", "hahaha", "żart", "prima aprilis!", "asdfgh", "xD", "aaaaaaaa", "ala ala ala ala ala", "?!",
     "qwerty", "UFO nad ratuszem", "smok", "k", "bcdfg", "тест", "just kidding"],
)  # fmt: skip
def test_jokes_and_noise_are_marked(text):
    assert reads_like_a_joke(text)


@pytest.mark.parametrize(
    "text",
    ["", "Auta na chodniku przy szkole", "Śmieci w lesie", "Trwają testowane hamulce motocykli", "Psy bez smyczy",
     "Brak oświetlenia na ul. 3 Maja", "Młodzież pije i krzyczy", "Розбите скло на дитячому майданчику", "No lights here"],
)  # fmt: skip
def test_plain_words_are_no_joke(text):
    assert signs_of(text) == []


def test_the_most_pressing_sign_stands_first():
    assert signs_of("Pomocy! Jan Kowalski bije żonę, haha") == [Sign.URGENT, Sign.PERSONAL, Sign.JOKE]


@pytest.mark.parametrize("text", ["a" * 500, "ab" * 250, "\n" * 500, "(" * 500, "test" * 125])
def test_no_text_takes_long(text):
    began = time.process_time()
    for _ in range(20):
        signs_of(text)
    assert time.process_time() - began < 2
