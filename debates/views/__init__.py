"""Pages of debates: meetings, their minutes, what was asked for and what became of it."""

from flask import Blueprint

from debates import wording

bp = Blueprint("debates", __name__)

bp.add_app_template_filter(wording.in_words, "debate_word")
bp.add_app_template_filter(wording.held, "held")
bp.add_app_template_filter(wording.hours, "hours")
bp.add_app_template_filter(wording.where, "where")
bp.add_app_template_filter(wording.mark, "proposal_mark")
bp.add_app_template_filter(wording.time_pattern, "time_pattern")

from debates.views import meetings, minutes, proposals, published, requests  # noqa: E402, F401  # they use `bp`
