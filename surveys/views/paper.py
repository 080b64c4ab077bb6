"""The questionnaire on paper, as a PDF."""

from flask import abort
from flask.typing import ResponseReturnValue

from consult.web.limits import prints
from consult.web.roles import only
from surveys.operations import papers
from surveys.views import bp
from surveys.views.access import READERS, seen_survey
from surveys.views.inviting import chosen_language, pdf, printed_or_busy


@bp.get("/surveys/<string:slug>/paper.pdf")
@only(*READERS)
@prints()
def paper(slug: str) -> ResponseReturnValue:
    """Give the version that is answered now, in a language of it."""
    survey = seen_survey(slug)
    if survey.published is None:
        abort(404)
    language = chosen_language(survey)
    content = printed_or_busy(papers.print_paper, survey, survey.published, language)
    return pdf(content, f"{survey.slug}-v{survey.published.number}-{language}.pdf")
