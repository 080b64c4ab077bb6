"""Sheets on paper: numbered copies of one form, each with its QR code; the map is drawn once for all of them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.documents import qr
from consult.documents.rendering import Document, Limits, Renderer, SheetTooLong
from consult.paper import queries
from consult.paper.drawing import map_of_form
from consult.paper.models import PaperForm
from consult.paper.sheet_map import picture_apart
from consult.web.addresses import public_url
from debates.wording import held, hours
from surveys.models import SurveyVersion
from surveys.operations import papers
from surveys.queries import surveys
from surveys.questions import text_in

LOG = logging.getLogger(__name__)
STYLE = Path(__file__).with_name("sheet.css")
LIMITS = Limits(cpu_s=60, wall_s=120, documents=1)
"""Five hundred copies take about ten seconds of a processor."""

LONG_TITLE, LONGEST_TITLE = 40, 62
"""Longer titles are set smaller, so that they stay in one line, or in two."""


class Edition(StrEnum):
    """How a sheet is set: map and table on one side, or in larger type on two sides."""

    STANDARD = "standard"
    LARGE = "large"


MOST_ROWS, FEWEST_ROWS = 8, 4
"""Places that one person can mark: fewer where a long title and a long list leave less room."""


@dataclass(frozen=True)
class Run:
    """The copies that are printed at once, by their numbers, and how."""

    first: int
    last: int
    edition: Edition = Edition.STANDARD
    language: str = "pl"

    @property
    def numbers(self) -> range:
        """The numbers of the copies."""
        return range(self.first, self.last + 1)


def print_sheets(form: PaperForm, run: Run) -> bytes:
    """Print copies of a form, with as many rows to write into as there is room for.

    Raises BackgroundMissing, or DocumentRefused.
    """
    with force_locale(run.language):
        drawn = map_of_form(form)
    with Renderer(limits=LIMITS) as renderer:
        for rows in range(MOST_ROWS, FEWEST_ROWS, -1):
            try:
                return renderer.print(document_of(form, run, drawn, rows))
            except SheetTooLong as too_long:
                LOG.info("a sheet of form %s has no room for %s rows: %s", form.id, rows, too_long)
        return renderer.print(document_of(form, run, drawn, FEWEST_ROWS))


def document_of(form: PaperForm, run: Run, drawn: str, rows: int = MOST_ROWS) -> Document:
    """Write copies of a form around its drawn map, in their language, ready to be printed."""
    with force_locale(run.language):
        facts = {**_facts(form, run), "rows": rows}
        # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
        html = current_app.jinja_env.get_template("paper/printed_sheet.html").render(facts)
    codes = {f"{number}.png": qr.picture(sheet_url(form, number)) for number in run.numbers}
    style = {"paper.css": papers.paper_style(), "sheet.css": STYLE.read_bytes()}
    land, picture = picture_apart(drawn, "asset:ground.png")
    assets = {**style, "map.svg": land.encode(), "ground.png": picture, **codes}
    pages = 2 if facts["has_back"] else 1
    return Document(html, assets, run.language, facts["heading"], form.created_at, pages, len(run.numbers))


def pages_of_back(version: SurveyVersion) -> int:
    """Count the pages that a questionnaire needs on the back in its longest language; raises DocumentRefused."""
    if version.digest not in _backs:
        languages = surveys.definition_of(version).languages
        with Renderer(limits=replace(LIMITS, documents=len(languages))) as renderer:
            _backs[version.digest] = max(_counted_pages(version, one, renderer) for one in languages)
    return _backs[version.digest]


_backs: dict[str, int] = {}
"""How many pages backs need, by the digest of what they ask: a published version never changes."""


def _counted_pages(version: SurveyVersion, language: str, renderer: Renderer) -> int:
    with force_locale(language):
        facts = {"language": language, "has_questionnaire": True, "heading": _("Questionnaire")}
        facts |= _questionnaire(version, language)
        html = current_app.jinja_env.get_template("paper/printed_sheet.html").render(facts)
    style = {"paper.css": papers.paper_style(), "sheet.css": STYLE.read_bytes()}
    try:
        renderer.print(Document(html, style, language, facts["heading"], sheet_pages=1, copies=1))
    except SheetTooLong as too_long:
        return too_long.pages
    return 1


def sheet_url(form: PaperForm, number: int) -> str:
    """Write the address at which a sheet is typed in, with the meeting that it belongs to."""
    meeting = {"meeting": form.meeting_id} if form.meeting_id else {}
    return public_url("paper.sheet", form_id=form.id, number=number, **meeting)


def _facts(form: PaperForm, run: Run) -> dict[str, Any]:
    is_large = run.edition is Edition.LARGE
    version = None if is_large else form.survey_version
    return {
        "form": form,
        "numbers": run.numbers,
        "language": run.language,
        "heading": _("Sheet with a map: %(title)s", title=form.title),
        "title_size": sum(len(form.title) > length for length in (LONG_TITLE, LONGEST_TITLE)),
        "is_large": is_large,
        "categories": [category.name(run.language) for category in queries.categories_of(form)],
        "example": _example(form),
        "has_back": is_large or version is not None,
        "has_questionnaire": version is not None,
        "when_and_where": when_and_where(form),
        "map_told": _("Map with a lettered grid: %(title)s", title=form.title),
        **(_questionnaire(version, run.language) if version else {}),
    }


def when_and_where(form: PaperForm) -> str:
    """Say of which day and place a sheet is, as far as is known."""
    meeting = form.meeting
    days = (held(meeting), hours(meeting)) if meeting and meeting.held_on else ()
    return ", ".join(filter(None, (*days, form.place_name)))


def _example(form: PaperForm) -> str:
    """Choose a field that is on every map."""
    return form.grid.name(min(3, form.columns), min(7, form.rows))


def _questionnaire(version: SurveyVersion, language: str) -> Mapping[str, Any]:
    definition = surveys.definition_of(version)
    spoken = language if language in definition.languages else definition.languages[0]
    return {
        "survey_title": text_in(definition.title, spoken),
        "survey_version": version.number,
        **papers.questions_on_paper(definition, spoken),
    }


def questions_of(version: SurveyVersion) -> int:
    """Count the questions that stand on a sheet."""
    return sum(question.is_asked for question in surveys.definition_of(version).questions)
