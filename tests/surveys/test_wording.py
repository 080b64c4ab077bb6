"""Every fault, gap and change has words, and they say where and what."""

import pytest

from surveys import reading, sheets, wording
from surveys.faults import DefinitionRefused, Fault, FaultKind
from surveys.reading import Gap
from surveys.versions import ADDITIVE, BREAKING, HARMLESS, Change, Changed, ChangeKind
from surveys.wording import change_in_words, fault_in_words, fault_sentence, gap_in_words, kind_in_words


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_words_of_its_own(app, kind):
    said = fault_sentence(Fault(kind, "survey", 7, "label", "VALUE", "DETAIL"))
    assert said
    assert "%(" not in said
    others = [other for other in FaultKind if other is not kind]
    assert said not in {fault_sentence(Fault(other, "survey", 7, "label", "VALUE", "DETAIL")) for other in others}


@pytest.mark.parametrize("what", Changed)
def test_every_change_has_words_and_names_its_question(app, what):
    said = change_in_words(Change(BREAKING, what, "safe", "label pl" if what is Changed.TEXT else "yes", "OLD", "NEW"))
    assert said.startswith("safe: ")
    assert "%(" not in said


def test_a_fault_is_placed_by_sheet_row_and_column_as_far_as_they_are_known(app):
    whole = fault_in_words(Fault(FaultKind.LATER, "survey", 7, "relevant", "age", "12"))
    assert [word in whole for word in ("survey", "7", "relevant", "age", "12")] == [True] * 5
    assert whole.index("survey") < whole.index("7") < whole.index("relevant") < whole.index("age")
    assert fault_in_words(Fault(FaultKind.TOO_LARGE)) == fault_sentence(Fault(FaultKind.TOO_LARGE))


def test_types_and_columns_of_xlsform_that_we_lack_are_explained_one_by_one(app):
    sentences = {
        kind: fault_sentence(Fault(FaultKind.TYPE, "survey", 2, "type", kind))
        for kind in ("image", "time", "deviceid", "select_one_from_file a.csv", "select_one", "acknowledge", "matrix")
    }
    assert len(set(sentences.values())) == len(sentences)
    columns = {
        fault_sentence(Fault(FaultKind.COLUMN, "survey", 1, column))
        for column in ("media::image", "repeat_count", "readonly", "x")
    }
    assert len(columns) == 4


def test_a_name_that_was_probably_meant_is_offered(app):
    assert "safety" in fault_sentence(Fault(FaultKind.UNKNOWN_NAME, "survey", 2, "relevant", "safty", "safety"))


def test_only_the_beginning_of_a_long_text_is_shown(app):
    said = fault_sentence(Fault(FaultKind.TEMPLATE, "survey", 2, "label", "x" * 500))
    assert len(said) < 300
    assert len(fault_sentence(Fault(FaultKind.SYNTAX, "survey", 2, "relevant", "x" * 500))) < 200


def test_signs_that_mean_something_to_the_formatting_are_shown_as_written(app):
    assert "100%(x)s" in fault_sentence(Fault(FaultKind.SYNTAX, "survey", 2, "relevant", "100%(x)s"))


def test_a_gap_names_the_text_and_the_language(app):
    said = gap_in_words(Gap("survey", 3, "label", "safe", "uk", "Czy jest bezpiecznie?"))
    assert "safe" in said
    assert "Czy jest bezpiecznie?" in said
    assert str(wording.LANGUAGES["uk"]) in said


def test_a_changed_text_stands_there_before_and_after(app):
    said = change_in_words(Change(HARMLESS, Changed.TEXT, "safe", "choice yes pl", "tak", "owszem"))
    assert said.index("tak") < said.index("owszem")
    assert "yes" in said
    whole = change_in_words(Change(HARMLESS, Changed.TEXT, "", "title en", "A", "B"))
    assert not whole.startswith(":")


def test_every_kind_of_change_has_a_heading(app):
    assert len({kind_in_words(kind) for kind in ChangeKind}) == 3
    assert kind_in_words(ADDITIVE)


def test_every_fault_of_the_real_forms_has_words(app, shared):
    said = 0
    for path in sorted((shared / "xlsform").glob("*.xls*")):
        for fault in refused(path):
            words = fault_in_words(fault)
            assert str(fault.row) in words
            assert fault.column[:20] in words
            said += 1
    assert said > 20


def refused(path):
    try:
        reading.definition(sheets.read(path.read_bytes(), path.name))
    except DefinitionRefused as refusal:
        return refusal.faults
    return ()
