"""The columns of files of past minutes, and the words that may stand in those that offer a choice.

Every column has an English and a Polish name; case, Polish letters and what stands between words make no difference.
"""

import re
from collections.abc import Mapping

from consult.words import folded

NEEDED = ("powiat_teryt", "debate_place")
"""Columns without which nobody could say which debate a row tells of."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "meeting": ("debata",),
    "police_unit": ("jednostka policji", "jednostka"),
    "powiat_teryt": ("teryt powiatu", "powiat"),
    "debate_place": ("miejscowość", "miejscowość debaty"),
    "date": ("data", "data debaty"),
    "starts_at": ("od", "godzina od"),
    "ends_at": ("do", "godzina do"),
    "title": ("tytuł",),
    "meeting_kind": ("rodzaj spotkania",),
    "level": ("zasięg",),
    "series": ("cykl",),
    "venue": ("miejsce spotkania",),
    "venue_lon": ("długość miejsca spotkania",),
    "venue_lat": ("szerokość miejsca spotkania",),
    "venue_accuracy_m": ("dokładność miejsca spotkania m",),
    "organisers": ("organizatorzy",),
    "officials": ("obecni przedstawiciele", "obecni"),
    "residents": ("liczba mieszkańców",),
    "themes": ("tematy",),
    "announced": ("jak ogłoszono",),
    "questionnaires": ("liczba ankiet",),
    "case_sign": ("znak sprawy",),
    "jrwa_symbol": ("symbol jrwa",),
    "archival_category": ("kategoria archiwalna",),
    "retain_until": ("przechowywać do",),
    "source": ("źródło",),
    "kind": ("rodzaj",),
    "id": ("identyfikator",),
    "request": ("treść", "text", "wniosek"),
    "category": ("kategoria", "kmzb_category_by_us"),
    "places": (),
    "place": ("miejsce",),
    "lon": ("długość geograficzna",),
    "lat": ("szerokość geograficzna",),
    "accuracy_m": ("dokładność m",),
    "geometry": ("geometria",),
    "area": ("teryt obszaru",),
    "said_of": ("dzień zdarzenia",),
    "weekdays": ("dni tygodnia",),
    "times_of_day": ("pora dnia",),
    "voices": ("liczba głosów", "głosy"),
    "speaker": ("kto mówił",),
    "answer": ("odpowiedź na miejscu",),
    "withheld": ("zastrzeżono",),
    "asked_for": ("o co wniesiono",),
    "addressee": ("adresat",),
    "addressee_name": ("nazwa adresata",),
    "due_on": ("termin",),
    "status": ("stan",),
    "follow_up": ("co zrobiono", "follow_up_published"),
    "answered_on": ("data odpowiedzi",),
    "promise": ("zobowiązanie",),
    "promised_by": ("kto się zobowiązał",),
    "promise_due_on": ("termin zobowiązania",),
    "promise_kept_on": ("zobowiązanie wykonano",),
    "promise_outcome": ("wynik zobowiązania",),
}
"""Columns in their order, with their other names; the first one is the Polish name."""

OTHER_NAMES = {"kmzb_category_by_us": "category", "follow_up_published": "follow_up", "text": "request"}
"""Names that some JSON files use for the same fields; beside these they use the English ones."""

DAYS = ("date", "retain_until", "said_of", "due_on", "answered_on", "promise_due_on", "promise_kept_on")
"""Columns with a day, which a Polish table may write as 16.03.2016."""

MEETING_KINDS: Mapping[str, tuple[str, ...]] = {
    "opening_debate": ("debata otwierająca", "debata inicjująca", "debata"),
    "evaluating_debate": ("debata ewaluacyjna", "debata podsumowująca"),
    "local_government": ("spotkanie z samorządem",),
    "safety_commission": ("komisja bezpieczeństwa i porządku", "komisja bezpieczeństwa"),
    "council": ("sesja rady",),
    "ngo": ("spotkanie z organizacją",),
    "school": ("spotkanie w szkole", "szkoła"),
    "residents_hours": ("dyżur dla mieszkańców", "dyżur"),
    "walk": ("spacer",),
}
LEVELS: Mapping[str, tuple[str, ...]] = {
    "voivodeship": ("województwo",),
    "district": ("powiat",),
    "commune": ("gmina",),
    "local": ("osiedle lub wieś", "osiedle", "wieś"),
}

ALONE, FURTHER_REQUEST, PROMISE = "meeting", "further_request", "promise"
KINDS: Mapping[str, tuple[str, ...]] = {
    "threat": ("zagrożenie",),
    "proposal": ("wniosek",),
    "question": ("pytanie",),
    "praise": ("pochwała",),
    "information": ("informacja",),
    FURTHER_REQUEST: ("wniosek dodatkowy",),
    PROMISE: ("zobowiązanie",),
    ALONE: ("samo spotkanie",),
}
"""What a row is: something said, a request that nobody said in these words, a promise, or nothing but a meeting."""

SPEAKERS: Mapping[str, tuple[str, ...]] = {
    "resident": ("mieszkaniec", "mieszkanka"),
    "village_head": ("sołtys", "sołtyska"),
    "councillor": ("radny", "radna"),
    "local_government": ("wójt", "burmistrz", "prezydent miasta", "samorząd", "starosta"),
    "institution": ("instytucja",),
    "police": ("policja", "policjant", "policjantka"),
    "other": ("ktoś inny",),
}
ADDRESSEES: Mapping[str, tuple[str, ...]] = {
    "police": ("policja",),
    "commune": ("gmina",),
    "district": ("powiat",),
    "road_owner": ("zarządca drogi",),
    "railway": ("kolej",),
    "forests": ("lasy państwowe", "lasy"),
    "school": ("szkoła",),
    "other": ("ktoś inny",),
}
STATES: Mapping[str, tuple[str, ...]] = {
    "open": ("czeka na odpowiedź", "otwarty"),
    "accepted": ("przyjęty", "przyjęto"),
    "in_progress": ("w trakcie", "w realizacji"),
    "done": ("zrealizowany", "zrealizowano"),
    "partly_done": ("częściowo zrealizowany", "zrealizowany częściowo"),
    "refused": ("odmowa",),
    "handed_over": ("przekazany", "przekazano"),
    "no_answer": ("brak odpowiedzi",),
}
WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "mon": ("poniedziałek", "pn"),
    "tue": ("wtorek", "wt"),
    "wed": ("środa", "śr"),
    "thu": ("czwartek", "czw"),
    "fri": ("piątek", "pt"),
    "sat": ("sobota", "sob"),
    "sun": ("niedziela", "nd"),
}
TIMES: Mapping[str, tuple[str, ...]] = {
    "morning": ("rano",),
    "afternoon": ("po południu",),
    "evening": ("wieczorem", "wieczór"),
    "night": ("w nocy", "noc"),
}

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "meeting_kind": MEETING_KINDS,
    "level": LEVELS,
    "kind": KINDS,
    "speaker": SPEAKERS,
    "addressee": ADDRESSEES,
    "status": STATES,
    "weekdays": WEEKDAYS,
    "times_of_day": TIMES,
}

_OFFICES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("police", re.compile(r"\A(kpp|kmp|kwp|ksp|kp|komend\w+|komisariat\w*|posterun\w+|policj\w+)\b")),
    ("road_owner", re.compile(r"\b(zarzad\w* dro\w+|drogow\w+|gddkia|zdw|zdp|zdm|zarzadc\w+)\b")),
    ("railway", re.compile(r"\b(pkp|kole[ij]\w*)\b")),
    ("forests", re.compile(r"\b(nadlesnictw\w+|las[yo]\w*)\b")),
    ("school", re.compile(r"\b(szkol\w+|przedszkol\w+|liceum)\b")),
    ("commune", re.compile(r"\b(wojt\w*|burmistrz\w*|prezydent\w* miasta|gmin\w+|urzad\w* miasta)\b")),
    ("district", re.compile(r"\b(staros\w+|powiat\w*)\b")),
)
"""How names of offices tell what they are, looked at in this order."""


def plain(text: str) -> str:
    """Write a name or a word as it is compared: small letters without accents, one blank between words."""
    return " ".join(re.findall(r"[a-z0-9]+", folded(text)))


_BY_NAME = {plain(name): column for column, others in NAMES.items() for name in (column, *others)}


def column_of(header: str) -> str | None:
    """Tell which column a heading names."""
    return _BY_NAME.get(plain(header))


def polish_name(column: str) -> str:
    """Name a column in Polish, where it has such a name."""
    return next(iter(NAMES.get(column, ())), column)


def code_of(words: Mapping[str, tuple[str, ...]], text: str) -> str | None:
    """Find the code that a word stands for, or the code itself."""
    wanted = plain(text)
    return next((code for code, names in words.items() if wanted in map(plain, (code, *names))), None)


def office_of(name: str) -> str:
    """Tell by its name what kind of office is asked; what no name tells is somebody else."""
    words = folded(name).strip()
    return next((kind for kind, sign in _OFFICES if sign.search(words)), "other")


def word_of(column: str, code: str, *, polish: bool) -> str:
    """Write a code as it stands in a file: in Polish, or as it is."""
    return CHOICES[column][code][0] if polish else code
