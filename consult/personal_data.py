"""Personal data in words that people wrote: phones, PESEL, e-mail addresses, plates, bank accounts, who is accused.

What stands here only *marks*; a person decides. Numbers with a check digit (PESEL, bank accounts) are recognised by it,
so that a case number of the same length stays plain; phone numbers by the prefixes that exist; plates by their pattern.
A name is only known by what is said of it: capitals before a verb of accusation. A list of names would mark half of the
streets. A mark too many costs a look, a mark too few publishes somebody: where both are possible, the text is marked.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a marked piece of text looks like."""

    EMAIL = "email"
    ACCOUNT = "account"
    PESEL = "pesel"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True)
class Mark:
    """A piece of a text, from `start` to before `end`, that looks like personal data."""

    start: int
    end: int
    kind: Kind


_GAP = "[ \u00a0\u2007\u2009\u202f\u200b.\u2010-\u2014-]?"
"""What people put between groups of digits; at most one of it."""
_BEFORE = r"(?<!\d)(?<!\d[.,])"
_AFTER = r"(?![.,]?\d)"
"""A number is whole: no digit goes on before or behind it, not even as a decimal."""

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s?[(\[](?:at|małpa)[)\]]\s?)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?!\w)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(rf"{_BEFORE}(?:PL{_GAP})?\d{{2}}(?:{_GAP}\d){{24}}{_AFTER}", re.IGNORECASE)
_PESEL = re.compile(rf"{_BEFORE}\d{{6}}{_GAP}\d{{5}}{_AFTER}")
_PHONES = (
    re.compile(rf"{_BEFORE}(?:(?:\+|00)48|\(\+?48\)|48){_GAP}\d(?:{_GAP}\d){{8}}{_AFTER}"),
    re.compile(rf"{_BEFORE}(?:\+|00){_GAP}[1-9](?:[ ()\u00a0-]{{0,2}}\d){{8,13}}{_AFTER}"),
    re.compile(rf"{_BEFORE}0\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_AFTER}"),
    re.compile(r"\b(?:tel|telefon\w{0,3}|kom|nr)\W{1,4}(?:\d{3}[ -]?\d{2}[ -]?\d{2})" + _AFTER, re.IGNORECASE),
)
_AREA_FIRST = r"\(?0?\d{2}\)?[ \u00a0-]?\d{3}[ \u00a0-]?\d{2}[ \u00a0-]?\d{2}"
_NATIONAL = re.compile(rf"{_BEFORE}(?:\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}|{_AREA_FIRST}){_AFTER}")
_MONEY = re.compile(r"\s?(?:zł|pln|eur|euro|tys|mln)\b", re.IGNORECASE)
_PREFIXES = frozenset(
    map(str, [*range(12, 19), *range(22, 26), 29, 32, 33, 34, 39, *range(41, 47), 48, *range(50, 64)])
)
_PREFIXES |= frozenset(map(str, [*range(65, 90), 91, 94, 95]))
"""What a Polish number begins with: areas, mobile networks, common lines."""

_TWO_LETTERS = r"(?:\d{5}|\d{4}[A-Z]|\d{3}[A-Z]{2}|\d[A-Z]\d{3}|\d[A-Z]{2}\d{2})"
_THREE_LETTERS = (
    r"(?:[A-Z]\d{3}|\d{2}[A-Z]{2}|\d[A-Z]\d{2}|\d{2}[A-Z]\d|\d[A-Z]{2}\d|[A-Z]{2}\d{2}|\d{5}|\d{4}[A-Z]|\d{3}[A-Z]{2}"
    r"|[A-Z]\d{2}[A-Z]|[A-Z]\d[A-Z]{2})"
)
_VOIVODESHIPS = "[BCDEFGKLNOPRSTWZ]"
_CYRILLIC = "[A-ZАВЕІКМНОРСТХ]"
_PLATES = (
    re.compile(rf"(?<!\w){_VOIVODESHIPS}[A-Z][ -]?{_TWO_LETTERS}(?!\w)"),
    re.compile(rf"(?<!\w){_VOIVODESHIPS}[A-Z]{{2}}[ -]?{_THREE_LETTERS}(?!\w)"),
    re.compile(rf"(?<!\w){_CYRILLIC}{{2}} ?\d{{4}} ?{_CYRILLIC}{{2}}(?!\w)"),
)
_SAID_PLATE = re.compile(
    r"(?:\brej|rejestr\w{1,9}|tablic\w{0,3})\W{1,3}(?P<plate>[a-z]{1,3}[ -]?(?=[a-z]{0,3}\d)[a-z0-9]{3,5})(?!\w)",
    re.IGNORECASE,
)
"""After the word for a plate, capital letters and the exact pattern do not matter."""

