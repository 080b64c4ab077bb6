"""Polish words as far as joining and checking texts need them: folding, stems, street names, unprintable input.

Two residents write about one bench as "Ławki przy fontannie!" and "lawka kolo fontanny". Folded to plain letters and
cut to stems they share what matters, and sixty-four bits are enough to say how much. Nothing here is a dictionary;
for the inflected search of place names see ``consult.places``.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zlib import crc32

STEM_LETTERS = 6
SHORTEST_WORD = 3
MOST_STEMS = 48
MASK_BITS = 64
NO_STREET = -1

# fmt: off
STOP_WORDS = frozenset((
    "aby", "albo", "ale", "and", "bardzo", "beda", "bedac", "bedzie", "bez", "byc", "byl", "byla", "bylo",
    "byly", "ciagle", "coraz", "czasem", "czasu", "czesto", "czy", "dla", "dlatego", "dni", "dnia", "for",
    "gdy", "gdzie", "ich", "ile", "inne", "jak", "jako", "jego", "jej", "jest", "jestem", "jestesmy",
    "jeszcze", "juz", "kazda", "kazde", "kazdy", "kiedy", "kilka", "kilku", "kolo", "kto", "ktora", "ktore",
    "ktorego", "ktorej", "ktory", "ktorych", "ktorym", "lat", "lub", "mamy", "miedzy", "miejsce", "miejscu",
    "mnie", "mozna", "nad", "nadal", "nam", "nas", "nasz", "nasza", "nasze", "nie", "niech", "niestety", "nim",
    "niz", "obok", "okolicy", "okolo", "oni", "ono", "oraz", "pan", "pani", "pod", "podczas", "poniewaz",
    "ponownie", "prosba", "prosi", "prosimy", "prosza", "prosze", "przed", "przez", "przy", "raz", "roku",
    "rowniez", "sam", "sie", "sobie", "sprawie", "stale", "strony", "swoje", "szanowni", "tak", "takie",
    "takze", "tam", "tego", "tej", "ten", "teraz", "tez", "that", "the", "there", "this", "tutaj", "tych",
    "tylko", "tym", "ulica", "ulice", "ulicy",
    "wiele", "witam", "with", "wobec", "wsrod", "wszystko", "zas", "zawsze", "zeby",
    "zglaszam", "zgloszenie", "zostal", "zwlaszcza",
))
"""Words too frequent to say anything about a place, already folded."""

_TITLES = frozenset((
    "abp", "adm", "bl", "bp", "bpa", "dr", "gen", "generala", "hetm", "hetmana", "im", "imienia", "inz",
    "kard", "kardynala", "kpr", "kpt", "kr", "krola", "krolowej", "ks", "ksiecia", "ksiedza", "marsz",
    "marszalka", "mjr", "o", "ojca", "ojcow", "plk", "por", "prez", "prezydenta", "prof", "prymasa", "rotm",
    "rtm", "st", "sw", "swietego", "swietej", "wielkiego", "wlkp",
))
_GIVEN_NAMES = frozenset((
    "adama", "aleksandra", "andrzeja", "anny", "antoniego", "augusta", "bartosza", "boleslawa", "bronislawa",
    "cypriana", "czeslawa", "edwarda", "elizy", "emilii", "franciszka", "fryderyka", "gabriela", "henryka",
    "hugona", "ignacego", "jacka", "jakuba", "jana", "janusza", "jaroslawa", "jerzego", "jozefa", "juliana",
    "juliusza", "kamila", "karola", "kazimierza", "konstantego", "krzysztofa", "ludwika", "lukasza", "macieja",
    "marcina", "marii", "michala", "mieczyslawa", "mikolaja", "pawla", "piotra", "romualda", "ryszarda",
    "stanislawa", "stefana", "tadeusza", "tomasza", "wandy", "wincentego", "witolda", "wladyslawa",
    "wojciecha", "zofii", "zygmunta",
))
# fmt: on
_ENDINGS = (
    ("iego", "iej", "imi", "ymi", "ach", "ami", "ego", "emu", "ich", "iem", "owi", "ych"),
    ("ej", "em", "ie", "im", "om", "ow", "ym"),
    ("a", "e", "i", "o", "u", "y"),
)
_WORD = re.compile(r"[^\W_]+")
_STREET = re.compile(
    r"(?<!\w)(?:(?P<short>ul|al|pl|os)(?:[.:]|(?=\s))|(?:ulic[aeyi]|alej[aei]|alejach|osiedl[eua]|plac(?:u|em)?)(?=\s))"
    r"\s*(?=(?P<name>[^\s,;:!?()][^,;:!?()]{0,79}))",
    re.IGNORECASE,
)
_PERSONS = re.compile(r"(?:\d|kilka|kilku|kilkanascie|grupa|grupy|wiele|duzo)\s*$", re.IGNORECASE)
_ROMAN = re.compile(r"[ivx]+")
_ENDS_A_NAME = frozenset(
    ("i", "na", "od", "do", "w", "we", "z", "ze", "za", "jest", "sa", "przy", "kolo", "obok", "naprzeciw")
)

_POLISH = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ\n\r\t\u2028\u2029", "acelnoszzACELNOSZZ     ")
_NOT_COMPOSED = str.maketrans(
    {"đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i"}
)
_UNSEEN = frozenset(("Mn", "Me", "Cc", "Cf", "Cs", "Co", "Cn"))

_LINE_BREAKS_AND_TABS = "\n\r\t"
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def folded(text: str) -> str:
    """Return `text` in lower case and plain letters: Polish and other accents gone, control characters dropped.

    Every way Unicode has to write "Łódź" (composed, decomposed, wide) gives "lodz"; line breaks and tabs become
    spaces so that words stay apart; invisible characters inside a word vanish. Folding twice changes nothing.
    """
    return _plain(_plain(text).casefold())


def _plain(text: str) -> str:
    """Drop accents and unseen characters and keep the case; most Polish texts need only the first step."""
    short = text.translate(_POLISH)
    if short.isascii() and short.isprintable():
        return short
    decomposed = unicodedata.normalize("NFKD", short).translate(_POLISH).translate(_NOT_COMPOSED)
    return unicodedata.normalize("NFC", "".join(_seen(decomposed)))


def _seen(decomposed: str) -> Iterator[str]:
    return (character for character in decomposed if unicodedata.category(character) not in _UNSEEN)


def stems(text: str) -> tuple[str, ...]:
    """Return what `text` speaks about: folded stems of at most six letters, sorted, each once, at most 48.

    Words under three letters, numbers and the words of every letter (STOP_WORDS) say nothing about a place and are
    left out. Of a longer text the first 48 different stems count.
    """
    found: dict[str, None] = {}
    for word in _WORD.findall(folded(text)):
        if len(word) >= SHORTEST_WORD and word not in STOP_WORDS and not word.isdecimal():
            found[_stem(word)] = None
        if len(found) == MOST_STEMS:
            break
    return tuple(sorted(found))


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """Cut a folded word to its stem: the inflected ending goes, then all beyond the sixth letter."""
    for endings in _ENDINGS:
        for ending in endings:
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_WORD:
                return word[: -len(ending)][:STEM_LETTERS]
    return word[:STEM_LETTERS]


def beginning(word: str) -> str:
    """Return the letters with which the forms of a word begin, as they were typed: "przystanek" gives "przyst"."""
    plain = folded(word)
    return word[: len(_stem(plain))] if len(plain) == len(word) > SHORTEST_WORD else word


def mask(found: Iterable[str]) -> int:
    """Return the stems as a mask of 64 bits, each stem setting the bit crc32 modulo 64; no stems give 0.

    The number is signed, as a BIGINT column stores it; two masks are compared by their common and joint bits.
    """
    bits = 0
    for stem in found:
        bits |= 1 << (crc32(stem.encode()) % MASK_BITS)
    return bits - (1 << MASK_BITS) if bits >> (MASK_BITS - 1) else bits


def street(text: str) -> str | None:
    """Return the stem of the first street, avenue, estate or square that `text` names, or None.

    After ul., al., os. or pl. any word is a name; after ulica, aleja, osiedle or plac only one with a capital or a
    number, for "na placu zabaw" names no square. Titles, initials and given names are passed over, since one person
    writes "ul. Henryka Sienkiewicza" and the next "Sienkiewicza"; a number counts in front of a name ("3 Maja").
    """
    plain = _plain(text)
    for match in _STREET.finditer(plain):
        name = match.group("name")
        if _is_name(match, shouted=plain.isupper()) and (stem := _name_stem(name)) is not None:
            return stem
    return None


def street_code(text: str) -> int:
    """Return the street named in `text` as a number that two texts share when their streets do, or -1 for none."""
    name = street(text)
    return NO_STREET if name is None else crc32(name.encode())


def _is_name(match: re.Match[str], *, shouted: bool) -> bool:
    short, name = match.group("short"), match.group("name")
    if short is None:
        return name[0].isdecimal() or (name[0].isupper() and not shouted)
    return short.lower() != "os" or not _PERSONS.search(match.string[: match.start()])


def _name_stem(name: str) -> str | None:
    """Find the word of a street name that everybody writes."""
    number, given = "", None
    for word in _WORD.findall(name.casefold()):
        if word in _ENDS_A_NAME or (word.isdecimal() and given):
            break
        if word.isdecimal():
            number = f"{word} "
        elif word in _GIVEN_NAMES:
            given = word
        elif word not in _TITLES and len(word) > 1 and not _ROMAN.fullmatch(word):
            return number + _stem(word)
    return _stem(given) if given else None


def control_characters(text: str) -> bool:
    """Tell whether `text` holds characters that no form accepts.

    These are control characters other than line breaks and tabs, halves of surrogate pairs, noncharacters, and the
    marks that reverse the direction of what follows, by which a text can show something other than it says.
    """
    return any(map(_forbidden, text))


def _forbidden(character: str) -> bool:
    if character in _LINE_BREAKS_AND_TABS:
        return False
    if character in _DIRECTION_MARKS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return True
    return unicodedata.category(character) in {"Cc", "Cs"}
