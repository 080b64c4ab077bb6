"""The filters of the map and the list, read from the address; what makes no sense narrows nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from consult.clock import now
from consult.observations.models import Plane
from consult.period import Period, PeriodRefused, midnight
from consult.threats import publication
from consult.threats.queries import Filters
from consult.threats.workflow import Status

_NAME = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Shown:
    """The filters as the form shows them."""

    district: str = ""
    category: str = ""
    status: str = ""
    plane: str = ""
    period: str = ""
    bbox: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """The filters in use, as arguments of an address."""
        return {name: value for name, value in vars(self).items() if value}


def chosen_filters(arguments: Mapping[str, Any], areas: tuple[str, ...]) -> tuple[Filters, Shown]:
    """Read the filters of an address. `areas` are the TERYT codes of which the reader sees everything."""
    since, until = _window(arguments)
    filters = Filters(
        district=_code(arguments.get("district")),
        categories=chosen_categories(arguments),
        statuses=tuple(Status(name) for name in _listed(arguments.get("status")) if name in set(Status)),
        planes=tuple(Plane(name) for name in _listed(arguments.get("plane")) if name in set(Plane)),
        since=since,
        until=until,
        bbox=_bbox(arguments.get("bbox")),
        visible=publication.visible_condition(now(), areas),
    )
    names = ("district", "category", "status", "plane", "period", "bbox")
    return filters, Shown(**{name: str(arguments.get(name, ""))[:100] for name in names})


def chosen_categories(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Read only the categories of an address."""
    return tuple(_listed(arguments.get("category")))


def _listed(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if _NAME.fullmatch(part)][:50]


def _code(text: str | None) -> str | None:
    return text if text and text.isascii() and text.isdigit() and len(text) in {2, 4} else None


def _window(arguments: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    try:
        return Period.parse(str(arguments["period"])).moments
    except (KeyError, PeriodRefused):
        since, until = _day(arguments.get("from")), _day(arguments.get("to"))
        return (midnight(since) if since else None), (midnight(until + timedelta(days=1)) if until else None)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _bbox(text: str | None) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in (text or "").split(","))
    except ValueError:
        return None
    return (west, south, east, north) if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None