_CAPITAL, _SMALL = "[A-ZĄĆĘŁŃÓŚŹŻА-ЩЮЯІЇЄҐ]", "[a-ząćęłńóśźżа-щьюяіїєґ'ʼ’]"
_PART = rf"(?:{_CAPITAL}{_SMALL}{{1,30}}|{_CAPITAL}{{3,30}})"
_NAMED = rf"(?P<name>(?<![\w-]){_PART}(?:[ -]{_PART}){{0,3}}(?![\w-]))"
_LIVING = r"(?:,? (?:z|ze|spod|od|z domu)(?: (?:ul\.|ulicy|nr|numeru|bloku))? ?[\w./-]{1,25}(?: \d{1,4}[a-z]?)?,?)"
"""Where somebody named lives, between the name and what is said: "Kowalski spod piątki", "Nowak z ul. Polnej 3"."""
_ACCUSING = """
handluj|sprzedaj|rozprowadza|dilu|kradn|kradł|ukradł|okrad|bij[eą]|bił|pobił|znęca|grozi|podpala|podpali[łl]|gwałci
zgwałci|molestuj|włam|niszczy|zniszczy|dewastuj|pij[eą]|pali|ćpa|bierze|oszuku|oszuka|wyłudz|nęka|zastrasz|prześladuj
jeździ (?:po|bez|na)|prowadzi (?:po|bez)|śledzi|szczuj|truj|zabi[łj]|ukrywa|zaśmieca|wyrzuca|parkuj|zastawia|hałasuj
awantur|napad|obraża|wyzywa|sells|sold|steals|stole|beats|threatens|deals|drinks|продає|краде|вкра[вл]|укра[вл]
б['ʼ’]є|поби[вл]|погрожу|торгує|п['ʼ’]є|знуща|підпал
"""
_VERBS = "|".join(verb for verb in re.split(r"[|\n]", _ACCUSING) if verb)
_ACCUSED = re.compile(rf"{_NAMED}{_LIVING}?(?: [a-ząćęłńóśźżа-їґ]{{1,15}}){{0,2}}? (?i:{_VERBS})")
_BLAMED = re.compile(
    rf"(?i:sprawc\w{{1,4}}|złodziej\w{{0,4}}|diler\w{{0,4}}|winn\w{{1,4}}|pijak\w{{0,4}}|niejak\w{{1,3}})"
    rf"(?: (?:to|jest|są))?:? {_NAMED}"
)
_LEADING = """
na w we z ze przy koło obok pod nad przed za od do po u ul ulicy pl placu al alei os osiedlu
wczoraj dziś dzisiaj codziennie często znowu wieczorem nocą rano zawsze stale ciągle jak gdy kiedy że tam tu bo oraz i a
ktoś młodzież młodzi grupa dzieci kierowca kierowcy właściciel właścicielka sąsiad sąsiadka sąsiedzi mieszkaniec
pan pani proszę zgłaszam this that there in at on the somebody someone хтось сусід на у в
"""
_NO_NAME = frozenset(_LEADING.split())
"""What begins a sentence or leads to a place, and names nobody."""
_SURNAME = re.compile(r"(?:[sc]k[ia]|dzk[ia]|wicz|czyk|czak|iak|uk|enko|ський|ська|енко|чук)$", re.IGNORECASE)

_PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_CENTURIES = {0: 1900, 20: 2000, 40: 2100, 60: 2200, 80: 1800}


def marks(text: str) -> list[Mark]:
    """Find what looks like personal data, in the order of the text; no two marks share a character."""
    found: list[Mark] = []
    for mark in _candidates(text):
        if all(mark.end <= other.start or mark.start >= other.end for other in found):
            found.append(mark)
    return sorted(found, key=lambda mark: mark.start)


