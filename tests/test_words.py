"""Polish words: what two people write about one bench folds to the same, and nothing unprintable slips in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult import words

POLISH = "Zażółć gęślą jaźń"


def test_polish_letters_fold_to_plain_ones():
    assert words.folded(POLISH) == "zazolc gesla jazn"
    assert words.folded("ŁÓDŹ") == "lodz"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_way_to_write_an_accent_folds_to_the_same(form):
    assert words.folded(unicodedata.normalize(form, POLISH)) == "zazolc gesla jazn"


def test_wide_letters_ligatures_and_other_alphabets_fold_too():
    assert words.folded("ＬＯＤＺ") == "lodz"
    assert words.folded("ﬁnał") == "final"
    assert words.folded("Straße") == "strasse"
    assert words.folded("Парк ЗАКРИТИЙ") == "парк закритии"


def test_control_characters_vanish_and_line_breaks_part_words():
    assert words.folded("ła\x00w\u200bka\x1b") == "lawka"
    assert words.folded("ławka\nprzy\tfontannie") == "lawka przy fontannie"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert words.folded(words.folded(text)) == words.folded(text)


def test_inflected_words_share_their_stem():
    assert words.stems("Ławki przy fontannie!") == words.stems("ławka koło fontanny") == ("fontan", "lawk")


def test_stems_are_sorted_short_and_each_there_once():
    found = words.stems("Śmieci, śmieci i jeszcze raz śmieci w lasku, za parkingiem")
    assert found == ("lask", "parkin", "smiec")


def test_words_of_every_letter_and_numbers_say_nothing():
    assert words.stems("Proszę o to, żeby się nie 112 12345 dla nas") == ()
    assert words.stems("") == ()


@given(st.text())
def test_stems_are_bounded_for_any_text(text):
    found = words.stems(text)
    assert list(found) == sorted(set(found))
    assert len(found) <= words.MOST_STEMS
    assert all(0 < len(stem) <= words.STEM_LETTERS for stem in found)


def test_a_long_text_gives_no_more_than_its_first_stems():
    text = " ".join(f"{chr(97 + n // 26)}{chr(97 + n % 26)}qqqq" for n in range(600))
    assert len(words.stems(text)) == words.MOST_STEMS


def test_an_empty_text_has_an_empty_mask():
    assert words.mask(()) == 0


def test_the_mask_sets_the_bit_of_each_stem():
    one, two = words.mask(["lawk"]), words.mask(["fontan"])
    assert one.bit_count() == 1
    assert words.mask(["lawk", "fontan"]) == one | two


@given(st.lists(st.text(max_size=6)))
def test_every_mask_fits_a_signed_column_of_64_bits(found):
    assert -(2**63) <= words.mask(found) < 2**63


def test_the_highest_bit_makes_the_mask_negative():
    stem = next(f"w{n}" for n in range(1000) if words.crc32(f"w{n}".encode()) % 64 == 63)
    assert words.mask([stem]) == -(2**63)


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("pod szkołą przy ul. Polnej", "poln"),
        ("ul.Polna 5", "poln"),
        ("UL. POLNA", "poln"),
        ("ul polna", "poln"),
        ("na ulicy Polnej", "poln"),
        ("ul. Henryka Sienkiewicza", "sienki"),
        ("ul. H. Sienkiewicza 12", "sienki"),
        ("ul. sienkiewicza", "sienki"),
        ("ul. ks. Jerzego Popiełuszki", "popiel"),
        ("ul. Jana Pawła II 15", "pawl"),
        ("ul. św. Jana", "jan"),
        ("Al. 3 Maja", "3 maj"),
        ("aleja Armii Krajowej", "armi"),
        ("os. Tysiąclecia 4", "tysiac"),
        ("Plac Wolności", "wolnos"),
        ("pl. Wolności", "wolnos"),
        ("na placu zabaw przy ul. Nowej", "now"),
    ],
)
def test_a_street_is_recognised_however_people_write_it(text, street):
    assert words.street(text) == street


@pytest.mark.parametrize(
    "text",
    ["", "ul.", "śmieci na ulicy leżą", "na placu zabaw", "NA PLACU ZABAW", "kilka os. pije piwo", "5 os.", "bul Nowa"],
)
def test_no_street_is_invented(text):
    assert words.street(text) is None
    assert words.street_code(text) == words.NO_STREET


def test_one_street_has_one_code():
    assert words.street_code("na ulicy Polnej") == words.street_code("ul. polna") >= 0
    assert words.street_code("ul. Polna") != words.street_code("ul. Leśna")


@given(st.text())
def test_any_text_has_a_street_or_none(text):
    assert words.street(f"ul. {text}") != ""


@pytest.mark.parametrize(
    "text", ["\x00", "a\x1b[0m", "\x7f", "\x85", "\ud800", "\ufffe", "\U0001ffff", "\u202egnp.exe"]
)
def test_control_characters_are_found(text):
    assert words.control_characters(text)


@pytest.mark.parametrize("text", ["", POLISH, "wiersz\r\ndrugi\twyraz", "👩‍👧 «так»", "—"])
def test_ordinary_texts_hold_none(text):
    assert not words.control_characters(text)


@pytest.mark.parametrize(
    ("word", "form"),
    [("przystanek", "przystanku"), ("prędkość", "prędkości"), ("kierowcy", "kierowców"), ("lampa", "lampy")],
)
def test_another_form_of_a_word_begins_as_it_does(word, form):
    assert form.startswith(words.beginning(word))


def test_a_short_word_is_looked_for_as_it_is():
    assert [words.beginning(word) for word in ("las", "", "1")] == ["las", "", "1"]
