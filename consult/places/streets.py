"""Streets, squares, estates and crossings in a sentence: known by the word before the name, never by the name alone.

"przy ul. Lipowej" is the street Lipowa; "u zbiegu ulic Lipowej i Gajewskich" is one crossing. Where it runs is not
known here. A name stands in the nominative when its adjective shows it (Lipowej, Lipową → Lipowa); a street that has
somebody's name keeps it (Kopernika, Jana Pawła II).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from consult.places.sentences import Sentence, Word

LONGEST_NAME = 5
SHORTEST_NAME = 3
PARTS_OF_A_CROSSING = 2

# fmt: off
_SORTS = {
    "ul.": ("ul", "ulica", "ulicy", "ulice", "ulic", "ulicach", "ulicami", "ulicom"),
    "al.": ("al", "aleja", "alei", "aleje", "alej", "alejach", "alejami"),
    "pl.": ("pl", "plac", "placu", "placem", "placowi"),
    "os.": ("os", "osiedle", "osiedlu", "osiedla", "osiedlem"),
    "rondo": ("rondo", "rondzie", "ronda", "rondem", "rondu"),
    "skwer": ("skwer", "skwerze", "skweru", "skwerem"),
    "bulwar": ("bulwar", "bulwarze", "bulwaru", "bulwarem"),
}
_SORT_OF = {form: sort for sort, forms in _SORTS.items() for form in forms}
_SHORT = frozenset(("ul", "al", "pl", "os"))
_SEVERAL = frozenset(("ulic", "ulice", "ulicach", "ulicami", "ulicom"))
_FEMININE = frozenset(("ul.", "al."))
_NEUTER = frozenset(("os.", "rondo"))
_MARKETS = frozenset(("rynek", "rynku", "rynkiem", "rynkowi"))
_MARKET_ADJECTIVES = ("star", "now", "duz", "mal", "wielk", "goln", "gorn", "doln", "gloown", "glown", "miejsk")
_TITLES = frozenset((
    "abp", "bl", "bp", "dr", "gen", "generala", "hr", "im", "inz", "kard", "kpt", "krola", "krolowej", "ks",
    "ksiecia", "ksiedza",
    "marsz", "marszalka", "mjr", "o", "ojca", "plk", "por", "prof", "prymasa", "rtm", "st", "sw", "swietego",
    "swietej",
))
_ROMAN = frozenset(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XV", "XX"))
_SPELT_OUT = {"j p ii": "Jana Pawła II", "jp ii": "Jana Pawła II", "jana pawla 2": "Jana Pawła II"}
_NO_NAME = frozenset((
    "a", "albo", "az", "bez", "by", "co", "czy", "dla", "do", "ich", "ile", "jest", "ktora", "ktorej", "lub", "na",
    "nad",
    "naszej", "nie", "o", "obok", "od", "po", "pod", "poza", "przed", "przez", "przy", "sa", "ta", "ta", "te", "tej",
    "to",
    "tych", "u", "w", "we", "z", "za", "zabaw", "ze", "i", "oraz", "wszystkich", "kolo", "glownej", "bocznej",
    "osob", "osoby",
    "gdzie", "jako", "nasza", "innej", "mojej", "calej",
))
_CROSSINGS = frozenset((
    "zbieg", "zbiegu", "zbiegiem", "rog", "rogu", "rogiem", "naroznik", "narozniku", "naroznika", "krzyzowka",
    "krzyzowce",
    "krzyzowki",
))
_CROSSING_STEM = "skrzyzowani"
_AND = frozenset(("i", "oraz", "z", "ze", "a"))
_AND_ANOTHER = frozenset(("i", "oraz"))
_GENITIVE_NAMES = frozenset(("swietej", "krolowej", "matki", "boskiej", "nmp"))
_MARKS_BETWEEN = frozenset("/–—-,")
# fmt: on


@dataclass(frozen=True)
class Street:
    """A street, or a crossing of two; the words from `first` to `last` name it."""

    first: int
    last: int
    sort: str
    names: tuple[str, ...]

    @property
    def is_crossing(self) -> bool:
        """Whether two streets meet here."""
        return len(self.names) == PARTS_OF_A_CROSSING

    @property
    def label(self) -> str:
        """Name it: "ul. Lipowa", "skrzyżowanie: Lipowa i Gajewskich"."""
        return f"skrzyżowanie: {' i '.join(self.names)}" if self.is_crossing else f"{self.sort} {self.names[0]}".strip()


def streets(said: Sentence) -> list[Street]:
    """List crossings and streets as they stand in the sentence; a street of a crossing is not named again."""
    crossings = list(_crossings(said))
    taken = {index for each in crossings for index in range(each.first, each.last + 1)}
    alone = [each for each in (*_introduced(said, taken), *_markets(said, taken)) if each.first not in taken]
    return sorted((*crossings, *alone), key=lambda each: each.first)


# Crossings


def _crossings(said: Sentence) -> Iterator[Street]:
    free = 0
    for at, word in enumerate(said.words):
        if at >= free and (word.folded in _CROSSINGS or word.folded.startswith(_CROSSING_STEM)):
            found = _crossing(said, at)
            if found is not None:
                yield found
                free = found.last + 1


def _crossing(said: Sentence, at: int) -> Street | None:
    """Read the two streets after "skrzyżowanie", or the one before it and the one after it."""
    start = _past_introducers(said, at + 1)
    if said.before(start) in {"z", "ze"} or (start < len(said.words) and said.words[start].folded in {"z", "ze"}):
        return _crossing_with(said, at, start)
    end = _name_end(said, start, hyphens=False)
    beyond = _past_and(said, end)
    if not end or beyond is None:
        return None
    second = _past_introducers(said, beyond)
    last = _name_end(said, second, hyphens=False)
    if not last:
        return None
    names = _nominative(said.words[start:end], "ul."), _nominative(said.words[second:last], "ul.")
    return Street(at, last - 1, "", names)


def _crossing_with(said: Sentence, at: int, start: int) -> Street | None:
    before = [each for each in _introduced(said, set()) if each.last < at and at - each.last <= PARTS_OF_A_CROSSING]
    second = _past_introducers(said, start + 1)
    last = _name_end(said, second, hyphens=False)
    if not before or not last:
        return None
    name = _nominative(said.words[second:last], "ul.")
    return Street(before[-1].first, last - 1, "", (before[-1].names[0], name))


def _past_introducers(said: Sentence, at: int) -> int:
    while at < len(said.words) and _SORT_OF.get(said.words[at].folded) in {"ul.", "al."}:
        at += 1
    return at


def _past_and(said: Sentence, at: int) -> int | None:
    """Step over what joins two streets; None when nothing does."""
    if not 0 < at < len(said.words):
        return None
    word = said.words[at]
    if word.folded in _AND and word.follows:
        return at + 1
    return at if word.gap.strip() in _MARKS_BETWEEN else None


# Streets after a word that says so


def _introduced(said: Sentence, taken: Collection[int]) -> Iterator[Street]:
    free = 0
    for at, word in enumerate(said.words):
        if at < free or at in taken or (sort := _SORT_OF.get(word.folded)) is None:
            continue
        end = _name_end(said, at + 1, any_case=word.folded in _SHORT and not _counts_people(said, at))
        if end:
            yield Street(at, end - 1, sort, (_nominative(said.words[at + 1 : end], sort),))
            for free in _others(said, at, end):
                start = _start_of_other(said, end)
                yield Street(start, free - 1, sort, (_nominative(said.words[start:free], sort),))
                end = free
            free = end


def _others(said: Sentence, at: int, end: int) -> Iterator[int]:
    """Go on through "ulic Lipowej, Szkolnej i 3 Maja", and through "ul. Lipowej i Szkolnej"."""
    is_list = said.words[at].folded in _SEVERAL
    while end < len(said.words):
        word = said.words[end]
        joins = word.folded in _AND_ANOTHER or (is_list and word.gap.strip() == ",")
        start = _start_of_other(said, end)
        beyond = _name_end(said, start) if joins and start < len(said.words) else 0
        if not beyond or not (is_list or _is_adjective(said.words[start])):
            return
        yield beyond
        end = beyond


def _start_of_other(said: Sentence, end: int) -> int:
    return end + 1 if said.words[end].folded in _AND_ANOTHER else end


def _counts_people(said: Sentence, at: int) -> bool:
    """Tell "5 os. pije" from "os. Kopernika"."""
    before = said.words[at - 1] if at else None
    return (
        said.words[at].folded == "os"
        and before is not None
        and (before.is_number or (not before.opens and before.folded in {"kilka", "kilku", "grupa", "grupy"}))
    )


def _markets(said: Sentence, taken: Collection[int]) -> Iterator[Street]:
    """Find "Duży Rynek", "na Rynku": a market square that is somebody's address has a capital."""
    for at, word in enumerate(said.words):
        if word.folded not in _MARKETS or not word.is_capital or at in taken or said.is_plain:
            continue
        before = said.words[at - 1] if at and word.follows else None
        is_called = before is not None and before.is_capital and before.folded.startswith(_MARKET_ADJECTIVES)
        first = at - 1 if is_called else at
        adjective = f"{_masculine(said.words[first].text)} " if is_called else ""
        yield Street(first, at, "", (f"{adjective}Rynek",))