def pieces(text: str) -> list[tuple[str, Kind | None]]:
    """Cut a text where marks begin and end: each piece with what it looks like, or None."""
    cut: list[tuple[str, Kind | None]] = []
    position = 0
    for mark in marks(text):
        cut += [(text[position : mark.start], None), (text[mark.start : mark.end], mark.kind)]
        position = mark.end
    return [piece for piece in [*cut, (text[position:], None)] if piece[0]]


def _candidates(text: str) -> Iterator[Mark]:
    """List marks, the surest kinds first: they keep what several patterns claim."""
    yield from _matching(Kind.EMAIL, _EMAIL, text)
    yield from _matching(Kind.ACCOUNT, _ACCOUNT, text, _is_account)
    yield from _matching(Kind.PESEL, _PESEL, text, _is_pesel)
    for pattern in _PHONES:
        yield from _matching(Kind.PHONE, pattern, text)
    yield from _matching(Kind.PHONE, _NATIONAL, text, _is_national)
    for pattern in _PLATES:
        yield from _matching(Kind.PLATE, pattern, text)
    yield from (Mark(*match.span("plate"), Kind.PLATE) for match in _SAID_PLATE.finditer(text))
    for match in _BLAMED.finditer(text):
        yield Mark(*match.span("name"), Kind.NAME)
    yield from filter(None, map(_accused, _ACCUSED.finditer(text)))


def _accused(match: re.Match[str]) -> Mark | None:
    """Find who is accused, without the words before the name; a street or a beginning of a sentence is nobody."""
    start, end = match.span("name")
    before = _word_before(match.string, start)
    for part in re.finditer(r"[^ ]+", match.group("name")):
        if part.group().casefold() not in _NO_NAME:
            start = match.start("name") + part.start()
            break
        before = part.group().casefold()
    else:
        return None
    name = match.string[start:end]
    if " " in name or _SURNAME.search(name):
        return Mark(start, end, Kind.NAME)
    says_who = before in {"pan", "pani", "sąsiad", "sąsiadka", "сусід"}
    return Mark(start, end, Kind.NAME) if says_who or (before and before not in _NO_NAME) else None


def _word_before(text: str, position: int) -> str:
    """Give the word before a position in the same sentence, or nothing where the sentence begins."""
    found = re.search(r"([^\W\d_]+)\.? $", text[max(0, position - 20) : position])
    is_end = found is None or (found.group().endswith(". ") and found.group(1).casefold() not in _NO_NAME)
    return "" if found is None or is_end else found.group(1).casefold()


def _matching(
    kind: Kind, pattern: re.Pattern[str], text: str, holds: Callable[[re.Match[str]], bool] = bool
) -> Iterator[Mark]:
    return (Mark(*match.span(), kind) for match in pattern.finditer(text) if holds(match))


def _digits(match: re.Match[str]) -> list[int]:
    return [int(character) for character in match.group() if character.isdecimal()]


def _is_account(match: re.Match[str]) -> bool:
    """Tell by the check digits of an IBAN: the country (PL is 25, 21) and the first two go to the end."""
    digits = "".join(map(str, _digits(match)))
    return int(f"{digits[2:]}2521{digits[:2]}") % 97 == 1


def _is_pesel(match: re.Match[str]) -> bool:
    """Tell by the check digit and by the birthday, whose month says the century."""
    digits = _digits(match)
    total = sum(weight * digit for weight, digit in zip(_PESEL_WEIGHTS, digits, strict=False))
    return (10 - total % 10) % 10 == digits[10] and _is_birthday(digits)


def _is_birthday(digits: list[int]) -> bool:
    year, month, day = (digits[at] * 10 + digits[at + 1] for at in (0, 2, 4))
    century = _CENTURIES[month // 20 * 20]
    try:
        date(century + year, month % 20, day)
    except ValueError:
        return False
    return True


def _is_national(match: re.Match[str]) -> bool:
    """Tell by the prefix; round millions and sums of money are no phones."""
    digits = "".join(map(str, _digits(match))).removeprefix("0")
    is_round = digits.endswith("000000") or _MONEY.match(match.string, match.end()) is not None
    return len(digits) == 9 and digits[:2] in _PREFIXES and not is_round
