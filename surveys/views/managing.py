"""Pages of surveys as their coordinator sees them: the list, a survey, its versions, its times and its end."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.districts import queries as districts
from consult.districts import teryt
from consult.web.addresses import public_url
from consult.web.forms import Form
from consult.web.languages import LANGUAGES, language
from consult.web.roles import Role, only, public
from surveys import overview, presets, sheets, template, titles
from surveys.forms.managing import NewSurveyForm, PublishForm, ScheduleForm, VersionForm
from surveys.models import Access, Mode, Survey, SurveyVersion, VersionState
from surveys.operations import managing
from surveys.queries import editions, mixing, releases
from surveys.queries import surveys as queries
from surveys.queries.surveys import Phase
from surveys.questions import Definition
from surveys.versions import Change, ChangeKind
from surveys.views import bp
from surveys.views.access import (
    READERS,
    managed_survey,
    managed_version,
    may_manage,
    page_number,
    seen_survey,
    seen_version,
)
from surveys.wording import change_in_words, fault_in_words, kind_in_words

SHOWN_CHANGES = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/surveys")
@public
def index() -> ResponseReturnValue:
    """List the surveys of the reader's scope for staff; for everybody else those that may be answered now."""
    if current_user.is_authenticated and current_user.role in READERS:
        return _of_scope()
    return _open()


def _of_scope() -> ResponseReturnValue:
    phase = request.args.get("phase", type=Phase)
    return render_template(
        "surveys/index.html",
        for_staff=True,
        found=queries.of_scope(current_user.scope, phase, page_number()),
        phase=phase,
        phases=titles.choices(Phase),
        may_manage=current_user.role is Role.COORDINATOR,
    )


def _open() -> ResponseReturnValue:
    offered = districts.names(queries.districts_asked())
    wanted = request.args.get("district", "")
    district = wanted if wanted in offered else ""
    found = queries.open_now(district, page_number())
    return render_template(
        "surveys/index.html",
        for_staff=False,
        found=found,
        district=district,
        districts=list(offered.items()),
        area_names=_area_names([entry.survey for entry in found.items]),
    )


def _area_names(surveys: Sequence[Survey]) -> dict[int, list[str]]:
    """Name the areas that some surveys are about, by the key of each."""
    areas = {survey.id: queries.areas_of(survey) for survey in surveys}
    named = districts.names({code for codes in areas.values() for code in codes})
    return {key: [named.get(code) or _voivodeship(code) for code in codes] for key, codes in areas.items()}


def _voivodeship(code: str) -> str:
    name = teryt.VOIVODESHIPS.get(code)
    return _("%(name)s voivodeship", name=name) if name else code


