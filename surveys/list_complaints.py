"""What is wrong with a list of addresses, in words for whoever hands it in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from surveys.addressees import MAX_BYTES, Fault, Wrong

SHOWN = 50
"""So many faults are told; whoever has more corrects these first."""

WORDS: Mapping[Wrong, Callable[[Fault], Any]] = {
    Wrong.TOO_LARGE: lambda _fault: _(
        "The list is larger than %(size)s MB. Split it into several lists.", size=MAX_BYTES // (1024 * 1024)
    ),
    Wrong.NOT_UTF8: lambda _fault: _("The letters of this file cannot be read. Save it as CSV UTF-8 or as .xlsx."),
    Wrong.NOT_A_WORKBOOK: lambda _fault: _("This file cannot be read. Save the list as .xlsx or as CSV UTF-8."),
    Wrong.NO_COLUMNS: lambda _fault: _(
        "The first row must name the columns: street and town, or email; if wanted also addressee, postcode, commune, "
        "language."
    ),
    Wrong.COLUMN_TWICE: lambda fault: _("The column “%(column)s” is there twice.", column=fault.value),
    Wrong.TOO_MANY_ROWS: lambda fault: _("The list has more than %(most)s rows. Split it.", most=fault.value),
    Wrong.EMPTY: lambda _fault: _("The list has no rows below the names of its columns."),
    Wrong.NO_ADDRESS: lambda _fault: _("Neither an e-mail address nor street and town are given."),
    Wrong.EMAIL: lambda fault: _("“%(value)s” is no e-mail address.", value=fault.value),
    Wrong.POSTCODE: lambda fault: _("“%(value)s” is no postcode. Write it as 98-100.", value=fault.value),
    Wrong.LANGUAGE: lambda fault: _("The language “%(value)s” is not known. Write pl, en or uk.", value=fault.value),
    Wrong.COMMUNE: lambda fault: _("The survey’s area has no commune “%(value)s”.", value=fault.value),
    Wrong.COMMUNE_UNCLEAR: lambda fault: _(
        "Several communes are called “%(value)s”. Write the commune’s TERYT code instead.", value=fault.value
    ),
    Wrong.TOO_LONG: lambda fault: _(
        "The column “%(column)s” takes %(most)s characters at most.", column=fault.column, most=fault.value
    ),
    Wrong.CONTROL: lambda fault: _(
        "The column “%(column)s” holds characters that cannot be printed. Remove them.", column=fault.column
    ),
    Wrong.TWICE: lambda fault: _("This row is the same as row %(row)s.", row=fault.value),
}


def fault_in_words(fault: Fault) -> str:
    """Say what is wrong and, where it is one row, with which."""
    said = str(WORDS[fault.wrong](fault))
    return str(_("Row %(row)s: %(said)s", row=fault.row, said=said)) if fault.row else said


def faults_in_words(faults: Sequence[Fault]) -> list[str]:
    """Say the first faults, and that there are more."""
    more = [str(_("… and more. Correct these first."))] if len(faults) > SHOWN else []
    return [fault_in_words(fault) for fault in faults[:SHOWN]] + more
