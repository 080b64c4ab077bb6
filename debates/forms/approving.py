"""Forms on the way of minutes to approval. A field is named as its operation's parameter."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import DataRequired

from consult.web.forms import Form
from debates.forms.fields import line_field, text_field


class StageForm(Form):
    """One button that moves minutes on."""


class ApprovalForm(Form):
    """The approval of exactly what the head was shown, known by its digest."""

    seen = HiddenField()


class OpenAgainForm(Form):
    """Why approved minutes are opened again."""

    reason = text_field(
        _l("Reason"),
        DataRequired(_l("Give the reason.")),
        longest=1000,
        description=_l("It stands beside the next version of the minutes, for the police."),
    )


class WithholdForm(Form):
    """Why everybody is not shown a statement."""

    reason = line_field(
        _l("Reason"),
        DataRequired(_l("Give the reason.")),
        longest=500,
        description=_l("Only the police read it."),
    )
