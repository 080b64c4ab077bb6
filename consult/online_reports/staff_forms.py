"""Forms of staff about reports. A field is named as its operation's parameter."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, Optional, Regexp

from consult.accounts.taking import CASE, REVEALED_FOR
from consult.districts import queries as districts
from consult.online_reports.forms import ReportForm
from consult.online_reports.models import SPOKEN, Channel, Decision
from consult.online_reports.wording import CHANNELS
from consult.personal_data import marks
from consult.web.forms import Form
from consult.web.open_forms import Pause

NAMES_SOMEBODY = Pause(
    _l("Is somebody named here?"),
    _l("What is marked below looks like personal data. Take it out, or send it again if it names nobody."),
)


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


class RevealForm(Form):
    """What of the withheld somebody opens, and what for."""

    what = RadioField(_l("What do you want to see?"), validators=[InputRequired(_l("Choose what you want to see."))])
    reason = RadioField(
        _l("What do you need it for?"),
        validators=[InputRequired(_l("Choose what you need it for."))],
        choices=[SelectChoice(code, words) for code, words in REVEALED_FOR.items()],
    )
    case = StringField(
        _l("Number of the case, if there is one"),
        description=_l("Letters, digits, full stops, slashes and hyphens; no names of people."),
        validators=[
            Optional(),
            Length(max=40, message=_l("Write at most 40 characters.")),
            Regexp(rf"^\s*{CASE.pattern}\s*$", message=_l("Use letters, digits, full stops, slashes and hyphens.")),
        ],
        render_kw={"autocomplete": "off"},
    )

    def offer(self, kept_back: list[tuple[str, str]]) -> None:
        """Offer what two people withheld: values and words; the only one is chosen already."""
        self.what.choices = [SelectChoice(*one) for one in kept_back]
        if len(kept_back) == 1 and self.what.data is None:
            self.what.data = kept_back[0][0]

    @property
    def told(self) -> dict[str, str]:
        """What the trail keeps of it."""
        case = (self.case.data or "").strip()
        return {"reason": self.reason.data, **({"case": case} if case else {})}


class EnterForm(ReportForm):
    """What somebody told by phone, letter or visit: the questions of a report, and how it was told.

    Words that look like personal data are shown once more before they are saved.
    """

    channel = RadioField(
        _l("How was it told?"),
        validators=[InputRequired(_l("Choose how it was told."))],
        choices=[SelectChoice(one.value, CHANNELS[one]) for one in SPOKEN],
        coerce=Channel,
    )
    files = None  # type: ignore[assignment]  # papers stay with whoever has them

    @property
    def values(self) -> dict[str, Any]:
        """What was told, and how."""
        return {**super().values, "channel": self.channel.data}

    @property
    def written(self) -> str:
        """All the words of the form."""
        place = self.place.data.words if self.place.data else ""
        return "\n".join(filter(None, (self.description.data, place)))

    def reason_to_pause(self) -> Pause | None:
        """Ask once more when somebody seems to be named; whoever sends the form again after that is believed."""
        if self.is_past.data or not marks(self.written):
            return None
        self.is_past.data = "y"
        return NAMES_SOMEBODY
