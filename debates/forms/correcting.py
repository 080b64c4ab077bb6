"""Forms of the correction of minutes: a link for somebody invited, a suggestion, the answer to it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from consult.accounts.forms import LONGEST_ADDRESS, is_address
from consult.web.forms import Form, KeyedForm, NamesNobody
from consult.web.open_forms import OpenForm, Pause
from debates.forms.fields import line_field, text_field

LONGEST = 1000
WAIT = Pause(
    _l("Wait an hour, please"),
    _l("Many suggestions have come from your network. What you wrote is below: send it again later."),
    status=429,
)


class CorrectionLinkForm(KeyedForm):
    """Who is invited to correct the minutes."""

    function = line_field(
        _l("Function"),
        DataRequired(_l("Enter the function of whoever was at the meeting.")),
        NamesNobody(),
        description=_l("For example: village head of Wola, head of the road authority. Never the name of a resident."),
    )
    address = EmailField(
        _l("E-mail address"),
        [Optional(), Length(max=LONGEST_ADDRESS)],
        filters=[lambda address: address or ""],
        description=_l("If you give one, the link goes there in a letter. The address is not kept."),
    )

    def validate_address(self, field: Field) -> None:
        """Refuse what is no address that every mail server takes."""
        if not is_address(field.data) or not field.data.isascii():
            raise ValidationError(_("Enter an address such as anna.nowak@example.com."))


class SuggestionForm(OpenForm):
    """Other words for a statement, or a remark on the whole."""

    text = text_field(
        _l("What should it say?"),
        DataRequired(_l("Write your suggestion.")),
        longest=LONGEST,
        rows=6,
        description=_l("At most 1,000 characters. No names, phone numbers or number plates."),
    )

    @property
    def values(self) -> dict[str, Any]:
        """The suggestion, without what guards the form."""
        return {"key": self.key.data, "text": self.text.data}


class TakeOverForm(Form):
    """The words with which a suggestion is taken over."""

    text = text_field(
        _l("The statement will say"), DataRequired(_l("Write what was said.")), description=_l("Without names.")
    )


class HeedForm(Form):
    """A remark on the whole that was heeded."""


class DeclineForm(Form):
    """Why a suggestion is not taken over."""

    reason = text_field(
        _l("Reason"),
        DataRequired(_l("Give the reason.")),
        longest=1000,
        description=_l("Whoever suggested it reads this."),
    )
