"""Personal data in words: what is marked, what is not, and that marks neither overlap nor lose a letter."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.personal_data import Kind, marks, pieces


def marked(text):
    return [(text[mark.start : mark.end], mark.kind.value) for mark in marks(text)]


@pytest.mark.parametrize(
    ("text", "found", "kind"),
    [
        ("Mój numer to 601602603.", "601602603", "phone"),
        ("proszę dzwonić 601 602 603 po 16", "601 602 603", "phone"),
        ("601-602-603", "601-602-603", "phone"),
        ("601.602.603", "601.602.603", "phone"),
        ("+48 601 602 603", "+48 601 602 603", "phone"),
        ("0048601602603", "0048601602603", "phone"),
        ("(43) 675 12 34", "(43) 675 12 34", "phone"),
        ("22 621 02 51 w godzinach pracy", "22 621 02 51", "phone"),
        ("43-675-12-34", "43-675-12-34", "phone"),
        ("601\u00a0602\u00a0603", "601\u00a0602\u00a0603", "phone"),
        ("tel. 675 12 34", "tel. 675 12 34", "phone"),
        ("+380 67 123 45 67", "+380 67 123 45 67", "phone"),
        ("067 123 45 67", "067 123 45 67", "phone"),
        ("PESEL 44051401359", "44051401359", "pesel"),
        ("urodzony po 2000: 02271409867", "02271409867", "pesel"),
        ("440514 01359", "440514 01359", "pesel"),
        ("jan.kowalski@example.pl", "jan.kowalski@example.pl", "email"),
        ("pisać na jan+mapa@poczta.example.com.", "jan+mapa@poczta.example.com", "email"),
        ("jan (at) example.pl", "jan (at) example.pl", "email"),
        ("jan[małpa]example.pl", "jan[małpa]example.pl", "email"),
        ("61 1090 1014 0000 0712 1981 2874", "61 1090 1014 0000 0712 1981 2874", "account"),
        ("PL61109010140000071219812874", "PL61109010140000071219812874", "account"),
        ("auto EL 12345 stoi", "EL 12345", "plate"),
        ("WA1234A", "WA1234A", "plate"),
        ("ELA 12AB", "ELA 12AB", "plate"),
        ("EZD A123", "EZD A123", "plate"),
        ("PO 1AB23", "PO 1AB23", "plate"),
        ("numery rejestracyjne: ela 12ab", "ela 12ab", "plate"),
        ("nr rej. el 1234", "el 1234", "plate"),
        ("AA 1234 BB", "AA 1234 BB", "plate"),
        ("АХ1234ВС", "АХ1234ВС", "plate"),
        ("Jan Kowalski handluje narkotykami", "Jan Kowalski", "name"),
        ("Kowalski znowu bije żonę", "Kowalski", "name"),
        ("wieczorami Nowak sprzedaje tam alkohol", "Nowak", "name"),
        ("Sąsiad Nowak pali śmieci", "Nowak", "name"),
        ("Wczoraj Anna Nowak-Wójcik groziła dzieciom", "Anna Nowak-Wójcik", "name"),
        ("Jan Kowalski z ul. Polnej 3 ukradł rower", "Jan Kowalski", "name"),
        ("Wiśniewska spod piątki szczuje psem", "Wiśniewska", "name"),
        ("Pan KOWALSKI parkuje na trawniku", "KOWALSKI", "name"),
        ("sprawcą jest Nowak", "Nowak", "name"),
        ("Іван Шевчук краде велосипеди", "Іван Шевчук", "name"),
        ("every night John Smith sells drugs", "John Smith", "name"),
    ],
)
def test_what_is_personal_is_marked(text, found, kind):
    assert marked(text) == [(found, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dobra mapa, dziękuję",
        "Debata 12.05.2026 o 17:00, wniosków 14",
        "w latach 2024-2026 oraz 2023/2024",
        "koszt 250 000 000 zł",
        "100 000 000",
        "koszt 601 602 603 zł",
        "51.590000, 19.130000",
        "19.123456789",
        "44051401358",  # the check digit is wrong
        "44991401350",  # the check digit is right, the month is not
        "61 1090 1014 0000 0712 1981 2875",
        "112 i 997, a także 986",
        "droga DK 74 i DW 481, autostrada A2, S8",
        "Dz.U. 2024 poz. 1234",
        "TERYT 1003023",
        "98-100 Łask",
        "Windows 11, iPhone 15, Android 14",
        "wersja 1.12.0",
        "@anonim",
        "kowalski@",
        "ZG-2026-000123",
        "nr 12345",
        "rejestracja to 2 minuty",
        "tablica informacyjna przy ul. 3 Maja 12",
        "192.168.100.100",
        "RSD-123/26",
        "od 8 do 16, w soboty 9-13",
        "3 232 123 osób",
        "Młodzież pije alkohol na ławkach",
        "Na Rynku młodzież pije piwo",
        "Ktoś pali śmieci przy ul. Kowalskiego",
        "Na ul. Kowalskiego parkują auta",
        "W Łasku kradną rowery",
        "Codziennie ktoś parkuje na chodniku",
        "Kierowca jeździ po chodniku",
        "Przy Biedronce pije kilka osób",
        "Jan Kowalski zaprosił nas na debatę",
    ],
)
def test_what_is_not_personal_stays_plain(text):
    assert marked(text) == []


def test_several_kinds_stand_in_the_order_of_the_text():
    text = "Jan, 601 602 603, jan@example.pl, EL 12345, 44051401359"
    assert [kind for _words, kind in marked(text)] == ["phone", "email", "plate", "pesel"]


def test_a_phone_inside_an_address_is_one_mark():
    assert marked("601602603@example.pl") == [("601602603@example.pl", "email")]


def test_pieces_put_together_are_the_text():
    text = "Dzwonić: 601 602 603 albo jan@example.pl <b>"
    cut = pieces(text)
    assert "".join(piece for piece, _kind in cut) == text
    assert [kind for _piece, kind in cut] == [None, Kind.PHONE, None, Kind.EMAIL, None]
    assert pieces("") == []


@given(st.text(alphabet="01234567890 -+.()@abEL\u00a0\n,zł", max_size=200))
def test_marks_never_overlap_and_lose_nothing(text):
    found = marks(text)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert "".join(piece for piece, _kind in pieces(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000,
        "1" * 50_000,
        "1 " * 25_000,
        "a@" * 25_000,
        "a." * 25_000,
        "(" * 50_000,
        "Aa " * 17_000,
        "Aa z ul. A 1 " * 4_000,
    ],
)
def test_a_long_text_takes_no_long_time(text):
    began = time.process_time()
    marks(text)
    assert time.process_time() - began < 2