# Names


def _name_end(said: Sentence, at: int, *, any_case: bool = False, hyphens: bool = True) -> int:
    """Tell where a street's name that begins at a word ends (the word after it), or 0 when none begins there."""
    words = said.words
    end, is_named = at, False
    while end < len(words) and end - at < LONGEST_NAME:
        word = words[end]
        if end > at and not _goes_on(words[end - 1], word, hyphens=hyphens):
            break
        if word.folded in _TITLES and not is_named:
            end += 1
            continue
        if not _belongs(said, at, end, is_named=is_named, any_case=any_case):
            break
        is_named = is_named or not word.is_number
        end += 1
    return end if is_named and not (at and at < len(words) and set(words[at].gap) & set(",;()!?")) else 0


def _goes_on(before: Word, word: Word, *, hyphens: bool) -> bool:
    """Tell whether a name may go on past what parts two words: a space, a hyphen, the point of "ks." or "J."."""
    if word.gap == "-":
        return hyphens
    if word.gap in {".", ". "}:
        return before.folded in _TITLES or len(before.text) == 1 or before.is_number or before.text == "JP"
    return word.follows


def _belongs(said: Sentence, at: int, end: int, *, is_named: bool, any_case: bool) -> bool:
    word, words = said.words[end], said.words
    if word.is_number:
        after = words[end + 1] if end + 1 < len(words) else None
        return (
            not is_named
            and after is not None
            and after.folded not in _NO_NAME
            and (after.is_capital or after.gap == "-")
        )
    if word.gap == "-" and end > at:
        return True
    if is_named and (word.text in _ROMAN or _begins_anew(words[end - 1], word)):
        return word.text in _ROMAN
    if word.is_capital and word.folded not in _NO_NAME:
        return not (is_named and said.is_plain)
    return any_case and not is_named and word.folded not in _NO_NAME and len(word.folded) >= SHORTEST_NAME


