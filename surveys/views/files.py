"""Answers and marked places as files, for whoever decides on a survey; who takes them along is noted."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from consult.accounts import taking
from consult.web.languages import language
from consult.web.roles import Role, only
from surveys import answer_files, codebook, place_files
from surveys.queries import exporting
from surveys.queries import surveys as queries
from surveys.queries.exporting import SMALLEST, Source, TooFewMixed
from surveys.titles import labels_of_files
from surveys.views import bp
from surveys.views.access import managed_survey

Body = bytes | Iterator[str]
FILES: dict[str, tuple[str, Any]] = {
    "answers.csv": ("text/csv", _l("Answers as a table (CSV), codes as they were given")),
    "answers.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _l("Answers and codebook as a workbook (XLSX)"),
    ),
    "answers.sav": ("application/x-spss-sav", _l("Answers for SPSS, R and Stata (.sav), with Polish labels")),
    "codebook.csv": ("text/csv", _l("Codebook: what each column and value means (CSV)")),
    "places.geojson": ("application/geo+json", _l("Places that people marked, blurred (GeoJSON)")),
}


@bp.get("/surveys/<string:slug>/files")
@only(Role.COORDINATOR)
def files(slug: str) -> ResponseReturnValue:
    """List the files that a survey may be taken along as."""
    survey = managed_survey(slug)
    try:
        count, is_ready = exporting.source(survey).count, True
    except TooFewMixed as few:
        count, is_ready = few.count, False
    return render_template(
        "surveys/files.html",
        entry=queries.listed(survey),
        count=count,
        is_ready=is_ready,
        smallest=SMALLEST,
        files={name: label for name, (_type, label) in FILES.items()},
    )


@bp.get("/surveys/<string:slug>/files/<string:name>")
@only(Role.COORDINATOR)
def file(slug: str, name: str) -> ResponseReturnValue:
    """Give one of the files."""
    survey = managed_survey(slug)
    if name not in FILES:
        abort(404)
    try:
        found = exporting.source(survey)
    except TooFewMixed:
        abort(404)
    if question := taking.asked_why(found.count):
        return question
    content, path, where = taking.whole(WRITERS[name](found)), survey.unit_path, survey.slug
    taking.note_taking(content, "survey_answers", where, path, rows=found.count, file=name)
    made = Response(content, mimetype=FILES[name][0])
    made.headers["Content-Disposition"] = f'attachment; filename="{where}-{name}"'
    made.headers["Cache-Control"] = "no-store"
    return made


def _csv(found: Source) -> Body:
    return answer_files.as_csv(found.columns, found.submissions())


def _xlsx(found: Source) -> Body:
    with _written() as out:
        variables = codebook.variables(found.columns, "pl")
        answer_files.write_xlsx(found.columns, variables, found.submissions(), out)
        return out.read_bytes()


def _sav(found: Source) -> Body:
    with _written() as out:
        variables = codebook.variables(found.columns, "pl")
        answer_files.write_sav(variables, found.submissions(), labels_of_files(found.districts), found.title, out)
        return out.read_bytes()


def _codebook(found: Source) -> Body:
    return answer_files.codebook_as_csv(codebook.variables(found.columns, language()))


def _places(found: Source) -> Body:
    return json.dumps(place_files.collection(exporting.places(found.survey)), ensure_ascii=False).encode()


@contextmanager
def _written() -> Iterator[Path]:
    """Give a file that only the server's own user can read, gone when it has been read."""
    with tempfile.TemporaryDirectory(prefix="survey-") as folder:
        yield Path(folder) / "answers"


WRITERS: dict[str, Callable[[Source], Body]] = {
    "answers.csv": _csv,
    "answers.xlsx": _xlsx,
    "answers.sav": _sav,
    "codebook.csv": _codebook,
    "places.geojson": _places,
}
