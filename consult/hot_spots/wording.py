"""Hot spots and trends in words: what is said of a place, what it hangs on, and how it changed."""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from babel.dates import format_date
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.hot_spots.material import Against, Asked, Cut, HangsOn, HotSpots, Need, Spot
from consult.hot_spots.rates import Change
from consult.hot_spots.stability import Standing
from consult.hot_spots.trends import Line, Month
from consult.period import Period
from consult.threats.wording import PLANE_LABELS
from consult.web.languages import day, language

STANDING_LABELS = {
    Standing.HOT: _l("Stands out with its neighbours"),
    Standing.ALONE: _l("Stands out alone"),
    Standing.UNSURE: _l("Not certain"),
}
CUT_LABELS = {
    Cut.DISTRICTS: _l("districts"),
    Cut.COMMUNES: _l("communes"),
    Cut.KILOMETRE: _l("squares of 1 km"),
    Cut.CLOSE: _l("squares of 400 m"),
}
COMPARED = {
    Against.ALIKE: _l(
        "Every square is compared with the others of the same size. How many people live or pass there is not known: "
        "where more people are, more people speak."
    ),
    Against.ALL_VOICES: _l(
        "The voices of this group are compared with all voices of the place, as how many people live or pass there "
        "is not known. What stands out is spoken of more often than other things there."
    ),
    Against.AREA: _l(
        "Voices are compared with the area of the place in square kilometres. How many people live or pass there is "
        "not known: towns come out denser because more people are there. Choose a group of categories to compare it "
        "with all that is said of a place."
    ),
}


def period_label(period: Period) -> str:
    """Name a period in the reader's language."""
    return period.label(language())


def not_compared(known_from: date | None) -> str:
    """Say why nothing is compared with the year before."""
    if known_from is None:
        return _("There is no voice of this area yet.")
    return _(
        "Voices of this area are known from %(day)s on only: there is nothing to compare with a year before.",
        day=day(known_from),
    )


def looked_at(asked: Asked, *, is_compared: bool) -> str:
    """Say which days are looked at, and with which they are compared."""
    (since, until), before = (asked.period.first, asked.end), asked.year_before
    words = {
        "first": day(since),
        "last": day(until - timedelta(days=1)),
        "before_first": day(before[0]),
        "before_last": day(before[1] - timedelta(days=1)),
    }
    if not is_compared:
        return _("From %(first)s to %(last)s.", **words)
    return _(
        "From %(first)s to %(last)s, compared with the same days a year before: %(before_first)s to %(before_last)s.",
        **words,
    )


def change_in_words(one: Change) -> str:
    """Say how a count stands to the year before: the ratio with its interval of 95 %."""
    if one.ratio is None:
        return _("nobody in either year") if one.now == 0 else _("nobody a year before")
    return _(
        "×%(ratio)s (from %(lowest)s to %(highest)s)",
        ratio=_short(one.ratio),
        lowest=_short(one.lowest),
        highest=_short(one.highest),
    )


def direction(one: Change) -> str:
    """Say whether something became more or fewer."""
    return _("more") if one.now > one.before else _("fewer")


def _short(value: float) -> str:
    return "∞" if math.isinf(value) else str(format_decimal(round(value, 2 if value < 2 else 1)))


def sureness(spot: Spot) -> str:
    """Say how surely a place stands out: the share of false ones to be borne after all places were asked."""
    if spot.adjusted < 0.001:
        return f"<\u00a0{format_decimal(0.1)}\u00a0%"
    return f"{format_decimal(round(100 * spot.adjusted, 1))}\u00a0%"


def needs_in_words(needs: Iterable[Need]) -> str:
    """Say without what a finding does not hold."""
    told = [_need(need) for need in needs]
    return _("not without: %(things)s", things="; ".join(told)) if told else ""


def _need(need: Need) -> str:
    if need.kind is HangsOn.ITSELF:
        return str(_("the place itself"))
    if need.kind is HangsOn.PLANE:
        return str(PLANE_LABELS[need.name])
    return period_label(Period.parse(need.name)) if need.kind is HangsOn.PART else need.name