def _begins_anew(before: Word, word: Word) -> bool:
    """Tell that an adjective is a whole name, so that what follows is another: "ul. Lipowa Wolsztyn"."""
    return _is_adjective(before) and not _is_adjective(word)


def _is_adjective(word: Word) -> bool:
    is_bent = word.text.endswith(("ej", "ą")) and word.folded not in _GENITIVE_NAMES
    return is_bent or word.folded.endswith(("owa", "ska", "cka", "zka"))


def _nominative(words: tuple[Word, ...], sort: str) -> str:
    """Write a street's name as its plate does."""
    words = tuple(_quietly(word) for word in words)
    text = "".join(f"{word.gap if at else ''}{word.text}" for at, word in enumerate(words))
    if (spelt := _SPELT_OUT.get(" ".join(word.folded for word in words))) is not None:
        return spelt
    if sort in _FEMININE and all(_is_adjective(word) for word in words):
        return " ".join(_feminine(word.text) for word in words)
    if sort not in _FEMININE and len(words) == 1:
        return _neuter(text) if sort in _NEUTER else _masculine(text)
    return text[:1].upper() + text[1:]


def _quietly(word: Word) -> Word:
    """Write a name in capitals as others do; "II" and "PRL" stay."""
    is_loud = word.text.isupper() and len(word.text) > SHORTEST_NAME and word.text not in _ROMAN
    return replace(word, text=word.text.capitalize()) if is_loud else word


def _feminine(adjective: str) -> str:
    """Lipowej, Lipową → Lipowa; Żnińskiej → Żnińska; Ostatniej → Ostatnia."""
    text = adjective[:1].upper() + adjective[1:]
    if text.endswith(("kiej", "giej")):
        return text.removesuffix("iej") + "a"
    return (
        text.removesuffix("ej") + "a"
        if text.endswith("ej")
        else text.removesuffix("ą") + ("a" if text.endswith("ą") else "")
    )


def _masculine(adjective: str) -> str:
    """Dużym → Duży, Wielkim → Wielki; "Piłsudskiego" is somebody's name and stays."""
    return _ended(adjective, (("kim", "ki"), ("gim", "gi"), ("ym", "y")))


def _neuter(adjective: str) -> str:
    """Słonecznym → Słoneczne, Miejskim → Miejskie; "Batorego" is somebody's name and stays."""
    return _ended(adjective, (("kim", "kie"), ("gim", "gie"), ("ym", "e")))


def _ended(text: str, endings: tuple[tuple[str, str], ...]) -> str:
    for bent, plain in endings:
        if text.endswith(bent):
            return text.removesuffix(bent) + plain
    return text
