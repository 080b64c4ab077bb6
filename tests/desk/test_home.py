"""The public front page."""

from tests.pages import Page


def test_the_front_page_opens_for_everyone(client):
    assert Page(client, "/").soup.h1


def test_an_unknown_address_says_so_and_what_to_do(client):
    page = Page(client, "/no-such-page", status=404)
    assert page.soup.h1
