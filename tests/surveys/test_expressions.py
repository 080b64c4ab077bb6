"""Rules of a questionnaire: what they say of answers, and what is no rule."""

import json
import threading

import pytest

from surveys.expressions import Document, ExpressionRefused, Reason, compiled

DATES = {"d", "e"}


def document(**answers):
    made = Document(answers, DATES)
    for name, value in answers.items():
        made.put(name, value)
    return made


def holds(source, **answers):
    return compiled(source).holds(document(**answers))


def test_the_cases_of_another_evaluator_agree(shared):
    cases = json.loads((shared / "xlsform" / "expression_cases.json").read_text(encoding="utf-8"))
    assert len(cases) == 96
    wrong = [case for case in cases if holds(case["src"], **case["a"]) != case["expected"]]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "answers", "expected"),
    [
        ("${n} > 15", {"n": None}, False),
        ("${n} < 15", {"n": None}, False),
        ("not(${n} > 15)", {"n": None}, True),
        ("${n} = 5", {"n": 5.0}, True),
        ("selected(${m}, 'b')", {"m": ["a", "b"]}, True),
        ("selected(${m}, 'b')", {"m": ["ab", "bb"]}, False),
        ("count-selected(${m}) <= 3", {"m": ["a", "b"]}, True),
        ("selected-at(${m}, 1) = 'b'", {"m": ["a", "b"]}, True),
        ("${d} > '2026-01-01'", {"d": "2026-01-02"}, True),
        ("${d} < date('2026-01-01')", {"d": "2026-01-02"}, False),
        ("${d} > today()", {"d": "2031-01-02"}, True),
        ("${d} > ''", {"d": None}, False),
        ("round(${n}, 1) = 2.3", {"n": 2.25}, True),
        ("round(${n}) = 2", {"n": 1.5}, True),
        ("if(${n} > 1, 'a', 'b') = 'a'", {"n": 2}, True),
        ("coalesce(${a}, 'x') = 'x'", {"a": ""}, True),
        ("min(${a}, ${b}) = 2", {"a": None, "b": 2}, True),
        ("substr(${a}, 0, 2) = 'ab'", {"a": "abc"}, True),
        ("int(${n}) = -2", {"n": -2.9}, True),
        ("pow(2, 3) = 8", {}, True),
        ("regex(${a}, '^[0-9]{2}-[0-9]{3}$')", {"a": "98-100"}, True),
        ("${a} = 'round(1)'", {"a": "round(1)"}, True),
        ("${a} = '${b}'", {"a": "${b}", "b": "x"}, True),
    ],
)
def test_what_rules_say(source, answers, expected):
    assert holds(source, **answers) is expected


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("document('file:///etc/passwd')", Reason.FUNCTION),
        ("//a", Reason.FOREIGN),
        ("${a}/..", Reason.FOREIGN),
        ("${a}[1]", Reason.FOREIGN),
        ("@a", Reason.FOREIGN),
        ("$a", Reason.FOREIGN),
        ("str:split('a')", Reason.FOREIGN),
        ("child::a", Reason.FOREIGN),
        ("${a} ==", Reason.SYNTAX),
        ("(${a}", Reason.SYNTAX),
        ("if(${a})", Reason.SYNTAX),
        ("pulldata('a')", Reason.FUNCTION),
        ("regex(${a}, '(')", Reason.PATTERN),
        ("1" * 2_001, Reason.TOO_LONG),
        ("(" * 990 + "1" + ")" * 990, Reason.SYNTAX),
    ],
)
def test_what_is_no_rule(source, reason):
    with pytest.raises(ExpressionRefused) as refused:
        compiled(source)
    assert refused.value.reason is reason


def test_a_rule_names_its_questions_and_columns():
    rule = compiled("${region}=cf and selected(${m}, 'not_a_name') or . > 1")
    assert rule.names == {"region", "m"}
    assert rule.words == {"cf"}


def test_a_filter_compares_the_columns_of_a_choice():
    rule = compiled("region=${r} and kind != 'x'")
    answers = document(r="north")
    assert rule.admits(answers, {"region": "north", "kind": "y"})
    assert not rule.admits(answers, {"region": "south", "kind": "y"})
    assert [child.tag for child in answers.root] == ["r"], "the choice leaves no trace"


def test_the_dot_is_the_question_itself():
    assert compiled(". > 10").holds(document(n=11), at="n")
    assert compiled("not(selected(., 'c') and selected(., 'd'))").holds(document(m=["a", "c"]), at="m")


def test_values_are_numbers_or_text():
    assert compiled("${a} + 1").value(document(a=2)) == 3.0
    assert compiled("concat(${a}, '!')").value(document(a="x")) == "x!"
    assert compiled("${a}").value(document(a="x")) == "x"
    assert compiled("${a} = 'x'").value(document(a="x")) == "true"


def test_a_pattern_cannot_hang_the_server():
    assert not holds("regex(${a}, '^(a+)+$')", a="a" * 5_000 + "b")


def test_control_characters_do_no_harm():
    assert holds("${a} = 'xy'", a="x\x00y")


def test_one_rule_serves_many_at_once():
    rule = compiled("selected(${m}, 'b') and ${n} > 3")
    wrong = []

    def ask(number):
        answers = document(m=["a", "b"], n=number)
        wrong.extend(1 for _ in range(500) if rule.holds(answers) != (number > 3))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_refusals_name_the_piece():
    with pytest.raises(ExpressionRefused) as refused:
        compiled("pulldata('a')")
    assert refused.value.detail == "pulldata"
