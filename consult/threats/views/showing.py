"""What several pages show of threats: words, filters, names of places."""

from collections.abc import Iterable
from typing import Any

import geojson
from flask import url_for
from flask_babel import gettext as _

from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.districts import queries as districts
from consult.period import Period
from consult.threats import response
from consult.threats.models import Threat
from consult.threats.wording import (
    FINDING_LABELS,
    PLANE_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
    missing_in_words,
    reasons_in_words,
)
from consult.threats.workflow import Status
from consult.web.languages import language


def words() -> dict[str, Any]:
    """Give templates the words of the heart."""
    return {
        "status_labels": STATUS_LABELS,
        "plane_labels": PLANE_LABELS,
        "finding_labels": FINDING_LABELS,
        "urgency_labels": URGENCY_LABELS,
        "reasons_in_words": reasons_in_words,
    }


def missing_words(threat: Threat) -> list[str]:
    """Say what a threat in verification still needs before it may be called not confirmed, sentence by sentence."""
    if threat.status is not Status.IN_VERIFICATION:
        return []
    return missing_in_words(response.still_missing(threat))


def offers() -> dict[str, list[tuple[str, Any]]]:
    """List what each filter offers, "all" first."""
    everything = [("", _("All"))]
    days = [today()]
    for _step in range(5):
        days.append(Period.quarter_of(days[-1]).previous.first)
    recent = [Period.quarter_of(day) for day in days]
    known = {category.code: category.name(language()) for category in catalogue.valid_on(today())}
    return {
        "district": everything + [(area.code, area.label) for area in districts.districts()],
        "category": everything + sorted(known.items(), key=lambda item: item[1]),
        "status": everything
        + [(status.value, STATUS_LABELS[status]) for status in Status if status is not Status.JOKE],
        "plane": everything + list(PLANE_LABELS.items()),
        "period": everything + [(period.code, period.label(language())) for period in recent],
    }


def area_names(things: Iterable[Any]) -> dict[str, str]:
    """Name the commune, or else the district, of each threat or voice."""
    return districts.names({thing.commune_code or thing.district_code for thing in things})


def places_in_words(threat: Threat) -> dict[str, str]:
    """Name the district and commune of a threat."""
    names = districts.names({threat.district_code, threat.commune_code or threat.district_code})
    return {
        "district_name": names.get(threat.district_code, threat.district_code),
        "commune_name": names.get(threat.commune_code or "", ""),
    }


def feature(threat: Threat) -> geojson.Feature:
    """Write a threat as the public sees it."""
    name = threat.category.name(language())
    properties = {
        "id": threat.id,
        "title": name,
        "category": threat.category_code,
        "letter": threat.category.group.letter,
        "status": threat.status.value,
        "status_label": str(STATUS_LABELS[threat.status]),
        "planes": list(threat.planes),
        "observations": threat.observations,
        "independent_voices": threat.independent,
        "first_on": threat.first_at.date().isoformat(),
        "last_on": threat.last_at.date().isoformat(),
        "district": threat.district_code,
        "commune": threat.commune_code,
        "accuracy_m": round(threat.accuracy_m),
        "approximate": threat.accuracy_m > 100,
        "url": url_for("threats.show", threat_id=threat.id),
    }
    return geojson.Feature(
        id=threat.id, geometry=geojson.Point((round(threat.lon, 6), round(threat.lat, 6))), properties=properties
    )
