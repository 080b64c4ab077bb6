"""The letter by which a threat is handed over: gathered once, frozen, and printed as often as it is asked for.

It tells what was reported in counts, where, what the police found, and what is asked of the office. It holds neither
a word of residents nor anything about who they are. It is in Polish, whatever language its reader has chosen.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.clock import today
from consult.districts import drawing
from consult.districts import queries as districts
from consult.documents.marks import MARKS
from consult.documents.rendering import Document, Renderer
from consult.documents.svg_map import Symbol, View
from consult.geo import to_metres
from consult.partners.models import Partner
from consult.period import day_of
from consult.threats import hand_overs, queries
from consult.threats.checking import Finding, Pattern
from consult.threats.models import Check, HandOver, Threat
from consult.threats.wording import FINDING_LABELS, PLANE_LABELS, pattern_in_words
from consult.threats.workflow import Status

STYLE = Path(__file__).with_name("letter.css")
WIDTH, HEIGHT = 640.0, 300.0
AROUND_M = 2_500.0
"""How much of the land around the place its map shows at least, in metres to the north and to the south."""
POSITION = "0.00000"
"""Degrees to the nearest metre, more or less, as navigation takes them."""
MOST_CHECKS = 6
MOST_PATTERNS = 3


def next_number(threat: Threat, actor_id: int) -> str:
    """Make the number of a letter: the unit, the threat, the how manieth letter about it, the year."""
    unit = accounts.account(actor_id).unit
    return f"{unit.code.upper()}.{threat.id}.{hand_overs.count_of(threat) + 1}.{today().year}"


def day_written(hand_over: HandOver) -> date:
    """Give the day in Warsaw on which a letter was written."""
    return day_of(hand_over.handed_over_at)


def address_of(partner: Partner) -> str:
    """Write the address of an office as it stands in a letter."""
    return "\n".join(filter(None, (partner.address, partner.email)))


def facts_of(threat: Threat, officer: Account) -> dict[str, Any]:
    """Gather what a letter tells, as codes and figures of this moment; nothing in it leads to a person who reported."""
    names = districts.names({threat.district_code, threat.commune_code or threat.district_code})
    checks = queries.checks_of(threat)
    confirmed = [change.changed_at for change in queries.history_of(threat) if change.after is Status.CONFIRMED]
    patterns = [pattern for pattern in queries.times_told_of(threat) if pattern.is_told]
    return {
        "unit": officer.unit.name,
        "is_demonstration": officer.unit.is_demonstration,
        "function": officer.function,
        "email": officer.email,
        "category": threat.category.name("pl"),
        "commune": names.get(threat.commune_code or "", ""),
        "district": names.get(threat.district_code, threat.district_code),
        "is_whole_area": threat.is_whole_area,
        "lon": round(threat.lon, 5),
        "lat": round(threat.lat, 5),
        "accuracy_m": round(threat.accuracy_m),
        "observations": threat.observations,
        "independent": threat.independent,
        "planes": list(threat.planes),
        "first_on": day_of(threat.first_at).isoformat(),
        "last_on": day_of(threat.last_at).isoformat(),
        "confirmed_on": day_of(confirmed[-1]).isoformat() if confirmed else "",
        "checks": [_check(check) for check in reversed(checks[:MOST_CHECKS])],
        "earlier_checks": max(len(checks) - MOST_CHECKS, 0),
        "patterns": sorted([one.weekdays, one.times_of_day] for one in patterns)[:MOST_PATTERNS],
    }


def _check(check: Check) -> dict[str, str]:
    """Tell when somebody was there and what was found; the note beside it is for colleagues."""
    return {"at": check.checked_at.isoformat(), "finding": check.finding.value}


def map_of(threat: Threat) -> str:
    """Draw the place with the land around it, or the district of a threat that concerns a whole area, as SVG."""
    with force_locale("pl"):
        if threat.is_whole_area:
            return drawing.ground(_fitted(districts.outline(threat.district_code).bounds), threat.district_code)
        x, y = to_metres(threat.lon, threat.lat)
        reach = max(AROUND_M, 1.5 * threat.accuracy_m)
        symbol = Symbol(x, y, MARKS["confirmed"], title=_("The place"), within_m=threat.accuracy_m)
        frame = _fitted((x - reach, y - reach, x + reach, y + reach))
        return drawing.ground(frame, threat.district_code, symbols=[symbol], title=_("The place on the map"))


def _fitted(bounds: Sequence[float]) -> View:
    west, south, east, north = bounds
    return View.fitting((west, south, east, north), WIDTH, HEIGHT)


def printed(hand_over: HandOver) -> bytes:
    """Print the letter as PDF/UA; the same letter gives the same bytes. Raises DocumentRefused."""
    with Renderer() as renderer:
        return renderer.print(document_of(hand_over))


def document_of(hand_over: HandOver) -> Document:
    """Word a letter, ready to be printed."""
    with force_locale("pl"):
        title = _("Threat handed over, letter %(number)s", number=hand_over.letter_number)
        # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
        template = current_app.jinja_env.get_template("threats/letter.html")
        html = template.render(
            letter=hand_over, title=title, written_on=day_written(hand_over), **_words(hand_over.facts)
        )
    assets = {"map.svg": hand_over.map_svg.encode(), "letter.css": STYLE.read_bytes()}
    return Document(html, assets, lang="pl", title=title, moment=hand_over.handed_over_at)


def _words(facts: dict[str, Any]) -> dict[str, Any]:
    """Put codes, days and moments of the facts into words."""
    whole = _("the whole area") if facts["is_whole_area"] else ""
    return {
        "facts": facts,
        "where": ", ".join(filter(None, (facts["commune"], facts["district"], whole))),
        "lat": format_decimal(facts["lat"], POSITION),
        "lon": format_decimal(facts["lon"], POSITION),
        "planes": [PLANE_LABELS[plane] for plane in facts["planes"]],
        "patterns": [pattern_in_words(Pattern(times, weekdays)) for weekdays, times in facts["patterns"]],
        "checks": [
            (datetime.fromisoformat(check["at"]), FINDING_LABELS[Finding(check["finding"])])
            for check in facts["checks"]
        ],
        "first_on": date.fromisoformat(facts["first_on"]),
        "last_on": date.fromisoformat(facts["last_on"]),
        "confirmed_on": date.fromisoformat(facts["confirmed_on"]) if facts["confirmed_on"] else None,
    }
