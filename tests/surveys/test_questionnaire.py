"""The engine by itself: random questionnaires and random posts never leave an answer that nobody was asked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.expressions import compiled
from surveys.questionnaire import Questionnaire, Step, Wrong
from surveys.questions import CHOOSING, Choice, Definition, Kind, Page, Question, Repeat

KINDS = (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK, Kind.INTEGER, Kind.RANGE, Kind.DATE, Kind.TEXT)
CHOICES = tuple(Choice(name, {"pl": name}, {"kind": kind}) for name, kind in zip("abc", "xyx", strict=True))
TEXTS = st.one_of(
    st.sampled_from(["", "a", "b", "c", "z", "1", "5", "11", "-3", "2026-05-01", "2026-05-32", "NaN", "a b"]),
    st.text(max_size=12),
)


def question(name, kind, **facts):
    choices = CHOICES if kind in CHOOSING else ()
    return Question(name, kind, 1, {"pl": name}, choices=choices, limit=10, **facts)


@st.composite
def conditions(draw, names):
    """A rule about one earlier question, or none."""
    if not names or draw(st.booleans()):
        return ()
    name = draw(st.sampled_from(names))
    shape = draw(
        st.sampled_from(["${%s} = 'a'", "selected(${%s}, 'b')", "${%s} > 3", "${%s} != ''", "not(${%s} = 'c')"])
    )
    return (compiled(shape % name),)


@st.composite
def definitions(draw):
    """A questionnaire of up to eight questions, some in a repeat, each on a page of its own."""
    questions = []
    repeat = Repeat("rounds", {"pl": "rounds"}, 2)
    size = draw(st.integers(1, 8))
    inside = draw(st.integers(0, size))
    for number in range(size):
        is_inside = number >= inside
        names = [one.name for one in questions]
        rule = draw(conditions(names))
        facts = {"relevant": rule, "repeat": "rounds" if is_inside else ""}
        kind = draw(st.sampled_from(KINDS))
        if kind in CHOOSING and draw(st.booleans()):
            facts["choice_filter"] = compiled("kind = 'x'")
            facts["missing"] = frozenset("c")
        if draw(st.integers(0, 3)) == 0:
            facts["required"] = compiled("true()")
        questions.append(question(f"q{number}", kind, **facts))
    pages = tuple(
        Page(
            f"p{n}", {"pl": ""}, (one,), repeat if one.repeat else None, one.repeat != "" and n == inside, n == size - 1
        )
        for n, one in enumerate(questions)
    )
    return Definition({"pl": "t"}, {}, {}, {}, ("pl",), tuple(questions), pages)


def every_answer(asking, answers):
    """Each question with its answer, those of rounds with the answers of their round beside the outer ones."""
    for name, value in answers.items():
        if name == "rounds":
            for one in value:
                yield from (
                    (asking.definition.question(inner), found, {**answers, **one}) for inner, found in one.items()
                )
        else:
            yield asking.definition.question(name), value, answers


def check_holds(asking, answers):
    from surveys.expressions import Document

    for one, value, beside in every_answer(asking, answers):
        document = Document(
            [q.name for q in asking.definition.questions],
            {q.name for q in asking.definition.questions if q.kind is Kind.DATE},
        )
        for name, other in beside.items():
            if name != "rounds":
                document.put(name, other)
        assert all(rule.holds(document, one.name) for rule in one.relevant), (one.name, answers)
        if one.kind in CHOOSING:
            listed = [value] if isinstance(value, str) else value
            allowed = {c.name for c in one.choices if one.choice_filter is None or c.columns["kind"] == "x"}
            assert set(listed) <= allowed, (one.name, value)
            assert len(set(listed)) == len(listed)


@given(definitions(), st.data())
def test_no_submission_holds_what_was_not_asked_or_not_listed(definition, data):
    """Whatever is posted, in whatever order of pages and buttons."""
    asking = Questionnaire(definition)
    answers = {}
    for _ in range(data.draw(st.integers(1, 8))):
        steps = asking.steps(answers)
        if not steps:
            break
        step = data.draw(st.sampled_from(steps))
        names = [one.name for one in definition.questions] + ["q0-1", "q1-2", "rounds", "strange"]
        sent = data.draw(st.dictionaries(st.sampled_from(names), st.lists(TEXTS, max_size=3), max_size=4))
        reading = asking.read(step, answers, sent)
        answers = asking.pruned(reading.answers)
        check_holds(asking, answers)
    kept, asked, _faults = asking.settled(answers)
    check_holds(asking, kept)
    assert {one.name for one, _v, _b in every_answer(asking, kept)} <= asked


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["q0", "q1", "x"]), inner, max_size=3),
)


@given(
    definitions(), st.dictionaries(st.sampled_from(["q0", "q1", "q2", "q3", "q5", "rounds", "x"]), ANYTHING, max_size=6)
)
def test_any_document_is_pruned_to_one_that_holds_and_stays(definition, document):
    asking = Questionnaire(definition)
    kept = asking.pruned(document)
    check_holds(asking, kept)
    assert asking.pruned(kept) == kept, "a second pass changes nothing"


@given(definitions(), st.data())
def test_every_walk_ends_and_comes_back(definition, data):
    """Forward reaches the check in as many steps as there are, backward the first one."""
    asking = Questionnaire(definition)
    answers = asking.pruned(
        data.draw(st.dictionaries(st.sampled_from(["q0", "q1", "q2", "rounds"]), ANYTHING, max_size=4))
    )
    steps = asking.steps(answers)
    if not steps:
        return
    walked, at = [steps[0]], steps[0]
    while (at := asking.after(at, answers)) is not None:
        walked.append(at)
        assert len(walked) <= len(steps)
    assert walked == steps
    back = [walked[-1]]
    while (before := asking.before(back[-1], answers)) is not None:
        back.append(before)
    assert back == walked[::-1]


def asking_of(*questions, **facts):
    pages = (Page("p1", {"pl": ""}, tuple(questions)),)
    return Questionnaire(Definition({"pl": "t"}, {}, {}, {}, ("pl",), tuple(questions), facts.get("pages", pages)))


def read(one, **sent):
    asking = asking_of(one)
    reading = asking.read(asking.first, {}, {name: [value] for name, value in sent.items()})
    return reading.answers.get(one.name), [fault.wrong for fault in reading.faults]


@pytest.mark.parametrize(
    ("kind", "text", "value", "wrong"),
    [
        (Kind.INTEGER, " 1 234 ", 1234, []),
        (Kind.INTEGER, "−5", -5, []),
        (Kind.INTEGER, "3.0", 3, []),
        (Kind.INTEGER, "3,5", None, [Wrong.NOT_WHOLE]),
        (Kind.INTEGER, "0x1f", None, [Wrong.NOT_A_NUMBER]),
        (Kind.INTEGER, "9" * 16, None, [Wrong.NOT_A_NUMBER]),
        (Kind.INTEGER, "\u0663", None, [Wrong.NOT_A_NUMBER]),
        (Kind.DECIMAL, "3,25", 3.25, []),
        (Kind.DECIMAL, "inf", None, [Wrong.NOT_A_NUMBER]),
        (Kind.DECIMAL, "1e99", None, [Wrong.NOT_A_NUMBER]),
        (Kind.RANGE, "10", 10, []),
        (Kind.RANGE, "10.5", None, [Wrong.OUT_OF_RANGE]),
        (Kind.RANGE, "11", None, [Wrong.OUT_OF_RANGE]),
        (Kind.DATE, "31.5.2026", "2026-05-31", []),
        (Kind.DATE, "2026-05-31", "2026-05-31", []),
        (Kind.DATE, "32.05.2026", None, [Wrong.NOT_A_DATE]),
        (Kind.DATE, "31-02-2026", None, [Wrong.NOT_A_DATE]),
        (Kind.DATE, "0001-01-01", None, [Wrong.NOT_A_DATE]),
        (Kind.TEXT, " a\r\nb ", "a\nb", []),
        (Kind.TEXT, "12345678901", None, [Wrong.TOO_LONG]),
        (Kind.TEXT, "\x1b[31m", None, [Wrong.CONTROL]),
        (Kind.TEXT, "   ", None, []),
        (Kind.SELECT_ONE, "a", "a", []),
        (Kind.SELECT_ONE, "A", None, [Wrong.UNLISTED]),
        (Kind.SELECT_MULTIPLE, "b", ["b"], []),
    ],
)
def test_how_answers_are_read(kind, text, value, wrong):
    assert read(question("q", kind), q=text) == (value, wrong)


def test_several_choices_keep_the_order_of_the_form():
    asking = asking_of(question("q", Kind.SELECT_MULTIPLE))
    assert asking.read(asking.first, {}, {"q": ["c", "a", "a"]}).answers == {"q": ["a", "c"]}


def test_a_required_answer_and_a_constraint():
    needed = question("q", Kind.INTEGER, required=compiled("true()"), constraint=compiled(". > 3"))
    assert read(needed) == (None, [Wrong.REQUIRED])
    assert read(needed, q="2")[1] == [Wrong.CONSTRAINT]
    assert read(needed, q="4") == (4, [])


def test_a_constraint_may_speak_of_the_page():
    first = question("first", Kind.INTEGER)
    last = question("last", Kind.INTEGER, constraint=compiled(". >= ${first}"))
    asking = asking_of(first, last)
    faults = asking.read(asking.first, {}, {"first": ["5"], "last": ["4"]}).faults
    assert [(fault.question.name, fault.wrong) for fault in faults] == [("last", Wrong.CONSTRAINT)]


def test_calculations_are_made_by_the_server_alone():
    first = question("first", Kind.INTEGER)
    twice = replace(question("twice", Kind.CALCULATE), calculation=compiled("${first} * 2"))
    asking = asking_of(first, twice)
    assert asking.pruned({"first": 4, "twice": 99}) == {"first": 4, "twice": 8.0}
    reading = asking.read(asking.first, {}, {"first": ["4"], "twice": ["99"]})
    assert [fault.wrong for fault in reading.faults] == [Wrong.NOT_ASKED]


def test_a_chain_of_conditions_falls_together():
    a = question("a", Kind.SELECT_ONE)
    b = question("b", Kind.SELECT_ONE, relevant=(compiled("${a} = 'a'"),))
    c = question("c", Kind.SELECT_ONE, relevant=(compiled("${b} = 'b'"),))
    pages = tuple(Page(f"p{n}", {}, (one,)) for n, one in enumerate((a, b, c)))
    asking = asking_of(a, b, c, pages=pages)
    assert asking.pruned({"a": "a", "b": "b", "c": "c"}) == {"a": "a", "b": "b", "c": "c"}
    assert asking.pruned({"a": "b", "b": "b", "c": "c"}) == {"a": "b"}
    assert [step.key for step in asking.steps({"a": "b"})] == ["p0"]


def test_a_step_outside_the_form_is_no_step():
    asking = asking_of(question("a", Kind.TEXT))
    assert asking.step("p1", {}) == Step(asking.definition.pages[0])
    for key in ("", "p9", "p1.1", "p1.x", "p1.999", "p1.-1"):
        assert asking.step(key, {}) is None, key
