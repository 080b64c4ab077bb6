"""Pages of debates: meetings, their minutes, what was asked for and what became of it."""

from flask import Blueprint

from debates import wording

bp = Blueprint("debates", __name__)

bp.add_app_template_filter(wording.in_words, "debate_word")
bp.add_app_template_filter(wording.asked_of, "asked_of")
bp.add_app_template_filter(wording.held, "held")
bp.add_app_template_filter(wording.hours, "hours")
bp.add_app_template_filter(wording.access_in_words, "access_words")
bp.add_app_template_filter(wording.where, "where")
bp.add_app_template_filter(wording.file_kind, "file_kind")
bp.add_app_template_filter(wording.mark, "proposal_mark")
bp.add_app_template_filter(wording.time_pattern, "time_pattern")

from debates.views import (  # noqa: E402  # they hang their pages on `bp`
    announcing,  # noqa: F401
    approving,  # noqa: F401
    arranging,  # noqa: F401
    correcting,  # noqa: F401
    editions,  # noqa: F401
    filing,  # noqa: F401
    importing,  # noqa: F401
    meetings,  # noqa: F401
    minutes,  # noqa: F401
    offline,  # noqa: F401
    planning,  # noqa: F401
    preparing,  # noqa: F401
    proposals,  # noqa: F401
    published,  # noqa: F401
    requests,  # noqa: F401
)
