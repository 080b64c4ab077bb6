"""Forms of judging the joining: how many pairs to draw, what a pair is, and other thresholds with their reason."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, NumberRange

from consult.threats.judgements import MOST_PAIRS
from consult.threats.linking import Thresholds
from consult.threats.models import Likeness
from consult.threats.wording import LIKENESS_LABELS
from consult.web.forms import Form, KeyedForm, PlainText

LEAST_PAIRS = 20
SHORT = {"classes": "govuk-input--width-5"}


class SampleForm(KeyedForm):
    """How many pairs to draw."""

    wanted = IntegerField(
        _l("How many pairs?"),
        [
            InputRequired(_l("Enter how many pairs to draw.")),
            NumberRange(LEAST_PAIRS, MOST_PAIRS, _l("Enter a number from %(min)s to %(max)s.")),
        ],
        default=100,
        description=_l("A hundred take about half an hour and tell shares to some five points of a hundred."),
        render_kw=SHORT,
    )


class JudgeForm(Form):
    """What a person says of a pair; `version` is the one that was shown."""

    version = HiddenField(default="1")
    likeness = RadioField(
        _l("Do both speak of one and the same threat?"),
        [InputRequired(_l("Choose one of the answers."))],
        choices=[SelectChoice(one.value, LIKENESS_LABELS[one]) for one in Likeness],
        coerce=Likeness,
    )

    @property
    def shown(self) -> int:
        """The version that was shown; 0, which no pair has, for nonsense."""
        said = self.version.data or ""
        return int(said) if said.isdecimal() and len(said) < 10 else 0


def _per_cent(label: Any, description: Any) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(_l("Enter a whole number of per cent.")), NumberRange(1, 100, _l("Enter 1 to 100."))],
        description=description,
        render_kw=SHORT,
    )


class ThresholdsForm(KeyedForm):
    """From which score on the machine joins and asks, in per cent, for which area to try it, and why."""

    link = _per_cent(
        _l("The machine joins from, in %"), _l("Higher: fewer wrong joins, more threats that stand twice.")
    )
    suggest = _per_cent(_l("It asks a person from, in %"), _l("Lower: more questions, fewer threats missed."))
    area = SelectField(_l("Try it in"), validate_choice=True)
    reason = TextAreaField(
        _l("Why?"),
        [PlainText(), Length(max=500)],
        description=_l("Needed to put them into force. Colleagues read it beside the rule."),
        render_kw={"rows": 2},
    )

    def begin(self, thresholds: Thresholds) -> None:
        """Show what holds now."""
        self.link.data, self.suggest.data = round(100 * thresholds.link), round(100 * thresholds.suggest)

    @property
    def thresholds(self) -> Thresholds | None:
        """The thresholds as shares, or None, said beside the field, where the machine would ask later than it joins."""
        link, suggest = self.values["link"], self.values["suggest"]
        if suggest > link:
            self.suggest.errors = [_l("This must not be more than the score from which the machine joins.")]
            return None
        return Thresholds(link / 100, suggest / 100)

    def has_reason(self) -> bool:
        """Tell whether a reason is given, or say that it is missing."""
        if not self.reason.data:
            self.reason.errors = [_l("Write why the thresholds change.")]
        return bool(self.reason.data)
