"""Templates of answers to residents: a head keeps those of the unit, a coordinator the national ones."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.threats import queries, response
from consult.threats.forms import ReasonTemplateForm
from consult.threats.models import ReasonTemplate
from consult.threats.response import TitleTaken
from consult.threats.views import bp
from consult.threats.wording import STATUS_LABELS
from consult.web.roles import Role, only

KEEPERS = (Role.HEAD, Role.COORDINATOR)


@bp.get("/threats/reason-templates")
@only(*KEEPERS)
def reason_templates() -> ResponseReturnValue:
    """List the templates that the reader keeps."""
    return render_template(
        "threats/reason_templates.html",
        templates=queries.reason_templates(kept_unit()),
        is_national=kept_unit() is None,
        status_labels=STATUS_LABELS,
    )


@bp.route("/threats/reason-templates/new", methods=["GET", "POST"])
@only(*KEEPERS)
def new_reason_template() -> ResponseReturnValue:
    """Write a new template."""
    return _page(None, ReasonTemplateForm())


@bp.route("/threats/reason-templates/<int:template_id>", methods=["GET", "POST"])
@only(*KEEPERS)
def edit_reason_template(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    template = _kept(template_id)
    return _page(template, ReasonTemplateForm(obj=template, after=template.status))


@bp.post("/threats/reason-templates/<int:template_id>/remove")
@only(*KEEPERS)
def remove_reason_template(template_id: int) -> ResponseReturnValue:
    """Remove a template."""
    response.remove_reason_template(_kept(template_id), current_user.id)
    flash(_("The template is removed."), "success")
    return redirect(url_for("threats.reason_templates"))


def _page(template: ReasonTemplate | None, form: ReasonTemplateForm) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            response.write_reason_template(template, kept_unit(), actor_id=current_user.id, **form.values)
        except TitleTaken:
            form.title.errors = [_("Another template has this title. Choose another one.")]
        else:
            flash(_("The template is saved."), "success")
            return redirect(url_for("threats.reason_templates"))
    return render_template("threats/edit_reason_template.html", form=form, template=template), form.status


def kept_unit() -> int | None:
    """Give the unit whose templates the reader keeps; None stands for the national ones."""
    return None if current_user.role is Role.COORDINATOR else int(current_user.unit_id)


def _kept(template_id: int) -> ReasonTemplate:
    template = queries.reason_template(template_id)
    if template.unit_id != kept_unit():
        abort(404)
    return template
