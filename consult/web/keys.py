"""Keys in addresses: a number there names a row, so one that no row can have leads to no page."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_KEY = 2**63 - 1
"""What a key column of either database holds: a larger number would make the query fail instead of finding nothing."""


class KeyConverter(IntegerConverter):
    """The `int` of addresses, within what a key can be."""

    regex = r"\d{1,18}"  # one more digit may be too many, and would end the search for a page instead of going on

    def __init__(self, url_map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = None) -> None:  # noqa: A002
        super().__init__(url_map, fixed_digits, min, LARGEST_KEY if max is None else max)


def init_app(app: Flask) -> None:
    """Read numbers in addresses so, before any page is registered."""
    app.url_map.converters["int"] = KeyConverter
