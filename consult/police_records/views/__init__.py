"""Pages of police records: the files that came in, a district's figures, what is perceived beside what is recorded."""

from flask import Blueprint

from consult.police_records import wording

bp = Blueprint("police_records", __name__)
bp.add_app_template_filter(wording.rate_in_words, "rate_in_words")
bp.add_app_template_filter(wording.interval, "rate_interval")
bp.add_app_template_filter(wording.signed, "signed_change")
bp.add_app_template_filter(wording.published_rate, "published_rate")
bp.add_app_template_filter(wording.period_name, "period_name")

from consult.police_records.views import comparing, district, files  # noqa: E402  # they register their pages on it

__all__ = ["bp", "comparing", "district", "files"]
