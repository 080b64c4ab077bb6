"""How true the joining is: pairs that people judge, what their answers say, and thresholds tried before they hold."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.districts import drawing
from consult.districts import queries as districts
from consult.documents.marks import MARKS
from consult.documents.svg_map import Symbol, View
from consult.jobs.asking import TooManyOpen
from consult.threats import drawing_pairs, judgements, queries, trying
from consult.threats.drawing_pairs import DRAWERS
from consult.threats.judgements import MOST_VOICES, JudgedMeanwhile, NothingToJudge, TooManyVoices
from consult.threats.judging_forms import JudgeForm, SampleForm, ThresholdsForm
from consult.threats.linking import Thresholds
from consult.threats.models import JudgedPair, JudgedSample
from consult.threats.trying import Preview
from consult.threats.views import bp
from consult.threats.views.access import DECIDERS, READERS, own_areas
from consult.threats.views.showing import area_names, words
from consult.threats.wording import (
    LIKENESS_HINTS,
    LIKENESS_LABELS,
    apart_in_words,
    bar_in_words,
    times_of_voice_in_words,
)
from consult.web.roles import Role, only
from consult.web.transactions import only_reads

AROUND_M = 250.0
WIDTH, HEIGHT = 640.0, 360.0


@bp.route("/threats/judging", methods=["GET", "POST"])
@only(*READERS)
def judging() -> ResponseReturnValue:
    """List the samples of pairs, and draw a new one."""
    form = SampleForm()
    if form.is_submitted() and current_user.role not in DRAWERS:
        abort(403)
    if form.validate_on_submit():
        try:
            sample = judgements.draw(own_areas(), current_user.scope, **form.values, actor_id=current_user.id)
        except NothingToJudge:
            form.form_errors.append(_("No two voices of your areas are near enough to each other to be compared yet."))
        except TooManyVoices:
            try:
                task = drawing_pairs.ask(current_user, form.values["wanted"])
            except TooManyOpen:
                form.form_errors.append(_("Too much of yours waits in the background. Wait until some of it is done."))
            else:
                return redirect(url_for("tasks.show", task_id=task.id))
        else:
            return redirect(url_for("threats.sample", sample_id=sample.id))
    areas = own_areas()
    rows = [
        (judgements.standing(one), len(judgements.pairs_of(one, areas, waiting=True)))
        for one in judgements.samples(current_user.scope)
    ]
    return render_template(
        "threats/judging.html",
        form=form,
        rows=rows,
        drawing=current_user.role in DRAWERS,
        judging=current_user.role in DECIDERS,
    ), form.status


@bp.get("/threats/judging/<int:sample_id>")
@only(*READERS)
def sample(sample_id: int) -> ResponseReturnValue:
    """Show what the answers of a sample say, and where people and the map disagree."""
    found, areas = _sample(sample_id), own_areas()
    return render_template(
        "threats/sample.html",
        standing=judgements.standing(found),
        waiting=len(judgements.pairs_of(found, areas, waiting=True)),
        disagreements=judgements.disagreements(found, areas),
        names=districts.names(found.areas),
        bar_in_words=bar_in_words,
        likeness_labels=LIKENESS_LABELS,
        judging=current_user.role in DECIDERS,
    )


@bp.get("/threats/judging/<int:sample_id>/next")
@only(*DECIDERS)
def next_pair(sample_id: int) -> ResponseReturnValue:
    """Lead to the next pair of the own areas that waits, or back to the sample."""
    found = _sample(sample_id)
    waiting = judgements.pairs_of(found, own_areas(), waiting=True)
    if not waiting:
        flash(_("Every pair of your areas has been judged. Thank you."), "success")
        return redirect(url_for("threats.sample", sample_id=sample_id))
    return redirect(url_for("threats.judge", sample_id=sample_id, pair_id=waiting[0].id))


@bp.route("/threats/judging/<int:sample_id>/pairs/<int:pair_id>", methods=["GET", "POST"])
@only(*DECIDERS)
def judge(sample_id: int, pair_id: int) -> ResponseReturnValue:
    """Show two voices without saying what the machine did with them, and ask whether they are one threat."""
    found, pair, place, of = _pair(sample_id, pair_id)
    form = JudgeForm(data={"version": str(pair.version), "likeness": pair.likeness})
    if form.validate_on_submit():
        try:
            judgements.judge(pair, form.likeness.data, form.shown, current_user.id)
        except JudgedMeanwhile:
            flash(_("Somebody else has judged this pair meanwhile; their answer stands."), "error")
        return redirect(url_for("threats.next_pair", sample_id=sample_id))
    return render_template(
        "threats/judge.html",
        form=form,
        sample=found,
        pair=pair,
        place=place,
        of=of,
        apart=apart_in_words(pair.first, pair.second),
        area_names=area_names((pair.first, pair.second)),
        hints={one.value: words for one, words in LIKENESS_HINTS.items()},
        times_of_voice=times_of_voice_in_words,
        **words(),
    ), form.status


@bp.get("/threats/judging/<int:sample_id>/pairs/<int:pair_id>.svg")
@only(*DECIDERS)
def judge_svg(sample_id: int, pair_id: int) -> ResponseReturnValue:
    """Draw where the two voices of a pair are, and how exact their places are."""
    _found, pair, _place, _of = _pair(sample_id, pair_id)
    return Response(_drawn(pair), mimetype="image/svg+xml")


def _drawn(pair: JudgedPair) -> str:
    ends = (pair.first, pair.second)
    xs, ys = [one.x for one in ends], [one.y for one in ends]
    reach = max(AROUND_M, *(1.3 * one.accuracy_m for one in ends))
    bounds = (min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach)
    symbols = [
        Symbol(one.x, one.y, MARKS["group"], label=letter, title=letter, within_m=one.accuracy_m)
        for one, letter in zip(ends, "AB", strict=True)
    ]
    frame = View.fitting(bounds, WIDTH, HEIGHT)
    return drawing.ground(frame, pair.first.district_code, symbols=symbols, title=_("Where A and B are"))


def _sample(sample_id: int) -> JudgedSample:
    found = judgements.sample(sample_id, current_user.scope)
    if found is None:
        abort(404)
    return found


def _pair(sample_id: int, pair_id: int) -> tuple[JudgedSample, JudgedPair, int, int]:
    """Give a pair of the own areas with its place among them; any other is not there."""
    found = _sample(sample_id)
    pairs = judgements.pairs_of(found, own_areas())
    place = next((k for k, pair in enumerate(pairs) if pair.id == pair_id), None)
    if place is None:
        abort(404)
    return found, pairs[place], place + 1, len(pairs)


@bp.route("/threats/joining-rule/thresholds", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def thresholds() -> ResponseReturnValue:
    """Try other thresholds, see what they would change, and put them into force."""
    form, shown = ThresholdsForm(), None
    form.area.choices = _choices()
    if not form.is_submitted():
        form.begin(queries.rule().thresholds)
    elif form.validate() and (chosen := form.thresholds):
        if "apply" in request.form:
            if form.has_reason():
                trying.put_into_force(chosen, form.values["reason"], form.values["key"], current_user.id)
                flash(_("They hold for new voices now. Tonight everything is joined anew by them."), "success")
                return redirect(url_for("threats.joining_rule"))
        else:
            only_reads()  # comparing takes seconds, in which others write
            shown = _previewed(form, chosen)
    return render_template(
        "threats/thresholds.html",
        form=form,
        shown=shown,
        rule=queries.rule(),
        told=queries.thresholds_told(),
        area=dict(form.area.choices).get(form.area.data, ""),
    ), form.status


def _choices() -> list[tuple[str, Any]]:
    """Offer the whole districts of the own areas, all of them together first."""
    areas = own_areas()
    known = [(region.code, region.label) for region in districts.districts() if region.code.startswith(areas)]
    return [("", _("All my areas together")), *known]


def _previewed(form: ThresholdsForm, chosen: Thresholds) -> Preview | None:
    areas = (form.area.data,) if form.area.data else own_areas()
    same = [one for one in judgements.samples(current_user.scope) if set(one.areas) == set(areas)]
    try:
        return trying.preview(areas, chosen, same[0] if same else None, MOST_VOICES)
    except TooManyVoices:
        form.area.errors = [_("These are too many voices to compare while you wait. Choose one district.")]
        return None
