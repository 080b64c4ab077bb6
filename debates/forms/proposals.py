"""Forms of requests, answers and promises. A field is named as its operation's parameter."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    RadioField,
    SelectField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from consult.web.forms import Form, KeyedForm
from debates.forms.fields import all_of, deadline_field, line_field, past_day_field, text_field
from debates.models import (
    AddresseeKind,
    ProposalStatus,
)


class ProposalForm(Form):
    """What was asked of whom by when, to correct."""

    text = text_field(
        _l("What is asked for"),
        InputRequired(_l("Write what is asked for.")),
        description=_l("Everybody will read it. Write no names."),
    )
    addressee = SelectField(_l("Who is asked"), choices=all_of(AddresseeKind), coerce=AddresseeKind)
    addressee_name = line_field(_l("Name of the office"), description=_l("For example: Poviat Road Authority."))
    due_on = deadline_field(_l("Answer expected by"))


class NewProposalForm(ProposalForm, KeyedForm):
    """A new proposal, saved once."""


class AnswerForm(Form):
    """What became of a proposal."""

    after = RadioField(_l("State"), choices=all_of(ProposalStatus), coerce=ProposalStatus)
    answer = text_field(_l("Answer"), rows=5, description=_l("Everybody will read it. A refusal says why."))
    answered_on = past_day_field(_l("Date of the answer"), Optional(), description=_l("Left empty, it is today."))

    def validate_answer(self, field: Field) -> None:
        """Refuse a result without words."""
        if self.after.data not in {ProposalStatus.OPEN, ProposalStatus.NO_ANSWER} and not field.data:
            raise ValidationError(_l("Write the answer: what was decided and why."))


class NewCommitmentForm(KeyedForm):
    """Who promised what by when, saved once."""

    who = line_field(
        _l("Who promised"), InputRequired(_l("Write who promised.")), description=_l("The function or office, no name.")
    )
    what = text_field(_l("What"), InputRequired(_l("Write what was promised.")))
    due_on = deadline_field(_l("By when"))


class OutcomeForm(Form):
    """What came of a promise."""

    kept_on = past_day_field(_l("Kept on"), Optional(), description=_l("Leave it empty when it was not kept."))
    outcome = text_field(_l("What came of it"), InputRequired(_l("Write what came of it.")))
