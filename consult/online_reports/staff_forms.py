"""Forms of staff about reports. A field is named as its operation's parameter."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired

from consult.districts import queries as districts
from consult.online_reports.models import Decision
from consult.web.forms import Form


class DecisionForm(Form):
    """Which button of a card was pressed."""

    decision = SelectField(choices=[SelectChoice(one.value, one.value) for one in Decision], coerce=Decision)


class PassOnForm(Form):
    """To whose people a report is passed on."""

    passed_to = SelectField(
        _l("District"), validators=[InputRequired(_l("Choose the district."))], render_kw={"autocomplete": "off"}
    )

    def offer(self, own: str) -> None:
        """Offer every district but the one that has the report now."""
        known = [SelectChoice(area.code, area.label) for area in districts.districts() if area.code != own]
        self.passed_to.choices = [SelectChoice("", _("Choose")), *known]
