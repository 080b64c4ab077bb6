"""What a new version changes: harmless, additive, or breaking what answers mean under one name."""

import json

import pytest

from surveys.versions import ADDITIVE, BREAKING, HARMLESS, Change, Changed, breaking, changes
from tests.surveys.test_reading import made

CHOICES = """
| list_name | name | label |
| l | yes | tak |
| l | no | nie |
| l | 98 | nie wiem |
"""
COLUMNS = (
    "type", "name", "label", "hint", "relevant", "required", "constraint", "calculation", "choice_filter", "appearance",
    "parameters", "default", "kmzb::role", "kmzb::missing", "kmzb::reverse", "kmzb::publish", "kmzb::max",
)  # fmt: skip


def version(*rows, choices=CHOICES, settings=""):
    """A questionnaire of rows, each the cells that it has by column."""
    lines = ["| " + " | ".join(COLUMNS) + " |"]
    lines += ["| " + " | ".join(row.get(column, "") for column in COLUMNS) + " |" for row in rows]
    return made("\n".join(lines), choices, settings)


def question(name="q", kind="integer", label="Ile?", **cells):
    own = {
        f"kmzb::{column}": cells.pop(column)
        for column in ("role", "missing", "reverse", "publish", "max")
        if column in cells
    }
    return {"type": kind, "name": name, "label": label, **cells, **own}


FIRST = question("first", "text", "Pierwsze")


def told(before, after, **more):
    """The changes as (kind, what, question, detail)."""
    found = changes(version(FIRST, before, **more), version(FIRST, after, **more))
    return [(change.kind, change.what, change.question, change.detail) for change in found]


def test_the_same_is_no_change():
    assert changes(version(FIRST), version(FIRST)) == []


@pytest.mark.parametrize(
    ("before", "after", "kind", "what"),
    [
        (question(), question(kind="decimal"), BREAKING, Changed.TYPE),
        (question(), question(required="yes"), BREAKING, Changed.REQUIRED),
        (question(required="yes"), question(required="${first}='x'"), BREAKING, Changed.REQUIRED),
        (question(required="yes"), question(), HARMLESS, Changed.NOT_REQUIRED),
        (question(), question(constraint=". > 0"), BREAKING, Changed.CONSTRAINT),
        (question(constraint=". > 0"), question(constraint=". > 1"), BREAKING, Changed.CONSTRAINT),
        (question(constraint=". > 0"), question(), HARMLESS, Changed.NO_CONSTRAINT),
        (question(), question(relevant="${first}='x'"), ADDITIVE, Changed.RELEVANT),
        (question(), question(role="age"), BREAKING, Changed.ROLE),
        (question(publish="no"), question(publish="yes"), BREAKING, Changed.PUBLISH),
        (question(publish="no"), question(publish="moderated"), BREAKING, Changed.PUBLISH),
        (question(publish="yes"), question(publish="moderated"), HARMLESS, Changed.PUBLISH),
        (question(), question(default="5"), HARMLESS, Changed.DEFAULT),
        (question(kind="range"), question(kind="range", parameters="end=5"), BREAKING, Changed.RANGE),
        (question(kind="range"), question(kind="range", reverse="yes"), BREAKING, Changed.REVERSED),
        (question(kind="text"), question(kind="text", parameters="max-length=9"), BREAKING, Changed.LIMIT),
        (question(kind="text", parameters="max-length=9"), question(kind="text"), HARMLESS, Changed.LIMIT),
        (question(kind="text"), question(kind="text", appearance="multiline"), HARMLESS, Changed.LOOKS),
        (question(kind="select_one l"), question(kind="select_one l", missing="98"), BREAKING, Changed.MISSING),
        (question(kind="select_one l"), question(kind="select_one l", choice_filter="name != ${first}"), ADDITIVE, Changed.CHOICE_FILTER),
        (question(kind="calculate", calculation="1"), question(kind="calculate", calculation="2"), BREAKING, Changed.CALCULATION),
        (question(), question(label="Jak wiele?"), HARMLESS, Changed.TEXT),
        (question(), question(hint="W latach"), HARMLESS, Changed.TEXT),
    ],
)  # fmt: skip
def test_one_difference_is_one_change_of_its_kind(before, after, kind, what):
    found = told(before, after)
    assert [change[:3] for change in found] == [(kind, what, "q")]


def test_a_text_is_shown_before_and_after_for_a_person_to_judge():
    (change,) = changes(version(question(label="Czy bezpiecznie?")), version(question(label="Czy niebezpiecznie?")))
    assert (change.detail, change.before, change.after) == ("label pl", "Czy bezpiecznie?", "Czy niebezpiecznie?")
    assert change.kind is HARMLESS


def test_texts_of_choices_and_of_the_form_are_shown_too():
    q = question(kind="select_one l")
    found = changes(
        version(q, settings="| form_title | kmzb::thanks |\n| A | Dziękujemy |"),
        version(q, choices=CHOICES.replace("tak", "owszem"), settings="| form_title | kmzb::intro |\n| B | Witamy |"),
    )
    assert [(change.question, change.detail, change.before, change.after) for change in found] == [
        ("", "title pl", "A", "B"),
        ("", "intro pl", "", "Witamy"),
        ("", "thanks pl", "Dziękujemy", ""),
        ("q", "choice yes pl", "tak", "owszem"),
    ]


