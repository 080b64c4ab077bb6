"""Words in a sentence that may be the name of a village or a town, and whether they are meant as one.

Hundreds of villages are called as common words or as people are: Dąb, Nowa, Las, Park, Zieliński. The register decides
which names there are; here a capital letter, the word before and the words around decide what somebody spoke of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from consult.places import inflection
from consult.places.inflection import Term
from consult.places.sentences import INTRODUCERS, PREPOSITIONS, Sentence, Word

LONGEST_NAME = 5
SHORTEST_PLAIN = 5
LEAST_LIKENESS = 0.6
SHORTEST_NAME = 3
MOST_STEPS_TO_OFFICE = 5

# fmt: off
_NEVER_ALONE = frozenset(inflection.plain(name) for name in (
    "Centrum", "Cmentarz", "Droga", "Dworzec", "Działki", "Działek", "Gmina", "Jezioro", "Kościół", "Las", "Miasto",
    "Most",
    "Mosty", "Ogrody", "Osada", "Osiedle", "Ośrodek", "Park", "Plac", "Place", "Plaża", "Policja", "Rada", "Rondo",
    "Rynek",
    "Rzeka", "Sklep", "Stacja", "Stadion", "Staw", "Szkoła", "Ulica", "Urząd", "Wieś", "Zakład", "Przejazd",
    "Parking",
    "Przystanek", "Szpital", "Boisko", "Wójt", "Burmistrz", "Pan", "Pani", "Poczta", "Dom", "Bank", "Polska",
    "Europa",
    "Komenda", "Posterunek", "Granica", "Granice", "Świetlica", "Remiza", "Targ", "Skwer", "Aleja",
))
"""Names that mean a village only after a word that says so ("we wsi Las")."""

_COMMON = frozenset(inflection.plain(name) for name in (
    "Baby", "Bagno", "Baraki", "Biała", "Białe", "Błonie", "Błota", "Bór", "Brody", "Brzeg", "Brzegi", "Brzoza",
    "Buda", "Budy",
    "Buk", "Chałupy", "Cicha", "Cisza", "Cegielnia", "Czarna", "Czarne", "Czworaki", "Długa", "Długie", "Dobra",
    "Dolina",
    "Dolna", "Dolne", "Dół", "Doły", "Dąb", "Dąbrowa", "Dęby", "Drugie", "Drzewo", "Duża", "Dwór", "Dworek", "Dział",
    "Działy",
    "Dziki", "Dzień", "Folwark", "Gaj", "Gajówka", "Głęboka", "Głowa", "Głowy", "Głodowo", "Gołąb", "Góra", "Góry",
    "Górka",
    "Górki", "Górna", "Górne", "Grabina", "Grobla", "Gruszka", "Hala", "Hektary", "Huta", "Jama", "Jamy", "Jasna",
    "Jeleń",
    "Kamień", "Kapela", "Karczma", "Kąt", "Kąty", "Kępa", "Klin", "Kolej", "Kolonia", "Kolonie", "Koło", "Koniec",
    "Końce",
    "Konie", "Kopiec", "Koszary", "Kościelna", "Kozły", "Krasna", "Król", "Króle", "Kruk", "Krzaki", "Krzywa",
    "Krzywda", "Krzyż",
    "Kula", "Kurki", "Kuźnia", "Leśna", "Leśniczówka", "Lato", "Lata", "Lipa", "Lipy", "Lipiec", "Lis", "Lisy",
    "Lód", "Łąka",
    "Łąki", "Łan", "Łany", "Ławki", "Łuk", "Mała", "Małe", "Młyn", "Młyny", "Mokra", "Mokre", "Mogiła", "Mur",
    "Nowa", "Nowe",
    "Nowy", "Nowiny", "Noc", "Niwa", "Obora", "Obszar", "Okop", "Okopy", "Okrągła", "Olszyna", "Ostatnia", "Parcela",
    "Parcele",
    "Pastwiska", "Pasieka", "Piasek", "Piaski", "Piątek", "Piekło", "Piec", "Pierwsza", "Piła", "Pień", "Pniaki",
    "Podwórze",
    "Pola", "Polana", "Pole", "Połowa", "Poręba", "Potok", "Praca", "Prosta", "Przedmieście", "Przewóz", "Puszcza",
    "Pustki",
    "Raj", "Rak", "Rola", "Rola", "Rowy", "Rów", "Róża", "Ruda", "Ruchy", "Rybaki", "Rzeki", "Sady", "Sad",
    "Siedlisko", "Skała",
    "Skoki", "Skręt", "Słup", "Słupy", "Sobota", "Sokoły", "Sowa", "Spór", "Stara", "Stare", "Stary", "Środa",
    "Staje", "Stok",
    "Stoki", "Strona", "Struga", "Sucha", "Sto", "Swoboda", "Szczyt", "Szeroka", "Szosa", "Ściana", "Ścieżki",
    "Środek",
    "Święta", "Święte", "Tama", "Tartak", "Topola", "Tory", "Trzaski", "Ugory", "Utrata", "Wał", "Wały", "Wesoła",
    "Wielka",
    "Wielkie", "Wierzba", "Wilk", "Wilki", "Wiosna", "Wieża", "Wioska", "Woda", "Wola", "Wolność", "Wrzosy", "Wsie",
    "Wygoda",
    "Wysoka", "Wysokie", "Wyspa", "Wzgórze", "Zagroda", "Zamek", "Zagrody", "Zakręt", "Zgoda", "Zielona", "Zielone",
    "Zima",
    "Zjazd", "Zmiana", "Znak", "Żaby", "Źródła", "Żuki", "Żwir", "Prawda", "Praga", "Korea", "Ameryka", "Kanada",
    "Rzym",
    "Ukraina", "Węgry", "Czechy", "Prusy", "Syberia", "Mazury", "Kujawy", "Warszawa", "Polanka", "Maj", "Marzec",
    "Luty", "Rok",
    "Nowak", "Nowaki", "Kowal", "Kowale", "Kowalik", "Wójtowo", "Sikora", "Sikory", "Baran", "Barany", "Zając",
    "Wróbel",
    "Wróble", "Mazur", "Kania", "Kaczory", "Czajka", "Czajki", "Kruki", "Sobieski", "Wolny", "Wolne", "Dobre",
    "Głowno",
    "Chodnik", "Bieg", "Bloki", "Rampa", "Szyb", "Kopalnia", "Cukrownia", "Gorzelnia", "Mleczarnia", "Zatoka",
))
"""Names that are words of every day: they mean a village inside a sentence, after a preposition and with a capital."""

_TITLES = frozenset((
    "pan", "pana", "panu", "panem", "pani", "pania", "panie", "panowie", "panstwo", "p", "dr", "mgr", "inz", "ks",
    "ksiadz",
    "radny", "radna", "radnego", "soltys", "soltysa", "soltyska", "burmistrz", "wojt", "dzielnicowy", "dzielnicowa",
    "asp",
    "sierz", "mlasp", "podinsp", "insp", "nadkom", "podkom", "kom", "komendant", "komisarz", "aspirant", "sierzant",
    "sp", "st", "firma", "firmy", "firmie", "sklep", "sklepu", "sklepie", "sklepem", "im", "imienia",
    "starosta",
    "prezes", "dyrektor", "dyrektorka", "rodzina", "rodziny",
))
_GIVEN_NAMES = frozenset((
    "adam", "agnieszka", "aleksander", "alicja", "andrzej", "anna", "antoni", "barbara", "bartosz", "beata",
    "bogdan", "czeslaw",
    "danuta", "dariusz", "dorota", "edward", "elzbieta", "ewa", "franciszek", "grazyna", "grzegorz", "halina",
    "henryk", "irena",
    "iwona", "jacek", "jadwiga", "jan", "jana", "janina", "janusz", "jaroslaw", "jerzy", "joanna", "jozef", "kamil",
    "karol",
    "katarzyna", "kazimierz", "krystyna", "krzysztof", "leszek", "lukasz", "maciej", "malgorzata", "marcin", "marek",
    "maria",
    "mariusz", "marta", "marzena", "mateusz", "michal", "miroslaw", "monika", "pawel", "piotr", "piotra", "rafal",
    "robert",
    "roman", "ryszard", "slawomir", "stanislaw", "stefan", "tadeusz", "teresa", "tomasz", "urszula", "waldemar",
    "wieslaw",
    "wladyslaw", "wojciech", "zbigniew", "zdzislaw", "zenon", "zofia", "zygmunt",
))
_OFFICES = (
    "kpp", "kmp", "kwp", "ksp", "komend", "komisariat", "posterun", "starost", "urzad", "urzed", "zarzad",
    "prokuratur",
    "nadlesnictw", "sadu", "sadem", "sadzie", "kppsp", "psp", "gops", "mops", "pcpr", "zdp", "gddkia",
)
_OF_OFFICES = (
    "powiat", "miejsk", "polic", "gmin", "miast", "drog", "wojewod", "rejon", "okreg", "panstw", "straz", "pozarn",
    "i",
)
_BESIDE = frozenset(("przed", "przy", "obok", "kolo", "za", "pod", "naprzeciw", "naprzeciwko", "w", "na"))
_OWN_PEOPLE = ("dzielnicow", "policjan", "straznik", "patrol", "komendant", "funkcjonariusz")
# fmt: on


_ENDINGS_OF_PLACES = (
    "owo",
    "ewo",
    "ow",
    "ew",
    "ice",
    "yce",
    "iec",
    "in",
    "yn",
    "ino",
    "yno",
    "sko",
    "ck",
    "sk",
    "owek",
)
_MARKS_AFTER = frozenset((",", ":", "–", "—", "-", "(", ";"))
_INTRODUCES_STREET = frozenset(("ul", "ulica", "al", "pl", "os", "rondo"))


@dataclass(frozen=True)
class Window:
    """Some words in a row that may be a name, from the word `first` on."""

    first: int
    size: int
    term: Term

    @property
    def last(self) -> int:
        """The last of its words."""
        return self.first + self.size - 1


def windows(said: Sentence) -> list[Window]:
    """List what may be a name: what begins with a capital, or follows a word that names follow."""
    return [window for at in range(len(said.words)) if _may_begin(said, at) for window in _from(said, at)]


def _may_begin(said: Sentence, at: int) -> bool:
    word = said.words[at]
    if len(word.text) < SHORTEST_NAME or word.is_number:
        return False
    if not said.is_plain:
        return word.is_capital or said.before(at) in INTRODUCERS
    return (
        said.before(at) in PREPOSITIONS
        or said.before(at) in INTRODUCERS
        or (word.opens and word.is_capital)
        or _is_joined(said, at)
    )


def _is_joined(said: Sentence, at: int) -> bool:
    """Tell the second end of a section: "przybrodzin - powidz", "miedzy powidzem a przybrodzinem"."""
    return said.words[at].gap.strip() in {"-", "–", "—"} or said.before(at) in {"a", "i"}


def _from(said: Sentence, at: int) -> Iterator[Window]:
    run = said.run(at, LONGEST_NAME)
    for size in range(len(run), 0, -1):
        words = run[:size]
        if size == 1 or not (words[-1].is_number or words[-1].folded in PREPOSITIONS):
            yield Window(at, size, inflection.term([word.folded for word in words]))


def is_meant(said: Sentence, window: Window, name: str, *, is_whole: bool) -> bool:
    """Tell whether the words are meant as the village or town of this folded name; parts of one need more reasons."""
    if not _agrees(window, name):
        return False
    if said.before(window.first) in INTRODUCERS and not _is_only_a_word(said, window.first):
        return True
    if _is_person(said, window) or _is_office(said, window.first) or _goes_on(said, window, name):
        return False
    if name in _NEVER_ALONE:
        return False
    return _has_reason(said, window, name, is_common=name in _COMMON or not is_whole)


def _is_only_a_word(said: Sentence, at: int) -> bool:
    """Tell "na wsi jest ciemno" from "we wsi Ciemno"."""
    return not said.words[at].is_capital and said.before(at) not in {"m", "msc", "miejscowosci", "miejscowosc"}


def _has_reason(said: Sentence, window: Window, name: str, *, is_common: bool) -> bool:
    word = said.words[window.first]
    follows_preposition = said.before(window.first) in PREPOSITIONS
    if word.opens and not follows_preposition:
        return word.is_capital and not is_common and (_sounds_like_a_place(name) or _stands_apart(said, window))
    if not said.is_plain:
        return word.is_capital and (follows_preposition or not is_common)
    if window.size == 1 and (is_common or len(name) < SHORTEST_PLAIN):
        return False
    return follows_preposition or _is_joined(said, window.first)


def _sounds_like_a_place(name: str) -> bool:
    """Tell Zagórów and Kiszkowo, which are nothing but places, from Karna and Herby, which are words as well."""
    return len(name) >= SHORTEST_PLAIN and name.endswith(_ENDINGS_OF_PLACES)


def _stands_apart(said: Sentence, window: Window) -> bool:
    """Tell "Buczek, wjazd od stacji" and "Powidz: dziury", where the name is followed by a mark or by nothing."""
    after = said.words[window.last + 1 : window.last + 2]
    return not after or after[0].gap.strip()[:1] in _MARKS_AFTER or after[0].folded in _INTRODUCES_STREET


def _agrees(window: Window, name: str) -> bool:
    """Tell whether the words can be a case of the name, or only share a stem with it."""
    written = window.term.words
    if written == name:
        return True
    if len(written) < SHORTEST_NAME or inflection.likeness(written, name) < LEAST_LIKENESS:
        return False
    return all(map(_bends, written.split(), name.split()))


_VOWELS = frozenset("aeiouy")
_CASES = {
    "a": ("y", "i", "e", "a", "o", "ej", "ie", "iej"),
    "o": ("a", "u", "owi", "em", "iem", "e", "ie", "i", "o"),
    "e": ("", "e", "ego", "emu", "ym", "im", "u", "a", "em", "om", "ach", "ami", "iego", "iemu", "ich", "ych", "imi",
    "ymi", "ow", "iu",
          "ia", "iem", "y", "i"),
    "y": ("", "y", "ow", "om", "ami", "ach", "ego", "emu", "ym", "ych", "ymi", "i", "e"),
    "i": ("", "i", "ow", "om", "ami", "ach", "iego", "iemu", "im", "ich", "imi", "iow", "iom", "iami", "iach", "y"),
    "": ("a", "u", "owi", "em", "iem", "e", "ie", "i", "y", "ia", "iowi", "iu", ""),
}  # fmt: skip


def _bends(written: str, name: str) -> bool:
    """Tell whether a word is a case of a name: it ends as one, and before that only what cases change is different."""
    if written == name:
        return True
    endings = _CASES.get(name[-1], _CASES[""])
    is_bare = "" in endings and written[-1] not in _VOWELS
    return (is_bare or written.endswith(tuple(filter(None, endings)))) and _keeps_its_vowels(written, name)


def _keeps_its_vowels(written: str, name: str) -> bool:
    """Tell Las and lesie, Damasławek and Damasławku from Powidz and powodu."""
    same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(written, name, strict=False)))
    one, other = written[same:], name[same:]
    if not (_has_consonant(one) and _has_consonant(other)):
        return True
    if one[0] in _VOWELS and other[0] in _VOWELS:
        return {one[0], other[0]} == {"a", "e"}
    longer = one if one[0] in _VOWELS else other
    return longer[0] not in _VOWELS or longer.startswith(("e", "ie"))


def _has_consonant(letters: str) -> bool:
    return any(letter not in _VOWELS for letter in letters)


def _is_person(said: Sentence, window: Window) -> bool:
    """Tell "Pan Wilk" and "Jan Ruda"."""
    before = said.before(window.first)
    joins = window.first > 0 and (said.words[window.first].follows or said.words[window.first].gap.strip() == ".")
    return joins and (before in _TITLES or before in _GIVEN_NAMES or _is_initial(said.words[window.first - 1]))


def _is_initial(word: Word) -> bool:
    return len(word.text) == 1 and word.is_capital and word.folded not in PREPOSITIONS and not word.opens


def _is_office(said: Sentence, at: int) -> bool:
    """Tell "KPP w Słupcy" and "policjanci z Powidza": where somebody works, not where something happens."""
    if said.before(at) not in {"w", "we", "z", "ze"}:
        return False
    back = at - 2
    while back >= 0 and at - back <= MOST_STEPS_TO_OFFICE:
        word = said.words[back].folded
        if word.startswith(_OFFICES):
            return said.before(back) not in _BESIDE
        if not word.startswith(_OF_OFFICES):
            break
        back -= 1
    return said.before(at) in {"z", "ze"} and said.before(at, 2).startswith(_OWN_PEOPLE)


def _goes_on(said: Sentence, window: Window, name: str) -> bool:
    """Tell that a longer name begins here: "Park Śląski", "Nowa Wieś" where there is only a Nowa."""
    after = next(iter(said.words[window.last + 1 : window.last + 2]), None)
    if after is None or said.is_plain or not after.is_capital or not after.follows or len(after.text) < SHORTEST_NAME:
        return False
    is_common = name in _COMMON or name in _NEVER_ALONE or _looks_like_adjective(said.words[window.first])
    return window.size == 1 and after.gap != "-" and is_common


def _looks_like_adjective(word: Word) -> bool:
    return word.folded.endswith(("ej", "ego", "ym", "im", "ych", "ich"))
