"""The page of candidate places: for staff, within the own areas. It decides nothing."""

from datetime import timedelta
from typing import Any, NamedTuple

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.allocation import queries, wording
from consult.allocation.coverage import FEWEST_VOICES, Candidate, Question, answer
from consult.allocation.drawing import drawing_of
from consult.allocation.views import bp
from consult.clock import today
from consult.districts import queries as districts
from consult.threats.views.access import READERS
from consult.threats.views.observations import seen_areas
from consult.web.languages import language
from consult.web.roles import only

MOST_CANDIDATES = 12
MOST_POSTS = 4
LONGEST_LINE = 100
REACHES_M = (2_000, 3_000, 5_000, 8_000, 12_000, 20_000)
USUAL_REACH_M = 5_000
LOOKED_BACK_DAYS = 365


class Asking(NamedTuple):
    """What the address asks for, and what the form offers; `unknown` are lines that name no place."""

    areas: list[tuple[str, str]]
    area: str
    lines: list[str]
    unknown: list[str]
    question: Question
    heard: queries.Heard
    arguments: dict[str, Any]


@bp.get("/allocation/coverage")
@only(*READERS)
def coverage() -> ResponseReturnValue:
    """Show which candidate places serve most of what people speak of, and how sure that is."""
    asking = asked()
    if asking is None:
        return render_template("allocation/coverage.html", asking=None)
    question = asking.question
    is_asked = question.is_enough and bool(question.candidates)
    found = answer(question) if is_asked else None
    return render_template(
        "allocation/coverage.html",
        asking=asking,
        places=wording.told_places(question, found) if found else [],
        tries=wording.told_tries(found, queries.category_names(language())) if found else [],
        unknown=wording.left_out(asking.unknown) if asking.unknown else "",
        fewest=FEWEST_VOICES,
        most=MOST_CANDIDATES,
        posts=[(str(number), str(number)) for number in range(1, MOST_POSTS + 1)],
        reaches=[(str(metres), wording.kilometres(metres)) for metres in REACHES_M],
        drawing=url_for("allocation.coverage_drawing", language=language(), **asking.arguments),
    )


@bp.get("/allocation/coverage.svg")
@only(*READERS)
def coverage_drawing() -> ResponseReturnValue:
    """Draw the map of the page."""
    asking = asked()
    if asking is None:
        abort(404)
    question = asking.question
    found = answer(question) if question.is_enough and question.candidates else None
    chosen = found.tried[0].covering if found else None
    return Response(drawing_of(asking.area, question, chosen), mimetype="image/svg+xml")


def asked() -> Asking | None:
    """Read what is asked for; None for whoever has no area."""
    areas = own_areas()
    if not areas:
        return None
    area = request.args.get("area", "")
    area = area if area in dict(areas) else areas[0][0]
    typed = request.args.get("places")
    lines = queries.first_candidates(area) if typed is None else _lines(typed)
    candidates, unknown = queries.candidates(lines[:MOST_CANDIDATES], area)
    heard = queries.heard(area, today() - timedelta(days=LOOKED_BACK_DAYS))
    question = _question(candidates, heard)
    arguments = {
        "area": area, "places": "\n".join(lines), "posts": question.posts, "reach": round(question.reach_m)
    }  # fmt: skip
    return Asking(areas, area, lines, unknown, question, heard, arguments)


def _question(candidates: list[Candidate], heard: queries.Heard) -> Question:
    posts = min(max(request.args.get("posts", 1, int), 1), MOST_POSTS, max(len(candidates), 1))
    reach = request.args.get("reach", USUAL_REACH_M, int)
    reach = reach if reach in REACHES_M else USUAL_REACH_M
    return Question(tuple(candidates), heard.demands, posts, float(reach))


def _lines(typed: str) -> list[str]:
    lines = (line.strip()[:LONGEST_LINE] for line in typed.replace("\0", "").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def own_areas() -> list[tuple[str, str]]:
    """List the districts and communes that the reader sees, by name."""
    seen = seen_areas()
    codes = [region.code for region in districts.districts()] if seen is None else list(seen)
    names = districts.clear_names(codes)
    return sorted(((code, names[code]) for code in codes if code in names), key=lambda pair: (pair[1], pair[0]))
