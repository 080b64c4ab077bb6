"""Codes: what is drawn, what is forgiven, and what is told apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import codes

DRAWN = [codes.new_code(), codes.new_draft_code()]


@pytest.mark.parametrize(("draw", "length", "bits"), [(codes.new_code, 28, 128), (codes.new_draft_code, 20, 80)])
def test_a_code_is_long_enough_and_well_formed(draw, length, bits):
    drawn = {draw() for _ in range(300)}
    assert len(drawn) == 300
    assert all(len(code) == length and codes.is_well_formed(code) for code in drawn)
    assert (length - codes.CHECK_LENGTH) * 5 >= bits
    # Every character but the check takes all values: nothing is fixed.
    assert all(len({code[place] for code in drawn}) > 20 for place in range(length - codes.CHECK_LENGTH))


@pytest.mark.parametrize("code", DRAWN)
def test_every_wrong_character_is_found(code):
    for place, right in enumerate(code):
        for wrong in set(codes.ALPHABET) - {right}:
            assert not codes.is_well_formed(code[:place] + wrong + code[place + 1 :])


@given(st.integers(0, 27), st.integers(0, 27))
def test_every_exchange_of_two_characters_is_found(first, second):
    code = DRAWN[0]
    letters = list(code)
    letters[first], letters[second] = letters[second], letters[first]
    assert codes.is_well_formed("".join(letters)) == ("".join(letters) == code)


@pytest.mark.parametrize("code", ["", "A", DRAWN[0][:-1], DRAWN[0] + "0", DRAWN[0][:-1] + "U", "Ż" * 28, "١" * 28])
def test_what_is_no_code_is_not_well_formed(code):
    assert not codes.is_well_formed(codes.normalised(code))


def test_case_blanks_dashes_and_look_alikes_are_forgiven():
    code = next(code for code in iter(codes.new_code, "") if "0" in code and "1" in code)
    typed = codes.shown(code).lower().replace("0", "o").replace("1", "l")
    assert codes.normalised(typed) == code
    assert codes.normalised(f"  {typed.replace('-', ' – ')}\u00a0\n") == code
    assert codes.normalised(typed.replace("l", "I")) == code


@given(st.text())
def test_any_text_can_be_tried(text):
    tried = codes.normalised(text)
    assert codes.normalised(tried) == tried
    assert codes.is_well_formed(tried) in {True, False}


def test_a_code_is_shown_in_groups_of_four():
    assert re.fullmatch(r"(\w{4}-){6}\w{4}", codes.shown(codes.new_code()))
    assert re.fullmatch(r"(\w{4}-){4}\w{4}", codes.shown(codes.new_draft_code()))


def test_purposes_and_secrets_separate_what_is_kept():
    purposes = (codes.INVITATIONS, codes.DRAFTS, codes.RECEIPTS)
    kept = {codes.hmac_of(DRAWN[0], secret, purpose) for purpose in purposes for secret in ("a" * 32, "b" * 32)}
    assert len(kept) == 6
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in kept)
    assert not any(DRAWN[0] in one for one in kept)


def test_a_receipt_number_follows_from_the_key_alone():
    number = codes.receipt_of("a-key", "secret")
    assert re.fullmatch(r"AN(-[0-9A-HJKMNP-TV-Z]{4}){3}", number)
    assert number == codes.receipt_of("a-key", "secret")
    assert number != codes.receipt_of("A-key", "secret")
    assert number != codes.receipt_of("a-key", "other")
