"""Tables of two questions and comparisons of two surveys in words."""

from flask_babel import gettext as _

from consult.disclosure import Share
from consult.estimates.tables import Association
from surveys.estimates_wording import decimals, signed
from surveys.questions import text_in
from surveys.results_wording import number, percent
from surveys.waves import Compared, Kind, Report, Series

CHANCE = 0.05


def association_in_words(found: Association | None) -> str:
    """Say whether two questions go together, with the figures that a statistician asks for."""
    if found is None:
        return ""
    judged = (
        _("The answers differ between the groups by more than chance explains.")
        if found.probability <= CHANCE
        else _("The differences between the groups may be chance.")
    )
    figures = _(
        "Rao and Scott: F = %(f)s with %(ndf)s and %(ddf)s degrees of freedom, p %(p)s.",
        f=decimals(found.statistic),
        ndf=decimals(found.numerator),
        ddf=number(found.denominator),
        p=probability(found.probability),
    )
    return f"{judged} {figures}"


def probability(value: float) -> str:
    """Write a probability; a very small one as less than the smallest that is written."""
    return "< 0,001".replace(",", decimals(0.5)[1]) if value < 0.001 else f"= {_three(value)}"


def _three(value: float) -> str:
    return f"{value:.3f}".replace(".", decimals(0.5)[1])


def figure_name(figure: Compared, series: Series, language: str) -> str:
    """Name a compared figure."""
    if figure.kind is Kind.SHARE:
        choice = series.question.choice(figure.answer)
        return text_in(choice.labels, language) or figure.answer if choice else figure.answer
    return {
        Kind.TOP: _("Positive answers (the two best)"),
        Kind.MEAN: _("Mean"),
        Kind.SCORE: _("Net promoter score (NPS)"),
    }[figure.kind]


def told(value: Share | float, figure: Compared) -> str:
    """Write a figure of one survey."""
    if isinstance(value, Share):
        return percent(value)
    return signed(value) if figure.kind is Kind.SCORE else number(value)


def change(figure: Compared) -> str:
    """Write a change, of shares in percentage points."""
    if figure.kind in {Kind.SHARE, Kind.TOP}:
        return _("%(change)s pp", change=signed(figure.change.value))
    return signed(figure.change.value)


def verdict(figure: Compared, report: Report) -> str:
    """Say whether a change stands out, and how large one would have to be to be noticed."""
    if not report.is_judged:
        return ""
    smallest = number(figure.change.smallest_detectable)
    if figure.stands_out:
        return _("stands out (noticed from %(smallest)s)", smallest=smallest)
    return _("may be chance (noticed from %(smallest)s)", smallest=smallest)