@bp.route("/surveys/new", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def new() -> ResponseReturnValue:
    """Begin a survey from a ready questionnaire or from a file."""
    form = NewSurveyForm()
    form.offer(current_user)
    if form.validate_on_submit():
        try:
            survey = managing.create(current_user, **form.values)
        except managing.SlugTaken:
            form.refuse_slug()
        else:
            flash(_("The survey is saved. Look it over and publish it."), "success")
            for warning in form.warnings(survey):
                flash(warning, "warning")
            return redirect(url_for("surveys.version", slug=survey.slug, number=1))
    return render_template("surveys/new.html", form=form, hints=_hints()), form.status


def _hints() -> dict[str, Any]:
    """Say under each ready questionnaire what it is about."""
    return {preset.name: preset.description for preset in presets.PRESETS}


@bp.get("/surveys/template.xlsx")
@only(Role.COORDINATOR)
def template_xlsx() -> ResponseReturnValue:
    """Give the template of a questionnaire as a workbook."""
    return send_file(
        BytesIO(sheets.to_xlsx(template.SHEETS)), XLSX, as_attachment=True, download_name="wzor-ankiety.xlsx"
    )


@bp.get("/surveys/template.md")
@only(Role.COORDINATOR)
def template_md() -> ResponseReturnValue:
    """Give the template of a questionnaire as tables in Markdown."""
    content = sheets.to_markdown(template.SHEETS).encode()
    return send_file(BytesIO(content), "text/markdown", as_attachment=True, download_name="wzor-ankiety.md")


@bp.get("/surveys/<string:slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    """Show staff where a survey stands, its versions and how many answered; lead residents to its questionnaire.

    An address that leads to nothing public asks for the sign-in, whether there is such a survey or not.
    """
    if not current_user.is_authenticated:
        return _for_residents(slug)
    if current_user.role not in READERS:
        abort(403)
    survey = seen_survey(slug)
    return render_template(
        "surveys/show.html",
        entry=queries.listed(survey),
        areas=_area_names([survey])[survey.id],
        links=_links(survey),
        changes={version.number: _said(version) for version in survey.versions},
        days=queries.days_of(survey),
        modes=list(Mode),
        waiting=mixing.waiting(survey.id),
        may_manage=may_manage(current_user, survey),
        may_write=bool(queries.compositions(survey)),
        may_remove=queries.may_remove(survey),
        may_reopen=queries.may_reopen(survey),
        public_address="" if survey.access is Access.STAFF else public_url("surveys.answer", slug=slug),
    )


def _for_residents(slug: str) -> ResponseReturnValue:
    if queries.is_for_residents(slug):
        return redirect(url_for("surveys.answer", slug=slug))
    asked_to_sign_in: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    return asked_to_sign_in


def _said(edition: SurveyVersion) -> list[str]:
    """Say what a published version has changed, as long as anybody reads it in a table."""
    changes = [Change.of(record) for record in edition.changes]
    said = list(map(change_in_words, changes[:SHOWN_CHANGES]))
    return [*said, _("… and more")] if len(changes) > SHOWN_CHANGES else said


def _may_code(survey: Survey) -> bool:
    """Tell whether the reader may read what people wrote in their own words, and anybody was asked to."""
    return can(current_user, Action.SEE, survey) and queries.asks_for_words(survey)


def _links(survey: Survey) -> list[tuple[str, str]]:
    """List the pages that collect and show answers, as far as this survey has them and the reader may open them."""
    if survey.published is None:
        return []
    by_letter = survey.access is Access.INVITATION and may_manage(current_user, survey)
    pages = [
        (_("The questionnaire as residents see it"), "surveys.answer", survey.access is not Access.STAFF),
        (_("Letters with codes"), "surveys.invitations", by_letter),
        (_("Poster with a code to scan"), "surveys.poster", survey.access is Access.OPEN),
        (_("Slips with a code to hand out (PDF)"), "surveys.slips", survey.access is Access.OPEN),
        (_("Ask a resident and write down the answers"), "surveys.interview", True),
        (_("Paper questionnaire to print"), "surveys.paper", True),
        (_("Type in paper questionnaires"), "surveys.transcribe", True),
        (_("Results"), "surveys.results", True),
        (_("Publish results"), "surveys.publish_results", _may_publish(survey)),
        (_("Weights"), "surveys.weights", may_manage(current_user, survey)),
        (_("Marked places"), "surveys.places", queries.asks_for_places(survey)),
        (_("Themes of own words"), "surveys.open_text", _may_code(survey)),
        (_("Answers as files"), "surveys.files", may_manage(current_user, survey)),
    ]
    return [(label, url_for(endpoint, slug=survey.slug)) for label, endpoint, is_there in pages if is_there]


def _may_publish(survey: Survey) -> bool:
    return may_manage(current_user, survey) and releases.may_be_public(survey)


@bp.route("/surveys/<string:slug>/versions/new", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def new_version(slug: str) -> ResponseReturnValue:
    """Upload the next version of a questionnaire."""
    survey = managed_survey(slug)
    form = VersionForm()
    if form.validate_on_submit():
        assert form.sheets is not None
        version = managing.draft(current_user, survey, form.sheets)
        flash(_("Version %(number)s is saved. Look it over and publish it.", number=version.number), "success")
        return redirect(url_for("surveys.version", slug=slug, number=version.number))
    return render_template("surveys/new_version.html", entry=queries.listed(survey), form=form), form.status


@bp.get("/surveys/<string:slug>/versions/<int:number>")
@only(*READERS)
def version(slug: str, number: int) -> ResponseReturnValue:
    """Show what a version asks in every language, and what stands between it and its publication."""
    edition = seen_version(slug, number)
    may_publish = edition.state is VersionState.DRAFT and may_manage(current_user, edition.survey)
    form = PublishForm(data={"digest": edition.digest}) if may_publish else None
    return _version(edition, form)


def _version(edition: SurveyVersion, form: PublishForm | None) -> ResponseReturnValue:
    is_draft = edition.state is VersionState.DRAFT
    review = editions.review(edition) if is_draft else None
    definition = review.definition if review else queries.definition_of(edition)
    changes = review.changes if review else [Change.of(record) for record in edition.changes]
    page = render_template(
        "surveys/version.html",
        entry=queries.listed(edition.survey),
        version=edition,
        form=form,
        review=review,
        may_write=is_draft and bool(queries.compositions(edition.survey)),
        changes=_grouped(changes),
        definition=definition,
        around=_around(definition) if definition else [],
        sections=overview.sections(definition, language()) if definition else [],
        previews=_previews(edition, definition.languages if definition else ()),
        files=_files(edition),
    )
    return page, form.status if form else 200


def _grouped(changes: Sequence[Change]) -> list[tuple[str, list[str]]]:
    """Say what changes, the gravest kind first."""
    by_kind = {kind: [change for change in changes if change.kind is kind] for kind in reversed(ChangeKind)}
    return [(kind_in_words(kind), list(map(change_in_words, found))) for kind, found in by_kind.items() if found]


def _around(definition: Definition) -> list[tuple[str, Mapping[str, str]]]:
    """List the texts around the questions that the form has."""
    found = [
        (_("Title"), definition.title),
        (_("Before it begins"), definition.intro),
        (_("Thanks at the end"), definition.thanks),
        (_("When it has ended"), definition.closed),
    ]
    return [(label, texts) for label, texts in found if texts]


def _previews(edition: SurveyVersion, tongues: Sequence[str]) -> list[tuple[str, str]]:
    """List the previews of a version, one for each of its languages."""
    facts: dict[str, Any] = {"slug": edition.survey.slug, "number": edition.number}
    addresses = [(tongue, url_for("surveys.preview", **facts, language=tongue)) for tongue in tongues]
    return [(_("Preview: %(language)s", language=LANGUAGES[tongue]), url) for tongue, url in addresses]


def _files(edition: SurveyVersion) -> list[tuple[str, str, str]]:
    """List the files of a version: what each is for, its format and address."""
    facts: dict[str, Any] = {"slug": edition.survey.slug, "number": edition.number}
    return [
        (_("The questionnaire to change and upload again"), "XLSX", url_for("surveys.form_xlsx", **facts)),
        (_("The questionnaire for ODK Collect"), "XML", url_for("surveys.form_xml", **facts)),
        (_("The questionnaire as text"), "Markdown", url_for("surveys.form_md", **facts)),
    ]


@bp.get("/surveys/<string:slug>/versions/<int:number>/form.xlsx")
@only(*READERS)
def form_xlsx(slug: str, number: int) -> ResponseReturnValue:
    """Give a version as a workbook, without the communes that publication filled in."""
    edition = seen_version(slug, number)
    content = sheets.to_xlsx(sheets.without_communes(edition.sheets))
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=f"{slug}-{number}.xlsx")


@bp.get("/surveys/<string:slug>/versions/<int:number>/form.xml")
@only(*READERS)
def form_xml(slug: str, number: int) -> ResponseReturnValue:
    """Give a version as an XForm for ODK Collect, or say why it cannot be written as one."""
    edition = seen_version(slug, number)
    try:
        content = sheets.to_xform(editions.complete(edition), slug, str(number)).encode()
    except sheets.DefinitionRefused as refused:
        flash(fault_in_words(refused.faults[0]), "error")
        return redirect(url_for("surveys.version", slug=slug, number=number))
    return send_file(BytesIO(content), "application/xml", as_attachment=True, download_name=f"{slug}-{number}.xml")


@bp.get("/surveys/<string:slug>/versions/<int:number>/form.md")
@only(*READERS)
def form_md(slug: str, number: int) -> ResponseReturnValue:
    """Give a version as tables in Markdown, which can be read and compared as text."""
    edition = seen_version(slug, number)
    content = sheets.to_markdown(sheets.without_communes(edition.sheets)).encode()
    return send_file(BytesIO(content), "text/markdown", as_attachment=True, download_name=f"{slug}-{number}.md")


@bp.post("/surveys/<string:slug>/versions/<int:number>/publish")
@only(Role.COORDINATOR)
def publish(slug: str, number: int) -> ResponseReturnValue:
    """Let a draft be answered from now on."""
    edition = managed_version(slug, number)
    form = PublishForm()
    if form.validate_on_submit():
        try:
            managing.publish(current_user, edition, **form.values)
        except managing.PublicationRefused as refused:
            form.form_errors.extend(str(titles.in_words(obstacle)) for obstacle in refused.obstacles)
        except managing.DraftReplaced:
            form.refuse_replaced(edition)
        else:
            flash(_("Version %(number)s is published.", number=number), "success")
            return redirect(url_for("surveys.show", slug=slug))
    return _version(edition, form)


@bp.post("/surveys/<string:slug>/versions/<int:number>/discard")
@only(Role.COORDINATOR)
def discard(slug: str, number: int) -> ResponseReturnValue:
    """Delete a draft."""
    edition = managed_version(slug, number)
    try:
        managing.discard(current_user, edition)
    except managing.SurveyKept:
        flash(_("This version can no longer be deleted."), "error")
    else:
        flash(_("Version %(number)s is deleted.", number=number), "success")
    return redirect(url_for("surveys.show", slug=slug))


@bp.route("/surveys/<string:slug>/edit", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def edit(slug: str) -> ResponseReturnValue:
    """Set when a survey opens and closes, its quota and, until somebody answers, who may."""
    survey = managed_survey(slug)
    form = ScheduleForm()
    form.show(survey)
    if form.validate_on_submit():
        try:
            managing.schedule(current_user, survey, **form.values)
        except managing.QuotaTooLow as refused:
            form.refuse_quota(refused.accepted)
        except managing.SurveyOver:
            form.refuse_reopening()
        except managing.AccessFixed:
            form.refuse_access()
        except managing.OpenIsOptIn:
            form.refuse_opening()
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("surveys.show", slug=slug))
    return render_template("surveys/edit.html", entry=queries.listed(survey), form=form), form.status


@bp.route("/surveys/<string:slug>/close", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def close(slug: str) -> ResponseReturnValue:
    """End a survey at once, after saying what follows."""
    survey = managed_survey(slug)
    form = Form()
    if form.validate_on_submit():
        managing.close(current_user, survey)
        flash(_("The survey is closed."), "success")
        return redirect(url_for("surveys.show", slug=slug))
    waiting = mixing.waiting(survey.id)
    page = render_template("surveys/close.html", entry=queries.listed(survey), form=form, waiting=waiting)
    return page, form.status


@bp.post("/surveys/<string:slug>/reopen")
@only(Role.COORDINATOR)
def reopen(slug: str) -> ResponseReturnValue:
    """Take back that a survey was ended."""
    try:
        managing.reopen(current_user, managed_survey(slug))
    except managing.SurveyOver:
        flash(_("The survey has ended and its submissions were mixed. Begin a new survey instead."), "error")
    else:
        flash(_("The survey is open again."), "success")
    return redirect(url_for("surveys.show", slug=slug))


@bp.post("/surveys/<string:slug>/remove")
@only(Role.COORDINATOR)
def remove(slug: str) -> ResponseReturnValue:
    """Delete a survey that was never published."""
    try:
        managing.remove(current_user, managed_survey(slug))
    except managing.SurveyKept:
        flash(_("What was published can no longer be deleted. Close the survey instead."), "error")
        return redirect(url_for("surveys.show", slug=slug))
    flash(_("The survey is deleted."), "success")
    return redirect(url_for("surveys.index"))