def explained(spot: Spot) -> str:
    """Say what the standing of a place means for whoever decides."""
    if spot.standing is Standing.HOT:
        return str(_("It stays so whichever neighbour, part of the period or source is left out."))
    if spot.standing is Standing.ALONE:
        if any(need.kind is HangsOn.PART for need in spot.needs):
            return str(_("One place, one part of the period: perhaps one case that was told or counted many times."))
        return str(_("Its neighbours are as elsewhere. Look first at what is counted there."))
    return str(_("Too much hangs on one thing to call it a hot spot."))


def compared_to(found: HotSpots, spot: Spot) -> str:
    """Say to what the voices of a place are compared, where places are not alike."""
    if found.against is Against.ALL_VOICES:
        return ngettext("of %(num)s voice there", "of %(num)s voices there", round(spot.compared_to))
    if found.against is Against.AREA:
        return str(_("on %(area)s km²", area=format_decimal(round(spot.compared_to))))
    return ""


def month_in_words(first: date) -> str:
    """Name a month: "listopad 2026"."""
    return str(format_date(first, "LLLL y", locale=get_locale()))


def month_in_short(first: date) -> str:
    """Name a month shortly: "lis 2026"."""
    return str(format_date(first, "LLL y", locale=get_locale()))


class ToldSpot(NamedTuple):
    """A place that stands out, or changed, as a row of a list."""

    number: int
    name: str
    url: str
    standing: str
    label: str
    explained: str
    needs: str
    voices: int
    compared: str
    before: int
    change: str
    direction: str
    is_changed: bool
    sureness: str


def told(found: HotSpots, spot: Spot, number: int, url: str) -> ToldSpot:
    """Write what is said of a place."""
    return ToldSpot(
        number=number,
        name=spot.name,
        url=url,
        standing=spot.standing.value,
        label=str(STANDING_LABELS.get(spot.standing, "")),
        explained=explained(spot) if spot.standing in STANDING_LABELS else "",
        needs=needs_in_words(spot.needs),
        voices=spot.voices,
        compared=compared_to(found, spot),
        before=spot.change.before,
        change=change_in_words(spot.change) if found.is_compared else "",
        direction=direction(spot.change),
        is_changed=spot.is_changed and found.is_compared,
        sureness=sureness(spot),
    )


class ToldMonth(NamedTuple):
    """A month as a row of a table."""

    name: str
    voices: int
    interval: str
    before: int | None
    change: str
    mark: str


class ToldLine(NamedTuple):
    """A category with its months as rows, those that differ apart."""

    name: str
    voices: int
    before: int | None
    change: str
    mark: str
    months: list[ToldMonth]

    @property
    def marked(self) -> list[ToldMonth]:
        """The months that differ."""
        return [month for month in self.months if month.mark]


def told_line(name: str, line: Line, compared_from: date | None) -> ToldLine:
    """Write a category with its months; those that nothing is known a year before are not compared."""
    whole = compared_from == line.months[0].first
    return ToldLine(
        name=name,
        voices=line.change.now,
        before=line.change.before if whole else None,
        change=change_in_words(line.change) if whole else _("not compared"),
        mark=direction(line.change) if line.is_marked else "",
        months=[_told_month(month, compared_from) for month in line.months],
    )


def _told_month(month: Month, compared_from: date | None) -> ToldMonth:
    is_known = compared_from is not None and compared_from <= month.first
    return ToldMonth(
        name=month_in_words(month.first),
        voices=month.count,
        interval=f"{_short(month.lowest)}–{_short(month.highest)}",
        before=month.change.before if is_known else None,
        change=change_in_words(month.change) if is_known else _("not compared"),
        mark=direction(month.change) if month.is_marked else "",
    )


def drawn(found: HotSpots) -> str:
    """Describe the map for whoever does not see it."""
    if not found.spots:
        return str(_("Map of the area. Nothing stands out."))
    return ngettext(
        "Map with %(num)s numbered place; the list has the same.",
        "Map with %(num)s numbered places; the list has the same.",
        len(found.spots),
    )
