"""Signing in and out."""

from tests.accounts.makers import officer, sign_in
from tests.pages import Page


def test_an_officer_signs_in_and_sees_the_own_account(client):
    person = officer()
    page = Page(sign_in(client, person), "/accounts/own")
    assert person.email in page.text
