"""The pages of a version as people will see them, before it is published: nothing is sent and nothing is kept."""

from itertools import groupby

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from consult.web.roles import only
from surveys import overview
from surveys.complaints import Spoken
from surveys.forms.places import place_fields
from surveys.models import SurveyVersion, VersionState
from surveys.pages import PrintedPage
from surveys.queries import editions
from surveys.queries import surveys as queries
from surveys.questionnaire import Step
from surveys.questions import Definition
from surveys.views import bp
from surveys.views.access import READERS, seen_version
from surveys.views.printing import MARKS, languages_of


@bp.get("/surveys/<string:slug>/versions/<int:number>/preview")
@only(*READERS)
def preview(slug: str, number: int) -> ResponseReturnValue:
    """Show one page of a version in one of its languages, conditions left aside."""
    edition = seen_version(slug, number)
    is_draft = edition.state is VersionState.DRAFT
    definition = editions.review(edition).definition if is_draft else queries.definition_of(edition)
    if definition is None:
        abort(404)
    wanted = request.args.get("language", "")
    language = wanted if wanted in definition.languages else definition.languages[0]
    place = min(max(request.args.get("page", 1, type=int), 1), len(definition.pages)) - 1
    with force_locale(language):
        return _preview(edition, definition, language, place)


def _preview(edition: SurveyVersion, definition: Definition, language: str, place: int) -> str:
    page, spoken = definition.pages[place], Spoken(language)
    title = spoken.of(definition.title)
    text = render_template(
        "surveys/preview.html",
        version=edition,
        title=title,
        heading=spoken.of(page.labels) or title,
        intro=[line for line in spoken.of(definition.intro).split("\n") if line.strip()] if place == 0 else [],
        thanks=spoken.of(definition.thanks) if page is definition.pages[-1] else "",
        access=edition.survey.access.value,
        questions=page.questions,
        blocks=[
            (definition.batteries.get(name), list(block))
            for name, block in groupby(page.questions, lambda one: one.battery)
        ],
        texts=spoken,
        entries=overview.sections(definition, language)[place].entries,
        number=place + 1,
        pages=len(definition.pages),
        repeated=page.repeat.most if page.repeat else 0,
        languages=languages_of(definition.languages, language),
        language_links=[],
        **MARKS,
    )
    areas = edition.survey.area_codes
    fields = place_fields(areas, Step(page), {}, spoken, fresh=True)
    return PrintedPage(text).filled({f"place:{name}": str(field.draw()) for name, field in fields.items()})
