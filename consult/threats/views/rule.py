"""The rule of joining, open to whoever works with what it joins: its weights, how exact places are, how true it is."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.documents.charts import Row, Series, grouped_bars
from consult.threats import judgements, queries
from consult.threats.views import bp
from consult.threats.views.access import READERS
from consult.threats.wording import accuracies_in_words, weights_in_words
from consult.web.roles import Role, only

RUNS = 5


@bp.get("/threats/joining-rule")
@only(*READERS)
def joining_rule() -> ResponseReturnValue:
    """Show the rule in force and the curve that tells how far a score may be believed."""
    fitted, rule = queries.fitted_rule(), queries.rule()
    samples = judgements.samples(current_user.scope)
    return render_template(
        "threats/joining_rule.html",
        fitted=fitted,
        rule=rule,
        weights=weights_in_words(rule.weights),
        accuracies=accuracies_in_words(rule.accuracies),
        kept=[] if fitted is None else fitted.kept,
        runs=queries.join_runs(RUNS),
        judged=judgements.standing(samples[0]) if samples else None,
        setting=current_user.role is Role.COORDINATOR,
    )


@bp.get("/threats/joining-rule.svg")
@only(*READERS)
def joining_rule_svg() -> ResponseReturnValue:
    """Draw, for each bar of scores, what was said beside what came true."""
    fitted = queries.fitted_rule()
    bars = [] if fitted is None else fitted.calibration
    rows = [
        Row(
            str(_("%(pairs)s pairs", pairs=f"{bar['pairs']:,}".replace(",", " "))),
            (100 * bar["said"], 100 * bar["found"]),
            (f"{100 * bar['said']:.0f} %", f"{100 * bar['found']:.0f} %"),
        )
        for bar in bars
    ]
    drawn = grouped_bars(rows, [Series(str(_("said"))), Series(str(_("found true")))], title=_("What scores are worth"))
    return Response(drawn, mimetype="image/svg+xml")
