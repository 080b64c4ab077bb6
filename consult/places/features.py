"""Lakes, rivers, schools, parks and communes in a sentence: known by the common word, placed by the town near them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from consult.places.sentences import Sentence, Word

LONGEST_NAME = 3


class FeatureKind(StrEnum):
    """What a common word is about."""

    WATER = "water"
    SPOT = "spot"
    COMMUNE = "commune"


@dataclass(frozen=True)
class Feature:
    """A place that a common word tells of; `name` are its own words in the sentence, if it has any.

    `label` says it in the nominative: "Jezioro Powidzkie", "park", "gmina".
    """

    kind: FeatureKind
    first: int
    last: int
    label: str
    name: tuple[Word, ...] = ()


# fmt: off
_WATERS = {
    "Jezioro": ("jezioro", "jeziora", "jeziorze", "jeziorem", "jezioru"),
    "Zalew": ("zalew", "zalewu", "zalewem", "zalewie"),
    "Zbiornik": ("zbiornik", "zbiornika", "zbiorniku", "zbiornikiem"),
    "Staw": ("staw", "stawu", "stawie", "stawem"),
    "Kanał": ("kanal", "kanalu", "kanale", "kanalem"),
    "rzeka": ("rzeka", "rzeki", "rzece", "rzeke"),
}
_SPOTS = {
    "park": "park parku parkiem",
    "szkoła": "szkole szkoly szkola szkole",
    "przedszkole": "przedszkole przedszkolu przedszkola przedszkolem",
    "kościół": "kosciol kosciola kosciele kosciolem",
    "cmentarz": "cmentarz cmentarza cmentarzu cmentarzem",
    "dworzec": "dworzec dworca dworcu dworcem",
    "boisko": "boisko boiska boisku boiskiem",
    "stadion": "stadion stadionu stadionie stadionem",
    "przychodnia": "przychodnia przychodni przychodnie",
    "ośrodek zdrowia": "osrodka+zdrowia osrodku+zdrowia osrodkiem+zdrowia",
    "szpital": "szpital szpitala szpitalu szpitalem",
    "biblioteka": "biblioteka biblioteki bibliotece",
    "basen": "basen basenu basenie basenem",
    "plaża": "plaza plazy plaze",
    "targowisko": "targowisko targowiska targowisku targowiskiem",
    "świetlica": "swietlica swietlicy",
    "remiza": "remiza remizy remizie",
    "dom kultury": "domu+kultury domem+kultury",
    "plac zabaw": "placu+zabaw placem+zabaw",
    "przejazd kolejowy": "przejezdzie+kolejowym przejazdu+kolejowego przejazdem+kolejowym przejazd+kolejowy",
    "rynek": "rynku rynkiem",
    "amfiteatr": "amfiteatr amfiteatru amfiteatrem amfiteatrze",
    "stacja paliw": "stacji+paliw stacja+paliw stacji+benzynowej",
    "urząd gminy": "urzedu+gminy urzedem+gminy urzedzie+gminy",
}
# fmt: on
_WATER_OF = {form: label for label, forms in _WATERS.items() for form in forms}
_SPOT_OF = {tuple(form.split("+")): label for label, forms in _SPOTS.items() for form in forms.split()}
_BESIDE = frozenset(
    (
        "przy",
        "obok",
        "kolo",
        "przed",
        "za",
        "pod",
        "naprzeciw",
        "naprzeciwko",
        "wokol",
        "okolicy",
        "okolicach",
        "rejonie",
        "poblizu",
    )
)
_UPON = frozenset(("w", "na", "we"))
_MEANT_IN_GENERAL = frozenset(("szkoła", "przedszkole", "kościół", "szpital", "przychodnia", "urząd gminy"))
"""What somebody is "in" without a certain one being meant: "pogadanki w szkole"."""

SEVERAL_IN_A_TOWN = frozenset(
    ("szkoła", "przedszkole", "kościół", "boisko", "plac zabaw", "świetlica", "stacja paliw", "przychodnia")
)
"""What a village has one of and a town has several of."""

_COMMUNES = frozenset(("gmina", "gminy", "gminie", "gmine", "gm"))
_OFFICES = (
    "urz", "wojt", "rad", "sekretarz", "burmistrz", "budzet", "pracowni", "wladz", "zarzad", "zwiaz", "zwiazek",
    "straz",
    "przewodniczac", "przedstawiciel", "srodk", "osrod", "dom",
)  # fmt: skip
_OVER_ALL = frozenset(("w", "na", "po", "terenie", "calej", "naszej", "cala", "terenu", "obszarze", "tej", "calym"))


def features(said: Sentence) -> list[Feature]:
    """List what common words tell of, in the order of the sentence."""
    return [found for at in range(len(said.words)) if (found := _feature(said, at)) is not None]


def offices(said: Sentence) -> Iterator[Feature]:
    """List communes that are only somebody's office: "Wójt Gminy Powidz"."""
    for at, word in enumerate(said.words):
        if word.folded in _COMMUNES and said.before(at).startswith(_OFFICES):
            yield Feature(FeatureKind.COMMUNE, at, at, "", _name(said, at))


