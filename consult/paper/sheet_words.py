"""What typed sheets are called in words: states, faults of a row, what a row was read as."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.catalogue import queries as catalogue
from consult.paper import typed
from consult.paper.agreement import WANTED, Agreement, Mark, Share
from consult.paper.around import Around
from consult.paper.models import PaperSheet, SheetState
from consult.paper.rows import Fault, Part, Wrong
from consult.paper.wording import length_in_words
from consult.web.languages import language
from consult.web.time_fields import times_in_words, weekdays_in_words

STATES: Mapping[SheetState, Any] = {
    SheetState.READ_ONCE: _l("Typed in"),
    SheetState.AWAITED: _l("Waits for the second person"),
    SheetState.DIFFERING: _l("Two people read it differently"),
    SheetState.SETTLED: _l("Checked"),
    SheetState.WITHDRAWN: _l("Withdrawn"),
}

MARKS: Mapping[SheetState, str] = {
    SheetState.READ_ONCE: "eliminated",
    SheetState.AWAITED: "in_verification",
    SheetState.DIFFERING: "confirmed",
    SheetState.SETTLED: "new",
    SheetState.WITHDRAWN: "joke",
}
"""The shape and colour in which a state is drawn, as those of a threat are."""

_FAULTS: Mapping[Wrong, Any] = {
    Wrong.NO_CELL: _l("Give the field, for example C7."),
    Wrong.NOT_A_CELL: _l("“%(typed)s” is no field. A field is a letter and a number, for example C7."),
    Wrong.OUTSIDE: _l("The field %(typed)s is not on this sheet. Look at the letters and numbers around the map."),
    Wrong.NO_LAND: _l(
        "The field %(typed)s lies outside all known districts. Check it; if it is right, leave the row out."
    ),
    Wrong.CATEGORY: _l("No category has the number %(typed)s. Type the number that is printed on the sheet."),
    Wrong.WHEN: _l("“%(typed)s” is no day and no part of the day. Type for example: pn-pt w."),
    Wrong.TOO_LONG: _l("Shorten the words to %(typed)s characters."),
    Wrong.UNPRINTABLE: _l("Remove control characters from this text; they cannot be saved."),
    Wrong.PERSONAL: _l("This looks like personal data: %(typed)s. Leave it out, or confirm below that it is none."),
}


def state_in_words(state: SheetState) -> Any:
    """Name a state in the reader's language."""
    return STATES[state]


def fault_in_words(fault: Fault) -> str:
    """Say what is wrong with a field of a row, and what to do."""
    return str(_FAULTS[fault.wrong]) % {"typed": fault.detail}


def around_in_words(cell: str, found: Around | None) -> str:
    """Say what lies in a field: "C7: Wola", "C7: Lipowa, Szkolna; 800 m from Wola"."""
    if found is None:
        return cell
    said = [", ".join(found.villages), ", ".join(found.streets)]
    if found.nearest and not found.villages:
        said.append(str(_("%(length)s from %(place)s", length=length_in_words(found.metres), place=found.nearest)))
    return f"{cell}: {'; '.join(filter(None, said))}" if any(said) else cell


def category_in_words(code: str | None) -> str:
    """Name a category, or say that there is none."""
    category = catalogue.by_code(code) if code else None
    return category.name(language()) if category else str(_("no category"))


def when_in_words(weekdays: int, times_of_day: int) -> str:
    """Say the days and parts of the day, nothing when none were marked."""
    return "; ".join(part for part in (weekdays_in_words(weekdays), times_in_words(times_of_day)) if part)


def mark_in_words(mark: Mark) -> str:
    """Say what a row was read as, its field aside: "Parking where it is not allowed; Monday; in the evening"."""
    parts = (category_in_words(mark.category), when_in_words(mark.weekdays, mark.times_of_day))
    return "; ".join(part for part in parts if part)


PARTS: Mapping[Part, Any] = {
    Part.CELL: _l("Field"),
    Part.CATEGORY: _l("Category"),
    Part.WHEN: _l("When"),
    Part.WORDS: _l("Words"),
}
"""The headings of a row."""


def agreement_in_words(found: Sequence[PaperSheet]) -> dict[str, Any]:
    """Say how far two people agree about the sheets of a form, part by part, and whether that is enough."""
    agreement = typed.agreement_of(found)
    return {
        "agreement": agreement,
        "shares": shares_in_words(agreement),
        "kappa": kappa_in_words(agreement.kappa),
        "wanted": round(100 * WANTED),
        "drawn": sum(one.is_sampled for one in found),
        "is_whole": all(one.is_compared for one in found if not one.is_withdrawn),
    }


def shares_in_words(found: Agreement) -> list[tuple[str, Share]]:
    """List what two people agree in, each part with its words, everything together first."""
    return [
        (str(_("All fields together")), found.fields),
        (str(_("Field of the map")), found.cells),
        (str(_("Category")), found.categories),
        (str(_("When")), found.times),
        (str(_("Number of marks on the sheet")), found.counts),
        (str(_("Sheets without any difference")), found.sheets),
    ]


def share_in_words(share: Share) -> str:
    """Say a share: "95.1%"; a dash where nothing was compared."""
    return "–" if share.share is None else str(format_percent(share.share, "#,##0.0%"))


def interval_in_words(share: Share) -> str:
    """Say within which bounds the true share lies: "86.5–98.3%"; a dash where nothing was compared."""
    if share.interval is None:
        return "–"
    low, high = share.interval
    return f"{format_decimal(100 * low, '0.0')}–{format_percent(high, '#,##0.0%')}"


def kappa_in_words(kappa: float | None) -> str:
    """Say a kappa with two decimals; in words where there is none."""
    if kappa is None:
        return str(_("cannot be computed: there are too few categories or marks"))
    return str(format_decimal(kappa, "0.00"))
