"""The template of a questionnaire: one row of each kind of question, in Polish, with a row that explains it before it.

A coordinator takes it along as a workbook or as text, writes questions into it and sends it back. Both files are made
of `SHEETS`. An explanation has `#` as its type: whoever reads the file passes over it (`surveys.sheets.read`).
"""

from surveys.sheets import REMARK, Row, Sheets


def _remark(text: str, column: str = "type") -> Row:
    return {column: REMARK, "label": text}


_SURVEY: list[Row] = [
    _remark(
        "Ten plik to tabela: jeden wiersz to jedno pytanie. W kolumnie type jest rodzaj pytania, w name jego krótka "
        "nazwa (litery bez ogonków, cyfry i _; każda inna), w label treść, którą czyta mieszkaniec, w hint podpowiedź."
    ),
    _remark(
        "Wiersze ze znakiem # w kolumnie type tylko objaśniają i nie trafiają do ankiety. Zbędne wiersze można usunąć, "
        "a pozostałe zmieniać i kopiować."
    ),
    _remark("begin_group i end_group obejmują pytania, które stoją razem na jednej stronie."),
    {"type": "begin_group", "name": "area", "label": "Bezpieczeństwo w okolicy"},
    _remark("note: tekst do przeczytania, bez odpowiedzi."),
    {"type": "note", "name": "about", "label": "Pytania dotyczą ostatnich 12 miesięcy."},
    _remark(
        "select_one: jedna odpowiedź z listy. Po spacji stoi nazwa listy; jej odpowiedzi są w arkuszu choices. "
        "„yes” w kolumnie required oznacza, że pytania nie można pominąć, a kmzb::missing wskazuje odpowiedź „nie "
        "wiem”, liczoną osobno."
    ),
    {
        "type": "select_one yes_no",
        "name": "safe",
        "label": "Czy po zmroku czuje się Pan/Pani bezpiecznie w swojej okolicy?",
        "required": "yes",
        "kmzb::missing": "98",
    },
    _remark(
        "text: odpowiedź własnymi słowami. W kolumnie relevant stoi warunek: to pytanie zobaczy tylko ten, kto w "
        "pytaniu safe wybrał odpowiedź 2, czyli „nie”."
    ),
    {
        "type": "text",
        "name": "why_unsafe",
        "label": "Co sprawia, że nie czuje się Pan/Pani bezpiecznie?",
        "hint": "Kilka słów wystarczy. Proszę nie podawać nazwisk, adresów ani numerów telefonu.",
        "relevant": "${safe} = '2'",
        "appearance": "multiline",
        "parameters": "max-length=500",
    },
    _remark("select_multiple: kilka odpowiedzi z listy. or_other dodaje „inna odpowiedź” z miejscem na własne słowa."),
    {
        "type": "select_multiple dangers or_other",
        "name": "dangers",
        "label": "Co przeszkadza w okolicy najbardziej?",
        "hint": "Można zaznaczyć kilka odpowiedzi.",
    },
    {"type": "end_group"},
    _remark("begin_group z wyglądem table-list: kilka pytań w jednej tabeli, wszystkie z tą samą listą odpowiedzi."),
    {
        "type": "begin_group",
        "name": "trust",
        "label": "Na ile zgadza się Pan/Pani z tymi zdaniami?",
        "appearance": "table-list",
    },
    {"type": "select_one agree", "name": "knows_officer", "label": "Wiem, jak skontaktować się z dzielnicowym."},
    {"type": "select_one agree", "name": "sees_patrols", "label": "Często widzę patrole w swojej okolicy."},
    {"type": "end_group"},
    {"type": "begin_group", "name": "order", "label": "Zadania Policji"},
    _remark("rank: ułożenie odpowiedzi z listy w kolejności."),
    {
        "type": "rank tasks",
        "name": "tasks",
        "label": "Czym Policja powinna zająć się najpierw?",
        "hint": "Od najważniejszego do najmniej ważnego.",
    },
    _remark("range: liczba na skali. parameters podaje początek, koniec i krok."),
    {
        "type": "range",
        "name": "rating",
        "label": "Jak ocenia Pan/Pani pracę Policji w okolicy?",
        "hint": "1: bardzo źle, 10: bardzo dobrze.",
        "parameters": "start=1 end=10 step=1",
    },
    {"type": "end_group"},
    {"type": "begin_group", "name": "figures", "label": "Liczby i daty"},
    _remark("integer: liczba całkowita. constraint mówi, jaka odpowiedź jest możliwa; constraint_message wyjaśnia to."),
    {
        "type": "integer",
        "name": "years",
        "label": "Od ilu lat mieszka Pan/Pani w tej okolicy?",
        "constraint": ". >= 0 and . <= 110",
        "constraint_message": "Proszę podać liczbę lat od 0 do 110.",
    },
    _remark("decimal: liczba z częścią po przecinku."),
    {"type": "decimal", "name": "distance", "label": "Ile kilometrów jest z domu do najbliższego posterunku?"},
    _remark("date: dzień."),
    {"type": "date", "name": "last_contact", "label": "Kiedy ostatnio rozmawiał Pan / rozmawiała Pani z dzielnicowym?"},
    {"type": "end_group"},
    {"type": "begin_group", "name": "places", "label": "Miejsca na mapie"},
    _remark("geopoint: punkt na mapie. Po zamknięciu ankiety miejsca są rozmywane, żeby nie wskazywały osoby."),
    {"type": "geopoint", "name": "unsafe_place", "label": "Gdzie czuje się Pan/Pani najmniej bezpiecznie?"},
    _remark("geotrace: linia na mapie, na przykład droga."),
    {"type": "geotrace", "name": "unsafe_way", "label": "Którą drogą nie chodzi Pan/Pani po zmroku?"},
    _remark("geoshape: obszar na mapie, na przykład park."),
    {"type": "geoshape", "name": "patrol_area", "label": "Gdzie potrzeba więcej patroli?"},
    {"type": "end_group"},
]

_ANSWERS = {
    "yes_no": {"1": "Tak", "2": "Nie", "98": "Trudno powiedzieć"},
    "dangers": {"speeding": "Zbyt szybka jazda", "alcohol": "Picie alkoholu w miejscach publicznych", "noise": "Hałas"},
    "agree": {"1": "Zgadzam się", "2": "Ani tak, ani nie", "3": "Nie zgadzam się"},
    "tasks": {"patrols": "Patrole piesze", "speed": "Kontrole prędkości", "talks": "Rozmowy z mieszkańcami"},
}

_CHOICES: list[Row] = [
    _remark(
        "Odpowiedzi do wyboru: jeden wiersz to jedna odpowiedź. list_name to nazwa listy, do której odpowiedź należy, "
        "name jej kod w wynikach, label słowa, które czyta mieszkaniec.",
        "list_name",
    ),
    *(
        {"list_name": name, "name": code, "label": label}
        for name, answers in _ANSWERS.items()
        for code, label in answers.items()
    ),
]

SHEETS: Sheets = {
    "survey": _SURVEY,
    "choices": _CHOICES,
    "settings": [
        {
            "form_title": "Wzór ankiety",
            "kmzb::sample": "opt-in",
            "kmzb::intro": "Ankieta zajmuje około 5 minut, a prawie każde pytanie można pominąć. Gdy zagrożone jest "
            "życie lub zdrowie, proszę zadzwonić pod numer 112.",
            "kmzb::thanks": "Dziękujemy za odpowiedzi.",
        }
    ],
}
"""The rows of the template, explanations and all."""
