"""A summary in words: figures, changes, places and periods as the reader's language says them."""

from typing import Any

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.disclosure import SHARES_FROM
from consult.hot_spots.stability import Standing
from consult.hot_spots.wording import STANDING_LABELS
from consult.period import Period
from consult.police_records.rating import Break
from consult.police_records.wording import BREAKS, measure_name
from consult.summaries.beside import Recorded
from consult.summaries.figures import Figure, Head, Near, Spot
from consult.threats.deadlines import Step
from consult.threats.wording import STATUS_MARKS
from consult.threats.workflow import Status
from consult.web.languages import language

MINUS = "\u2212"
HUNDRED = 100
SURE_BASE = SHARES_FROM
"""A share is written as a percentage only of so many or more."""

COLUMN_LABELS = {
    Status.NEW: _l("New"),
    Status.IN_VERIFICATION: _l("Being verified"),
    Status.CONFIRMED: _l("Confirmed"),
    Status.ELIMINATED: _l("Eliminated"),
    Status.HANDED_OVER: _l("Passed on"),
    Status.NOT_CONFIRMED: _l("Not confirmed"),
    Status.JOKE: _l("Joke or mistake"),
}
FIGURE_LABELS = {
    "observations": _l("observations"),
    "independent": _l("independent voices"),
    "threats": _l("threats somebody spoke of"),
    "confirmed": _l("threats confirmed by the police"),
    "meetings": _l("debates and meetings"),
    "residents": _l("residents at debates and meetings"),
    "proposals": _l("requests of residents"),
    "answered": _l("requests with an answer"),
}
DIRECTIONS = {
    "n": _l("%(name)s, about %(distance)s to the north"),
    "ne": _l("%(name)s, about %(distance)s to the north-east"),
    "e": _l("%(name)s, about %(distance)s to the east"),
    "se": _l("%(name)s, about %(distance)s to the south-east"),
    "s": _l("%(name)s, about %(distance)s to the south"),
    "sw": _l("%(name)s, about %(distance)s to the south-west"),
    "w": _l("%(name)s, about %(distance)s to the west"),
    "nw": _l("%(name)s, about %(distance)s to the north-west"),
}
SAMPLES = {
    "opt-in": _l(
        "They chose to take part themselves: they do not stand for all inhabitants and allow no margin of error."
    ),
    "probability": _l("They were drawn at random."),
    "census": _l("Everybody was asked."),
    "": _l("How people came to the survey is not stated."),
}
STEP_LABELS = {Step.TAKE_UP: _l("taken up"), Step.VERIFY: _l("a result")}
TITLES = {"public": _l("public edition"), "internal": _l("internal edition")}


def period_label(code: str) -> str:
    """Name a period by its code in the reader's language."""
    return Period.parse(code).label(language())


def span_words(head: Head) -> str:
    """Write the days of a period: "1 lipca – 30 września 2026"."""
    return f"{format_date(head.first, 'd MMMM')} – {format_date(head.last, 'd MMMM y')}"


def month_words(code: str) -> str:
    """Name a month shortly, for the head of a column."""
    return str(format_date(Period.parse(code).first, "LLL y"))


def number(value: int) -> str:
    """Write a whole number with the separators of the language."""
    return str(format_decimal(value))


def signed(value: int) -> str:
    """Write a change with its sign."""
    if value == 0:
        return _("no change")
    return f"+{number(value)}" if value > 0 else f"{MINUS}{number(-value)}"


def share(figure: Figure) -> str:
    """Write a figure with what it is a part of; a percentage only where the base bears one."""
    if figure.of is None:
        return number(figure.value)
    words = _("%(part)s of %(whole)s", part=number(figure.value), whole=number(figure.of))
    if figure.of < SURE_BASE:
        return words
    return f"{words} ({round(100 * figure.value / figure.of)}\u00a0%)"


def before(figure: Figure) -> str:
    """Write the figure of the period before."""
    return share(Figure(figure.previous, 0, figure.previous_of))


