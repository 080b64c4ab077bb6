"""Places that people marked in a survey, as GeoJSON (RFC 7946)."""

from collections.abc import Iterable
from typing import Any

import geojson
from geojson import Feature, FeatureCollection

from consult.period import Period, day_of

DIGITS = 5
"""Decimals of degrees: about a metre, and places are blurred to cells of 250 m."""


def collection(observations: Iterable[Any]) -> FeatureCollection:
    """Write places in no order that tells who marked them; one of a whole commune has no geometry."""
    return FeatureCollection([_feature(one) for one in observations])


def _feature(one: Any) -> Feature:
    point = None if one.cell is None else geojson.Point((round(one.lon, DIGITS), round(one.lat, DIGITS)))
    properties = {
        "category": one.category_code,
        "month": Period(day_of(one.observed_from).replace(day=1), 1).code,
        "district": one.district_code,
        "commune": one.commune_code,
        "accuracy_m": round(one.accuracy_m),
    }
    return Feature(geometry=point, properties=properties)
