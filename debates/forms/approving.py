"""Forms on the way of minutes to approval. A field is named as its operation's parameter."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired

from consult.web.forms import Form
from debates.forms.fields import line_field, text_field


class StageForm(Form):
    """One button that moves minutes on, and beside it the decision to leave requests out that are in no list."""

    leave_out = BooleanField(_l("Go on without them: they stay only among what was said"))

    def ask_about_requests(self) -> None:
        """Refuse to go on in silence without the requests that are in no list."""
        self.leave_out.errors = [_l("Add the requests to the list, or tick that the minutes go on without them.")]


class ApprovalForm(StageForm):
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
