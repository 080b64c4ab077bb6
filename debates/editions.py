"""Rules of an edition of minutes: what is left unsaid in public, who stands there by function, how two differ.

An edition is a record of plain values, the same in a database, on a page and on paper.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from consult.disclosure import published, published_cells

Record = dict[str, Any]


def digest_of(record: Record) -> str:
    """Give the digest of a record: the same values give the same one, in whatever order they stand."""
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Unsaid:
    """How many statements everybody is not shown, and why; None where it is from one to four and stays untold."""

    total: int | None
    withheld: int | None
    protected: int | None

    @classmethod
    def counting(cls, *, withheld: int, protected: int) -> "Unsaid":
        """Count what is withheld by the unit and what speaks of protected threats.

        Where one of the two is small neither is told: other pages count all statements of a meeting, so whoever
        subtracts finds both together and not one of them.
        """
        counts = {"withheld": withheld, "protected": protected}
        total, shown = published(withheld + protected), published_cells(counts)
        return cls(total, None, None) if None in shown.values() else cls(total, **counts)

    @property
    def record(self) -> Record:
        """Give it as plain values."""
        return {"total": self.total, "withheld": self.withheld, "protected": self.protected}


_RANKS = (
    r"(?:st|mł)\. ?(?:post|sierż|asp|kpt|bryg|strażn|insp|spec)\.|(?:pod|nad)?kom\.|(?:pod|nad)?insp\.|post\.|sierż\.|"
    r"asp\.(?: ?szt\.)?|sierż\. ?szt\.|kpt\.|mjr|płk|ppłk|por\.|bryg\.|gen\.|dr(?: hab\.)?|mgr|inż\.|lek\.|ks\.|prof\.|"
    r"podinspektor|nadkomisarz|podkomisarz|komisarz|aspirant(?: sztabowy)?|sierżant(?: sztabowy)?|[Pp]ani?"
)
_CAPITALISED = r"[A-ZĄĆĘŁŃÓŚŹŻ][\wąćęłńóśźż]+(?:-[A-ZĄĆĘŁŃÓŚŹŻ]\w+)?"
_FIRST_NAMES = """
Adam Adrian Agata Agnieszka Aleksander Aleksandra Alicja Alina Andrzej Anita Anna Antoni Artur Barbara Bartłomiej
Bartosz Beata Błażej Bogdan Bogumiła Bogusław Bogusława Bożena Cezary Czesław Czesława Damian Daniel Danuta Daria
Dariusz Dawid Dominik Dominika Dorota Edward Edyta Elżbieta Emilia Ewa Ewelina Eugeniusz Filip Franciszek Gabriela
Grażyna Grzegorz Halina Hanna Helena Henryk Hubert Ilona Irena Iwona Izabela Jacek Jadwiga Jakub Jan Janina Janusz
Jarosław Jerzy Joanna Jolanta Józef Józefa Julia Julian Justyna Kamil Kamila Karol Karolina Katarzyna Kazimierz Kinga
Klaudia Konrad Krystian Krystyna Krzysztof Laura Lech Leszek Lidia Lucyna Ludwik Łukasz Maciej Magdalena Małgorzata
Marcin Marek Maria Marian Mariola Mariusz Marlena Marta Marzena Mateusz Michał Mieczysław Mirosław Mirosława Monika
Natalia Norbert Oliwia Patrycja Patryk Paulina Paweł Piotr Przemysław Radosław Rafał Renata Robert Roman Romuald
Ryszard Sabina Sebastian Sławomir Stanisław Stanisława Stefan Sylwester Sylwia Szymon Tadeusz Teresa Tomasz Urszula
Waldemar Wanda Wiesław Wiesława Wiktor Wiktoria Wioletta Witold Władysław Włodzimierz Wojciech Zbigniew Zdzisław Zenon
Zofia Zuzanna Zygmunt
"""
_NAMED = re.compile(
    rf"(?<!\w)(?:(?:{_RANKS})\s+)*(?:(?:{'|'.join(_FIRST_NAMES.split())})(?:\s+{_CAPITALISED}){{1,2}})(?!\w)"
)
_RANKED = re.compile(rf"(?<!\w)(?:(?:{_RANKS})\s+)+(?:{_CAPITALISED}(?:\s+{_CAPITALISED}){{0,2}})(?!\w)")
_RANK_ALONE = re.compile(rf"^(?:(?:{_RANKS})\s*)+$")
_PARTS = re.compile(r"\s*[,;:()]\s*|\s+[-–—]\s+")


def by_function(text: str) -> tuple[list[str], int]:
    """Give the functions of those who are listed one a line, without ranks and names, and how many lines had no more.

    A line that names only a person is left out: who was there stands in public by function.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [_function(line) for line in lines]
    return [line for line in told if line], sum(not line for line in told)


def _function(line: str) -> str:
    if not (_NAMED.search(line) or _RANKED.search(line)):
        return line
    nameless = _RANKED.sub("", _NAMED.sub("", line))
    parts = [part.strip() for part in _PARTS.split(nameless)]
    return ", ".join(part for part in parts if part and not _RANK_ALONE.match(part))


class Difference(StrEnum):
    """What became of a statement or request from one edition to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


class Piece(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


Pieces = list[tuple[str, Piece]]

ALIKE = 0.5
"""Texts that share less of their words are shown one after the other, since nobody reads a text of single words."""


@dataclass(frozen=True)
class Compared:
    """One thing of two editions side by side: `lines` are its texts, each cut where words were added or removed."""

    number: int
    difference: Difference
    lines: Mapping[str, Pieces]


def compared(before: Sequence[Record], after: Sequence[Record], lines: Mapping[str, Any]) -> list[Compared]:
    """Compare what two editions hold, one thing by one in the later one's order; what went stands where it had been.

    Things are known by `key`, numbered by `number`; `lines` names each text to compare and says how to make it.
    """
    earlier, later = ({one["key"]: one for one in ones} for ones in (before, after))
    found = [_one(earlier.get(one["key"]), one, lines) for one in after]
    found += [_one(one, None, lines) for one in before if one["key"] not in later]
    return sorted(found, key=lambda one: (one.number, one.difference is not Difference.REMOVED))


def _one(before: Record | None, after: Record | None, lines: Mapping[str, Any]) -> Compared:
    told = {name: ((before and make(before)) or "", (after and make(after)) or "") for name, make in lines.items()}
    shown = {name: pieces(*texts) for name, texts in told.items() if any(texts)}
    number = (after or before or {})["number"]
    if before is None or after is None:
        return Compared(number, Difference.ADDED if before is None else Difference.REMOVED, shown)
    same = all(was == is_now for was, is_now in told.values())
    return Compared(number, Difference.SAME if same else Difference.CHANGED, shown)


def pieces(before: str, after: str) -> Pieces:
    """Cut two texts into what stayed, what was removed and what was added, word by word."""
    was, is_now = _words(before), _words(after)
    matcher = SequenceMatcher(None, was, is_now, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [(text, piece) for text, piece in ((before, Piece.REMOVED), (after, Piece.ADDED)) if text]
    cut: Pieces = []
    place = new_place = 0
    for start, new_start, size in matcher.get_matching_blocks():
        kept = "".join(was[start : start + size])
        if size and not kept.strip() and start > place:
            continue  # a space between two changed words: both are one change
        cut += [("".join(was[place:start]), Piece.REMOVED), ("".join(is_now[new_place:new_start]), Piece.ADDED)]
        cut.append((kept, Piece.KEPT))
        place, new_place = start + size, new_start + size
    return [(text, piece) for text, piece in cut if text]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)