def test_a_new_question_adds_and_one_that_goes_ends_its_own_figures():
    found = changes(version(FIRST, question()), version(FIRST, question("r", required="yes")))
    assert [(change.kind, change.what, change.question) for change in found] == [
        (ADDITIVE, Changed.REMOVED, "q"),
        (ADDITIVE, Changed.ADDED, "r"),
    ]
    assert breaking(found) == []


def test_a_note_may_come_and_go():
    note = question("n", "note", "Uwaga")
    assert [change.kind for change in changes(version(FIRST, note), version(FIRST))] == [HARMLESS]
    assert [change.kind for change in changes(version(FIRST), version(FIRST, note))] == [HARMLESS]


def choice_changes(before, after, **cells):
    q = question(kind=cells.pop("kind", "select_one l"), **cells)
    found = changes(version(FIRST, q, choices=before), version(FIRST, q, choices=after))
    return [(change.kind, change.what, change.detail) for change in found]


def test_a_choice_more_adds_and_a_choice_less_breaks():
    more = CHOICES + "| l | maybe | może |\n"
    assert choice_changes(CHOICES, more) == [(ADDITIVE, Changed.CHOICE_ADDED, "maybe")]
    assert choice_changes(more, CHOICES) == [(BREAKING, Changed.CHOICE_REMOVED, "maybe")]


def test_on_a_scale_another_point_or_order_breaks_what_marks_mean():
    more = CHOICES + "| l | maybe | może |\n"
    turned = CHOICES.replace("| l | yes | tak |\n| l | no | nie |", "| l | no | nie |\n| l | yes | tak |")
    assert choice_changes(CHOICES, more, appearance="likert") == [(BREAKING, Changed.CHOICE_ADDED, "maybe")]
    assert choice_changes(CHOICES, turned, appearance="likert") == [(BREAKING, Changed.CHOICE_ORDER, "")]
    assert choice_changes(CHOICES, turned) == [(HARMLESS, Changed.CHOICE_ORDER, "")]
    assert choice_changes(CHOICES, turned, kind="rank l") == [(BREAKING, Changed.CHOICE_ORDER, "")]


def test_dont_know_may_be_added_to_a_scale():
    before = version(
        question(kind="select_one l", appearance="likert"), choices=CHOICES.replace("| l | 98 | nie wiem |", "")
    )
    after = version(question(kind="select_one l", appearance="likert", missing="98"))
    assert [(change.kind, change.what) for change in changes(before, after)] == [(ADDITIVE, Changed.CHOICE_ADDED)]


def test_into_a_repeat_or_out_of_it_breaks():
    begin, end = question("r", "begin_repeat", "R", max="3"), {"type": "end_repeat"}
    found = changes(version(FIRST, question()), version(FIRST, begin, question(), end))
    assert [(change.kind, change.what, change.after) for change in found] == [(BREAKING, Changed.REPEAT, "r")]


def test_fewer_rounds_break_and_more_add():
    def rounds(most):
        return version(FIRST, question("r", "begin_repeat", "R", max=most), question(), {"type": "end_repeat"})

    assert [(change.kind, change.what) for change in changes(rounds("3"), rounds("2"))] == [(BREAKING, Changed.MOST)]
    assert [(change.kind, change.what) for change in changes(rounds("3"), rounds("5"))] == [(ADDITIVE, Changed.MOST)]


def test_another_order_or_other_groups_are_harmless():
    found = changes(version(FIRST, question()), version(question(), FIRST))
    assert [(change.kind, change.what) for change in found] == [(HARMLESS, Changed.ORDER)]
    grouped = version({"type": "begin_group", "name": "g", "label": "G"}, FIRST, question(), {"type": "end_group"})
    assert [change.kind for change in changes(version(FIRST, question()), grouped)] == [HARMLESS]


def test_a_language_more_is_one_change_not_one_for_each_text():
    one = made("| type | name | label::pl |\n| text | a | A |\n| text | b | B |", choices="")
    two = made("| type | name | label::pl | label::en |\n| text | a | A | A |\n| text | b | B | B |", choices="")
    assert [(change.kind, change.what, change.detail) for change in changes(one, two)] == [
        (HARMLESS, Changed.LANGUAGE_ADDED, "en")
    ]
    assert [(change.kind, change.what, change.detail) for change in changes(two, one)] == [
        (ADDITIVE, Changed.LANGUAGE_REMOVED, "en")
    ]


def test_the_gravest_stand_first_and_can_be_kept_as_json():
    found = changes(version(FIRST, question(), question("r")), version(FIRST, question(label="Jak?", kind="decimal")))
    assert [change.kind for change in found] == [BREAKING, ADDITIVE, HARMLESS]
    assert [Change.of(record) for record in json.loads(json.dumps([change.record for change in found]))] == found
    assert breaking(found) == found[:1]
