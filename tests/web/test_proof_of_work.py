"""Proof of work: right, in time, on our terms and once; everything else is no proof and no fault of ours."""

import base64
from itertools import count

import pytest

from consult.web import proof_of_work, traffic
from tests.web.makers import counter_of, key, sealed, solved

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    """One round a try: the rule is the same, and the tests are quick."""
    monkeypatch.setattr(proof_of_work, "COST", 1)


def test_a_solution_counts_once():
    solution = solved()
    assert proof_of_work.is_done(solution)
    assert not proof_of_work.is_done(solution)


def test_a_solution_is_forgotten_by_no_counter_before_it_is_too_late(monkeypatch):
    solution = solved()
    assert proof_of_work.is_done(solution)
    clock = proof_of_work.time.time
    monkeypatch.setattr("consult.web.proof_of_work.time.time", lambda: clock() + proof_of_work.LASTS_S - 2)
    assert not proof_of_work.is_done(solution)


def test_a_solution_that_comes_too_late_does_not_count(monkeypatch):
    solution = solved()
    clock = proof_of_work.time.time
    monkeypatch.setattr("consult.web.proof_of_work.time.time", lambda: clock() + proof_of_work.LASTS_S + 1)
    assert not proof_of_work.is_done(solution)


@pytest.mark.parametrize(
    "terms", [{"keyPrefix": ""}, {"keyPrefix": "0"}, {"cost": 0}, {"expiresAt": 2**40}, {"nonce": "00" * 16}, {"x": 1}]
)
def test_terms_that_were_made_easier_are_not_ours(terms):
    given = proof_of_work.challenge()
    given["parameters"] |= terms
    assert not proof_of_work.is_done(sealed(given, counter=0))


def test_a_forged_signature_or_none_does_not_count():
    given = proof_of_work.challenge()
    counter = counter_of(given)
    for signature in ("", "0" * 64, "ą", None, 7):
        assert not proof_of_work.is_done(sealed({**given, "signature": signature}, counter=counter))


def test_another_try_than_the_right_one_does_not_count():
    given = proof_of_work.challenge()
    wrong = next(k for k in count() if not key(given["parameters"], k).startswith("00"))
    for counter in (wrong, -1, 2**32, 1.0, True, "1", None, [1]):
        assert not proof_of_work.is_done(sealed(given, counter=counter))


@pytest.mark.parametrize(
    "rubbish",
    ["", "x", "ą", "e30=", "W10=", "bnVsbA==", "MQ==", base64.b64encode(b"[" * 1_400).decode(), "A" * 100_000, "\x00"],
    ids=lambda text: text[:12],
)
def test_rubbish_is_no_proof(rubbish):
    assert not proof_of_work.is_done(rubbish)


def test_with_the_day_every_challenge_of_the_day_ends(monkeypatch):
    solution = solved()
    monkeypatch.setattr(traffic, "_secret_of_today", lambda: "the secret of tomorrow")
    assert not proof_of_work.is_done(solution)
