"""What the product's own sheet of categories holds, for tests that count by it."""

from consult.catalogue import sheet
from consult.catalogue.commands import CATEGORIES
from consult.clock import today


def in_sheet():
    """The codes of the sheet, in its order."""
    return [row.code for row in sheet.read(CATEGORIES.read_bytes())]


def in_force(day=None):
    """The codes of the sheet that hold on a day, by default today."""
    day = day or today()
    rows = sheet.read(CATEGORIES.read_bytes())
    return [row.code for row in rows if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)]
