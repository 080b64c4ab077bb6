"""Pages for everybody: rating a page, and following an opinion by its receipt."""

from flask import Response, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from consult.receipts import receipt_of
from consult.web import visitors
from consult.web.addresses import public_url
from consult.web.languages import language
from consult.web.limits import limited
from consult.web.roles import public
from surveys import opinions
from surveys.forms.feedback import TOO_MANY, FeedbackForm
from surveys.operations import feedback as operations
from surveys.queries import feedback as queries
from surveys.views import bp

MOST_AN_HOUR = 30
"""Opinions that one network may send in an hour."""

bp.add_app_template_filter(opinions.in_words, "opinion_word")
bp.add_app_template_filter(opinions.page_name, "page_name")
bp.add_app_template_filter(opinions.about_in_words, "about_in_words")
bp.add_app_template_filter(opinions.rating_in_words, "rating_in_words")
bp.add_app_template_filter(opinions.mark, "opinion_mark")


def was_guessed(answer: Response) -> bool:
    """Tell whether a receipt was asked for that does not exist: only guessing is limited, not following."""
    return answer.status_code == 404


@bp.route("/feedback/new", methods=["GET", "POST"])
@public
def new_feedback() -> ResponseReturnValue:
    """Ask what somebody thinks of a page; send it."""
    form = FeedbackForm()
    receipt = receipt_of("opinion", form.key.data or "", current_app.config["SECRET_KEY"])
    if form.validate_on_submit() and not too_often(form, receipt):
        operations.submit(receipt, **form.values, language=language(), voice_key=visitors.voice_key())
        return redirect(url_for("surveys.feedback_receipt", receipt=receipt), 303)
    return render_template("surveys/new_feedback.html", form=form), form.status


def too_often(form: FeedbackForm, receipt: str) -> bool:
    """Count an opinion that is about to be taken; what was taken before and is sent again does not count."""
    return not queries.is_known(receipt) and form.waits("opinion", MOST_AN_HOUR, TOO_MANY)


@bp.get("/feedback/<string:receipt>")
@public
@limited("60/hour", methods=("GET", "HEAD"), counts=was_guessed)
def feedback_receipt(receipt: str) -> ResponseReturnValue:
    """Show an opinion to whoever has its receipt: what was written, and what came of it."""
    opinion = queries.by_receipt(receipt)
    answer = make_response(
        render_template(
            "surveys/feedback_receipt.html",
            opinion=opinion,
            state=opinions.TO_ITS_WRITER[opinion.state],
            changes=queries.answering(opinion),
            address=public_url("surveys.feedback_receipt", receipt=receipt),
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
