"""Pages of surveys, by what the person does."""

from flask import Blueprint

from consult.web.languages import LANGUAGES
from surveys import theme_wording, titles, wording

bp = Blueprint("surveys", __name__)

bp.add_app_template_filter(titles.in_words, "survey_word")
bp.add_app_template_filter(titles.mark, "phase_mark")
bp.add_app_template_filter(titles.opening, "opening")
bp.add_app_template_filter(titles.closing, "closing")
bp.add_app_template_filter(wording.fault_sentence, "fault_sentence")
bp.add_app_template_filter(wording.gap_in_words, "gap_in_words")
bp.add_app_template_filter(theme_wording.code_name, "code_name")
bp.add_app_template_filter(theme_wording.kappa, "kappa")
bp.add_app_template_filter(theme_wording.interval, "kappa_interval")
bp.add_app_template_filter(theme_wording.act, "theme_act")
bp.add_app_template_filter(LANGUAGES.__getitem__, "language_name")

from surveys.views import (  # noqa: E402, F401  # they hang their pages on `bp`
    answering,
    changes,
    coding,
    comparing,
    feedback,
    files,
    inviting,
    managing,
    methods,
    paper,
    places,
    previewing,
    releasing,
    results,
    reviewing,
    theming,
    transcribing,
    weighting,
    wishes,
    writing,
)
