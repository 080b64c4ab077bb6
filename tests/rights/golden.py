"""The golden table as a file: who gets what at every address, one line for an address and a method."""

from pathlib import Path

from tests.rights.asking import RELATIONS, ROLES

FILE = Path(__file__).with_name("permissions.txt")
HEAD = """\
# Who gets what, at every address: what the product answered when each was asked (test_permissions.py).
#
# All rows that addresses name belong to one unit. Each role is asked at that unit, at the one above it, one below it,
# one beside it, and one whose path begins with the same letters; one word stands for all five where they get the same.
# Asked at the own unit alone is what is open to everybody, a role that a page is not for, and the reading of what
# names nothing of the unit.
#
#   in        the page, the file, the answer
#   on        led on: what was sent is done, or what is looked for stands elsewhere
#   422, 409  let in; what was sent has a fault or comes too late
#   403       the role may not
#   404       not there, or not there for whoever asks
#   sign-in   asked to sign in
#
"""
NAMES = ("anybody", *(f"{role} {'/'.join(RELATIONS)}" if role == ROLES[1] else str(role) for role in ROLES[1:]))
WIDTHS = (4, 7, 37, 23, 23, 23)


def written(rows):
    """The file of a table."""
    lines = [line("", NAMES, "address").replace("    ", "#   ", 1)]
    lines += [line(method, cells, called) for (called, method), cells in sorted(rows.items())]
    return HEAD + "\n".join(lines) + "\n"


def line(method, cells, called):
    return "  ".join(word.ljust(width) for word, width in zip((method, *cells), WIDTHS, strict=True)) + "  " + called


def read(text):
    """The table of a file."""
    rows = {}
    for row in text.splitlines():
        if not row.startswith("#"):
            method, *cells, called = row.split(maxsplit=len(ROLES) + 1)
            rows[called, method] = tuple(cells)
    return rows


def changes(kept, found):
    """What is another in a table than in the one that is kept, in words."""
    for called, method in sorted(kept.keys() | found.keys()):
        if (called, method) not in found:
            yield f"{method} {called} is no more"
        elif (called, method) not in kept:
            yield f"{method} {called} is new: {', '.join(told(found[called, method]))}"
        else:
            before, after = told(kept[called, method]), told(found[called, method])
            for who, word in after.items():
                if word != before[who]:
                    yield f"{method} {called}: {who} gets {word}, no longer {before[who]}"


def told(cells):
    """What each gets, by who it is."""
    found = {"anybody": cells[0]}
    for role, cell in zip(ROLES[1:], cells[1:], strict=True):
        words = cell.split("/")
        for relation, word in zip(RELATIONS, words if len(words) > 1 else words * len(RELATIONS), strict=True):
            found[f"the {role} of the {relation} unit"] = word
    return found