def _feature(said: Sentence, at: int) -> Feature | None:
    word = said.words[at]
    if word.folded in _WATER_OF:
        return _water(said, at)
    if word.folded in _COMMUNES:
        return _commune(said, at)
    return _spot(said, at)


def _name(said: Sentence, at: int) -> tuple[Word, ...]:
    """Give the words with a capital after one, at most three."""
    name: list[Word] = []
    for word in said.words[at + 1 : at + 1 + LONGEST_NAME]:
        after_abbreviation = not name and word.gap.strip() == "."
        if not (word.follows or after_abbreviation) or not word.is_capital or (said.is_plain and name):
            break
        name.append(word)
    return tuple(name)


def _water(said: Sentence, at: int) -> Feature | None:
    """Read "na Jeziorze Powidzkim"; a lake without a name is nowhere."""
    name = _name(said, at)
    if not name:
        return None
    label = _WATER_OF[said.words[at].folded]
    called = " ".join(_with_ending(word.text, label) for word in name)
    return Feature(FeatureKind.WATER, at, at + len(name), f"{label} {called}", name)


_ENDINGS = {
    "neuter": (("iego", "ie"), ("iemu", "ie"), ("kim", "kie"), ("ego", "e"), ("ym", "e")),
    "masculine": (("iego", "i"), ("iemu", "i"), ("kim", "ki"), ("ego", "y"), ("ym", "y")),
    "feminine": (("ą", "a"), ("ę", "a")),
}


def _with_ending(word: str, label: str) -> str:
    sort = {"Jezioro": "neuter", "rzeka": "feminine"}.get(label, "masculine")
    for bent, plain in _ENDINGS[sort]:
        if word.endswith(bent):
            return word.removesuffix(bent) + plain
    return word


def _commune(said: Sentence, at: int) -> Feature | None:
    """Read "gmina Powidz", and "w gminie", "na terenie gminy" for the one that everybody in the room means."""
    if said.before(at).startswith(_OFFICES):
        return None
    name = _name(said, at)
    if not name and said.before(at) not in _OVER_ALL:
        return None
    return Feature(FeatureKind.COMMUNE, at, at + len(name), "gmina", name)


def _spot(said: Sentence, at: int) -> Feature | None:
    """Read "przy szkole", "w parku": one certain spot, so never "w parkach", and "w szkole" is any school."""
    for size in (2, 1):
        words = said.words[at : at + size]
        label = _SPOT_OF.get(tuple(word.folded for word in words)) if len(words) == size else None
        if label is not None and _is_certain(label, said.before(at)):
            return Feature(FeatureKind.SPOT, at, at + size - 1, label)
    return None


def _is_certain(label: str, before: str) -> bool:
    return before in _BESIDE or (before in _UPON and label not in _MEANT_IN_GENERAL)
