"""Sheets become a questionnaire, or every fault of theirs is found with its row and column."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import reading, sheets
from surveys.faults import DefinitionRefused, FaultKind
from surveys.questions import Kind, Role
from surveys.reading import Gap
from tests.surveys.makers import SMALL, defined

YESNO = """
| list_name | name | label |
| yesno | yes | tak |
| yesno | no | nie |
"""


def form(survey, choices=YESNO, settings=""):
    """Markdown of the rows given; a survey that names no columns has the usual ones."""
    parts = (("survey", survey), ("choices", choices), ("settings", settings))
    lines = []
    for name, rows in parts:
        if rows.strip():
            lines += [f"| {name} |", *(f"| {line.strip()}" for line in rows.strip().splitlines())]
    return "\n".join(lines)


def made(survey, choices=YESNO, settings=""):
    return defined(form(survey, choices, settings))


def faults(survey, choices=YESNO, settings=""):
    """What is wrong, as (kind, sheet, row, column, value)."""
    with pytest.raises(DefinitionRefused) as refused:
        made(survey, choices, settings)
    return [(fault.kind, fault.sheet, fault.row, fault.column, fault.value) for fault in refused.value.faults]


def row(text, columns="| type | name | label | {} |"):
    """One question whose last cell stands in the column that is asked about."""
    return f"{columns}\n{text}"


def pages(definition):
    return [[question.name for question in page.questions] for page in definition.pages]


# What is read


def test_the_small_questionnaire_is_read_whole():
    read = defined(SMALL)
    assert read.languages == ("pl", "en")
    assert read.title == {"pl": "Krótka ankieta"}
    assert [question.name for question in read.questions] == ["safe", "why", "marks"]
    safe, why, marks = read.questions
    assert (safe.kind, safe.row, safe.labels["en"]) == (Kind.SELECT_ONE, 3, "Is it safe?")
    assert [choice.name for choice in safe.choices] == ["yes", "no"]
    assert safe.required.source == "true()"
    assert [rule.source for rule in why.relevant] == ["${safe}='no'"]
    assert why.depends_on == {"safe"}
    assert (marks.low, marks.high, marks.step) == (1, 10, 1)
    assert pages(read) == [["safe"], ["why"], ["marks"]]
    assert [page.key for page in read.pages] == ["p1", "p2", "p3"]
    assert read.pages[1].labels == {"pl": "Bezpieczeństwo", "en": "Safety"}


def test_every_kind_of_question_is_read():
    read = made(
        """
        | type | name | label | calculation | parameters | appearance |
        | select_one yesno | one | Jedno? | | | likert horizontal |
        | select_multiple yesno | many | Wiele? | | | minimal |
        | rank yesno | order | Kolejność? | | | |
        | range | points | Punkty? | | start=0, end=1; step = 0.25 | |
        | integer | age | Wiek? | | | |
        | decimal | size | Ile? | | | |
        | date | day | Kiedy? | | | |
        | text | words | Co? | | max-length=140 | multiline |
        | note | told | Uwaga | | | |
        | calculate | sum | | ${age} + 1 | | |
        | geopoint | point | Gdzie? | | | placement-map |
        | geotrace | line | Którędy? | | | maps |
        | geoshape | area | Który teren? | | | |
        """
    )
    assert [question.kind for question in read.questions] == [
        Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK, Kind.RANGE, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.TEXT,
        Kind.NOTE, Kind.CALCULATE, Kind.GEOPOINT, Kind.GEOTRACE, Kind.GEOSHAPE,
    ]  # fmt: skip
    assert read.question("one").appearance == {"likert", "horizontal"}
    points = read.question("points")
    assert (points.low, points.high, points.step) == (0, 1, 0.25)
    assert read.question("words").limit == 140
    assert read.question("sum").calculation.source == "${age} + 1"
    assert read.question("words").publish == "moderated"
    assert read.question("age").publish == "yes"


def test_our_own_columns_are_read():
    read = made(
        """
        | type | name | label | kmzb::role | kmzb::missing | kmzb::reverse | kmzb::publish | parameters |
        | select_one yesno | sex | Płeć? | sex | no | | no | |
        | select_one yesno | mood | Zadowolenie? | satisfaction | | yes | moderated | |
        | range | nps | Polecisz? | nps | | | | start=0 end=10 step=1 |
        | geopoint | spot | Gdzie? | threat | | | | |
        | text | wish | Czego brakuje? | wish | | | yes | |
        """
    )
    sex, mood, *_ = read.questions
    assert (sex.role, sex.missing, sex.publish) == (Role.SEX, {"no"}, "no")
    assert mood.is_reversed
    assert [question.name for question in read.with_role(Role.THREAT)] == ["spot"]
    assert read.question("wish").publish == "yes"


def test_texts_of_the_form_are_read_in_every_language_with_its_default_first():
    read = made(
        "| type | name | label::Polski (pl) | label::English (en) | label::Українська (uk) |\n| text | a | A | B | В |",
        settings="""
        | form_title | kmzb::title::Polski (pl) | kmzb::intro::English (en) | kmzb::thanks | kmzb::closed::pl | default_language |
        | Survey | Ankieta | Hello | Dziękujemy | Koniec | English (en) |
        """,
    )
    assert read.languages == ("en", "pl", "uk")
    assert read.title == {"pl": "Ankieta", "en": "Survey"}
    assert (read.intro, read.thanks, read.closed) == ({"en": "Hello"}, {"pl": "Dziękujemy"}, {"pl": "Koniec"})


def test_a_form_without_a_title_is_called_a_survey_in_its_languages():
    assert made("| type | name | label::en |\n| text | a | A |", choices="").title == {"en": "Survey"}


def test_other_brings_a_choice_and_a_question_for_the_words():
    read = made(
        """
        | type | name | label::Polski (pl) | label::English (en) | kmzb::publish |
        | select_one yesno or_other | how | Jak? | How? | no |
        """
    )
    how, words = read.questions
    assert [choice.name for choice in how.choices] == ["yes", "no", "other"]
    assert set(how.choices[-1].labels) == {"pl", "en"}
    assert (words.name, words.kind, words.row, words.publish) == ("how_other", Kind.TEXT, 2, "no")
    assert words.relevant[0].source == "selected(${how}, 'other')"
    assert pages(read) == [["how"], ["how_other"]]


def test_conditions_of_all_groups_around_are_those_of_a_question():
    read = made(
        """
        | type | name | label | relevant | kmzb::max |
        | integer | age | Wiek | | |
        | begin_group | adults | Dorośli | ${age} > 17 | |
        | integer | cars | Auta | | |
        | begin_repeat | car | Auto | ${cars} > 0 | 3 |
        | text | brand | Marka | ${age} < 90 | |
        | end_repeat | | | | |
        | end_group | | | | |
        """
    )
    brand = read.question("brand")
    assert [rule.source for rule in brand.relevant] == ["${age} > 17", "${cars} > 0", "${age} < 90"]
    assert brand.depends_on == {"age", "cars"}
    assert brand.repeat == "car"
    repeat = read.pages[-1].repeat
    assert (repeat.name, repeat.most, repeat.labels) == ("car", 3, {"pl": "Auto"})
    assert [rule.source for rule in repeat.relevant] == ["${age} > 17", "${cars} > 0"]


def test_required_is_yes_no_or_a_rule():
    read = made(
        """
        | type | name | label | required |
        | text | a | A | yes |
        | text | b | B | TRUE |
        | text | c | C | no |
        | text | d | D | |
        | text | e | E | ${a} != '' |
        """
    )
    assert [question.required and question.required.source for question in read.questions] == ["true()", "true()", None, None, "${a} != ''"]  # fmt: skip
    assert pages(read) == [["a", "b", "c", "d"], ["e"]]


def test_the_list_of_communes_may_be_empty_until_publication():
    text = form("| type | name | label | kmzb::role |\n| select_one communes | home | Gmina? | unit |")
    drafted = sheets.read(text.encode(), "form.md")
    assert reading.definition(drafted).question("home").choices == ()
    filled = sheets.with_communes(drafted, [("1003012", "Bełchatów")])
    (commune,) = reading.definition(filled).question("home").choices
    assert (commune.name, commune.labels) == ("1003012", {"pl": "Bełchatów"})


def test_choices_keep_their_further_columns_for_filters_new_and_old():
    choices = """
        | list_name | name | label | region | Kod_1 |
        | regions | north | Północ | | |
        | towns | a | A | north | 5 |
    """
    read = made(
        """
        | type | name | label | choice_filter |
        | select_one regions | region | Region? | |
        | select_one towns | town | Miasto? | region = ${region} |
        | select_one towns | other | Inne? | ${region}=region and Kod_1 > 2 and name != 'b' |
        """,
        choices,
    )
    assert read.question("town").choices[0].columns == {"region": "north", "Kod_1": "5"}
    assert read.question("other").choice_filter.words == {"region", "Kod_1", "name"}


def test_one_answer_under_two_parents_is_taken_where_a_filter_tells_them_apart():
    choices = """
        | list_name | name | label | in |
        | towns | king | King | wa |
        | towns | king | King | tx |
    """
    survey = "| type | name | label | choice_filter |\n| text | state | Stan? | |\n| select_one towns | town | Miasto? | {} |"
    settings = "| allow_choice_duplicates |\n| yes |"
    assert len(made(survey.format("in=${state}"), choices, settings).question("town").choices) == 2
    assert faults(survey.format(""), choices, settings) == [
        (FaultKind.NOT_SEPARATED, "survey", 3, "choice_filter", "king")
    ]
    assert faults(survey.format("in=${state}"), choices) == [(FaultKind.CHOICE_TWICE, "choices", 3, "name", "king")]
    other_name = choices.replace("King | tx", "Królewo | tx")
    assert faults(survey.format("in=${state}"), other_name, settings)[0][:3] == (FaultKind.CHOICE_TWICE, "choices", 3)


def test_codes_of_no_answer_may_stand_with_commas_between():
    choices = "| list_name | name | label |\n| l | 1 | A |\n| l | 98 | B |\n| l | 99 | C |"
    read = made("| type | name | label | kmzb::missing |\n| select_one l | q | Co | 98, 99 |", choices)
    assert read.question("q").missing == {"98", "99"}


# Pages


def test_each_top_group_starts_a_page_and_what_stands_between_has_its_own():
    read = made(
        """
        | type | name | label |
        | note | hello | Dzień dobry |
        | text | before | Przed |
        | begin_group | first | Pierwsza |
        | text | a | A |
        | text | b | B |
        | end_group | | |
        | begin_group | second | Druga |
        | text | c | C |
        | end_group | | |
        | text | after | Po |
        """
    )
    assert pages(read) == [["hello", "before"], ["a", "b"], ["c"], ["after"]]
    assert [page.labels.get("pl") for page in read.pages] == [None, "Pierwsza", "Druga", None]


def test_a_page_is_divided_before_a_question_that_depends_on_one_of_it_also_through_what_is_computed():
    read = made(
        """
        | type | name | label | relevant | calculation | constraint |
        | begin_group | g | G | | | |
        | integer | a | A | | | |
        | integer | b | B | | | . > ${a} |
        | calculate | sum | | | ${a} + ${b} | |
        | calculate | more | | | ${sum} * 2 | |
        | text | c | C | ${more} > 10 | | |
        | text | d | D | | | |
        | end_group | | | | | |
        | calculate | last | | | ${sum} | |
        """
    )
    assert [[name for name in page if name not in {"sum", "more", "last"}] for page in pages(read)] == [
        ["a", "b"],
        ["c", "d"],
    ]
    assert read.question("c").depends_on == {"more"}
    assert [question.name for question in read.questions][-1] == "last"


def test_what_is_only_computed_makes_no_page():
    read = made("| type | name | label | calculation |\n| text | a | A | |\n| begin_group | g | G | |\n| calculate | c | | 1 + 1 |\n| end_group | | | |")  # fmt: skip
    assert pages(read) == [["a"]]
    assert read.question("c").calculation is not None


def test_a_repeat_has_pages_of_its_own_with_a_first_and_a_last():
    read = made(
        """
        | type | name | label | kmzb::max | relevant |
        | begin_group | g | Miejsca | | |
        | text | before | Przed | | |
        | begin_repeat | places | Miejsce | 5 | |
        | geopoint | spot | Gdzie? | | |
        | select_one yesno | light | Jest światło? | | |
        | text | lamp | Jakie? | | ${light}='yes' |
        | end_repeat | | | | |
        | text | after | Po | | |
        | end_group | | | | |
        """
    )
    assert pages(read) == [["before"], ["spot", "light"], ["lamp"], ["after"]]
    assert [bool(page.repeat) for page in read.pages] == [False, True, True, False]
    assert [(page.is_first_of_repeat, page.is_last_of_repeat) for page in read.pages[1:3]] == [
        (True, False),
        (False, True),
    ]
    assert [page.labels["pl"] for page in read.pages] == ["Miejsca", "Miejsce", "Miejsce", "Miejsca"]


def test_a_battery_is_a_group_with_one_list_of_answers():
    read = made(
        """
        | type | name | label | appearance | hint |
        | begin_group | g | Grupa | | |
        | begin_group | trust | Ufasz? | table-list | Zaznacz |
        | select_one yesno | police | policji | | |
        | select_one yesno | guard | straży | | |
        | end_group | | | | |
        | end_group | | | | |
        """
    )
    assert [question.battery for question in read.questions] == ["trust", "trust"]
    assert (read.batteries["trust"].labels, read.batteries["trust"].hints) == ({"pl": "Ufasz?"}, {"pl": "Zaznacz"})
    assert pages(read) == [["police", "guard"]]


def test_the_heading_of_a_group_inside_a_group_goes_with_what_it_heads():
    read = made(
        """
        | type | name | label | relevant |
        | begin_group | g | Grupa | |
        | text | a | A | |
        | begin_group | inner | Wewnątrz | ${a} = 'x' |
        | text | b | B | |
        | end_group | | | |
        | begin_group | silent | | |
        | text | c | C | |
        | end_group | | | |
        | end_group | | | |
        """
    )
    assert pages(read) == [["a"], ["inner", "b", "c"]]
    heading = read.question("inner")
    assert (heading.kind, heading.labels, heading.relevant[0].source) == (Kind.NOTE, {"pl": "Wewnątrz"}, "${a} = 'x'")


def depended(read, name):
    """What decides about a question, followed through everything computed."""
    question = read.question(name)
    rules = [*question.relevant, question.required, question.choice_filter, question.calculation]
    named = {one for rule in rules if rule is not None for one in rule.names}
    return named.union(*(depended(read, one) for one in named if read.question(one).kind is Kind.CALCULATE))


@st.composite
def random_forms(draw):
    """Groups of questions whose rules name any of the earlier questions."""
    lines, names = ["| type | name | label | relevant | required | constraint | calculation |"], []
    for group in range(draw(st.integers(1, 4))):
        in_group = draw(st.booleans())
        if in_group:
            lines.append(f"| begin_group | g{group} | G | {draw(rule(names))} | | | |")
        for _ in range(draw(st.integers(0 if names else 1, 6))):
            name = f"q{len(names)}"
            rules = [draw(rule(names)) for _ in range(3)]
            if names and draw(st.integers(0, 3)) == 0:
                lines.append(f"| calculate | {name} | | | | | ${{{draw(st.sampled_from(names))}}} + 1 |")
            else:
                lines.append(f"| integer | {name} | Ile? | {rules[0]} | {rules[1]} | {rules[2]} | |")
            names.append(name)
        if in_group:
            lines.append("| end_group | | | | | | |")
    return form("\n".join(lines), choices="")


def rule(names):
    nothing = st.just("")
    if not names:
        return nothing
    return st.one_of(nothing, nothing, st.sampled_from(names).map(lambda name: f"${{{name}}} > 3"))


@given(random_forms())
def test_no_question_shares_a_page_with_one_that_decides_about_it(text):
    read = defined(text)
    asked = [question.name for question in read.questions if question.kind is not Kind.CALCULATE]
    assert [question.name for page in read.pages for question in page.questions if question.is_asked] == asked
    assert len({page.key for page in read.pages}) == len(read.pages)
    for page in read.pages:
        names = {question.name for question in page.questions}
        assert any(question.is_asked for question in page.questions)
        for name in names:
            if read.question(name).is_asked:
                assert not depended(read, name) & names, (page.key, name)


@given(random_forms())
def test_a_page_ends_only_where_it_has_to_or_where_a_group_does(text):
    """What begins a page inside a group depends on something of the page before."""
    read = defined(text)
    for before, page in zip(read.pages, read.pages[1:], strict=False):
        if before.labels == page.labels == {}:
            names = {question.name for question in before.questions}
            first = page.questions[0].name
            is_adjacent = _places(read)[first] == _places(read)[before.questions[-1].name] + 1
            assert depended(read, first) & names or not is_adjacent or _between_groups(text, first)


def _places(read):
    return {question.name: place for place, question in enumerate(read.questions)}


def _between_groups(text, name):
    """Whether an empty or computed group stands right before a question."""
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if f"| {name} |" in line)
    return "end_group" in lines[place - 1]


# What is wrong


@pytest.mark.parametrize(
    ("kind", "survey"),
    [
        ("image", "| type | name | label |\n| image | q | Zdjęcie |"),
        ("time", "| type | name | label |\n| time | q | O której |"),
        ("dateTime", "| type | name | label |\n| dateTime | q | Kiedy |"),
        ("barcode", "| type | name | label |\n| barcode | q | Kod |"),
        ("acknowledge", "| type | name | label |\n| trigger | q | Zgoda |"),
        ("audio", "| type | name | label |\n| audio | q | Dźwięk |"),
        ("file", "| type | name | label |\n| file | q | Plik |"),
        ("deviceid", "| type | name | label |\n| deviceid | q | |"),
        ("select_one", "| type | name | label |\n| select_one | q | Co |"),
        ("select_one_from_file a.csv", "| type | name | label |\n| select_one_from_file a.csv | q | Co |"),
        ("text yesno", "| type | name | label |\n| text yesno | q | Co |"),
        ("rank yesno or_other", "| type | name | label |\n| rank yesno or_other | q | Co |"),
    ],
)
def test_types_beyond_ours_are_refused_with_their_row(kind, survey):
    assert (FaultKind.TYPE, "survey", 2, "type", kind) in faults(survey)


@pytest.mark.parametrize(
    ("column", "cell", "kind", "value"),
    [
        ("relevant", "${nowhere} = 1", FaultKind.UNKNOWN_NAME, "nowhere"),
        ("relevant", "${q} = 1", FaultKind.ITSELF, "q"),
        ("relevant", "${later} = 1", FaultKind.LATER, "later"),
        ("relevant", "${told} = 1", FaultKind.UNKNOWN_NAME, "told"),
        ("relevant", "${first} =", FaultKind.SYNTAX, "${first} ="),
        ("relevant", "first = 1", FaultKind.WORD, "first = 1"),
        ("relevant", "document('x')", FaultKind.FUNCTION, "document('x')"),
        ("relevant", "pulldata('x')", FaultKind.FUNCTION, "pulldata('x')"),
        ("relevant", "/data/first = 1", FaultKind.SYNTAX, "/data/first = 1"),
        ("required", "${later} = 1", FaultKind.LATER, "later"),
        ("required", "${q} = 1", FaultKind.ITSELF, "q"),
        ("constraint", "${later} > .", FaultKind.LATER, "later"),
        ("constraint", "regex(., '(')", FaultKind.PATTERN, "regex(., '(')"),
        ("choice_filter", "name != 'x'", FaultKind.NOT_HERE, "integer"),
        ("calculation", "1 + 1", FaultKind.NOT_HERE, "integer"),
        ("parameters", "start=1", FaultKind.NOT_HERE, "integer"),
        ("default", "dużo", FaultKind.DEFAULT, "dużo"),
        ("default", "1.5", FaultKind.DEFAULT, "1.5"),
        ("appearance", "likert", FaultKind.APPEARANCE, "likert"),
        ("kmzb::role", "queen", FaultKind.VALUE, "queen"),
        ("kmzb::role", "threat", FaultKind.ROLE, "threat"),
        ("kmzb::missing", "98", FaultKind.NOT_HERE, "integer"),
        ("kmzb::reverse", "yes", FaultKind.NOT_HERE, "integer"),
        ("kmzb::publish", "maybe", FaultKind.VALUE, "maybe"),
        ("kmzb::max", "3", FaultKind.NOT_HERE, "integer"),
        ("hint", "Masz ${first}?", FaultKind.TEMPLATE, "Masz ${first}?"),
    ],
)
def test_a_cell_that_cannot_be_used_is_refused_with_row_and_column(column, cell, kind, value):
    survey = f"""
        | type | name | label | {column} |
        | integer | first | Pierwsze | |
        | note | told | Uwaga | |
        | integer | q | Pytanie | {cell} |
        | integer | later | Późniejsze | |
    """
    assert faults(survey) == [(kind, "survey", 4, column, value)]


def test_a_constraint_may_speak_of_its_own_question():
    assert (
        made("| type | name | label | constraint |\n| integer | q | Ile | ${q} > 0 and . < 9 |")
        .question("q")
        .constraint
    )


@pytest.mark.parametrize(
    ("survey", "row", "column", "kind"),
    [
        ("| range | q | Ile | start=5 end=1 |", 2, "parameters", FaultKind.RANGE),
        ("| range | q | Ile | start=0 end=10 step=3 |", 2, "parameters", FaultKind.RANGE),
        ("| range | q | Ile | start=0 end=1000 |", 2, "parameters", FaultKind.RANGE),
        ("| range | q | Ile | start=0 end=10 step=0 |", 2, "parameters", FaultKind.RANGE),
        ("| range | q | Ile | start=a |", 2, "parameters", FaultKind.RANGE),
        ("| range | q | Ile | from=1 |", 2, "parameters", FaultKind.PARAMETER),
        ("| range | q | Ile | wiele |", 2, "parameters", FaultKind.PARAMETER),
        ("| text | q | Ile | max-length=0 |", 2, "parameters", FaultKind.PARAMETER),
        ("| text | q | Ile | max-length=9999999 |", 2, "parameters", FaultKind.PARAMETER),
        ("| text | q | Ile | max-length=x |", 2, "parameters", FaultKind.PARAMETER),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(survey, row, column, kind):
    assert [fault[:4] for fault in faults(f"| type | name | label | parameters |\n{survey}")] == [
        (kind, "survey", row, column)
    ]


@pytest.mark.parametrize(
    ("kind", "parameters", "default"),
    [
        ("range", "start=0 end=10", "11"),
        ("range", "start=0 end=10 step=2", "3"),
        ("date", "", "2026-02-30"),
        ("date", "", "1.5.2026"),
        ("date", "", "today()"),
        ("select_one yesno", "", "maybe"),
        ("select_multiple yesno", "", "yes maybe"),
        ("text", "max-length=3", "abcd"),
        ("text", "", "${first}"),
    ],
)
def test_a_default_that_is_no_answer_is_refused(kind, parameters, default):
    survey = f"| type | name | label | parameters | default |\n| text | first | A | | |\n| {kind} | q | Co | {parameters} | {default} |"
    assert faults(survey) == [(FaultKind.DEFAULT, "survey", 3, "default", default)]


def test_a_default_beside_a_broken_range_is_not_blamed():
    found = faults("| type | name | label | parameters | default |\n| range | q | Co | step=0 | 3 |")
    assert [fault[0] for fault in found] == [FaultKind.RANGE]


def test_the_range_of_a_recommendation_is_zero_to_ten():
    survey = "| type | name | label | parameters | kmzb::role |\n| range | q | Polecisz | {} | nps |"
    assert made(survey.format("start=0 end=10")).with_role(Role.NPS)
    assert faults(survey.format("start=1 end=10")) == [(FaultKind.ROLE, "survey", 2, "parameters", "nps")]


@pytest.mark.parametrize("name", ["1a", "zażółć", "a b", "a-b", "a.b", "x" * 41, "csrf_token", "meta"])
def test_names_that_cannot_be_used_are_refused(name):
    assert faults(f"| type | name | label |\n| text | {name} | Co |")[0] == (FaultKind.NAME, "survey", 2, "name", name)


def test_names_of_questions_groups_and_words_of_other_are_used_once():
    survey = """
        | type | name | label |
        | text | a | A |
        | text | a | A |
        | begin_group | b | B |
        | text | b | B |
        | end_group | | |
        | text | | Bez nazwy |
        | select_one yesno or_other | how | Jak |
        | text | how_other | Jak inaczej |
    """
    assert faults(survey) == [
        (FaultKind.NAME_TWICE, "survey", 3, "name", "a"),
        (FaultKind.NAME_TWICE, "survey", 5, "name", "b"),
        (FaultKind.EMPTY, "survey", 7, "name", ""),
        (FaultKind.NAME_TWICE, "survey", 9, "name", "how_other"),
    ]


def test_choices_that_cannot_be_used_are_refused():
    choices = """
        | list_name | name | label |
        | l | a | A |
        | l | a | A |
        | l | ż | Ż |
        | l | b | |
        | | c | C |
        | l | | D |
    """
    assert [fault[:4] for fault in faults("| type | name | label |\n| select_one l | q | Co |", choices)] == [
        (FaultKind.CHOICE_TWICE, "choices", 3, "name"),
        (FaultKind.CHOICE_NAME, "choices", 4, "name"),
        (FaultKind.EMPTY, "choices", 5, "label"),
        (FaultKind.EMPTY, "choices", 6, "list_name"),
        (FaultKind.EMPTY, "choices", 7, "name"),
    ]


def test_lists_and_columns_that_are_not_there_are_named():
    survey = """
        | type | name | label | choice_filter | kmzb::missing |
        | select_one yesnoo | q | Co | | |
        | select_one yesno | r | Co | colour = 'red' | |
        | select_one yesno | s | Co | | 98 |
        | select_one yesno or_other | t | Co | name != 'no' | |
    """
    assert faults(survey) == [
        (FaultKind.LIST, "survey", 2, "type", "yesnoo"),
        (FaultKind.UNKNOWN_COLUMN, "survey", 3, "choice_filter", "colour"),
        (FaultKind.MISSING, "survey", 4, "kmzb::missing", "98"),
        (FaultKind.NOT_HERE, "survey", 5, "choice_filter", "or_other"),
    ]


def test_columns_and_languages_that_we_do_not_have_are_named():
    found = faults(
        "| type | name | label | media::image | repeat_count | hint::Deutsch (de) |\n| text | q | Co | a.png | 3 | Wie |",
        "| list_name | name | label | image |\n| l | a | A | a.png |",
        "| form_title | instance_name | default_language |\n| T | x | English (en) |",
    )
    assert found == [
        (FaultKind.LANGUAGE, "survey", 1, "hint::Deutsch (de)", "Deutsch (de)"),
        (FaultKind.COLUMN, "survey", 1, "media::image", ""),
        (FaultKind.COLUMN, "survey", 1, "repeat_count", ""),
        (FaultKind.COLUMN, "choices", 1, "image", ""),
        (FaultKind.COLUMN, "settings", 1, "instance_name", ""),
        (FaultKind.LANGUAGE, "settings", 2, "default_language", "English (en)"),
    ]


def test_a_sheet_without_the_columns_that_it_needs_is_refused_once():
    assert faults("| typ | name | label |\n| text | q | Co |\n| text | r | Co |") == [
        (FaultKind.NO_COLUMN, "survey", 1, "type", "type")
    ]
    assert faults("| type | name | label |\n| text | q | Co |", "| list | name | label |\n| l | a | A |") == [
        (FaultKind.NO_COLUMN, "choices", 1, "list_name", "list_name")
    ]


def test_a_rule_is_not_blamed_for_a_question_whose_type_was_refused():
    survey = "| type | name | label | relevant |\n| image | a | A | |\n| text | b | B | ${a} != '' |"
    assert faults(survey) == [(FaultKind.TYPE, "survey", 2, "type", "image")]


def test_settings_have_one_row():
    assert faults("| type | name | label |\n| text | q | Co |", settings="| form_title |\n| A |\n| B |")[0][:3] == (FaultKind.ONE_ROW, "settings", 3)  # fmt: skip


def test_groups_that_do_not_open_and_close_are_named():
    assert faults("| type | name | label |\n| text | q | Co |\n| end_group | | |") == [
        (FaultKind.NOT_OPEN, "survey", 3, "type", "end_group")
    ]
    assert faults("| type | name | label |\n| begin_group | g | G |\n| text | q | Co |") == [
        (FaultKind.NOT_CLOSED, "survey", 2, "type", "g")
    ]
    crossed = "| type | name | label | kmzb::max |\n| begin_group | g | G | |\n| begin_repeat | r | R | 2 |\n| text | q | Co | |\n| end_group | | | |\n| end_repeat | | | |"  # fmt: skip
    assert [fault[:3] for fault in faults(crossed)] == [
        (FaultKind.WRONG_END, "survey", 5),
        (FaultKind.WRONG_END, "survey", 6),
    ]


@pytest.mark.parametrize(
    ("most", "kind"), [("", FaultKind.EMPTY), ("0", FaultKind.MOST), ("11", FaultKind.MOST), ("x", FaultKind.MOST)]
)
def test_a_repeat_says_how_often_at_most(most, kind):
    survey = f"| type | name | label | kmzb::max |\n| begin_repeat | r | R | {most} |\n| text | q | Co | |\n| end_repeat | | | |"
    assert [fault[:4] for fault in faults(survey)] == [(kind, "survey", 2, "kmzb::max")]


def test_a_repeat_stands_in_no_repeat_and_is_not_looked_into_from_outside():
    survey = """
        | type | name | label | kmzb::max | relevant |
        | begin_repeat | r | R | 2 | |
        | text | a | A | | |
        | begin_repeat | s | S | 2 | |
        | text | b | B | | ${a} = 'x' |
        | end_repeat | | | | |
        | end_repeat | | | | |
        | text | c | C | | ${a} = 'x' |
        | begin_repeat | t | T | 2 | ${a} = 'x' |
        | text | d | D | | |
        | end_repeat | | | | |
    """
    assert faults(survey) == [
        (FaultKind.NESTED_REPEAT, "survey", 4, "type", "s"),
        (FaultKind.IN_REPEAT, "survey", 8, "relevant", "a"),
        (FaultKind.IN_REPEAT, "survey", 9, "relevant", "a"),
    ]


def test_a_group_may_not_depend_on_what_stands_in_it():
    survey = "| type | name | label | relevant |\n| begin_group | g | G | ${a} = 'x' |\n| text | a | A | |\n| end_group | | | |"
    assert faults(survey) == [(FaultKind.LATER, "survey", 2, "relevant", "a")]


def test_a_bare_word_is_refused_in_the_rule_of_a_group_too():
    survey = "| type | name | label | relevant |\n| text | a | A | |\n| begin_group | g | G | a = 'x' |\n| text | b | B | |\n| end_group | | | |"
    assert faults(survey) == [(FaultKind.WORD, "survey", 3, "relevant", "a = 'x'")]


def test_a_battery_has_choices_of_one_list_only():
    survey = """
        | type | name | label | appearance |
        | begin_group | g | G | table-list |
        | select_one yesno | a | A | |
        | select_one more | b | B | |
        | text | c | C | |
        | begin_group | h | H | |
        | select_one yesno | d | D | |
        | end_group | | | |
        | end_group | | | |
    """
    choices = YESNO + "| more | x | X |\n"
    assert [fault[:3] for fault in faults(survey, choices)] == [
        (FaultKind.BATTERY, "survey", number) for number in (4, 5, 6)
    ]


def test_a_form_or_repeat_that_asks_nothing_is_refused():
    assert faults("| type | name | label |\n| note | q | Co |") == [(FaultKind.NOTHING_ASKED, "survey", 0, "", "")]
    survey = "| type | name | label | kmzb::max |\n| text | a | A | |\n| begin_repeat | r | R | 2 |\n| note | q | Co | |\n| end_repeat | | | |"
    assert faults(survey) == [(FaultKind.NOTHING_ASKED, "survey", 3, "type", "r")]


def test_labels_are_needed_but_for_what_is_computed_or_groups():
    survey = "| type | name | label | calculation |\n| text | a | | |\n| calculate | b | | |\n| note | c | | |"
    assert faults(survey) == [
        (FaultKind.EMPTY, "survey", 2, "label", "a"),
        (FaultKind.EMPTY, "survey", 3, "calculation", "b"),
        (FaultKind.EMPTY, "survey", 4, "label", "c"),
    ]


def test_names_are_found_that_were_probably_meant():
    with pytest.raises(DefinitionRefused) as refused:
        made("| type | name | label | relevant |\n| text | safety | A | |\n| text | b | B | ${safty} = 'x' |")
    assert refused.value.faults[0].detail == "safety"


# Whatever stands there

WORDS = st.sampled_from((
    "", "yes", "no", "q", "r", "g", "l", "other", "q_other", "98", "1", "-1", "0", "11", "2026-05-01", "${q} = 'yes'", "${r} > 1",
    "${g} = 1", "${", "${}", "(", "'", "name != 'yes'", "if(${q} = 'yes', 1, 0)", "selected(${q}, 'yes')", "start=0 end=10",
    "start=1 end=0 step=0", "max-length=5", "likert", "table-list", "nps", "threat", "moderated", "TRUE", "true()", "zażółć", "x" * 50,
))  # fmt: skip
TYPES = st.sampled_from((
    "text", "integer", "decimal", "date", "range", "note", "calculate", "geopoint", "select_one l", "select_multiple l",
    "select_one l or_other", "rank l", "select_one communes", "select_one", "begin_group", "end_group", "begin_repeat", "end_repeat",
    "image", "", "select_one nowhere",
))  # fmt: skip
SURVEY_COLUMNS = (
    "name", "label", "label::English (en)", "hint", "required", "relevant", "constraint", "calculation", "choice_filter",
    "appearance", "parameters", "default", "kmzb::role", "kmzb::missing", "kmzb::reverse", "kmzb::publish", "kmzb::max", "odd",
)  # fmt: skip
ROWS = st.fixed_dictionaries({"type": TYPES}, optional=dict.fromkeys(SURVEY_COLUMNS, WORDS))
CHOICE_ROWS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("list_name", "name", "label", "label::chinese", "region"), WORDS)
)
SETTINGS_ROWS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("form_title", "default_language", "allow_choice_duplicates", "odd"), WORDS)
)


def filled(row):
    """A row as sheets have it: without empty cells."""
    return {column: text for column, text in row.items() if text}


@given(
    st.lists(ROWS.map(filled), max_size=12),
    st.lists(CHOICE_ROWS.map(filled), max_size=5),
    st.lists(SETTINGS_ROWS.map(filled), max_size=2),
)
def test_any_sheets_become_a_questionnaire_or_a_list_of_faults(survey, choices, settings):
    """Nothing that stands in a cell ends in an error of ours; every fault can be found in the file."""
    try:
        read = reading.definition({"survey": survey, "choices": choices, "settings": settings})
    except DefinitionRefused as refused:
        sheet_rows = {"survey": survey, "choices": choices, "settings": settings}
        for fault in refused.faults:
            assert 0 <= fault.row <= len(sheet_rows[fault.sheet]) + 1
    else:
        assert any(question.is_asked for question in read.questions)
        assert reading.gaps(read) is not None


SOUND = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "text",
                "integer",
                "date",
                "range",
                "select_one yesno",
                "select_multiple yesno or_other",
                "rank yesno",
                "geopoint",
                "note",
            ]
        ),
        st.sampled_from(["", "group", "repeat", "battery"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=40)
@given(SOUND)
def test_whatever_we_read_pyxform_can_convert_and_reads_back_alike(kinds):
    lines = ["| type | name | label | label::en | required | relevant | appearance | kmzb::max |"]
    for number, (kind, around, has_rule) in enumerate(kinds):
        rule = (
            f"${{q{number - 1}}} != ''"
            if has_rule and number and kinds[number - 1][1] != "repeat" and kinds[number - 1][0] != "note"
            else ""
        )
        asked = "select_one yesno" if around == "battery" else kind if around != "repeat" or kind != "note" else "text"
        opening = {"group": "begin_group", "battery": "begin_group", "repeat": "begin_repeat"}.get(around)
        if opening:
            lines.append(
                f"| {opening} | g{number} | G | G | | | {'table-list' if around == 'battery' else ''} | {3 if around == 'repeat' else ''} |"
            )
        required = "yes" if asked != "note" and has_rule else ""
        lines.append(f"| {asked} | q{number} | Q | Q | {required} | {rule} | | |")
        if opening:
            lines.append(f"| {opening.replace('begin', 'end')} | | | | | | | |")
    lines.append("| text | last | Q | Q | | | | |")
    read = sheets.read(form("\n".join(lines)).encode(), "form.md")
    definition = reading.definition(read)
    again = sheets.read(sheets.to_xlsx(read), "form.xlsx")
    assert reading.definition(again) == definition
    assert sheets.to_xform(again, "f", "1") == sheets.to_xform(read, "f", "1")


# What is not translated


def test_gaps_are_texts_that_a_language_of_the_form_lacks():
    read = made(
        """
        | type | name | label::pl | label::en | hint::pl | required | required_message::en |
        | begin_group | g | Grupa | | | | |
        | select_one yn | q | Pytanie | Question | Wskazówka | yes | Answer |
        | select_one yn | r | Drugie | | | | |
        | end_group | | | | | | |
        """,
        "| list_name | name | label::pl | label::en |\n| yn | yes | tak | yes |\n| yn | no | nie | |",
        "| form_title | kmzb::thanks::en |\n| Tytuł | Thanks |",
    )
    assert reading.gaps(read) == [
        Gap("settings", 2, "title", "", "en", "Tytuł"),
        Gap("settings", 2, "thanks", "", "pl", "Thanks"),
        Gap("survey", 3, "page", "", "en", "Grupa"),
        Gap("survey", 3, "hint", "q", "en", "Wskazówka"),
        Gap("survey", 3, "required_message", "q", "pl", "Answer"),
        Gap("choices", 0, "label", "no", "en", "nie"),
        Gap("survey", 4, "label", "r", "en", "Drugie"),
    ]


# How long it takes


def test_a_hundred_questions_are_read_in_much_less_than_three_tenths_of_a_second():
    """The best of five, for the machine may be busy; pyxform is not even imported."""
    lines = ["| type | name | label::pl | label::en | label::uk | relevant | constraint | required |"]
    for number in range(100):
        earlier = f"${{q{number - 1}}} = 'yes'" if number else ""
        lines.append(
            f"| select_one yesno | q{number} | Pytanie {number}? | Question? | Питання? | {earlier} | . != 'x' | yes |"
        )
    content = sheets.to_xlsx(sheets.read(form("\n".join(lines)).encode(), "form.md"))
    took = []
    for _ in range(5):
        begun = time.process_time()
        assert len(reading.definition(sheets.read(content, "form.xlsx")).pages) == 100
        took.append(time.process_time() - begun)
    assert min(took) < 0.3
