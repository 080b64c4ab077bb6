"""The places that people marked in a survey, for staff: on a map and counted, blurred as mixing left them."""

from collections import Counter
from collections.abc import Sequence

import geojson
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from consult.disclosure import Crowd
from consult.districts import drawing
from consult.districts import queries as districts
from consult.documents.marks import MARKS
from consult.documents.svg_map import Symbol
from consult.observations.models import Observation
from consult.web.languages import language
from consult.web.roles import only
from surveys.counting import ALL
from surveys.models import Survey
from surveys.queries import mixing as queries
from surveys.queries import results, surveys
from surveys.queries.results import Districts
from surveys.views import bp
from surveys.views.access import READERS, seen_survey


@bp.get("/surveys/<string:slug>/places")
@only(*READERS)
def places(slug: str) -> ResponseReturnValue:
    """Show where people marked places, and count them by commune and kind."""
    survey = seen_survey(slug)
    found = _seen(survey)
    counted = Counter((one.commune_code or one.district_code, one.category_code) for one in found)
    kinds = {one.category_code: one.category.name(language()) for one in found}
    names = districts.names(area for area, _kind in counted)
    rows = [(names.get(area, area), kinds[kind], n) for (area, kind), n in counted.items()]
    return render_template(
        "surveys/places.html",
        entry=surveys.listed(survey),
        rows=sorted(rows, key=lambda row: (row[0], -row[2], row[1])),
        total=len(found),
        is_hidden=not _shows(survey, results.seen_districts(survey.unit_path, current_user.scope)),
        district=_district(found),
        waiting=queries.waiting(survey.id),
        kept=len(queries.loose_ends(survey.id)),
    )


@bp.get("/surveys/<string:slug>/places.geojson")
@only(*READERS)
def places_geojson(slug: str) -> ResponseReturnValue:
    """Give the marked places as the map in the browser takes them."""
    features = [_feature(one) for one in _seen(seen_survey(slug))]
    body = geojson.dumps(geojson.FeatureCollection(features), ensure_ascii=False)
    return body, {"Content-Type": "application/geo+json"}


@bp.get("/surveys/<string:slug>/places.svg")
@only(*READERS)
def places_svg(slug: str) -> ResponseReturnValue:
    """Draw the marked places, for readers without scripts."""
    found = _seen(seen_survey(slug))
    district = _district(found)
    symbols = [
        Symbol(one.x, one.y, MARKS["place"], title=one.category.name(language()), within_m=one.accuracy_m)
        for one in found
        if one.cell is not None
    ]
    drawn = drawing.ground(drawing.frame(district, None), district, symbols=symbols)
    return drawn, {"Content-Type": "image/svg+xml"}


def _seen(survey: Survey) -> Sequence[Observation]:
    """List the places of the districts that the reader may see, if enough people answered there."""
    of = results.seen_districts(survey.unit_path, current_user.scope)
    if not _shows(survey, of):
        return []
    return [one for one in queries.places(survey) if of is None or one.district_code in of]


def _shows(survey: Survey, of: Districts) -> bool:
    """Tell whether places may be told of a survey: its few answers would lead to the few who gave them."""
    sizes = results.people(results.editions(survey), [ALL], of).values()
    return Crowd({("everybody",): sum(n for version in sizes for n in version[ALL].values())}).shows()


def _district(found: Sequence[Observation]) -> str | None:
    """Name the one district that all places lie in, if it is one."""
    codes = {one.district_code for one in found}
    return codes.pop() if len(codes) == 1 else None


def _feature(one: Observation) -> geojson.Feature:
    facts = {
        "title": one.category.name(language()),
        "letter": one.category.group.letter,
        "accuracy_m": one.accuracy_m,
        "approximate": True,
    }
    return geojson.Feature(id=one.id, geometry=one.place.geojson, properties=facts)