def change(figure: Figure, head: Head) -> str:
    """Say how a figure differs from the period before, once the period is over."""
    if not head.is_over:
        return _("before: %(number)s", number=number(figure.previous))
    return _("%(change)s (before: %(number)s)", change=signed(figure.change), number=number(figure.previous))


def per_cent(share: int | None) -> str:
    """Write a share in per cent; a dash where too few stand behind it."""
    return "–" if share is None else f"{share}\u00a0%"


def waiting_formula() -> str:
    """Say how waiting times are estimated (Kaplan and Meier, 1958)."""
    return _(
        "The share that waits longer than t days is S(t) = ∏ (1 − d/n), over every moment up to t at which something "
        "was done: d is how many were done then, n how many had waited at least that long, open ones among them "
        "(Kaplan and Meier). Days are calendar days. Only the first round of a threat counts, not its return."
    )


def near_words(spot: Spot) -> str:
    """Say where a threat is: the nearest named place and the commune."""
    if spot.is_whole_area:
        return _("the whole area: %(area)s", area=spot.commune) if spot.commune else _("the whole district")
    commune = _("commune %(name)s", name=spot.commune) if spot.commune else ""
    place = _near(spot.near) if spot.near else ""
    known = [part for part in (place, commune) if part]
    return "; ".join(known) if place and spot.near and spot.near.distance_m else ", ".join(known) or _position(spot)


def _near(near: Near) -> str:
    if near.distance_m == 0:
        return near.name
    return str(DIRECTIONS[near.direction]) % {"name": near.name, "distance": distance(near.distance_m)}


def distance(metres: int) -> str:
    """Write a distance in metres or kilometres."""
    if metres < 1000:
        return f"{metres}\u00a0m"
    return f"{format_decimal(round(metres / 1000, 1))}\u00a0km"


def _position(spot: Spot) -> str:
    return f"{spot.lat:.5f}, {spot.lon:.5f}"


def voices_words(spot: Spot) -> str:
    """Say how many different people spoke of a threat, and how many planes they come from, "sources" to a reader."""
    voices = ngettext("%(num)s independent voice", "%(num)s independent voices", spot.independent)
    if len(spot.planes) < 2:
        return str(voices)
    sources = ngettext("from %(num)s source", "from %(num)s sources", len(spot.planes))
    return f"{voices} {sources}"


def shortened(text: str | None, length: int) -> str:
    """Give the beginning of a long text; the .json has all of it."""
    line = " ".join((text or "").split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def lost(file: str) -> str:
    """Say why nothing is written or released while the version that everybody should read cannot be read."""
    words = _(
        "The released version (%(file)s) cannot be read. The operator has to restore its files from a backup first.",
        file=file,
    )
    return str(words)


def decimal(value: float) -> str:
    """Write a rate with two digits behind the comma, one from a hundred on."""
    return str(format_decimal(value, "#,##0.0" if value >= HUNDRED else "#,##0.00"))


def breaks_of(recorded: Recorded) -> list[str]:
    """List what divides the year of the records from the one before, each once."""
    return sorted({code for row in recorded.rows for code in row.breaks})


def everything() -> dict[str, Any]:
    """Give templates the words of a summary."""
    return {
        "status_marks": STATUS_MARKS,
        "column_labels": COLUMN_LABELS,
        "figure_labels": FIGURE_LABELS,
        "edition_titles": TITLES,
        "period_label": period_label,
        "month_words": month_words,
        "span_words": span_words,
        "signed": signed,
        "share": share,
        "before": before,
        "change": change,
        "near_words": near_words,
        "voices_words": voices_words,
        "step_labels": STEP_LABELS,
        "sure_base": SURE_BASE,
        "per_cent": per_cent,
        "waiting_formula": waiting_formula,
        "shortened": shortened,
        "decimal": decimal,
        "measure_name": measure_name,
        "breaks_of": breaks_of,
        "break_words": lambda code: BREAKS[Break(code)],
        "sample_words": lambda code: SAMPLES[code],
        "standing_words": lambda code: STANDING_LABELS[Standing(code)],
    }
