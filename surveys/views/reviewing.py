"""The coordinator's desk: the inbox of opinions, one opinion with its review, templates of answers.

Opinions speak of the application, not of a district, so every coordinator sees all of them.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.web.roles import Role, only
from surveys import opinions
from surveys.forms.reviewing import ReviewForm, TemplateForm
from surveys.models import AnswerTemplate, FeedbackSource, FeedbackState
from surveys.operations import reviewing as operations
from surveys.queries import feedback as queries
from surveys.queries import satisfaction as satisfaction_queries
from surveys.queries.feedback import UNRATED, Filters
from surveys.views import bp
from surveys.views.access import page_number

FILTERS = ("state", "source", "wish", "rating", "written", "version", "words")
WRITTEN = {"words": True, "rating": False}
RATINGS = [*opinions.RATINGS, UNRATED]

bp.add_app_template_filter(opinions.in_language, "in_language")


def chosen_filters() -> tuple[Filters, dict[str, str]]:
    """Read the filters of the address: as the inbox asks for them, and as arguments of the next address."""
    given = {name: request.args.get(name, "").replace("\0", "").strip()[:100] for name in FILTERS}
    rating = request.args.get("rating", type=int)
    filters = Filters(
        state=request.args.get("state", type=FeedbackState),
        source=request.args.get("source", type=FeedbackSource),
        wish_id=_possible(request.args.get("wish", type=int)),
        rating=rating if rating in RATINGS else None,
        has_words=WRITTEN.get(given["written"]),
        version=given["version"],
        words=given["words"],
    )
    return filters, {name: value for name, value in given.items() if value}


def _possible(key: int | None) -> int | None:
    return key if key and 0 < key < 2**63 else None


@bp.get("/feedback")
@only(Role.COORDINATOR)
def feedback() -> ResponseReturnValue:
    """List what people wrote about the application, the newest first."""
    filters, shown = chosen_filters()
    return render_template(
        "surveys/feedback.html",
        found=queries.inbox(filters, page_number()),
        shown=shown,
        states=opinions.choices(FeedbackState),
        sources=opinions.choices(FeedbackSource),
        ratings=[(rating, opinions.rating_in_words(rating or None)) for rating in RATINGS],
        wishes=[(wish.id, wish.title) for wish in queries.wishes()],
        versions=[(version, version) for version in queries.versions()],
    )


@bp.route("/feedback/reviews/<int:feedback_id>", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def review(feedback_id: int) -> ResponseReturnValue:
    """Show an opinion; take what the coordinator decides about it, and go on to the next of the list."""
    opinion = queries.opinion(feedback_id)
    filters, shown = chosen_filters()
    beside = queries.neighbours(opinion, filters)
    form, offers = ReviewForm(obj=opinion), _offers()
    form.offer(opinion, **offers)
    if form.validate_on_submit():
        operations.review(current_user, opinion, **form.values)
        flash(_("The review is saved."), "success")
        return redirect(_after(beside.older, shown))
    if form.asks_again:
        form.use_template(offers["templates"])
    return render_template(
        "surveys/review.html", opinion=opinion, form=form, beside=beside, shown=shown, wishes=queries.wishes()
    ), form.status


def _offers() -> dict[str, Any]:
    return {"ranking": queries.ranking(), "changes": queries.latest_changes(), "templates": queries.templates()}


def _after(older: int | None, shown: dict[str, str]) -> str:
    """Give the address of the next opinion, or of the list when this was the last one."""
    if older is None:
        return url_for("surveys.feedback", **shown)  # type: ignore[arg-type]  # filters are texts
    return url_for("surveys.review", feedback_id=older, **shown)  # type: ignore[arg-type]


@bp.get("/feedback/satisfaction")
@only(Role.COORDINATOR)
def satisfaction() -> ResponseReturnValue:
    """Show how pages are rated, by version and by page, and the scores of surveys."""
    return render_template(
        "surveys/satisfaction.html",
        found=satisfaction_queries.satisfaction(),
        scores=satisfaction_queries.scores(current_user.scope),
        ratings=opinions.RATINGS,
    )


@bp.get("/feedback/templates")
@only(Role.COORDINATOR)
def answer_templates() -> ResponseReturnValue:
    """List the templates of answers."""
    return render_template("surveys/answer_templates.html", templates=queries.templates())


@bp.route("/feedback/templates/new", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def new_answer_template() -> ResponseReturnValue:
    """Write a new template."""
    return _template_page(None, TemplateForm())


@bp.route("/feedback/templates/<int:template_id>", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def edit_answer_template(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    template = queries.template(template_id)
    return _template_page(template, TemplateForm(obj=template))


def _template_page(template: AnswerTemplate | None, form: TemplateForm) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            operations.write_template(current_user, template, **form.values)
        except operations.TitleTaken:
            form.title.errors = [_("Another template has this title. Choose another one.")]
        else:
            flash(_("The template is saved."), "success")
            return redirect(url_for("surveys.answer_templates"))
    return render_template("surveys/edit_answer_template.html", form=form, template=template), form.status
