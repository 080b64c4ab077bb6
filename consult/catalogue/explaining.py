"""A few words beside the name of a category that looks like another one: on the water, beside it, or bathing there.

They are data beside the catalogue (`explanations.csv`), in each language of the pages. A category that nobody takes for
another has none.
"""

import csv
from functools import cache
from pathlib import Path

EXPLANATIONS = Path(__file__).with_name("explanations.csv")


@cache
def explanations() -> dict[str, dict[str, str]]:
    """Read the explanations once: by the category's code, by language ("pl", "en", "uk")."""
    with EXPLANATIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return {row["code"]: {name: text for name, text in row.items() if name != "code"} for row in rows}


def explained(code: str, name: str, language: str) -> str:
    """Give a category's name in a language with what tells it from others, the name alone where nothing needs to."""
    words = explanations().get(code, {}).get(language, "")
    return f"{name} ({words})" if words else name
